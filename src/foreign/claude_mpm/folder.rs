//! Looking through a `.claude-mpm` folder, which anybody may have filled.

use super::{log, responses};
use crate::foreign::clean::text as clean_text;
use crate::foreign::{MOST, clean, markdown, shown};
use crate::resume::ResumeLog;
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};

/// Files of one folder that are looked at.
const FILES: usize = 2_000;

/// What was found.
#[derive(Debug, Default)]
pub struct Found {
    /// The logs, each with the file it was in, oldest first.
    pub logs: Vec<(PathBuf, ResumeLog)>,
    /// What was not taken.
    pub passed: Vec<Passed>,
}

/// A file that was not taken, and why.
#[derive(Debug)]
pub struct Passed {
    pub path: PathBuf,
    pub why: String,
}

/// Reads a `.claude-mpm` folder; changes nothing in it. Errors when it is none.
pub fn read(root: &Path) -> Result<Found, String> {
    let meta = fs::symlink_metadata(root).map_err(|error| error.to_string())?;
    if meta.is_symlink() || !meta.is_dir() {
        return Err("it is no folder".to_owned());
    }
    let mut found = Found::default();
    for folder in ["resume-logs", "sessions", "sessions/pause"] {
        pairs(&root.join(folder), &mut found);
    }
    let known: Vec<String> =
        found.logs.iter().map(|(_, log)| log.subject.session.clone()).collect();
    answers(&root.join("responses"), &known, &mut found);
    // Of a resume log and a pause of one session, both stay: they were made at different times.
    found.logs.sort_by_key(|(_, log)| log.subject.to);
    Ok(found)
}

/// The files of a folder by name, links and what is no file passed over.
fn files(folder: &Path, found: &mut Found) -> Vec<PathBuf> {
    // A folder that is a link leads who knows where.
    if !fs::symlink_metadata(folder).is_ok_and(|meta| meta.is_dir()) {
        if fs::symlink_metadata(folder).is_ok() {
            pass(found, folder, "it is no folder, or a link");
        }
        return Vec::new();
    }
    let Ok(entries) = fs::read_dir(folder) else {
        pass(found, folder, "it can't be read");
        return Vec::new();
    };
    let mut files = Vec::new();
    let mut more = 0;
    for entry in entries.flatten() {
        let path = entry.path();
        let Ok(meta) = fs::symlink_metadata(&path) else { continue };
        let ending = path.extension().and_then(|e| e.to_str()).unwrap_or_default();
        if !matches!(ending, "md" | "json") || meta.is_dir() {
            continue;
        }
        if files.len() == FILES {
            more += 1;
        } else if meta.is_symlink() {
            pass(found, &path, "it is a link");
        } else if !meta.is_file() {
            pass(found, &path, "it is no regular file");
        } else if meta.len() > MOST {
            pass(found, &path, &format!("it has over {} KB", MOST / 1000));
        } else {
            files.push(path);
        }
    }
    if more > 0 {
        pass(found, folder, &format!("{more} files beyond the first {FILES}"));
    }
    files.sort();
    files
}

fn pass(found: &mut Found, path: &Path, why: &str) {
    found.passed.push(Passed { path: path.to_owned(), why: why.to_owned() });
}

/// Logs that are Markdown, JSON, or both: of twins the JSON is read, the other when that is broken.
fn pairs(folder: &Path, found: &mut Found) {
    let mut stems: BTreeMap<PathBuf, Vec<PathBuf>> = BTreeMap::new();
    for path in files(folder, found) {
        // `json` sorts before `md`.
        stems.entry(path.with_extension("")).or_default().push(path);
    }
    for paths in stems.into_values() {
        let mut why = Vec::new();
        let taken = paths.iter().find_map(|path| match file(path) {
            Ok(log) => Some((path.clone(), log)),
            Err(reason) => {
                why.push((path.clone(), reason));
                None
            }
        });
        match taken {
            Some((path, mut log)) => {
                if log.subject.session.is_empty() {
                    log.subject.session = shown(&name(&path), 100);
                }
                found.logs.push((path, log));
            }
            None => found.passed.extend(why.into_iter().map(|(path, why)| Passed { path, why })),
        }
    }
}

fn name(path: &Path) -> String {
    path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default()
}

fn file(path: &Path) -> Result<ResumeLog, String> {
    let text = text(path)?;
    let nothing = || "it holds no resume log".to_owned();
    if path.extension().is_some_and(|ending| ending == "json") {
        return log(&json(&text)?).ok_or_else(nothing);
    }
    markdown::log(&clean_text(&text)).ok_or_else(nothing)
}

fn json(text: &str) -> Result<Value, String> {
    let value =
        serde_json::from_str(text).map_err(|error| format!("its JSON is broken: {error}"))?;
    Ok(clean(value))
}

fn text(path: &Path) -> Result<String, String> {
    let mut bytes = Vec::new();
    let read = File::open(path).and_then(|file| file.take(MOST + 1).read_to_end(&mut bytes));
    read.map_err(|error| format!("it can't be read: {error}"))?;
    String::from_utf8(bytes).map_err(|_| "it is no text in UTF-8".to_owned())
}

/// The responses of sessions that left no log.
fn answers(folder: &Path, known: &[String], found: &mut Found) {
    let mut sessions: BTreeMap<String, (PathBuf, Vec<responses::Response>)> = BTreeMap::new();
    for path in files(folder, found) {
        if path.extension().is_none_or(|ending| ending != "json") {
            continue;
        }
        match text(&path).and_then(|text| json(&text)) {
            Err(why) => pass(found, &path, &why),
            Ok(value) => match responses::read(&value) {
                None => pass(found, &path, "it holds no response"),
                Some(response) if known.contains(&response.session) => {}
                Some(response) => {
                    let session = response.session.clone();
                    sessions.entry(session).or_insert_with(|| (path, Vec::new())).1.push(response);
                }
            },
        }
    }
    let logs =
        sessions.into_iter().map(|(session, (path, list))| (path, responses::log(&session, list)));
    found.logs.extend(logs);
}
