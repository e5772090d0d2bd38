//! What is kept no longer: old sessions, pauses that were put away, and what is to be forgotten.
//!
//! A session goes in the order session, then project: its folder in one step, then its entry among the
//! recent ones. A process that dies in between leaves an entry without a folder, which is old the next
//! time.

use super::recent::Recent;
use super::{Bridge, Pause, pause};
use crate::store::{self, Durability, Project, SessionId, Store, Wait};
use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use std::time::{Duration, Instant};

/// When the last sweep was, in the state directory.
const FILE: &str = "retention.json";
/// A sweep looks at everything, hence rarely.
const EVERY: TimeDelta = TimeDelta::days(1);
/// How long a sweep waits for one lock: whoever holds it is at work on what is not old.
const PATIENCE: Wait = Wait::For(Duration::from_millis(20));
/// A session that is not among the recent ones counts as live for so long: nothing says whether it is.
const UNSEEN: TimeDelta = TimeDelta::days(1);

/// What is old.
#[derive(Debug, Clone, Copy)]
pub struct Limit {
    /// Whatever was touched last before this; `None`: everything but the newest.
    pub before: Option<DateTime<Utc>>,
    /// So many of the project's newest sessions stay in any case.
    pub keep: usize,
}

/// Something old.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Old {
    pub id: String,
    pub what: What,
    /// When it was touched last.
    pub last: DateTime<Utc>,
}

/// What something old is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum What {
    Session,
    Pause,
}

/// The old sessions and pauses of a project, oldest first, and what could not be looked at. Never a
/// session that is live, nor a pause that waits to be taken up.
pub fn old(
    project: &Project,
    limit: Limit,
    now: DateTime<Utc>,
) -> store::Result<(Vec<Old>, Vec<String>)> {
    let recent = project.recent::<Recent>()?.unwrap_or_default();
    let mut ids: Vec<String> = project.sessions()?.iter().map(ToString::to_string).collect();
    ids.extend(
        recent
            .sessions
            .iter()
            .filter(|e| !ids.contains(&e.id))
            .map(|e| e.id.clone())
            .collect::<Vec<_>>(),
    );
    let mut sessions: Vec<(Old, bool)> = ids
        .into_iter()
        .map(|id| {
            let entry = recent.get(&id);
            let last = last(project, &recent, &id);
            let live = match entry {
                Some(entry) => recent.live(entry, now),
                None => now - last < UNSEEN,
            };
            (Old { id, what: What::Session, last }, live)
        })
        .collect();
    sessions.sort_by_key(|(old, _)| std::cmp::Reverse(old.last));
    let is_old = |last: DateTime<Utc>| limit.before.is_none_or(|before| last < before);
    let mut found: Vec<Old> = sessions
        .into_iter()
        .skip(limit.keep)
        .filter(|(old, live)| !live && is_old(old.last))
        .map(|(old, _)| old)
        .collect();
    // The newest sessions say nothing about pauses: those go by their age alone.
    let (pauses, faults) = match limit.before {
        Some(_) => pause::all(project)?,
        None => (Vec::new(), Vec::new()),
    };
    found.extend(pauses.iter().filter(|p| !p.waits() && is_old(put_away(p))).map(|p| Old {
        id: p.id.clone(),
        what: What::Pause,
        last: put_away(p),
    }));
    found.sort_by_key(|old| old.last);
    Ok((found, faults))
}

/// When a session was touched last.
fn last(project: &Project, recent: &Recent, id: &str) -> DateTime<Utc> {
    let entry = recent.get(id).and_then(|entry| entry.last);
    let changed = || SessionId::parse(id).and_then(|id| project.session(&id).changed());
    // Finishing a dead session changes its files; its entry knows better.
    entry.or_else(changed).unwrap_or_default()
}

fn put_away(pause: &Pause) -> DateTime<Utc> {
    let taken_up = pause.taken_up.as_ref().map(|taken| taken.at);
    pause.archived.max(taken_up).map_or(pause.created, |at| at.max(pause.created))
}

/// Takes something old away, unless it was touched meanwhile. Tells whether it did.
pub fn remove(store: &Store, project: &Project, old: &Old, wait: Wait) -> store::Result<bool> {
    match old.what {
        What::Pause => {
            let lock = project.lock(wait)?;
            let still = pause::read(project, &old.id)?;
            if still.is_some_and(|pause| pause.waits() || put_away(&pause) > old.last) {
                return Ok(false);
            }
            pause::remove(&lock, &old.id)?;
        }
        What::Session => {
            if let Some(id) = SessionId::parse(&old.id) {
                let session = project.session(&id);
                if session.dir().exists() {
                    let lock = session.lock(wait)?;
                    let recent = project.recent::<Recent>()?.unwrap_or_default();
                    if last(project, &recent, &old.id) > old.last {
                        return Ok(false);
                    }
                    lock.remove()?;
                }
                store.remove_file(&super::window::file(&id))?;
            }
            unlist(project, &old.id, wait)?;
        }
    }
    Ok(true)
}

/// Takes a session out of the recent ones, and its id out of the others.
fn unlist(project: &Project, id: &str, wait: Wait) -> store::Result<()> {
    let lock = project.lock(wait)?;
    let mut recent = lock.recent::<Recent>()?.unwrap_or_default();
    let before = recent.clone();
    recent.forget(id);
    for entry in &mut recent.sessions {
        for link in [&mut entry.previous, &mut entry.given] {
            if link.as_deref() == Some(id) {
                *link = None;
            }
        }
    }
    if recent == before { Ok(()) } else { lock.save_recent(&recent, Durability::Synced) }
}

/// Deletes everything that is known of a session: its folder with facts, log, journal and what waits,
/// its entry, the pauses made of it, the size of its window, what the fault log says of it, and the
/// totals over transcripts, which are made anew. Claude Code's own transcript is not ours.
pub fn forget(store: &Store, project: &Project, id: &SessionId, wait: Wait) -> store::Result<()> {
    // First: a starting session would make a listed one anew from its transcript.
    unlist(project, id.as_str(), wait)?;
    project.session(id).remove(wait)?;
    let pauses = pause::all(project)?.0;
    let name = Some(id.as_str());
    for made in &pauses {
        if made.session.as_deref() == name {
            pause::remove(&project.lock(wait)?, &made.id)?;
        } else if made.log.previous.as_ref().map(|previous| &*previous.session) == name {
            pause::change(&project.lock(wait)?, &made.id, |pause| pause.log.previous = None)?;
        }
    }
    store.remove_file(&super::window::file(id))?;
    for name in store.list("handovers")? {
        let file = format!("handovers/{name}");
        if store.read_file(&file)?.is_some_and(|text| text.contains(id.as_str())) {
            store.remove_file(&file)?;
        }
    }
    for cache in store.names("usage-cache-")? {
        store.remove_file(&cache)?;
    }
    store.faults().forget(id.as_str())
}

/// How far the last sweep came.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
struct Swept {
    format: u32,
    at: DateTime<Utc>,
    /// The folder of the project that the next sweep begins with, when time was up.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
}

impl Swept {
    fn read(store: &Store) -> Self {
        let text = store.read_file(FILE).ok().flatten();
        text.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default()
    }

    fn write(store: &Store, at: DateTime<Utc>, next: Option<String>) -> store::Result<()> {
        // A value of a number, a time and a string has no way to fail to become JSON.
        let text = serde_json::to_string(&Self { format: 1, at, next }).unwrap_or_default();
        store.write_file(FILE, &text)
    }
}

/// Whether a day has passed since the last sweep, or time was up in it.
pub fn is_due(store: &Store, now: DateTime<Utc>) -> bool {
    let last = Swept::read(store);
    last.next.is_some() || now - last.at >= EVERY || last.at > now
}

/// Takes away what is older than so many `days` in all projects, until `time` is up; the next call goes
/// on from there. Without `days` only what was broken off is cleared. Returns what could not be done.
pub fn sweep(store: &Store, days: Option<u32>, now: DateTime<Utc>, time: Duration) -> Vec<String> {
    let begun = Instant::now();
    let from = Swept::read(store).next.unwrap_or_default();
    // First: of several sessions that end at once, one sweeps, and a process that dies does not make
    // every later one begin anew.
    if let Err(error) = Swept::write(store, now, None) {
        return vec![error.to_string()];
    }
    let before = days.and_then(|days| now.checked_sub_signed(TimeDelta::days(i64::from(days))));
    let mut faults = Vec::new();
    let mut projects = match store.projects() {
        Ok(projects) => projects,
        Err(error) => return vec![error.to_string()],
    };
    projects.retain(|project| folder(project) >= from);
    for (at, project) in projects.iter().enumerate() {
        let removed = clear(store, project, before, now, &|| begun.elapsed() > time, &mut faults);
        if begun.elapsed() > time {
            // Where nothing could be done in all the time there is, the next project has its turn.
            let next = projects.get(if removed { at } else { at + 1 }).map(folder);
            faults.extend(Swept::write(store, now, next).err().map(|error| error.to_string()));
            return faults;
        }
    }
    if let Some(before) = before {
        bridges(store, before, &mut faults);
    }
    faults
}

fn folder(project: &Project) -> String {
    project.dir().file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}

/// Takes away what is old in one project; tells whether anything was.
fn clear(
    store: &Store,
    project: &Project,
    before: Option<DateTime<Utc>>,
    now: DateTime<Utc>,
    is_late: &dyn Fn() -> bool,
    faults: &mut Vec<String>,
) -> bool {
    faults.extend(project.sweep_removed().err().map(|error| error.to_string()));
    let Some(before) = before else { return false };
    let found = match old(project, Limit { before: Some(before), keep: 0 }, now) {
        Ok((found, _)) => found,
        Err(error) => {
            faults.push(error.to_string());
            return false;
        }
    };
    let mut removed = false;
    for old in found {
        if is_late() {
            break;
        }
        match remove(store, project, &old, PATIENCE) {
            Ok(done) => removed |= done,
            Err(store::Error::Busy { .. }) => {}
            Err(error) => faults.push(error.to_string()),
        }
    }
    removed
}

/// Takes away what the status line left for sessions that were never followed.
fn bridges(store: &Store, before: DateTime<Utc>, faults: &mut Vec<String>) {
    let ids = store.list("windows").unwrap_or_default();
    for id in ids.iter().filter_map(|name| SessionId::parse(name.strip_suffix(".json")?)) {
        let at = Bridge::read(store, &id).ok().flatten().map(|bridge| bridge.at);
        if at.is_some_and(|at| at < before) {
            let gone = store.remove_file(&super::window::file(&id));
            faults.extend(gone.err().map(|error| error.to_string()));
        }
    }
}
