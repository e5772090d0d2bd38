//! Text that can't break out of the record it stands in.

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
    let text = if text.contains(hidden) {
        Cow::Owned(text.chars().filter(|c| !hidden(*c)).collect::<String>())
    } else {
        Cow::Borrowed(text)
    };
    if !text.contains('<') {
        return text;
    }
    let mut out = String::with_capacity(text.len() + 8);
    let mut changed = false;
    for (at, c) in text.char_indices() {
        if c == '<' && frames(&text[at + 1..]) {
            out.push('‹');
            changed = true;
        } else {
            out.push(c);
        }
    }
    if changed { Cow::Owned(out) } else { text }
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
