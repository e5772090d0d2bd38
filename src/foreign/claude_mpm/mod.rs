//! What claude-mpm leaves in `.claude-mpm/`: resume logs, paused sessions, responses.

mod folder;
mod paused;
mod responses;
mod resume_log;

pub use folder::{Found, Passed, read};

use crate::resume::ResumeLog;
use chrono::{DateTime, NaiveDateTime, Utc};
use serde_json::Value;

/// The log that a JSON file holds: a resume log's twin, or a paused session.
pub(super) fn log(value: &Value) -> Option<ResumeLog> {
    if value.get("conversation").is_some() || value.get("paused_at").is_some() {
        return paused::log(value);
    }
    resume_log::log(value)
}

/// A time in ISO 8601, with or without a zone; without one it is taken for UTC.
pub(super) fn time(text: &str) -> Option<DateTime<Utc>> {
    let text = text.trim();
    if let Ok(time) = DateTime::parse_from_rfc3339(text) {
        return Some(time.with_timezone(&Utc));
    }
    NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S%.f").ok().map(|time| time.and_utc())
}

/// A text of a field; numbers count as such.
fn text(value: &Value, key: &str) -> String {
    match &value[key] {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        _ => String::new(),
    }
}

/// The items of a field: texts, or objects that have one under some name.
fn list(value: &Value, key: &str) -> Vec<String> {
    let Some(items) = value[key].as_array() else { return Vec::new() };
    items.iter().map(item).filter(|text| !text.is_empty()).collect()
}

fn item(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Object(fields) => {
            let said = |names: &[&str]| {
                names
                    .iter()
                    .find_map(|name| fields.get(*name)?.as_str())
                    .unwrap_or_default()
                    .to_owned()
            };
            let what = said(&[
                "task",
                "title",
                "decision",
                "content",
                "message",
                "description",
                "question",
                "text",
            ]);
            let more: Vec<String> = ["rationale", "status", "priority", "notes"]
                .iter()
                .filter_map(|name| Some(format!("{name}: {}", fields.get(*name)?.as_str()?)))
                .collect();
            if more.is_empty() { what } else { format!("{what} ({})", more.join("; ")) }
        }
        _ => String::new(),
    }
}
