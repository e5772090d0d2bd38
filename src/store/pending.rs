//! Records of writers who did not get the lock: one file each, folded in by the next holder.
//!
//! A pending file is one frame of generation 0, under a name that sorts by time. Frozen: whatever
//! version of the program left it, every later one reads it.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

use super::atomic::{self, Durability};
use super::dir;
use super::error::{Error, Result};
use super::frame;
use super::journal;

/// The most that one load takes in; what is left waits for the next.
const MAX_LOAD: usize = 8 << 20;

/// What waits in a session's `pending` folder.
#[derive(Debug, Default)]
pub(super) struct Waiting {
    /// Name and payload of the records nobody has folded in, oldest first.
    pub(super) fresh: Vec<(String, Vec<u8>)>,
    /// Names that the snapshot already includes.
    pub(super) folded: Vec<String>,
    /// Names of files that hold no record.
    pub(super) damaged: Vec<String>,
    /// What killed writers left.
    pub(super) temporary: Vec<String>,
    /// How many records wait for another load.
    pub(super) later: usize,
}

/// The folder of a session's pending records.
pub(super) fn folder(session: &Path) -> PathBuf {
    session.join("pending")
}

/// Leaves one record, without any lock.
pub(super) fn leave(session: &Path, payload: &[u8]) -> Result<()> {
    let folder = folder(session);
    dir::ensure(&folder)?;
    let path = folder.join(name());
    let frame = journal::encode(&path, 0, payload)?;
    atomic::replace(&folder, &path, &frame, Durability::Cached)
}

/// `<milliseconds since 1970>-<process>-<count>-<random>`: in order of time, and within a process in
/// order of writing; the random part tells apart processes of two containers.
fn name() -> String {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let millis = crate::clock::now().timestamp_millis().max(0);
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    format!("{millis:014}-{:010}-{count:06}-{:08x}", std::process::id(), atomic::random() as u32)
}

/// Whether any record waits.
pub(super) fn any(session: &Path) -> Result<bool> {
    Ok(dir::names(&folder(session))?.iter().any(|name| !name.contains('.')))
}

/// Reads what waits, given the names that the snapshot includes. Changes nothing.
pub(super) fn gather(session: &Path, included: &[String]) -> Result<Waiting> {
    let folder = folder(session);
    let mut waiting = Waiting::default();
    let mut bytes = 0;
    for name in dir::names(&folder)? {
        if atomic::is_temporary(&name) {
            waiting.temporary.push(name);
        } else if name.contains('.') {
            // Moved aside earlier.
        } else if included.contains(&name) {
            waiting.folded.push(name);
        } else if bytes > MAX_LOAD {
            waiting.later += 1;
        } else {
            match read(&folder.join(&name)) {
                Record::Whole(payload) => {
                    bytes += payload.len();
                    waiting.fresh.push((name, payload));
                }
                Record::Damaged => waiting.damaged.push(name),
                Record::Later => waiting.later += 1,
                Record::Gone => {}
            }
        }
    }
    Ok(waiting)
}

enum Record {
    Whole(Vec<u8>),
    Damaged,
    /// The system would not read it now (too many open files, say): it may the next time.
    Later,
    /// Folded in by a lock holder since the folder was listed.
    Gone,
}

/// One bad file must not keep the others from being read.
fn read(path: &Path) -> Record {
    let limit = (frame::MAX_PAYLOAD + frame::MAX_HEAD) as u64;
    match dir::read(path, limit) {
        Ok(None) => Record::Gone,
        Err(Error::Io { .. }) => Record::Later,
        Err(_) => Record::Damaged,
        Ok(Some((bytes, _))) => match bytes.strip_suffix(b"\n").and_then(frame::decode) {
            Some(frame) => Record::Whole(frame.payload.to_vec()),
            None => Record::Damaged,
        },
    }
}
