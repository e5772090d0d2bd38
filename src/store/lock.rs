//! Exclusive locks: one file per session and per project.
//!
//! `flock` belongs to the open file, so that a killed holder releases it with its last descriptor.
//! fs2 is called by qualified path: std's own lock methods would win over the trait's otherwise.

use std::fs::{File, Metadata};
use std::io::{Error as IoError, ErrorKind};
use std::path::Path;
use std::time::{Duration, Instant};

use super::dir;
use super::error::{Error, Result};

/// How long to wait for a lock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wait {
    /// Until this much time has passed, then [`Error::Busy`].
    For(Duration),
    /// Until it is free.
    Forever,
}

impl Wait {
    /// What a hook may spend: 250 ms.
    pub const HOOK: Self = Self::For(Duration::from_millis(250));
}

/// A lock, held until dropped.
#[derive(Debug)]
pub(super) struct Held {
    pub(super) file: File,
}

/// Takes the lock at `path`. `prepare` makes the directory it lies in: whoever removes a session
/// removes its lock with it, and those who waited for it begin anew.
pub(super) fn acquire(
    path: &Path,
    wait: Wait,
    mut prepare: impl FnMut() -> Result<()>,
) -> Result<Held> {
    let start = Instant::now();
    loop {
        prepare()?;
        if let Some(held) = attempt(path, wait, start)? {
            return Ok(held);
        }
        if matches!(wait, Wait::For(limit) if start.elapsed() > limit) {
            return Err(Error::Busy { path: path.to_owned() });
        }
    }
}

/// `None` when the file went away, or another took its place, while we waited for it.
fn attempt(path: &Path, wait: Wait, start: Instant) -> Result<Option<Held>> {
    let Some((file, meta)) = dir::open(path, dir::options().read().write().create())? else {
        return Ok(None);
    };
    let free = match wait {
        Wait::Forever => block(&file),
        Wait::For(limit) => poll(&file, start, limit),
    };
    if !free.map_err(|e| Error::io("lock", path, e))? {
        return Err(Error::Busy { path: path.to_owned() });
    }
    Ok(is_still(path, &meta).then_some(Held { file }))
}

/// Takes the lock of an open file if it is free at once.
pub(super) fn try_exclusive(file: &File) -> std::io::Result<bool> {
    loop {
        match fs2::FileExt::try_lock_exclusive(file) {
            Ok(()) => return Ok(true),
            Err(e) if e.kind() == ErrorKind::Interrupted => {}
            Err(e) if is_contention(&e) => return Ok(false),
            Err(e) => return Err(e),
        }
    }
}

fn is_contention(error: &IoError) -> bool {
    error.raw_os_error() == fs2::lock_contended_error().raw_os_error()
}

fn block(file: &File) -> std::io::Result<bool> {
    loop {
        match fs2::FileExt::lock_exclusive(file) {
            Ok(()) => return Ok(true),
            Err(e) if e.kind() == ErrorKind::Interrupted => {}
            Err(e) => return Err(e),
        }
    }
}

/// Asks again after 0.2 ms, then after half as long again each time, up to 10 ms: short holders are
/// met early, long ones cost little.
fn poll(file: &File, start: Instant, limit: Duration) -> std::io::Result<bool> {
    let mut pause = Duration::from_micros(200);
    loop {
        if try_exclusive(file)? {
            return Ok(true);
        }
        let Some(left) = limit.checked_sub(start.elapsed()).filter(|left| !left.is_zero()) else {
            return Ok(false);
        };
        std::thread::sleep(pause.min(left));
        pause = (pause * 3 / 2).min(Duration::from_millis(10));
    }
}

/// Whether `path` still names the file that `opened` describes.
#[cfg(unix)]
pub(super) fn is_still(path: &Path, opened: &Metadata) -> bool {
    use std::os::unix::fs::MetadataExt;
    std::fs::symlink_metadata(path)
        .is_ok_and(|now| (now.dev(), now.ino()) == (opened.dev(), opened.ino()))
}

/// Where files have no identity to compare, an open file cannot be replaced either.
#[cfg(not(unix))]
pub(super) fn is_still(path: &Path, _: &Metadata) -> bool {
    path.exists()
}

#[cfg(all(test, unix))]
mod tests {
    #![allow(clippy::disallowed_methods)]

    use super::*;

    #[test]
    #[cfg(target_os = "linux")]
    fn a_file_that_cannot_be_locked_is_an_error() {
        use rustix::fs::{Mode, OFlags};
        let temp = tempfile::tempdir().unwrap();
        // Open for nothing but its name.
        let file: File = rustix::fs::open(temp.path(), OFlags::PATH, Mode::empty()).unwrap().into();
        assert!(try_exclusive(&file).is_err());
        assert!(block(&file).is_err());
        assert!(poll(&file, Instant::now(), Duration::from_mins(1)).is_err());
    }

    #[test]
    fn a_lock_whose_folder_never_comes_is_given_up_at_the_deadline() {
        let temp = tempfile::tempdir().unwrap();
        let path = temp.path().join("missing/lock");
        let prepared = std::cell::Cell::new(0);
        let limit = Duration::from_millis(20);
        let start = Instant::now();
        let busy = acquire(&path, Wait::For(limit), || {
            prepared.set(prepared.get() + 1);
            Ok(())
        });
        assert!(matches!(busy, Err(Error::Busy { .. })), "{busy:?}");
        assert!(start.elapsed() >= limit && prepared.get() > 1);
        let gone = || Err(Error::refused(&path, "gone"));
        assert!(matches!(acquire(&path, Wait::Forever, gone), Err(Error::Unsafe { .. })));
    }

    #[test]
    fn whoever_holds_a_lock_holds_it_alone() {
        let temp = tempfile::tempdir().unwrap();
        let path = temp.path().join("lock");
        let one = File::create(&path).unwrap();
        let other = File::open(&path).unwrap();
        assert!(try_exclusive(&one).unwrap());
        assert!(!try_exclusive(&other).unwrap());
        assert!(!poll(&other, Instant::now(), Duration::from_millis(5)).unwrap());
        drop(one);
        assert!(block(&other).unwrap());
        let third = File::open(&path).unwrap();
        assert!(!try_exclusive(&third).unwrap());
    }

    #[test]
    fn a_file_that_was_replaced_is_no_longer_the_one_that_was_opened() {
        let temp = tempfile::tempdir().unwrap();
        let path = temp.path().join("lock");
        let file = File::create(&path).unwrap();
        let meta = file.metadata().unwrap();
        assert!(is_still(&path, &meta));
        std::fs::rename(&path, temp.path().join("gone")).unwrap();
        assert!(!is_still(&path, &meta));
        File::create(&path).unwrap();
        assert!(!is_still(&path, &meta));
    }
}
