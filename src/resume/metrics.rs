//! Model, tokens, time.

use super::log::{Entry, Topic};
use super::next::plural;
use super::view::View;
use crate::session::text::thousands;
use std::fmt::Write;

pub(super) fn entries(view: &View<'_>, out: &mut Vec<Entry>) {
    let session = view.session;
    let mut said = String::new();
    if let Some((model, count)) = session.models.last() {
        said.push_str(model);
        let others: Vec<String> = session.models[..session.models.len() - 1]
            .iter()
            .filter(|(name, _)| name != "<synthetic>")
            .map(|(name, n)| format!("{n} {name}"))
            .collect();
        if !others.is_empty() {
            let _ = write!(
                said,
                " ({count} of {} responses; {})",
                session.responses,
                others.join(", ")
            );
        }
        said.push_str("; ");
    }
    if let Some(context) = session.context {
        let _ = write!(said, "context {} tokens", thousands(context));
        if let Some(window) = view.about.window.filter(|w| *w > 0 && context <= *w) {
            let _ = write!(said, " of {} ({} %)", thousands(window), context * 100 / window);
        }
        said.push_str("; ");
    }
    let turns = session.merged.0 as usize + session.turns.len();
    let prompts = session.human_prompts() as usize;
    let _ = write!(said, "{} ({})", plural(turns, "turn"), plural(prompts, "prompt"));
    if let (Some(from), Some(to)) = (session.first, session.last) {
        let minutes = (to - from).num_minutes();
        let _ = match minutes {
            0 => write!(said, ", less than a minute"),
            1..=119 => write!(said, ", {}", plural(minutes as usize, "minute")),
            _ => write!(said, ", {} h {} min", minutes / 60, minutes % 60),
        };
    }
    let (mut calls, mut failed, mut refused, mut looks, mut agents) = (0, 0, 0, 0, 0);
    let (mut edits, mut commits) = (0, 0);
    for turn in session.all() {
        calls += turn.counts.calls;
        failed += turn.counts.failed;
        refused += turn.counts.refused;
        looks += turn.counts.looks;
        agents += turn.counts.agents;
        edits += turn.counts.edits;
        commits += turn.counts.commits;
    }
    let _ = write!(said, "; {}", plural(calls as usize, "tool call"));
    let mut how = Vec::new();
    let looked = if looks == 1 { "read or search" } else { "reads and searches" };
    for (count, word) in [(failed, "failed"), (refused, "refused"), (looks, looked)] {
        if count > 0 && count <= calls {
            how.push(format!("{count} {word}"));
        }
    }
    if !how.is_empty() {
        let _ = write!(said, " ({})", how.join(", "));
    }
    let edited: Vec<_> = view.files.iter().filter(|t| t.edits > 0).collect();
    if !edited.is_empty() {
        let (added, removed) =
            edited.iter().fold((0, 0), |sum, t| (sum.0 + t.lines.0, sum.1 + t.lines.1));
        let _ = write!(
            said,
            ", {} in {}{} (+{added} −{removed} lines)",
            plural(edits as usize, "edit"),
            if session.dropped.files > 0 { "many files, these in the last " } else { "" },
            plural(edited.len(), "file")
        );
    }
    if commits > 0 {
        let _ = write!(said, ", {}", plural(commits as usize, "commit"));
    }
    if agents > 0 {
        let _ = write!(said, ", {}", plural(agents as usize, "subagent"));
    }
    out.push(Entry::new(Topic::Metrics, 65, said));
    for compaction in &session.compactions {
        let how = if compaction.manual { "by hand" } else { "automatic" };
        let mut line = format!("compacted {} ({how})", view.time(compaction.at));
        if let (Some(before), Some(after)) = (compaction.before, compaction.after) {
            let _ = write!(line, ", {} to {} tokens", thousands(before), thousands(after));
        }
        out.push(Entry::new(Topic::Metrics, 50, line));
    }
}
