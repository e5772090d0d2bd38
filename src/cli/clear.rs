//! `rejoin clear`: puts away the pauses that were taken up.

use super::Failure;
use super::here::{Here, PATIENCE};
use super::terminal::Terminal;
use crate::env::Env;
use crate::follow::{self, pause};
use clap::Args;
use serde::Serialize;
use std::io::Write;

/// Put away this project's pauses that were taken up
#[derive(Debug, Args)]
#[command(
    after_help = "Nothing is deleted: `rejoin list --archived` shows them, `rejoin show` and `rejoin resume` still take them.\n\nExample: rejoin clear"
)]
pub struct ClearArgs {
    /// These pauses, taken up or not, instead of all that were taken up
    #[arg(value_name = "PAUSE")]
    pub pauses: Vec<String>,
    /// Print the ids that were put away as JSON
    #[arg(long)]
    pub json: bool,
}

/// What was put away, for programs.
#[derive(Serialize)]
struct Cleared {
    archived: Vec<String>,
}

pub(super) fn run(options: &ClearArgs, env: &Env, terminal: &mut Terminal) -> Result<(), Failure> {
    let here = Here::find(env)?;
    let mut archived = Vec::new();
    let mut waiting = 0;
    if let Some(project) = &here.project {
        let (pauses, faults) = pause::all(project)?;
        let mut named = Vec::new();
        for asked in &options.pauses {
            let ids: Vec<&str> = pauses.iter().map(|p| &*p.id).collect();
            named.push(one(asked, &ids)?);
        }
        let put_away = |p: &follow::Pause| {
            if named.is_empty() { p.taken_up.is_some() } else { named.contains(&p.id) }
        };
        let lock = project.lock(PATIENCE)?;
        for pause in pauses.iter().filter(|p| p.archived.is_none()) {
            if put_away(pause) {
                pause::change(&lock, &pause.id, |p| p.archived = Some(here.now))?;
                archived.push(pause.id.clone());
            } else if pause.waits() {
                waiting += 1;
            }
        }
        if let Some(fault) = faults.first() {
            return Err(Failure::Failed(fault.clone()));
        }
    } else if let Some(asked) = options.pauses.first() {
        one(asked, &[])?;
    }
    if options.json {
        let cleared = Cleared { archived };
        writeln!(terminal, "{}", serde_json::to_string_pretty(&cleared).unwrap_or_default())?;
        return Ok(());
    }
    match archived.len() {
        0 if !options.pauses.is_empty() => write!(terminal, "That was put away before.")?,
        0 => write!(terminal, "No pause here was taken up since the last time.")?,
        1 => write!(terminal, "Put away pause {}.", archived[0])?,
        n => write!(terminal, "Put away {n} pauses: {}.", archived.join(", "))?,
    }
    match waiting {
        0 => writeln!(terminal)?,
        1 => writeln!(terminal, " 1 still waits to be taken up.")?,
        n => writeln!(terminal, " {n} still wait to be taken up.")?,
    }
    Ok(())
}

/// The pause whose id begins with `asked`.
fn one(asked: &str, ids: &[&str]) -> Result<String, Failure> {
    let found: Vec<&str> = ids.iter().filter(|id| id.starts_with(asked)).copied().collect();
    match found[..] {
        [id] => Ok(id.to_owned()),
        [] => Err(Failure::Failed(format!(
            "no pause of this project begins with `{}`; {}",
            crate::git::quote(asked, 80),
            if ids.is_empty() {
                "it has none".to_owned()
            } else {
                format!("there are {}", ids.join(", "))
            }
        ))),
        _ => Err(Failure::Failed(format!(
            "`{asked}` fits {} pauses: {}; give more of the id",
            found.len(),
            found.join(", ")
        ))),
    }
}
