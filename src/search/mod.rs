//! Full text over all sessions: Claude Code's transcripts and what we keep ourselves.
//!
//! A transcript's text is JSON, so that a quotation mark, a line end or a letter beyond ASCII may stand
//! there escaped. The query is turned into a pattern over the raw bytes that matches every such form
//! ([`pattern`]); only the lines where it occurs are parsed, and only in their decoded texts does a match
//! count ([`line`]). What is held in memory depends on the number of matches, not on what is read.

mod best;
mod kept;
mod line;
mod pattern;
mod read;
mod scan;

use std::path::PathBuf;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use serde::Serialize;

use crate::store::Store;
use crate::usage::ProjectFilter;

pub use pattern::Pattern;
pub use read::search;

/// What to look for, and where.
#[derive(Debug)]
pub struct Query<'a> {
    pub pattern: &'a Pattern,
    /// Only these projects.
    pub project: Option<ProjectFilter>,
    /// Only texts of these kinds; all where none is named.
    pub roles: Vec<Role>,
    /// How many hits are handed over; all are counted.
    pub limit: usize,
    /// The folders below which transcripts are.
    pub roots: Vec<PathBuf>,
    /// What we keep ourselves.
    pub store: Option<&'a Store>,
    /// Age counts from here.
    pub now: DateTime<Utc>,
}

/// What a text is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Noted by hand, or left with a pause.
    Note,
    /// The session's name.
    Title,
    /// What a person asked for or answered.
    Prompt,
    /// What Claude said, planned or asked.
    Response,
    /// A task, or a to-do.
    Task,
    /// A shell command, a search, an address, a skill.
    Command,
    /// The path of a file that was read or changed.
    File,
    /// Claude's summary at a compaction.
    Summary,
    /// What was written into a file, or taken out of it.
    Edit,
    /// What a tool answered.
    Output,
    /// Any other text: thinking, the input of other tools, what hooks put in.
    Other,
}

impl Role {
    pub const ALL: [Self; 11] = [
        Self::Note,
        Self::Title,
        Self::Prompt,
        Self::Response,
        Self::Task,
        Self::Command,
        Self::File,
        Self::Summary,
        Self::Edit,
        Self::Output,
        Self::Other,
    ];

    /// As it is printed.
    pub fn name(self) -> &'static str {
        match self {
            Self::Note => "note",
            Self::Title => "title",
            Self::Prompt => "prompt",
            Self::Response => "response",
            Self::Task => "task",
            Self::Command => "command",
            Self::File => "file",
            Self::Summary => "summary",
            Self::Edit => "edit",
            Self::Output => "output",
            Self::Other => "other",
        }
    }

    /// What a text of this kind is worth to the one who searches.
    fn weight(self) -> i32 {
        match self {
            Self::Note => 60,
            Self::Title => 55,
            Self::Prompt => 50,
            Self::Response => 40,
            Self::Task => 38,
            Self::Command => 36,
            Self::File => 34,
            Self::Summary => 25,
            Self::Edit => 20,
            Self::Output => 10,
            Self::Other => 0,
        }
    }
}

/// A text in which the query occurs.
#[derive(Debug, Clone)]
pub struct Hit {
    pub session: Arc<str>,
    /// It was said or done by a subagent of the session.
    pub subagent: bool,
    /// The folder the session stood in; empty where the line does not tell.
    pub folder: String,
    pub branch: Option<String>,
    pub at: Option<DateTime<Utc>>,
    pub role: Role,
    /// The line of the text in which the first match begins, or as much of it as stands around the match.
    pub line: String,
    /// Where the query matches in `line`, in bytes.
    pub matches: Vec<(usize, usize)>,
    /// Matches in the whole text.
    pub count: u32,
    /// The higher, the further up.
    pub score: i32,
    /// The file, and the byte at which the line begins in it.
    pub path: Arc<PathBuf>,
    pub offset: u64,
}

/// What a search found.
#[derive(Debug, Default)]
pub struct Found {
    /// The best ones, best first.
    pub hits: Vec<Hit>,
    /// Texts in which the query occurs, each counted once however many forks of a session repeat it.
    pub texts: u64,
    /// Sessions with such texts.
    pub sessions: u64,
    /// Transcripts that were read, and their size in bytes.
    pub files: u64,
    pub bytes: u64,
    /// Files and folders that could not be read.
    pub unreadable: Vec<PathBuf>,
    /// Lines that are too long to be held.
    pub overlong: u64,
}

#[cfg(test)]
mod tests;
