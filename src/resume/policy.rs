//! How much a starting session is told.

use chrono::TimeDelta;
use serde::{Deserialize, Serialize};

/// How a session starts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Start {
    /// Anew, by a person.
    Startup,
    /// Anew, by a script.
    Unattended,
    /// After `/clear`: the user wanted an empty context.
    Clear,
    /// The same session after a compaction.
    Compact,
    /// The same conversation, taken up again or copied.
    Resume,
}

/// What the user wants to be told in a case.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rule {
    /// The digest whenever there is something.
    Always,
    /// As much as the case calls for.
    #[default]
    Auto,
    /// One line at most.
    Notice,
    Never,
}

/// What a session is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    Digest,
    Brief,
    Notice,
    Nothing,
}

/// What there is to tell of.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Offer {
    /// Somebody paused the work on purpose.
    pub paused: bool,
    /// The session broke off.
    pub cut_off: bool,
    /// Percent of the context window that was in use; `None` when the window is not known.
    pub fullness: Option<u64>,
    /// Since its last event.
    pub age: TimeDelta,
}

/// Percent of the window from which a cleared context counts as full.
pub const CAUTION: u64 = 70;
/// Percent of the window from which an ended session counts as having run out of room.
pub const WARNING: u64 = 85;
/// How long the end of a session is worth more than a line.
const FRESH: TimeDelta = TimeDelta::hours(72);

/// What a session that starts in this way is told of this offer.
pub fn form(start: Start, rule: Rule, offer: &Offer) -> Form {
    let auto = match start {
        Start::Compact => Form::Digest,
        Start::Clear if offer.paused || offer.fullness >= Some(CAUTION) => Form::Digest,
        Start::Clear => Form::Notice,
        Start::Unattended if offer.paused || offer.cut_off => Form::Digest,
        Start::Unattended | Start::Resume => Form::Nothing,
        Start::Startup => {
            if offer.paused || offer.cut_off || offer.fullness >= Some(WARNING) {
                Form::Digest
            } else if offer.age < FRESH {
                Form::Brief
            } else {
                Form::Notice
            }
        }
    };
    match (rule, auto) {
        (Rule::Never, _) => Form::Nothing,
        (Rule::Always, _) => Form::Digest,
        (Rule::Notice, Form::Digest | Form::Brief) => Form::Notice,
        (Rule::Auto | Rule::Notice, auto) => auto,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn offer() -> Offer {
        Offer { paused: false, cut_off: false, fullness: None, age: TimeDelta::hours(1) }
    }

    #[test]
    fn a_start_is_told_by_what_the_session_before_came_to() {
        let at = |offer| form(Start::Startup, Rule::Auto, &offer);
        assert_eq!(at(Offer { cut_off: true, ..offer() }), Form::Digest);
        assert_eq!(at(Offer { paused: true, age: TimeDelta::days(90), ..offer() }), Form::Digest);
        assert_eq!(at(Offer { fullness: Some(85), ..offer() }), Form::Digest);
        assert_eq!(at(Offer { fullness: Some(84), ..offer() }), Form::Brief);
        assert_eq!(at(Offer { age: TimeDelta::hours(73), ..offer() }), Form::Notice);
    }

    #[test]
    fn clearing_means_forgetting_unless_the_context_was_full() {
        let at = |offer| form(Start::Clear, Rule::Auto, &offer);
        assert_eq!(at(Offer { cut_off: true, fullness: Some(10), ..offer() }), Form::Notice);
        assert_eq!(at(Offer { fullness: Some(70), ..offer() }), Form::Digest);
        assert_eq!(at(offer()), Form::Notice);
    }

    #[test]
    fn a_rule_bounds_every_case() {
        for start in [Start::Startup, Start::Clear, Start::Compact, Start::Unattended] {
            let cut = Offer { cut_off: true, ..offer() };
            assert_eq!(form(start, Rule::Never, &cut), Form::Nothing);
            assert!(matches!(form(start, Rule::Notice, &cut), Form::Notice));
            assert_eq!(form(start, Rule::Always, &offer()), Form::Digest);
        }
        assert_eq!(form(Start::Unattended, Rule::Auto, &offer()), Form::Nothing);
    }
}
