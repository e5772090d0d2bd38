//! The names that a file defines, and what an edit did to them.
//!
//! Read line by line from the text as it stands, without a parser: texts are often fragments of a
//! file. A name that is missed costs a word in a log; a wrong one misleads, so only lines in the
//! form of a definition count.

mod data;
mod languages;
mod markup;
mod words;

use std::collections::{BTreeMap, BTreeSet};

use super::text;
use languages::Language;

/// The most names that [`definitions`] returns, and the most of each list of a [`Change`].
pub const MAX_NAMES: usize = 300;
pub const MAX_CHANGED: usize = 60;
const MAX_NAME: usize = 80;
const MAX_FIRST_LINE: usize = 160;

/// What turns one text of a file into another.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Change {
    /// Names that only the new text defines.
    pub added: Vec<String>,
    /// Names that only the old text defines.
    pub removed: Vec<String>,
    /// Names that both define and whose lines differ (the nearest definition above).
    pub changed: Vec<String>,
    /// The first new line that says something, trimmed; at most 160 UTF-16 units.
    pub first_line: Option<String>,
    /// Lines of the new text that the old one lacks, and the reverse; a moved line is neither.
    pub lines_added: u32,
    pub lines_removed: u32,
}

/// The names that a text of the file at `path` defines, in order, each once, at most [`MAX_NAMES`].
///
/// As a reader of the language writes them: `render/2`, `Type`, `Hooks.Name`, `.class`, `--var`,
/// `describe "…"`, a Makefile's targets, a document's headings.
pub fn definitions(path: &str, text: &str) -> Vec<String> {
    let mut seen = BTreeSet::new();
    let all = located(path, text);
    all.into_iter()
        .map(|(_, name)| name)
        .filter(|n| seen.insert(n.clone()))
        .take(MAX_NAMES)
        .collect()
}

/// The names with the line (from 0) that defines each, in the order of lines.
fn located(path: &str, text: &str) -> Vec<(usize, String)> {
    let mut out = Vec::new();
    let language = Language::of(path);
    languages::scan(language, text, &mut |line, name| {
        if !name.is_empty() && out.len() < 4 * MAX_NAMES {
            out.push((line, text::line(&name, MAX_NAME)));
        }
    });
    out
}

/// The names that only the new text defines: the first part of what [`diff`] tells, without the rest of
/// its work.
pub fn added(path: &str, old: &str, new: &str) -> Vec<String> {
    let new_defs = located(path, new);
    if new_defs.is_empty() {
        return Vec::new();
    }
    let old_defs = located(path, old);
    only_in(&new_defs, &old_defs.iter().map(|(_, name)| name.as_str()).collect())
}

/// What an edit of the file at `path` did, from its text (or a fragment of it) before and after.
pub fn diff(path: &str, old: &str, new: &str) -> Change {
    let old_defs = located(path, old);
    let new_defs = located(path, new);
    let old_names: BTreeSet<&str> = old_defs.iter().map(|(_, n)| n.as_str()).collect();
    let new_names: BTreeSet<&str> = new_defs.iter().map(|(_, n)| n.as_str()).collect();
    let (new_lines, added_count) = unmatched(old, new);
    let (old_lines, removed_count) = unmatched(new, old);
    let styles = Language::of(path) == Language::Css;
    let mut changed: Vec<String> = Vec::new();
    for (defs, lines) in [(&new_defs, &new_lines), (&old_defs, &old_lines)] {
        for name in owners(defs, lines) {
            // What stands in a template does not hold the lines below it.
            if !styles && is_detail(name) {
                continue;
            }
            let both = old_names.contains(name) && new_names.contains(name);
            if both && changed.len() < MAX_CHANGED && !changed.iter().any(|c| c == name) {
                changed.push(name.to_owned());
            }
        }
    }
    // A comment stands for an edit only when it is all there is.
    let said = || new_lines.iter().map(|(_, line)| line.trim()).filter(|line| says_something(line));
    let first_line = said()
        .find(|line| !is_comment(line))
        .or_else(|| said().next())
        .map(|line| text::line(line, MAX_FIRST_LINE));
    Change {
        added: only_in(&new_defs, &old_names),
        removed: only_in(&old_defs, &new_names),
        changed,
        first_line,
        lines_added: added_count,
        lines_removed: removed_count,
    }
}

fn only_in(defs: &[(usize, String)], others: &BTreeSet<&str>) -> Vec<String> {
    let mut seen = BTreeSet::new();
    defs.iter()
        .map(|(_, name)| name)
        .filter(|name| !others.contains(name.as_str()) && seen.insert(name.as_str()))
        .take(MAX_CHANGED)
        .cloned()
        .collect()
}

/// The lines of `text` that `base` lacks, as a multiset, and how many they are.
fn unmatched<'a>(base: &str, text: &'a str) -> (Vec<(usize, &'a str)>, u32) {
    let mut counts: BTreeMap<&str, u32> = BTreeMap::new();
    for line in text::lines(base) {
        *counts.entry(line).or_default() += 1;
    }
    let mut out = Vec::new();
    for (at, line) in text::lines(text).enumerate() {
        match counts.get_mut(line) {
            Some(left) if *left > 0 => *left -= 1,
            _ => out.push((at, line)),
        }
    }
    let count = out.len() as u32;
    (out, count)
}

/// The definitions that hold the given lines: for each line the nearest one at or above it.
fn owners<'a>(defs: &'a [(usize, String)], lines: &[(usize, &str)]) -> Vec<&'a str> {
    let mut out: Vec<&str> = Vec::new();
    let mut next = 0;
    for (at, line) in lines {
        if !says_something(line) {
            continue;
        }
        while next < defs.len() && defs[next].0 <= *at {
            next += 1;
        }
        // Of several names of one line the first is the definition, the others are details.
        let Some(last) = next.checked_sub(1) else { continue };
        let line = defs[last].0;
        let first = defs[..next].iter().rev().take_while(|(l, _)| *l == line).last();
        if let Some((_, name)) = first
            && out.last() != Some(&name.as_str())
        {
            out.push(name);
        }
    }
    out
}

/// A name that stands inside a definition: an attribute, id or class in a template, an event.
fn is_detail(name: &str) -> bool {
    let head = name.split(['=', '/', ' ', '"']).next().unwrap_or(name);
    name.starts_with(['.', '#'])
        || name.starts_with("event ")
        || name.starts_with("assign ")
        || head.contains('-') && head.starts_with(|c: char| c.is_ascii_lowercase())
}

fn is_comment(line: &str) -> bool {
    const MARKS: [&str; 10] = ["# ", "#!", "//", "/*", "* ", "-- ", "<!--", "%% ", ";; ", "\"\"\""];
    MARKS.iter().any(|mark| line.starts_with(mark))
}

/// Whether a line holds more than brackets and the words that open and close blocks.
fn says_something(line: &str) -> bool {
    let mut words = line
        .split(|c: char| !c.is_alphanumeric() && c != '_')
        .filter(|w| w.chars().filter(|c| c.is_alphabetic()).count() >= 2);
    words.any(|w| {
        !matches!(
            w,
            "end"
                | "else"
                | "do"
                | "begin"
                | "try"
                | "then"
                | "fi"
                | "done"
                | "pass"
                | "return"
                | "esac"
                | "finally"
                | "endif"
                | "div"
                | "span"
                | "br"
                | "null"
                | "nil"
                | "true"
                | "false"
        )
    })
}

#[cfg(test)]
mod tests;
