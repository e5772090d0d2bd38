//! One project's folder: where it is, which project it is for, its sessions, its recent list.

use std::cell::Cell;
use std::fs::{File, Metadata};
use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::atomic::{self, Durability};
use super::dir;
use super::error::{Error, Result};
use super::format;
use super::lock::{self, Held, Wait};
use super::paths::{self, SessionId};
use super::session::{self, Session};

/// Folders tried for one path: more than one is needed only when two paths share name and hash.
const FOLDERS: usize = 16;

/// The most that is read of a project's JSON files.
const MAX_JSON: u64 = 4 << 20;

/// A project that has a folder.
#[derive(Debug, Clone)]
pub struct Project {
    dir: PathBuf,
    origin: PathBuf,
}

/// `project.json`. `path` stands in every version.
#[derive(Serialize)]
struct About {
    format: u32,
    path: String,
    first_seen: DateTime<Utc>,
}

/// Whose folder it is.
enum Owner {
    /// There is no such folder.
    Nobody,
    /// The folder says nothing, or nothing readable.
    Unknown,
    /// The project at this path.
    At(String),
    /// A later version of this program knows; the name and the hash of the path must do.
    Newer,
}

impl Project {
    pub(super) fn open(root: &Path, name: &str, path: &Path) -> Result<Self> {
        let projects = root.join("projects");
        dir::ensure(&projects)?;
        let folder = paths::project_folder(name, path);
        for dir in candidates(&projects, &folder) {
            match owner(&dir)? {
                Owner::At(origin) if origin != path.to_string_lossy() => continue,
                Owner::At(_) | Owner::Newer => {}
                Owner::Nobody | Owner::Unknown => claim(&dir, path)?,
            }
            return Ok(Self { dir, origin: path.to_owned() });
        }
        Err(Error::refused(&projects.join(folder), "other projects have all its names"))
    }

    pub(super) fn find(root: &Path, name: &str, path: &Path) -> Result<Option<Self>> {
        let projects = root.join("projects");
        if !dir::check(&projects)? {
            return Ok(None);
        }
        for dir in candidates(&projects, &paths::project_folder(name, path)) {
            match owner(&dir)? {
                Owner::Nobody => return Ok(None),
                Owner::At(origin) if origin != path.to_string_lossy() => {}
                Owner::At(_) | Owner::Newer | Owner::Unknown => {
                    return Ok(Some(Self { dir, origin: path.to_owned() }));
                }
            }
        }
        Ok(None)
    }

    /// The project with one of its sessions, if that session's directory is seen at one look. Nothing makes
    /// sure whose project it is: a session's id is nobody else's.
    pub(super) fn with_session(
        root: &Path,
        name: &str,
        path: &Path,
        id: &SessionId,
    ) -> Option<(Self, Session)> {
        let dir = root.join("projects").join(paths::project_folder(name, path));
        let session = Session::seen(&dir.join("sessions"), id)?;
        Some((Self { dir, origin: path.to_owned() }, session))
    }

    pub(super) fn all(root: &Path) -> Result<Vec<Self>> {
        let projects = root.join("projects");
        let mut all = Vec::new();
        for name in dir::names(&projects)? {
            let dir = projects.join(name);
            // What is no project's folder does not keep the others from being listed.
            if let Ok(Owner::At(origin)) = owner(&dir) {
                all.push(Self { dir, origin: origin.into() });
            }
        }
        Ok(all)
    }

    /// The directory the project is about. Bytes that are no UTF-8 are replaced in what
    /// [`projects`](super::Store::projects) lists.
    pub fn path_of_origin(&self) -> &Path {
        &self.origin
    }

    /// The project's folder in the state directory.
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// A session of this project; touches no file.
    pub fn session(&self, id: &SessionId) -> Session {
        Session::new(&self.dir.join("sessions"), id)
    }

    /// The sessions of which anything was recorded, in the order of their ids.
    pub fn sessions(&self) -> Result<Vec<SessionId>> {
        let names = dir::names(&self.dir.join("sessions"))?;
        let ids = names.iter().filter_map(|name| SessionId::parse(name));
        Ok(ids.filter(|id| self.session(id).exists()).collect())
    }

    /// Takes away what is left of sessions whose removal was broken off.
    pub fn sweep_removed(&self) -> Result<()> {
        session::sweep_removed(&self.dir.join("sessions"))
    }

    /// Takes the project's lock; after a session's, never before.
    pub fn lock(&self, wait: Wait) -> Result<ProjectLock> {
        let held = lock::acquire(&self.dir.join("lock"), wait, || dir::ensure(&self.dir))?;
        Ok(ProjectLock { project: self.clone(), known: Cell::new(false), _held: held })
    }

    /// The recent list, read without a lock; `None` when there is none or it cannot be read: it can
    /// be made again from the sessions.
    pub fn recent<T: DeserializeOwned>(&self) -> Result<Option<T>> {
        Ok(match self.read_recent()? {
            Recent::Read(value) => Some(value),
            Recent::Absent | Recent::Unreadable => None,
        })
    }

    /// The file of the recent list as it stands, read without a lock; `None` when there is none, or none
    /// that is text. [`recent_of`] reads it.
    pub fn recent_text(&self) -> Result<Option<Seen>> {
        let path = self.recent_path();
        let Some((mut file, meta)) = dir::open(&path, dir::options().read())? else {
            return Ok(None);
        };
        let length = meta.len().min(MAX_JSON) as usize;
        // One entry is changed in it, which may grow.
        let mut bytes = Vec::with_capacity(length + 1024);
        bytes.resize(length, 0);
        let length = dir::fill(&mut file, &mut bytes).map_err(|e| Error::io("read", &path, e))?;
        bytes.truncate(length);
        format::check(&path, &bytes)?;
        Ok(String::from_utf8(bytes).ok().map(|text| Seen { text, _open: file, meta }))
    }

    /// The text of a file in the project's folder, `name` or `folder/name`; `None` when there is none.
    pub fn read_file(&self, rel: &str) -> Result<Option<String>> {
        dir::read_text(&self.dir, rel)
    }

    /// The names in a folder of the project (`pauses`), sorted; empty when there is none.
    pub fn list(&self, folder: &str) -> Result<Vec<String>> {
        dir::files(&self.dir, folder)
    }

    fn read_recent<T: DeserializeOwned>(&self) -> Result<Recent<T>> {
        let path = self.recent_path();
        let Some((bytes, _)) = dir::read(&path, MAX_JSON)? else { return Ok(Recent::Absent) };
        format::check(&path, &bytes)?;
        // UTF-8 is checked once, not string by string.
        let text = std::str::from_utf8(&bytes).ok();
        Ok(text.and_then(recent_of).map_or(Recent::Unreadable, Recent::Read))
    }

    fn recent_path(&self) -> PathBuf {
        self.dir.join("recent.json")
    }
}

/// The text of the recent list. Its file stays open: as long as it is the list's, no other has its number.
#[derive(Debug)]
pub struct Seen {
    pub text: String,
    _open: File,
    #[cfg_attr(not(unix), allow(dead_code))]
    meta: Metadata,
}

impl Seen {
    /// Whether the file at `path` is the one that was read. The list is replaced whole; what else writes into
    /// it changes its time. Where files have no numbers, none is.
    fn is_at(&self, path: &Path) -> bool {
        #[cfg(unix)]
        {
            use std::os::unix::fs::MetadataExt;
            let of = |meta: &Metadata| (meta.dev(), meta.ino(), meta.len(), meta.modified().ok());
            path.symlink_metadata().is_ok_and(|now| of(&now) == of(&self.meta))
        }
        #[cfg(not(unix))]
        {
            let _ = path;
            false
        }
    }
}

enum Recent<T> {
    Absent,
    Unreadable,
    Read(T),
}

#[derive(Deserialize)]
struct RecentIn<T> {
    recent: T,
}

/// The recent list that a file's text holds; `None` when it can't be read.
pub fn recent_of<T: DeserializeOwned>(text: &str) -> Option<T> {
    let read = |text| serde_json::from_str(text).ok();
    format::is_object(text.as_bytes())
        .then_some(text)
        .and_then(read)
        .map(|RecentIn { recent }| recent)
}

#[derive(Serialize)]
struct RecentOut<'a, T> {
    format: u32,
    recent: &'a T,
}

/// A project whose lock is held; released when dropped.
#[derive(Debug)]
pub struct ProjectLock {
    project: Project,
    /// The recent list was read under this lock: it is in no newer format.
    known: Cell<bool>,
    _held: Held,
}

impl ProjectLock {
    /// The project that is locked.
    pub fn project(&self) -> &Project {
        &self.project
    }

    /// The recent list. One that cannot be read is moved aside: the next save would overwrite it.
    ///
    /// Errors: [`Error::Newer`], or the system's.
    pub fn recent<T: DeserializeOwned>(&self) -> Result<Option<T>> {
        let found = self.project.read_recent()?;
        self.known.set(true);
        match found {
            Recent::Read(value) => Ok(Some(value)),
            Recent::Absent => Ok(None),
            Recent::Unreadable => {
                atomic::move_aside(&self.project.recent_path())?;
                Ok(None)
            }
        }
    }

    /// Replaces the recent list, and sweeps what killed writers left in the project's folder.
    ///
    /// Errors: [`Error::Newer`]: what is there was left as it is.
    pub fn save_recent<T: Serialize>(&self, recent: &T, durability: Durability) -> Result<()> {
        let path = self.project.recent_path();
        if !self.known.get()
            && let Some((start, _)) = dir::read(&path, 80)?
        {
            format::check(&path, &start)?;
        }
        let bytes = format::json(&path, &RecentOut { format: format::KNOWN, recent })?;
        atomic::sweep(&self.project.dir)?;
        atomic::replace(&self.project.dir, &path, &bytes, durability)
    }

    /// The text of the recent list as it stands; `None` as in [`Project::recent_text`].
    pub fn recent_text(&self) -> Result<Option<String>> {
        let seen = self.project.recent_text()?;
        self.known.set(true);
        Ok(seen.map(|seen| seen.text))
    }

    /// Whether the recent list is as it was seen before the lock was taken, as far as can be told without
    /// reading it.
    pub fn recent_is(&self, seen: &Seen) -> bool {
        let same = seen.is_at(&self.project.recent_path());
        if same {
            self.known.set(true);
        }
        same
    }

    /// Replaces the file of the recent list by a text made of the one that was read under this lock. What
    /// killed writers left is for [`save_recent`](Self::save_recent) to sweep.
    pub fn save_recent_text(&self, text: &str) -> Result<()> {
        let path = self.project.recent_path();
        atomic::replace(&self.project.dir, &path, text.as_bytes(), Durability::Cached)
    }

    /// Replaces a file of the project, `name` or `folder/name` (`pauses/<id>.json`), whole.
    pub fn write_file(&self, rel: &str, text: &str, durability: Durability) -> Result<()> {
        let target = dir::place(&self.project.dir, rel)?;
        atomic::replace(&self.project.dir, &target, text.as_bytes(), durability)?;
        if durability == Durability::Synced {
            // The folders that lead to it may be as new: project, projects, root.
            self.project.dir.ancestors().take(3).try_for_each(atomic::sync_dir)?;
        }
        Ok(())
    }

    /// Removes a file of the project; one that is not there is no error.
    pub fn remove_file(&self, rel: &str) -> Result<()> {
        dir::remove(&self.project.dir, rel)
    }
}

/// `<folder>`, `<folder>-2`, `<folder>-3`, …
fn candidates(projects: &Path, folder: &str) -> impl Iterator<Item = PathBuf> {
    (1..=FOLDERS).map(move |number| match number {
        1 => projects.join(folder),
        _ => projects.join(format!("{folder}-{number}")),
    })
}

fn owner(dir: &Path) -> Result<Owner> {
    /// All that is asked of a `project.json` of any version.
    #[derive(Deserialize)]
    struct PathOnly {
        path: String,
    }
    if !dir::check(dir)? {
        return Ok(Owner::Nobody);
    }
    let Some((bytes, _)) = dir::read(&about(dir), MAX_JSON)? else { return Ok(Owner::Unknown) };
    Ok(match serde_json::from_slice(&bytes) {
        Ok(PathOnly { path }) if format::is_object(&bytes) => Owner::At(path),
        Err(_) if format::check(&about(dir), &bytes).is_err() => Owner::Newer,
        _ => Owner::Unknown,
    })
}

/// Makes a folder the project's, unless somebody was faster. When the lock is not to be had, the
/// folder goes unclaimed until the next comer: it is found by its name all the same.
fn claim(dir: &Path, path: &Path) -> Result<()> {
    let _held = match lock::acquire(&dir.join("lock"), Wait::HOOK, || dir::ensure(dir)) {
        Err(Error::Busy { .. }) => return Ok(()),
        held => held?,
    };
    if !matches!(owner(dir)?, Owner::Unknown) {
        return Ok(());
    }
    let target = about(dir);
    if dir::read(&target, MAX_JSON)?.is_some() {
        atomic::move_aside(&target)?;
    }
    let about = About {
        format: format::KNOWN,
        path: path.to_string_lossy().into_owned(),
        first_seen: crate::clock::now(),
    };
    atomic::replace(dir, &target, &format::json(&target, &about)?, Durability::Synced)
}

fn about(dir: &Path) -> PathBuf {
    dir.join("project.json")
}

#[cfg(test)]
mod tests;
