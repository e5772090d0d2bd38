//! The command line's shape, and nothing else.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

/// Follows Claude Code sessions and tells the next one where the work stands.
#[derive(Debug, Parser)]
#[command(name = "rejoin", version, long_version = super::version::long(), max_term_width = 100)]
#[command(
    after_help = "Without a command: what this project's next session would be told, and why.\n\nOn a terminal, long output goes to $PAGER (less); --no-pager, with any command, keeps it from that.\nNO_COLOR=1 takes the colours out."
)]
pub struct CommandLine {
    /// Print the answer as JSON
    #[arg(long)]
    pub json: bool,
    /// Never show long output in a pager
    // Told once below, not in the help of every command.
    #[arg(long, global = true, hide = true)]
    pub no_pager: bool,
    #[command(subcommand)]
    pub command: Option<Command>,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    List(super::list::ListArgs),
    Pause(super::pause::PauseArgs),
    Resume(super::resume::ResumeArgs),
    Clear(super::clear::ClearArgs),
    Show(super::show::ShowArgs),
    Log(super::log::LogArgs),
    Search(super::search::SearchArgs),
    Catchup(super::catchup::CatchupArgs),
    Context(super::context::ContextArgs),
    Note(Note),
    Usage(super::usage::UsageArgs),
    Install(Install),
    Uninstall(Uninstall),
    Doctor(Doctor),
    Demo(Demo),
    Export(super::export::ExportArgs),
    Fetch(super::fetch::FetchArgs),
    Forget(super::forget::ForgetArgs),
    Import(super::import::ImportArgs),
    Prune(super::prune::PruneArgs),
    Share(super::share::ShareArgs),
    /// Print the resume text of a transcript
    Compose(super::compose::ComposeArgs),
    /// Put skills where Claude Code finds them, and check them
    #[command(subcommand)]
    Skills(super::skills::Skills),
    /// Stop following this project's sessions
    #[command(after_help = "Example: rejoin off --everywhere")]
    Off(Switch),
    /// Follow this project's sessions again
    #[command(after_help = "Example: rejoin on")]
    On(Switch),
    /// Look at what may be set, and set it
    #[command(subcommand)]
    Config(super::config::Config),
    Completions(super::completions::CompletionsArgs),
    Man(super::man::ManArgs),
    Version(super::version::VersionArgs),
}

impl Command {
    /// Whether it neither follows nor writes what was said in a session.
    pub(super) fn writes_no_text(&self) -> bool {
        matches!(
            self,
            Self::Completions(_)
                | Self::Config(_)
                | Self::Doctor(_)
                | Self::Install(_)
                | Self::Man(_)
                | Self::Off(_)
                | Self::On(_)
                | Self::Search(_)
                | Self::Skills(_)
                | Self::Uninstall(_)
                | Self::Usage(_)
                | Self::Version(_)
        )
    }
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
    // As clap prints it; no link.
    #[allow(rustdoc::broken_intra_doc_links)]
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
#[derive(Debug, Default, Args)]
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
    /// Leave the hooks to the Claude Code plugin: only put the executables in place
    #[arg(long, conflicts_with = "project")]
    pub no_hooks: bool,
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
    /// Delete the state directory too, with all resume logs, pauses and settings of rejoin; asks first, and where
    /// nobody can be asked needs --yes
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
    #[arg(long, conflicts_with = "fix")]
    pub json: bool,
    /// Repair what can be repaired, after asking
    #[arg(long)]
    pub fix: bool,
    /// Answer every question with yes
    #[arg(long, short, requires = "fix")]
    pub yes: bool,
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_well_formed() {
        super::CommandLine::command().debug_assert();
    }
}
