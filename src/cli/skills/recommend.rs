//! `rejoin skills recommend`.

use std::collections::BTreeMap;
use std::io::Write;

use serde::Serialize;
use unicode_width::UnicodeWidthStr;

use super::args::{Recommend, Scope};
use super::look::{description, json};
use super::{Failure, Libraries, OWN};
use crate::cli::terminal::{FAINT, GOOD, Terminal};
use crate::session::text;
use crate::skills::{self, Project, State};

/// The answer of `--json`.
#[derive(Serialize)]
struct Answer {
    project: String,
    /// Most files first.
    languages: Vec<Language>,
    frameworks: Vec<&'static str>,
    test_tools: Vec<&'static str>,
    /// Those with the most reasons first.
    skills: Vec<Fitting>,
}

#[derive(Serialize)]
struct Language {
    name: &'static str,
    files: usize,
}

#[derive(Serialize)]
struct Fitting {
    name: String,
    /// What in the project says so, the most telling first; never empty.
    why: Vec<String>,
    description: String,
    /// Whether `rejoin skills deploy` can put it there.
    bundled: bool,
    /// State by folder (`user`, `project`), as `rejoin skills list` names it.
    deployed: BTreeMap<&'static str, &'static str>,
}

/// The skills that fit the project, with the reasons. Those about rejoin itself fit everywhere and are
/// not among them.
pub(super) fn fitting(libraries: &Libraries) -> Vec<(String, Vec<String>)> {
    reasons(libraries, &Project::look(&libraries.places.project))
}

fn reasons(libraries: &Libraries, project: &Project) -> Vec<(String, Vec<String>)> {
    let entries = libraries.registry.entries().filter(|(_, entry)| entry.category != OWN);
    let mut found: Vec<(String, Vec<String>)> = entries
        .map(|(name, entry)| {
            let reasons = project.reasons(entry);
            // They quote names of files.
            (name.to_owned(), reasons.iter().map(|reason| text::line(reason, 200)).collect())
        })
        .filter(|(_, reasons): &(String, Vec<String>)| !reasons.is_empty())
        .collect();
    found.sort_by_key(|(_, reasons)| std::cmp::Reverse(reasons.len()));
    found
}

pub(super) fn run(
    options: &Recommend,
    libraries: &Libraries,
    terminal: &mut Terminal,
) -> Result<(), Failure> {
    let project = Project::look(&libraries.places.project);
    let chosen = libraries.chosen(Scope { user: false, project: false });
    let mut fitting = Vec::new();
    for (name, why) in reasons(libraries, &project) {
        let bundled = skills::find(&name).ok();
        let mut deployed = BTreeMap::new();
        let mut there = None;
        for (scope, library) in &chosen {
            let found = library.find(&name)?;
            deployed.insert(*scope, found.state.name());
            there = there.or(found.skill);
        }
        // A registry may name what is nowhere.
        let is_bundled = bundled.is_some();
        let Some(skill) = bundled.or(there) else { continue };
        let description = description(&skill);
        fitting.push(Fitting { name, why, description, bundled: is_bundled, deployed });
    }
    let answer = Answer {
        project: libraries.places.project.display().to_string(),
        languages: project
            .languages
            .iter()
            .map(|(name, files)| Language { name, files: *files })
            .collect(),
        frameworks: project.frameworks.iter().copied().collect(),
        test_tools: project.test_tools.iter().copied().collect(),
        skills: fitting,
    };
    if options.json {
        return json(&answer, terminal);
    }
    show(&answer, terminal)
}

fn show(answer: &Answer, terminal: &mut Terminal) -> Result<(), Failure> {
    let languages: Vec<String> =
        answer.languages.iter().take(5).map(|l| format!("{} ({})", l.name, l.files)).collect();
    for (title, found) in [
        ("languages", languages.join(", ")),
        ("frameworks", answer.frameworks.join(", ")),
        ("test tools", answer.test_tools.join(", ")),
    ] {
        let found = if found.is_empty() { "none seen".to_owned() } else { found };
        writeln!(terminal, "{FAINT}{title:<10}{FAINT:#}  {found}")?;
    }
    if answer.skills.is_empty() {
        writeln!(
            terminal,
            "\nNothing here says that a skill fits; `rejoin skills list` shows all."
        )?;
        return Ok(());
    }
    let wide = answer.skills.iter().map(|skill| skill.name.width()).max().unwrap_or_default();
    let room = terminal.width().saturating_sub(wide + 2 + 10).max(20);
    writeln!(terminal, "\n{FAINT}{:<wide$}  {:<8}  because{FAINT:#}", "skill", "state")?;
    let mut missing = Vec::new();
    for skill in &answer.skills {
        let absent = State::Absent.name();
        let state = skill.deployed.values().find(|state| **state != absent).unwrap_or(&absent);
        if *state == absent && skill.bundled {
            missing.push(&*skill.name);
        }
        let style = if *state == "current" { GOOD } else { FAINT };
        let mut lines = wrapped(&skill.why.join("; "), room).into_iter();
        let first = lines.next().unwrap_or_default();
        writeln!(terminal, "{:<wide$}  {style}{state:<8}{style:#}  {first}", skill.name)?;
        for line in lines {
            writeln!(terminal, "{:<wide$}  {:<8}  {line}", "", "")?;
        }
    }
    if !missing.is_empty() {
        let all =
            if missing.len() == answer.skills.len() { "all of them" } else { "the missing ones" };
        writeln!(
            terminal,
            "\n`rejoin skills deploy NAME --project` puts one where Claude Code finds it,\n`rejoin skills deploy --recommended --project` {all}."
        )?;
    }
    Ok(())
}

/// `text` in lines of at most `room` columns, broken at spaces where there are any.
pub(super) fn wrapped(text: &str, room: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split(' ') {
        let mut word = word.to_owned();
        loop {
            let line = lines.last_mut().unwrap_or_else(|| unreachable!("there is a line"));
            let gap = usize::from(!line.is_empty());
            if line.width() + gap + word.width() <= room {
                line.push_str(if gap == 1 { " " } else { "" });
                line.push_str(&word);
                break;
            }
            if !line.is_empty() {
                lines.push(String::new());
                continue;
            }
            // Longer than a line: cut where it ends.
            let mut columns = 0;
            let cut = word
                .char_indices()
                .find(|(_, c)| {
                    columns += c.to_string().width();
                    columns > room
                })
                .map_or(word.len(), |(at, _)| at.max(1));
            let rest = word.split_off(cut);
            line.push_str(&word);
            word = rest;
            lines.push(String::new());
        }
    }
    lines
}
