//! The report on one screen.

use std::io::Write;

use chrono::{DateTime, Utc};

use super::Report;
use super::groups::Changed;
use super::standing::{Head, WorkTree};
use crate::cli::Failure;
use crate::cli::columns::{counted, fit, fit_path, pad, wide};
use crate::cli::here::{age, ago};
use crate::cli::terminal::{BAD, FAINT, HEAD, Terminal};

/// Lines of each part: all of them are 23, and the prompt stands below.
const TOPICS: usize = 5;
const FOLDERS: usize = 4;
const HOT: usize = 4;
const PEOPLE: usize = 3;
const STALLED: usize = 3;

/// Columns of a part's name.
const LABEL: usize = 13;

pub(super) fn print(
    report: &Report,
    now: DateTime<Utc>,
    terminal: &mut Terminal,
) -> Result<(), Failure> {
    let width = terminal.width();
    let place = place(&report.head);
    writeln!(
        terminal,
        "{HEAD}{}{HEAD:#} {}",
        fit(&report.repository, 30),
        fit(&place, width.saturating_sub(wide(&fit(&report.repository, 30)) + 1))
    )?;
    writeln!(terminal, "{FAINT}{}{FAINT:#}", fit(&summary(report, now), width))?;
    let groups = &report.groups;
    let room = width.saturating_sub(LABEL);
    let column =
        groups.topics.iter().take(TOPICS).map(|t| wide(&t.name)).max().unwrap_or(0).min(16);
    let lines = groups.topics.iter().map(|topic| {
        let head = format!("{}  {:>4}  ", pad(&fit(&topic.name, column), column), topic.commits);
        let rest = room.saturating_sub(wide(&head));
        format!("{head}{}", fit(&topic.subjects.join("; "), rest))
    });
    part("topics", lines, TOPICS, "topic", terminal)?;
    part("folders", changed(&groups.folders, FOLDERS, room), FOLDERS, "folder", terminal)?;
    part("hot files", changed(&groups.hot_files, HOT, room), HOT, "file", terminal)?;
    let column =
        groups.people.iter().take(PEOPLE).map(|p| wide(&p.name)).max().unwrap_or(0).min(24);
    let lines = groups.people.iter().map(|person| {
        let head = format!(
            "{}  {:>4}  +{} -{}  ",
            pad(&fit(&person.name, column), column),
            person.commits,
            person.added,
            person.removed
        );
        let rest = room.saturating_sub(wide(&head));
        format!("{head}{}", fit(&person.topics.join(", "), rest))
    });
    part("people", lines, PEOPLE, "person", terminal)?;
    let column =
        report.stalled.iter().take(STALLED).map(|b| wide(&b.name)).max().unwrap_or(0).min(24);
    let lines = report.stalled.iter().map(|branch| {
        let last = branch.last.map(|last| age(now - last)).unwrap_or_default();
        let head = format!(
            "{}  {last:>5}  {} ahead  ",
            pad(&fit_path(&branch.name, column), column),
            branch.ahead
        );
        let said = format!("{}: {}", branch.author, branch.subject);
        format!("{head}{}", fit(&said, room.saturating_sub(wide(&head))))
    });
    part("stalled", lines, STALLED, "branch", terminal)?;
    if let Some(tree) = &report.uncommitted {
        work_tree(tree, room, terminal)?;
    }
    Ok(())
}

/// Where the work stands, in two lines: for those who tell more than the repository.
pub(in crate::cli) fn brief(
    report: &Report,
    now: DateTime<Utc>,
    terminal: &mut Terminal,
) -> Result<(), Failure> {
    let width = terminal.width();
    let name = fit(&report.repository, 30);
    let place = fit(&place(&report.head), width.saturating_sub(wide(&name) + 1));
    writeln!(terminal, "{HEAD}{name}{HEAD:#} {place}")?;
    writeln!(terminal, "{FAINT}{}{FAINT:#}", fit(&summary(report, now), width))?;
    if let Some(tree) = &report.uncommitted {
        work_tree(tree, width.saturating_sub(LABEL), terminal)?;
    }
    Ok(())
}

fn place(head: &Head) -> String {
    let mut place = match (&head.branch, &head.commit) {
        (Some(branch), Some(commit)) => format!("on {branch} at {commit}"),
        (Some(branch), None) => format!("on {branch}, without a commit yet"),
        (None, Some(commit)) => format!("at {commit}, on no branch (detached HEAD)"),
        (None, None) => "without a commit yet".to_owned(),
    };
    if let Some(upstream) = &head.upstream {
        let apart = match (head.ahead, head.behind) {
            (0, 0) => format!(", as {upstream}"),
            (ahead, 0) => format!(", {ahead} ahead of {upstream}"),
            (0, behind) => format!(", {behind} behind {upstream}"),
            (ahead, behind) => format!(", {ahead} ahead of {upstream} and {behind} behind"),
        };
        place.push_str(&apart);
    }
    if let Some(what) = head.in_progress {
        place.push_str(", ");
        place.push_str(what);
        place.push_str(" in progress");
    }
    if head.bare {
        place.push_str(", bare");
    }
    place
}

fn summary(report: &Report, now: DateTime<Utc>) -> String {
    let days = match report.days {
        1 => "the last day".to_owned(),
        days => format!("the last {days} days"),
    };
    if report.commits + report.merges == 0 {
        let last = report.last_commit.as_ref().map(|last| {
            let when = last.at.map_or_else(|| "some time ago".to_owned(), |at| ago(now - at));
            format!("; the last one was {when}: {}", last.subject)
        });
        return format!("no commit in {days}{}", last.unwrap_or_default());
    }
    let more = if report.cut { "over " } else { "" };
    let mut parts = vec![format!("{more}{}", counted(report.commits, "commit"))];
    if report.merges > 0 {
        parts.push(format!("and {}", counted(report.merges, "merge")));
    }
    let people = report.groups.people.len();
    if people > 1 {
        parts.push(format!("by {people} people"));
    }
    parts.push(format!("in {days}"));
    let mut text = parts.join(" ");
    if report.elsewhere > 0 {
        text = format!("{text}, {} of them on other branches only", report.elsewhere);
    }
    text
}

/// Lines of a part: the first behind its name, the rest counted where there are too many.
fn part(
    name: &str,
    lines: impl ExactSizeIterator<Item = String>,
    most: usize,
    what: &str,
    terminal: &mut Terminal,
) -> Result<(), Failure> {
    let all = lines.len();
    // What is left over is told in the place of the last one.
    let shown = if all > most { most - 1 } else { all };
    for (at, line) in lines.take(shown).enumerate() {
        let name = if at == 0 { name } else { "" };
        writeln!(terminal, "{HEAD}{}{HEAD:#}{}", pad(name, LABEL), line.trim_end())?;
    }
    if all > shown {
        let more = counted((all - shown) as u64, what).replacen(' ', " more ", 1);
        let more = more.replace("persons", "people");
        writeln!(terminal, "{}{FAINT}{more}{FAINT:#}", pad("", LABEL))?;
    }
    Ok(())
}

fn changed(all: &[Changed], most: usize, room: usize) -> impl ExactSizeIterator<Item = String> {
    let numbers = |changed: &Changed| format!("+{} -{}", changed.added, changed.removed);
    let commits = |changed: &Changed| counted(changed.commits, "commit");
    let few = || all.iter().take(most);
    let second = few().map(|changed| wide(&commits(changed))).max().unwrap_or(0);
    let third = few().map(|changed| wide(&numbers(changed))).max().unwrap_or(0);
    let first = few().map(|changed| wide(&changed.path)).max().unwrap_or(0);
    let first = first.min(room.saturating_sub(second + third + 4).max(12));
    all.iter().map(move |changed| {
        let path = pad(&fit_path(&changed.path, first), first);
        format!("{path}  {:>second$}  {}", commits(changed), numbers(changed))
    })
}

fn work_tree(tree: &WorkTree, room: usize, terminal: &mut Terminal) -> Result<(), Failure> {
    let mut counts = Vec::new();
    for (count, what) in [
        (tree.conflicted, "in conflict"),
        (tree.staged, "staged"),
        (tree.modified, "modified"),
        (tree.untracked, "untracked"),
    ] {
        if count > 0 {
            counts.push(format!("{count} {what}"));
        }
    }
    if tree.stashes > 0 {
        counts.push(counted(tree.stashes, "stash entry"));
    }
    let counts = if counts.is_empty() { "nothing".to_owned() } else { counts.join(", ") };
    let style = if tree.conflicted > 0 { BAD } else { anstyle::Style::new() };
    let label = pad("uncommitted", LABEL);
    writeln!(terminal, "{HEAD}{label}{HEAD:#}{style}{}{style:#}", fit(&counts, room))?;
    if tree.files.is_empty() {
        return Ok(());
    }
    let mut named = String::new();
    for file in &tree.files {
        let name =
            if file.submodule { format!("{} (submodule)", file.path) } else { file.path.clone() };
        let next = if named.is_empty() { name } else { format!(", {name}") };
        named.push_str(&next);
        if wide(&named) > room {
            break;
        }
    }
    writeln!(terminal, "{}{FAINT}{}{FAINT:#}", pad("", LABEL), fit(&named, room))?;
    Ok(())
}
