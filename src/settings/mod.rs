//! Claude Code's settings files, edited without losing a byte of what others wrote.
//!
//! [`install`] and [`uninstall`] turn a text into a text; [`mod@file`] puts the result in place. A
//! settings file belongs to the user: our entries are added beside what is there, in the layout of
//! what is there, and taken back so that the earlier bytes return. A file that Claude Code itself
//! would drop (comment, trailing comma) or whose meaning is in doubt (duplicate key on our path) is
//! refused with the line.

mod cleanup;
mod document;
pub mod file;
pub mod folder_lock;
mod json;
mod permissions;
pub mod presence;
mod refusal;
mod registration;
pub mod status_line;
#[cfg(test)]
mod tests;

use std::path::Path;

use serde::{Deserialize, Serialize};

pub use cleanup::cleanup_days;
pub use document::Containers;
use document::Document;
pub use permissions::allows;
pub use refusal::{Reason, Refusal};
pub use registration::{Registered, disables_hooks, registered};

/// A hook event that we follow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hook {
    /// The event's name in Claude Code's settings.
    pub event: &'static str,
    /// The executable that handles it, without `.exe`. This name, in whatever folder, is what
    /// makes an entry ours.
    pub executable: &'static str,
    /// What Claude Code may wait for it, in seconds. Without one a SessionEnd hook gets 1.5 s and
    /// the others up to ten minutes.
    pub timeout: u32,
}

impl Hook {
    /// The file name of the executable on this platform.
    pub fn file_name(&self) -> String {
        format!("{}{}", self.executable, std::env::consts::EXE_SUFFIX)
    }
}

const fn hook(event: &'static str, executable: &'static str, timeout: u32) -> Hook {
    Hook { event, executable, timeout }
}

/// The events in the order in which they are registered.
pub const HOOKS: [Hook; 9] = [
    hook("SessionStart", "rejoin-hook-session-start", 10),
    hook("UserPromptSubmit", "rejoin-hook-user-prompt-submit", 10),
    hook("PostToolBatch", "rejoin-hook-post-tool-batch", 10),
    hook("Stop", "rejoin-hook-stop", 10),
    hook("StopFailure", "rejoin-hook-stop-failure", 10),
    hook("SubagentStop", "rejoin-hook-subagent-stop", 10),
    hook("PreCompact", "rejoin-hook-pre-compact", 10),
    hook("PostCompact", "rejoin-hook-post-compact", 10),
    hook("SessionEnd", "rejoin-hook-session-end", 5),
];

/// What [`install`] is to make of a settings file.
#[derive(Debug, Clone)]
pub struct Plan<'a> {
    /// The folder of the hook executables, absolute and valid UTF-8 (a settings file can hold no
    /// other path).
    pub executables: &'a Path,
    /// Whether they are to be registered; else what is registered is taken out (the plugin starts
    /// them).
    pub hooks: bool,
    /// Permission rules to be allowed.
    pub rules: &'a [String],
}

/// What [`install`] wrote into one settings file, so far as the file itself cannot tell later.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Written {
    /// There was no such file.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub file_made: bool,
    /// The text of a file that held no value at all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub blank: Option<String>,
    /// Containers that were missing or empty.
    #[serde(default)]
    pub containers: Containers,
    /// Permission rules that were not there before.
    #[serde(default)]
    pub rules: Vec<String>,
    /// What our status line replaced, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status_line: Option<status_line::Replaced>,
}

/// A settings file's new text, and what to remember of the edit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edited {
    pub text: String,
    pub written: Written,
}

/// Adds to `text` (empty for a file that is missing) what `plan` wants and is not there yet.
///
/// `earlier` is what earlier installs wrote there. Entries of ours whose path differs are corrected
/// in place, spare ones go, rules of `earlier` that the plan no longer has are withdrawn when it
/// has any.
pub fn install(text: &str, plan: &Plan<'_>, earlier: &Written) -> Result<Edited, Refusal> {
    let mut written = earlier.clone();
    let mut document = Document::new(text)?;
    if document.find(&[])?.is_none() {
        written.blank = Some(text.to_owned());
    }
    let command =
        |hook: &Hook| plan.executables.join(hook.file_name()).to_string_lossy().into_owned();
    if plan.hooks {
        registration::register(&mut document, command, &mut written.containers)?;
    } else {
        registration::unregister(&mut document, Some(&written.containers))?;
    }
    if !plan.rules.is_empty() {
        for rule in earlier.rules.iter().filter(|rule| !plan.rules.contains(rule)) {
            permissions::withdraw(&mut document, rule, Some(&written.containers))?;
            written.rules.retain(|kept| kept != rule);
        }
    }
    for rule in plan.rules {
        if permissions::allow(&mut document, rule, &mut written.containers)? {
            written.rules.retain(|kept| kept != rule);
            written.rules.push(rule.clone());
        }
    }
    Ok(Edited { text: document.into_text(), written })
}

/// Makes our executable at `path` the status line's command in `text`, on top of what `earlier` says
/// was written there.
pub fn install_status_line(text: &str, path: &str, earlier: &Written) -> Result<Edited, Refusal> {
    let mut written = earlier.clone();
    let mut document = Document::new(text)?;
    if document.find(&[])?.is_none() {
        written.blank = Some(text.to_owned());
    }
    let command = status_line::as_command(path);
    if let Some(replaced) = status_line::set(&mut document, &command, &mut written.containers)? {
        written.status_line = Some(replaced);
    }
    Ok(Edited { text: document.into_text(), written })
}

/// Takes out of `text` what [`install`] and [`install_status_line`] wrote there.
///
/// Without `written` (the note is lost) our entries go, and with them containers that are then
/// empty; permission rules stay, since they may be the user's own.
pub fn uninstall(text: &str, written: Option<&Written>) -> Result<String, Refusal> {
    let mut document = Document::new(text)?;
    let made = written.map(|written| &written.containers);
    let replaced = written.and_then(|written| written.status_line.as_ref());
    status_line::restore(&mut document, replaced, made)?;
    for rule in written.into_iter().flat_map(|written| &written.rules) {
        permissions::withdraw(&mut document, rule, made)?;
    }
    registration::unregister(&mut document, made)?;
    let emptied = document.find(&[])?.is_some_and(|root| root.items().is_empty());
    match written.and_then(|written| written.blank.as_ref()) {
        Some(blank) if emptied => Ok(blank.clone()),
        _ => Ok(document.into_text()),
    }
}
