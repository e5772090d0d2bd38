//! What compilers, linters, version control and package tools print about one problem.

use super::lines::{Hit, Lines, hit, join, place, undecorated};
use super::noise;

/// The problem that starts at a line, if the line has the form of a known tool.
pub(super) fn read(lines: &Lines<'_>, at: usize) -> Option<Hit> {
    let raw = lines.get(at);
    if raw.len() > 4_000 {
        return None;
    }
    let line = raw.trim_start();
    let found = place(line);
    credo(lines, at, line)
        .or_else(|| rustc(lines, at, line))
        .or_else(|| dialyzer(lines, at, found?.1))
        .or_else(|| located(line, at, found))
        .or_else(|| eslint(lines, at, raw))
        .or_else(|| elixir_diagnostic(lines, at, line))
        .or_else(|| git(lines, at, raw))
        .or_else(|| shell(line, at))
        .or_else(|| npm(lines, at, line))
        .or_else(|| bundlers(lines, at, line))
}

/// `┃ [F] → Function is too complex.` and its place on the next line.
fn credo(lines: &Lines<'_>, at: usize, line: &str) -> Option<Hit> {
    let bare = line.trim_start_matches(['┃', ' ']);
    let rule = bare.strip_prefix('[')?;
    let mut chars = rule.chars();
    let letter = chars.next().filter(char::is_ascii_uppercase)?;
    if chars.next() != Some(']') || !matches!(letter, 'C' | 'D' | 'F' | 'R' | 'W' | 'E' | 'S') {
        return None;
    }
    let arrow = rule[2..].trim_start();
    arrow.starts_with(['→', '↗', '↘', '↑', '↓', '⇒']).then_some(())?;
    let where_ = undecorated(lines.get(at + 1));
    let where_ = if place(where_).is_some() { where_ } else { "" };
    hit(join(&[bare, where_]), at + 2)
}

/// `error[E0308]: mismatched types`, then ` --> src/a.rs:1:2`.
fn rustc(lines: &Lines<'_>, at: usize, line: &str) -> Option<Hit> {
    let rest = line.strip_prefix("error")?;
    if !(rest.starts_with("[E") || rest.starts_with(": ")) || noise::is_noise(line) {
        return None;
    }
    let next = lines.next_said(at + 1, 2)?;
    let where_ = lines.get(next).trim_start().strip_prefix("--> ")?;
    // The label under the source says what was expected.
    let label = lines
        .find(next + 1, 8, |l| l.contains("^ ") && l.trim_start().starts_with('|'))
        .and_then(|n| lines.get(n).rsplit_once("^ "))
        .map_or("", |(_, label)| label);
    hit(join(&[line, &format!("({where_})"), label]), next + 1)
}

/// `lib/a.ex:57:13:pattern_match`, then a paragraph up to a rule.
fn dialyzer(lines: &Lines<'_>, at: usize, rest: &str) -> Option<Hit> {
    let name = rest.strip_prefix(':')?;
    let word = !name.is_empty() && name.bytes().all(|b| b.is_ascii_lowercase() || b == b'_');
    if !word {
        return None;
    }
    let (text, next) = lines.paragraph(at, 24);
    hit(text, next)
}

/// `src/a.c:1:2: error: x`, `src/a.ts(1,2): error TS2322: x`, `a.py:1:80: E501 x`, `A.java:3: error: x`,
/// `src/a.ts:1:2 - error TS1: x`, `e: file:///a.kt:1:2 x`.
fn located(line: &str, at: usize, found: Option<(&str, &str)>) -> Option<Hit> {
    let kotlin = line.strip_prefix("e: ");
    let (_, rest) = kotlin.map_or(found, place)?;
    let rest = rest.trim_start_matches([':', ' ', '-']);
    let error =
        rest.starts_with("error") || rest.starts_with("fatal error") || rest.starts_with("Error");
    // A rule's code: letters, then digits.
    let code = rest.split([' ', ':']).next().unwrap_or("");
    let letters = code.bytes().take_while(u8::is_ascii_alphabetic).count();
    let rule = (1..=8).contains(&letters)
        && code.starts_with(|c: char| c.is_ascii_uppercase())
        && code.len() > letters
        && code.len() <= 12
        && code[letters..].bytes().all(|b| b.is_ascii_digit());
    let said = kotlin.is_some()
        || error
        || rule
        || [
            "undefined",
            "cannot ",
            "undeclared",
            "imported and not used",
            "declared and not used",
            "syntax error",
            "missing ",
            "expected ",
        ]
        .iter()
        .any(|w| rest.starts_with(w))
        || rest.contains(": undefined");
    if !said {
        return None;
    }
    hit(line.to_owned(), at + 1)
}

/// eslint's stylish form: the file on its own line, then `  1:2  error  message  rule`.
fn eslint(lines: &Lines<'_>, at: usize, raw: &str) -> Option<Hit> {
    let line = raw.strip_prefix("  ")?.trim_start();
    let mut words = line.split_whitespace();
    let (row, column) = words.next()?.split_once(':')?;
    let numbers =
        [row, column].iter().all(|n| !n.is_empty() && n.bytes().all(|b| b.is_ascii_digit()));
    if !numbers || words.next() != Some("error") {
        return None;
    }
    let file =
        (0..at).rev().take(60).map(|n| lines.get(n)).find(|l| !l.starts_with(' ') && !l.is_empty());
    hit(join(&[file.unwrap_or(""), line]), at + 1)
}

/// Elixir's compiler: `    error: undefined variable "x"`, source, `    └─ lib/a.ex:1:2: A.f/1`.
fn elixir_diagnostic(lines: &Lines<'_>, at: usize, line: &str) -> Option<Hit> {
    let message = line.strip_prefix("error: ")?;
    let end = lines.find(at + 1, 12, |l| l.trim_start().starts_with("└─ "))?;
    // Another diagnostic in between: that place is not this one's.
    if lines.find(at + 1, end - at, |l| l.trim_start().starts_with("error: ")).is_some() {
        return None;
    }
    let where_ = lines.get(end).trim_start().trim_start_matches("└─ ");
    hit(join(&["error:", message, &format!("({where_})")]), end + 1)
}

fn git(lines: &Lines<'_>, at: usize, raw: &str) -> Option<Hit> {
    if raw.starts_with("fatal: ") {
        return hit(raw.to_owned(), at + 1);
    }
    if raw.starts_with("The following paths are ignored by one of your .gitignore files:") {
        let path = lines.get(at + 1);
        return hit(join(&[raw, path]), at + 2);
    }
    if raw.starts_with("CONFLICT (")
        || raw.trim_start().starts_with("! [rejected]")
        || raw.trim_start().starts_with("! [remote rejected]")
    {
        return hit(raw.trim_start().to_owned(), at + 1);
    }
    let rest = raw.strip_prefix("error: ")?;
    let known = [
        "pathspec",
        "failed to push",
        "Your local changes",
        "The following untracked",
        "cannot ",
        "could not ",
        "patch failed",
        "no such ",
        "unknown ",
        "switch `",
        "invalid ",
        "object file",
        "unable to ",
        "src refspec",
        "the branch",
        "remote ",
        "you need to",
        "Pulling is not",
        "commit ",
    ];
    if !known.iter().any(|k| rest.starts_with(k)) || noise::is_noise(raw) {
        return None;
    }
    // `… would be overwritten by merge:` and the first of the files.
    hit(lines.with_value(at), at + 1)
}

/// `bash: foo: command not found`, `zsh: command not found: foo`, `(eval):1: permission denied:`.
fn shell(line: &str, at: usize) -> Option<Hit> {
    let missing = line.contains("command not found") || line.ends_with(": not found");
    let denied = line.ends_with("ermission denied") || line.contains(": permission denied:");
    let absent = line.ends_with(": No such file or directory");
    let interpreter = line.starts_with(['b', 's', 'z', '/', '('])
        && ["bash: ", "sh: ", "zsh: ", "/bin/sh: ", "/bin/bash: ", "(eval):"]
            .iter()
            .any(|p| line.starts_with(p));
    (missing || interpreter || (denied || absent) && line.len() < 300).then_some(())?;
    hit(line.to_owned(), at + 1)
}

/// npm's block of `npm ERR!` lines: the code and the first line that says what.
fn npm(lines: &Lines<'_>, at: usize, line: &str) -> Option<Hit> {
    let rest = npm_line(line)?;
    let mut pieces = vec![line];
    let mut n = at + 1;
    let code = rest.starts_with("code ");
    while let Some(said) = npm_line(lines.get(n).trim_start()) {
        let plain = !said.is_empty()
            && !said.starts_with("errno")
            && !said.starts_with("code ")
            && !said.starts_with("A complete log")
            && !said.starts_with("    ");
        if code && plain && pieces.len() < 3 {
            pieces.push(said);
        }
        n += 1;
    }
    hit(join(&pieces), n)
}

fn npm_line(line: &str) -> Option<&str> {
    line.strip_prefix("npm ERR!")
        .or_else(|| line.strip_prefix("npm error"))
        .map(|rest| rest.strip_prefix(' ').unwrap_or(rest))
}

/// esbuild and vite: `✘ [ERROR] Could not resolve "x"`, with the place a few lines below.
fn bundlers(lines: &Lines<'_>, at: usize, line: &str) -> Option<Hit> {
    let bare = line.trim_start_matches(['✘', '✗', ' ']);
    bare.strip_prefix("[ERROR] ").filter(|_| line.len() != bare.len())?;
    let where_ = lines
        .next_said(at + 1, 3)
        .map(|n| lines.get(n).trim().trim_end_matches(':'))
        .filter(|l| place(l).is_some())
        .unwrap_or("");
    hit(join(&[bare, where_]), at + 1)
}
