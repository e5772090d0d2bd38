//! What a line of markup adds that other code refers to.

use super::words::quoted;

/// The most of an attribute's value that is shown.
const MAX_VALUE: usize = 40;

/// Attributes with a dash in their name, with a short fixed value; ids as `#id`; classes of an
/// element with few of them as `.class`.
pub(super) fn names(line: &str, sink: &mut dyn FnMut(String)) {
    let mut rest = line;
    while let Some(at) = rest.find('=') {
        let head = &rest[..at];
        let value = &rest[at + 1..];
        let start = head
            .rfind(|c: char| {
                !c.is_ascii_alphanumeric() && !matches!(c, '-' | '_' | ':' | '@' | '.')
            })
            .map_or(0, |n| n + head[n..].chars().next().map_or(1, char::len_utf8));
        let name = &head[start..];
        let fixed = quoted(value);
        rest = fixed.map_or(value, |fixed| &value[fixed.len() + 2..]);
        if !value.starts_with(['"', '\'', '{']) {
            continue;
        }
        match (name, fixed) {
            ("id", Some(id)) if is_name(id) => sink(format!("#{id}")),
            ("class" | "className", Some(classes)) if classes.split_whitespace().count() <= 3 => {
                for class in classes.split_whitespace().filter(|c| is_name(c) && c.contains('-')) {
                    sink(format!(".{class}"));
                }
            }
            _ => attribute(name, fixed, sink),
        }
    }
}

fn attribute(name: &str, fixed: Option<&str>, sink: &mut dyn FnMut(String)) {
    let dashed = name.contains('-')
        && name.starts_with(|c: char| c.is_ascii_lowercase())
        && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
    // What every page has.
    let common = matches!(
        name,
        "http-equiv"
            | "accept-charset"
            | "stroke-width"
            | "stroke-linecap"
            | "stroke-linejoin"
            | "fill-rule"
            | "clip-rule"
            | "stroke-dasharray"
    );
    if !dashed || common {
        return;
    }
    match fixed.filter(|v| v.len() <= MAX_VALUE && !v.is_empty() && !v.contains(['<', '{', '%'])) {
        Some(value) => sink(format!("{name}=\"{value}\"")),
        None => sink(name.to_owned()),
    }
}

fn is_name(value: &str) -> bool {
    value.len() > 1
        && value.len() <= MAX_VALUE
        && value.starts_with(|c: char| c.is_ascii_alphabetic())
        && value.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'))
}
