//! `rejoin` alone: what this project's next session would be told, and why.

use super::Failure;
use super::here::{Here, ago, short};
use super::terminal::{FAINT, Terminal};
use crate::config;
use crate::env::Env;
use crate::follow::{Earlier, Entry};
use crate::resume::policy::{Form, Rule, Start};
use crate::resume::{self, Whose};
use serde::Serialize;
use std::io::Write;

/// The answer, for programs. Fields are only ever added.
#[derive(Serialize)]
struct Answer {
    project: String,
    /// `digest`, `brief`, `notice` or `nothing`.
    form: &'static str,
    why: String,
    session: Option<String>,
    /// The pause that it is told of.
    pause: Option<String>,
    /// What Claude would be given.
    text: Option<String>,
}

pub(super) fn run(json: bool, env: &Env, terminal: &mut Terminal) -> Result<(), Failure> {
    let answer = answer(env)?;
    if json {
        writeln!(terminal, "{}", serde_json::to_string_pretty(&answer).unwrap_or_default())?;
        return Ok(());
    }
    writeln!(terminal, "{FAINT}{}: {}{FAINT:#}", answer.project, answer.why)?;
    if let Some(text) = &answer.text {
        writeln!(terminal, "\n{}", text.trim_end())?;
    }
    Ok(())
}

fn answer(env: &Env) -> Result<Answer, Failure> {
    let here = Here::find(env)?;
    let nothing = |why: &str| Answer {
        project: here.place.project.name.clone(),
        form: "nothing",
        why: why.to_owned(),
        session: None,
        pause: None,
        text: None,
    };
    let (Some(store), Some(project)) = (&here.store, &here.project) else {
        return Ok(nothing(
            "no session was followed here yet, so the next one is told nothing; `rejoin doctor` checks the hooks",
        ));
    };
    if store.is_off() {
        return Ok(nothing("rejoin is off everywhere; `rejoin on --everywhere` turns it on"));
    }
    if project.is_off() {
        return Ok(nothing("rejoin is off for this project; `rejoin on` turns it on"));
    }
    let inject = config::read_with(store.root(), &crate::env::settings(None))
        .map_err(Failure::Failed)?
        .inject;
    let rule = inject.rule(inject.startup);
    let recent = here.recent(project)?;
    let Some(told) = here.opening(project).told(&recent, Start::Startup, rule, None)? else {
        let why = match rule {
            Rule::Never => "config.toml says that a new session is told nothing",
            _ => {
                "the next session is told nothing: no earlier one with a prompt has ended and waits to be taken up"
            }
        };
        return Ok(nothing(why));
    };
    let (form, text) = match told.form {
        Form::Digest => ("digest", resume::digest(&told.log, &told.about, Whose::Earlier)),
        Form::Brief => ("brief", resume::brief(&told.log, &told.about)),
        Form::Notice | Form::Nothing => ("notice", resume::notice(&told.log, &told.about)),
    };
    let (why, session, pause) = match told.earlier {
        Earlier::Session(entry) => {
            let age = ago(here.now - entry.last.unwrap_or(here.now));
            (why(&entry, form, rule, &age), Some(entry.id), None)
        }
        Earlier::Pause(pause) => {
            let reason = match rule {
                Rule::Notice => "config.toml says one line",
                _ => "it was paused on purpose",
            };
            let age = ago(here.now - pause.created);
            let why = format!(
                "the next session is given the {form} of pause {} ({age}), because {reason}{}",
                pause.id,
                match recent.pauses.len() {
                    0 | 1 => String::new(),
                    n => format!("; {} more wait: `rejoin list`", n - 1),
                }
            );
            (why, pause.session, Some(pause.id))
        }
    };
    Ok(Answer {
        project: here.place.project.name.clone(),
        form,
        why,
        session,
        pause,
        text: Some(text),
    })
}

fn why(entry: &Entry, form: &str, rule: Rule, age: &str) -> String {
    let full = entry.context.zip(entry.window).map_or(0, |(used, all)| used * 100 / all.max(1));
    let reason = match rule {
        Rule::Always => "config.toml says always".to_owned(),
        Rule::Notice => "config.toml says one line".to_owned(),
        _ if entry.cut_off => "it was cut off".to_owned(),
        _ if form == "digest" => format!("its context was {full} % full"),
        _ if form == "brief" => "it came to its end within the last three days".to_owned(),
        _ => "it ended more than three days ago".to_owned(),
    };
    format!(
        "the next session is given the {form} of session {} ({age}), because {reason}",
        short(&entry.id)
    )
}
