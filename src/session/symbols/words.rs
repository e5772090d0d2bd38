//! Cutting names out of lines.

/// The identifier that `text` starts with; empty when it starts with none.
pub(super) fn ident(text: &str) -> &str {
    let end =
        text.find(|c: char| !c.is_alphanumeric() && !matches!(c, '_' | '$')).unwrap_or(text.len());
    let name = &text[..end];
    if name.starts_with(|c: char| c.is_ascii_digit()) { "" } else { name }
}

/// Like [`ident`], with a closing `?` or `!`.
pub(super) fn ident_marked(text: &str) -> &str {
    let name = ident(text);
    match text[name.len()..].chars().next() {
        Some('?' | '!') if !name.is_empty() && !text[name.len() + 1..].starts_with('=') => {
            &text[..=name.len()]
        }
        _ => name,
    }
}

/// Names with dots or double colons: `A.B`, `a::b`.
pub(super) fn path_ident(text: &str) -> &str {
    let end = text
        .find(|c: char| !c.is_alphanumeric() && !matches!(c, '_' | '$' | '.' | ':' | '\\'))
        .unwrap_or(text.len());
    text[..end].trim_end_matches([':', '.', '\\'])
}

/// What follows `word` and white space at the start of `text`.
pub(super) fn after<'a>(text: &'a str, word: &str) -> Option<&'a str> {
    let rest = text.strip_prefix(word)?;
    rest.starts_with([' ', '\t']).then(|| rest.trim_start())
}

/// What follows the first of `words` that `text` starts with, and which.
pub(super) fn after_any<'a, 'w>(text: &'a str, words: &[&'w str]) -> Option<(&'w str, &'a str)> {
    words.iter().find_map(|word| after(text, word).map(|rest| (*word, rest)))
}

/// `text` without the modifiers at its start.
pub(super) fn without<'a>(mut text: &'a str, modifiers: &[&str]) -> &'a str {
    while let Some((_, rest)) = after_any(text, modifiers) {
        text = rest;
    }
    text
}

/// The string literal that `text` starts with, without quotes, when it ends on its line.
pub(super) fn quoted(text: &str) -> Option<&str> {
    let quote = text.chars().next().filter(|c| matches!(c, '"' | '\'' | '`'))?;
    let rest = &text[1..];
    let end = rest.find([quote, '\n'])?;
    rest[end..].starts_with(quote).then(|| &rest[..end])
}

/// `word "title"` for a call such as `describe("title"`, `test "title" do`.
pub(super) fn titled(line: &str, words: &[&str]) -> Option<String> {
    let word = words
        .iter()
        .find(|w| line.strip_prefix(**w).is_some_and(|rest| rest.starts_with(['(', ' ', '.'])))?;
    let rest = &line[word.len()..];
    // `it.only("…"`, `test.each(…)`: the first quote on the line.
    let rest =
        rest.trim_start_matches(|c: char| c.is_ascii_alphabetic() || matches!(c, '.' | '(' | ' '));
    let title = quoted(rest)?;
    (!title.is_empty()).then(|| format!("{word} \"{title}\""))
}

/// How many arguments the parenthesis at the start of `text` holds; `None` when it does not close
/// within 1,000 bytes.
pub(super) fn arity(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut depth = 0u32;
    let mut commas = 0;
    let mut said = false;
    let mut at = 0;
    while at < bytes.len().min(1_000) {
        match bytes[at] {
            b'(' | b'[' | b'{' => {
                depth += 1;
                said |= depth > 1;
            }
            b')' | b']' | b'}' => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    return Some(if said { commas + 1 } else { 0 });
                }
            }
            b'<' if bytes.get(at + 1) == Some(&b'<') => {
                depth += 1;
                said = true;
                at += 1;
            }
            b'>' if bytes.get(at + 1) == Some(&b'>') => {
                depth = depth.saturating_sub(1).max(1);
                at += 1;
            }
            b',' if depth == 1 => commas += 1,
            b'"' => {
                said = true;
                at += 1;
                while at < bytes.len().min(1_000) && bytes[at] != b'"' {
                    at += 1 + usize::from(bytes[at] == b'\\');
                }
            }
            b' ' | b'\n' | b'\t' | b'\r' => {}
            _ => said = true,
        }
        at += 1;
    }
    None
}
