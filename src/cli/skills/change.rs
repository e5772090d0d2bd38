//! `rejoin skills deploy`, `update`, `remove`.

use std::io::Write;
use std::path::Path;

use super::args::{Deploy, Remove, Update};
use super::{Failure, Libraries};
use crate::cli::terminal::{BAD, FAINT, GOOD, Terminal};
use crate::skills::{self, Error, Library, Outcome, Skill, State};

/// The category of the skills about rejoin itself.
const OWN: &str = "session";

pub(super) fn deploy(
    options: &Deploy,
    libraries: &Libraries,
    terminal: &mut Terminal,
) -> Result<(), Failure> {
    let skills = if options.all {
        skills::bundled()
    } else if options.names.is_empty() {
        let registry = skills::registry();
        let own = |skill: &Skill| registry.get(&skill.name).is_some_and(|e| e.category == OWN);
        skills::bundled().into_iter().filter(own).collect()
    } else {
        // All of them exist, or nothing is changed.
        options.names.iter().map(|name| skills::find(name)).collect::<Result<Vec<_>, _>>()?
    };
    let library = libraries.one(options.scope);
    let mut refused = 0;
    for skill in skills {
        refused += usize::from(!put(&skill, library, options.force, terminal)?);
    }
    ended(refused)
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
            refused += usize::from(!put(&skill, library, options.force, terminal)?);
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

/// Whether the skill is there now; says what was done.
fn put(
    skill: &Skill,
    library: &Library,
    force: bool,
    terminal: &mut Terminal,
) -> Result<bool, Failure> {
    let path = library.folder().join(&skill.name);
    let path = path.display();
    match library.deploy(skill, force) {
        Ok(Outcome::Unchanged) => writeln!(terminal, "{FAINT}unchanged{FAINT:#}  {path}")?,
        Ok(Outcome::Added) => writeln!(terminal, "{GOOD}deployed{GOOD:#}   {path}")?,
        Ok(Outcome::Replaced(kept)) => {
            writeln!(terminal, "{GOOD}updated{GOOD:#}    {path}")?;
            if let Some(kept) = kept {
                tell_kept(&kept, terminal)?;
            }
        }
        Err(error @ Error::Refused { .. }) => {
            writeln!(terminal, "{BAD}refused{BAD:#}    {error}")?;
            return Ok(false);
        }
        Err(error) => return Err(error.into()),
    }
    Ok(true)
}

fn tell_kept(kept: &Path, terminal: &mut Terminal) -> Result<(), Failure> {
    writeln!(terminal, "kept       {} (as it was before)", kept.display())?;
    Ok(())
}

fn ended(refused: usize) -> Result<(), Failure> {
    if refused > 0 { Err(Failure::Findings) } else { Ok(()) }
}
