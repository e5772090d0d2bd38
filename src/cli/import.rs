//! `rejoin import`: takes over logs of another tool, or one that somebody sent.

use super::Failure;
use super::foreign_log::{self, Taken};
use super::here::{Here, PATIENCE};
use super::terminal::Terminal;
use crate::env::Env;
use crate::export::Document;
use crate::follow::{Origin, pause};
use crate::foreign::{self, claude_mpm, shown};
use crate::resume;
use clap::Args;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};

/// Take over the logs of claude-mpm, or a log that somebody sent
///
/// `rejoin import claude-mpm [PATH]` reads resume logs, paused sessions and responses below PATH and changes
/// nothing there. `rejoin import FILE` reads what `rejoin export` or `rejoin show` wrote (JSON or Markdown)
/// and shows it first. What was taken over once is not taken over again, and no session is told of any of
/// it without a yes.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  rejoin import claude-mpm\n  rejoin import session.json\n  \
                        rejoin import --accept p1a2b3c4")]
pub struct ImportArgs {
    /// `claude-mpm`, or a file
    #[arg(required_unless_present = "accept", value_name = "FILE")]
    pub what: Option<PathBuf>,
    /// The .claude-mpm folder [default: this project's, else the home folder's]
    #[arg(value_name = "PATH")]
    pub path: Option<PathBuf>,
    /// Say yes: the next session may be told of the log, of claude-mpm's the newest
    #[arg(long, short)]
    pub yes: bool,
    /// Accept a log that was taken over before
    #[arg(long, value_name = "ID", conflicts_with_all = ["what", "path", "yes"])]
    pub accept: Option<String>,
    /// Print what was taken over as JSON
    #[arg(long)]
    pub json: bool,
}

pub(super) fn run(options: &ImportArgs, env: &Env, terminal: &mut Terminal) -> Result<(), Failure> {
    let here = Here::find(env)?;
    if let Some(id) = &options.accept {
        return foreign_log::accept(&here, id, options.json, terminal);
    }
    match options.what.as_deref() {
        Some(what) if what == Path::new("claude-mpm") => claude_mpm(options, &here, env, terminal),
        Some(file) => match &options.path {
            None => one(options, file, &here, env, terminal),
            Some(_) => {
                Err(Failure::Failed("give one file, or `claude-mpm` and its folder".to_owned()))
            }
        },
        None => Ok(()),
    }
}

/// Everything that claude-mpm left.
fn claude_mpm(
    options: &ImportArgs,
    here: &Here,
    env: &Env,
    terminal: &mut Terminal,
) -> Result<(), Failure> {
    let root = folder(options.path.as_deref(), here, env)?;
    let found = claude_mpm::read(&root)
        .map_err(|why| Failure::Failed(format!("{} can't be read: {why}", root.display())))?;
    let project = foreign_log::project(here, env)?;
    let mut taken = Taken::default();
    for passed in found.passed {
        let below = passed.path.strip_prefix(&root).unwrap_or(&passed.path);
        taken.pass(&below.to_string_lossy(), &passed.why);
    }
    for (path, mut log) in found.logs {
        if log.subject.project.is_empty() {
            log.subject.project.clone_from(&here.place.project.name);
        }
        let name = path.strip_prefix(&root).unwrap_or(&path).to_string_lossy().into_owned();
        let origin = Origin::ClaudeMpm { path: shown(&path.to_string_lossy(), 400) };
        let document = Document::of_log(log, here.now);
        let words = format!("taken over from claude-mpm, {}", shown(&name, 120));
        taken.put(here, &project, document, origin, &words)?;
    }
    if let Some(newest) = taken.fresh.last() {
        let id = newest.id.clone();
        let question = match taken.fresh.len() {
            1 => "1 log taken over. May the next session be told of it?".to_owned(),
            n => format!("{n} logs taken over. May the next session be told of the newest?"),
        };
        if agreed(options, &question, terminal)? {
            pause::change(&project.lock(PATIENCE)?, &id, |pause| pause.accepted = true)?;
        }
    }
    foreign_log::tell(here, &project, &taken, options.json, "rejoin import", terminal)
}

/// The `.claude-mpm` that is meant.
fn folder(named: Option<&Path>, here: &Here, env: &Env) -> Result<PathBuf, Failure> {
    const NAME: &str = ".claude-mpm";
    let below = |folder: &Path| {
        let inner = folder.join(NAME);
        inner.is_dir().then_some(inner)
    };
    if let Some(named) = named {
        return Ok(below(named).unwrap_or_else(|| named.to_owned()));
    }
    let home = env.home.as_deref().and_then(below);
    let found = below(here.place.worktree()).or_else(|| below(&here.place.folder)).or(home);
    found.ok_or_else(|| {
        Failure::Failed(format!(
            "there is no {NAME} in this project or the home folder; say where: rejoin import claude-mpm PATH"
        ))
    })
}

/// A log that somebody sent.
fn one(
    options: &ImportArgs,
    file: &Path,
    here: &Here,
    env: &Env,
    terminal: &mut Terminal,
) -> Result<(), Failure> {
    let name = shown(&file.to_string_lossy(), 200);
    let failed = |why: String| Failure::Failed(format!("{name} was not taken: {why}"));
    let document = foreign::read(&bytes(file).map_err(failed)?, here.now).map_err(failed)?;
    if !options.json {
        writeln!(terminal, "{}\n", resume::markdown(&document.log).trim_end())?;
        if let Some(message) = &document.message {
            writeln!(terminal, "Left with it: {}\n", resume::safe(message))?;
        }
    }
    let project = foreign_log::project(here, env)?;
    let mut taken = Taken::default();
    let base = file.file_name().map(|base| shown(&base.to_string_lossy(), 120)).unwrap_or_default();
    let words = format!("taken over from the file {base}");
    taken.put(here, &project, document, Origin::Foreign { from: name }, &words)?;
    if let Some(id) = taken.fresh.first().map(|fresh| fresh.id.clone())
        && agreed(
            options,
            "This was recorded elsewhere. May the next session be told of it?",
            terminal,
        )?
    {
        pause::change(&project.lock(PATIENCE)?, &id, |pause| pause.accepted = true)?;
        if !options.json {
            writeln!(terminal, "The next session here may be told of it, as {id}.")?;
            return Ok(());
        }
    }
    foreign_log::tell(here, &project, &taken, options.json, "rejoin import", terminal)
}

fn agreed(options: &ImportArgs, question: &str, terminal: &mut Terminal) -> Result<bool, Failure> {
    // Where nobody is there to say yes, nobody has.
    Ok(options.yes || (!options.json && terminal.confirm(question, false)?))
}

/// What a file holds, as far as a log goes.
fn bytes(file: &Path) -> Result<Vec<u8>, String> {
    let meta = std::fs::metadata(file).map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound => "there is no such file".to_owned(),
        kind => kind.to_string(),
    })?;
    if !meta.is_file() {
        return Err("it is no file".to_owned());
    }
    let mut bytes = Vec::new();
    let opened = std::fs::File::open(file).map_err(|error| error.to_string())?;
    opened.take(foreign::MOST + 1).read_to_end(&mut bytes).map_err(|error| error.to_string())?;
    Ok(bytes)
}
