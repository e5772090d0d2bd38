//! Lines that count: `14 doctests, 297 tests, 0 failures`, `3 passed | 1 failed (4)`.

use crate::session::text;

/// A line of counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Counts<'a> {
    /// The line without decoration.
    pub(super) text: &'a str,
    pub(super) items: Vec<(u32, &'a str)>,
}

impl Counts<'_> {
    /// Whether a count of failures is above zero.
    pub(super) fn failed(&self) -> bool {
        self.items.iter().any(|(n, label)| *n > 0 && is_failure(label))
    }

    pub(super) fn any(&self, test: fn(&str) -> bool) -> bool {
        self.items.iter().any(|(_, label)| test(label))
    }
}

/// What is counted.
pub(super) fn is_unit(label: &str) -> bool {
    matches!(
        label,
        "test"
            | "tests"
            | "doctest"
            | "doctests"
            | "property"
            | "properties"
            | "example"
            | "examples"
            | "run"
            | "runs"
            | "spec"
            | "specs"
            | "assertion"
            | "assertions"
            | "scenario"
            | "scenarios"
            | "step"
            | "steps"
            | "tests run"
            | "test run"
            | "expectation"
            | "expectations"
            | "subtests"
            | "feature"
            | "features"
            | "suites"
            | "suite"
            | "tests completed"
            | "test completed"
            | "total"
            | "test files"
            | "files"
            | "checks"
            | "test passed"
            | "tests passed"
            | "test failed"
            | "tests failed"
            | "expect() calls"
            | "shard"
            | "tests ran"
    )
}

/// What says how it went.
pub(super) fn is_result(label: &str) -> bool {
    is_failure(label)
        || matches!(
            label,
            "passed"
                | "pass"
                | "passing"
                | "ok"
                | "skipped"
                | "skip"
                | "skips"
                | "pending"
                | "todo"
                | "ignored"
                | "flaky"
                | "xfailed"
                | "informations"
                | "information"
                | "xpassed"
                | "deselected"
                | "warning"
                | "warnings"
                | "rerun"
                | "reruns"
                | "excluded"
                | "success"
                | "successes"
                | "succeeded"
                | "omissions"
                | "pendings"
                | "notifications"
                | "cancelled"
                | "canceled"
                | "incomplete"
                | "risky"
                | "filtered out"
                | "measured"
                | "undefined"
                | "snapshots"
                | "focused"
                | "failures expected"
                | "slow"
                | "tests passed"
                | "test passed"
                | "did not run"
                | "expected"
                | "not run"
                | "filtered"
                | "disabled"
        )
}

pub(super) fn is_failure(label: &str) -> bool {
    matches!(
        label,
        "failure"
            | "failures"
            | "failed"
            | "failing"
            | "fail"
            | "fails"
            | "error"
            | "errors"
            | "broken"
            | "errored"
            | "test failed"
            | "tests failed"
            | "invalid"
            | "timed out"
            | "unexpected"
            | "failures (0 unexpected)"
            | "crashed"
            | "leaky fail"
            | "interrupted"
    )
}

/// Reads a line that consists of counts only, with what frames them: rule characters before and
/// after, a duration, a total in parentheses.
pub(super) fn read(line: &str) -> Option<Counts<'_>> {
    let text = line.trim_matches(|c: char| {
        c.is_whitespace()
            || matches!(
                c,
                '=' | '-'
                    | '─'
                    | '━'
                    | '┃'
                    | '│'
                    | '✖'
                    | '✗'
                    | '✘'
                    | '✓'
                    | '✔'
                    | '❌'
                    | '✅'
            )
    });
    if !text.starts_with(|c: char| c.is_ascii_digit()) || text.len() > 300 {
        return None;
    }
    let mut items = Vec::new();
    for piece in text.split([',', ';', '|', '/', '\u{b7}']).flat_map(|p| p.split(" and ")) {
        let piece = piece.trim();
        if piece.is_empty() {
            continue;
        }
        let Some((n, rest)) = text::number(piece) else { break };
        items.push((n, label(rest)?));
    }
    (!items.is_empty()).then_some(Counts { text: text.trim_end_matches(['.', ':']), items })
}

/// The words after a number, without what follows them: `passed in 1.20s`, `passed (4)`.
fn label(rest: &str) -> Option<&str> {
    if !rest.starts_with(' ') && !rest.is_empty() {
        return None;
    }
    let rest = rest.trim();
    let rest = rest.split_once(" in ").map_or(rest, |(head, _)| head);
    let rest = if rest == "expect() calls" { rest } else { rest.split('(').next().unwrap_or(rest) };
    Some(rest.trim().trim_end_matches(['.', ':', '!']))
}

/// The number after `label` in a line such as `Tests run: 12, Failures: 1`.
pub(super) fn labelled(line: &str, label: &str) -> Option<u32> {
    let mut rest = line;
    while let Some(at) = rest.find(label) {
        let free = !rest[..at].ends_with(|c: char| c.is_alphanumeric());
        rest = &rest[at + label.len()..];
        if !free {
            continue;
        }
        let value = rest.trim_start_matches([':', '=', ' ', '\t']);
        if value.len() < rest.len()
            && let Some((n, _)) = text::number(value)
        {
            return Some(n);
        }
    }
    None
}
