//! Lines of counts, linters, build tools and runners of any language.

use super::counts::{self, Counts, is_failure, is_result, is_unit, labelled};
use super::tools::{Only, Rank, Scan, before};
use crate::session::text;

impl<'a> Scan<'a> {
    /// Lines of nothing but counts. Runners that print one per line (`12 passing`, `2 failing`)
    /// are joined.
    pub(super) fn counted(&mut self, line: &'a str, only: Only) {
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

    pub(super) fn linters(&mut self, line: &str) {
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

    pub(super) fn others(&mut self, line: &str) {
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
    pub(super) fn builds(&mut self, raw: &str, line: &str) {
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
    pub(super) fn verdicts(&mut self, line: &str) {
        #[rustfmt::skip]
        const FAILED: [&str; 10] = [
            "make: ***", "gmake: ***", "npm ERR! code ", "npm ERR! Test failed",
            "npm error code ", "ELIFECYCLE ", "\u{2009}ELIFECYCLE",
            "error Command failed with exit code", "error: Recipe `", "error: script \"",
        ];
        let failed = FAILED.iter().any(|head| line.starts_with(head))
            || line.starts_with("make[") && line.contains("]: ***");
        let timed = line.contains(" in ");
        let done = timed && line.starts_with("added ") && line.contains(" package")
            || timed && line.starts_with("up to date")
            || line.starts_with("Successfully installed ")
            || line == "found 0 vulnerabilities" && self.hits.is_empty();
        if failed && !line.contains("Waiting for") {
            self.hit(Rank::Verdict, line, true);
        } else if done {
            self.hit(Rank::Progress, line, false);
        }
    }
}
