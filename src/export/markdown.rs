//! A document as Markdown: the log as `resume.md` has it, then the turns.

use super::Document;
use crate::resume;
use crate::session::facts::By;
use crate::session::text::{line, thousands};
use std::fmt::Write;

/// UTF-16 units of a prompt that a turn is named by.
const PROMPT: usize = 200;

/// The document as Markdown.
pub fn markdown(document: &Document) -> String {
    let mut out = resume::markdown(&document.log);
    if document.turns.is_empty() {
        return out;
    }
    out.push_str("\n## Timeline\n");
    for turn in &document.turns {
        let at = turn.started_at.map(|at| at.format("%Y-%m-%d %H:%M UTC").to_string());
        let who = match (&turn.agent_type, turn.by) {
            (Some(kind), _) => format!("subagent {}", line(kind, 60)),
            (None, By::Human) => "person".to_owned(),
            (None, By::Machine) => "Claude Code".to_owned(),
        };
        let _ = write!(out, "- {} ({who}", at.unwrap_or_default());
        if turn.usage.output_tokens > 0 {
            let _ = write!(out, ", {} tokens out", thousands(turn.usage.output_tokens));
        }
        if turn.abandoned {
            out.push_str(", taken back");
        }
        let _ = writeln!(out, "): {}", resume::safe(&line(&turn.prompt, PROMPT)));
    }
    out
}
