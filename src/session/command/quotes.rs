//! Quotes, substitutions and here-documents of a shell line.

use crate::bytes;

/// Substitutions nested deeper than this are read as plain text.
const MAX_DEPTH: u32 = 24;

/// What stands between `from` and `to`, without the closing quote if there is one.
pub(super) fn inside(text: &str, from: usize, to: usize, quote: u8) -> &str {
    let from = from.min(to);
    let body = &text[from..to];
    if text.as_bytes().get(to.wrapping_sub(1)) == Some(&quote) && to > from {
        &body[..body.len() - 1]
    } else {
        body
    }
}

/// The body of a here-document whose first line starts at `at`, and the index after its last line.
pub(super) fn heredoc_body<'a>(
    text: &'a str,
    at: usize,
    tag: &str,
    dash: bool,
) -> (&'a str, usize) {
    let mut line = at;
    while line < text.len() {
        let end = bytes::find(b'\n', &text.as_bytes()[line..]).map_or(text.len(), |n| line + n);
        let content = text[line..end].trim_end_matches('\r');
        let content = if dash { content.trim_start_matches('\t') } else { content };
        if content == tag {
            return (&text[at..line], (end + 1).min(text.len()));
        }
        line = end + 1;
    }
    (&text[at.min(text.len())..], text.len())
}

/// The text that `$(cat <<'EOF' … EOF)` stands for, when that is all there is.
pub(super) fn heredoc_text(value: &str) -> Option<&str> {
    let rest = value.trim_start().strip_prefix("$(cat")?.trim_start().strip_prefix("<<")?;
    let (dash, rest) = rest.strip_prefix('-').map_or((false, rest), |rest| (true, rest));
    let (head, _) = rest.split_once('\n')?;
    let tag = head.trim().trim_matches(['\'', '"', '\\']);
    let (body, _) = heredoc_body(rest, head.len() + 1, tag, dash);
    Some(body.strip_suffix('\n').unwrap_or(body))
}

pub(super) fn skip_single(bytes: &[u8], at: usize) -> usize {
    bytes::find(b'\'', &bytes[at.min(bytes.len())..]).map_or(bytes.len(), |n| at + n + 1)
}

pub(super) fn skip_ansi_c(bytes: &[u8], mut at: usize) -> usize {
    while at < bytes.len() {
        match bytes[at] {
            b'\\' => at += 2,
            b'\'' => return at + 1,
            _ => at += 1,
        }
    }
    bytes.len()
}

pub(super) fn skip_backticks(bytes: &[u8], mut at: usize) -> usize {
    while at < bytes.len() {
        match bytes[at] {
            b'\\' => at += 2,
            b'`' => return at + 1,
            _ => at += 1,
        }
    }
    bytes.len()
}

/// The index after the double quote that ends the string whose inside starts at `at`.
pub(super) fn skip_double(bytes: &[u8], mut at: usize, depth: u32) -> usize {
    while at < bytes.len() {
        match bytes[at] {
            b'\\' => at += 2,
            b'"' => return at + 1,
            b'`' => at = skip_backticks(bytes, at + 1),
            b'$' if bytes.get(at + 1) == Some(&b'(') && depth < MAX_DEPTH => {
                at = skip_parens(bytes, at + 2, depth + 1);
            }
            _ => at += 1,
        }
    }
    bytes.len()
}

/// The index after the parenthesis that closes the substitution whose inside starts at `at`.
pub(super) fn skip_parens(bytes: &[u8], mut at: usize, depth: u32) -> usize {
    let mut open = 1u32;
    let mut tags: Vec<(&[u8], bool)> = Vec::new();
    while at < bytes.len() {
        match bytes[at] {
            b'\\' => at += 2,
            b'\'' => at = skip_single(bytes, at + 1),
            b'"' if depth < MAX_DEPTH => at = skip_double(bytes, at + 1, depth + 1),
            b'`' => at = skip_backticks(bytes, at + 1),
            b'(' => {
                open += 1;
                at += 1;
            }
            b')' => {
                open -= 1;
                at += 1;
                if open == 0 {
                    return at;
                }
            }
            b'<' if bytes.get(at + 1) == Some(&b'<') && bytes.get(at + 2) != Some(&b'<') => {
                at += 2;
                let dash = bytes.get(at) == Some(&b'-');
                at += usize::from(dash);
                while bytes.get(at).is_some_and(|b| matches!(b, b' ' | b'\'' | b'"' | b'\\')) {
                    at += 1;
                }
                let start = at;
                while bytes.get(at).is_some_and(|b| b.is_ascii_alphanumeric() || *b == b'_') {
                    at += 1;
                }
                tags.push((&bytes[start..at], dash));
                at += usize::from(bytes.get(at).is_some_and(|b| matches!(b, b'\'' | b'"')));
            }
            b'<' if bytes.get(at + 1) == Some(&b'<') => at += 3,
            b'\n' => {
                at += 1;
                for (tag, dash) in tags.drain(..) {
                    at = skip_heredoc(bytes, at, tag, dash);
                }
            }
            _ => at += 1,
        }
    }
    bytes.len()
}

pub(super) fn skip_heredoc(bytes: &[u8], mut at: usize, tag: &[u8], dash: bool) -> usize {
    while at < bytes.len() {
        let end = bytes::find(b'\n', &bytes[at..]).map_or(bytes.len(), |n| at + n);
        let line = bytes[at..end].strip_suffix(b"\r").unwrap_or(&bytes[at..end]);
        let line = if dash { line.trim_ascii_start() } else { line };
        if line == tag {
            return (end + 1).min(bytes.len());
        }
        at = end + 1;
    }
    bytes.len()
}

/// Appends the inside of a double-quoted string without its escapes. Substitutions stay as written.
pub(super) fn unescape_double(raw: &str, value: &mut String) {
    let mut rest = raw;
    while let Some(at) = bytes::find_either(b'\\', b'$', rest.as_bytes()) {
        value.push_str(&rest[..at]);
        let tail = &rest[at..];
        if tail.starts_with("$(") {
            let end = skip_parens(tail.as_bytes(), 2, 0).min(tail.len());
            value.push_str(&tail[..end]);
            rest = &tail[end..];
            continue;
        }
        let mut chars = tail.chars();
        let first = chars.next().unwrap_or_default();
        match (first, chars.next()) {
            ('\\', Some(c @ ('"' | '\\' | '$' | '`'))) => {
                value.push(c);
                rest = &tail[2..];
            }
            ('\\', Some('\n')) => rest = &tail[2..],
            _ => {
                value.push(first);
                rest = &tail[1..];
            }
        }
    }
    value.push_str(rest);
}
