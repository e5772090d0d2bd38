//! The JSON files: their format number, and the snapshot's envelope.
//!
//! `{"format":1,"generation":3,"folded":[…],"state":{…}}`: the number stands first, so that it is
//! found without reading the rest, in whatever version the rest is.

use std::path::Path;

use serde::de::{DeserializeOwned, IgnoredAny};
use serde::{Deserialize, Serialize};

use super::dir;
use super::error::{Error, Result};

/// The format this program writes, and the latest it reads.
pub(super) const KNOWN: u32 = 1;

/// A larger snapshot is not read: parsing it would cost every hook milliseconds.
pub(super) const MAX_SNAPSHOT: u64 = 256 << 10;

/// Room for a snapshot of the usual size. What stays unused is not touched.
const ROOM: usize = 32 << 10;

/// A snapshot as found on disk.
#[derive(Debug)]
pub(super) enum Snapshot<S> {
    Absent,
    /// Why it could not be read.
    Unreadable(String),
    Read(Envelope<S>),
}

/// A session's state with what it includes.
#[derive(Debug, Deserialize)]
pub(super) struct Envelope<S> {
    /// The journal's records of this generation and later are not included.
    pub(super) generation: u64,
    /// The pending files that are included.
    pub(super) folded: Vec<String>,
    pub(super) state: S,
}

#[derive(Serialize)]
struct Out<'a, S> {
    format: u32,
    generation: u64,
    folded: &'a [String],
    state: &'a S,
}

/// Reads a snapshot. Errors: [`Error::Newer`], or the system's.
pub(super) fn read<S: DeserializeOwned>(path: &Path) -> Result<Snapshot<S>> {
    // One byte more than allowed tells a file that is too large.
    let Some((bytes, length)) = dir::read(path, MAX_SNAPSHOT + 1)? else {
        return Ok(Snapshot::Absent);
    };
    check(path, &bytes)?;
    if length > MAX_SNAPSHOT {
        return Ok(Snapshot::Unreadable(format!("it has {length} bytes")));
    }
    if !is_object(&bytes) {
        return Ok(Snapshot::Unreadable("it is no JSON object".to_owned()));
    }
    // Checked once, not string by string.
    let Ok(text) = std::str::from_utf8(&bytes) else {
        return Ok(Snapshot::Unreadable("it is not UTF-8".to_owned()));
    };
    Ok(match serde_json::from_str(text) {
        Ok(envelope) => Snapshot::Read(envelope),
        Err(e) => Snapshot::Unreadable(e.to_string()),
    })
}

/// The bytes of a snapshot; refuses what [`read`] would.
pub(super) fn encode<S: Serialize>(
    path: &Path,
    generation: u64,
    folded: &[String],
    state: &S,
) -> Result<Vec<u8>> {
    let bytes = line(path, &Out { format: KNOWN, generation, folded, state }, ROOM)?;
    if bytes.len() as u64 > MAX_SNAPSHOT {
        let bytes = bytes.len() as u64;
        return Err(Error::TooLarge { path: path.to_owned(), bytes, limit: MAX_SNAPSHOT });
    }
    Ok(bytes)
}

/// A value as one line of JSON with its line end.
pub(super) fn json<T: Serialize>(path: &Path, value: &T) -> Result<Vec<u8>> {
    line(path, value, 1 << 10)
}

/// [`json`], with room for so many bytes at first.
fn line<T: Serialize>(path: &Path, value: &T, room: usize) -> Result<Vec<u8>> {
    let mut out = Bytes(Vec::with_capacity(room));
    serde_json::to_writer(&mut out, value).map_err(|e| Error::io("write down", path, e.into()))?;
    out.0.push(b'\n');
    Ok(out.0)
}

/// Takes JSON in. Half of what a serializer writes is one byte.
struct Bytes(Vec<u8>);

impl std::io::Write for Bytes {
    #[inline]
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.write_all(bytes).map(|()| bytes.len())
    }

    #[inline]
    fn write_all(&mut self, bytes: &[u8]) -> std::io::Result<()> {
        match bytes {
            [byte] => self.0.push(*byte),
            bytes => self.0.extend_from_slice(bytes),
        }
        Ok(())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// The generation a snapshot names, from its first bytes; `None` when there is no readable snapshot.
pub(super) fn generation(path: &Path) -> Result<Option<u64>> {
    let Some((start, _)) = dir::read(path, 80)? else { return Ok(None) };
    if let Some((format, Some(generation))) = head(&start) {
        return if format > KNOWN { Err(newer(path, format)) } else { Ok(Some(generation)) };
    }
    // Not as we write it (edited by hand, say), yet perhaps as good.
    match read::<IgnoredAny>(path)? {
        Snapshot::Read(envelope) => Ok(Some(envelope.generation)),
        Snapshot::Absent | Snapshot::Unreadable(_) => Ok(None),
    }
}

/// Whether a JSON file can be one of ours: serde would fill a struct from the elements of an array, too.
pub(super) fn is_object(bytes: &[u8]) -> bool {
    bytes.trim_ascii_start().starts_with(b"{")
}

/// Refuses a JSON file in a later format than this program knows. A file that names no format is no
/// reason to: it will not parse, or parse well enough.
pub(super) fn check(path: &Path, bytes: &[u8]) -> Result<()> {
    #[derive(Deserialize)]
    struct Any {
        format: u64,
    }
    let format = match head(bytes) {
        Some((format, _)) => format,
        None if !is_object(bytes) => return Ok(()),
        None => match serde_json::from_slice::<Any>(bytes) {
            Ok(any) => u32::try_from(any.format).unwrap_or(u32::MAX),
            Err(_) => return Ok(()),
        },
    };
    if format > KNOWN { Err(newer(path, format)) } else { Ok(()) }
}

pub(super) fn newer(path: &Path, found: u32) -> Error {
    Error::Newer { path: path.to_owned(), found, known: KNOWN }
}

/// Format and generation from the start of a file that begins as we write it.
fn head(bytes: &[u8]) -> Option<(u32, Option<u64>)> {
    let (format, rest) = number(bytes.strip_prefix(b"{\"format\":")?)?;
    let generation = rest.strip_prefix(b",\"generation\":").and_then(number);
    Some((u32::try_from(format).unwrap_or(u32::MAX), generation.map(|(number, _)| number)))
}

/// A decimal number that is known to be whole because something follows it.
fn number(bytes: &[u8]) -> Option<(u64, &[u8])> {
    let end = bytes.iter().position(|byte| !byte.is_ascii_digit())?;
    let (digits, rest) = bytes.split_at(end);
    Some((std::str::from_utf8(digits).ok()?.parse().ok()?, rest))
}

#[cfg(test)]
mod tests;
