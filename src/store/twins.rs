//! Two registrations of the same hooks (in the settings and as a plugin): of two equal events one
//! goes on.
//!
//! Claude Code starts both copies at the same moment with the same bytes. Whoever comes first holds the
//! lock of the file `twins/<hash of the input>-<stretch of time>` while it works, and leaves a byte there
//! when the event is safe. Its twin waits for that; where the first was killed before, the lock is free
//! and the file empty, and the twin goes on in its place. A marker `plugin` says that a plugin starts
//! hooks at all, so that everybody else pays one look for it.

use std::path::PathBuf;

use chrono::{DateTime, TimeDelta, Utc};

use super::error::{Error, Result};
use super::lock::{self, Held, Wait};
use super::{Store, atomic, dir, disk, paths};

/// The marker's name, and what it says to who finds it.
const MARKER: &str = "plugin";
const TEXT: &str =
    "a Claude Code plugin starts rejoin's hooks; without it this file has no meaning\n";

/// A plugin that was not seen for so long is gone.
const GONE: TimeDelta = TimeDelta::days(1);

/// How often the marker is renewed.
const RENEWED: TimeDelta = TimeDelta::hours(1);

/// Equal inputs count as one event within this stretch and the one before, 5 to 10 s: a twin is
/// there within milliseconds, and only an equal input (no prompt or batch has its like) can be lost.
const STRETCH: i64 = 5;

const FOLDER: &str = "twins";

impl Store {
    /// Whether a plugin has started hooks within the last day.
    pub fn has_plugin(&self, now: DateTime<Utc>) -> bool {
        self.plugin_seen().is_some_and(|seen| now.signed_duration_since(seen) < GONE)
    }

    /// Notes that a plugin starts hooks.
    pub fn note_plugin(&self, now: DateTime<Utc>) -> Result<()> {
        match self.plugin_seen() {
            Some(seen) if now.signed_duration_since(seen).abs() < RENEWED => Ok(()),
            _ => self.write_file(MARKER, TEXT),
        }
    }

    fn plugin_seen(&self) -> Option<DateTime<Utc>> {
        let meta = std::fs::symlink_metadata(self.root().join(MARKER)).ok()?;
        meta.modified().ok().map(DateTime::from)
    }

    /// Takes the event whose input these bytes are; `None` when its twin has it, or does not end its work
    /// on it within `wait`.
    pub fn take(&self, input: &[u8], now: DateTime<Utc>, wait: Wait) -> Result<Option<Taken>> {
        let folder = self.root().join(FOLDER);
        let hash = paths::fnv1a(input);
        let stretch = now.timestamp().div_euclid(STRETCH);
        let path = |stretch: i64| folder.join(format!("{hash:016x}-{stretch}"));
        let earlier = path(stretch - 1);
        let path = if earlier.symlink_metadata().is_ok() { earlier } else { path(stretch) };
        let held = match lock::acquire(&path, wait, || dir::ensure(&folder)) {
            Ok(held) => held,
            Err(Error::Busy { .. }) => return Ok(None),
            Err(error) => return Err(error),
        };
        let meta = held.file.metadata().map_err(|error| Error::io("look at", &path, error))?;
        if meta.len() > 0 {
            return Ok(None);
        }
        for name in dir::names(&folder)? {
            let of = name.rsplit_once('-').and_then(|(_, of)| of.parse::<i64>().ok());
            if paths::split(&name).is_ok() && of.is_none_or(|of| (of - stretch).abs() > 1) {
                atomic::discard(&folder.join(name));
            }
        }
        Ok(Some(Taken { held, path }))
    }
}

/// An event that is this process's to handle, until dropped.
#[derive(Debug)]
pub struct Taken {
    held: Held,
    path: PathBuf,
}

impl Taken {
    /// Tells the twin that the event is safe.
    pub fn done(mut self) -> Result<()> {
        disk::write(&mut self.held.file, &self.path, 0, b".")
            .map_err(|error| Error::io("write", &self.path, error))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::disallowed_methods)]

    use super::*;

    fn at(second: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_800_000_000 + second, 0).unwrap()
    }

    /// Whether an event is ours; we are done with it at once.
    fn take(store: &Store, input: &[u8], now: DateTime<Utc>) -> bool {
        let taken = store.take(input, now, Wait::Forever).unwrap();
        let ours = taken.is_some();
        taken.map_or(Ok(()), Taken::done).unwrap();
        ours
    }

    #[test]
    fn of_two_equal_events_one_goes_on() {
        let scratch = tempfile::tempdir().unwrap();
        let store = Store::open(&scratch.path().join("state")).unwrap();
        assert!(take(&store, b"one", at(4)));
        assert!(!take(&store, b"one", at(4)), "at once");
        assert!(!take(&store, b"one", at(5)), "over the edge of a stretch");
        assert!(take(&store, b"two", at(4)), "another input");
        assert!(take(&store, b"one", at(15)), "the same much later");
        let left = dir::names(&store.root().join(FOLDER)).unwrap();
        assert_eq!(left.len(), 1, "what is past is swept: {left:?}");
    }

    #[test]
    fn of_many_at_once_one_goes_on() {
        let scratch = tempfile::tempdir().unwrap();
        let store = Store::open(&scratch.path().join("state")).unwrap();
        let taken: usize = std::thread::scope(|scope| {
            let take = || usize::from(take(&store, b"one", at(0)));
            let threads: Vec<_> = (0..8).map(|_| scope.spawn(take)).collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).sum()
        });
        assert_eq!(taken, 1);
    }

    #[test]
    fn what_the_first_did_not_end_is_the_second_s() {
        let scratch = tempfile::tempdir().unwrap();
        let store = Store::open(&scratch.path().join("state")).unwrap();
        let first = store.take(b"one", at(4), Wait::Forever).unwrap().unwrap();
        let soon = Wait::For(std::time::Duration::from_millis(1));
        assert!(store.take(b"one", at(4), soon).unwrap().is_none(), "it works on it");
        // As the system does when a process is killed.
        drop(first);
        assert!(take(&store, b"one", at(6)), "over the edge of a stretch, too");
        assert!(!take(&store, b"one", at(6)));
    }

    #[test]
    fn a_plugin_is_known_for_a_day() {
        let scratch = tempfile::tempdir().unwrap();
        let store = Store::open(&scratch.path().join("state")).unwrap();
        let now = crate::clock::now();
        assert!(!store.has_plugin(now));
        store.note_plugin(now).unwrap();
        assert!(store.has_plugin(now));
        assert!(!store.has_plugin(now + GONE + TimeDelta::hours(1)));
    }

    #[test]
    fn the_marker_of_a_plugin_is_renewed_every_hour() {
        let scratch = tempfile::tempdir().unwrap();
        let store = Store::open(&scratch.path().join("state")).unwrap();
        store.note_plugin(crate::clock::now()).unwrap();
        let path = store.root().join(MARKER);
        let seen = DateTime::from_timestamp(1_600_000_000, 0).unwrap();
        let file = std::fs::File::options().write(true).open(&path).unwrap();
        file.set_modified(std::time::SystemTime::from(seen)).unwrap();
        for minutes in [-59, 0, 59] {
            store.note_plugin(seen + TimeDelta::minutes(minutes)).unwrap();
            assert_eq!(store.plugin_seen(), Some(seen), "{minutes}");
        }
        assert!(store.has_plugin(seen + GONE - TimeDelta::seconds(1)));
        assert!(!store.has_plugin(seen + GONE));
        store.note_plugin(seen + RENEWED).unwrap();
        assert!(store.plugin_seen() > Some(seen), "written anew");
        assert_eq!(std::fs::read_to_string(&path).unwrap(), TEXT);
    }

    #[test]
    fn only_what_is_past_is_swept() {
        let scratch = tempfile::tempdir().unwrap();
        let store = Store::open(&scratch.path().join("state")).unwrap();
        let left = || dir::names(&store.root().join(FOLDER)).unwrap().len();
        for (second, expected) in [(0, 1), (5, 2), (10, 2), (15, 2), (100, 1)] {
            assert!(take(&store, format!("at {second}").as_bytes(), at(second)));
            assert_eq!(left(), expected, "at {second}");
        }
        // The clock went back: what is of the future goes, too.
        assert!(take(&store, b"back", at(0)));
        assert_eq!(left(), 1);
        std::fs::write(store.root().join(FOLDER).join("odd"), "").unwrap();
        assert!(take(&store, b"more", at(0)));
        assert_eq!(left(), 2, "what has no time is swept");
    }
}
