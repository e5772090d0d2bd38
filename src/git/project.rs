//! Which project a session belongs to.

use std::path::{Path, PathBuf};

use super::discover;

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

/// The project of the folder `dir`; `home` and `temp` are the user's home and folder for temporary files.
///
/// A repository whose top folder is the home, a root or a temporary folder (dotfiles kept in git) does
/// not make one project of everything below it.
pub fn project(dir: &Path, home: Option<&Path>, temp: &Path) -> Project {
    let dir = canonical(dir);
    let shared = |folder: &Path| {
        folder.parent().is_none()
            || home.is_some_and(|home| canonical(home) == folder)
            || canonical(temp) == folder
            || ["/tmp", "/var/tmp", "/private/tmp", "/private/var/tmp"]
                .iter()
                .any(|place| Path::new(place) == folder)
    };
    let folder_only = shared(&dir);
    if !folder_only
        && let Some(repository) = discover(&dir)
        && !shared(repository.work_tree())
        && let Some(name) = repository.name()
    {
        return Project { key: repository.common_dir, name, folder_only };
    }
    let name = dir.file_name().map_or_else(|| "root".into(), |name| name.to_string_lossy().into());
    Project { key: dir, name, folder_only }
}

fn canonical(dir: &Path) -> PathBuf {
    dir.canonicalize().unwrap_or_else(|_| dir.to_path_buf())
}
