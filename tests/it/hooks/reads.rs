//! How much of a transcript is read, and what that costs in memory.

use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::Path;
use std::process::Command;
use std::time::Instant;

use rejoin::follow::{self, State};
use rejoin::protocol::Event;
use rejoin::store::{Store, Wait};
use rejoin::transcript::{FIRST_READ, Reach};

use super::scene::{RECORDED, SESSION, Scene, Stdin, executable};
use crate::fold::fixture;

const MB: u64 = 1 << 20;

/// Makes a transcript grow by at least `bytes`: a recorded session again and again, each time as
/// another conversation's part.
fn grow(path: &Path, bytes: u64, first: u64) {
    let recorded = fs::read_to_string(fixture(RECORDED)).unwrap();
    let file = File::options().append(true).create(true).open(path).unwrap();
    let mut file = BufWriter::new(file);
    let mut written = 0;
    for round in first.. {
        for line in recorded.lines().filter(|line| line.contains("\"uuid\":\"")) {
            let line = renamed(line, round);
            writeln!(file, "{line}").unwrap();
            written += line.len() as u64 + 1;
            if written >= bytes {
                return file.flush().unwrap();
            }
        }
    }
}

/// A line with ids of its own: the last digits of every uuid become the round's.
fn renamed(line: &str, round: u64) -> String {
    let mut line = line.to_owned();
    for key in ["\"uuid\":\"", "\"parentUuid\":\"", "\"promptId\":\"", "\"id\":\"msg_"] {
        let mut from = 0;
        while let Some(at) = line[from..].find(key) {
            from += at + key.len();
            let end = from + line[from..].find('"').unwrap();
            let tail = format!("{round:06x}");
            if end - from > tail.len() {
                line.replace_range(end - tail.len()..end, &tail);
            }
        }
    }
    line
}

/// Bytes that a hook reads from its transcript, as the system sees them; `None` without strace.
fn bytes_read(scene: &Scene, event: Event) -> Option<u64> {
    let trace = scene.path("tmp/trace");
    let mut hook = Command::new("/usr/bin/strace");
    hook.args(["-f", "-y", "-e", "trace=read,pread64", "-o"]).arg(&trace).arg(executable(event));
    if !Path::new("/usr/bin/strace").exists() {
        eprintln!("skipped: no strace here");
        return None;
    }
    scene.furnish(&mut hook);
    let input = scene.input(event).to_string();
    let ran = super::scene::output(
        &mut hook,
        Stdin::Ended(input.as_bytes()),
        std::time::Duration::from_mins(1),
    );
    assert!(ran.status.success(), "{ran:?}");
    let trace = fs::read_to_string(trace).unwrap();
    let of_transcript = trace.lines().filter(|line| line.contains("transcript.jsonl>"));
    let got = |line: &str| line.rsplit_once("= ").and_then(|(_, got)| got.parse::<u64>().ok());
    Some(of_transcript.filter_map(got).sum())
}

#[test]
fn a_long_transcript_costs_what_it_has_gained() {
    let scene = Scene::new();
    let transcript = scene.transcript();
    fs::remove_file(&transcript).unwrap();
    grow(&transcript, 100 * MB, 1);
    for event in [Event::SessionStart, Event::UserPromptSubmit] {
        scene.run(event, &scene.input(event));
    }

    // The first time only the newest part is read; on a slow machine, some of it at the next event.
    let Some(mut first) = bytes_read(&scene, Event::Stop) else { return };
    for _ in 0..16 {
        let more = bytes_read(&scene, Event::Stop).unwrap();
        first += more;
        if more < MB {
            break;
        }
    }
    assert!((FIRST_READ..FIRST_READ + 6 * MB).contains(&first), "{first}");
    assert_eq!(scene.faults(), Vec::<String>::new());

    // Then what is new, and what a resume log quotes.
    for round in [1_000_000, 1_000_001] {
        grow(&transcript, 10 << 10, round);

        let read = bytes_read(&scene, Event::Stop);
        assert!(read.is_none_or(|read| (10 << 10..MB).contains(&read)), "{read:?}");
    }

    // The same, as the library counts it.
    grow(&transcript, 10 << 10, 1_000_002);
    let store = Store::existing(&scene.state()).unwrap().unwrap();
    let project = store.projects().unwrap().remove(0);
    let session = project.session(&rejoin::store::SessionId::parse(SESSION).unwrap());
    let mut following = follow::open(&session, Wait::Forever).unwrap();
    following.fold(&transcript, Some(FIRST_READ)).unwrap();
    assert!((10 << 10..64 << 10).contains(&following.read), "{} bytes", following.read);
}

/// What an event reads when its transcript of `length` has gained 10 KB.
fn read_for_a_gain(length: u64, event: Event) -> Option<u64> {
    let scene = Scene::new();
    let transcript = scene.transcript();
    fs::remove_file(&transcript).unwrap();
    grow(&transcript, length, 1);
    for event in [Event::SessionStart, Event::UserPromptSubmit] {
        scene.run(event, &scene.input(event));
    }
    while bytes_read(&scene, Event::Stop)? >= MB {}
    grow(&transcript, 10 << 10, 1_000_000);
    bytes_read(&scene, event)
}

#[test]
fn a_gain_costs_the_same_whatever_was_before_it() {
    for event in [Event::Stop, Event::PostToolBatch] {
        let Some(short) = read_for_a_gain(3 * MB / 2, event) else { return };
        let long = read_for_a_gain(40 * MB, event).unwrap();
        assert!(short > 0, "{}: the transcript was not looked at", event.name());
        assert!(short.abs_diff(long) * 5 <= short, "{}: {short} and {long}", event.name());
    }
}

#[test]
fn what_a_reading_had_no_time_for_comes_with_the_next() {
    let folder = tempfile::tempdir().unwrap();
    let transcript = folder.path().join("long.jsonl");
    grow(&transcript, 3 * MB, 1);
    let length = fs::metadata(&transcript).unwrap().len();
    let mut state = State::default();
    state.session.id = "long".to_owned();
    state.transcript = Some(transcript.clone());
    let mut readings = 0;
    while state.cursor.offset < length {
        let before = state.cursor.offset;
        let reach = Reach { first: None, until: Some(Instant::now()) };
        state.follow(&transcript, reach).unwrap();
        let got = state.cursor.offset - before;
        assert!(got > MB || state.cursor.offset == length, "{got} of {length} bytes");
        assert!(got < 2 * MB, "{got} of {length} bytes");
        readings += 1;
    }
    assert!(readings > 1);
    assert_eq!(state, follow::facts(&transcript).unwrap());
}

/// The limit is on what a process may write to for itself: its heap and the data of its program.
#[test]
#[cfg(target_os = "linux")]
fn no_transcript_takes_more_than_eight_megabytes_of_memory() {
    let scene = Scene::new();
    let transcript = scene.transcript();
    fs::remove_file(&transcript).unwrap();
    grow(&transcript, 30 * MB, 1);
    // One line with a text far above what is kept.
    let text = "x".repeat(20 << 20);
    let line = fs::read_to_string(fixture(RECORDED)).unwrap();
    let line = line.lines().find(|line| line.contains("\"type\":\"assistant\"")).unwrap();
    let mut file = File::options().append(true).open(&transcript).unwrap();
    let mut line: serde_json::Value = serde_json::from_str(line).unwrap();
    line["message"]["content"] = serde_json::json!([{"type": "text", "text": text}]);
    writeln!(file, "{line}").unwrap();
    grow(&transcript, 10 << 10, 1_000_000);
    for event in [Event::SessionStart, Event::UserPromptSubmit, Event::Stop, Event::SessionEnd] {
        let input = scene.input(event).to_string();
        let mut hook = scene.hook_in(event, "ulimit -d 8192; exec \"$0\"");
        scene.checked(event, &mut hook, Stdin::Ended(input.as_bytes()));
    }
    assert_eq!(scene.faults(), Vec::<String>::new());
    assert!(scene.session("resume.md").is_some());
}
