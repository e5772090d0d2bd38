//! The command line's shape, and nothing else.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

/// Follows Claude Code sessions and tells the next one where the work stands.
#[derive(Debug, Parser)]
#[command(name = "rejoin", version, max_term_width = 100, args_conflicts_with_subcommands = true)]
#[command(
    after_help = "Without a command: what this project's next session would be told, and why."
)]
pub struct CommandLine {
    /// Print the answer as JSON
    #[arg(long)]
    pub json: bool,
    #[command(subcommand)]
    pub command: Option<Command>,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    List(super::list::ListArgs),
    Pause(super::pause::PauseArgs),
    Resume(super::resume::ResumeArgs),
    Clear(super::clear::ClearArgs),
    Show(Show),
    Log(Log),
    Note(Note),
    Usage(super::usage::UsageArgs),
    Install(Install),
    Uninstall(Uninstall),
    Doctor(Doctor),
    Demo(Demo),
    /// Print the resume text of a transcript
    Compose(super::compose::ComposeArgs),
    /// Put skills where Claude Code finds them, and check them
    #[command(subcommand)]
    Skills(super::skills::Skills),
    /// Stop following this project's sessions
    Off(Switch),
    /// Follow this project's sessions again
    On(Switch),
}

/// Show a session's resume log
#[derive(Debug, Args)]
#[command(after_help = "Example: rejoin show 8463c716 --digest")]
pub struct Show {
    /// The session's id or its beginning [default: this session, else the newest]
    pub session: Option<String>,
    /// What the next session would be given of it
    #[arg(long, conflicts_with = "json")]
    pub digest: bool,
    /// Print the log as JSON
    #[arg(long)]
    pub json: bool,
}

/// List a session's turns and its subagents' runs: request, response, tokens, newest last
#[derive(Debug, Args)]
#[command(after_help = "Example: rejoin log 8463c716 --follow")]
pub struct Log {
    /// The session's id or its beginning [default: this session, else the newest]
    pub session: Option<String>,
    /// Go on and print what comes, until interrupted
    #[arg(long, short)]
    pub follow: bool,
    /// Print one JSON object per line
    #[arg(long)]
    pub json: bool,
}

/// Note a decision, a finding or a next step in the session's resume log
#[derive(Debug, Args)]
#[command(
    after_help = "Notes rank above everything that is derived.\n\nExample: rejoin note --decision keep prices in cents, floats drift"
)]
// One of them at most; clap sees to it.
#[allow(clippy::struct_excessive_bools)]
pub struct Note {
    /// What was decided, and why
    #[arg(long, group = "kind")]
    pub decision: bool,
    /// What turned out
    #[arg(long, group = "kind")]
    pub finding: bool,
    /// What is to be done next
    #[arg(long, group = "kind")]
    pub next: bool,
    /// What is finished
    #[arg(long, group = "kind")]
    pub done: bool,
    /// What a reader has to know [default]
    #[arg(long, group = "kind")]
    pub context: bool,
    /// The note
    #[arg(required = true)]
    pub text: Vec<String>,
}

/// Play a recorded session through the installed hooks and show what the next one is told
#[derive(Debug, Args)]
#[command(after_help = "Example: rejoin demo")]
pub struct Demo {
    /// Folder of the hook executables [default: where install put them]
    #[arg(long, value_name = "DIR")]
    pub from: Option<PathBuf>,
}

/// Where following is switched.
#[derive(Debug, Args)]
pub struct Switch {
    /// For all projects
    #[arg(long)]
    pub everywhere: bool,
}

/// Put the hook executables in place and register them with Claude Code
#[derive(Debug, Args)]
#[command(after_help = "Example: rejoin install --dry-run")]
// Each is a switch of its own on the command line.
#[allow(clippy::struct_excessive_bools)]
pub struct Install {
    /// Register for the project in the current folder only (.claude/settings.local.json)
    #[arg(long)]
    pub project: bool,
    /// Show every change and make none
    #[arg(long)]
    pub dry_run: bool,
    /// Answer every question with yes
    #[arg(long, short)]
    pub yes: bool,
    /// What a new session is told at its start [default: auto]
    #[arg(long, value_name = "WHEN")]
    pub inject: Option<Inject>,
    /// Also be Claude Code's status line: it tells the hooks the true context window, and goes on
    /// showing the status line that is set up already
    #[arg(long, conflicts_with = "project")]
    pub statusline: bool,
    /// Leave Claude Code's permission rules alone
    #[arg(long)]
    pub no_permissions: bool,
    /// Folder to take the hook executables from [default: the folder of this `rejoin`]
    #[arg(long, value_name = "DIR")]
    pub from: Option<PathBuf>,
    /// Also put this `rejoin` into DIR
    #[arg(long, value_name = "DIR")]
    pub bin_dir: Option<PathBuf>,
}

/// How much of an earlier session's log a new one is given unasked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Inject {
    /// The digest, whenever there is an earlier session
    Always,
    /// The digest after a session that was cut off or paused, less otherwise
    Auto,
    /// One line that says what there is
    Notice,
}

impl Inject {
    /// As `config.toml` spells it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Always => "always",
            Self::Auto => "auto",
            Self::Notice => "notice",
        }
    }
}

/// Take back everything that install wrote
#[derive(Debug, Args)]
#[command(after_help = "Example: rejoin uninstall --dry-run")]
pub struct Uninstall {
    /// Delete the state directory too: all resume logs, pauses and settings of rejoin
    #[arg(long)]
    pub purge: bool,
    /// Show every change and make none
    #[arg(long)]
    pub dry_run: bool,
    /// Answer every question with yes
    #[arg(long, short)]
    pub yes: bool,
}

/// Check every part of the installation and say what to do about each finding
#[derive(Debug, Args)]
#[command(
    after_help = "Exit code 0: all is well, 1: something wants doing.\n\nExample: rejoin doctor --json"
)]
pub struct Doctor {
    /// Print the checks as JSON
    #[arg(long)]
    pub json: bool,
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_well_formed() {
        super::CommandLine::command().debug_assert();
    }
}
