//! Work in the background: what it came to, as the transcript and the hooks tell it.

use super::event::{At, Detail, Outcome, Result};
use super::facts::{Act, Asked, OpenCall, Quote, Session, Step};
use super::fold::quote;
use std::borrow::Cow;

impl Session {
    /// It was asked after.
    pub(super) fn output(&mut self, at: At, id: &str, result: &Result<'_>) {
        if let Detail::Ended { exit } = result.detail {
            let outcome = if exit.unwrap_or(0) == 0 { Outcome::Ok } else { Outcome::Failed };
            self.finished(at, id, outcome, exit, &result.text);
        }
    }

    /// A notification said that it has ended.
    pub(super) fn background_ended(&mut self, at: At, id: &str, status: &str, summary: &str) {
        let outcome = match status {
            "completed" => Outcome::Ok,
            "failed" => Outcome::Failed,
            _ => Outcome::Interrupted,
        };
        self.finished(at, id, outcome, None, summary);
    }

    /// What of it goes on, as a turn's end was told: of the rest no end may ever be seen, and one that is
    /// on its way still counts.
    pub fn goes_on(&mut self, ids: &[String]) {
        for work in &mut self.background {
            work.over = !ids.contains(&work.id);
        }
    }

    /// A subagent in the background has reported, by its hook. (A report of one that was waited for stands
    /// in the transcript.)
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

    /// The line that holds a report of which a hook told the beginning before.
    fn reported_at(&mut self, told: &Quote) {
        let steps = self.turns.iter_mut().rev().flat_map(|turn| turn.steps.iter_mut().rev());
        let mut reports = steps.filter_map(|step| match &mut step.act {
            Act::Agent { report: Some(report), .. } => Some(report),
            _ => None,
        });
        if let Some(report) = reports.find(|r| r.whole.is_none() && r.text == told.text) {
            report.whole = told.whole;
        }
    }

    fn finished(&mut self, at: At, id: &str, outcome: Outcome, exit: Option<i32>, said: &str) {
        let Some(found) = self.background.iter().position(|b| b.id == id) else {
            return self.reported_at(&quote(said, at.place));
        };
        let work = self.background.remove(found);
        if let Some(kind) = work.agent {
            let report = (!said.is_empty()).then(|| quote(said, at.place));
            let act = Act::Agent { kind, task: work.what, report };
            self.push(at, Step { seq: work.seq, at: work.at, line: Some(at.place), act });
            return;
        }
        let call = OpenCall {
            id: work.id,
            seq: work.seq,
            at: work.at,
            line: at.place,
            what: Asked::Run(work.what.clone()),
        };
        self.take_back_launch(work.seq);
        let result = Result { outcome, text: Cow::Borrowed(said), exit, detail: Detail::None };
        self.ran(at, &call, &work.what, outcome, &result);
    }

    /// A command that was started and has ended is one run, not two.
    fn take_back_launch(&mut self, seq: u32) {
        for turn in std::iter::once(&mut self.earlier).chain(&mut self.turns) {
            let families = &mut turn.families;
            turn.steps.retain(|step| {
                let Act::Run(run) = &step.act else { return true };
                if step.seq != seq || run.outcome != Outcome::Background {
                    return true;
                }
                if let Some(at) = families.iter().position(|f| f.family == run.family) {
                    families[at].runs = families[at].runs.saturating_sub(1);
                    if families[at].runs == 0 {
                        families.remove(at);
                    }
                }
                false
            });
        }
        self.slack.forget();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::event::{Call, Event, Place};
    use crate::session::facts::{Background, Run};
    use crate::session::keep_quote;

    fn at() -> At {
        At { time: chrono::DateTime::UNIX_EPOCH, place: Place { offset: 9, len: 5 } }
    }

    fn ended(session: &mut Session, id: &str, status: &str, summary: &str) {
        let (id, status) = (Cow::Borrowed(id), Cow::Borrowed(status));
        session.apply(at(), Event::BackgroundEnded { id, status, summary: Cow::Borrowed(summary) });
    }

    /// A session that has started its tests in the background.
    fn testing() -> Session {
        let mut session = Session::default();
        let id = Cow::Borrowed("call");
        let command = Cow::Borrowed("cargo test");
        let call = Call::Run { command, background: true };
        session.apply(at(), Event::Called { id: id.clone(), name: Cow::Borrowed("Bash"), call });
        let detail = Detail::Background(Cow::Borrowed("b1"));
        let text = Cow::Borrowed("Command running in background with ID: b1.");
        let result = Result { outcome: Outcome::Background, text, exit: None, detail };
        session.apply(at(), Event::Returned { id, result });
        session
    }

    fn runs<'s>(session: &'s Session) -> Vec<&'s Run> {
        let steps = session.turns.iter().flat_map(|turn| &turn.steps);
        let run = |step: &'s Step| match &step.act {
            Act::Run(run) => Some(&**run),
            _ => None,
        };
        steps.filter_map(run).collect()
    }

    #[test]
    fn a_command_that_is_started_and_ends_is_one_run() {
        let mut session = testing();
        assert_eq!(runs(&session)[0].outcome, Outcome::Background);
        ended(&mut session, "b1", "failed", "Background command failed with exit code 101");
        let outcomes: Vec<_> = runs(&session).iter().map(|run| run.outcome).collect();
        assert_eq!(outcomes, [Outcome::Failed]);
        let family = &session.turns[0].families[..];
        assert_eq!((family.len(), family[0].runs, family[0].failed), (1, 1, 1));
    }

    #[test]
    fn an_end_that_is_told_after_the_turn_s_counts_all_the_same() {
        let mut session = testing();
        session.goes_on(&["b1".to_owned()]);
        assert!(!session.background[0].over);
        session.goes_on(&[]);
        assert!(session.background[0].over);
        ended(&mut session, "b1", "failed", "Background command failed with exit code 101");
        assert_eq!(runs(&session)[0].outcome, Outcome::Failed);
        assert!(session.background.is_empty());
    }

    #[test]
    fn a_report_that_a_hook_told_is_the_one_that_the_transcript_holds_whole() {
        let mut session = Session::default();
        session.turn(at());
        let work = |id: &str| Background {
            id: id.to_owned(),
            what: "Look at the parser".to_owned(),
            agent: Some("Explore".to_owned()),
            seq: 3,
            at: 0,
            over: false,
        };
        session.background = vec![work("a1"), work("a2")];
        let long = |word: &str| format!("The {word} drops the last line. ").repeat(40);
        for (id, word) in [("a1", "parser"), ("a2", "writer")] {
            session.subagent_said(id, &keep_quote(&long(word)));
        }
        assert!(session.background.is_empty());
        ended(&mut session, "a2", "completed", &long("writer"));
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
        assert_eq!(reports, [("Explore", false, None), ("Explore", true, Some(at().place))]);
    }
}
