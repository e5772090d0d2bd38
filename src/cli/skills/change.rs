//! `rejoin skills deploy`, `update`, `remove`.

use std::io::Write;
use std::path::Path;

use super::args::{Deploy, Remove, Update};
use super::{Failure, Libraries, OWN, recommend};
use crate::cli::terminal::{BAD, FAINT, GOOD, Terminal};
use crate::skills::{self, Error, FrontMatter, Library, Outcome, Registry, Skill, State};

pub(super) fn deploy(
    options: &Deploy,
    libraries: &Libraries,
    terminal: &mut Terminal,
) -> Result<(), Failure> {
    let skills = if options.all {
        skills::bundled()
    } else {
        // All of them exist, or nothing is changed.
        for name in &options.names {
            skills::find(name)?;
        }
        let fitting = match options.recommended {
            true => recommend::fitting(libraries),
            false => Vec::new(),
        };
        let registry = Registry::bundled();
        let own = |name: &str| registry.get(name).is_some_and(|entry| entry.category == OWN);
        let meant = |skill: &Skill| {
            options.names.contains(&skill.name)
                || options.names.is_empty() && own(&skill.name)
                || fitting.iter().any(|(name, _)| *name == skill.name)
        };
        skills::bundled().into_iter().filter(meant).collect()
    };
    let library = libraries.one(options.scope);
    let mut refused = 0;
    let mut asking = Vec::new();
    for skill in skills {
        match put(&skill, library, options.force, terminal)? {
            None => refused += 1,
            Some(Outcome::Added) if may_call_tools(&skill) => {
                asking.push(format!("\"Skill({})\"", skill.name));
            }
            Some(_) => {}
        }
    }
    if !asking.is_empty() {
        let rules = asking.join(", ");
        writeln!(
            terminal,
            "\nClaude Code asks before it uses a skill that brings permissions for its own commands.\nThese rules under permissions.allow in its settings answer for good:\n    {rules}"
        )?;
        if !options.scope.project {
            writeln!(terminal, "`rejoin install` offers to add them.")?;
        }
    }
    ended(refused)
}

fn may_call_tools(skill: &Skill) -> bool {
    let front = skill.text("SKILL.md").and_then(|text| FrontMatter::parse(text).ok());
    front.is_some_and(|front| front.get("allowed-tools").is_some())
}

pub(super) fn update(
    options: &Update,
    libraries: &Libraries,
    terminal: &mut Terminal,
) -> Result<(), Failure> {
    for name in &options.names {
        skills::find(name)?;
    }
    let mut refused = 0;
    let mut seen = 0;
    for (_, library) in libraries.chosen(options.scope) {
        for there in library.deployed()? {
            let named = options.names.contains(&there.name);
            let Ok(skill) = skills::find(&there.name) else { continue };
            // Somebody else's skill of the same name is not ours to bring up to date.
            if !(named || options.names.is_empty() && there.state != State::Foreign) {
                continue;
            }
            seen += 1;
            refused += usize::from(put(&skill, library, options.force, terminal)?.is_none());
        }
    }
    if seen == 0 {
        writeln!(terminal, "Nothing to update: no bundled skill is deployed.")?;
    }
    ended(refused)
}

pub(super) fn remove(
    options: &Remove,
    libraries: &Libraries,
    terminal: &mut Terminal,
) -> Result<(), Failure> {
    let library = libraries.one(options.scope);
    let mut refused = 0;
    for name in &options.names {
        match library.remove(name, options.force) {
            Ok(kept) => {
                let path = library.folder().join(name);
                writeln!(terminal, "{GOOD}removed{GOOD:#}    {}", path.display())?;
                if let Some(kept) = kept {
                    tell_kept(&kept, terminal)?;
                }
            }
            Err(error @ Error::Refused { .. }) => {
                refused += 1;
                writeln!(terminal, "{BAD}refused{BAD:#}    {error}")?;
            }
            Err(error) => return Err(error.into()),
        }
    }
    ended(refused)
}

/// What was done, which is said as well; `None` when it was refused.
fn put(
    skill: &Skill,
    library: &Library,
    force: bool,
    terminal: &mut Terminal,
) -> Result<Option<Outcome>, Failure> {
    let path = library.folder().join(&skill.name);
    let path = path.display();
    let outcome = match library.deploy(skill, force) {
        Ok(outcome) => outcome,
        Err(error @ Error::Refused { .. }) => {
            writeln!(terminal, "{BAD}refused{BAD:#}    {error}")?;
            return Ok(None);
        }
        Err(error) => return Err(error.into()),
    };
    match &outcome {
        Outcome::Unchanged => writeln!(terminal, "{FAINT}unchanged{FAINT:#}  {path}")?,
        Outcome::Added => writeln!(terminal, "{GOOD}deployed{GOOD:#}   {path}")?,
        Outcome::Replaced(kept) => {
            writeln!(terminal, "{GOOD}updated{GOOD:#}    {path}")?;
            if let Some(kept) = kept {
                tell_kept(kept, terminal)?;
            }
        }
    }
    Ok(Some(outcome))
}

fn tell_kept(kept: &Path, terminal: &mut Terminal) -> Result<(), Failure> {
    writeln!(terminal, "kept       {} (as it was before)", kept.display())?;
    Ok(())
}

fn ended(refused: usize) -> Result<(), Failure> {
    if refused > 0 { Err(Failure::Findings) } else { Ok(()) }
}
