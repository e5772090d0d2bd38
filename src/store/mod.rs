//! Where state lives, and how it is written so that nothing acknowledged is lost.
//!
//! ```text
//! <root>/hooks.log                      our own faults ([`Faults`])
//! <root>/projects/<name>-<hash8>/       one per project ([`Project`])
//!     project.json  recent.json  lock
//!     sessions/<id>/                    one per session ([`Session`])
//!         state.json                    the snapshot
//!         journal                       framed records since the snapshot
//!         pending/                      records whose writer did not get the lock in time
//!         lock                          and files derived from the state
//! ```
//!
//! What is promised:
//!
//! - **Only a lock holder changes a session or a project.** [`SessionLock`] and [`ProjectLock`] are
//!   the only values that write there, but for [`Session::pend`], which adds a file of its own. The
//!   order is session, then project; nobody holds two sessions at once. Lock files are never
//!   deleted, except with the whole session. Other files are their writer's alone, hence replaced
//!   without a lock ([`Store::write_file`]).
//! - **A file is old or new, never half.** Files are replaced by rename; the journal grows by one
//!   write per record and its frames carry length and checksum, so that a torn one is told apart.
//! - **A record counts once.** A snapshot names the journal generation that continues it and the
//!   pending files it includes. A process that dies between replacing the snapshot and removing what
//!   it includes leaves files that the next reader knows to skip.
//! - **What is acknowledged survives the death of the process**; what a [`Durability::Synced`] write
//!   acknowledged survives a power cut as well.
//! - **Nobody else gets in.** Directories are 0700 and files 0600 whatever the umask; a symbolic link
//!   or another user's directory is refused; names are checked before they become paths.
//! - **Nothing foreign is overwritten.** A newer format is left alone ([`Error::Newer`]), an
//!   unreadable file is moved aside by a lock holder.
//!
//! Readers take no lock: [`Session::read`] sees one consistent moment.

mod atomic;
mod dir;
pub(crate) mod disk;
mod error;
mod faults;
mod format;
mod frame;
mod journal;
mod lock;
mod paths;
mod pending;
mod project;
mod session;
mod switch;
mod twins;

use std::path::{Path, PathBuf};

pub use atomic::Durability;
pub use error::{Error, Result};
pub use faults::Faults;
pub use frame::MAX_PAYLOAD;
pub use journal::MAX_JOURNAL;
pub use lock::Wait;
pub use paths::SessionId;
pub use project::{Project, ProjectLock, Seen, recent_of};
pub use session::{Appended, Contents, Session, SessionLock};
pub use twins::Taken;

/// The state directory.
#[derive(Debug, Clone)]
pub struct Store {
    root: PathBuf,
}

impl Store {
    /// Opens the state directory, creating it (and its parents) for the calling user alone.
    ///
    /// A root that exists keeps its mode: the user chose it, and everything in it is closed anyway.
    ///
    /// Errors: [`Error::Unsafe`] when `root` is a symbolic link, no directory, or another user's.
    pub fn open(root: &Path) -> Result<Self> {
        let root = dir::plain(root);
        dir::ensure_root(&root)?;
        Ok(Self { root })
    }

    /// Opens the state directory if there is one; never creates it.
    pub fn existing(root: &Path) -> Result<Option<Self>> {
        let root = dir::plain(root);
        Ok(dir::check(&root)?.then_some(Self { root }))
    }

    /// The state directory's path.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The project that lives at `path`, created at first sight. `name` is for people: the folder is
    /// called `<name>-<hash of path>`.
    pub fn project(&self, name: &str, path: &Path) -> Result<Project> {
        Project::open(&self.root, name, path)
    }

    /// The project that lives at `path`, if it was ever seen; creates nothing.
    pub fn find_project(&self, name: &str, path: &Path) -> Result<Option<Project>> {
        Project::find(&self.root, name, path)
    }

    /// The project that lives at `path` and its session of this id, if that session was ever followed there:
    /// told by one look, for events that come often. `None` says nothing, and [`project`](Self::project) has
    /// to look closer.
    pub fn known_session(
        &self,
        name: &str,
        path: &Path,
        id: &SessionId,
    ) -> Option<(Project, Session)> {
        Project::with_session(&self.root, name, path, id)
    }

    /// All projects ever seen, in the order of their folder names.
    pub fn projects(&self) -> Result<Vec<Project>> {
        Project::all(&self.root)
    }

    /// The log of our own faults.
    pub fn faults(&self) -> Faults {
        Faults::in_dir(&self.root)
    }

    /// Replaces `<root>/<rel>` whole, without a lock and without sync; `rel` is `name` or `dir/name`.
    ///
    /// For files with one writer, or where the last writer may win.
    pub fn write_file(&self, rel: &str, text: &str) -> Result<()> {
        let target = dir::place(&self.root, rel)?;
        let holder = target.parent().unwrap_or(&self.root);
        if !target.exists() {
            atomic::sweep_abandoned(holder);
        }
        atomic::replace(holder, &target, text.as_bytes(), Durability::Cached)
    }

    /// The text of `<root>/<rel>`; `None` when there is no such file.
    pub fn read_file(&self, rel: &str) -> Result<Option<String>> {
        dir::read_text(&self.root, rel)
    }

    /// The names in a folder of the state directory, sorted; empty when there is none.
    pub fn list(&self, folder: &str) -> Result<Vec<String>> {
        dir::files(&self.root, folder)
    }

    /// The names of the files of the state directory itself that begin with `start`.
    pub fn names(&self, start: &str) -> Result<Vec<String>> {
        let mut names = dir::names(&self.root)?;
        names.retain(|name| name.starts_with(start));
        Ok(names)
    }

    /// Removes `<root>/<rel>`; a file that is not there is no error.
    pub fn remove_file(&self, rel: &str) -> Result<()> {
        dir::remove(&self.root, rel)
    }
}

#[cfg(test)]
mod tests;
