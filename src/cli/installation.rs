//! `install.json`: what an install did, so that uninstall can take back exactly that.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::Failure;
use crate::settings::file::{self, FileError};
use crate::settings::folder_lock::FolderLock;
use crate::settings::{HOOKS, Written, status_line};

const FORMAT: u32 = 1;

/// How long to wait for another install or uninstall.
const PATIENCE: Duration = Duration::from_secs(30);

/// The record of all installs into one data folder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Installation {
    format: u32,
    /// The version that wrote it.
    version: String,
    /// Per settings file.
    #[serde(default)]
    pub(crate) settings: BTreeMap<PathBuf, Written>,
    /// Copies of `rejoin` itself that were put somewhere.
    #[serde(default)]
    pub(crate) executables: BTreeSet<PathBuf>,
    /// Folders that were made, outermost first.
    #[serde(default)]
    pub(crate) folders: Vec<PathBuf>,
}

impl Default for Installation {
    fn default() -> Self {
        Self {
            format: FORMAT,
            version: env!("CARGO_PKG_VERSION").to_owned(),
            settings: BTreeMap::new(),
            executables: BTreeSet::new(),
            folders: Vec::new(),
        }
    }
}

impl Installation {
    pub(crate) fn path(data: &Path) -> PathBuf {
        data.join("install.json")
    }

    /// What is known of earlier installs; `None` when there was none, or its record is gone.
    pub(crate) fn load(data: &Path) -> Result<Option<Self>, Failure> {
        let path = Self::path(data);
        let Some(text) = file::read(&path)? else { return Ok(None) };
        let unreadable = |why: String| {
            Failure::Failed(format!(
                "{} {why}; move it away and try again (uninstall then leaves permission rules and folders)",
                path.display()
            ))
        };
        let format = serde_json::from_str::<serde_json::Value>(&text)
            .map_err(|error| unreadable(format!("is damaged ({error})")))?["format"]
            .as_u64();
        match format {
            Some(format) if format > u64::from(FORMAT) => Err(Failure::Failed(format!(
                "{} was written by a newer rejoin: use that one, or update this one",
                path.display()
            ))),
            _ => serde_json::from_str(&text)
                .map(Some)
                .map_err(|error| unreadable(format!("is damaged ({error})"))),
        }
    }

    pub(crate) fn save(&self, data: &Path) -> Result<(), FileError> {
        let path = Self::path(data);
        // Its keys are paths, which are text once they got here.
        let text = serde_json::to_string_pretty(self)
            .map_err(|error| FileError::io(&path, "write", error.into()))?;
        file::replace(&path, format!("{text}\n").as_bytes(), None)
            .map_err(|error| FileError::io(&path, "write", error))
    }

    /// Makes `folder` and its parents; those that were missing are remembered.
    pub(crate) fn make_folder(&mut self, folder: &Path) -> Result<(), Failure> {
        let missing: Vec<_> = folder.ancestors().take_while(|path| !path.exists()).collect();
        for path in missing.into_iter().rev() {
            match fs::create_dir(path) {
                Ok(()) => self.folders.push(path.to_owned()),
                // Somebody else was quicker: theirs.
                Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
                Err(error) => return Err(FileError::io(path, "make the folder", error).into()),
            }
        }
        Ok(())
    }

    /// Removes the folders that were made and are empty now, innermost first.
    pub(crate) fn remove_folders(&self) {
        for folder in self.folders.iter().rev() {
            // One that holds something else is not ours alone any more.
            drop(fs::remove_dir(folder));
        }
    }
}

/// One install or uninstall at a time per data folder, which must exist.
pub(crate) fn lock(data: &Path) -> Result<FolderLock, Failure> {
    FolderLock::take(data, PATIENCE).map_err(|error| match error.kind() {
        ErrorKind::WouldBlock => Failure::Failed(
            "another install or uninstall is running; try again when it is done".to_owned(),
        ),
        _ => FileError::io(data, "open", error).into(),
    })
}

/// The file name of the status line's executable on this platform.
pub(crate) fn status_line() -> String {
    format!("{}{}", status_line::EXECUTABLE, std::env::consts::EXE_SUFFIX)
}

/// The names of hook executables that `folder` lacks.
pub(crate) fn missing_executables(folder: &Path) -> Vec<String> {
    HOOKS
        .iter()
        .map(crate::settings::Hook::file_name)
        .filter(|n| !folder.join(n).is_file())
        .collect()
}
