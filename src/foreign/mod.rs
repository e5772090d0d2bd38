//! Logs that come from elsewhere: from another person, another machine, another tool.
//!
//! Everything read here is somebody else's: it is bounded, freed of secrets, of control characters and
//! of whatever imitates a frame before anybody sees it. What comes out is a [`Document`].

mod address;
pub mod claude_mpm;
mod clean;
mod entries;
mod files;
mod markdown;

pub use address::{address, is_address};
pub use clean::{clean, shown};

use crate::export::{self, Document};
use crate::resume::{self, ResumeLog, Topic};
use crate::session::text::cut;
use chrono::{DateTime, Utc};
use serde::Deserialize;
use serde_json::Value;

/// The most that is read of one file, in bytes. Our own logs have at most some 60 KB.
pub const MOST: u64 = 512 << 10;

/// Of a list in a foreign log, so many items; of one, so many UTF-16 units.
const ENTRIES: usize = 200;
const LONGEST: usize = 8_000;

/// What a log of this format may be called by people who have a newer program.
const NEWER: &str = "it was written by a newer rejoin; update this one to read it";

/// A file that somebody sent: what `rejoin export`, `rejoin show` or `rejoin pause` wrote, as JSON or
/// as Markdown, or a resume log of claude-mpm. Errors say what is wrong with it.
pub fn read(bytes: &[u8], now: DateTime<Utc>) -> Result<Document, String> {
    let mut document = parsed(bytes, now)?;
    bound(&mut document);
    Ok(document)
}

fn parsed(bytes: &[u8], now: DateTime<Utc>) -> Result<Document, String> {
    if bytes.len() as u64 > MOST {
        return Err(format!("it has over {} KB, more than a resume log has", MOST / 1000));
    }
    let text = std::str::from_utf8(bytes).map_err(|_| "it is no text in UTF-8".to_owned())?;
    let text = text.trim_start_matches('\u{feff}');
    if text.trim_start().starts_with('{') {
        let value =
            serde_json::from_str(text).map_err(|error| format!("its JSON is broken: {error}"))?;
        return json(value, now);
    }
    if text.trim_start().starts_with("<!DOCTYPE") || text.trim_start().starts_with("<html") {
        return Err(
            "it is a page for people; ask for the JSON that `rejoin export --format json` writes"
                .to_owned(),
        );
    }
    let log = markdown::log(&clean::text(text)).ok_or("it holds no resume log")?;
    Ok(Document::of_log(log, now))
}

/// JSON of ours or of claude-mpm.
fn json(value: Value, now: DateTime<Utc>) -> Result<Document, String> {
    let value = clean(value);
    let newer = |value: &Value| {
        value["format"].as_u64().is_some_and(|format| format > u64::from(export::FORMAT))
    };
    if newer(&value) || newer(&value["log"]) {
        return Err(NEWER.to_owned());
    }
    let no_log = |error: serde_json::Error| format!("it is no resume log: {error}");
    if value.get("exported").is_some() {
        return Document::deserialize(value).map_err(no_log);
    }
    if let Some(log) = value.get("log") {
        // A pause, as it stands in the state directory.
        let mut document = Document::of_log(ResumeLog::deserialize(log).map_err(no_log)?, now);
        document.message = value["message"].as_str().map(str::to_owned);
        let list =
            |name: &str| value.get(name).cloned().unwrap_or_else(|| Value::Array(Vec::new()));
        document.tasks = serde_json::from_value(list("open_tasks")).map_err(no_log)?;
        document.checks = serde_json::from_value(list("checks")).map_err(no_log)?;
        return Ok(document);
    }
    if value.get("subject").is_some() {
        return ResumeLog::deserialize(value).map(|log| Document::of_log(log, now)).map_err(no_log);
    }
    claude_mpm::log(&value)
        .map(|log| Document::of_log(log, now))
        .ok_or_else(|| "it is no resume log".to_owned())
}

/// No part of a log of ours is longer.
fn bound(document: &mut Document) {
    let log = &mut document.log;
    for section in [
        &mut log.context_metrics,
        &mut log.mission,
        &mut log.accomplishments,
        &mut log.key_findings,
        &mut log.decisions,
        &mut log.next_steps,
        &mut log.critical_context,
    ] {
        section.truncate(ENTRIES);
        for entry in section {
            entry.text = cut(&entry.text, LONGEST);
            entry.short = entry.short.as_ref().map(|short| cut(short, LONGEST));
            entry.worth = entry.worth.min(100);
        }
    }
    log.metadata.files.truncate(ENTRIES);
    for list in [&mut log.metadata.agents, &mut log.metadata.errors, &mut log.metadata.warnings] {
        list.truncate(ENTRIES);
    }
    document.message = document.message.as_ref().map(|said| cut(said, resume::MESSAGE));
    document.tasks.truncate(ENTRIES);
    document.checks.truncate(ENTRIES);
    document.files.truncate(ENTRIES);
}

/// What is shared of a session or a pause, and its address: the log with tasks, checks and files. What
/// the repository looks like now, the turns and their texts stay here. The same facts make the same
/// bytes, whenever they are shared.
pub fn package(document: &Document) -> Result<(Vec<u8>, String), String> {
    let mut shared = document.clone();
    shared.log.subject.meanwhile = None;
    shared.log.mission.retain(|entry| entry.topic != Topic::Meanwhile);
    shared.exported = shared.log.subject.to.unwrap_or_default();
    shared.turns.clear();
    shared.curve = None;
    bound(&mut shared);
    let broken = |error: serde_json::Error| format!("can't write it as JSON: {error}");
    let value = clean(serde_json::to_value(&shared).map_err(broken)?);
    let mut bytes = serde_json::to_vec_pretty(&value).map_err(broken)?;
    bytes.push(b'\n');
    if bytes.len() as u64 > MOST {
        return Err(format!("it has over {} KB, more than a resume log has", MOST / 1000));
    }
    let name = address(&bytes);
    Ok((bytes, name))
}

/// What was shared under an address. Errors say what is wrong with it.
pub fn unpack(bytes: &[u8], name: &str, now: DateTime<Utc>) -> Result<Document, String> {
    if address(bytes) != name {
        return Err("it does not hold what its name says".to_owned());
    }
    if !bytes.starts_with(b"{") {
        return Err("it is no resume log".to_owned());
    }
    read(bytes, now)
}

#[cfg(test)]
mod tests;
