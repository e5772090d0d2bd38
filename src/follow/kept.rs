//! The composed log of a session that is over, beside its state: whoever starts next need not compose it.
//!
//! Derived and unsynced. It is believed as long as nothing that it was made from has changed; else it is as
//! if it were not there.

use super::opening::FILES;
use super::{Bridge, State};
use crate::redact;
use crate::release;
use crate::resume::{Composed, edited};
use crate::store;
use crate::transcript;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};

/// The file, in the session's directory: [`Head`] as a line of JSON, and behind it [`Composed`] as it is kept.
pub(super) const FILE: &str = "composed";
/// A longer one is not kept: it would take as long to read as to compose.
const MOST: usize = 256 << 10;
const FORMAT: u32 = 1;

/// What a log was composed from.
#[derive(Debug, Serialize, Deserialize)]
struct Head {
    format: u32,
    /// The build that composed it.
    by: String,
    /// What it took out of every text, beside known secrets.
    redacted: u64,
    /// The snapshot.
    generation: u64,
    transcript: PathBuf,
    /// The transcript's length, and when it was written to last.
    length: u64,
    modified: DateTime<Utc>,
    /// The context window, as the status line was told it and as it was told.
    bridge: Option<Bridge>,
    window: Option<u64>,
    /// When the session was last active.
    last: Option<DateTime<Utc>>,
    /// The files that it edited last and that may differ since, newest first.
    edited: Vec<String>,
}

/// A kept log, with what is asked of the facts beside it.
#[derive(Debug)]
pub(super) struct Kept {
    pub(super) composed: Composed,
    pub(super) window: Option<u64>,
    pub(super) last: Option<DateTime<Utc>>,
    pub(super) edited: Vec<String>,
}

/// The file's text for a state that was saved under this generation; `None` when there is more to fold, or
/// too much to keep.
pub(super) fn text(
    state: &State,
    generation: u64,
    window: Option<u64>,
    composed: &mut Composed,
) -> Option<String> {
    let transcript = state.transcript.clone()?;
    let (length, modified) = transcript::stamp(&transcript).ok()?;
    if length != state.cursor.offset {
        return None;
    }
    let head = Head {
        format: FORMAT,
        by: release::MARK.to_owned(),
        redacted: redact::settings(),
        generation,
        transcript,
        length,
        modified,
        bridge: state.bridge.clone(),
        window,
        last: state.last(),
        edited: edited(&state.session).take(FILES).map(str::to_owned).collect(),
    };
    let mut text = serde_json::to_string(&head).ok()?;
    text.push('\n');
    text.push_str(&composed.keep().ok()?);
    (text.len() <= MOST).then_some(text)
}

impl Head {
    /// What stands in the file's first line, if nothing of it has changed.
    fn of(line: &str, session: &store::Session) -> Option<Self> {
        let head: Self = serde_json::from_str(line).ok()?;
        let same = head.format == FORMAT
            && head.by == release::MARK
            && head.redacted == redact::settings()
            && transcript::stamp(&head.transcript).ok()? == (head.length, head.modified)
            && session.is_at(head.generation).ok()?
            && Bridge::beside(session).is_none_or(|bridge| head.bridge == Some(bridge));
        same.then_some(head)
    }
}

impl Kept {
    /// The log that is kept of a session, if it is as it would be composed now.
    pub(super) fn of(session: &store::Session) -> Option<Self> {
        let text = session.read_file(FILE).ok()??;
        let (head, composed) = text.split_once('\n')?;
        let Head { window, last, edited, .. } = Head::of(head, session)?;
        let composed = Composed::kept(composed)?;
        Some(Self { composed, window, last, edited })
    }

    /// Whether the log that is kept of a session is of this transcript, and as it would be composed now.
    pub(super) fn is_of(session: &store::Session, transcript: &Path) -> bool {
        let text = session.read_file(FILE).ok().flatten();
        let head = text.as_deref().and_then(|text| text.split_once('\n'));
        head.and_then(|(head, _)| Head::of(head, session))
            .is_some_and(|head| head.transcript == transcript)
    }
}
