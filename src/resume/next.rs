//! What is open.

use super::failures;
use super::item::{self, Part};
use super::log::{Entry, State, Topic};
use super::state::{self, Committed, committed};
use super::view::{View, names};
use crate::session::command::Class;
use crate::session::event::Outcome;
use crate::session::facts::{Act, By, End, ItemState, Step, TaskState, Turn};
use crate::session::sentence::{Kind, Mark, sentences};
use crate::session::text::{self, cut, units};

pub(super) fn entries(view: &View<'_>, out: &mut Vec<Entry>) {
    unanswered(view, out);
    state::entries(view, out);
    failures::entries(view, out);
    background(view, out);
    precedent(view, out);
    closing(view, out);
    in_progress(view, out);
    requirements(view, out);
    untouched(view, out);
}

/// Whether nothing was said or done to a prompt.
pub(super) fn is_unanswered(view: &View<'_>, turn: &Turn) -> bool {
    let last = view.last_turn().is_some_and(|t| std::ptr::eq(t, turn));
    last && turn.by == By::Human
        && turn.closing.is_none()
        && turn.counts.calls == 0
        && turn.end != End::Stopped
}

fn unanswered(view: &View<'_>, out: &mut Vec<Entry>) {
    if let Some(turn) = view.last_turn() {
        if is_unanswered(view, turn) {
            out.push(Entry::new(
                Topic::Unanswered,
                100,
                "the last prompt above: nothing was said or done to it",
            ));
        }
        let seen = turn.steps.last().map_or(0, |s| s.at);
        for (at, typed) in &turn.queued {
            if *at >= seen && turn.end != End::Stopped {
                let said = text::line(&view.recall.whole(typed), 400);
                out.push(Entry::new(
                    Topic::Unanswered,
                    100,
                    format!(
                        "typed {} into the last turn, nothing came after it: \"{said}\"",
                        view.clock(*at)
                    ),
                ));
            }
        }
        if let End::Failed(kind) = &turn.end {
            let said = turn.steps.iter().rev().find_map(|s| match &s.act {
                Act::Error { text, .. } => Some(text.as_str()),
                _ => None,
            });
            let said = said.map(|s| format!(": \"{s}\"")).unwrap_or_default();
            out.push(Entry::new(
                Topic::Unanswered,
                100,
                format!("the last prompt's turn ended in an API error ({kind}){said}"),
            ));
        }
    }
    for typed in &view.session.waiting {
        let said = text::line(&view.recall.whole(typed), 600);
        out.push(Entry::new(
            Topic::Unanswered,
            100,
            format!("typed and still in the queue, never seen by Claude: \"{said}\""),
        ));
    }
}

pub(super) fn plural(count: usize, word: &str) -> String {
    if count == 1 { format!("1 {word}") } else { format!("{count} {word}s") }
}

fn background(view: &View<'_>, out: &mut Vec<Entry>) {
    for work in view.session.background.iter().filter(|work| !work.over) {
        out.push(Entry::new(
            Topic::Background,
            96,
            match &work.agent {
                Some(_) => format!(
                    "subagent started {}, its report was not seen: \"{}\"",
                    view.clock(work.at),
                    cut(&work.what, 200)
                ),
                None => format!(
                    "started {}, its end was not seen: `{}`",
                    view.clock(work.at),
                    cut(&work.what, 200)
                ),
            },
        ));
    }
    for call in &view.session.open {
        use crate::session::facts::Asked;
        let what = match &call.what {
            Asked::Run(command) => format!("`{}`", text::line(command, 200)),
            Asked::Agent { task, .. } => format!("subagent \"{task}\""),
            Asked::Plan(title) => format!("the plan \"{title}\" waited for the user's answer"),
            Asked::Ask => "a question waited for the user's answer".to_owned(),
            Asked::Edit { path, .. } | Asked::Write { path, .. } => format!("edit of `{path}`"),
            _ => continue,
        };
        out.push(Entry::new(
            Topic::Background,
            96,
            format!("no result was seen of the call made {}: {what}", view.clock(call.at)),
        ));
    }
}

/// The steps by which the last finished item went from its last edit to the next claim.
fn precedent(view: &View<'_>, out: &mut Vec<Entry>) {
    let active =
        view.items.iter().filter(|i| i.state == ItemState::Active).max_by_key(|i| i.claimed);
    let before = view
        .items
        .iter()
        .filter(|i| i.state == ItemState::Closed && i.claimed > 0)
        .filter(|i| active.is_none_or(|a| i.claimed < a.claimed))
        .filter(|i| matches!(committed(view, i), Committed::Yes(_)))
        .max_by_key(|i| i.claimed);
    let Some(before) = before else { return };
    let next = view.items.iter().map(|i| i.claimed).filter(|c| *c > before.claimed).min();
    let until = active.map(|a| a.claimed).or(next).unwrap_or(u32::MAX);
    let last_edit = view
        .steps
        .iter()
        .filter(|s| s.seq > before.claimed && s.seq < until && matches!(s.act, Act::Edit(_)))
        .map(|s| s.seq)
        .max()
        .unwrap_or(before.claimed);
    let (mut families, mut short): (Vec<String>, Vec<String>) = (Vec::new(), Vec::new());
    for (step, run) in view.runs() {
        let inside = step.seq > last_edit && step.seq <= until;
        if inside && !matches!(run.class, Class::Look | Class::Other) && run.outcome == Outcome::Ok
        {
            let mut shown = failures::fewer_paths(&run.shown, 70);
            for item in &view.items {
                if names(&shown, &item.id) && item.id == before.id {
                    shown = shown.replace(&item.id, "<id>");
                } else if active.is_some_and(|a| a.id == item.id) && names(&shown, &item.id) {
                    shown = shown.replace(&item.id, "<next>");
                }
            }
            let shown = match &run.message {
                Some(message) if run.family == "git commit" => {
                    format!("git commit -m \"{}\"", cut(message, 40))
                }
                _ => shown,
            };
            if !short.contains(&run.family) {
                short.push(run.family.clone());
                families.push(shown);
            }
        }
    }
    if families.len() < 2 {
        return;
    }
    let steps = families.iter().map(|f| format!("`{f}`")).collect::<Vec<_>>().join(" → ");
    let few = short.iter().map(|f| format!("`{f}`")).collect::<Vec<_>>().join(" → ");
    let lead = format!("after the last edit of {} came:", state::label(before));
    let (topic, worth) = if active.is_some() { (Topic::Next, 97) } else { (Topic::Steps, 79) };
    out.push(Entry::new(topic, worth, format!("{lead} {steps}")).short(format!("{lead} {few}")));
}

/// What was said last, and what it leaves open.
fn closing(view: &View<'_>, out: &mut Vec<Entry>) {
    let Some(turn) = view.last_turn() else { return };
    let Some(closing) = &turn.closing else { return };
    let whole = view.recall.whole(closing);
    let ended = matches!(view.state(), State::Ended);
    if ended {
        let said = super::findings::flat(&whole, 700);
        if !said.is_empty() {
            let but = if super::files::claims_success(view) && !view.unsolved.is_empty() {
                " This does not fit what is unsolved."
            } else {
                ""
            };
            let few = if but.is_empty() {
                super::findings::flat(&whole, 260)
            } else {
                let first = sentences(&whole).into_iter().next();
                first.map(|s| text::line(&s.text, 200)).unwrap_or_default()
            };
            let said = if but.is_empty() { said } else { few.clone() };
            out.push(
                Entry::new(Topic::LastSaid, 93, format!("\"{said}\"{but}"))
                    .short(format!("\"{few}\"{but}")),
            );
        }
        if let Some(question) = last_question(&whole) {
            out.push(Entry::new(
                Topic::Next,
                97,
                format!("Claude's last message ends in a question, unanswered: \"{question}\""),
            ));
        }
        let open: Vec<String> =
            next_lines(view, &whole).iter().map(|l| format!("\"{l}\"")).collect();
        if !open.is_empty() {
            let lead = "Claude's last message names as open:";
            out.push(
                Entry::new(Topic::Next, 95, format!("{lead} {}", open.join("; ")))
                    .short(format!("{lead} {}", cut(&open.join("; "), 240))),
            );
        }
        return;
    }
    let plan = view.steps.iter().rev().find_map(|s| match &s.act {
        Act::Said(said) if said.kind == Kind::Plan => Some((s, &said.text)),
        _ => None,
    });
    let last = super::findings::flat(&whole, 300);
    let all = units(whole.trim()) <= 300;
    let (seq, said) = match plan {
        Some((step, said)) if whole.contains(said.trim_end_matches('…')) => {
            (step.seq, if all { last } else { said.clone() })
        }
        _ => (view.session.seq, last),
    };
    if said.is_empty() {
        return;
    }
    let then: Vec<&&Step> = view.steps.iter().filter(|s| s.seq > seq).collect();
    let after = outcome(&then);
    let after = if after.is_empty() { String::new() } else { format!(" {after}") };
    out.push(Entry::new(Topic::LastSaid, 93, format!("\"{}\"{after}", text::line(&said, 300))));
}

/// What followed a sentence: done, failed, or nothing.
fn outcome(steps: &[&&Step]) -> String {
    let mut edits: Vec<&str> = Vec::new();
    let mut failed = None;
    let mut ran = 0;
    for step in steps {
        match &step.act {
            Act::Edit(edit) if !edits.contains(&edit.path.as_str()) => edits.push(&edit.path),
            Act::Run(run) if matches!(run.outcome, Outcome::Failed | Outcome::Refused) => {
                failed = Some(run);
            }
            Act::Run(run) if run.outcome == Outcome::Ok => ran += 1,
            _ => {}
        }
    }
    if let Some(run) = failed {
        return format!("`{}` then failed.", cut(&run.shown, 100));
    }
    if !edits.is_empty() {
        let list: Vec<&str> = edits.iter().take(3).copied().collect();
        return format!("The edit that followed succeeded ({}).", list.join(", "));
    }
    if ran > 0 {
        return "The call that followed succeeded.".to_owned();
    }
    String::new()
}

/// The question that a message ends in.
fn last_question(said: &str) -> Option<String> {
    let last = said.trim().lines().rev().find(|l| !l.trim().is_empty())?.trim();
    if !last.ends_with(['?', '？', '؟']) {
        return None;
    }
    let mark = last.chars().next_back().map_or(0, char::len_utf8);
    let start = last[..last.len() - mark]
        .rfind(['.', '!', '?', '。', '？'])
        .map_or(0, |at| at + last[at..].chars().next().map_or(1, char::len_utf8));
    Some(text::line(last[start..].trim(), 300))
}

/// What a message names as still open, beyond the items and tasks that are known to be.
fn next_lines(view: &View<'_>, said: &str) -> Vec<String> {
    sentences(said)
        .into_iter()
        .filter(|s| matches!(s.mark, Mark::NextStep | Mark::Blocked) && !s.text.ends_with(':'))
        .filter(|s| !view.items.iter().any(|i| names(&s.text, &i.id)))
        .filter(|s| !view.tasks.iter().any(|t| s.text.contains(&t.subject)))
        .take(8)
        .map(|s| text::line(&s.text.replace("**", ""), 240))
        .collect()
}

/// What was announced and then done, since the piece of work in progress was begun.
fn in_progress(view: &View<'_>, out: &mut Vec<Entry>) {
    if matches!(view.state(), State::Ended | State::Empty) {
        return;
    }
    let active =
        view.items.iter().filter(|i| i.state == ItemState::Active).map(|i| i.claimed).max();
    let turn =
        view.last_asked().and_then(|t| t.steps.first()).map_or(0, |s| s.seq.saturating_sub(1));
    let commit = view.commits.last().map_or(0, |c| c.0.seq);
    let from = active.unwrap_or_else(|| turn.max(commit));
    let steps: Vec<&&Step> = view.steps.iter().filter(|s| s.seq >= from).collect();
    let mut told: Vec<(u32, String, Option<String>)> = Vec::new();
    let mut index = 0;
    while index < steps.len() {
        let Act::Said(said) = &steps[index].act else {
            index += 1;
            continue;
        };
        let mut end = index + 1;
        while end < steps.len() && !matches!(steps[end].act, Act::Said(_)) {
            end += 1;
        }
        if said.kind == Kind::Plan {
            let then = &steps[index + 1..end];
            let mut done: Vec<String> = Vec::new();
            for step in then {
                let one = match &step.act {
                    Act::Edit(edit) => format!("edited `{}`", edit.path),
                    Act::Run(run) if run.outcome == Outcome::Ok => {
                        format!("`{}`", cut(&run.shown, 100))
                    }
                    Act::Run(run) => format!("`{}` failed", cut(&run.shown, 100)),
                    _ => continue,
                };
                if !done.contains(&one) && done.len() < 4 {
                    done.push(one);
                }
            }
            if !done.is_empty() {
                let said = text::line(&said.text, 200);
                told.push((steps[index].at, said, Some(done.join(", "))));
            }
        }
        index = end;
    }
    let first = told.len().saturating_sub(12);
    for (age, (at, said, done)) in told[first..].iter().rev().enumerate() {
        let done = done.as_ref().map(|d| format!(" → {d}")).unwrap_or_default();
        let worth = 84 - (age as u8).min(14);
        out.push(Entry::new(
            Topic::InProgress,
            worth,
            format!("{} \"{said}\"{done}", view.clock(*at)),
        ));
    }
    // Newest first by worth, but told in order.
    let start = out.len() - (told.len() - first);
    out[start..].reverse();
}

/// What the item in progress, or the next one, demands.
fn requirements(view: &View<'_>, out: &mut Vec<Entry>) {
    let everywhere = common_lines(view);
    for item in view.items.iter().filter(|i| !view.is_root(i) || i.claimed > 0) {
        let half_done =
            item.state == ItemState::Closed && matches!(committed(view, item), Committed::No);
        let worth = match item.state {
            ItemState::Active => 84,
            ItemState::Open if item.touched => 66,
            ItemState::Closed if half_done => 62,
            _ => continue,
        };
        let body = view.recall.output(item.body).unwrap_or("");
        let lines: Vec<String> =
            grouped(body, &everywhere).into_iter().filter(|l| !half_done || is_strict(l)).collect();
        // In parts, so that a small text can tell the beginning.
        for (part, lines) in lines.chunks(6).enumerate() {
            let lead = if part == 0 {
                state::label(item)
            } else {
                format!("{}, further", state::label(item))
            };
            let worth = worth - (part.min(6) as u8) * 2;
            out.push(super::rules::group(Topic::Requirement, worth, &lead, lines));
        }
    }
    for task in view.tasks.iter().filter(|t| t.state == TaskState::InProgress) {
        if let Some(body) = view.recall.task(task.line) {
            let said = text::line(body, 600);
            if !said.is_empty() && said != task.subject {
                out.push(Entry::new(Topic::Requirement, 82, format!("#{}: {said}", task.id)));
            }
        }
    }
}

/// Requirement lines of a body, a lead-in (`…:`) joined with what stands below it.
fn grouped(body: &str, leave_out: &[String]) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    for line in item::lines(body) {
        if !matches!(line.part, Part::Requirement | Part::Exclusion)
            || leave_out.contains(&line.text)
        {
            continue;
        }
        match out.last_mut() {
            Some(lead) if lead.ends_with(':') => {
                lead.push(' ');
                lead.push_str(&line.text);
            }
            _ => out.push(text::line(&line.text, 400)),
        }
    }
    out
}

/// Whether a line forbids, or sets a hard limit.
pub(super) fn is_strict(line: &str) -> bool {
    const WORDS: [&str; 14] = [
        "not",
        "no",
        "never",
        "must",
        "only",
        "exactly",
        "without",
        "always",
        "keep",
        "preserve",
        "don't",
        "cannot",
        "unchanged",
        "compatible",
    ];
    line.split(|c: char| !c.is_alphanumeric() && c != '\'')
        .any(|w| WORDS.contains(&w.to_lowercase().as_str()))
}

/// Lines that stand in two or more bodies.
pub(super) fn common_lines(view: &View<'_>) -> Vec<String> {
    let mut seen: Vec<(String, &str)> = Vec::new();
    let mut common: Vec<String> = Vec::new();
    for item in &view.items {
        let body = view.recall.output(item.body).unwrap_or("");
        for line in item::lines(body) {
            if units(&line.text) < 24 || line.part == Part::Files {
                continue;
            }
            let other = seen.iter().any(|(text, id)| *text == line.text && *id != item.id);
            if other && !common.contains(&line.text) {
                common.push(line.text);
            } else {
                seen.push((line.text, &item.id));
            }
        }
    }
    common
}

/// Paths that the named item speaks of and that the session did not touch.
fn untouched(view: &View<'_>, out: &mut Vec<Entry>) {
    let mut paths: Vec<String> = Vec::new();
    for item in view.items.iter().filter(|i| view.is_root(i) && i.state != ItemState::Closed) {
        let body = view.recall.output(item.body).unwrap_or("");
        for path in text::paths(body) {
            let folder = path.ends_with('/');
            let touched = view.files.iter().any(|t| {
                t.path == path
                    || t.path.ends_with(&format!("/{path}"))
                    || (folder && t.path.starts_with(&path))
            });
            let known = path.contains('/') && !path.starts_with("http");
            if known && !touched && !paths.contains(&path) && paths.len() < 16 {
                paths.push(path);
            }
        }
    }
    if !paths.is_empty() {
        out.push(Entry::new(Topic::Untouched, 66, paths.join(", ")));
    }
}
