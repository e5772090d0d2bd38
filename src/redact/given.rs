//! Where a value begins and ends.

use super::run;

/// How much of a value is looked at.
pub(super) const SAMPLE: usize = 256;

/// A value and where it lies.
pub(super) struct Given {
    pub(super) start: usize,
    /// The end as far as it was looked for.
    pub(super) end: usize,
    pub(super) quoted: bool,
    /// The value may go on beyond `end`.
    pub(super) more: bool,
}

impl Given {
    /// The value that begins at `at`, after space.
    pub(super) fn at(text: &[u8], at: usize) -> Self {
        let mut at = at + run(&text[at..], |byte| matches!(byte, b' ' | b'\t'));
        if text[at..].starts_with(b"** ") {
            at += 3;
        }
        // The letters before a string in several languages, and Rust's `r#`.
        let letters =
            run(&text[at..text.len().min(at + 3)], |byte| b"bfrunNFRBULc@$#&".contains(&byte));
        let slashes = run(&text[at + letters..], |byte| byte == b'\\');
        let mark = at + letters + slashes;
        match text.get(mark) {
            Some(&quote @ (b'"' | b'\'' | b'`')) => {
                let three = text[mark..].starts_with(&[quote; 3]);
                Self::quoted(text, mark + if three { 3 } else { 1 }, quote, slashes)
            }
            _ => Self::bare(text, at),
        }
    }

    fn quoted(text: &[u8], start: usize, quote: u8, slashes: usize) -> Self {
        let mut at = start;
        while at < text.len() && text[at] != b'\n' {
            match text[at] {
                byte if byte == quote => break,
                b'\\' if slashes > 0 => {
                    // Strings within strings end with their quote's backslashes.
                    let next = at + run(&text[at..], |byte| byte == b'\\');
                    if text.get(next) == Some(&quote) {
                        break;
                    }
                    at = next;
                }
                b'\\' => at += 2,
                _ => at += 1,
            }
        }
        Self { start, end: at.min(text.len()), quoted: true, more: false }
    }

    fn bare(text: &[u8], start: usize) -> Self {
        let limit = text.len().min(start + SAMPLE);
        let end = (start..limit).find(|&at| ends_bare(text, at)).unwrap_or(limit);
        let more = end == limit && limit < text.len();
        // A sentence's mark is not the value's.
        let tail = if more { 0 } else { usize::from(text[start..end].ends_with(b".")) };
        Self { start, end: end - tail, quoted: false, more }
    }

    pub(super) fn sample<'a>(&self, text: &'a [u8]) -> &'a [u8] {
        &text[self.start..self.end.min(self.start + SAMPLE)]
    }

    /// Whether an assignment follows: what is given to the name is yet to come.
    pub(super) fn is_type(&self, text: &[u8]) -> bool {
        let rest = &text[self.end..];
        let rest = &rest[run(rest, |byte| byte == b' ')..];
        rest.starts_with(b"=") && !rest.starts_with(b"==")
    }

    /// Whether the line ends with the value, or with a comment behind it.
    pub(super) fn ends_line(&self, text: &[u8]) -> bool {
        let rest = &text[self.end..];
        let space = run(rest, |byte| byte == b' ');
        matches!(rest.get(space), None | Some(b'\n' | b'\r' | b'\\' | b'"' | b'\''))
            || space > 0 && rest[space] == b'#'
    }

    pub(super) fn next(&self, text: &[u8]) -> u8 {
        text.get(self.end).copied().unwrap_or(b'\n')
    }

    /// The end, wherever that is.
    pub(super) fn whole(&self, text: &[u8]) -> usize {
        if !self.more {
            return self.end;
        }
        self.end
            + run(&text[self.end..], |byte| !byte.is_ascii_whitespace() && !b"\"'`".contains(&byte))
    }
}

/// Whether a value without quotes ends before `at`.
fn ends_bare(text: &[u8], at: usize) -> bool {
    let rest = &text[at + 1..text.len().min(at + 34)];
    let next = rest.first().copied().unwrap_or(b'\n');
    let blank = |byte: u8| byte.is_ascii_whitespace() || b"\"'`".contains(&byte);
    // `;Name=`, `&name=`: the next of a list.
    let assigns = || {
        let name = run(rest, |byte| super::is_word(byte) || matches!(byte, b' ' | b'-' | b'.'));
        name > 0 && rest.get(name) == Some(&b'=')
    };
    match text[at] {
        b'"' | b'\'' | b'`' | b'<' | b'>' => true,
        b'\\' => matches!(next, b'n' | b'r' | b't' | b'\\' | b'\n') || blank(next),
        b',' | b';' => blank(next) || assigns(),
        b'&' => blank(next) || next == b'&' || assigns(),
        b'%' => rest.starts_with(b"26"),
        b')' | b']' | b'}' => {
            let closing = run(rest, |byte| b")]};,.:".contains(&byte));
            rest.get(closing).is_none_or(|&byte| blank(byte))
        }
        byte => byte.is_ascii_whitespace(),
    }
}
