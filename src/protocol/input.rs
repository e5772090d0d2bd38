//! What Claude Code writes to a hook's stdin.
//!
//! One JSON object and then, usually, the end; but stdin was seen left open, so the first complete
//! value is what counts. A field of a wrong type is as good as absent: each one is read on its own,
//! and only `session_id` and `hook_event_name` are needed.

use crate::bytes;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::path::PathBuf;

/// The largest input that is read, in bytes. A `Write` of 1.5 MB makes 3.2 MB.
const LARGEST: usize = 16 << 20;
/// Values nested deeper than this are given up.
const DEEPEST: u32 = 128;

/// The events that a hook executable of ours is started at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Event {
    SessionStart,
    UserPromptSubmit,
    PostToolBatch,
    Stop,
    StopFailure,
    SubagentStop,
    PreCompact,
    PostCompact,
    SessionEnd,
}

impl Event {
    /// All of them, in the order in which a session meets them.
    pub const ALL: [Self; 9] = [
        Self::SessionStart,
        Self::UserPromptSubmit,
        Self::PostToolBatch,
        Self::Stop,
        Self::StopFailure,
        Self::SubagentStop,
        Self::PreCompact,
        Self::PostCompact,
        Self::SessionEnd,
    ];

    /// Claude Code's name of the event.
    pub fn name(self) -> &'static str {
        match self {
            Self::SessionStart => "SessionStart",
            Self::UserPromptSubmit => "UserPromptSubmit",
            Self::PostToolBatch => "PostToolBatch",
            Self::Stop => "Stop",
            Self::StopFailure => "StopFailure",
            Self::SubagentStop => "SubagentStop",
            Self::PreCompact => "PreCompact",
            Self::PostCompact => "PostCompact",
            Self::SessionEnd => "SessionEnd",
        }
    }
}

/// Why a session starts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    Startup,
    Resume,
    Fork,
    Clear,
    Compact,
}

/// Why a context is compacted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trigger {
    Manual,
    Auto,
}

/// A hook's input: the fields that are used, each absent when missing or of a wrong type.
#[derive(Debug, Clone, Default)]
pub struct Input {
    pub session_id: String,
    pub event: String,
    pub transcript_path: Option<PathBuf>,
    pub cwd: Option<PathBuf>,
    pub prompt_id: Option<String>,
    /// Set on events that fire inside a subagent.
    pub agent_id: Option<String>,
    /// Empty for the compaction's own call.
    pub agent_type: Option<String>,
    pub source: Option<Source>,
    pub model: Option<String>,
    pub session_title: Option<String>,
    pub context_tokens: Option<u64>,
    pub seconds_since_last_response: Option<u64>,
    pub prompt_cache_likely_expired: Option<bool>,
    pub estimated_cache_write_usd: Option<f64>,
    pub prompt: Option<String>,
    pub last_assistant_message: Option<String>,
    pub error: Option<String>,
    pub reason: Option<String>,
    pub trigger: Option<Trigger>,
    pub compact_summary: Option<String>,
    pub agent_transcript_path: Option<PathBuf>,
    /// Background work that runs at a Stop: id and what it is.
    pub background: Vec<(String, String)>,
}

/// Not hashed: a hasher asks the system for random bytes.
type Fields<'a> = BTreeMap<Cow<'a, str>, &'a RawValue>;

fn field<T: DeserializeOwned>(fields: &Fields<'_>, name: &str) -> Option<T> {
    serde_json::from_str(fields.get(name)?.get()).ok()
}

impl Input {
    /// Reads one complete JSON value. `None` when it is no object, or names no session or event.
    pub fn parse(json: &[u8]) -> Option<Self> {
        let text = String::from_utf8_lossy(json);
        let fields: Fields<'_> = serde_json::from_str(&text).ok()?;
        let word = |name: &str| field::<String>(&fields, name);
        let absolute = |name: &str| field::<PathBuf>(&fields, name).filter(|p| p.is_absolute());
        Some(Self {
            session_id: word("session_id")?,
            event: word("hook_event_name")?,
            transcript_path: absolute("transcript_path"),
            cwd: absolute("cwd"),
            prompt_id: word("prompt_id"),
            agent_id: word("agent_id"),
            agent_type: word("agent_type"),
            source: word("source").and_then(|s| {
                Some(match &*s {
                    "startup" => Source::Startup,
                    "resume" => Source::Resume,
                    "fork" => Source::Fork,
                    "clear" => Source::Clear,
                    "compact" => Source::Compact,
                    _ => return None,
                })
            }),
            model: word("model"),
            session_title: word("session_title"),
            context_tokens: field(&fields, "context_tokens"),
            seconds_since_last_response: field(&fields, "seconds_since_last_response"),
            prompt_cache_likely_expired: field(&fields, "prompt_cache_likely_expired"),
            estimated_cache_write_usd: field(&fields, "estimated_cache_write_usd"),
            prompt: word("prompt"),
            last_assistant_message: word("last_assistant_message"),
            error: word("error"),
            reason: word("reason"),
            trigger: word("trigger").and_then(|t| match &*t {
                "manual" => Some(Trigger::Manual),
                "auto" => Some(Trigger::Auto),
                _ => None,
            }),
            compact_summary: word("compact_summary"),
            agent_transcript_path: absolute("agent_transcript_path"),
            background: field::<Vec<Background>>(&fields, "background_tasks")
                .unwrap_or_default()
                .into_iter()
                .map(|b| (b.id, b.command.or(b.description).unwrap_or_default()))
                .collect(),
        })
    }
}

#[derive(Deserialize)]
struct Background {
    id: String,
    description: Option<String>,
    command: Option<String>,
}

/// What came of bytes fed to a [`Reader`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Read {
    /// The value is not complete yet.
    More,
    /// The first value ends here.
    Complete,
    /// It is not going to be an object, nests too deeply or is too long.
    Hopeless,
    /// There is no memory for so much.
    NoMemory,
}

/// Finds the end of the first JSON value as its bytes arrive.
#[derive(Debug, Default)]
pub struct Reader {
    bytes: Vec<u8>,
    depth: u32,
    in_string: bool,
    escaped: bool,
    begun: bool,
}

impl Reader {
    /// The bytes of the value so far.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The value.
    pub fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }

    /// Takes bytes in, up to the value's end.
    pub fn feed(&mut self, bytes: &[u8]) -> Read {
        if self.bytes.len() + bytes.len() > LARGEST {
            return Read::Hopeless;
        }
        // Where twice as much is not to be had, what is needed may be.
        if self.bytes.try_reserve(bytes.len()).is_err()
            && self.bytes.try_reserve_exact(bytes.len()).is_err()
        {
            return Read::NoMemory;
        }
        let mut index = 0;
        while let Some(byte) = bytes.get(index) {
            if self.in_string && !self.escaped {
                // Most of a long input are long texts.
                match bytes::find_either(b'"', b'\\', &bytes[index..]) {
                    Some(at) => index += at,
                    None => break,
                }
                self.in_string = bytes[index] == b'\\';
                self.escaped = self.in_string;
                index += 1;
                continue;
            }
            index += 1;
            if self.escaped {
                self.escaped = false;
                continue;
            }
            if !self.begun {
                match byte {
                    // A byte order mark, too, may stand before the value.
                    b' ' | b'\n' | b'\r' | b'\t' | 0xef | 0xbb | 0xbf => continue,
                    b'{' => self.begun = true,
                    _ => return Read::Hopeless,
                }
            }
            match byte {
                b'"' => self.in_string = true,
                b'{' | b'[' => self.depth += 1,
                b'}' | b']' => self.depth = self.depth.saturating_sub(1),
                _ => {}
            }
            if self.depth > DEEPEST {
                return Read::Hopeless;
            }
            if self.depth == 0 {
                self.bytes.extend_from_slice(&bytes[..index]);
                self.trim();
                return Read::Complete;
            }
        }
        self.bytes.extend_from_slice(bytes);
        Read::More
    }

    /// Drops what stood before the value.
    fn trim(&mut self) {
        if let Some(from) = bytes::find(b'{', &self.bytes) {
            self.bytes.drain(..from);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_field_of_a_wrong_type_is_absent() {
        let input = Input::parse(
            br#"{"session_id":"s","hook_event_name":"Stop","cwd":7,"prompt_id":{"a":[1]},"source":"resume","background_tasks":[{"id":"b","command":"make"}]}"#,
        )
        .unwrap();
        assert_eq!(input.cwd, None);
        assert_eq!(input.prompt_id, None);
        assert_eq!(input.source, Some(Source::Resume));
        assert_eq!(input.background, [("b".to_owned(), "make".to_owned())]);
        assert!(Input::parse(br#"{"session_id":7,"hook_event_name":"Stop"}"#).is_none());
    }

    #[test]
    fn every_word_of_claude_code_s_is_known_and_no_other() {
        let parsed = |field: &str, word: &str| {
            let json =
                serde_json::json!({ "session_id": "s", "hook_event_name": "e", field: word });
            Input::parse(json.to_string().as_bytes()).unwrap()
        };
        let source = |word: &str| parsed("source", word).source;
        assert_eq!(source("startup"), Some(Source::Startup));
        assert_eq!(source("resume"), Some(Source::Resume));
        assert_eq!(source("fork"), Some(Source::Fork));
        assert_eq!(source("clear"), Some(Source::Clear));
        assert_eq!(source("compact"), Some(Source::Compact));
        assert_eq!(source("Startup"), None);
        let trigger = |word: &str| parsed("trigger", word).trigger;
        assert_eq!(trigger("manual"), Some(Trigger::Manual));
        assert_eq!(trigger("auto"), Some(Trigger::Auto));
        assert_eq!(trigger(""), None);
        let names = Event::ALL.map(Event::name);
        assert_eq!(
            names,
            [
                "SessionStart",
                "UserPromptSubmit",
                "PostToolBatch",
                "Stop",
                "StopFailure",
                "SubagentStop",
                "PreCompact",
                "PostCompact",
                "SessionEnd"
            ]
        );
    }

    #[test]
    fn hopeless_input_is_given_up_early() {
        assert_eq!(Reader::default().feed(b"[1,2]"), Read::Hopeless);
        assert_eq!(Reader::default().feed(b"\x00\x01"), Read::Hopeless);
        assert_eq!(Reader::default().feed(&b"{\"a\":".repeat(10_000)), Read::Hopeless);
        let mut reader = Reader::default();
        assert_eq!(reader.feed(b"{\"a\":\""), Read::More);
        let chunk = vec![b'x'; 1 << 20];
        let last = (0..20).map(|_| reader.feed(&chunk)).last();
        assert_eq!(last, Some(Read::Hopeless));
    }

    proptest! {
        #[test]
        fn the_first_value_is_found_however_it_arrives(
            text in "[ -~\\\\\"é😀{}\\[\\]]{0,40}", cuts in proptest::collection::vec(1usize..9, 1..40), tail in "[ -~]{0,9}",
        ) {
            let value = serde_json::json!({"session_id": text, "n": [{"k": text}]}).to_string();
            let all = format!("\u{feff} \n{value}{tail}").into_bytes();
            let mut reader = Reader::default();
            let mut rest = &all[..];
            let mut cuts = cuts.iter().cycle();
            let mut read = Read::More;
            while read == Read::More && !rest.is_empty() {
                let n = (*cuts.next().unwrap()).min(rest.len());
                read = reader.feed(&rest[..n]);
                rest = &rest[n..];
            }
            prop_assert_eq!(read, Read::Complete);
            prop_assert_eq!(reader.bytes(), value.as_bytes());
            prop_assert_eq!(reader.into_bytes(), value.into_bytes());
        }
    }
}
