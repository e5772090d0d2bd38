//! `rejoin compose`: the resume text of any transcript, straight from the file.

use super::Failure;
use super::terminal::Terminal;
use crate::follow;
use crate::resume::{self, About, Whose};
use clap::{Args, ValueEnum};
use std::io::Write;
use std::path::PathBuf;

/// Arguments of `rejoin compose`.
#[derive(Debug, Args)]
#[command(
    after_help = "Example: rejoin compose ~/.claude/projects/-home-dev-shop/8463c716-3f5e-4c93-9b32-1f8e6f0d5a11.jsonl"
)]
pub struct ComposeArgs {
    /// A session's transcript: a .jsonl file below Claude Code's `projects` folder.
    pub transcript: PathBuf,
    /// The most tokens of the text, of 4 characters each; the whole log is at most 10000.
    #[arg(long, value_name = "TOKENS", conflicts_with = "digest")]
    pub budget: Option<usize>,
    /// Print the digest that a next session would be told.
    #[arg(long)]
    pub digest: bool,
    /// The log as Markdown or as JSON.
    #[arg(long, value_enum, default_value_t = Format::Md)]
    pub format: Format,
}

/// How the log is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// Markdown.
    Md,
    /// JSON.
    Json,
}

/// Prints the resume text of a transcript.
pub(super) fn run(args: &ComposeArgs, terminal: &mut Terminal) -> Result<(), Failure> {
    let state = follow::facts(&args.transcript).map_err(|error| {
        let path = args.transcript.display();
        Failure::Failed(format!("can't read the transcript {path}: {error}"))
    })?;
    let about = About { now: crate::clock::now(), ..About::default() };
    let (log, markdown) = follow::document(&state, &about);
    let text = if args.digest {
        resume::digest(&log, &about, Whose::Earlier)
    } else if args.format == Format::Json {
        serde_json::to_string_pretty(&log)
            .map_err(|error| Failure::Failed(format!("can't write the log as JSON: {error}")))?
    } else if let Some(budget) = args.budget {
        resume::text(&log, budget)
    } else {
        markdown
    };
    writeln!(terminal, "{text}")?;
    Ok(())
}
