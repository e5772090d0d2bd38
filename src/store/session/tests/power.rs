//! A power cut at every moment of each kind of transaction, with every part of what was not synced.

use super::super::super::disk::power::{Left, Recording, promise, record};
use super::*;

/// A directory in memory where there is one: nothing here depends on a real disk.
fn folder() -> tempfile::TempDir {
    let memory = Path::new("/dev/shm");
    if memory.is_dir() { tempfile::tempdir_in(memory) } else { tempfile::tempdir() }.unwrap()
}

fn session(root: &Path) -> Session {
    let store = Store::open(root).unwrap();
    let project = store.project("app", Path::new("/home/u/app")).unwrap();
    project.session(&SessionId::parse("s1").unwrap())
}

/// Records `work` on a session of its own after `before`, which is durable.
fn recorded(before: impl FnOnce(&Session), work: impl FnOnce(&Session)) -> Recording {
    let temp = folder();
    let root = temp.path().join("state");
    fs::DirBuilder::new().create(&root).unwrap();
    before(&session(&root));
    record(&root, || work(&session(&root)))
}

/// Checks everything that may be left. `kept` names the records that each number of promises keeps, from
/// none on; each record is there once at most, and the session goes on.
fn survives(recording: &Recording, kept: &[&[&str]]) -> usize {
    let left = recording.left();
    for left in &left {
        let temp = folder();
        let root = temp.path().join("state");
        fs::DirBuilder::new().create(&root).unwrap();
        left.restore(&root);
        check(left, &session(&root), kept[left.promised]);
    }
    left.len()
}

fn check(left: &Left, session: &Session, kept: &[&str]) {
    let about = |what: &str| format!("{what}: {:#?}", left.names());
    let seen = apply(session.read().unwrap_or_else(|e| panic!("{e}, {}", about("a reader"))));
    for (record, times) in &seen {
        assert_eq!(*times, 1, "{}", about(record));
    }
    for record in kept {
        assert!(seen.contains_key(*record), "lost {}", about(record));
    }
    // The next holder tidies up, and nothing it does brings anything back or takes anything away.
    let mut lock = session.lock(Wait::Forever).unwrap();
    lock.append(b"next").unwrap_or_else(|e| panic!("{e}, {}", about("an append")));
    let mut wanted = seen;
    wanted.insert("next".to_owned(), 1);
    let found = apply(lock.load().unwrap_or_else(|e| panic!("{e}, {}", about("a load"))));
    assert_eq!(found, wanted, "{}", about("after a load"));
    if let Err(e) = lock.save(&found, Durability::Synced) {
        panic!("{e}, {}", about("a save"));
    }
    lock.append(b"last").unwrap();
    drop(lock);
    wanted.insert("last".to_owned(), 1);
    assert_eq!(apply(session.read().unwrap()), wanted, "{}", about("after a save"));
    for folder in [session.dir().to_owned(), session.dir().join("pending")] {
        for name in dir::names(&folder).unwrap() {
            assert!(!name.starts_with(".tmp-"), "{}", about(&name));
        }
    }
}

fn nothing(_: &Session) {}

fn append(session: &Session, record: &str) {
    session.lock(Wait::Forever).unwrap().append(record.as_bytes()).unwrap();
}

fn save(session: &Session) {
    fold(&mut session.lock(Wait::Forever).unwrap());
}

#[test]
fn the_first_save_of_all_is_durable_with_its_directories() {
    let recording = recorded(nothing, |session| {
        append(session, "a");
        save(session);
        promise();
    });
    assert!(survives(&recording, &[&[], &["a"]]) > 60);
}

#[test]
fn an_append_endangers_nothing_that_was_saved() {
    let before = |session: &Session| {
        append(session, "a");
        save(session);
        append(session, "b");
    };
    let recording = recorded(before, |session| {
        append(session, "c");
        append(session, "d");
    });
    // What was appended before is one content that was durable when the recording began.
    assert!(survives(&recording, &[&["a", "b"]]) > 8);
}

#[test]
fn a_torn_record_is_cut_without_its_neighbours() {
    let before = |session: &Session| {
        append(session, "a");
        let journal = session.dir().join("journal");
        let mut torn = fs::read(&journal).unwrap();
        torn.extend_from_slice(b"r1 0 1 00");
        fs::write(&journal, torn).unwrap();
    };
    let recording = recorded(before, |session| append(session, "b"));
    assert!(survives(&recording, &[&["a"]]) > 3);
}

#[test]
fn a_save_includes_what_waited_once() {
    let before = |session: &Session| {
        append(session, "a");
        save(session);
        append(session, "b");
        session.pend(b"p1").unwrap();
        session.pend(b"p2").unwrap();
    };
    let recording = recorded(before, |session| {
        save(session);
        promise();
        append(session, "c");
    });
    let all = ["a", "b", "p1", "p2"];
    assert!(survives(&recording, &[&all, &all]) > 20);
}

#[test]
fn a_record_that_waits_endangers_nothing() {
    let before = |session: &Session| {
        append(session, "a");
        save(session);
    };
    let recording = recorded(before, |session| {
        session.pend(b"p").unwrap();
        save(session);
        promise();
    });
    assert!(survives(&recording, &[&["a"], &["a", "p"]]) > 20);
}

#[test]
fn a_save_after_a_save_builds_on_it() {
    let recording = recorded(nothing, |session| {
        append(session, "a");
        save(session);
        promise();
        append(session, "b");
        save(session);
        promise();
    });
    assert!(survives(&recording, &[&[], &["a"], &["a", "b"]]) > 100);
}

#[test]
fn an_unreadable_snapshot_is_moved_aside_with_what_can_still_be_read_kept() {
    let before = |session: &Session| {
        append(session, "a");
        fs::write(session.dir().join("state.json"), "{\"format\":1,\"gen").unwrap();
    };
    let recording = recorded(before, |session| {
        save(session);
        promise();
    });
    assert!(survives(&recording, &[&["a"], &["a"]]) > 10);
}

#[test]
fn files_that_are_written_durably_are_old_or_new() {
    let before = |session: &Session| {
        let lock = session.lock(Wait::Forever).unwrap();
        lock.write_file("kept/message", "old", Durability::Synced).unwrap();
    };
    let recording = recorded(before, |session| {
        let lock = session.lock(Wait::Forever).unwrap();
        lock.write_file("kept/message", "new", Durability::Synced).unwrap();
        promise();
        lock.write_file("other", "x", Durability::Cached).unwrap();
    });
    for left in recording.left() {
        let temp = folder();
        left.restore(temp.path());
        let session = session(temp.path());
        let message = session.read_file("kept/message").unwrap().unwrap();
        match left.promised {
            0 => assert!(["old", "new"].contains(&&*message), "{message:?}"),
            _ => assert_eq!(message, "new", "{:#?}", left.names()),
        }
    }
}
