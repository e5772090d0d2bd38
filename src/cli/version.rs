//! `rejoin version`: this build, and whether the parts that are installed fit it.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};

use clap::Args;
use serde::Serialize;

use super::claude::{self, Claude};
use super::columns::{counted, pad, wide};
use super::places::Places;
use super::terminal::{BAD, FAINT, GOOD, Terminal};
use super::{Failure, installation};
use crate::env::Env;
use crate::release::{self, COMMIT, DATE, TARGET, VERSION};
use crate::settings::{self, HOOKS, file};
use crate::skills::{Library, State};

/// Tell which build this is, and with --all whether hooks, skills and Claude Code fit it
#[derive(Debug, Args)]
#[command(
    after_help = "Exit code 0: all that is installed fits, 1: something does not.\n\nJSON: version, commit, date, target; with --all also parts, each with part (rejoin, hooks, status line, skills, claude), version, fits (null where it is not installed), detail and path.\n\nExample: rejoin version --all"
)]
pub struct VersionArgs {
    /// Look at hooks, skills and Claude Code, too
    #[arg(long)]
    all: bool,
    /// Print the answer as JSON
    #[arg(long)]
    json: bool,
}

/// What `--version` prints behind the name.
pub(super) fn long() -> &'static str {
    static TEXT: std::sync::OnceLock<String> = std::sync::OnceLock::new();
    TEXT.get_or_init(|| format!("{VERSION}\n{}", build()))
}

/// Commit and target, as far as they are known.
fn build() -> String {
    match (COMMIT, DATE) {
        ("", _) => format!("development build for {TARGET}"),
        (commit, "") => format!("commit {commit}, for {TARGET}"),
        (commit, date) => format!("commit {commit} of {date}, for {TARGET}"),
    }
}

/// The answer, for programs. Fields are only ever added.
#[derive(Serialize)]
struct Answer {
    version: &'static str,
    commit: Option<&'static str>,
    date: Option<&'static str>,
    target: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    parts: Option<Vec<Part>>,
}

#[derive(Serialize)]
struct Part {
    #[serde(rename = "part")]
    name: &'static str,
    version: Option<String>,
    /// `None` where there is nothing that could fit.
    fits: Option<bool>,
    /// What there is, and what to do where it does not fit.
    detail: String,
    path: Option<String>,
}

pub(super) fn run(
    options: &VersionArgs,
    env: &Env,
    terminal: &mut Terminal,
) -> Result<(), Failure> {
    let parts = options.all.then(|| parts(env)).transpose()?;
    let misfit = parts.iter().flatten().any(|part| part.fits == Some(false));
    let known = |text: &'static str| Some(text).filter(|text| !text.is_empty());
    if options.json {
        let answer = Answer {
            version: VERSION,
            commit: known(COMMIT),
            date: known(DATE),
            target: TARGET,
            parts,
        };
        writeln!(terminal, "{}", serde_json::to_string_pretty(&answer).unwrap_or_default())?;
    } else if let Some(parts) = parts {
        table(&parts, terminal)?;
    } else {
        writeln!(terminal, "rejoin {}", long())?;
    }
    if misfit { Err(Failure::Findings) } else { Ok(()) }
}

fn table(parts: &[Part], terminal: &mut Terminal) -> Result<(), Failure> {
    let column = |text: fn(&Part) -> usize| parts.iter().map(text).max().unwrap_or(0);
    let first = column(|part| wide(part.name));
    let second = column(|part| part.version.as_deref().map_or(1, wide));
    for part in parts {
        let (style, word) = match part.fits {
            Some(true) => (GOOD, "ok "),
            Some(false) => (BAD, "fix"),
            None => (FAINT, "-  "),
        };
        let version = pad(part.version.as_deref().unwrap_or("-"), second);
        let name = pad(part.name, first);
        writeln!(terminal, "{style}{word}{style:#}  {name}  {version}  {}", part.detail)?;
        if let Some(path) = &part.path {
            writeln!(terminal, "     {}{FAINT}{path}{FAINT:#}", " ".repeat(first + second + 4))?;
        }
    }
    Ok(())
}

fn parts(env: &Env) -> Result<Vec<Part>, Failure> {
    let places = Places::find(env)?;
    let own = std::env::current_exe().ok().map(|path| path.display().to_string());
    let mut parts = vec![Part {
        name: "rejoin",
        version: Some(VERSION.to_owned()),
        fits: Some(true),
        detail: build(),
        path: own,
    }];
    parts.extend(hooks(&places));
    parts.extend(status_line(&places));
    parts.push(skills(&places));
    parts.push(claude_code());
    Ok(parts)
}

/// The executables that Claude Code is told to start, and those that install put in place.
fn hooks(places: &Places) -> Vec<Part> {
    let mut folders: BTreeMap<PathBuf, Vec<String>> = BTreeMap::new();
    for file in [places.user_settings(), places.shared_settings(), places.local_settings()] {
        // What can't be read is told by `rejoin doctor`.
        let text = file::read(&file).ok().flatten().unwrap_or_default();
        for registered in settings::registered(&text).unwrap_or_default() {
            let path = Path::new(&registered.command);
            let (Some(folder), Some(name)) = (path.parent(), path.file_name()) else { continue };
            let names = folders.entry(folder.to_owned()).or_default();
            let name = name.to_string_lossy().into_owned();
            if !names.contains(&name) {
                names.push(name);
            }
        }
    }
    let installed = places.executables();
    if installed.is_dir() && !folders.contains_key(&installed) {
        folders.insert(installed, HOOKS.iter().map(settings::Hook::file_name).collect());
    }
    if folders.is_empty() {
        let detail = "not installed (`rejoin install`)".to_owned();
        return vec![Part { name: "hooks", version: None, fits: None, detail, path: None }];
    }
    folders.iter().map(|(folder, names)| hooks_in(folder, names)).collect()
}

fn hooks_in(folder: &Path, names: &[String]) -> Part {
    let mut versions: BTreeMap<Option<String>, usize> = BTreeMap::new();
    let mut missing = 0;
    for name in names {
        match std::fs::read(folder.join(name)) {
            Ok(bytes) => *versions.entry(version_of(&bytes)).or_default() += 1,
            Err(_) => missing += 1,
        }
    }
    let fits = missing == 0 && versions.keys().all(|found| found.as_deref() == Some(VERSION));
    let text = |version: &Option<String>| version.clone().unwrap_or_else(|| "unknown".to_owned());
    let detail = if fits {
        counted(names.len() as u64, "executable")
    } else if missing > 0 {
        format!("{missing} of {} are not there: run `rejoin install`", names.len())
    } else {
        "of another version than this `rejoin`: run `rejoin install`".to_owned()
    };
    Part {
        name: "hooks",
        version: Some(versions.keys().map(text).collect::<Vec<_>>().join(", ")),
        fits: Some(fits),
        detail,
        path: Some(folder.display().to_string()),
    }
}

fn version_of(bytes: &[u8]) -> Option<String> {
    release::of_executable(bytes).map(|(version, ..)| version)
}

fn status_line(places: &Places) -> Option<Part> {
    let path = places.executables().join(installation::status_line());
    let bytes = std::fs::read(&path).ok()?;
    let version = version_of(&bytes);
    let fits = version.as_deref() == Some(VERSION);
    let detail = if fits { "in place" } else { "run `rejoin install --statusline`" };
    Some(Part {
        name: "status line",
        version: Some(version.unwrap_or_else(|| "unknown".to_owned())),
        fits: Some(fits),
        detail: detail.to_owned(),
        path: Some(path.display().to_string()),
    })
}

fn skills(places: &Places) -> Part {
    let user = Library::of_user(&places.claude, &places.data);
    let project = Library::of_project(&places.project, &places.data);
    let mut libraries = vec![&user];
    // At home they are one.
    if project.folder() != user.folder() {
        libraries.push(&project);
    }
    let mut states: BTreeMap<&'static str, u64> = BTreeMap::new();
    let mut unreadable = None;
    for library in libraries {
        match library.deployed() {
            Ok(deployed) => {
                let ours = deployed.iter().filter(|skill| skill.state != State::Foreign);
                for skill in ours {
                    *states.entry(skill.state.name()).or_default() += 1;
                }
            }
            Err(error) => unreadable = Some(error.to_string()),
        }
    }
    let outdated = states.contains_key(State::Outdated.name());
    let counts: Vec<String> = states.iter().map(|(state, n)| format!("{n} {state}")).collect();
    let (fits, detail) = match unreadable {
        Some(error) => (Some(false), error),
        None if states.is_empty() => (None, "none deployed (`rejoin skills deploy`)".to_owned()),
        None if outdated => {
            (Some(false), format!("{}: run `rejoin skills update`", counts.join(", ")))
        }
        None => (Some(true), counts.join(", ")),
    };
    Part { name: "skills", version: None, fits, detail, path: None }
}

fn claude_code() -> Part {
    let oldest = claude::shown(claude::OLDEST);
    let (version, fits, detail) = match claude::installed() {
        Claude::Version(found) if found < claude::OLDEST => (
            Some(claude::shown(found)),
            Some(false),
            format!(
                "does not run these hooks; {oldest} is the oldest that does: run `claude update`"
            ),
        ),
        Claude::Version(found) => {
            (Some(claude::shown(found)), Some(true), format!("runs these hooks (from {oldest} on)"))
        }
        Claude::Unknown(what) => (None, Some(false), format!("does not tell its version: {what}")),
        Claude::Missing => (None, None, "no `claude` on the path".to_owned()),
    };
    Part { name: "claude", version, fits, detail, path: None }
}
