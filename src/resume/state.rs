//! Where tasks and tracker items stand, and whether their work is committed.

use super::log::{Entry, Topic};
use super::next::plural;
use super::view::{View, names};
use crate::session::command::Class;
use crate::session::event::Outcome;
use crate::session::facts::{Act, Item, ItemState, Step, TaskState};
use crate::session::text::cut;
use std::fmt::Write;

pub(super) fn entries(view: &View<'_>, out: &mut Vec<Entry>) {
    tasks(view, out);
    items(view, out);
}

fn tasks(view: &View<'_>, out: &mut Vec<Entry>) {
    let done: Vec<_> = view.tasks.iter().filter(|t| t.state == TaskState::Completed).collect();
    let open = view.tasks.len() - done.len();
    if view.tasks.is_empty() {
        return;
    }
    let number = |id: &str| if id.is_empty() { String::new() } else { format!("#{id} ") };
    for (state, sign, words) in
        [(TaskState::InProgress, "◐", "in progress"), (TaskState::Pending, "○", "not begun")]
    {
        for task in view.tasks.iter().filter(|t| t.state == state) {
            let worth = if state == TaskState::InProgress { 100 } else { 97 };
            let id = number(&task.id);
            out.push(Entry::new(
                Topic::Task,
                worth,
                format!("{sign} {id}{} ({words})", task.subject),
            ));
        }
    }
    if !done.is_empty() {
        let list: Vec<String> =
            done.iter().map(|t| format!("{}{}", number(&t.id), t.subject)).collect();
        let whole = format!("✓ {} of {} done: {}", done.len(), view.tasks.len(), list.join("; "));
        let worth = if open == 0 { 88 } else { 90 };
        out.push(Entry::new(Topic::Task, worth, cut(&whole, 900)).short(format!(
            "✓ {} of {} tasks done",
            done.len(),
            view.tasks.len()
        )));
    }
}

/// An item as it is named: numbers with their sign.
pub(super) fn label(item: &Item) -> String {
    let number = !item.id.is_empty() && item.id.bytes().all(|b| b.is_ascii_digit());
    match (number, is_request(item)) {
        (true, true) => format!("PR #{}", item.id),
        (true, false) => format!("#{}", item.id),
        _ => item.id.clone(),
    }
}

/// Whether an item is a request to merge.
fn is_request(item: &Item) -> bool {
    item.program.ends_with(" pr") || item.program.ends_with(" mr")
}

/// Whether the session made a request: its number ends the address that a command printed.
fn made(view: &View<'_>, item: &Item) -> bool {
    let end = format!("/{}", item.id);
    view.runs().any(|(_, r)| {
        r.family.ends_with(" create") && r.summary.as_deref().is_some_and(|s| s.ends_with(&end))
    })
}

pub(super) fn name(state: ItemState) -> &'static str {
    match state {
        ItemState::Unknown => "state unknown",
        ItemState::Open => "open",
        ItemState::Active => "in progress",
        ItemState::Blocked => "blocked",
        ItemState::Closed => "closed",
    }
}

/// What became of a closed item's code.
pub(super) enum Committed {
    /// By these commits.
    Yes(Vec<String>),
    /// Edits were made for it, and no commit took them in.
    No,
    /// Nothing to commit is known.
    Unknown,
}

/// An id with its numbers padded, so that 10 comes after 9.
fn natural(id: &str) -> String {
    let mut out = String::new();
    let mut digits = String::new();
    for c in id.chars().chain(['\0']) {
        if c.is_ascii_digit() {
            digits.push(c);
        } else {
            if !digits.is_empty() {
                let _ = write!(out, "{digits:0>9}");
                digits.clear();
            }
            out.push(c);
        }
    }
    out
}

/// Whether the work on an item was committed.
pub(super) fn committed(view: &View<'_>, item: &Item) -> Committed {
    let from = item.claimed;
    let until =
        view.items.iter().filter(|i| i.claimed > from).map(|i| i.claimed).min().unwrap_or(u32::MAX);
    let mut hashes: Vec<String> = Vec::new();
    for (step, commit) in &view.commits {
        let inside = from > 0 && step.seq > from && step.seq < until;
        if names(&commit.subject, &item.id) || inside {
            hashes.push(commit.hash.clone());
        }
    }
    if !hashes.is_empty() {
        return Committed::Yes(hashes);
    }
    let edited =
        from > 0 && view.files.iter().any(|t| t.is_uncommitted() && t.seq > from && t.seq < until);
    if edited { Committed::No } else { Committed::Unknown }
}

/// The items that matter: the named ones, their children, and those that the session acted on.
pub(super) fn mattering<'a>(view: &View<'a>) -> Vec<&'a Item> {
    let roots: Vec<&str> =
        view.items.iter().filter(|i| view.is_root(i)).map(|i| i.id.as_str()).collect();
    view.items
        .iter()
        .filter(|i| {
            let child = i.parent.as_ref().is_some_and(|p| roots.contains(&p.as_str()));
            (i.touched || child) && !roots.contains(&i.id.as_str())
                || (i.claimed > 0 || i.changed > 0)
        })
        .copied()
        .collect()
}

fn items(view: &View<'_>, out: &mut Vec<Entry>) {
    let items = mattering(view);
    let mut done: Vec<String> = Vec::new();
    let mut plain: Vec<String> = Vec::new();
    let mut waiting: Vec<(&Item, String)> = Vec::new();
    let program = items.first().map(|i| i.program.as_str()).unwrap_or_default();
    for item in &items {
        let title =
            if item.title.is_empty() { String::new() } else { format!(" \"{}\"", item.title) };
        if is_request(item) {
            let stands = match item.state {
                ItemState::Closed => "merged or closed",
                ItemState::Unknown if made(view, item) => "made by the session",
                ItemState::Unknown => "looked at",
                _ => "open",
            };
            out.push(Entry::new(Topic::Task, 91, format!("{}{title}: {stands}", label(item))));
            continue;
        }
        match item.state {
            ItemState::Closed => match committed(view, item) {
                Committed::Yes(hashes) => {
                    done.push(format!("{} ({})", label(item), hashes.join(", ")));
                }
                Committed::No if made_commits(view) => out.push(Entry::new(
                    Topic::Task,
                    100,
                    format!(
                        "⚠ {}{title}: closed in {program}, but its edits are not committed{}",
                        label(item),
                        commit_tries(view, item)
                    ),
                )),
                Committed::No | Committed::Unknown => plain.push(label(item)),
            },
            ItemState::Active => {
                out.push(Entry::new(
                    Topic::Task,
                    100,
                    format!("◐ {}{title}: {}", label(item), progress(view, item)),
                ));
            }
            ItemState::Blocked | ItemState::Open | ItemState::Unknown => {
                let mut said = String::new();
                if item.state == ItemState::Blocked {
                    said.push_str("blocked; ");
                }
                said.push_str(if item.body.is_none() {
                    "not begun, details never read"
                } else {
                    "not begun"
                });
                if !item.waits.is_empty() {
                    let _ = write!(said, "; waits for {}", item.waits.join(", "));
                }
                waiting.push((item, said));
            }
        }
    }
    waiting.sort_by_key(|(item, _)| natural(&item.id));
    let tell = |most: usize| {
        let list: Vec<String> = waiting
            .iter()
            .map(|(item, said)| {
                let title = match &*item.title {
                    "" => String::new(),
                    title => format!(" \"{}\"", cut(title, most)),
                };
                let said = said.replace("not begun, details never read; ", "");
                let said = said.replace("not begun, details never read", "");
                let said = if said.is_empty() { said } else { format!(" ({said})") };
                format!("{}{title}{said}", label(item))
            })
            .collect();
        let unread = waiting.iter().all(|(i, _)| i.body.is_none());
        let how = if unread { "not begun, details never read" } else { "open" };
        format!("○ {how}: {}", list.join("; "))
    };
    if !waiting.is_empty() {
        out.push(Entry::new(Topic::Task, 98, cut(&tell(200), 2_000)).short(cut(&tell(50), 700)));
    }
    if !done.is_empty() {
        out.push(Entry::new(
            Topic::Task,
            99,
            format!("✓ closed and committed: {}", done.join(", ")),
        ));
    }
    if !plain.is_empty() {
        out.push(Entry::new(Topic::Task, 92, format!("✓ closed: {}", plain.join(", "))));
    }
}

fn made_commits(view: &View<'_>) -> bool {
    view.runs().any(|(_, r)| r.family == "git commit")
}

/// What became of the tries to commit an item's work.
fn commit_tries(view: &View<'_>, item: &Item) -> String {
    let tries: Vec<_> = view
        .runs()
        .filter(|(s, r)| {
            s.seq > item.claimed && r.family == "git commit" && r.outcome != Outcome::Ok
        })
        .collect();
    match tries.last() {
        None => String::new(),
        Some((_, run)) => {
            let how = if run.outcome == Outcome::Refused { "refused" } else { "failed" };
            let all = if tries.len() == 1 {
                "the `git commit` for it was".to_owned()
            } else {
                format!("all {} `git commit` calls for it were", tries.len())
            };
            let how = if how == "failed" { "without success" } else { how };
            format!(": {all} {how}")
        }
    }
}

/// What happened since an item was claimed.
fn progress(view: &View<'_>, item: &Item) -> String {
    let since: Vec<&&Step> = view.steps.iter().filter(|s| s.seq > item.claimed).collect();
    let edits = since.iter().filter(|s| matches!(s.act, Act::Edit(_))).count();
    let count = |class: Class| {
        since
            .iter()
            .filter(
                |s| matches!(&s.act, Act::Run(r) if r.class == class && r.outcome == Outcome::Ok),
            )
            .count()
    };
    let at = view.steps.iter().find(|s| s.seq == item.claimed).map(|s| view.clock(s.at));
    let mut said = match at {
        Some(at) => format!("claimed {at}"),
        None => "in progress".to_owned(),
    };
    let checks =
        since.iter().filter(|s| matches!(&s.act, Act::Run(r) if r.class.is_check())).count();
    let installs = count(Class::Install);
    let commits = since.iter().filter(|s| matches!(s.act, Act::Commit(_))).count();
    let mut parts = vec![plural(edits, "edit")];
    if installs > 0 {
        parts.push(plural(installs, "install"));
    }
    let _ = write!(said, "; {} since", parts.join(", "));
    match (checks, commits) {
        (0, 0) if edits > 0 => said.push_str(", nothing checked or committed"),
        (_, 0) if edits > 0 => said.push_str(", nothing committed"),
        _ => {}
    }
    said
}
