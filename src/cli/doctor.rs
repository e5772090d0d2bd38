//! `rejoin doctor`: is every part in place, and what to do where it is not.

mod checks;
mod faults;
mod fix;
mod plugin;
mod transcripts;

use std::io::Write;

use serde::Serialize;

use super::places::Places;
use super::terminal::{BAD, FAINT, GOOD, Terminal};
use super::{Failure, args};
use crate::env::Env;
use fix::Fix;

/// One part that was looked at.
#[derive(Debug, Serialize)]
struct Check {
    /// What was looked at, in one word.
    part: &'static str,
    /// How it is, when all is well.
    detail: String,
    findings: Vec<Finding>,
    /// What is worth knowing, and nothing to be done about.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    notes: Vec<String>,
}

#[derive(Debug, Serialize)]
struct Finding {
    /// What is wrong.
    what: String,
    /// What to do about it.
    advice: String,
    /// What `--fix` does about it.
    #[serde(skip)]
    fix: Option<Fix>,
}

#[derive(Serialize)]
struct Report<'a> {
    ok: bool,
    version: &'static str,
    checks: &'a [Check],
}

impl Check {
    fn new(part: &'static str) -> Self {
        Self { part, detail: String::new(), findings: Vec::new(), notes: Vec::new() }
    }

    fn find(&mut self, what: impl Into<String>, advice: impl Into<String>) {
        self.findings.push(Finding { what: what.into(), advice: advice.into(), fix: None });
    }

    /// A finding that `--fix` can do something about.
    fn mend(&mut self, what: impl Into<String>, advice: impl Into<String>, fix: Fix) {
        self.findings.push(Finding { what: what.into(), advice: advice.into(), fix: Some(fix) });
    }
}

pub(super) fn run(
    options: &args::Doctor,
    env: &Env,
    terminal: &mut Terminal,
) -> Result<(), Failure> {
    let places = Places::find(env)?;
    let mut checks = look(&places, env);
    if options.fix && fix::offer(&checks, options.yes, env, terminal)? {
        checks = look(&places, env);
    }
    let ok = checks.iter().all(|check| check.findings.is_empty());
    if options.json {
        let report = Report { ok, version: env!("CARGO_PKG_VERSION"), checks: &checks };
        let text = serde_json::to_string_pretty(&report)
            .map_err(|error| Failure::Failed(error.to_string()))?;
        writeln!(terminal, "{text}")?;
    } else {
        print(&checks, terminal)?;
    }
    if ok { Ok(()) } else { Err(Failure::Findings) }
}

fn look(places: &Places, env: &Env) -> Vec<Check> {
    let plugin = plugin::enabled(places);
    vec![
        checks::executables(places),
        checks::registration(places, plugin.as_deref()),
        plugin::check(places, plugin.as_deref()),
        checks::permissions(places),
        checks::status_line(places),
        checks::state(places),
        checks::config(places),
        faults::check(&places.state, crate::clock::now()),
        transcripts::check(&places.state, env),
        checks::claude(),
    ]
}

fn print(checks: &[Check], terminal: &mut Terminal) -> Result<(), Failure> {
    for check in checks {
        if check.findings.is_empty() {
            writeln!(terminal, "{GOOD}ok{GOOD:#}    {:13} {}", check.part, check.detail)?;
        }
        for finding in &check.findings {
            writeln!(terminal, "{BAD}fix{BAD:#}   {:13} {}", check.part, finding.what)?;
            writeln!(terminal, "{FAINT}                    {}{FAINT:#}", finding.advice)?;
        }
        for note in &check.notes {
            writeln!(terminal, "{FAINT}                    {note}{FAINT:#}")?;
        }
    }
    Ok(())
}
