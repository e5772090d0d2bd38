//! `rejoin log`: a session's response log, newest last.

pub(super) mod layout;
mod totals;

use super::Failure;
use super::here::Here;
use super::known::{Known, What};
use super::terminal::Terminal;
use crate::env::Env;
use crate::follow::{self, Recent, Response};
use clap::Args;
use std::collections::HashMap;
use std::io::Write as _;
use std::path::Path;
use std::time::{Duration, SystemTime};
use totals::Totals;

/// How often `--follow` looks for news.
const EVERY: Duration = Duration::from_millis(500);

/// List a session's turns and its subagents' runs: request, response, tokens, newest last
#[derive(Debug, Args)]
#[command(after_help = "Example: rejoin log 8463c716 --follow")]
#[command(after_long_help = include_str!("log/output.txt"))]
pub struct LogArgs {
    /// The session's id or its beginning [default: this session, else the newest]
    session: Option<String>,
    /// Go on and print what comes, until interrupted
    #[arg(long, short)]
    follow: bool,
    /// Print one JSON object per line
    #[arg(long)]
    json: bool,
    /// Lay the output out for so many columns instead of the terminal's
    #[arg(long, value_name = "COLUMNS", conflicts_with = "json")]
    width: Option<usize>,
}

pub(super) fn run(options: &LogArgs, env: &Env, terminal: &mut Terminal) -> Result<(), Failure> {
    let here = Here::find(env)?;
    let mut known = here.known(options.session.as_deref(), env)?;
    let mut printer = Printer { options, printed: HashMap::new() };
    if options.follow {
        return follow(&mut known, &mut printer, terminal);
    }
    let state = known.state()?;
    let mut turns = known.responses(&state)?;
    if !options.json {
        terminal.page();
    }
    if let Some(turn) = running(&turns).filter(|_| known.is_live(crate::clock::now())) {
        "running".clone_into(&mut turns[turn].stop_reason);
    }
    for turn in &turns {
        printer.print(turn, terminal)?;
    }
    let session = known.session().unwrap_or(&known.id);
    let totals = Totals::of(&turns, session, state.transcript.as_deref(), env);
    if options.json {
        writeln!(terminal, "{}", totals.line())?;
    } else if turns.is_empty() {
        writeln!(terminal, "no turn of this session was seen yet")?;
    } else {
        write!(terminal, "{}", layout::totals(&totals, printer.width(terminal)))?;
    }
    Ok(())
}

/// Prints what there is and what comes, until nobody reads any more.
fn follow(
    known: &mut Known,
    printer: &mut Printer<'_>,
    terminal: &mut Terminal,
) -> Result<(), Failure> {
    let mut seen = None;
    let mut transcript = None;
    loop {
        if let Some(project) = &known.project {
            known.recent = project.recent::<Recent>()?.unwrap_or_default();
        }
        let live = known.is_live(crate::clock::now());
        let now = Some((live, stamps(known, transcript.as_deref())));
        if seen != now {
            let state = known.state()?;
            let mut turns = known.responses(&state)?;
            transcript = state.transcript;
            // It is printed when it is over.
            if let Some(turn) = running(&turns).filter(|_| live) {
                turns.remove(turn);
            }
            for turn in &turns {
                printer.print(turn, terminal)?;
            }
            terminal.flush()?;
            seen = now;
        }
        if !wait(EVERY) {
            return Ok(());
        }
    }
}

/// Length and time of the files that the log follows from.
fn stamps(known: &Known, transcript: Option<&Path>) -> Vec<Option<(u64, SystemTime)>> {
    let of = |path: &Path| {
        let meta = std::fs::metadata(path).ok()?;
        Some((meta.len(), meta.modified().ok()?))
    };
    let mut stamps: Vec<_> = transcript.map(of).into_iter().collect();
    if let (What::Followed(id), Some(project)) = (&known.what, &known.project) {
        let session = project.session(id);
        let ours = ["state.json", "journal", "pending", follow::responses::FILE];
        stamps.extend(ours.iter().map(|name| of(&session.dir().join(name))));
    }
    stamps
}

/// Waits for the next look; `false` when the reader of the output has gone meanwhile.
#[cfg(unix)]
fn wait(time: Duration) -> bool {
    use rustix::event::{PollFd, PollFlags, Timespec, poll};
    let stdout = std::io::stdout();
    let mut output = [PollFd::new(&stdout, PollFlags::empty())];
    let gone = Timespec::try_from(time).map(|timeout| poll(&mut output, Some(&timeout)));
    // Nothing is asked of it but whether it is there: any answer says that it is not.
    !matches!(gone, Ok(Ok(answers)) if answers > 0)
}

#[cfg(not(unix))]
fn wait(time: Duration) -> bool {
    std::thread::sleep(time);
    true
}

/// The last turn, when it has no end yet: in a live session it runs.
fn running(turns: &[Response]) -> Option<usize> {
    let last = turns.iter().rposition(|turn| turn.agent_id.is_none())?;
    (turns[last].stop_reason == "killed").then_some(last)
}

/// Prints each record once, and again when it has changed.
struct Printer<'o> {
    options: &'o LogArgs,
    printed: HashMap<String, String>,
}

impl Printer<'_> {
    fn print(&mut self, turn: &Response, terminal: &mut Terminal) -> Result<(), Failure> {
        let record = turn.line();
        let before = self.printed.get(&turn.turn);
        if before == Some(&record) {
            return Ok(());
        }
        if self.options.json {
            writeln!(terminal, "{record}")?;
        } else {
            let text = layout::record(turn, before.is_some(), self.width(terminal));
            write!(terminal, "{text}")?;
        }
        self.printed.insert(turn.turn.clone(), record);
        Ok(())
    }

    fn width(&self, terminal: &Terminal) -> usize {
        self.options.width.unwrap_or_else(|| terminal.width())
    }
}
