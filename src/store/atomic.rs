//! Replacing a file whole: temporary file, write, sync, rename, directory sync.

use std::collections::hash_map::RandomState;
use std::fs;
use std::hash::{BuildHasher, Hasher};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use super::dir;
use super::disk;
use super::error::{Error, Result};

/// What an acknowledged write survives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Durability {
    /// The death of the process and a power cut: file and directory are synced.
    Synced,
    /// The death of the process.
    Cached,
}

/// The start of a temporary file's name. No name of a caller starts with a dot.
const TEMPORARY: &str = ".tmp-";

/// How often a write begins anew because somebody swept its temporary file away.
const ATTEMPTS: usize = 8;

/// No write takes this long: a temporary file of that age has lost its writer.
const ABANDONED: Duration = Duration::from_hours(1);

/// Replaces `target` by `bytes`, all or nothing. The temporary file is made in `scratch`, a directory
/// of the same file system.
pub(super) fn replace(
    scratch: &Path,
    target: &Path,
    bytes: &[u8],
    durability: Durability,
) -> Result<()> {
    let mut attempt = 1;
    loop {
        let temporary = scratch.join(format!("{TEMPORARY}{:016x}", random()));
        let written = write_new(&temporary, bytes, durability).and_then(|()| {
            disk::rename(&temporary, target).map_err(|e| Error::io("replace", target, e))
        });
        match written {
            Ok(()) => break,
            Err(Error::Io { source, .. })
                if source.kind() == ErrorKind::NotFound
                    && attempt < ATTEMPTS
                    && scratch.is_dir() =>
            {
                // Where it was the target's directory that is gone, it is still there.
                discard(&temporary);
                attempt += 1;
            }
            Err(e) => {
                discard(&temporary);
                return Err(e);
            }
        }
    }
    match (durability, target.parent()) {
        (Durability::Synced, Some(parent)) => sync_dir(parent),
        _ => Ok(()),
    }
}

/// After a failed sync the pages count as clean, so that a second sync would prove nothing: the file
/// is given up, never synced again.
fn write_new(path: &Path, bytes: &[u8], durability: Durability) -> Result<()> {
    let mut file = disk::open(path, dir::options().write().create_new())
        .map_err(|e| Error::io("create", path, e))?;
    disk::write(&mut file, path, 0, bytes).map_err(|e| Error::io("write", path, e))?;
    if durability == Durability::Synced {
        disk::sync(&file, path).map_err(|e| Error::io("sync", path, e))?;
    }
    Ok(())
}

/// Makes the names in a directory durable: syncing a file does not.
pub(super) fn sync_dir(path: &Path) -> Result<()> {
    disk::sync_dir(path).map_err(|e| Error::io("sync", path, e))
}

/// Removes a file whose absence or presence no longer matters; whoever finds it later skips it and
/// tries again.
pub(super) fn discard(path: &Path) -> bool {
    match disk::remove(path) {
        Ok(()) => true,
        Err(e) => e.kind() == ErrorKind::NotFound,
    }
}

/// Removes what killed writers left in `path`. For lock holders: whoever writes there without a lock
/// begins anew.
pub(super) fn sweep(path: &Path) -> Result<()> {
    for name in dir::names(path)?.iter().filter(|name| is_temporary(name)) {
        discard(&path.join(name));
    }
    Ok(())
}

/// Like [`sweep`] where nobody holds a lock: only files that are over an hour old.
pub(super) fn sweep_abandoned(path: &Path) {
    let now = SystemTime::from(crate::clock::now());
    let is_old = |file: &Path| {
        let modified = fs::symlink_metadata(file).and_then(|meta| meta.modified());
        modified.is_ok_and(|then| now.duration_since(then).is_ok_and(|age| age > ABANDONED))
    };
    for name in dir::names(path).unwrap_or_default() {
        let file = path.join(&name);
        if is_temporary(&name) && is_old(&file) {
            discard(&file);
        }
    }
}

pub(super) fn is_temporary(name: &str) -> bool {
    name.starts_with(TEMPORARY)
}

/// Moves a file that cannot be read out of the way, to `<name>.unreadable-<milliseconds since 1970>`.
/// Call under the lock.
pub(super) fn move_aside(path: &Path) -> Result<PathBuf> {
    move_aside_at(path, crate::clock::now().timestamp_millis())
}

fn move_aside_at(path: &Path, mut millis: i64) -> Result<PathBuf> {
    loop {
        let mut name = path.as_os_str().to_owned();
        name.push(format!(".unreadable-{millis}"));
        let aside = PathBuf::from(name);
        if fs::symlink_metadata(&aside).is_err() {
            disk::rename(path, &aside).map_err(|e| Error::io("move aside", path, e))?;
            return Ok(aside);
        }
        millis += 1;
    }
}

/// A number that no other process draws: std seeds its hashers from the system's random source.
pub(super) fn random() -> u64 {
    RandomState::new().build_hasher().finish()
}

#[cfg(test)]
mod tests;
