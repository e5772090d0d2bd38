//! Bounded reads of regular files below a directory.

use crate::bytes;
use std::ffi::OsStr;
use std::fs::File;
#[cfg(not(unix))]
use std::io::{Read, Seek, SeekFrom};
use std::path::{Component, Path, PathBuf};

/// A regular file, and the bytes that it had when it was opened.
pub(super) struct Opened {
    file: File,
    pub(super) length: u64,
}

/// Opens the regular file `name` below `root`.
///
/// `None` when it is missing, when any part of `name` is a symbolic link or not a plain component, and
/// when it is anything but a regular file: opening a FIFO would wait for a writer.
pub(super) fn open(root: &Path, name: &Path) -> Option<Opened> {
    let mut path = root.to_path_buf();
    let mut parts = name.components().peekable();
    while let Some(part) = parts.next() {
        let Component::Normal(part) = part else { return None };
        path.push(part);
        let last = parts.peek().is_none();
        // The file itself is looked at once it is open.
        if cfg!(unix) && last {
            break;
        }
        let kind = path.symlink_metadata().ok()?.file_type();
        let fits = if last { kind.is_file() } else { kind.is_dir() };
        if !fits {
            return None;
        }
    }
    #[cfg(unix)]
    let file = {
        use rustix::fs::{Mode, OFlags};
        // No link is followed, and no writer of a FIFO waited for.
        let flags = OFlags::RDONLY | OFlags::NONBLOCK | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        File::from(rustix::fs::open(&path, flags, Mode::empty()).ok()?)
    };
    #[cfg(not(unix))]
    let file = File::open(&path).ok()?;
    let meta = file.metadata().ok()?;
    meta.is_file().then(|| Opened { file, length: meta.len() })
}

/// The first line of a small file, without its line end; `None` when the file is over 4 KiB.
pub(super) fn line(root: &Path, name: &str) -> Option<Vec<u8>> {
    let mut text = whole(root, Path::new(name), 4096)?;
    if let Some(end) = bytes::find(b'\n', &text) {
        text.truncate(end);
    }
    if text.last() == Some(&b'\r') {
        text.pop();
    }
    Some(text)
}

/// The whole of a file; `None` when it is longer than `most` bytes.
pub(super) fn whole(root: &Path, name: &Path, most: u64) -> Option<Vec<u8>> {
    let mut opened = open(root, name)?;
    let length = opened.length;
    if length > most { None } else { part(&mut opened, 0, length) }
}

/// The bytes from `start`, at most `most` of them.
pub(super) fn part(opened: &mut Opened, start: u64, most: u64) -> Option<Vec<u8>> {
    let Opened { file, length } = opened;
    let length = length.saturating_sub(start).min(most);
    #[cfg(unix)]
    {
        let mut text = vec![0; length as usize];
        std::os::unix::fs::FileExt::read_exact_at(file, &mut text, start).ok()?;
        Some(text)
    }
    #[cfg(not(unix))]
    {
        let mut text = Vec::with_capacity(length as usize);
        file.seek(SeekFrom::Start(start)).ok()?;
        file.take(length).read_to_end(&mut text).ok()?;
        Some(text)
    }
}

/// A path as git wrote it into a file.
pub(super) fn path(bytes: &[u8]) -> PathBuf {
    #[cfg(unix)]
    {
        use std::os::unix::ffi::OsStrExt;
        PathBuf::from(OsStr::from_bytes(bytes))
    }
    #[cfg(not(unix))]
    {
        PathBuf::from(OsStr::new(&*String::from_utf8_lossy(bytes)))
    }
}

/// Whether `text` is the name of an object: 40 hexadecimal digits (SHA-1) or 64 (SHA-256).
pub(super) fn is_hash(text: &[u8]) -> bool {
    matches!(text.len(), 40 | 64) && text.iter().all(u8::is_ascii_hexdigit)
}
