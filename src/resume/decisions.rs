//! What was decided, and by whom.

use super::item;
use super::log::{Entry, Topic};
use super::mission::corrects;
use super::next::is_strict;
use super::view::View;
use crate::session::facts::{Act, By};
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
                out.push(Entry::new(
                    Topic::Correction,
                    90,
                    format!("{} the user refused: {}{why}", view.clock(step.at), cut(what, 200)),
                ));
            }
            _ => {}
        }
    }
    plans(view, out);
    chosen(view, out);
    _ = corrects;
    _ = By::Human;
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
        for (worth, line) in plan_lines(plan) {
            let worth = if last { worth } else { worth.saturating_sub(16) };
            out.push(Entry::new(Topic::Plan, worth, line));
        }
    }
}

/// The lines of a plan: the approach first, then what binds, then the rest; code left out.
fn plan_lines(plan: &str) -> Vec<(u8, String)> {
    let mut out: Vec<(u8, String)> = Vec::new();
    let (mut base, mut code, mut first) = (52, false, true);
    let mut heading = "";
    for raw in plan.lines() {
        let line = raw.trim();
        if line.starts_with("```") {
            code = !code;
            continue;
        }
        if code || line.is_empty() || line == "---" {
            continue;
        }
        if let Some(name) = item::heading_of(raw) {
            if first {
                first = false;
                continue;
            }
            heading = name;
            let lower = name.to_lowercase();
            let has = |words: &[&str]| words.iter().any(|w| lower.contains(w));
            base = if has(&["approach", "strategy", "decision", "design", "solution", "overview"]) {
                72
            } else if has(&["verif", "file", "test", "context", "reference"]) {
                44
            } else {
                52
            };
            continue;
        }
        let (text, _) = item::unlist(line);
        if text.is_empty() || text.starts_with('|') {
            continue;
        }
        let worth = if is_strict(text) || text.contains(" = ") { base + 4 } else { base };
        let said = text::line(text, 320);
        let line = if heading.is_empty() { said } else { format!("{heading}: {said}") };
        out.push((worth, line));
    }
    // The lines of one heading name it once.
    let mut last = String::new();
    for (_, line) in &mut out {
        if let Some((head, rest)) = line.clone().split_once(": ") {
            if head == last && !rest.is_empty() {
                *line = rest.to_owned();
            }
            head.clone_into(&mut last);
        }
    }
    out.truncate(40);
    out
}

/// Choices in Claude's words.
fn chosen(view: &View<'_>, out: &mut Vec<Entry>) {
    let told: Vec<String> = out.iter().map(|e| e.text.clone()).collect();
    let mut seen: Vec<&str> = Vec::new();
    for step in &view.steps {
        if let Act::Said(said) = &step.act
            && said.kind == Kind::Decision
            && !seen.contains(&&*said.text)
            && !told.iter().any(|t| t.contains(&said.text))
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
