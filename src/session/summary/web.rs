//! Tools of JavaScript and TypeScript, and TAP.

use super::counts::{self, is_result, labelled};
use super::tools::{Node, Rank, Scan, before};
use crate::session::text;

impl Scan<'_> {
    pub(super) fn tsc(&mut self, line: &str) {
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

    pub(super) fn javascript(&mut self, line: &str) {
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
    pub(super) fn node(&mut self, rest: &str) {
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

    pub(super) fn tap_line(&mut self, line: &str) {
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
}
