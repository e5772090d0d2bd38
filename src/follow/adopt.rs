//! Taking up a session that no hook followed.

use super::opening::{self, Opening};
use super::record::Record;
use crate::process::Identity;
use crate::store::{Durability, SessionId};
use std::path::Path;

/// Keeps what the transcript of a session tells that was never followed, and a record: from here on the
/// session is known as one that was followed. `process`: the one that it runs in; `None` when it is over.
///
/// Errors say in words what could not be read or kept.
pub fn adopt(
    opening: &Opening<'_>,
    transcript: &Path,
    process: Option<Identity>,
    record: &Record,
) -> Result<(), String> {
    let said = |error: crate::store::Error| error.to_string();
    let id = SessionId::parse(opening.id).ok_or_else(|| {
        format!("{} is not named as Claude Code names a session's", transcript.display())
    })?;
    let mut following = super::open(&opening.project.session(&id), opening.wait).map_err(said)?;
    following.over = process.is_none();
    following
        .fold(transcript, None)
        .map_err(|error| format!("{} can't be read: {error}", transcript.display()))?;
    following.tell(record).map_err(said)?;
    following.save(Durability::Synced, opening.now).map_err(said)?;
    let state = &following.state;
    let lock = opening.project.lock(opening.wait).map_err(said)?;
    opening::change(&lock, |recent| {
        let entry = recent.enter(opening.id);
        entry.transcript = Some(transcript.to_owned());
        entry.settled = process.is_none();
        entry.process = process;
        entry.attended = opening.attended;
        opening.place.worktree().clone_into(&mut entry.worktree);
        entry.started = state.session.first;
        entry.learn(state);
    })
    .map_err(said)
}
