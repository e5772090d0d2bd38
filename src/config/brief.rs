//! The few keys that hooks need while a turn runs, read without serde: what reads the whole of the file
//! would be most of their executables.

use std::path::Path;

use toml_parser::decoder::ScalarKind;
use toml_parser::parser::{Event, EventKind, RecursionGuard, parse_document};
use toml_parser::{ParseError, Source};

use super::keys::Key;
use super::{Opened, Redact, Thresholds, load};

/// What is taken out beside the secrets that are known. Errors name the file and the line, or the
/// variable.
///
/// A file without a word of it is not parsed.
pub fn redaction(state: &Path, variables: &[(String, String)]) -> Result<Redact, String> {
    redaction_of(&Opened::of(state), variables)
}

/// The same of a file that was opened.
pub fn redaction_of(file: &Opened, variables: &[(String, String)]) -> Result<Redact, String> {
    let found = found(file, variables, &["words", "patterns"])?;
    let mut redact = Redact::default();
    for (at, value) in &found {
        let list = match at.key {
            "redact.words" => &mut redact.words,
            "redact.patterns" => &mut redact.patterns,
            _ => continue,
        };
        let Value::Texts(texts) = value else { return Err(at.told("is no list of texts")) };
        let checked = match at.key {
            "redact.words" => super::checked::word,
            _ => crate::redact::check,
        };
        texts.iter().try_for_each(|text| checked(text)).map_err(|what| at.told(&what))?;
        list.clone_from(texts);
    }
    Ok(redact)
}

/// When the filling of the context window is told. Errors as in [`redaction`].
pub fn thresholds(state: &Path, variables: &[(String, String)]) -> Result<Thresholds, String> {
    let found = found(&Opened::of(state), variables, &["caution", "warning", "critical"])?;
    let mut thresholds = Thresholds::default();
    for (at, value) in &found {
        let limit = match at.key {
            "thresholds.caution" => &mut thresholds.caution,
            "thresholds.warning" => &mut thresholds.warning,
            "thresholds.critical" => &mut thresholds.critical,
            _ => continue,
        };
        let Value::Number(number) = value else { return Err(at.told("is no number")) };
        *limit = super::checked::is_percent(*number).map_err(|what| at.told(&what))?;
    }
    Ok(thresholds)
}

/// Where a key was set.
struct At {
    key: &'static str,
    place: String,
}

impl At {
    fn told(&self, what: &str) -> String {
        format!("{}: {}: {what}", self.place, self.key)
    }
}

#[derive(Debug, Clone, PartialEq)]
enum Value {
    Text(String),
    Number(i64),
    Texts(Vec<String>),
    Other,
}

/// The keys that are set, the file's first; those of the environment come behind and go before.
fn found(
    file: &Opened,
    variables: &[(String, String)],
    words: &[&str],
) -> Result<Vec<(At, Value)>, String> {
    let (path, text) = (&file.path, file.text()?);
    let mut found: Vec<(At, Value)> = Vec::new();
    if text.lines().any(|line| may_set(line, words)) {
        let pairs = read(text).map_err(|(at, what)| load::at(path, line(text, at), &what))?;
        for (name, start, value) in pairs {
            let told = |what: &str| load::at(path, line(text, start), what);
            let key = Key::find(&name).ok_or_else(|| told(&format!("unknown key `{name}`")))?;
            if found.iter().any(|(at, _)| at.key == key.name) {
                return Err(told(&format!("`{name}` is set twice")));
            }
            let place = format!("{}, line {}", path.display(), line(text, start));
            found.push((At { key: key.name, place }, value));
        }
    }
    for (name, typed) in variables {
        let Some(key) = super::KEYS.iter().find(|key| key.variable == name) else { continue };
        found.push((
            At { key: key.name, place: format!("{name}={typed}") },
            typed_value(key, typed),
        ));
    }
    Ok(found)
}

/// Whether a line may set a key that ends in one of the words, in any of the forms that TOML has for it.
fn may_set(line: &str, words: &[&str]) -> bool {
    let line = line.trim_start();
    // A key in quotation marks may have its letters as escapes.
    !line.starts_with(['#', '[']) && (line.contains('\\') || words.iter().any(|w| line.contains(w)))
}

/// What [`Key::value`] makes of it.
fn typed_value(key: &Key, typed: &str) -> Value {
    let value = match read(&format!("v = {typed}")).as_deref() {
        Ok([(name, _, value)]) if name == "v" => Some(value.clone()),
        _ => None,
    };
    match (key.kind, value) {
        (super::Kind::List, Some(value @ (Value::Texts(_) | Value::Other))) => value,
        (super::Kind::List, _) => {
            let texts = typed.split(',').map(str::trim).filter(|text| !text.is_empty());
            Value::Texts(texts.map(str::to_owned).collect())
        }
        (_, Some(value)) => value,
        (_, None) => Value::Text(typed.to_owned()),
    }
}

fn line(text: &str, at: usize) -> usize {
    text[..at].matches('\n').count() + 1
}

/// A key with the tables before it, where it begins, and its value.
type Pair = (String, usize, Value);

/// The keys that a text sets. Errors say where.
fn read(text: &str) -> Result<Vec<Pair>, (usize, String)> {
    let tokens = Source::new(text).lex().into_vec();
    let mut pairs = Pairs::default();
    let mut take = |event: Event| pairs.take(text, event);
    let mut error: Option<ParseError> = None;
    parse_document(&tokens, &mut RecursionGuard::new(&mut take, DEEPEST), &mut error);
    match error.or(pairs.error) {
        Some(error) => {
            let span = error.unexpected().or(error.context());
            Err((span.map_or(0, |span| span.start()), error.description().to_owned()))
        }
        None => Ok(pairs.found),
    }
}

/// Arrays and tables in each other; the file has none of three.
const DEEPEST: u32 = 16;

/// Takes the parser's events in.
#[derive(Default)]
struct Pairs {
    found: Vec<Pair>,
    /// The key that is being read, with the tables before it, and where each begins.
    path: Vec<(String, usize)>,
    /// How much of the path is the table that is open: the last one named in brackets, then those in
    /// braces.
    tables: Vec<usize>,
    /// An array that is open, and how many arrays and tables are open in it.
    list: Option<(Value, usize)>,
    error: Option<ParseError>,
}

impl Pairs {
    fn take(&mut self, text: &str, event: Event) {
        match event.kind() {
            EventKind::StdTableOpen | EventKind::ArrayTableOpen => {
                self.path.clear();
                self.tables.clear();
            }
            EventKind::StdTableClose => self.tables = vec![self.path.len()],
            EventKind::ArrayTableClose => {
                let error = ParseError::new("no key is a list of tables");
                self.error.get_or_insert(error.with_unexpected(event.span()));
                self.tables = vec![self.path.len()];
            }
            EventKind::InlineTableOpen | EventKind::ArrayOpen if self.list.is_some() => {
                // What opens inside of an array makes it no list of texts.
                if let Some((value, open)) = &mut self.list {
                    *value = Value::Other;
                    *open += 1;
                }
            }
            EventKind::InlineTableClose | EventKind::ArrayClose
                if self.list.as_ref().is_some_and(|(_, open)| *open > 0) =>
            {
                if let Some((_, open)) = &mut self.list {
                    *open -= 1;
                }
            }
            EventKind::InlineTableOpen => self.tables.push(self.path.len()),
            EventKind::InlineTableClose => {
                self.tables.pop();
                self.leave();
            }
            EventKind::ArrayOpen => self.list = Some((Value::Texts(Vec::new()), 0)),
            EventKind::ArrayClose => {
                if let Some((value, _)) = self.list.take() {
                    self.set(value);
                }
            }
            EventKind::SimpleKey if self.list.is_none() => {
                let mut name = String::new();
                if let Some(raw) = Source::new(text).get(event) {
                    raw.decode_key(&mut name, &mut self.error);
                }
                self.path.push((name, event.span().start()));
            }
            EventKind::Scalar => self.scalar(text, event),
            _ => {}
        }
    }

    fn scalar(&mut self, text: &str, event: Event) {
        let Some(raw) = Source::new(text).get(event) else { return };
        let mut text = String::new();
        let value = match raw.decode_scalar(&mut text, &mut self.error) {
            ScalarKind::String => Value::Text(text),
            ScalarKind::Integer(radix) => {
                i64::from_str_radix(&text, radix.value()).map_or(Value::Other, Value::Number)
            }
            _ => Value::Other,
        };
        match (&mut self.list, value) {
            (Some((Value::Texts(texts), _)), Value::Text(text)) => texts.push(text),
            (Some((list, _)), _) => *list = Value::Other,
            (None, value) => self.set(value),
        }
    }

    fn set(&mut self, value: Value) {
        let start = self.path.last().map_or(0, |(_, start)| *start);
        let names: Vec<&str> = self.path.iter().map(|(name, _)| name.as_str()).collect();
        self.found.push((names.join("."), start, value));
        self.leave();
    }

    /// Behind a key's value: what follows stands in the table again.
    fn leave(&mut self) {
        self.path.truncate(self.tables.last().copied().unwrap_or(0));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{parse, read_with};
    use proptest::prelude::*;

    /// A key's part in one of the ways that TOML has for it.
    fn part(name: &'static str) -> impl Strategy<Value = String> {
        let escaped = format!("\"\\u{:04x}{}\"", u32::from(name.as_bytes()[0]), &name[1..]);
        prop::sample::select(vec![
            name.to_owned(),
            format!("'{name}'"),
            format!("\"{name}\""),
            escaped,
        ])
    }

    fn text() -> impl Strategy<Value = String> {
        prop::sample::select(vec![
            "'acme'",
            "\"Acme \\\"Corp\\\".\"",
            "\"caf\\u00e9\"",
            "'''a\nwords = ['b']'''",
            "\"\"\"\n  # none \\\n  \"\"\"",
            "'TICKET-[0-9]+'",
            "7",
            "''",
        ])
        .prop_map(str::to_owned)
    }

    fn list() -> impl Strategy<Value = String> {
        let gap = prop::sample::select(vec!["", " ", "\n  ", " # why\n"]);
        (prop::collection::vec(text(), 0..4), gap, any::<bool>()).prop_map(|(texts, gap, comma)| {
            let comma = if comma && !texts.is_empty() { "," } else { "" };
            format!("[{gap}{}{comma}{gap}]", texts.join(&format!(",{gap}")))
        })
    }

    fn number() -> impl Strategy<Value = String> {
        prop::sample::select(vec![
            "0", "60", "1_0", "0x1f", "0o17", "+5", "101", "-1", "9.5", "'9'",
        ])
        .prop_map(str::to_owned)
    }

    /// The file's text in one of the shapes that people give it.
    fn file() -> impl Strategy<Value = String> {
        let line = |table: &'static str, key: &'static str, value: BoxedStrategy<String>| {
            (part(table), part(key), value, 0..4).prop_map(|(table, key, value, shape)| match shape
            {
                0 => format!("[{table}]\n{key} = {value}\n"),
                1 => format!("{table}.{key}={value} # so\n"),
                2 => format!("{table} = {{ {key} = {value} }}\n"),
                _ => format!("# {key} = {value}\n").replace("\n  ", " "),
            })
        };
        let lines = prop_oneof![
            line("redact", "words", list().boxed()),
            line("redact", "patterns", list().boxed()),
            line("thresholds", "caution", number().boxed()),
            line("thresholds", "critical", number().boxed()),
            line("inject", "clear", Just("'never'".to_owned()).boxed()),
            line("redact", "wrods", list().boxed()),
            Just("retention = 7\n".to_owned()),
            Just("[thresholds\n".to_owned()),
        ];
        prop::collection::vec(lines, 0..4).prop_map(|lines| lines.concat())
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 2000, ..ProptestConfig::default() })]

        #[test]
        fn it_reads_what_the_whole_reading_reads(text in file()) {
            let folder = tempfile::tempdir().unwrap();
            #[allow(clippy::disallowed_methods)]
            std::fs::write(folder.path().join(crate::config::FILE), &text).unwrap();
            if let Ok(whole) = parse(&text) {
                prop_assert_eq!(redaction(folder.path(), &[]), Ok(whole.redact), "{}", text);
                prop_assert_eq!(thresholds(folder.path(), &[]), Ok(whole.thresholds), "{}", text);
            }
        }

        #[test]
        fn the_environment_is_read_alike(
            words in prop_oneof![list(), text(), Just("acme, 10.0.0.7".to_owned())],
            caution in prop_oneof![number(), text()],
        ) {
            let folder = tempfile::tempdir().unwrap();
            let own = [("REJOIN_REDACT_WORDS".to_owned(), words)];
            let whole = read_with(folder.path(), &own).map(|config| config.redact);
            prop_assert_eq!(redaction(folder.path(), &own).ok(), whole.ok(), "{:?}", own);
            let own = [("REJOIN_THRESHOLDS_CAUTION".to_owned(), caution)];
            let whole = read_with(folder.path(), &own).map(|config| config.thresholds);
            prop_assert_eq!(thresholds(folder.path(), &own).ok(), whole.ok(), "{:?}", own);
        }
    }
}
