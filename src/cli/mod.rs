//! The `rejoin` command: one file per subcommand.
//!
//! Subcommands return a [`Failure`]; this file is the one place that turns it into a message and an
//! exit code.

pub mod args;
mod choices;
mod claude;
mod clear;
mod compose;
mod demo;
mod doctor;
mod here;
mod install;
mod installation;
mod known;
mod list;
mod log;
mod note;
mod overview;
mod pause;
mod picker;
mod places;
mod resume;
mod rules;
mod show;
mod skills;
mod switch;
mod terminal;
mod transcripts;
mod uninstall;
mod usage;

use std::io::{self, Write};
use std::process::ExitCode;

use clap::Parser;

use crate::env::Env;
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
    let env = Env::read();
    let mut terminal = Terminal::open();
    let done = match &line.command {
        None => overview::run(line.json, &env, &mut terminal),
        Some(Command::List(options)) => list::run(options, &env, &mut terminal),
        Some(Command::Pause(options)) => pause::run(options, &env, &mut terminal),
        Some(Command::Resume(options)) => resume::run(options, &env, &mut terminal),
        Some(Command::Clear(options)) => clear::run(options, &env, &mut terminal),
        Some(Command::Show(options)) => show::run(options, &env, &mut terminal),
        Some(Command::Log(options)) => log::run(options, &env, &mut terminal),
        Some(Command::Note(options)) => note::run(options, &env, &mut terminal),
        Some(Command::Compose(options)) => compose::run(options, &mut terminal),
        Some(Command::Demo(options)) => demo::run(options, &env, &mut terminal),
        Some(Command::Skills(command)) => skills::run(command, &env, &mut terminal),
        Some(Command::Off(options)) => switch::run(options, false, &env, &mut terminal),
        Some(Command::On(options)) => switch::run(options, true, &env, &mut terminal),
        Some(Command::Install(options)) => install::run(options, &env, &mut terminal),
        Some(Command::Uninstall(options)) => uninstall::run(options, &env, &mut terminal),
        Some(Command::Usage(options)) => usage::run(options, &env, &mut terminal),
        Some(Command::Doctor(options)) => doctor::run(options, &env, &mut terminal),
    };
    match done.and_then(|()| terminal.flush().map_err(Failure::Output)) {
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

fn failed(message: &str) -> ExitCode {
    // A closed standard error leaves the exit code to tell.
    drop(writeln!(io::stderr(), "rejoin: {message}"));
    ExitCode::FAILURE
}
