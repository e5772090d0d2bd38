//! Sums over responses.

use super::prices::{DOLLAR, Picodollars};
use super::row::TokenSums;

/// What a set of responses used and cost.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Totals {
    pub responses: u64,
    pub tokens: TokenSums,
    /// Tokens of models that the price table does not have.
    pub unpriced_tokens: u64,
    /// What the others cost.
    pub cost: Picodollars,
}

impl Totals {
    /// What the responses with a known price cost, in US dollars; `None` when none has one.
    pub fn cost_usd(&self) -> Option<f64> {
        if self.unpriced_tokens > 0 && self.unpriced_tokens == self.tokens.total() {
            return None;
        }
        Some(self.cost as f64 / DOLLAR as f64)
    }

    /// Counts tokens with what they cost, where that is known.
    pub(super) fn add_tokens(&mut self, tokens: TokenSums, cost: Option<Picodollars>) {
        self.tokens.add(tokens);
        match cost {
            Some(cost) => self.cost += cost,
            None => self.unpriced_tokens += tokens.total(),
        }
    }

    pub(super) fn add(&mut self, other: &Self) {
        self.responses += other.responses;
        self.tokens.add(other.tokens);
        self.unpriced_tokens += other.unpriced_tokens;
        self.cost += other.cost;
    }
}
