//! A settings file on disk: read, replaced atomically, backed up once.
//!
//! Other programs rewrite these files carelessly, Claude Code itself among them, and nobody agrees
//! on a lock. Hence the file is compared with what was read just before it is replaced, read again
//! after, and edited anew when somebody came between.

use std::ffi::OsString;
use std::fmt;
use std::fs::{self, File, Metadata};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use tempfile::NamedTempFile;

use super::folder_lock::FolderLock;
use super::json;
use super::refusal::Refusal;

/// How often an edit starts anew because somebody rewrote the file meanwhile.
const ATTEMPTS: usize = 5;

/// How long to wait for another of our own processes in the same folder.
const PATIENCE: Duration = Duration::from_secs(10);

/// Links followed from a settings file to where it really lives, as many as Linux follows.
const MAX_LINKS: usize = 40;

/// What an edit wants done with the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// Nothing.
    Keep,
    /// This text, instead of what is there.
    Replace(String),
    /// The file gone.
    Remove,
}

/// Why a file could not be read or edited. It is then as it was.
#[derive(Debug)]
pub struct FileError {
    pub path: PathBuf,
    pub cause: Cause,
}

#[derive(Debug)]
pub enum Cause {
    /// The text cannot be edited safely.
    Refused(Refusal),
    /// What was tried, and the system's answer.
    Io(&'static str, io::Error),
    NotUtf8,
    /// Another process rewrote it each time between our reading and our writing.
    Rewritten,
    /// Another of our own processes is at work in the folder.
    Locked,
}

impl fmt::Display for FileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = self.path.display();
        match &self.cause {
            Cause::Refused(refusal) => write!(f, "{path} cannot be edited safely: {refusal}"),
            Cause::Io(tried, error) => write!(f, "cannot {tried} {path}: {error}"),
            Cause::NotUtf8 => write!(f, "{path} is not UTF-8 text; save it as UTF-8 first"),
            Cause::Rewritten => write!(
                f,
                "another program keeps rewriting {path}; close what edits it and try again"
            ),
            Cause::Locked => {
                write!(f, "another `rejoin` is at work in {path}; try again when it is done")
            }
        }
    }
}

impl std::error::Error for FileError {}

impl FileError {
    fn new(path: &Path, cause: Cause) -> Self {
        Self { path: path.to_owned(), cause }
    }

    /// `tried` (a verb, for instance `read`) failed on `path`.
    pub fn io(path: &Path, tried: &'static str, error: io::Error) -> Self {
        Self::new(path, Cause::Io(tried, error))
    }

    /// `path` holds something that [`super::install`] refuses to edit.
    pub fn refused(path: &Path, refusal: Refusal) -> Self {
        Self::new(path, Cause::Refused(refusal))
    }
}

/// The text of the file, `None` when there is none.
pub fn read(path: &Path) -> Result<Option<String>, FileError> {
    match read_bytes(path)? {
        None => Ok(None),
        Some(bytes) => match String::from_utf8(bytes) {
            Ok(text) => Ok(Some(text)),
            Err(_) => Err(FileError::new(path, Cause::NotUtf8)),
        },
    }
}

fn read_bytes(path: &Path) -> Result<Option<Vec<u8>>, FileError> {
    match fs::read(path) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(FileError::io(path, "read", error)),
    }
}

/// Where a copy of the file as it was before our first edit lies.
pub fn backup_path(path: &Path) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(".rejoin-backup");
    PathBuf::from(name)
}

/// Where a path leads when its last component is a link; that file need not exist.
fn resolved(path: &Path) -> Result<PathBuf, FileError> {
    let mut target = path.to_owned();
    for _ in 0..MAX_LINKS {
        match fs::read_link(&target) {
            Ok(link) => target = target.parent().unwrap_or(Path::new("")).join(link),
            Err(_) => return Ok(target),
        }
    }
    let error = io::Error::other("too many symbolic links");
    Err(FileError::io(path, "follow", error))
}

/// Edits the file at `path`, whose folder must exist: through a link to its target, keeping mode
/// and owner, as one atomic and durable replacement.
///
/// `change` gets the text (`None`: no file) and may be called again when another program rewrote
/// the file meanwhile. With `backup` the text before our first edit is kept at [`backup_path`].
/// Returns whether anything was changed.
pub fn edit(
    path: &Path,
    backup: bool,
    mut change: impl FnMut(Option<&str>) -> Result<Change, FileError>,
) -> Result<bool, FileError> {
    let target = resolved(path)?;
    let folder = folder_of(&target);
    let _lock = FolderLock::take(folder, PATIENCE).map_err(|error| not_locked(folder, error))?;
    sweep(&target);
    for _ in 0..ATTEMPTS {
        let before = read(&target)?;
        let after = match change(before.as_deref())? {
            Change::Keep => return Ok(false),
            Change::Replace(text) if before.as_ref() == Some(&text) => return Ok(false),
            Change::Replace(text) => Some(text),
            Change::Remove => None,
        };
        // An agent's Markdown is edited here as well.
        let is_json = path.extension().is_some_and(|end| end == "json");
        if let Some(text) = after.as_ref().filter(|_| is_json) {
            json::parse(text).map_err(|refusal| FileError::refused(path, refusal))?;
        }
        if swap(path, &target, backup, before.as_deref(), after.as_deref())? {
            return Ok(true);
        }
    }
    Err(FileError::new(path, Cause::Rewritten))
}

fn not_locked(folder: &Path, error: io::Error) -> FileError {
    match error.kind() {
        io::ErrorKind::WouldBlock => FileError::new(folder, Cause::Locked),
        _ => FileError::io(folder, "open", error),
    }
}

/// Puts `after` in the place of `before`; `false` when something else stood there before or after.
fn swap(
    path: &Path,
    target: &Path,
    backup: bool,
    before: Option<&str>,
    after: Option<&str>,
) -> Result<bool, FileError> {
    let write = |error| FileError::io(target, "write", error);
    let there = before.map(|_| fs::metadata(target)).transpose().map_err(write)?;
    let fresh = match after {
        Some(text) => Some(prepared(target, text.as_bytes(), there.as_ref()).map_err(write)?),
        None => None,
    };
    if let (true, Some(before)) = (backup, before) {
        keep_backup(path, before, there.as_ref())?;
    }
    if read_bytes(target)?.as_deref() != before.map(str::as_bytes) {
        return Ok(false);
    }
    match fresh {
        Some(fresh) => fresh.persist(target).map(drop).map_err(|error| write(error.error))?,
        None => fs::remove_file(target).map_err(|error| FileError::io(target, "remove", error))?,
    }
    sync_folder(folder_of(target)).map_err(write)?;
    Ok(read_bytes(target)?.as_deref() == after.map(str::as_bytes))
}

/// A copy of the text before our first edit, once.
fn keep_backup(path: &Path, text: &str, there: Option<&Metadata>) -> Result<(), FileError> {
    let copy = backup_path(path);
    let write = |error| FileError::io(&copy, "write", error);
    let fresh = prepared(&copy, text.as_bytes(), there).map_err(write)?;
    match fresh.persist_noclobber(&copy) {
        Err(error) if error.error.kind() != io::ErrorKind::AlreadyExists => Err(write(error.error)),
        _ => Ok(()),
    }
}

/// Replaces the file at `path` atomically and durably; `mode` (Unix) or that of `like` when there
/// is one, else readable by its owner alone.
pub fn replace(path: &Path, bytes: &[u8], mode: Option<u32>) -> io::Result<()> {
    let fresh = prepared(path, bytes, None)?;
    set_mode(&fresh, mode)?;
    fresh.persist(path)?;
    sync_folder(folder_of(path))
}

fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if folder != Path::new("") => folder,
        _ => Path::new("."),
    }
}

/// How the names of our unfinished files begin: one that a killed process left is known by it.
fn temporary_prefix(path: &Path) -> String {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    format!(".{name}.rejoin-")
}

fn prepared(path: &Path, bytes: &[u8], like: Option<&Metadata>) -> io::Result<NamedTempFile> {
    let prefix = temporary_prefix(path);
    let mut fresh = tempfile::Builder::new().prefix(&prefix).tempfile_in(folder_of(path))?;
    fresh.write_all(bytes)?;
    if let Some(like) = like {
        keep_owner(&fresh, like)?;
        fresh.as_file().set_permissions(like.permissions())?;
    }
    fresh.as_file().sync_all()?;
    Ok(fresh)
}

/// Removes what a killed process left beside the file that it was about to replace. Called under
/// the lock that keeps others of ours from replacing it now.
pub fn sweep(target: &Path) {
    let prefix = temporary_prefix(target);
    let Ok(entries) = fs::read_dir(folder_of(target)) else { return };
    for entry in entries.flatten() {
        if entry.file_name().to_string_lossy().starts_with(&prefix) {
            // It does no harm where it is, and the edit says what is wrong with the folder.
            drop(fs::remove_file(entry.path()));
        }
    }
}

#[cfg(unix)]
fn keep_owner(fresh: &NamedTempFile, like: &Metadata) -> io::Result<()> {
    use std::os::unix::fs::{MetadataExt, fchown};
    let ours = fresh.as_file().metadata()?;
    if (ours.uid(), ours.gid()) == (like.uid(), like.gid()) {
        return Ok(());
    }
    fchown(fresh.as_file(), Some(like.uid()), Some(like.gid()))
}

#[cfg(not(unix))]
// The other systems' can fail.
#[allow(clippy::unnecessary_wraps)]
fn keep_owner(_: &NamedTempFile, _: &Metadata) -> io::Result<()> {
    Ok(())
}

#[cfg(unix)]
fn set_mode(fresh: &NamedTempFile, mode: Option<u32>) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    match mode {
        Some(mode) => fresh.as_file().set_permissions(fs::Permissions::from_mode(mode)),
        None => Ok(()),
    }
}

#[cfg(not(unix))]
// The other systems' can fail.
#[allow(clippy::unnecessary_wraps)]
fn set_mode(_: &NamedTempFile, _: Option<u32>) -> io::Result<()> {
    Ok(())
}

/// Makes a rename in `folder` survive a power cut.
fn sync_folder(folder: &Path) -> io::Result<()> {
    if cfg!(unix) { File::open(folder)?.sync_all() } else { Ok(()) }
}

#[cfg(test)]
mod tests;
