//! Bodies of tracker items, and the marks of lists and headings.

use crate::session::tracker;
pub(super) use crate::session::tracker::Heading as Part;

/// One line of a body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Line {
    pub(super) part: Part,
    pub(super) heading: String,
    pub(super) text: String,
}

/// The lines of an item's text, each with the heading it stands under.
pub(super) fn lines(body: &str) -> Vec<Line> {
    let mut out = Vec::new();
    for section in tracker::body(body).sections {
        for text in section.lines {
            let (text, _) = unlist(&text);
            if !text.is_empty() {
                out.push(Line {
                    part: section.class,
                    heading: section.heading.clone(),
                    text: text.to_owned(),
                });
            }
        }
    }
    out
}

/// A line without its bullet, number or check box.
pub(super) fn unlist(line: &str) -> (&str, bool) {
    let line = line.trim();
    for bullet in ["- ", "* ", "• ", "– "] {
        if let Some(rest) = line.strip_prefix(bullet) {
            let rest =
                ["[ ] ", "[x] ", "[X] "].iter().find_map(|b| rest.strip_prefix(b)).unwrap_or(rest);
            return (rest.trim(), true);
        }
    }
    let digits = line.bytes().take_while(u8::is_ascii_digit).count();
    if (1..=2).contains(&digits)
        && let Some(rest) = line[digits..].strip_prefix(". ").or(line[digits..].strip_prefix(") "))
    {
        return (rest.trim(), true);
    }
    (line, false)
}

/// The words of a heading: `## X`, `**X**`, `X:` on a line of its own, or capitals.
pub(super) fn heading_of(raw: &str) -> Option<&str> {
    let line = raw.trim();
    if let Some(rest) = line.strip_prefix('#') {
        let rest = rest.trim_start_matches('#');
        return rest.starts_with(' ').then(|| rest.trim().trim_end_matches(':'));
    }
    if let Some(inner) =
        line.strip_prefix("**").and_then(|l| l.trim_end_matches(':').strip_suffix("**"))
    {
        return (!inner.contains("**")).then(|| inner.trim_end_matches(':'));
    }
    let words = line.split_whitespace().count();
    if raw.starts_with(char::is_whitespace)
        || line.starts_with(['-', '*', '•', '`', '↳'])
        || words > 5
    {
        return None;
    }
    if let Some(name) = line.strip_suffix(':') {
        return (!name.contains(['.', ',', '`', '"'])).then_some(name);
    }
    let letters = line.chars().filter(|c| c.is_alphabetic()).count();
    (letters >= 4 && line.chars().all(|c| c.is_uppercase() || c.is_whitespace())).then_some(line)
}
