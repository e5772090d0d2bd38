//! What failed: what still stands, what was tried, what fixed it.

use super::view::View;
use crate::session::command::Class;
use crate::session::event::{Outcome, Place};
use crate::session::facts::Run;

/// A failure that still stands: the last run of its family did not go through.
pub(super) struct Unsolved<'a> {
    pub(super) run: &'a Run,
    pub(super) seq: u32,
    pub(super) at: u32,
    /// The line of its output.
    pub(super) line: Option<Place>,
    /// How often the same failure came.
    pub(super) times: usize,
}

/// The failures that still stand, the newest first.
pub(super) fn unsolved<'a>(view: &View<'a>) -> Vec<Unsolved<'a>> {
    let mut found: Vec<Unsolved<'a>> = Vec::new();
    for family in view.families.iter().rev() {
        if !matches!(family.outcome, Outcome::Failed | Outcome::Refused)
            || matches!(family.class, Class::Look)
        {
            continue;
        }
        let mut runs = view.runs().rev().filter(|(_, r)| r.family == family.family);
        let Some((step, run)) = runs.next().filter(|(s, _)| s.seq == family.seq) else { continue };
        let key = run.errors.first().map(|e| e.key);
        let same = |r: &Run| r.errors.iter().any(|e| Some(e.key) == key);
        let times = 1 + runs.filter(|(_, r)| key.is_some() && same(r)).count();
        found.push(Unsolved { run, seq: step.seq, at: step.at, line: step.line, times });
    }
    found.sort_by_key(|f| std::cmp::Reverse(f.seq));
    found
}
