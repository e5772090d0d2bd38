//! What a starting session finds: the sessions before it, finished where they died, and what
//! changed in the repository since.

use super::kept::Kept;
use super::listing::{Listing, same};
use super::recent::Listed;
use super::{Asking, Bridge, Entry, Origin, Pause, Place, Recent, State, pause};
use crate::git::{self, Difference};
use crate::process::Identity;
use crate::resume::policy::{Form, Offer, Rule, Start, form};
use crate::resume::{
    About, Cause, LaterCommit, Meanwhile, Previous, ResumeLog, changes_since, edited,
};
use crate::session::Session;
use crate::store::{self, Durability, Project, ProjectLock, SessionId, Wait};
use crate::transcript::FIRST_READ;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use std::cell::Cell;
use std::path::Path;

/// Dead sessions that are finished at one start; older ones wait for the next.
const FINISHED: usize = 3;
/// Commits, and files that differ, that a digest is told of.
const COMMITS: usize = 8;
pub(super) const FILES: usize = 40;

/// Who starts, and where.
#[derive(Debug)]
pub struct Opening<'a> {
    pub project: &'a Project,
    pub place: &'a Place,
    /// The starting session; empty when a command only asks what one would be told.
    pub id: &'a str,
    /// A person sits at it.
    pub attended: bool,
    pub now: DateTime<Utc>,
    /// How long a lock is waited for.
    pub wait: Wait,
}

/// What the starting session is told of.
#[derive(Debug)]
pub enum Earlier {
    Session(Box<Entry>),
    Pause(Box<Pause>),
}

/// What a starting session was given, as its entry has it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Given {
    /// The session whose digest or brief it is: taken up with the first prompt.
    pub session: Option<String>,
    /// The pause likewise.
    pub pause: Option<String>,
}

/// An earlier session or a pause that the starting one is told of.
#[derive(Debug)]
pub struct Told {
    pub earlier: Earlier,
    /// What counts as taken up when a prompt follows.
    pub given: Given,
    pub form: Form,
    pub log: ResumeLog,
    pub about: About,
}

/// Changes the project's recent sessions under its lock.
pub(super) fn change(lock: &ProjectLock, change: impl FnOnce(&mut Recent)) -> store::Result<()> {
    let mut recent = Recent::held(lock)?;
    let before = recent.clone();
    change(&mut recent);
    if recent == before {
        return Ok(());
    }
    lock.save_recent(&recent, Durability::Cached)
}

/// Changes one session's entry, `entered` at the front or where it stands, without reading the others.
/// `known`: the list's text and where its entries stand in it, if it can be read. `change` is told whether
/// there was one.
fn change_entry(
    lock: &ProjectLock,
    id: &str,
    entered: bool,
    known: Option<(String, Option<Listing>)>,
    update: impl Fn(&mut Entry, bool),
) -> store::Result<()> {
    if let Some((text, Some(places))) = known
        && let Some(changed) = places.with(&text, id, entered, &update)
    {
        return if same(&text, &changed) { Ok(()) } else { lock.save_recent_text(&changed) };
    }
    change(lock, |recent| {
        let known = recent.get(id).is_some();
        if entered {
            update(recent.enter(id), known);
        } else {
            recent.update(id, |entry| update(entry, true));
        }
    })
}

/// The list as it stands, for [`change_entry`].
fn listed(lock: &ProjectLock) -> store::Result<Option<(String, Option<Listing>)>> {
    let text = lock.recent_text()?;
    Ok(text.map(|text| {
        let places = Listing::of(&text, &mut Vec::new());
        (text, places)
    }))
}

/// Takes a session out of the recent ones.
pub fn forget(lock: &ProjectLock, id: &str) -> store::Result<()> {
    change(lock, |recent| recent.forget(id))
}

/// Takes over what a session's state says now. Where a turn has `ended`, there was a prompt: what the
/// session was told of is taken up, if the prompt's own hook did not get the lock.
pub fn learn(
    lock: &ProjectLock,
    id: &str,
    state: &State,
    ended: Option<DateTime<Utc>>,
) -> store::Result<()> {
    let given = Cell::new(None);
    let update = |entry: &mut Entry, _: bool| {
        entry.learn(state);
        given.set(ended.and_then(|at| Some((entry.pause.take()?, at))));
    };
    // At a session's end all is looked at, and what killed writers left is swept.
    let known = if state.ended.is_none() { listed(lock)? } else { None };
    change_entry(lock, id, false, known, update)?;
    given.take().map_or(Ok(()), |(pause, at)| pause::take_up(lock, &pause, id, at))
}

impl Opening<'_> {
    /// Enters the session among the recent ones. `anew`: it starts in a process, rather than going
    /// on in it after a compaction. `previous`: the session it comes from; `given`: what it was told
    /// of; `known`: a list that could be read.
    pub fn register(
        &self,
        known: Option<Listed>,
        transcript: Option<&Path>,
        process: Option<&Identity>,
        anew: bool,
        previous: Option<&str>,
        given: &Given,
    ) -> store::Result<()> {
        let branch = self.place.head().and_then(|head| head.branch.clone());
        let lock = self.project.lock(self.wait)?;
        let known = match known {
            Some(Listed { seen, places }) => {
                let is_same = lock.recent_is(&seen)
                    || lock.recent_text()?.is_some_and(|text| same(&seen.text, &text));
                is_same.then_some((seen.text, places))
            }
            None => None,
        };
        change_entry(&lock, self.id, true, known, |entry, known| {
            entry.transcript = transcript.map(Path::to_owned);
            entry.process = process.cloned();
            entry.attended = self.attended;
            self.place.worktree().clone_into(&mut entry.worktree);
            entry.branch.clone_from(&branch);
            if anew || !known {
                entry.started = Some(self.now);
            }
            entry.last = Some(self.now);
            entry.ended = None;
            entry.settled = false;
            if let Some(previous) = previous {
                entry.previous = Some(previous.to_owned());
            }
            if let Some(session) = &given.session {
                entry.given = Some(session.clone());
                entry.previous.get_or_insert_with(|| session.clone());
            }
            if given.pause.is_some() {
                entry.pause.clone_from(&given.pause);
            }
        })
    }

    /// Whom sessions are offered to.
    fn asking(&self) -> Asking<'_> {
        Asking {
            id: self.id,
            worktree: self.place.worktree(),
            branch: self.place.head().and_then(|head| head.branch.as_deref()),
            attended: self.attended,
            now: self.now,
        }
    }

    /// The project's recent sessions as far as they matter to this start in `process`, and the list that
    /// they were read from.
    pub fn recent(&self, process: Option<&Identity>) -> store::Result<(Recent, Option<Listed>)> {
        Recent::that_matter(self.project, &self.asking(), process)
    }

    /// The pause or earlier session that this one is told of, and how much of it: pauses come first.
    ///
    /// `cleared` names the session that was cleared away; `rule` is the user's for this start.
    pub fn told(
        &self,
        recent: &Recent,
        start: Start,
        rule: Rule,
        cleared: Option<&str>,
    ) -> Result<Option<Told>, store::Error> {
        let branch = self.place.head().and_then(|head| head.branch.as_deref());
        if let Some(waiting) = recent.waiting(self.place.worktree(), branch)
            // One that can't be read hides nothing; commands say what is wrong with it.
            && let Ok(Some(pause)) = pause::read(self.project, &waiting.id)
            && pause.waits()
        {
            let offer = Offer {
                paused: true,
                cut_off: false,
                fullness: None,
                age: self.now - pause.created,
            };
            let form = form(start, rule, &offer);
            return Ok((form != Form::Nothing).then(|| self.told_of(recent, pause, form)));
        }
        let chosen = match cleared {
            Some(id) => recent.get(id).filter(|e| e.prompts > 0),
            // Folders that hold anything are no projects: nothing there follows from before.
            None if self.place.project.folder_only => None,
            None => recent.offers(&self.asking()).into_iter().next(),
        };
        let Some((entry, id)) = chosen.and_then(|e| Some((e, SessionId::parse(&e.id)?))) else {
            return Ok(None);
        };
        let offer = Offer {
            paused: false,
            cut_off: entry.cut_off,
            fullness: entry.context.zip(entry.window).map(|(used, all)| used * 100 / all.max(1)),
            age: self.now - entry.last.unwrap_or(self.now),
        };
        let form = form(start, rule, &offer);
        if form == Form::Nothing {
            return Ok(None);
        }
        let session = self.project.session(&id);
        let cause = cause(recent, entry, self.now);
        let previous = entry.previous.as_ref();
        let (log, about) = match self.kept(&session, cause, previous.cloned()) {
            Some(kept) => kept,
            None => self.log(&session, &super::look(&session)?, cause, previous.cloned()),
        };
        let session = matches!(form, Form::Digest | Form::Brief).then(|| entry.id.clone());
        let given = Given { session, pause: None };
        Ok(Some(Told {
            earlier: Earlier::Session(Box::new(entry.clone())),
            given,
            form,
            log,
            about,
        }))
    }

    fn told_of(&self, recent: &Recent, pause: Pause, form: Form) -> Told {
        let (log, about) = self.pause(recent, &pause);
        // A script is told of a person's pause and leaves it to be taken up by a person.
        let takes =
            matches!(form, Form::Digest | Form::Brief) && (self.attended || !pause.attended);
        let given = if takes { given(recent, &pause) } else { Given::default() };
        Told { earlier: Earlier::Pause(Box::new(pause)), given, form, log, about }
    }

    /// A pause's log as of now: with what changed in the repository since, and whether its session
    /// went on.
    pub fn pause(&self, recent: &Recent, pause: &Pause) -> (ResumeLog, About) {
        let frozen = pause.frozen();
        let mut more = Vec::new();
        if let Some(entry) = pause.session.as_deref().and_then(|id| recent.get(id))
            && went_on(recent, pause)
        {
            let id: String = entry.id.chars().take(8).collect();
            let until = entry.last.map(|at| at.format(", until %Y-%m-%d %H:%M UTC").to_string());
            more.push(format!(
                "the session went on after this pause{}: `rejoin show {id}` has all of it",
                until.unwrap_or_default()
            ));
        }
        let repository = (pause.origin == Origin::Own).then(|| {
            let base = Path::new(&frozen.subject.folder);
            let files = frozen.metadata.files.iter().filter(|f| f.edits > 0);
            let files = files.map(|f| f.path.as_str());
            let mut changes = changed(self.place, base, files, pause.created);
            // Of the second in which it was made: those that it knows are no news.
            let known = pause.checkout.iter().flat_map(|checkout| &checkout.commits);
            let known: Vec<&str> = known.map(|commit| &*commit.hash).collect();
            changes.commits.retain(|new| {
                !known.iter().any(|hash| hash.starts_with(&*new.hash) || new.hash.starts_with(hash))
            });
            changes
        });
        let log = crate::resume::thaw(&frozen, repository.as_ref(), &more);
        let path = pause::markdown_path(self.project, &pause.id);
        let about = About {
            now: self.now,
            log_path: Some(path.display().to_string()),
            cause: Some(Cause::Paused),
            repository,
            ..About::default()
        };
        (log, about)
    }

    /// A session's resume log as of now, with what changed in the repository since, and what it was
    /// composed with.
    pub fn log(
        &self,
        session: &store::Session,
        state: &State,
        cause: Option<Cause>,
        previous: Option<String>,
    ) -> (ResumeLog, About) {
        let path = session.dir().join("resume.md").display().to_string();
        log_at(self.place, self.now, Some(path), state, cause, previous)
    }

    /// The same of a session that is over, from the log that was kept of it then; `None` without one.
    fn kept(
        &self,
        session: &store::Session,
        cause: Option<Cause>,
        previous: Option<String>,
    ) -> Option<(ResumeLog, About)> {
        if cause == Some(Cause::Running) {
            return None;
        }
        let kept = Kept::of(session)?;
        let base = Path::new(kept.composed.folder());
        let edited = kept.edited.iter().map(String::as_str);
        let repository = changed(self.place, base, edited, kept.last.unwrap_or(self.now));
        let about = About {
            now: self.now,
            log_path: Some(session.dir().join("resume.md").display().to_string()),
            cause,
            repository: Some(repository),
            window: kept.window,
            previous: previous.map(injected),
            pause: None,
        };
        Some((kept.composed.since(&about)?.fill(), about))
    }

    /// What changed in the repository since a session's last event, as its own continuation is told it.
    pub fn changes(&self, state: &State) -> Option<String> {
        let since = state.last().unwrap_or(self.now);
        changes_since(&state.session, meanwhile(self.place, &state.session, since))
    }

    /// Finishes the sessions that died without an end: folds what their transcripts hold beyond the
    /// last event. Afterwards their entries say what they came to. Returns what could not be done.
    pub fn finish_dead(&self, recent: &Recent) -> Vec<String> {
        self.finish_all(&self.dead(recent))
    }

    /// The sessions that [`finish_dead`](Self::finish_dead) finishes.
    pub fn dead<'r>(&self, recent: &'r Recent) -> Vec<&'r Entry> {
        let dead = |e: &&Entry| e.id != self.id && !e.settled && !recent.live(e, self.now);
        recent.sessions.iter().filter(dead).take(FINISHED).collect()
    }

    /// Finishes these sessions.
    pub fn finish_all(&self, dead: &[&Entry]) -> Vec<String> {
        dead.iter()
            .filter_map(|entry| {
                let fault = self.finish(entry).err()?;
                Some(format!("session {} can't be finished: {fault}", entry.id))
            })
            .collect()
    }

    /// Folds the rest of one session that nobody writes to any more.
    fn finish(&self, entry: &Entry) -> Result<(), String> {
        let id = SessionId::parse(&entry.id).ok_or("its id is not valid")?;
        let session = self.project.session(&id);
        let lock = || self.project.lock(self.wait).map_err(|e| e.to_string());
        let settle = |lock: &ProjectLock, state: Option<&State>| {
            let done = change(lock, |recent| {
                recent.update(&entry.id, |e| {
                    if let Some(state) = state {
                        e.learn(state);
                    }
                    e.settled = true;
                });
            });
            done.map_err(|e| e.to_string())
        };
        let there = match &entry.transcript {
            // One that can't be looked at now may be there the next time.
            Some(path) => path.try_exists().map_err(|e| format!("{}: {e}", path.display()))?,
            None => false,
        };
        let Some(transcript) = entry.transcript.as_deref().filter(|_| there) else {
            // Deleted since: what is known of it is all there will be. Never written: what Claude Code
            // does not keep is not kept by us.
            if session.read::<State>().map_err(|e| e.to_string())?.snapshot.is_some() {
                return settle(&lock()?, None);
            }
            session.remove(self.wait).map_err(|e| e.to_string())?;
            return forget(&lock()?, &entry.id).map_err(|e| e.to_string());
        };
        // Its end folded all that there is.
        if entry.ended.is_some() && Kept::is_of(&session, transcript) {
            let settle = |e: &mut Entry, _: bool| e.settled = true;
            let lock = lock()?;
            let known = listed(&lock).map_err(|e| e.to_string())?;
            let done = change_entry(&lock, &entry.id, false, known, settle);
            return done.map_err(|e| e.to_string());
        }
        let mut following = super::open(&session, self.wait).map_err(|e| e.to_string())?;
        following.fold(transcript, Some(FIRST_READ)).map_err(|e| e.to_string())?;
        // A session that died before its first Stop has not learned of its window yet.
        following.state.bridge = Bridge::beside(&session).or(following.state.bridge);
        following.over = true;
        following.save(Durability::Synced, self.now).map_err(|e| e.to_string())?;
        settle(&lock()?, Some(&following.state))
    }
}

/// A session's resume log as of `now`, seen from `place`: see [`Opening::log`].
pub fn log_at(
    place: &Place,
    now: DateTime<Utc>,
    log_path: Option<String>,
    state: &State,
    cause: Option<Cause>,
    previous: Option<String>,
) -> (ResumeLog, About) {
    let since = state.last().unwrap_or(now);
    let about = About {
        now,
        log_path,
        cause,
        repository: Some(meanwhile(place, &state.session, since)),
        window: state.window(),
        previous: previous.map(injected),
        pause: None,
    };
    (super::compose(state, &about), about)
}

fn injected(session: String) -> Previous {
    Previous { session, link: "injected".to_owned() }
}

/// How a session ended, as far as its entry tells.
pub fn cause(recent: &Recent, entry: &Entry, now: DateTime<Utc>) -> Option<Cause> {
    Some(match entry.ended.as_deref() {
        Some("clear") => Cause::Cleared,
        Some("prompt_input_exit" | "logout") => Cause::Exited,
        // A signal, or the end of a `-p` run.
        Some(_) if entry.cut_off => Cause::Died,
        Some(_) => Cause::Exited,
        None if recent.live(entry, now) => Cause::Running,
        None => Cause::Died,
    })
}

/// What a prompt takes up that follows a pause's digest: the pause, and its session unless that went on.
pub fn given(recent: &Recent, pause: &Pause) -> Given {
    let session = pause.session.clone().filter(|_| !went_on(recent, pause));
    Given { session, pause: Some(pause.id.clone()) }
}

/// Whether the paused session got more prompts afterwards.
fn went_on(recent: &Recent, pause: &Pause) -> bool {
    let entry = pause.session.as_deref().and_then(|id| recent.get(id));
    entry.is_some_and(|entry| entry.prompts > pause.prompts)
}

/// What happened to the repository since the session's last event.
pub fn meanwhile(place: &Place, session: &Session, since: DateTime<Utc>) -> Meanwhile {
    // What the session removed itself is no news.
    changed(place, Path::new(&session.folder), edited(session), since)
}

/// What happened since a time to the repository and to the first of `files`, which lie below `base`.
fn changed<'a>(
    place: &Place,
    base: &Path,
    files: impl Iterator<Item = &'a str>,
    since: DateTime<Utc>,
) -> Meanwhile {
    let mut changes = Meanwhile::default();
    let files: Vec<&str> = files.take(FILES).collect();
    for (path, difference) in git::differences(base, &files, since) {
        match difference {
            Difference::Modified => changes.modified.push(path.to_owned()),
            Difference::Gone => changes.gone.push(path.to_owned()),
        }
    }
    if let Some(repository) = &place.repository {
        if let Some(head) = place.head() {
            changes.branch.clone_from(&head.branch);
            changes.head = head.commit.as_ref().map(|c| c.chars().take(7).collect());
        }
        let mut commits = repository.commits_since(since, COMMITS + 100);
        changes.more_commits = commits.len().saturating_sub(COMMITS) as u32;
        commits.truncate(COMMITS);
        changes.commits = commits
            .into_iter()
            .map(|c| LaterCommit {
                hash: c.hash.chars().take(7).collect(),
                subject: c.subject,
                at: c.at,
            })
            .collect();
    }
    changes
}
