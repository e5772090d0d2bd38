//! The project's recent sessions and open pauses: what a new session may be told of.
//!
//! Rebuildable from the sessions' states; it spares a starting session to open them all.

use super::deciding::{Asking, Offered};
use super::listing::Listing;
use super::{Pause, State, pause};
use crate::process::{Alive, Identity, alive};
use crate::store::{self, Project, ProjectLock, Seen};
use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use std::cmp::Reverse;
use std::path::{Path, PathBuf};

/// Sessions that are remembered.
pub(super) const SESSIONS: usize = 64;
/// Where a process can't be looked at, a session counts as live for so long after its last event.
const LIVE: TimeDelta = TimeDelta::minutes(30);
/// The project's recent sessions, newest start first.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Recent {
    pub sessions: Vec<Entry>,
    /// Pauses that wait to be taken up, newest first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub pauses: Vec<Waiting>,
}

/// The list as it was read, and where its entries stand in it.
#[derive(Debug)]
pub struct Listed {
    pub(super) seen: Seen,
    pub(super) places: Option<Listing>,
}

/// A pause that waits to be taken up.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Waiting {
    pub id: String,
    pub created: DateTime<Utc>,
    /// The session that was paused, and the prompts of a person that it had by then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session: Option<String>,
    #[serde(default)]
    pub prompts: u32,
    /// Top of the work tree it was made in, or the folder.
    pub worktree: PathBuf,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub branch: Option<String>,
    /// A person made it.
    pub attended: bool,
}

/// What is remembered of a session.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Entry {
    pub id: String,
    /// Claude Code's transcript of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub transcript: Option<PathBuf>,
    /// The process it runs in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub process: Option<Identity>,
    /// A person sits at it.
    pub attended: bool,
    /// Top of the work tree it was started in, or the folder.
    pub worktree: PathBuf,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub branch: Option<String>,
    #[serde(with = "crate::time::option")]
    pub started: Option<DateTime<Utc>>,
    /// Its last event.
    #[serde(with = "crate::time::option")]
    pub last: Option<DateTime<Utc>>,
    /// Prompts of a person, as far as was folded.
    pub prompts: u32,
    /// Claude Code's reason of its end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ended: Option<String>,
    /// It broke off in the middle of a turn, or an error ended its last turn.
    pub cut_off: bool,
    /// Nothing more is to be folded: it has ended or was finished after its death.
    pub settled: bool,
    /// Tokens in the context, and the window, as last known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub context: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub window: Option<u64>,
    /// The first prompt, one line.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub about: String,
    /// The session that it follows on: cleared, branched from, or told of at its start.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub previous: Option<String>,
    /// The session whose digest or brief it was given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub given: Option<String>,
    /// The pause whose digest or brief it was given, to be taken up with its first prompt.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pause: Option<String>,
    /// Tasks that are not done.
    #[serde(skip_serializing_if = "is_zero")]
    pub open_tasks: u32,
}

// Serde hands over a reference.
#[allow(clippy::trivially_copy_pass_by_ref)]
fn is_zero(number: &u32) -> bool {
    *number == 0
}

impl Recent {
    /// The project's recent sessions, read without a lock.
    pub fn of(project: &Project) -> store::Result<Self> {
        project.recent()?.map_or_else(|| Self::rebuilt(project), Ok)
    }

    /// What of them matters to a start in `process`: what it could be told of, what is to be finished, what
    /// runs or ran in its process. With the list that they were read from: as long as it is the same, it can
    /// be read.
    pub fn that_matter(
        project: &Project,
        asking: &Asking<'_>,
        process: Option<&Identity>,
    ) -> store::Result<(Self, Option<Listed>)> {
        let Some(seen) = project.recent_text()? else { return Ok((Self::rebuilt(project)?, None)) };
        let mut deciding = Vec::with_capacity(SESSIONS);
        let places = Listing::of(&seen.text, &mut deciding);
        let few = places
            .as_ref()
            .and_then(|places| places.that_matter(&seen.text, &deciding, asking, process))
            .and_then(|few| store::recent_of(&few));
        Ok(match few.or_else(|| store::recent_of(&seen.text)) {
            Some(recent) => (recent, Some(Listed { seen, places })),
            None => (Self::rebuilt(project)?, None),
        })
    }

    /// The same for who is about to change them.
    pub fn held(lock: &ProjectLock) -> store::Result<Self> {
        lock.recent()?.map_or_else(|| Self::rebuilt(lock.project()), Ok)
    }

    /// Made again from the sessions' and the pauses' own files: the list is mostly not synced, so that a
    /// power cut may take it. What a session was told of and where it ran is not known any more.
    fn rebuilt(project: &Project) -> store::Result<Self> {
        let mut sessions: Vec<_> =
            project.sessions()?.into_iter().map(|id| project.session(&id)).collect();
        if sessions.len() > SESSIONS {
            sessions.sort_by_cached_key(|session| {
                Reverse(session.dir().metadata().and_then(|meta| meta.modified()).ok())
            });
            sessions.truncate(SESSIONS);
        }
        let mut recent = Self::default();
        for session in sessions {
            // One that can't be read does not keep the others from being known.
            let Ok(Some(state)) = session.read::<State>().map(|contents| contents.snapshot) else {
                continue;
            };
            let mut entry = Entry {
                id: session.id().as_str().to_owned(),
                transcript: state.transcript.clone(),
                attended: true,
                worktree: PathBuf::from(&state.session.folder),
                started: state.last(),
                settled: state.ended.is_some(),
                ..Entry::default()
            };
            entry.learn(&state);
            recent.sessions.push(entry);
        }
        recent.sessions.sort_by_key(|entry| Reverse(entry.started.max(entry.last)));
        let (pauses, _) = pause::all(project)?;
        recent.pauses = pauses.iter().filter(|pause| pause.waits()).map(Pause::waiting).collect();
        Ok(recent)
    }

    /// The session's entry.
    pub fn get(&self, id: &str) -> Option<&Entry> {
        self.sessions.iter().find(|e| e.id == id)
    }

    /// The session's entry, made when there is none; it moves to the front.
    pub fn enter(&mut self, id: &str) -> &mut Entry {
        let known = self.sessions.iter().position(|e| e.id == id);
        let entry = match known {
            Some(at) => self.sessions.remove(at),
            None => Entry { id: id.to_owned(), ..Entry::default() },
        };
        self.sessions.insert(0, entry);
        self.sessions.truncate(SESSIONS);
        &mut self.sessions[0]
    }

    /// Changes the session's entry where it stands, if it has one.
    pub fn update(&mut self, id: &str, change: impl FnOnce(&mut Entry)) {
        if let Some(entry) = self.sessions.iter_mut().find(|e| e.id == id) {
            change(entry);
        }
    }

    /// Takes the session out.
    pub fn forget(&mut self, id: &str) {
        self.sessions.retain(|e| e.id != id);
    }

    /// Whether a session was told of this one and then got a prompt.
    pub fn taken_up(&self, id: &str) -> bool {
        self.sessions.iter().any(|e| e.given.as_deref() == Some(id) && e.prompts > 0)
    }

    /// Whether the session goes on in a process that exists: it has not ended, and no newer session
    /// runs in the same process.
    pub fn live(&self, entry: &Entry, now: DateTime<Utc>) -> bool {
        if entry.ended.is_some() || entry.settled {
            return false;
        }
        let newer = |other: &&Entry| {
            other.id != entry.id
                && other.process.is_some()
                && other.process == entry.process
                && other.started > entry.started
        };
        if self.sessions.iter().any(|e| newer(&e)) {
            return false;
        }
        match entry.process.as_ref().map(alive) {
            Some(Alive::Yes) => true,
            Some(Alive::No) => false,
            Some(Alive::Unknown) | None => entry.last.is_some_and(|last| now - last < LIVE),
        }
    }

    /// The newest other session that ran in the same process: the one that was cleared or left.
    pub fn before(&self, id: &str, process: &Identity) -> Option<&Entry> {
        self.sessions.iter().find(|e| e.id != id && e.process.as_ref() == Some(process))
    }

    /// The pause that a new session is told of: of the same work tree and branch, then of the same work
    /// tree, then of the same branch, then any; the newest of each.
    pub fn waiting(&self, worktree: &Path, branch: Option<&str>) -> Option<&Waiting> {
        self.pauses.iter().max_by_key(|pause| {
            (pause.worktree == worktree, pause.branch.as_deref() == branch, pause.created)
        })
    }

    /// Sessions that a new one may be told of, [best](Offered::order) first.
    pub fn offers(&self, asking: &Asking<'_>) -> Vec<&Entry> {
        let mut offers: Vec<&Entry> = self
            .sessions
            .iter()
            .filter(|e| e.id != asking.id && Offered::of(e).fits(asking.attended))
            .filter(|e| !self.taken_up(&e.id) && !self.live(e, asking.now))
            .collect();
        offers.sort_by_key(|e| Offered::of(e).order(asking));
        offers
    }
}

impl Entry {
    /// Takes over what the session's state says.
    pub fn learn(&mut self, state: &State) {
        let session = &state.session;
        self.prompts = session.human_prompts();
        self.cut_off = session.cut_off();
        self.last = state.last().max(self.last);
        self.ended = state.ended.as_ref().map(|e| e.reason.clone());
        self.context = session.context;
        self.window = state.window();
        self.open_tasks = crate::resume::open_tasks(session).len() as u32;
        if session.branch.is_some() {
            self.branch.clone_from(&session.branch);
        }
        if self.about.is_empty() {
            self.about = session.first_prompt().map(|p| p.text.clone()).unwrap_or_default();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now() -> DateTime<Utc> {
        "2026-11-22T12:00:00Z".parse().unwrap()
    }

    /// A session of a person that ended `hours` ago in `/demo` on `main`.
    fn ended(id: &str, hours: i64) -> Entry {
        Entry {
            id: id.to_owned(),
            attended: true,
            worktree: "/demo".into(),
            branch: Some("main".to_owned()),
            started: Some(now() - TimeDelta::hours(hours + 1)),
            last: Some(now() - TimeDelta::hours(hours)),
            prompts: 2,
            ended: Some("other".to_owned()),
            settled: true,
            ..Entry::default()
        }
    }

    fn offered(sessions: Vec<Entry>, attended: bool) -> Vec<String> {
        let recent = Recent { sessions, ..Recent::default() };
        let (id, worktree, branch) = ("new", Path::new("/demo"), Some("main"));
        let offers = recent.offers(&Asking { id, worktree, branch, attended, now: now() });
        offers.iter().map(|e| e.id.clone()).collect()
    }

    #[test]
    fn the_same_work_tree_and_branch_come_first() {
        let branch = |branch: &str| Some(branch.to_owned());
        let sessions = vec![
            Entry { branch: branch("other"), ..ended("other branch", 1) },
            Entry { worktree: "/demo-side".into(), ..ended("other tree", 2) },
            ended("older", 30),
            ended("newer", 5),
            ended("ancient", 24 * 20),
        ];
        assert_eq!(
            offered(sessions, true),
            ["newer", "older", "other tree", "ancient", "other branch"]
        );
    }

    #[test]
    fn broken_off_work_comes_before_a_later_end() {
        let cut = |id: &str, hours| Entry { cut_off: true, ..ended(id, hours) };
        let sessions = vec![ended("later", 1), cut("broken off", 20), cut("long ago", 24 * 5)];
        assert_eq!(offered(sessions, true), ["broken off", "later", "long ago"]);
    }

    #[test]
    fn what_was_taken_up_is_not_offered_again() {
        let given =
            |prompts| Entry { given: Some("first".to_owned()), prompts, ..ended("second", 1) };
        assert_eq!(offered(vec![given(1), ended("first", 2)], true), ["second"]);
        // It was told, but nobody went on: nothing was taken up.
        assert_eq!(offered(vec![given(0), ended("first", 2)], true), ["first"]);
    }

    #[test]
    fn a_scripts_question_hides_no_persons_work() {
        let script =
            |id: &str, cut_off| Entry { attended: false, prompts: 1, cut_off, ..ended(id, 1) };
        let sessions = || vec![script("asked", false), script("broke", true), ended("mine", 9)];
        assert_eq!(offered(sessions(), true), ["mine", "broke"]);
        assert_eq!(offered(sessions(), false), ["broke"]);
    }

    #[test]
    fn a_live_session_is_not_offered_until_its_process_is_gone() {
        let me = crate::process::identify(std::process::id());
        let live = Entry { process: me.clone(), ended: None, settled: false, ..ended("a", 5) };
        let recent = Recent { sessions: vec![live.clone()], ..Recent::default() };
        assert!(recent.live(&live, now()), "its process is this test's");
        // A later session of the same process means that this one was left.
        let later = Entry { started: Some(now()), ..Entry { id: "b".to_owned(), ..live.clone() } };
        let recent = Recent { sessions: vec![later.clone(), live.clone()], ..Recent::default() };
        assert!(!recent.live(&live, now()));
        assert!(recent.live(&later, now()));
        // Without a process to look at, half an hour decides.
        let unseen = Entry { process: None, ..live };
        assert!(!Recent::default().live(&unseen, now()));
        let fresh = Entry { last: Some(now() - TimeDelta::minutes(29)), ..unseen };
        assert!(Recent::default().live(&fresh, now()));
    }

    #[test]
    fn only_the_newest_sessions_are_remembered() {
        let mut recent = Recent::default();
        for n in 0..=SESSIONS {
            recent.enter(&n.to_string());
        }
        assert_eq!(recent.sessions.len(), SESSIONS);
        assert!(recent.get("0").is_none());
        recent.enter("1");
        assert_eq!(recent.sessions[0].id, "1");
        assert_eq!(recent.sessions.len(), SESSIONS);
    }
}
