//! Lines that say nothing about a failure, and lines that explain one.

use crate::session::text::after_ignoring_case;

/// Progress, frames, rules and advice that stand in every output of a tool.
pub(super) fn is_noise(line: &str) -> bool {
    #[rustfmt::skip]
    const HEADS: [&str; 62] = [
        "Compiling ", "Generated ", "==> ", "===> ", "Downloading ", "Downloaded ", "Fetching ",
        "Checking PLT", "Checking ", "Finding suitable PLTs", "PLT is up to date",
        "Starting Dialyzer", "Running ExUnit", "Running setup", "Getting extensions", "Finished",
        "Exit code ", "stacktrace:", "note: run with `RUST_BACKTRACE", "note: ",
        "Stack backtrace", "stack backtrace:", "For more information", "Please report",
        "Use `mix credo", "Showing priority", "Analysis took", "Fix these issues",
        "[Output truncated", "Output truncated", "Some errors have detailed",
        "error: aborting due to", "error: could not compile", "error: test failed",
        "error: build failed", "warning: build failed", "npm ERR! A complete log",
        "npm error A complete log", "npm ERR!     /", "npm error     /", "Node.js v",
        "hint: Turn this", "hint: Disable this", "hint: \"git config", "hint: use --reapply",
        "done in ", "Total errors:", "Test Suites:", "Snapshots:", "Time:", "Ran all test",
        "Duration ", "Start at ", "Blocking waiting", "Locking ", "Updating ", "Adding ",
        "Resolving ", "Installing ", "Building ", "> ",
        "Error: Process completed with exit code",
    ];
    let bare = line.trim();
    if bare.is_empty() || bare.len() <= 1 || is_rule(bare) {
        return true;
    }
    // Lists of modules and files that tools print on the way.
    let brackets = bare.starts_with('[') && bare.len() > 300;
    let beam = bare.contains(".beam\"") || bare.contains(".plt\"");
    let code = bare.starts_with(['│', '|', '^', '~', '}', ']', ')']) || is_gutter(bare);
    brackets
        || beam
        || code
        || is_frame(bare)
        || is_dots(bare)
        || HEADS.iter().any(|head| bare.starts_with(head))
        || bare.starts_with("Pre-commit validation failed")
        || bare.starts_with("files: [")
        || bare.starts_with("check_plt:")
        || bare.starts_with("init_plt:")
        || after_ignoring_case(bare, "warning").is_some_and(|rest| rest.starts_with([':', '[']))
}

/// A line of rule characters only.
pub(super) fn is_rule(line: &str) -> bool {
    let line = line.trim();
    line.len() >= 3
        && line
            .chars()
            .all(|c| matches!(c, '_' | '-' | '=' | '─' | '━' | '⎯' | '*' | '#' | '~' | ' '))
}

/// Dots and marks that a test runner prints, one per test.
fn is_dots(line: &str) -> bool {
    line.chars().all(|c| matches!(c, '.' | '*' | 'F' | 'E' | 's' | 'x' | 'X' | ',' | '·' | ' '))
}

/// `12 | let x = 1;`: the source that a compiler shows.
fn is_gutter(line: &str) -> bool {
    line.split_once('|')
        .or_else(|| line.split_once('│'))
        .is_some_and(|(n, _)| !n.trim().is_empty() && n.trim().bytes().all(|b| b.is_ascii_digit()))
}

/// A frame of a stack trace.
pub(super) fn is_frame(line: &str) -> bool {
    let bare = line.trim_start();
    bare.starts_with("at ") && (bare.contains('(') || bare.contains(':'))
        || bare.starts_with("File \"")
        || bare.starts_with('(') && bare.contains(") lib/") && bare.contains(": ")
        || bare.starts_with('(') && bare.contains("erl:")
        || bare.starts_with("from ") && bare.contains(":in ")
        || bare.starts_with("❯ ") && bare.contains(':')
}

/// Whether a line names a failure in words, without the form of any tool.
pub(super) fn names_failure(line: &str) -> bool {
    static PAIRS: Pairs = Pairs::of(&MARKS).and(&Pairs::of(&STATUSES));
    let bare = line.trim_start_matches(|c: char| {
        c.is_whitespace() || matches!(c, '✘' | '✖' | '×' | '✗' | '⨯' | '❌' | '┃' | '>' | '*')
    });
    let first = bare.bytes().next().map(|b| b.to_ascii_lowercase());
    for head in [
        "error:",
        "error ",
        "[error]",
        "error[",
        "fatal:",
        "fatal error",
        "failed:",
        "failure:",
        "exception:",
        "panic:",
        "err:",
        "failed to ",
        "cannot ",
        "could not ",
        "unable to ",
        "unknown ",
        "invalid ",
        "missing ",
        "denied",
        "uncaught ",
        "unhandled ",
    ] {
        if first == head.bytes().next() && after_ignoring_case(bare, head).is_some() {
            return true;
        }
    }
    // One pass for both, where neither has anything: so it is with most.
    let any = PAIRS.may_hold(bare) || bare.starts_with("HTTP/");
    any && (has_mark(bare) || http_status(bare))
}

/// `[FAIL] x`, `✗ …`, `2026-… ERROR x`, `HTTP/1.1 500 …`, `curl: (7) …`
#[rustfmt::skip]
const MARKS: [&str; 24] = [
    " ERROR ", " FATAL ", "[FAIL]", "FAILED",
    "[ERROR]", " error: ", "Error: ", "command not found",
    "No such file or directory", "ermission denied", "onnection refused", "ECONNREFUSED",
    "timed out", "Timeout ", "Segmentation fault", "Killed",
    "ut of memory", "not recognized as", "unexpected ", "is not defined",
    "does not exist", "already exists", "already in use", "not found",
];

/// What an HTTP status is told by.
const STATUSES: [&str; 8] = [
    "status code",
    "400 Bad Request",
    "401 Unauthorized",
    "403 Forbidden",
    "404 Not Found",
    "500 Internal Server Error",
    "502 Bad Gateway",
    "503 Service Unavailable",
];

/// Pairs of bytes, each by its lower six bits: nearly every place in a line is ruled out by one look.
struct Pairs([u64; 64]);

impl Pairs {
    /// The first two bytes of each of some words.
    const fn of(words: &[&str]) -> Self {
        let mut pairs = [0; 64];
        let mut index = 0;
        while index < words.len() {
            let word = words[index].as_bytes();
            pairs[(word[0] & 63) as usize] |= 1 << (word[1] & 63);
            index += 1;
        }
        Self(pairs)
    }

    /// The pairs of both.
    const fn and(mut self, other: &Self) -> Self {
        let mut index = 0;
        while index < 64 {
            self.0[index] |= other.0[index];
            index += 1;
        }
        self
    }

    /// Whether one of the words whose pairs these are may stand in a line.
    fn may_hold(&self, line: &str) -> bool {
        line.as_bytes()
            .windows(2)
            .any(|pair| self.0[usize::from(pair[0] & 63)] >> (pair[1] & 63) & 1 == 1)
    }

    /// Whether one of the words whose pairs these are stands in a line.
    fn any(&self, line: &str, words: &[&str]) -> bool {
        let bytes = line.as_bytes();
        bytes.windows(2).enumerate().any(|(at, pair)| {
            self.0[usize::from(pair[0] & 63)] >> (pair[1] & 63) & 1 == 1
                && words.iter().any(|word| {
                    let word = word.as_bytes();
                    pair[0] == word[0] && pair[1] == word[1] && bytes[at..].starts_with(word)
                })
        })
    }
}

/// Whether a line holds a mark: one pass over its bytes for all of them.
fn has_mark(line: &str) -> bool {
    static PAIRS: Pairs = Pairs::of(&MARKS);
    PAIRS.any(line, &MARKS)
}

/// `HTTP/1.1 500 Internal Server Error`, `status code 403`, `404 Not Found`.
fn http_status(line: &str) -> bool {
    static PAIRS: Pairs = Pairs::of(&STATUSES);
    let first = line.strip_prefix("HTTP/").and_then(|rest| rest.split_once(' '));
    if first.is_none() && !PAIRS.any(line, &STATUSES) {
        return false;
    }
    let after = first
        .or_else(|| line.split_once("status code "))
        .or_else(|| line.split_once("status code: "))
        .map(|(_, status)| status);
    after.is_some_and(|status| status.starts_with(['4', '5']))
        || STATUSES[1..].iter().any(|k| line.contains(k))
}

/// Whether a line explains or advises: what is missing, what would help.
pub(super) fn explains(line: &str) -> bool {
    let bare = super::lines::undecorated(line);
    let first = bare.bytes().next().map(|b| b.to_ascii_lowercase());
    for head in [
        "hint:",
        "help:",
        "tip:",
        "did you mean",
        "perhaps you meant",
        "perhaps ",
        "suggestion:",
        "you may need",
        "you might need",
        "you need to",
        "you must ",
        "make sure",
        "please run",
        "please install",
        "consider ",
        "caused by",
        "reason:",
    ] {
        if first == head.bytes().next()
            && let Some(rest) = after_ignoring_case(bare, head)
        {
            let advice = rest.trim_start();
            return !advice.starts_with("Turn this")
                && !advice.starts_with("Disable this")
                && !advice.starts_with("\"git config")
                && !advice.is_empty();
        }
    }
    // Notices that every run prints are none, nor are code and test data.
    let sentence = bare.contains(' ')
        && bare.len() < 400
        && !bare.starts_with(['{', '[', '<', '"', '\'', '#', '/', '%']);
    if !sentence {
        return false;
    }
    let lower = bare.contains("id you mean")
        || bare.contains("Try ")
        || bare.contains("try `")
        || bare.contains("to fix");
    let missing = (bare.starts_with("No ") || bare.contains(" no "))
        && ["specified", "found", "configured", "matching", "installed", "given"]
            .iter()
            .any(|w| bare.contains(w));
    let absent = || ABSENT_PAIRS.any(bare, &ABSENT);
    (lower || missing || absent())
        && !bare.starts_with("found no")
        && !bare.contains("issues found")
        && !bare.contains("no issues")
}

/// What says that something is not there.
const ABSENT: [&str; 9] = [
    "does not exist",
    "is not set",
    "not set.",
    "is not installed",
    "is not configured",
    "not configured",
    "is required",
    "must be set",
    "no such ",
];
static ABSENT_PAIRS: Pairs = Pairs::of(&ABSENT);

/// What a line says about text that was left out.
pub(super) fn says_truncated(line: &str) -> Option<&str> {
    let around = |c: char| matches!(c, '[' | ']' | '.' | ' ' | '…' | '<' | '>' | '(' | ')' | '-');
    let bare = line.trim_matches(around);
    for head in ["Output truncated", "Output too large", "output truncated", "Output was truncated"]
    {
        if bare.starts_with(head) {
            return Some(bare.split(". ").next().unwrap_or(bare));
        }
    }
    let cut = || {
        bare.ends_with("truncated")
            || bare.contains("lines omitted")
            || bare.contains("characters truncated")
            || bare.contains("lines truncated")
    };
    let short = bare.len() < 100 && bare.bytes().any(|b| b.is_ascii_digit());
    (short && cut()).then_some(bare)
}
