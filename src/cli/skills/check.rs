//! `rejoin skills validate`.

use std::io::Write;

use serde::Serialize;

use super::args::{Scope, Validate};
use super::{Failure, Libraries};
use crate::cli::terminal::{BAD, FAINT, GOOD, Terminal};
use crate::session::text;
use crate::skills::{self, Finding, Level};

#[derive(Serialize)]
struct Checked {
    skill: String,
    errors: Vec<String>,
    warnings: Vec<String>,
}

impl Checked {
    fn new(skill: String, findings: &[Finding]) -> Self {
        // A finding may quote a foreign file.
        let of = |level| {
            let found = findings.iter().filter(|finding| finding.level == level);
            found.map(|finding| text::line(&finding.to_string(), 400)).collect()
        };
        Self { skill, errors: of(Level::Error), warnings: of(Level::Warning) }
    }
}

pub(super) fn validate(
    options: &Validate,
    libraries: &Libraries,
    terminal: &mut Terminal,
) -> Result<(), Failure> {
    let mut checked = Vec::new();
    if options.paths.is_empty() {
        for skill in skills::bundled() {
            checked.push(Checked::new(format!("{} (bundled)", skill.name), &skills::check(&skill)));
        }
        for (scope, library) in libraries.chosen(Scope { user: false, project: false }) {
            for there in library.deployed()? {
                for (_, findings) in skills::check_path(&library.folder().join(&there.name))? {
                    checked.push(Checked::new(format!("{} ({scope})", there.name), &findings));
                }
            }
        }
    }
    for path in &options.paths {
        for (folder, findings) in skills::check_path(path)? {
            checked.push(Checked::new(folder.display().to_string(), &findings));
        }
    }
    let errors: usize = checked.iter().map(|skill| skill.errors.len()).sum();
    let warnings: usize = checked.iter().map(|skill| skill.warnings.len()).sum();
    if options.json {
        writeln!(terminal, "{}", serde_json::to_string_pretty(&checked).unwrap_or_default())?;
    } else {
        for skill in &checked {
            let verdict = if skill.errors.is_empty() { GOOD } else { BAD };
            let word = if skill.errors.is_empty() { "valid" } else { "invalid" };
            writeln!(terminal, "{verdict}{word:<7}{verdict:#}  {}", skill.skill)?;
            for error in &skill.errors {
                writeln!(terminal, "  {BAD}error{BAD:#}    {error}")?;
            }
            for warning in &skill.warnings {
                writeln!(terminal, "  warning  {warning}")?;
            }
        }
        writeln!(
            terminal,
            "{FAINT}{} skills, {errors} errors, {warnings} warnings{FAINT:#}",
            checked.len()
        )?;
    }
    if errors > 0 || (options.strict && warnings > 0) {
        return Err(Failure::Findings);
    }
    Ok(())
}
