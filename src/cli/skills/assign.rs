//! `rejoin skills assign`.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use serde::Serialize;

use super::args::Assign;
use super::look::{json, shown};
use super::{Failure, Libraries};
use crate::cli::terminal::{FAINT, GOOD, Terminal};
use crate::settings::file::{self, Change};
use crate::skills::{self, State, agent};

/// How deep agents' files may lie in folders of each other, and how many are looked at.
const MAX_DEPTH: usize = 4;
const MAX_FILES: usize = 2_000;
/// The most bytes of an agent's file.
const MAX_BYTES: u64 = 1 << 20;

/// The answer of `--json`.
#[derive(Serialize)]
struct Answer {
    file: PathBuf,
    /// The skills that the agent has now.
    skills: Vec<String>,
    changed: bool,
}

pub(super) fn run(
    options: &Assign,
    libraries: &Libraries,
    terminal: &mut Terminal,
) -> Result<(), Failure> {
    let path = find(options, libraries)?;
    let mut absent = Vec::new();
    for name in &options.names {
        if !options.remove && !is_deployed(name, libraries)? {
            skills::find(name)?;
            absent.push(name.as_str());
        }
    }
    let refuse = |why| Failure::Failed(format!("{} was left alone: {why}", path.display()));
    let before = file::read(&path)?.unwrap_or_default();
    let after = agent::with_skills(&before, |skills| change(options, skills)).map_err(refuse)?;
    if after != before && !options.dry_run {
        file::edit(&path, false, |now| {
            // Anything else came between and is edited anew, or the file is gone.
            let now = now.unwrap_or_default();
            match agent::with_skills(now, |skills| change(options, skills)) {
                Ok(after) if after != now => Ok(Change::Replace(after)),
                _ => Ok(Change::Keep),
            }
        })?;
    }
    if options.json {
        let skills = agent::skills(&after).map_err(refuse)?;
        return json(&Answer { file: path, skills, changed: after != before }, terminal);
    }
    if after == before {
        writeln!(terminal, "{FAINT}unchanged{FAINT:#}  {}", path.display())?;
        return Ok(());
    }
    let done = if options.dry_run { "would change" } else { "changed" };
    writeln!(terminal, "{GOOD}{done}{GOOD:#}  {}", path.display())?;
    shown(&path.to_string_lossy(), &before, &after, terminal)?;
    if !absent.is_empty() {
        let names = absent.join(" ");
        writeln!(
            terminal,
            "note       not deployed yet, so Claude Code finds no text for it: `rejoin skills deploy {names}`"
        )?;
    }
    Ok(())
}

fn change(options: &Assign, skills: &mut Vec<String>) {
    if options.remove {
        skills.retain(|skill| !options.names.contains(skill));
        return;
    }
    for name in &options.names {
        if !skills.contains(name) {
            skills.push(name.clone());
        }
    }
}

fn is_deployed(name: &str, libraries: &Libraries) -> Result<bool, Failure> {
    for library in [&libraries.user, &libraries.project] {
        if library.find(name)?.state != State::Absent {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The agent's file: the project's before the user's, as Claude Code chooses.
fn find(options: &Assign, libraries: &Libraries) -> Result<PathBuf, Failure> {
    let places = &libraries.places;
    let project = places.project.join(".claude/agents");
    let user = places.claude.join("agents");
    let mut looked = Vec::new();
    for (wanted, folder, within) in [
        (!options.scope.user, project, Some(&places.project)),
        (!options.scope.project, user, None),
    ] {
        if !wanted || looked.contains(&folder) {
            continue;
        }
        let mut files = Vec::new();
        gather(&folder, 0, &mut files);
        let mut fitting: Vec<PathBuf> =
            files.into_iter().filter(|path| is_agent(path, &options.agent)).collect();
        fitting.sort();
        looked.push(folder);
        match &fitting[..] {
            [] => {}
            [path] => {
                if let Some(within) = within {
                    stay_within(path, within)?;
                }
                return Ok(path.clone());
            }
            [first, second, ..] => {
                return Err(Failure::Failed(format!(
                    "{} and {} are both called {}; rename one",
                    first.display(),
                    second.display(),
                    options.agent.escape_default()
                )));
            }
        }
    }
    let folders: Vec<String> = looked.iter().map(|folder| folder.display().to_string()).collect();
    Err(Failure::Failed(format!(
        "no agent is called {:?} in {}; make its file first, with `---`, `name:`, `description:`, `---`",
        options.agent,
        folders.join(" or ")
    )))
}

/// Markdown files in `folder`, links to files included: a person may keep them elsewhere.
fn gather(folder: &Path, depth: usize, files: &mut Vec<PathBuf>) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let path = entry.path();
        let is_folder = entry.file_type().is_ok_and(|kind| kind.is_dir());
        if is_folder && depth + 1 < MAX_DEPTH {
            gather(&path, depth + 1, files);
        } else if path.extension().is_some_and(|end| end == "md")
            && files.len() < MAX_FILES
            && path.metadata().is_ok_and(|meta| meta.is_file() && meta.len() <= MAX_BYTES)
        {
            files.push(path);
        }
    }
}

/// Its front matter names it; where that does not, its file.
fn is_agent(path: &Path, wanted: &str) -> bool {
    let text = file::read(path).ok().flatten().unwrap_or_default();
    match agent::name(&text) {
        Some(name) => name == wanted,
        None => path.file_stem().is_some_and(|stem| stem == wanted),
    }
}

/// A repository's link must not make us write elsewhere.
fn stay_within(path: &Path, project: &Path) -> Result<(), Failure> {
    match (path.canonicalize(), project.canonicalize()) {
        (Ok(path), Ok(project)) if path.starts_with(&project) => Ok(()),
        _ => Err(Failure::Failed(format!(
            "{} was left alone: it is a link that leads out of the project",
            path.display()
        ))),
    }
}
