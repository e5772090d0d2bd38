#![allow(clippy::disallowed_methods)]

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use super::*;

/// Ends the other thread's loop, also when a write fails.
struct Over<'a>(&'a AtomicBool);

impl Drop for Over<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Release);
    }
}

#[test]
fn a_write_whose_temporary_file_is_swept_away_begins_anew() {
    let temp = tempfile::tempdir().unwrap();
    let folder = temp.path();
    let target = folder.join("target");
    let (begun, swept, over) = (AtomicUsize::new(0), AtomicUsize::new(0), AtomicBool::new(false));
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let mut last = 0;
            while !over.load(Ordering::Acquire) {
                // Each write is struck once at most, and then must succeed.
                let write = begun.load(Ordering::Acquire);
                for name in dir::names(folder).unwrap() {
                    if write > last
                        && is_temporary(&name)
                        && fs::remove_file(folder.join(name)).is_ok()
                    {
                        last = write;
                        swept.fetch_add(1, Ordering::Release);
                    }
                }
            }
        });
        let _ends = Over(&over);
        let mut write = 0;
        while swept.load(Ordering::Acquire) < 3 {
            write += 1;
            begun.store(write, Ordering::Release);
            let text = write.to_string();
            replace(folder, &target, text.as_bytes(), Durability::Cached).unwrap();
            assert_eq!(fs::read_to_string(&target).unwrap(), text);
        }
    });
    assert_eq!(dir::names(folder).unwrap(), ["target"]);
}

#[test]
fn a_write_that_fails_leaves_nothing_behind() {
    let temp = tempfile::tempdir().unwrap();
    let folder = temp.path().join("scratch");
    // Nowhere to write to: no second attempt.
    let error = replace(&folder, &folder.join("x"), b"1", Durability::Cached).unwrap_err();
    assert!(error.to_string().starts_with("cannot create "), "{error}");
    fs::create_dir(&folder).unwrap();
    // A directory in the target's place.
    let target = folder.join("target");
    fs::create_dir(&target).unwrap();
    let error = replace(&folder, &target, b"1", Durability::Synced).unwrap_err();
    assert!(error.to_string().starts_with("cannot replace "), "{error}");
    // The target's directory is gone: tried again in vain.
    let error =
        replace(&folder, &temp.path().join("gone/x"), b"1", Durability::Cached).unwrap_err();
    assert!(error.to_string().starts_with("cannot replace "), "{error}");
    assert_eq!(dir::names(&folder).unwrap(), ["target"]);
}

#[test]
fn what_is_moved_aside_never_replaces_what_was_moved_before() {
    let temp = tempfile::tempdir().unwrap();
    let path = temp.path().join("state.json");
    let mut names = Vec::new();
    for text in ["one", "two", "three"] {
        fs::write(&path, text).unwrap();
        let aside = move_aside_at(&path, 1_800_000_000_000).unwrap();
        assert_eq!(fs::read_to_string(&aside).unwrap(), text);
        names.push(aside.file_name().unwrap().to_str().unwrap().to_owned());
    }
    assert_eq!(
        names,
        [0, 1, 2].map(|n| format!("state.json.unreadable-{}", 1_800_000_000_000_i64 + n))
    );
    let error = move_aside(&path).unwrap_err();
    assert!(error.to_string().starts_with("cannot move aside "), "{error}");
}

#[test]
fn discarding_tells_whether_the_file_is_gone() {
    let temp = tempfile::tempdir().unwrap();
    let path = temp.path().join("x");
    assert!(discard(&path), "it was not there");
    fs::write(&path, "").unwrap();
    assert!(discard(&path) && !path.exists());
    fs::create_dir(&path).unwrap();
    assert!(!discard(&path), "a directory stays");
}

#[test]
fn only_abandoned_temporary_files_are_swept_where_nobody_holds_a_lock() {
    let temp = tempfile::tempdir().unwrap();
    let now = SystemTime::from(crate::clock::now());
    let aged = |name: &str, age: Duration| {
        let file = fs::File::create(temp.path().join(name)).unwrap();
        file.set_modified(now - age).unwrap();
    };
    aged(".tmp-1", ABANDONED + Duration::from_mins(1));
    aged(".tmp-2", ABANDONED.checked_sub(Duration::from_mins(10)).unwrap());
    aged("kept", ABANDONED * 2);
    sweep_abandoned(temp.path());
    assert_eq!(dir::names(temp.path()).unwrap(), [".tmp-2", "kept"]);
    sweep(temp.path()).unwrap();
    assert_eq!(dir::names(temp.path()).unwrap(), ["kept"]);
}

#[test]
fn no_two_random_numbers_are_alike() {
    let drawn: std::collections::BTreeSet<_> = (0..100).map(|_| random()).collect();
    assert_eq!(drawn.len(), 100);
}
