//! The `rejoin` command.

pub mod compose;

use clap::Parser;

#[derive(Parser)]
#[command(name = "rejoin", version)]
enum Command {
    /// Print the resume text of a transcript.
    Compose(compose::ComposeArgs),
}

/// Runs the command line.
pub fn run() -> std::process::ExitCode {
    match Command::parse() {
        Command::Compose(args) => compose::run(&args),
    }
}
