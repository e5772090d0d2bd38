//! `rejoin context`: the repository, and what its sessions left open and decided.

use std::io::Write;

use chrono::{DateTime, TimeDelta, Utc};
use clap::Args;
use serde::Serialize;

use super::Failure;
use super::catchup::{self, Report};
use super::columns::{counted, fit, pad, wide};
use super::here::{Here, age, short};
use super::terminal::{FAINT, HEAD, Terminal};
use crate::env::Env;
use crate::follow::{self, Entry, Recent, pause};
use crate::resume::{self, Topic};
use crate::session::facts::{Act, NoteKind};
use crate::session::text;
use crate::store::{Project, SessionId};

/// Lines of each part; more are counted.
const SHOWN: usize = 8;

/// Sessions of which the failures that still stand are looked for.
const NEWEST: usize = 10;

/// UTF-16 units of a text in JSON.
const LONGEST: usize = 1_000;

/// A terminal of fewer columns shows less of each entry.
const NARROW: usize = 60;

/// Columns of a part's name.
const LABEL: usize = 13;

/// Show where the project stands: open tasks, what was decided, what is blocked, and the repository
#[derive(Debug, Args)]
#[command(
    after_help = "Tasks of a session that a later one took up are that one's concern, and are left out.\n\nJSON: days, repository (as `rejoin catchup --json`; null outside of one), sessions, and the lists pauses, open_tasks, blocked, next, decisions, each entry with session, at, state and text. Fields are only ever added; times are RFC 3339, UTC.\n\nExample: rejoin context --days 30"
)]
pub struct ContextArgs {
    /// Tell of decisions and commits of so many days
    #[arg(long, value_name = "N", default_value_t = 14, value_parser = clap::value_parser!(u16).range(1..=3650))]
    days: u16,
    /// Print the answer as JSON
    #[arg(long)]
    json: bool,
}

/// The answer, for programs.
#[derive(Debug, Default, Serialize)]
struct Answer {
    project: String,
    days: u16,
    repository: Option<Report>,
    /// Sessions that were looked at.
    sessions: u64,
    /// Pauses that wait to be taken up.
    pauses: Vec<Told>,
    open_tasks: Vec<Told>,
    /// Tasks that wait for something, failures that still stand, prompts without an answer.
    blocked: Vec<Told>,
    /// Next steps that were noted.
    next: Vec<Told>,
    /// Noted decisions, answers of the user, approved plans.
    decisions: Vec<Told>,
}

/// One thing that a session or a pause tells.
#[derive(Debug, Serialize)]
struct Told {
    /// The session's id, or the pause's.
    session: String,
    at: Option<DateTime<Utc>>,
    branch: Option<String>,
    /// How it stands, or what it is.
    state: String,
    text: String,
}

pub(super) fn run(
    options: &ContextArgs,
    env: &Env,
    terminal: &mut Terminal,
) -> Result<(), Failure> {
    let here = Here::find(env)?;
    let now = here.now;
    let mut answer = Answer {
        project: here.place.project.name.clone(),
        days: options.days,
        // Where there is no git, the sessions' side is what is left.
        repository: catchup::report(options.days, env, now)?.ok(),
        ..Answer::default()
    };
    if let Some(project) = &here.project {
        sessions(&here, project, &mut answer)?;
        pauses(project, &mut answer)?;
    }
    if options.json {
        writeln!(terminal, "{}", serde_json::to_string_pretty(&answer).unwrap_or_default())?;
        return Ok(());
    }
    if answer.repository.is_none() && answer.sessions == 0 && answer.pauses.is_empty() {
        return Err(Failure::Failed(format!(
            "{} is in no git repository, and no session of it was followed yet",
            here.place.folder.display()
        )));
    }
    print(&answer, now, terminal)
}

fn sessions(here: &Here, project: &Project, answer: &mut Answer) -> Result<(), Failure> {
    let recent = here.recent(project)?;
    let mut entries: Vec<&Entry> = recent.sessions.iter().filter(|e| e.prompts > 0).collect();
    entries.sort_by_key(|entry| std::cmp::Reverse(entry.last));
    for (at, entry) in entries.into_iter().enumerate() {
        session(here, project, &recent, entry, at < NEWEST, answer)?;
    }
    let newest = |told: &mut Vec<Told>| {
        told.sort_by_key(|told| std::cmp::Reverse(told.at));
        let mut seen = std::collections::HashSet::new();
        told.retain(|told| seen.insert((told.state.clone(), told.text.clone())));
    };
    newest(&mut answer.next);
    newest(&mut answer.decisions);
    Ok(())
}

fn session(
    here: &Here,
    project: &Project,
    recent: &Recent,
    entry: &Entry,
    is_new: bool,
    answer: &mut Answer,
) -> Result<(), Failure> {
    let Some(id) = SessionId::parse(&entry.id) else { return Ok(()) };
    let session = project.session(&id);
    let state = follow::look(&session)?;
    answer.sessions += 1;
    let facts = &state.session;
    let last = state.last();
    let told = |at: Option<DateTime<Utc>>, state: &str, said: &str| Told {
        session: entry.id.clone(),
        at,
        branch: facts.branch.clone().or_else(|| entry.branch.clone()),
        state: state.to_owned(),
        text: text::line(said, LONGEST),
    };
    let since = here.now - TimeDelta::days(i64::from(answer.days));
    let lately = |at: Option<DateTime<Utc>>| at.is_some_and(|at| at >= since);
    for note in facts.notes.iter().filter(|note| lately(Some(note.at))) {
        match note.kind {
            NoteKind::Decision => answer.decisions.push(told(Some(note.at), "noted", &note.text)),
            NoteKind::Next => answer.next.push(told(Some(note.at), "noted", &note.text)),
            _ => {}
        }
    }
    for turn in facts.all().filter(|turn| lately(turn.at)) {
        for step in &turn.steps {
            match &step.act {
                Act::Answer { question, answer: said } => {
                    let said = format!("{question} {said}");
                    answer.decisions.push(told(turn.at, "answered", &said));
                }
                Act::Plan { title, approved: Some(true) } => {
                    answer.decisions.push(told(turn.at, "approved", title));
                }
                _ => {}
            }
        }
    }
    // What a later session was told of is its concern now.
    if recent.taken_up(&entry.id) {
        return Ok(());
    }
    let live = recent.live(entry, here.now);
    for task in resume::open_tasks(facts) {
        let said = if task.id.is_empty() || task.title.is_empty() {
            format!("{}{}", task.id, task.title)
        } else {
            format!("{} {}", task.id, task.title)
        };
        let tasks =
            if task.state == "blocked" { &mut answer.blocked } else { &mut answer.open_tasks };
        if !tasks.iter().any(|known| known.text == said) {
            tasks.push(told(last, &task.state, &said));
        }
    }
    // A turn that runs has neither failed nor gone unanswered.
    if is_new && !live && lately(last) {
        let (log, _) = here.opening(project).log(&session, &state, None, None);
        for step in &log.next_steps {
            let state = match step.topic {
                Topic::Unsolved => "fails",
                Topic::Unanswered => "unanswered",
                _ => continue,
            };
            let said = step.text.lines().next().unwrap_or_default();
            answer.blocked.push(told(last, state, said));
        }
    }
    Ok(())
}

fn pauses(project: &Project, answer: &mut Answer) -> Result<(), Failure> {
    let (pauses, _) = pause::all(project)?;
    for pause in pauses.iter().filter(|pause| pause.waits()) {
        let said = pause.message.as_deref().unwrap_or("without a message");
        answer.pauses.push(Told {
            session: pause.id.clone(),
            at: Some(pause.created),
            branch: pause.branch().map(str::to_owned),
            state: "paused".to_owned(),
            text: text::line(said, LONGEST),
        });
        for task in &pause.open_tasks {
            if !answer.open_tasks.iter().any(|known| known.text.ends_with(&task.title)) {
                answer.open_tasks.push(Told {
                    session: pause.id.clone(),
                    at: Some(pause.created),
                    branch: pause.branch().map(str::to_owned),
                    state: task.state.clone(),
                    text: task.title.clone(),
                });
            }
        }
    }
    answer.pauses.sort_by_key(|told| std::cmp::Reverse(told.at));
    Ok(())
}

fn print(answer: &Answer, now: DateTime<Utc>, terminal: &mut Terminal) -> Result<(), Failure> {
    terminal.page();
    match &answer.repository {
        Some(report) => catchup::brief(report, now, terminal)?,
        None => writeln!(terminal, "{HEAD}{}{HEAD:#}, in no git repository", answer.project)?,
    }
    let parts = [
        ("paused", &answer.pauses),
        ("blocked", &answer.blocked),
        ("open tasks", &answer.open_tasks),
        ("next", &answer.next),
        ("decided", &answer.decisions),
    ];
    for (name, told) in parts {
        part(name, told, now, terminal)?;
    }
    if parts.iter().all(|(_, told)| told.is_empty()) {
        writeln!(terminal, "Nothing is open, and nothing was decided in {} days.", answer.days)?;
    }
    let sessions = counted(answer.sessions, "session");
    writeln!(terminal, "{FAINT}from {sessions}; `rejoin show` has the log of each{FAINT:#}")?;
    Ok(())
}

fn part(
    name: &str,
    told: &[Told],
    now: DateTime<Utc>,
    terminal: &mut Terminal,
) -> Result<(), Failure> {
    let width = terminal.width();
    // Where there is little room, the text goes before when it was and how it stands.
    let narrow = width < NARROW;
    let shown = if told.len() > SHOWN { SHOWN - 1 } else { told.len() };
    let states = told.iter().take(shown).map(|told| wide(&told.state)).max().unwrap_or(0);
    let states = if narrow { 0 } else { states + 2 };
    for (at, told) in told.iter().take(shown).enumerate() {
        let name = pad(if at == 0 { name } else { "" }, LABEL);
        let when = told.at.map(|at| age(now - at)).unwrap_or_default();
        let id = short(&told.session);
        let who = if narrow { format!("{id:<8}  ") } else { format!("{id:<8}  {when:>6}  ") };
        let state = if narrow { String::new() } else { pad(&told.state, states) };
        let room = width.saturating_sub(LABEL + wide(&who) + states).max(12);
        writeln!(
            terminal,
            "{HEAD}{name}{HEAD:#}{FAINT}{who}{FAINT:#}{state}{}",
            fit(&told.text, room)
        )?;
    }
    if told.len() > shown {
        let more = told.len() - shown;
        writeln!(terminal, "{}{FAINT}{more} more (--json has all){FAINT:#}", pad("", LABEL))?;
    }
    Ok(())
}
