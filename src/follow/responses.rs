//! The response log: one record per turn and per run of a subagent, in `responses.jsonl`.
//!
//! A record is ready when the next turn begins, or the session is over: a Stop comes before the
//! turn's last line. Whoever saves the session appends what is ready. A record that changes later is
//! appended again under the same turn; the last one counts.

mod agents;
mod answer;
mod record;
mod running;

use crate::session::event::{At, Event};
use crate::session::{Session, hash};
use agents::Agents;
pub use answer::keep as keep_answer;
use answer::{head, kept};
pub use record::{Calls, Log, Response, Sum, Tokens};
use running::Running;
use serde::{Deserialize, Serialize};
use std::path::Path;

/// The log's name in the session's directory.
pub const FILE: &str = "responses.jsonl";

/// Of a prompt, in UTF-16 units.
const PROMPT: usize = 2_000;

/// What is on its way into the log.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Pending {
    #[serde(skip_serializing_if = "Option::is_none")]
    running: Option<Running>,
    /// Records that are to be appended.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    ready: Vec<Response>,
    /// The conversation went on from before these turns: offsets from the first prompt that was abandoned
    /// to before the line that told.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    abandoned: Vec<(u64, u64)>,
    #[serde(skip_serializing_if = "Agents::is_empty")]
    agents: Agents,
    /// Offset of the newest line that was seen.
    seen: u64,
    /// Lines up to this offset were seen before the facts were folded anew.
    held: u64,
}

impl Pending {
    /// Sees an event before the facts take it in.
    pub(super) fn see(&mut self, at: At, event: &Event<'_>, session: &Session) {
        if self.held > 0 && at.place.offset <= self.held {
            return;
        }
        self.seen = at.place.offset;
        match event {
            Event::Prompt { id, prompt_id, author, text } => {
                self.close(session);
                let start = at.place.offset;
                let record = Response {
                    turn: head(id, 64).to_owned(),
                    prompt_id: prompt_id.as_deref().map(|id| head(id, 64).to_owned()),
                    offset: Some(start),
                    by: (*author).into(),
                    started_at: Some(at.time),
                    ended_at: Some(at.time),
                    prompt: kept(text, PROMPT),
                    ..Response::default()
                };
                self.running = Some(Running::new(record, start));
            }
            Event::Rewound { to } => {
                self.abandoned.push((*to, at.place.offset));
                if let Some(running) = self.running.as_mut().filter(|r| r.start >= *to) {
                    running.record.abandoned = true;
                    self.close(session);
                    self.running = None;
                }
            }
            _ => {
                if let Some(running) = &mut self.running {
                    running.see(at, event);
                }
            }
        }
    }

    /// The turn that runs is over, as far as anybody knows: its record is ready, unless it was logged
    /// as it is. More lines of it make a correction.
    pub(super) fn close(&mut self, session: &Session) {
        if let Some(record) = self.current(session)
            && let Some(running) = &mut self.running
        {
            let logged = Some(hash(&record.line()));
            if running.logged != logged {
                running.logged = logged;
                self.ready.push(record);
            }
        }
    }

    /// The record of the turn that runs, as it would be if it were over now. A prompt that was taken
    /// back before anything came of it has none.
    pub fn current(&self, session: &Session) -> Option<Response> {
        let running = self.running.as_ref()?;
        let turn = session.turns.iter().rev().find(|turn| turn.id == running.record.turn);
        let record = running.record(turn);
        (!record.abandoned || record.requests > 0 || running.logged.is_some()).then_some(record)
    }

    /// The records that are to be appended to the log: those that are ready, and those of turns that
    /// were abandoned after they had been logged. `logged` gives the log's text; it is asked for in that
    /// case alone.
    pub(super) fn take_ready<E>(
        &mut self,
        logged: impl FnOnce() -> Result<Option<String>, E>,
    ) -> Result<Vec<Response>, E> {
        let mut ready = std::mem::take(&mut self.ready);
        let ranges = std::mem::take(&mut self.abandoned);
        if ranges.is_empty() {
            return Ok(ready);
        }
        let abandoned = |record: &Response| {
            let within = |at| ranges.iter().any(|(from, to)| (*from..*to).contains(&at));
            !record.abandoned && record.offset.is_some_and(within)
        };
        let log = Log::read(&logged()?.unwrap_or_default());
        let superseded = |record: &Response| ready.iter().any(|newer| newer.turn == record.turn);
        let late = log.records().iter().filter(|r| abandoned(r) && !superseded(r)).cloned();
        let mut late: Vec<Response> = late.collect();
        for record in ready.iter_mut().filter(|r| abandoned(r)).chain(&mut late) {
            record.abandoned = true;
        }
        late.append(&mut ready);
        Ok(late)
    }

    /// The end of a turn was told, with the text that its last line has.
    pub(super) fn answered(&mut self, turn: &str, text: String) {
        if let Some(running) = self.running.as_mut().filter(|r| r.record.turn == turn) {
            running.answered(text);
        }
    }

    /// A subagent has reported.
    pub(super) fn reported(&mut self, id: &str, kind: &str) {
        self.agents.reported(id, kind);
    }

    /// Lines behind `at` were left out: the turn that was running there is not known whole.
    pub(super) fn missed(&mut self, at: u64) {
        let running = self.running.as_mut().map(|running| &mut running.record);
        let records = self.ready.iter_mut().chain(running);
        let before = records.filter(|record| record.offset.is_some_and(|offset| offset < at));
        if let Some(last) = before.max_by_key(|record| record.offset) {
            last.partial = true;
        }
    }

    /// The same lines are read anew for the facts alone.
    pub(super) fn hold(&mut self) {
        self.held = self.held.max(self.seen);
    }

    /// Another transcript is in the place of the one that was read.
    pub(super) fn restart(&mut self) {
        let mut agents = std::mem::take(&mut self.agents);
        agents.restart();
        *self = Self { agents, ..Self::default() };
    }

    /// Makes records of subagents' runs that are over: those that have reported, or `all` of them.
    /// Returns the bytes that were read.
    pub(super) fn fold_agents(&mut self, transcript: &Path, all: bool) -> u64 {
        self.agents.fold(transcript, all, &mut self.ready)
    }
}

#[cfg(test)]
mod tests;
