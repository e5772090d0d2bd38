//! Transcripts as Claude Code writes them while a test watches.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::api::PATIENCE;

/// One session's transcript file.
#[derive(Debug, Clone)]
pub(crate) struct Transcript {
    path: PathBuf,
}

impl Transcript {
    /// All main transcripts below Claude Code's `projects` folder, by the time of their first line.
    pub(super) fn all(projects: &Path) -> Vec<Self> {
        let folders = fs::read_dir(projects).into_iter().flatten().flatten();
        let files =
            folders.filter_map(|folder| fs::read_dir(folder.path()).ok()).flatten().flatten();
        let mut found: Vec<Self> = files
            .map(|file| Self { path: file.path() })
            .filter(|transcript| transcript.path.extension().is_some_and(|ext| ext == "jsonl"))
            .collect();
        found.sort_by_cached_key(Self::first_stamp);
        found
    }

    fn first_stamp(&self) -> String {
        let lines = self.lines();
        let stamp = lines.iter().find_map(|line| line["timestamp"].as_str());
        stamp.unwrap_or("~").to_owned()
    }

    /// The session's id: the file's name.
    pub(crate) fn session(&self) -> String {
        self.path.file_stem().unwrap_or_default().to_string_lossy().into_owned()
    }

    /// The lines so far. One that is being written is left out.
    pub(crate) fn lines(&self) -> Vec<Value> {
        let text = fs::read_to_string(&self.path).unwrap_or_default();
        text.lines().filter_map(|line| serde_json::from_str(line).ok()).collect()
    }

    /// How many turns have ended, their Stop hooks included.
    pub(crate) fn ended_turns(&self) -> usize {
        let subtype = |line: &&Value| line["subtype"] == "turn_duration";
        self.lines().iter().filter(subtype).count()
    }

    /// Whether a tool result is on disk that contains `text`.
    pub(crate) fn has_tool_result(&self, text: &str) -> bool {
        self.lines().iter().any(|line| {
            let blocks = line["message"]["content"].as_array();
            let mut blocks = blocks.into_iter().flatten();
            blocks.any(|block| {
                block["type"] == "tool_result" && block["content"].to_string().contains(text)
            })
        })
    }
}

/// Asks `condition` again and again until it gives a value: for files that another process writes.
#[track_caller]
pub(crate) fn eventually<T>(what: &str, mut condition: impl FnMut() -> Option<T>) -> T {
    let deadline = Instant::now() + PATIENCE;
    loop {
        if let Some(value) = condition() {
            return value;
        }
        assert!(Instant::now() < deadline, "never happened: {what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}
