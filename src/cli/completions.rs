//! `rejoin completions`: what a shell needs to complete our command line.

use std::io::Write;

use clap::{Args, CommandFactory};
use clap_complete::Shell;

use super::Failure;
use super::args::CommandLine;
use super::terminal::Terminal;

/// Print the completions for a shell
#[derive(Debug, Args)]
#[command(
    after_help = "Put them where the shell looks for them:\n  bash        rejoin completions bash > ~/.local/share/bash-completion/completions/rejoin\n  zsh         rejoin completions zsh > \"${fpath[1]}/_rejoin\"\n  fish        rejoin completions fish > ~/.config/fish/completions/rejoin.fish\n  powershell  rejoin completions powershell >> $PROFILE\n\nExample: rejoin completions zsh"
)]
pub struct CompletionsArgs {
    /// The shell
    #[arg(value_name = "SHELL")]
    shell: Shell,
}

pub(super) fn run(options: &CompletionsArgs, terminal: &mut Terminal) -> Result<(), Failure> {
    // In memory first: the generator panics where its output is closed early.
    let mut script = Vec::new();
    clap_complete::generate(options.shell, &mut CommandLine::command(), "rejoin", &mut script);
    terminal.write_all(&script)?;
    Ok(())
}
