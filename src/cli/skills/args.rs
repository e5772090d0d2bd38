//! The shape of `rejoin skills`.

use std::path::PathBuf;

use clap::{Args, Subcommand};

#[derive(Debug, Subcommand)]
pub enum Skills {
    List(List),
    Info(Info),
    Search(Search),
    Validate(Validate),
    Deploy(Deploy),
    Update(Update),
    Remove(Remove),
    Diff(Diff),
    Recommend(Recommend),
    Assign(Assign),
}

/// Which folder of skills.
#[derive(Debug, Clone, Copy, Args)]
pub struct Scope {
    /// Yours, in every project: skills/ in Claude Code's own folder
    #[arg(long, conflicts_with = "project")]
    pub user: bool,
    /// This project's: .claude/skills/ in the current folder
    #[arg(long)]
    pub project: bool,
}

/// List the skills that come with rejoin and those deployed, with their state
#[derive(Debug, Args)]
#[command(
    after_help = "States: current (as bundled), outdated (an earlier version of ours), modified (changed since it was deployed), foreign (put there by somebody else), - (not there).\n\nCategories and agents of your own skills: skills.toml in the state directory; of a project's: .claude/skills/registry.toml. Each skill is a table:\n\n    [my-skill]\n    category = \"ops\"\n    agents = [\"engineer\"]\n    dependencies = [\"axum\"]     # signs for `recommend`; also files, languages\n\nExample: rejoin skills list --category testing"
)]
pub struct List {
    #[command(flatten)]
    pub scope: Scope,
    /// Only those of a category
    #[arg(long)]
    pub category: Option<String>,
    /// Only those that help a kind of agent: engineer, qa, ops, research, documentation
    #[arg(long, value_name = "KIND")]
    pub agent: Option<String>,
    /// Print the skills as JSON
    #[arg(long)]
    pub json: bool,
}

/// Show what a skill is for, its files, and where it is deployed
#[derive(Debug, Args)]
#[command(after_help = "Example: rejoin skills info resume-session")]
pub struct Info {
    /// The skill's name
    pub name: String,
    /// Print the answer as JSON
    #[arg(long)]
    pub json: bool,
}

/// Find bundled skills by words of their names, descriptions and texts
#[derive(Debug, Args)]
#[command(after_help = "Example: rejoin skills search flaky test")]
pub struct Search {
    /// All of them must occur
    #[arg(required = true)]
    pub words: Vec<String>,
    /// Print the skills as JSON
    #[arg(long)]
    pub json: bool,
}

/// Check skills against the rules of the Agent Skills format
#[derive(Debug, Args)]
#[command(
    after_help = "Exit code 0: no error, 1: some skill has an error. Warnings alone do not fail.\n\nExample: rejoin skills validate .claude/skills"
)]
pub struct Validate {
    /// A skill's folder, its SKILL.md, or a folder of skills [default: the bundled and deployed ones]
    pub paths: Vec<PathBuf>,
    /// Fail on warnings too
    #[arg(long)]
    pub strict: bool,
    /// Print the findings as JSON
    #[arg(long)]
    pub json: bool,
}

/// Put bundled skills where Claude Code finds them
#[derive(Debug, Args)]
#[command(
    after_help = "Without names: the skills about rejoin itself (category `session`). A session that runs already sees\nthem from its next start on.\n\nExample: rejoin skills deploy systematic-debugging --project"
)]
pub struct Deploy {
    /// The skills' names
    #[arg(conflicts_with = "all")]
    pub names: Vec<String>,
    /// All bundled skills
    #[arg(long)]
    pub all: bool,
    /// Also those that `rejoin skills recommend` names for this project
    #[arg(long, conflicts_with = "all")]
    pub recommended: bool,
    #[command(flatten)]
    pub scope: Scope,
    /// Replace what was changed or is somebody else's, too; a copy is kept
    #[arg(long)]
    pub force: bool,
}

/// Bring deployed skills to the bundled version
#[derive(Debug, Args)]
#[command(
    after_help = "What you changed stays as it is without --force.\n\nExample: rejoin skills update"
)]
pub struct Update {
    /// The skills' names [default: all that are deployed]
    pub names: Vec<String>,
    #[command(flatten)]
    pub scope: Scope,
    /// Replace what was changed, too; a copy is kept
    #[arg(long)]
    pub force: bool,
}

/// Take deployed skills away
#[derive(Debug, Args)]
#[command(after_help = "Example: rejoin skills remove session-notes --project")]
pub struct Remove {
    /// The skills' names
    #[arg(required = true)]
    pub names: Vec<String>,
    #[command(flatten)]
    pub scope: Scope,
    /// Remove what was changed or is somebody else's, too; a copy is kept
    #[arg(long)]
    pub force: bool,
}

/// Show how deployed skills differ from the bundled ones
#[derive(Debug, Args)]
#[command(after_help = "Example: rejoin skills diff session-notes")]
pub struct Diff {
    /// The skills' names [default: all bundled ones]
    pub names: Vec<String>,
    #[command(flatten)]
    pub scope: Scope,
}

/// Name the skills that fit this project, and say why
#[derive(Debug, Args)]
#[command(
    after_help = "Reads the names of files and of dependencies in the current folder, nothing else.\n\nExample: rejoin skills recommend --json"
)]
pub struct Recommend {
    /// Print the answer as JSON: languages, frameworks, test_tools, skills with name, why, deployed
    #[arg(long)]
    pub json: bool,
}

/// Give skills to an agent: the `skills` list of its Markdown file
#[derive(Debug, Args)]
#[command(
    after_help = "The file is .claude/agents/AGENT.md of this project, else of yours; everything but the list stays as it is.\nClaude Code gives the text of these skills to each run of the agent.\n\nExample: rejoin skills assign reviewer code-review security-scanning"
)]
pub struct Assign {
    /// The agent's name: that of its file or in its front matter
    pub agent: String,
    /// The skills' names
    #[arg(required = true)]
    pub names: Vec<String>,
    /// Take the skills away from it
    #[arg(long)]
    pub remove: bool,
    #[command(flatten)]
    pub scope: Scope,
    /// Show the change and make none
    #[arg(long)]
    pub dry_run: bool,
    /// Print the answer as JSON: file, skills, changed
    #[arg(long)]
    pub json: bool,
}
