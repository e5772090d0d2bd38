//! What the user and Claude were told of the context window's filling: a file of its own beside the
//! state, because hooks look at it while a turn runs and must not load the facts for it.

use crate::store::{self, Session, SessionLock};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// The file's name in the session's directory.
const FILE: &str = "thresholds.json";
/// The format of the file.
const FORMAT: u32 = 1;

/// How full a context window is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    Caution,
    Warning,
    Critical,
}

/// What was said of the context window.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Said {
    format: u32,
    /// The highest level that was told of since the last compaction.
    pub level: Option<Level>,
    /// When the context was compacted last, as a hook was told it.
    pub compacted: Option<DateTime<Utc>>,
}

impl Default for Said {
    fn default() -> Self {
        Self { format: FORMAT, level: None, compacted: None }
    }
}

impl Said {
    /// After a compaction: nothing was told of the new context.
    pub fn compacted(at: DateTime<Utc>) -> Self {
        Self { compacted: Some(at), ..Self::default() }
    }

    /// This level is told of now.
    #[must_use]
    pub fn telling(self, level: Level) -> Self {
        Self { level: Some(level), ..self }
    }

    /// What was said so far; `None` when a newer version wrote it.
    pub fn read(session: &Session) -> store::Result<Option<Self>> {
        let text = session.read_file(FILE)?;
        // A file that can't be read was never written by us: at worst, a level is told twice.
        let said = text.and_then(|text| serde_json::from_str::<Self>(&text).ok());
        let said = said.unwrap_or_default();
        Ok((said.format <= FORMAT).then_some(said))
    }

    /// Puts it on record.
    pub fn keep(&self, lock: &SessionLock) -> store::Result<()> {
        // A value of a number, a name and a time has no way to fail to become JSON.
        let text = serde_json::to_string(self).unwrap_or_default();
        lock.write_file(FILE, &text, store::Durability::Cached)
    }
}
