//! One of our processes at a time in a folder that is not ours.
//!
//! The folder itself is locked, so that no lock file stays behind in `~/.claude` or anywhere else.
//! Where a folder cannot be locked (Windows, some network file systems) the comparison just before
//! each rename is what remains.

use std::fs::{File, TryLockError};
use std::io;
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

/// Held until dropped.
#[derive(Debug)]
pub struct FolderLock {
    _folder: Option<File>,
}

impl FolderLock {
    /// Waits at most `patience` for the lock on `folder`, which must exist.
    ///
    /// Fails with `WouldBlock` when another process keeps it, and when the folder cannot be opened.
    // Not a lock of the state directory: those have files of their own and another life.
    #[allow(clippy::disallowed_methods)]
    pub fn take(folder: &Path, patience: Duration) -> io::Result<Self> {
        if !cfg!(unix) {
            return Ok(Self { _folder: None });
        }
        let until = Instant::now() + patience;
        loop {
            let file = File::open(folder)?;
            match file.try_lock() {
                // Its holder may have removed the folder, and another made it anew, meanwhile.
                Ok(()) if same_file(&file, folder) => return Ok(Self { _folder: Some(file) }),
                Ok(()) => {}
                Err(TryLockError::WouldBlock) if Instant::now() >= until => {
                    return Err(io::ErrorKind::WouldBlock.into());
                }
                Err(TryLockError::WouldBlock) => thread::sleep(Duration::from_millis(20)),
                Err(TryLockError::Error(_)) => return Ok(Self { _folder: None }),
            }
        }
    }
}

#[cfg(unix)]
fn same_file(file: &File, path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    match (file.metadata(), path.metadata()) {
        (Ok(held), Ok(there)) => (held.dev(), held.ino()) == (there.dev(), there.ino()),
        _ => false,
    }
}

#[cfg(not(unix))]
fn same_file(_: &File, _: &Path) -> bool {
    true
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    #[cfg(unix)]
    fn a_folder_made_anew_is_another() {
        let base = tempfile::tempdir().unwrap();
        let folder = base.path().join("f");
        std::fs::create_dir(&folder).unwrap();
        let held = File::open(&folder).unwrap();
        assert!(same_file(&held, &folder));
        std::fs::remove_dir(&folder).unwrap();
        assert!(!same_file(&held, &folder));
        std::fs::create_dir(&folder).unwrap();
        assert!(!same_file(&held, &folder));
    }

    #[test]
    #[cfg(unix)]
    fn a_held_lock_is_waited_for_and_a_removed_folder_is_not_mistaken() {
        let base = tempfile::tempdir().unwrap();
        let folder = base.path().join("f");
        std::fs::create_dir(&folder).unwrap();
        let held = FolderLock::take(&folder, Duration::ZERO).unwrap();
        let refused = FolderLock::take(&folder, Duration::from_millis(30)).unwrap_err();
        assert_eq!(refused.kind(), io::ErrorKind::WouldBlock);
        std::fs::remove_dir(&folder).unwrap();
        let gone = FolderLock::take(&folder, Duration::ZERO).unwrap_err();
        assert_eq!(gone.kind(), io::ErrorKind::NotFound);
        std::fs::create_dir(&folder).unwrap();
        FolderLock::take(&folder, Duration::ZERO).unwrap();
        drop(held);
        FolderLock::take(&folder, Duration::ZERO).unwrap();
    }
}
