//! The facts of a session, put together over its turns.

use super::about::{About, Cause};
use super::failures::{self, Unsolved};
use super::log::State;
use super::recall::{Recall, Told};
use crate::session::command::Class;
use crate::session::event::Outcome;
use crate::session::facts::{
    Act, By, Commit, End, Family, Item, Run, Session, Step, Task, TaskChange, TaskState, Touch,
    Turn,
};
use crate::session::{merge_family, merge_touch};
use chrono::{DateTime, Datelike, Duration, Timelike, Utc};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;

/// A session's facts over all its turns.
pub(super) struct View<'a> {
    pub(super) session: &'a Session,
    pub(super) recall: &'a Recall,
    pub(super) about: &'a About,
    /// All steps, in order.
    pub(super) steps: Vec<&'a Step>,
    /// Files, the last touched last.
    pub(super) files: Vec<Touch>,
    /// Command families, the last run last.
    pub(super) families: Vec<Family>,
    /// Tracker items as they stand, in the order of their first mention.
    pub(super) items: Vec<&'a Item>,
    /// Tasks as they stand.
    pub(super) tasks: Vec<Task>,
    /// Commits that were made: the step and the commit.
    pub(super) commits: Vec<(&'a Step, &'a Commit)>,
    /// The session began and ended on the same day.
    pub(super) one_day: bool,
    /// What the failures say, by their keys.
    pub(super) problems: HashMap<u64, &'a str>,
    /// Failures that still stand.
    pub(super) unsolved: Vec<Unsolved<'a>>,
}

impl<'a> View<'a> {
    pub(super) fn new(session: &'a Session, recall: &'a Recall, about: &'a About) -> Self {
        let mut steps: Vec<&Step> = session.all().flat_map(|t| &t.steps).collect();
        steps.sort_by_key(|s| s.seq);
        let (mut files, mut families) = (Vec::new(), Vec::new());
        let mut items: Vec<&Item> = Vec::new();
        for turn in session.all() {
            for touch in &turn.files {
                merge_touch(&mut files, touch.clone());
            }
            for family in &turn.families {
                merge_family(&mut families, family.clone());
            }
            for item in &turn.items {
                match items.iter_mut().find(|i| i.id == item.id) {
                    Some(old) => *old = item,
                    None => items.push(item),
                }
            }
        }
        let commits = steps
            .iter()
            .filter_map(|s| match &s.act {
                Act::Commit(commit) => Some((*s, commit)),
                _ => None,
            })
            .collect();
        let problems = steps
            .iter()
            .filter_map(|s| match &s.act {
                Act::Run(run) => Some(&run.errors),
                _ => None,
            })
            .flatten()
            .filter(|e| !e.line.is_empty())
            .map(|e| (e.key, e.line.as_str()))
            .collect();
        let day = |at: Option<DateTime<Utc>>| at.map(|at| at.date_naive());
        let mut view = Self {
            one_day: day(session.first) == day(session.last),
            problems,
            session,
            recall,
            about,
            steps,
            files,
            families,
            items,
            tasks: tasks(session),
            commits,
            unsolved: Vec::new(),
        };
        view.unsolved = failures::unsolved(&view);
        view
    }

    /// Name of the project that the session worked in.
    pub(super) fn project(&self) -> &'a str {
        project(&self.session.folder).0
    }

    /// Name of the work tree that it worked in, where its path tells one from the project.
    pub(super) fn worktree(&self) -> Option<&'a str> {
        project(&self.session.folder).1
    }

    /// The time of a second of the session, as `HH:MM`; with its date when the session lasted
    /// longer than a day.
    pub(super) fn clock(&self, second: u32) -> String {
        let first = self.session.first.unwrap_or_default();
        self.time(first + Duration::seconds(i64::from(second)))
    }

    /// A time of the session, likewise.
    pub(super) fn time(&self, at: DateTime<Utc>) -> String {
        let mut out = String::with_capacity(16);
        if !self.one_day {
            two(at.month(), &mut out);
            out.push('-');
            two(at.day(), &mut out);
            out.push(' ');
        }
        two(at.hour(), &mut out);
        out.push(':');
        two(at.minute(), &mut out);
        out
    }

    /// The newest turn that was asked for, or ran on its own.
    pub(super) fn last_turn(&self) -> Option<&'a Turn> {
        self.session.turns.last()
    }

    /// The newest turn that a person started.
    pub(super) fn last_asked(&self) -> Option<&'a Turn> {
        self.session.turns.iter().rev().find(|t| t.by == By::Human && !t.prompt.text.is_empty())
    }

    pub(super) fn state(&self) -> State {
        let Some(turn) = self.last_turn() else { return State::Empty };
        match &turn.end {
            End::Open if self.goes_on() => State::Running,
            End::Open => State::CutOff,
            End::Stopped => State::Ended,
            End::Interrupted => State::Interrupted,
            End::Failed(_) => State::Failed,
        }
    }

    /// The session was not broken off: it runs, or was paused in a turn on purpose.
    pub(super) fn goes_on(&self) -> bool {
        self.about.cause.is_some_and(Cause::goes_on)
    }

    /// How the session stands, in words.
    pub(super) fn ended(&self) -> String {
        self.ending().words(self.about.cause)
    }

    /// The same, but for what brought the end about.
    pub(super) fn ending(&self) -> Ending {
        let Some(turn) = self.last_turn() else { return Ending::default() };
        let said = match &turn.end {
            End::Open if self.goes_on() => "in the middle of a turn",
            End::Open => "cut off in the middle of a turn",
            End::Stopped => "turn ended",
            End::Interrupted => "stopped by the user in the middle of a turn",
            End::Failed(kind) => match &**kind {
                "invalid_request" if is_too_long(turn) => "cut off at the context limit",
                "max_output_tokens" => "cut off at the output limit",
                "rate_limit" => "cut off by an API error (rate limit)",
                "authentication_failed" => "cut off by an API error (authentication)",
                "invalid_request" => "cut off by an API error (invalid request)",
                "server_error" => "cut off by an API error (of the server)",
                _ => "cut off by an API error",
            },
        };
        let failure = self.unsolved.iter().find(|f| f.run.family == "git commit");
        let commit = failure.map(|failure| match failure.run.outcome {
            Outcome::Failed => "failed",
            _ => "was refused",
        });
        Ending {
            turn: said.to_owned(),
            open: turn.end == End::Open,
            commit: commit.map(str::to_owned),
        }
    }

    /// Whether a file has edits that no commit of the session took in.
    pub(super) fn is_uncommitted(&self, path: &str) -> bool {
        self.files.iter().any(|t| t.path == path && t.is_uncommitted())
    }

    /// The text of a file that the session wrote whole, as it stands after its edits.
    pub(super) fn last_text(&self, path: &str) -> Option<String> {
        let mut text: Option<String> = None;
        for step in &self.steps {
            if !matches!(&step.act, Act::Edit(edit) if edit.path == path) {
                continue;
            }
            for part in self.recall.at(step.line) {
                match part {
                    Told::Write { content, .. } => text = Some(content.clone()),
                    Told::Edits { changes, .. } => {
                        for (old, new) in changes {
                            text = text.map(|t| t.replacen(old.as_str(), new, 1));
                        }
                    }
                    _ => {}
                }
            }
        }
        text
    }

    /// Edits after a command last ran, and the file that had most of them, as far as steps are kept.
    pub(super) fn edits_since(&self, family: &Family) -> (usize, Option<&'a str>) {
        let mut files: Vec<(&str, usize)> = Vec::new();
        for step in self.steps.iter().filter(|s| s.seq > family.seq) {
            if let Act::Edit(edit) = &step.act {
                match files.iter_mut().find(|f| f.0 == edit.path) {
                    Some(file) => file.1 += 1,
                    None => files.push((&edit.path, 1)),
                }
            }
        }
        let all: u32 = self.session.all().map(|t| t.counts.edits).sum();
        let count = all.saturating_sub(family.edits) as usize;
        (count, files.into_iter().max_by_key(|f| f.1).map(|f| f.0))
    }

    /// Whether an item is the one that prompts name, or the parent of others.
    pub(super) fn is_root(&self, item: &Item) -> bool {
        self.items.iter().any(|i| i.parent.as_ref() == Some(&item.id))
            || self.session.turns.iter().any(|t| names(&t.prompt.text, &item.id))
    }

    /// The runs among the steps.
    pub(super) fn runs(&self) -> impl DoubleEndedIterator<Item = (&'a Step, &'a Run)> + '_ {
        self.steps.iter().filter_map(|s| match &s.act {
            Act::Run(run) => Some((*s, &**run)),
            _ => None,
        })
    }

    /// Families of commands that check, the last run last.
    pub(super) fn checks(&self) -> impl DoubleEndedIterator<Item = &Family> {
        self.families
            .iter()
            .filter(|f| matches!(f.class, Class::Test | Class::Lint | Class::Format | Class::Build))
    }
}

/// How a session stands, but for what brought the end about.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Ending {
    /// How its last turn ended; empty when nothing was asked.
    turn: String,
    /// Its last turn has not ended.
    open: bool,
    /// What became of the last try to commit, when that did not go through.
    commit: Option<String>,
}

impl Ending {
    /// In words.
    pub(super) fn words(&self, cause: Option<Cause>) -> String {
        if self.turn.is_empty() {
            return match cause {
                Some(Cause::Paused) => "paused on purpose".to_owned(),
                _ => "nothing was asked".to_owned(),
            };
        }
        let mut said = self.turn.clone();
        match cause {
            Some(Cause::Died) if !self.open => said.push_str("; its process is gone"),
            Some(Cause::Cleared) => said.push_str("; ended by /clear"),
            Some(Cause::Paused) => said.push_str("; paused on purpose"),
            _ => {}
        }
        if let Some(how) = &self.commit {
            said.push_str(", last commit ");
            said.push_str(how);
        }
        said
    }
}

/// A number below 100 in two digits.
fn two(number: u32, out: &mut String) {
    out.extend([number / 10, number % 10].map(|digit| char::from(b'0' + digit as u8)));
}

/// Project and work tree, by the names that folders of work trees usually have: `x/.worktrees/y`,
/// `x/.claude/worktrees/y`, `x-worktrees/y`. Everything else is a project of its last name.
fn project(folder: &str) -> (&str, Option<&str>) {
    let mut names = folder.rsplit(['/', '\\']).filter(|name| !name.is_empty());
    let last = names.next().unwrap_or(folder);
    let Some(parent) = names.next() else { return (last, None) };
    let lower = parent.to_ascii_lowercase();
    if matches!(&*lower, "worktrees" | ".worktrees" | "worktree" | ".trees") {
        let above = names.find(|name| !matches!(*name, ".claude" | ".git" | ".cursor"));
        return above.map_or((last, None), |name| (name, Some(last)));
    }
    for end in ["-worktrees", "_worktrees", ".worktrees", "-wt", ".wt"] {
        if let Some(name) = lower.strip_suffix(end)
            && !name.is_empty()
        {
            return (&parent[..name.len()], Some(last));
        }
    }
    (last, None)
}

/// Whether a text names an id: as a word of its own, a longer id not counted.
pub(super) fn names(text: &str, id: &str) -> bool {
    let inside = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_');
    !id.is_empty()
        && text.match_indices(id).any(|(at, _)| {
            let before = text[..at].chars().next_back();
            let mut after = text[at + id.len()..].chars();
            let next = after.next();
            let longer = next == Some('.') && after.next().is_some_and(char::is_alphanumeric);
            !before.is_some_and(inside) && !next.is_some_and(inside) && !longer
        })
}

/// Claude Code's own task list as it stands.
pub fn tasks(session: &Session) -> Vec<Task> {
    let mut tasks: Vec<Task> = Vec::new();
    for change in session.all().flat_map(|t| &t.tasks) {
        match change {
            TaskChange::Task(task) => {
                tasks.retain(|t| t.id.is_empty() || t.id != task.id);
                tasks.push(task.clone());
            }
            TaskChange::State { id, state, subject } => {
                match tasks.iter_mut().find(|t| t.id == *id) {
                    Some(task) => {
                        task.state = *state;
                        if let Some(subject) = subject {
                            task.subject.clone_from(subject);
                        }
                    }
                    None => tasks.push(Task {
                        id: id.clone(),
                        subject: subject.clone().unwrap_or_default(),
                        state: *state,
                        line: None,
                    }),
                }
            }
            TaskChange::List(list) => {
                tasks.retain(|t| !t.id.is_empty());
                tasks.extend(list.iter().cloned());
            }
        }
    }
    tasks.retain(|t| t.state != TaskState::Deleted);
    tasks
}

/// Whether the API refused a turn's last request because the conversation does not fit the window: the
/// kind of error is that of any other request that is not right.
fn is_too_long(turn: &Turn) -> bool {
    let refused = |act: &Act| matches!(act, Act::Error { text, .. } if text.to_ascii_lowercase().starts_with("prompt is too long"));
    turn.steps.iter().rev().any(|step| refused(&step.act))
}
