//! The runs of subagents, from their own transcripts.

use super::Pending;
use super::answer::head;
use super::record::Response;
use crate::session::facts::By;
use crate::session::{Session, hash};
use crate::transcript::{self, Cursor};
use serde::{Deserialize, Serialize};
use std::path::Path;

/// Runs that are remembered as logged; more of one session are not logged.
const RUNS: usize = 512;

/// What is known of a session's subagents.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Agents {
    /// Those that have reported: id and type.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    reported: Vec<(String, String)>,
    /// Those whose transcript was read: hash of the id, its length then, and whether the run was logged.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    seen: Vec<(u64, u64, bool)>,
}

impl Agents {
    pub(super) fn is_empty(&self) -> bool {
        self.reported.is_empty() && self.seen.is_empty()
    }

    /// A subagent has reported.
    pub(super) fn reported(&mut self, id: &str, kind: &str) {
        self.reported.retain(|(known, _)| known != id);
        if self.reported.len() == RUNS {
            self.reported.remove(0);
        }
        self.reported.push((id.to_owned(), kind.to_owned()));
    }

    /// Another session's transcript is in the place of the one that was read.
    pub(super) fn restart(&mut self) {
        self.seen.clear();
    }

    /// Makes records of the runs that are over: those that have reported, or `all` of them. Their
    /// transcripts lie beside the session's. Returns the bytes that were read.
    pub(super) fn fold(&mut self, transcript: &Path, all: bool, ready: &mut Vec<Response>) -> u64 {
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
            let key = hash(id);
            let known = self.seen.iter().position(|(known, ..)| *known == key);
            let unchanged = known.is_some_and(|at| {
                let (_, len, logged) = self.seen[at];
                len == meta.len() && (logged || !all)
            });
            let full = known.is_none() && self.seen.len() == RUNS;
            if unchanged || full || !(all || kind.is_some()) {
                continue;
            }
            let Some((mut record, read)) = run(&entry.path()) else { continue };
            bytes += read;
            // Unless nobody writes any more, its last lines are still to come.
            let over = all || record.stop_reason != "killed";
            match known {
                Some(at) => self.seen[at] = (key, meta.len(), over),
                None => self.seen.push((key, meta.len(), over)),
            }
            if over {
                record.turn = format!("agent-{}", head(id, 100));
                record.agent_id = Some(head(id, 100).to_owned());
                record.agent_type = kind.or_else(|| kind_of(&entry.path()));
                ready.push(record);
            }
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
    let mut turns = pending.ready.into_iter();
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
    whole.offset = None;
    whole.by = By::Machine;
    whole.requests = session.responses;
    whole.usage = session.usage.into();
    whole.partial = cursor.gap > 0;
    Some((whole, report.bytes))
}
