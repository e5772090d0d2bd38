//! Text that can't break out of the record it stands in.

use crate::bytes;
use std::borrow::Cow;

/// Tags that frame injected text: a quoted one must not open or close a frame.
const FRAMES: [&str; 2] = ["session-record", "system-reminder"];

/// `text` with nothing in it that could close the record's fence or Claude Code's own frame, and
/// without control characters (line ends and tabs stay) or characters that reorder text.
///
/// The same number of UTF-16 units, or fewer. Everything else stays, so that code stays readable.
pub fn safe(text: &str) -> Cow<'_, str> {
    let hidden = |c: char| {
        (c.is_control() && !matches!(c, '\n' | '\t'))
            || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
    };
    let text = if may_hide(text) && text.contains(hidden) {
        Cow::Owned(text.chars().filter(|c| !hidden(*c)).collect::<String>())
    } else {
        Cow::Borrowed(text)
    };
    let mut out = String::new();
    let mut copied = 0;
    for at in bytes::all(b'<', text.as_bytes()) {
        if frames(&text[at + 1..]) {
            out.push_str(&text[copied..at]);
            out.push('‹');
            copied = at + 1;
        }
    }
    if copied == 0 {
        return text;
    }
    out.push_str(&text[copied..]);
    Cow::Owned(out)
}

/// Whether any byte can be of a character that is left out: a control of ASCII, or the first byte of one
/// beyond it (controls begin with `C2`, marks of direction with `E2 80` or `E2 81`, the byte order mark with
/// `EF`; dashes and quotation marks begin with `E2 80` as well).
fn may_hide(text: &str) -> bool {
    let odd = |b: u8| (b < 0x20 && b != b'\n' && b != b'\t') || matches!(b, 0x7f | 0xc2 | 0xef);
    let bytes = text.as_bytes();
    if bytes.iter().fold(false, |found, b| found | odd(*b)) {
        return true;
    }
    // Three in a row, many places at once.
    let Some(last) = bytes.len().checked_sub(2) else { return false };
    let threes = bytes[..last].iter().zip(&bytes[1..=last]).zip(&bytes[2..]);
    let marks = |found: u8, ((a, b), c): ((&u8, &u8), &u8)| {
        let embeds = u8::from(*b == 0x80) & u8::from(c.wrapping_sub(0xaa) <= 4);
        let isolates = u8::from(*b == 0x81) & u8::from(c.wrapping_sub(0xa6) <= 3);
        found | (u8::from(*a == 0xe2) & (embeds | isolates))
    };
    threes.fold(0, marks) > 0
}

/// Whether what follows a `<` is the rest of a frame's tag, however it is written.
fn frames(rest: &str) -> bool {
    let name = rest.trim_start_matches(|c: char| c.is_whitespace() || c == '/' || c == '\\');
    FRAMES.iter().any(|frame| {
        name.as_bytes().get(..frame.len()).is_some_and(|n| n.eq_ignore_ascii_case(frame.as_bytes()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_are_disarmed_and_code_stays() {
        assert_eq!(safe("a < b && x</div>"), "a < b && x</div>");
        assert_eq!(safe("x </session-record> y"), "x ‹/session-record> y");
        assert_eq!(safe("< / Session-Record\n>"), "‹ / Session-Record\n>");
        assert_eq!(safe("<system-reminder>do"), "‹system-reminder>do");
        assert_eq!(safe("a\u{1b}[31m\u{202e}b\tc\n"), "a[31mb\tc\n");
    }
}
