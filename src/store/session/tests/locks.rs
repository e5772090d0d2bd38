use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use super::*;

#[test]
fn a_lock_is_waited_for_until_the_deadline() {
    let scene = scene();
    let held = scene.lock();
    let start = Instant::now();
    let limit = Duration::from_millis(60);
    let refused = scene.session.lock(Wait::For(limit));
    assert!(matches!(refused, Err(Error::Busy { .. })), "{refused:?}");
    assert!(start.elapsed() >= limit);
    assert!(start.elapsed() < limit * 5 + Duration::from_secs(1));
    assert!(matches!(scene.session.lock(Wait::For(Duration::ZERO)), Err(Error::Busy { .. })));
    // Another session and the project are not concerned.
    scene
        .project
        .session(&SessionId::parse("s2").unwrap())
        .lock(Wait::For(Duration::ZERO))
        .unwrap();
    scene.project.lock(Wait::For(Duration::ZERO)).unwrap();
    drop(held);
    scene.session.lock(Wait::For(Duration::ZERO)).unwrap();
}

#[test]
fn waiters_get_the_lock_when_it_is_free() {
    let scene = scene();
    let held = scene.lock();
    std::thread::scope(|scope| {
        for wait in [Wait::Forever, Wait::For(Duration::from_mins(1))] {
            let session = &scene.session;
            scope.spawn(move || session.lock(wait).unwrap().append(b"{}").unwrap());
        }
        drop(held);
    });
    assert_eq!(scene.session.read::<State>().unwrap().records.len(), 2);
}

#[test]
fn a_removed_session_is_gone_with_its_lock_and_can_begin_anew() {
    for _ in 0..20 {
        let scene = scene();
        let mut lock = scene.lock();
        fold(&mut lock);
        lock.append(b"a").unwrap();
        scene.session.pend(b"p").unwrap();
        fs::create_dir_all(scene.session.parent().join(".removed-1/x")).unwrap();
        let ready = std::sync::Barrier::new(2);
        std::thread::scope(|scope| {
            // Waits for a lock file that is deleted under it, most of the time.
            let waiter = scope.spawn(|| {
                ready.wait();
                let mut lock = scene.session.lock(Wait::For(Duration::from_mins(1))).unwrap();
                lock.append(b"after").unwrap();
            });
            ready.wait();
            std::thread::yield_now();
            lock.remove().unwrap();
            waiter.join().unwrap();
        });
        assert_eq!(scene.loaded(), once(&["after"]));
        assert_eq!(dir::names(scene.session.parent()).unwrap(), ["s1"]);
        scene.session.remove(Wait::HOOK).unwrap();
        assert!(!scene.session.exists());
        assert_eq!(dir::names(scene.session.parent()).unwrap(), Vec::<String>::new());
    }
}

/// Ends the reader's loop, also when a writer fails.
struct Stop<'a>(&'a AtomicBool);

impl Drop for Stop<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Release);
    }
}

/// Writers append, leave pending records, fold and remove temporary files while a reader looks on:
/// every record counts exactly once, and what a reader saw it sees again.
#[test]
fn readers_and_writers_at_once_lose_and_repeat_nothing() {
    const WRITERS: usize = 4;
    const EACH: usize = 60;
    let scene = scene();
    let done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let stop = Stop(&done);
        let reader = scope.spawn(|| {
            let mut before = State::new();
            let mut looks = 0;
            while !done.load(Ordering::Acquire) {
                let now = scene.seen();
                assert!(now.values().all(|count| *count == 1), "{now:?}");
                let lost = before.keys().find(|record| !now.contains_key(*record));
                assert_eq!(lost, None);
                before = now;
                looks += 1;
            }
            looks
        });
        let writers: Vec<_> = (0..WRITERS)
            .map(|writer| {
                let scene = &scene;
                scope.spawn(move || {
                    for count in 0..EACH {
                        let record = format!("{writer}-{count:03}");
                        if count % 4 == writer {
                            scene.session.pend(record.as_bytes()).unwrap();
                        } else {
                            scene.lock().append(record.as_bytes()).unwrap();
                        }
                        if count % 7 == writer {
                            let mut lock = scene.lock();
                            let state = apply(lock.load().unwrap());
                            lock.save(&state, Durability::Cached).unwrap();
                        }
                    }
                })
            })
            .collect();
        for writer in writers {
            writer.join().unwrap();
        }
        drop(stop);
        assert!(reader.join().unwrap() > 0);
    });
    let state = scene.loaded();
    assert_eq!(state.len(), WRITERS * EACH);
    assert!(state.values().all(|count| *count == 1));
}
