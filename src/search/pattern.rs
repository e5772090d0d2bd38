//! A query as two patterns: for decoded text, and for the raw bytes of JSON.

use std::fmt::Write;

use regex::{Regex, RegexBuilder, bytes};
use regex_syntax::hir::{Hir, HirKind};

/// A compiled query.
#[derive(Debug)]
pub struct Pattern {
    text: Regex,
    /// Matches in every line whose decoded text may match; `None` where that can't be told.
    raw: Option<bytes::Regex>,
    /// Matches in a line whose escapes are taken out where a text of it matches; `None` where nothing but
    /// the texts themselves tells.
    plain: Option<bytes::Regex>,
    /// Whether case counts: it does where the query has an upper-case letter.
    pub case_sensitive: bool,
}

impl Pattern {
    /// A query that stands for itself.
    pub fn literal(query: &str) -> Result<Self, String> {
        let case_sensitive = query.chars().any(char::is_uppercase);
        let text = compile(&regex::escape(query), case_sensitive)?;
        let raw = raw_forms(&[query.to_owned()], case_sensitive);
        // A query too long to be compiled in all its forms is looked for in every line.
        Ok(Self { text, raw: raw.ok(), plain: None, case_sensitive })
    }

    /// A regular expression; `^` and `$` are the ends of a line.
    pub fn regex(query: &str) -> Result<Self, String> {
        let case_sensitive = has_upper_case(query);
        let text = compile(query, case_sensitive)?;
        if text.is_match("") {
            return Err("it matches the empty text, hence everything".to_owned());
        }
        let (mut raw, mut plain) = (None, None);
        if let Ok(parsed) = regex_syntax::Parser::new().parse(query) {
            raw = required(&parsed).and_then(|texts| raw_forms(&texts, case_sensitive).ok());
            // What stands at the end of a text stands elsewhere in its line.
            let looks = parsed.properties().look_set();
            if !looks.contains_anchor() {
                plain =
                    bytes::RegexBuilder::new(query).case_insensitive(!case_sensitive).build().ok();
            }
        }
        Ok(Self { text, raw, plain, case_sensitive })
    }

    /// Whether any text of a line may match; `scratch` is for the line without its escapes.
    pub(super) fn may_match(&self, line: &[u8], scratch: &mut Vec<u8>) -> bool {
        match &self.plain {
            None => true,
            Some(plain) => {
                unescape(line, scratch);
                plain.is_match(scratch)
            }
        }
    }

    /// Where the raw bytes of a JSON line may hold a match, from `at` on; every line may where no
    /// pattern for the raw bytes is known.
    pub(super) fn raw(&self) -> Option<&bytes::Regex> {
        self.raw.as_ref()
    }

    /// All matches in a decoded text.
    pub(super) fn matches<'p, 't: 'p>(
        &'p self,
        text: &'t str,
    ) -> impl Iterator<Item = (usize, usize)> + 'p {
        self.text.find_iter(text).filter(|found| !found.is_empty()).map(|f| (f.start(), f.end()))
    }
}

fn compile(pattern: &str, case_sensitive: bool) -> Result<Regex, String> {
    RegexBuilder::new(pattern)
        .case_insensitive(!case_sensitive)
        .multi_line(true)
        .build()
        .map_err(|error| error.to_string())
}

/// Every form that any of these texts may have inside a JSON string.
fn raw_forms(texts: &[String], case_sensitive: bool) -> Result<bytes::Regex, regex::Error> {
    let mut forms = String::new();
    for text in texts {
        for c in text.chars() {
            escaped_forms(c, case_sensitive, &mut forms);
        }
        forms.push('|');
    }
    // Hardly any writer escapes a letter that needs none: a line with one is looked at closer.
    forms.push_str(r"\\u00[2-7][0-9a-fA-F]");
    bytes::RegexBuilder::new(&forms).case_insensitive(!case_sensitive).build()
}

/// Texts of which every match has one; `None` where that can't be told.
fn required(parsed: &Hir) -> Option<Vec<String>> {
    let texts = match parsed.kind() {
        HirKind::Literal(text) => vec![String::from_utf8(text.0.to_vec()).ok()?],
        HirKind::Capture(inner) => required(&inner.sub)?,
        HirKind::Repetition(repeated) if repeated.min > 0 => required(&repeated.sub)?,
        HirKind::Concat(parts) => {
            let shortest = |texts: &Vec<String>| texts.iter().map(String::len).min();
            parts.iter().filter_map(required).max_by_key(shortest)?
        }
        HirKind::Alternation(choices) => {
            let texts: Option<Vec<_>> = choices.iter().map(required).collect();
            texts?.into_iter().flatten().collect()
        }
        _ => return None,
    };
    (texts.len() <= 16 && texts.iter().all(|text| text.len() > 1)).then_some(texts)
}

/// Writes a line of JSON to `plain` as its texts read, whatever stands between them.
fn unescape(line: &[u8], plain: &mut Vec<u8>) {
    plain.clear();
    let mut rest = line;
    while let Some(at) = memchr::memchr(b'\\', rest) {
        plain.extend_from_slice(&rest[..at]);
        let Some(kind) = rest.get(at + 1) else { break };
        rest = &rest[at + 2..];
        match kind {
            b'n' => plain.push(b'\n'),
            b't' => plain.push(b'\t'),
            b'r' => plain.push(b'\r'),
            b'b' => plain.push(8),
            b'f' => plain.push(12),
            b'u' => {
                let mut unit = || {
                    let digits = std::str::from_utf8(rest.get(..4)?).ok()?;
                    let unit = u16::from_str_radix(digits, 16).ok()?;
                    rest = &rest[4..];
                    Some(unit)
                };
                let Some(first) = unit() else { continue };
                let mut pair = [first, 0];
                let mut length = 1;
                if (0xD800..0xDC00).contains(&first) && rest.starts_with(b"\\u") {
                    rest = &rest[2..];
                    let digits = rest.get(..4).and_then(|d| std::str::from_utf8(d).ok());
                    if let Some(second) = digits.and_then(|d| u16::from_str_radix(d, 16).ok()) {
                        rest = &rest[4..];
                        pair[1] = second;
                        length = 2;
                    }
                }
                let text = String::from_utf16_lossy(&pair[..length]);
                plain.extend_from_slice(text.as_bytes());
            }
            other => plain.push(*other),
        }
    }
    plain.extend_from_slice(rest);
}

/// Whether an expression has an upper-case letter that stands for itself.
fn has_upper_case(query: &str) -> bool {
    let mut chars = query.chars();
    while let Some(c) = chars.next() {
        match c {
            '\\' => {
                // The name of a class may have any.
                if let Some('p' | 'P') = chars.next() {
                    if chars.clone().next() == Some('{') {
                        chars.by_ref().find(|c| *c == '}');
                    } else {
                        chars.next();
                    }
                }
            }
            c if c.is_uppercase() => return true,
            _ => {}
        }
    }
    false
}

/// The forms that a character may have inside a JSON string, but for the `\u00XX` of one that needs none.
fn escaped_forms(c: char, case_sensitive: bool, out: &mut String) {
    match c {
        '"' => out.push_str(r#"\\""#),
        '\\' => out.push_str(r"\\\\"),
        '/' => out.push_str(r"\\?/"),
        '\u{8}' => out.push_str(r"(?:\\b|\\u0008)"),
        '\u{c}' => out.push_str(r"(?:\\f|\\u000[cC])"),
        '\n' => out.push_str(r"(?:\\n|\\u000[aA])"),
        '\r' => out.push_str(r"(?:\\r|\\u000[dD])"),
        '\t' => out.push_str(r"(?:\\t|\\u0009)"),
        // Encoders may leave it as it is, too.
        '\u{7f}' => out.push_str(r"(?:\x7f|\\u007[fF])"),
        c if c.is_ascii_control() => push_unit(c as u16, out),
        // Two letters beyond ASCII are these in another case.
        'k' | 'K' if !case_sensitive => out.push_str(r"(?:k|\\u212[aA])"),
        's' | 'S' if !case_sensitive => out.push_str(r"(?:s|\\u017[fF])"),
        c if c.is_ascii() => out.push_str(&regex::escape(c.encode_utf8(&mut [0; 4]))),
        c => {
            out.push_str("(?:");
            out.push_str(&regex::escape(c.encode_utf8(&mut [0; 4])));
            for form in cases(c, case_sensitive) {
                out.push('|');
                for unit in form.encode_utf16(&mut [0; 2]) {
                    push_unit(*unit, out);
                }
            }
            out.push(')');
        }
    }
}

/// The characters that a letter matches: itself and, where case does not count, its other cases.
fn cases(c: char, case_sensitive: bool) -> Vec<char> {
    if case_sensitive {
        return vec![c];
    }
    // What the expression for decoded text takes for the same letter, asked of its own tables.
    let class = regex_syntax::hir::ClassUnicodeRange::new(c, c);
    let mut class = regex_syntax::hir::ClassUnicode::new([class]);
    class.case_fold_simple();
    class.iter().flat_map(|range| range.start()..=range.end()).collect()
}

/// `\uXXXX`, its digits in either case.
fn push_unit(unit: u16, out: &mut String) {
    out.push_str(r"\\u");
    for digit in format!("{unit:04x}").chars() {
        let upper = digit.to_ascii_uppercase();
        // A text can be appended to.
        let _ = if digit.is_ascii_digit() {
            write!(out, "{digit}")
        } else {
            write!(out, "[{digit}{upper}]")
        };
    }
}
