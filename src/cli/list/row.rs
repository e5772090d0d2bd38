//! What is known of a session or pause without opening more than its entry.

use super::super::Failure;
use super::super::here::{Here, short};
use super::super::transcripts::{self, Unfollowed};
use crate::env::Env;
use crate::follow::{Entry, Origin, Pause, Place, Recent, Waiting, pause};
use crate::session::{text, window_of};
use crate::store::{Project, Store};
use crate::transcript::Glance;
use chrono::{DateTime, TimeDelta, Utc};
use serde::Serialize;
use std::collections::HashMap;
use std::path::{Path, PathBuf};

/// UTF-16 units of a first prompt in JSON.
const PROMPT: usize = 300;
/// A transcript that was written within this time may belong to a session that runs.
const FRESH: TimeDelta = TimeDelta::minutes(30);

/// A session or pause, for programs. Fields are only ever added.
#[derive(Debug, Clone, Serialize)]
pub(in super::super) struct Row {
    pub(in super::super) id: String,
    /// `session` or `pause`.
    pub(in super::super) kind: &'static str,
    /// A session: `live`, `ended`, `cut off`, `paused` (a pause of it waits) or `taken up` (a later one
    /// was told of it and went on). A pause: `paused` (it waits), `taken up`, `archived` or `foreign`
    /// (somebody sent it and nobody has accepted it).
    pub(in super::super) state: &'static str,
    pub(in super::super) branch: Option<String>,
    pub(in super::super) worktree: String,
    /// RFC 3339, UTC: the start, and the last event. Of a pause: when it was made.
    pub(in super::super) started: Option<DateTime<Utc>>,
    pub(in super::super) last: Option<DateTime<Utc>>,
    /// Prompts of a person; `null` where the transcript was not read.
    pub(in super::super) prompts: Option<u32>,
    pub(in super::super) context_tokens: Option<u64>,
    pub(in super::super) context_window: Option<u64>,
    pub(in super::super) context_percent: Option<u64>,
    /// Tasks that are not done; `null` where the transcript was not read.
    pub(in super::super) open_tasks: Option<u32>,
    /// A person sat at it; `null` where that is not known.
    pub(in super::super) attended: Option<bool>,
    /// A session's first prompt; empty for a pause.
    pub(in super::super) first_prompt: String,
    /// A pause's message.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in super::super) message: Option<String>,
    /// The session that a pause was made of.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in super::super) session: Option<String>,
    /// Where a pause comes from, when not from this user's own sessions.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in super::super) origin: Option<Origin>,
    /// A later session was told of it and went on.
    pub(in super::super) taken_up: bool,
    /// The hooks followed it: more is known than Claude Code's transcript tells.
    pub(in super::super) followed: bool,
    /// Claude Code's transcript.
    pub(in super::super) transcript: Option<PathBuf>,
    /// What a line about it says.
    #[serde(skip)]
    pub(in super::super) about: String,
}

impl Row {
    pub(in super::super) fn short(&self) -> &str {
        short(&self.id)
    }

    /// When it was last touched.
    pub(in super::super) fn at(&self) -> Option<DateTime<Utc>> {
        self.last.or(self.started)
    }
}

/// The rows of this project, or of all, each project under its folder; newest first.
pub(in super::super) fn rows(
    here: &Here,
    env: &Env,
    all: bool,
    archived: bool,
    limit: usize,
) -> Result<Vec<(String, Vec<Row>)>, Failure> {
    let mut own = Vec::new();
    let mut known = Vec::new();
    let mut recent = Recent::default();
    if let Some(project) = &here.project {
        recent = here.recent(project)?;
        of_project(project, &recent, here.now, archived, &mut own)?;
        known = ids(&own);
    }
    // Of more than the list of recent ones has room for, their transcripts tell.
    let kept = here.project.as_ref().map_or(Ok(Vec::new()), Project::sessions)?;
    let mut left = limit;
    let told = transcripts::of_place(&here.place, env);
    for found in told.iter().filter(|f| !known.contains(&f.id)).take(transcripts::LOOKED_AT) {
        if left == 0 {
            break;
        }
        if let Ok(glance) = crate::transcript::glance(&found.path)
            && transcripts::is_in(&glance, &here.place, env)
            && let Some(mut row) = unfollowed(found, &glance, &recent, here.now)
        {
            row.followed = kept.iter().any(|id| id.as_str() == row.id);
            left -= 1;
            own.push(row);
        }
    }
    let mut projects = vec![(title(&here.place), own)];
    if all {
        others(here, env, archived, &mut projects)?;
    }
    for (_, rows) in &mut projects {
        rows.sort_by_key(|row| std::cmp::Reverse(row.at()));
        rows.truncate(limit);
    }
    let newest = |rows: &[Row]| rows.iter().filter_map(Row::at).max();
    projects[1..].sort_by_key(|(_, rows)| std::cmp::Reverse(newest(rows)));
    Ok(projects)
}

fn ids(rows: &[Row]) -> Vec<String> {
    rows.iter().map(|row| row.id.clone()).collect()
}

/// The folder that people know a project by.
fn title(place: &Place) -> String {
    origin(&place.project.key)
}

fn origin(key: &Path) -> String {
    let top = if key.file_name().is_some_and(|name| name == ".git") { key.parent() } else { None };
    top.unwrap_or(key).display().to_string()
}

/// The other projects: those followed, and what only transcripts tell of.
fn others(
    here: &Here,
    env: &Env,
    archived: bool,
    projects: &mut Vec<(String, Vec<Row>)>,
) -> Result<(), Failure> {
    let mine = here.project.as_ref().map(|p| p.dir().to_owned());
    let mut known = ids(&projects[0].1);
    for project in here.store.as_ref().map_or(Ok(Vec::new()), Store::projects)? {
        if Some(project.dir()) == mine.as_deref() {
            continue;
        }
        let recent = Recent::of(&project)?;
        let mut rows = Vec::new();
        of_project(&project, &recent, here.now, archived, &mut rows)?;
        known.extend(ids(&rows));
        projects.push((origin(project.path_of_origin()), rows));
    }
    // Many sessions share a folder; finding its project costs a look at the disk.
    let mut titles: HashMap<String, String> = HashMap::new();
    let unknown = transcripts::all(env);
    let unknown = unknown.iter().filter(|f| !known.contains(&f.id));
    for found in unknown.take(transcripts::LOOKED_AT) {
        let Ok(glance) = crate::transcript::glance(&found.path) else { continue };
        let Some(row) = unfollowed(found, &glance, &Recent::default(), here.now) else {
            continue;
        };
        let folder = PathBuf::from(&glance.folder);
        let title = titles.entry(glance.folder.clone()).or_insert_with(|| {
            if folder.is_dir() { title(&Place::of(&folder, env)) } else { glance.folder.clone() }
        });
        match projects.iter_mut().find(|(name, _)| name == title) {
            Some((_, rows)) => rows.push(row),
            None => projects.push((title.clone(), vec![row])),
        }
    }
    Ok(())
}

/// The sessions that were followed, and the pauses.
fn of_project(
    project: &Project,
    recent: &Recent,
    now: DateTime<Utc>,
    archived: bool,
    rows: &mut Vec<Row>,
) -> Result<(), Failure> {
    rows.extend(recent.sessions.iter().filter(|e| e.prompts > 0).map(|e| session(recent, e, now)));
    let (pauses, _) = pause::all(project)?;
    rows.extend(pauses.iter().filter(|p| archived || p.archived.is_none()).map(paused));
    Ok(())
}

/// How a followed session stands, in a word.
pub(in super::super) fn standing(
    recent: &Recent,
    entry: &Entry,
    now: DateTime<Utc>,
) -> &'static str {
    let waits = |pause: &Waiting| {
        pause.session.as_deref() == Some(&entry.id) && pause.prompts >= entry.prompts
    };
    if recent.live(entry, now) {
        "live"
    } else if recent.pauses.iter().any(waits) {
        "paused"
    } else if recent.taken_up(&entry.id) {
        "taken up"
    } else if entry.cut_off {
        "cut off"
    } else {
        "ended"
    }
}

fn session(recent: &Recent, entry: &Entry, now: DateTime<Utc>) -> Row {
    Row {
        id: entry.id.clone(),
        kind: "session",
        state: standing(recent, entry, now),
        branch: entry.branch.clone(),
        worktree: entry.worktree.display().to_string(),
        started: entry.started,
        last: entry.last,
        prompts: Some(entry.prompts),
        context_tokens: entry.context,
        context_window: entry.window,
        context_percent: percent(entry.context, entry.window),
        open_tasks: Some(entry.open_tasks),
        attended: Some(entry.attended),
        first_prompt: entry.about.clone(),
        message: None,
        session: None,
        origin: None,
        taken_up: recent.taken_up(&entry.id),
        followed: true,
        transcript: entry.transcript.clone(),
        about: entry.about.clone(),
    }
}

fn percent(used: Option<u64>, window: Option<u64>) -> Option<u64> {
    used.zip(window).map(|(used, all)| used * 100 / all.max(1))
}

fn paused(pause: &Pause) -> Row {
    let state = match pause {
        Pause { archived: Some(_), .. } => "archived",
        Pause { accepted: false, .. } => "foreign",
        Pause { taken_up: Some(_), .. } => "taken up",
        _ => "paused",
    };
    let from = match &pause.origin {
        Origin::Own => String::new(),
        Origin::ClaudeMpm { .. } => "from claude-mpm: ".to_owned(),
        Origin::Foreign { from } => format!("from {}: ", text::line(from, 40)),
    };
    let of = pause.session.as_deref().map(|id| format!("pause of session {}", short(id)));
    let said = pause.message.clone().or(of).or_else(|| pause.log.subject.title.clone());
    Row {
        id: pause.id.clone(),
        kind: "pause",
        state,
        branch: pause.branch().map(str::to_owned),
        worktree: pause.worktree.display().to_string(),
        started: Some(pause.created),
        last: Some(pause.created),
        prompts: None,
        context_tokens: None,
        context_window: None,
        context_percent: None,
        open_tasks: Some(pause.open_tasks.len() as u32),
        attended: Some(pause.attended),
        first_prompt: String::new(),
        message: pause.message.clone(),
        session: pause.session.clone(),
        origin: Some(pause.origin.clone()).filter(|origin| *origin != Origin::Own),
        taken_up: pause.taken_up.is_some(),
        followed: true,
        transcript: None,
        about: format!("{from}{}", said.unwrap_or_else(|| "no message".to_owned())),
    }
}

/// A session that only its transcript tells of; `None` when nobody asked anything of it.
fn unfollowed(
    found: &Unfollowed,
    glance: &Glance,
    recent: &Recent,
    now: DateTime<Utc>,
) -> Option<Row> {
    let prompt = glance.prompt.as_deref()?;
    let prompt = text::cut(&crate::redact::redact(text::cut(prompt, 4 * PROMPT).trim()), PROMPT);
    let window =
        window_of(glance.requested.as_deref(), glance.model.as_deref(), glance.tokens.unwrap_or(0));
    let last = glance.last.or(Some(found.modified));
    let taken_up = recent.taken_up(&found.id);
    let state = match (glance.cut_off, now - found.modified < FRESH) {
        (true, true) => "live",
        _ if taken_up => "taken up",
        (true, false) => "cut off",
        (false, _) => "ended",
    };
    Some(Row {
        id: found.id.clone(),
        kind: "session",
        state,
        branch: glance.branch.clone(),
        worktree: glance.folder.clone(),
        started: glance.first,
        last,
        prompts: None,
        context_tokens: glance.tokens,
        context_window: window,
        context_percent: percent(glance.tokens, window),
        open_tasks: None,
        attended: None,
        about: glance.title.clone().unwrap_or_else(|| prompt.clone()),
        first_prompt: prompt,
        message: None,
        session: None,
        origin: None,
        taken_up,
        followed: false,
        transcript: Some(found.path.clone()),
    })
}
