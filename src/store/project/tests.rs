#![allow(clippy::disallowed_methods)]

use std::fs;

use super::super::Store;
use super::*;

fn store() -> (tempfile::TempDir, Store) {
    let temp = tempfile::tempdir().unwrap();
    let store = Store::open(&temp.path().join("state")).unwrap();
    (temp, store)
}

const HERE: &str = "/home/u/app";

#[test]
fn a_project_is_found_again_by_its_path() {
    let (_temp, store) = store();
    let here = Path::new(HERE);
    assert!(store.find_project("app", here).unwrap().is_none());
    assert!(store.projects().unwrap().is_empty());
    assert!(!store.root().join("projects").exists(), "asking creates nothing");

    let made = store.project("app", here).unwrap();
    assert_eq!(made.path_of_origin(), here);
    assert!(made.dir().file_name().unwrap().to_str().unwrap().starts_with("app-"));
    let about = fs::read_to_string(made.dir().join("project.json")).unwrap();
    assert!(
        about.starts_with("{\"format\":1,\"path\":\"/home/u/app\",\"first_seen\":\"20"),
        "{about}"
    );

    assert_eq!(store.project("app", here).unwrap().dir(), made.dir());
    assert_eq!(store.find_project("app", here).unwrap().unwrap().dir(), made.dir());
    assert_eq!(fs::read_to_string(made.dir().join("project.json")).unwrap(), about);
    let other = store.project("app", Path::new("/home/v/app")).unwrap();
    assert_ne!(other.dir(), made.dir());
    let mut all: Vec<_> =
        store.projects().unwrap().iter().map(|p| p.path_of_origin().to_owned()).collect();
    all.sort();
    assert_eq!(all, [here, Path::new("/home/v/app")]);
}

#[test]
fn a_folder_of_another_path_is_passed_over() {
    let (_temp, store) = store();
    let first = store.project("app", Path::new(HERE)).unwrap();
    let about = first.dir().join("project.json");
    fs::write(&about, "{\"format\":1,\"path\":\"/somewhere/else\"}").unwrap();
    assert!(store.find_project("app", Path::new(HERE)).unwrap().is_none());
    let second = store.project("app", Path::new(HERE)).unwrap();
    assert_eq!(second.dir().to_str().unwrap(), format!("{}-2", first.dir().display()));
    let found = store.find_project("app", Path::new(HERE)).unwrap().unwrap();
    assert_eq!(found.dir(), second.dir());
}

#[test]
fn a_folder_that_does_not_say_whose_it_is_is_claimed() {
    let (_temp, store) = store();
    let project = store.project("app", Path::new(HERE)).unwrap();
    let about = project.dir().join("project.json");
    for damage in [None, Some(""), Some("{\"format\":1,\"pa"), Some("[2]"), Some("[\"/x\"]")] {
        fs::remove_file(&about).unwrap();
        if let Some(text) = damage {
            fs::write(&about, text).unwrap();
        }
        let again = store.project("app", Path::new(HERE)).unwrap();
        assert_eq!(again.dir(), project.dir());
        assert_eq!(store.projects().unwrap().len(), 1, "{damage:?}");
    }
    let aside = dir::names(project.dir()).unwrap();
    assert_eq!(aside.iter().filter(|name| name.contains(".unreadable-")).count(), 4, "{aside:?}");
}

#[test]
fn a_folder_can_be_used_before_it_is_claimed() {
    let (_temp, store) = store();
    let project = store.project("app", Path::new(HERE)).unwrap();
    fs::remove_file(project.dir().join("project.json")).unwrap();
    let held = project.lock(Wait::Forever).unwrap();
    assert_eq!(store.project("app", Path::new(HERE)).unwrap().dir(), project.dir());
    drop(held);
    assert_eq!(store.projects().unwrap().len(), 0);
    store.project("app", Path::new(HERE)).unwrap();
    assert_eq!(store.projects().unwrap().len(), 1);
}

#[test]
fn a_newer_project_file_is_used_and_left_alone() {
    let (_temp, store) = store();
    let project = store.project("app", Path::new(HERE)).unwrap();
    let about = project.dir().join("project.json");
    for newer in
        ["{\"format\":9,\"new\":[1],\"path\":\"/home/u/app\"}", "{\"format\":9,\"paths\":[1]}"]
    {
        fs::write(&about, newer).unwrap();
        // A session's old hook must still find where its pending records go.
        assert_eq!(store.project("app", Path::new(HERE)).unwrap().dir(), project.dir());
        assert_eq!(fs::read_to_string(&about).unwrap(), newer);
    }
}

#[test]
fn many_who_meet_a_new_project_at_once_share_one_folder() {
    for _ in 0..20 {
        let (_temp, store) = store();
        let barrier = std::sync::Barrier::new(8);
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| {
                    barrier.wait();
                    let project = store.project("app", Path::new(HERE)).unwrap();
                    let lock = project.lock(Wait::Forever).unwrap();
                    let count = lock.recent::<u32>().unwrap().unwrap_or(0);
                    lock.save_recent(&(count + 1), Durability::Cached).unwrap();
                });
            }
        });
        let all = store.projects().unwrap();
        assert_eq!(all.len(), 1);
        assert_eq!(all[0].recent::<u32>().unwrap(), Some(8));
        assert_eq!(dir::names(all[0].dir()).unwrap(), ["lock", "project.json", "recent.json"]);
    }
}

#[test]
fn the_recent_list_is_saved_and_read() {
    let (_temp, store) = store();
    let project = store.project("app", Path::new(HERE)).unwrap();
    assert_eq!(project.recent::<Vec<u32>>().unwrap(), None);
    let lock = project.lock(Wait::HOOK).unwrap();
    assert_eq!(lock.recent::<Vec<u32>>().unwrap(), None);
    for durability in [Durability::Cached, Durability::Synced] {
        lock.save_recent(&vec![1, 2], durability).unwrap();
        assert_eq!(lock.recent::<Vec<u32>>().unwrap(), Some(vec![1, 2]));
        assert_eq!(project.recent::<Vec<u32>>().unwrap(), Some(vec![1, 2]));
    }
    let text = fs::read_to_string(project.dir().join("recent.json")).unwrap();
    assert_eq!(text, "{\"format\":1,\"recent\":[1,2]}\n");
}

#[test]
fn an_unreadable_recent_list_is_moved_aside_by_the_lock_holder_alone() {
    for bad in ["{\"format\":1,\"rec", "[2]"] {
        let (_temp, store) = store();
        let project = store.project("app", Path::new(HERE)).unwrap();
        let path = project.dir().join("recent.json");
        fs::write(&path, bad).unwrap();
        assert_eq!(project.recent::<u32>().unwrap(), None);
        assert!(path.exists());
        assert_eq!(project.lock(Wait::HOOK).unwrap().recent::<u32>().unwrap(), None);
        assert!(!path.exists());
        let names = dir::names(project.dir()).unwrap();
        let aside = names.iter().find(|name| name.starts_with("recent.json.unreadable-")).unwrap();
        let kept = fs::read_to_string(project.dir().join(aside)).unwrap();
        assert_eq!(kept, bad);
    }
}

#[test]
fn a_newer_recent_list_is_refused_and_left_alone() {
    let (_temp, store) = store();
    let project = store.project("app", Path::new(HERE)).unwrap();
    let path = project.dir().join("recent.json");
    fs::write(&path, "{\"format\":2,\"recent\":1}").unwrap();
    let lock = project.lock(Wait::HOOK).unwrap();
    assert!(matches!(project.recent::<u32>(), Err(Error::Newer { found: 2, .. })));
    assert!(matches!(lock.recent::<u32>(), Err(Error::Newer { found: 2, .. })));
    assert!(matches!(lock.save_recent(&1, Durability::Cached), Err(Error::Newer { .. })));
    assert_eq!(fs::read_to_string(&path).unwrap(), "{\"format\":2,\"recent\":1}");
}

#[test]
fn left_over_temporary_files_are_swept() {
    let (_temp, store) = store();
    let project = store.project("app", Path::new(HERE)).unwrap();
    fs::write(project.dir().join(".tmp-0123"), "half").unwrap();
    project.lock(Wait::HOOK).unwrap().save_recent(&1, Durability::Cached).unwrap();
    assert!(!project.dir().join(".tmp-0123").exists());
}

#[test]
fn pauses_are_written_listed_and_removed() {
    let (_temp, store) = store();
    let project = store.project("app", Path::new(HERE)).unwrap();
    assert_eq!(project.list("pauses").unwrap(), Vec::<String>::new());
    let lock = project.lock(Wait::HOOK).unwrap();
    lock.write_file("pauses/b.json", "2", Durability::Synced).unwrap();
    lock.write_file("pauses/a.json", "1", Durability::Cached).unwrap();
    assert_eq!(project.list("pauses").unwrap(), ["a.json", "b.json"]);
    assert_eq!(project.read_file("pauses/b.json").unwrap().as_deref(), Some("2"));
    lock.remove_file("pauses/b.json").unwrap();
    lock.remove_file("pauses/b.json").unwrap();
    assert_eq!(project.list("pauses").unwrap(), ["a.json"]);
    assert!(matches!(project.list("../.."), Err(Error::BadId { .. })));
}

#[test]
fn sessions_are_those_that_hold_something() {
    let (_temp, store) = store();
    let project = store.project("app", Path::new(HERE)).unwrap();
    assert_eq!(project.sessions().unwrap(), []);
    let id = |text| SessionId::parse(text).unwrap();
    project.session(&id("b")).pend(b"{}").unwrap();
    project.session(&id("a")).lock(Wait::HOOK).unwrap().append(b"{}").unwrap();
    drop(project.session(&id("empty")).lock(Wait::HOOK).unwrap());
    fs::create_dir(project.dir().join("sessions/.removed-1")).unwrap();
    assert_eq!(project.sessions().unwrap(), [id("a"), id("b")]);
}

#[test]
fn a_path_whose_folders_are_all_others_is_refused() {
    let (_temp, store) = store();
    let here = Path::new(HERE);
    let projects = store.root().join("projects");
    let folder = paths::project_folder("app", here);
    for dir in candidates(&projects, &folder) {
        fs::create_dir_all(&dir).unwrap();
        fs::write(about(&dir), "{\"format\":1,\"path\":\"/somewhere/else\"}").unwrap();
    }
    assert_eq!(dir::names(&projects).unwrap().len(), FOLDERS);
    assert!(store.find_project("app", here).unwrap().is_none());
    let error = store.project("app", here).unwrap_err();
    assert!(matches!(error, Error::Unsafe { .. }), "{error}");
    assert_eq!(dir::names(&projects).unwrap().len(), FOLDERS);
    fs::remove_dir_all(projects.join(format!("{folder}-{FOLDERS}"))).unwrap();
    let last = store.project("app", here).unwrap();
    assert_eq!(store.find_project("app", here).unwrap().unwrap().dir(), last.dir());
}

#[test]
fn following_can_be_switched_off_and_on() {
    let (_temp, store) = store();
    assert!(!store.is_off());
    store.switch(true).unwrap();
    assert!(!store.is_off(), "it was on");
    store.switch(false).unwrap();
    assert!(store.is_off());
    store.switch(true).unwrap();
    assert!(!store.is_off());
    let project = store.project("app", Path::new(HERE)).unwrap();
    let lock = project.lock(Wait::Forever).unwrap();
    assert!(!project.is_off());
    lock.switch(false).unwrap();
    assert!(project.is_off() && !store.is_off());
    assert!(!store.project("other", Path::new("/other")).unwrap().is_off());
    lock.switch(true).unwrap();
    assert!(!project.is_off());
    let words = fs::read_to_string(project.dir().join("off"));
    assert!(words.is_err(), "the marker is gone");
}

#[test]
fn files_of_a_project_are_listed_read_and_removed() {
    let (_temp, store) = store();
    let project = store.project("app", Path::new(HERE)).unwrap();
    assert_eq!(project.list("pauses").unwrap(), Vec::<String>::new());
    assert_eq!(project.read_file("pauses/p1.md").unwrap(), None);
    let lock = project.lock(Wait::Forever).unwrap();
    assert_eq!(lock.project().dir(), project.dir());
    for durability in [Durability::Cached, Durability::Synced] {
        lock.write_file("pauses/p1.md", "text", durability).unwrap();
        assert_eq!(project.list("pauses").unwrap(), ["p1.md"]);
        assert_eq!(project.read_file("pauses/p1.md").unwrap().as_deref(), Some("text"));
        lock.remove_file("pauses/p1.md").unwrap();
        assert_eq!(project.list("pauses").unwrap(), Vec::<String>::new());
    }
}

#[test]
fn a_recent_list_in_a_newer_format_is_not_overwritten_unread() {
    let (_temp, store) = store();
    let project = store.project("app", Path::new(HERE)).unwrap();
    let path = project.dir().join("recent.json");
    for newer in [
        "{\"format\":2}".to_owned(),
        format!("{{\"format\":2,\"recent\":\"{}\"}}", "x".repeat(200)),
    ] {
        fs::write(&path, &newer).unwrap();
        let lock = project.lock(Wait::Forever).unwrap();
        let saved = lock.save_recent(&1, Durability::Cached);
        assert!(matches!(saved, Err(Error::Newer { .. })), "{saved:?}");
        assert!(matches!(lock.recent::<u32>(), Err(Error::Newer { .. })));
        assert_eq!(fs::read_to_string(&path).unwrap(), newer);
    }
}

#[test]
#[cfg(unix)]
fn a_file_that_is_synced_survives_a_power_cut_with_the_folders_that_lead_to_it() {
    use super::super::disk::power::{promise, record};
    // In memory where it can be: nothing depends on a real disk.
    let memory = Path::new("/dev/shm");
    let temp = if memory.is_dir() { tempfile::tempdir_in(memory) } else { tempfile::tempdir() };
    let root = temp.as_ref().unwrap().path().join("state");
    let project = || Store::open(&root).unwrap().project("app", Path::new(HERE)).unwrap();
    fs::create_dir(&root).unwrap();
    let recording = record(&root, || {
        let lock = project().lock(Wait::HOOK).unwrap();
        lock.write_file("pauses/p1.json", "{}", Durability::Synced).unwrap();
        promise();
    });
    let left = recording.left();
    assert!(left.len() > 20, "{}", left.len());
    for left in &left {
        fs::remove_dir_all(&root).unwrap();
        fs::create_dir(&root).unwrap();
        left.restore(&root);
        let found = project().read_file("pauses/p1.json").unwrap();
        let whole = left.promised == 0 || found.as_deref() == Some("{}");
        assert!(whole, "{found:?} of {:#?}", left.names());
    }
}
