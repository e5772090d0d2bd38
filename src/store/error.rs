//! What can go wrong in the state directory, told to a person.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

/// A result of the store.
pub type Result<T> = std::result::Result<T, Error>;

/// Why the state directory could not be used as asked. `Display` is one lower-case line that names
/// the path.
#[derive(Debug)]
pub enum Error {
    /// The system refused an operation.
    Io {
        /// The operation, as a verb: `write`, `replace`.
        what: &'static str,
        /// What it was applied to.
        path: PathBuf,
        /// The system's reason.
        source: io::Error,
    },
    /// Another process held the lock until the deadline.
    Busy {
        /// The lock file.
        path: PathBuf,
    },
    /// A later version of this program wrote the file; it was left as it is.
    Newer {
        /// The file.
        path: PathBuf,
        /// The format it is in.
        found: u32,
        /// The latest format this program knows.
        known: u32,
    },
    /// Something lies in the way that this program will not follow or trust.
    Unsafe {
        /// The offending path.
        path: PathBuf,
        /// What is wrong with it.
        why: &'static str,
    },
    /// A name that must not become a path.
    BadId {
        /// The name, as given.
        id: String,
    },
    /// More bytes than a reader would accept.
    TooLarge {
        /// The file it was meant for.
        path: PathBuf,
        /// The size it would have had.
        bytes: u64,
        /// The most it may have.
        limit: u64,
    },
    /// A record that would break the line framing: records are one line of JSON.
    NotOneLine {
        /// The file it was meant for.
        path: PathBuf,
    },
    /// [`save`](super::SessionLock::save) was called without
    /// [`load`](super::SessionLock::load) under the same lock: records would be lost unseen.
    NotLoaded {
        /// The snapshot that was to be replaced.
        path: PathBuf,
    },
}

impl Error {
    pub(super) fn io(what: &'static str, path: &Path, source: io::Error) -> Self {
        Self::Io { what, path: path.to_owned(), source }
    }

    pub(super) fn refused(path: &Path, why: &'static str) -> Self {
        Self::Unsafe { path: path.to_owned(), why }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Io { what, path, source } => {
                write!(f, "cannot {what} {}: {source}", path.display())
            }
            Self::Busy { path } => {
                write!(f, "{} is locked by another process; try again", path.display())
            }
            Self::Newer { path, found, known } => write!(
                f,
                "{} is in format {found}, this program knows up to {known}: update rejoin (the file \
                 was left as it is)",
                path.display()
            ),
            Self::Unsafe { path, why } => write!(f, "refusing to use {}: {why}", path.display()),
            Self::BadId { id } => write!(f, "{id:?} cannot be a name in the state directory"),
            Self::TooLarge { path, bytes, limit } => write!(
                f,
                "{} would grow to {bytes} bytes, the limit is {limit}: nothing was written",
                path.display()
            ),
            Self::NotOneLine { path } => {
                write!(f, "a record for {} contains a line break: not written", path.display())
            }
            Self::NotLoaded { path } => {
                write!(f, "{} was to be replaced without having been read", path.display())
            }
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Io { source, .. } => Some(source),
            _ => None,
        }
    }
}
