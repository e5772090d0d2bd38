//! Everything that was found in the transcripts: rows, the names they refer to, and the files.

use std::collections::HashMap;
use std::ops::Range;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use super::line::CostState;
use super::prices::Service;
use super::row::Row;

/// A model as it was served.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct ModelName {
    pub name: Arc<str>,
    pub service: Service,
}

/// What is known of one transcript file.
#[derive(Debug, Clone)]
pub(super) struct Transcript {
    pub path: PathBuf,
    /// Name of the folder below `projects`: Claude Code's spelling of where the session was started.
    pub project: Arc<str>,
    /// Index of the session that the file belongs to, by its place.
    pub session: u32,
    pub read: ReadState,
    /// Its rows in the ledger.
    pub rows: Range<usize>,
}

/// How far a file was read, and what was found beside rows.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct ReadState {
    /// Size and modification time (nanoseconds since 1970) before it was read.
    pub size: u64,
    pub modified: i64,
    /// Where the first line begins that is not finished yet.
    pub offset: u64,
    /// Hash of the first 256 bytes and of the 256 before `offset`.
    pub mark: u64,
    /// Lines that could not be read.
    pub skipped: u32,
    /// Whether the unfinished end of the file could not be read either.
    pub torn_tail: bool,
    /// The working directory of its first response.
    pub cwd: Option<Box<str>>,
    pub cost: Option<CoveringCost>,
}

/// The last running totals in a file, and which responses they contain.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct CoveringCost {
    pub state: CostState,
    /// How many of the file's rows stand before them.
    pub rows: u32,
    /// Time of the first response in the file after them, or the end of time. A subagent's responses
    /// after it are not contained.
    pub until: u32,
}

/// Strings by number.
#[derive(Debug)]
pub(super) struct Names<T> {
    numbers: HashMap<T, u32>,
    list: Vec<T>,
}

impl<T: Clone + Eq + std::hash::Hash> Names<T> {
    pub(super) fn number(&mut self, name: &T) -> u32 {
        if let Some(number) = self.numbers.get(name) {
            return *number;
        }
        let number = self.list.len() as u32;
        self.list.push(name.clone());
        self.numbers.insert(name.clone(), number);
        number
    }

    pub(super) fn name(&self, number: u32) -> &T {
        &self.list[number as usize]
    }

    pub(super) fn len(&self) -> usize {
        self.list.len()
    }
}

impl<T> Default for Names<T> {
    fn default() -> Self {
        Self { numbers: HashMap::new(), list: Vec::new() }
    }
}

/// The names that rows refer to by number.
#[derive(Debug, Default)]
pub(super) struct NameTables {
    pub sessions: Names<Arc<str>>,
    pub models: Names<ModelName>,
}

/// Names shared by the threads that read.
#[derive(Debug, Default)]
pub(super) struct SharedNames(Mutex<NameTables>);

impl SharedNames {
    pub(super) fn new(tables: NameTables) -> Self {
        Self(Mutex::new(tables))
    }

    /// Uses the tables; a panic elsewhere cannot leave them half changed.
    pub(super) fn with<R>(&self, use_them: impl FnOnce(&mut NameTables) -> R) -> R {
        use_them(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    pub(super) fn into_inner(self) -> NameTables {
        self.0.into_inner().unwrap_or_else(PoisonError::into_inner)
    }
}

/// All rows of all files. Rows that several files have in common are still there once per file.
#[derive(Debug, Default)]
pub(super) struct Ledger {
    pub names: NameTables,
    pub rows: Vec<Row>,
    /// In the order of their paths.
    pub transcripts: Vec<Transcript>,
}
