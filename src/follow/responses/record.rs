//! One record of the response log.

use crate::session::event::Usage;
use crate::session::facts::By;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::{BTreeMap, HashMap};

/// One turn, or one run of a subagent. Fields are only ever added.
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
    /// Where the prompt's line begins in the session's transcript, in bytes; not of a subagent's run.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub offset: Option<u64>,
    /// Who started it.
    pub by: By,
    pub started_at: Option<DateTime<Utc>>,
    pub ended_at: Option<DateTime<Utc>>,
    /// From the prompt to the last line of Claude's work on it.
    pub duration_ms: i64,
    /// The model that answered last.
    pub model: String,
    /// How it ended: `end_turn`, `max_tokens`, `refusal`, `api_error`, `interrupted`, `killed`; `other`
    /// for a reason of the API that is none of these.
    pub stop_reason: String,
    /// Claude Code's name of the API error.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// Responses of the API, each counted once.
    pub requests: u32,
    pub usage: Tokens,
    /// Tools that were called, by name.
    pub tools: BTreeMap<String, Calls>,
    /// Files that were changed, as the facts name them; at most 100.
    pub files: Vec<String>,
    /// The conversation went on from before it (`/rewind`). What it used was used all the same.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub abandoned: bool,
    /// Its beginning was not read: the numbers are too small.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub partial: bool,
    /// At most 2,000 UTF-16 units, secrets removed.
    pub prompt: String,
    /// What the assistant said at the end: all text of the last message, and of those before it that ran
    /// into the output limit. At most 8,000 UTF-16 units, secrets removed.
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

impl Tokens {
    /// The input side, cached or not.
    pub fn prompt(&self) -> u64 {
        self.input_tokens
            + self.cache_creation_5m_tokens
            + self.cache_creation_1h_tokens
            + self.cache_read_tokens
    }

    fn add(&mut self, other: &Self) {
        self.input_tokens += other.input_tokens;
        self.output_tokens += other.output_tokens;
        self.thinking_tokens += other.thinking_tokens;
        self.cache_creation_5m_tokens += other.cache_creation_5m_tokens;
        self.cache_creation_1h_tokens += other.cache_creation_1h_tokens;
        self.cache_read_tokens += other.cache_read_tokens;
    }
}

impl Response {
    /// The record as one line of JSON.
    pub fn line(&self) -> String {
        // A value of strings, numbers and times has no way to fail to become JSON.
        serde_json::to_string(self).unwrap_or_default()
    }
}

/// What a set of records used together.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Sum {
    /// Turns, or runs.
    pub records: u32,
    pub requests: u32,
    pub usage: Tokens,
}

impl Sum {
    /// The sum over some records, each turn once.
    pub fn of<'r>(records: impl Iterator<Item = &'r Response>) -> Self {
        records.fold(Self::default(), |mut sum, record| {
            sum.records += 1;
            sum.requests += record.requests;
            sum.usage.add(&record.usage);
            sum
        })
    }
}

/// The records of a log, oldest first, each turn with its last one.
#[derive(Debug, Default)]
pub struct Log {
    records: Vec<Response>,
    /// Where each turn's record is.
    places: HashMap<String, usize>,
}

impl Log {
    /// Reads a log's text; lines that are no record are passed over.
    pub fn read(text: &str) -> Self {
        let mut log = Self::default();
        for record in text.lines().filter_map(|line| serde_json::from_str::<Response>(line).ok()) {
            log.put(record);
        }
        log
    }

    /// Adds a record, in the place of an earlier one of its turn.
    pub fn put(&mut self, record: Response) {
        // The first line of the file, which names the format, is of no turn.
        if record.turn.is_empty() {
            return;
        }
        if let Some(at) = self.places.get(&record.turn) {
            self.records[*at] = record;
        } else {
            self.places.insert(record.turn.clone(), self.records.len());
            self.records.push(record);
        }
    }

    /// The records.
    pub fn records(&self) -> &[Response] {
        &self.records
    }

    /// The records, in the order in which they began.
    pub fn sorted(mut self) -> Vec<Response> {
        self.records.sort_by_key(|record| record.started_at);
        self.records
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_later_record_of_a_turn_counts() {
        let record = |turn: &str, requests| Response {
            turn: turn.to_owned(),
            requests,
            ..Response::default()
        };
        let lines = [record("a", 1), record("b", 2), record("a", 3)].map(|r| r.line());
        let text = format!("{{\"format\":1}}\n{}\ntorn", lines.join("\n"));
        assert_eq!(Log::read(&text).records(), [record("a", 3), record("b", 2)]);
    }
}
