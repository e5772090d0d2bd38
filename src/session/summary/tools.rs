//! The summary lines of known tools.

use super::counts::{self, Counts, is_failure, is_result, is_unit, labelled};
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
    hits: Vec<Hit>,
    at: usize,
    cargo: Sums,
    cargo_seen: bool,
    compile_errors: u32,
    warnings: Option<String>,
    go_ok: u32,
    go_fail: u32,
    go_at: usize,
    run: Vec<Counts<'a>>,
    run_at: usize,
    unittest: Option<&'a str>,
    node: Node,
    tap: (u32, u32),
    suites_failed: bool,
    diffs: u32,
    diagnostics: u32,
}

#[derive(Default)]
struct Sums {
    at: usize,
    suites: u32,
    passed: u32,
    failed: u32,
    ignored: u32,
}

#[derive(Default)]
struct Node {
    tests: Option<u32>,
    pass: Option<u32>,
    fail: Option<u32>,
}

/// The most hits that are kept; the last ones count.
const MAX_HITS: usize = 400;

impl<'a> Scan<'a> {
    fn hit(&mut self, rank: Rank, text: &str, failed: bool) {
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

    fn cargo_line(&mut self, line: &str) {
        if let Some(result) = line.strip_prefix("test result: ") {
            let (Some(passed), Some(failed)) =
                (before(result, " passed"), before(result, " failed"))
            else {
                return;
            };
            self.cargo_seen = true;
            self.cargo.at = self.at;
            self.cargo.suites += u32::from(passed + failed > 0);
            self.cargo.passed = self.cargo.passed.saturating_add(passed);
            self.cargo.failed = self.cargo.failed.saturating_add(failed);
            let ignored = before(result, " ignored").unwrap_or(0);
            self.cargo.ignored = self.cargo.ignored.saturating_add(ignored);
        } else if let Some(rest) = line.strip_prefix("Summary [") {
            if let Some((_, counts)) = rest.split_once("] ")
                && counts.contains("tests run") | counts.contains("test run")
            {
                let failed = ["failed", "timed out", "exec failed"]
                    .iter()
                    .any(|what| before(counts, &format!(" {what}")).is_some_and(|n| n > 0));
                self.hit(Rank::Tests, counts, failed);
            }
        } else if let Some(rest) = line.strip_prefix("error: could not compile ") {
            self.hit(Rank::Findings, &format!("could not compile {rest}"), true);
        } else if line.starts_with("error[E") && line.contains("]: ") {
            self.compile_errors += 1;
        } else if line.starts_with("error: test run failed")
            || line.starts_with("error: no test target")
        {
            self.hit(Rank::Verdict, line, true);
        } else if line.starts_with("warning: `")
            && line.contains("` (")
            && line.contains(") generated ")
        {
            self.warnings = line.strip_prefix("warning: ").map(str::to_owned);
        } else if line.starts_with("Finished `")
            || line.starts_with("Finished dev [")
            || line.starts_with("Finished test [")
            || line.starts_with("Finished release [")
        {
            let said = self.warnings.take().unwrap_or_else(|| line.to_owned());
            self.hit(Rank::Progress, &said, false);
        } else if line.starts_with("Diff in ") && line.contains(".rs") {
            self.diffs += 1;
        }
    }

    fn go_line(&mut self, raw: &str) {
        let ok = raw.starts_with("ok  \t") || raw.starts_with("ok\t");
        let fail = raw.starts_with("FAIL\t");
        if ok || fail {
            self.go_at = self.at;
            self.go_ok += u32::from(ok);
            self.go_fail += u32::from(fail);
        } else if let Some(rest) = raw.strip_prefix("DONE ")
            && let Some(counts) = counts::read(rest).filter(|c| c.any(is_unit))
        {
            self.hit(Rank::Tests, counts.text, counts.failed());
        }
    }

    fn credo(&mut self, line: &str) {
        if line.contains(" mods/funs, found ")
            && let Some((_, found)) = line.split_once(" mods/funs, ")
        {
            let found = found.trim_end_matches('.');
            self.hit(Rank::Findings, found, !found.starts_with("found no "));
        }
    }

    /// The compiler of Elixir, and the last word of a mix task that died.
    fn mix(&mut self, raw: &str, line: &str) {
        if let Some(rest) = line.strip_prefix("** (Mix) mix format failed") {
            self.hit(Rank::Findings, &format!("mix format failed{rest}"), true);
        } else if line.starts_with("== Compilation error in file ")
            || line.starts_with("Compilation failed due to warnings")
        {
            self.hit(Rank::Verdict, line.trim_matches(['=', ' ']), true);
        } else if line.starts_with("** (") && !raw.starts_with(' ') && line.contains(") ") {
            self.hit(Rank::Verdict, line, true);
        }
    }

    fn dialyzer(&mut self, line: &str) {
        if line.starts_with("Total errors: ") {
            let errors = labelled(line, "Total errors").unwrap_or(0);
            let skipped = labelled(line, "Skipped").unwrap_or(0);
            let end = line.find(", Unnecessary").unwrap_or(line.len());
            self.hit(Rank::Findings, &line[..end], errors > skipped);
        } else if line == "done (warnings were emitted)" || line == "done (passed successfully)" {
            self.hit(Rank::Verdict, line, line.contains("warnings"));
        }
    }

    fn tsc(&mut self, line: &str) {
        if let Some(rest) = line.strip_prefix("Found ")
            && let Some((n, rest)) = text::number(rest)
            && (rest.starts_with(" error in ")
                || rest.starts_with(" errors in ")
                || rest.starts_with(" errors.")
                || rest.starts_with(" error."))
        {
            self.hit(Rank::Findings, line.trim_end_matches('.'), n > 0);
        } else if line.contains("): error TS") || line.contains(" - error TS") {
            self.diagnostics += 1;
        }
    }

    /// Python's own runner: `Ran 12 tests in 0.1s`, then `OK` or `FAILED (…)`.
    fn unittest(&mut self, line: &'a str) {
        if line.starts_with("Ran ") && line.contains(" test") && line.contains(" in ") {
            self.unittest = Some(line);
        } else if let Some(ran) = self.unittest.filter(|_| is_ok_or_failed(line)) {
            self.unittest = None;
            self.hit(Rank::Tests, &format!("{ran}: {line}"), line.starts_with("FAILED"));
        } else if line == "NO TESTS RAN" {
            self.hit(Rank::Tests, line, true);
        }
    }

    /// Lines of nothing but counts. Runners that print one per line (`12 passing`, `2 failing`)
    /// are joined.
    fn counted(&mut self, line: &'a str, only: Only) {
        // A trailer that some runners put in front: `Tests  2 failed | 20 passed (22)`.
        let Some(counts) = counts::read(line) else { return };
        let several = counts.any(is_unit) && counts.items.len() > 1;
        let known = counts.items.iter().all(|(_, l)| is_unit(l) || is_result(l));
        if !known || !(counts.any(is_result) || several) {
            return;
        }
        let only_findings = !counts.any(is_unit)
            && counts.items.iter().all(|(_, l)| {
                is_failure(l) && l.starts_with("error")
                    || l.starts_with("warning")
                    || l.starts_with("information")
            });
        if only_findings && only == Only::Any {
            self.hit(Rank::Findings, counts.text, counts.failed());
            return;
        }
        if counts.items.len() > 1 || counts.text.contains(" in ") {
            self.hit(Rank::Tests, counts.text, counts.failed());
            self.run.clear();
            return;
        }
        // Counts on lines of their own belong together when they are near each other.
        if self.at > self.run_at + 400 || self.run.iter().any(|c| c.items[0].1 == counts.items[0].1)
        {
            self.run.clear();
        }
        self.run_at = self.at;
        self.run.push(counts);
        let failed = self.run.iter().any(Counts::failed);
        let said: Vec<&str> = self.run.iter().map(|c| c.text).collect();
        let said = said.join(", ");
        self.hit(Rank::Tests, &said, failed);
    }

    fn javascript(&mut self, line: &str) {
        if let Some(rest) = line.strip_prefix("Test Suites:") {
            self.suites_failed = before(rest, " failed").is_some_and(|n| n > 0);
            if self.suites_failed {
                self.hit(Rank::Verdict, line, true);
            }
        } else if let Some(rest) = line.strip_prefix("Test Files ") {
            self.suites_failed = before(rest, " failed").is_some_and(|n| n > 0);
        } else if let Some(rest) =
            line.strip_prefix("Tests:").or_else(|| line.strip_prefix("Tests "))
        {
            // jest, vitest, pest; PHPUnit has `Tests: 12, Assertions: 30, Failures: 1.`
            if let Some(total) = labelled(line, "Assertions") {
                let bad =
                    ["Failures", "Errors"].iter().any(|w| labelled(line, w).is_some_and(|n| n > 0));
                self.hit(Rank::Tests, line.trim_end_matches('.'), bad && total < u32::MAX);
            } else if let Some(counts) = counts::read(rest.trim()).filter(|c| c.any(is_result)) {
                let failed = counts.failed() || self.suites_failed;
                let said = format!(
                    "{} {}",
                    if line.starts_with("Tests:") { "Tests:" } else { "Tests" },
                    counts.text
                );
                let said = if self.suites_failed && !counts.failed() {
                    format!("{said}; test files failed")
                } else {
                    said
                };
                self.hit(Rank::Tests, &said, failed);
            } else if let Some(failed) = labelled(rest, "failed") {
                // scalatest: `Tests: succeeded 12, failed 0, canceled 0`.
                self.hit(Rank::Tests, line, failed > 0);
            }
        } else if line.starts_with("Errors ")
            && counts::read(line["Errors ".len()..].trim()).is_some_and(|c| c.failed())
        {
            self.hit(Rank::Verdict, line, true);
        } else if let Some(rest) = line.strip_prefix("# ").or_else(|| line.strip_prefix("ℹ ")) {
            self.node(rest);
        } else if let Some(rest) =
            line.strip_prefix("ok | ").or_else(|| line.strip_prefix("FAILED | "))
        {
            if let Some(counts) = counts::read(rest) {
                self.hit(Rank::Tests, line, counts.failed() || line.starts_with("FAILED"));
            }
        } else if line.starts_with("ok ") || line.starts_with("not ok ") {
            self.tap_line(line);
        } else if line.starts_with("Jest: ") && line.contains("coverage threshold") {
            self.hit(Rank::Verdict, line, true);
        } else if line.contains("specs failed")
            || line.contains(" of ") && line.contains(" failed (")
        {
            self.hit(Rank::Tests, line.trim_start_matches(['✖', ' ']), true);
        } else if line.trim_start_matches(['✔', '✓', ' ']).starts_with("All specs passed!") {
            self.hit(Rank::Tests, "All specs passed!", false);
        }
    }

    /// node:test ends with `# tests 12`, `# pass 11`, `# fail 1`.
    fn node(&mut self, rest: &str) {
        let Some((what, value)) = rest.split_once(' ') else { return };
        let Ok(value) = value.trim().parse::<u32>() else { return };
        match what {
            "tests" => self.node = Node { tests: Some(value), ..Node::default() },
            "pass" => self.node.pass = Some(value),
            "fail" => {
                self.node.fail = Some(value);
                if let Node { tests: Some(tests), pass: Some(pass), .. } = self.node {
                    self.hit(
                        Rank::Tests,
                        &format!("tests {tests}, pass {pass}, fail {value}"),
                        value > 0,
                    );
                }
            }
            _ => {}
        }
    }

    fn tap_line(&mut self, line: &str) {
        let (bad, rest) =
            line.strip_prefix("not ok ").map_or_else(|| (false, &line[3..]), |r| (true, r));
        if !rest.starts_with(|c: char| c.is_ascii_digit()) || rest.contains("# TODO") {
            return;
        }
        if bad {
            self.tap.1 += 1;
        } else {
            self.tap.0 += 1;
        }
    }

    fn linters(&mut self, line: &str) {
        let found = line.strip_prefix("Found ").or_else(|| line.strip_prefix("[ERROR] Found "));
        if let Some((n, rest)) = found.and_then(text::number) {
            // ruff, mypy, phpstan, biome: `Found 3 errors in 2 files (checked 10 source files)`.
            let what = rest.trim_start();
            if ["error", "warning", "issue", "violation", "diagnostic", "lint"]
                .iter()
                .any(|w| what.starts_with(w))
            {
                self.hit(
                    Rank::Findings,
                    line.trim_start_matches("[ERROR] ").trim_end_matches('.'),
                    n > 0 && !what.starts_with("warning"),
                );
            }
            return;
        }
        let bare = line.trim_start_matches(['✖', '✗', '×', ' ']);
        if let Some((n, rest)) = text::number(bare) {
            let rest = rest.trim_start();
            if rest.starts_with("problem")
                && (rest.contains('(') || rest.trim_end_matches('.').len() <= 8)
            {
                // eslint: `5 problems (3 errors, 2 warnings)`.
                let errors = before(rest, " error").unwrap_or(n);
                self.hit(Rank::Findings, bare, errors > 0);
            } else if rest == "issues:" || rest == "issue:" || rest == "issues." {
                self.hit(Rank::Findings, bare.trim_end_matches([':', '.']), n > 0);
            } else if (rest.starts_with("file inspected") || rest.starts_with("files inspected"))
                && rest.contains("offense")
            {
                self.hit(Rank::Findings, bare, !rest.contains("no offenses"));
            } else if rest.starts_with("file would be reformatted")
                || rest.starts_with("files would be reformatted")
            {
                self.hit(Rank::Findings, bare.trim_end_matches('.'), n > 0);
            } else if rest.starts_with("files reformatted")
                || rest.starts_with("file reformatted")
                || rest.starts_with("files left unchanged")
                || rest.starts_with("file left unchanged")
                || rest.starts_with("files already formatted")
            {
                self.hit(Rank::Progress, bare.trim_end_matches('.'), false);
            } else if rest.starts_with("issue found") || rest.starts_with("issues found") {
                self.hit(Rank::Findings, bare, n > 0);
            }
            return;
        }
        match line {
            "All checks passed!"
            | "No issues found!"
            | "All matched files use Prettier code style!"
            | "[OK] No errors"
            | "No errors found!"
            | "Success! The configuration is valid." => {
                self.hit(Rank::Findings, line, false);
            }
            _ if line.starts_with("Success: no issues found") => {
                self.hit(Rank::Findings, line, false);
            }
            _ if line.starts_with("svelte-check found ") => {
                let errors = before(line, " error").unwrap_or(0);
                self.hit(Rank::Findings, line, errors > 0);
            }
            _ if line.starts_with("Code style issues found in ")
                || line.contains("] Code style issues") =>
            {
                let end = line.find(". ").unwrap_or(line.len());
                self.hit(Rank::Findings, line[..end].trim_start_matches("[warn] "), true);
            }
            _ if line.starts_with("Your code has been rated at ") => {
                self.hit(Rank::Findings, line, false);
            }
            _ if line.starts_with("Checked ")
                && line.contains(" file")
                && line.contains(" in ")
                && line.contains("ixes applied") =>
            {
                self.hit(Rank::Progress, line, false);
            }
            _ => {}
        }
    }

    fn jvm_and_dotnet(&mut self, line: &str) {
        let bare = line
            .trim_start_matches("[INFO] ")
            .trim_start_matches("[ERROR] ")
            .trim_start_matches("[WARNING] ")
            .trim_start_matches("[info] ")
            .trim_start_matches("[error] ");
        if bare.starts_with("Tests run: ") && !bare.contains("Time elapsed") {
            let bad =
                ["Failures", "Errors"].iter().any(|w| labelled(bare, w).is_some_and(|n| n > 0));
            self.hit(Rank::Tests, bare, bad);
        } else if bare.starts_with("BUILD SUCCESS") || bare.starts_with("BUILD FAIL") {
            self.hit(Rank::Verdict, bare, bare.starts_with("BUILD FAIL"));
        } else if (bare.starts_with("Passed: Total ") || bare.starts_with("Failed: Total "))
            && bare.contains(", Failed ")
        {
            self.hit(Rank::Tests, bare, bare.starts_with("Failed"));
        } else if bare.contains("!  - Failed: ")
            || bare.starts_with("Passed! ")
            || bare.starts_with("Failed! ")
        {
            // dotnet: `Passed!  - Failed:     0, Passed:    12, Skipped:     0, Total:    12, …`.
            let counts = bare.split_once("- ").map_or(bare, |(_, c)| c);
            let end = counts.find(", Duration").unwrap_or(counts.len());
            self.hit(
                Rank::Tests,
                &counts[..end],
                labelled(counts, "Failed").is_some_and(|n| n > 0),
            );
        } else if bare == "Test Run Failed." || bare == "Test Run Successful." {
            self.hit(Rank::Verdict, bare, bare.contains("Failed"));
        } else if bare == "Build succeeded." || bare == "Build FAILED." {
            self.hit(Rank::Verdict, bare, bare.contains("FAILED"));
        } else if (bare.ends_with(" Error(s)") || bare.ends_with(" Warning(s)")) && bare.len() < 20
        {
            let n = text::number(bare).map_or(0, |(n, _)| n);
            if bare.ends_with("Error(s)") {
                self.hit(Rank::Findings, bare, n > 0);
            }
        } else if let Some((n, rest)) = text::number(bare)
            && (rest.starts_with(" tests completed") || rest.starts_with(" test completed"))
        {
            let failed = before(rest, " failed").is_some_and(|f| f > 0);
            self.hit(Rank::Tests, bare, failed || n == 0);
        }
    }

    fn native(&mut self, line: &str) {
        if let Some((_, rest)) = line.split_once("% tests passed, ") {
            let failed = text::number(rest).is_some_and(|(n, _)| n > 0);
            self.hit(Rank::Tests, line, failed);
        } else if let Some(rest) = line.strip_prefix("[  PASSED  ] ") {
            self.hit(Rank::Tests, &format!("passed {}", rest.trim_end_matches('.')), false);
        } else if let Some(rest) = line.strip_prefix("[  FAILED  ] ") {
            if rest.starts_with(|c: char| c.is_ascii_digit()) {
                self.hit(
                    Rank::Tests,
                    &format!("failed {}", rest.trim_end_matches([',', ':', '.'])),
                    true,
                );
            }
        } else if line.starts_with("All tests passed") {
            self.hit(Rank::Tests, line, false);
        } else if line.starts_with("test cases:") {
            self.hit(Rank::Tests, line, before(line, " failed").is_some_and(|n| n > 0));
        } else if line.starts_with("Executed ") && line.contains(" test") {
            // XCTest: `Executed 12 tests, with 1 failure (0 unexpected) in 0.3 (0.4) seconds`; bazel.
            let failed =
                before(line, " failure").or_else(|| before(line, " fail")).is_some_and(|n| n > 0);
            self.hit(Rank::Tests, line, failed);
        } else if let Some((_, rest)) = line.split_once("Test run with ") {
            let said = rest.trim_end_matches('.');
            if said.contains(" passed") || said.contains(" failed") {
                self.hit(Rank::Tests, said, said.contains(" failed"));
            }
        } else if line.starts_with("Build Summary: ") {
            self.hit(Rank::Tests, line, line.contains(" failed"));
        }
    }

    fn others(&mut self, line: &str) {
        if let Some(rest) = line.strip_prefix("OK (")
            && rest.ends_with(')')
            && rest.contains(" test")
        {
            self.hit(Rank::Tests, line, false);
        } else if line.starts_with("[ FAIL ") && line.contains("| PASS ") {
            self.hit(
                Rank::Tests,
                line.trim_matches(['[', ']', ' ']),
                labelled(line, "FAIL").is_some_and(|n| n > 0),
            );
        } else if line == "Result: PASS" || line == "Result: FAIL" {
            self.hit(Rank::Tests, line, line.ends_with("FAIL"));
        } else if line.ends_with("Some tests failed.") || line.ends_with("All tests passed!") {
            self.hit(Rank::Tests, line, line.contains("failed"));
        } else if line.starts_with("Ran ") && line.contains(" tests containing ") {
            self.hit(Rank::Tests, line, false);
        } else if line.starts_with("FAILED (")
            && line.contains('=')
            && self.hits.last().is_none_or(|hit| hit.at != self.at)
        {
            self.hit(Rank::Tests, line, true);
        }
    }

    /// Compilers and bundlers, and diagnostics that they leave uncounted.
    fn builds(&mut self, raw: &str, line: &str) {
        let bare = line.trim_start_matches(['✓', '✔', '⨯', '✘', '✗', ' ', '⚠']);
        if bare.starts_with("built in ")
            || bare.starts_with("Compiled successfully")
            || bare.starts_with("webpack ") && bare.contains("compiled successfully")
            || bare.starts_with("ninja: no work to do")
        {
            self.hit(Rank::Progress, bare, false);
        } else if bare.starts_with("webpack ") && bare.contains("compiled with") {
            self.hit(Rank::Findings, bare, bare.contains(" error"));
        } else if bare == "Failed to compile."
            || bare.starts_with("Build failed with ")
            || bare == "error during build:"
        {
            self.hit(Rank::Verdict, bare, true);
        } else if line.starts_with("ninja: build stopped: ")
            || line.starts_with("CMake Error")
            || line.contains("onfiguring incomplete, errors occurred")
            || line.starts_with("FAILED: Build did NOT complete")
            || line.starts_with("ERROR: Build did NOT complete")
        {
            self.hit(Rank::Verdict, line, true);
        } else if line.contains("Build completed successfully") {
            self.hit(Rank::Progress, line.trim_start_matches("INFO: "), false);
        } else if line.starts_with("Traceback (most recent call last)") && !raw.starts_with(' ') {
            self.hit(Rank::Verdict, "Traceback", true);
        }
    }

    /// Runners that say no more than that something failed, or that it was done.
    fn verdicts(&mut self, line: &str) {
        const FAILED: [&str; 10] = [
            "make: ***",
            "gmake: ***",
            "npm ERR! code ",
            "npm ERR! Test failed",
            "npm error code ",
            "ELIFECYCLE ",
            "\u{2009}ELIFECYCLE",
            "error Command failed with exit code",
            "error: Recipe `",
            "error: script \"",
        ];
        let failed = FAILED.iter().any(|head| line.starts_with(head))
            || line.starts_with("make[") && line.contains("]: ***");
        let timed = line.contains(" in ");
        let done = timed && line.starts_with("added ") && line.contains(" package")
            || timed && line.starts_with("up to date")
            || line.starts_with("Successfully installed ");
        if failed && !line.contains("Waiting for") {
            self.hit(Rank::Verdict, line, true);
        } else if done {
            self.hit(Rank::Progress, line, false);
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

fn plural(n: u32, what: &str) -> String {
    format!("{n} {what}{}", if n == 1 { "" } else { "s" })
}

fn is_ok_or_failed(line: &str) -> bool {
    line == "OK" || line.starts_with("OK (") || line == "FAILED" || line.starts_with("FAILED (")
}

/// The number right before `word`: `12` of `12 passed`.
fn before(line: &str, word: &str) -> Option<u32> {
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
