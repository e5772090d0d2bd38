//! `rejoin show`: a session's resume log.

pub(super) mod section;
pub(super) mod used;

use super::Failure;
use super::here::Here;
use super::terminal::Terminal;
use crate::env::Env;
use crate::export::yaml;
use crate::resume::{self, Whose};
use clap::{Args, ValueEnum};
use section::Section;
use std::io::Write;

/// Show a session's resume log
///
/// The JSON and the YAML have the fields that docs/json.md describes; with --section, that section alone.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  rejoin show 8463c716 --section next-steps\n  rejoin show --digest"
)]
pub struct ShowArgs {
    /// The session's id or its beginning [default: this session, else the newest]
    pub session: Option<String>,
    /// What the next session would be given of it
    #[arg(long, conflicts_with_all = ["json", "format", "section"])]
    pub digest: bool,
    /// One section alone
    #[arg(long, value_enum, value_name = "NAME")]
    pub section: Option<Section>,
    /// How the log is written
    #[arg(long, value_enum, default_value_t = Format::Md)]
    pub format: Format,
    /// The same as --format json
    #[arg(long, conflicts_with = "format")]
    pub json: bool,
}

/// How a log is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// Markdown
    Md,
    /// JSON
    Json,
    /// YAML, with the same fields as the JSON
    Yaml,
}

pub(super) fn run(options: &ShowArgs, env: &Env, terminal: &mut Terminal) -> Result<(), Failure> {
    let here = Here::find(env)?;
    let known = here.known(options.session.as_deref(), env)?;
    // A pause froze the session as it was; the digest tells what a session needs to go on.
    let (log, about) = if options.digest || known.is_pause() {
        known.log(&here)?
    } else {
        let state = known.state()?;
        let (mut log, about) = known.log_of(&state, &here);
        log.context_metrics.extend(used::entry(&known.responses(&state)?));
        (log, about)
    };
    let format = if options.json { Format::Json } else { options.format };
    let text = match (format, options.section) {
        _ if options.digest => resume::digest(&log, &about, Whose::Earlier),
        (Format::Md, None) => resume::markdown(&log),
        (Format::Md, Some(section)) => section.markdown(&log),
        (Format::Json, None) => json(&log)?,
        (Format::Json, Some(section)) => json(&section.value(&log))?,
        (Format::Yaml, None) => yaml(&log).map_err(Failure::Failed)?,
        (Format::Yaml, Some(section)) => yaml(&section.value(&log)).map_err(Failure::Failed)?,
    };
    if matches!(format, Format::Md) {
        terminal.page();
    }
    writeln!(terminal, "{}", text.trim_end())?;
    Ok(())
}

fn json(value: &impl serde::Serialize) -> Result<String, Failure> {
    serde_json::to_string_pretty(value)
        .map_err(|error| Failure::Failed(format!("can't write the log as JSON: {error}")))
}
