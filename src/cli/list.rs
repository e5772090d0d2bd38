//! `rejoin list`: sessions and pauses of the project, or of all.

mod row;

use super::Failure;
use super::columns::{fit, pad};
use super::here::{Here, age};
use super::terminal::{FAINT, Terminal};
use crate::env::Env;
use clap::Args;
pub(super) use row::{Row, rows};
use std::io::Write;
use unicode_width::UnicodeWidthStr;

/// List this project's sessions and pauses, the newest first
#[derive(Debug, Args)]
#[command(
    after_help = "Sessions from before the hooks were installed are found in Claude Code's own transcripts.\n\nfull: how much of the context window was in use at the end. todo: tasks that are not done.\n\nThe JSON is an array of objects: id, kind (session, pause), state (live, ended, cut off, paused, taken up, archived, foreign), branch, worktree, started, last, prompts, context_tokens, context_window, context_percent, open_tasks, attended, first_prompt, message, session, origin, taken_up, followed, transcript; null where it is not known.\n\nExample: rejoin list --json"
)]
pub struct ListArgs {
    /// Of all projects
    #[arg(long)]
    pub all: bool,
    /// Pauses that were put away, too
    #[arg(long)]
    pub archived: bool,
    /// At most so many of a project
    #[arg(long, short = 'n', value_name = "COUNT", default_value_t = 50, value_parser = clap::value_parser!(u16).range(1..))]
    pub limit: u16,
    /// Print them as JSON
    #[arg(long)]
    pub json: bool,
    /// Columns of the table [default: those of the terminal]
    #[arg(long, hide = true)]
    pub width: Option<usize>,
}

pub(super) fn run(options: &ListArgs, env: &Env, terminal: &mut Terminal) -> Result<(), Failure> {
    let here = Here::find(env)?;
    let projects = rows(&here, env, options.all, options.archived, options.limit.into())?;
    if options.json {
        let all: Vec<&Row> = projects.iter().flat_map(|(_, rows)| rows).collect();
        writeln!(terminal, "{}", serde_json::to_string_pretty(&all).unwrap_or_default())?;
        return Ok(());
    }
    if projects.iter().all(|(_, rows)| rows.is_empty()) {
        let which = if options.all { "any project" } else { "this project" };
        writeln!(terminal, "No session of {which} is known yet.")?;
        return Ok(());
    }
    let width = options.width.unwrap_or_else(|| terminal.width());
    terminal.page();
    let mut first = true;
    for (project, rows) in projects.iter().filter(|(_, rows)| !rows.is_empty()) {
        if options.all {
            let gap = if first { "" } else { "\n" };
            writeln!(terminal, "{gap}{project}")?;
        }
        if first || options.all {
            let head = Columns::new(width).line("id", "age", "state", "full", "todo", "branch");
            writeln!(terminal, "{FAINT}{head}about{FAINT:#}")?;
        }
        first = false;
        for row in rows {
            writeln!(terminal, "{}", line(row, &here, width))?;
        }
    }
    Ok(())
}

/// A row as one line of at most `width` columns.
pub(super) fn line(row: &Row, here: &Here, width: usize) -> String {
    let last = row.at().map(|last| age(here.now - last)).unwrap_or_default();
    let full = row.context_percent.map_or_else(|| "-".to_owned(), |full| format!("{full} %"));
    let todo = match row.open_tasks {
        Some(0) | None => "-".to_owned(),
        Some(open) => open.to_string(),
    };
    let branch = row.branch.as_deref().unwrap_or("-");
    let line = Columns::new(width).line(row.short(), &last, row.state, &full, &todo, branch);
    let room = width.saturating_sub(line.width()).max(12);
    format!("{line}{}", fit(&row.about, room))
}

/// How wide the columns are that give way on a narrow terminal, and which ones are left out there.
struct Columns {
    branch: usize,
    numbers: bool,
}

impl Columns {
    fn new(width: usize) -> Self {
        let branch = match width {
            110.. => 24,
            67.. => 12,
            _ => 0,
        };
        Self { branch, numbers: width >= 53 }
    }

    /// A line up to where its last column begins.
    fn line(
        &self,
        id: &str,
        age: &str,
        state: &str,
        full: &str,
        todo: &str,
        branch: &str,
    ) -> String {
        let mut line = vec![format!("{id:<8}"), format!("{age:>6}"), format!("{state:<8}")];
        if self.numbers {
            line.extend([format!("{full:>5}"), format!("{todo:>4}")]);
        }
        if self.branch > 0 {
            line.push(pad(&fit(branch, self.branch), self.branch));
        }
        line.push(String::new());
        line.join("  ")
    }
}
