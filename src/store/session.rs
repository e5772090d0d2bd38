//! One session's files.

mod locked;

use std::fs;
use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};
use serde::de::DeserializeOwned;

use super::dir;
use super::error::Result;
use super::format::{self, Snapshot};
use super::journal::{self, Journal};
use super::lock::Wait;
use super::paths::SessionId;
use super::pending::{self, Waiting};

pub(super) use locked::sweep_removed;
pub use locked::{Appended, SessionLock};

/// How often a reader begins anew because a writer replaced the snapshot meanwhile. Writers come at
/// the pace of a conversation; a second attempt is rare.
const ATTEMPTS: usize = 8;

/// A session of a project, whether or not anything is known of it yet.
#[derive(Debug, Clone)]
pub struct Session {
    id: SessionId,
    dir: PathBuf,
    /// Its directory was looked at when it was found.
    seen: bool,
}

/// What a session's files hold at one moment.
#[derive(Debug)]
pub struct Contents<S> {
    /// The state as last saved.
    pub snapshot: Option<S>,
    /// The records that the snapshot does not include, in order: those of the journal, then those
    /// that were left pending.
    pub records: Vec<Vec<u8>>,
    /// How many of the records, the last ones, were left pending. Their writers went on: what these
    /// wrote to the journal afterwards stands before.
    pub waited: usize,
    /// The number of the snapshot, one higher at each save; 0 without one. A derived file can name
    /// it, so that a reader sees whether it is current.
    pub generation: u64,
    /// What was wrong with the files, one line each; for the fault log.
    pub notes: Vec<String>,
}

impl Session {
    pub(super) fn new(sessions: &Path, id: &SessionId) -> Self {
        Self { id: id.clone(), dir: sessions.join(id.as_str()), seen: false }
    }

    /// The session, if its directory is seen to be there at one look.
    pub(super) fn seen(sessions: &Path, id: &SessionId) -> Option<Self> {
        let session = Self { seen: true, ..Self::new(sessions, id) };
        dir::is_closed(&session.dir).then_some(session)
    }

    /// The session's id.
    pub fn id(&self) -> &SessionId {
        &self.id
    }

    /// The session's directory, which may not exist yet.
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// Whether anything was recorded of the session.
    pub fn exists(&self) -> bool {
        self.snapshot().is_file()
            || self.journal().is_file()
            || pending::any(&self.dir).unwrap_or(false)
    }

    /// Takes the session's lock, creating its directory. Take it before the project's, and never
    /// while holding another session's.
    pub fn lock(&self, wait: Wait) -> Result<SessionLock> {
        SessionLock::take(self, wait)
    }

    /// Leaves a record for the next lock holder, for when the lock cannot be had or the state is in a
    /// newer format: nothing but a file of its own is written. A record is one line of at most
    /// [`MAX_PAYLOAD`](super::MAX_PAYLOAD) bytes.
    pub fn pend(&self, record: &[u8]) -> Result<()> {
        self.ensure()?;
        pending::leave(&self.dir, record)
    }

    /// Reads the session without a lock: what it holds at one moment during the call. Changes
    /// nothing; a session never seen is empty.
    ///
    /// Errors: [`Error::Newer`](super::Error::Newer), or the system's. Damage is a note.
    pub fn read<S: DeserializeOwned>(&self) -> Result<Contents<S>> {
        let mut attempt = 1;
        loop {
            let found = if self.is_there()? { Found::gather(self)? } else { Found::nothing() };
            // A save first replaces the snapshot, then removes what it includes: as long as the
            // snapshot is the same, nothing was missing.
            let now = format::generation(&self.snapshot())?;
            if found.unreadable.is_some() || found.base == now || attempt == ATTEMPTS {
                return Ok(found.into_contents());
            }
            attempt += 1;
        }
    }

    /// Whether the snapshot is of this generation, and nothing was recorded since.
    pub fn is_at(&self, generation: u64) -> Result<bool> {
        if generation == 0 || format::generation(&self.snapshot())? != Some(generation) {
            return Ok(false);
        }
        // A journal that a crash left is a reason to look closer, which is not done here.
        Ok(journal::is_empty(&self.journal())? && !pending::any(&self.dir)?)
    }

    /// The text of a file in the session's directory (`resume.md`, `compactions/0001.md`); `None`
    /// when there is none.
    pub fn read_file(&self, rel: &str) -> Result<Option<String>> {
        if self.is_there()? { dir::read_text(&self.dir, rel) } else { Ok(None) }
    }

    /// The names in a folder of the session's directory, sorted; empty when there is none.
    pub fn list(&self, folder: &str) -> Result<Vec<String>> {
        if self.is_there()? { dir::files(&self.dir, folder) } else { Ok(Vec::new()) }
    }

    /// When anything was recorded of the session last, as far as its files tell; `None` when there is
    /// none.
    pub fn changed(&self) -> Option<DateTime<Utc>> {
        let files = [self.snapshot(), self.journal(), pending::folder(&self.dir)];
        let times =
            files.iter().filter_map(|path| fs::symlink_metadata(path).ok()?.modified().ok());
        times.max().map(DateTime::from)
    }

    /// Bytes of the session's files.
    pub fn size(&self) -> u64 {
        dir::size(&self.dir)
    }

    /// Removes the session with everything in it.
    pub fn remove(&self, wait: Wait) -> Result<()> {
        if self.is_there()? { self.lock(wait)?.remove() } else { Ok(()) }
    }

    fn snapshot(&self) -> PathBuf {
        self.dir.join("state.json")
    }

    fn journal(&self) -> PathBuf {
        self.dir.join("journal")
    }

    /// The directory that all sessions of the project lie in.
    fn parent(&self) -> &Path {
        self.dir.parent().unwrap_or(&self.dir)
    }

    fn ensure(&self) -> Result<()> {
        dir::ensure(self.parent())?;
        dir::ensure(&self.dir)
    }

    fn is_there(&self) -> Result<bool> {
        Ok(dir::check(self.parent())? && dir::check(&self.dir)?)
    }
}

/// All that a session's files say, before anything is done about it.
struct Found<S> {
    /// The snapshot's generation.
    base: Option<u64>,
    state: Option<S>,
    unreadable: Option<String>,
    journal: Journal,
    waiting: Waiting,
}

impl<S: DeserializeOwned> Found<S> {
    fn nothing() -> Self {
        Self {
            base: None,
            state: None,
            unreadable: None,
            journal: Journal::default(),
            waiting: Waiting::default(),
        }
    }

    /// Reads the files of a session whose directory is there.
    fn gather(session: &Session) -> Result<Self> {
        let mut found = Self::nothing();
        let mut folded = Vec::new();
        match format::read(&session.snapshot())? {
            Snapshot::Absent => {}
            Snapshot::Unreadable(why) => found.unreadable = Some(why),
            Snapshot::Read(envelope) => {
                found.base = Some(envelope.generation);
                found.state = Some(envelope.state);
                folded = envelope.folded;
            }
        }
        found.journal = journal::read(&session.journal())?;
        found.waiting = pending::gather(&session.dir, &folded)?;
        Ok(found)
    }
}

impl<S> Found<S> {
    /// The highest generation in use: the next save must go above it.
    fn newest(&self) -> u64 {
        let journal = self.journal.records.iter().map(|(generation, _)| *generation).max();
        self.base.max(journal).unwrap_or(0)
    }

    fn into_contents(self) -> Contents<S> {
        let mut notes = Vec::new();
        let count = |notes: &mut Vec<String>, count: usize, what: &str| {
            if count > 0 {
                notes.push(format!("{count} {what}"));
            }
        };
        notes.extend(self.unreadable.map(|why| format!("state.json is unreadable: {why}")));
        count(&mut notes, self.journal.damaged, "damaged journal records were left out");
        count(&mut notes, self.waiting.damaged.len(), "damaged pending records were left out");
        count(&mut notes, self.waiting.later, "pending records wait for the next load");
        // Without a snapshot nothing is included in one: every record counts.
        let base = self.base.unwrap_or(0);
        let waited = self.waiting.fresh.len();
        let journal = self.journal.records.into_iter();
        let records = journal
            .filter(|(generation, _)| *generation >= base)
            .chain(self.waiting.fresh.into_iter().map(|(_, payload)| (0, payload)))
            .map(|(_, payload)| payload)
            .collect();
        Contents { snapshot: self.state, records, waited, generation: base, notes }
    }
}

#[cfg(test)]
mod tests;
