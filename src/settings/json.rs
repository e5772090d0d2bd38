//! Strict JSON as a tree of byte ranges: what an edit needs, so that it can leave the rest alone.
//!
//! Claude Code reads its settings as strict JSON and drops the whole file over a comment or a
//! trailing comma, so neither is accepted here. Values are never converted: a number, a string or
//! an unknown key keeps the very bytes that its author wrote.

use std::fmt;
use std::ops::Range;

/// Containers inside containers beyond this are refused: the parser recurses once for each.
const MAX_DEPTH: usize = 256;

/// The UTF-8 byte order mark, which Claude Code accepts at the head of its settings.
const BOM: &str = "\u{feff}";

/// A value and where it stands in the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Node {
    pub(super) span: Range<usize>,
    pub(super) kind: Kind,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Kind {
    Object(Vec<Member>),
    Array(Vec<Node>),
    String,
    /// A number, `true`, `false` or `null`.
    Scalar,
}

/// A key, quotes included, and its value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Member {
    pub(super) key: Range<usize>,
    pub(super) value: Node,
}

impl Member {
    pub(super) fn span(&self) -> Range<usize> {
        self.key.start..self.value.span.end
    }
}

impl Node {
    /// The members of an object, `None` for anything else.
    pub(super) fn members(&self) -> Option<&[Member]> {
        match &self.kind {
            Kind::Object(members) => Some(members),
            _ => None,
        }
    }

    /// The elements of an array, `None` for anything else.
    pub(super) fn elements(&self) -> Option<&[Node]> {
        match &self.kind {
            Kind::Array(elements) => Some(elements),
            _ => None,
        }
    }

    /// The ranges of what a container holds; empty for a plain value.
    pub(super) fn items(&self) -> Vec<Range<usize>> {
        match &self.kind {
            Kind::Object(members) => members.iter().map(Member::span).collect(),
            Kind::Array(elements) => elements.iter().map(|node| node.span.clone()).collect(),
            Kind::String | Kind::Scalar => Vec::new(),
        }
    }

    /// The value under `key`: the last one, as in `JSON.parse`, when the key stands there twice.
    pub(super) fn get(&self, text: &str, key: &str) -> Option<&Self> {
        self.members()?
            .iter()
            .rev()
            .find(|member| decoded(text, &member.key) == key)
            .map(|m| &m.value)
    }

    /// The decoded value of a string, `None` for anything else.
    pub(super) fn string(&self, text: &str) -> Option<String> {
        matches!(self.kind, Kind::String).then(|| decoded(text, &self.span))
    }

    /// The text of the value as it was written.
    pub(super) fn raw<'a>(&self, text: &'a str) -> &'a str {
        &text[self.span.clone()]
    }
}

/// The string literal in `span` without its quotes and escapes.
///
/// A lone surrogate (`"\ud800"`) is no Unicode text and yields the literal itself, which equals no
/// key or path that is ever looked for.
pub(super) fn decoded(text: &str, span: &Range<usize>) -> String {
    let literal = &text[span.clone()];
    serde_json::from_str(literal).unwrap_or_else(|_| literal.to_owned())
}

/// `text` as a JSON string literal.
pub(super) fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// Why a settings file is left alone, and on which line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// Line of the cause, from 1.
    pub line: usize,
    pub reason: Reason,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reason {
    /// `//` or `/* */`.
    Comment,
    /// A comma before `}` or `]`.
    TrailingComma,
    /// Anything else that is not JSON; what was expected.
    Syntax(&'static str),
    /// A key that decides where our entries go stands there twice.
    DuplicateKey(String),
    /// Something else where an object belongs.
    NotAnObject(String),
    /// Something else where an array belongs.
    NotAnArray(String),
    /// Containers nested deeper than anybody's settings are.
    TooDeep,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: ", self.line)?;
        match &self.reason {
            Reason::Comment => f.write_str(
                "a comment; Claude Code ignores a settings file that has one, take it out first",
            ),
            Reason::TrailingComma => f.write_str(
                "a trailing comma; Claude Code ignores a settings file that has one, take it out first",
            ),
            Reason::Syntax(expected) => {
                write!(f, "not valid JSON ({expected}); Claude Code ignores such a file, mend it first")
            }
            Reason::DuplicateKey(key) => write!(
                f,
                "the key {key:?} stands there a second time and only the last one counts; merge the two first"
            ),
            Reason::NotAnObject(what) => {
                write!(f, "{what} is not an object ({{…}}); correct it first")
            }
            Reason::NotAnArray(what) => write!(f, "{what} is not an array ([…]); correct it first"),
            Reason::TooDeep => write!(f, "more than {MAX_DEPTH} levels of nesting"),
        }
    }
}

impl std::error::Error for Refusal {}

/// The refusal for what stands at byte `at`.
pub(super) fn refusal(text: &str, at: usize, reason: Reason) -> Refusal {
    Refusal { line: line(text, at), reason }
}

/// The line of byte `at`, from 1.
pub(super) fn line(text: &str, at: usize) -> usize {
    let before = &text.as_bytes()[..at.min(text.len())];
    1 + memchr::memchr_iter(b'\n', before).count()
}

/// Reads `text`; `None` when it holds no value at all (empty, blank, a byte order mark alone).
pub(super) fn parse(text: &str) -> Result<Option<Node>, Refusal> {
    let start = if text.starts_with(BOM) { BOM.len() } else { 0 };
    let mut reader = Reader { text, bytes: text.as_bytes(), at: start };
    reader.blank()?;
    if reader.peek().is_none() {
        return Ok(None);
    }
    let node = reader.value(0)?;
    reader.blank()?;
    match reader.peek() {
        None => Ok(Some(node)),
        Some(_) => Err(reader.expected("nothing more was expected after the value")),
    }
}

struct Reader<'a> {
    text: &'a str,
    bytes: &'a [u8],
    at: usize,
}

impl Reader<'_> {
    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn refuse(&self, at: usize, reason: Reason) -> Refusal {
        refusal(self.text, at, reason)
    }

    fn expected(&self, what: &'static str) -> Refusal {
        self.refuse(self.at, Reason::Syntax(what))
    }

    fn blank(&mut self) -> Result<(), Refusal> {
        while let Some(b' ' | b'\t' | b'\n' | b'\r') = self.peek() {
            self.at += 1;
        }
        match self.bytes.get(self.at..self.at + 2) {
            Some(b"//" | b"/*") => Err(self.refuse(self.at, Reason::Comment)),
            _ => Ok(()),
        }
    }

    fn value(&mut self, depth: usize) -> Result<Node, Refusal> {
        if depth > MAX_DEPTH {
            return Err(self.refuse(self.at, Reason::TooDeep));
        }
        let start = self.at;
        let kind = match self.peek() {
            Some(b'{') => Kind::Object(self.object(depth)?),
            Some(b'[') => Kind::Array(self.array(depth)?),
            Some(b'"') => {
                self.string()?;
                Kind::String
            }
            Some(b'-' | b'0'..=b'9') => {
                self.number()?;
                Kind::Scalar
            }
            _ => {
                self.word()?;
                Kind::Scalar
            }
        };
        Ok(Node { span: start..self.at, kind })
    }

    fn object(&mut self, depth: usize) -> Result<Vec<Member>, Refusal> {
        let mut members = Vec::new();
        self.separated(b'}', "`,` or `}` expected", |reader| {
            if reader.peek() != Some(b'"') {
                return Err(reader.expected("a key in double quotes expected"));
            }
            let start = reader.at;
            reader.string()?;
            let key = start..reader.at;
            reader.blank()?;
            if reader.peek() != Some(b':') {
                return Err(reader.expected("`:` expected"));
            }
            reader.at += 1;
            reader.blank()?;
            members.push(Member { key, value: reader.value(depth + 1)? });
            Ok(())
        })?;
        Ok(members)
    }

    fn array(&mut self, depth: usize) -> Result<Vec<Node>, Refusal> {
        let mut elements = Vec::new();
        self.separated(b']', "`,` or `]` expected", |reader| {
            elements.push(reader.value(depth + 1)?);
            Ok(())
        })?;
        Ok(elements)
    }

    /// From the opening bracket to behind the closing one.
    fn separated(
        &mut self,
        close: u8,
        expected: &'static str,
        mut item: impl FnMut(&mut Self) -> Result<(), Refusal>,
    ) -> Result<(), Refusal> {
        self.at += 1;
        self.blank()?;
        if self.peek() == Some(close) {
            self.at += 1;
            return Ok(());
        }
        loop {
            item(self)?;
            self.blank()?;
            match self.peek() {
                Some(byte) if byte == close => {
                    self.at += 1;
                    return Ok(());
                }
                Some(b',') => {
                    let comma = self.at;
                    self.at += 1;
                    self.blank()?;
                    if self.peek() == Some(close) {
                        return Err(self.refuse(comma, Reason::TrailingComma));
                    }
                }
                _ => return Err(self.expected(expected)),
            }
        }
    }

    fn string(&mut self) -> Result<(), Refusal> {
        let open = self.at;
        self.at += 1;
        loop {
            match self.peek() {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(());
                }
                Some(b'\\') => {
                    self.at += 1;
                    self.escape()?;
                }
                Some(byte) if byte >= 0x20 => self.at += 1,
                Some(_) => return Err(self.expected("a control character inside a string")),
                None => return Err(self.refuse(open, Reason::Syntax("a string without its end"))),
            }
        }
    }

    fn escape(&mut self) -> Result<(), Refusal> {
        match self.peek() {
            Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => self.at += 1,
            Some(b'u')
                if self
                    .bytes
                    .get(self.at + 1..self.at + 5)
                    .is_some_and(|hex| hex.iter().all(u8::is_ascii_hexdigit)) =>
            {
                self.at += 5;
            }
            _ => return Err(self.expected("an unknown escape inside a string")),
        }
        Ok(())
    }

    fn digits(&mut self) -> Result<(), Refusal> {
        let start = self.at;
        while self.peek().is_some_and(|byte| byte.is_ascii_digit()) {
            self.at += 1;
        }
        if self.at == start { Err(self.expected("a digit expected")) } else { Ok(()) }
    }

    fn number(&mut self) -> Result<(), Refusal> {
        if self.peek() == Some(b'-') {
            self.at += 1;
        }
        if self.peek() == Some(b'0') {
            self.at += 1;
        } else {
            self.digits()?;
        }
        if self.peek() == Some(b'.') {
            self.at += 1;
            self.digits()?;
        }
        if let Some(b'e' | b'E') = self.peek() {
            self.at += 1;
            if let Some(b'+' | b'-') = self.peek() {
                self.at += 1;
            }
            self.digits()?;
        }
        Ok(())
    }

    fn word(&mut self) -> Result<(), Refusal> {
        for word in ["true", "false", "null"] {
            if self.text[self.at..].starts_with(word) {
                self.at += word.len();
                return Ok(());
            }
        }
        Err(self.expected("a value expected"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(text: &str) -> String {
        parse(text).expect_err("accepted").to_string()
    }

    #[test]
    fn every_refusal_names_its_line_and_what_to_do() {
        insta::assert_snapshot!(
            [
                "{\n  // mine\n}",
                "{\n  \"a\": 1, /* mine */\n  \"b\": 2\n}",
                "{\n  \"a\": [\n    1,\n  ]\n}",
                "{\n  \"a\": 1,\n}\n",
                "{\n  \"a\": 1\n  \"b\": 2\n}",
                "{\n  a: 1\n}",
                "{\n  \"a\" 1\n}",
                "{\"a\": tru}",
                "{\"a\": \"x\ny\"}",
                "{\"a\": \"\\x\"}",
                "{\"a\": \"\\u12g4\"}",
                "{\"a\": \"x",
                "{\"a\": 01}",
                "{\"a\": 1.}",
                "{\"a\": -}",
                "{\"a\": 1e}",
                "{} {}",
                "{",
                "/",
                "\u{feff}\n{,}",
            ]
            .map(refused)
            .join("\n")
        );
    }

    #[test]
    fn nesting_is_bounded() {
        let deep = |n: usize| "[".repeat(n) + &"]".repeat(n);
        assert!(parse(&deep(MAX_DEPTH)).is_ok());
        assert_eq!(parse(&deep(100_000)).unwrap_err().reason, Reason::TooDeep);
    }

    #[test]
    fn what_json_parse_accepts_is_accepted() {
        for text in [
            "{}",
            "\u{feff}{}",
            " \r\n\t[ ] ",
            "-0.5e+10",
            "1E5",
            "0",
            "\"\\ud800\"",
            "null",
            "true",
            "false",
            "{\"\":{\"a\\u0062\":[[],{}]}}",
            "1e999",
            "\"\u{7f}é😀\\/\"",
        ] {
            assert!(parse(text).unwrap().is_some(), "{text}");
        }
        for text in ["", " \n", "\u{feff}", "\u{feff}\r\n"] {
            assert!(parse(text).unwrap().is_none(), "{text:?}");
        }
    }

    #[test]
    fn the_last_of_two_equal_keys_counts_and_escapes_are_seen_through() {
        let text = r#"{"hooks": 1, "\u0068ooks": "x\ty"}"#;
        let root = parse(text).unwrap().unwrap();
        assert_eq!(root.get(text, "hooks").unwrap().string(text).unwrap(), "x\ty");
        assert!(root.get(text, "other").is_none());
    }

    #[test]
    fn a_lone_surrogate_is_kept_and_equals_nothing() {
        let text = r#""\ud800""#;
        assert_eq!(parse(text).unwrap().unwrap().string(text).unwrap(), text);
    }
}
