//! A message's content blocks and the plain values in them.

use super::raw::{self, Block, Text, parse};
use crate::session::event::{Stop, Usage};
use serde_json::value::RawValue;
use std::borrow::Cow;

/// Calls `see` for each block of a list; plain text has none.
pub(super) fn each<'a>(content: Option<&'a RawValue>, mut see: impl FnMut(&Block<'a>)) {
    let blocks: Option<Vec<Block<'a>>> = parse(content);
    for block in blocks.iter().flatten() {
        see(block);
    }
}

/// Whether the content holds a tool's result.
pub(super) fn has_results(content: Option<&RawValue>) -> bool {
    content.is_some_and(|c| {
        c.get().starts_with('[')
            && memchr::memmem::find(c.get().as_bytes(), b"\"tool_result\"").is_some()
    })
}

/// The text of a content: a string, or its text blocks joined by line ends.
pub(super) fn text(content: Option<&RawValue>) -> Option<Cow<'_, str>> {
    if let Some(text) = parse::<Text<'_>>(content) {
        return Some(text.0);
    }
    let blocks: Vec<Block<'_>> = parse(content)?;
    let mut texts = blocks.into_iter().filter_map(|b| b.text);
    let first = texts.next()?.0;
    Some(texts.fold(first, |mut all, next| {
        all.to_mut().push('\n');
        all.to_mut().push_str(&next.0);
        all
    }))
}

/// The text between `<name>` and `</name>`.
pub(super) fn tag<'t>(text: &'t str, name: &str) -> Option<&'t str> {
    let from = text.find(&format!("<{name}>"))? + name.len() + 2;
    let to = text[from..].find(&format!("</{name}>"))?;
    Some(text[from..from + to].trim())
}

/// A command of the user's own, as it was typed.
pub(super) fn command(text: &str) -> String {
    let name = tag(text, "command-name").unwrap_or_default();
    match tag(text, "command-args") {
        Some(args) if !args.is_empty() => format!("{name} {args}"),
        _ => name.to_owned(),
    }
}

pub(super) fn stop(reason: &str) -> Stop {
    match reason {
        "end_turn" | "stop_sequence" => Stop::EndTurn,
        "tool_use" => Stop::ToolUse,
        "max_tokens" => Stop::MaxTokens,
        "refusal" => Stop::Refusal,
        _ => Stop::Other,
    }
}

/// A response's tokens. Where the cache's lifetimes are not told apart, writes were for five minutes; where
/// the sum and its parts disagree, the sum is right.
pub(super) fn usage(raw: &raw::Usage) -> Usage {
    let count = |count: Option<raw::Count>| count.map_or(0, |count| count.0);
    let lifetimes = raw.cache_creation.as_ref();
    let (five, hour) = lifetimes.map_or((0, 0), |lifetimes| {
        (count(lifetimes.ephemeral_5m_input_tokens), count(lifetimes.ephemeral_1h_input_tokens))
    });
    let written = raw.cache_creation_input_tokens.map_or(five + hour, |count| count.0);
    let hour = hour.min(written);
    Usage {
        input: count(raw.input_tokens),
        output: count(raw.output_tokens),
        thinking: raw.output_tokens_details.as_ref().map_or(0, |d| count(d.thinking_tokens)),
        write_5m: written - hour,
        write_1h: hour,
        read: count(raw.cache_read_input_tokens),
    }
}
