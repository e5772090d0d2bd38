//! Which project a session belongs to.

use std::borrow::Cow;
use std::ffi::OsStr;
use std::fs::Metadata;
use std::path::{Path, PathBuf};

use super::repository::{Repository, around};

/// A session's project.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Project {
    /// The git common directory, which all work trees share; else the folder. Canonical where it exists.
    pub key: PathBuf,
    /// What people call it: the folder of the main work tree. Not fit to be a file name as it is.
    pub name: String,
    /// The user's home, a file system root or a folder for temporary files: sessions there have nothing
    /// in common but the folder.
    pub folder_only: bool,
}

/// Where a folder lies: its project and, unless sessions there have only the folder in common, the
/// repository around it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The folder itself, canonical where it exists.
    pub folder: PathBuf,
    pub project: Project,
    pub repository: Option<Repository>,
}

/// The place of the folder `dir`; `home` and `temp` are the user's home and folder for temporary files.
///
/// A repository whose top folder is the home, a root or a temporary folder (dotfiles kept in git) does
/// not make one project of everything below it.
pub fn place(dir: &Path, home: Option<&Path>, temp: &Path) -> Place {
    let meta = dir.metadata().ok();
    let folder = canonical(dir);
    let known = [home.and_then(looked_up), looked_up(temp)];
    let named = |folder: &Path| {
        folder.parent().is_none()
            || home == Some(folder)
            || ["/tmp", "/var/tmp", "/private/tmp", "/private/var/tmp"]
                .iter()
                .any(|place| Path::new(place) == folder)
    };
    let is_known = |found: Option<Identity>| found.is_some() && known.contains(&found);
    let shared = |folder: &Path| named(folder) || is_known(looked_up(folder));
    let own = meta.as_ref().and_then(|meta| identity(&folder, meta));
    let folder_only = named(&folder) || is_known(own);
    let repository = meta.filter(|_| !folder_only).and_then(|meta| around(&folder, &meta));
    let apart = |tree: &Path| tree == folder || !shared(tree);
    let found = repository.as_ref().filter(|found| apart(found.work_tree()));
    let project = if let Some((name, found)) = found.and_then(|found| Some((found.name()?, found)))
    {
        Project { key: found.common_dir.clone(), name, folder_only }
    } else {
        let name = folder.file_name().map_or_else(|| "root".into(), OsStr::to_string_lossy);
        Project { key: folder.clone(), name: name.into_owned(), folder_only }
    };
    Place { folder, project, repository }
}

impl Project {
    /// The name of the project that a folder most likely belongs to, and the keys that it may have, the likelier
    /// first, without a look at any file: the repository whose top the folder is, else the folder itself.
    pub fn likely(folder: &Path) -> Option<(Cow<'_, str>, [PathBuf; 2])> {
        let name = folder.file_name()?.to_string_lossy();
        Some((name, [folder.join(".git"), folder.to_path_buf()]))
    }
}

/// A folder's path without links. Hooks are mostly started in the folder that they are to look at, whose
/// path the system knows; else each part of it is looked at.
///
/// `/proc` would tell the path of any opened folder in one call, but a process's first look there takes as
/// long as ten others.
fn canonical(dir: &Path) -> PathBuf {
    if cfg!(target_os = "linux")
        && let Ok(here) = std::env::current_dir()
        && here == dir
    {
        return here;
    }
    dir.canonicalize().unwrap_or_else(|_| dir.to_path_buf())
}

/// What a folder is known by, whatever links its name goes through.
#[cfg(unix)]
type Identity = (u64, u64);
#[cfg(not(unix))]
type Identity = PathBuf;

fn looked_up(folder: &Path) -> Option<Identity> {
    identity(folder, &folder.metadata().ok()?)
}

#[cfg(unix)]
#[allow(clippy::unnecessary_wraps)]
fn identity(_: &Path, meta: &Metadata) -> Option<Identity> {
    use std::os::unix::fs::MetadataExt;
    Some((meta.dev(), meta.ino()))
}

#[cfg(not(unix))]
fn identity(folder: &Path, _: &Metadata) -> Option<Identity> {
    folder.canonicalize().ok()
}
