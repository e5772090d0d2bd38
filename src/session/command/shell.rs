//! Words, operators and redirections of a shell command line.

use super::quotes::{
    heredoc_body, inside, skip_ansi_c, skip_backticks, skip_double, skip_parens, skip_single,
    unescape_double,
};
use crate::bytes;

/// How a command hangs on the one before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Join {
    /// The first of its line.
    Start,
    /// `&&`: ran only if the one before it succeeded.
    And,
    /// `||`: ran only if the one before it failed.
    Or,
    /// `;`, `&` or a line end: ran whatever happened before.
    Then,
}

/// One word: as written, and without its quotes.
#[derive(Clone, Debug)]
pub(super) struct Word<'a> {
    pub(super) raw: &'a str,
    pub(super) value: String,
}

impl Word<'_> {
    /// The name of the program that this word starts: the last part of its path.
    pub(super) fn program(&self) -> &str {
        let name = self.value.rsplit(['/', '\\']).next().unwrap_or(&self.value);
        let name = name.strip_suffix(".exe").unwrap_or(name);
        match name {
            "gradlew" | "gradlew.bat" => "gradle",
            "mvnw" | "mvnw.cmd" => "mvn",
            "bazelisk" => "bazel",
            "docker-compose" => "docker compose",
            _ if name.starts_with("python") && is_version(&name[6..]) => "python",
            _ if name.starts_with("pip") && is_version(&name[3..]) => "pip",
            _ => name,
        }
    }
}

fn is_version(rest: &str) -> bool {
    rest.bytes().all(|b| b.is_ascii_digit() || b == b'.')
}

/// A command without operators.
#[derive(Debug)]
pub(super) struct Simple<'a> {
    pub(super) words: Vec<Word<'a>>,
    pub(super) join: Join,
    /// Its place in its pipeline, from 0.
    pub(super) stage: u32,
    /// Targets of output redirections.
    pub(super) writes: Vec<String>,
    /// The here-document it reads.
    pub(super) heredoc: Option<&'a str>,
}

/// Bounds: what is beyond them is read but not kept.
const MAX_SIMPLES: usize = 256;
const MAX_WORDS: usize = 256;

/// A here-document that was announced and whose body starts at the next line.
struct Pending {
    tag: String,
    dash: bool,
    simple: usize,
}

#[derive(Clone, Copy, PartialEq)]
enum Redirect {
    Out,
    In,
    Heredoc { dash: bool },
}

struct Lexer<'a> {
    text: &'a str,
    at: usize,
    out: Vec<Simple<'a>>,
    current: Simple<'a>,
    redirect: Option<Redirect>,
    pending: Vec<Pending>,
}

fn simple<'a>(join: Join, stage: u32) -> Simple<'a> {
    Simple { words: Vec::new(), join, stage, writes: Vec::new(), heredoc: None }
}

/// The simple commands of a line, in order.
pub(super) fn split(text: &str) -> Vec<Simple<'_>> {
    let mut lexer = Lexer {
        text,
        at: 0,
        out: Vec::new(),
        current: simple(Join::Start, 0),
        redirect: None,
        pending: Vec::new(),
    };
    lexer.run();
    lexer.out
}

impl Lexer<'_> {
    fn peek(&self, ahead: usize) -> u8 {
        self.text.as_bytes().get(self.at + ahead).copied().unwrap_or(0)
    }

    fn run(&mut self) {
        while self.at < self.text.len() {
            match self.peek(0) {
                b' ' | b'\t' | b'\r' => self.at += 1,
                b'\\' if self.peek(1) == b'\n' => self.at += 2,
                b'\n' => {
                    self.at += 1;
                    self.heredocs();
                    self.end(Join::Then, false);
                }
                b'#' => {
                    let rest = &self.text.as_bytes()[self.at..];
                    self.at += bytes::find(b'\n', rest).unwrap_or(rest.len());
                }
                b'&' if self.peek(1) == b'&' => self.operator(2, Join::And, false),
                b'&' if self.peek(1) == b'>' => {
                    self.at += if self.peek(2) == b'>' { 3 } else { 2 };
                    self.redirect = Some(Redirect::Out);
                }
                b'|' if self.peek(1) == b'|' => self.operator(2, Join::Or, false),
                b'|' => {
                    let width = if self.peek(1) == b'&' { 2 } else { 1 };
                    self.operator(width, self.current.join, true);
                }
                b'&' | b';' | b'(' | b')' => self.operator(1, Join::Then, false),
                b'>' | b'<' if self.peek(1) != b'(' => self.redirection(),
                _ => self.word(),
            }
        }
        self.end(Join::Then, false);
    }

    fn operator(&mut self, width: usize, join: Join, pipe: bool) {
        self.at += width;
        self.end(join, pipe);
    }

    /// Ends the current command; the next one hangs on it by `join`.
    fn end(&mut self, join: Join, pipe: bool) {
        self.redirect = None;
        let empty = self.current.words.is_empty() && self.current.writes.is_empty();
        if empty && !pipe {
            // `(` after `&&`, a blank line: what came before still decides.
            if self.out.is_empty() {
                self.current.join = Join::Start;
            } else if self.current.join == Join::Start || join != Join::Then {
                self.current.join = join;
            }
            return;
        }
        let stage = if pipe { self.current.stage + 1 } else { 0 };
        let done = std::mem::replace(&mut self.current, simple(join, stage));
        if self.out.len() < MAX_SIMPLES {
            self.out.push(done);
        }
    }

    fn redirection(&mut self) {
        let (first, second, third) = (self.peek(0), self.peek(1), self.peek(2));
        let (width, kind) = match (first, second, third) {
            (b'<', b'<', b'<') => (3, Redirect::In),
            (b'<', b'<', b'-') => (3, Redirect::Heredoc { dash: true }),
            (b'<', b'<', _) => (2, Redirect::Heredoc { dash: false }),
            (b'>', b'>' | b'|' | b'&', _) => (2, Redirect::Out),
            (b'<', b'>' | b'&', _) => (2, Redirect::In),
            (b'>', _, _) => (1, Redirect::Out),
            _ => (1, Redirect::In),
        };
        self.at += width;
        self.redirect = Some(kind);
    }

    fn word(&mut self) {
        let start = self.at;
        let mut value = String::new();
        while self.at < self.text.len() {
            let from = self.at;
            match self.peek(0) {
                b' ' | b'\t' | b'\r' | b'\n' | b';' | b'|' | b')' | b'&' => break,
                b'<' | b'>' => {
                    if self.peek(1) == b'(' {
                        self.at = skip_parens(self.text.as_bytes(), self.at + 2, 0);
                        value.push_str(&self.text[from..self.at]);
                        continue;
                    }
                    // `2>`: the digits are a file descriptor, not a word.
                    if !value.is_empty() && value.bytes().all(|b| b.is_ascii_digit()) {
                        return self.redirection();
                    }
                    break;
                }
                b'\\' => {
                    let next = self.text[self.at + 1..].chars().next();
                    self.at += 1 + next.map_or(0, char::len_utf8);
                    if let Some(c) = next.filter(|c| *c != '\n') {
                        value.push(c);
                    }
                }
                b'\'' => {
                    self.at = skip_single(self.text.as_bytes(), self.at + 1);
                    value.push_str(inside(self.text, from + 1, self.at, b'\''));
                }
                b'$' if self.peek(1) == b'\'' => {
                    self.at = skip_ansi_c(self.text.as_bytes(), self.at + 2);
                    let raw = inside(self.text, from + 2, self.at, b'\'');
                    value.push_str(&raw.replace("\\n", "\n").replace("\\'", "'"));
                }
                b'"' => {
                    self.at = skip_double(self.text.as_bytes(), self.at + 1, 0);
                    unescape_double(inside(self.text, from + 1, self.at, b'"'), &mut value);
                }
                b'`' => {
                    self.at = skip_backticks(self.text.as_bytes(), self.at + 1);
                    value.push_str(&self.text[from..self.at]);
                }
                b'(' => {
                    self.at = skip_parens(self.text.as_bytes(), self.at + 1, 0);
                    value.push_str(&self.text[from..self.at]);
                }
                b'$' if self.peek(1) == b'{' => {
                    let rest = &self.text.as_bytes()[self.at..];
                    self.at += bytes::find_either(b'}', b'\n', rest).map_or(rest.len(), |n| n + 1);
                    value.push_str(&self.text[from..self.at]);
                }
                _ => {
                    let rest = &self.text.as_bytes()[self.at + 1..];
                    let plain = rest
                        .iter()
                        .position(|b| b.is_ascii() && !b.is_ascii_alphanumeric())
                        .unwrap_or(rest.len());
                    self.at += 1 + plain;
                    value.push_str(&self.text[from..self.at]);
                }
            }
        }
        let raw = &self.text[start..self.at];
        match self.redirect.take() {
            None if self.current.words.len() < MAX_WORDS => {
                self.current.words.push(Word { raw, value });
            }
            Some(Redirect::Heredoc { dash }) => {
                let simple = self.out.len();
                self.pending.push(Pending { tag: value, dash, simple });
            }
            Some(Redirect::Out)
                if self.current.writes.len() < 8
                    && value.len() < 300
                    && !value.starts_with("/dev/")
                    && value != "-"
                    && !value.bytes().all(|b| b.is_ascii_digit()) =>
            {
                self.current.writes.push(value);
            }
            _ => {}
        }
    }

    /// Reads the bodies of the here-documents announced on the line that just ended.
    fn heredocs(&mut self) {
        for Pending { tag, dash, simple } in std::mem::take(&mut self.pending) {
            let (body, next) = heredoc_body(self.text, self.at, &tag, dash);
            self.at = next;
            if simple == self.out.len() {
                self.current.heredoc = Some(body);
            } else if let Some(done) = self.out.get_mut(simple) {
                done.heredoc = Some(body);
            }
        }
    }
}
