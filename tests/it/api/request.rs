//! A request that reached the API, and what it carries.

use std::collections::BTreeMap;

use serde_json::Value;

use super::http::Received;

/// What a request is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Class {
    /// The conversation of the session itself.
    Main,
    Subagent,
    /// Compaction: the call that writes the summary.
    Compact,
    /// A title for the session.
    Title,
    /// Any other message without tools.
    Side,
    CountTokens,
    /// Not the Messages API.
    Other,
}

/// One recorded request.
#[derive(Debug, Clone)]
pub(crate) struct Request {
    pub(crate) class: Class,
    /// The JSON body, `null` when there is none.
    pub(crate) body: Value,
}

impl Request {
    pub(super) fn new(received: Received) -> Self {
        let Received { method, path, headers, body } = received;
        let body = serde_json::from_slice(&body).unwrap_or_default();
        let class = classify(&method, &path, &headers, &body);
        Self { class, body }
    }

    /// All text of the conversation: each message's role with each of its texts, tool results included.
    pub(crate) fn texts(&self) -> Vec<(String, String)> {
        let mut texts = Vec::new();
        for message in self.body["messages"].as_array().into_iter().flatten() {
            let role = message["role"].as_str().unwrap_or_default();
            texts.extend(texts_of(&message["content"]).map(|text| (role.to_owned(), text)));
        }
        texts
    }

    /// What SessionStart hooks put into the conversation, wherever it stands: older models get it as a
    /// `<system-reminder>` block of a user message, newer ones in a message of the role `system`, where
    /// what Claude Code itself has to say follows it without a mark (and is returned with it).
    pub(crate) fn injected(&self) -> Vec<String> {
        const LABEL: &str = "SessionStart hook additional context: ";
        let texts = self.texts();
        texts
            .iter()
            .filter(|(role, text)| role == "system" || text.starts_with("<system-reminder>"))
            .filter_map(|(_, text)| text.split_once(LABEL))
            .map(|(_, text)| text.trim_end().trim_end_matches("</system-reminder>").trim_end())
            .map(str::to_owned)
            .collect()
    }

    /// How often `needle` occurs anywhere in the body, system prompt and tool schemas included.
    pub(crate) fn count(&self, needle: &str) -> usize {
        count(&self.body, needle)
    }

    /// Panics unless `needle` occurs exactly once.
    #[track_caller]
    pub(crate) fn assert_once(&self, needle: &str) {
        let found = self.count(needle);
        assert_eq!(found, 1, "{needle:?} in the request:\n{}", self.conversation());
    }

    /// Panics if `needle` occurs.
    #[track_caller]
    pub(crate) fn assert_absent(&self, needle: &str) {
        let found = self.count(needle);
        assert_eq!(found, 0, "{needle:?} in the request:\n{}", self.conversation());
    }

    /// The text of the newest tool result.
    pub(crate) fn tool_result(&self) -> String {
        let messages = self.body["messages"].as_array();
        let blocks =
            messages.into_iter().flatten().filter_map(|message| message["content"].as_array());
        let result = blocks.flatten().rfind(|block| block["type"] == "tool_result");
        result.map(|block| texts_of(&block["content"]).collect()).unwrap_or_default()
    }

    /// The conversation as a person reads it, for the message of a failed assertion.
    pub(crate) fn conversation(&self) -> String {
        let lines = self.texts().into_iter().flat_map(|(role, text)| [format!("--- {role}"), text]);
        lines.collect::<Vec<_>>().join("\n")
    }
}

fn classify(method: &str, path: &str, headers: &BTreeMap<String, String>, body: &Value) -> Class {
    if method != "POST" || !path.starts_with("/v1/messages") {
        return Class::Other;
    }
    if path.ends_with("/count_tokens") {
        return Class::CountTokens;
    }
    let messages = body["messages"].as_array();
    let last = messages.into_iter().flatten().rfind(|message| message["role"] == "user");
    let last: String =
        last.map(|message| texts_of(&message["content"]).collect()).unwrap_or_default();
    if last.contains("CRITICAL: Respond with TEXT ONLY") {
        return Class::Compact;
    }
    if headers.contains_key("x-claude-code-agent-id") {
        return Class::Subagent;
    }
    if body["tools"].as_array().is_none_or(Vec::is_empty) {
        let system: String = texts_of(&body["system"]).collect();
        return if system.contains(" title") { Class::Title } else { Class::Side };
    }
    Class::Main
}

/// The texts of a content: a string, or blocks that may themselves hold content.
fn texts_of(content: &Value) -> Box<dyn Iterator<Item = String> + '_> {
    match content {
        Value::String(text) => Box::new(std::iter::once(text.clone())),
        Value::Array(blocks) => Box::new(blocks.iter().flat_map(|block| match &block["text"] {
            Value::String(text) => Box::new(std::iter::once(text.clone())),
            _ => texts_of(&block["content"]),
        })),
        _ => Box::new(std::iter::empty()),
    }
}

fn count(value: &Value, needle: &str) -> usize {
    match value {
        Value::String(text) => text.matches(needle).count(),
        Value::Array(items) => items.iter().map(|item| count(item, needle)).sum(),
        Value::Object(fields) => fields.values().map(|field| count(field, needle)).sum(),
        _ => 0,
    }
}
