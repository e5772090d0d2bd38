//! Issue trackers that are driven by commands: what a call does, and what their outputs say.
//!
//! The state of an item is told by replaying the calls that succeeded over what lists and shows
//! printed. No tracker is asked.

mod body;
mod items;

use super::command::{Class, Part};
use super::text;

pub use body::{Body, Heading, Section, body};
pub use items::{Item, MAX_ITEMS, items};

/// The most UTF-16 units of a title, reason or status.
const MAX_TITLE: usize = 300;
const MAX_REASON: usize = 2_000;

/// Where an item stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum State {
    Open,
    InProgress,
    Blocked,
    Closed,
}

impl State {
    /// The state that a word or glyph of a tracker names.
    pub fn of(word: &str) -> Option<Self> {
        let word = word.trim_matches(|c: char| {
            matches!(c, '[' | ']' | '(' | ')' | ':' | ',' | '.' | '"' | '\'')
        });
        let plain: String = word
            .chars()
            .take(24)
            .filter(|c| !matches!(c, '_' | '-' | ' '))
            .flat_map(char::to_lowercase)
            .collect();
        Some(match plain.as_str() {
            "○" | "◯" | "☐" | "open" | "opened" | "todo" | "new" | "ready" | "backlog"
            | "pending" | "reopened" | "triage" | "unstarted" | "planned" | "deferred"
            | "draft" => Self::Open,
            "◐" | "◑" | "◓" | "▶" | "inprogress" | "doing" | "started" | "wip" | "active"
            | "claimed" | "inreview" | "review" => Self::InProgress,
            "⊘" | "⛔" | "🚫" | "blocked" | "onhold" | "waiting" => Self::Blocked,
            "✓" | "✔" | "☑" | "✅" | "✗" | "closed" | "done" | "completed" | "complete"
            | "resolved" | "fixed" | "merged" | "canceled" | "cancelled" | "wontfix"
            | "finished" => Self::Closed,
            _ => return None,
        })
    }
}

/// What a call of a tracker does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Verb {
    Show,
    /// Several items: lists, searches, what is ready or blocked.
    List,
    Create,
    /// A change of another kind than a claim or close.
    Update,
    /// Taken in hand: `start`, `claim`, a status like `in_progress`.
    Claim,
    Close,
    Reopen,
    Comment,
    /// [`Call::id`] waits for the first of [`Call::others`].
    Depend,
    Delete,
    Other,
}

/// One call of a tracker.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    /// `bd`, `gh issue`, `jira`.
    pub program: String,
    pub verb: Verb,
    pub id: Option<String>,
    /// More ids of the same call.
    pub others: Vec<String>,
    /// The status it sets, as written.
    pub status: Option<String>,
    /// The reason or comment it gives, whole up to 2,000 UTF-16 units.
    pub reason: Option<String>,
    /// The title it gives.
    pub title: Option<String>,
    /// The item under which it creates.
    pub parent: Option<String>,
}

/// What a command does with a tracker; `None` when it is none.
///
/// Whether it took effect is for the caller to know: an item closed in a tracker says nothing about
/// the repository.
pub fn call(part: &Part) -> Option<Call> {
    if part.class != Class::Tracker {
        return None;
    }
    let mut words = part.family.split(' ');
    let first = words.next()?;
    let mut rest: Vec<&str> = words.collect();
    let grouped = matches!(first, "gh" | "glab" | "jira" | "linear" | "linctl" | "backlog");
    let noun = matches!(
        rest.first(),
        Some(
            &("issue"
                | "issues"
                | "pr"
                | "mr"
                | "project"
                | "milestone"
                | "epic"
                | "task"
                | "sprint")
        )
    );
    let mut program = first.to_owned();
    if grouped && noun {
        program = format!("{first} {}", rest.remove(0));
    }
    let args: Vec<&str> = part.args.iter().map(String::as_str).collect();
    let mut operands = operands(&args);
    // `task 12 done`: the verb stands behind the id.
    let mut word = rest.first().copied().unwrap_or("");
    if word.is_empty() || (first == "task" && is_number(word)) {
        if is_number(word) {
            operands.insert(0, word);
        }
        word = rest.get(1).copied().or_else(|| {
            let at = operands.iter().position(|o| !looks_like_id(o))?;
            Some(operands.remove(at))
        })?;
    }
    let mut verb = verb(word, rest.get(1).copied());
    let status = value(&args, &["--status", "-s", "--state"]).or_else(|| {
        // `jira issue move KEY "In Progress"`, `tk status ID done`.
        (matches!(word, "move" | "transition" | "status" | "set-status") && operands.len() > 1)
            .then(|| operands.remove(1))
    });
    // `-t` is a title for some, a type for others.
    let short = if grouped { "-t" } else { "--title" };
    let title = value(&args, &["--title", short, "--summary"]).or_else(|| {
        let free = verb == Verb::Create && !operands.is_empty() && !grouped;
        free.then(|| operands.remove(0))
    });
    let reason = value(
        &args,
        &["--reason", "-r", "--comment", "-c", "--message", "-m", "--notes", "--resolution"],
    )
    .or(part.message.as_deref().filter(|_| verb != Verb::Create))
    .or_else(|| (verb == Verb::Comment && operands.len() > 1).then(|| operands[1]));
    let flag = value(&args, &["--id", "--issue", "--task"]);
    let mut ids = flag.into_iter().chain(operands.iter().copied().filter(|o| looks_like_id(o)));
    let id = if verb == Verb::Create || verb == Verb::List {
        None
    } else {
        ids.next().map(str::to_owned)
    };
    let others: Vec<String> =
        if id.is_some() { ids.take(16).map(str::to_owned).collect() } else { Vec::new() };
    if matches!(verb, Verb::Update | Verb::Other) {
        let claims = args.iter().any(|a| matches!(*a, "--claim" | "--start"));
        match status.and_then(State::of) {
            Some(State::InProgress) => verb = Verb::Claim,
            Some(State::Closed) => verb = Verb::Close,
            _ if claims => verb = Verb::Claim,
            _ if status.is_some() => verb = Verb::Update,
            _ => {}
        }
    }
    let bounded =
        |text: Option<&str>, max: usize| text.map(|t| text::line(t, max)).filter(|t| !t.is_empty());
    Some(Call {
        program,
        verb,
        id,
        others,
        status: bounded(status, 60).filter(|_| verb != Verb::List),
        reason: bounded(reason, MAX_REASON).filter(|_| !matches!(verb, Verb::List | Verb::Show)),
        title: bounded(title, MAX_TITLE),
        parent: value(&args, &["--parent", "--epic"]).map(str::to_owned),
    })
}

fn verb(word: &str, next: Option<&str>) -> Verb {
    match (word, next) {
        ("dep" | "link" | "depend" | "block", Some("add") | None) | ("depends", _) => Verb::Depend,
        ("show" | "view" | "get" | "info" | "details" | "cat", _) => Verb::Show,
        (
            "list" | "ls" | "ready" | "blocked" | "search" | "stale" | "status" | "stats" | "next"
            | "children" | "tree" | "query" | "find" | "mine" | "checks" | "diff",
            _,
        ) => Verb::List,
        ("create" | "new" | "add" | "q" | "file", _) => Verb::Create,
        ("claim" | "start" | "take" | "begin" | "checkout", _) => Verb::Claim,
        ("close" | "done" | "resolve" | "resolved" | "complete" | "finish" | "merge", _) => {
            Verb::Close
        }
        ("reopen", _) => Verb::Reopen,
        ("comment" | "comments" | "note" | "annotate" | "review", _) => Verb::Comment,
        ("delete" | "rm" | "remove", _) => Verb::Delete,
        (
            "update" | "edit" | "modify" | "mod" | "set" | "label" | "assign" | "move"
            | "transition" | "set-status" | "stop" | "ready-for-review",
            _,
        ) => Verb::Update,
        _ => Verb::Other,
    }
}

/// Flags whose value is the next word, and which are no operands.
fn takes_value(flag: &str) -> bool {
    if flag.contains('=') {
        return false;
    }
    matches!(
        flag,
        "-s" | "-t"
            | "-r"
            | "-c"
            | "-m"
            | "-b"
            | "-d"
            | "-p"
            | "-l"
            | "-a"
            | "-n"
            | "-L"
            | "-R"
            | "-q"
            | "-F"
            | "-S"
            | "-B"
            | "-H"
            | "--status"
            | "--state"
            | "--title"
            | "--summary"
            | "--reason"
            | "--comment"
            | "--message"
            | "--notes"
            | "--body"
            | "--description"
            | "--priority"
            | "--type"
            | "--label"
            | "--labels"
            | "--assignee"
            | "--parent"
            | "--epic"
            | "--repo"
            | "--limit"
            | "--json"
            | "--add-label"
            | "--remove-label"
            | "--add-assignee"
            | "--milestone"
            | "--project"
            | "--design"
            | "--acceptance"
            | "--notes-file"
            | "--body-file"
            | "--id"
            | "--issue"
            | "--task"
            | "--resolution"
            | "--jq"
            | "--search"
            | "--base"
            | "--head"
            | "--deps"
            | "--estimate"
            | "--due"
            | "--external-ref"
            | "--actor"
            | "--why"
    )
}

/// The arguments that are no flags and no values of flags.
fn operands<'a>(args: &[&'a str]) -> Vec<&'a str> {
    let mut out = Vec::new();
    let mut at = 0;
    while at < args.len() {
        let arg = args[at];
        if arg.starts_with('-') && arg.len() > 1 {
            at += usize::from(takes_value(arg));
        } else if !arg.is_empty() {
            out.push(arg);
        }
        at += 1;
    }
    out
}

/// The value of the first of `flags` that is given, `--flag value` or `--flag=value`.
fn value<'a>(args: &[&'a str], flags: &[&str]) -> Option<&'a str> {
    args.iter().enumerate().find_map(|(n, arg)| {
        let flag = flags.iter().find(|f| arg.starts_with(**f))?;
        match arg.strip_prefix(flag)? {
            "" => args.get(n + 1).copied(),
            rest => rest.strip_prefix('='),
        }
    })
}

fn is_number(word: &str) -> bool {
    let word = word.strip_prefix('#').unwrap_or(word);
    !word.is_empty() && word.len() <= 9 && word.bytes().all(|b| b.is_ascii_digit() || b == b'.')
}

/// Whether an argument can be an id: a number, or words joined by dashes, without spaces.
fn looks_like_id(word: &str) -> bool {
    is_number(word)
        || (3..=60).contains(&word.len())
            && word.starts_with(|c: char| c.is_ascii_alphabetic())
            && word.contains(['-', '.'])
            && word.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.' | b'_'))
            && !word.ends_with(['-', '.'])
}

#[cfg(test)]
mod tests;
