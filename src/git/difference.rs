//! Whether a file is still what a session left.

use std::io::ErrorKind;
use std::path::{Component, Path, PathBuf};

use chrono::{DateTime, Utc};

/// How a file differs from what a session left.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Difference {
    /// Written to since.
    Modified,
    /// No longer there.
    Gone,
}

/// Which of the files were modified after `since` or are gone, in their order; judged by their time stamps
/// alone.
///
/// A relative path is taken from `work_tree` and must not lead out of it; an absolute one is taken as it
/// is. A symbolic link is judged itself, not what it leads to. Of some nothing can be said. Where a folder is
/// gone, most of its files are not looked at.
pub fn differences<'a, P: AsRef<Path> + ?Sized>(
    work_tree: &Path,
    paths: &[&'a P],
    since: DateTime<Utc>,
) -> Vec<(&'a P, Difference)> {
    let mut found = Vec::new();
    // Folders, and whether they are gone.
    let mut folders: Vec<(PathBuf, bool)> = Vec::new();
    for (at, path) in paths.iter().enumerate() {
        let own: &Path = path.as_ref();
        if own.is_relative() && !stays_inside(own) {
            continue;
        }
        let full = work_tree.join(own);
        let inside = |(folder, gone): &(PathBuf, bool)| *gone && full.starts_with(folder);
        if folders.iter().any(inside) {
            found.push((*path, Difference::Gone));
            continue;
        }
        let Some(difference) = differs(&full, since) else { continue };
        found.push((*path, difference));
        if difference == Difference::Gone
            && let Some(folder) = full.parent().filter(|folder| !folder.as_os_str().is_empty())
            && folders.iter().all(|(known, _)| known != folder)
        {
            let beside = |path: &&&P| work_tree.join(path).parent() == Some(folder);
            if paths[at + 1..].iter().filter(beside).count() > 1 {
                folders.push((folder.to_owned(), is_gone(folder)));
            }
        }
    }
    found
}

/// Whether a folder is gone, so that every path in it is.
fn is_gone(folder: &Path) -> bool {
    match folder.metadata() {
        Ok(meta) => !meta.is_dir(),
        Err(error) => matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory),
    }
}

fn differs(path: &Path, since: DateTime<Utc>) -> Option<Difference> {
    match path.symlink_metadata() {
        Ok(meta) => {
            let modified = DateTime::<Utc>::from(meta.modified().ok()?);
            (modified > since).then_some(Difference::Modified)
        }
        // Not a directory: a folder on the way was replaced by a file.
        Err(error) => matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory)
            .then_some(Difference::Gone),
    }
}

fn stays_inside(path: &Path) -> bool {
    let mut depth = 0_u32;
    path.components().all(|part| match part {
        Component::Normal(_) => {
            depth += 1;
            true
        }
        Component::CurDir => true,
        Component::ParentDir => match depth.checked_sub(1) {
            Some(above) => {
                depth = above;
                true
            }
            None => false,
        },
        Component::RootDir | Component::Prefix(_) => false,
    })
}
