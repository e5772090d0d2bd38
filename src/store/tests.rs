#![allow(clippy::disallowed_methods)]

use std::fs;
use std::path::Path;

use super::*;

fn root() -> (tempfile::TempDir, PathBuf) {
    let temp = tempfile::tempdir().unwrap();
    let root = temp.path().join("state");
    (temp, root)
}

#[test]
fn existing_creates_nothing() {
    let (_temp, root) = root();
    assert!(Store::existing(&root).unwrap().is_none());
    assert!(!root.exists());
    Store::open(&root).unwrap();
    assert_eq!(Store::existing(&root).unwrap().unwrap().root(), root);
}

#[test]
fn a_file_in_the_place_of_the_root_is_refused() {
    let (_temp, root) = root();
    fs::write(&root, "").unwrap();
    assert!(matches!(Store::open(&root), Err(Error::Unsafe { .. })));
    assert!(matches!(Store::existing(&root), Err(Error::Unsafe { .. })));
}

#[test]
fn shared_files_are_replaced_read_and_removed() {
    let (_temp, root) = root();
    let store = Store::open(&root).unwrap();
    assert_eq!(store.read_file("windows/a.json").unwrap(), None);
    store.write_file("windows/a.json", "1").unwrap();
    store.write_file("windows/a.json", "2").unwrap();
    assert_eq!(store.read_file("windows/a.json").unwrap().as_deref(), Some("2"));
    assert_eq!(fs::read_dir(root.join("windows")).unwrap().count(), 1);
    store.remove_file("windows/a.json").unwrap();
    store.remove_file("windows/a.json").unwrap();
    assert_eq!(store.read_file("windows/a.json").unwrap(), None);
    assert!(matches!(store.write_file("../a", ""), Err(Error::BadId { .. })));
    assert!(matches!(store.read_file("/etc/passwd"), Err(Error::BadId { .. })));
}

#[test]
fn a_first_write_sweeps_temporary_files_that_lost_their_writer_long_ago() {
    let (_temp, root) = root();
    let store = Store::open(&root).unwrap();
    store.write_file("windows/a.json", "1").unwrap();
    let (old, new) = (root.join("windows/.tmp-old"), root.join("windows/.tmp-new"));
    fs::write(&new, "").unwrap();
    let file = fs::File::create(&old).unwrap();
    let hours_ago = std::time::SystemTime::now() - std::time::Duration::from_hours(2);
    file.set_modified(hours_ago).unwrap();
    store.write_file("windows/a.json", "2").unwrap();
    assert!(old.exists(), "an ordinary write does not look around");
    store.write_file("windows/b.json", "1").unwrap();
    assert!(!old.exists());
    assert!(new.exists(), "its writer may be at work");
}

#[test]
fn shared_files_are_listed_by_folder_and_by_the_start_of_their_names() {
    let (_temp, root) = root();
    let store = Store::open(&root).unwrap();
    assert_eq!(store.list("windows").unwrap(), Vec::<String>::new());
    for name in ["windows/b.json", "windows/a.json", "handover-1", "handover-2", "off"] {
        store.write_file(name, "").unwrap();
    }
    assert_eq!(store.list("windows").unwrap(), ["a.json", "b.json"]);
    assert_eq!(store.names("handover-").unwrap(), ["handover-1", "handover-2"]);
    assert_eq!(store.names("none").unwrap(), Vec::<String>::new());
}

#[test]
fn an_error_of_the_system_is_the_cause_of_ours() {
    use std::error::Error as _;
    let path = Path::new("/p");
    let full = std::io::Error::from(std::io::ErrorKind::StorageFull);
    let error = Error::io("write", path, full);
    assert_eq!(error.source().unwrap().to_string(), "no storage space");
    assert!(Error::Busy { path: path.into() }.source().is_none());
}

#[test]
fn errors_are_one_lower_case_line_with_the_path() {
    let path = PathBuf::from("/p/state.json");
    let full = std::io::Error::from(std::io::ErrorKind::StorageFull);
    let errors = [
        Error::Io { what: "write", path: path.clone(), source: full },
        Error::Busy { path: path.clone() },
        Error::Newer { path: path.clone(), found: 7, known: 1 },
        Error::Unsafe { path: path.clone(), why: "it is a symbolic link" },
        Error::BadId { id: "../x".into() },
        Error::TooLarge { path: path.clone(), bytes: 300_000, limit: 262_144 },
        Error::NotOneLine { path: path.clone() },
        Error::NotLoaded { path },
    ];
    let text: Vec<_> = errors.iter().map(ToString::to_string).collect();
    insta::assert_snapshot!(text.join("\n"), @r#"
    cannot write /p/state.json: no storage space
    /p/state.json is locked by another process; try again
    /p/state.json is in format 7, this program knows up to 1: update rejoin (the file was left as it is)
    refusing to use /p/state.json: it is a symbolic link
    "../x" cannot be a name in the state directory
    /p/state.json would grow to 300000 bytes, the limit is 262144: nothing was written
    a record for /p/state.json contains a line break: not written
    /p/state.json was to be replaced without having been read
    "#);
}

#[cfg(unix)]
mod unix {
    use std::os::unix::fs::{PermissionsExt, symlink};
    use std::process::Command;

    use super::*;

    #[test]
    fn a_linked_root_is_refused_even_with_a_slash() {
        let (temp, root) = root();
        let real = temp.path().join("real");
        fs::create_dir(&real).unwrap();
        symlink(&real, &root).unwrap();
        for path in [root.clone(), root.join("")] {
            assert!(matches!(Store::open(&path), Err(Error::Unsafe { .. })), "{path:?}");
            assert!(matches!(Store::existing(&path), Err(Error::Unsafe { .. })), "{path:?}");
        }
        assert!(!Faults::in_dir(&root.join("")).note("t", "e", "x"));
        assert_eq!(fs::read_dir(&real).unwrap().count(), 0);
    }

    #[test]
    fn a_foreign_root_is_refused() {
        let (_temp, root) = root();
        // Root can give a directory away; everybody else finds "/" to be another's.
        let foreign = if rustix::process::geteuid().is_root() {
            fs::create_dir(&root).unwrap();
            std::os::unix::fs::chown(&root, Some(12345), None).unwrap();
            root.as_path()
        } else {
            Path::new("/")
        };
        assert!(matches!(Store::open(foreign), Err(Error::Unsafe { .. })));
    }

    #[test]
    fn a_linked_folder_is_refused() {
        let (temp, root) = root();
        let store = Store::open(&root).unwrap();
        let outside = temp.path().join("outside");
        fs::create_dir(&outside).unwrap();
        fs::write(outside.join("a.json"), "secret").unwrap();
        symlink(&outside, root.join("windows")).unwrap();
        symlink(&outside, root.join("projects")).unwrap();
        assert!(matches!(store.write_file("windows/a.json", "x"), Err(Error::Unsafe { .. })));
        assert!(matches!(store.read_file("windows/a.json"), Err(Error::Unsafe { .. })));
        assert!(matches!(store.remove_file("windows/a.json"), Err(Error::Unsafe { .. })));
        assert!(matches!(store.project("p", Path::new("/p")), Err(Error::Unsafe { .. })));
        assert!(matches!(store.find_project("p", Path::new("/p")), Err(Error::Unsafe { .. })));
        assert!(matches!(store.projects(), Err(Error::Unsafe { .. })));
        assert_eq!(fs::read_to_string(outside.join("a.json")).unwrap(), "secret");
        assert_eq!(fs::read_dir(&outside).unwrap().count(), 1);
    }

    #[test]
    fn a_linked_target_is_replaced_not_followed() {
        let (temp, root) = root();
        let store = Store::open(&root).unwrap();
        let outside = temp.path().join("outside");
        fs::write(&outside, "kept").unwrap();
        symlink(&outside, root.join("a.json")).unwrap();
        assert!(matches!(store.read_file("a.json"), Err(Error::Unsafe { .. })));
        store.write_file("a.json", "ours").unwrap();
        assert_eq!(store.read_file("a.json").unwrap().as_deref(), Some("ours"));
        assert_eq!(fs::read_to_string(&outside).unwrap(), "kept");
    }

    #[test]
    fn directories_that_others_may_enter_are_closed_again() {
        let (_temp, root) = root();
        let store = Store::open(&root).unwrap();
        store.write_file("windows/a.json", "1").unwrap();
        let windows = root.join("windows");
        fs::set_permissions(&windows, fs::Permissions::from_mode(0o755)).unwrap();
        store.write_file("windows/a.json", "2").unwrap();
        assert_eq!(fs::metadata(&windows).unwrap().permissions().mode() & 0o777, 0o700);
    }

    /// The umask belongs to the process: each is tried in one of its own.
    #[test]
    fn modes_do_not_depend_on_the_umask() {
        for umask in ["000", "022", "027", "077"] {
            let temp = tempfile::tempdir().unwrap();
            fs::write(temp.path().join(HERE), "").unwrap();
            let out = Command::new("sh")
                .args([
                    "-c",
                    "umask $1; exec \"$0\" --ignored --exact store::tests::unix::writes_everything",
                ])
                .arg(std::env::current_exe().unwrap())
                .arg(umask)
                .current_dir(temp.path())
                .output()
                .unwrap();
            assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stdout));
            let seen = modes(&temp.path().join("new/state"));
            assert!(seen.len() > 16, "{seen:#?}");
            for (path, is_dir, mode) in &seen {
                let due = if *is_dir { 0o700 } else { 0o600 };
                assert_eq!(*mode, due, "umask {umask}: {path} has {mode:o}");
            }
            let parent = fs::metadata(temp.path().join("new")).unwrap().permissions().mode();
            assert_eq!(parent & 0o777, 0o700);
        }
    }

    const HERE: &str = "write-everything-here";

    #[test]
    #[ignore = "run by modes_do_not_depend_on_the_umask, in a directory of its own"]
    fn writes_everything() {
        if !Path::new(HERE).exists() {
            return;
        }
        let store = Store::open(Path::new("new/state")).unwrap();
        store.write_file("windows/a.json", "1").unwrap();
        assert!(store.faults().note("t", "e", "x"));
        let project = store.project("p", Path::new("/p")).unwrap();
        let session = project.session(&SessionId::parse("s1").unwrap());
        session.pend(b"{}").unwrap();
        let mut lock = session.lock(Wait::Forever).unwrap();
        lock.load::<u32>().unwrap();
        lock.save(&1, Durability::Synced).unwrap();
        lock.append(b"{}").unwrap();
        lock.append_lines("responses.jsonl", &["{}"], Durability::Cached).unwrap();
        lock.write_derived("resume.md", "text").unwrap();
        lock.write_file("compactions/0001.md", "text", Durability::Cached).unwrap();
        session.pend(b"{}").unwrap();
        let lock = project.lock(Wait::Forever).unwrap();
        lock.save_recent(&1, Durability::Cached).unwrap();
        lock.write_file("pauses/p1.json", "{}", Durability::Synced).unwrap();
    }

    fn modes(path: &Path) -> Vec<(String, bool, u32)> {
        let meta = fs::symlink_metadata(path).unwrap();
        let mut all =
            vec![(path.display().to_string(), meta.is_dir(), meta.permissions().mode() & 0o777)];
        if meta.is_dir() {
            for entry in fs::read_dir(path).unwrap() {
                all.extend(modes(&entry.unwrap().path()));
            }
        }
        all
    }
}
