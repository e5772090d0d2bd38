//! The facts of a session do not depend on how its transcript was read.

use proptest::prelude::*;
use rejoin::session::Session;
use rejoin::session::facts::{Act, Turn};
use rejoin::transcript::{Cursor, Told, follow};
use std::fs;
use std::io::Write;
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

/// A session, its cursor, and what they are after a trip through the state file's format.
#[derive(Default, Clone, PartialEq, Debug)]
pub(crate) struct Known {
    pub(crate) session: Session,
    pub(crate) cursor: Cursor,
}

impl Known {
    pub(crate) fn read(&mut self, path: &Path) -> u64 {
        let session = &mut self.session;
        let report = follow(path, &mut self.cursor, None, &mut |told| match told {
            Told::Restarted => *session = Session::default(),
            Told::Event(at, event) => session.apply(at, event),
        })
        .unwrap();
        report.bytes
    }

    /// What a state file holds comes back as it was.
    fn store(&mut self) -> usize {
        let json = serde_json::to_string(&(&self.session, &self.cursor)).unwrap();
        let (session, cursor) = serde_json::from_str(&json).unwrap();
        let stored = Self { session, cursor };
        assert_eq!(stored, *self);
        *self = stored;
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
    let rewound = whole(&fixture("rewind.jsonl")).session;
    assert_eq!(
        prompts(&rewound),
        ["Fix total() so that it counts quantities", "Write a test for total() instead of a cache"]
    );
    let json = serde_json::to_string(&rewound).unwrap();
    assert!(!json.contains("cache for total"), "the abandoned prompt");
    let first = whole(&fixture("rewind-first.jsonl")).session;
    assert_eq!(prompts(&first), ["Write a test for total() instead", "List the sources"]);
    let twice = whole(&fixture("rewind-twice.jsonl")).session;
    assert_eq!(prompts(&twice), ["List the sources"]);
    assert!(paths(&twice.turns[0]).is_empty());
    let escaped = whole(&fixture("esc-early.jsonl")).session;
    assert_eq!(prompts(&escaped), ["Explain total()", "Explain the cart", "What is left?"]);
    // What an abandoned turn cost was spent all the same.
    assert_eq!(rewound.responses, 8);
}

#[test]
fn text_typed_while_claude_worked_belongs_to_the_running_turn() {
    let session = whole(&fixture("queued.jsonl")).session;
    assert_eq!(prompts(&session), ["Run the slow check and update the docs", "What is left?"]);
    assert_eq!(session.turns[0].queued[0].1.text, "No, leave the docs alone, only touch the tests");
    assert!(session.waiting.is_empty());
    let behind = whole(&fixture("queued-behind.jsonl")).session;
    assert_eq!(prompts(&behind)[1], "Then also explain cart.py");
    assert!(behind.waiting.is_empty());
}

#[test]
fn a_fork_has_the_turns_of_its_origin() {
    let origin = whole(&fixture("fork.1.jsonl")).session;
    let fork = whole(&fixture("fork.2.jsonl")).session;
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
