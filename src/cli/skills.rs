//! `rejoin skills`: the skills that come with rejoin and those that Claude Code finds.

mod args;
mod change;
mod check;
mod look;

pub(super) use args::Skills;

use super::Failure;
use super::places::Places;
use super::terminal::Terminal;
use crate::env::Env;
use crate::skills::{Error, Library};

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Failed(error.to_string())
    }
}

/// The two folders in which Claude Code looks for skills.
struct Libraries {
    user: Library,
    project: Library,
}

impl Libraries {
    fn find(env: &Env) -> Result<Self, Failure> {
        let places = Places::find(env)?;
        Ok(Self {
            user: Library::of_user(&places.claude, &places.data),
            project: Library::of_project(&places.project, &places.data),
        })
    }

    /// Those that were asked for, with their names; both where none was.
    fn chosen(&self, scope: args::Scope) -> Vec<(&'static str, &Library)> {
        let both = [("user", &self.user), ("project", &self.project)];
        let mut chosen: Vec<_> = both
            .into_iter()
            .filter(|(name, _)| match *name {
                "user" => !scope.project,
                _ => !scope.user,
            })
            .collect();
        // At home they are one.
        chosen.dedup_by_key(|(_, library)| library.folder());
        chosen
    }

    /// The one that was asked for; the user's where none was.
    fn one(&self, scope: args::Scope) -> &Library {
        if scope.project { &self.project } else { &self.user }
    }
}

pub(super) fn run(command: &Skills, env: &Env, terminal: &mut Terminal) -> Result<(), Failure> {
    let libraries = Libraries::find(env)?;
    match command {
        Skills::List(options) => look::list(options, &libraries, terminal),
        Skills::Info(options) => look::info(options, &libraries, terminal),
        Skills::Search(options) => look::search(options, terminal),
        Skills::Diff(options) => look::diff(options, &libraries, terminal),
        Skills::Validate(options) => check::validate(options, &libraries, terminal),
        Skills::Deploy(options) => change::deploy(options, &libraries, terminal),
        Skills::Update(options) => change::update(options, &libraries, terminal),
        Skills::Remove(options) => change::remove(options, &libraries, terminal),
    }
}
