//! SessionEnd: the session ends in an orderly way, within 1.5 s.

use super::{Context, Fault, stop};
use crate::config;
use crate::follow::{Told, opening, retention};
use crate::protocol::Reply;
use crate::settings;
use std::time::Duration;

/// Of the 1.5 s that a session's end may take, so much at most goes to what is old.
const SWEEP: Duration = Duration::from_millis(150);

/// Folds the rest and remembers how the session ended. A session that never got a prompt leaves
/// nothing.
pub fn handle(context: &Context) -> Result<Reply, Fault> {
    let known = context.redact_own();
    let reason = context.input.reason.as_deref().unwrap_or("other");
    let Some((project, session)) = context.session()? else { return Ok(Reply::default()) };
    if !session.exists() {
        let lock = project.lock(super::LOCK)?;
        opening::forget(&lock, context.id.as_str())?;
        return Ok(Reply::default());
    }
    let told = Told::SessionEnd { reason: crate::git::quote(reason, 40) };
    stop::fold_in(context, &project, &session, told, known)?;
    retain(context);
    Ok(Reply::default())
}

/// Once a day, takes away what is kept for longer than the user wants.
fn retain(context: &Context) {
    if !retention::is_due(&context.store, context.now) {
        return;
    }
    let retention = match config::read_with(context.store.root(), &crate::env::settings(None)) {
        Ok(config) => config.retention,
        // Nothing is deleted on a guess.
        Err(fault) => return context.note(&[fault]),
    };
    let settings = context.env.claude_dir().map(|dir| dir.join("settings.json"));
    let text = settings.and_then(|path| std::fs::read_to_string(path).ok()).unwrap_or_default();
    let days = retention.within(settings::cleanup_days(&text));
    context.note(&retention::sweep(&context.store, days, context.now, SWEEP));
}
