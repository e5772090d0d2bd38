//! Responses: one file each, by session.

use super::{text, time};
use crate::foreign::entries::{add, empty};
use crate::resume::{ResumeLog, Topic};
use crate::session::text::cut;
use chrono::{DateTime, Utc};
use serde_json::Value;

/// Newest responses of a session that its log has.
const NEWEST: usize = 20;
/// UTF-16 units of a request and of a response.
const REQUEST: usize = 500;
const RESPONSE: usize = 1_000;

/// One response.
#[derive(Debug, Clone)]
pub(super) struct Response {
    pub(super) session: String,
    at: Option<DateTime<Utc>>,
    agent: String,
    request: String,
    answer: String,
}

/// A file's response; `None` when it holds none.
pub(super) fn read(value: &Value) -> Option<Response> {
    let metadata = &value["metadata"];
    let at = time(&text(value, "timestamp")).or_else(|| time(&text(metadata, "timestamp")));
    let agent = [text(value, "agent"), text(metadata, "agent")].into_iter().find(|a| !a.is_empty());
    let request = [text(value, "request"), text(value, "request_summary")];
    let answer = [text(value, "response"), text(value, "content")];
    let first = |texts: [String; 2]| texts.into_iter().find(|text| !text.trim().is_empty());
    let read = Response {
        session: text(value, "session_id"),
        at,
        agent: agent.unwrap_or_default(),
        request: first(request).unwrap_or_default(),
        answer: first(answer)?,
    };
    (!read.session.is_empty()).then_some(read)
}

/// The log of a session of which nothing but its responses is there.
pub(super) fn log(session: &str, mut responses: Vec<Response>) -> ResumeLog {
    responses.sort_by_key(|response| response.at);
    let mut log = empty(session);
    log.subject.from = responses.first().and_then(|response| response.at);
    log.subject.to = responses.last().and_then(|response| response.at);
    let older = responses.len().saturating_sub(NEWEST);
    if older > 0 {
        log.left_out.insert("closing statement".to_owned(), older as u32);
    }
    for response in responses.split_off(older) {
        let at = response.at.map(|at| at.format("%H:%M ").to_string()).unwrap_or_default();
        if !response.request.trim().is_empty() {
            let asked = format!("{at}{}", cut(response.request.trim(), REQUEST));
            add(&mut log.mission, Topic::Asked, &asked);
        }
        let agent = match response.agent.trim() {
            "" => String::new(),
            agent => format!("{agent}: "),
        };
        let said = format!("{at}{agent}{}", cut(response.answer.trim(), RESPONSE));
        add(&mut log.key_findings, Topic::Closing, &said);
    }
    log
}
