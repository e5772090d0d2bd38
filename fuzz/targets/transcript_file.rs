//! A transcript that grows, is cut and is replaced while it is followed.
//!
//! The bytes are steps, each ended by 0xff: `a` and what is appended, `t` and the length that the file is
//! cut to, `r` and what replaces it.
#![no_main]

use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use rejoin::follow::State;

static FOLDER: LazyLock<tempfile::TempDir> = LazyLock::new(|| {
    let memory = Path::new("/dev/shm");
    if memory.is_dir() { tempfile::tempdir_in(memory) } else { tempfile::tempdir() }
        .expect("a temporary folder can be made")
});

fn step(path: &Path, step: &[u8]) -> bool {
    let Some((kind, rest)) = step.split_first() else { return true };
    match kind {
        b'a' => {
            let mut file = File::options().append(true).create(true).open(path).expect("opened");
            file.write_all(rest).expect("appended");
            return true;
        }
        b't' => {
            let to = rest.iter().fold(0, |to, byte| to << 8 | u64::from(*byte)) & 0xffff;
            let file = File::options().write(true).open(path).expect("opened");
            let length = file.metadata().expect("looked at").len();
            file.set_len(length.min(to)).expect("cut");
        }
        _ => {
            fs::remove_file(path).expect("removed");
            fs::write(path, rest).expect("replaced");
        }
    }
    false
}

fuzz_target!(|data: &[u8]| {
    let path: PathBuf = FOLDER.path().join("transcript.jsonl");
    fs::write(&path, "").expect("begun");
    let mut state = State::default();
    let mut grown_only = true;
    for part in data.split(|byte| *byte == 0xff) {
        grown_only &= step(&path, part);
        state.follow(&path, None).expect("followed");
        // As the next hook finds it.
        let kept = serde_json::to_string(&state).expect("kept");
        let read: State = serde_json::from_str(&kept).expect("read");
        assert_eq!(read, state);
        state = read;
    }
    if grown_only {
        let mut whole = State::default();
        whole.follow(&path, None).expect("followed");
        assert_eq!(whole.session, state.session, "followed piece by piece");
    }
});
