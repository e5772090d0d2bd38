//! Standing rules and exclusions, verbatim.

use super::item::{self, Part};
use super::log::{Entry, Topic};
use super::next::{common_lines, is_strict};
use super::state::label;
use super::view::View;
use crate::session::facts::{Act, By, ItemState};
use crate::session::sentence::{sentences, standing_rule};
use crate::session::text::{self, units};

/// Standing rules: what items and prompts forbid or demand throughout.
pub(super) fn entries(view: &View<'_>, out: &mut Vec<Entry>) {
    let mut seen: Vec<String> = Vec::new();
    for item in view.items.iter().filter(|i| view.is_root(i)) {
        let body = view.recall.output(item.body).unwrap_or("");
        let mut groups: Vec<(String, u8, Vec<String>)> = Vec::new();
        for line in item::lines(body) {
            let strict = is_strict(&line.text);
            let worth = match line.part {
                Part::Exclusion if strict => 92,
                Part::Exclusion if units(&line.text) < 250 => 80,
                Part::Goal if units(&line.text) < 400 => 60,
                Part::Requirement if strict => 56,
                _ => continue,
            };
            if seen.contains(&line.text) || mission_heading(&line.heading) {
                continue;
            }
            seen.push(line.text.clone());
            // Of GIVEN … WHEN … THEN …, what has to come out.
            let said = line.text.split_once(" THEN ").map_or(&*line.text, |(_, then)| then);
            let said = text::line(said, 400);
            match groups.last_mut().filter(|g| g.0 == line.heading) {
                Some(group) => {
                    group.1 = group.1.max(worth);
                    group.2.push(said);
                }
                None => groups.push((line.heading.clone(), worth, vec![said])),
            }
        }
        for (heading, worth, lines) in groups {
            out.push(group(Topic::Rule, worth, &format!("{}, {heading}", label(item)), &lines));
        }
    }
    let common: Vec<String> = common_lines(view)
        .into_iter()
        .filter(|l| !seen.contains(l))
        .map(|l| text::line(&l, 400))
        .collect();
    if !common.is_empty() {
        out.push(group(Topic::Rule, 84, "in several items", &common));
        seen.extend(common);
    }
    for item in view.items.iter().filter(|i| !view.is_root(i) && i.state == ItemState::Closed) {
        let body = view.recall.output(item.body).unwrap_or("");
        let lines: Vec<String> = item::lines(body)
            .into_iter()
            .filter(|l| l.part == Part::Exclusion && is_strict(&l.text))
            .map(|l| text::line(&l.text, 300))
            .filter(|l| !seen.contains(l))
            .take(3)
            .collect();
        if !lines.is_empty() {
            out.push(group(Topic::Rule, 58, &format!("from {}", label(item)), &lines));
            seen.extend(lines);
        }
    }
    prompt_rules(view, out);
}

/// Whether the mission tells what stands under a heading.
pub(super) fn mission_heading(heading: &str) -> bool {
    let heading = heading.to_lowercase();
    matches!(
        &*heading,
        "goal" | "problem" | "summary" | "objective" | "motivation" | "why" | "context"
    )
}

/// Several lines under one lead as one entry; its short form has what forbids something.
pub(super) fn group(topic: Topic, worth: u8, lead: &str, lines: &[String]) -> Entry {
    let tell = |lines: &[&String]| {
        if let [one] = lines {
            return format!("{lead}: {one}");
        }
        let list: Vec<String> = lines.iter().map(|l| format!("\n- {l}")).collect();
        format!("{lead}:{}", list.concat())
    };
    let all: Vec<&String> = lines.iter().collect();
    let mut few: Vec<&String> =
        all.iter().copied().filter(|l| is_strict(l)).take(all.len().div_ceil(2).max(3)).collect();
    if few.is_empty() {
        few = all[..all.len().min(2)].to_vec();
    }
    Entry::new(topic, worth, tell(&all)).short(tell(&few))
}

/// Rules in long prompts: a shortened prompt must not lose them.
fn prompt_rules(view: &View<'_>, out: &mut Vec<Entry>) {
    let merged = view.session.earlier.steps.iter().filter_map(|s| match &s.act {
        Act::Prompt(quote) => Some(quote),
        _ => None,
    });
    let kept = view.session.turns.iter().filter(|t| t.by == By::Human);
    let prompts =
        kept.flat_map(|t| std::iter::once(&t.prompt).chain(t.queued.iter().map(|q| &q.1)));
    let mut seen: Vec<String> = Vec::new();
    for prompt in merged.chain(prompts) {
        let whole = view.recall.whole(prompt);
        if units(&whole) < 500 {
            continue;
        }
        let rules = sentences(&whole).into_iter().filter(|s| standing_rule(&s.text));
        for rule in rules.take(8) {
            let said = text::line(&rule.text, 300);
            if !seen.contains(&said) {
                out.push(Entry::new(Topic::Rule, 78, format!("from a prompt: \"{said}\"")));
                seen.push(said);
            }
        }
    }
}
