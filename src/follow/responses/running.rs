//! The turn that runs, on its way to a record.

use super::answer::{Answer, data, head};
use super::record::Response;
use crate::session::event::{At, Event, Outcome, Stop};
use crate::session::facts::{End, Turn};
use serde::{Deserialize, Serialize};

/// Names of tools, calls that wait for their result, and files of one record.
const TOOLS: usize = 64;
const FILES: usize = 100;

/// Claude Code's name of the error with which a turn ends whose answer did not fit, however often it
/// was continued.
const TOO_LONG: &str = "max_output_tokens";

/// The turn that runs.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Running {
    pub(super) record: Response,
    /// Offset of the prompt's line.
    pub(super) start: u64,
    answer: Answer,
    /// Its last message as its Stop told it, until the transcript has it.
    #[serde(skip_serializing_if = "String::is_empty")]
    told: String,
    /// Calls that wait for their result: id and tool.
    open: Vec<(String, String)>,
    /// What was logged of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) logged: Option<u64>,
}

fn name(stop: Stop) -> &'static str {
    match stop {
        Stop::EndTurn => "end_turn",
        Stop::ToolUse => "tool_use",
        Stop::MaxTokens => "max_tokens",
        Stop::Refusal => "refusal",
        Stop::Other => "other",
    }
}

impl Running {
    /// A turn that begins.
    pub(super) fn new(record: Response, start: u64) -> Self {
        Self { record, start, ..Self::default() }
    }

    pub(super) fn see(&mut self, at: At, event: &Event<'_>) {
        let record = &mut self.record;
        match event {
            Event::Said { text } => self.answer.say(text),
            Event::Called { id, name, .. } => {
                self.answer.call();
                let name = head(name, 100);
                if record.tools.len() < TOOLS || record.tools.contains_key(name) {
                    record.tools.entry(name.to_owned()).or_default().calls += 1;
                }
                if self.open.len() < TOOLS {
                    self.open.push((id.clone().into_owned(), name.to_owned()));
                }
            }
            Event::Returned { id, result } => {
                let Some(at) = self.open.iter().position(|(open, _)| open == id) else { return };
                let (_, tool) = self.open.remove(at);
                let failed = [Outcome::Failed, Outcome::Refused, Outcome::Denied];
                if failed.contains(&result.outcome)
                    && let Some(calls) = record.tools.get_mut(&tool)
                {
                    calls.failed += 1;
                }
            }
            Event::Responded { message_id, model, stop, .. } => {
                self.answer.settle(message_id, *stop, record);
                head(model, 100).clone_into(&mut record.model);
                record.error = None;
                if let Some(stop) = stop {
                    name(*stop).clone_into(&mut record.stop_reason);
                    if *stop != Stop::ToolUse {
                        self.told = String::new();
                    }
                }
            }
            Event::ApiError { kind, last: true, .. } => fail(record, kind),
            Event::Interrupted => "interrupted".clone_into(&mut record.stop_reason),
            Event::Queued { .. } => {}
            // What else stands in the transcript is no work on the turn, and may come long after it.
            _ => return,
        }
        record.ended_at = Some(at.time);
    }

    /// Its last message was told.
    pub(super) fn answered(&mut self, text: String) {
        if !self.is_broken_off() {
            return;
        }
        // What was said before gives way to it, as it would to the last line.
        self.record.response = String::new();
        self.record.data = None;
        self.told = text;
    }

    /// What was read of it does not come to its end.
    fn is_broken_off(&self) -> bool {
        matches!(&*self.record.stop_reason, "" | "tool_use")
    }

    /// The record, with what the facts know of its turn.
    pub(super) fn record(&self, turn: Option<&Turn>) -> Response {
        let mut record = self.record.clone();
        if let (Some(from), Some(to)) = (record.started_at, record.ended_at) {
            record.duration_ms = (to - from).num_milliseconds().max(0);
        }
        if let Some(turn) = turn {
            record.requests = turn.counts.responses;
            record.usage = turn.counts.usage.into();
            let changed = turn.files.iter().filter(|file| file.edits > 0);
            record.files = changed.take(FILES).map(|file| file.path.clone()).collect();
            match &turn.end {
                // Its end was told, and its last lines never came.
                End::Stopped if self.is_broken_off() => {
                    "end_turn".clone_into(&mut record.stop_reason);
                    let closing = turn.closing.as_ref().map(|closing| &closing.text);
                    let told = Some(&self.told).filter(|told| !told.is_empty()).or(closing);
                    if let Some(told) = told {
                        record.response.clone_from(told);
                        record.data = data(told);
                    }
                }
                End::Failed(error) => fail(&mut record, error),
                _ => {}
            }
        }
        if matches!(&*record.stop_reason, "" | "tool_use") {
            "killed".clone_into(&mut record.stop_reason);
        }
        record
    }
}

/// An error ended the turn.
fn fail(record: &mut Response, kind: &str) {
    let reason = if kind == TOO_LONG { "max_tokens" } else { "api_error" };
    reason.clone_into(&mut record.stop_reason);
    record.error = Some(head(kind, 100).to_owned());
}
