//! The response log: one record per turn and per run of a subagent, in `responses.jsonl`.
//!
//! A record is ready when the next turn begins, or the session is over: a Stop comes before the
//! turn's last line. Whoever saves the session appends what is ready. A record that changes later is
//! appended again under the same turn; the last one counts.

use crate::redact::redact;
use crate::session::event::{At, Event, Outcome, Stop, Usage};
use crate::session::facts::{By, End, Turn};
use crate::session::{Session, text};
use crate::transcript::{self, Cursor};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::Path;

/// The log's name in the session's directory.
pub const FILE: &str = "responses.jsonl";

/// Of a prompt, in UTF-16 units.
const PROMPT: usize = 2_000;
/// Of a response, in UTF-16 units.
const RESPONSE: usize = 8_000;
/// Of text that is looked at for these, in bytes.
const LOOKED_AT: usize = 64 << 10;
/// Of a structured answer, in bytes.
const DATA: usize = 16 << 10;
/// Names of tools, calls that wait for their result, and files of one record.
const TOOLS: usize = 64;
const FILES: usize = 100;
/// Runs of subagents that are remembered as logged; more of one session are not logged.
const AGENTS: usize = 512;

/// One turn, or one run of a subagent.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Response {
    /// The turn: uuid of the prompt's line, or `agent-<id>`.
    pub turn: String,
    /// Claude Code's id of the prompt, the one that hook events carry.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub prompt_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub agent_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub agent_type: Option<String>,
    /// Who started it.
    pub by: By,
    pub started_at: Option<DateTime<Utc>>,
    pub ended_at: Option<DateTime<Utc>>,
    /// From the prompt to the turn's last line.
    pub duration_ms: i64,
    /// The model that answered last.
    pub model: String,
    /// How it ended: `end_turn`, `max_tokens`, `refusal`, `api_error`, `interrupted`, `killed`.
    pub stop_reason: String,
    /// Claude Code's name of the API error.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// Responses of the API, each counted once.
    pub requests: u32,
    pub usage: Tokens,
    /// Tools that were called, by name.
    pub tools: BTreeMap<String, Calls>,
    /// Files that were changed.
    pub files: Vec<String>,
    /// The conversation went on from before it (`/rewind`).
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub abandoned: bool,
    /// Its beginning was not read: the numbers are too small.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub partial: bool,
    pub prompt: String,
    pub response: String,
    /// The JSON that the answer ended with.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub data: Option<Value>,
}

/// Calls of one tool.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Calls {
    pub calls: u32,
    /// Those that failed, or were refused or denied.
    pub failed: u32,
}

/// Tokens, by their price.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
// The names of the fields are a documented format.
#[allow(clippy::struct_field_names)]
pub struct Tokens {
    pub input_tokens: u64,
    pub output_tokens: u64,
    /// Part of the output.
    pub thinking_tokens: u64,
    pub cache_creation_5m_tokens: u64,
    pub cache_creation_1h_tokens: u64,
    pub cache_read_tokens: u64,
}

impl From<Usage> for Tokens {
    fn from(usage: Usage) -> Self {
        Self {
            input_tokens: usage.input,
            output_tokens: usage.output,
            thinking_tokens: usage.thinking,
            cache_creation_5m_tokens: usage.write_5m,
            cache_creation_1h_tokens: usage.write_1h,
            cache_read_tokens: usage.read,
        }
    }
}

impl Response {
    /// The record as one line of JSON.
    pub fn line(&self) -> String {
        // A value of strings, numbers and times has no way to fail to become JSON.
        serde_json::to_string(self).unwrap_or_default()
    }
}

/// The records of a log's text, oldest first, each turn with its last one.
pub fn read(text: &str) -> Vec<Response> {
    let mut records: Vec<Response> = Vec::new();
    for record in text.lines().filter_map(|line| serde_json::from_str::<Response>(line).ok()) {
        put(&mut records, record);
    }
    records
}

/// Adds a record, in the place of an earlier one of its turn.
pub fn put(records: &mut Vec<Response>, record: Response) {
    // The first line of the file, which names the format, is of no turn.
    if record.turn.is_empty() {
        return;
    }
    match records.iter_mut().find(|earlier| earlier.turn == record.turn) {
        Some(earlier) => *earlier = record,
        None => records.push(record),
    }
}

/// What is on its way into the log.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Pending {
    #[serde(skip_serializing_if = "Option::is_none")]
    running: Option<Running>,
    /// Records that are to be appended.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub ready: Vec<Response>,
    /// Subagents that have reported: id and type.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    reported: Vec<(String, String)>,
    /// Runs of subagents that were logged: hash of the id, and the length of the transcript.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    agents: Vec<(u64, u64)>,
    /// Offset of the newest line that was seen.
    seen: u64,
    /// Lines up to this offset were seen before the facts were folded anew.
    held: u64,
}

/// The turn that runs.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
struct Running {
    record: Response,
    /// Offset of the prompt's line.
    start: u64,
    /// Calls that wait for their result: id and tool.
    open: Vec<(String, String)>,
    /// What was logged of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    logged: Option<u64>,
}

fn hash(text: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    text.hash(&mut hasher);
    hasher.finish()
}

/// Text as it is logged: secrets removed, at most `max` units.
fn kept(whole: &str, max: usize) -> String {
    text::cut(redact(head(whole, LOOKED_AT)).trim(), max)
}

/// At most so many bytes of a text.
fn head(whole: &str, max: usize) -> &str {
    &whole[..whole.floor_char_boundary(max)]
}

/// The JSON object or list that an answer is, or ends with in a fenced block.
fn data(answer: &str) -> Option<Value> {
    let answer = answer.trim();
    let json = match answer.strip_suffix("```") {
        Some(fenced) => {
            let (_, block) = fenced.rsplit_once("```")?;
            block.strip_prefix("json").unwrap_or(block).trim()
        }
        None => answer,
    };
    let shaped = json.starts_with(['{', '[']) && json.len() <= DATA;
    shaped.then(|| serde_json::from_str(&redact(json)).ok()).flatten()
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
    fn see(&mut self, at: At, event: &Event<'_>) {
        let record = &mut self.record;
        match event {
            Event::Said { text } => {
                record.response = kept(text, RESPONSE);
                record.data = data(text);
            }
            Event::Called { id, name, .. } => {
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
            Event::Responded { model, stop, .. } => {
                head(model, 100).clone_into(&mut record.model);
                record.error = None;
                if let Some(stop) = stop {
                    name(*stop).clone_into(&mut record.stop_reason);
                }
            }
            Event::ApiError { kind, last: true, .. } => {
                "api_error".clone_into(&mut record.stop_reason);
                record.error = Some(head(kind, 100).to_owned());
            }
            Event::Interrupted => "interrupted".clone_into(&mut record.stop_reason),
            Event::Located { .. } | Event::Cost { .. } | Event::Titled { .. } => return,
            _ => {}
        }
        record.ended_at = Some(at.time);
    }

    /// The record, with what the facts know of its turn.
    fn record(&self, turn: Option<&Turn>) -> Response {
        let mut record = self.record.clone();
        if let (Some(from), Some(to)) = (record.started_at, record.ended_at) {
            record.duration_ms = (to - from).num_milliseconds().max(0);
        }
        let broken_off = matches!(&*record.stop_reason, "" | "tool_use");
        if let Some(turn) = turn {
            record.requests = turn.counts.responses;
            record.usage = turn.counts.usage.into();
            let changed = turn.files.iter().filter(|file| file.edits > 0);
            record.files = changed.take(FILES).map(|file| file.path.clone()).collect();
            match &turn.end {
                // Its end was told, and its last lines never came.
                End::Stopped if broken_off => {
                    "end_turn".clone_into(&mut record.stop_reason);
                    if let Some(closing) = &turn.closing {
                        record.response.clone_from(&closing.text);
                        record.data = data(&closing.text);
                    }
                }
                End::Failed(error) => {
                    "api_error".clone_into(&mut record.stop_reason);
                    record.error = Some(error.clone());
                }
                _ => {}
            }
        }
        if matches!(&*record.stop_reason, "" | "tool_use") {
            "killed".clone_into(&mut record.stop_reason);
        }
        record
    }
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
                self.running = Some(Running {
                    record: Response {
                        turn: head(id, 64).to_owned(),
                        prompt_id: prompt_id.as_deref().map(|id| head(id, 64).to_owned()),
                        by: (*author).into(),
                        started_at: Some(at.time),
                        ended_at: Some(at.time),
                        prompt: kept(text, PROMPT),
                        ..Response::default()
                    },
                    start: at.place.offset,
                    ..Running::default()
                });
            }
            Event::Rewound { to } => {
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
        (!record.abandoned || record.requests > 0).then_some(record)
    }

    /// A subagent has reported.
    pub(super) fn reported(&mut self, id: &str, kind: &str) {
        self.reported.retain(|(known, _)| known != id);
        if self.reported.len() == AGENTS {
            self.reported.remove(0);
        }
        self.reported.push((id.to_owned(), kind.to_owned()));
    }

    /// The same lines are read anew for the facts alone.
    pub(super) fn hold(&mut self) {
        self.held = self.held.max(self.seen);
    }

    /// Another transcript is in the place of the one that was read.
    pub(super) fn restart(&mut self) {
        *self = Self { reported: std::mem::take(&mut self.reported), ..Self::default() };
    }

    /// Makes records of subagents' runs that are over: those that have reported, or `all` of them.
    /// Their transcripts lie beside the session's. Returns the bytes that were read.
    pub(super) fn fold_agents(&mut self, transcript: &Path, all: bool) -> u64 {
        let folder = transcript.with_extension("").join("subagents");
        // Most sessions have none.
        let Ok(entries) = std::fs::read_dir(folder) else { return 0 };
        let mut bytes = 0;
        for entry in entries.flatten() {
            let name = entry.file_name().to_string_lossy().into_owned();
            let id = name.strip_prefix("agent-").and_then(|name| name.strip_suffix(".jsonl"));
            let (Some(id), Ok(meta)) = (id, entry.metadata()) else { continue };
            let kind = self.reported.iter().find(|(known, _)| known == id);
            let kind = kind.map(|(_, kind)| kind.clone());
            let known = self.agents.iter().position(|(known, _)| *known == hash(id));
            let unchanged = known.is_some_and(|at| self.agents[at].1 == meta.len());
            let full = known.is_none() && self.agents.len() == AGENTS;
            if unchanged || full || !(all || kind.is_some()) {
                continue;
            }
            let Some((mut record, read)) = run(&entry.path()) else { continue };
            bytes += read;
            // Its last lines are still to come.
            if !all && record.stop_reason == "killed" {
                continue;
            }
            record.turn = format!("agent-{}", head(id, 100));
            record.agent_id = Some(head(id, 100).to_owned());
            record.agent_type = kind.or_else(|| kind_of(&entry.path()));
            match known {
                Some(at) => self.agents[at].1 = meta.len(),
                None => self.agents.push((hash(id), meta.len())),
            }
            self.ready.push(record);
        }
        bytes
    }
}

/// The type of a subagent that never reported: Claude Code leaves it beside the transcript.
fn kind_of(transcript: &Path) -> Option<String> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Meta {
        agent_type: String,
    }
    let text = std::fs::read_to_string(transcript.with_extension("meta.json")).ok()?;
    let meta: Meta = serde_json::from_str(&text).ok()?;
    Some(head(&meta.agent_type, 60).to_owned())
}

/// The run of a subagent, from its transcript.
fn run(path: &Path) -> Option<(Response, u64)> {
    let mut session = Session::default();
    let mut pending = Pending::default();
    let mut cursor = Cursor::of_sidechain();
    let first = Some(transcript::FIRST_READ);
    let report = transcript::follow(path, &mut cursor, first, &mut |told| {
        if let transcript::Told::Event(at, event) = told {
            pending.see(at, &event, &session);
            session.apply(at, event);
        }
    })
    .ok()?;
    pending.close(&session);
    // It was asked once, as a rule; what it was asked later belongs to the same run.
    let mut turns = std::mem::take(&mut pending.ready).into_iter();
    let mut whole = turns.next()?;
    for turn in turns {
        for (tool, calls) in turn.tools {
            let sum = whole.tools.entry(tool).or_default();
            sum.calls += calls.calls;
            sum.failed += calls.failed;
        }
        whole.files.extend(turn.files);
        whole.ended_at = turn.ended_at;
        whole.model = turn.model;
        whole.stop_reason = turn.stop_reason;
        whole.error = turn.error;
        whole.response = turn.response;
        whole.data = turn.data;
    }
    if let (Some(from), Some(to)) = (whole.started_at, whole.ended_at) {
        whole.duration_ms = (to - from).num_milliseconds().max(0);
    }
    whole.by = By::Machine;
    whole.requests = session.responses;
    whole.usage = session.usage.into();
    whole.partial = cursor.gap > 0;
    Some((whole, report.bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_at_the_end_of_an_answer_is_data() {
        let value = serde_json::json!({"ok": true});
        assert_eq!(data("Done.\n\n```json\n{\"ok\": true}\n```\n"), Some(value.clone()));
        assert_eq!(data("{\"ok\": true}"), Some(value));
        assert_eq!(data("```\n[1]\n```"), Some(serde_json::json!([1])));
        assert_eq!(data("```json\n{\"ok\": true}\n```\nThat is all."), None);
        assert_eq!(data("```sh\nls\n```"), None);
        assert_eq!(data("{broken"), None);
        assert_eq!(data("plain"), None);
    }

    #[test]
    fn a_later_record_of_a_turn_counts() {
        let record = |turn: &str, requests| Response {
            turn: turn.to_owned(),
            requests,
            ..Response::default()
        };
        let lines = [record("a", 1), record("b", 2), record("a", 3)].map(|r| r.line());
        let text = format!("{{\"format\":1}}\n{}\ntorn", lines.join("\n"));
        assert_eq!(read(&text), [record("a", 3), record("b", 2)]);
    }
}
