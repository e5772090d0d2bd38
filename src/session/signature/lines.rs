//! Walking the lines of an output.

use super::noise;
use crate::bytes;
use crate::session::text;
use std::borrow::Cow;

/// A failure that was read, and where reading goes on.
pub(super) struct Hit {
    pub(super) text: String,
    pub(super) next: usize,
    /// What happened without where, when several places can fail of one cause.
    pub(super) cause: Option<String>,
}

/// The failure `text`, if it says anything; reading goes on at `next`.
pub(super) fn hit(text: String, next: usize) -> Option<Hit> {
    (!text.trim().is_empty()).then_some(Hit { text, next, cause: None })
}

pub(super) struct Lines<'a> {
    pub(super) all: &'a [&'a str],
    /// pytest's closing list of failed tests is among them.
    pub(super) pytest_list: bool,
}

impl<'a> Lines<'a> {
    pub(super) fn new(all: &'a [&'a str]) -> Self {
        let pytest_list =
            all.iter().any(|l| l.starts_with('=') && l.contains("short test summary"));
        Self { all, pytest_list }
    }

    pub(super) fn get(&self, at: usize) -> &'a str {
        self.all.get(at).copied().unwrap_or("")
    }

    /// The first line from `at` on, within `within` lines, that is not empty.
    pub(super) fn next_said(&self, at: usize, within: usize) -> Option<usize> {
        (at..self.all.len().min(at + within)).find(|n| !self.all[*n].trim().is_empty())
    }

    /// The first line from `at` on, within `within` lines, that passes `test`.
    pub(super) fn find(
        &self,
        at: usize,
        within: usize,
        test: impl Fn(&str) -> bool,
    ) -> Option<usize> {
        (at..self.all.len().min(at + within)).find(|n| test(self.all[*n]))
    }

    /// The line, with the next one when it announces a value (`… got:`).
    pub(super) fn with_value(&self, at: usize) -> String {
        let line = undecorated(self.get(at));
        if line.ends_with(':')
            && let Some(next) = self.next_said(at + 1, 4)
            && !noise::is_noise(self.get(next))
        {
            return join(&[line, undecorated(self.get(next))]);
        }
        line.to_owned()
    }

    /// The paragraph from `at` on up to a rule line, at most `max` lines, as one line.
    pub(super) fn paragraph(&self, at: usize, max: usize) -> (String, usize) {
        let mut pieces = Vec::new();
        let mut n = at;
        while n < self.all.len() && n < at + max {
            let line = self.get(n).trim();
            if noise::is_rule(line) {
                n += 1;
                break;
            }
            if !line.is_empty() {
                pieces.push(line);
            }
            n += 1;
        }
        (join(&pieces), n)
    }
}

/// Pieces as one line, bounded so that long ones cost nothing.
pub(super) fn join(pieces: &[&str]) -> String {
    let mut out = String::new();
    for piece in pieces.iter().map(|p| p.trim()).filter(|p| !p.is_empty()) {
        if out.len() > 2 * super::MAX_LINE {
            break;
        }
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(&text::line(piece, super::MAX_LINE));
    }
    out
}

/// A line without the frame characters and prefixes that tools draw in front of it.
pub(super) fn undecorated(line: &str) -> &str {
    #[rustfmt::skip]
    let drawn = |c: char| matches!(
        c,
        '┃' | '│' | '|' | '>' | '❯' | '✘' | '✖' | '×' | '✗' | '⨯' | '⎯' | '●' | '•' | '=' | '*' | '└' | '├'
            | '╰' | '─' | ' '
    );
    let line = line.trim().trim_start_matches(drawn);
    line.strip_prefix("Error: Error: ").map_or(line, |rest| rest)
}

/// `line` without what changes from run to run: runs of digits and hexadecimal ids are `#`, paths
/// their last part, white space is single.
pub(super) fn key(line: &str) -> String {
    let mut out = String::with_capacity(line.len());
    for word in line.split_whitespace() {
        if !out.is_empty() {
            out.push(' ');
        }
        // A path's last part; `a/b` in a type or a module name loses as little.
        let start =
            word.find(|c: char| c.is_alphanumeric() || matches!(c, '/' | '.' | '~')).unwrap_or(0);
        let (open, body) = word.split_at(start);
        let body =
            if body.contains("://") { body } else { body.rsplit('/').next().unwrap_or(body) };
        out.push_str(open);
        push_without_numbers(body, &mut out);
    }
    out
}

fn push_without_numbers(word: &str, out: &mut String) {
    let mut rest = word;
    while !rest.is_empty() {
        let token = rest.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(rest.len());
        if token == 0 {
            let width = rest.chars().next().map_or(1, char::len_utf8);
            out.push_str(&rest[..width]);
            rest = &rest[width..];
            continue;
        }
        let (head, tail) = rest.split_at(token);
        let hex = head.len() >= 7
            && head.bytes().all(|b| b.is_ascii_hexdigit())
            && head.bytes().any(|b| b.is_ascii_digit());
        if hex {
            out.push('#');
        } else {
            let mut digits = false;
            for c in head.chars() {
                if c.is_ascii_digit() {
                    if !digits {
                        out.push('#');
                    }
                    digits = true;
                } else {
                    out.push(c);
                    digits = false;
                }
            }
        }
        rest = tail;
    }
}

/// A place in a file: `src/a.rs:10:5`, `a.py:3`, `src/a.ts(1,2)`; the place and what follows it.
pub(super) fn place(line: &str) -> Option<(&str, &str)> {
    let line = line.trim_start();
    let line = line.strip_prefix("file://").unwrap_or(line);
    let mark = bytes::find_either(b':', b'(', line.as_bytes())?;
    // `C:\…`: the colon of a drive.
    let mark = if mark == 1 && line.as_bytes().get(2) == Some(&b'\\') {
        mark + 1 + line[mark + 1..].find([':', '('])?
    } else {
        mark
    };
    let path = &line[..mark];
    if path.is_empty() || path.contains(char::is_whitespace) {
        return None;
    }
    let slashed =
        if path.contains('\\') { Cow::Owned(path.replace('\\', "/")) } else { Cow::Borrowed(path) };
    if !text::is_path(&slashed) {
        return None;
    }
    let rest = &line[mark..];
    if let Some(inner) = rest.strip_prefix('(') {
        let (place, after) = inner.split_once(')')?;
        let numbers = !place.is_empty() && place.bytes().all(|b| b.is_ascii_digit() || b == b',');
        return numbers.then(|| (&line[..mark + place.len() + 2], after));
    }
    let mut end = mark;
    for _ in 0..2 {
        let Some(digits) = line[end..].strip_prefix(':') else { break };
        let n = digits.bytes().take_while(u8::is_ascii_digit).count();
        if n == 0 {
            break;
        }
        end += 1 + n;
    }
    (end > mark).then(|| (&line[..end], &line[end..]))
}
