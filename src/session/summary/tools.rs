//! The summary lines of known tools.

use super::counts::Counts;
use crate::session::text;

/// How much a line tells. Later ones win.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Rank {
    /// It ran to its end: `Finished`, `compiled successfully`.
    Progress,
    /// It failed or not, without a count: `BUILD FAILED`, `make: *** … Error 2`.
    Verdict,
    /// Findings of linters and compilers.
    Findings,
    /// Tests.
    Tests,
}

#[derive(Clone, Debug)]
pub(super) struct Hit {
    pub(super) at: usize,
    pub(super) rank: Rank,
    pub(super) text: String,
    pub(super) failed: bool,
}

/// Which tools' lines count for a family.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Only {
    Any,
    Cargo,
    Credo,
    Dialyzer,
    GoTest,
    Pytest,
    Tsc,
    Install,
    Mix,
}

/// The lines to expect from a family; `None` for programs that never check anything.
pub(super) fn expected(family: &str) -> Option<Only> {
    let program = family.split(' ').next().unwrap_or_default();
    Some(match family {
        "mix credo" => Only::Credo,
        "mix dialyzer" => Only::Dialyzer,
        "mix format" | "mix compile" => Only::Mix,
        "go test" => Only::GoTest,
        "pytest" => Only::Pytest,
        "tsc" => Only::Tsc,
        "npm install" | "npm ci" | "pnpm install" | "yarn install" | "yarn" | "pip install"
        | "mix deps.get" => Only::Install,
        "cargo run" | "cargo add" | "cargo tree" => return None,
        "cargo xtask" | "cargo make" => Only::Any,
        _ if program == "cargo" => Only::Cargo,
        _ => match program {
            "git" | "gh" | "glab" | "bd" | "br" | "jira" | "linear" | "tk" | "issues" | "ls"
            | "cat" | "grep" | "rg" | "find" | "echo" | "printf" | "head" | "tail" | "sed"
            | "awk" | "jq" | "curl" | "wget" | "cp" | "mv" | "rm" | "mkdir" | "touch" | "chmod"
            | "sleep" | "kill" | "ps" | "which" | "cd" | "psql" | "sqlite3" | "" => return None,
            _ => Only::Any,
        },
    })
}

/// Reads an output line by line.
#[derive(Default)]
pub(super) struct Scan<'a> {
    pub(super) hits: Vec<Hit>,
    pub(super) at: usize,
    pub(super) cargo: Sums,
    pub(super) cargo_seen: bool,
    pub(super) compile_errors: u32,
    pub(super) warnings: Option<String>,
    pub(super) go_ok: u32,
    pub(super) go_fail: u32,
    pub(super) go_at: usize,
    pub(super) run: Vec<Counts<'a>>,
    pub(super) run_at: usize,
    pub(super) unittest: Option<&'a str>,
    pub(super) node: Node,
    pub(super) tap: (u32, u32),
    pub(super) suites_failed: bool,
    pub(super) diffs: u32,
    pub(super) diagnostics: u32,
}

#[derive(Default)]
pub(super) struct Sums {
    pub(super) at: usize,
    pub(super) suites: u32,
    pub(super) passed: u32,
    pub(super) failed: u32,
    pub(super) ignored: u32,
}

#[derive(Default)]
pub(super) struct Node {
    pub(super) tests: Option<u32>,
    pub(super) pass: Option<u32>,
    pub(super) fail: Option<u32>,
}

/// The most hits that are kept; the last ones count.
const MAX_HITS: usize = 400;

impl<'a> Scan<'a> {
    pub(super) fn hit(&mut self, rank: Rank, text: &str, failed: bool) {
        if self.hits.len() >= MAX_HITS {
            self.hits.drain(..MAX_HITS / 2);
        }
        self.hits.push(Hit { at: self.at, rank, text: text::line(text, super::MAX_UNITS), failed });
    }

    pub(super) fn line(&mut self, raw: &'a str, only: Only) {
        self.at += 1;
        if raw.len() > 2_000 {
            return;
        }
        let line = raw.trim();
        if line.is_empty() {
            return;
        }
        let any = only == Only::Any;
        if any || only == Only::Cargo {
            self.cargo_line(line);
        }
        if any || only == Only::GoTest {
            self.go_line(raw);
        }
        if any || only == Only::Credo {
            self.credo(line);
        }
        if any || only == Only::Dialyzer {
            self.dialyzer(line);
        }
        if any || only == Only::Mix {
            self.mix(raw, line);
        }
        if any || only == Only::Tsc {
            self.tsc(line);
        }
        if any || only == Only::Pytest {
            self.unittest(line);
            self.counted(line, only);
        }
        if any {
            self.javascript(line);
            self.linters(line);
            self.jvm_and_dotnet(line);
            self.native(line);
            self.others(line);
            self.builds(raw, line);
        }
        if any || only == Only::Install || only == Only::Cargo {
            self.verdicts(line);
        }
    }

    /// What was added up over many lines.
    pub(super) fn finish(mut self) -> Vec<Hit> {
        let end = self.at;
        if self.cargo_seen {
            let Sums { at, suites, passed, failed, ignored } = self.cargo;
            let skipped = if ignored > 0 { format!("; {ignored} ignored") } else { String::new() };
            let many = if suites > 1 { format!(" ({suites} suites)") } else { String::new() };
            let said = format!("{passed} passed; {failed} failed{skipped}{many}");
            self.at = at;
            self.hit(Rank::Tests, &said, failed > 0);
        }
        let could_not = self.hits.iter().any(|h| h.text.starts_with("could not compile"));
        if self.compile_errors > 0 && !could_not {
            self.at = end;
            self.hit(Rank::Findings, &plural(self.compile_errors, "error"), true);
        }
        if let Some(warnings) = self.warnings.take() {
            self.at = end;
            self.hit(Rank::Progress, &warnings, false);
        }
        if self.go_ok + self.go_fail > 0 {
            self.at = self.go_at;
            let said = if self.go_fail > 0 {
                format!("{} FAIL, {} ok", plural(self.go_fail, "package"), self.go_ok)
            } else {
                format!("{} ok", plural(self.go_ok, "package"))
            };
            self.hit(Rank::Tests, &said, self.go_fail > 0);
        }
        let (ok, not_ok) = self.tap;
        if ok + not_ok > 0 && !self.hits.iter().any(|h| h.rank == Rank::Tests) {
            self.at = end;
            self.hit(Rank::Tests, &format!("{ok} ok, {not_ok} not ok"), not_ok > 0);
        }
        if self.diffs > 0 {
            self.at = end;
            self.hit(Rank::Findings, &format!("diff in {}", plural(self.diffs, "place")), true);
        }
        if self.diagnostics > 0 && !self.hits.iter().any(|h| h.rank >= Rank::Findings) {
            self.at = end;
            self.hit(Rank::Findings, &plural(self.diagnostics, "error"), true);
        }
        self.hits
    }
}

pub(super) fn plural(n: u32, what: &str) -> String {
    format!("{n} {what}{}", if n == 1 { "" } else { "s" })
}

pub(super) fn is_ok_or_failed(line: &str) -> bool {
    line == "OK" || line.starts_with("OK (") || line == "FAILED" || line.starts_with("FAILED (")
}

/// The number right before `word`: `12` of `12 passed`.
pub(super) fn before(line: &str, word: &str) -> Option<u32> {
    let mut from = 0;
    while let Some(at) = line[from..].find(word) {
        let head = &line[..from + at];
        let start = head
            .rfind(|c: char| !c.is_ascii_digit() && c != ',')
            .map_or(0, |n| n + head[n..].chars().next().map_or(1, char::len_utf8));
        let digits = head[start..].trim_start_matches(',');
        if let Some((n, "")) = text::number(digits) {
            return Some(n);
        }
        from += at + word.len();
    }
    None
}
