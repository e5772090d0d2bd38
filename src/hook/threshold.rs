//! The context window fills up: said once for each level until the next compaction.

use super::{Context, Fault, LOCK};
use crate::config::{self, Thresholds};
use crate::env;
use crate::follow::{Bridge, Level, Said};
use crate::protocol::Reply;
use crate::session::text::thousands;
use crate::session::window_of;
use crate::store::{self, Session};
use crate::transcript;
use std::io::ErrorKind;

/// The notice, when a level is reached that was not told of yet. With an unknown window: nothing.
///
/// What was said is remembered before it is said, under the session's lock: two hooks that run at the
/// same time don't say it twice. When the lock can't be had the next event says it.
pub(super) fn notice(context: &Context, session: &Session) -> Result<Reply, Fault> {
    // A subagent has a context of its own.
    let main = context.input.agent_id.is_none();
    let Some(path) = context.input.transcript_path.as_deref().filter(|_| main) else {
        return Ok(Reply::default());
    };
    let found = match transcript::context(path) {
        Ok((found, _)) => found,
        Err(error) if error.kind() == ErrorKind::NotFound => None,
        Err(error) => return Err(format!("{} can't be read: {error}", path.display()).into()),
    };
    let Some(found) = found else { return Ok(Reply::default()) };
    let (requested, model) = (found.requested.as_deref(), found.model.as_deref());
    let window = Bridge::read(&context.store, &context.id)?
        .and_then(|bridge| bridge.window_of(requested, model))
        .filter(|window| found.tokens <= *window)
        .or_else(|| window_of(requested, model, found.tokens));
    let Some(window) = window else { return Ok(Reply::default()) };
    let percent = found.tokens * 100 / window;
    // A configuration that can't be read is told at the session's start.
    let limits = config::thresholds(context.store.root(), &env::settings(Some("thresholds")))
        .unwrap_or_default();
    let Some(level) = reached(percent, limits) else { return Ok(Reply::default()) };
    // The compaction may not be in the transcript yet.
    let silent = |said: &Said| said.compacted >= Some(found.at) || said.level >= Some(level);
    if Said::read(session)?.is_none_or(|said| silent(&said)) {
        return Ok(Reply::default());
    }
    let lock = match session.lock(LOCK) {
        Ok(lock) => lock,
        Err(store::Error::Busy { .. }) => return Ok(Reply::default()),
        Err(error) => return Err(error.into()),
    };
    let Some(said) = Said::read(session)?.filter(|said| !silent(said)) else {
        return Ok(Reply::default());
    };
    said.telling(level).keep(&lock)?;
    let of = format!("{} of {} tokens", thousands(found.tokens), thousands(window));
    Ok(Reply {
        context: Some(format!(
            "Context window: {of} in use ({percent} %). Claude Code compacts the conversation by \
             itself when the window is full; the work then goes on, and what was asked, changed and \
             found in this session is on record outside of the conversation."
        )),
        message: Some(format!(
            "rejoin: the context window is {percent} % full ({of}). Claude Code compacts it by \
             itself; `rejoin show` has what stays on record."
        )),
        ..Reply::default()
    })
}

/// The highest level that a percentage reaches; a limit of 0 is off.
fn reached(percent: u64, limits: Thresholds) -> Option<Level> {
    let levels = [
        (limits.critical, Level::Critical),
        (limits.warning, Level::Warning),
        (limits.caution, Level::Caution),
    ];
    let over = |limit: u8| limit > 0 && percent >= u64::from(limit);
    levels.into_iter().find(|(limit, _)| over(*limit)).map(|(_, level)| level)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_highest_level_reached_counts_and_zero_is_off() {
        let usual = Thresholds::default();
        let of = |percent| reached(percent, usual);
        assert_eq!(of(69), None);
        assert_eq!(of(70), Some(Level::Caution));
        assert_eq!(of(84), Some(Level::Caution));
        assert_eq!(of(85), Some(Level::Warning));
        assert_eq!(of(100), Some(Level::Critical));
        let some = Thresholds { caution: 0, warning: 85, critical: 0 };
        assert_eq!(reached(80, some), None);
        assert_eq!(reached(99, some), Some(Level::Warning));
        let none = Thresholds { caution: 0, warning: 0, critical: 0 };
        assert_eq!(reached(100, none), None);
    }
}
