//! Which project a session belongs to.

use std::ffi::OsStr;
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
    let folder = canonical(dir);
    let known = [home.and_then(identity), identity(temp)];
    let shared = |folder: &Path| {
        folder.parent().is_none()
            || home == Some(folder)
            || ["/tmp", "/var/tmp", "/private/tmp", "/private/var/tmp"]
                .iter()
                .any(|place| Path::new(place) == folder)
            || identity(folder).is_some_and(|folder| known.contains(&Some(folder)))
    };
    let folder_only = shared(&folder);
    let repository = if folder_only { None } else { around(&folder) };
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

/// A folder's path without links. The system tells it of an opened folder in one call, where there is a
/// `/proc`; else each part of the path is looked at.
fn canonical(dir: &Path) -> PathBuf {
    #[cfg(target_os = "linux")]
    if let Some(path) = opened(dir) {
        return path;
    }
    dir.canonicalize().unwrap_or_else(|_| dir.to_path_buf())
}

#[cfg(target_os = "linux")]
fn opened(dir: &Path) -> Option<PathBuf> {
    use rustix::fs::{Mode, OFlags};
    use std::os::fd::AsRawFd;
    use std::os::unix::ffi::OsStringExt;
    let flags = OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC;
    let folder = rustix::fs::open(dir, flags, Mode::empty()).ok()?;
    let link = format!("/proc/self/fd/{}", folder.as_raw_fd());
    let path = rustix::fs::readlink(link, Vec::with_capacity(256)).ok()?;
    let path = PathBuf::from(std::ffi::OsString::from_vec(path.into_bytes()));
    // A folder that was removed meanwhile, or lies outside of what the process can see, is no path.
    let plain = path.is_absolute() && !path.as_os_str().as_encoded_bytes().ends_with(b" (deleted)");
    plain.then_some(path)
}

/// What a folder is known by, whatever links its name goes through.
#[cfg(unix)]
fn identity(folder: &Path) -> Option<(u64, u64)> {
    use std::os::unix::fs::MetadataExt;
    folder.metadata().map(|meta| (meta.dev(), meta.ino())).ok()
}

#[cfg(not(unix))]
fn identity(folder: &Path) -> Option<PathBuf> {
    folder.canonicalize().ok()
}
