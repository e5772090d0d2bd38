//! The status line bridge: Claude Code tells the size of the context window to the status line
//! alone, which leaves it here for the hooks.

use crate::store::{self, SessionId, Store};
use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

/// The folder of the bridge files, in the state directory.
const FOLDER: &str = "windows";
/// A file that was not written for so long is of a session that nobody goes on with; should somebody,
/// the next status line writes it anew.
const OLD: TimeDelta = TimeDelta::days(30);
/// Old files that are removed at once; the rest waits for the next session.
const REMOVED: usize = 64;

/// The format of the bridge file.
const FORMAT: u32 = 1;

/// What the status line was told last: `windows/<session-id>.json` in the state directory.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bridge {
    format: u32,
    /// The model as it was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    /// The context window in tokens.
    pub context_window_size: u64,
    /// Tokens in it after the last response.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub used_tokens: Option<u64>,
    /// When it was told.
    pub at: DateTime<Utc>,
}

impl Bridge {
    /// What the status line was told now.
    pub fn new(model: Option<String>, window: u64, used: Option<u64>, at: DateTime<Utc>) -> Self {
        Self { format: FORMAT, model, context_window_size: window, used_tokens: used, at }
    }

    /// What was told last of this session; `None` when nothing was, or by a newer version.
    pub fn read(store: &Store, id: &SessionId) -> store::Result<Option<Self>> {
        let text = store.read_file(&file(id))?;
        let bridge = text.and_then(|text| serde_json::from_str::<Self>(&text).ok());
        Ok(bridge.filter(|b| b.format == FORMAT && b.context_window_size > 0))
    }

    /// What was told last of a session, found by where the session's files are; `None` also when it
    /// can't be read.
    pub fn beside(session: &store::Session) -> Option<Self> {
        // `<root>/projects/<project>/sessions/<id>`
        let store = Store::existing(session.dir().ancestors().nth(4)?).ok().flatten()?;
        Self::read(&store, session.id()).ok().flatten()
    }

    /// Leaves it for the hooks, unless nothing but the time has changed. The first file of a session
    /// takes the place of those that are old.
    pub fn leave(&self, store: &Store, id: &SessionId) -> store::Result<()> {
        let before = Self::read(store, id)?;
        if before.as_ref().is_some_and(|before| Self { at: self.at, ..before.clone() } == *self) {
            return Ok(());
        }
        // A value of strings, numbers and times has no way to fail to become JSON.
        store.write_file(&file(id), &serde_json::to_string(self).unwrap_or_default())?;
        if before.is_none() { sweep(store, self.at) } else { Ok(()) }
    }

    /// The window, when it is that of the model that answers: the user may have switched models in a
    /// process that has no status line.
    pub fn window_of(&self, requested: Option<&str>, model: Option<&str>) -> Option<u64> {
        let plain = |name: &str| name.trim_end_matches("[1m]").to_owned();
        let told = self.model.as_deref().map(plain);
        let mut answering = requested.into_iter().chain(model).map(plain).peekable();
        let same =
            told.is_none() || answering.peek().is_none() || answering.any(|m| Some(m) == told);
        same.then_some(self.context_window_size)
    }
}

pub(super) fn file(id: &SessionId) -> String {
    format!("{FOLDER}/{id}.json")
}

/// Removes files that are old.
fn sweep(store: &Store, now: DateTime<Utc>) -> store::Result<()> {
    // Without the folder there is nothing to remove.
    let Ok(entries) = std::fs::read_dir(store.root().join(FOLDER)) else { return Ok(()) };
    let old = entries.flatten().filter_map(|entry| {
        let name = entry.file_name().into_string().ok()?;
        // What is not named like one of ours is somebody else's.
        let id = SessionId::parse(name.strip_suffix(".json")?)?;
        let modified = entry.metadata().and_then(|meta| meta.modified()).ok()?;
        (now - DateTime::<Utc>::from(modified) > OLD).then_some(id)
    });
    for id in old.take(REMOVED) {
        store.remove_file(&file(&id))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs::File;

    #[test]
    fn the_first_file_of_a_session_takes_the_place_of_old_ones() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path()).unwrap();
        let id = |name: &str| SessionId::parse(name).unwrap();
        let now =
            DateTime::<Utc>::from(std::fs::metadata(folder.path()).unwrap().modified().unwrap());
        let told = |used, at| Bridge::new(None, 7, Some(used), at);
        let age = |name: &str, days| {
            let path = folder.path().join("windows").join(name);
            let file = File::options().create(true).append(true).open(path).unwrap();
            file.set_modified((now - TimeDelta::days(days)).into()).unwrap();
        };
        let left = || {
            let entries = std::fs::read_dir(folder.path().join("windows")).unwrap();
            let mut names: Vec<String> =
                entries.map(|e| e.unwrap().file_name().to_string_lossy().into_owned()).collect();
            names.sort();
            names
        };
        told(1, now).leave(&store, &id("first")).unwrap();
        told(1, now).leave(&store, &id("second")).unwrap();
        age("first.json", 31);
        age("second.json", 29);
        age("notes.txt", 400);
        // A session that was there already looks for nothing.
        told(2, now).leave(&store, &id("second")).unwrap();
        assert_eq!(left(), ["first.json", "notes.txt", "second.json"]);
        told(1, now).leave(&store, &id("third")).unwrap();
        assert_eq!(left(), ["notes.txt", "second.json", "third.json"]);
        for number in 0..REMOVED + 5 {
            age(&format!("old-{number}.json"), 40);
        }
        told(1, now).leave(&store, &id("fourth")).unwrap();
        assert_eq!(left().len(), 4 + 5, "no more than so many at once");
    }

    #[test]
    fn the_window_is_believed_for_the_model_that_it_was_told_of() {
        let bridge = Bridge::new(Some("a[1m]".to_owned()), 7, None, DateTime::UNIX_EPOCH);
        assert_eq!(bridge.window_of(Some("a"), Some("a")), Some(7));
        assert_eq!(bridge.window_of(None, Some("a")), Some(7));
        assert_eq!(bridge.window_of(None, None), Some(7));
        assert_eq!(bridge.window_of(Some("b"), Some("b")), None);
        assert_eq!(bridge.window_of(Some("alias"), Some("a")), Some(7));
    }
}
