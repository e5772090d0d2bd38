//! `rejoin pause`: freezes where the work stands, for a later session.

mod commit;
mod git;

use super::Failure;
use super::here::{Here, PATIENCE};
use super::known::{Known, What};
use super::terminal::Terminal;
use crate::env::Env;
use crate::follow::{self, Origin, Pause, State, pause};
use crate::redact::redact;
use crate::resume::{self, About, Cause, Checkout, Paused};
use crate::session::text;
use crate::store::Store;
use clap::Args;
use serde::Serialize;
use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};

/// Freeze where the work stands, for a later session to go on with
#[derive(Debug, Args)]
#[command(
    after_help = "The next session that starts here is told of it first, and takes it up with its first prompt.\n\nExample: rejoin pause -m 'the parser is half done, see parse_list'"
)]
pub struct PauseArgs {
    /// What whoever goes on has to know; enough where there is no session
    #[arg(long, short)]
    pub message: Option<String>,
    /// Also commit a copy into the repository: that file alone, staged changes stay staged
    #[arg(long)]
    pub commit: bool,
    /// Also write a copy: JSON where the name ends in .json, else Markdown
    #[arg(long, value_name = "PATH")]
    pub export: Option<PathBuf>,
    /// Print what was written as JSON
    #[arg(long)]
    pub json: bool,
}

/// What was written, for programs. Fields are only ever added.
#[derive(Serialize)]
struct Written<'a> {
    pause: &'a str,
    /// `null` when a message was all there was.
    session: Option<&'a str>,
    json: String,
    markdown: String,
    export: Option<String>,
    /// Hash and files of the commit that was made.
    commit: Option<&'a commit::Made>,
}

pub(super) fn run(options: &PauseArgs, env: &Env, terminal: &mut Terminal) -> Result<(), Failure> {
    let here = Here::find(env)?;
    let message = options.message.as_deref().map(str::trim).filter(|m| !m.is_empty());
    let message = message.map(|m| text::cut(&redact(m), resume::MESSAGE));
    if let Some(target) = &options.export {
        free(target)?;
    }
    let known = match here.known(None, env) {
        Ok(known) => Some(known),
        Err(_) if message.is_some() => None,
        Err(_) => {
            return Err(Failure::Failed(
                "there is no session here to pause; say where the work stands with `rejoin pause -m MESSAGE`"
                    .to_owned(),
            ));
        }
    };
    let state_dir = env.state_dir().unwrap_or_default();
    let store = match &here.store {
        Some(store) => store.clone(),
        None => Store::open(&state_dir)?,
    };
    let project = here.place.open(&store)?;
    let seed = format!("{}{}", std::process::id(), message.as_deref().unwrap_or_default());
    let id = pause::new_id(&project, &seed, here.now)?;
    let checkout = git::checkout(&here.place);
    let pause = freeze(&here, env, id, message, known.as_ref(), checkout)?;
    pause::put(&project.lock(PATIENCE)?, &pause)?;

    let commit = options.commit.then(|| commit::copy(&here, &pause));
    let export = options.export.as_deref().map(|target| export(target, &pause)).transpose()?;
    let markdown = pause::markdown_path(&project, &pause.id);
    if options.json {
        let made = commit.as_ref().and_then(|made| made.as_ref().ok());
        let written = Written {
            pause: &pause.id,
            session: pause.session.as_deref(),
            json: markdown.with_extension("json").display().to_string(),
            markdown: markdown.display().to_string(),
            export: export.map(|path| path.display().to_string()),
            commit: made,
        };
        writeln!(terminal, "{}", serde_json::to_string_pretty(&written).unwrap_or_default())?;
    } else {
        tell(&pause, known.as_ref(), terminal)?;
        if let Some(path) = export {
            writeln!(terminal, "Wrote {}.", path.display())?;
        }
        if let Some(Ok(made)) = &commit {
            write!(terminal, "{}", made.told())?;
        }
        let off = store.is_off() || project.is_off();
        writeln!(
            terminal,
            "{}",
            if off {
                "rejoin is off here, so no session is told of it; `rejoin on` turns it on."
                    .to_owned()
            } else {
                format!(
                    "The next session here is told of it; `rejoin resume {}` starts one.",
                    pause.id
                )
            }
        )?;
    }
    match commit {
        Some(Err(why)) => {
            Err(Failure::Failed(format!("pause {} is kept, but not committed: {why}", pause.id)))
        }
        _ => Ok(()),
    }
}

/// The record of a pause made now.
fn freeze(
    here: &Here,
    env: &Env,
    id: String,
    message: Option<String>,
    known: Option<&Known>,
    checkout: Option<Checkout>,
) -> Result<Pause, Failure> {
    let paused = Paused { id, at: here.now, message, checkout };
    let mut state = match known {
        Some(known) => known.state()?,
        None => State::default(),
    };
    if known.is_none() {
        state.session.id.clone_from(&paused.id);
        state.session.folder = here.place.folder.display().to_string();
        state.session.branch = paused.checkout.as_ref().and_then(|c| c.branch.clone());
        state.session.first = Some(here.now);
        state.session.last = Some(here.now);
    }
    let log_path = match known {
        Some(Known { what: What::Followed(id), project: Some(project), .. }) => {
            Some(project.session(id).dir().join("resume.md").display().to_string())
        }
        _ => None,
    };
    let about = About {
        now: here.now,
        log_path,
        cause: Some(Cause::Paused),
        window: state.window(),
        pause: Some(paused.clone()),
        ..About::default()
    };
    Ok(Pause {
        format: pause::FORMAT,
        id: paused.id,
        created: here.now,
        origin: Origin::Own,
        accepted: true,
        attended: env.attended.unwrap_or(true),
        message: paused.message,
        session: known.and_then(Known::session).map(str::to_owned),
        prompts: state.session.human_prompts(),
        worktree: here.place.worktree().to_owned(),
        checkout: paused.checkout,
        open_tasks: resume::open_tasks(&state.session),
        checks: resume::checks(&state.session),
        log: follow::compose(&state, &about),
        taken_up: None,
        archived: None,
    })
}

fn tell(pause: &Pause, known: Option<&Known>, terminal: &mut Terminal) -> Result<(), Failure> {
    match known {
        Some(known) => writeln!(terminal, "Paused {} as {}.", known.named(), pause.id)?,
        None => writeln!(terminal, "Paused as {}: no session, the message alone.", pause.id)?,
    }
    if let Some(checkout) = &pause.checkout {
        let mut parts = Vec::new();
        let at = checkout.head.as_deref().map(|h| h.chars().take(7).collect::<String>());
        let at = at.map_or_else(|| ", no commit yet".to_owned(), |head| format!(" at {head}"));
        parts.push(match &checkout.branch {
            Some(branch) => format!("branch {}{at}", crate::git::quote(branch, 60)),
            None => format!("detached HEAD{at}"),
        });
        parts.extend(checkout.in_progress.as_ref().map(|what| format!("a {what} is in progress")));
        for (kind, files) in [
            ("unmerged", &checkout.unmerged),
            ("staged", &checkout.staged),
            ("modified", &checkout.modified),
            ("untracked", &checkout.untracked),
        ] {
            if !files.is_empty() {
                parts.push(format!("{} {kind}", files.len()));
            }
        }
        writeln!(terminal, "  {}", parts.join(", "))?;
    }
    let mut parts = Vec::new();
    match pause.open_tasks.len() {
        0 => {}
        1 => parts.push("1 open task".to_owned()),
        n => parts.push(format!("{n} open tasks")),
    }
    if let Some(check) = pause.checks.first() {
        parts.push(format!("checked by `{}`", text::line(check, 60)));
    }
    if !parts.is_empty() {
        writeln!(terminal, "  {}", parts.join(", "))?;
    }
    Ok(())
}

/// Refuses to write over what is there, before anything else is done.
fn free(target: &Path) -> Result<(), Failure> {
    if target.symlink_metadata().is_ok() && !target.is_dir() {
        return Err(Failure::Failed(format!(
            "{} is there already; nothing was paused, choose another name",
            target.display()
        )));
    }
    Ok(())
}

/// Writes a copy for people or programs; into a folder under the pause's id.
fn export(target: &Path, pause: &Pause) -> Result<PathBuf, Failure> {
    let inside = || target.join(format!("{}.md", pause.id));
    let path = if target.is_dir() { inside() } else { target.to_owned() };
    let json = path.extension().is_some_and(|e| e.eq_ignore_ascii_case("json"));
    let text = if json {
        serde_json::to_string_pretty(pause).unwrap_or_default() + "\n"
    } else {
        resume::markdown(&pause.frozen())
    };
    write_new(&path, &text).map_err(|error| {
        Failure::Failed(format!(
            "pause {} is kept, but {} can't be written: {error}",
            pause.id,
            path.display()
        ))
    })?;
    Ok(path)
}

/// Writes a file that is not there yet.
fn write_new(path: &Path, text: &str) -> std::io::Result<()> {
    let mut file = OpenOptions::new().write(true).create_new(true).open(path)?;
    let written = file.write_all(text.as_bytes());
    if written.is_err() {
        // Half a copy helps nobody.
        drop(fs::remove_file(path));
    }
    written
}
