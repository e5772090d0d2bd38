//! The journal: a session's records since its snapshot, in order.
//!
//! Every frame carries the generation it belongs to, so that the file needs no header and a journal
//! that should have been removed does no harm.

use std::fs::File;
use std::io::{Read, Seek};
use std::path::Path;

use super::dir;
use super::disk;
use super::error::{Error, Result};
use super::format;
use super::frame;

/// The most bytes of a journal. A writer that reaches it must fold it into a snapshot first: hooks
/// read the whole of it.
pub const MAX_JOURNAL: u64 = 8 << 20;

/// What a journal holds.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Journal {
    /// Generation and payload of each record that is whole, in order.
    pub(super) records: Vec<(u64, Vec<u8>)>,
    /// Complete lines that are no records: the disk damaged them.
    pub(super) damaged: usize,
    /// Where a record begins that its writer did not live to finish.
    pub(super) torn_at: Option<u64>,
}

/// Reads the journal; a missing one is empty.
pub(super) fn read(path: &Path) -> Result<Journal> {
    let Some((bytes, length)) = dir::read(path, MAX_JOURNAL)? else {
        return Ok(Journal::default());
    };
    let mut journal = scan(path, &bytes)?;
    if length > MAX_JOURNAL && journal.torn_at.take().is_some() {
        // No writer of ours gets here; what lies behind the limit is given up as a whole.
        journal.damaged += 1;
    }
    Ok(journal)
}

/// Whether there is no record, told by one look.
pub(super) fn is_empty(path: &Path) -> Result<bool> {
    match path.symlink_metadata() {
        Ok(meta) => Ok(meta.is_file() && meta.len() == 0),
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => Ok(true),
        Err(e) => Err(Error::io("look at", path, e)),
    }
}

fn scan(path: &Path, bytes: &[u8]) -> Result<Journal> {
    let mut journal = Journal::default();
    let mut position = 0;
    for line in bytes.split_inclusive(|byte| *byte == b'\n') {
        match line.strip_suffix(b"\n").map(frame::decode) {
            None => journal.torn_at = Some(position),
            Some(None) => journal.damaged += 1,
            Some(Some(frame)) if frame.version > frame::VERSION => {
                return Err(format::newer(path, frame.version));
            }
            Some(Some(frame)) => journal.records.push((frame.generation, frame.payload.to_vec())),
        }
        position += line.len() as u64;
    }
    Ok(journal)
}

/// Cuts what stands behind `at`: what an unfinished write left, or all that a snapshot includes. The file
/// stays: to make it anew would be most of what the next event writes. Under the lock.
pub(super) fn cut(path: &Path, at: u64) -> Result<()> {
    let Some((file, _)) = dir::open(path, dir::options().write())? else { return Ok(()) };
    disk::cut(&file, path, at).map_err(|e| Error::io("repair", path, e))
}

/// Appends one record by one write and returns the journal's length before and after. Under the lock.
pub(super) fn append(path: &Path, generation: u64, payload: &[u8]) -> Result<(u64, u64)> {
    let frame = encode(path, generation, payload)?;
    let Some((mut file, meta)) = dir::open(path, dir::options().read().write().create())? else {
        let gone = std::io::ErrorKind::NotFound.into();
        return Err(Error::io("create", path, gone));
    };
    let length = repair(&mut file, path, meta.len()).map_err(|e| Error::io("repair", path, e))?;
    let bytes = length + frame.len() as u64;
    if bytes > MAX_JOURNAL {
        return Err(Error::TooLarge { path: path.to_owned(), bytes, limit: MAX_JOURNAL });
    }
    write_or_undo(&mut file, path, length, &frame).map_err(|e| Error::io("write", path, e))?;
    Ok((length, bytes))
}

/// A record's frame, if it is fit to be one.
pub(super) fn encode(path: &Path, generation: u64, payload: &[u8]) -> Result<Vec<u8>> {
    if payload.contains(&b'\n') {
        return Err(Error::NotOneLine { path: path.to_owned() });
    }
    if payload.len() > frame::MAX_PAYLOAD {
        let (bytes, limit) = (payload.len() as u64, frame::MAX_PAYLOAD as u64);
        return Err(Error::TooLarge { path: path.to_owned(), bytes, limit });
    }
    Ok(frame::encode(generation, payload))
}

/// Cuts an unfinished last line, so that what is appended stands on a line of its own. Returns the
/// length that remains.
pub(super) fn repair(file: &mut File, path: &Path, length: u64) -> std::io::Result<u64> {
    if length == 0 || last(file, length)? == b'\n' {
        return Ok(length);
    }
    let mut bytes = Vec::new();
    file.rewind()?;
    file.read_to_end(&mut bytes)?;
    let end = bytes.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at as u64 + 1);
    disk::cut(file, path, end)?;
    Ok(end)
}

/// The last byte of a file of this length.
fn last(file: &mut File, length: u64) -> std::io::Result<u8> {
    let mut last = [0];
    #[cfg(unix)]
    std::os::unix::fs::FileExt::read_exact_at(file, &mut last, length - 1)?;
    #[cfg(not(unix))]
    {
        file.seek(std::io::SeekFrom::Start(length - 1))?;
        file.read_exact(&mut last)?;
    }
    Ok(last[0])
}

/// Writes `bytes` at the end; when the disk takes only a part (it is full), takes that part back.
pub(super) fn write_or_undo(
    file: &mut File,
    path: &Path,
    length: u64,
    bytes: &[u8],
) -> std::io::Result<()> {
    disk::write_at(file, path, length, bytes).inspect_err(|_| {
        // Should this fail as well, the next writer finds an unfinished line and cuts it.
        drop(disk::cut(file, path, length));
    })
}

#[cfg(test)]
mod tests;
