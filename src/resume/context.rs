//! What has to be known to carry on: where, what is uncommitted, how to check, which rules hold.

use super::item::{self, Part};
use super::log::{Entry, Topic};
use super::next::{common_lines, is_strict, plural};
use super::recall::Told;
use super::view::View;
use crate::session::command::Class;
use crate::session::event::Outcome;
use crate::session::facts::{Act, Family, ItemState, Touch};
use crate::session::sentence::{sentences, standing_rule};
use crate::session::text::{self, cut, units};
use std::collections::BTreeSet;
use std::fmt::Write;

pub(super) fn entries(view: &View<'_>, out: &mut Vec<Entry>) {
    place(view, out);
    uncommitted(view, out);
    checks(view, out);
    commands(view, out);
    rules(view, out);
    setup(view, out);
    in_play(view, out);
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
    if let Some((_, commit)) = view.commits.last()
        && !view.files.iter().any(Touch::is_uncommitted)
    {
        let said = format!("last commit of the session: {}, nothing edited since", commit.hash);
        out.push(Entry::new(Topic::Place, 88, said));
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
    let files = by_folder(&list);
    let lead = match (lead.is_empty(), view.commits.last()) {
        (false, _) => format!("{lead}: "),
        (true, Some((_, commit))) => format!("touched since {}: ", commit.hash),
        (true, None) if git => String::new(),
        (true, None) => "no commit was made; changed: ".to_owned(),
    };
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
            super::failures::fewer_paths(&family.shown, 120),
            outcome(family),
            view.clock(family.at)
        );
        let (edits, file) = view.edits_since(family.seq);
        if edits > after_all {
            let _ = write!(said, ", {} since", plural(edits, "edit"));
            if let Some(file) = file.filter(|_| edits < 8) {
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
            98,
            format!("none was run after the last {}", plural(after_all, "edit")),
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
            format!("`{}`{times}", super::failures::fewer_paths(&f.shown, 70))
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
}

/// Rules in long prompts: a shortened prompt must not lose them.
fn prompt_rules(view: &View<'_>, out: &mut Vec<Entry>) {
    for turn in &view.session.turns {
        let whole = view.recall.whole(&turn.prompt);
        if units(&whole) < 500 {
            continue;
        }
        let rules = sentences(&whole).into_iter().filter(|s| standing_rule(&s.text));
        for rule in rules.take(8) {
            let said = text::line(&rule.text, 300);
            out.push(Entry::new(Topic::Rule, 78, format!("from a prompt: \"{said}\"")));
        }
    }
}

/// How the project is built, from files that the session read: scripts, entry points, targets.
fn setup(view: &View<'_>, out: &mut Vec<Entry>) {
    for touch in view.files.iter().filter(|t| t.setup.is_some()) {
        let Some(shown) = view.recall.output(touch.setup) else { continue };
        let lines = setup_lines(&touch.path, shown);
        if lines.is_empty() {
            continue;
        }
        out.push(Entry::new(Topic::Setup, 60, format!("`{}`: {}", touch.path, lines.join("; "))));
    }
}

/// The lines of a build file that say what is run on what; without the numbers that a read puts
/// before each.
fn setup_lines(path: &str, shown: &str) -> Vec<String> {
    const WORDS: [&str; 12] = [
        "entry", "outdir", "outfile", "output", "watch", "node:", "script", "command", "bundle",
        "test", "build", "cd:",
    ];
    let manifest = path.ends_with("package.json");
    let make = path.to_ascii_lowercase().ends_with("makefile") || path.ends_with("justfile");
    let mut inside = false;
    let mut out: Vec<String> = Vec::new();
    for raw in shown.lines() {
        let line = raw.split_once('→').map_or(raw, |(number, rest)| {
            if number.trim().bytes().all(|b| b.is_ascii_digit()) { rest } else { raw }
        });
        let text = line.trim().trim_end_matches(',');
        let tells = if manifest {
            if text.starts_with("\"scripts\"") {
                inside = true;
                continue;
            }
            inside &= !text.starts_with('}');
            inside
        } else if make {
            !line.starts_with([' ', '\t', '#', '.']) && text.contains(':') && !text.contains('=')
        } else {
            let lower = text.to_ascii_lowercase();
            text.contains(['"', '\'', '['])
                && WORDS.iter().any(|w| lower.contains(w))
                && !text.starts_with(['#', '/', '*'])
        };
        if tells && units(text) < 140 && out.len() < 8 {
            out.push(format!("`{}`", text::one_line(text).replace('`', "ʼ")));
        }
    }
    out
}

/// Names that bodies or plans call for and that edits write.
fn in_play(view: &View<'_>, out: &mut Vec<Entry>) {
    let mut written = String::new();
    for step in &view.steps {
        if !matches!(step.act, Act::Edit(_)) {
            continue;
        }
        for part in view.recall.at(step.line) {
            match part {
                Told::Edits { changes, .. } => {
                    changes.iter().for_each(|(_, new)| written.push_str(new))
                }
                Told::Write { content, .. } => written.push_str(content),
                _ => {}
            }
            written.push('\n');
        }
    }
    if written.is_empty() {
        return;
    }
    let bodies = view.items.iter().filter_map(|i| view.recall.output(i.body));
    let plans = view.steps.iter().filter_map(|s| view.recall.plan(s.line));
    let prompts = view.session.turns.iter().map(|t| &*t.prompt.text);
    let mut names: Vec<&str> = Vec::new();
    for body in bodies.chain(plans).chain(prompts) {
        for (index, word) in body.split('`').enumerate() {
            let code =
                index % 2 == 1 && !word.contains(['\n', ' ']) && (4..60).contains(&word.len());
            let path = word.contains('/') && word.contains('.');
            if code && !path && written.contains(word) && !names.contains(&word) {
                names.push(word);
            }
        }
    }
    if names.len() < 2 {
        return;
    }
    let shown: Vec<String> = names.iter().take(40).map(|n| format!("`{n}`")).collect();
    let few = shown[..shown.len().min(14)].join(", ");
    out.push(Entry::new(Topic::Names, 52, shown.join(", ")).short(few));
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
                    if lines.len() < 3 { 40 } else { 54 - told.min(14) },
                    format!("`{}` {}\n{fence}\n{shown}\n{fence}", edit.path, view.clock(step.at)),
                ));
            }
        }
    }
}

/// What `new` adds to `old`, with a line around it and its common indentation off, at most 30 lines.
fn added(old: &str, new: &str) -> Vec<String> {
    let before: BTreeSet<&str> = old.lines().map(str::trim).collect();
    let lines: Vec<&str> = new.lines().filter(|l| !l.trim().is_empty()).collect();
    let fresh: Vec<bool> = lines.iter().map(|l| !before.contains(l.trim())).collect();
    if !fresh.contains(&true) {
        return Vec::new();
    }
    let near = |at: usize| fresh[at.saturating_sub(1)..(at + 2).min(fresh.len())].contains(&true);
    let indent =
        lines.iter().map(|l| l.len() - l.trim_start_matches([' ', '\t']).len()).min().unwrap_or(0);
    let mut out: Vec<String> = Vec::new();
    let mut told = 0;
    for (at, line) in lines.iter().enumerate() {
        if !near(at) {
            if out.last().is_some_and(|l| l != "…") {
                out.push("…".to_owned());
            }
            continue;
        }
        if told == 30 {
            out.push(format!("… {} more lines", lines.len() - at));
            break;
        }
        told += 1;
        out.push(cut(line.get(indent..).unwrap_or(line), 160));
    }
    while out.last().is_some_and(|l| l == "…") {
        out.pop();
    }
    out
}
