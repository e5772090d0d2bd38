//! `rejoin show`: a session's resume log.

use super::Failure;
use super::args::Show;
use super::here::Here;
use super::terminal::Terminal;
use crate::env::Env;
use crate::follow::{self, opening::cause};
use crate::resume::{self, Whose};
use std::io::Write;

pub(super) fn run(options: &Show, env: &Env, terminal: &mut Terminal) -> Result<(), Failure> {
    let here = Here::find(env)?;
    // Inside a session, that session is meant.
    let inside = env.claude_session_id.as_deref().filter(|_| options.session.is_none());
    let prefix = options.session.as_deref().or(inside).unwrap_or_default();
    let (project, recent, id) = here.session(prefix)?;
    let state = follow::look(&project.session(&id))?;
    let entry = recent.get(id.as_str());
    let cause = entry.and_then(|e| cause(&recent, e, here.now));
    let previous = entry.and_then(|e| e.previous.clone());
    let opening = here.opening(&project);
    let (log, about) = opening.log(&project.session(&id), &state, cause, previous);
    let text = if options.json {
        serde_json::to_string_pretty(&log).unwrap_or_default()
    } else if options.digest {
        resume::digest(&log, &about, Whose::Earlier)
    } else {
        resume::markdown(&log)
    };
    writeln!(terminal, "{}", text.trim_end())?;
    Ok(())
}
