//! What an id on the command line means: a session that was followed, one that only Claude Code's own
//! transcripts know, or a pause.

use super::Failure;
use super::here::{Here, short};
use super::transcripts::{self, Unfollowed};
use crate::env::Env;
use crate::follow::opening::{cause, log_at};
use crate::follow::{self, Opening, Pause, Place, Recent, Response, State, pause};
use crate::resume::{About, ResumeLog};
use crate::store::{Project, SessionId};
use chrono::{DateTime, Utc};
use std::path::{Path, PathBuf};

/// How many nearest ids an error names.
const NEAREST: usize = 4;

/// What an id stands for.
pub(super) struct Known {
    pub(super) id: String,
    /// The folder it belongs to: this one's project, or another.
    pub(super) place: Place,
    /// `None` when nothing of the project was ever followed.
    pub(super) project: Option<Project>,
    pub(super) recent: Recent,
    pub(super) what: What,
}

pub(super) enum What {
    /// A session that the hooks followed.
    Followed(SessionId),
    /// A session that they did not: its transcript.
    Transcript(PathBuf),
    Pause(Box<Pause>),
}

/// An id that is known, and where.
#[derive(Clone)]
struct Candidate {
    id: String,
    kind: Kind,
    project: Option<Project>,
    /// It is of the project of the current folder.
    own: bool,
}

#[derive(Clone)]
enum Kind {
    Session,
    Pause,
    Transcript(PathBuf),
}

impl Here {
    /// What `asked` means: an id or its unique beginning, here or in another project. Without one, the
    /// session that this process runs inside of, else this project's newest.
    pub(super) fn known(&self, asked: Option<&str>, env: &Env) -> Result<Known, Failure> {
        let recent = match &self.project {
            Some(project) => self.recent(project)?,
            None => Recent::default(),
        };
        let Some(prefix) = asked.filter(|prefix| !prefix.is_empty()) else {
            return self.meant(recent, env);
        };
        let mut candidates = self.candidates(&recent, env)?;
        let begins = |c: &Candidate| c.id.starts_with(prefix);
        let mut found: Vec<Candidate> = candidates.iter().filter(|c| begins(c)).cloned().collect();
        // The folders of transcripts do not tell similar projects apart.
        found.retain(|c| match &c.kind {
            Kind::Transcript(path) => transcripts::belongs(path, &self.place, env),
            Kind::Session | Kind::Pause => true,
        });
        if found.is_empty() {
            let elsewhere = self.elsewhere(env)?;
            found = elsewhere.iter().filter(|c| begins(c)).cloned().collect();
            candidates.extend(elsewhere);
        }
        if let Some(exact) = found.iter().find(|c| c.id == prefix) {
            found = vec![exact.clone()];
        }
        match &found[..] {
            [one] => self.open(one, recent, env),
            [] if candidates.is_empty() => Err(nothing()),
            [] => Err(Failure::Failed(format!(
                "no session or pause begins with `{}`; nearest: {}; `rejoin list --all` shows all",
                crate::git::quote(prefix, 80),
                nearest(prefix, &candidates)
            ))),
            several => {
                let few: Vec<&str> = several.iter().take(5).map(|c| &*c.id).collect();
                Err(Failure::Failed(format!(
                    "`{prefix}` fits {}: {}; give more of the id",
                    several.len(),
                    few.join(", ")
                )))
            }
        }
    }

    /// The session that nobody had to name.
    fn meant(&self, recent: Recent, env: &Env) -> Result<Known, Failure> {
        let one = |id: &str, kind: Kind| Candidate {
            id: id.to_owned(),
            kind,
            project: self.project.clone(),
            own: true,
        };
        let transcript = |found: &Unfollowed| one(&found.id, Kind::Transcript(found.path.clone()));
        if let Some(id) = &env.claude_session_id {
            let known = if self.is_followed(&recent, id)? {
                Some(one(id, Kind::Session))
            } else {
                transcripts::all(env).iter().find(|t| t.id == *id).map(transcript)
            };
            let known = known.ok_or_else(|| {
                Failure::Failed(format!(
                    "nothing is known of session {id}, in which this runs; name another, `rejoin list` shows them"
                ))
            })?;
            return self.open(&known, recent, env);
        }
        let newest = recent.sessions.iter().find(|e| e.prompts > 0);
        let candidate = match newest {
            Some(entry) => one(&entry.id, Kind::Session),
            None => transcripts::of_place(&self.place, env)
                .iter()
                .take(transcripts::LOOKED_AT)
                .find(|found| transcripts::belongs(&found.path, &self.place, env))
                .map(transcript)
                .ok_or_else(nothing)?,
        };
        self.open(&candidate, recent, env)
    }

    fn is_followed(&self, recent: &Recent, id: &str) -> Result<bool, Failure> {
        if recent.get(id).is_some() {
            return Ok(true);
        }
        let Some(project) = &self.project else { return Ok(false) };
        Ok(project.sessions()?.iter().any(|known| known.as_str() == id))
    }

    /// Everything of this project, followed sessions first.
    fn candidates(&self, recent: &Recent, env: &Env) -> Result<Vec<Candidate>, Failure> {
        let mut all = Vec::new();
        if let Some(project) = &self.project {
            let started = recent.sessions.iter().map(|e| e.id.clone()).collect();
            of_project(project, started, true, &mut all)?;
        }
        for found in transcripts::of_place(&self.place, env) {
            if !all.iter().any(|known| known.id == found.id) {
                let kind = Kind::Transcript(found.path);
                all.push(Candidate {
                    id: found.id,
                    kind,
                    project: self.project.clone(),
                    own: true,
                });
            }
        }
        Ok(all)
    }

    /// Everything of all projects.
    fn elsewhere(&self, env: &Env) -> Result<Vec<Candidate>, Failure> {
        let mut all = Vec::new();
        for project in self.store.as_ref().map_or(Ok(Vec::new()), crate::store::Store::projects)? {
            of_project(&project, Vec::new(), false, &mut all)?;
        }
        for found in transcripts::all(env) {
            if !all.iter().any(|known| known.id == found.id) {
                let kind = Kind::Transcript(found.path);
                all.push(Candidate { id: found.id, kind, project: None, own: false });
            }
        }
        Ok(all)
    }

    fn open(&self, found: &Candidate, recent: Recent, env: &Env) -> Result<Known, Failure> {
        let own = found.own;
        let recent = match &found.project {
            Some(project) if !own => Recent::of(project)?,
            _ => recent,
        };
        let id = found.id.clone();
        let (what, folder) = match (&found.kind, &found.project) {
            (Kind::Transcript(path), _) => {
                let glance = crate::transcript::glance(path);
                let folder = glance.map(|g| PathBuf::from(g.folder)).ok();
                (What::Transcript(path.clone()), folder)
            }
            (Kind::Pause, Some(project)) => {
                let pause = pause::read(project, &id)?.ok_or_else(nothing)?;
                let folder = pause.worktree.clone();
                (What::Pause(Box::new(pause)), Some(folder))
            }
            (_, _) => {
                let session = SessionId::parse(&id).ok_or_else(|| {
                    Failure::Failed(format!(
                        "the state directory holds a session with an invalid id: {id}"
                    ))
                })?;
                let folder = recent.get(&id).map(|entry| entry.worktree.clone());
                (What::Followed(session), folder)
            }
        };
        // In this project the current folder is what counts: the log tells what changed here.
        let other = folder.filter(|f| !own && f.is_absolute() && f.is_dir());
        let place = Place::of(other.as_deref().unwrap_or(&self.place.folder), env);
        Ok(Known { id, place, project: found.project.clone(), recent, what })
    }
}

/// The sessions, pauses last, of a project; `first` before the others.
fn of_project(
    project: &Project,
    first: Vec<String>,
    own: bool,
    all: &mut Vec<Candidate>,
) -> Result<(), Failure> {
    let mut ids = first;
    for id in project.sessions()? {
        if !ids.iter().any(|known| known == id.as_str()) {
            ids.push(id.to_string());
        }
    }
    let add = |id: String, kind: Kind| Candidate { id, kind, project: Some(project.clone()), own };
    all.extend(ids.into_iter().map(|id| add(id, Kind::Session)));
    all.extend(pause::ids(project)?.into_iter().map(|id| add(id, Kind::Pause)));
    Ok(())
}

impl Known {
    /// What is known of the session; a pause's is that of its session, empty when it has none.
    pub(super) fn state(&self) -> Result<State, Failure> {
        match (&self.what, &self.project) {
            (What::Followed(id), Some(project)) => Ok(follow::look(&project.session(id))?),
            (What::Transcript(path), _) => facts(path),
            (What::Pause(pause), Some(project)) => {
                match pause.session.as_deref().and_then(SessionId::parse) {
                    Some(id) => Ok(follow::look(&project.session(&id))?),
                    None => Ok(State::default()),
                }
            }
            (_, None) => Ok(State::default()),
        }
    }

    /// Its resume log as of now, and what it was composed with.
    pub(super) fn log(&self, here: &Here) -> Result<(ResumeLog, About), Failure> {
        // A pause has its own.
        let state = if self.is_pause() { State::default() } else { self.state()? };
        Ok(self.log_of(&state, here))
    }

    /// The resume log of its state, and what it was composed with.
    pub(super) fn log_of(&self, state: &State, here: &Here) -> (ResumeLog, About) {
        match (&self.what, &self.project) {
            (What::Pause(pause), Some(project)) => {
                let opening = Opening { place: &self.place, ..here.opening(project) };
                opening.pause(&self.recent, pause)
            }
            (What::Followed(id), Some(project)) => {
                let entry = self.recent.get(&self.id);
                let cause = entry.and_then(|e| cause(&self.recent, e, here.now));
                let previous = entry.and_then(|e| e.previous.clone());
                let opening = Opening { place: &self.place, ..here.opening(project) };
                opening.log(&project.session(id), state, cause, previous)
            }
            _ => log_at(&self.place, here.now, None, state, None, None),
        }
    }

    /// The records of its turns and of its subagents' runs, as they follow from its state.
    pub(super) fn responses(&self, state: &State) -> Result<Vec<Response>, Failure> {
        Ok(match (&self.what, &self.project) {
            (What::Followed(id), Some(project)) => follow::log(&project.session(id), state)?,
            _ => follow::log_of(state)?,
        })
    }

    /// The folder that the session was started in.
    pub(super) fn folder(&self) -> Result<PathBuf, Failure> {
        Ok(match &self.what {
            What::Pause(pause) => PathBuf::from(&pause.log.subject.folder),
            _ => PathBuf::from(&self.state()?.session.folder),
        })
    }

    /// The Claude Code session that it is or was made of.
    pub(super) fn session(&self) -> Option<&str> {
        match &self.what {
            What::Pause(pause) => pause.session.as_deref(),
            _ => Some(&self.id),
        }
    }

    pub(super) fn is_pause(&self) -> bool {
        matches!(self.what, What::Pause(_))
    }

    /// As messages name it: `session 8463c716`, `pause p0c51f3a`.
    pub(super) fn named(&self) -> String {
        match self.what {
            What::Pause(_) => format!("pause {}", self.id),
            _ => format!("session {}", short(&self.id)),
        }
    }

    /// Whether its process runs.
    pub(super) fn is_live(&self, now: DateTime<Utc>) -> bool {
        matches!(self.what, What::Followed(_))
            && self.recent.get(&self.id).is_some_and(|entry| self.recent.live(entry, now))
    }
}

fn facts(path: &Path) -> Result<State, Failure> {
    follow::facts(path)
        .map_err(|error| Failure::Failed(format!("{} can't be read: {error}", path.display())))
}

/// The ids that a mistyped one comes nearest to, as far as it goes; of equals the first listed.
fn nearest(prefix: &str, candidates: &[Candidate]) -> String {
    let mut ids: Vec<(usize, &str)> = Vec::new();
    for candidate in candidates {
        let id = short(&candidate.id);
        let same: String = candidate.id.chars().take(prefix.chars().count()).collect();
        if !ids.iter().any(|(_, known)| *known == id) {
            ids.push((strsim::levenshtein(prefix, &same), id));
        }
    }
    ids.sort_by_key(|(distance, _)| *distance);
    ids.iter().take(NEAREST).map(|(_, id)| *id).collect::<Vec<_>>().join(", ")
}

pub(super) fn nothing() -> Failure {
    Failure::Failed(
        "no session of this project is known; start Claude Code here, or check the hooks with `rejoin doctor`"
            .to_owned(),
    )
}
