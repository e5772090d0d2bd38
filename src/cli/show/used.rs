//! What a session used in all, and its subagents of it: for people and programs, no part of what the next
//! session is told.

use crate::cli::log::layout::figures;
use crate::follow::{Response, Sum};
use crate::resume::{Entry, Topic};
use crate::session::text;
use std::collections::BTreeSet;

/// How much the entry is needed: less than all that tells of the work.
const WORTH: u8 = 30;

/// The tokens of a session's records; `None` when it has none.
pub(in crate::cli) fn entry(records: &[Response]) -> Option<Entry> {
    let all = Sum::of(records.iter());
    if all.requests == 0 {
        return None;
    }
    let mut told = format!("used {}", figures(all.requests, &all.usage).join(", "));
    let agents = || records.iter().filter(|record| record.agent_id.is_some());
    let kinds: BTreeSet<&str> = agents().map(kind).collect();
    let of_kind = |wanted: &&str| {
        let sum = Sum::of(agents().filter(|record| kind(record) == *wanted));
        let runs = if sum.records == 1 { "run" } else { "runs" };
        let used = figures(sum.requests, &sum.usage).join(", ");
        format!("{} ({} {runs}) {used}", text::line(wanted, 60), sum.records)
    };
    if !kinds.is_empty() {
        let kinds: Vec<String> = kinds.iter().map(of_kind).collect();
        told += "; of these by subagents: ";
        told += &kinds.join("; ");
    }
    Some(Entry { topic: Topic::Metrics, text: told, short: None, worth: WORTH })
}

fn kind(record: &Response) -> &str {
    record.agent_type.as_deref().unwrap_or("subagent")
}
