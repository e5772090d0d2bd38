//! What the facts of a session do not know.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// What a caller knows beside the facts: the time, places, what became of the process and of the
/// repository.
#[derive(Debug, Clone, Default)]
pub struct About {
    /// The time at which the log is composed.
    pub now: DateTime<Utc>,
    /// Where the whole log can be read.
    pub log_path: Option<String>,
    /// How the session came to its end, where the transcript does not tell.
    pub cause: Option<Cause>,
    /// The repository now; `None` when it was not looked at or is none.
    pub repository: Option<Meanwhile>,
    /// The session's context window in tokens, where it is known.
    pub window: Option<u64>,
    /// The session before this one.
    pub previous: Option<Previous>,
    /// The pause that the log is frozen for.
    pub pause: Option<super::Paused>,
}

/// How a session came to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Cause {
    /// It was left in order: `/exit`, Ctrl-D, logout.
    Exited,
    /// `/clear` ended it.
    Cleared,
    /// Its process is gone without having said so: crash, kill, closed terminal.
    Died,
    /// It was paused on purpose.
    Paused,
    /// It still runs.
    Running,
}

impl Cause {
    /// The session was not broken off: it runs, or was paused in a turn on purpose.
    pub(super) fn goes_on(self) -> bool {
        matches!(self, Self::Running | Self::Paused)
    }
}

/// What happened to the repository since the session's last event.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Meanwhile {
    /// The branch that is checked out now; `None` when `HEAD` is detached.
    pub branch: Option<String>,
    /// Abbreviated hash of `HEAD`.
    pub head: Option<String>,
    /// Commits since, newest first.
    pub commits: Vec<LaterCommit>,
    /// More commits than those listed.
    pub more_commits: u32,
    /// Files of the log that were modified since.
    pub modified: Vec<String>,
    /// Files of the log that are gone.
    pub gone: Vec<String>,
}

impl Meanwhile {
    /// Whether anything differs from what the session left on `branch`.
    pub fn changed(&self, branch: Option<&str>) -> bool {
        !self.commits.is_empty()
            || !self.modified.is_empty()
            || !self.gone.is_empty()
            || branch.is_some_and(|b| self.branch.as_deref() != Some(b))
    }
}

/// A commit that was made after the session.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LaterCommit {
    /// Abbreviated hash.
    pub hash: String,
    /// First line of its message.
    pub subject: String,
    /// When it was made.
    pub at: DateTime<Utc>,
}

/// The session that came before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Previous {
    /// Its id.
    pub session: String,
    /// What links them: `clear`, `branch`, `fork`, `injected`.
    pub link: String,
}
