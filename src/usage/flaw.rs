//! Lines that don't count, and why.

use std::fmt;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::Path;

use super::ledger::SharedNames;
use super::scan::{Found, Scanner};

/// Why a line does not count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flaw {
    /// Zero bytes, as a crash of the machine leaves them.
    Zeros,
    /// Not a JSON object, or not a whole one.
    Torn,
    /// Longer than is read.
    TooLong,
    /// A response whose token counts are missing, negative or absurd.
    Tokens,
    /// A response without an id or a model, or with one that Claude Code would not write.
    Name,
    /// A response without a time, or with one that names no moment.
    Time,
    /// Running totals that can't be.
    Totals,
    /// A response of one model more than can be told apart.
    Models,
}

impl fmt::Display for Flaw {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Zeros => "begins with zero bytes, as a crash of the machine leaves them",
            Self::Torn => "is no whole JSON object: cut off, or run into the next line",
            Self::TooLong => "is longer than 8 MiB",
            Self::Tokens => "is a response with missing, negative or absurd token counts",
            Self::Name => "is a response without a proper id or model",
            Self::Time => "is a response without a time that names a moment",
            Self::Totals => "has totals that can't be",
            Self::Models => "is a response of one model too many",
        })
    }
}

/// A line that does not count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FlawedLine {
    /// From 1.
    pub number: u64,
    pub flaw: Flaw,
}

/// The lines of a transcript that don't count: the first ones, at most `most`.
pub fn flawed_lines(path: &Path, most: usize) -> io::Result<Vec<FlawedLine>> {
    let names = SharedNames::default();
    let mut scanner = Scanner::new(&names);
    scanner.keep_flaws(most);
    scanner.scan(&mut File::open(path)?, 0, &mut Found::default())?;
    Ok(scanner.flaws)
}

/// Why a file or folder can't be read; `None` when it can.
pub fn fault(path: &Path) -> Option<io::Error> {
    if path.is_dir() {
        return fs::read_dir(path).err();
    }
    File::open(path).and_then(|mut file| file.read(&mut [0])).err()
}
