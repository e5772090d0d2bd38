//! What a check says of itself in its last lines: `297 tests, 0 failures`.
//!
//! The exit status of a piped command says nothing, so these lines are what the outcome of a check
//! rests on. Only lines in the form that a known tool prints count: the words "error" and "failed"
//! stand in test names, logs and warnings too.

mod counts;
mod general;
mod languages;
mod tools;
mod web;

use tools::{Hit, Rank, Scan};

use super::text;
pub use text::strip_ansi;

/// The most UTF-16 units of a [`Summary::text`].
pub const MAX_UNITS: usize = 200;

/// The verdict of a check.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Summary {
    /// As the tool says it, on one line: `14 doctests, 297 tests, 0 failures`. Several like lines
    /// of one run (one per test binary, one per package) are added up.
    pub text: String,
    /// The tool says that something failed. Holds against an exit status of 0.
    pub failed: bool,
}

/// The summary that a command of `family` (see [`super::command::Part::family`]) printed.
///
/// `None` when the output holds none: it was cut, or the tool says nothing when all is well.
/// Families that never check anything (`git`, `ls`, trackers) have none.
pub fn summary(family: &str, output: &str) -> Option<Summary> {
    let only = tools::expected(family)?;
    let clean = strip_ansi(output);
    let mut scan = Scan::default();
    for line in text::lines(&clean) {
        scan.line(line, only);
    }
    let hits = scan.finish();
    // The best said about tests; what came after it in lesser words can only make it worse.
    let best = hits.iter().map(|hit| hit.rank).max()?;
    let last = hits.iter().rfind(|hit| hit.rank == best)?;
    let failed = last.failed || hits.iter().any(|hit| hit.failed && decides(hit, last));
    let mut said = last.text.clone();
    if failed
        && !last.failed
        && let Some(verdict) = hits.iter().rfind(|hit| hit.failed && decides(hit, last))
    {
        said.push_str("; ");
        said.push_str(&verdict.text);
    }
    Some(Summary { text: text::line(&said, MAX_UNITS), failed })
}

/// Whether a failure told in `hit` stands although `last` sounds well: it was said later.
fn decides(hit: &Hit, last: &Hit) -> bool {
    hit.rank != Rank::Progress && hit.at > last.at
}

#[cfg(test)]
mod tests;
