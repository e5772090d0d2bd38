//! Composing the resume log of a transcript, against reading the same file with `serde_json` alone.
//!
//! `cargo bench --bench compose -- [MEGABYTES] [RUNS]` (10 and 15 without). What is composed is what
//! `rejoin compose` prints: the whole log. It is read against types with the fields that composing needs,
//! their texts borrowed where they have no escapes, in one pass. The runs take turns, so that
//! a busy machine is slow for both; the ratio of the medians must be at most 3, else this fails.
//!
//! With `--once=read` or `--once=compose` that is done a single time and nothing is measured, for counting:
//! `valgrind --tool=callgrind --toggle-collect='*once*' …`.

// A benchmark prints, and stops at the first thing that goes wrong.
#![allow(clippy::print_stdout, clippy::unwrap_used, clippy::disallowed_methods)]

mod transcript;

use rejoin::follow;
use rejoin::resume::About;
use serde::Deserialize;
use serde::de::value::SeqAccessDeserializer;
use serde::de::{Deserializer, SeqAccess, Visitor};
use std::borrow::Cow;
use std::hint::black_box;
use std::path::Path;
use std::time::{Duration, Instant};

/// The most that composing may take, as a multiple of reading.
const MOST: f64 = 3.0;

/// Text that borrows from the line where it has no escapes.
#[derive(Deserialize)]
#[serde(transparent)]
#[allow(dead_code)]
struct Text<'a>(#[serde(borrow)] Cow<'a, str>);

/// A transcript line with the fields that composing needs, and no other.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
#[allow(dead_code)]
struct Line<'a> {
    #[serde(borrow)]
    r#type: Text<'a>,
    #[serde(borrow)]
    uuid: Option<Text<'a>>,
    #[serde(borrow)]
    parent_uuid: Option<Text<'a>>,
    timestamp: Option<chrono::DateTime<chrono::Utc>>,
    #[serde(borrow)]
    cwd: Option<Text<'a>>,
    #[serde(borrow)]
    git_branch: Option<Text<'a>>,
    #[serde(borrow)]
    version: Option<Text<'a>>,
    #[serde(borrow)]
    prompt_id: Option<Text<'a>>,
    #[serde(borrow)]
    message: Option<Message<'a>>,
    #[serde(borrow)]
    tool_use_result: Option<Report<'a>>,
}

#[derive(Deserialize)]
#[allow(dead_code)]
struct Message<'a> {
    #[serde(borrow)]
    id: Option<Text<'a>>,
    #[serde(borrow)]
    model: Option<Text<'a>>,
    #[serde(borrow)]
    content: Content<'a>,
    #[serde(borrow)]
    stop_reason: Option<Text<'a>>,
    usage: Option<Usage>,
}

/// Plain text or blocks. What `#[serde(untagged)]` makes of that reads everything twice.
#[allow(dead_code)]
enum Content<'a> {
    Text(Cow<'a, str>),
    Blocks(Vec<Block<'a>>),
}

impl<'de: 'a, 'a> Deserialize<'de> for Content<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Either;

        impl<'de> Visitor<'de> for Either {
            type Value = Content<'de>;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("a text or blocks")
            }

            fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Self::Value, E> {
                Ok(Content::Text(Cow::Borrowed(text)))
            }

            fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
                Ok(Content::Text(Cow::Owned(text.to_owned())))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<Self::Value, A::Error> {
                Deserialize::deserialize(SeqAccessDeserializer::new(list)).map(Content::Blocks)
            }
        }

        deserializer.deserialize_any(Either)
    }
}

#[derive(Deserialize)]
#[allow(dead_code)]
struct Block<'a> {
    #[serde(borrow)]
    r#type: Text<'a>,
    #[serde(borrow)]
    text: Option<Text<'a>>,
    #[serde(borrow)]
    id: Option<Text<'a>>,
    #[serde(borrow)]
    name: Option<Text<'a>>,
    #[serde(borrow)]
    input: Option<Input<'a>>,
    #[serde(borrow)]
    tool_use_id: Option<Text<'a>>,
    #[serde(borrow)]
    content: Option<Content<'a>>,
    is_error: Option<bool>,
}

#[derive(Deserialize)]
#[allow(dead_code)]
struct Input<'a> {
    #[serde(borrow)]
    command: Option<Text<'a>>,
    #[serde(borrow)]
    file_path: Option<Text<'a>>,
    #[serde(borrow)]
    old_string: Option<Text<'a>>,
    #[serde(borrow)]
    new_string: Option<Text<'a>>,
}

/// What a tool reports beside its text: whole files in it are not needed.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
#[allow(dead_code)]
struct Report<'a> {
    #[serde(borrow)]
    r#type: Option<Text<'a>>,
    #[serde(borrow)]
    file_path: Option<Text<'a>>,
    interrupted: Option<bool>,
}

#[derive(Deserialize)]
#[allow(dead_code, clippy::struct_field_names)]
struct Usage {
    input_tokens: u64,
    output_tokens: u64,
    cache_read_input_tokens: u64,
    cache_creation_input_tokens: u64,
}

/// Reads every line into its type; how many there were.
fn read(path: &Path) -> usize {
    let text = std::fs::read_to_string(path).unwrap();
    let mut count = 0;
    for line in text.lines() {
        black_box(serde_json::from_str::<Line<'_>>(line).unwrap());
        count += 1;
    }
    count
}

/// Composes the whole log from nothing but the file; its bytes.
fn compose(path: &Path) -> usize {
    let state = follow::facts(path).unwrap();
    follow::document(&state, &About::default()).1.len()
}

/// What is counted with `--once`.
#[inline(never)]
fn once(what: &str, path: &Path) -> usize {
    if what == "read" { read(path) } else { compose(path) }
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}

fn main() {
    // Cargo adds arguments of its own.
    let mut numbers = std::env::args().skip(1).filter_map(|arg| arg.parse::<u64>().ok());
    let megabytes = numbers.next().unwrap_or(10);
    let runs = numbers.next().unwrap_or(15) as usize;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("made-up.jsonl");
    let (bytes, lines) = transcript::write(&path, megabytes * 1_000_000).unwrap();
    println!("{:.1} MB, {lines} lines, {runs} runs of each, in turns", bytes as f64 / 1e6);
    if let Some(what) =
        std::env::args().find_map(|arg| arg.strip_prefix("--once=").map(str::to_owned))
    {
        println!("{}", once(&what, &path));
        return;
    }
    assert_eq!(read(&path), lines as usize);
    assert!(compose(&path) > 9_000);
    let (mut reading, mut composing) = (Vec::new(), Vec::new());
    for _ in 0..runs {
        let start = Instant::now();
        black_box(read(&path));
        reading.push(start.elapsed());
        let start = Instant::now();
        black_box(compose(&path));
        composing.push(start.elapsed());
    }
    let (reading, composing) = (median(reading), median(composing));
    let ratio = composing.as_secs_f64() / reading.as_secs_f64();
    println!("serde_json, typed lines  {:>8.1} ms", reading.as_secs_f64() * 1e3);
    println!("compose                  {:>8.1} ms", composing.as_secs_f64() * 1e3);
    println!("ratio                    {ratio:>8.2}  (at most {MOST})");
    assert!(ratio <= MOST, "composing takes more than {MOST} times as long as reading");
}
