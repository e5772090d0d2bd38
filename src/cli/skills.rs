//! `rejoin skills`: the skills that come with rejoin and those that Claude Code finds.

mod args;
mod assign;
mod change;
mod check;
mod look;
mod recommend;

use std::io::{self, Write};

pub(super) use args::Skills;

use super::Failure;
use super::places::Places;
use super::terminal::Terminal;
use crate::env::Env;
use crate::session::text;
use crate::skills::{Error, Library, Registry, State};

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Failed(error.to_string())
    }
}

/// The category of the skills about rejoin itself.
const OWN: &str = "session";

/// The two folders in which Claude Code looks for skills, and what is known of skills.
struct Libraries {
    user: Library,
    project: Library,
    registry: Registry,
    places: Places,
}

impl Libraries {
    fn find(env: &Env) -> Result<Self, Failure> {
        let places = Places::find(env)?;
        Ok(Self {
            user: Library::of_user(&places.claude, &places.data),
            project: Library::of_project(&places.project, &places.data),
            registry: Registry::find(&places.state, &places.project)?,
            places,
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
    if let Some(note) = &libraries.registry.passed_over {
        // Beside the answer, which stands without it.
        drop(writeln!(io::stderr(), "rejoin: note: {}", text::line(note, 400)));
    }
    match command {
        Skills::List(options) => look::list(options, &libraries, terminal),
        Skills::Info(options) => look::info(options, &libraries, terminal),
        Skills::Search(options) => look::search(options, terminal),
        Skills::Recommend(options) => recommend::run(options, &libraries, terminal),
        Skills::Assign(options) => assign::run(options, &libraries, terminal),
        Skills::Diff(options) => look::diff(options, &libraries, terminal),
        Skills::Validate(options) => check::validate(options, &libraries, terminal),
        Skills::Deploy(options) => change::deploy(options, &libraries, terminal),
        Skills::Update(options) => change::update(options, &libraries, terminal),
        Skills::Remove(options) => change::remove(options, &libraries, terminal),
    }
}

/// The skills about rejoin itself that lie in the user's folder as they are bundled or were deployed.
pub(super) fn own_deployed(places: &Places) -> Result<Vec<String>, Failure> {
    let library = Library::of_user(&places.claude, &places.data);
    let registry = Registry::bundled();
    let own = registry.entries().filter(|(_, entry)| entry.category == OWN);
    let mut found = Vec::new();
    for (name, _) in own {
        if matches!(library.find(name)?.state, State::Current | State::Outdated) {
            found.push(name.to_owned());
        }
    }
    Ok(found)
}
