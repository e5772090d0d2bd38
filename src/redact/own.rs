//! What the user wants out of every text, beside the secrets that are known.
//!
//! Set once, at the start of a process, where the configuration says so; the texts that pass are those that
//! [`redact`](super::redact) sees, wherever it is applied.

use std::borrow::Cow;
use std::sync::OnceLock;

use regex_lite::{Regex, RegexBuilder};

static OWN: OnceLock<Regex> = OnceLock::new();

/// What stands where a text of the user's was.
const MARK: &str = "[redacted:own]";

/// From here on, words (in any case) and regular expressions are taken out, too. The first call counts.
pub fn also(words: &[String], patterns: &[String]) -> Result<(), String> {
    if words.is_empty() && patterns.is_empty() {
        return Ok(());
    }
    let own = compile(words, patterns)?;
    // A second call would mean a second configuration; there is one per process.
    drop(OWN.set(own));
    Ok(())
}

/// What is taken out, as one number: a text that was cleared under another may not be as clear.
pub fn settings() -> u64 {
    let own = OWN.get().map(Regex::as_str).unwrap_or_default();
    let step = |hash: u64, byte: &u8| (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3);
    own.as_bytes().iter().fold(0xcbf2_9ce4_8422_2325, step)
}

/// Whether a regular expression can be used.
pub fn check(pattern: &str) -> Result<(), String> {
    let compiled = build(pattern).map_err(|error| format!("`{pattern}` can't be used: {error}"))?;
    if compiled.is_match("") {
        return Err(format!("`{pattern}` matches the empty text, hence everything"));
    }
    Ok(())
}

fn build(pattern: &str) -> Result<Regex, regex_lite::Error> {
    RegexBuilder::new(pattern).multi_line(true).build()
}

fn compile(words: &[String], patterns: &[String]) -> Result<Regex, String> {
    // The longest first: of two words that begin alike, the whole one goes.
    let mut words: Vec<&String> = words.iter().collect();
    words.sort_by_key(|word| std::cmp::Reverse(word.len()));
    let words = words.iter().map(|word| format!("(?i:{})", regex_lite::escape(word)));
    let patterns = patterns.iter().map(|pattern| format!("(?:{pattern})"));
    let all: Vec<String> = words.chain(patterns).collect();
    build(&all.join("|")).map_err(|error| error.to_string())
}

/// `text` without what the user wants out of it.
pub(super) fn clear(text: Cow<'_, str>) -> Cow<'_, str> {
    match OWN.get() {
        Some(own) => cleared(own, text),
        None => text,
    }
}

fn cleared<'t>(own: &Regex, text: Cow<'t, str>) -> Cow<'t, str> {
    let mut clean = String::new();
    let mut copied = 0;
    for found in own.find_iter(&text).filter(|found| !found.is_empty()) {
        clean.push_str(&text[copied..found.start()]);
        // Nothing inside of a mark is looked for: redacting twice is redacting once.
        clean.push_str(if within_mark(&text, found.start()) { found.as_str() } else { MARK });
        copied = found.end();
    }
    if copied == 0 {
        return text;
    }
    clean.push_str(&text[copied..]);
    Cow::Owned(clean)
}

/// Whether a mark that stands in the text reaches over this place.
fn within_mark(text: &str, at: usize) -> bool {
    let here = text[at..].chars().next().map_or(at, |c| at + c.len_utf8());
    text[..here]
        .rfind('[')
        .is_some_and(|mark| text[mark..].starts_with("[redacted:") && !text[mark..at].contains(']'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_and_patterns_of_the_users_own() {
        let own = compile(
            &["acme".to_owned(), "Acme Corp.".to_owned()],
            &["TICKET-[0-9]+".to_owned(), "^internal: .*$".to_owned()],
        )
        .unwrap();
        let clear = |text: &str| cleared(&own, Cow::Owned(text.to_owned())).into_owned();
        assert_eq!(clear("the ACME corp. shop"), "the [redacted:own] shop");
        assert_eq!(clear("TICKET-12, ticket-12"), "[redacted:own], ticket-12");
        assert_eq!(clear("a\ninternal: b\nc"), "a\n[redacted:own]\nc");
        let twice = clear(&clear("acme acme"));
        assert_eq!(twice, "[redacted:own] [redacted:own]");
        assert_eq!(clear("nothing of it"), "nothing of it");
    }

    /// Set for the whole process: a word that no other test has.
    #[test]
    fn what_is_set_first_counts_for_every_text() {
        also(&[], &[]).unwrap();
        let text = "of XQZ-HERON-7 and xqz-crane-8";
        assert_eq!(super::super::redact(text), text);
        assert!(also(&[], &["(".to_owned()]).is_err());
        also(&["xqz-heron-7".to_owned()], &[]).unwrap();
        also(&["xqz-crane-8".to_owned()], &[]).unwrap();
        assert_eq!(super::super::redact(text), "of [redacted:own] and xqz-crane-8");
    }

    #[test]
    fn what_can_t_be_used_is_told() {
        assert!(check("TICKET-[0-9]+").is_ok());
        assert!(check("TICKET-[0-9").unwrap_err().contains("TICKET-[0-9"));
        assert!(check("x*").unwrap_err().contains("everything"));
        let own = compile(&["own".to_owned(), "redacted".to_owned()], &[]).unwrap();
        assert_eq!(cleared(&own, "[redacted:token] own".into()), "[redacted:token] [redacted:own]");
    }
}
