//! How far a transcript was read, and whether it is still the same file.

use super::chain::Chain;
use super::copies::Copies;
use super::read_at;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use std::fs::File;
use std::io;

/// Bytes that are compared to tell whether a file is the one that was read.
const PROBE: u64 = 256;

/// How far a transcript was read. Never past an unfinished line.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cursor {
    /// The next unread byte.
    pub offset: u64,
    /// Hash of the file's first bytes, and how many were hashed.
    head: (u64, u64),
    /// Hash of the bytes before `offset`.
    before: u64,
    /// The conversation's live branch.
    pub(super) chain: Chain,
    /// What was written a second time.
    #[serde(default, skip_serializing_if = "Copies::is_empty")]
    pub(super) copies: Copies,
    /// Time of the last line that had one.
    #[serde(with = "crate::time::option")]
    pub(super) time: Option<DateTime<Utc>>,
    /// Bytes that were left out of the first reading.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub gap: u64,
    /// Lines that could not be read (not JSON, or too long).
    #[serde(default, skip_serializing_if = "is_zero")]
    pub skipped: u64,
    /// The file is a subagent's: its lines are a conversation of their own.
    #[serde(skip)]
    pub(super) sidechain: bool,
    /// Lines of a type that is not known.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub unknown: u64,
}

#[allow(clippy::trivially_copy_pass_by_ref)]
fn is_zero(n: &u64) -> bool {
    *n == 0
}

/// FNV-1a, 64 bits: to tell files and lines apart, not against an adversary.
pub(super) fn hash(bytes: &[u8]) -> u64 {
    bytes
        .iter()
        .fold(0xcbf2_9ce4_8422_2325, |h, b| (h ^ u64::from(*b)).wrapping_mul(0x0000_0100_0000_01b3))
}

fn probe(file: &mut File, from: u64, len: u64, bytes: &mut u64) -> io::Result<u64> {
    let mut buffer = [0; PROBE as usize];
    let probed = &mut buffer[..len.min(PROBE) as usize];
    read_at(file, probed, from)?;
    *bytes += probed.len() as u64;
    Ok(hash(probed))
}

impl Cursor {
    /// The beginning of a subagent's transcript.
    pub fn of_sidechain() -> Self {
        Self { sidechain: true, ..Self::default() }
    }

    /// Whether the file still begins, and stands before the cursor, as it did.
    pub(super) fn fits(&self, file: &mut File, len: u64, bytes: &mut u64) -> io::Result<bool> {
        if self.offset == 0 {
            return Ok(true);
        }
        let back = self.offset.min(PROBE);
        Ok(self.offset <= len
            && probe(file, 0, self.head.1, bytes)? == self.head.0
            && probe(file, self.offset - back, back, bytes)? == self.before)
    }

    /// Remembers what the file looks like around the cursor.
    pub(super) fn seal(&mut self, file: &mut File, bytes: &mut u64) -> io::Result<()> {
        let back = self.offset.min(PROBE);
        self.head = (probe(file, 0, back, bytes)?, back);
        self.before = probe(file, self.offset - back, back, bytes)?;
        Ok(())
    }

    /// Leaves out everything up to `offset`; the chain is unknown there.
    pub(super) fn skip_to(&mut self, offset: u64) {
        self.gap += offset.saturating_sub(self.offset);
        self.offset = self.offset.max(offset);
        self.chain.lose();
    }
}
