//! What was decided, and by whom.

use super::item;
use super::log::{Entry, Topic};
use super::next::is_strict;
use super::view::View;
use crate::bytes;
use crate::session::facts::{Act, End};
use crate::session::sentence::Kind;
use crate::session::text::{self, cut};

pub(super) fn entries(view: &View<'_>, out: &mut Vec<Entry>) {
    for step in &view.steps {
        match &step.act {
            Act::Answer { question, answer } => out.push(Entry::new(
                Topic::Answer,
                90,
                format!(
                    "{} asked \"{question}\", the user answered \"{answer}\"",
                    view.clock(step.at)
                ),
            )),
            Act::Denied { what, said } => {
                let why = said.as_ref().map(|s| format!(", saying \"{s}\"")).unwrap_or_default();
                let stopped = view.session.turns.iter().any(|t| {
                    t.end == End::Interrupted
                        && t.steps.last().is_some_and(|s| std::ptr::eq(s, *step))
                });
                let how = if stopped { "stopped Claude at" } else { "refused" };
                let what = cut(what, 200).replace('`', "ʼ");
                out.push(Entry::new(
                    Topic::Correction,
                    90,
                    format!("{} the user {how}: `{what}`{why}", view.clock(step.at)),
                ));
            }
            _ => {}
        }
    }
    plans(view, out);
    chosen(view, out);
}

fn plans(view: &View<'_>, out: &mut Vec<Entry>) {
    let plans: Vec<_> = view
        .steps
        .iter()
        .filter_map(|s| match &s.act {
            Act::Plan { title, approved } => Some((*s, title, *approved)),
            _ => None,
        })
        .collect();
    for (index, (step, title, approved)) in plans.iter().enumerate() {
        let last = index + 1 == plans.len();
        let verdict = match approved {
            Some(true) => "approved by the user",
            Some(false) => "rejected by the user",
            None => "no answer seen",
        };
        let worth = if last { 82 } else { 64 };
        out.push(Entry::new(
            Topic::Plan,
            worth,
            format!("{} plan \"{title}\", {verdict}", view.clock(step.at)),
        ));
        if *approved == Some(false) {
            continue;
        }
        let Some(plan) = view.recall.plan(step.line) else { continue };
        for (worth, heading, lines) in plan_parts(plan) {
            let worth = if last { worth } else { worth.saturating_sub(16) };
            out.push(part(worth, &heading, &lines));
        }
    }
}

/// One part of a plan: its heading, its lines as a list.
fn part(worth: u8, heading: &str, lines: &[String]) -> Entry {
    let tell = |lines: &[String]| match (heading, lines) {
        ("", [one]) => one.clone(),
        ("", _) => lines.join("; "),
        (_, [one]) => format!("{heading}: {one}"),
        _ => {
            let list: Vec<String> = lines.iter().map(|l| format!("\n- {l}")).collect();
            format!("{heading}:{}", list.concat())
        }
    };
    // The first lines say what it is; of the rest, what sets limits.
    let few: Vec<String> = lines
        .iter()
        .enumerate()
        .filter(|(at, line)| *at < 3 || is_strict(line))
        .take(5)
        .map(|(_, line)| line.clone())
        .collect();
    Entry::new(Topic::Plan, worth, tell(lines)).short(tell(&few))
}

/// The parts of a plan by their headings, code and tables left out: the approach is worth most,
/// then what sets limits, then the rest.
fn plan_parts(plan: &str) -> Vec<(u8, String, Vec<String>)> {
    let mut out: Vec<(u8, String, Vec<String>)> = Vec::new();
    let (mut code, mut first) = (false, true);
    for raw in plan.lines() {
        let line = raw.trim();
        if line.starts_with("```") {
            code = !code;
            continue;
        }
        if code || line.is_empty() || line == "---" || line.starts_with('|') {
            continue;
        }
        if let Some(name) = item::heading_of(raw) {
            if !first {
                let lower = name.to_lowercase();
                let has = |words: &[&str]| words.iter().any(|w| lower.contains(w));
                let worth = if has(&[
                    "approach", "strategy", "decision", "design", "solution", "overview", "summary",
                ]) {
                    79
                } else if has(&["verif", "file", "test", "context", "reference"]) {
                    46
                } else {
                    54
                };
                out.push((worth, text::line(name, 120), Vec::new()));
            }
            first = false;
            continue;
        }
        first = false;
        let (said, _) = item::unlist(line);
        if said.is_empty() {
            continue;
        }
        if out.is_empty() {
            out.push((60, String::new(), Vec::new()));
        }
        if let Some((_, _, lines)) = out.last_mut()
            && lines.len() < 12
        {
            lines.push(text::line(&said.replace("**", ""), 320));
        }
    }
    out.retain(|p| !p.2.is_empty());
    out.truncate(16);
    out
}

/// Choices in Claude's words.
fn chosen(view: &View<'_>, out: &mut Vec<Entry>) {
    let told = super::findings::told(out);
    let mut seen: Vec<&str> = Vec::new();
    for step in &view.steps {
        if let Act::Said(said) = &step.act
            && said.kind == Kind::Decision
            && !seen.contains(&&*said.text)
            && bytes::find_part(said.text.as_bytes(), told.as_bytes()).is_none()
        {
            seen.push(&said.text);
            out.push(Entry::new(
                Topic::Decision,
                58,
                format!("{} \"{}\"", view.clock(step.at), said.text),
            ));
        }
    }
}
