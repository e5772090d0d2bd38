//! The facts of a session do not depend on how its transcript was read.

use proptest::prelude::*;
use rejoin::follow::State;
use rejoin::session::Session;
use rejoin::session::facts::{Act, Turn};
use serde_json::json;
use std::fs;
use std::io::Write;
use std::ops::Deref;
use std::path::{Path, PathBuf};

/// The recorded sessions, and those named by `REJOIN_TRANSCRIPTS` (a folder of one's own).
pub(crate) fn recorded() -> Vec<PathBuf> {
    let mut folders = vec![fixture("")];
    folders.extend(option_env!("REJOIN_TRANSCRIPTS").map(PathBuf::from));
    let mut all: Vec<PathBuf> = folders
        .iter()
        .flat_map(|folder| fs::read_dir(folder).unwrap())
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|e| e == "jsonl"))
        .collect();
    all.sort();
    all
}

pub(crate) fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/transcripts").join(name)
}

/// What is known of a session, and what it is after a trip through the state file's format.
#[derive(Default, Clone, PartialEq, Debug)]
pub(crate) struct Known {
    state: State,
}

impl Deref for Known {
    type Target = State;

    fn deref(&self) -> &State {
        &self.state
    }
}

impl Known {
    pub(crate) fn read(&mut self, path: &Path) -> u64 {
        self.state.follow(path, None).unwrap().bytes
    }

    /// What a state file holds comes back as it was.
    fn store(&mut self) -> usize {
        let json = serde_json::to_string(&self.state).unwrap();
        let stored: State = serde_json::from_str(&json).unwrap();
        assert_eq!(stored, self.state);
        self.state = stored;
        json.len()
    }
}

pub(crate) fn whole(path: &Path) -> Known {
    let mut known = Known::default();
    known.read(path);
    known
}

fn prompts(session: &Session) -> Vec<&str> {
    session.turns.iter().map(|t| &*t.prompt.text).collect()
}

fn paths(turn: &Turn) -> Vec<&str> {
    turn.steps
        .iter()
        .filter_map(|s| match &s.act {
            Act::Edit(edit) => Some(&*edit.path),
            _ => None,
        })
        .collect()
}

#[test]
fn every_recorded_session_fits_its_bounds() {
    for path in recorded() {
        let size = whole(&path).store();
        assert!(size <= 64 << 10, "{}: {size} bytes of state", path.display());
    }
}

#[test]
fn an_abandoned_turn_is_withdrawn() {
    let rewound = whole(&fixture("rewind.jsonl")).session.clone();
    assert_eq!(
        prompts(&rewound),
        ["Fix total() so that it counts quantities", "Write a test for total() instead of a cache"]
    );
    let json = serde_json::to_string(&rewound).unwrap();
    assert!(!json.contains("cache for total"), "the abandoned prompt");
    let first = whole(&fixture("rewind-first.jsonl")).session.clone();
    assert_eq!(prompts(&first), ["Write a test for total() instead", "List the sources"]);
    let twice = whole(&fixture("rewind-twice.jsonl")).session.clone();
    assert_eq!(prompts(&twice), ["List the sources"]);
    assert!(paths(&twice.turns[0]).is_empty());
    let escaped = whole(&fixture("esc-early.jsonl")).session.clone();
    assert_eq!(prompts(&escaped), ["Explain total()", "Explain the cart", "What is left?"]);
    // What an abandoned turn cost was spent all the same.
    assert_eq!(rewound.responses, 8);
}

/// A transcript of many turns, whose first line names its own parent, and then one that goes on from
/// before turn `to`.
fn long_rewind(turns: u32, to: u32, after: u32) -> Vec<u8> {
    let mut text = String::new();
    let mut parents = vec![String::new()];
    let turn = |number: u32, index: u32, parent: &str, text: &mut String| -> String {
        let at = format!("2026-11-22T{:02}:{:02}:00.000Z", 8 + number / 60, number % 60);
        let ids = [format!("prompt-{number}"), format!("answer-{number}")];
        let parent = if parent.is_empty() { json!(null) } else { json!(parent) };
        let prompt = json!({"type": "user", "uuid": ids[0], "parentUuid": parent, "timestamp": at,
            "message": {"content": format!("prompt number {number}")}, "promptId": ids[0],
            "turnOrigin": "human", "turnPosition": {"turnIndex": index}, "cwd": "/demo"});
        let edit = json!({"type": "assistant", "uuid": format!("call-{number}"), "parentUuid": ids[0],
            "timestamp": at, "message": {"id": format!("m{number}"), "model": "claude", "content": [
            {"type": "tool_use", "id": format!("t{number}"), "name": "Write",
             "input": {"file_path": format!("/demo/file-{number}.rs"), "content": "fn a() {}"}}],
            "usage": {"output_tokens": 1}, "stop_reason": "tool_use"}});
        let done = json!({"type": "user", "uuid": ids[1], "parentUuid": format!("call-{number}"),
            "timestamp": at, "message": {"content": [
            {"type": "tool_result", "tool_use_id": format!("t{number}"), "content": "ok"}]},
            "toolUseResult": {"type": "create"}});
        for line in [prompt, edit, done] {
            text.push_str(&line.to_string());
            text.push('\n');
        }
        ids[1].clone()
    };
    for number in 1..=turns {
        let parent = parents.last().unwrap().clone();
        parents.push(turn(number, number, &parent, &mut text));
    }
    let mut parent = parents[to as usize - 1].clone();
    for step in 0..after {
        parent = turn(turns + 1 + step, to + step, &parent, &mut text);
    }
    text.into_bytes()
}

#[test]
fn a_rewind_far_back_withdraws_what_was_merged() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("long.jsonl");
    fs::write(&path, long_rewind(60, 5, 3)).unwrap();
    let mut known = whole(&path);
    known.store();
    let json = serde_json::to_string(&known.session).unwrap();
    assert!(json.contains("file-4.rs") && json.contains("file-61.rs"), "{json}");
    for gone in 5..=60 {
        assert!(!json.contains(&format!("file-{gone}.rs")), "file-{gone}.rs");
    }
    assert_eq!(known.session.human_prompts(), 7);
    assert_eq!(known.session.responses, 63, "what was abandoned was spent");
    for cuts in [[9_000, 30_000], [1, 52_000], [57_000, 60_000]] {
        assert_eq!(split(&path, &cuts).session, known.session);
    }
}

#[test]
fn text_typed_while_claude_worked_belongs_to_the_running_turn() {
    let session = whole(&fixture("queued.jsonl")).session.clone();
    assert_eq!(prompts(&session), ["Run the slow check and update the docs", "What is left?"]);
    assert_eq!(session.turns[0].queued[0].1.text, "No, leave the docs alone, only touch the tests");
    assert!(session.waiting.is_empty());
    let behind = whole(&fixture("queued-behind.jsonl")).session.clone();
    assert_eq!(prompts(&behind)[1], "Then also explain cart.py");
    assert!(behind.waiting.is_empty());
}

#[test]
fn a_fork_has_the_turns_of_its_origin() {
    let origin = whole(&fixture("fork.1.jsonl")).session.clone();
    let fork = whole(&fixture("fork.2.jsonl")).session.clone();
    assert_eq!(prompts(&fork), ["Explain total()", "And cart.py?", "List the sources in a fork"]);
    assert_eq!(prompts(&origin)[..2], prompts(&fork)[..2]);
}

/// Reads a copy of `path` that grows in steps, storing what is known in between.
fn split(path: &Path, cuts: &[u64]) -> Known {
    let bytes = fs::read(path).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let copy = folder.path().join("growing.jsonl");
    let mut file = fs::File::options().create(true).append(true).open(&copy).unwrap();
    let mut known = Known::default();
    let mut from = 0;
    let mut cuts: Vec<usize> =
        cuts.iter().map(|c| (c % (bytes.len() as u64 + 1)) as usize).collect();
    cuts.push(bytes.len());
    cuts.sort_unstable();
    for cut in cuts {
        file.write_all(&bytes[from..cut]).unwrap();
        from = cut;
        known.read(&copy);
        known.store();
    }
    known
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn any_split_gives_the_same_facts(
        which in any::<proptest::sample::Index>(),
        cuts in proptest::collection::vec(any::<u64>(), 0..12),
    ) {
        let all = recorded();
        let path = which.get(&all);
        let (mut at_once, in_parts) = (whole(path), split(path, &cuts));
        at_once.store();
        prop_assert_eq!(&at_once.session, &in_parts.session, "{}", path.display());
        prop_assert_eq!(at_once.cursor.offset, in_parts.cursor.offset);
    }
}

#[test]
fn a_replaced_transcript_is_folded_anew() {
    let folder = tempfile::tempdir().unwrap();
    let copy = folder.path().join("t.jsonl");
    fs::copy(fixture("tui-basic.1.jsonl"), &copy).unwrap();
    let mut known = whole(&copy);
    fs::copy(fixture("hello.jsonl"), &copy).unwrap();
    known.read(&copy);
    assert_eq!(known.session, whole(&fixture("hello.jsonl")).session);
}

#[test]
fn only_what_is_new_is_read() {
    let folder = tempfile::tempdir().unwrap();
    let copy = folder.path().join("t.jsonl");
    let bytes = fs::read(fixture("compact-reactive.jsonl")).unwrap();
    let lines = memchr::memrchr(b'\n', &bytes[..bytes.len() - 20_000]).unwrap() + 1;
    fs::write(&copy, &bytes[..lines]).unwrap();
    let mut known = whole(&copy);
    fs::write(&copy, &bytes).unwrap();
    let read = known.read(&copy);
    assert!(read < (bytes.len() - lines) as u64 + 2_000, "{read} bytes");
    assert_eq!(known.session, whole(&fixture("compact-reactive.jsonl")).session);
}
