//! Building a log out of texts that another program wrote.

use crate::resume::{Entry, Metadata, ResumeLog, State, Subject, Topic};
use crate::session::text::cut;
use std::collections::BTreeMap;

/// UTF-16 units of one entry.
const LONGEST: usize = 4_000;
/// Entries of one section: the digest chooses among them.
const ENTRIES: usize = 60;
/// How much a reader needs what another tool wrote: it did not say.
const WORTH: u8 = 60;

/// A log without entries, about a session of this id.
pub(super) fn empty(session: &str) -> ResumeLog {
    ResumeLog {
        format: 1,
        subject: Subject {
            session: crate::session::text::line(session, 100),
            state: State::Ended,
            ended: "as another program recorded it".to_owned(),
            ..Subject::default()
        },
        context_metrics: Vec::new(),
        mission: Vec::new(),
        accomplishments: Vec::new(),
        key_findings: Vec::new(),
        decisions: Vec::new(),
        next_steps: Vec::new(),
        critical_context: Vec::new(),
        metadata: Metadata::default(),
        previous: None,
        left_out: BTreeMap::new(),
    }
}

/// Adds a text to a section, unless it is empty, a placeholder, or there already.
pub(super) fn add(section: &mut Vec<Entry>, topic: Topic, text: &str) {
    let text = text.trim();
    let placeholder = text.starts_with('_') && text.ends_with('_') && text.starts_with("_No ");
    if text.is_empty() || placeholder || section.len() >= ENTRIES {
        return;
    }
    let text = cut(text, LONGEST);
    if !section.iter().any(|entry| entry.text == text) {
        section.push(Entry { topic, text, short: None, worth: WORTH });
    }
}

/// Whether nothing is told.
pub(super) fn is_empty(log: &ResumeLog) -> bool {
    [
        &log.mission,
        &log.accomplishments,
        &log.key_findings,
        &log.decisions,
        &log.next_steps,
        &log.critical_context,
    ]
    .iter()
    .all(|section| section.is_empty())
        && log.metadata.files.is_empty()
}
