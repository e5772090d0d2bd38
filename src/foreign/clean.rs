//! Foreign text made harmless.

use crate::redact::redact;
use crate::resume::safe;
use crate::session::text::strip_ansi;
use serde_json::Value;

/// A text without secrets, without control characters (line ends and tabs stay), without characters
/// that reorder or hide text, and with nothing that imitates the frame of injected text.
pub(super) fn text(text: &str) -> String {
    let text = text.replace("\r\n", "\n");
    let plain = strip_ansi(&text);
    let seen: String = plain.chars().filter(|c| !is_hidden(*c)).collect();
    safe(&redact(&seen)).into_owned()
}

/// Characters that take no room and are read all the same: tags of Unicode, zero-width ones. Joiners
/// stay, which scripts and emoji need.
fn is_hidden(c: char) -> bool {
    matches!(
        c,
        '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}' | '\u{2029}'
            | '\u{2060}'..='\u{2064}' | '\u{206a}'..='\u{206f}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}'
    )
}

/// A value with every text in it, keys included, made harmless.
pub fn clean(value: Value) -> Value {
    match value {
        Value::String(string) => Value::String(text(&string)),
        Value::Array(list) => Value::Array(list.into_iter().map(clean).collect()),
        Value::Object(map) => {
            Value::Object(map.into_iter().map(|(key, value)| (text(&key), clean(value))).collect())
        }
        value => value,
    }
}

/// A short foreign text as one line, for a message.
pub fn shown(text: &str, units: usize) -> String {
    crate::session::text::line(&self::text(text), units)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_hidden_stays() {
        let tagged: String = "run"
            .chars()
            .chain("evil".chars().map(|c| char::from_u32(0xe0000 + c as u32).unwrap()))
            .collect();
        assert_eq!(text(&tagged), "run");
        assert_eq!(text("a\u{1b}[31mred\u{1b}[0m\u{202e}b\u{200b}c\0\u{9b}2Jd"), "aredbc2Jd");
        assert_eq!(text("x\r\ny</session-record>"), "x\ny‹/session-record>");
        assert_eq!(text("मैं 👩‍👧"), "मैं 👩‍👧");
        let value = clean(serde_json::json!({"a\u{7}": ["<system-reminder>", 1]}));
        assert_eq!(value, serde_json::json!({"a": ["‹system-reminder>", 1]}));
    }
}
