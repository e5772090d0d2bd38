//! Words, quotes, operators and here-documents of a shell command line.

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
const MAX_DEPTH: u32 = 24;

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
                    self.at += memchr::memchr(b'\n', rest).unwrap_or(rest.len());
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
                    self.at += memchr::memchr2(b'}', b'\n', rest).map_or(rest.len(), |n| n + 1);
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

/// What stands between `from` and `to`, without the closing quote if there is one.
fn inside(text: &str, from: usize, to: usize, quote: u8) -> &str {
    let from = from.min(to);
    let body = &text[from..to];
    if text.as_bytes().get(to.wrapping_sub(1)) == Some(&quote) && to > from {
        &body[..body.len() - 1]
    } else {
        body
    }
}

/// The body of a here-document whose first line starts at `at`, and the index after its last line.
fn heredoc_body<'a>(text: &'a str, at: usize, tag: &str, dash: bool) -> (&'a str, usize) {
    let mut line = at;
    while line < text.len() {
        let end = memchr::memchr(b'\n', &text.as_bytes()[line..]).map_or(text.len(), |n| line + n);
        let content = text[line..end].trim_end_matches('\r');
        let content = if dash { content.trim_start_matches('\t') } else { content };
        if content == tag {
            return (&text[at..line], (end + 1).min(text.len()));
        }
        line = end + 1;
    }
    (&text[at.min(text.len())..], text.len())
}

/// The text that `$(cat <<'EOF' … EOF)` stands for, when that is all there is.
pub(super) fn heredoc_text(value: &str) -> Option<&str> {
    let rest = value.trim_start().strip_prefix("$(cat")?.trim_start().strip_prefix("<<")?;
    let (dash, rest) = rest.strip_prefix('-').map_or((false, rest), |rest| (true, rest));
    let (head, _) = rest.split_once('\n')?;
    let tag = head.trim().trim_matches(['\'', '"', '\\']);
    let (body, _) = heredoc_body(rest, head.len() + 1, tag, dash);
    Some(body.strip_suffix('\n').unwrap_or(body))
}

fn skip_single(bytes: &[u8], at: usize) -> usize {
    memchr::memchr(b'\'', &bytes[at.min(bytes.len())..]).map_or(bytes.len(), |n| at + n + 1)
}

fn skip_ansi_c(bytes: &[u8], mut at: usize) -> usize {
    while at < bytes.len() {
        match bytes[at] {
            b'\\' => at += 2,
            b'\'' => return at + 1,
            _ => at += 1,
        }
    }
    bytes.len()
}

fn skip_backticks(bytes: &[u8], mut at: usize) -> usize {
    while at < bytes.len() {
        match bytes[at] {
            b'\\' => at += 2,
            b'`' => return at + 1,
            _ => at += 1,
        }
    }
    bytes.len()
}

/// The index after the double quote that ends the string whose inside starts at `at`.
fn skip_double(bytes: &[u8], mut at: usize, depth: u32) -> usize {
    while at < bytes.len() {
        match bytes[at] {
            b'\\' => at += 2,
            b'"' => return at + 1,
            b'`' => at = skip_backticks(bytes, at + 1),
            b'$' if bytes.get(at + 1) == Some(&b'(') && depth < MAX_DEPTH => {
                at = skip_parens(bytes, at + 2, depth + 1);
            }
            _ => at += 1,
        }
    }
    bytes.len()
}

/// The index after the parenthesis that closes the substitution whose inside starts at `at`.
fn skip_parens(bytes: &[u8], mut at: usize, depth: u32) -> usize {
    let mut open = 1u32;
    let mut tags: Vec<(&[u8], bool)> = Vec::new();
    while at < bytes.len() {
        match bytes[at] {
            b'\\' => at += 2,
            b'\'' => at = skip_single(bytes, at + 1),
            b'"' if depth < MAX_DEPTH => at = skip_double(bytes, at + 1, depth + 1),
            b'`' => at = skip_backticks(bytes, at + 1),
            b'(' => {
                open += 1;
                at += 1;
            }
            b')' => {
                open -= 1;
                at += 1;
                if open == 0 {
                    return at;
                }
            }
            b'<' if bytes.get(at + 1) == Some(&b'<') && bytes.get(at + 2) != Some(&b'<') => {
                at += 2;
                let dash = bytes.get(at) == Some(&b'-');
                at += usize::from(dash);
                while bytes.get(at).is_some_and(|b| matches!(b, b' ' | b'\'' | b'"' | b'\\')) {
                    at += 1;
                }
                let start = at;
                while bytes.get(at).is_some_and(|b| b.is_ascii_alphanumeric() || *b == b'_') {
                    at += 1;
                }
                tags.push((&bytes[start..at], dash));
                at += usize::from(bytes.get(at).is_some_and(|b| matches!(b, b'\'' | b'"')));
            }
            b'<' if bytes.get(at + 1) == Some(&b'<') => at += 3,
            b'\n' => {
                at += 1;
                for (tag, dash) in tags.drain(..) {
                    at = skip_heredoc(bytes, at, tag, dash);
                }
            }
            _ => at += 1,
        }
    }
    bytes.len()
}

fn skip_heredoc(bytes: &[u8], mut at: usize, tag: &[u8], dash: bool) -> usize {
    while at < bytes.len() {
        let end = memchr::memchr(b'\n', &bytes[at..]).map_or(bytes.len(), |n| at + n);
        let line = bytes[at..end].strip_suffix(b"\r").unwrap_or(&bytes[at..end]);
        let line = if dash { line.trim_ascii_start() } else { line };
        if line == tag {
            return (end + 1).min(bytes.len());
        }
        at = end + 1;
    }
    bytes.len()
}

/// Appends the inside of a double-quoted string without its escapes. Substitutions stay as written.
fn unescape_double(raw: &str, value: &mut String) {
    let mut rest = raw;
    while let Some(at) = memchr::memchr2(b'\\', b'$', rest.as_bytes()) {
        value.push_str(&rest[..at]);
        let tail = &rest[at..];
        if tail.starts_with("$(") {
            let end = skip_parens(tail.as_bytes(), 2, 0).min(tail.len());
            value.push_str(&tail[..end]);
            rest = &tail[end..];
            continue;
        }
        let mut chars = tail.chars();
        let first = chars.next().unwrap_or_default();
        match (first, chars.next()) {
            ('\\', Some(c @ ('"' | '\\' | '$' | '`'))) => {
                value.push(c);
                rest = &tail[2..];
            }
            ('\\', Some('\n')) => rest = &tail[2..],
            _ => {
                value.push(first);
                rest = &tail[1..];
            }
        }
    }
    value.push_str(rest);
}
