//! A message's content blocks and the plain values in them.

use super::maybe::Maybe;
use super::raw::{self, Block, Content, Count};
use crate::session::event::{Stop, Usage};
use std::borrow::Cow;

impl<'a> Content<'a> {
    /// Whether it holds a tool's result.
    pub(super) fn has_results(&self) -> bool {
        let result = |block: &Block<'_>| block.kind.as_deref() == Some("tool_result");
        self.blocks().iter().any(result)
    }

    /// The blocks of a list; plain text has none.
    pub(super) fn blocks(&self) -> &[Block<'a>] {
        match self {
            Self::Blocks(blocks) => blocks,
            Self::None | Self::Text(_) => &[],
        }
    }

    /// Takes the blocks of a list out; plain text has none.
    pub(super) fn take_blocks(&mut self) -> Vec<Block<'a>> {
        match self {
            Self::Blocks(blocks) => std::mem::take(blocks),
            Self::None | Self::Text(_) => Vec::new(),
        }
    }

    /// Takes the text out: a string, or the text blocks joined by line ends.
    pub(super) fn take_text(&mut self) -> Option<Cow<'a, str>> {
        match std::mem::take(self) {
            Self::None => None,
            Self::Text(text) => Some(text),
            Self::Blocks(blocks) => {
                let mut texts = blocks.into_iter().filter_map(|b| b.text.0);
                let first = texts.next()?;
                Some(texts.fold(first, |mut all, next| {
                    all.to_mut().push('\n');
                    all.to_mut().push_str(&next);
                    all
                }))
            }
        }
    }
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

/// A response's tokens; `None` where a count can't be believed. Where the cache's lifetimes are not told
/// apart, writes were for five minutes; where the sum and its parts disagree, the sum is right.
pub(super) fn usage(raw: &raw::Usage) -> Option<Usage> {
    let given = |count: &Maybe<Count>| count.0.map_or(Some(None), |count| count.0.map(Some));
    let count = |of: &Maybe<Count>| given(of).map(Option::unwrap_or_default);
    let (five, hour) = match &*raw.cache_creation {
        Some(lifetimes) => (
            count(&lifetimes.ephemeral_5m_input_tokens)?,
            count(&lifetimes.ephemeral_1h_input_tokens)?,
        ),
        None => (0, 0),
    };
    let written = given(&raw.cache_creation_input_tokens)?.unwrap_or(five + hour);
    let hour = hour.min(written);
    let details = raw.output_tokens_details.as_ref();
    Some(Usage {
        input: count(&raw.input_tokens)?,
        output: count(&raw.output_tokens)?,
        thinking: details.map_or(Some(0), |details| count(&details.thinking_tokens))?,
        write_5m: written - hour,
        write_1h: hour,
        read: count(&raw.cache_read_input_tokens)?,
    })
}
