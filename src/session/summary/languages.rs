//! Tools of Rust, Go, Elixir, Python, the JVM, .NET and native code.

use super::counts::{self, is_unit, labelled};
use super::tools::{Rank, Scan, before, is_ok_or_failed};
use crate::session::text;

impl<'a> Scan<'a> {
    pub(super) fn cargo_line(&mut self, line: &str) {
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
        } else if let Some((name, times)) = line.split_once(" time: ")
            && let Some(times) = times.trim().strip_prefix('[').and_then(|t| t.strip_suffix(']'))
        {
            // criterion: least, middle, most of each benchmark; the middle is what counts.
            let words: Vec<&str> = times.split_whitespace().collect();
            if let [_, _, value, unit, ..] = words[..] {
                let said = format!("{} {value} {unit}", name.trim());
                self.hit(Rank::Progress, said.trim(), false);
            }
        } else if line.starts_with("Diff in ") && line.contains(".rs") {
            self.diffs += 1;
        }
    }

    pub(super) fn go_line(&mut self, raw: &str) {
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

    pub(super) fn credo(&mut self, line: &str) {
        if line.contains(" mods/funs, found ")
            && let Some((_, found)) = line.split_once(" mods/funs, ")
        {
            let found = found.trim_end_matches('.');
            self.hit(Rank::Findings, found, !found.starts_with("found no "));
        }
    }

    /// The compiler of Elixir, and the last word of a mix task that died.
    pub(super) fn mix(&mut self, raw: &str, line: &str) {
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

    pub(super) fn dialyzer(&mut self, line: &str) {
        if line.starts_with("Total errors: ") {
            let errors = labelled(line, "Total errors").unwrap_or(0);
            let skipped = labelled(line, "Skipped").unwrap_or(0);
            let end = line.find(", Unnecessary").unwrap_or(line.len());
            self.hit(Rank::Findings, &line[..end], errors > skipped);
        } else if line == "done (warnings were emitted)" || line == "done (passed successfully)" {
            self.hit(Rank::Verdict, line, line.contains("warnings"));
        }
    }

    /// Python's own runner: `Ran 12 tests in 0.1s`, then `OK` or `FAILED (…)`.
    pub(super) fn unittest(&mut self, line: &'a str) {
        if line.starts_with("Ran ") && line.contains(" test") && line.contains(" in ") {
            self.unittest = Some(line);
        } else if let Some(ran) = self.unittest.filter(|_| is_ok_or_failed(line)) {
            self.unittest = None;
            self.hit(Rank::Tests, &format!("{ran}: {line}"), line.starts_with("FAILED"));
        } else if line == "NO TESTS RAN" {
            self.hit(Rank::Tests, line, true);
        }
    }

    pub(super) fn jvm_and_dotnet(&mut self, line: &str) {
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

    pub(super) fn native(&mut self, line: &str) {
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
}
