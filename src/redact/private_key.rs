//! Private keys in PEM form (RFC 7468), whole or cut off.

use std::ops::Range;

use crate::bytes;

use super::Secret;

/// The key whose `-----BEGIN` has its word at `word`.
///
/// Its lines may carry what surrounds them in a listing, a diff or a string literal: line numbers, `+`,
/// `>`, quotes, `\n` in two characters. A key without an end goes on as far as its lines do.
pub(super) fn find(text: &[u8], word: usize) -> Option<Secret> {
    let start = word.checked_sub(5).filter(|&start| text[start..word] == *b"-----")?;
    let label = &text[word + b"BEGIN ".len()..];
    let dashes = bytes::find_part(b"-----", &label[..label.len().min(48)])?;
    let named = &label[..dashes];
    if bytes::find_part(b"PRIVATE KEY", named).is_none() || named.contains(&b'\n') {
        return None;
    }
    let mut at = word + b"BEGIN ".len() + dashes + 5;
    let stop = bytes::find_part(b"-----", &text[at..]).map_or(text.len(), |found| at + found);
    let mut end = at;
    let mut body = 0;
    let mut blank = 0;
    while at < stop {
        let (line, next) = line(&text[..stop], at);
        let inside = bare(text, at, line);
        let inner = &text[inside.clone()];
        if is_base64(inner) {
            body += inner.len();
            blank = 0;
        } else if inner.is_empty() && blank < 3 {
            blank += 1;
        } else if body > 0 || !is_header(inner) {
            break;
        }
        if !inner.is_empty() {
            end = inside.end;
        }
        at = next;
    }
    if at == stop && text[stop..].starts_with(b"-----END") {
        let label = &text[stop + 8..text.len().min(stop + 56)];
        end = bytes::find_part(b"-----", label).map_or(stop, |close| stop + 8 + close + 5);
    }
    (body >= 16).then_some(Secret { start, end, kind: "private-key" })
}

/// Where the line that begins at `at` ends and the next begins; a `\n` spelled out counts.
fn line(text: &[u8], at: usize) -> (usize, usize) {
    let mut from = at;
    while let Some(found) = bytes::find_either(b'\n', b'\\', &text[from..]) {
        let found = from + found;
        if text[found] == b'\n' {
            return (found, found + 1);
        }
        let slashes = super::run(&text[found..], |byte| byte == b'\\');
        if matches!(text.get(found + slashes), Some(b'n' | b'r')) {
            return (found, found + slashes + 1);
        }
        from = found + slashes;
    }
    (text.len(), text.len())
}

/// A line, from `start` to `end`, without what its surroundings put around it.
fn bare(text: &[u8], start: usize, end: usize) -> Range<usize> {
    let around = |byte: &u8| b" \t\r\"'`+,;|>-#*\\()".contains(byte) || !byte.is_ascii();
    let skip = |from: usize| from + text[from..end].iter().take_while(|byte| around(byte)).count();
    let mut from = skip(start);
    // A line number, as listings have it: digits, then white space, an arrow or a bar.
    let digits = super::run(&text[from..end], |byte| byte.is_ascii_digit());
    if (1..7).contains(&digits) && text[from + digits..end].first().is_none_or(around) {
        from = skip(from + digits);
    }
    let tail = text[from..end].iter().rev().take_while(|byte| around(byte)).count();
    from..end - tail
}

/// Base 64 in one piece, or in long ones where line ends became spaces.
fn is_base64(line: &[u8]) -> bool {
    let fits = |byte: &u8| byte.is_ascii_alphanumeric() || b"+/=".contains(byte);
    let mut pieces = line.split(|&byte| byte == b' ').peekable();
    let long = pieces.peek().is_some_and(|first| first.len() >= 40 || first.len() == line.len());
    !line.is_empty() && long && pieces.all(|piece| piece.iter().all(fits))
}

/// `Proc-Type: 4,ENCRYPTED`
fn is_header(line: &[u8]) -> bool {
    let name = super::run(line, |byte| byte.is_ascii_alphanumeric() || byte == b'-');
    name > 0 && line.len() < 200 && line[name..].starts_with(b": ")
}
