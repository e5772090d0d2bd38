//! What is asked of the facts, and told to them, beside the transcript.

use super::facts::{Act, By, Quote, Session, Step};

impl Session {
    /// The session's first prompt by a person.
    pub fn first_prompt(&self) -> Option<&Quote> {
        let merged = self.earlier.steps.iter().find_map(|s| match &s.act {
            Act::Prompt(quote) => Some(quote),
            _ => None,
        });
        merged.or_else(|| self.turns.iter().find(|t| t.by == By::Human).map(|t| &t.prompt))
    }

    /// A subagent that ran in the background has reported. (A report of one that was waited for
    /// stands in the transcript.)
    pub fn subagent_said(&mut self, id: &str, said: &Quote) {
        let Some(at) = self.background.iter().position(|b| b.id == id) else { return };
        let work = self.background.remove(at);
        let Some(turn) = self.turns.last_mut() else { return };
        turn.steps.push(Step {
            seq: work.seq,
            at: work.at,
            line: None,
            act: Act::Agent { kind: String::new(), task: work.what, report: Some(said.clone()) },
        });
    }
}
