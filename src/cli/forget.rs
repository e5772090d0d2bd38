//! `rejoin forget`: deletes everything that is known of a session.

use super::Failure;
use super::here::{Here, PATIENCE, short};
use super::known::{Known, What};
use super::share;
use super::terminal::Terminal;
use crate::env::Env;
use crate::follow::{self, Pause, retention};
use crate::session::text;
use crate::store::{Project, SessionId};
use clap::Args;
use serde::Serialize;
use std::io::Write;

/// Delete everything that rejoin knows of a session
///
/// Its resume log, facts, response log, entry in the list and the pauses made of it. Claude Code's own
/// transcript is not touched; where it is, is said. A pause's id deletes that pause alone.
#[derive(Debug, Args)]
#[command(after_help = "Example: rejoin forget 8463c716")]
pub struct ForgetArgs {
    /// The session's or the pause's id or its beginning
    pub session: String,
    /// Delete without a question
    #[arg(long, short)]
    pub yes: bool,
    /// Print what was deleted as JSON; needs --yes
    #[arg(long, requires = "yes")]
    pub json: bool,
}

/// What was deleted, for programs. Fields are only ever added.
#[derive(Debug, Serialize)]
struct Forgotten {
    /// Id of the session or the pause.
    id: String,
    /// `session` or `pause`.
    kind: &'static str,
    /// Pauses made of the session, deleted with it.
    pauses: Vec<String>,
    /// Copies of it that were shared with others: refs of the repository, deleted here and not at the
    /// remote.
    shared: Vec<String>,
    /// Claude Code's transcript, which stays; absent when it is not known or gone.
    #[serde(skip_serializing_if = "Option::is_none")]
    transcript: Option<String>,
}

pub(super) fn run(options: &ForgetArgs, env: &Env, terminal: &mut Terminal) -> Result<(), Failure> {
    let here = Here::find(env)?;
    if options.session.is_empty() {
        return Err(Failure::Failed("say which session: `rejoin list` shows them".to_owned()));
    }
    let known = here.known(Some(&options.session), env)?;
    if known.is_live(here.now) {
        return Err(Failure::Failed(format!(
            "{} runs: its hooks would write it anew; end it first",
            known.named()
        )));
    }
    match (&known.what, &known.project) {
        (What::Followed(id), Some(project)) => {
            forget(options, &here, &known, project, id, terminal)
        }
        (What::Pause(pause), Some(project)) => put_out(options, project, pause, terminal),
        (What::Transcript(path), _) => Err(Failure::Failed(format!(
            "rejoin keeps nothing of {}: it is read from Claude Code's own transcript, {}",
            known.named(),
            path.display()
        ))),
        _ => Err(Failure::Failed(format!("rejoin keeps nothing of {}", known.named()))),
    }
}

/// Deletes a pause, and nothing but it.
fn put_out(
    options: &ForgetArgs,
    project: &Project,
    pause: &Pause,
    terminal: &mut Terminal,
) -> Result<(), Failure> {
    if !options.json {
        let waits = if pause.waits() { ", which waits to be taken up" } else { "" };
        writeln!(terminal, "This deletes pause {}{waits}.", pause.id)?;
    }
    agreed(options, terminal)?;
    follow::pause::remove(&project.lock(PATIENCE)?, &pause.id)?;
    let gone = Forgotten {
        id: pause.id.clone(),
        kind: "pause",
        pauses: Vec::new(),
        shared: Vec::new(),
        transcript: None,
    };
    tell(options, &gone, terminal)
}

fn forget(
    options: &ForgetArgs,
    here: &Here,
    known: &Known,
    project: &Project,
    id: &SessionId,
    terminal: &mut Terminal,
) -> Result<(), Failure> {
    let state = known.state()?;
    let pauses = follow::pause::all(project)?.0.into_iter();
    let pauses = pauses.filter(|pause| pause.session.as_deref() == Some(id.as_str()));
    let transcript = state.transcript.as_ref().filter(|path| path.exists());
    let gone = Forgotten {
        id: id.to_string(),
        kind: "session",
        pauses: pauses.map(|pause| pause.id).collect(),
        shared: share::refs_of(here, id.as_str()),
        transcript: transcript.map(|path| path.display().to_string()),
    };
    if !options.json {
        let about = state.session.first_prompt().map(|prompt| text::line(&prompt.text, 60));
        let about = about.map(|about| format!(" (\"{about}\")")).unwrap_or_default();
        let turns = known.responses(&state)?.len();
        writeln!(terminal, "This deletes all that rejoin knows of session {id}{about}:")?;
        writeln!(terminal, "  its resume log and facts, {turns} entries of its response log")?;
        match gone.pauses.len() {
            0 => {}
            _ => writeln!(terminal, "  the pauses made of it: {}", gone.pauses.join(", "))?,
        }
        for shared in &gone.shared {
            writeln!(terminal, "  the shared copy {shared}, here; who has fetched it keeps it")?;
        }
    }
    agreed(options, terminal)?;
    let Some(store) = &here.store else { return Ok(()) };
    retention::forget(store, project, id, PATIENCE)?;
    share::drop_refs(here, &gone.shared)?;
    tell(options, &gone, terminal)
}

fn agreed(options: &ForgetArgs, terminal: &mut Terminal) -> Result<(), Failure> {
    if options.yes {
        return Ok(());
    }
    if !terminal.attended() {
        return Err(Failure::Failed(
            "nobody is there to be asked: say --yes to delete it".to_owned(),
        ));
    }
    if terminal.confirm("Delete it for good?", false)? {
        Ok(())
    } else {
        Err(Failure::Failed("nothing was deleted".to_owned()))
    }
}

fn tell(options: &ForgetArgs, gone: &Forgotten, terminal: &mut Terminal) -> Result<(), Failure> {
    if options.json {
        writeln!(terminal, "{}", serde_json::to_string_pretty(gone).unwrap_or_default())?;
        return Ok(());
    }
    writeln!(terminal, "Deleted {} {}.", gone.kind, short(&gone.id))?;
    if let Some(path) = &gone.transcript {
        writeln!(terminal, "Claude Code's transcript of it stays: {path}")?;
    }
    for shared in &gone.shared {
        writeln!(
            terminal,
            "At the remote it stays until somebody deletes it: git push <remote> --delete {shared}"
        )?;
    }
    Ok(())
}
