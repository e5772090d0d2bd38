//! `rejoin catchup`: what happened in the repository, from git alone.

mod git;
mod groups;
mod history;
mod shown;
mod standing;

use std::io::Write;

use chrono::{DateTime, TimeDelta, Utc};
use clap::Args;
use serde::Serialize;

use super::Failure;
use super::terminal::Terminal;
use crate::env::Env;
use git::{Git, Missing};
use groups::Groups;
pub(super) use shown::brief;
use standing::{Branch, Head, WorkTree};

/// Show what happened in the repository lately: topics, folders, people, branches, uncommitted work
#[derive(Debug, Args)]
#[command(
    after_help = "From git alone, over all branches; `rejoin context` adds what sessions left open.\n\nJSON: days, since, head, commits, merges, elsewhere (not on this branch), last_commit, topics, folders, hot_files, people, stalled (branches), uncommitted. Fields are only ever added; times are RFC 3339, UTC.\n\nExample: rejoin catchup --days 14"
)]
pub struct CatchupArgs {
    /// Look back so many days
    #[arg(long, value_name = "N", default_value_t = 7, value_parser = clap::value_parser!(u16).range(1..=3650))]
    pub(super) days: u16,
    /// Print the answer as JSON
    #[arg(long)]
    pub(super) json: bool,
}

/// What happened in a repository, for programs and for people.
#[derive(Debug, Serialize)]
pub(super) struct Report {
    /// Name of the repository's folder.
    repository: String,
    folder: String,
    days: u16,
    since: DateTime<Utc>,
    head: Head,
    /// Commits since then, merges left out.
    commits: u64,
    merges: u64,
    /// Those that are not on this branch.
    elsewhere: u64,
    /// The newest commit here, whenever it was made.
    last_commit: Option<Last>,
    #[serde(flatten)]
    groups: Groups,
    /// Branches that are not merged and had no commit since then, the newest first.
    stalled: Vec<Branch>,
    /// `None` in a bare repository.
    uncommitted: Option<WorkTree>,
    /// There were more commits than are counted.
    cut: bool,
}

#[derive(Debug, Serialize)]
pub(super) struct Last {
    commit: String,
    subject: String,
    author: String,
    at: Option<DateTime<Utc>>,
}

pub(super) fn run(
    options: &CatchupArgs,
    env: &Env,
    terminal: &mut Terminal,
) -> Result<(), Failure> {
    let now = crate::clock::now();
    let report = report(options.days, env, now)?.map_err(|missing| {
        Failure::Failed(match missing {
            Missing::Git => {
                "there is no git on the path, and `rejoin catchup` asks it for everything"
                    .to_owned()
            }
            Missing::Repository(folder) => {
                format!("{folder} is in no git repository; go to one, or see `rejoin context`")
            }
        })
    })?;
    if options.json {
        writeln!(terminal, "{}", serde_json::to_string_pretty(&report).unwrap_or_default())?;
        return Ok(());
    }
    shown::print(&report, now, terminal)
}

/// Asks git; what is missing for an answer is no failure for everybody.
pub(super) fn report(
    days: u16,
    env: &Env,
    now: DateTime<Utc>,
) -> Result<Result<Report, Missing>, Failure> {
    let git = match Git::open(env)? {
        Ok(git) => git,
        Err(missing) => return Ok(Err(missing)),
    };
    let since = now - TimeDelta::days(i64::from(days));
    let head = standing::head(&git)?;
    let history = history::read(&git, since)?;
    let last_commit = history::last(&git)?.map(|commit| Last {
        commit: commit.short,
        subject: commit.subject,
        author: commit.author,
        at: commit.at,
    });
    let merges = history.commits.iter().filter(|commit| commit.merge).count() as u64;
    Ok(Ok(Report {
        repository: git.name(),
        folder: git.folder().display().to_string(),
        days,
        since,
        commits: history.commits.len() as u64 - merges,
        merges,
        elsewhere: history.commits.iter().filter(|c| !c.here && !c.merge).count() as u64,
        last_commit,
        groups: Groups::of(&history.commits),
        stalled: standing::stalled(&git, since)?,
        uncommitted: if git.is_bare() { None } else { Some(standing::work_tree(&git)?) },
        cut: history.cut,
        head,
    }))
}
