//! Hooks that are registered twice, in Claude Code's settings and as a plugin: both copies of an event
//! get the same bytes at the same moment, and one of them does nothing.

use super::{Context, Fault, LOCK};
use crate::env::Env;
use crate::protocol::Event;
use crate::settings::{HOOKS, presence};
use crate::store::Taken;
use std::path::PathBuf;

/// Whose an event is.
pub(super) enum Whose {
    /// This copy's; where there may be another, it waits to hear that the event is safe.
    Ours(Option<Taken>),
    /// The other copy has it, or will have it.
    Twins,
}

/// Finds out whose this event is.
pub(super) fn whose(context: &Context, event: Event, input: &[u8]) -> Result<Whose, Fault> {
    let Context { store, env, now, .. } = context;
    let known = store.has_plugin(*now);
    if env.plugin {
        store.note_plugin(*now)?;
        // Until the other copy can know of this one, its registration has to tell.
        if !known && is_registered(env, event) {
            return Ok(Whose::Twins);
        }
    } else if !known {
        return Ok(Whose::Ours(None));
    }
    let taken = store.take(input, *now, LOCK)?;
    Ok(taken.map_or(Whose::Twins, |taken| Whose::Ours(Some(taken))))
}

fn is_registered(env: &Env, event: Event) -> bool {
    settings(env).iter().any(|path| !presence::missing(path).contains(&event.name()))
}

/// The settings files that Claude Code merges.
fn settings(env: &Env) -> Vec<PathBuf> {
    let project = env.claude_project_dir.as_ref().map(|folder| folder.join(".claude"));
    let user = env.claude_dir().map(|folder| folder.join("settings.json"));
    let own = project.as_ref().map(|folder| folder.join("settings.local.json"));
    let shared = project.as_ref().map(|folder| folder.join("settings.json"));
    [user, own, shared].into_iter().flatten().collect()
}

/// What to tell the user when Claude Code has dropped some of our hooks from its settings, as it does
/// when it writes them back from an old copy. Costs the reading of one file where all is well.
pub(super) fn dropped(context: &Context) -> Option<String> {
    if context.env.plugin {
        return None;
    }
    let mut gone: Option<Vec<&str>> = None;
    for path in settings(&context.env) {
        let missing = presence::missing(&path);
        if missing.is_empty() {
            return None;
        }
        // The file that names the most of them is where they were.
        if gone.as_ref().is_none_or(|gone| missing.len() < gone.len()) {
            gone = Some(missing);
        }
    }
    let gone = gone?;
    // Without any of them there, this one was started by something else: a file named with
    // `--settings`, or the policy of an organisation. Unless it was us who wrote them there.
    if gone.len() == HOOKS.len() && !was_installed(&context.env) {
        return None;
    }
    let which = if gone.len() == HOOKS.len() { "all hooks".to_owned() } else { gone.join(", ") };
    Some(format!(
        "rejoin: Claude Code's settings have lost {which}; `rejoin doctor --fix` puts them back"
    ))
}

/// Whether `rejoin install` has written into the user's settings.
fn was_installed(env: &Env) -> bool {
    let record = env.data_dir().map(|folder| folder.join("install.json"));
    let user = env.claude_dir().map(|folder| folder.join("settings.json"));
    let (Some(record), Some(user)) = (record, user) else { return false };
    let text = std::fs::read_to_string(record).unwrap_or_default();
    user.to_str().is_some_and(|user| text.contains(user))
}
