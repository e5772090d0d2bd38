//! Measuring, cutting and cleaning text.
//!
//! Lengths are in UTF-16 units because that is how Claude Code bounds what a hook may inject.

use crate::bytes;
use std::borrow::Cow;

/// What ends a text that was cut.
pub const ELLIPSIS: char = '…';

/// The length of `text` in UTF-16 units.
pub fn units(text: &str) -> usize {
    // Most short texts are names and paths.
    if text.len() < 32 && text.is_ascii() {
        return text.len();
    }
    // A continuation byte counts nothing; a four-byte lead is a surrogate pair. Sums of a byte's size are
    // taken many at once: of 240 bytes they are at most 241.
    let sum = |chunk: &[u8]| {
        chunk.iter().fold(0, |sum, b| sum + u8::from((b & 0xC0) != 0x80) + u8::from(*b >= 0xF0))
    };
    text.as_bytes().chunks(240).map(|chunk| usize::from(sum(chunk))).sum()
}

/// The byte index after the longest prefix of `text` that has at most `max` UTF-16 units and does
/// not part a base character from its combining marks, joiners or variation selectors.
pub(super) fn fit(text: &str, max: usize) -> usize {
    // Of plain text each byte is a unit, and none belongs to the one before it.
    let head = text.as_bytes().get(..=max).unwrap_or(text.as_bytes());
    if head.is_ascii() {
        return max.min(text.len());
    }
    let mut used = 0;
    let mut safe = 0;
    let mut joined = false;
    for (at, c) in text.char_indices() {
        if !joined && !extends(c) {
            safe = at;
        }
        used += c.len_utf16();
        if used > max {
            return safe;
        }
        joined = c == '\u{200D}';
    }
    text.len()
}

/// Whether `c` belongs to the character before it.
fn extends(c: char) -> bool {
    matches!(c,
        '\u{0300}'..='\u{036F}' | '\u{200D}' | '\u{20D0}'..='\u{20FF}' | '\u{3099}' | '\u{309A}'
        | '\u{FE00}'..='\u{FE0F}' | '\u{1F3FB}'..='\u{1F3FF}' | '\u{E0020}'..='\u{E007F}')
}

/// `text` in at most `max` UTF-16 units: whole when it fits, else up to the last clause or word
/// that does, with an [`ELLIPSIS`].
///
/// Never parts a character, and never leaves a code span (`` ` ``) or a code fence open that the
/// text closes.
pub fn cut(text: &str, max: usize) -> String {
    if text.len() <= max || units(text) <= max {
        return text.to_owned();
    }
    let Some(room) = max.checked_sub(1).filter(|room| *room > 0) else {
        return if max == 0 { String::new() } else { ELLIPSIS.to_string() };
    };
    let hard = fit(text, room);
    let mut end = break_before(text, hard);
    if let Some(fence) = open_fence(&text[..end]) {
        // Inside a code block: whole lines of it, and its end.
        let room = max.saturating_sub(units(&fence) + 3);
        let end = fit(text, room).min(end);
        let head = text[..text[..end].rfind('\n').unwrap_or(0)].trim_end();
        if !head.is_empty() {
            return match open_fence(head) {
                Some(fence) => format!("{head}\n{ELLIPSIS}\n{fence}"),
                None => format!("{head}{ELLIPSIS}"),
            };
        }
    }
    if odd_ticks(&text[..end]) {
        // Inside a code span: leave the span out, or close it when it is most of the text.
        match text[..end].rfind('`') {
            Some(tick) if tick > end / 2 => end = tick,
            Some(_) => {
                let end = fit(text, room.saturating_sub(1)).min(end);
                let head = text[..end].trim_end();
                let close = if odd_ticks(head) { "`" } else { "" };
                return format!("{head}{ELLIPSIS}{close}");
            }
            None => {}
        }
    }
    let head = text[..end].trim_end_matches(|c: char| c.is_whitespace() || matches!(c, ',' | ';'));
    format!("{head}{ELLIPSIS}")
}

/// The lines of a text, as [`str::lines`] has them: the search for their ends takes many bytes at once.
pub fn lines(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = Some(text).filter(|text| !text.is_empty());
    std::iter::from_fn(move || {
        let text = rest?;
        let (line, behind) = match bytes::find(b'\n', text.as_bytes()) {
            Some(end) => {
                let line = &text[..end];
                (line.strip_suffix('\r').unwrap_or(line), &text[end + 1..])
            }
            None => (text, ""),
        };
        rest = Some(behind).filter(|behind| !behind.is_empty());
        Some(line)
    })
}

/// Whether a code span is open at the end. Runs of three and more are fences.
fn odd_ticks(text: &str) -> bool {
    let runs = text.split(|c| c != '`').map(str::len);
    runs.filter(|ticks| matches!(ticks, 1 | 2)).sum::<usize>() % 2 == 1
}

/// What closes the code fence that a text leaves open; `None` when none is.
pub fn open_fence(text: &str) -> Option<String> {
    // Three in a row, many places at once.
    let bytes = text.as_bytes();
    let last = bytes.len().checked_sub(2)?;
    let threes = bytes[..last].iter().zip(&bytes[1..=last]).zip(&bytes[2..]);
    let fences = |found: u8, ((a, b), c): ((&u8, &u8), &u8)| {
        let same = u8::from(a == b) & u8::from(b == c);
        found | (same & (u8::from(*a == b'`') | u8::from(*a == b'~')))
    };
    if threes.fold(0, fences) == 0 {
        return None;
    }
    let (mut open, mut next): (Option<&str>, usize) = (None, 0);
    for at in bytes::all_either(b'`', b'~', bytes) {
        let long = bytes[at..].iter().take_while(|b| **b == bytes[at]).count();
        if at < next || long < 3 {
            continue;
        }
        // Nothing but a list's mark may stand before it on its line.
        let start = bytes::find_last(b'\n', &bytes[..at]).map_or(0, |end| end + 1);
        let lead = text[start..at].trim_start();
        if !lead.strip_prefix("- ").unwrap_or(lead).trim_start().is_empty() {
            next = at + long;
            continue;
        }
        let end = bytes::find(b'\n', &bytes[at..]).map_or(bytes.len(), |end| at + end);
        let rest = &text[at + long..end];
        next = end;
        match open {
            // What follows the opening marks names the language; a span has more marks behind it.
            None if bytes[at] == b'~' || !rest.contains('`') => open = Some(&text[at..at + long]),
            Some(fence)
                if fence.as_bytes()[0] == bytes[at]
                    && long >= fence.len()
                    && rest.trim().is_empty() =>
            {
                open = None;
            }
            _ => {}
        }
    }
    open.map(str::to_owned)
}

/// The best place at or before `hard` to break `text`: a clause end in the last third, else a word
/// end in the last half, else `hard` itself.
fn break_before(text: &str, hard: usize) -> usize {
    let head = &text[..hard];
    let next_is_space = text[hard..].chars().next().is_none_or(char::is_whitespace);
    let mut word = if next_is_space { Some(hard) } else { None };
    let mut after: Option<char> = text[hard..].chars().next();
    for (at, c) in head.char_indices().rev() {
        let end = at + c.len_utf8();
        if end < hard / 2 {
            break;
        }
        let spaced = after.is_none_or(char::is_whitespace);
        let clause = matches!(c, '。' | '！' | '？' | '、' | '，' | '；')
            || (spaced && matches!(c, '.' | '!' | '?' | ';' | ','));
        if clause && end >= hard - hard / 3 {
            return end;
        }
        if word.is_none() && c.is_whitespace() {
            word = Some(at);
        }
        after = Some(c);
    }
    word.filter(|w| *w > 0).unwrap_or(hard)
}

/// `text` on one line: every run of white space and control characters becomes one space.
pub fn one_line(text: &str) -> String {
    if is_one_line(text) {
        return text.to_owned();
    }
    let mut out = String::with_capacity(text.len().min(1024));
    for c in text.chars() {
        if c.is_whitespace() || c.is_control() {
            if !out.is_empty() && !out.ends_with(' ') {
                out.push(' ');
            }
        } else {
            out.push(c);
        }
    }
    out.truncate(out.trim_end().len());
    out
}

/// Whether a text is plain ASCII on one line already, with single spaces between words: most are, and
/// that is told many bytes at once.
fn is_one_line(text: &str) -> bool {
    let bytes = text.as_bytes();
    let odd = |odd, b: &u8| odd | !(0x20..0x7f).contains(b);
    let spaced = |(a, b): (&u8, &u8)| u8::from(*a == b' ') & u8::from(*b == b' ');
    let pairs = bytes.iter().zip(bytes.get(1..).unwrap_or_default());
    !bytes.iter().fold(false, odd)
        && pairs.fold(0, |found, pair| found | spaced(pair)) == 0
        && !text.starts_with(' ')
        && !text.ends_with(' ')
}

/// `text` on one line in at most `max` UTF-16 units.
pub fn line(text: &str, max: usize) -> String {
    // One character more than fits is enough to know that it does not; white space may collapse.
    let most = max.saturating_mul(4).saturating_add(4);
    let long = text.len() > most;
    let bound = long.then(|| text.char_indices().nth(most)).flatten().map(|(at, _)| at);
    if let Some(at) = bound {
        let mut head = one_line(&text[..at]);
        head.push_str(" …");
        return cut(&head, max);
    }
    let whole = one_line(text);
    if whole.len() <= max { whole } else { cut(&whole, max) }
}

/// A number with its thousands apart: `190,000`.
pub fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// `text` without terminal escape sequences (colours, cursor moves, titles, hyperlinks), and with
/// what a carriage return overwrote left out.
pub fn strip_ansi(text: &str) -> Cow<'_, str> {
    if bytes::find_either(0x1b, b'\r', text.as_bytes()).is_none() {
        return Cow::Borrowed(text);
    }
    let bytes = text.as_bytes();
    let mut out = String::with_capacity(text.len());
    let mut line_start = 0;
    let mut at = 0;
    while at < bytes.len() {
        let Some(hit) = bytes::find_any([0x1b, b'\r', b'\n'], &bytes[at..]) else {
            out.push_str(&text[at..]);
            break;
        };
        out.push_str(&text[at..at + hit]);
        at += hit;
        match bytes[at] {
            b'\n' => {
                out.push('\n');
                line_start = out.len();
                at += 1;
            }
            b'\r' => {
                at += 1;
                // At a line's end it is only that; elsewhere a progress line starts over.
                if bytes.get(at).is_some_and(|b| *b != b'\n' && *b != b'\r') {
                    out.truncate(line_start);
                }
            }
            _ => at = escape_end(bytes, at),
        }
    }
    Cow::Owned(out)
}

/// The index after the escape sequence that starts at `at`.
fn escape_end(bytes: &[u8], at: usize) -> usize {
    let mut i = at + 1;
    match bytes.get(i) {
        Some(b'[') => {
            i += 1;
            while bytes.get(i).is_some_and(|b| (0x20..=0x3f).contains(b)) {
                i += 1;
            }
            i + usize::from(bytes.get(i).is_some_and(|b| (0x40..=0x7e).contains(b)))
        }
        Some(b']' | b'P' | b'^' | b'_' | b'X') => {
            // A string sequence ends with BEL or ESC \; unended ones end with their line.
            i += 1;
            while let Some(b) = bytes.get(i) {
                match b {
                    0x07 => return i + 1,
                    0x1b if bytes.get(i + 1) == Some(&b'\\') => return i + 2,
                    0x1b | b'\n' => return i,
                    _ => i += 1,
                }
            }
            i
        }
        Some(b'(' | b')' | b'#' | b'%') => {
            i + 1 + usize::from(bytes.get(i + 1).is_some_and(u8::is_ascii))
        }
        Some(b) if b.is_ascii() && *b >= 0x20 => i + 1,
        _ => i,
    }
}

/// A number written with digits at the start of `text`, and what follows it. Thousands separators
/// (`1,234`) are read; numbers beyond `u32` are not.
pub(super) fn number(text: &str) -> Option<(u32, &str)> {
    let bytes = text.as_bytes();
    let mut end = 0;
    let mut value: u32 = 0;
    loop {
        match bytes.get(end) {
            Some(b) if b.is_ascii_digit() => {
                value = value.checked_mul(10)?.checked_add(u32::from(b - b'0'))?;
                end += 1;
            }
            Some(b',')
                if end > 0
                    && bytes.len() >= end + 4
                    && bytes[end + 1..end + 4].iter().all(u8::is_ascii_digit)
                    && !bytes.get(end + 4).is_some_and(u8::is_ascii_digit) =>
            {
                end += 1;
            }
            _ => break,
        }
    }
    (end > 0).then(|| (value, &text[end..]))
}

/// `text` after `prefix`, compared without regard to ASCII case.
pub(super) fn after_ignoring_case<'a>(text: &'a str, prefix: &str) -> Option<&'a str> {
    let head = text.as_bytes().get(..prefix.len())?;
    if head.eq_ignore_ascii_case(prefix.as_bytes()) { text.get(prefix.len()..) } else { None }
}

/// File suffixes by which a bare name in prose is known as a file.
#[rustfmt::skip]
const SUFFIXES: [&str; 74] = [
    "astro", "bash", "bat", "c", "cc", "cfg", "clj", "conf", "cpp", "cs", "css", "csv", "cts",
    "cxx", "dart", "eex", "elm", "env", "erl", "ex", "exs", "fs", "go", "gradle", "graphql", "h",
    "hcl", "heex", "hpp", "hrl", "hs", "html", "ini", "ipynb", "java", "jl", "js", "json",
    "jsonl", "jsx", "kt", "kts", "leex", "less", "lock", "lua", "md", "mdx", "mjs", "ml", "mts",
    "nix", "php", "pl", "proto", "ps1", "py", "pyi", "rb", "rs", "sass", "scala", "scss", "sh",
    "sql", "svelte", "swift", "tf", "toml", "ts", "tsx", "vue", "yaml", "yml",
];

/// The suffix of the last part of `path`, lower case, without the dot; empty when there is none.
pub(super) fn suffix(path: &str) -> String {
    let name = path.rsplit(['/', '\\']).next().unwrap_or(path);
    match name.rfind('.') {
        Some(dot) if dot > 0 => name[dot + 1..].to_ascii_lowercase(),
        _ => String::new(),
    }
}

/// The web addresses in a text, each once, without the punctuation behind them; at most 16.
pub fn urls(text: &str) -> Vec<&str> {
    let mut out: Vec<&str> = Vec::new();
    for (at, _) in text.match_indices("http") {
        let rest = &text[at..];
        let start = ["https://", "http://"].into_iter().find(|s| rest.starts_with(s));
        let Some(start) = start else { continue };
        let stops = |c: char| {
            c.is_whitespace()
                || c.is_control()
                || matches!(c, '`' | '"' | '<' | '>' | '|' | ')' | ']')
                || ('\u{3000}'..='\u{303f}').contains(&c)
                || ('\u{ff00}'..='\u{ff60}').contains(&c)
        };
        let end = rest.find(stops).unwrap_or(rest.len());
        let url = rest[..end].trim_end_matches(['.', ',', ';', ':', '!', '?', '\'', '*']);
        if url.len() > start.len() && url.len() < 200 && !out.contains(&url) && out.len() < 16 {
            out.push(url);
        }
    }
    out
}

/// The paths that a text names: code spans and bare words that look like files or folders, in
/// order, each once, at most 200. Web addresses are none.
pub fn paths(text: &str) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    let separators = |c: char| {
        c.is_whitespace() || matches!(c, '`' | '"' | '\'' | '(' | ')' | '<' | '>' | '|' | '[' | ']')
    };
    for word in text.split(separators) {
        let word = word.trim_end_matches(['.', ',', ':', ';', '!', '?']).trim_start_matches(['*']);
        let word = word.split_once(':').map_or(word, |(path, place)| {
            if place.starts_with(|c: char| c.is_ascii_digit()) { path } else { word }
        });
        if out.len() >= 200 {
            break;
        }
        if is_path(word) && !out.iter().any(|seen| seen == word) {
            out.push(word.to_owned());
        }
    }
    out
}

/// Whether a word looks like the path of a file or folder.
pub(super) fn is_path(word: &str) -> bool {
    if word.len() < 3
        || word.len() > 300
        || bytes::find_either(b'/', b'.', word.as_bytes()).is_none()
        || word.contains("://")
    {
        return false;
    }
    let plain = word.chars().all(|c| {
        c.is_alphanumeric() || matches!(c, '/' | '.' | '_' | '-' | '~' | '@' | '+' | '*' | '#')
    });
    if !plain || !word.contains(|c: char| c.is_alphabetic()) {
        return false;
    }
    let known = SUFFIXES.binary_search(&suffix(word).as_str()).is_ok();
    if known {
        return true;
    }
    // `and/or`, `1/2` and `render/2` are no paths: a folder has two slashes, a leading dot or slash.
    let slashes = word.bytes().filter(|b| *b == b'/').count();
    slashes >= 1
        && (word.starts_with(['.', '~']) || slashes >= 2 || word.ends_with('/'))
        && !word.ends_with(|c: char| c.is_ascii_digit())
}

#[cfg(test)]
#[path = "text/tests.rs"]
mod tests;
