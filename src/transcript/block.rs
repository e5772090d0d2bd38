//! A message's content blocks and the plain values in them.

use super::raw::{self, Block, Content};
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

/// A response's tokens. Where the cache's lifetimes are not told apart, writes were for five minutes.
pub(super) fn usage(raw: &raw::Usage) -> Usage {
    let total = raw.cache_creation_input_tokens.unwrap_or(0);
    let hour = raw.cache_creation.as_ref().and_then(|c| c.ephemeral_1h_input_tokens.0).unwrap_or(0);
    let five = raw.cache_creation.as_ref().and_then(|c| c.ephemeral_5m_input_tokens.0);
    Usage {
        input: raw.input_tokens.unwrap_or(0),
        output: raw.output_tokens.unwrap_or(0),
        thinking: raw.output_tokens_details.as_ref().and_then(|d| d.thinking_tokens.0).unwrap_or(0),
        write_5m: five
            .filter(|_| hour + five.unwrap_or(0) == total)
            .unwrap_or(total.saturating_sub(hour)),
        write_1h: hour,
        read: raw.cache_read_input_tokens.unwrap_or(0),
    }
}
