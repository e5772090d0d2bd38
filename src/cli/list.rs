//! `rejoin list`: the project's sessions.

use super::Failure;
use super::args::List;
use super::here::{Here, age, short, standing};
use super::terminal::{FAINT, Terminal};
use crate::env::Env;
use crate::follow::{Entry, Recent};
use crate::session::text;
use serde::Serialize;
use std::io::Write;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// A session, for programs. Fields are only ever added.
#[derive(Serialize)]
struct Row<'a> {
    id: &'a str,
    /// `live`, `cut off` or `ended`.
    state: &'static str,
    branch: Option<&'a str>,
    worktree: String,
    /// RFC 3339, UTC.
    started: Option<String>,
    last: Option<String>,
    prompts: u32,
    context_tokens: Option<u64>,
    context_window: Option<u64>,
    attended: bool,
    first_prompt: &'a str,
    /// A later session was told of it and went on.
    taken_up: bool,
}

pub(super) fn run(options: &List, env: &Env, terminal: &mut Terminal) -> Result<(), Failure> {
    let here = Here::find(env)?;
    let recent = match &here.project {
        Some(project) => here.recent(project)?,
        None => Recent::default(),
    };
    let mut sessions: Vec<&Entry> = recent.sessions.iter().filter(|e| e.prompts > 0).collect();
    sessions.sort_by_key(|e| std::cmp::Reverse(e.last));
    if options.json {
        let rows: Vec<Row<'_>> = sessions.iter().map(|e| row(&here, &recent, e)).collect();
        writeln!(terminal, "{}", serde_json::to_string_pretty(&rows).unwrap_or_default())?;
        return Ok(());
    }
    if sessions.is_empty() {
        writeln!(terminal, "No session of this project was followed yet.")?;
        return Ok(());
    }
    let width = terminal.width();
    writeln!(
        terminal,
        "{FAINT}{:<8}  {:>6}  {:<7}  {:>4}  {:<16}  first prompt{FAINT:#}",
        "session", "age", "state", "full", "branch"
    )?;
    for entry in sessions {
        let last = entry.last.map(|last| age(here.now - last)).unwrap_or_default();
        let full = entry
            .context
            .zip(entry.window)
            .map(|(used, all)| format!("{} %", used * 100 / all.max(1)));
        let branch = text::cut(entry.branch.as_deref().unwrap_or("-"), 16);
        let line = format!(
            "{:<8}  {last:>6}  {:<7}  {:>4}  {branch:<16}  ",
            short(&entry.id),
            standing(&recent, entry, here.now),
            full.unwrap_or_else(|| "-".to_owned()),
        );
        let room = width.saturating_sub(UnicodeWidthStr::width(&*line)).max(12);
        writeln!(terminal, "{line}{}", fit(&entry.about, room))?;
    }
    Ok(())
}

fn row<'a>(here: &Here, recent: &Recent, entry: &'a Entry) -> Row<'a> {
    let stamp = |at: Option<chrono::DateTime<chrono::Utc>>| at.map(|at| at.to_rfc3339());
    Row {
        id: &entry.id,
        state: standing(recent, entry, here.now),
        branch: entry.branch.as_deref(),
        worktree: entry.worktree.display().to_string(),
        started: stamp(entry.started),
        last: stamp(entry.last),
        prompts: entry.prompts,
        context_tokens: entry.context,
        context_window: entry.window,
        attended: entry.attended,
        first_prompt: &entry.about,
        taken_up: recent.taken_up(&entry.id),
    }
}

/// As much of a text's first line as fits into so many columns.
fn fit(text: &str, columns: usize) -> String {
    let line = text::one_line(text);
    if line.width() <= columns {
        return line;
    }
    let mut used = 1;
    let fits = |c: &char| {
        used += c.width().unwrap_or(0);
        used <= columns
    };
    let cut: String = line.chars().take_while(fits).collect();
    format!("{}…", cut.trim_end())
}
