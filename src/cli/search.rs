//! `rejoin search`: full text over all sessions.

use std::io::Write;
use std::path::Path;
use std::sync::Arc;

use chrono::{DateTime, SecondsFormat, Utc};
use clap::{Args, ValueEnum};
use serde::Serialize;

use super::Failure;
use super::columns::{counted, fit, fit_path, one_line, pad, wide};
use super::here::{ago, short};
use super::progress::ProgressBar;
use super::terminal::{FAINT, FOUND, HEAD, Terminal};
use super::usage::project_filter;
use crate::env::Env;
use crate::search::{self, Found, Hit, Pattern, Query, Role};
use crate::store::Store;
use crate::usage;

/// Columns of the role before a line.
const ROLE: usize = 11;

/// Find text in all sessions: prompts, responses, notes, commands, file names and what tools answered
#[derive(Debug, Args)]
#[command(
    after_help = "The query stands for itself, and case counts where it has an upper-case letter.\n\nExample: rejoin search 'connection refused' --in prompt,response"
)]
#[command(after_long_help = include_str!("search/output.txt"))]
pub struct SearchArgs {
    /// What to look for; several words are one text
    #[arg(required = true, value_name = "QUERY")]
    query: Vec<String>,
    /// The query is a regular expression; ^ and $ are the ends of a line
    #[arg(long, short = 'e')]
    regex: bool,
    /// Search one project: its folder, or the last part of its name
    #[arg(long, value_name = "FOLDER|NAME", allow_hyphen_values = true)]
    project: Option<String>,
    /// Search all projects [default]
    #[arg(long, conflicts_with = "project")]
    all: bool,
    /// Only texts of these kinds, separated by commas
    #[arg(long = "in", value_name = "KIND", value_enum, value_delimiter = ',')]
    kinds: Vec<Kind>,
    /// Show so many texts at most
    #[arg(long, short = 'n', value_name = "N", default_value_t = 20, value_parser = clap::value_parser!(u16).range(1..=10_000))]
    limit: u16,
    /// Print the answer as JSON
    #[arg(long)]
    json: bool,
}

/// What a text is.
#[derive(Debug, Clone, Copy)]
struct Kind(Role);

impl ValueEnum for Kind {
    fn value_variants<'a>() -> &'a [Self] {
        const KINDS: [Kind; Role::ALL.len()] = {
            let mut kinds = [Kind(Role::Note); Role::ALL.len()];
            let mut at = 0;
            while at < kinds.len() {
                kinds[at] = Kind(Role::ALL[at]);
                at += 1;
            }
            kinds
        };
        &KINDS
    }

    fn to_possible_value(&self) -> Option<clap::builder::PossibleValue> {
        Some(clap::builder::PossibleValue::new(self.0.name()))
    }
}

/// The answer, for programs; `output.txt` tells of it.
#[derive(Serialize)]
struct Answer<'a> {
    query: &'a str,
    regex: bool,
    case_sensitive: bool,
    files: u64,
    bytes: u64,
    texts: u64,
    sessions: u64,
    unreadable: Vec<String>,
    overlong_lines: u64,
    hits: Vec<Row<'a>>,
}

#[derive(Serialize)]
struct Row<'a> {
    session: &'a str,
    subagent: bool,
    project: &'a str,
    branch: Option<&'a str>,
    at: Option<String>,
    role: &'static str,
    line: &'a str,
    matches: &'a [(usize, usize)],
    count: u32,
    score: i32,
    path: String,
    offset: u64,
}

pub(super) fn run(options: &SearchArgs, env: &Env, terminal: &mut Terminal) -> Result<(), Failure> {
    let text = options.query.join(" ");
    if text.trim().is_empty() {
        return Err(Failure::Failed("nothing to look for: the query is empty".to_owned()));
    }
    let pattern = if options.regex { Pattern::regex(&text) } else { Pattern::literal(&text) };
    let pattern = pattern.map_err(|why| {
        // The rest draws the query.
        let why = why.rsplit("error: ").next().unwrap_or(&why).trim().to_owned();
        Failure::Failed(format!("the query can't be used as a regular expression: {why}"))
    })?;
    let roots = usage::roots(env);
    let state = env.state_dir();
    if roots.is_empty() {
        return Err(Failure::Failed(
            "no place to look for sessions: set HOME, or CLAUDE_CONFIG_DIR".to_owned(),
        ));
    }
    let store = state.map(|state| Store::existing(&state)).transpose()?.flatten();
    let query = Query {
        pattern: &pattern,
        project: options.project.as_deref().map(project_filter),
        roles: options.kinds.iter().map(|kind| kind.0).collect(),
        limit: usize::from(options.limit),
        roots,
        store: store.as_ref(),
        now: crate::clock::now(),
    };
    let mut bar = ProgressBar::on_stderr();
    let found = search::search(&query, &mut |progress| bar.show(progress));
    bar.clear();
    if options.json {
        let answer = answer(&text, options.regex, &pattern, &found);
        writeln!(terminal, "{}", serde_json::to_string_pretty(&answer).unwrap_or_default())?;
    } else {
        terminal.page();
        people(&text, &found, query.now, terminal)?;
    }
    Ok(())
}

fn answer<'a>(query: &'a str, regex: bool, pattern: &Pattern, found: &'a Found) -> Answer<'a> {
    let row = |hit: &'a Hit| Row {
        session: &hit.session,
        subagent: hit.subagent,
        project: &hit.folder,
        branch: hit.branch.as_deref(),
        at: hit.at.map(|at| at.to_rfc3339_opts(SecondsFormat::Millis, true)),
        role: hit.role.name(),
        line: &hit.line,
        matches: &hit.matches,
        count: hit.count,
        score: hit.score,
        path: hit.path.display().to_string(),
        offset: hit.offset,
    };
    Answer {
        query,
        regex,
        case_sensitive: pattern.case_sensitive,
        files: found.files,
        bytes: found.bytes,
        texts: found.texts,
        sessions: found.sessions,
        unreadable: found.unreadable.iter().map(|path| path.display().to_string()).collect(),
        overlong_lines: found.overlong,
        hits: found.hits.iter().map(row).collect(),
    }
}

/// The sessions by their best text, each with all of its own that are shown.
fn people(
    query: &str,
    found: &Found,
    now: DateTime<Utc>,
    terminal: &mut Terminal,
) -> Result<(), Failure> {
    let width = terminal.width();
    let searched = counted(found.files, "transcript");
    if found.hits.is_empty() {
        let query = fit(query, 60);
        writeln!(terminal, "Nothing found for `{query}` in {searched}.")?;
        return skipped(found, terminal);
    }
    let mut sessions: Vec<(Arc<str>, Vec<&Hit>)> = Vec::new();
    for hit in &found.hits {
        match sessions.iter_mut().find(|(id, _)| *id == hit.session) {
            Some((_, hits)) => hits.push(hit),
            None => sessions.push((Arc::clone(&hit.session), vec![hit])),
        }
    }
    for (id, hits) in &sessions {
        let newest = hits.iter().filter_map(|hit| hit.at).max();
        let age = newest.map_or_else(|| "no date".to_owned(), |at| ago(now - at));
        let folder = hits.iter().map(|hit| &*hit.folder).find(|f| !f.is_empty()).unwrap_or("");
        let branch = hits.iter().find_map(|hit| hit.branch.as_deref());
        let branch = branch.map(|b| format!(" ({})", fit(b, 24))).unwrap_or_default();
        let head = format!("{}  {age}  ", short(id));
        let room = width.saturating_sub(wide(&head) + wide(&branch)).max(12);
        let folder = fit_path(Path::new(folder).to_str().unwrap_or_default(), room);
        writeln!(terminal, "{HEAD}{}{HEAD:#}  {age}  {FAINT}{folder}{branch}{FAINT:#}", short(id))?;
        for hit in hits {
            line(hit, width, terminal)?;
        }
        writeln!(terminal)?;
    }
    let texts = counted(found.texts, "text");
    let all = format!("{texts} in {} of {searched}", counted(found.sessions, "session"));
    let shown = match found.hits.len() as u64 {
        shown if shown < found.texts => format!("the best {shown} of {all}; --limit shows more"),
        _ => all,
    };
    writeln!(terminal, "{FAINT}{shown}.{FAINT:#}")?;
    skipped(found, terminal)
}

/// A matching line: as much as fits around the first match, the matches marked.
fn line(hit: &Hit, width: usize, terminal: &mut Terminal) -> Result<(), Failure> {
    let more = if hit.count > 1 { format!("  +{}", hit.count - 1) } else { String::new() };
    let role = if hit.subagent && wide(hit.role.name()) < ROLE - 1 {
        // Said by a subagent.
        format!("{} *", hit.role.name())
    } else {
        hit.role.name().to_owned()
    };
    let room = width.saturating_sub(2 + ROLE + wide(&more)).max(20);
    let parts = excerpt(&hit.line, &hit.matches, room);
    write!(terminal, "  {FAINT}{}{FAINT:#}", pad(&role, ROLE))?;
    for (text, marked) in parts {
        if marked {
            write!(terminal, "{FOUND}{text}{FOUND:#}")?;
        } else {
            write!(terminal, "{text}")?;
        }
    }
    writeln!(terminal, "{FAINT}{more}{FAINT:#}")?;
    Ok(())
}

/// A line in so many columns, in parts that match and parts that do not.
fn excerpt(line: &str, matches: &[(usize, usize)], room: usize) -> Vec<(String, bool)> {
    let mut parts: Vec<(String, bool)> = Vec::new();
    let mut done = 0;
    for (from, to) in matches {
        let (Some(before), Some(found)) = (line.get(done..*from), line.get(*from..*to)) else {
            continue;
        };
        parts.push((spaced(before), false));
        parts.push((spaced(found), true));
        done = *to;
    }
    parts.push((spaced(line.get(done..).unwrap_or_default()), false));
    if let Some(first) = parts.first_mut() {
        first.0 = first.0.trim_start().to_owned();
    }
    let all: usize = parts.iter().map(|(text, _)| wide(text)).sum();
    if all > room {
        // A third of the room for what stands before the first match, or all that it does not need.
        let lead = wide(&parts[0].0);
        let rest = all - lead;
        let keep = (room / 3).max(room.saturating_sub(rest + 1));
        if lead > keep {
            parts[0].0 = fit_end(&parts[0].0, keep);
        }
        let mut left = room;
        for (text, _) in &mut parts {
            if wide(text) > left {
                *text = fit_keeping(text, left);
            }
            left -= wide(text).min(left);
        }
    }
    parts.retain(|(text, _)| !text.is_empty());
    parts
}

/// A text on one line; space at its ends is kept as one.
fn spaced(text: &str) -> String {
    let line = one_line(text);
    let blank = |c: Option<char>| c.is_some_and(|c| c.is_whitespace() || c.is_control());
    let before = if blank(text.chars().next()) { " " } else { "" };
    let after = if blank(text.chars().next_back()) && !line.is_empty() { " " } else { "" };
    format!("{before}{}{after}", line.trim_start())
}

/// As [`fit`], with a space in front kept.
fn fit_keeping(text: &str, columns: usize) -> String {
    match text.strip_prefix(' ') {
        Some(rest) if columns > 1 => format!(" {}", fit(rest, columns - 1)),
        _ if columns == 0 => String::new(),
        _ => fit(text, columns),
    }
}

/// The end of a text in so many columns.
fn fit_end(text: &str, columns: usize) -> String {
    let mut from = text.len();
    for (at, _) in text.char_indices().rev() {
        if wide(&text[at..]) + 1 > columns {
            break;
        }
        from = at;
    }
    format!("…{}", text[from..].trim_start())
}

/// What could not be searched.
fn skipped(found: &Found, terminal: &mut Terminal) -> Result<(), Failure> {
    if let Some(path) = found.unreadable.first() {
        let count = counted(found.unreadable.len() as u64, "file or folder");
        writeln!(terminal, "{count} could not be read, such as {}.", path.display())?;
    }
    if found.overlong > 0 {
        writeln!(terminal, "{} of over 64 MB passed over.", counted(found.overlong, "line"))?;
    }
    Ok(())
}
