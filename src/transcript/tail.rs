//! The context as a transcript's end tells it, without a cursor.

use super::maybe::{Maybe, Shape, shaped};
use super::raw::{Compact, Text, Usage};
use super::{block, open, read_at, time};
use crate::bytes;
use serde::Deserialize;
use serde::de::IgnoredAny;
use std::borrow::Cow;
use std::io;
use std::path::Path;

/// How much of the end is read, a little at first and more where it does not tell. What stands
/// behind the last response is mostly short; a single result may be long.
const REACH: [u64; 3] = [16 << 10, 64 << 10, 256 << 10];

/// What the newest response, or a compaction after it, left in the context window.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Context {
    pub tokens: u64,
    /// When it was told.
    pub at: chrono::DateTime<chrono::Utc>,
    /// The model as it was asked for, where the transcript says it; `None` after a compaction.
    pub requested: Option<String>,
    /// The model that answered; `None` after a compaction.
    pub model: Option<String>,
}

/// Reads the context off a transcript's end: the main conversation's newest response, or the newest
/// compaction when that came later. `None` when the last 256 KB hold neither, or a compaction that
/// does not tell its tokens. Also returns the bytes that were read.
pub fn context(path: &Path) -> io::Result<(Option<Context>, u64)> {
    let (mut file, len) = open(path)?;
    let mut bytes = 0;
    let mut buffer = Vec::new();
    for reach in REACH {
        let from = len.saturating_sub(reach);
        buffer.resize((len - from) as usize, 0);
        read_at(&mut file, &mut buffer, from)?;
        bytes += buffer.len() as u64;
        // What begins before the window, and what has no line end yet, is no whole line.
        let whole = bytes::find_last(b'\n', &buffer).map_or(0, |end| end + 1);
        let first = match from {
            0 => 0,
            _ => bytes::find(b'\n', &buffer[..whole]).map_or(whole, |end| end + 1),
        };
        for text in buffer[first..whole].rsplit(|byte| *byte == b'\n') {
            match told(text) {
                Told::Nothing => {}
                Told::Unknown => return Ok((None, bytes)),
                Told::Context(found) => return Ok((Some(found), bytes)),
            }
        }
        if from == 0 {
            break;
        }
    }
    Ok((None, bytes))
}

/// The fields of a line that tell of the context. The executables that look at it at every batch of
/// tools are spared the reading of everything else that a line may hold.
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Line<'a> {
    #[serde(borrow, rename = "type")]
    kind: Text<'a>,
    #[serde(borrow)]
    subtype: Text<'a>,
    #[serde(borrow)]
    timestamp: Text<'a>,
    is_sidechain: Maybe<bool>,
    #[serde(borrow)]
    message: Maybe<Message<'a>>,
    #[serde(borrow)]
    requested_model: Text<'a>,
    #[serde(borrow)]
    compact_metadata: Maybe<Compact<'a>>,
}

/// A response without what it says.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Message<'a> {
    id: Option<IgnoredAny>,
    #[serde(borrow)]
    model: Text<'a>,
    usage: Maybe<Usage>,
}

shaped!(Message<'a>);

/// What one line tells of the context.
enum Told {
    Nothing,
    /// It is no longer what it was, and not told what it is.
    Unknown,
    Context(Context),
}

fn told(text: &[u8]) -> Told {
    let has = |word: &str| bytes::find_part(word.as_bytes(), text).is_some();
    if !has("\"usage\"") && !has("\"compact_boundary\"") {
        return Told::Nothing;
    }
    let Ok(line) = serde_json::from_slice::<Line<'_>>(text) else { return Told::Nothing };
    if line.is_sidechain.is_true() {
        return Told::Nothing;
    }
    let at = line.timestamp.as_deref().and_then(time).unwrap_or_default();
    match line.kind.as_deref() {
        Some("assistant") => {
            let Some(Message { id: Some(_), usage: Maybe(Some(usage)), model }) = line.message.0
            else {
                return Told::Nothing;
            };
            let model = model.0.unwrap_or_default().into_owned();
            let tokens = block::usage(&usage).map_or(0, |usage| usage.context());
            if model == "<synthetic>" || tokens == 0 {
                return Told::Nothing;
            }
            let requested = line.requested_model.0.map(Cow::into_owned);
            Told::Context(Context { tokens, at, requested, model: Some(model) })
        }
        Some("system") if line.subtype.as_deref() == Some("compact_boundary") => {
            let after = line.compact_metadata.0.and_then(|c| c.post_tokens.0);
            after.map_or(Told::Unknown, |tokens| {
                Told::Context(Context { tokens, at, ..Context::default() })
            })
        }
        _ => Told::Nothing,
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Cursor, Told, follow};
    use super::{Context, REACH, context};
    use crate::session::event::Event;
    use std::borrow::Cow;
    use std::io::Write;
    use std::path::Path;

    fn recorded(name: &str) -> (Option<Context>, u64) {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/transcripts");
        context(&folder.join(format!("{name}.jsonl"))).unwrap()
    }

    #[test]
    fn the_newest_response_or_compaction_counts() {
        let million = recorded("tui-million").0.unwrap();
        assert_eq!(million.tokens, 400_510);
        assert_eq!(million.requested.as_deref(), Some("claude-sonnet-4-5-20250929[1m]"));
        assert_eq!(million.model.as_deref(), Some("claude-sonnet-4-5-20250929"));
        // Sidechains, synthetic messages and lookalikes tell nothing.
        assert_eq!(recorded("subagent.sub-1").0, None);
        assert_eq!(recorded("error-529").0, None);
    }

    #[test]
    fn it_is_what_folding_the_whole_comes_to() {
        let recorded = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/transcripts");
        let mut told = 0;
        for entry in std::fs::read_dir(recorded).unwrap() {
            let path = entry.unwrap().path();
            // Longer ones may have been compacted further back than the end reaches.
            if path.extension().is_none_or(|e| e != "jsonl")
                || path.metadata().unwrap().len() > REACH[2]
            {
                continue;
            }
            let mut newest = None;
            let see = &mut |told: Told<'_>| match told {
                Told::Event(at, Event::Responded { model, requested, usage, .. })
                    if usage.context() > 0 =>
                {
                    newest = Some(Context {
                        tokens: usage.context(),
                        at: at.time,
                        requested: requested.map(Cow::into_owned),
                        model: Some(model.into_owned()),
                    });
                }
                Told::Event(at, Event::Compacted { after, .. }) => {
                    newest =
                        after.map(|tokens| Context { tokens, at: at.time, ..Context::default() });
                }
                _ => {}
            };
            follow(&path, &mut Cursor::default(), None, see).unwrap();
            assert_eq!(context(&path).unwrap().0, newest, "{}", path.display());
            told += u32::from(newest.is_some());
        }
        assert!(told > 20, "{told}");
    }

    #[test]
    fn no_more_is_read_than_it_takes() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("session.jsonl");
        let mut file = std::fs::File::options().create(true).append(true).open(&path).unwrap();
        let answer = |tokens: u64| {
            format!(
                "{{\"type\":\"assistant\",\"uuid\":\"a\",\"message\":{{\"id\":\"m{tokens}\",\"model\":\"x\",\"content\":[],\"usage\":{{\"input_tokens\":{tokens}}}}}}}\n"
            )
        };
        let tokens =
            || context(&path).map(|(found, bytes)| (found.map(|c| c.tokens), bytes)).unwrap();
        let quiet =
            format!("{{\"type\":\"user\",\"message\":{{\"content\":\"{}\"}}}}\n", "x".repeat(1000));
        file.write_all(quiet.repeat(2000).as_bytes()).unwrap();
        file.write_all(answer(7).as_bytes()).unwrap();
        assert_eq!(tokens(), (Some(7), 16 << 10));
        // A line without its end does not count yet.
        file.write_all(answer(8).trim_end().as_bytes()).unwrap();
        assert_eq!(tokens().0, Some(7));
        file.write_all(b"\n").unwrap();
        assert_eq!(tokens().0, Some(8));
        file.write_all(quiet.repeat(30).as_bytes()).unwrap();
        assert_eq!(tokens(), (Some(8), (16 << 10) + (64 << 10)));
        file.write_all(b"{\"type\":\"system\",\"subtype\":\"compact_boundary\",\"compactMetadata\":{\"postTokens\":5}}\n").unwrap();
        assert_eq!(tokens().0, Some(5));
        file.write_all(quiet.repeat(300).as_bytes()).unwrap();
        assert_eq!(tokens(), (None, (16 << 10) + (64 << 10) + (256 << 10)));
    }
}
