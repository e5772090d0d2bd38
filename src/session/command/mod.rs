//! What a shell command line does: its parts, the program family of each, and its class.
//!
//! This reads what people and Claude write, not every construct that a shell knows: it never runs
//! anything, and where a line is beyond it, it says less rather than something else.

mod class;
mod family;
mod programs;
mod quotes;
mod shell;
mod wrappers;

use shell::{Simple, Word};

use super::text;
use serde::{Deserialize, Serialize};

pub use shell::Join;

/// The most parts that [`parts`] returns.
pub const MAX_PARTS: usize = 64;
/// The most [`Part::args`], and the most UTF-16 units of one.
pub const MAX_ARGS: usize = 32;
const MAX_ARG_UNITS: usize = 2_000;
/// The most UTF-16 units of [`Part::words`].
pub const MAX_WORDS_UNITS: usize = 300;
/// A single word above this is shown by its beginning.
const LONG_WORD: usize = 100;
const MAX_MESSAGE_UNITS: usize = 4_000;

/// What a command is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Class {
    /// Runs tests.
    Test,
    /// Checks code: linters, type checkers, audits.
    Lint,
    /// Formats code, or checks its format.
    Format,
    /// Compiles or bundles.
    Build,
    /// Changes dependencies.
    Install,
    /// Starts the program, a server, a script, a deployment.
    Run,
    /// Changes the repository.
    Vcs,
    /// An issue tracker.
    Tracker,
    /// Only looks: an empty result means "nothing found".
    Look,
    Other,
}

impl Class {
    /// Whether the command tells if the code is right.
    pub fn is_check(self) -> bool {
        matches!(self, Self::Test | Self::Lint | Self::Format | Self::Build)
    }
}

/// One command of a command line, as a person would name it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// The command as shown: one line, without `cd`, assignments, `timeout`, `sudo`, redirections
    /// and the filters behind it; long words by their beginning. At most [`MAX_WORDS_UNITS`].
    pub words: String,
    /// Program and subcommand, wrappers left out: `mix test`, `cargo clippy`, `npm run lint`;
    /// `pytest` for `uv run pytest`.
    pub family: String,
    pub class: Class,
    /// A message or body that was handed over (`git commit -m`, `gh … --body`), as it was meant:
    /// several are joined by a blank line. At most 4,000 UTF-16 units.
    pub message: Option<String>,
    /// The words after the family without their quotes; at most [`MAX_ARGS`], each at most 2,000
    /// UTF-16 units. A message is not among them.
    pub args: Vec<String>,
    /// A later pipe stage decides the status, so that a status of 0 says nothing.
    pub piped: bool,
    /// How the part hangs on the one before it.
    pub join: Join,
    /// Where it runs, when the line itself says so (`cd DIR &&`, `git -C DIR`).
    pub dir: Option<String>,
    /// The files that its output goes to (`> FILE`, `tee FILE`), at most 8.
    pub writes: Vec<String>,
}

impl Part {
    /// Whether one of the arguments is `flag` or `flag=…`.
    pub fn has_flag(&self, flag: &str) -> bool {
        self.args.iter().any(|arg| {
            arg.strip_prefix(flag).is_some_and(|rest| rest.is_empty() || rest.starts_with('='))
        })
    }

    /// The first line of the message.
    pub fn subject(&self) -> Option<&str> {
        self.message.as_deref().and_then(|m| m.lines().map(str::trim).find(|l| !l.is_empty()))
    }
}

/// The commands of a command line, in order: split at `&&`, `||`, `;`, `&` and line ends outside
/// quotes, here-documents and substitutions. What only steers the shell (`cd`, `export`, `set`,
/// `if`, `[ … ]`) is left out. At most [`MAX_PARTS`].
pub fn parts(command: &str) -> Vec<Part> {
    let mut out = Vec::new();
    collect(command, 0, &mut out);
    out
}

fn collect(command: &str, depth: u8, out: &mut Vec<Part>) {
    let simples = shell::split(command);
    let pipefail = command.contains("pipefail");
    let mut dir: Option<String> = None;
    let mut at = 0;
    while at < simples.len() && out.len() < MAX_PARTS {
        let mut end = at + 1;
        while end < simples.len() && simples[end].stage > 0 {
            end += 1;
        }
        pipeline(&simples[at..end], pipefail, depth, &mut dir, out);
        at = end;
    }
}

fn pipeline(
    stages: &[Simple<'_>],
    pipefail: bool,
    depth: u8,
    dir: &mut Option<String>,
    out: &mut Vec<Part>,
) {
    let stripped: Vec<&[Word<'_>]> = stages.iter().map(|s| wrappers::strip(&s.words)).collect();
    let join = stages[0].join;
    let first = stripped[0];
    if let Some(target) = wrappers::changes_dir(first) {
        *dir = match dir.take() {
            _ if target.is_empty() => None,
            Some(from) if !target.starts_with(['/', '~', '$']) => Some(format!("{from}/{target}")),
            _ => Some(target.to_owned()),
        };
        return;
    }
    // `echo y | tool`: the tool is the command.
    let chosen = if first.first().is_some_and(|w| programs::is_feeder(w.program())) {
        (1..stripped.len())
            .find(|n| stripped[*n].first().is_some_and(|w| !programs::is_filter(w.program())))
            .filter(|n| !wrappers::is_inline_script(stripped[*n]))
            .unwrap_or(0)
    } else {
        0
    };
    let words = stripped[chosen];
    if words.is_empty() || wrappers::only_steers(words) {
        return;
    }
    let piped = chosen + 1 < stages.len() && !pipefail;
    if depth < 2
        && let Some(script) = wrappers::shell_script(words)
        && !script.trim().contains('\n')
    {
        let from = out.len();
        collect(script, depth + 1, out);
        if let Some(part) = out.get_mut(from) {
            part.join = join;
        }
        for part in out.iter_mut().skip(from) {
            part.piped |= piped;
            part.dir = part.dir.take().or_else(|| dir.clone());
        }
        return;
    }
    let mut writes: Vec<String> = Vec::new();
    for (stage, words) in stages.iter().zip(&stripped) {
        writes.extend(stage.writes.iter().cloned());
        if words.first().is_some_and(|w| w.program() == "tee") {
            writes.extend(
                words[1..].iter().filter(|w| !w.value.starts_with('-')).map(|w| w.value.clone()),
            );
        }
    }
    writes.truncate(8);
    let mut part = build(words, stages[chosen].heredoc, !writes.is_empty());
    part.piped = piped;
    part.join = join;
    part.dir = part.dir.take().or_else(|| dir.clone());
    part.writes = writes;
    out.push(part);
}

/// The part that a simple command makes.
fn build(words: &[Word<'_>], heredoc: Option<&str>, writes: bool) -> Part {
    let family = family::of(words);
    let mut class = family.class;
    if writes && class == Class::Look {
        class = Class::Other;
    }
    let mut shown = String::new();
    let mut args = Vec::new();
    let mut messages: Vec<String> = Vec::new();
    let flags = family::message_flags(&family.name);
    let mut message_next = false;
    let mut skip = family.hidden.clone();
    for (n, word) in words.iter().enumerate() {
        if skip.contains(&n) {
            continue;
        }
        if n > skip.end {
            skip = 0..0;
        }
        let is_arg = n >= family.rest;
        if message_next {
            message_next = false;
            let message = quotes::heredoc_text(&word.value).unwrap_or(&word.value);
            show(&mut shown, &quoted_subject(message));
            messages.push(text::cut(message.trim(), MAX_MESSAGE_UNITS));
            continue;
        }
        if is_arg && let Some(flag) = flags.iter().find_map(|f| family::takes(word, f)) {
            match flag {
                family::Takes::Next => message_next = true,
                family::Takes::Here(name, value) => {
                    let message = quotes::heredoc_text(value).unwrap_or(value);
                    show(&mut shown, &format!("{name}={}", quoted_subject(message)));
                    messages.push(text::cut(message.trim(), MAX_MESSAGE_UNITS));
                    continue;
                }
            }
        }
        show(&mut shown, &shown_word(word));
        if is_arg && args.len() < MAX_ARGS {
            let value = quotes::heredoc_text(&word.value).unwrap_or(&word.value);
            args.push(text::cut(value, MAX_ARG_UNITS));
        }
    }
    if messages.is_empty()
        && let Some(body) = heredoc
        && !flags.is_empty()
        && words.iter().any(|w| matches!(w.value.as_str(), "-F" | "--file" | "--body-file" | "-F-"))
    {
        messages.push(text::cut(body.trim(), MAX_MESSAGE_UNITS));
    }
    Part {
        words: text::cut(&shown, MAX_WORDS_UNITS),
        family: family.name,
        class,
        message: (!messages.is_empty())
            .then(|| text::cut(&messages.join("\n\n"), MAX_MESSAGE_UNITS)),
        args,
        piped: false,
        join: Join::Start,
        dir: family.dir,
        writes: Vec::new(),
    }
}

fn show(shown: &mut String, word: &str) {
    if !shown.is_empty() {
        shown.push(' ');
    }
    shown.push_str(word);
}

/// A word as it is shown: as written, or by its beginning when it is long.
fn shown_word(word: &Word<'_>) -> String {
    if !word.raw.contains('\n') && text::units(word.raw) <= LONG_WORD {
        return word.raw.to_owned();
    }
    let value = quotes::heredoc_text(&word.value).unwrap_or(&word.value);
    if !word.raw.contains(['\'', '"']) {
        return text::line(value, LONG_WORD);
    }
    match value.split_once('=') {
        // `--reason="long text"`: the flag stays in front of the quotes.
        Some((flag, rest)) if flag.starts_with('-') && !flag.contains(char::is_whitespace) => {
            format!("{flag}={}", quoted_subject(rest))
        }
        _ => quoted_subject(value),
    }
}

/// The first line of a message in quotes, with an ellipsis when more was said.
fn quoted_subject(message: &str) -> String {
    let message = message.trim();
    let (subject, more) = message.split_once('\n').unwrap_or((message, ""));
    let mut subject = text::line(subject, LONG_WORD);
    if !more.trim().is_empty() && !subject.ends_with(text::ELLIPSIS) {
        subject.push(' ');
        subject.push(text::ELLIPSIS);
    }
    if subject.contains('"') && !subject.contains('\'') {
        format!("'{subject}'")
    } else {
        format!("\"{}\"", subject.replace('"', "'"))
    }
}

/// Which of the parts a failing output blames, by its words; `None` when it names none of several.
///
/// A chain `git add X && git commit` fails with one text: "paths are ignored" is `git add`.
pub fn blamed(parts: &[Part], output: &str) -> Option<usize> {
    if parts.len() <= 1 {
        return (!parts.is_empty()).then_some(0);
    }
    let output = &output[..floor(output, 64 * 1024)];
    let position = |family: &str| parts.iter().position(|p| p.family == family);
    for (needle, family) in [
        ("are ignored by one of your .gitignore", "git add"),
        ("pathspec", "git add"),
        ("pre-commit", "git commit"),
        ("Pre-commit", "git commit"),
        ("nothing to commit", "git commit"),
        ("no changes added to commit", "git commit"),
        ("husky", "git commit"),
        ("[rejected]", "git push"),
        ("failed to push", "git push"),
    ] {
        if output.contains(needle)
            && let Some(at) = position(family)
        {
            return Some(at);
        }
    }
    // "prog: not found", "prog: error": the program names itself at a line's start.
    for line in output.lines().take(400) {
        let line = line.trim_start();
        for (n, part) in parts.iter().enumerate() {
            let program = part.family.split(' ').next().unwrap_or_default();
            let named = text::after_ignoring_case(line, program)
                .is_some_and(|rest| rest.starts_with(':') || rest.starts_with(" ERR!"));
            let missing = line.contains("not found")
                && line.split([':', ' ', '`', '\'']).any(|word| word == program);
            if !program.is_empty() && (named || missing) {
                return Some(n);
            }
        }
    }
    let failing = |p: &Part| {
        p.class.is_check()
            && super::summary::summary(&p.family, output).is_some_and(|summary| summary.failed)
    };
    parts.iter().position(failing)
}

/// The largest index at or below `at` that does not part a character.
fn floor(text: &str, at: usize) -> usize {
    text.floor_char_boundary(at)
}

#[cfg(test)]
mod tests;
