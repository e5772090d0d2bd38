//! Logs from elsewhere, as records of this project: kept apart until somebody accepts them.

use super::Failure;
use super::here::{Here, PATIENCE, ago};
use super::terminal::{FAINT, Terminal};
use crate::env::Env;
use crate::export::Document;
use crate::follow::{Origin, Pause, pause};
use crate::foreign::shown;
use crate::resume::Topic;
use crate::store::{Project, Store};
use chrono::{DateTime, Utc};
use serde::Serialize;
use std::io::Write;

/// What one command took over.
#[derive(Debug, Default)]
pub(super) struct Taken {
    /// New records.
    pub(super) fresh: Vec<Pause>,
    /// Logs that were here already.
    pub(super) known: usize,
    /// What was not taken, and why.
    passed: Vec<(String, String)>,
}

/// A log from elsewhere, for programs. Fields are only ever added.
#[derive(Debug, Serialize)]
struct Row<'a> {
    /// Id of the record, for `show`, `resume`, `export`, `forget` and `--accept`.
    id: &'a str,
    /// `claude-mpm` or `foreign`.
    kind: &'static str,
    /// The file it was in, or who shared it and where.
    from: &'a str,
    /// Id of the session that it tells of.
    session: &'a str,
    branch: Option<&'a str>,
    /// When that session was last active, RFC 3339; `null` when it does not say.
    last: Option<DateTime<Utc>>,
    /// When it was taken over.
    taken: DateTime<Utc>,
    /// The next session may be told of it.
    accepted: bool,
    /// It came just now.
    new: bool,
    about: String,
}

/// The answer, for programs. Fields are only ever added.
#[derive(Debug, Serialize)]
struct Answer<'a> {
    logs: Vec<Row<'a>>,
    /// Logs among what was looked at that were here before.
    known: usize,
    passed: Vec<PassedRow<'a>>,
}

/// Something that was not taken over, for programs.
#[derive(Debug, Serialize)]
struct PassedRow<'a> {
    what: &'a str,
    why: &'a str,
}

/// This project's part of the state, made when it was never seen.
pub(super) fn project(here: &Here, env: &Env) -> Result<Project, Failure> {
    if let Some(project) = &here.project {
        return Ok(project.clone());
    }
    let state = env.state_dir().ok_or_else(|| Failure::Failed("no home folder".to_owned()))?;
    Ok(here.place.open(&Store::open(&state)?)?)
}

impl Taken {
    /// Notes something that was not taken; both texts are somebody else's.
    pub(super) fn pass(&mut self, what: &str, why: &str) {
        self.passed.push((shown(what, 200), shown(why, 400)));
    }

    /// Keeps a log as a record that waits for a yes, unless the same is here already. `words` tell a
    /// reader of it where it comes from.
    pub(super) fn put(
        &mut self,
        here: &Here,
        project: &Project,
        document: Document,
        origin: Origin,
        words: &str,
    ) -> Result<(), Failure> {
        let lock = project.lock(PATIENCE)?;
        let mut log = document.log;
        // Its own session is none of this machine's, and what it said of its repository is over.
        log.subject.meanwhile = None;
        log.subject.origin = Some(words.to_owned());
        let same = |known: &Pause| {
            let mut other = known.log.clone();
            other.subject.pause.clone_from(&log.subject.pause);
            other.subject.origin.clone_from(&log.subject.origin);
            other == log && known.message == document.message
        };
        if pause::all(project)?.0.iter().any(same) {
            self.known += 1;
            return Ok(());
        }
        let id = pause::new_id(project, &log.subject.session, here.now)?;
        log.subject.pause = Some(id.clone());
        let record = Pause {
            format: pause::FORMAT,
            id,
            created: here.now,
            origin,
            accepted: false,
            attended: true,
            message: document.message,
            session: None,
            prompts: 0,
            worktree: here.place.worktree().to_owned(),
            checkout: None,
            open_tasks: document.tasks.into_iter().filter(|task| task.state != "done").collect(),
            checks: document.checks,
            log,
            taken_up: None,
            archived: None,
        };
        pause::put(&lock, &record)?;
        self.fresh.push(record);
        Ok(())
    }
}

/// Accepts a log: the next session may be told of it.
pub(super) fn accept(
    here: &Here,
    named: &str,
    json: bool,
    terminal: &mut Terminal,
) -> Result<(), Failure> {
    let Some(project) = &here.project else { return Err(none(named)) };
    let ids = pause::ids(project)?;
    let found: Vec<&String> = ids.iter().filter(|id| id.starts_with(named)).collect();
    let id = match found[..] {
        [only] if !named.is_empty() => only,
        [] => return Err(none(named)),
        _ => return Err(Failure::Failed(format!("`{named}` fits several; give more of the id"))),
    };
    let lock = project.lock(PATIENCE)?;
    let accepted = pause::change(&lock, id, |pause| pause.accepted = true)?;
    let Some(accepted) = accepted else { return Err(none(named)) };
    if json {
        writeln!(
            terminal,
            "{}",
            serde_json::to_string_pretty(&row(&accepted, false)).unwrap_or_default()
        )?;
        return Ok(());
    }
    if accepted.waits() {
        writeln!(terminal, "Accepted {id}: the next session here may be told of it.")?;
    } else {
        writeln!(terminal, "Accepted {id}; it was taken up or put away before.")?;
    }
    Ok(())
}

fn none(named: &str) -> Failure {
    Failure::Failed(format!(
        "no log from elsewhere has the id `{}`; `rejoin fetch` lists them",
        shown(named, 80)
    ))
}

/// Says what was taken over and what waits for a yes. `command` is the one that accepts.
pub(super) fn tell(
    here: &Here,
    project: &Project,
    taken: &Taken,
    json: bool,
    command: &str,
    terminal: &mut Terminal,
) -> Result<(), Failure> {
    let mut all = pause::all(project)?.0;
    all.sort_by_key(|pause| std::cmp::Reverse(pause.log.subject.to));
    let is_new = |pause: &Pause| taken.fresh.iter().any(|fresh| fresh.id == pause.id);
    let foreign = |pause: &&Pause| pause.origin != Origin::Own;
    if json {
        let rows = all.iter().filter(foreign).map(|pause| row(pause, is_new(pause))).collect();
        let passed = taken.passed.iter().map(|(what, why)| PassedRow { what, why }).collect();
        let answer = Answer { logs: rows, known: taken.known, passed };
        writeln!(terminal, "{}", serde_json::to_string_pretty(&answer).unwrap_or_default())?;
        return Ok(());
    }
    let fresh = taken.fresh.len();
    let logs = if fresh == 1 { "log" } else { "logs" };
    match taken.known {
        0 => writeln!(terminal, "{fresh} new {logs}.")?,
        known => writeln!(terminal, "{fresh} new {logs}, {known} known already.")?,
    }
    let waiting: Vec<&Pause> = all.iter().filter(foreign).filter(|p| !p.accepted).collect();
    let width = terminal.width();
    for pause in &waiting {
        let last = pause.log.subject.to.map_or_else(|| "-".to_owned(), |at| ago(here.now - at));
        let mark = if is_new(pause) { "new" } else { "" };
        let line = format!("  {:<8}  {mark:<3}  {last:<11}  ", pause.id);
        let room = width.saturating_sub(line.len()).max(20);
        writeln!(terminal, "{line}{}", columns(&about(pause), room))?;
        writeln!(
            terminal,
            "{FAINT}{:27}{}{FAINT:#}",
            "",
            columns(&place(here, pause), width.saturating_sub(27).max(20))
        )?;
    }
    for (what, why) in &taken.passed {
        writeln!(terminal, "Not taken: {what}: {why}")?;
    }
    if let Some(first) = waiting.first() {
        let id = taken.fresh.last().map_or(&*first.id, |fresh| &*fresh.id);
        writeln!(
            terminal,
            "No session is told of them before you accept one: rejoin show {id}, then {command} --accept {id}"
        )?;
    }
    Ok(())
}

/// As much of a text as fits into so many columns.
fn columns(text: &str, room: usize) -> String {
    use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};
    let text = crate::session::text::one_line(text);
    if text.width() <= room {
        return text;
    }
    let mut used = 1;
    let fits = |c: &char| {
        used += c.width().unwrap_or(0);
        used <= room
    };
    let cut: String = text.chars().take_while(fits).collect();
    format!("{}…", cut.trim_end())
}

fn from(pause: &Pause) -> &str {
    match &pause.origin {
        Origin::Own => "",
        Origin::ClaudeMpm { path } => path,
        Origin::Foreign { from } => from,
    }
}

/// Where it comes from; a file of this project by its path below it.
fn place(here: &Here, pause: &Pause) -> String {
    let from = from(pause);
    let below = std::path::Path::new(from).strip_prefix(here.place.worktree());
    below.map_or_else(|_| from.to_owned(), |below| below.display().to_string())
}

/// What a log is about, in a line.
fn about(pause: &Pause) -> String {
    let log = &pause.log;
    let asked = log.mission.iter().find(|entry| matches!(entry.topic, Topic::Asked | Topic::Note));
    let first = log.next_steps.first().or(log.key_findings.first());
    let said = log.subject.title.as_deref().or(pause.message.as_deref());
    let said = said.or(asked.or(first).map(|entry| &*entry.text));
    shown(said.unwrap_or(&log.subject.ended), 200)
}

fn row(pause: &Pause, new: bool) -> Row<'_> {
    Row {
        id: &pause.id,
        kind: match pause.origin {
            Origin::ClaudeMpm { .. } => "claude-mpm",
            _ => "foreign",
        },
        from: from(pause),
        session: &pause.log.subject.session,
        branch: pause.log.subject.branch.as_deref(),
        last: pause.log.subject.to,
        taken: pause.created,
        accepted: pause.accepted,
        new,
        about: about(pause),
    }
}
