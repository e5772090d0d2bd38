//! What `rejoin resume` hands to the session that it starts: the digest, once.
//!
//! It leaves a file and names it in the environment of `claude`. SessionStart takes the file away, so
//! that another session which inherits the variable (`claude` run by a tool, after `/clear`) is told
//! what it would be told anyway.

use super::Given;
use crate::store::{self, Store};
use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

/// The format of the file.
const FORMAT: u32 = 1;
/// A start that did not come by then will not come.
const VALID: TimeDelta = TimeDelta::days(1);

/// `handovers/<name>.json` in the state directory.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Handover {
    format: u32,
    /// When it was left.
    pub at: DateTime<Utc>,
    /// What counts as taken up when a prompt follows.
    pub given: Given,
    /// What Claude is told.
    pub text: String,
    /// What the user is told.
    pub message: String,
}

impl Handover {
    pub fn new(given: Given, text: String, message: String, at: DateTime<Utc>) -> Self {
        Self { format: FORMAT, at, given, text, message }
    }

    /// Leaves it; returns its name. Others that nobody came for are taken away.
    pub fn leave(&self, store: &Store, seed: u32) -> store::Result<String> {
        for file in store.list("handovers")? {
            let text = store.read_file(&format!("handovers/{file}"))?.unwrap_or_default();
            let stale = |h: Self| self.at - h.at > VALID;
            if serde_json::from_str::<Self>(&text).is_ok_and(stale) {
                store.remove_file(&format!("handovers/{file}"))?;
            }
        }
        let nanos = self.at.timestamp_nanos_opt().unwrap_or_default();
        let name = format!("{nanos:x}-{seed:x}");
        // A value of strings and times has no way to fail to become JSON.
        store.write_file(&file(&name), &serde_json::to_string(self).unwrap_or_default())?;
        Ok(name)
    }

    /// Takes it, which nobody can do twice; `None` when it is gone, too old or of another format.
    pub fn take(store: &Store, name: &str, now: DateTime<Utc>) -> store::Result<Option<Self>> {
        let Some(text) = store.read_file(&file(name))? else { return Ok(None) };
        store.remove_file(&file(name))?;
        let handover = serde_json::from_str::<Self>(&text).ok();
        Ok(handover.filter(|h| h.format == FORMAT && now - h.at < VALID))
    }
}

fn file(name: &str) -> String {
    format!("handovers/{name}.json")
}
