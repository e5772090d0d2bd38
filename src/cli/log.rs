//! `rejoin log`: a session's response log, newest last.

use super::Failure;
use super::args::Log;
use super::here::Here;
use super::terminal::{BAD, FAINT, Terminal};
use crate::env::Env;
use crate::follow::Response;
use crate::session::facts::By;
use chrono::Local;
use std::collections::HashMap;
use std::fmt::Write as _;
use std::io::Write as _;
use std::time::Duration;

/// How often `--follow` looks for news.
const EVERY: Duration = Duration::from_millis(500);
/// UTF-16 units of a prompt and of a response that are shown.
const SHOWN: usize = 300;

pub(super) fn run(options: &Log, env: &Env, terminal: &mut Terminal) -> Result<(), Failure> {
    let here = Here::find(env)?;
    let known = here.known(options.session.as_deref(), env)?;
    // What was printed of each turn: a turn that goes on is printed when it is over.
    let mut printed: HashMap<String, String> = HashMap::new();
    loop {
        let mut turns = known.responses()?;
        if known.is_live(crate::clock::now()) && turns.last().is_some_and(is_running) {
            if options.follow {
                turns.pop();
            } else if let Some(last) = turns.last_mut() {
                "running".clone_into(&mut last.stop_reason);
            }
        }
        for turn in turns {
            let record = turn.line();
            if printed.get(&turn.turn) == Some(&record) {
                continue;
            }
            if options.json {
                writeln!(terminal, "{record}")?;
            } else {
                write!(terminal, "{}", shown(&turn))?;
            }
            printed.insert(turn.turn.clone(), record);
        }
        terminal.flush()?;
        if !options.follow {
            break;
        }
        std::thread::sleep(EVERY);
    }
    if printed.is_empty() && !options.json {
        writeln!(terminal, "no turn of this session was seen yet")?;
    }
    Ok(())
}

/// The turn has no end yet: in a live session it runs.
fn is_running(record: &Response) -> bool {
    record.stop_reason == "killed" && record.agent_id.is_none()
}

/// A record for people: a line of figures, the prompt, the response.
fn shown(record: &Response) -> String {
    let mut out = String::new();
    let at = record.started_at.map(|at| at.with_timezone(&Local).format("%Y-%m-%d %H:%M:%S"));
    let at = at.map_or_else(|| "-".to_owned(), |at| at.to_string());
    let ended = match (&*record.stop_reason, &record.error) {
        ("end_turn", _) => String::new(),
        (reason, Some(error)) => format!("  {BAD}{reason}: {error}{BAD:#}"),
        (reason, None) => format!("  {BAD}{reason}{BAD:#}"),
    };
    let _ = write!(out, "{at}  {}{ended}", seconds(record.duration_ms));
    if record.agent_id.is_some() {
        let _ = write!(out, "  subagent {}", record.agent_type.as_deref().unwrap_or("(unknown)"));
    }
    let _ = write!(out, "  {FAINT}{}", record.model);
    let usage = &record.usage;
    let input = usage.input_tokens
        + usage.cache_creation_5m_tokens
        + usage.cache_creation_1h_tokens
        + usage.cache_read_tokens;
    let requests = if record.requests == 1 { "request" } else { "requests" };
    let _ = write!(
        out,
        "  {} {requests}  {input} in ({} cached)  {} out",
        record.requests, usage.cache_read_tokens, usage.output_tokens
    );
    let mut tools: Vec<String> = Vec::new();
    for (tool, calls) in &record.tools {
        let mut text = format!("{tool} {}", calls.calls);
        if calls.failed > 0 {
            let _ = write!(text, " ({} failed)", calls.failed);
        }
        tools.push(text);
    }
    if !tools.is_empty() {
        let _ = write!(out, "  {}", tools.join(", "));
    }
    let _ = writeln!(out, "{FAINT:#}");
    let mark = if record.by == By::Human { ">" } else { "*" };
    let text = |text: &str| crate::session::text::line(text, SHOWN);
    let _ = writeln!(out, "  {mark} {}", text(&record.prompt));
    if !record.response.is_empty() {
        let _ = writeln!(out, "    {}", text(&record.response));
    }
    out
}

fn seconds(milliseconds: i64) -> String {
    match milliseconds {
        ..1_000 => format!("{milliseconds} ms"),
        1_000..120_000 => format!("{} s", milliseconds / 1_000),
        _ => format!("{} min", milliseconds / 60_000),
    }
}
