//! Composing by itself: what of a Stop it is, and what it takes of a transcript that was never seen.
//!
//! Each time in a process of its own, which is this one with `--compose=PATH`: a state directory, or a
//! transcript.

use rejoin::follow::{self, State};
use rejoin::resume::About;
use rejoin::store::Store;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

/// Of the only session in a state directory, or of a transcript.
fn facts(path: &Path) -> State {
    if path.is_file() {
        return follow::facts(path).unwrap();
    }
    let store = Store::existing(path).unwrap().unwrap();
    let project = store.projects().unwrap().remove(0);
    let id = project.sessions().unwrap().remove(0);
    follow::look(&project.session(&id)).unwrap()
}

/// Composes once and prints how long it took, in nanoseconds: with the facts at hand, and with their reading.
pub(super) fn once(path: &Path) {
    let start = Instant::now();
    let state = facts(path);
    let known = Instant::now();
    let log = follow::document(&state, &About::default()).1;
    let (alone, all) = (known.elapsed(), start.elapsed());
    assert!(log.len() > 10_000, "{log}");
    println!("{} {}", alone.as_nanos(), all.as_nanos());
}

/// The rows of the table: name and times.
pub(super) fn rows(
    rounds: u32,
    state: &Path,
    transcript: &Path,
) -> Vec<(&'static str, Vec<Duration>)> {
    let (alone, cold) = times(rounds, state);
    let (_, unseen) = times(rounds.min(20), transcript);
    vec![
        ("composing, facts at hand", alone),
        ("composing, facts read", cold),
        // What `rejoin compose` does; a hook reads the ends.
        ("reading and composing all of 100 MB", unseen),
    ]
}

fn times(rounds: u32, path: &Path) -> (Vec<Duration>, Vec<Duration>) {
    let program: PathBuf = std::env::current_exe().unwrap();
    let argument = format!("--compose={}", path.display());
    let run = |_| {
        let output = Command::new(&program).arg(&argument).output().unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        let mut times = text.split_whitespace().map(|time| time.parse().unwrap());
        let mut next = || Duration::from_nanos(times.next().unwrap());
        (next(), next())
    };
    (0..rounds).map(run).unzip()
}
