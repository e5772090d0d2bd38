//! Every bit of the session's files flipped, and every length they can be cut to: no panic, and what is
//! whole is kept.

use std::fs;
use std::path::Path;

use rejoin::follow::{self, State};
use rejoin::store::{Durability, Error, Session, SessionId, Store, Wait};
use serde_json::json;

struct Place {
    _folder: tempfile::TempDir,
    session: Session,
}

/// A session with a snapshot and a journal of about 4 KB each.
fn place() -> Place {
    // In memory where it can be: it is written a hundred thousand times.
    let memory = Path::new("/dev/shm");
    let folder =
        if memory.is_dir() { tempfile::tempdir_in(memory) } else { tempfile::tempdir() }.unwrap();
    let store = Store::open(&folder.path().join("state")).unwrap();
    let project = store.project("app", Path::new("/home/u/app")).unwrap();
    let session = project.session(&SessionId::parse("s1").unwrap());
    let mut lock = session.lock(Wait::Forever).unwrap();
    lock.load::<State>().unwrap();
    lock.save(&State::default(), Durability::Cached).unwrap();
    for number in 0..14 {
        let record = json!({
            "at": "2026-01-02T03:04:05Z", "event": "SubagentStop", "id": format!("a{number}"),
            "kind": "Explore", "said": { "text": "found in src/heron.py ".repeat(3) },
        });
        lock.append(record.to_string().as_bytes()).unwrap();
    }
    Place { _folder: folder, session }
}

/// Calls `check` with every damaged form of `bytes` in the file's place: flipped at (byte, bit), or cut.
fn damaged(path: &Path, check: impl Fn(&str, usize)) {
    let whole = fs::read(path).unwrap();
    assert!((1_500..8_000).contains(&whole.len()), "{} bytes", whole.len());
    for at in 0..whole.len() {
        for bit in 0..8 {
            let mut bytes = whole.clone();
            bytes[at] ^= 1 << bit;
            fs::write(path, &bytes).unwrap();
            check(&format!("bit {bit} of byte {at}"), at);
        }
        fs::write(path, &whole[..at]).unwrap();
        check(&format!("cut to {at} bytes"), at);
    }
    fs::write(path, whole).unwrap();
}

#[test]
fn a_damaged_journal_keeps_every_record_beside_the_damage() {
    let place = place();
    let path = place.session.dir().join("journal");
    let whole = fs::read(&path).unwrap();
    let records = place.session.read::<State>().unwrap().records;
    assert_eq!(records.len(), 14);
    let ends: Vec<usize> =
        whole.iter().enumerate().filter(|(_, byte)| **byte == b'\n').map(|(at, _)| at).collect();
    damaged(&path, |about, at| {
        let contents = place.session.read::<State>().unwrap_or_else(|e| panic!("{about}: {e}"));
        let line = ends.partition_point(|end| *end < at);
        // A line end that is gone takes the next record with it; a cut takes all that follows.
        let taken = if about.starts_with("cut") {
            line..14
        } else {
            line..line + 1 + usize::from(ends[line] == at)
        };
        let kept: Vec<_> = (0..14).filter(|n| !taken.contains(n)).map(|n| &records[n]).collect();
        // A checksum's digits are as good in capitals.
        let all = !about.starts_with("cut") && contents.records == records;
        assert!(all || contents.records.iter().eq(kept), "{about}");
    });
}

#[test]
fn a_damaged_snapshot_is_read_or_moved_aside() {
    let place = place();
    // A state of some size.
    let mut following = follow::open(&place.session, Wait::Forever).unwrap();
    following.fold(&crate::fold::fixture("tui-basic.1.jsonl"), None).unwrap();
    following.save(Durability::Cached, chrono::Utc::now()).unwrap();
    drop(following);
    let path = place.session.dir().join("state.json");
    damaged(&path, |about, _| match place.session.read::<State>() {
        // The format's number became a later one.
        Err(Error::Newer { .. }) => {}
        Err(error) => panic!("{about}: {error}"),
        Ok(contents) => {
            assert!(contents.snapshot.is_some() || !contents.notes.is_empty(), "{about}");
        }
    });
    fs::write(&path, "{\"format\":1,\"generation\":1,\"fol").unwrap();
    let contents = place.session.lock(Wait::Forever).unwrap().load::<State>().unwrap();
    assert!(contents.snapshot.is_none() && contents.notes.len() == 1);
}

#[test]
fn a_damaged_response_log_keeps_every_line_beside_the_damage() {
    let place = place();
    let lock = place.session.lock(Wait::Forever).unwrap();
    let lines: Vec<String> = (0..6)
        .map(|number| {
            let record = follow::Response {
                turn: format!("t{number}"),
                prompt: "Count the herons in the reeds".into(),
                ..Default::default()
            };
            record.line()
        })
        .collect();
    lock.append_lines("responses.jsonl", &lines, Durability::Cached).unwrap();
    let path = place.session.dir().join("responses.jsonl");
    let ends: Vec<usize> =
        fs::read_to_string(&path).unwrap().match_indices('\n').map(|(at, _)| at).collect();
    damaged(&path, |about, at| {
        let text = place.session.read_file("responses.jsonl").unwrap().unwrap();
        let found = follow::responses::Log::read(&text).sorted();
        // The first line names the format; a line end that is gone takes two.
        let line = ends.partition_point(|end| *end < at);
        let whole = if about.starts_with("cut") { line.saturating_sub(1) } else { 4 };
        assert!(found.len() >= whole, "{about}: {}", found.len());
    });
    // The next writer goes on behind an unfinished line.
    let mut torn = fs::read(&path).unwrap();
    torn.truncate(torn.len() - 20);
    fs::write(&path, torn).unwrap();
    lock.append_lines("responses.jsonl", &lines[5..], Durability::Cached).unwrap();
    let text = place.session.read_file("responses.jsonl").unwrap().unwrap();
    assert_eq!(follow::responses::Log::read(&text).sorted().len(), 6);
}
