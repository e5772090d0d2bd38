//! Where a session stands: its project, work tree and branch.

use crate::env::Env;
use crate::git::{self, Repository};
use crate::store::{self, Store};
use std::path::{Path, PathBuf};

/// A folder, as the place of a session.
#[derive(Debug)]
pub struct Place {
    /// The folder itself, canonical where it exists.
    pub folder: PathBuf,
    pub project: git::Project,
    pub repository: Option<Repository>,
}

impl Place {
    /// The place of a folder.
    pub fn of(folder: &Path, env: &Env) -> Self {
        let git::Place { folder, project, repository } =
            git::place(folder, env.home.as_deref(), &env.temp);
        Self { folder, project, repository }
    }

    /// Top of the work tree, or the folder.
    pub fn worktree(&self) -> &Path {
        self.repository.as_ref().map_or(&self.folder, Repository::work_tree)
    }

    /// The project's part of the state, made when it was never seen.
    pub fn open(&self, store: &Store) -> store::Result<store::Project> {
        store.project(&self.project.name, &self.project.key)
    }

    /// The project's part of the state, if it was ever seen.
    pub fn find(&self, store: &Store) -> store::Result<Option<store::Project>> {
        store.find_project(&self.project.name, &self.project.key)
    }
}
