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
        let kind = work.agent.unwrap_or_default();
        let act = Act::Agent { kind, task: work.what, report: Some(said.clone()) };
        let step = Step { seq: work.seq, at: work.at, line: None, act };
        self.slack.add(&step);
        turn.steps.push(step);
    }

    /// The line that holds a report of background work, of which a hook told the beginning before.
    pub(super) fn reported_at(&mut self, told: &Quote) {
        let steps = self.turns.iter_mut().rev().flat_map(|turn| turn.steps.iter_mut().rev());
        let mut reports = steps.filter_map(|step| match &mut step.act {
            Act::Agent { report: Some(report), .. } => Some(report),
            _ => None,
        });
        if let Some(report) = reports.find(|r| r.whole.is_none() && r.text == told.text) {
            report.whole = told.whole;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::event::{At, Event, Place};
    use crate::session::facts::Background;
    use crate::session::keep_quote;
    use std::borrow::Cow;

    #[test]
    fn a_report_that_a_hook_told_is_the_one_that_the_transcript_holds_whole() {
        let mut session = Session::default();
        let at = At { time: chrono::DateTime::UNIX_EPOCH, place: Place { offset: 9, len: 5 } };
        session.turn(at);
        let work = |id: &str| Background {
            id: id.to_owned(),
            what: "Look at the parser".to_owned(),
            agent: Some("Explore".to_owned()),
            seq: 3,
            at: 0,
        };
        session.background = vec![work("a1"), work("a2")];
        let long = |word: &str| format!("The {word} drops the last line. ").repeat(40);
        for (id, word) in [("a1", "parser"), ("a2", "writer")] {
            session.subagent_said(id, &keep_quote(&long(word)));
        }
        assert!(session.background.is_empty());
        let (id, status) = (Cow::Borrowed("a2"), Cow::Borrowed("completed"));
        let summary = Cow::Owned(long("writer"));
        session.apply(at, Event::BackgroundEnded { id, status, summary });
        let reports: Vec<_> = session.turns[0]
            .steps
            .iter()
            .map(|step| match &step.act {
                Act::Agent { kind, report: Some(report), .. } => {
                    (&**kind, report.text.contains("writer"), report.whole)
                }
                other => panic!("{other:?}"),
            })
            .collect();
        assert_eq!(reports, [("Explore", false, None), ("Explore", true, Some(at.place))]);
    }
}
