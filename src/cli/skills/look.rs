//! `rejoin skills list`, `info`, `search`, `diff`.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;

use serde::Serialize;
use unicode_width::UnicodeWidthStr;

use super::args::{Diff, Info, List, Search};
use super::recommend::wrapped;
use super::{Failure, Libraries};
use crate::cli::terminal::{BAD, FAINT, GOOD, Terminal, difference};
use crate::session::text;
use crate::skills::{self, Deployed, FrontMatter, Skill, State};

#[derive(Serialize)]
struct Row {
    name: String,
    bundled: bool,
    category: Option<String>,
    agents: Vec<String>,
    description: String,
    /// State by folder: `user`, `project`.
    deployed: BTreeMap<&'static str, &'static str>,
}

pub(super) fn list(
    options: &List,
    libraries: &Libraries,
    terminal: &mut Terminal,
) -> Result<(), Failure> {
    let chosen = libraries.chosen(options.scope);
    let mut deployed: BTreeMap<&'static str, Vec<Deployed>> = BTreeMap::new();
    for (scope, library) in &chosen {
        deployed.insert(scope, library.deployed()?);
    }
    let bundled = skills::bundled();
    let registry = &libraries.registry;
    let mut names: BTreeSet<&str> = bundled.iter().map(|skill| &*skill.name).collect();
    names.extend(deployed.values().flatten().map(|deployed| &*deployed.name));
    let mut rows = Vec::new();
    for name in names {
        let entry = registry.get(name);
        let fits = options
            .category
            .as_ref()
            .is_none_or(|wanted| entry.is_some_and(|entry| entry.category == *wanted))
            && options.agent.as_ref().is_none_or(|wanted| {
                entry
                    .is_some_and(|e| e.agents.iter().any(|agent| agent == wanted || agent == "all"))
            });
        if !fits {
            continue;
        }
        let ours = bundled.iter().find(|skill| skill.name == name);
        let there = |scope| deployed[scope].iter().find(|deployed| deployed.name == name);
        let shown = ours.or_else(|| chosen.iter().find_map(|(s, _)| there(s)?.skill.as_ref()));
        rows.push(Row {
            name: name.to_owned(),
            bundled: ours.is_some(),
            category: entry.map(|entry| entry.category.clone()),
            agents: entry.map(|entry| entry.agents.clone()).unwrap_or_default(),
            description: shown.map(description).unwrap_or_default(),
            deployed: chosen
                .iter()
                .map(|(scope, _)| (*scope, there(scope).map_or(State::Absent, |d| d.state).name()))
                .collect(),
        });
    }
    if options.json {
        return json(&rows, terminal);
    }
    if rows.is_empty() {
        let mut known: Vec<&str> = registry.entries().map(|(_, entry)| &*entry.category).collect();
        known.sort_unstable();
        known.dedup();
        return Err(Failure::Failed(format!(
            "no skill fits; the categories are {}",
            known.join(", ")
        )));
    }
    let wide = rows.iter().map(|row| row.name.width()).max().unwrap_or_default().max(5);
    write!(terminal, "{FAINT}{:<wide$}  {:<13}", "skill", "category")?;
    for (scope, _) in &chosen {
        write!(terminal, "  {scope:<8}")?;
    }
    writeln!(terminal, "{FAINT:#}")?;
    for row in rows {
        let category = row.category.as_deref().unwrap_or("-");
        write!(terminal, "{:<wide$}  {category:<13}", row.name)?;
        for (scope, _) in &chosen {
            let state = row.deployed[scope];
            let style = match state {
                "current" => GOOD,
                "outdated" | "modified" => BAD,
                _ => FAINT,
            };
            write!(terminal, "  {style}{state:<8}{style:#}")?;
        }
        writeln!(terminal)?;
    }
    Ok(())
}

#[derive(Serialize)]
struct About {
    name: String,
    category: Option<String>,
    agents: Vec<String>,
    description: String,
    files: BTreeMap<String, usize>,
    deployed: BTreeMap<&'static str, &'static str>,
}

pub(super) fn info(
    options: &Info,
    libraries: &Libraries,
    terminal: &mut Terminal,
) -> Result<(), Failure> {
    let both = libraries.chosen(super::args::Scope { user: false, project: false });
    let mut places = Vec::new();
    let mut skill = skills::find(&options.name).ok();
    for (scope, library) in both {
        let there = library.find(&options.name)?;
        skill = skill.or(there.skill);
        places.push((scope, there.state, library.folder().join(&options.name)));
    }
    let Some(skill) = skill else {
        return Err(skills::Error::Unknown { name: options.name.clone() }.into());
    };
    let entry = libraries.registry.get(&skill.name);
    let about = About {
        description: description(&skill),
        category: entry.map(|entry| entry.category.clone()),
        agents: entry.map(|entry| entry.agents.clone()).unwrap_or_default(),
        files: skill.files.iter().map(|(path, file)| (path.clone(), file.bytes.len())).collect(),
        deployed: places.iter().map(|(scope, state, _)| (*scope, state.name())).collect(),
        name: skill.name,
    };
    if options.json {
        return json(&about, terminal);
    }
    writeln!(terminal, "{}\n", about.name)?;
    for line in wrapped(&about.description, terminal.width()) {
        writeln!(terminal, "{line}")?;
    }
    writeln!(terminal)?;
    if let Some(category) = &about.category {
        writeln!(terminal, "category  {category}\nagents    {}", about.agents.join(", "))?;
    }
    for (path, bytes) in &about.files {
        writeln!(terminal, "file      {path} ({bytes} bytes)")?;
    }
    for (scope, state, path) in places {
        match state {
            State::Absent => writeln!(terminal, "{scope:<8}  not deployed")?,
            state => writeln!(terminal, "{scope:<8}  {}: {}", state.name(), path.display())?,
        }
    }
    Ok(())
}

pub(super) fn search(options: &Search, terminal: &mut Terminal) -> Result<(), Failure> {
    #[derive(Serialize)]
    struct Found {
        name: String,
        description: String,
    }
    let words: Vec<String> = options.words.iter().map(|word| word.to_lowercase()).collect();
    let mut found: Vec<(usize, Found)> = Vec::new();
    for skill in skills::bundled() {
        let description = description(&skill);
        let places = [
            (10, skill.name.to_lowercase()),
            (5, description.to_lowercase()),
            (
                1,
                skill.files.keys().filter_map(|p| skill.text(p)).collect::<String>().to_lowercase(),
            ),
        ];
        let worth: Vec<usize> = words
            .iter()
            .map(|word| places.iter().filter(|(_, t)| t.contains(word)).map(|(w, _)| w).sum())
            .collect();
        if worth.iter().all(|worth| *worth > 0) {
            found.push((worth.iter().sum(), Found { name: skill.name, description }));
        }
    }
    found.sort_by_key(|(worth, _)| std::cmp::Reverse(*worth));
    let found: Vec<Found> = found.into_iter().map(|(_, found)| found).collect();
    if options.json {
        return json(&found, terminal);
    }
    if found.is_empty() {
        writeln!(terminal, "No bundled skill has all of these words.")?;
    }
    for skill in found {
        writeln!(terminal, "{}", skill.name)?;
        for line in wrapped(&skill.description, terminal.width() - 4) {
            writeln!(terminal, "    {line}")?;
        }
    }
    Ok(())
}

pub(super) fn diff(
    options: &Diff,
    libraries: &Libraries,
    terminal: &mut Terminal,
) -> Result<(), Failure> {
    let mut compared = 0;
    for name in named_or_bundled(&options.names) {
        let ours = skills::find(&name)?;
        for (scope, library) in libraries.chosen(options.scope) {
            let there = library.find(&name)?;
            let Some(skill) = there.skill else {
                if there.state != State::Absent {
                    writeln!(terminal, "{name} ({scope}): it is not a folder that can be read")?;
                }
                continue;
            };
            compared += 1;
            let paths: BTreeSet<&String> = ours.files.keys().chain(skill.files.keys()).collect();
            for path in paths {
                let bytes = |skill: &Skill| skill.files.get(path).map(|file| file.bytes.clone());
                let (bundled, deployed) = (bytes(&ours), bytes(&skill));
                if bundled == deployed {
                    continue;
                }
                let text = |bytes: Option<Vec<u8>>| {
                    String::from_utf8_lossy(&bytes.unwrap_or_default()).into_owned()
                };
                let title = format!("{scope}: {name}/{path}");
                shown(&title, &text(bundled), &text(deployed), terminal)?;
            }
        }
    }
    if compared == 0 && !options.names.is_empty() {
        writeln!(terminal, "Not deployed: {}.", options.names.join(", "))?;
    }
    Ok(())
}

/// The names given, or those of all bundled skills.
fn named_or_bundled(names: &[String]) -> Vec<String> {
    if names.is_empty() {
        return skills::bundled().into_iter().map(|skill| skill.name).collect();
    }
    names.to_vec()
}

/// A skill's description on one line; a foreign one may hold anything.
pub(super) fn description(skill: &Skill) -> String {
    let found = skill.text("SKILL.md").and_then(|source| FrontMatter::parse(source).ok());
    let found = found.as_ref().and_then(|front| front.get("description")?.text());
    text::line(found.unwrap_or_default(), 1_024)
}

/// Shows a difference between files that may be anybody's: no control character reaches the terminal.
pub(super) fn shown(
    title: &str,
    before: &str,
    after: &str,
    terminal: &mut Terminal,
) -> Result<(), Failure> {
    for c in difference(title, before, after).chars() {
        match c {
            '\n' | '\t' => write!(terminal, "{c}")?,
            // The end of a line as some systems write it.
            '\r' => {}
            c if c.is_control() => write!(terminal, "{}", c.escape_default())?,
            c => write!(terminal, "{c}")?,
        }
    }
    Ok(())
}

pub(super) fn json<T: Serialize>(value: &T, terminal: &mut Terminal) -> Result<(), Failure> {
    writeln!(terminal, "{}", serde_json::to_string_pretty(value).unwrap_or_default())?;
    Ok(())
}
