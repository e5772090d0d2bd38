//! Lines that Claude Code writes a second time.
//!
//! The second `/compact` of a process appends, before its own boundary, every line that the process holds
//! of the conversation before the boundary of the first: with their old ids, parents and times
//! (anthropics/claude-code#92089). They are no news, and the line after them goes on from the last of
//! them instead of the end of the conversation.

use super::chain::key;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// Where among the copies a transcript's reading stands.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Copies {
    /// Time of the newest compaction: what is copied is older.
    #[serde(skip_serializing_if = "Option::is_none")]
    compacted: Option<DateTime<Utc>>,
    /// Hash of the uuid of the line before, when that was a copy; else 0.
    #[serde(skip_serializing_if = "is_zero")]
    last: u64,
}

#[allow(clippy::trivially_copy_pass_by_ref)]
fn is_zero(n: &u64) -> bool {
    *n == 0
}

impl Copies {
    pub(super) fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// A compaction's own boundary was read.
    pub(super) fn compacted(&mut self, at: Option<DateTime<Utc>>) {
        self.compacted = at.or(self.compacted);
    }

    /// Whether a line is a copy. `tip` is the hash of the line that ends the conversation; `is_written`
    /// tells whether the file holds a line with this uuid already: asked for the first of many copies
    /// alone, and for a line that is older than the last compaction and does not follow the conversation.
    pub(super) fn take(
        &mut self,
        (uuid, parent): (&str, Option<&str>),
        at: Option<DateTime<Utc>>,
        tip: u64,
        is_written: impl FnOnce(&str) -> bool,
    ) -> bool {
        let older = at.zip(self.compacted).is_some_and(|(at, compacted)| at < compacted);
        let copy = older && (self.last != 0 || key(parent) != tip && is_written(uuid));
        if copy {
            self.last = key(Some(uuid));
        }
        copy
    }

    /// Whether a line that is no copy names the last copy as the one that it goes on from.
    pub(super) fn end(&mut self, parent: Option<&str>) -> bool {
        let last = std::mem::take(&mut self.last);
        last != 0 && last == key(parent)
    }
}
