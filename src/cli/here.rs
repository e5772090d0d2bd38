//! The project of the current folder, and its sessions.

use super::Failure;
use crate::clock;
use crate::env::Env;
use crate::follow::{Opening, Place, Recent, pause};
use crate::store::{self, Project, Store, Wait};
use chrono::{DateTime, TimeDelta, Utc};
use std::time::Duration;

/// How long a command waits for a lock that a hook holds.
pub(super) const PATIENCE: Wait = Wait::For(Duration::from_secs(5));

impl From<store::Error> for Failure {
    fn from(error: store::Error) -> Self {
        Self::Failed(error.to_string())
    }
}

/// Where a command was started.
pub(super) struct Here {
    pub(super) place: Place,
    /// `None` when nothing was ever kept.
    pub(super) store: Option<Store>,
    /// `None` when nothing of this project was ever kept.
    pub(super) project: Option<Project>,
    pub(super) now: DateTime<Utc>,
    attended: bool,
}

impl Here {
    pub(super) fn find(env: &Env) -> Result<Self, Failure> {
        let state = env.state_dir().ok_or_else(|| {
            Failure::Failed("no home folder: set HOME to an absolute path and try again".to_owned())
        })?;
        let folder = match &env.claude_project_dir {
            Some(folder) => folder.clone(),
            None => std::env::current_dir().map_err(|error| {
                Failure::Failed(format!("the current folder can't be read: {error}"))
            })?,
        };
        let place = Place::of(&folder, env);
        let store = Store::existing(&state)?;
        let project = store.as_ref().map(|store| place.find(store)).transpose()?.flatten();
        Ok(Self {
            place,
            store,
            project,
            now: clock::now(),
            attended: env.attended.unwrap_or(true),
        })
    }

    /// A session that a person would start here now.
    pub(super) fn opening<'a>(&'a self, project: &'a Project) -> Opening<'a> {
        Opening {
            project,
            place: &self.place,
            id: "",
            attended: self.attended,
            now: self.now,
            wait: PATIENCE,
        }
    }

    /// The project's recent sessions, those that died finished first.
    pub(super) fn recent(&self, project: &Project) -> Result<Recent, Failure> {
        let recent = Recent::of(project)?;
        let faults = self.opening(project).finish_dead(&recent);
        if let Some(store) = self.store.as_ref().filter(|_| !faults.is_empty()) {
            for fault in &faults {
                store.faults().note(&self.now.to_rfc3339(), "rejoin", fault);
            }
        }
        pause::recover(project, &Recent::of(project)?, PATIENCE)?;
        Ok(Recent::of(project)?)
    }
}

/// The part of an id that tables show.
pub(super) fn short(id: &str) -> &str {
    id.char_indices().nth(8).map_or(id, |(at, _)| &id[..at])
}

/// How long ago, as people say it: `just now`, `5 min ago`.
pub(super) fn ago(span: TimeDelta) -> String {
    match age(span) {
        now if now == "now" => "just now".to_owned(),
        age => format!("{age} ago"),
    }
}

/// An age as people say it: `5 min`, `3 h`, `12 d`.
pub(super) fn age(span: TimeDelta) -> String {
    match (span.num_minutes(), span.num_hours(), span.num_days()) {
        (..=0, ..) => "now".to_owned(),
        (minutes @ 1..=89, ..) => format!("{minutes} min"),
        (_, hours @ ..=47, _) => format!("{hours} h"),
        (.., days) => format!("{days} d"),
    }
}
