//! What a failing output is about: the lines that name the failure, in a form that two outputs of
//! the same failure share.

mod diagnostics;
mod lines;
mod noise;
mod traces;

use std::borrow::Cow;

use lines::Lines;

use super::text;

/// The most UTF-16 units of a [`Section::line`] and of one of [`Failure::explains`].
pub const MAX_LINE: usize = 300;
const MAX_KEY: usize = 200;
/// The most sections of one output, and the most under one tag.
pub const MAX_SECTIONS: usize = 12;
const MAX_EXPLAINS: usize = 6;

/// What a failing output says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Failure {
    /// The separate failures, in order. Never empty when the output says anything.
    pub sections: Vec<Section>,
    /// Lines that explain or advise, whole: `No :x opt specified …`, `help: …`, `Did you mean …`.
    pub explains: Vec<String>,
    /// The output says that it is not whole: `Output truncated: showing 30 of 47 lines`.
    pub truncated: Option<String>,
    /// How many more errors the tool counted than the output shows.
    pub unseen: u32,
}

impl Failure {
    /// Whether two outputs tell of one failure: the first section of one stands in the other.
    /// (Test runners shuffle their tests, so that another one may come first.)
    pub fn same_as(&self, other: &Self) -> bool {
        let has = |all: &Self, first: &Self| {
            first.sections.first().is_some_and(|f| all.sections.iter().any(|s| s.key == f.key))
        };
        has(self, other) || has(other, self)
    }
}

/// One failure of an output.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Section {
    /// The heading that the output gives it, such as `DIALYZER` of `[DIALYZER]`.
    pub tag: Option<String>,
    /// What failed, on one line of at most [`MAX_LINE`] units: message, place, values.
    pub line: String,
    /// `line` without what changes from run to run: numbers are `#`, paths their last part. When
    /// several tests fail of one cause, the cause alone.
    pub key: String,
    /// How many failures of the output share the cause; `line` is the first of them.
    pub times: u32,
}

/// Reads a failing output.
pub fn failure(output: &str) -> Failure {
    let clean = text::strip_ansi(output);
    let clean = real_line_ends(unwrapped(&clean));
    let mut all: Vec<&str> = text::lines(&clean).map(str::trim_end).collect();
    let mut found = Failure::default();
    let mut tag: Option<&str> = None;
    let mut from = 0;
    for at in 0..all.len() {
        if let Some((next, rest)) = tag_of(all[at]) {
            section(&all[from..at], tag, false, &mut found);
            tag = Some(next);
            from = at;
            all[at] = rest;
        }
    }
    section(&all[from..], tag, found.sections.is_empty(), &mut found);
    if found.sections.is_empty()
        && let Some(line) = all.iter().rev().find(|l| !l.trim().is_empty())
    {
        push(&mut found, None, line);
    }
    notes(&all, &mut found);
    found
}

/// The failures of one section of an output.
fn section(all: &[&str], tag: Option<&str>, must: bool, found: &mut Failure) {
    let before = found.sections.len();
    let lines = Lines::new(all);
    // Where those stand that have the form of a known tool.
    let mut known = Vec::new();
    let mut at = 0;
    while at < all.len() && found.sections.len() < MAX_SECTIONS {
        if all[at].is_empty() {
            at += 1;
            continue;
        }
        let hit = diagnostics::read(&lines, at).or_else(|| traces::read(&lines, at));
        let Some(hit) = hit else {
            at += 1;
            continue;
        };
        push_hit(found, tag, &hit.text, hit.cause.as_deref());
        known.push(at..hit.next.max(at + 1));
        at = hit.next.max(at + 1);
    }
    if found.sections.len() > before {
        return;
    }
    let mut known = known.into_iter().peekable();
    let mut others = (0..all.len()).filter(|at| {
        while known.next_if(|lines| lines.end <= *at).is_some() {}
        known.peek().is_none_or(|lines| *at < lines.start) && !all[*at].is_empty()
    });
    let weak = others.find(|at| noise::names_failure(all[*at]) && !noise::is_noise(all[*at]));
    if let Some(weak) = weak.filter(|_| before < MAX_SECTIONS) {
        push(found, tag, &lines.with_value(weak));
        return;
    }
    let said = |line: &&&str| !line.trim().is_empty() && !noise::is_noise(line);
    // A tagged section opens with its news, an untagged output ends with it.
    let line = if tag.is_some() {
        all.iter().find(said)
    } else if must {
        all.iter().rfind(said)
    } else {
        None
    };
    if let Some(line) = line {
        push(found, tag, line);
    }
}

fn push(found: &mut Failure, tag: Option<&str>, line: &str) {
    push_hit(found, tag, line, None);
}

fn push_hit(found: &mut Failure, tag: Option<&str>, line: &str, cause: Option<&str>) {
    let line = text::line(line, MAX_LINE);
    let tagged = |text: &str| {
        let key = lines::key(&text::line(text, MAX_LINE));
        let key = tag.map_or_else(|| key.clone(), |tag| format!("[{tag}] {key}"));
        key[..text::fit(&key, MAX_KEY)].to_owned()
    };
    let key = tagged(&line);
    if line.is_empty() {
        return;
    }
    if let Some(cause) = cause.filter(|c| !c.is_empty()) {
        let cause = tagged(cause);
        let ends = |s: &&mut Section| s.key == cause || s.times == 1 && s.key.ends_with(&cause);
        if let Some(same) = found.sections.iter_mut().find(ends) {
            same.times += 1;
            same.key = cause;
            return;
        }
        let whole = key.ends_with(&cause);
        // A cause that the bounded key does not hold to its end can't be found again in it.
        let key = if whole { key } else { cause };
        found.sections.push(Section { tag: tag.map(str::to_owned), line, key, times: 1 });
        return;
    }
    if found.sections.iter().any(|s| s.key == key) {
        return;
    }
    found.sections.push(Section { tag: tag.map(str::to_owned), line, key, times: 1 });
}

/// What stands beside the failures: explanations, and how much was left out.
fn notes(all: &[&str], found: &mut Failure) {
    let mut counted = 0u32;
    for line in all {
        let bare = line.trim();
        if bare.is_empty() || bare.len() > 1_000 {
            continue;
        }
        if found.truncated.is_none()
            && let Some(said) = noise::says_truncated(bare)
        {
            found.truncated = Some(text::line(said, 120));
            continue;
        }
        if let Some(rest) = bare.strip_prefix("Total errors: ")
            && let Some((n, _)) = text::number(rest)
        {
            counted = counted.max(n);
        }
        if found.explains.len() < MAX_EXPLAINS && noise::explains(bare) {
            let said = text::line(lines::undecorated(bare), MAX_LINE);
            let known = found.sections.iter().any(|s| s.line.contains(&said))
                || found.explains.contains(&said);
            if !known {
                found.explains.push(said);
            }
        }
    }
    let dialyzer = |s: &&Section| s.tag.as_deref().is_none_or(|tag| tag == "DIALYZER");
    let shown = found.sections.iter().filter(dialyzer).count();
    found.unseen = counted.saturating_sub(shown as u32);
}

/// The text without the element that Claude Code puts around its own errors.
fn unwrapped(text: &str) -> &str {
    let bare = text.trim();
    bare.strip_prefix("<tool_use_error>")
        .map_or(text, |rest| rest.strip_suffix("</tool_use_error>").unwrap_or(rest))
}

/// `[CREDO]` at a line's start opens a section of that name; with what follows it on the line.
fn tag_of(line: &str) -> Option<(&str, &str)> {
    let (tag, rest) = line.trim().strip_prefix('[')?.split_once(']')?;
    let name = tag.len() >= 2
        && tag.len() <= 30
        && tag.starts_with(|c: char| c.is_ascii_uppercase())
        && tag.bytes().all(|b| b.is_ascii_uppercase() || matches!(b, b'_' | b'-' | b' '));
    let status = matches!(
        tag,
        "INFO"
            | "ERROR"
            | "WARNING"
            | "WARN"
            | "DEBUG"
            | "FATAL"
            | "TRACE"
            | "NOTICE"
            | "PASS"
            | "PASSED"
            | "FAIL"
            | "FAILED"
            | "OK"
            | "SKIP"
            | "SKIPPED"
            | "DONE"
            | "TODO"
            | "NOTE"
            | "HINT"
            | "NEW"
            | "RUN"
            | "STDERR"
            | "STDOUT"
            | "EPIC"
            | "HMR"
    );
    (name && !status && (rest.is_empty() || rest.starts_with(' '))).then_some((tag, rest))
}

/// Makes written-out line ends (`\` and `n`) real ones where they stand for them: in a text that
/// has no other, and in lines with an empty line (`\n\n`) in them.
fn real_line_ends(text: &str) -> Cow<'_, str> {
    if !text.contains("\\n") {
        return Cow::Borrowed(text);
    }
    if !text.trim_end().contains('\n') {
        return Cow::Owned(text.replace("\\n", "\n"));
    }
    if !text.contains("\\n\\n") {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    for line in text.split_inclusive('\n') {
        if line.contains("\\n\\n") {
            out.push_str(&line.replace("\\n", "\n"));
        } else {
            out.push_str(line);
        }
    }
    Cow::Owned(out)
}

#[cfg(test)]
mod tests;
