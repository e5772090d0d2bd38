//! Code as it was written last.

use super::context::inside;
use super::log::{Entry, Topic};
use super::recall::Told;
use super::view::View;
use crate::session::facts::Act;
use crate::session::text::cut;
use std::fmt::Write;

/// The newest text of what was edited: what is not committed first.
pub(super) fn entries(view: &View<'_>, out: &mut Vec<Entry>) {
    let (mut open, mut taken_in) = (0_u8, 0_u8);
    for step in view.steps.iter().rev() {
        let Act::Edit(edit) = &step.act else { continue };
        let uncommitted = view.is_uncommitted(&edit.path)
            && view.files.iter().any(|t| t.path == edit.path && t.committed < step.seq);
        let count = if uncommitted { &mut open } else { &mut taken_in };
        if *count >= 24 || !inside(&edit.path) {
            continue;
        }
        for part in view.recall.at(step.line) {
            let snippets: Vec<(&str, Vec<String>)> = match part {
                Told::Edits { changes, .. } => {
                    changes.iter().map(|(old, new)| ("diff", difference(old, new))).collect()
                }
                Told::Write { content, .. } => vec![("", beginning(content))],
                _ => continue,
            };
            for (language, lines) in snippets {
                if lines.is_empty() {
                    continue;
                }
                *count += 1;
                let worth = match (uncommitted, lines.len()) {
                    (true, 3..) => 68 - (*count).min(20),
                    (true, _) => 44 - (*count / 2).min(8),
                    (false, _) => 38 - (*count).min(16),
                };
                let fence = if lines.iter().any(|l| l.contains("```")) { "~~~~" } else { "```" };
                let at = view.clock(step.at);
                let tell = |most: usize| {
                    let mut shown = lines[..lines.len().min(most)].join("\n");
                    if lines.len() > most {
                        let _ = write!(shown, "\n… {} more lines", lines.len() - most);
                    }
                    format!("`{}` {at}\n{fence}{language}\n{shown}\n{fence}", edit.path)
                };
                let entry = Entry::new(Topic::Code, worth, tell(usize::MAX));
                out.push(if lines.len() > 12 { entry.short(tell(8)) } else { entry });
            }
        }
    }
}

/// Lines of a snippet at most.
const SNIPPET: usize = 30;

/// The beginning of a file as it was written.
fn beginning(content: &str) -> Vec<String> {
    let lines: Vec<&str> = content.lines().filter(|l| !l.trim().is_empty()).collect();
    let mut out: Vec<String> = lines.iter().take(SNIPPET).map(|l| cut(l, 160)).collect();
    if lines.len() > SNIPPET {
        out.push(format!("… {} more lines", lines.len() - SNIPPET));
    }
    out
}

/// What an edit took away and put in its place, as in a diff, with a line around it.
fn difference(old: &str, new: &str) -> Vec<String> {
    let (before, after): (Vec<&str>, Vec<&str>) = (lines(old), lines(new));
    let same = |a: &&str, b: &&str| a.trim_end() == b.trim_end();
    let head = before.iter().zip(&after).take_while(|(a, b)| same(a, b)).count();
    let tail = before[head..]
        .iter()
        .rev()
        .zip(after[head..].iter().rev())
        .take_while(|(a, b)| same(a, b))
        .count();
    let (gone, fresh) = (&before[head..before.len() - tail], &after[head..after.len() - tail]);
    if gone.is_empty() && fresh.is_empty() {
        return Vec::new();
    }
    let indent = before
        .iter()
        .chain(&after)
        .map(|l| l.len() - l.trim_start_matches([' ', '\t']).len())
        .min()
        .unwrap_or(0);
    let shown =
        |sign: char, line: &str| format!("{sign}{}", cut(line.get(indent..).unwrap_or(line), 160));
    let mut out: Vec<String> = Vec::new();
    if head > 0 {
        out.push(shown(' ', before[head - 1]));
    }
    for (sign, part, most) in [('-', gone, 6), ('+', fresh, SNIPPET)] {
        out.extend(part.iter().take(most).map(|l| shown(sign, l)));
        if part.len() > most {
            out.push(format!("{sign}… {} more lines", part.len() - most));
        }
    }
    if tail > 0 {
        out.push(shown(' ', before[before.len() - tail]));
    }
    out
}

fn lines(text: &str) -> Vec<&str> {
    text.lines().filter(|l| !l.trim().is_empty()).collect()
}
