//! Takes secrets out of text before any of it is written.
//!
//! One pass over the words of a text. A word is looked at closer when it begins like a token of a known
//! kind, when it ends like the name of a secret (`DB_PASSWORD`, `clientSecret`) and something is assigned
//! to it, or when it starts a URL, a private key or a command line option that carries a password. What a
//! name is given must look like a secret: placeholders, variables, types and calls stay, since the text is
//! to be of use to whoever reads it next.

mod assignment;
mod command;
mod given;
mod key;
mod own;
mod private_key;
mod token;
mod url;
mod value;
mod words;

#[cfg(test)]
mod tests;

use std::borrow::Cow;

pub use own::{also, check, settings};
use words::Words;

/// A secret found in a text.
#[derive(Debug, PartialEq, Eq)]
struct Secret {
    start: usize,
    end: usize,
    kind: &'static str,
}

/// How the marks begin that stand where a secret was.
const MARK: &[u8] = b"[redacted:";

/// `text` with every secret in it replaced by `[redacted:<kind>]`.
///
/// Takes time in proportion to the length of the text, and leaves a text that it redacted before as it
/// is. A private key or token that the end of the text cuts off is removed as far as it goes.
pub fn redact(text: &str) -> Cow<'_, str> {
    own::clear(known(text))
}

/// `text` without the secrets of known kinds.
fn known(text: &str) -> Cow<'_, str> {
    let Some(mut clean) = pass(text) else { return Cow::Borrowed(text) };
    // A mark is another neighbour than the secret was: what stands beside it is looked at again. Every
    // pass leaves less to find; more than a second one finds nothing in texts that anybody wrote.
    for _ in 0..8 {
        match pass(&clean) {
            Some(cleaner) => clean = cleaner,
            None => break,
        }
    }
    Cow::Owned(clean)
}

/// The text without the secrets that one pass finds; `None` when there are none.
fn pass(text: &str) -> Option<String> {
    let bytes = text.as_bytes();
    let mut clean = String::new();
    let mut copied = 0;
    let mut at = 0;
    let mut words = Words::of(bytes);
    while let Some((start, end)) = words.next(at) {
        if is_plain(bytes, start, end) {
            at = end;
            continue;
        }
        match look(bytes, start, end) {
            Look::Nothing => at = end,
            Look::Skip(end) => at = end,
            Look::Found(secret) => {
                clean.push_str(&text[copied..secret.start]);
                clean.push_str("[redacted:");
                clean.push_str(secret.kind);
                clean.push(']');
                copied = secret.end;
                at = secret.end;
            }
        }
    }
    if copied == 0 {
        return None;
    }
    clean.push_str(&text[copied..]);
    Some(clean)
}

enum Look {
    Nothing,
    /// Nothing to be looked at up to here.
    Skip(usize),
    Found(Secret),
}

impl From<Option<Secret>> for Look {
    fn from(secret: Option<Secret>) -> Self {
        secret.map_or(Self::Nothing, Self::Found)
    }
}

/// The bytes that words are made of: letters, digits and `_`.
const WORD: [bool; 256] = {
    let mut table = [false; 256];
    let mut byte = 0;
    while byte < 256 {
        table[byte] = (byte as u8).is_ascii_alphanumeric() || byte as u8 == b'_';
        byte += 1;
    }
    table
};

fn is_word(byte: u8) -> bool {
    WORD[usize::from(byte)]
}

/// The bytes that make a word worth a look when they stand before or behind it.
const AROUND: [u8; 256] = {
    let mut table = [0; 256];
    let (before, behind) = (b"\\%[;-", b"-./:");
    let mut at = 0;
    while at < before.len() {
        table[before[at] as usize] |= BEFORE;
        at += 1;
    }
    at = 0;
    while at < behind.len() {
        table[behind[at] as usize] |= BEHIND;
        at += 1;
    }
    table
};
const BEFORE: u8 = 1;
const BEHIND: u8 = 2;

/// Whether a word is an ordinary one, in which [`look`] finds nothing. Most are, and are known by their
/// surroundings, their length and their last two letters.
#[inline]
fn is_plain(text: &[u8], start: usize, end: usize) -> bool {
    let (Some(&behind), Some(&before)) = (text.get(end), text.get(start.wrapping_sub(1))) else {
        return false;
    };
    if AROUND[usize::from(behind)] & BEHIND != 0 || end - start >= 16 {
        return false;
    }
    let ordinary = |end: usize| {
        AROUND[usize::from(before)] & BEFORE == 0
            && key::is_other(text[start.max(end.saturating_sub(2))], text[end - 1])
    };
    if text[end - 1].is_ascii_lowercase() {
        return ordinary(end);
    }
    let number = |byte: &&u8| matches!(byte, b'0'..=b'9' | b'_');
    let digits = text[start..end].iter().rev().take_while(number).count();
    digits == end - start || digits > 0 && ordinary(end - digits)
}

/// How many bytes from the start fit.
fn run(text: &[u8], fits: impl Fn(u8) -> bool) -> usize {
    text.iter().position(|&byte| !fits(byte)).unwrap_or(text.len())
}

/// Looks at the word from `start` to `end`. What is cheap to rule out is ruled out here: ordinary text
/// passes with a few comparisons a word.
fn look(text: &[u8], start: usize, end: usize) -> Look {
    let next = text.get(end).copied().unwrap_or(0);
    let before = if start == 0 { 0 } else { text[start - 1] };
    if before == b'['
        && let Some(length) = mark(text, start - 1)
    {
        return Look::Skip(start - 1 + length);
    }
    let start = start + prefix(text, start, end, before);
    if (end - start >= 16 || end == text.len() || matches!(next, b'-' | b'.' | b'/' | b':'))
        && let Some(secret) = token::find(text, start, end)
    {
        return Look::Found(secret);
    }
    if next == b':' && matches!(text.get(end + 1), Some(b'/' | b'\\')) {
        return url::find(text, start, end).into();
    }
    if before == b'-' {
        if next == b'\x20' && text[start..end] == *b"BEGIN" {
            return private_key::find(text, start).into();
        }
        if let Some(secret) = command::find(text, start, end) {
            return Look::Found(secret);
        }
    }
    if key::may_be(&text[start..end]) {
        return assignment::find(text, start, end).into();
    }
    Look::Nothing
}

/// The length of the mark that begins at `at`.
fn mark(text: &[u8], at: usize) -> Option<usize> {
    let kind = text[at..].strip_prefix(MARK)?;
    let length = run(kind, |byte| byte.is_ascii_lowercase() || byte == b'-');
    (kind.get(length) == Some(&b']')).then_some(MARK.len() + length + 1)
}

/// What an escape puts before a word, though it is none of it: the letter of `\n`, the digits of `%3D`,
/// the end of a colour sequence such as `ESC[31m`.
fn prefix(text: &[u8], start: usize, end: usize, before: u8) -> usize {
    let word = &text[start..end];
    match before {
        b'\\' if matches!(word[0], b'n' | b'r' | b't') => 1,
        b'%' if word.len() > 2 && word[..2].iter().all(u8::is_ascii_hexdigit) => 2,
        b'[' | b';' if word[0].is_ascii_digit() => {
            let digits = run(word, |byte| byte.is_ascii_digit());
            if word.get(digits) == Some(&b'm') && digits + 1 < word.len() { digits + 1 } else { 0 }
        }
        _ => 0,
    }
    .min(word.len() - 1)
}
