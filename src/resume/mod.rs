//! The resume log: what a later session needs to know of this one.
//!
//! A pure function of the facts and of what a few re-read lines of the transcript say. `compose`
//! weighs every fact into a [`ResumeLog`]; `markdown`, `text`, `digest`, `brief` and `notice` render
//! it, each the best it can say in its room. Sentences are the user's, Claude's or the tools';
//! nothing is rephrased.

mod about;
mod accomplishments;
mod code;
mod composed;
mod context;
mod decisions;
mod digest;
mod failures;
mod files;
mod findings;
mod item;
mod log;
mod metrics;
mod mission;
mod next;
mod pause;
mod plain;
pub mod policy;
mod recall;
mod render;
mod rules;
mod safe;
mod select;
mod state;
mod view;

pub use about::{About, Cause, LaterCommit, Meanwhile, Previous};
pub use composed::Composed;
pub use digest::{Whose, brief, changes, changes_since, digest, notice};
pub use log::{Entry, FileFact, Metadata, ResumeLog, State, Subject, Topic};
pub use pause::{Checkout, MESSAGE, OpenTask, Paused, checks, open_tasks, thaw};
pub use recall::Recall;
pub use render::{markdown, text};
pub use safe::safe;
pub use view::tasks;

use crate::session::Session;
use crate::session::event::Place;
use std::collections::HashSet;

/// Tokens of a resume log, of [`UNITS`] UTF-16 units each.
pub const TOKENS: usize = 10_000;
/// UTF-16 units that count as one token. English prose has more, code and CJK text fewer.
pub const UNITS: usize = 4;

/// The resume log of a session: at most [`TOKENS`], as its Markdown.
pub fn compose(session: &Session, recall: Recall, about: &About) -> ResumeLog {
    Composed::of(session, about, |_| recall).fill()
}

/// The resume log of a session, and its Markdown.
/// `read` is handed the lines of the transcript that are worth re-reading, the most worthy first.
pub fn document(
    session: &Session,
    about: &About,
    read: impl FnOnce(&[Place]) -> Recall,
) -> (ResumeLog, String) {
    Composed::of(session, about, read).document()
}

/// The files that a session edited and did not remove, the last touched first.
pub fn edited(session: &Session) -> impl Iterator<Item = &str> {
    let mut seen = HashSet::new();
    let touches = session.all().rev().flat_map(|turn| turn.files.iter().rev());
    let last = touches.filter(move |touch| touch.edits > 0 && seen.insert(&*touch.path));
    last.filter(|touch| !touch.gone).map(|touch| &*touch.path)
}
