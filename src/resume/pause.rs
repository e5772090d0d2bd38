//! A log that is frozen on purpose: what somebody who pauses the work adds to the session's facts.

use super::about::LaterCommit;
use super::digest;
use super::log::{Entry, ResumeLog, Topic};
use super::next::plural;
use super::view::{self, View};
use super::{Meanwhile, state};
use crate::session::Session;
use crate::session::command::Class;
use crate::session::facts::{Family, ItemState, TaskState};
use crate::session::merge_family;
use crate::session::text::{self, cut};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use std::fmt::Write;

/// UTF-16 units of a message; longer ones are cut.
pub const MESSAGE: usize = 4_000;
/// Commits and files of a kind that a log names.
const COMMITS: usize = 3;
const FILES: usize = 20;

/// The pause that a log is frozen for.
#[derive(Debug, Clone, Default)]
pub struct Paused {
    /// The pause's id.
    pub id: String,
    pub at: DateTime<Utc>,
    /// What was left for whoever goes on; at most [`MESSAGE`] units.
    pub message: Option<String>,
    /// What git said of the work tree; `None` outside a repository.
    pub checkout: Option<Checkout>,
}

/// A work tree as git described it. Paths are relative to its top, `/` between their parts; bytes that
/// are no UTF-8 are replaced.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Checkout {
    /// The branch; `None` when `HEAD` is detached.
    pub branch: Option<String>,
    /// Hash of `HEAD`; `None` before the first commit.
    pub head: Option<String>,
    /// `merge`, `rebase`, `am`, `cherry-pick`, `revert` or `bisect`, when one is under way.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub in_progress: Option<String>,
    /// The last commits, newest first.
    pub commits: Vec<LaterCommit>,
    /// Files with changes in the index, in the work tree, and those that git does not know.
    pub staged: Vec<String>,
    pub modified: Vec<String>,
    pub untracked: Vec<String>,
    /// Files whose merge waits for somebody.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub unmerged: Vec<String>,
    /// Files beyond those listed.
    #[serde(skip_serializing_if = "is_zero")]
    pub more: u32,
}

// Serde hands over a reference.
#[allow(clippy::trivially_copy_pass_by_ref)]
fn is_zero(number: &u32) -> bool {
    *number == 0
}

/// A task or a tracker's item that is not done.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct OpenTask {
    /// Its id where it was made; empty when it has none.
    pub id: String,
    pub title: String,
    /// `in progress`, `not begun`, `open` or `blocked`.
    pub state: String,
}

/// Tasks of the session that are not done, and tracker items that it worked on and did not close.
pub fn open_tasks(session: &Session) -> Vec<OpenTask> {
    let mut open: Vec<OpenTask> = view::tasks(session)
        .into_iter()
        .filter_map(|task| {
            let state = match task.state {
                TaskState::InProgress => "in progress",
                TaskState::Pending => "not begun",
                _ => return None,
            };
            Some(OpenTask { id: task.id, title: task.subject, state: state.to_owned() })
        })
        .collect();
    let mut items: Vec<&crate::session::facts::Item> = Vec::new();
    for item in session.all().flat_map(|turn| &turn.items) {
        match items.iter_mut().find(|known| known.id == item.id) {
            Some(known) => *known = item,
            None => items.push(item),
        }
    }
    let waits = |item: &&&crate::session::facts::Item| {
        (item.touched || item.claimed > 0)
            && matches!(item.state, ItemState::Active | ItemState::Blocked | ItemState::Open)
    };
    open.extend(items.iter().filter(waits).map(|item| OpenTask {
        id: item.id.clone(),
        title: item.title.clone(),
        state: state::name(item.state).to_owned(),
    }));
    open
}

/// Commands that check the work, tests first, each in the last form that ran.
pub fn checks(session: &Session) -> Vec<String> {
    let mut families: Vec<Family> = Vec::new();
    for family in session.all().flat_map(|turn| &turn.families) {
        merge_family(&mut families, family.clone());
    }
    families
        .retain(|f| matches!(f.class, Class::Test | Class::Lint | Class::Format | Class::Build));
    families.sort_by_key(|f| (f.class != Class::Test, std::cmp::Reverse(f.seq)));
    let mut checks: Vec<String> = Vec::new();
    for family in families {
        if !checks.contains(&family.shown) {
            checks.push(family.shown);
        }
    }
    checks
}

/// What the pause itself has to say; what git said stands for what the session's calls showed.
pub(super) fn entries(view: &View<'_>, out: &mut Vec<Entry>) {
    let Some(paused) = &view.about.pause else { return };
    let at = paused.at.format("%Y-%m-%d %H:%M UTC");
    let said = match &paused.message {
        Some(message) => format!("paused {at}: {}", cut(message, MESSAGE)),
        None => format!("paused {at}"),
    };
    out.push(Entry::new(Topic::Note, 100, said));
    let Some(checkout) = &paused.checkout else { return };
    out.retain(|entry| entry.topic != Topic::Uncommitted);
    out.push(Entry::new(Topic::Place, 94, place(checkout)));
    if let Some(list) = commits(checkout) {
        out.push(Entry::new(Topic::Place, 72, list));
    }
    out.push(Entry::new(Topic::Uncommitted, 97, uncommitted(checkout)));
}

fn place(checkout: &Checkout) -> String {
    let mut said = match &checkout.branch {
        Some(branch) => format!("branch `{}`", text::line(branch, 200)),
        None => "`HEAD` is detached".to_owned(),
    };
    match &checkout.head {
        Some(head) => {
            let _ = write!(said, " at {}", head.chars().take(7).collect::<String>());
        }
        None => said.push_str(", no commit yet"),
    }
    if let Some(operation) = &checkout.in_progress {
        let _ = write!(said, "; a {operation} is in progress");
    }
    said
}

fn commits(checkout: &Checkout) -> Option<String> {
    let list: Vec<String> = checkout
        .commits
        .iter()
        .take(COMMITS)
        .map(|c| format!("{} \"{}\"", text::line(&c.hash, 12), text::line(&c.subject, 120)))
        .collect();
    (!list.is_empty()).then(|| format!("last commits: {}", list.join("; ")))
}

fn uncommitted(checkout: &Checkout) -> String {
    let mut kinds = Vec::new();
    for (kind, files) in [
        ("unmerged", &checkout.unmerged),
        ("staged", &checkout.staged),
        ("modified", &checkout.modified),
        ("untracked", &checkout.untracked),
    ] {
        if files.is_empty() {
            continue;
        }
        let mut shown: Vec<String> =
            files.iter().take(FILES).map(|f| format!("`{}`", text::line(f, 200))).collect();
        if files.len() > FILES {
            shown.push(format!("{} more", files.len() - FILES));
        }
        kinds.push(format!("{kind}: {}", shown.join(", ")));
    }
    if checkout.more > 0 {
        kinds.push(format!("{} not listed", plural(checkout.more as usize, "file")));
    }
    if kinds.is_empty() {
        return "nothing, when it was paused".to_owned();
    }
    format!("when it was paused: {}", kinds.join("; "))
}

/// A frozen log as it is told later: with what changed in the repository since, where that was looked
/// at, and `more` that is to be known first.
pub fn thaw(log: &ResumeLog, meanwhile: Option<&Meanwhile>, more: &[String]) -> ResumeLog {
    let mut log = log.clone();
    log.mission.retain(|entry| entry.topic != Topic::Meanwhile);
    let branch = log.subject.branch.clone();
    let lines = meanwhile.map(|m| digest::lines(m, branch.as_deref()));
    let news = more
        .iter()
        .cloned()
        .chain(lines.into_iter().flatten())
        .map(|l| Entry::new(Topic::Meanwhile, 100, l));
    let told: Vec<Entry> = news.chain(std::mem::take(&mut log.mission)).collect();
    log.mission = told;
    log.subject.meanwhile = meanwhile.filter(|m| m.changed(branch.as_deref())).cloned();
    log
}
