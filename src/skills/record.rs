//! The record of what was deployed: `skills.json` in the data directory, never beside the skills.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::error::{Error, Result};
use crate::store::Store;

/// The format this program writes, and the latest it reads.
const FORMAT: u32 = 1;

/// Its name in the data directory; its time is that of the last deployment.
pub const FILE: &str = "skills.json";

#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Record {
    format: u32,
    /// By the folder deployed to.
    pub(super) skills: BTreeMap<PathBuf, Deployment>,
}

/// What was put into a folder.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Deployment {
    /// [`hash`](super::Skill::hash) of the content.
    pub(super) hash: String,
    pub(super) at: DateTime<Utc>,
}

impl Default for Record {
    fn default() -> Self {
        Self { format: FORMAT, skills: BTreeMap::new() }
    }
}

impl Record {
    /// Errors: the file can't be read, or a later version wrote it.
    pub(super) fn read(data: &Path) -> Result<Self> {
        let Some(store) = Store::existing(data)? else { return Ok(Self::default()) };
        let Some(text) = store.read_file(FILE)? else { return Ok(Self::default()) };
        let path = data.join(FILE);
        let unreadable =
            |e| Error::refused(&path, format!("it is no record of skills ({e}); move it away"));
        let record: Self = serde_json::from_str(&text).map_err(unreadable)?;
        if record.format > FORMAT {
            return Err(Error::refused(&path, "a later version of rejoin wrote it; update rejoin"));
        }
        Ok(record)
    }

    /// Nothing was deployed as far as anybody knows.
    pub(super) fn remove(data: &Path) -> Result<()> {
        match Store::existing(data)? {
            Some(store) => Ok(store.remove_file(FILE)?),
            None => Ok(()),
        }
    }

    pub(super) fn write(&self, data: &Path) -> Result<()> {
        let mut text = serde_json::to_string_pretty(self)
            .map_err(|e| Error::io("write down", &data.join(FILE), e.into()))?;
        text.push('\n');
        Ok(Store::open(data)?.write_file(FILE, &text)?)
    }
}
