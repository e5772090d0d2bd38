//! Why skills could not be read or changed, told to a person.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use crate::store;

/// A result about skills.
pub type Result<T> = std::result::Result<T, Error>;

/// `Display` is one lower-case line that names what it is about and what to do.
#[derive(Debug)]
pub enum Error {
    /// The system refused an operation.
    Io {
        /// The operation, as a verb.
        what: &'static str,
        /// What it was applied to.
        path: PathBuf,
        /// The system's reason.
        source: io::Error,
    },
    /// Something that is not touched, and why.
    Refused {
        /// What was refused.
        path: PathBuf,
        /// The reason, with what to do.
        why: String,
    },
    /// The record of what was deployed could not be used.
    Record(store::Error),
    /// No skill is called that.
    Unknown {
        /// The name, as given.
        name: String,
    },
}

impl Error {
    pub(super) fn io(what: &'static str, path: &Path, source: io::Error) -> Self {
        Self::Io { what, path: path.to_owned(), source }
    }

    pub(super) fn refused(path: &Path, why: impl Into<String>) -> Self {
        Self::Refused { path: path.to_owned(), why: why.into() }
    }
}

impl From<store::Error> for Error {
    fn from(error: store::Error) -> Self {
        Self::Record(error)
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Io { what, path, source } => {
                write!(f, "cannot {what} {}: {source}", path.display())
            }
            Self::Refused { path, why } => write!(f, "{} was left alone: {why}", path.display()),
            Self::Record(error) => write!(f, "{error}"),
            Self::Unknown { name } => {
                write!(f, "no skill is called {name:?}; `rejoin skills list` shows all")
            }
        }
    }
}

impl std::error::Error for Error {}
