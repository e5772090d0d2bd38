//! Where a session stands: its project, work tree and branch.

use crate::env::Env;
use crate::git::{self, Head, Repository};
use crate::store::{self, Store};
use std::cell::OnceCell;
use std::path::{Path, PathBuf};

/// A folder, as the place of a session.
#[derive(Debug)]
pub struct Place {
    /// The folder itself, canonical where it exists.
    pub folder: PathBuf,
    pub project: git::Project,
    pub repository: Option<Repository>,
    /// What is checked out, once it was looked at.
    head: OnceCell<Head>,
}

impl Place {
    /// The place of a folder.
    pub fn of(folder: &Path, env: &Env) -> Self {
        let git::Place { folder, project, repository } =
            git::place(folder, env.home.as_deref(), &env.temp);
        Self { folder, project, repository, head: OnceCell::new() }
    }

    /// What is checked out, looked at once; `None` outside of a repository.
    pub fn head(&self) -> Option<&Head> {
        let repository = self.repository.as_ref()?;
        Some(self.head.get_or_init(|| repository.head()))
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
