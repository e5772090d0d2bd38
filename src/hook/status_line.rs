//! The status line: leaves the true context window for the hooks, and prints one short line, or what
//! the user's own status line command prints.

use super::{Fault, on_panic, stdin};
use crate::config::{self, Inject};
use crate::env::Env;
use crate::follow::{Bridge, Place, Recent};
use crate::protocol::Status;
use crate::resume::policy::{Form, Offer, Start, form};
use crate::store::{SessionId, Store};
use chrono::TimeDelta;
use std::fmt::Write as _;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, ExitCode, Stdio};
use std::time::Duration;

/// The executable's name; in the fault log, too.
const NAME: &str = "rejoin-statusline";
/// Cells of the context bar.
const CELLS: u64 = 10;

/// Runs the executable from stdin to its exit code, which is always success.
pub fn run() -> ExitCode {
    std::hint::black_box(crate::release::MARK);
    let env = Env::read();
    let state = env.state_dir();
    on_panic(NAME, state.clone());
    let json = match stdin::read(Duration::from_secs(2)) {
        Ok(json) => json,
        Err(error) => {
            super::note(state.as_deref(), NAME, &error);
            return ExitCode::SUCCESS;
        }
    };
    let status = Status::parse(&json);
    if let (Some(state), Some(status)) = (&state, &status)
        && let Err(fault) = leave(state, status)
    {
        super::note(Some(state), NAME, &fault.0);
    }
    // A configuration that can't be read is told at the session's start.
    let config = state
        .as_deref()
        .and_then(|state| config::read_with(state, &crate::env::settings(None)).ok());
    let own = config.unwrap_or_default();
    let theirs = own.statusline.command.as_deref().filter(|c| !c.contains(NAME));
    let shown = theirs.is_some_and(|command| passed_on(command, &json));
    if !shown && let Some(status) = &status {
        let told = state.as_deref().and_then(|state| told_next(state, status, own.inject, &env));
        // A closed stdout means that nobody looks any more.
        drop(writeln!(std::io::stdout(), "{}", line(status, told)));
    }
    ExitCode::SUCCESS
}

/// Leaves the window for the hooks. Where nothing is followed nothing is kept.
fn leave(state: &Path, status: &Status) -> Result<(), Fault> {
    let Some(window) = status.window else { return Ok(()) };
    let Some(store) = Store::existing(state)?.filter(|store| !store.is_off()) else {
        return Ok(());
    };
    let id = SessionId::parse(&status.session_id).ok_or("the input names no valid session")?;
    let now = crate::clock::now();
    Ok(Bridge::new(status.model.clone(), window, status.used, now).leave(&store, &id)?)
}

/// What a session that is started here next would be told of this one, if it came to its end now;
/// `None` where this one is not followed, or nothing was asked in it yet.
fn told_next(state: &Path, status: &Status, inject: Inject, env: &Env) -> Option<Form> {
    let store = Store::existing(state).ok()?.filter(|store| !store.is_off())?;
    let place = Place::of(status.folder.as_deref()?, env);
    let project = place.find(&store).ok()?.filter(|project| !project.is_off())?;
    let recent = project.recent::<Recent>().ok()??;
    recent.get(&status.session_id).filter(|entry| entry.prompts > 0)?;
    let paused = recent.waiting(place.worktree(), None).is_some();
    if place.project.folder_only && !paused {
        return Some(Form::Nothing);
    }
    let offer =
        Offer { paused, cut_off: false, fullness: fullness(status), age: TimeDelta::zero() };
    Some(form(Start::Startup, inject.rule(inject.startup), &offer))
}

/// Percent of the context window in use.
fn fullness(status: &Status) -> Option<u64> {
    let used = status.used.unwrap_or(0);
    status.window.filter(|window| used <= *window).map(|window| used * 100 / window)
}

/// Gives what Claude Code told to the user's own command, which prints to our stdout; `false` when it
/// could not be started.
fn passed_on(command: &str, json: &[u8]) -> bool {
    let Ok(mut child) = shell(command).stdin(Stdio::piped()).spawn() else { return false };
    if let Some(mut pipe) = child.stdin.take() {
        // A command that does not read what it is told is free not to.
        drop(pipe.write_all(&[json, b"\n"].concat()));
    }
    // Claude Code ends both when it takes too long.
    child.wait().is_ok()
}

/// The command as Claude Code itself would start it.
fn shell(command: &str) -> Command {
    let (shell, flag) = if cfg!(windows) { ("cmd", "/C") } else { ("/bin/sh", "-c") };
    let mut started = Command::new(shell);
    started.args([flag, command]);
    started
}

/// Our own line: model, context bar with percentage, tokens, cost, what the next session is told.
fn line(status: &Status, told: Option<Form>) -> String {
    let mut said = crate::git::quote(status.model_name.as_deref().unwrap_or("Claude"), 40);
    let used = status.used.unwrap_or(0);
    match status.window.zip(fullness(status)) {
        Some((window, percent)) => {
            // The first cell is filled as soon as there is anything, the last one at the very end.
            let filled = (percent * CELLS).div_ceil(100).min(CELLS);
            let cells: String = (0..CELLS).map(|n| if n < filled { '█' } else { '░' }).collect();
            let _ = write!(said, "  {cells} {percent}%  {} of {}", short(used), short(window));
        }
        None => {
            let _ = write!(said, "  {} tokens", short(used));
        }
    }
    if let Some(cost) = status.cost_usd {
        let _ = write!(said, "  ${cost:.2}");
    }
    if let Some(told) = told {
        let form = match told {
            Form::Digest => "the digest",
            Form::Brief => "a brief",
            Form::Notice => "one line",
            Form::Nothing => "nothing",
        };
        let _ = write!(said, "  next session: {form}");
    }
    said
}

/// Tokens for a narrow place: `950`, `84k`, `1M`.
fn short(tokens: u64) -> String {
    match tokens {
        0..1_000 => tokens.to_string(),
        1_000..1_000_000 => format!("{}k", tokens / 1_000),
        _ if tokens.is_multiple_of(1_000_000) => format!("{}M", tokens / 1_000_000),
        _ => format!("{:.1}M", tokens as f64 / 1e6),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_tells_model_context_and_cost() {
        let status = |window, used, cost_usd| Status {
            model_name: Some("Sonnet 4.5".to_owned()),
            window,
            used,
            cost_usd,
            ..Status::default()
        };
        let of = |window, used, cost| line(&status(window, used, cost), None);
        assert_eq!(of(Some(200_000), None, None), "Sonnet 4.5  ░░░░░░░░░░ 0%  0 of 200k");
        assert_eq!(
            of(Some(1_000_000), Some(400_510), Some(1.16253)),
            "Sonnet 4.5  ████░░░░░░ 40%  400k of 1M  $1.16"
        );
        assert_eq!(
            of(Some(200_000), Some(200_000), None),
            "Sonnet 4.5  ██████████ 100%  200k of 200k"
        );
        assert_eq!(of(Some(200_000), Some(250_000), None), "Sonnet 4.5  250k tokens");
        assert_eq!(of(None, Some(1_234_567), None), "Sonnet 4.5  1.2M tokens");
        let told = line(&status(None, Some(5), None), Some(Form::Notice));
        assert_eq!(told, "Sonnet 4.5  5 tokens  next session: one line");
    }
}
