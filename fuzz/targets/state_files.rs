//! A session's directory with any bytes in it: read, taken over by a lock holder, read again.
//!
//! The bytes are the files' contents, each ended by 0xff: `state.json`, `journal`, `responses.jsonl`, and
//! one pending record each of what follows.
#![no_main]

use std::fs;
use std::path::Path;
use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use rejoin::follow::{self, State};
use rejoin::store::{Durability, Error, Session, SessionId, Store, Wait};

struct Place {
    _folder: tempfile::TempDir,
    session: Session,
}

static PLACE: LazyLock<Place> = LazyLock::new(|| {
    let memory = Path::new("/dev/shm");
    let folder = if memory.is_dir() { tempfile::tempdir_in(memory) } else { tempfile::tempdir() }
        .expect("a temporary folder can be made");
    let store = Store::open(&folder.path().join("state")).expect("opened");
    let project = store.project("app", Path::new("/home/u/app")).expect("opened");
    let session = project.session(&SessionId::parse("s1").expect("it is one"));
    Place { _folder: folder, session }
});

fuzz_target!(|data: &[u8]| {
    let session = &PLACE.session;
    let _ = fs::remove_dir_all(session.dir());
    session.pend(b"{}").expect("the directories are made");
    let pending = session.dir().join("pending");
    for entry in fs::read_dir(&pending).expect("listed") {
        fs::remove_file(entry.expect("listed").path()).expect("removed");
    }
    for (number, bytes) in data.split(|byte| *byte == 0xff).take(8).enumerate() {
        let path = match number {
            0 => session.dir().join("state.json"),
            1 => session.dir().join("journal"),
            2 => session.dir().join("responses.jsonl"),
            _ => pending.join(format!("00001800000000000-{number}")),
        };
        if !bytes.is_empty() {
            fs::write(path, bytes).expect("written");
        }
    }
    let seen = match session.read::<State>() {
        Ok(contents) => contents,
        Err(Error::Newer { .. }) => {
            // Nothing of a later version is touched; an event waits beside it.
            assert!(matches!(follow::open(session, Wait::Forever), Err(Error::Newer { .. })));
            session.pend(b"{}").expect("left to wait");
            return;
        }
        Err(error) => panic!("{error}"),
    };
    let log = session.read_file("responses.jsonl").expect("read").unwrap_or_default();
    follow::responses::Log::read(&log).sorted();
    // A state of this shape may name any file of the machine as its transcript.
    let named = |text: &[u8]| text.windows(12).any(|part| part == b"\"transcript\"");
    if named(data) {
        return;
    }
    let looked = follow::look(session).expect("looked at");
    let mut following = match follow::open(session, Wait::Forever) {
        Ok(following) => following,
        Err(error) => panic!("{error}"),
    };
    assert_eq!(following.state.session, looked.session, "a reader sees what a holder does");
    let generation = seen.generation;
    match following.save(Durability::Cached, rejoin::clock::now()) {
        Ok(()) => {}
        Err(Error::TooLarge { .. } | Error::Newer { .. }) => return,
        Err(error) => panic!("{error}"),
    }
    drop(following);
    let saved = session.read::<State>().expect("read");
    assert!(saved.snapshot.is_some() && saved.generation > generation);
    assert_eq!(saved.records, Vec::<Vec<u8>>::new(), "all is folded in");
    assert_eq!(saved.notes, Vec::<String>::new(), "all is in order");
});
