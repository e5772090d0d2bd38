//! The text of one item as a tracker shows it: what it demands, what it rules out, what it hangs on.

use super::items::{Item, Shapes, item, items};
use crate::session::text;

/// The most sections, lines of one, and UTF-16 units of a line.
const MAX_SECTIONS: usize = 40;
const MAX_LINES: usize = 120;
const MAX_LINE: usize = 500;

/// What a heading says about the lines below it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Heading {
    /// What is ruled out or fixed: no-gos, constraints, architecture.
    Exclusion,
    /// What is to be built.
    Requirement,
    /// What it is for and how it is accepted.
    Goal,
    /// Paths and sources.
    Files,
    DefinitionOfDone,
    Other,
}

impl Heading {
    /// The class of a heading by its words.
    pub fn of(title: &str) -> Self {
        let lower = title.to_lowercase();
        let has = |words: &[&str]| words.iter().any(|w| lower.contains(w));
        if has(&["definition of done"]) {
            Self::DefinitionOfDone
        } else if has(&[
            "no-go",
            "nogo",
            "no go",
            "non-goal",
            "non goal",
            "out of scope",
            "not in scope",
            "constraint",
            "must not",
            "don't",
            "do not",
            "rabbit hole",
            "architecture",
            "technical requirement",
            "exclusion",
            "limits",
            "guardrail",
        ]) {
            Self::Exclusion
        } else if has(&[
            "output file",
            "files",
            "source reference",
            "sources",
            "references",
            "links",
            "target area",
            "resources",
            "see also",
            "paths",
        ]) {
            Self::Files
        } else if has(&[
            "acceptance",
            "success",
            "goal",
            "objective",
            "done when",
            "criteria",
            "outcome",
            "done",
        ]) {
            Self::Goal
        } else if has(&[
            "spec",
            "implement",
            "edge case",
            "requirement",
            "component",
            "what must",
            "to do",
            "todo",
            "steps",
            "tasks",
            "scope",
            "approach",
            "behaviour",
            "behavior",
            "design",
            "changes",
            "test",
        ]) {
            Self::Requirement
        } else {
            Self::Other
        }
    }
}

/// The lines under one heading.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Section {
    /// The heading as written; empty below a rule line that ends the section before it.
    pub heading: String,
    pub class: Heading,
    /// One each, whole up to 500 UTF-16 units, without list marks; in code spans and order as written.
    pub lines: Vec<String>,
}

/// One item with its text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Body {
    pub item: Option<Item>,
    pub sections: Vec<Section>,
    pub parent: Option<Item>,
    pub children: Vec<Item>,
    /// What it waits for.
    pub depends_on: Vec<Item>,
    /// What waits for it.
    pub blocks: Vec<Item>,
}

impl Body {
    /// The lines under headings of a class, in order.
    pub fn lines(&self, class: Heading) -> impl Iterator<Item = &str> {
        let of_class = self.sections.iter().filter(move |s| s.class == class);
        of_class.flat_map(|s| s.lines.iter().map(String::as_str))
    }

    /// The paths that the text names, each once.
    pub fn paths(&self) -> Vec<String> {
        let all: Vec<&str> =
            self.sections.iter().flat_map(|s| s.lines.iter().map(String::as_str)).collect();
        text::paths(&all.join("\n"))
    }
}

/// Relations that trackers list below the text.
#[derive(Clone, Copy, PartialEq)]
enum Relation {
    Parent,
    Children,
    DependsOn,
    Blocks,
}

/// Reads the output of a `show`.
pub fn body(output: &str) -> Body {
    let clean = text::strip_ansi(output);
    let mut body =
        Body { item: items(&clean, &[] as &[&str]).into_iter().next(), ..Body::default() };
    let known: Vec<&str> = body.item.iter().map(|i| i.id.as_str()).collect();
    let shapes = Shapes::new(&known);
    let mut relation: Option<Relation> = None;
    let mut fenced = false;
    let mut blank = true;
    for raw in clean.lines().take(5_000) {
        // Trackers that quote the text of an item: `> ## Goal`.
        let raw = raw.strip_prefix("> ").unwrap_or(raw).trim_end();
        let line = raw.trim_start();
        if line.is_empty() {
            blank = true;
            continue;
        }
        let after_blank = std::mem::replace(&mut blank, false);
        if line.starts_with("```") {
            fenced = !fenced;
        }
        if !fenced && let Some(found) = relation_of(raw) {
            relation = Some(found);
            continue;
        }
        if let Some(relation) = relation
            && let Some(item) = item(raw, &shapes)
        {
            match relation {
                Relation::Parent => body.parent = Some(item),
                Relation::Children => push(&mut body.children, item),
                Relation::DependsOn => push(&mut body.depends_on, item),
                Relation::Blocks => push(&mut body.blocks, item),
            }
            continue;
        }
        if !fenced && let Some(title) = heading(raw, after_blank) {
            relation = None;
            if body.sections.len() < MAX_SECTIONS {
                let heading = text::line(title, 120);
                body.sections.push(Section {
                    class: Heading::of(title),
                    heading,
                    lines: Vec::new(),
                });
            }
            continue;
        }
        if !fenced
            && line.len() >= 3
            && line.bytes().all(|b| matches!(b, b'-' | b'=' | b'*' | b'_'))
        {
            // What stands below a rule is no longer under the heading above it.
            if !body.sections.is_empty() && body.sections.len() < MAX_SECTIONS {
                let heading = String::new();
                body.sections.push(Section { class: Heading::Other, heading, lines: Vec::new() });
            }
            continue;
        }
        if let Some(section) = body.sections.last_mut()
            && section.lines.len() < MAX_LINES
            && !line.starts_with("```")
        {
            section.lines.push(text::line(without_mark(line), MAX_LINE));
        }
    }
    body.sections.retain(|s| !s.lines.is_empty());
    if let Some(item) = body.item.as_mut().filter(|item| item.kind.is_none()) {
        item.kind =
            clean.lines().take(6).find_map(|line| line.split_once("Type: ")).map(|(_, kind)| {
                let kind = kind.split([' ', ',']).next().unwrap_or(kind);
                text::line(&kind.to_lowercase(), 20)
            });
    }
    body
}

fn push(list: &mut Vec<Item>, item: Item) {
    if list.len() < 100 && !list.iter().any(|known| known.id == item.id) {
        list.push(item);
    }
}

fn relation_of(raw: &str) -> Option<Relation> {
    let title = raw.split(['(', '[']).next().unwrap_or(raw).trim().trim_end_matches(':');
    Some(match title {
        "PARENT" | "Parent" => Relation::Parent,
        "CHILDREN" | "Children" | "SUBTASKS" | "Subtasks" | "Sub-issues" => Relation::Children,
        "DEPENDS ON" | "Depends on" | "BLOCKED BY" | "Blocked by" => Relation::DependsOn,
        "BLOCKS" | "Blocks" => Relation::Blocks,
        _ => return None,
    })
}

/// `## Title`; `TITLE` in capitals after a blank line; `Title:` alone on a line in the first column.
fn heading(raw: &str, after_blank: bool) -> Option<&str> {
    let hashes = raw.bytes().take_while(|b| *b == b'#').count();
    if (1..=6).contains(&hashes) {
        return raw[hashes..].strip_prefix(' ').map(|t| t.trim().trim_end_matches(':'));
    }
    if let Some(bold) =
        raw.trim_end_matches(':').strip_prefix("**").and_then(|b| b.strip_suffix("**"))
    {
        return (!bold.contains("**")).then_some(bold.trim_end_matches(':'));
    }
    let capitals = after_blank
        && raw.len() <= 40
        && raw.starts_with(|c: char| c.is_ascii_uppercase())
        && raw.bytes().all(|b| b.is_ascii_uppercase() || matches!(b, b' ' | b'-' | b'_' | b'/'));
    if capitals {
        return Some(raw);
    }
    let title = raw.strip_suffix(':')?;
    let named = title.starts_with(|c: char| c.is_alphabetic())
        && title.split_whitespace().count() <= 5
        && !title.contains(['`', '.', '(', ',']);
    named.then_some(title)
}

/// A line without its list mark.
fn without_mark(line: &str) -> &str {
    for mark in ["- [ ] ", "- [x] ", "- ", "* ", "• ", "+ "] {
        if let Some(rest) = line.strip_prefix(mark) {
            return rest.trim_start();
        }
    }
    line
}
