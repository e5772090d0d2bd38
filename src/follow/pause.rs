//! Pauses: resume logs frozen on purpose, and those that somebody sent.
//!
//! A pause is `pauses/<id>.json` and, derived from it, `pauses/<id>.md` in the project's part of the
//! state. `recent.json` lists those that wait to be taken up, so that a starting session opens no file
//! where there is none.

use super::recent::{Recent, Waiting};
use crate::resume::{self, Checkout, OpenTask, ResumeLog};
use crate::store::{self, Durability, Project, ProjectLock, Wait};
use chrono::{DateTime, Utc};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};

/// The format that is written, and the latest that is read.
pub const FORMAT: u32 = 1;
/// Their folder in the project's part of the state.
const FOLDER: &str = "pauses";

/// A frozen resume log. Fields are only ever added while the format is the same.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Pause {
    /// [`FORMAT`]; the first key of the file.
    pub format: u32,
    /// `p` and seven hexadecimal digits: no session's id begins so.
    pub id: String,
    /// When it was made, or taken over from elsewhere.
    pub created: DateTime<Utc>,
    pub origin: Origin,
    /// The user wants it told: an own one always, one of somebody else's after a yes.
    pub accepted: bool,
    /// A person sat at it; what a script paused, a script may take up.
    #[serde(default = "yes")]
    pub attended: bool,
    /// What was left for whoever goes on. Redacted, at most [`resume::MESSAGE`] units.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// The session that was paused; `None` when a message was all there was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session: Option<String>,
    /// Prompts of a person that the session had: with more of them it went on afterwards.
    #[serde(default)]
    pub prompts: u32,
    /// Top of the work tree, or the folder.
    #[serde(default)]
    pub worktree: PathBuf,
    /// The work tree as git described it; `None` outside a repository.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub checkout: Option<Checkout>,
    #[serde(default)]
    pub open_tasks: Vec<OpenTask>,
    /// Commands that check the work, tests first.
    #[serde(default)]
    pub checks: Vec<String>,
    /// The log, whole: text and digest of any size follow from it.
    pub log: ResumeLog,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub taken_up: Option<TakenUp>,
    /// When it was put away.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub archived: Option<DateTime<Utc>>,
}

fn yes() -> bool {
    true
}

/// Where a pause comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Origin {
    /// Made here with `rejoin pause`.
    Own,
    /// Taken over from claude-mpm's files: the file it was in.
    ClaudeMpm { path: String },
    /// Sent by somebody: who, as far as known, else the file or address.
    Foreign { from: String },
}

/// The session that went on with a pause.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TakenUp {
    pub by: String,
    pub at: DateTime<Utc>,
}

impl Pause {
    /// Whether a new session may be told of it.
    pub fn waits(&self) -> bool {
        self.accepted && self.taken_up.is_none() && self.archived.is_none()
    }

    /// The branch that it was made on.
    pub fn branch(&self) -> Option<&str> {
        let checkout = self.checkout.as_ref().and_then(|c| c.branch.as_deref());
        checkout.or(self.log.subject.branch.as_deref())
    }

    /// The log as it was frozen, saying of which pause it is and where it comes from.
    pub fn frozen(&self) -> ResumeLog {
        let mut log = self.log.clone();
        log.subject.pause = Some(self.id.clone());
        log.subject.origin = match &self.origin {
            Origin::Own => None,
            Origin::ClaudeMpm { path } => Some(format!("imported from claude-mpm, {path}")),
            Origin::Foreign { from } => Some(format!("sent by {from}")),
        };
        log
    }

    /// What `recent.json` has of it.
    pub(super) fn waiting(&self) -> Waiting {
        Waiting {
            id: self.id.clone(),
            created: self.created,
            session: self.session.clone(),
            prompts: self.prompts,
            worktree: self.worktree.clone(),
            branch: self.branch().map(str::to_owned),
            attended: self.attended,
        }
    }
}

/// An id that no pause of the project has. `seed` makes it differ from those of others at the same time.
pub fn new_id(project: &Project, seed: &str, now: DateTime<Utc>) -> store::Result<String> {
    let taken = ids(project)?;
    let nanos = now.timestamp_nanos_opt().unwrap_or_default();
    let id = |n: u64| {
        let text = format!("{seed}\0{nanos}\0{}\0{n}", project.path_of_origin().display());
        format!("p{:07x}", xxhash_rust::xxh3::xxh3_64(text.as_bytes()) & 0x0fff_ffff)
    };
    // Of 2^28 ids one of the first is free.
    Ok((0..=u64::from(u16::MAX)).map(id).find(|id| !taken.contains(id)).unwrap_or_default())
}

/// Writes a pause and enters it among those that wait, when it does.
pub fn put(lock: &ProjectLock, pause: &Pause) -> store::Result<()> {
    // A value of strings, numbers and times has no way to fail to become JSON.
    let mut json = serde_json::to_string_pretty(pause).unwrap_or_default();
    json.push('\n');
    lock.write_file(&file(&pause.id, "json"), &json, Durability::Synced)?;
    lock.write_file(
        &file(&pause.id, "md"),
        &resume::markdown(&pause.frozen()),
        Durability::Cached,
    )?;
    let mut recent = Recent::held(lock)?;
    recent.pauses.retain(|waiting| waiting.id != pause.id);
    if pause.waits() {
        recent.pauses.insert(0, pause.waiting());
    }
    // A starting session looks at the list, not for files that it does not name.
    lock.save_recent(&recent, Durability::Synced)
}

/// A pause; `None` when there is none of this id. Errors: a newer format, or a file that is none.
pub fn read(project: &Project, id: &str) -> store::Result<Option<Pause>> {
    read_as(project, id)
}

/// [`read`], as another type.
pub(super) fn read_as<T: DeserializeOwned>(
    project: &Project,
    id: &str,
) -> store::Result<Option<T>> {
    #[derive(Deserialize)]
    struct Head {
        format: u32,
    }
    let Some(text) = project.read_file(&file(id, "json"))? else { return Ok(None) };
    let path = project.dir().join(file(id, "json"));
    match serde_json::from_str::<Head>(&text) {
        // Of an array, serde would take the first element.
        Ok(head) if head.format > FORMAT && text.trim_start().starts_with('{') => {
            return Err(store::Error::Newer { path, found: head.format, known: FORMAT });
        }
        _ => {}
    }
    let unreadable = |error: serde_json::Error| store::Error::Io {
        what: "understand",
        path,
        source: error.into(),
    };
    serde_json::from_str(&text).map(Some).map_err(unreadable)
}

/// Changes a pause under the project's lock; `None` when there is none of this id.
pub fn change(
    lock: &ProjectLock,
    id: &str,
    change: impl FnOnce(&mut Pause),
) -> store::Result<Option<Pause>> {
    let Some(mut pause) = read(lock.project(), id)? else { return Ok(None) };
    change(&mut pause);
    put(lock, &pause)?;
    Ok(Some(pause))
}

/// A session that was told of a pause has got its prompt.
pub fn take_up(lock: &ProjectLock, id: &str, by: &str, at: DateTime<Utc>) -> store::Result<()> {
    let taken = TakenUp { by: by.to_owned(), at };
    change(lock, id, |pause| pause.taken_up = Some(taken)).map(drop)
}

/// The ids of the project's pauses.
pub fn ids(project: &Project) -> store::Result<Vec<String>> {
    let names = project.list(FOLDER)?;
    Ok(names.iter().filter_map(|name| name.strip_suffix(".json")).map(str::to_owned).collect())
}

/// The project's pauses, newest first, and what could not be read.
pub fn all(project: &Project) -> store::Result<(Vec<Pause>, Vec<String>)> {
    let (mut pauses, mut faults) = (Vec::new(), Vec::new());
    for id in ids(project)? {
        match read(project, &id) {
            Ok(pause) => pauses.extend(pause),
            Err(error) => faults.push(error.to_string()),
        }
    }
    pauses.sort_by_key(|pause| std::cmp::Reverse(pause.created));
    Ok((pauses, faults))
}

/// Takes a pause away for good.
pub fn remove(lock: &ProjectLock, id: &str) -> store::Result<()> {
    let mut recent = Recent::held(lock)?;
    recent.pauses.retain(|waiting| waiting.id != id);
    lock.save_recent(&recent, Durability::Cached)?;
    lock.remove_file(&file(id, "md"))?;
    lock.remove_file(&file(id, "json"))
}

/// Enters the pauses that wait and are not among the recent ones: the list is made again when it
/// could not be read.
pub fn recover(project: &Project, recent: &Recent, wait: Wait) -> store::Result<()> {
    let known = |id: &String| recent.pauses.iter().any(|waiting| waiting.id == *id);
    let unknown: Vec<String> = ids(project)?.into_iter().filter(|id| !known(id)).collect();
    for id in unknown {
        if read(project, &id).ok().flatten().is_some_and(|pause| pause.waits()) {
            change(&project.lock(wait)?, &id, |_| {})?;
        }
    }
    Ok(())
}

/// Where a pause's Markdown stands.
pub fn markdown_path(project: &Project, id: &str) -> PathBuf {
    project.dir().join(Path::new(&file(id, "md")))
}

pub(super) fn file(id: &str, extension: &str) -> String {
    format!("{FOLDER}/{id}.{extension}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::resume::{About, Cause, Paused, Recall};
    use crate::session::Session;
    use crate::store::Store;
    #[cfg(unix)]
    use crate::store::disk::power::{Left, promise, record};
    #[cfg(unix)]
    use std::io::Write;

    fn now() -> DateTime<Utc> {
        "2026-11-22T12:00:00Z".parse().unwrap()
    }

    fn project(folder: &Path) -> Project {
        let store = Store::open(&folder.join("state")).unwrap();
        store.project("demo", Path::new("/demo")).unwrap()
    }

    fn pause(project: &Project, message: &str) -> Pause {
        let id = new_id(project, message, now()).unwrap();
        let mut session = Session::default();
        session.id.clone_from(&id);
        "/demo".clone_into(&mut session.folder);
        let paused =
            Paused { id: id.clone(), at: now(), message: Some(message.to_owned()), checkout: None };
        let about = About {
            now: now(),
            cause: Some(Cause::Paused),
            pause: Some(paused),
            ..About::default()
        };
        Pause {
            format: FORMAT,
            id,
            created: now(),
            origin: Origin::Own,
            accepted: true,
            attended: true,
            message: Some(message.to_owned()),
            session: None,
            prompts: 0,
            worktree: "/demo".into(),
            checkout: None,
            open_tasks: Vec::new(),
            checks: Vec::new(),
            log: resume::compose(&session, Recall::default(), &about),
            taken_up: None,
            archived: None,
        }
    }

    fn waiting(project: &Project) -> Vec<String> {
        let recent = project.recent::<Recent>().unwrap().unwrap_or_default();
        recent.pauses.into_iter().map(|waiting| waiting.id).collect()
    }

    #[test]
    fn a_pause_waits_until_it_is_taken_up_and_stays() {
        let folder = tempfile::tempdir().unwrap();
        let project = project(folder.path());
        let pause = pause(&project, "count the herons");
        put(&project.lock(Wait::HOOK).unwrap(), &pause).unwrap();
        assert_eq!(read(&project, &pause.id).unwrap(), Some(pause.clone()));
        assert_eq!(waiting(&project), [&*pause.id]);
        let text = project.read_file(&format!("pauses/{}.md", pause.id)).unwrap().unwrap();
        assert!(text.contains("count the herons") && text.contains(&pause.id), "{text}");

        take_up(&project.lock(Wait::HOOK).unwrap(), &pause.id, "session", now()).unwrap();
        assert!(waiting(&project).is_empty());
        let kept = read(&project, &pause.id).unwrap().unwrap();
        assert_eq!(kept.taken_up, Some(TakenUp { by: "session".to_owned(), at: now() }));
        assert_eq!(kept.log, pause.log);
    }

    #[test]
    fn what_somebody_sent_waits_for_a_yes() {
        let folder = tempfile::tempdir().unwrap();
        let project = project(folder.path());
        let origin = Origin::Foreign { from: "Ann".to_owned() };
        let sent = Pause { origin, accepted: false, ..pause(&project, "from afar") };
        put(&project.lock(Wait::HOOK).unwrap(), &sent).unwrap();
        assert!(waiting(&project).is_empty());
        change(&project.lock(Wait::HOOK).unwrap(), &sent.id, |p| p.accepted = true).unwrap();
        assert_eq!(waiting(&project), [sent.id]);
    }

    #[test]
    fn a_lost_list_is_made_again() {
        let folder = tempfile::tempdir().unwrap();
        let project = project(folder.path());
        let pause = pause(&project, "count the herons");
        let lock = project.lock(Wait::HOOK).unwrap();
        put(&lock, &pause).unwrap();
        lock.remove_file("recent.json").unwrap();
        drop(lock);
        let found = Recent::of(&project).unwrap().pauses;
        assert_eq!(found.iter().map(|waiting| &waiting.id).collect::<Vec<_>>(), [&pause.id]);
        recover(&project, &Recent::default(), Wait::HOOK).unwrap();
        assert_eq!(waiting(&project), [pause.id]);
    }

    /// Everything that a power cut may leave of `work`, each in the state directory's place.
    #[cfg(unix)]
    fn survives(state: &Path, work: impl FnOnce(), check: impl Fn(&Left)) {
        let left = record(state, work).left();
        assert!(left.len() > 5, "{}", left.len());
        writeln!(std::io::stdout(), "{} states", left.len()).unwrap();
        for left in &left {
            std::fs::remove_dir_all(state).unwrap();
            std::fs::create_dir(state).unwrap();
            left.restore(state);
            check(left);
        }
    }

    /// In memory where it can be: nothing depends on a real disk.
    #[cfg(unix)]
    fn memory() -> tempfile::TempDir {
        let memory = Path::new("/dev/shm");
        if memory.is_dir() { tempfile::tempdir_in(memory) } else { tempfile::tempdir() }.unwrap()
    }

    #[test]
    #[cfg(unix)]
    fn the_first_pause_of_all_survives_a_power_cut() {
        let folder = memory();
        let state = folder.path().join("state");
        std::fs::create_dir(&state).unwrap();
        let put_first = || {
            let project = project(folder.path());
            put(&project.lock(Wait::HOOK).unwrap(), &pause(&project, "count the herons")).unwrap();
            promise();
        };
        survives(&state, put_first, |left| {
            let project = project(folder.path());
            let (pauses, faults) = all(&project).unwrap();
            assert_eq!(faults, Vec::<String>::new(), "{:#?}", left.names());
            assert!(pauses.len() >= left.promised, "lost: {:#?}", left.names());
            // A starting session goes by the list alone.
            let listed = Recent::of(&project).unwrap().pauses.len();
            assert!(listed >= left.promised, "not listed: {:#?}", left.names());
            recover(&project, &Recent::default(), Wait::HOOK).unwrap();
            let ids: Vec<_> = pauses.into_iter().map(|pause| pause.id).collect();
            assert_eq!(waiting(&project), ids);
        });
    }

    #[test]
    #[cfg(unix)]
    fn a_pause_that_is_taken_up_survives_a_power_cut_as_it_was_or_as_it_is() {
        let folder = memory();
        let made = project(folder.path());
        let id = {
            let pause = pause(&made, "count the herons");
            put(&made.lock(Wait::HOOK).unwrap(), &pause).unwrap();
            pause.id
        };
        let take = || {
            take_up(&made.lock(Wait::HOOK).unwrap(), &id, "session", now()).unwrap();
            promise();
        };
        survives(&folder.path().join("state"), take, |left| {
            let project = project(folder.path());
            let found = read(&project, &id).unwrap().unwrap();
            assert!(found.taken_up.is_some() || left.promised == 0, "{:#?}", left.names());
            assert_eq!(found.message.as_deref(), Some("count the herons"));
        });
    }

    #[test]
    fn a_newer_format_is_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let project = project(folder.path());
        let lock = project.lock(Wait::HOOK).unwrap();
        lock.write_file("pauses/p0000001.json", "{\"format\":2}", Durability::Cached).unwrap();
        lock.write_file("pauses/p0000002.json", "{\"format\":1", Durability::Cached).unwrap();
        lock.write_file("pauses/p0000003.json", "[2]", Durability::Cached).unwrap();
        let error = read(&project, "p0000001").unwrap_err();
        assert!(matches!(error, store::Error::Newer { found: 2, .. }), "{error}");
        let error = read(&project, "p0000003").unwrap_err();
        assert!(matches!(error, store::Error::Io { what: "understand", .. }), "{error}");
        let (pauses, faults) = all(&project).unwrap();
        assert_eq!((pauses.len(), faults.len()), (0, 3));
    }

    #[test]
    fn ids_differ_and_are_no_sessions() {
        let folder = tempfile::tempdir().unwrap();
        let project = project(folder.path());
        let first = pause(&project, "count the herons");
        put(&project.lock(Wait::HOOK).unwrap(), &first).unwrap();
        let second = new_id(&project, "count the herons", now()).unwrap();
        assert_ne!(first.id, second);
        assert!(second.starts_with('p') && second.len() == 8, "{second}");
    }
}
