//! Code as it was written last.

use super::context::inside;
use super::log::{Entry, Topic};
use super::recall::Told;
use super::view::View;
use crate::bytes;
use crate::session::facts::Act;
use crate::session::text::{self, cut};
use std::fmt::Write;

/// The newest text of what was edited: what is not committed first.
pub(super) fn entries(view: &View<'_>, out: &mut Vec<Entry>) {
    let (mut open, mut taken_in) = (0_u8, 0_u8);
    for step in view.steps.iter().rev() {
        let Act::Edit(edit) = &step.act else { continue };
        let file = view.files.iter().find(|t| t.path == edit.path);
        let uncommitted = file.is_some_and(|t| t.is_uncommitted() && t.committed < step.seq);
        let count = if uncommitted { &mut open } else { &mut taken_in };
        if *count >= 24 || !inside(&edit.path) {
            continue;
        }
        for part in view.recall.at(step.line) {
            let snippets: Vec<(&str, Snippet)> = match part {
                Told::Edits { changes, .. } => {
                    changes.iter().map(|(old, new)| ("diff", difference(old, new))).collect()
                }
                Told::Write { content, .. } => vec![("", beginning(content))],
                _ => continue,
            };
            for (language, snippet) in snippets {
                if snippet.lines == 0 {
                    continue;
                }
                *count += 1;
                let worth = match (uncommitted, snippet.lines) {
                    (true, 3..) => 68 - (*count).min(20),
                    (true, _) => 44 - (*count / 2).min(8),
                    (false, _) => 38 - (*count).min(16),
                };
                let ticks = snippet.text.contains('`') && snippet.text.contains("```");
                let fence = if ticks { "~~~~" } else { "```" };
                let at = view.clock(step.at);
                let tell = |shown: &str, more: usize| {
                    let room = edit.path.len() + shown.len() + 48;
                    let mut told = String::with_capacity(room);
                    let lead = ["`", &*edit.path, "` ", &*at, "\n", fence, language, "\n", shown];
                    told.extend(lead);
                    if more > 0 {
                        let _ = write!(told, "\n… {more} more lines");
                    }
                    told.push('\n');
                    told.push_str(fence);
                    told
                };
                let entry = Entry::new(Topic::Code, worth, tell(&snippet.text, 0));
                out.push(if snippet.lines > 12 {
                    entry.short(tell(snippet.first(8), snippet.lines - 8))
                } else {
                    entry
                });
            }
        }
    }
}

/// Lines of code as they are shown.
#[derive(Default)]
struct Snippet {
    text: String,
    lines: usize,
}

impl Snippet {
    /// Adds a line behind a sign of a diff.
    fn push(&mut self, sign: &str, line: &str) {
        if self.lines > 0 {
            self.text.push('\n');
        }
        self.lines += 1;
        self.text.push_str(sign);
        if line.len() <= WIDTH {
            self.text.push_str(line);
        } else {
            self.text.push_str(&cut(line, WIDTH));
        }
    }

    /// Says how many lines are not shown.
    fn leave_out(&mut self, sign: &str, more: usize) {
        self.push(sign, &format!("… {more} more lines"));
    }

    fn first(&self, lines: usize) -> &str {
        let end = bytes::all(b'\n', self.text.as_bytes()).nth(lines - 1);
        &self.text[..end.unwrap_or(self.text.len())]
    }
}

/// UTF-16 units of a line that are shown.
const WIDTH: usize = 160;
/// Lines of a snippet at most.
const SNIPPET: usize = 30;

/// The beginning of a file as it was written.
fn beginning(content: &str) -> Snippet {
    let lines = lines(content);
    let mut out = Snippet::default();
    for line in lines.iter().take(SNIPPET) {
        out.push("", line);
    }
    if lines.len() > SNIPPET {
        out.leave_out("", lines.len() - SNIPPET);
    }
    out
}

/// What an edit took away and put in its place, as in a diff, with a line around it.
fn difference(old: &str, new: &str) -> Snippet {
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
        return Snippet::default();
    }
    let mut out = Snippet { text: String::with_capacity(new.len().min(2 << 10)), lines: 0 };
    let indent = before
        .iter()
        .chain(&after)
        .map(|l| l.bytes().take_while(|b| matches!(b, b' ' | b'\t')).count())
        .min()
        .unwrap_or(0);
    // All lines begin with at least so much.
    if head > 0 {
        out.push(" ", &before[head - 1][indent..]);
    }
    for (sign, part, most) in [("-", gone, 6), ("+", fresh, SNIPPET)] {
        for line in part.iter().take(most) {
            out.push(sign, &line[indent..]);
        }
        if part.len() > most {
            out.leave_out(sign, part.len() - most);
        }
    }
    if tail > 0 {
        out.push(" ", &before[before.len() - tail][indent..]);
    }
    out
}

fn lines(text: &str) -> Vec<&str> {
    text::lines(text).filter(|l| !is_blank(l)).collect()
}

fn is_blank(line: &str) -> bool {
    match line.bytes().find(|b| !b.is_ascii_whitespace()) {
        Some(byte) => !byte.is_ascii() && line.trim().is_empty(),
        None => true,
    }
}
