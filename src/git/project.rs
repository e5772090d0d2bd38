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
    let (home, temp) = (home.map(canonical), canonical(temp));
    let shared = |folder: &Path| {
        folder.parent().is_none()
            || home.as_deref() == Some(folder)
            || temp == folder
            || ["/tmp", "/var/tmp", "/private/tmp", "/private/var/tmp"]
                .iter()
                .any(|place| Path::new(place) == folder)
    };
    let folder_only = shared(&folder);
    let repository = if folder_only { None } else { around(&folder) };
    let found = repository.as_ref().filter(|found| !shared(found.work_tree()));
    let project = if let Some((name, found)) = found.and_then(|found| Some((found.name()?, found)))
    {
        Project { key: found.common_dir.clone(), name, folder_only }
    } else {
        let name = folder.file_name().map_or_else(|| "root".into(), OsStr::to_string_lossy);
        Project { key: folder.clone(), name: name.into_owned(), folder_only }
    };
    Place { folder, project, repository }
}

fn canonical(dir: &Path) -> PathBuf {
    dir.canonicalize().unwrap_or_else(|_| dir.to_path_buf())
}
