//! `rejoin export`: a session or a pause as one file for people.

use super::Failure;
use super::columns::size;
use super::here::Here;
use super::known::What;
use super::show::used;
use super::terminal::Terminal;
use crate::env::Env;
use crate::export::{self, Document};
use clap::{Args, ValueEnum};
use std::io::Write;
use std::path::{Path, PathBuf};

/// Write a session or a pause as one self-contained file
///
/// The HTML page needs no network and no script: the curve of the context, tasks, turns, changed files and
/// the resume log. The JSON can be taken over elsewhere with `rejoin import`; docs/json.md describes it.
#[derive(Debug, Args)]
#[command(
    after_help = "The file holds prompts and answers, secrets removed as far as they are recognised: read it \
                  before you pass it on.\n\nExample: rejoin export 8463c716 --format html -o session.html"
)]
pub struct ExportArgs {
    /// The session's or the pause's id or its beginning [default: this session, else the newest]
    pub session: Option<String>,
    /// How it is written [default: as the name given with -o ends, else md]
    #[arg(long, value_enum)]
    pub format: Option<Format>,
    /// Write to FILE instead of standard output
    #[arg(long, short, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// Replace FILE when it is there
    #[arg(long, requires = "output")]
    pub force: bool,
    /// The same as --format json
    #[arg(long, conflicts_with = "format")]
    pub json: bool,
}

/// How a document is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// Markdown
    Md,
    /// JSON
    Json,
    /// YAML, with the same fields as the JSON
    Yaml,
    /// A page for a browser
    Html,
}

pub(super) fn run(options: &ExportArgs, env: &Env, terminal: &mut Terminal) -> Result<(), Failure> {
    let here = Here::find(env)?;
    let known = here.known(options.session.as_deref(), env)?;
    let document = match &known.what {
        What::Pause(pause) => Document::of_pause(pause, here.now),
        What::Followed(_) | What::Transcript(_) => {
            let state = known.state()?;
            let turns = known.responses(&state)?;
            let (mut log, _) = known.log_of(&state, &here);
            log.context_metrics.extend(used::entry(&turns));
            Document::of_session(&state, log, turns, here.now)
        }
    };
    let named = options.output.as_deref().and_then(Format::of);
    let format = if options.json { Some(Format::Json) } else { options.format };
    let text = match format.or(named).unwrap_or(Format::Md) {
        Format::Md => export::markdown(&document),
        Format::Json => serde_json::to_string_pretty(&document)
            .map_err(|error| Failure::Failed(format!("can't write it as JSON: {error}")))?,
        Format::Yaml => export::yaml(&document).map_err(Failure::Failed)?,
        Format::Html => export::html(&document),
    };
    let text = format!("{}\n", text.trim_end());
    match &options.output {
        None => terminal.write_all(text.as_bytes())?,
        Some(path) => {
            write(path, &text, options.force)?;
            writeln!(terminal, "Wrote {} ({}).", path.display(), size(text.len() as u64))?;
        }
    }
    Ok(())
}

/// Writes the file, whole or not at all, readable by its owner alone.
fn write(path: &Path, text: &str, replace: bool) -> Result<(), Failure> {
    let there = std::fs::symlink_metadata(path).ok();
    if there.as_ref().is_some_and(|meta| !meta.is_file()) {
        return Err(Failure::Failed(format!(
            "{} is there and no file; choose another name",
            path.display()
        )));
    }
    if there.is_some() && !replace {
        return Err(Failure::Failed(format!(
            "{} is there already; choose another name, or replace it with --force",
            path.display()
        )));
    }
    let folder = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let written = tempfile::NamedTempFile::new_in(folder).and_then(|mut file| {
        file.write_all(text.as_bytes())?;
        let placed = if replace { file.persist(path) } else { file.persist_noclobber(path) };
        placed.map(drop).map_err(|error| error.error)
    });
    written.map_err(|error| {
        let why = match error.kind() {
            std::io::ErrorKind::NotFound => "its folder does not exist".to_owned(),
            kind => kind.to_string(),
        };
        Failure::Failed(format!("can't write {}: {why}", path.display()))
    })
}

impl Format {
    /// What a file's name says.
    fn of(path: &Path) -> Option<Self> {
        let ending = path.extension()?.to_str()?.to_ascii_lowercase();
        Some(match &*ending {
            "md" | "markdown" => Self::Md,
            "json" => Self::Json,
            "yaml" | "yml" => Self::Yaml,
            "html" | "htm" => Self::Html,
            _ => return None,
        })
    }
}
