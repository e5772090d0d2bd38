//! What has to be known to carry on: where, what is uncommitted, how to check, which rules hold.

use super::item::{self, Part};
use super::log::{Entry, Topic};
use super::next::{self, common_lines, is_strict, plural};
use super::recall::Told;
use super::view::View;
use crate::session::command::Class;
use crate::session::event::Outcome;
use crate::session::facts::{Act, Family, ItemState, Touch};
use crate::session::text::{self, cut, units};
use std::fmt::Write;

pub(super) fn entries(view: &View<'_>, out: &mut Vec<Entry>) {
    place(view, out);
    uncommitted(view, out);
    checks(view, out);
    commands(view, out);
    rules(view, out);
    code(view, out);
}

fn place(view: &View<'_>, out: &mut Vec<Entry>) {
    let session = view.session;
    if !session.folder.is_empty() {
        out.push(Entry::new(Topic::Place, 55, format!("folder `{}`", session.folder)));
    }
    if !session.cwd.is_empty() {
        let below = session.cwd.strip_prefix(&session.folder).map(|p| p.trim_start_matches('/'));
        let shown = below.unwrap_or(&session.cwd);
        out.push(Entry::new(
            Topic::Place,
            93,
            format!(
                "the shell was left in `{shown}`, not in the folder that the session was started in"
            ),
        ));
    }
    if let Some((_, commit)) = view.commits.last() {
        out.push(Entry::new(
            Topic::Place,
            88,
            format!("last commit of the session: {}", commit.hash),
        ));
    }
}

/// What a person calls the state of a changed file in `git status`.
struct Status {
    seq: u32,
    /// Path, and what git says of it.
    files: Vec<(String, String)>,
    staged: bool,
}

/// The last `git status`, read by its headings.
fn status(view: &View<'_>) -> Option<Status> {
    let (seq, place) = view.session.status?;
    let output = view.recall.output(Some(place))?;
    let mut files = Vec::new();
    let (mut part, mut staged) = ("", false);
    for raw in output.lines() {
        let line = raw.trim();
        if line.starts_with("Changes to be committed") {
            part = "staged";
        } else if line.starts_with("Changes not staged") {
            part = "not staged";
        } else if line.starts_with("Untracked files") {
            part = "untracked";
        } else if raw.starts_with('\t') && !part.is_empty() {
            staged |= part == "staged";
            let (how, path) = match line.split_once(":   ") {
                Some((how, path)) => (format!("{how}, {part}"), path.trim()),
                None => (part.to_owned(), line),
            };
            files.push((path.to_owned(), how));
        } else if part.is_empty() && raw.len() > 3 && raw.is_char_boundary(3) {
            // The short format.
            let (code, path) = raw.split_at(3);
            let known = code.trim_end().chars().all(|c| "MADRCU?! ".contains(c));
            if known && !code.trim().is_empty() && code.ends_with(' ') {
                let how = if code.starts_with("??") { "untracked" } else { "modified" };
                staged |= !code.starts_with([' ', '?']);
                files.push((path.trim().to_owned(), how.to_owned()));
            }
        }
    }
    Some(Status { seq, files, staged })
}

fn uncommitted(view: &View<'_>, out: &mut Vec<Entry>) {
    let git = view.runs().any(|(_, r)| r.family.starts_with("git ") && r.class == Class::Vcs)
        || view.session.status.is_some();
    let changed: Vec<&Touch> =
        view.files.iter().rev().filter(|t| t.is_uncommitted() && inside(&t.path)).collect();
    let last_commit = view.commits.last().map_or(0, |c| c.0.seq);
    let seen = status(view).filter(|s| s.seq > last_commit);
    let mut list: Vec<(String, String)> = Vec::new();
    let mut lead = String::new();
    if let Some(seen) = &seen {
        let at = view.steps.iter().rev().find(|s| s.seq <= seen.seq).map(|s| view.clock(s.at));
        let _ = write!(lead, "git status at {}", at.unwrap_or_default());
        lead.push_str(if seen.staged { "" } else { ", nothing staged" });
        list.extend(seen.files.iter().cloned());
    }
    for touch in &changed {
        let listed = list.iter().any(|(path, _)| {
            *path == touch.path || (path.ends_with('/') && touch.path.starts_with(path.as_str()))
        });
        let after = seen.as_ref().is_some_and(|s| touch.seq > s.seq);
        if !listed {
            let how = if touch.new { "new" } else { "edited" };
            list.push((
                touch.path.clone(),
                if seen.is_some() && after { format!("{how} since") } else { how.to_owned() },
            ));
        }
    }
    if list.is_empty() {
        return;
    }
    let what = if git { "" } else { "changed, no commit was made: " };
    let files = by_folder(&list);
    let lead = if lead.is_empty() { what.to_owned() } else { format!("{lead}: ") };
    let mut said = format!("{lead}{files}");
    for (_, run) in view.runs().filter(|(s, r)| {
        s.seq > last_commit && r.class == Class::Install && r.outcome == Outcome::Ok
    }) {
        let _ = write!(said, "; `{}` (ok) changes the manifest and lock file", cut(&run.shown, 80));
    }
    let forced: Vec<&str> = view
        .runs()
        .filter(|(_, r)| {
            r.family == "git add" && r.outcome == Outcome::Ok && r.shown.contains(" -f ")
        })
        .flat_map(|(_, r)| r.shown.split_whitespace().skip(2).filter(|w| !w.starts_with('-')))
        .filter(|path| changed.iter().any(|t| t.path == *path))
        .collect();
    for path in forced {
        let base = path.rsplit('/').next().unwrap_or(path);
        let _ = write!(said, "; {base} is ignored by git and went in with `git add -f`");
    }
    let short = format!("{lead}{}", plural(list.len(), "file"));
    out.push(Entry::new(Topic::Uncommitted, 99, cut(&said, 1_600)).short(if units(&said) > 500 {
        format!("{lead}{} …", cut(&files, 380))
    } else {
        short
    }));
}

/// Whether a path lies in the project.
pub(super) fn inside(path: &str) -> bool {
    !path.starts_with('/') && !path.starts_with('~') && !path.contains(":\\")
}

/// Files with what is said of each, a folder named once.
fn by_folder(list: &[(String, String)]) -> String {
    let mut folders: Vec<(&str, Vec<String>)> = Vec::new();
    for (path, how) in list {
        let at = path.trim_end_matches('/').rfind('/').map_or(0, |at| at + 1);
        let (folder, base) = path.split_at(at);
        let said = if how == "edited" { base.to_owned() } else { format!("{base} ({how})") };
        match folders.iter_mut().find(|f| f.0 == folder) {
            Some(found) => found.1.push(said),
            None => folders.push((folder, vec![said])),
        }
    }
    let all: Vec<String> = folders
        .iter()
        .map(|(folder, files)| match &files[..] {
            [one] => format!("{folder}{one}"),
            _ if folder.is_empty() => files.join(", "),
            _ => format!("{folder}: {}", files.join(", ")),
        })
        .collect();
    all.join("; ")
}

fn outcome(family: &Family) -> String {
    let summary = family.summary.clone();
    match family.outcome {
        _ if family.unclear => "outcome not seen (its output was cut)".to_owned(),
        Outcome::Ok => summary.unwrap_or_else(|| "ok".to_owned()),
        Outcome::Failed => summary.map_or_else(|| "FAILED".to_owned(), |s| format!("FAILED: {s}")),
        Outcome::Refused => "refused before it ran".to_owned(),
        Outcome::Denied => "the user refused it".to_owned(),
        Outcome::Interrupted => "stopped before it ended".to_owned(),
        Outcome::Background => "went on in the background".to_owned(),
    }
}

fn checks(view: &View<'_>, out: &mut Vec<Entry>) {
    let checks: Vec<&Family> = view.checks().collect();
    let last_check = checks.iter().map(|f| f.seq).max().unwrap_or(0);
    let (after_all, _) = view.edits_since(last_check);
    let mut worth = 97;
    let mut ordered = checks.clone();
    ordered.sort_by_key(|f| {
        let class = match f.class {
            Class::Test => 0,
            Class::Lint => 1,
            Class::Build => 2,
            _ => 3,
        };
        (class, std::cmp::Reverse(f.seq))
    });
    for family in ordered {
        let mut said = format!(
            "`{}`: {} ({}",
            cut(&family.shown, 140),
            outcome(family),
            view.clock(family.at)
        );
        let (edits, file) = view.edits_since(family.seq);
        if edits > 0 {
            let _ = write!(said, ", {} since", plural(edits, "edit"));
            if let Some(file) = file.filter(|_| after_all == 0 || edits < 8) {
                let _ = write!(said, ", of {}", file.rsplit('/').next().unwrap_or(file));
            }
        }
        if family.class == Class::Test && family.narrowed && narrowed(&family.shown) {
            said.push_str("; the whole suite was never run");
        }
        said.push(')');
        out.push(Entry::new(Topic::Check, worth, said));
        worth = worth.saturating_sub(1).max(70);
    }
    if after_all > 0 && !checks.is_empty() {
        out.push(Entry::new(
            Topic::Check,
            96,
            format!("no check was run after the last {}", plural(after_all, "edit")),
        ));
    }
}

/// Whether a test command names what it tests.
fn narrowed(shown: &str) -> bool {
    shown.split_whitespace().skip(2).any(|w| w.contains('/') || w.contains('.') || w.contains("::"))
}

/// Other commands that work here.
fn commands(view: &View<'_>, out: &mut Vec<Entry>) {
    let mut list: Vec<(&Family, u32)> = view
        .families
        .iter()
        .filter(|f| !f.class.is_check() && f.class != Class::Look && f.outcome == Outcome::Ok)
        .map(|f| {
            let class = match f.class {
                Class::Run | Class::Install => 30,
                Class::Tracker | Class::Vcs => 12,
                _ => 0,
            };
            (f, class + f.runs * 2 + f.seq * 20 / view.session.seq.max(1))
        })
        .collect();
    list.sort_by_key(|(f, worth)| (std::cmp::Reverse(*worth), f.family.clone()));
    let shown: Vec<String> = list
        .iter()
        .take(24)
        .map(|(f, _)| {
            let times = if f.runs > 1 { format!(" ({}×)", f.runs) } else { String::new() };
            format!("`{}`{times}", cut(&f.shown, 70))
        })
        .collect();
    if shown.is_empty() {
        return;
    }
    let few = shown[..shown.len().min(8)].join(", ");
    out.push(
        Entry::new(Topic::Command, 72, format!("ran ok: {}", shown.join(", ")))
            .short(format!("ran ok: {few}")),
    );
}

/// Standing rules: what items and prompts forbid or demand throughout.
fn rules(view: &View<'_>, out: &mut Vec<Entry>) {
    let mut seen: Vec<String> = Vec::new();
    for item in view.items.iter().filter(|i| view.is_root(i)) {
        let body = view.recall.output(item.body).unwrap_or("");
        for line in item::lines(body) {
            let worth = match line.part {
                Part::Exclusion if is_strict(line.text) => 92,
                Part::Exclusion => 86,
                Part::Goal => 58,
                Part::Requirement if is_strict(line.text) => 56,
                _ => continue,
            };
            if seen.iter().any(|s| s == line.text) {
                continue;
            }
            seen.push(line.text.to_owned());
            let said = match line.text.split_once(" THEN ") {
                Some((_, then)) => then,
                None => line.text,
            };
            out.push(Entry::new(
                Topic::Rule,
                worth,
                format!("{}, {}: {}", item.id, line.heading, text::line(said, 400)),
            ));
        }
    }
    for line in common_lines(view) {
        if !seen.contains(&line) {
            out.push(Entry::new(
                Topic::Rule,
                88,
                format!("in several items: {}", text::line(&line, 400)),
            ));
            seen.push(line);
        }
    }
    for item in view.items.iter().filter(|i| !view.is_root(i) && i.state == ItemState::Closed) {
        let body = view.recall.output(item.body).unwrap_or("");
        let mut told = 0;
        for line in item::lines(body) {
            let strict = line.part == Part::Exclusion && is_strict(line.text);
            if strict && told < 3 && !seen.iter().any(|s| s == line.text) {
                told += 1;
                seen.push(line.text.to_owned());
                out.push(Entry::new(
                    Topic::Rule,
                    58,
                    format!("from {}: {}", item.id, text::line(line.text, 300)),
                ));
            }
        }
    }
    prompt_rules(view, out);
    _ = next::state;
}

/// Sentences of long prompts that forbid something: a shortened prompt must not lose them.
fn prompt_rules(view: &View<'_>, out: &mut Vec<Entry>) {
    for turn in &view.session.turns {
        let whole = view.recall.whole(&turn.prompt);
        if units(&whole) < 500 {
            continue;
        }
        let mut told = 0;
        for line in whole.lines() {
            let (line, _) = item::unlist(line);
            let lower = line.to_lowercase();
            let strict = ["never ", "do not ", "don't ", "must not", "only ", "always "]
                .iter()
                .any(|w| lower.contains(w));
            if strict && units(line) < 300 && told < 6 {
                told += 1;
                out.push(Entry::new(
                    Topic::Rule,
                    78,
                    format!("from a prompt: \"{}\"", text::one_line(line)),
                ));
            }
        }
    }
}

/// The newest text of what is not committed.
fn code(view: &View<'_>, out: &mut Vec<Entry>) {
    let mut told = 0;
    for step in view.steps.iter().rev() {
        let Act::Edit(edit) = &step.act else { continue };
        if !view.is_uncommitted(&edit.path) || told >= 10 {
            continue;
        }
        for part in view.recall.at(step.line) {
            let changes: Vec<(&str, &str)> = match part {
                Told::Edits { changes, .. } => {
                    changes.iter().map(|(o, n)| (o.as_str(), n.as_str())).collect()
                }
                Told::Write { content, .. } => vec![("", content.as_str())],
                _ => continue,
            };
            for (old, new) in changes {
                let lines = added(old, new);
                if lines.is_empty() {
                    continue;
                }
                told += 1;
                let fence = if lines.iter().any(|l| l.contains("```")) { "~~~~" } else { "```" };
                let shown = lines.join("\n");
                out.push(Entry::new(
                    Topic::Code,
                    (54_u8).saturating_sub(told),
                    format!("`{}` {}\n{fence}\n{shown}\n{fence}", edit.path, view.clock(step.at)),
                ));
            }
        }
    }
}

/// The lines of `new` that `old` has not, at most 30, with their common indentation off.
fn added(old: &str, new: &str) -> Vec<String> {
    let before: Vec<&str> = old.lines().map(str::trim).collect();
    let fresh: Vec<&str> = new
        .lines()
        .filter(|l| {
            let line = l.trim();
            let comment = line.starts_with("//") || line.starts_with("# ");
            !line.is_empty() && !comment && !before.contains(&line)
        })
        .collect();
    let indent =
        fresh.iter().map(|l| l.len() - l.trim_start_matches([' ', '\t']).len()).min().unwrap_or(0);
    let mut out: Vec<String> =
        fresh.iter().take(30).map(|l| cut(l.get(indent..).unwrap_or(l), 160)).collect();
    if fresh.len() > 30 {
        out.push(format!("… {} more lines", fresh.len() - 30));
    }
    out
}
