//! What the state file of a session holds.

use super::record::{Record, Told};
use super::responses::Pending;
use super::window::Bridge;
use crate::session::Session;
use crate::session::event::Event;
use crate::session::facts::{End, Quote};
use crate::transcript::{self, Cursor, Reach, Report};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use std::io;
use std::path::{Path, PathBuf};

/// Stops that came before their turn's lines are remembered, so many at most.
const STOPS: usize = 8;

/// Everything known of a session.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct State {
    pub session: Box<Session>,
    pub cursor: Cursor,
    /// Claude Code's transcript of the session.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub transcript: Option<PathBuf>,
    /// How the session ended; a resume takes it back.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ended: Option<Ended>,
    /// When its last event came.
    #[serde(skip_serializing_if = "Option::is_none", with = "crate::time::option")]
    pub touched: Option<DateTime<Utc>>,
    /// The context window as the status line was told it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bridge: Option<Bridge>,
    /// What is on its way into the response log.
    pub responses: Box<Pending>,
    /// Lines of turns that were abandoned so far back that they had to be left out of the fold: from
    /// the first to before the last offset.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    abandoned: Vec<(u64, u64)>,
    /// Ends of turns whose lines had not come yet.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    stops: Vec<Stop>,
}

/// How a session ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ended {
    /// Claude Code's word: `other`, `clear`, `resume`, `prompt_input_exit`, `logout`.
    pub reason: String,
    pub at: DateTime<Utc>,
}

/// The end of a turn as a hook was told it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Stop {
    prompt_id: String,
    end: End,
    said: Option<Quote>,
    /// The whole of it, for the response log; of the newest alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    answer: Option<String>,
}

impl State {
    /// Takes one record in.
    pub fn take(&mut self, record: &Record) {
        self.touched = self.touched.max(Some(record.at));
        if let Some(path) = &record.transcript {
            self.transcript = Some(path.clone());
        }
        match &record.told {
            Told::SessionStart { .. } => self.ended = None,
            Told::UserPromptSubmit { text, .. } => {
                self.ended = None;
                self.typed(text);
            }
            Told::Stop { prompt_id, said, answer, background } => {
                self.session.goes_on(background);
                let said = (said.clone(), answer.clone());
                self.stop(prompt_id.as_deref(), End::Stopped, said);
            }
            Told::StopFailure { prompt_id, error } => {
                self.stop(prompt_id.as_deref(), End::Failed(error.clone()), (None, None));
            }
            Told::SubagentStop { id, kind, said } => {
                self.responses.reported(id, kind);
                if let Some(said) = said {
                    self.session.subagent_said(id, said);
                }
            }
            Told::SessionEnd { reason } => {
                self.ended = Some(Ended { reason: reason.clone(), at: record.at });
            }
            Told::Note { kind, text } => self.session.note(crate::session::facts::Note {
                kind: *kind,
                text: text.clone(),
                at: record.at,
            }),
            Told::PostToolBatch | Told::PreCompact | Told::PostCompact => {}
        }
        self.settle();
    }

    /// A prompt that the transcript does not have yet: it waits.
    fn typed(&mut self, text: &Quote) {
        let session = &mut self.session;
        // Its hook could not know what was to be taken out of it.
        if text.text.is_empty() {
            return;
        }
        let newest = session.turns.iter().rev().take(3);
        let known = newest
            .flat_map(|t| std::iter::once(&t.prompt).chain(t.queued.iter().map(|(_, q)| q)))
            .any(|q| q.text == text.text);
        if !known && !session.waiting.iter().any(|w| w.text == text.text) {
            session.waiting.push(text.clone());
        }
    }

    /// A turn's end, remembered until the turn's lines are there.
    fn stop(
        &mut self,
        prompt_id: Option<&str>,
        end: End,
        (said, answer): (Option<Quote>, Option<String>),
    ) {
        let Some(prompt_id) = prompt_id else { return };
        for older in &mut self.stops {
            older.answer = None;
        }
        self.stops.push(Stop { prompt_id: prompt_id.to_owned(), end, said, answer });
        if self.stops.len() > STOPS {
            self.stops.remove(0);
        }
    }

    /// Whether a turn has ended whose lines have not come.
    pub fn has_stopped(&self) -> bool {
        !self.stops.is_empty()
    }

    /// Applies the ends of turns whose lines have come.
    pub(super) fn settle(&mut self) {
        let turns = &mut self.session.turns;
        let responses = &mut self.responses;
        self.stops.retain_mut(|stop| {
            let Some(turn) =
                turns.iter_mut().rev().find(|t| t.prompt_id.as_deref() == Some(&stop.prompt_id))
            else {
                return true;
            };
            if turn.end == End::Open || matches!(stop.end, End::Failed(_)) {
                turn.end = stop.end.clone();
            }
            if let Some(said) = &stop.said
                && turn.closing.as_ref().is_none_or(|c| c.whole.is_none() && c.text != said.text)
            {
                turn.closing = Some(said.clone());
            }
            if stop.said.is_some() {
                responses.answered(&turn.id, stop.answer.take().unwrap_or_default());
            }
            false
        });
    }

    /// Folds what a transcript has gained, as far as `reach` says. When it is not
    /// the file that it was, everything but the notes is folded anew.
    ///
    /// When the conversation went back further than turns are kept apart, everything is folded anew
    /// without the abandoned lines: rare, and the only time that old lines are read again.
    pub fn follow(&mut self, transcript: &Path, reach: impl Into<Reach>) -> io::Result<Report> {
        let reach = reach.into();
        let mut sum = Report::default();
        loop {
            let (report, lost) = self.fold(transcript, reach)?;
            sum.bytes += report.bytes;
            sum.lines += report.lines;
            sum.restarted |= report.restarted;
            let Some(abandoned) = lost.filter(|lost| !self.abandoned.contains(lost)) else { break };
            self.abandoned.push(abandoned);
            self.cursor = Cursor::default();
            self.forget();
            self.responses.hold();
        }
        self.settle();
        Ok(sum)
    }

    /// Forgets what the transcript told.
    fn forget(&mut self) {
        let old = std::mem::take(&mut self.session);
        self.session.id = old.id;
        self.session.notes = old.notes;
    }

    /// One reading; returns the lines that were abandoned beyond what the facts can withdraw.
    fn fold(
        &mut self,
        transcript: &Path,
        reach: Reach,
    ) -> io::Result<(Report, Option<(u64, u64)>)> {
        let mut lost = None;
        let mut cursor = std::mem::take(&mut self.cursor);
        let gap = cursor.gap;
        let report = transcript::follow(transcript, &mut cursor, reach, &mut |told| match told {
            transcript::Told::Restarted => {
                self.abandoned.clear();
                self.forget();
                self.responses.restart();
            }
            transcript::Told::Event(at, event) => {
                let line = at.place.offset;
                self.responses.see(at, &event, &self.session);
                if let Event::Rewound { to } = event
                    && self.session.is_beyond(to)
                {
                    lost.get_or_insert((to, line));
                }
                if self.abandoned.iter().any(|(from, to)| (*from..*to).contains(&line)) {
                    self.session.abandoned(&event);
                } else {
                    self.session.apply(at, event);
                }
            }
        });
        if cursor.gap > gap {
            self.responses.missed(transcript::HEAD);
        }
        self.cursor = cursor;
        Ok((report?, lost))
    }

    /// Makes records of the subagents' runs that are over and, when the session has ended or is `over`,
    /// of its last turn. Returns the bytes that were read.
    pub(super) fn complete_responses(&mut self, over: bool) -> u64 {
        let over = over || self.ended.is_some();
        if over {
            self.responses.close(&self.session);
        }
        let transcript = self.transcript.clone();
        transcript.map_or(0, |path| self.responses.fold_agents(&path, over))
    }

    /// The session's context window in tokens: as the status line was told it, else what the model's
    /// name says; `None` when it is not known.
    pub fn window(&self) -> Option<u64> {
        let session = &self.session;
        let model = session.models.last().map(|(name, _)| &**name);
        self.bridge
            .as_ref()
            .and_then(|bridge| bridge.window_of(session.requested.as_deref(), model))
            .filter(|window| session.context.unwrap_or(0) <= *window)
            .or_else(|| crate::session::window(session))
    }

    /// When the session was last active: its last event or its transcript's last line.
    pub fn last(&self) -> Option<DateTime<Utc>> {
        self.touched.max(self.session.last)
    }
}
