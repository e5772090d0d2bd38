//! What a transcript line says about usage.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

use chrono::DateTime;
use serde::Deserialize;
use serde::de::{self, Deserializer, Visitor};

use super::flaw::Flaw;
use super::prices::Service;
use super::row::{TokenSums, Tokens};

/// More tokens than this in one count of one response are a broken line, not usage.
const MOST_TOKENS: u64 = 1_000_000_000;

/// Ids and names longer than this, or with control characters, are not Claude Code's.
const LONGEST_NAME: usize = 200;

/// What a line with a usage object turned out to be.
#[derive(Debug, PartialEq)]
pub(super) enum Line<'a> {
    /// Part of a response, with its usage as known when the line was written.
    Response(Response<'a>),
    /// A well-formed line that reports no usage of its own: a tool result with a subagent's totals, a
    /// message that Claude Code made up itself.
    Other,
    /// Not JSON, or a response whose numbers, id or time can't be believed.
    Broken(Flaw),
}

#[derive(Debug, PartialEq)]
pub(super) struct Response<'a> {
    /// `message.id`.
    pub id: Cow<'a, str>,
    pub model: Cow<'a, str>,
    pub service: Service,
    pub tokens: Tokens,
    pub searches: u8,
    /// Seconds since 1970.
    pub time: u32,
    /// The session that asked for the response; `None` where the line doesn't say. A fork's copies
    /// carry their origin's id in `requestSessionId`.
    pub session: Option<Cow<'a, str>>,
    /// The working directory.
    pub cwd: Option<Cow<'a, str>>,
}

/// A session's own running totals, which contain calls that no transcript line shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct CostState {
    /// When the session's first process started, in milliseconds since 1970. Forks inherit it.
    pub start_ms: u64,
    pub models: Vec<(String, TokenSums)>,
}

#[derive(Deserialize)]
struct RawLine<'a> {
    #[serde(borrow, default, rename = "type")]
    kind: Text<'a>,
    #[serde(borrow)]
    message: Option<RawMessage<'a>>,
    #[serde(borrow, default)]
    timestamp: Text<'a>,
    #[serde(borrow, default, rename = "sessionId")]
    session_id: Text<'a>,
    #[serde(borrow, default, rename = "requestSessionId")]
    request_session_id: Text<'a>,
    #[serde(borrow, default)]
    cwd: Text<'a>,
}

#[derive(Deserialize)]
struct RawMessage<'a> {
    #[serde(borrow, default)]
    id: Text<'a>,
    #[serde(borrow, default)]
    model: Text<'a>,
    #[serde(borrow)]
    usage: Option<RawUsage<'a>>,
}

#[derive(Deserialize)]
struct RawUsage<'a> {
    input_tokens: Option<Count>,
    output_tokens: Option<Count>,
    cache_creation_input_tokens: Option<Count>,
    cache_read_input_tokens: Option<Count>,
    cache_creation: Option<RawCacheCreation>,
    server_tool_use: Option<RawServerToolUse>,
    #[serde(borrow, default)]
    speed: Text<'a>,
    #[serde(borrow, default)]
    inference_geo: Text<'a>,
}

#[derive(Deserialize)]
struct RawCacheCreation {
    ephemeral_5m_input_tokens: Option<Count>,
    ephemeral_1h_input_tokens: Option<Count>,
}

#[derive(Deserialize)]
struct RawServerToolUse {
    web_search_requests: Option<Count>,
}

/// The one field that says what a line is, for lines whose other fields are not as expected.
#[derive(Deserialize)]
struct Kind<'a> {
    #[serde(borrow, default, rename = "type")]
    kind: Text<'a>,
}

/// A string or null, borrowed where it has no escapes (serde would copy an `Option<Cow<str>>`).
#[derive(Default)]
struct Text<'a>(Option<Cow<'a, str>>);

impl<'de: 'a, 'a> Deserialize<'de> for Text<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(TextVisitor)
    }
}

struct TextVisitor;

impl<'de> Visitor<'de> for TextVisitor {
    type Value = Text<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a string or null")
    }

    fn visit_borrowed_str<E: de::Error>(self, value: &'de str) -> Result<Text<'de>, E> {
        Ok(Text(Some(Cow::Borrowed(value))))
    }

    fn visit_str<E: de::Error>(self, value: &str) -> Result<Text<'de>, E> {
        Ok(Text(Some(Cow::Owned(value.to_owned()))))
    }

    fn visit_unit<E: de::Error>(self) -> Result<Text<'de>, E> {
        Ok(Text(None))
    }
}

/// A token count: a whole number from 0 to a billion.
#[derive(Clone, Copy)]
struct Count(u32);

impl<'de> Deserialize<'de> for Count {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(CountVisitor)
    }
}

struct CountVisitor;

impl Visitor<'_> for CountVisitor {
    type Value = Count;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a token count from 0 to a billion")
    }

    fn visit_u64<E: de::Error>(self, value: u64) -> Result<Count, E> {
        if value > MOST_TOKENS {
            return Err(E::invalid_value(de::Unexpected::Unsigned(value), &self));
        }
        Ok(Count(value as u32))
    }

    fn visit_f64<E: de::Error>(self, value: f64) -> Result<Count, E> {
        if value.fract() != 0.0 || !(0.0..=MOST_TOKENS as f64).contains(&value) {
            return Err(E::invalid_value(de::Unexpected::Float(value), &self));
        }
        Ok(Count(value as u32))
    }
}

/// Reads a line that contains a usage object.
pub(super) fn read(line: &[u8]) -> Line<'_> {
    let Ok(raw) = serde_json::from_slice::<RawLine>(line) else {
        return match serde_json::from_slice::<Kind>(line) {
            Ok(Kind { kind: Text(Some(kind)) }) if kind != "assistant" => Line::Other,
            Ok(_) => Line::Broken(Flaw::Tokens),
            Err(_) => Line::Broken(Flaw::Torn),
        };
    };
    if raw.kind.0.as_deref() != Some("assistant") {
        return Line::Other;
    }
    let Some(message) = raw.message else { return Line::Other };
    let Some(usage) = message.usage else { return Line::Other };
    if message.model.0.as_deref() == Some("<synthetic>") {
        return Line::Other;
    }
    let (Some(id), Some(model)) = (named(message.id), named(message.model)) else {
        return Line::Broken(Flaw::Name);
    };
    let Some(tokens) = tokens(&usage) else { return Line::Broken(Flaw::Tokens) };
    let Some(time) = raw.timestamp.0.as_deref().and_then(seconds) else {
        return Line::Broken(Flaw::Time);
    };
    Line::Response(Response {
        id,
        model,
        service: Service {
            fast: usage.speed.0.as_deref() == Some("fast"),
            us: usage.inference_geo.0.as_deref() == Some("us"),
        },
        tokens,
        searches: usage
            .server_tool_use
            .and_then(|tools| tools.web_search_requests)
            .map_or(0, |Count(n)| n.min(255) as u8),
        time,
        session: named(raw.request_session_id).or_else(|| named(raw.session_id)),
        cwd: raw.cwd.0,
    })
}

fn named(text: Text<'_>) -> Option<Cow<'_, str>> {
    text.0.filter(|t| {
        !t.is_empty() && t.len() <= LONGEST_NAME && !t.bytes().any(|b| b.is_ascii_control())
    })
}

fn tokens(usage: &RawUsage) -> Option<Tokens> {
    let count = |count: Option<Count>| count.map_or(0, |Count(n)| n);
    let (five, hour) = usage.cache_creation.as_ref().map_or((0, 0), |creation| {
        (count(creation.ephemeral_5m_input_tokens), count(creation.ephemeral_1h_input_tokens))
    });
    // The API gives the sum and its parts; where they disagree the sum is right and what is not
    // known to live for an hour lives for five minutes. Claude Code prices it so, too.
    let created = usage.cache_creation_input_tokens.map_or(five + hour, |Count(n)| n);
    let hour = hour.min(created);
    Some(Tokens {
        input: usage.input_tokens?.0,
        output: usage.output_tokens?.0,
        cache_creation_5m: created - hour,
        cache_creation_1h: hour,
        cache_read: count(usage.cache_read_input_tokens),
    })
}

/// Seconds since 1970 of an RFC 3339 time. One without a zone names no moment.
fn seconds(text: &str) -> Option<u32> {
    let moment = DateTime::parse_from_rfc3339(text).ok()?;
    u32::try_from(moment.timestamp()).ok()
}

#[derive(Deserialize)]
struct RawCostState<'a> {
    #[serde(borrow, rename = "type")]
    kind: Cow<'a, str>,
    #[serde(rename = "startTime")]
    start_time: f64,
    #[serde(rename = "modelUsage")]
    model_usage: BTreeMap<String, RawModelUsage>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
// The names are Claude Code's.
#[allow(clippy::struct_field_names)]
struct RawModelUsage {
    #[serde(default)]
    input_tokens: u64,
    #[serde(default)]
    output_tokens: u64,
    #[serde(default)]
    cache_read_input_tokens: u64,
    #[serde(default)]
    cache_creation_input_tokens: u64,
    #[serde(default)]
    cache_creation_ephemeral1h_input_tokens: u64,
}

/// Reads a line that looks like a `cost-state`; `Err` when it is a broken one.
pub(super) fn read_cost_state(line: &[u8]) -> Result<Option<CostState>, ()> {
    let Ok(raw) = serde_json::from_slice::<RawCostState>(line) else {
        return match serde_json::from_slice::<Kind>(line) {
            Ok(Kind { kind: Text(Some(kind)) }) if kind != "cost-state" => Ok(None),
            _ => Err(()),
        };
    };
    if raw.kind != "cost-state" {
        return Ok(None);
    }
    let believable = |n: u64| n <= MOST_TOKENS * 1000;
    let mut models = Vec::with_capacity(raw.model_usage.len());
    for (model, usage) in raw.model_usage {
        let all = [
            usage.input_tokens,
            usage.output_tokens,
            usage.cache_read_input_tokens,
            usage.cache_creation_input_tokens,
        ];
        if !all.into_iter().all(believable) || model.len() > LONGEST_NAME {
            return Err(());
        }
        let hour =
            usage.cache_creation_ephemeral1h_input_tokens.min(usage.cache_creation_input_tokens);
        // Responses are logged under the plain id, whatever window was asked for.
        let model = model.trim_end_matches("[1m]").to_owned();
        let usage = TokenSums {
            input: usage.input_tokens,
            output: usage.output_tokens,
            cache_creation_5m: usage.cache_creation_input_tokens - hour,
            cache_creation_1h: hour,
            cache_read: usage.cache_read_input_tokens,
        };
        models.push((model, usage));
    }
    if !(0.0..4e12).contains(&raw.start_time) {
        return Err(());
    }
    Ok(Some(CostState { start_ms: raw.start_time as u64, models }))
}

#[cfg(test)]
mod tests;
