//! The `rejoin` command: one file per subcommand.
//!
//! Subcommands return a [`Failure`]; this file is the one place that turns it into a message and an
//! exit code.

pub mod args;
mod catchup;
mod choices;
mod claude;
mod clear;
mod columns;
mod completions;
mod compose;
mod config;
mod context;
mod demo;
mod doctor;
mod export;
mod fetch;
mod foreign_log;
mod forget;
mod here;
mod import;
mod install;
mod installation;
mod known;
mod list;
mod log;
mod man;
mod note;
mod overview;
mod pager;
mod pause;
mod picker;
mod places;
mod progress;
mod prune;
mod resume;
mod rules;
mod search;
mod share;
mod show;
mod skills;
mod switch;
mod terminal;
mod transcripts;
mod uninstall;
mod usage;
mod version;

use std::io::{self, Write};
use std::process::ExitCode;

use clap::error::ErrorKind;
use clap::{CommandFactory, Parser};

use crate::env::Env;
use crate::redact;
use crate::settings::file::FileError;
use args::{Command, CommandLine};
use terminal::Terminal;

/// Why a command did not do what it was asked to.
#[derive(Debug)]
pub(crate) enum Failure {
    /// One sentence: what happened, to what, what to do.
    Failed(String),
    /// The command's own output says it all.
    Findings,
    /// Standard output is gone.
    Output(io::Error),
}

impl From<io::Error> for Failure {
    /// For writes to standard output; other errors say what they happened to.
    fn from(error: io::Error) -> Self {
        Self::Output(error)
    }
}

impl From<FileError> for Failure {
    fn from(error: FileError) -> Self {
        Self::Failed(error.to_string())
    }
}

/// Runs the command line. Exit codes: 0 done, 1 not done or findings, 2 not understood.
pub fn run() -> ExitCode {
    let line = match CommandLine::try_parse() {
        Ok(line) => line,
        Err(error) => {
            // Where even the message cannot be written, the exit code is all that is left.
            let told = error.print();
            let code = if error.use_stderr() { 2 } else { u8::from(told.is_err()) };
            return ExitCode::from(code);
        }
    };
    if line.json && line.command.is_some() {
        let clash = CommandLine::command()
            .error(ErrorKind::ArgumentConflict, "--json goes behind the command's name");
        drop(clash.print());
        return ExitCode::from(2);
    }
    let env = Env::read();
    let mut terminal = Terminal::open(&env, line.no_pager);
    let ready = redact_as_configured(line.command.as_ref(), &env);
    let done = ready.and_then(|()| match &line.command {
        None => overview::run(line.json, &env, &mut terminal),
        Some(Command::Catchup(options)) => catchup::run(options, &env, &mut terminal),
        Some(Command::Completions(options)) => completions::run(options, &mut terminal),
        Some(Command::Config(command)) => config::run(command, &env, &mut terminal),
        Some(Command::Context(options)) => context::run(options, &env, &mut terminal),
        Some(Command::Man(options)) => man::run(options, &mut terminal),
        Some(Command::Version(options)) => version::run(options, &env, &mut terminal),
        Some(Command::List(options)) => list::run(options, &env, &mut terminal),
        Some(Command::Pause(options)) => pause::run(options, &env, &mut terminal),
        Some(Command::Resume(options)) => resume::run(options, &env, &mut terminal),
        Some(Command::Clear(options)) => clear::run(options, &env, &mut terminal),
        Some(Command::Search(options)) => search::run(options, &env, &mut terminal),
        Some(Command::Show(options)) => show::run(options, &env, &mut terminal),
        Some(Command::Log(options)) => log::run(options, &env, &mut terminal),
        Some(Command::Note(options)) => note::run(options, &env, &mut terminal),
        Some(Command::Compose(options)) => compose::run(options, &mut terminal),
        Some(Command::Export(options)) => export::run(options, &env, &mut terminal),
        Some(Command::Fetch(options)) => fetch::run(options, &env, &mut terminal),
        Some(Command::Forget(options)) => forget::run(options, &env, &mut terminal),
        Some(Command::Import(options)) => import::run(options, &env, &mut terminal),
        Some(Command::Prune(options)) => prune::run(options, &env, &mut terminal),
        Some(Command::Share(options)) => share::run(options, &env, &mut terminal),
        Some(Command::Demo(options)) => demo::run(options, &env, &mut terminal),
        Some(Command::Skills(command)) => skills::run(command, &env, &mut terminal),
        Some(Command::Off(options)) => switch::run(options, false, &env, &mut terminal),
        Some(Command::On(options)) => switch::run(options, true, &env, &mut terminal),
        Some(Command::Install(options)) => install::run(options, &env, &mut terminal),
        Some(Command::Uninstall(options)) => uninstall::run(options, &env, &mut terminal),
        Some(Command::Usage(options)) => usage::run(options, &env, &mut terminal),
        Some(Command::Doctor(options)) => doctor::run(options, &env, &mut terminal),
    });
    let closed = terminal.close().map_err(Failure::Output);
    match done.and(closed) {
        Ok(()) => ExitCode::SUCCESS,
        // The reader has seen enough.
        Err(Failure::Output(error)) if error.kind() == io::ErrorKind::BrokenPipe => {
            ExitCode::SUCCESS
        }
        Err(Failure::Output(error)) => failed(&format!("cannot write the output: {error}")),
        Err(Failure::Failed(message)) => failed(&message),
        Err(Failure::Findings) => ExitCode::FAILURE,
    }
}

/// What the user wants out of all texts is known before any is written.
fn redact_as_configured(command: Option<&Command>, env: &Env) -> Result<(), Failure> {
    let own = match env.state_dir() {
        Some(state) => crate::config::redaction(&state, &crate::env::settings(None)),
        None => return Ok(()),
    };
    match own.and_then(|own| redact::also(&own.words, &own.patterns)) {
        // These mend it, or have nothing to do with it.
        Err(_) if command.is_some_and(Command::writes_no_text) => Ok(()),
        done => done.map_err(Failure::Failed),
    }
}

fn failed(message: &str) -> ExitCode {
    // A closed standard error leaves the exit code to tell.
    drop(writeln!(io::stderr(), "rejoin: {message}"));
    ExitCode::FAILURE
}
