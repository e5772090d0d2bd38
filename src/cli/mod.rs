//! The `rejoin` command.

pub mod usage;

use std::io::Write;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::env::Env;

#[derive(Parser)]
#[command(name = "rejoin", version)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Usage(usage::UsageArgs),
}

/// Runs the command line.
pub fn run() -> ExitCode {
    let env = Env::read();
    let done = match &Arguments::parse().command {
        Command::Usage(args) => usage::run(args, &env),
    };
    done.unwrap_or_else(|error| {
        // There is nobody left to tell.
        let told = writeln!(std::io::stderr(), "rejoin: {error}");
        if told.is_ok() { ExitCode::FAILURE } else { ExitCode::from(2) }
    })
}
