//! A session has its first prompt: what it was told of at its start is taken up.
//!
//! Here the lists and the pause are maps of unread values. To read a pause with its log would be most of an
//! executable that is started at every prompt.

use super::pause::{self, TakenUp};
use crate::store::{self, Durability, Project, ProjectLock, Wait};
use chrono::{DateTime, Utc};
use serde::de::{Deserializer, IgnoredAny, MapAccess, Visitor};
use serde::{Deserialize, Serialize, Serializer};
use serde_json::value::{RawValue, to_raw_value};
use std::fmt;

/// The session has a prompt: with its first, what it was told of is taken up. Where the project's list is
/// lost there is nothing to be done: it is made again from the sessions.
pub fn prompted(project: &Project, id: &str, now: DateTime<Utc>, wait: Wait) -> store::Result<()> {
    let known = project.recent::<Listed>()?.unwrap_or_default();
    let news = |entry: &Entry| entry.id == id && (entry.prompts == 0 || entry.pause.is_some());
    if !known.sessions.iter().any(news) {
        return Ok(());
    }
    let lock = project.lock(wait)?;
    let Some(mut recent) = lock.recent::<Fields>()? else { return Ok(()) };
    let mut sessions: Vec<Fields> = recent.get("sessions").unwrap_or_default();
    let named = |entry: &Fields| entry.get::<String>("id").is_some_and(|known| known == id);
    let Some(entry) = sessions.iter_mut().find(|entry| named(entry)) else {
        return Ok(());
    };
    entry.set("prompts", &entry.get("prompts").unwrap_or(0).max(1_u32));
    let given: Option<String> = entry.get("pause");
    entry.0.retain(|(name, _)| name != "pause");
    recent.set("sessions", &sessions);
    let taken = given.as_ref().map_or(Ok(false), |pause| take_up(&lock, pause, id, now));
    if matches!(taken, Ok(true)) {
        let mut pauses: Vec<Fields> = recent.get("pauses").unwrap_or_default();
        pauses.retain(|waiting| waiting.get("id") != given);
        recent.set("pauses", &pauses);
    }
    lock.save_recent(&recent, Durability::Cached)?;
    taken.map(drop)
}

/// Notes in a pause's file that a session goes on with it; what is derived from it says the same with and
/// without. `false` where there is none.
fn take_up(lock: &ProjectLock, id: &str, by: &str, at: DateTime<Utc>) -> store::Result<bool> {
    let Some(mut fields) = pause::read_as::<Fields>(lock.project(), id)? else { return Ok(false) };
    fields.set("taken_up", &TakenUp { by: by.to_owned(), at });
    // Names and values that were JSON have no way to fail to become JSON; if they did, the file stays.
    let Ok(mut json) = serde_json::to_string_pretty(&fields) else { return Ok(false) };
    json.push('\n');
    lock.write_file(&pause::file(id, "json"), &json, Durability::Synced)?;
    Ok(true)
}

/// What tells of the recent sessions whether there is anything to be done.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Listed {
    sessions: Vec<Entry>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Entry {
    id: String,
    prompts: u32,
    pause: Option<IgnoredAny>,
}

/// An object's fields in their order, none of them read.
#[derive(Debug, Default)]
struct Fields(Vec<(String, Box<RawValue>)>);

impl Fields {
    /// A field's value; `None` also for one of another type.
    fn get<T: for<'de> Deserialize<'de>>(&self, name: &str) -> Option<T> {
        let (_, value) = self.0.iter().find(|(known, _)| known == name)?;
        serde_json::from_str(value.get()).ok()
    }

    fn set<T: Serialize>(&mut self, name: &str, value: &T) {
        // As above: it can't fail.
        let Ok(value) = to_raw_value(value) else { return };
        match self.0.iter_mut().find(|(known, _)| known == name) {
            Some((_, known)) => *known = value,
            None => self.0.push((name.to_owned(), value)),
        }
    }
}

impl Serialize for Fields {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_map(self.0.iter().map(|(name, value)| (name, value)))
    }
}

impl<'de> Deserialize<'de> for Fields {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Object;
        impl<'de> Visitor<'de> for Object {
            type Value = Fields;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Fields, A::Error> {
                let mut fields = Vec::new();
                while let Some(field) = map.next_entry()? {
                    fields.push(field);
                }
                Ok(Fields(fields))
            }
        }
        from.deserialize_map(Object)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::follow::{Recent, Waiting};
    use crate::store::Store;
    use serde_json::{Value, json};

    fn now() -> DateTime<Utc> {
        "2026-11-22T12:00:00Z".parse().unwrap()
    }

    fn text(project: &Project, rel: &str) -> String {
        project.read_file(rel).unwrap().unwrap()
    }

    #[test]
    fn what_a_session_was_told_of_is_taken_up_once_and_all_else_stays() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("state")).unwrap();
        let project = store.project("demo", std::path::Path::new("/demo")).unwrap();
        let waiting = |id: &str| Waiting {
            id: id.to_owned(),
            created: now(),
            session: None,
            prompts: 0,
            worktree: "/demo".into(),
            branch: None,
            attended: true,
        };
        let mut recent = Recent::default();
        recent.enter("other").prompts = 3;
        let entry = recent.enter("mine");
        (entry.about, entry.pause) = ("count the herons".to_owned(), Some("p0000001".to_owned()));
        recent.pauses = vec![waiting("p0000001"), waiting("p0000002")];
        let pause = "{\n  \"format\": 1,\n  \"id\": \"p0000001\",\n  \"log\": {\n    \"later\": [1.0]\n  }\n}\n";
        let lock = project.lock(Wait::HOOK).unwrap();
        lock.save_recent(&recent, Durability::Cached).unwrap();
        lock.write_file("pauses/p0000001.json", pause, Durability::Cached).unwrap();
        drop(lock);

        prompted(&project, "mine", now(), Wait::HOOK).unwrap();
        let mut expected = recent.clone();
        expected.update("mine", |e| (e.prompts, e.pause) = (1, None));
        expected.pauses.remove(0);
        assert_eq!(project.recent::<Recent>().unwrap(), Some(expected));
        assert!(text(&project, "recent.json").starts_with("{\"format\":1,"));
        let taken = text(&project, "pauses/p0000001.json");
        let begins = pause.trim_end_matches("\n}\n");
        assert!(taken.starts_with(begins), "{taken}");
        let taken: Value = serde_json::from_str(&taken).unwrap();
        assert_eq!(taken["taken_up"], json!({"by": "mine", "at": now()}));

        let before = text(&project, "recent.json");
        for id in ["mine", "other", "unknown"] {
            prompted(&project, id, now(), Wait::HOOK).unwrap();
        }
        assert_eq!(text(&project, "recent.json"), before);
    }

    #[test]
    fn a_pause_that_is_gone_or_of_a_newer_format_keeps_no_prompt_from_counting() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("state")).unwrap();
        let project = store.project("demo", std::path::Path::new("/demo")).unwrap();
        let lock = project.lock(Wait::HOOK).unwrap();
        let newer = "{\"format\":2,\"id\":\"p0000002\"}";
        lock.write_file("pauses/p0000002.json", newer, Durability::Cached).unwrap();
        let mut recent = Recent::default();
        for (id, pause) in [("one", "p0000001"), ("two", "p0000002")] {
            recent.enter(id).pause = Some(pause.to_owned());
        }
        lock.save_recent(&recent, Durability::Cached).unwrap();
        drop(lock);
        prompted(&project, "one", now(), Wait::HOOK).unwrap();
        assert!(prompted(&project, "two", now(), Wait::HOOK).is_err());
        assert_eq!(text(&project, "pauses/p0000002.json"), newer);
        let recent = project.recent::<Recent>().unwrap().unwrap();
        assert!(recent.sessions.iter().all(|e| e.prompts == 1 && e.pause.is_none()));
    }
}
