//! Whether a file is still what a session left.

use std::io::ErrorKind;
use std::path::{Component, Path};

use chrono::{DateTime, Utc};

/// How a file differs from what a session left.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Difference {
    /// Written to since.
    Modified,
    /// No longer there.
    Gone,
}

/// Whether `path` was modified after `since` or is gone; judged by its time stamp alone.
///
/// A relative path is taken from `work_tree` and must not lead out of it; an absolute one is taken as it
/// is. A symbolic link is judged itself, not what it leads to. `None` also when nothing can be said.
pub fn differs(work_tree: &Path, path: &Path, since: DateTime<Utc>) -> Option<Difference> {
    if path.is_relative() && !stays_inside(path) {
        return None;
    }
    match work_tree.join(path).symlink_metadata() {
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
