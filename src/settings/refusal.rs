//! Why a settings file is left alone, in words for the person it belongs to.

use std::fmt;

use super::json::MAX_DEPTH;

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
