//! What failed: what still stands, what was tried, what fixed it.

use super::log::{Entry, Topic};
use super::recall::Told;
use super::view::View;
use crate::session::command::Class;
use crate::session::event::{Outcome, Place};
use crate::session::facts::{Act, Edit, Problem, Run, Said, Step};
use crate::session::sentence::Kind;
use crate::session::symbols;
use crate::session::text::{cut, units};
use std::fmt::Write;

/// A failure that still stands: the last run of its family did not go through.
pub(super) struct Unsolved<'a> {
    pub(super) run: &'a Run,
    pub(super) seq: u32,
    pub(super) at: u32,
    /// The line of its output.
    pub(super) line: Option<Place>,
    /// The runs that failed alike, this one last.
    pub(super) tries: Vec<(&'a Step, &'a Run)>,
}

fn is_failure(run: &Run) -> bool {
    matches!(run.outcome, Outcome::Failed | Outcome::Refused)
}

/// The failures that still stand, the newest first.
pub(super) fn unsolved<'a>(view: &View<'a>) -> Vec<Unsolved<'a>> {
    let mut found: Vec<Unsolved<'a>> = Vec::new();
    for family in view.families.iter().rev() {
        let failed = matches!(family.outcome, Outcome::Failed | Outcome::Refused);
        if !failed || family.class == Class::Look {
            continue;
        }
        let runs: Vec<(&Step, &Run)> =
            view.runs().filter(|(_, r)| r.family == family.family).collect();
        let Some((step, run)) = runs.last().copied().filter(|(s, _)| s.seq == family.seq) else {
            continue;
        };
        // Parts of one call fail as one.
        if found.iter().any(|f| f.seq == step.seq) {
            continue;
        }
        // A one-off that nothing came back to says little once the work went on.
        let later = view.steps.iter().filter(|s| s.seq > step.seq).count();
        if family.class == Class::Other && family.runs == 1 && later > 12 {
            continue;
        }
        let tries = runs
            .iter()
            .filter(|(s, r)| s.seq == step.seq || (is_failure(r) && alike(r, run)))
            .copied()
            .collect();
        found.push(Unsolved { run, seq: step.seq, at: step.at, line: step.line, tries });
    }
    found.sort_by_key(|f| std::cmp::Reverse(f.seq));
    found
}

/// The failure that two runs share.
fn alike(one: &Run, other: &Run) -> bool {
    one.errors.iter().any(|e| other.errors.iter().any(|o| o.key == e.key))
}

pub(super) fn entries(view: &View<'_>, out: &mut Vec<Entry>) {
    for (index, failure) in view.unsolved.iter().take(4).enumerate() {
        let check = failure.run.class.is_check() || failure.run.class == Class::Vcs;
        let worth = match (index, check) {
            (0, true) => 100,
            (_, true) => 96,
            (0, false) => 92,
            _ => 75,
        };
        out.push(told(view, failure, worth));
        attempts(view, failure, if check { 94 } else { 70 }, out);
    }
    fixed(view, out);
}

/// How a failed call is named: failed when it ran, refused when it did not.
pub(super) fn how(run: &Run) -> &'static str {
    match run.outcome {
        Outcome::Refused => "refused before it ran",
        _ => "failed",
    }
}

fn told(view: &View<'_>, failure: &Unsolved<'_>, worth: u8) -> Entry {
    let run = failure.run;
    let times = match failure.tries.len() {
        0 | 1 => view.clock(failure.at),
        n => format!("{n} times alike, last {}", view.clock(failure.at)),
    };
    let exit = run.exit.map(|e| format!(", exit code {e}")).unwrap_or_default();
    let mut said = format!("`{}` {} ({times}{exit})", command(run), how(run));
    // The failure that all tries share comes first; it is what stands in the way.
    let mut errors: Vec<&Problem> = run.errors.iter().collect();
    errors.sort_by_key(|e| {
        let shared = failure.tries.iter().filter(|(_, r)| r.errors.iter().any(|o| o.key == e.key));
        std::cmp::Reverse(shared.count())
    });
    let short = match errors.first() {
        Some(error) => format!("{said}: {}", cut(&problem(view, error), 200)),
        None => said.clone(),
    };
    for (index, error) in errors.iter().take(3).enumerate() {
        said.push_str(if index == 0 { ": " } else { "; " });
        said.push_str(&problem(view, error));
    }
    if errors.is_empty()
        && let Some(summary) = &run.summary
    {
        let _ = write!(said, ": {summary}");
    }
    Entry::new(Topic::Unsolved, worth, said).short(short)
}

fn command(run: &Run) -> String {
    match (&run.message, &*run.family) {
        (Some(message), "git commit") => format!("git commit -m \"{}\"", cut(message, 90)),
        _ => fewer_paths(&run.shown, 140),
    }
}

fn problem(view: &View<'_>, problem: &Problem) -> String {
    let line = view.problems.get(&problem.key).copied().unwrap_or(&problem.line);
    match &problem.tag {
        Some(tag) => format!("[{tag}] \"{line}\""),
        None => format!("\"{line}\""),
    }
}

/// The file and line that a failure names, where the session edited that file.
fn place(view: &View<'_>, error: &Problem) -> Option<(String, usize)> {
    let line = view.problems.get(&error.key).copied().unwrap_or(&error.line);
    for word in line.split(|c: char| c.is_whitespace() || matches!(c, '"' | '(' | ')' | ',')) {
        let mut parts = word.split(':');
        let (Some(path), Some(number)) = (parts.next(), parts.next()) else { continue };
        let Ok(number) = number.parse::<usize>() else { continue };
        let same = |edited: &str| edited == path || edited.ends_with(&format!("/{path}"));
        if let Some(file) = view.files.iter().find(|t| t.edits > 0 && same(&t.path)) {
            return Some((file.path.clone(), number));
        }
    }
    None
}

/// The text around a line of a file that the session wrote whole, as it stands after its edits.
fn code_at(view: &View<'_>, path: &str, number: usize, worth: u8) -> Option<Entry> {
    let text = view.last_text(path)?;
    let lines: Vec<&str> = text.lines().collect();
    let from = number.saturating_sub(9).min(lines.len());
    let to = (number + 18).min(lines.len());
    if from >= to {
        return None;
    }
    let shown: Vec<String> =
        lines[from..to].iter().filter(|l| !l.trim().is_empty()).map(|l| cut(l, 160)).collect();
    let fence = if shown.iter().any(|l| l.contains("```")) { "~~~~" } else { "```" };
    let shown = shown.join("\n");
    let said = format!(
        "`{path}` around line {number} as last written (a formatter may have moved it)\n{fence}\n{shown}\n{fence}"
    );
    Some(Entry::new(Topic::Code, worth, said))
}

/// The tries to get past a failure: what was changed before each, and what was said after it.
fn attempts(view: &View<'_>, failure: &Unsolved<'_>, worth: u8, out: &mut Vec<Entry>) {
    let run = failure.run;
    if let Some((path, number)) = run.errors.iter().find_map(|e| place(view, e))
        && let Some(entry) = code_at(view, &path, number, worth - 14)
    {
        out.push(entry);
    }
    for line in run.explains.iter().filter(|l| run.unseen == 0 || !l.contains("truncated")) {
        out.push(Entry::new(
            Topic::Attempts,
            worth - 2,
            format!("The output of `{}` also says: \"{line}\"", run.family),
        ));
    }
    if run.unseen > 0 {
        out.push(Entry::new(
            Topic::Attempts,
            worth - 3,
            format!(
                "The tool counted {} more than its output shows; never seen",
                super::next::plural(run.unseen as usize, "error")
            ),
        ));
    }
    let tries = &failure.tries;
    if tries.len() >= 2 {
        if run.outcome == Outcome::Refused {
            out.push(Entry::new(
                Topic::Attempts,
                worth - 1,
                format!(
                    "None of the {} `{}` calls ran: each was refused before it started (no exit code), so nothing of its command line took effect, nor can its flags help",
                    tries.len(), run.family
                ),
            ));
        }
        let list: Vec<usize> = if tries.len() > 8 {
            (0..2).chain(tries.len() - 5..tries.len()).collect()
        } else {
            (0..tries.len()).collect()
        };
        for index in list {
            out.push(Entry::new(Topic::Attempts, worth - 1, attempt(view, tries, index)));
        }
    }
    let from = tries.first().map_or(failure.seq, |t| t.0.seq);
    let guesses = view.steps.iter().filter(|s| s.seq >= from).filter_map(|s| match &s.act {
        Act::Said(said) if said.kind == Kind::Guess => Some((s, said)),
        _ => None,
    });
    for (step, said) in guesses.take(2) {
        out.push(Entry::new(
            Topic::Attempts,
            70,
            format!("Claude's guess at {}: \"{}\"", view.clock(step.at), said.text),
        ));
    }
}

/// The steps between two calls.
fn between<'a>(view: &View<'a>, from: u32, to: u32) -> impl Iterator<Item = &'a Step> + use<'a> {
    let steps: Vec<&'a Step> =
        view.steps.iter().filter(|s| s.seq >= from && s.seq <= to).copied().collect();
    steps.into_iter()
}

fn attempt(view: &View<'_>, tries: &[(&Step, &Run)], index: usize) -> String {
    let (step, run) = tries[index];
    let mut said = format!("try {} at {}", index + 1, view.clock(step.at));
    if index > 0 {
        let (before, old) = tries[index - 1];
        let mut changes: Vec<String> = Vec::new();
        for step in between(view, before.seq, step.seq) {
            if let Act::Edit(edit) = &step.act
                && step.seq > before.seq
            {
                let change = changed(view, step, edit);
                if !changes.contains(&change) {
                    changes.push(change);
                }
            }
        }
        if changes.is_empty() && old.shown != run.shown {
            changes.push(format!("run as `{}`", flags(&old.shown, &run.shown)));
        }
        let more = changes.len().saturating_sub(3);
        changes.truncate(3);
        if !changes.is_empty() {
            let _ = write!(said, ", after {}", changes.join("; "));
            if more > 0 {
                let _ = write!(said, " and {more} more");
            }
        }
        if changes.is_empty() {
            said.push_str(", nothing edited before it");
        }
    }
    // Failures of its own that this try had beside the shared one.
    let last = tries[tries.len() - 1].1;
    for error in run.errors.iter().filter(|e| !last.errors.iter().any(|l| l.key == e.key)) {
        let later =
            tries[index + 1..].iter().any(|(_, r)| r.errors.iter().any(|o| o.key == error.key));
        let solved = if later { "" } else { ", gone in the next" };
        let _ = write!(said, ". Also {}{solved}", cut(&problem(view, error), 160));
    }
    let until = tries.get(index + 1).map_or(u32::MAX, |t| t.0.seq);
    if let Some(diagnosis) = after(view, step.seq, until) {
        let _ = write!(said, ". \"{}\"", diagnosis.text);
    }
    said
}

/// A command with the first of its paths, in at most `room` units.
pub(super) fn fewer_paths(shown: &str, room: usize) -> String {
    let is_path = |w: &&str| w.contains('/') && !w.starts_with('-') && !w.contains("://");
    if shown.split(' ').filter(is_path).count() < 2 {
        return cut(shown, room);
    }
    let mut out: Vec<&str> = Vec::new();
    let mut paths = 0;
    for word in shown.split(' ') {
        paths += usize::from(is_path(&word));
        if !is_path(&word) || paths == 1 {
            out.push(word);
        } else if out.last() != Some(&"…") {
            out.push("…");
        }
    }
    cut(&out.join(" "), room)
}

/// The words of a command that the one before did not have.
fn flags(old: &str, new: &str) -> String {
    let before: Vec<&str> = old.split_whitespace().collect();
    let only: Vec<&str> =
        new.split_whitespace().filter(|w| w.starts_with('-') && !before.contains(w)).collect();
    if only.is_empty() { cut(new, 100) } else { only.join(" ") }
}

fn changed(view: &View<'_>, step: &Step, edit: &Edit) -> String {
    let file = edit.path.rsplit('/').next().unwrap_or(&edit.path);
    let what = if edit.new { format!("new `{}`", edit.path) } else { format!("`{file}`") };
    let line = added_line(view, step, |line| !symbols::definitions(&edit.path, line).is_empty())
        .or(edit.line.clone())
        .or_else(|| added_line(view, step, |_| true));
    match line {
        Some(line) => format!("{what}: `{}`", cut(&line, 110).replace('`', "ʼ")),
        None => what,
    }
}

/// The first line that an edit adds and that is as wanted: a definition tells more than a comment
/// above it.
fn added_line(view: &View<'_>, step: &Step, wanted: impl Fn(&str) -> bool) -> Option<String> {
    view.recall.at(step.line).iter().find_map(|part| {
        let Told::Edits { changes, .. } = part else { return None };
        changes.iter().find_map(|(old, new)| {
            new.lines()
                .map(str::trim)
                .filter(|line| units(line) > 3 && !old.contains(line))
                .find(|line| wanted(line))
                .map(str::to_owned)
        })
    })
}

/// The first sentence that says how a try went or why it failed.
fn after<'a>(view: &View<'a>, from: u32, until: u32) -> Option<&'a Said> {
    between(view, from, until.saturating_sub(1)).find_map(|s| match &s.act {
        Act::Said(said) if matches!(said.kind, Kind::Diagnosis | Kind::Finding) => Some(said),
        _ => None,
    })
}

/// What was done between a failing run and the one that went through: the edits, else how the
/// command itself was changed, else what else was run.
fn remedies(view: &View<'_>, failed: (&Step, &Run), good: (&Step, &Run)) -> Vec<String> {
    let (mut changes, mut others): (Vec<String>, Vec<String>) = (Vec::new(), Vec::new());
    for step in between(view, failed.0.seq + 1, good.0.seq) {
        match &step.act {
            Act::Edit(edit) => {
                let change = changed(view, step, edit);
                if !changes.contains(&change) {
                    changes.push(change);
                }
            }
            Act::Run(run)
                if run.outcome == Outcome::Ok
                    && run.class != Class::Look
                    && run.family != failed.1.family =>
            {
                let shown = format!("`{}`", cut(&run.shown, 80));
                if !others.contains(&shown) {
                    others.push(shown);
                }
            }
            _ => {}
        }
    }
    if !changes.is_empty() {
        changes
    } else if good.1.shown != failed.1.shown {
        vec![format!("`{}`", cut(&good.1.shown, 140))]
    } else {
        others.truncate(2);
        others
    }
}

/// Failures that a later run of the same family got past.
fn fixed(view: &View<'_>, out: &mut Vec<Entry>) {
    let runs: Vec<(&Step, &Run)> = view.runs().collect();
    let mut told: Vec<u64> = Vec::new();
    let mut age: u8 = 0;
    for (index, (step, run)) in runs.iter().enumerate().rev() {
        if !is_failure(run)
            || run.class == Class::Look
            || view.unsolved.iter().any(|u| u.tries.iter().any(|(s, _)| s.seq == step.seq))
        {
            continue;
        }
        let key = run.errors.first().map_or(0, |e| e.key);
        if told.contains(&key) && key != 0 {
            continue;
        }
        let Some((fix, good)) = runs[index + 1..]
            .iter()
            .find(|(_, r)| r.family == run.family && r.outcome == Outcome::Ok)
        else {
            continue;
        };
        // The last failing run before the fix stands for those before it with the same failure.
        told.push(key);
        let what = match (run.errors.first(), &run.summary) {
            (Some(error), _) => problem(view, error),
            (None, Some(summary)) => summary.clone(),
            (None, None) => String::new(),
        };
        let count =
            run.summary.as_ref().filter(|s| !run.errors.is_empty() && !what.contains(s.as_str()));
        let diagnosis = after(view, step.seq, fix.seq).map(|d| d.text.as_str());
        let decided = between(view, step.seq, fix.seq).filter_map(|s| match &s.act {
            Act::Said(said) if said.kind == Kind::Decision => Some(said.text.as_str()),
            _ => None,
        });
        let decided = decided.last().filter(|d| Some(*d) != diagnosis);
        let by = remedies(view, (step, run), (fix, good));
        let end = good.summary.clone().unwrap_or_else(|| "ok".to_owned());
        let tell = |most: usize, changes: usize| {
            let mut said = format!("{} `{}` {}", view.clock(step.at), command(run), how(run));
            if !what.is_empty() {
                let _ = write!(said, ": {}", cut(&what, most));
            }
            if let Some(count) = count.filter(|c| most > 200 && units(c) < 80) {
                let _ = write!(said, " ({count})");
            }
            said.push('.');
            if let Some(diagnosis) = diagnosis {
                let _ = write!(said, " \"{}\"", cut(diagnosis, most));
            }
            if let Some(decided) = decided.filter(|_| most > 200) {
                let _ = write!(said, " \"{decided}\"");
            }
            if !by.is_empty() {
                let _ = write!(said, " Then {}", by[..by.len().min(changes)].join("; "));
                if by.len() > changes {
                    let _ = write!(said, " and {} more", by.len() - changes);
                }
                said.push(';');
            }
            let _ = write!(said, " {end} {}", view.clock(fix.at));
            said
        };
        let worth = match run.class {
            Class::Test => 85,
            Class::Build => 83,
            Class::Vcs => 80,
            Class::Lint | Class::Format | Class::Install => 76,
            _ => 60,
        };
        let worth = worth - age.min(10);
        age += 1;
        out.push(Entry::new(Topic::Fixed, worth, tell(400, 5)).short(tell(120, 3)));
    }
    let start = out.iter().position(|e| e.topic == Topic::Fixed).unwrap_or(out.len());
    if out[start..].iter().all(|e| e.topic == Topic::Fixed) {
        out[start..].reverse();
    }
}
