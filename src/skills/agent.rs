//! The `skills` that the front matter of an agent's file lists: Claude Code gives their text to each
//! of its runs.
//!
//! The text is edited where the list stands; every other byte stays. The result is read again before
//! anybody gets it: what does not hold exactly the wanted list, or differs anywhere else, is refused.

use saphyr_parser::{Event, Parser, ScalarStyle};

use super::front_matter;

const KEY: &str = "skills";

/// Why an agent's file is not edited, to a person.
pub type Refused = String;

/// `text` with the skills of its front matter changed by `change`.
///
/// Errors: there is no front matter, it can't be read, or its list has a form that can't be edited
/// without a loss.
pub fn with_skills(text: &str, change: impl FnOnce(&mut Vec<String>)) -> Result<String, Refused> {
    let before = read(text)?;
    let mut wanted = before.skills();
    change(&mut wanted);
    if wanted == before.skills() {
        return Ok(text.to_owned());
    }
    let after = before.edited(text, &wanted);
    let holds = after.as_deref().is_some_and(|after| {
        read(after).is_ok_and(|read| {
            read.skills() == wanted
                && read.others == before.others
                && after[read.body..] == text[before.body..]
        })
    });
    match after {
        Some(after) if holds => Ok(after),
        _ => Err("its list of skills has a form that cannot be edited without touching the rest; change it by hand".to_owned()),
    }
}

/// The skills that the front matter of `text` lists.
pub fn skills(text: &str) -> Result<Vec<String>, Refused> {
    Ok(read(text)?.skills())
}

/// The agent's name, as its front matter says it.
pub fn name(text: &str) -> Option<String> {
    let read = read(text).ok()?;
    let at = read.others.iter().position(|token| token == "key name")?;
    read.others.get(at + 1)?.strip_prefix("value ").map(str::to_owned)
}

/// How the list is written.
#[derive(Debug, PartialEq, Eq)]
enum Form {
    /// There is no such key.
    Absent,
    /// The key stands there without a value, its line at this range.
    Empty { line: (usize, usize) },
    /// Names with commas between them, in a scalar of one line at this range, quotes included.
    Text { at: (usize, usize) },
    /// `[a, b]` at this range.
    Flow { at: (usize, usize) },
    /// A line for each, each line at its range.
    Block { key: (usize, usize), lines: Vec<(usize, usize)> },
}

#[derive(Debug)]
struct Read {
    form: Form,
    /// Names with the ranges of bytes that they stand at.
    items: Vec<(String, (usize, usize))>,
    /// Everything else in the front matter, in order.
    others: Vec<String>,
    /// Where the closing dashes begin.
    end: usize,
    body: usize,
}

/// Reads the front matter of an agent's file. It may hold more than a skill's: whatever YAML has, but
/// no alias, since the same text would then stand in two places.
fn read(text: &str) -> Result<Read, Refused> {
    let (start, end, body) = front_matter::bounds(text).map_err(|(_, why)| why)?;
    let yaml = &text[start..end];
    // Positions of the parser count characters.
    let offsets: Vec<usize> =
        yaml.char_indices().map(|(at, _)| at).chain([yaml.len()]).map(|at| at + start).collect();
    let place =
        |marker: &saphyr_parser::Marker| offsets.get(marker.index()).copied().unwrap_or(end);
    let mut found = Read { form: Form::Absent, items: Vec::new(), others: Vec::new(), end, body };
    let mut depth = 0;
    let mut is_key = true;
    // The key's place, while its value is read; and whether its list is open.
    let mut ours: Option<(usize, usize)> = None;
    let mut list: Option<bool> = None;
    for event in Parser::new_from_str(yaml) {
        let (event, span) =
            event.map_err(|e| format!("line {}: {}", e.marker().line() + 1, e.info()))?;
        let mut at = (place(&span.start), place(&span.end));
        if matches!(event, Event::Scalar(..)) {
            // A scalar's end may lie behind the blanks that follow it.
            at.1 = at.0 + text.get(at.0..at.1).map_or(0, |written| written.trim_end().len());
        }
        let line = span.start.line() + 1;
        let refuse = |why: &str| Err(format!("line {line}: {why}"));
        let plain = match &event {
            Event::Scalar(_, _, anchor, tag) => *anchor == 0 && tag.is_none(),
            Event::SequenceStart(anchor, tag) | Event::MappingStart(anchor, tag) => {
                *anchor == 0 && tag.is_none()
            }
            Event::Alias(_) => false,
            _ => true,
        };
        if !plain {
            return refuse(
                "an alias, anchor or tag makes one text stand in two places; write it out first",
            );
        }
        match &event {
            Event::MappingStart(..) if depth == 0 => {
                depth = 1;
                continue;
            }
            Event::MappingEnd if depth == 1 => {
                depth = 0;
                continue;
            }
            Event::Scalar(key, ..) if depth == 1 && is_key => {
                is_key = false;
                if key == KEY {
                    if found.form != Form::Absent {
                        return refuse("`skills` stands there twice");
                    }
                    ours = Some(at);
                } else {
                    found.others.push(format!("key {key}"));
                }
                continue;
            }
            Event::StreamStart
            | Event::StreamEnd
            | Event::DocumentStart(_)
            | Event::DocumentEnd => continue,
            _ if depth == 0 => return refuse("front matter must be keys with values"),
            _ => {}
        }
        if let Some(key) = ours {
            match &event {
                Event::Scalar(value, style, ..) if list.is_none() => {
                    ours = None;
                    is_key = true;
                    scalar(text, value, *style, key, at, &mut found)
                        .ok_or_else(|| format!("line {line}: `skills` is neither a list nor names with commas between them"))?;
                }
                Event::Scalar(value, style, ..) => {
                    if !matches!(
                        style,
                        ScalarStyle::Plain | ScalarStyle::SingleQuoted | ScalarStyle::DoubleQuoted
                    ) || text[at.0..at.1].contains('\n')
                    {
                        return refuse("a name in `skills` must stand on one line");
                    }
                    found.items.push((value.to_string(), at));
                }
                Event::SequenceStart(..) if list.is_none() => {
                    let flow = text[at.0..].starts_with('[');
                    list = Some(flow);
                    found.form = if flow {
                        Form::Flow { at }
                    } else {
                        Form::Block { key: line_of(text, key.0), lines: Vec::new() }
                    };
                }
                Event::SequenceEnd if list.is_some() => {
                    match &mut found.form {
                        Form::Flow { at: whole } => whole.1 = at.1,
                        Form::Block { lines, .. } => {
                            *lines =
                                found.items.iter().map(|(_, at)| line_of(text, at.0)).collect();
                        }
                        _ => {}
                    }
                    ours = None;
                    list = None;
                    is_key = true;
                }
                _ => return refuse("`skills` may hold names, nothing else"),
            }
            continue;
        }
        match event {
            Event::Scalar(value, ..) => {
                found.others.push(format!("value {value}"));
                is_key |= depth == 1;
            }
            Event::SequenceStart(..) | Event::MappingStart(..) => {
                found.others.push(
                    if matches!(event, Event::MappingStart(..)) { "{" } else { "[" }.to_owned(),
                );
                depth += 1;
            }
            Event::SequenceEnd | Event::MappingEnd => {
                found.others.push("end".to_owned());
                depth -= 1;
                is_key |= depth == 1;
            }
            _ => {}
        }
    }
    Ok(found)
}

/// Reads a value that is one scalar. `None`: it is of no form that is edited.
fn scalar(
    text: &str,
    value: &str,
    style: ScalarStyle,
    key: (usize, usize),
    at: (usize, usize),
    found: &mut Read,
) -> Option<()> {
    let written = text.get(at.0..at.1)?;
    if style == ScalarStyle::Plain && (value.is_empty() || matches!(value, "~" | "null")) {
        // Where nothing is written, only the key's line is known for sure.
        if !value.is_empty() {
            return None;
        }
        found.form = Form::Empty { line: line_of(text, key.0) };
        return Some(());
    }
    let quotes = match style {
        ScalarStyle::Plain => 0,
        ScalarStyle::SingleQuoted | ScalarStyle::DoubleQuoted => 1,
        _ => return None,
    };
    // Folded and escaped texts differ from what is written.
    if written.get(quotes..written.len() - quotes)? != value || value.contains('\n') {
        return None;
    }
    let mut from = at.0 + quotes;
    for part in value.split(',') {
        let name = part.trim();
        let begin = from + (part.len() - part.trim_start().len());
        if !name.is_empty() {
            found.items.push((name.to_owned(), (begin, begin + name.len())));
        }
        from += part.len() + 1;
    }
    found.form = Form::Text { at: (at.0 + quotes, at.1 - quotes) };
    Some(())
}

/// The line that `at` lies in, with its end.
fn line_of(text: &str, at: usize) -> (usize, usize) {
    let start = text[..at].rfind('\n').map_or(0, |before| before + 1);
    let end = text[at..].find('\n').map_or(text.len(), |after| at + after + 1);
    (start, end)
}

impl Read {
    fn skills(&self) -> Vec<String> {
        self.items.iter().map(|(name, _)| name.clone()).collect()
    }

    /// `text` with `wanted` as its list: what is not wanted taken out, what is missing put at the end.
    fn edited(&self, text: &str, wanted: &[String]) -> Option<String> {
        let line_end = if text.starts_with("---\r\n") { "\r\n" } else { "\n" };
        let gone: Vec<usize> =
            (0..self.items.len()).filter(|at| !wanted.contains(&self.items[*at].0)).collect();
        let kept = self.items.len() - gone.len();
        let new: Vec<&str> = wanted.iter().skip(kept).map(String::as_str).collect();
        let mut edits: Vec<((usize, usize), String)> = Vec::new();
        let lines = |indent: &str| -> String {
            new.iter().map(|name| format!("{indent}- {name}{line_end}")).collect()
        };
        match &self.form {
            Form::Absent => {
                edits.push(((self.end, self.end), format!("{KEY}:{line_end}{}", lines("  "))));
            }
            Form::Empty { line } => edits.push(((line.1, line.1), lines("  "))),
            Form::Block { key, lines: places } => {
                if wanted.is_empty() {
                    edits.push((*key, String::new()));
                }
                edits.extend(gone.iter().map(|at| (places[*at], String::new())));
                let last = *places.last()?;
                let before = &text[last.0..last.1];
                let indent = &before[..before.len() - before.trim_start().len()];
                edits.push(((last.1, last.1), lines(indent)));
            }
            Form::Flow { at } | Form::Text { at } => {
                let flow = matches!(self.form, Form::Flow { .. });
                let inside = if flow { (at.0 + 1, at.1 - 1) } else { *at };
                if wanted.is_empty() && !flow {
                    edits.push((line_of(text, at.0), String::new()));
                } else {
                    edits.extend(self.without(text, &gone, inside));
                    let last = self.items.iter().rev().find(|(name, _)| wanted.contains(name));
                    let place = last.map_or(inside.0, |(_, (_, end))| *end);
                    let joined = new.join(", ");
                    let more =
                        if kept > 0 && !new.is_empty() { format!(", {joined}") } else { joined };
                    edits.push(((place, place), more));
                }
            }
        }
        edits.sort();
        let mut out = String::with_capacity(text.len() + 64);
        let mut done = 0;
        for ((from, to), with) in edits {
            out.push_str(text.get(done..from)?);
            out.push_str(&with);
            done = to;
        }
        out.push_str(text.get(done..)?);
        Some(out)
    }

    /// Takes items between commas out, each with the comma that then is one too many.
    fn without(
        &self,
        text: &str,
        gone: &[usize],
        inside: (usize, usize),
    ) -> Vec<((usize, usize), String)> {
        let mut edits = Vec::new();
        let mut first_kept = false;
        for at in 0..self.items.len() {
            let place = self.items[at].1;
            if !gone.contains(&at) {
                first_kept = true;
                continue;
            }
            let from = if first_kept {
                // From the end of the one before.
                self.items[at - 1].1.1
            } else {
                place.0
            };
            let to = if first_kept {
                place.1
            } else {
                self.items
                    .get(at + 1)
                    .map_or(inside.1.min(place.1 + rest(text, place.1)), |next| next.1.0)
            };
            edits.push(((from, to), String::new()));
        }
        edits
    }
}

/// How much of what follows belongs to an item that is taken out with nothing after it: a comma.
fn rest(text: &str, at: usize) -> usize {
    let after = &text[at..];
    let blank = after.len() - after.trim_start_matches(' ').len();
    if after[blank..].starts_with(',') { blank + 1 } else { 0 }
}

#[cfg(test)]
mod tests;
