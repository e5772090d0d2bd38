//! Claude Code's transcript lines as they stand in the file: the fields that are read, borrowed, in one
//! pass over the line.
//!
//! Everything is a [`Maybe`]: another version may leave a field out or give it another shape, and what is
//! missing only takes its own fact away.

use super::maybe::{Maybe, Shape, shaped};
use serde::Deserialize;
use serde::de::value::MapAccessDeserializer;
use serde::de::{IgnoredAny, MapAccess};
use serde_json::value::RawValue;
use std::borrow::Cow;

/// Text that borrows from the line where it has no escapes.
pub(super) type Text<'a> = Maybe<Cow<'a, str>>;

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Line<'a> {
    #[serde(borrow, rename = "type")]
    pub kind: Text<'a>,
    #[serde(borrow)]
    pub subtype: Text<'a>,
    #[serde(borrow)]
    pub uuid: Text<'a>,
    #[serde(borrow)]
    pub parent_uuid: Text<'a>,
    #[serde(borrow)]
    pub logical_parent_uuid: Text<'a>,
    #[serde(borrow)]
    pub timestamp: Text<'a>,
    pub is_sidechain: Maybe<bool>,
    pub is_meta: Maybe<bool>,
    pub is_compact_summary: Maybe<bool>,
    pub is_api_error_message: Maybe<bool>,
    #[serde(borrow)]
    pub error: Option<&'a RawValue>,
    #[serde(borrow)]
    pub prompt_id: Text<'a>,
    #[serde(borrow)]
    pub prompt_source: Text<'a>,
    #[serde(borrow)]
    pub turn_origin: Text<'a>,
    pub turn_position: Maybe<Position>,
    #[serde(borrow)]
    pub origin: Maybe<Origin<'a>>,
    #[serde(borrow)]
    pub message: Maybe<Message<'a>>,
    #[serde(borrow)]
    pub requested_model: Text<'a>,
    #[serde(borrow)]
    pub tool_use_result: Maybe<Report<'a>>,
    #[serde(borrow)]
    pub tool_denial_kind: Text<'a>,
    #[serde(borrow)]
    pub attachment: Maybe<Attachment<'a>>,
    #[serde(borrow)]
    pub compact_metadata: Maybe<Compact<'a>>,
    #[serde(borrow)]
    pub cwd: Text<'a>,
    #[serde(borrow)]
    pub git_branch: Text<'a>,
    #[serde(borrow)]
    pub version: Text<'a>,
    #[serde(borrow)]
    pub operation: Text<'a>,
    #[serde(borrow)]
    pub reason: Text<'a>,
    #[serde(borrow)]
    pub content: Content<'a>,
    #[serde(borrow)]
    pub custom_title: Text<'a>,
    #[serde(borrow)]
    pub ai_title: Text<'a>,
    #[serde(borrow)]
    pub summary: Text<'a>,
    #[serde(rename = "totalCostUSD")]
    pub total_cost: Maybe<f64>,
    #[serde(borrow)]
    pub model_usage: Option<&'a RawValue>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Position {
    pub turn_index: Maybe<u64>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Origin<'a> {
    #[serde(borrow)]
    pub kind: Text<'a>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Message<'a> {
    #[serde(borrow)]
    pub id: Text<'a>,
    #[serde(borrow)]
    pub model: Text<'a>,
    #[serde(borrow)]
    pub content: Content<'a>,
    #[serde(borrow)]
    pub stop_reason: Text<'a>,
    pub usage: Maybe<Usage>,
}

/// Plain text, or a list of blocks.
#[derive(Debug, Default)]
pub(super) enum Content<'a> {
    #[default]
    None,
    Text(Cow<'a, str>),
    Blocks(Vec<Block<'a>>),
}

/// A token count: a whole number that one response may come to; `None` where another value stands.
#[derive(Debug, Clone, Copy)]
pub(super) struct Count(pub Option<u64>);

/// More tokens than this in one count of one response are a broken line, not usage.
const MOST_TOKENS: u64 = 1_000_000_000;

impl Shape<'_> for Count {
    fn text(_: Cow<'_, str>) -> Option<Self> {
        Some(Self(None))
    }

    fn flag(_: bool) -> Option<Self> {
        Some(Self(None))
    }

    fn whole(count: u64) -> Option<Self> {
        Some(Self((count <= MOST_TOKENS).then_some(count)))
    }

    fn number(count: f64) -> Option<Self> {
        let believed = count.fract() == 0.0 && (0.0..=MOST_TOKENS as f64).contains(&count);
        Some(Self(believed.then_some(count as u64)))
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Usage {
    pub input_tokens: Maybe<Count>,
    pub output_tokens: Maybe<Count>,
    pub cache_creation_input_tokens: Maybe<Count>,
    pub cache_read_input_tokens: Maybe<Count>,
    pub output_tokens_details: Maybe<Thinking>,
    pub cache_creation: Maybe<Lifetimes>,
}

impl<'de> Shape<'de> for Usage {
    fn map<A: MapAccess<'de>>(map: A) -> Result<Option<Self>, A::Error> {
        Self::deserialize(MapAccessDeserializer::new(map)).map(Some)
    }

    /// It says that there was a response, and nothing that can be believed.
    fn text(_: Cow<'de, str>) -> Option<Self> {
        Some(Self { input_tokens: Maybe(Some(Count(None))), ..Self::default() })
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Thinking {
    pub thinking_tokens: Maybe<Count>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Lifetimes {
    pub ephemeral_5m_input_tokens: Maybe<Count>,
    pub ephemeral_1h_input_tokens: Maybe<Count>,
}

/// A content block: text, a tool call or a tool's result.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Block<'a> {
    #[serde(borrow, rename = "type")]
    pub kind: Text<'a>,
    #[serde(borrow)]
    pub text: Text<'a>,
    #[serde(borrow)]
    pub id: Text<'a>,
    #[serde(borrow)]
    pub name: Text<'a>,
    #[serde(borrow)]
    pub input: Maybe<Box<Input<'a>>>,
    #[serde(borrow)]
    pub tool_use_id: Text<'a>,
    #[serde(borrow)]
    pub content: Content<'a>,
    pub is_error: Maybe<bool>,
}

/// The fields of all tools' inputs that are read.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Input<'a> {
    #[serde(borrow)]
    pub command: Text<'a>,
    pub run_in_background: Maybe<bool>,
    #[serde(borrow)]
    pub file_path: Text<'a>,
    #[serde(borrow)]
    pub notebook_path: Text<'a>,
    #[serde(borrow)]
    pub path: Text<'a>,
    #[serde(borrow)]
    pub old_string: Text<'a>,
    #[serde(borrow)]
    pub new_string: Text<'a>,
    #[serde(borrow)]
    pub new_source: Text<'a>,
    #[serde(borrow)]
    pub edits: Maybe<Vec<Edit<'a>>>,
    #[serde(borrow)]
    pub content: Text<'a>,
    #[serde(borrow)]
    pub pattern: Text<'a>,
    #[serde(borrow)]
    pub url: Text<'a>,
    #[serde(borrow)]
    pub query: Text<'a>,
    #[serde(borrow)]
    pub subagent_type: Text<'a>,
    #[serde(borrow)]
    pub description: Text<'a>,
    #[serde(borrow)]
    pub plan: Text<'a>,
    #[serde(borrow)]
    pub questions: Maybe<Vec<Question<'a>>>,
    #[serde(borrow)]
    pub subject: Text<'a>,
    #[serde(borrow, rename = "taskId")]
    pub task: Text<'a>,
    #[serde(borrow)]
    pub task_id: Text<'a>,
    #[serde(borrow)]
    pub bash_id: Text<'a>,
    #[serde(borrow)]
    pub status: Text<'a>,
    #[serde(borrow)]
    pub todos: Maybe<Vec<Todo<'a>>>,
    #[serde(borrow)]
    pub skill: Text<'a>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Edit<'a> {
    #[serde(borrow)]
    pub old_string: Text<'a>,
    #[serde(borrow)]
    pub new_string: Text<'a>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Question<'a> {
    #[serde(borrow)]
    pub question: Text<'a>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Todo<'a> {
    #[serde(borrow)]
    pub content: Text<'a>,
    #[serde(borrow)]
    pub status: Text<'a>,
}

/// What the tools report beside the text that the model sees.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Report<'a> {
    #[serde(borrow, rename = "type")]
    pub kind: Text<'a>,
    pub interrupted: Maybe<bool>,
    #[serde(borrow)]
    pub background_task_id: Text<'a>,
    /// A whole file: what is not needed of it is not unescaped.
    #[serde(borrow)]
    pub original_file: Option<&'a RawValue>,
    /// The part of the file that was replaced, where it was not written whole.
    pub old_string: Option<IgnoredAny>,
    #[serde(borrow)]
    pub file_path: Text<'a>,
    #[serde(borrow)]
    pub answers: Option<&'a RawValue>,
    #[serde(borrow)]
    pub task: Maybe<Made<'a>>,
    #[serde(borrow)]
    pub agent_id: Text<'a>,
}

/// A task that was made.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Made<'a> {
    #[serde(borrow)]
    pub id: Text<'a>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Attachment<'a> {
    #[serde(borrow, rename = "type")]
    pub kind: Text<'a>,
    #[serde(borrow)]
    pub prompt: Content<'a>,
    #[serde(borrow)]
    pub origin: Maybe<Origin<'a>>,
    #[serde(borrow, rename = "commandMode")]
    pub mode: Text<'a>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Compact<'a> {
    #[serde(borrow)]
    pub trigger: Text<'a>,
    pub pre_tokens: Maybe<u64>,
    pub post_tokens: Maybe<u64>,
}

shaped!(Position, Thinking, Lifetimes);
shaped!(Origin<'a>, Message<'a>, Block<'a>, Edit<'a>, Question<'a>, Todo<'a>, Report<'a>);
shaped!(Made<'a>, Attachment<'a>, Compact<'a>, Input<'a>);

/// Parses a value that may be of another shape; what does not fit is not there.
pub(super) fn parse<'a, T: Deserialize<'a>>(raw: Option<&'a RawValue>) -> Option<T> {
    serde_json::from_str(raw?.get()).ok()
}
