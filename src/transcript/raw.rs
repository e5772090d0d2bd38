//! Claude Code's transcript lines as they stand in the file: the fields that are read, borrowed.
//!
//! Everything is optional: another version may leave a field out, and what is missing only takes
//! its own fact away.

use serde::Deserialize;
use serde_json::value::RawValue;
use std::borrow::Cow;

/// Text that borrows from the line where it has no escapes. (A `Cow` inside an `Option` would
/// always be copied by serde.)
#[derive(Debug, Clone, Deserialize)]
#[serde(transparent)]
pub(super) struct Text<'a>(#[serde(borrow)] pub Cow<'a, str>);

// Flags of Claude Code's own making.
#[allow(clippy::struct_excessive_bools)]
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Line<'a> {
    #[serde(borrow, rename = "type")]
    pub kind: Text<'a>,
    #[serde(borrow)]
    pub subtype: Option<Text<'a>>,
    #[serde(borrow)]
    pub uuid: Option<Text<'a>>,
    #[serde(borrow)]
    pub parent_uuid: Option<Text<'a>>,
    #[serde(borrow)]
    pub logical_parent_uuid: Option<Text<'a>>,
    #[serde(borrow)]
    pub timestamp: Option<Text<'a>>,
    #[serde(default)]
    pub is_sidechain: bool,
    #[serde(default)]
    pub is_meta: bool,
    #[serde(default)]
    pub is_compact_summary: bool,
    #[serde(default)]
    pub is_api_error_message: bool,
    #[serde(borrow)]
    pub error: Option<&'a RawValue>,
    #[serde(borrow)]
    pub prompt_id: Option<Text<'a>>,
    #[serde(borrow)]
    pub prompt_source: Option<Text<'a>>,
    #[serde(borrow)]
    pub turn_origin: Option<Text<'a>>,
    pub turn_position: Option<Position>,
    #[serde(borrow)]
    pub origin: Option<Origin<'a>>,
    #[serde(borrow)]
    pub message: Option<&'a RawValue>,
    #[serde(borrow)]
    pub requested_model: Option<Text<'a>>,
    #[serde(borrow)]
    pub tool_use_result: Option<&'a RawValue>,
    #[serde(borrow)]
    pub tool_denial_kind: Option<Text<'a>>,
    #[serde(borrow)]
    pub attachment: Option<&'a RawValue>,
    #[serde(borrow)]
    pub compact_metadata: Option<&'a RawValue>,
    #[serde(borrow)]
    pub cwd: Option<Text<'a>>,
    #[serde(borrow)]
    pub git_branch: Option<Text<'a>>,
    #[serde(borrow)]
    pub version: Option<Text<'a>>,
    #[serde(borrow)]
    pub operation: Option<Text<'a>>,
    #[serde(borrow)]
    pub reason: Option<Text<'a>>,
    #[serde(borrow)]
    pub content: Option<&'a RawValue>,
    #[serde(borrow)]
    pub custom_title: Option<Text<'a>>,
    #[serde(borrow)]
    pub ai_title: Option<Text<'a>>,
    #[serde(borrow)]
    pub summary: Option<Text<'a>>,
    #[serde(rename = "totalCostUSD")]
    pub total_cost: Option<f64>,
    #[serde(borrow)]
    pub model_usage: Option<&'a RawValue>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Position {
    pub turn_index: u32,
}

#[derive(Debug, Deserialize)]
pub(super) struct Origin<'a> {
    #[serde(borrow)]
    pub kind: Option<Text<'a>>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Message<'a> {
    #[serde(borrow)]
    pub id: Option<Text<'a>>,
    #[serde(borrow)]
    pub model: Option<Text<'a>>,
    #[serde(borrow)]
    pub content: Option<&'a RawValue>,
    #[serde(borrow)]
    pub stop_reason: Option<Text<'a>>,
    /// Read on its own: numbers that can't be believed leave the message what it says.
    #[serde(borrow)]
    pub usage: Option<&'a RawValue>,
}

impl Message<'_> {
    /// The response's tokens; `None` also where they can't be believed.
    pub(super) fn usage(&self) -> Option<Usage> {
        parse(self.usage)
    }
}

/// A token count: a whole number that one response may come to.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Count(pub u64);

/// More tokens than this in one count of one response are a broken line, not usage.
const MOST_TOKENS: f64 = 1e9;

impl<'de> Deserialize<'de> for Count {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let count = f64::deserialize(deserializer)?;
        if count.fract() != 0.0 || !(0.0..=MOST_TOKENS).contains(&count) {
            return Err(serde::de::Error::custom("no token count"));
        }
        Ok(Self(count as u64))
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Usage {
    pub input_tokens: Option<Count>,
    pub output_tokens: Option<Count>,
    pub cache_creation_input_tokens: Option<Count>,
    pub cache_read_input_tokens: Option<Count>,
    pub output_tokens_details: Option<Thinking>,
    pub cache_creation: Option<Lifetimes>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Thinking {
    pub thinking_tokens: Option<Count>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Lifetimes {
    pub ephemeral_5m_input_tokens: Option<Count>,
    pub ephemeral_1h_input_tokens: Option<Count>,
}

/// A content block: text, a tool call or a tool's result.
#[derive(Debug, Deserialize)]
pub(super) struct Block<'a> {
    #[serde(borrow, rename = "type")]
    pub kind: Option<Text<'a>>,
    #[serde(borrow)]
    pub text: Option<Text<'a>>,
    #[serde(borrow)]
    pub id: Option<Text<'a>>,
    #[serde(borrow)]
    pub name: Option<Text<'a>>,
    #[serde(borrow)]
    pub input: Option<&'a RawValue>,
    #[serde(borrow)]
    pub tool_use_id: Option<Text<'a>>,
    #[serde(borrow)]
    pub content: Option<&'a RawValue>,
    #[serde(default)]
    pub is_error: Option<bool>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Attachment<'a> {
    #[serde(borrow, rename = "type")]
    pub kind: Option<Text<'a>>,
    #[serde(borrow)]
    pub prompt: Option<&'a RawValue>,
    #[serde(borrow)]
    pub origin: Option<Origin<'a>>,
    #[serde(borrow, rename = "commandMode")]
    pub mode: Option<Text<'a>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Compact<'a> {
    #[serde(borrow)]
    pub trigger: Option<Text<'a>>,
    pub pre_tokens: Option<u64>,
    pub post_tokens: Option<u64>,
}

/// Parses a value that may be of another shape; what does not fit is not there.
pub(super) fn parse<'a, T: Deserialize<'a>>(raw: Option<&'a RawValue>) -> Option<T> {
    serde_json::from_str(raw?.get()).ok()
}
