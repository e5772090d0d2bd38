//! What is asked of the facts.

use super::facts::{Act, By, Quote, Session};

impl Session {
    /// The session's first prompt by a person.
    pub fn first_prompt(&self) -> Option<&Quote> {
        let merged = self.earlier.steps.iter().find_map(|s| match &s.act {
            Act::Prompt(quote) => Some(quote),
            _ => None,
        });
        merged.or_else(|| self.turns.iter().find(|t| t.by == By::Human).map(|t| &t.prompt))
    }
}
