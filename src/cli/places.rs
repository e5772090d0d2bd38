//! The folders that an installation touches.

use std::path::{Path, PathBuf};

use super::Failure;
use crate::env::Env;

/// All absolute.
#[derive(Debug)]
pub(crate) struct Places {
    /// Holds `bin/` with the hook executables, and `install.json`.
    pub(crate) data: PathBuf,
    pub(crate) state: PathBuf,
    /// Claude Code's own folder.
    pub(crate) claude: PathBuf,
    /// The folder in which `claude` would be started.
    pub(crate) project: PathBuf,
}

impl Places {
    pub(crate) fn find(env: &Env) -> Result<Self, Failure> {
        let (Some(data), Some(state), Some(claude)) =
            (env.data_dir(), env.state_dir(), env.claude_dir())
        else {
            return Err(Failure::Failed(
                "no home folder: set HOME to an absolute path and try again".to_owned(),
            ));
        };
        let project = match &env.claude_project_dir {
            Some(folder) => folder.clone(),
            None => PathBuf::from("."),
        };
        Ok(Self {
            data: absolute(&data)?,
            state: absolute(&state)?,
            claude: absolute(&claude)?,
            project: absolute(&project)?,
        })
    }

    /// Where the hook executables live.
    pub(crate) fn executables(&self) -> PathBuf {
        self.data.join("bin")
    }

    /// The user's settings, which hold in every project.
    pub(crate) fn user_settings(&self) -> PathBuf {
        self.claude.join("settings.json")
    }

    /// The project's settings that are not shared: an absolute path of one person's machine has no
    /// place in those that a team has in git.
    pub(crate) fn local_settings(&self) -> PathBuf {
        self.project.join(".claude").join("settings.local.json")
    }

    /// The project's settings that a team shares.
    pub(crate) fn shared_settings(&self) -> PathBuf {
        self.project.join(".claude").join("settings.json")
    }
}

/// `path` from the root on, without its links resolved.
pub(crate) fn absolute(path: &Path) -> Result<PathBuf, Failure> {
    let whole = std::path::absolute(path)
        .map_err(|error| Failure::Failed(format!("no current folder: {error}")))?;
    Ok(whole.components().collect())
}

/// `path` with its links resolved, so far as it exists, and without `..`.
pub(crate) fn real(path: &Path) -> PathBuf {
    for there in path.ancestors() {
        if let (Ok(real), Ok(rest)) = (there.canonicalize(), path.strip_prefix(there)) {
            return real.join(rest).components().collect();
        }
    }
    path.to_owned()
}

/// `path` as text: what goes into a settings file must be.
pub(crate) fn text(path: &Path) -> Result<&str, Failure> {
    path.to_str().ok_or_else(|| {
        Failure::Failed(format!(
            "{} is not UTF-8, which Claude Code's settings cannot name; choose another folder",
            path.display()
        ))
    })
}
