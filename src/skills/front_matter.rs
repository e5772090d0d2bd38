//! The front matter of a SKILL.md.
//!
//! YAML is read as a stream of events, so that nothing is ever expanded: an alias, an anchor or a tag
//! has no place in front matter and is refused where it stands.

use saphyr_parser::{Event, Parser, ScalarStyle};

/// The most bytes that front matter may have: the longest description has 1,024 characters.
pub(super) const MAX_BYTES: usize = 64 << 10;

/// A value, as far as the format knows values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// A string; anything else that is one scalar (a number, `true`) in its spelling.
    Text(String),
    /// A number, truth value or null that stands unquoted.
    Other(String),
    /// A list of scalars.
    List(Vec<String>),
    /// Keys with scalar values, in their order.
    Map(Vec<(String, String)>),
}

impl Value {
    /// The string, if it is one.
    pub fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }
}

/// A key, its value and its line.
pub type Keyed = (String, Value, usize);

/// Front matter: keys in their order, and where the body begins.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FrontMatter {
    /// Keys with their values and lines, counted from 1 in the file.
    pub entries: Vec<Keyed>,
    /// Byte offset of the body.
    pub body: usize,
}

impl FrontMatter {
    /// The value of a key.
    pub fn get(&self, key: &str) -> Option<&Value> {
        self.entries.iter().find(|(name, ..)| name == key).map(|(_, value, _)| value)
    }

    /// Reads the front matter of `text`. Errors: the line, and what is wrong with it.
    pub fn parse(text: &str) -> Result<Self, (usize, String)> {
        let (start, end, body) = bounds(text)?;
        Ok(Self { entries: mapping(&text[start..end])?, body })
    }
}

/// Where the front matter of `text` begins and ends, its dashes not included, and where the body begins.
pub(super) fn bounds(text: &str) -> Result<(usize, usize, usize), (usize, String)> {
    let fail = |line: usize, why: &str| Err((line, why.to_owned()));
    let Some(rest) = text.strip_prefix("---\n").or_else(|| text.strip_prefix("---\r\n")) else {
        return fail(1, "the file must begin with a line of three dashes: front matter");
    };
    let start = text.len() - rest.len();
    let mut at = start;
    let end = loop {
        let line = text[at..].split_inclusive('\n').next().unwrap_or_default();
        if line.is_empty() {
            return fail(1, "the front matter is not closed by a line of three dashes");
        }
        if line.trim_end() == "---" {
            break at;
        }
        at += line.len();
        if at - start > MAX_BYTES {
            return fail(1, "the front matter is longer than 64 KiB");
        }
    };
    let body = end + text[end..].split_inclusive('\n').next().map_or(0, str::len);
    Ok((start, end, body))
}

/// What is being read.
enum Open {
    List(String, usize, Vec<String>),
    Map(String, usize, Vec<(String, String)>, Option<String>),
}

fn mapping(yaml: &str) -> Result<Vec<Keyed>, (usize, String)> {
    let mut entries: Vec<Keyed> = Vec::new();
    let mut inside = false;
    let mut key: Option<(String, usize)> = None;
    let mut open: Option<Open> = None;
    for event in Parser::new_from_str(yaml) {
        // The opening dashes are the file's first line.
        let (event, span) = event.map_err(|e| (e.marker().line() + 1, e.info().to_owned()))?;
        let line = span.start.line() + 1;
        let fail = |why: &str| Err((line, why.to_owned()));
        let (anchor, tag) = match &event {
            Event::Alias(_) => return fail("an alias (`*name`) has no place in front matter"),
            Event::Scalar(_, _, anchor, tag) => (*anchor, tag.is_some()),
            Event::SequenceStart(anchor, tag) | Event::MappingStart(anchor, tag) => {
                (*anchor, tag.is_some())
            }
            _ => (0, false),
        };
        if anchor != 0 {
            return fail("an anchor (`&name`) has no place in front matter");
        }
        if tag {
            return fail("a tag (`!name`) has no place in front matter");
        }
        match event {
            Event::Scalar(text, style, ..) => {
                let text = text.into_owned();
                match (&mut open, &mut key) {
                    (Some(Open::List(_, _, items)), _) => items.push(text),
                    (Some(Open::Map(_, _, pairs, inner)), _) => match inner.take() {
                        Some(name) => pairs.push((name, text)),
                        None => *inner = Some(text),
                    },
                    (None, Some(_)) => {
                        let (name, at) = key.take().unwrap_or_default();
                        let value = scalar(text, style);
                        entries.push((name, value, at));
                    }
                    (None, None) if inside => {
                        if entries.iter().any(|(name, ..)| *name == text) {
                            return fail(&format!("the key `{text}` stands there twice"));
                        }
                        key = Some((text, line));
                    }
                    (None, None) => return fail("front matter must be keys with values"),
                }
            }
            Event::SequenceStart(..) => match (&open, key.take()) {
                (None, Some((name, at))) => open = Some(Open::List(name, at, Vec::new())),
                _ => return fail("a list has no place here"),
            },
            Event::MappingStart(..) => match (&open, key.take()) {
                (None, Some((name, at))) => open = Some(Open::Map(name, at, Vec::new(), None)),
                (None, None) if !inside => inside = true,
                _ => return fail("keys with values have no place here"),
            },
            Event::SequenceEnd | Event::MappingEnd => match open.take() {
                Some(Open::List(name, at, items)) => entries.push((name, Value::List(items), at)),
                Some(Open::Map(name, at, pairs, _)) => entries.push((name, Value::Map(pairs), at)),
                None => inside = false,
            },
            _ => {}
        }
    }
    Ok(entries)
}

/// Plain scalars are typed by their spelling (YAML 1.2, core schema).
fn scalar(text: String, style: ScalarStyle) -> Value {
    let other = matches!(
        text.as_str(),
        "" | "~"
            | "null"
            | "Null"
            | "NULL"
            | "true"
            | "True"
            | "TRUE"
            | "false"
            | "False"
            | "FALSE"
    ) || (text.parse::<f64>().is_ok()
        && text.starts_with(|c: char| c.is_ascii_digit() || "+-.".contains(c)));
    if style == ScalarStyle::Plain && other { Value::Other(text) } else { Value::Text(text) }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn text(yaml: &str) -> String {
        format!("---\n{yaml}\n---\n# Body\n")
    }

    #[test]
    fn keys_values_and_body_are_found() {
        let source = text(
            "name: a-b\ndescription: >-\n  one\n  two\nmetadata:\n  version: \"1\"\nallowed-tools: [Read, Bash]\nlicense: 1.0",
        );
        let found = FrontMatter::parse(&source).unwrap();
        assert_eq!(found.get("name"), Some(&Value::Text("a-b".into())));
        assert_eq!(found.get("description").and_then(Value::text), Some("one two"));
        assert_eq!(found.get("metadata"), Some(&Value::Map(vec![("version".into(), "1".into())])));
        assert_eq!(
            found.get("allowed-tools"),
            Some(&Value::List(vec!["Read".into(), "Bash".into()]))
        );
        assert_eq!(found.get("license"), Some(&Value::Other("1.0".into())));
        assert_eq!(&source[found.body..], "# Body\n");
        assert_eq!(found.entries[1].2, 3);
    }

    #[test]
    fn what_is_wrong_is_told_with_its_line() {
        for (yaml, line, word) in [
            ("name: &a x\ndescription: *a", 2, "anchor"),
            ("name: *a", 2, "anchor"),
            ("name: a\nname: b", 3, "twice"),
            ("name: !x a", 2, "tag"),
            ("- a\n- b", 2, "list"),
            ("metadata:\n  a:\n    b: c", 4, "no place"),
            ("description: a: b", 2, ""),
        ] {
            let (at, why) = FrontMatter::parse(&text(yaml)).unwrap_err();
            assert!(why.contains(word), "{yaml}: {why}");
            assert_eq!(at, line, "{yaml}: {why}");
        }
        assert!(FrontMatter::parse("# no\n").is_err());
        assert!(FrontMatter::parse("---\nname: a\n").unwrap_err().1.contains("not closed"));
        let huge = format!("---\nname: {}\n---\n", "x".repeat(MAX_BYTES));
        assert!(FrontMatter::parse(&huge).unwrap_err().1.contains("64 KiB"));
    }

    proptest! {
        #[test]
        fn no_input_makes_it_panic(yaml in "[-&*!a-c:\\[\\]{}>|\"' \n#]{0,80}") {
            if let Ok(found) = FrontMatter::parse(&text(&yaml)) {
                prop_assert!(found.body <= text(&yaml).len());
            }
        }
    }
}
