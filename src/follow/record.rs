//! What a hook was told, as a journal's record.

use crate::session::facts::{NoteKind, Quote};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// One event of a session. The names are part of the pending files' format, which is frozen: a
/// field may be added, none may change its meaning.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    pub at: DateTime<Utc>,
    /// The session's transcript, when the event named it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub transcript: Option<PathBuf>,
    #[serde(flatten)]
    pub told: Told,
}

/// What was told. Texts are bounded and free of secrets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event")]
pub enum Told {
    SessionStart {
        source: String,
    },
    UserPromptSubmit {
        prompt_id: Option<String>,
        text: Quote,
    },
    PostToolBatch,
    Stop {
        prompt_id: Option<String>,
        said: Option<Quote>,
        /// The last message as the response log keeps it, where `said` is only its beginning.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        answer: Option<String>,
        background: Vec<String>,
    },
    StopFailure {
        prompt_id: Option<String>,
        error: String,
    },
    SubagentStop {
        id: String,
        kind: String,
        said: Option<Quote>,
    },
    PreCompact,
    PostCompact,
    SessionEnd {
        reason: String,
    },
    Note {
        kind: NoteKind,
        text: String,
    },
}

impl Record {
    /// The record as one line of JSON.
    pub fn line(&self) -> Vec<u8> {
        // A value of strings, times and options has no way to fail to become JSON.
        serde_json::to_vec(self).unwrap_or_default()
    }
}
