//! What the holder of a session's lock may do.

use std::io::ErrorKind;
use std::mem;
use std::path::Path;

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::{Contents, Found, Session};
use crate::store::atomic::{self, Durability};
use crate::store::dir;
use crate::store::disk;
use crate::store::error::{Error, Result};
use crate::store::format;
use crate::store::journal;
use crate::store::lock::{self, Held, Wait};
use crate::store::pending;

/// The first line of an append-only file of lines.
const LINES_HEAD: &[u8] = b"{\"format\":1}\n";

/// A session whose lock is held; released when dropped.
#[derive(Debug)]
pub struct SessionLock {
    session: Session,
    /// The generation to append under; unknown until asked for.
    generation: Option<u64>,
    loaded: Option<Loaded>,
    _held: Held,
}

/// A record that was appended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Appended {
    /// The journal's length in bytes: a caller folds it into a snapshot before it grows long.
    pub length: u64,
    /// It is the first since a snapshot.
    pub first: bool,
}

/// What the last load handed out, hence the next save includes.
#[derive(Debug)]
struct Loaded {
    /// The highest generation in use.
    newest: u64,
    /// Whether there was a snapshot.
    saved: bool,
    /// Whether the journal has nothing in it.
    blank: bool,
    /// The pending files that were handed out.
    taken: Vec<String>,
    /// Pending files that an earlier snapshot includes and that could not be removed.
    kept: Vec<String>,
}

impl SessionLock {
    pub(super) fn take(session: &Session, wait: Wait) -> Result<Self> {
        // Whoever removes the session meanwhile removes the directory that was seen.
        let mut seen = session.seen;
        let prepare = || if mem::take(&mut seen) { Ok(()) } else { session.ensure() };
        let held = lock::acquire(&session.dir.join("lock"), wait, prepare)?;
        Ok(Self { session: session.clone(), generation: None, loaded: None, _held: held })
    }

    /// The session that is locked.
    pub fn session(&self) -> &Session {
        &self.session
    }

    /// Reads the session and tidies up after killed writers: cuts an unfinished record, sweeps
    /// temporary files, moves unreadable files aside (and says so in the notes).
    ///
    /// Errors: [`Error::Newer`]: nothing was touched, leave the event with
    /// [`pend`](Session::pend).
    pub fn load<S: DeserializeOwned>(&mut self) -> Result<Contents<S>> {
        // Its directory was looked at when the lock was taken.
        let found = Found::<S>::gather(&self.session)?;
        if found.unreadable.is_some() {
            atomic::move_aside(&self.session.snapshot())?;
        }
        if let Some(at) = found.journal.torn_at {
            journal::cut(&self.session.journal(), at)?;
        }
        let pending = pending::folder(&self.session.dir);
        for name in &found.waiting.damaged {
            atomic::move_aside(&pending.join(name))?;
        }
        for name in &found.waiting.temporary {
            atomic::discard(&pending.join(name));
        }
        atomic::sweep(&self.session.dir)?;
        let kept = remove_pending(&pending, found.waiting.folded.clone());
        self.generation = Some(found.base.unwrap_or(0));
        self.loaded = Some(Loaded {
            newest: found.newest(),
            saved: found.base.is_some(),
            blank: found.journal == journal::Journal::default(),
            taken: found.waiting.fresh.iter().map(|(name, _)| name.clone()).collect(),
            kept,
        });
        Ok(found.into_contents())
    }

    /// Appends a record, one line of at most [`MAX_PAYLOAD`](crate::store::MAX_PAYLOAD) bytes, by one
    /// write. Needs no load.
    ///
    /// Errors: [`Error::TooLarge`] when the journal would exceed
    /// [`MAX_JOURNAL`](crate::store::MAX_JOURNAL); [`Error::Newer`]. Nothing was written then.
    pub fn append(&mut self, record: &[u8]) -> Result<Appended> {
        let generation = match self.generation {
            Some(known) => known,
            // The snapshot's generation, not the journal's: after a crash between the two steps of a
            // save, the journal is one that nobody reads any more.
            None => format::generation(&self.session.snapshot())?.unwrap_or(0),
        };
        self.generation = Some(generation);
        if let Some(loaded) = &mut self.loaded {
            loaded.blank = false;
        }
        let (before, length) = journal::append(&self.session.journal(), generation, record)?;
        // The first snapshot's generation is 1.
        Ok(Appended { length, first: before == 0 && generation > 0 })
    }

    /// Replaces the snapshot and returns its generation. The state must include every record of the
    /// last [`load`](Self::load) and what was appended through this lock since: they are removed.
    ///
    /// After an error the session is as before or as after the save; load again to know.
    ///
    /// Errors: [`Error::TooLarge`] above 256 KiB (nothing was written), [`Error::NotLoaded`].
    pub fn save<S: Serialize>(&mut self, state: &S, durability: Durability) -> Result<u64> {
        let blank = self.loaded.as_ref().is_some_and(|loaded| loaded.blank);
        let (generation, included) = self.replace_snapshot(state, durability)?;
        self.remove_included(generation, included, blank);
        Ok(generation)
    }

    /// The first step of a save, after which it counts.
    pub(super) fn replace_snapshot<S: Serialize>(
        &mut self,
        state: &S,
        durability: Durability,
    ) -> Result<(u64, Vec<String>)> {
        let path = self.session.snapshot();
        let Some(loaded) = &self.loaded else { return Err(Error::NotLoaded { path }) };
        let generation = loaded.newest + 1;
        let included = [&loaded.kept[..], &loaded.taken[..]].concat();
        let first = !loaded.saved;
        let bytes = format::encode(&path, generation, &included, state)?;
        // Should the next lines fail halfway, nothing that was known is known any more.
        self.loaded = None;
        self.generation = None;
        atomic::replace(&self.session.dir, &path, &bytes, durability)?;
        if first && durability == Durability::Synced {
            self.sync_ancestors()?;
        }
        Ok((generation, included))
    }

    /// The second step: removes what the snapshot includes. What a crash or an error leaves is
    /// skipped by every reader: the journal for its generation, a pending file for its name.
    fn remove_included(&mut self, generation: u64, included: Vec<String>, blank: bool) {
        if !blank {
            // Records that stay are skipped, like those of a crash right here.
            drop(journal::cut(&self.session.journal(), 0));
        }
        let kept = remove_pending(&pending::folder(&self.session.dir), included);
        self.generation = Some(generation);
        self.loaded =
            Some(Loaded { newest: generation, saved: true, blank: false, taken: Vec::new(), kept });
    }

    /// The directories that lead to a new session may be as new: sessions, project, projects, root.
    fn sync_ancestors(&self) -> Result<()> {
        self.session.dir.ancestors().skip(1).take(4).try_for_each(atomic::sync_dir)
    }

    /// Replaces a file that is derived from the state, without sync: it can be made again.
    pub fn write_derived(&self, name: &str, text: &str) -> Result<()> {
        self.write_file(name, text, Durability::Cached)
    }

    /// Replaces a file of the session, `name` or `folder/name`, whole.
    pub fn write_file(&self, rel: &str, text: &str, durability: Durability) -> Result<()> {
        let target = dir::place(&self.session.dir, rel)?;
        atomic::replace(&self.session.dir, &target, text.as_bytes(), durability)
    }

    /// Appends lines to a file whose first line names the format (`{"format":1}`), by one write. An
    /// unfinished line of a killed writer is cut. The file's name is durable with the next synced write to
    /// the session.
    pub fn append_lines(
        &self,
        name: &str,
        lines: &[impl AsRef<str>],
        durability: Durability,
    ) -> Result<()> {
        let path = dir::place(&self.session.dir, name)?;
        if lines.iter().any(|line| line.as_ref().contains('\n')) {
            return Err(Error::NotOneLine { path });
        }
        let mut bytes = Vec::new();
        for line in lines {
            bytes.extend_from_slice(line.as_ref().as_bytes());
            bytes.push(b'\n');
        }
        append_lines(&path, bytes, durability)
    }

    /// Removes the session with everything in it, the lock included.
    pub fn remove(self) -> Result<()> {
        let gone = format!("{REMOVED}{:016x}", atomic::random());
        let gone = self.session.parent().join(gone);
        // In one step, so that no reader meets half a session. Where a directory with open files
        // cannot be renamed, it is emptied in place.
        let doomed = match disk::rename(&self.session.dir, &gone) {
            Ok(()) => gone,
            Err(_) => self.session.dir.clone(),
        };
        remove_all(&doomed)?;
        sweep_removed(self.session.parent())
    }
}

/// Removes what processes that died left of the sessions that they were removing.
pub(in crate::store) fn sweep_removed(sessions: &Path) -> Result<()> {
    for name in dir::names(sessions)?.iter().filter(|name| name.starts_with(REMOVED)) {
        remove_all(&sessions.join(name))?;
    }
    Ok(())
}

/// The start of the name of a session on its way out; no session id starts with a dot.
const REMOVED: &str = ".removed-";

fn remove_all(path: &Path) -> Result<()> {
    match disk::remove_all(path) {
        Err(e) if e.kind() != ErrorKind::NotFound => Err(Error::io("remove", path, e)),
        _ => Ok(()),
    }
}

/// Removes pending files; returns the names of those that are still there.
fn remove_pending(folder: &Path, mut names: Vec<String>) -> Vec<String> {
    names.retain(|name| !atomic::discard(&folder.join(name)));
    names
}

fn append_lines(path: &Path, mut lines: Vec<u8>, durability: Durability) -> Result<()> {
    let Some((mut file, meta)) = dir::open(path, dir::options().read().write().create())? else {
        return Err(Error::io("create", path, ErrorKind::NotFound.into()));
    };
    let mut head = [0; LINES_HEAD.len() + 8];
    let known = dir::fill(&mut file, &mut head).map_err(|e| Error::io("read", path, e))?;
    if known > 0 {
        let head = &head[..known];
        format::check(path, head.split(|byte| *byte == b'\n').next().unwrap_or(head))?;
    }
    let length =
        journal::repair(&mut file, path, meta.len()).map_err(|e| Error::io("repair", path, e))?;
    if length == 0 {
        lines.splice(..0, LINES_HEAD.iter().copied());
    }
    journal::write_or_undo(&mut file, path, length, &lines)
        .map_err(|e| Error::io("write", path, e))?;
    if durability == Durability::Synced {
        disk::sync(&file, path).map_err(|e| Error::io("sync", path, e))?;
    }
    Ok(())
}
