#![allow(clippy::disallowed_methods)]

#[cfg(unix)]
mod links;
mod locks;
#[cfg(unix)]
mod power;

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::fs;
use std::rc::Rc;

use serde::de::IgnoredAny;
use serde::{Deserialize, Deserializer};

use super::super::{Durability, Error, Project, Store};
use super::*;

/// A state that counts how often each record was applied.
type State = BTreeMap<String, u32>;

struct Scene {
    temp: tempfile::TempDir,
    project: Project,
    session: Session,
}

fn scene() -> Scene {
    let temp = tempfile::tempdir().unwrap();
    let store = Store::open(&temp.path().join("state")).unwrap();
    let project = store.project("app", Path::new("/home/u/app")).unwrap();
    let session = project.session(&SessionId::parse("s1").unwrap());
    Scene { temp, project, session }
}

impl Scene {
    fn lock(&self) -> SessionLock {
        self.session.lock(Wait::Forever).unwrap()
    }

    fn path(&self, name: &str) -> PathBuf {
        self.session.dir().join(name)
    }

    fn names(&self) -> Vec<String> {
        dir::names(self.session.dir()).unwrap()
    }

    /// What a reader makes of the session, without changing it.
    fn seen(&self) -> State {
        apply(self.session.read().unwrap())
    }

    /// What the next lock holder makes of it.
    fn loaded(&self) -> State {
        apply(self.lock().load().unwrap())
    }
}

fn apply(contents: Contents<State>) -> State {
    let mut state = contents.snapshot.unwrap_or_default();
    for record in contents.records {
        *state.entry(String::from_utf8(record).unwrap()).or_default() += 1;
    }
    state
}

/// Folds everything into a snapshot, as a Stop does.
fn fold(lock: &mut SessionLock) {
    let state = apply(lock.load().unwrap());
    lock.save(&state, Durability::Synced).unwrap();
}

fn once(records: &[&str]) -> State {
    records.iter().map(|record| ((*record).to_owned(), 1)).collect()
}

#[test]
fn a_session_never_seen_is_empty_and_asking_creates_nothing() {
    let scene = scene();
    assert!(!scene.session.exists());
    let contents = scene.session.read::<State>().unwrap();
    assert!(contents.snapshot.is_none() && contents.records.is_empty());
    assert_eq!((contents.generation, contents.notes.len()), (0, 0));
    assert_eq!(scene.session.read_file("resume.md").unwrap(), None);
    assert_eq!(scene.session.list("compactions").unwrap(), Vec::<String>::new());
    scene.session.remove(Wait::HOOK).unwrap();
    assert!(!scene.project.dir().join("sessions").exists());
}

#[test]
fn records_are_folded_into_the_snapshot_once() {
    let scene = scene();
    assert!(!scene.lock().append(b"a").unwrap().first, "there is no snapshot");
    assert!(scene.session.exists());
    let mut lock = scene.lock();
    assert!(!lock.append(b"b").unwrap().first);
    assert_eq!(scene.seen(), once(&["a", "b"]));
    fold(&mut lock);
    assert_eq!(fs::read(scene.path("journal")).unwrap(), b"", "what the snapshot includes is gone");
    assert!(lock.append(b"c").unwrap().first);
    assert!(!lock.append(b"d").unwrap().first);
    drop(lock);
    assert_eq!(scene.seen(), once(&["a", "b", "c", "d"]));
    fold(&mut scene.lock());
    assert_eq!(scene.loaded(), once(&["a", "b", "c", "d"]));
    let contents = scene.session.read::<State>().unwrap();
    assert!(contents.records.is_empty());
    assert_eq!(contents.generation, 2);
}

#[test]
fn the_snapshot_names_its_format_first() {
    let scene = scene();
    scene.session.pend(b"p").unwrap();
    let mut lock = scene.lock();
    lock.load::<State>().unwrap();
    assert_eq!(lock.save(&State::new(), Durability::Cached).unwrap(), 1);
    let text = fs::read_to_string(scene.path("state.json")).unwrap();
    assert!(text.starts_with("{\"format\":1,\"generation\":1,\"folded\":[\""), "{text}");
    assert!(text.ends_with("\"],\"state\":{}}\n"), "{text}");
}

#[test]
fn what_is_appended_between_load_and_save_is_included() {
    let scene = scene();
    let mut lock = scene.lock();
    let mut state = apply(lock.load().unwrap());
    lock.append(b"a").unwrap();
    state.insert("a".into(), 1);
    lock.save(&state, Durability::Cached).unwrap();
    // And a second save under the same lock.
    lock.append(b"b").unwrap();
    state.insert("b".into(), 1);
    assert_eq!(lock.save(&state, Durability::Cached).unwrap(), 2);
    drop(lock);
    assert_eq!(scene.loaded(), once(&["a", "b"]));
}

#[test]
fn a_save_without_a_load_is_refused() {
    let scene = scene();
    scene.lock().append(b"a").unwrap();
    let refused = scene.lock().save(&State::new(), Durability::Cached);
    assert!(matches!(refused, Err(Error::NotLoaded { .. })));
    assert_eq!(scene.seen(), once(&["a"]));
}

#[test]
fn a_crash_between_the_steps_of_a_save_applies_nothing_twice() {
    let scene = scene();
    scene.session.pend(b"p1").unwrap();
    let mut lock = scene.lock();
    lock.append(b"a").unwrap();
    let state = apply(lock.load().unwrap());
    lock.replace_snapshot(&state, Durability::Synced).unwrap();
    drop(lock);
    // Killed here: the journal and the pending record are still there.
    assert!(scene.path("journal").exists());
    assert_eq!(dir::names(&scene.path("pending")).unwrap().len(), 1);
    assert_eq!(scene.seen(), once(&["a", "p1"]));

    // The next hook only appends; its record must not be taken for an old one.
    scene.lock().append(b"b").unwrap();
    scene.session.pend(b"p2").unwrap();
    assert_eq!(scene.seen(), once(&["a", "b", "p1", "p2"]));
    assert_eq!(scene.loaded(), once(&["a", "b", "p1", "p2"]));
    assert_eq!(dir::names(&scene.path("pending")).unwrap().len(), 1, "the folded one is gone");

    // The same crash once more, with the journal of two generations.
    let mut lock = scene.lock();
    let state = apply(lock.load().unwrap());
    lock.replace_snapshot(&state, Durability::Cached).unwrap();
    drop(lock);
    assert_eq!(scene.loaded(), once(&["a", "b", "p1", "p2"]));
    fold(&mut scene.lock());
    assert_eq!(scene.loaded(), once(&["a", "b", "p1", "p2"]));
    assert_eq!(fs::read(scene.path("journal")).unwrap(), b"", "what the snapshot includes is gone");
}

#[test]
fn a_save_that_fails_leaves_the_lock_in_step_with_the_disk() {
    let scene = scene();
    let mut lock = scene.lock();
    lock.append(b"a").unwrap();
    let state = apply(lock.load().unwrap());
    // A directory in the snapshot's place lets the rename fail.
    fs::create_dir(scene.path("state.json")).unwrap();
    assert!(matches!(lock.save(&state, Durability::Synced), Err(Error::Io { .. })));
    assert_eq!(scene.names(), ["journal", "lock", "state.json"], "no temporary file is left");
    assert!(matches!(lock.save(&state, Durability::Synced), Err(Error::NotLoaded { .. })));
    fs::remove_dir(scene.path("state.json")).unwrap();
    lock.append(b"b").unwrap();
    drop(lock);
    assert_eq!(scene.loaded(), once(&["a", "b"]));
}

#[test]
fn pending_records_follow_the_journal_in_the_order_they_were_left() {
    let scene = scene();
    for count in 0..20 {
        scene.session.pend(format!("p{count:02}").as_bytes()).unwrap();
    }
    scene.lock().append(b"j").unwrap();
    let contents = scene.session.read::<State>().unwrap();
    let records: Vec<_> =
        contents.records.iter().map(|r| String::from_utf8_lossy(r).into_owned()).collect();
    let due: Vec<_> =
        std::iter::once("j".into()).chain((0..20).map(|count| format!("p{count:02}"))).collect();
    assert_eq!(records, due);
    let mut lock = scene.lock();
    fold(&mut lock);
    assert_eq!(dir::names(&scene.path("pending")).unwrap(), Vec::<String>::new());
    assert_eq!(scene.seen().len(), 21);
}

#[test]
fn a_record_left_after_the_load_is_not_taken_for_folded() {
    let scene = scene();
    scene.session.pend(b"p1").unwrap();
    let mut lock = scene.lock();
    let state = apply(lock.load().unwrap());
    scene.session.pend(b"p2").unwrap();
    lock.save(&state, Durability::Cached).unwrap();
    drop(lock);
    assert_eq!(scene.loaded(), once(&["p1", "p2"]));
}

#[test]
fn too_many_pending_records_are_taken_in_turns() {
    let scene = scene();
    let big = "x".repeat(crate::store::MAX_PAYLOAD - 2);
    for count in 10..22 {
        scene.session.pend(format!("{count}{big}").as_bytes()).unwrap();
    }
    let mut total = 0;
    let mut lock = scene.lock();
    for turn in 0..2 {
        let contents = lock.load::<u32>().unwrap();
        let notes = ["3 pending records wait for the next load"];
        assert_eq!(contents.notes, notes[turn..], "eight megabytes and what goes beyond");
        total += contents.records.len();
        lock.save(&0, Durability::Cached).unwrap();
    }
    assert_eq!(total, 12);
    assert_eq!(lock.load::<u32>().unwrap().records.len(), 0);
}

#[test]
fn a_damaged_pending_record_is_moved_aside_and_the_others_are_kept() {
    let scene = scene();
    scene.session.pend(b"p1").unwrap();
    scene.session.pend(b"p2").unwrap();
    let first = dir::names(&scene.path("pending")).unwrap().remove(0);
    fs::write(scene.path("pending").join(&first), "").unwrap();
    assert_eq!(scene.session.read::<State>().unwrap().notes.len(), 1);
    let contents = scene.lock().load::<State>().unwrap();
    assert_eq!(contents.notes, ["1 damaged pending records were left out"]);
    assert_eq!(apply(contents), once(&["p2"]));
    let names = dir::names(&scene.path("pending")).unwrap();
    assert!(names.iter().any(|name| name.starts_with(&format!("{first}.unreadable-"))));
    assert!(scene.session.read::<State>().unwrap().notes.is_empty(), "it is told once");
}

#[test]
fn an_unreadable_snapshot_is_moved_aside_and_the_journal_kept() {
    let big = format!(
        "{{\"format\":1,\"generation\":1,\"folded\":[],\"state\":{{}}}}{}",
        " ".repeat(300_000)
    );
    let cases = [
        "",
        "{\"format\":1,\"gener",
        "{\"format\":1,\"generation\":1,\"folded\":[],\"state\":7}",
        "[2]",
        "[1,[],{}]",
        &big,
    ];
    for bad in cases {
        let scene = scene();
        let mut lock = scene.lock();
        lock.append(b"a").unwrap();
        fold(&mut lock);
        lock.append(b"b").unwrap();
        drop(lock);
        fs::write(scene.path("state.json"), bad).unwrap();

        // A reader tells and touches nothing.
        let contents = scene.session.read::<State>().unwrap();
        assert_eq!(contents.notes.len(), 1, "{bad:.60}");
        assert_eq!(apply(contents), once(&["b"]));
        assert_eq!(fs::read_to_string(scene.path("state.json")).unwrap(), bad);

        // A hook that appends without looking loses nothing either.
        scene.lock().append(b"c").unwrap();
        let mut lock = scene.lock();
        let contents = lock.load::<State>().unwrap();
        assert!(contents.snapshot.is_none());
        assert!(
            contents.notes[0].starts_with("state.json is unreadable: "),
            "{:?}",
            contents.notes
        );
        let state = apply(contents);
        assert_eq!(state, once(&["b", "c"]));
        lock.append(b"d").unwrap();
        drop(lock);
        assert_eq!(scene.seen(), once(&["b", "c", "d"]));
        let names = scene.names();
        let aside = names.iter().find(|name| name.starts_with("state.json.unreadable-")).unwrap();
        assert_eq!(fs::read_to_string(scene.path(aside)).unwrap(), bad);
        fold(&mut scene.lock());
        assert_eq!(scene.loaded(), once(&["b", "c", "d"]));
    }
}

#[test]
fn a_crash_while_replacing_a_lost_snapshot_applies_nothing_twice() {
    let scene = scene();
    fold(&mut scene.lock());
    fold(&mut scene.lock());
    scene.lock().append(b"a").unwrap();
    fs::write(scene.path("state.json"), "").unwrap();
    let mut lock = scene.lock();
    let state = apply(lock.load().unwrap());
    lock.replace_snapshot(&state, Durability::Synced).unwrap();
    drop(lock);
    assert_eq!(scene.seen(), once(&["a"]));
}

thread_local! {
    /// What happens while this thread reads a [`Disturbed`] state.
    static MEANWHILE: RefCell<Box<dyn FnMut()>> = RefCell::new(Box::new(|| ()));
}

/// A state during whose reading others go on.
#[derive(Debug)]
struct Disturbed;

impl<'de> Deserialize<'de> for Disturbed {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        IgnoredAny::deserialize(deserializer)?;
        MEANWHILE.with_borrow_mut(|meanwhile| meanwhile());
        Ok(Self)
    }
}

#[test]
fn a_reader_begins_anew_as_often_as_it_is_disturbed_and_not_for_ever() {
    for (saves, reads) in [(0, 1), (1, 2), (3, 4), (usize::MAX, ATTEMPTS)] {
        let scene = scene();
        fold(&mut scene.lock());
        let count = Rc::new(Cell::new(0));
        let (session, counted) = (scene.session.clone(), Rc::clone(&count));
        MEANWHILE.set(Box::new(move || {
            counted.set(counted.get() + 1);
            if counted.get() <= saves {
                fold(&mut session.lock(Wait::Forever).unwrap());
            }
        }));
        let contents = scene.session.read::<Disturbed>().unwrap();
        assert_eq!(count.get(), reads, "{saves} saves meanwhile");
        // The first one saved once, before.
        assert_eq!(contents.generation, reads as u64);
    }
}

#[test]
fn a_newer_snapshot_is_left_alone_and_records_go_to_pending() {
    let forms = [
        "{\"format\":2,\"generation\":7,\"state\":[]}",
        "{ \"state\": [], \"format\": 2 }",
        "{\"format\":99999999999,\"x\":1}",
    ];
    for newer in forms {
        let scene = scene();
        scene.lock().append(b"a").unwrap();
        fs::write(scene.path("state.json"), newer).unwrap();
        let mut lock = scene.lock();
        assert!(matches!(scene.session.read::<State>(), Err(Error::Newer { .. })));
        assert!(matches!(lock.load::<State>(), Err(Error::Newer { .. })));
        assert!(matches!(lock.append(b"b"), Err(Error::Newer { .. })));
        assert!(matches!(
            lock.save(&State::new(), Durability::Cached),
            Err(Error::NotLoaded { .. })
        ));
        drop(lock);
        scene.session.pend(b"b").unwrap();
        assert_eq!(fs::read_to_string(scene.path("state.json")).unwrap(), newer);
        assert_eq!(scene.names(), ["journal", "lock", "pending", "state.json"]);
    }
}

#[test]
fn a_snapshot_edited_by_hand_keeps_its_generation() {
    let scene = scene();
    fold(&mut scene.lock());
    fold(&mut scene.lock());
    let by_hand =
        "{\n  \"format\": 1,\n  \"state\": {\"x\": 1},\n  \"folded\": [],\n  \"generation\": 2\n}";
    fs::write(scene.path("state.json"), by_hand).unwrap();
    scene.lock().append(b"a").unwrap();
    assert_eq!(scene.loaded(), once(&["a", "x"]));
}

#[test]
fn a_snapshot_too_large_to_be_read_is_not_written() {
    let scene = scene();
    scene.lock().append(b"a").unwrap();
    let mut lock = scene.lock();
    lock.load::<String>().unwrap();
    let refused = lock.save(&"x".repeat(300_000), Durability::Cached);
    assert!(matches!(refused, Err(Error::TooLarge { limit: 262_144, .. })));
    // The lock still knows what it loaded: a smaller state can be saved.
    lock.save(&"x".repeat(260_000), Durability::Cached).unwrap();
    assert_eq!(lock.load::<String>().unwrap().snapshot.unwrap().len(), 260_000);
}

#[test]
fn temporary_files_of_killed_writers_are_swept() {
    let scene = scene();
    scene.session.pend(b"p").unwrap();
    drop(scene.lock());
    for left in [".tmp-0123", "pending/.tmp-0123"] {
        fs::write(scene.path(left), "half").unwrap();
    }
    assert_eq!(scene.loaded(), once(&["p"]));
    assert_eq!(scene.names(), ["lock", "pending"]);
    assert_eq!(dir::names(&scene.path("pending")).unwrap().len(), 1);
}

#[test]
fn a_torn_journal_is_cut_by_the_next_holder() {
    let scene = scene();
    scene.lock().append(b"a").unwrap();
    let whole = fs::read(scene.path("journal")).unwrap();
    fs::write(scene.path("journal"), [&whole[..], b"r1 0 5 0"].concat()).unwrap();
    assert_eq!(scene.seen(), once(&["a"]));
    assert!(scene.session.read::<State>().unwrap().notes.is_empty(), "a kill is no damage");
    assert_eq!(scene.loaded(), once(&["a"]));
    assert_eq!(fs::read(scene.path("journal")).unwrap(), whole);
}

#[test]
fn derived_files_are_replaced_and_read_back() {
    let scene = scene();
    let lock = scene.lock();
    lock.write_derived("resume.md", "one").unwrap();
    lock.write_derived("resume.md", "two").unwrap();
    lock.write_file("compactions/0002.md", "2", Durability::Synced).unwrap();
    lock.write_file("compactions/0001.md", "1", Durability::Cached).unwrap();
    assert_eq!(scene.session.read_file("resume.md").unwrap().as_deref(), Some("two"));
    assert_eq!(scene.session.read_file("compactions/0001.md").unwrap().as_deref(), Some("1"));
    assert_eq!(scene.session.list("compactions").unwrap(), ["0001.md", "0002.md"]);
    assert!(matches!(lock.write_derived("../x", ""), Err(Error::BadId { .. })));
    assert!(!scene.session.exists(), "they are nothing without the state they derive from");
}

#[test]
fn lines_are_appended_below_a_format_line() {
    let scene = scene();
    let lock = scene.lock();
    let whole = "{\"format\":1}\n{\"a\":1}\n{\"b\":2}\n";
    lock.append_lines("responses.jsonl", &["{\"a\":1}"], Durability::Cached).unwrap();
    lock.append_lines("responses.jsonl", &["{\"b\":2}"], Durability::Synced).unwrap();
    let text = || scene.session.read_file("responses.jsonl").unwrap().unwrap();
    assert_eq!(text(), whole);
    assert!(matches!(
        lock.append_lines("responses.jsonl", &["a\nb"], Durability::Cached),
        Err(Error::NotOneLine { .. })
    ));
    for torn in 0..=whole.len() {
        fs::write(scene.path("responses.jsonl"), &whole[..torn]).unwrap();
        lock.append_lines("responses.jsonl", &["{\"c\":3}"], Durability::Cached).unwrap();
        let kept = whole[..torn].rfind('\n').map_or(0, |at| at + 1);
        let head = if kept == 0 { "{\"format\":1}\n" } else { &whole[..kept] };
        assert_eq!(text(), format!("{head}{{\"c\":3}}\n"), "torn at {torn}");
    }
    let newer = "{\"format\":2}\n{\"a\":1}\n";
    fs::write(scene.path("responses.jsonl"), newer).unwrap();
    assert!(matches!(
        lock.append_lines("responses.jsonl", &["{}"], Durability::Cached),
        Err(Error::Newer { .. })
    ));
    assert_eq!(text(), newer);
}

#[test]
fn when_it_changed_last_and_how_large_it_is() {
    let scene = scene();
    assert_eq!((scene.session.changed(), scene.session.size()), (None, 0));
    fold(&mut scene.lock());
    let aged = |name: &str, seconds: i64| {
        let then = DateTime::from_timestamp(1_600_000_000 + seconds, 0).unwrap();
        let file = fs::File::options().write(true).open(scene.path(name)).unwrap();
        file.set_modified(std::time::SystemTime::from(then)).unwrap();
        then
    };
    let saved = aged("state.json", 0);
    assert_eq!(scene.session.changed(), Some(saved));
    scene.lock().append(b"a").unwrap();
    let appended = aged("journal", 60);
    assert_eq!(scene.session.changed(), Some(appended));
    aged("journal", -60);
    assert_eq!(scene.session.changed(), Some(saved));
    let bytes: u64 = ["state.json", "journal"]
        .map(|name| fs::metadata(scene.path(name)).unwrap().len())
        .iter()
        .sum();
    assert_eq!(scene.session.size(), bytes);
}

#[test]
fn a_pending_record_alone_is_a_session() {
    let scene = scene();
    scene.session.pend(b"p").unwrap();
    assert!(scene.session.exists() && scene.session.changed().is_some());
    assert_eq!(scene.project.sessions().unwrap(), [scene.session.id().clone()]);
}

#[test]
fn a_session_that_goes_away_under_its_lock_is_an_error_or_gone() {
    let scene = scene();
    let mut lock = scene.lock();
    fs::remove_dir_all(scene.session.dir()).unwrap();
    let error = lock.append_lines("log", &["{}"], Durability::Cached).unwrap_err();
    assert!(error.to_string().starts_with("cannot create "), "{error}");
    assert!(lock.append(b"a").is_err());
    assert!(!scene.session.dir().exists(), "nothing is made anew");
    assert_eq!(lock.session().id(), scene.session.id());
    // What is to be gone is gone.
    lock.remove().unwrap();
}

#[test]
fn what_cannot_be_swept_is_named() {
    let scene = scene();
    fold(&mut scene.lock());
    let odd = scene.session.parent().join(".removed-1");
    fs::write(&odd, "a file").unwrap();
    let error = scene.project.sweep_removed().unwrap_err();
    assert!(error.to_string().starts_with("cannot remove "), "{error}");
    fs::remove_file(&odd).unwrap();
    fs::create_dir_all(odd.join("x")).unwrap();
    scene.project.sweep_removed().unwrap();
    assert!(!odd.exists() && scene.session.exists());
}

/// A file that the system would not open now is not lost: it waits for the next load.
#[cfg(unix)]
#[test]
fn a_pending_record_that_cannot_be_read_now_is_left_for_later() {
    let scene = scene();
    scene.session.pend(b"a").unwrap();
    let _sockets = ["0000", "0001"].map(|name| {
        std::os::unix::net::UnixListener::bind(scene.path("pending").join(name)).unwrap()
    });
    let mut lock = scene.lock();
    let contents = lock.load::<State>().unwrap();
    assert_eq!(contents.notes, ["2 pending records wait for the next load"]);
    assert_eq!((contents.records, contents.waited), (vec![b"a".to_vec()], 1));
    lock.save(&once(&["a"]), Durability::Cached).unwrap();
    assert_eq!(dir::names(&scene.path("pending")).unwrap(), ["0000", "0001"]);
}

/// What a snapshot includes counts once, also where its file will not go away.
#[test]
fn a_pending_record_that_cannot_be_removed_is_named_by_every_later_snapshot() {
    let scene = scene();
    scene.session.pend(b"a").unwrap();
    scene.session.pend(b"b").unwrap();
    let mut lock = scene.lock();
    let state = apply(lock.load().unwrap());
    let name = dir::names(&scene.path("pending")).unwrap().remove(0);
    let path = scene.path("pending").join(name);
    fs::remove_file(&path).unwrap();
    fs::create_dir(&path).unwrap();
    for _ in 0..2 {
        lock.save(&state, Durability::Cached).unwrap();
        let contents = scene.session.read::<State>().unwrap();
        assert_eq!((contents.notes, contents.records), (Vec::new(), Vec::new()));
    }
    assert_eq!(dir::names(&scene.path("pending")).unwrap().len(), 1);
}
