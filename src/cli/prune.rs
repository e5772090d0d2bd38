//! `rejoin prune`: takes away what is kept of old sessions.

use super::Failure;
use super::columns::size;
use super::here::{Here, PATIENCE, ago, short};
use super::terminal::Terminal;
use crate::config;
use crate::env::Env;
use crate::follow::retention::{self, Limit, Old, What};
use crate::session::text;
use crate::store::{Project, SessionId, Store};
use chrono::{DateTime, TimeDelta, Utc};
use clap::Args;
use serde::Serialize;
use std::io::Write;

/// Take away what is kept of old sessions
///
/// Never a session that runs, nor a pause that waits to be taken up. Claude Code's own transcripts stay. The
/// same happens by itself once a day, with `retention` of config.toml.
#[derive(Debug, Args)]
#[command(
    after_help = "With --keep alone, age does not count: all but the N newest sessions of each project go.\n\n\
                  Example: rejoin prune --older-than 30d --keep 10 --dry-run"
)]
pub struct PruneArgs {
    /// What was touched last before that long, as 12h, 90d, 8w [default: retention of config.toml, else 90d]
    #[arg(long, value_name = "AGE", value_parser = age)]
    pub older_than: Option<TimeDelta>,
    /// Leave the N newest sessions of each project in any case
    #[arg(long, value_name = "N")]
    pub keep: Option<usize>,
    /// All projects instead of this one
    #[arg(long)]
    pub all: bool,
    /// Show what would go and take nothing away
    #[arg(long)]
    pub dry_run: bool,
    /// Print what went as JSON
    #[arg(long)]
    pub json: bool,
}

/// What went, or would go, for programs. Fields are only ever added.
#[derive(Debug, Serialize)]
struct Gone {
    /// Id of the session or the pause.
    id: String,
    /// `session` or `pause`.
    kind: &'static str,
    /// The folder or the git directory of the project.
    project: String,
    /// When it was touched last; RFC 3339, UTC.
    last: DateTime<Utc>,
    /// Bytes that it took.
    bytes: u64,
    /// It is no longer there; false with `--dry-run`, or when it was touched meanwhile.
    removed: bool,
}

pub(super) fn run(options: &PruneArgs, env: &Env, terminal: &mut Terminal) -> Result<(), Failure> {
    let here = Here::find(env)?;
    let Some(store) = here.store.clone() else { return tell(options, &[], here.now, terminal) };
    let projects =
        if options.all { store.projects()? } else { here.project.clone().into_iter().collect() };
    let limit =
        Limit { before: before(options, env, &store, here.now)?, keep: options.keep.unwrap_or(0) };
    let mut gone = Vec::new();
    let mut faults = Vec::new();
    if limit.before.is_some() || options.keep.is_some() {
        for project in &projects {
            let (found, unreadable) = retention::old(project, limit, here.now)?;
            faults.extend(unreadable);
            for old in found {
                let bytes = bytes(project, &old);
                let removed = if options.dry_run {
                    Ok(false)
                } else {
                    retention::remove(&store, project, &old, PATIENCE)
                };
                faults.extend(removed.as_ref().err().map(ToString::to_string));
                gone.push(entry(project, old, bytes, removed.unwrap_or(false)));
            }
        }
    }
    tell(options, &gone, here.now, terminal)?;
    match faults.first() {
        None => Ok(()),
        Some(first) => {
            Err(Failure::Failed(format!("{} not looked at or removed: {first}", faults.len())))
        }
    }
}

/// What is older than this goes; `None` where age does not count.
fn before(
    options: &PruneArgs,
    env: &Env,
    store: &Store,
    now: DateTime<Utc>,
) -> Result<Option<DateTime<Utc>>, Failure> {
    let age = match (options.older_than, options.keep) {
        (Some(age), _) => Some(age),
        (None, Some(_)) => None,
        (None, None) => {
            let config = config::read_with(store.root(), &crate::env::settings(None))
                .map_err(Failure::Failed)?;
            let days = config.retention.within(cleanup(env));
            days.map(|days| TimeDelta::days(i64::from(days)))
        }
    };
    Ok(age.and_then(|age| now.checked_sub_signed(age)))
}

fn cleanup(env: &Env) -> Option<u32> {
    let text = std::fs::read_to_string(env.claude_dir()?.join("settings.json")).ok()?;
    crate::settings::cleanup_days(&text)
}

fn bytes(project: &Project, old: &Old) -> u64 {
    match old.what {
        What::Session => SessionId::parse(&old.id).map_or(0, |id| project.session(&id).size()),
        What::Pause => ["json", "md"]
            .iter()
            .filter_map(|kind| project.read_file(&format!("pauses/{}.{kind}", old.id)).ok()?)
            .map(|text| text.len() as u64)
            .sum(),
    }
}

fn entry(project: &Project, old: Old, bytes: u64, removed: bool) -> Gone {
    Gone {
        kind: match old.what {
            What::Session => "session",
            What::Pause => "pause",
        },
        project: project.path_of_origin().display().to_string(),
        last: old.last,
        bytes,
        removed,
        id: old.id,
    }
}

fn tell(
    options: &PruneArgs,
    gone: &[Gone],
    now: DateTime<Utc>,
    terminal: &mut Terminal,
) -> Result<(), Failure> {
    if options.json {
        let text = serde_json::to_string_pretty(gone).unwrap_or_default();
        writeln!(terminal, "{text}")?;
        return Ok(());
    }
    if gone.is_empty() {
        writeln!(terminal, "Nothing is that old.")?;
        return Ok(());
    }
    let mut project = "";
    for one in gone {
        if options.all && project != one.project {
            project = &one.project;
            writeln!(terminal, "{}", text::one_line(project))?;
        }
        writeln!(
            terminal,
            "{:<7}  {:<8}  last touched {}",
            one.kind,
            short(&one.id),
            ago(now - one.last)
        )?;
    }
    let bytes: u64 = gone.iter().map(|one| one.bytes).sum();
    let kept = gone.iter().filter(|one| !one.removed).count();
    let count = gone.len();
    let told = match (options.dry_run, kept) {
        (true, _) => format!("{count} would go, {}. Nothing was taken away.", size(bytes)),
        (false, 0) => format!("{count} taken away, {}.", size(bytes)),
        (false, kept) => {
            format!("{} taken away, {kept} left: touched or in use just now.", count - kept)
        }
    };
    writeln!(terminal, "{told}")?;
    Ok(())
}

/// An age: a whole number of hours, days or weeks.
fn age(text: &str) -> Result<TimeDelta, String> {
    let unit = text.chars().last().unwrap_or_default();
    let hours = match unit {
        'h' => 1,
        'd' => 24,
        'w' => 24 * 7,
        _ => 0,
    };
    let number = text.strip_suffix(unit).and_then(|number| number.parse::<u32>().ok());
    match number.filter(|_| hours > 0) {
        Some(number) => Ok(TimeDelta::hours(i64::from(number) * hours)),
        None => Err("give a number of hours, days or weeks, as 12h, 90d or 8w".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ages_are_whole_numbers_with_a_unit() {
        assert_eq!(age("12h"), Ok(TimeDelta::hours(12)));
        assert_eq!(age("90d"), Ok(TimeDelta::days(90)));
        assert_eq!(age("8w"), Ok(TimeDelta::weeks(8)));
        assert_eq!(age("0d"), Ok(TimeDelta::zero()));
        for text in ["", "d", "90", "-1d", "1.5d", "90 d", "5ä", "99999999999d"] {
            assert!(age(text).is_err(), "{text}");
        }
    }
}
