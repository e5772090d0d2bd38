//! What a person means by an id: a session that was followed, or a pause.

use super::Failure;
use super::here::Here;
use crate::env::Env;
use crate::follow::opening::cause;
use crate::follow::{self, Pause, Recent, State, pause};
use crate::resume::{About, Cause, ResumeLog};
use crate::store::{self, Project};

/// What was kept under an id.
#[derive(Debug)]
pub(super) enum Kept {
    Session(Box<Session>),
    Pause(Box<Frozen>),
}

/// A session that was followed.
#[derive(Debug)]
pub(super) struct Session {
    pub(super) project: Project,
    pub(super) files: store::Session,
    pub(super) state: State,
    cause: Option<Cause>,
    previous: Option<String>,
}

/// A pause, own or foreign.
#[derive(Debug)]
pub(super) struct Frozen {
    pub(super) project: Project,
    pub(super) record: Pause,
}

impl Kept {
    /// What `named` begins the id of; without a name, the session that the command was started in, else
    /// the newest one.
    pub(super) fn find(here: &Here, named: Option<&str>, env: &Env) -> Result<Self, Failure> {
        if let (Some(named), Some(project)) = (named, &here.project)
            && let Some(record) = paused(project, named)?
        {
            return Ok(Self::Pause(Box::new(Frozen { project: project.clone(), record })));
        }
        let inside = env.claude_session_id.as_deref().filter(|_| named.is_none());
        let (project, recent, id) = here.session(named.or(inside).unwrap_or_default())?;
        Session::open(here, project, &recent, &id).map(|session| Self::Session(Box::new(session)))
    }
}

impl Session {
    fn open(
        here: &Here,
        project: Project,
        recent: &Recent,
        id: &store::SessionId,
    ) -> Result<Self, Failure> {
        let files = project.session(id);
        let state = follow::look(&files)?;
        let entry = recent.get(id.as_str());
        Ok(Self {
            cause: entry.and_then(|entry| cause(recent, entry, here.now)),
            previous: entry.and_then(|entry| entry.previous.clone()),
            project,
            files,
            state,
        })
    }

    /// The session's resume log as of now, and what it was composed with.
    pub(super) fn log(&self, here: &Here) -> (ResumeLog, About) {
        let opening = here.opening(&self.project);
        opening.log(&self.files, &self.state, self.cause, self.previous.clone())
    }
}

impl Frozen {
    /// The frozen log, and what a digest of it is composed with.
    pub(super) fn log(&self, here: &Here) -> (ResumeLog, About) {
        let path = pause::markdown_path(&self.project, &self.record.id);
        let about = About {
            now: here.now,
            log_path: Some(path.display().to_string()),
            cause: Some(Cause::Paused),
            ..About::default()
        };
        (self.record.log.clone(), about)
    }
}

/// The pause whose id begins with `named`. Ids of pauses begin with `p`, which no session's does.
fn paused(project: &Project, named: &str) -> Result<Option<Pause>, Failure> {
    if !named.starts_with('p') {
        return Ok(None);
    }
    let found: Vec<String> =
        pause::ids(project)?.into_iter().filter(|id| id.starts_with(named)).collect();
    match &found[..] {
        [] => Ok(None),
        [only] => Ok(pause::read(project, only)?),
        several => Err(Failure::Failed(format!(
            "`{named}` fits {} pauses: {}; give more of the id",
            several.len(),
            several.iter().take(5).map(String::as_str).collect::<Vec<_>>().join(", ")
        ))),
    }
}
