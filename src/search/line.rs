//! One transcript line to the texts that a person would look for.

use std::borrow::Cow;

use chrono::{DateTime, Utc};
use serde_json::Value;

use super::Role;
use crate::session::event::{Author, Call, Detail, Event};
use crate::transcript;

/// Where and when a line was written.
#[derive(Debug, Default)]
pub(super) struct About {
    pub at: Option<DateTime<Utc>>,
    pub folder: String,
    pub branch: Option<String>,
}

/// Tells every text of a line that has a role of its own; returns what is known of the line.
pub(super) fn texts(line: &[u8], see: &mut dyn FnMut(Role, &str)) -> About {
    let mut about = About::default();
    transcript::events(line, &mut |at, event| {
        about.at = Some(at.time).filter(|time| *time != DateTime::<Utc>::UNIX_EPOCH);
        if let Event::Located { folder, branch, .. } = event {
            about.folder = folder.into_owned();
            about.branch = branch.map(Cow::into_owned);
        } else {
            event_texts(&event, see);
        }
    });
    about
}

fn event_texts(event: &Event<'_>, see: &mut dyn FnMut(Role, &str)) {
    match event {
        Event::Prompt { author: Author::Human, text, .. } | Event::Queued { text } => {
            see(Role::Prompt, text);
        }
        Event::Prompt { text, .. } | Event::ApiError { text, .. } => see(Role::Output, text),
        Event::Said { text } => see(Role::Response, text),
        Event::Summary { text } => see(Role::Summary, text),
        Event::Titled { text, .. } => see(Role::Title, text),
        Event::Called { call, .. } => call_texts(call, see),
        Event::Returned { result, .. } => {
            if let Detail::Answers(answers) = &result.detail {
                for (_, answer) in answers {
                    see(Role::Prompt, answer);
                }
            }
            see(Role::Output, &result.text);
        }
        _ => {}
    }
}

fn call_texts(call: &Call<'_>, see: &mut dyn FnMut(Role, &str)) {
    match call {
        Call::Run { command: text, .. }
        | Call::Look { what: text }
        | Call::Fetch { what: text }
        | Call::Skill { name: text } => see(Role::Command, text),
        Call::Edit { path, changes } => {
            see(Role::File, path);
            for (before, after) in changes {
                see(Role::Edit, after);
                see(Role::Edit, before);
            }
        }
        Call::Write { path, content } => {
            see(Role::File, path);
            see(Role::Edit, content);
        }
        Call::Read { path } => see(Role::File, path),
        Call::Plan { text } => see(Role::Response, text),
        Call::Ask { questions } => questions.iter().for_each(|text| see(Role::Response, text)),
        Call::Agent { description, .. } => see(Role::Task, description),
        Call::TaskCreated { subject, description } => {
            see(Role::Task, subject);
            see(Role::Task, description);
        }
        Call::TaskUpdated { subject, .. } => {
            if let Some(subject) = subject {
                see(Role::Task, subject);
            }
        }
        Call::Todos { items } => items.iter().for_each(|(text, _)| see(Role::Task, text)),
        Call::Output { .. } | Call::Other { .. } => {}
    }
}

/// Where a line's text stands; beside it are ids, times and folders.
const PLACES: [&str; 5] = ["message", "toolUseResult", "attachment", "content", "input"];

/// What is no text inside of them.
const NO_TEXT: [&str; 11] = [
    "id",
    "uuid",
    "tool_use_id",
    "toolUseID",
    "type",
    "role",
    "model",
    "signature",
    "data",
    "usage",
    "media_type",
];

/// Tells every string of a line that may be text, whatever it is.
pub(super) fn strings(line: &[u8], see: &mut dyn FnMut(&str)) {
    let value = serde_json::from_slice::<Value>(line)
        .or_else(|_| serde_json::from_str(&String::from_utf8_lossy(line)));
    let Ok(Value::Object(fields)) = value else { return };
    // What waits in the queue comes again as a prompt.
    if fields.get("type").is_some_and(|kind| kind == "queue-operation") {
        return;
    }
    for (name, value) in &fields {
        if PLACES.contains(&name.as_str()) {
            walk(value, see);
        }
    }
}

fn walk(value: &Value, see: &mut dyn FnMut(&str)) {
    match value {
        Value::String(text) => see(text),
        Value::Array(values) => values.iter().for_each(|value| walk(value, see)),
        Value::Object(fields) => {
            for (name, value) in fields {
                if !NO_TEXT.contains(&name.as_str()) {
                    walk(value, see);
                }
            }
        }
        _ => {}
    }
}
