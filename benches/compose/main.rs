//! Composing the resume log of a transcript, against reading the same file with `serde_json` alone.
//!
//! `cargo bench --bench compose -- [MEGABYTES] [RUNS]` (10 and 15 without). The runs take turns, so that
//! a busy machine is slow for both; the ratio of the medians must be at most 3, else this fails.

// A benchmark prints, and stops at the first thing that goes wrong.
#![allow(clippy::print_stdout, clippy::unwrap_used, clippy::disallowed_methods)]

mod transcript;

use rejoin::follow;
use rejoin::resume::{self, About, Whose};
use serde::Deserialize;
use serde::de::IgnoredAny;
use std::borrow::Cow;
use std::hint::black_box;
use std::path::Path;
use std::time::{Duration, Instant};

/// The most that composing may take, as a multiple of reading.
const MOST: f64 = 3.0;

/// A transcript line with the fields that a reader of sessions needs, and no other.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
#[allow(dead_code)]
struct Line<'a> {
    #[serde(borrow)]
    r#type: Cow<'a, str>,
    #[serde(borrow)]
    uuid: Option<Cow<'a, str>>,
    #[serde(borrow)]
    parent_uuid: Option<Cow<'a, str>>,
    timestamp: Option<chrono::DateTime<chrono::Utc>>,
    #[serde(borrow)]
    cwd: Option<Cow<'a, str>>,
    #[serde(borrow)]
    git_branch: Option<Cow<'a, str>>,
    message: Option<Message>,
    tool_use_result: Option<IgnoredAny>,
}

#[derive(Deserialize)]
#[allow(dead_code)]
struct Message {
    id: Option<String>,
    model: Option<String>,
    content: Content,
    stop_reason: Option<String>,
    usage: Option<Usage>,
}

#[derive(Deserialize)]
#[serde(untagged)]
#[allow(dead_code)]
enum Content {
    Text(String),
    Blocks(Vec<Block>),
}

#[derive(Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
#[allow(dead_code)]
enum Block {
    Text { text: String },
    Thinking { thinking: String },
    ToolUse { id: String, name: String, input: Input },
    ToolResult { tool_use_id: String, content: String, is_error: bool },
}

#[derive(Deserialize)]
#[allow(dead_code)]
struct Input {
    command: Option<String>,
    file_path: Option<String>,
    old_string: Option<String>,
    new_string: Option<String>,
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

/// Composes the whole log and the digest from nothing but the file; their bytes.
fn compose(path: &Path) -> usize {
    let state = follow::facts(path).unwrap();
    let about = About::default();
    let log = follow::compose(&state, &about);
    resume::markdown(&log).len() + resume::digest(&log, &about, Whose::Earlier).len()
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
    println!("log and digest           {:>8.1} ms", composing.as_secs_f64() * 1e3);
    println!("ratio                    {ratio:>8.2}  (at most {MOST})");
    assert!(ratio <= MOST, "composing takes more than {MOST} times as long as reading");
}
