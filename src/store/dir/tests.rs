#![allow(clippy::disallowed_methods, clippy::unwrap_used)]

use std::io::{Seek, SeekFrom, Write};
use std::os::unix::fs::{PermissionsExt, symlink};
use std::os::unix::net::UnixListener;

use super::*;

fn told<T: std::fmt::Debug>(result: Result<T>) -> String {
    result.unwrap_err().to_string()
}

#[test]
fn what_cannot_be_looked_at_or_made_is_told() {
    let temp = tempfile::tempdir().unwrap();
    let long = temp.path().join("x".repeat(300));
    assert!(told(check(&long)).starts_with("cannot look at "));
    assert!(told(names(&long)).starts_with("cannot look at "));
    let orphan = temp.path().join("missing/folder");
    assert!(told(ensure(&orphan)).starts_with("cannot create "));
    fs::write(temp.path().join("file"), "").unwrap();
    assert!(told(ensure_root(&temp.path().join("file/root"))).starts_with("cannot look at "));
    assert!(told(ensure(&temp.path().join("file"))).ends_with("it is not a directory"));
}

#[test]
fn a_root_is_made_with_its_parents_for_the_user_alone() {
    let temp = tempfile::tempdir().unwrap();
    let root = temp.path().join("a/b/state");
    assert!(!check(&root).unwrap());
    ensure_root(&root).unwrap();
    assert!(check(&root).unwrap());
    for folder in [&root, &temp.path().join("a/b"), &temp.path().join("a")] {
        let mode = fs::metadata(folder).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o700, "{}", folder.display());
    }
}

#[test]
fn a_folder_is_closed_to_others_and_never_opened_wider() {
    let temp = tempfile::tempdir().unwrap();
    let folder = temp.path().join("folder");
    ensure(&folder).unwrap();
    for (found, left) in [(0o777, 0o700), (0o701, 0o700), (0o710, 0o700), (0o500, 0o500)] {
        fs::set_permissions(&folder, fs::Permissions::from_mode(found)).unwrap();
        ensure(&folder).unwrap();
        let mode = fs::metadata(&folder).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode, left, "{found:o}");
    }
}

#[test]
fn what_is_no_regular_file_is_neither_read_nor_waited_for() {
    let temp = tempfile::tempdir().unwrap();
    let path = temp.path().join("x");
    assert!(open(&path, options().read()).unwrap().is_none());
    fs::create_dir(&path).unwrap();
    assert!(told(open(&path, options().read())).ends_with("it is not a file"));
    assert!(told(open(&path, options().write())).starts_with("cannot open "));
    fs::remove_dir(&path).unwrap();
    let made = std::process::Command::new("mkfifo").args(["-m", "400"]).arg(&path).status();
    assert!(made.unwrap().success());
    assert!(told(read(&path, 10)).ends_with("it is not a file"));
    fs::remove_file(&path).unwrap();
    let _socket = UnixListener::bind(&path).unwrap();
    assert!(told(read(&path, 10)).starts_with("cannot open "));
    fs::remove_file(&path).unwrap();
    symlink("nowhere", &path).unwrap();
    assert!(told(read(&path, 10)).ends_with("it is a symbolic link"));
    // No file, but its parent is none either.
    fs::remove_file(&path).unwrap();
    fs::write(&path, "").unwrap();
    assert!(told(read(&path.join("y"), 10)).starts_with("cannot open "));
}

#[test]
fn a_file_is_opened_as_asked() {
    let temp = tempfile::tempdir().unwrap();
    let path = temp.path().join("x");
    let open = |options: Options| options.open(&path);
    let absent = |result: std::io::Result<File>| result.unwrap_err().kind() == ErrorKind::NotFound;
    assert!(absent(open(options().read())));
    assert!(absent(open(options().write())));
    assert!(absent(open(options().append())));
    open(options().write().create_new()).unwrap().write_all(b"one").unwrap();
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    let again = open(options().write().create_new()).unwrap_err();
    assert_eq!(again.kind(), ErrorKind::AlreadyExists);
    let mut file = open(options().append().create()).unwrap();
    file.seek(SeekFrom::Start(0)).unwrap();
    file.write_all(b" two").unwrap();
    assert!(file.read(&mut [0]).is_err(), "opened for appending alone");
    let mut file = open(options().read().write().create()).unwrap();
    let mut text = String::new();
    file.read_to_string(&mut text).unwrap();
    assert_eq!(text, "one two");
    file.write_all(b"!").unwrap();
    assert!(open(options().read()).unwrap().write_all(b"?").is_err(), "opened for reading alone");
    assert_eq!(fs::read_to_string(&path).unwrap(), "one two!");
}

#[test]
fn up_to_a_limit_is_read_and_the_whole_length_told() {
    let temp = tempfile::tempdir().unwrap();
    let path = temp.path().join("x");
    assert_eq!(read(&path, 4).unwrap(), None);
    fs::write(&path, "0123456789").unwrap();
    assert_eq!(read(&path, 4).unwrap(), Some((b"0123".to_vec(), 10)));
    assert_eq!(read(&path, 10).unwrap(), Some((b"0123456789".to_vec(), 10)));
    assert_eq!(read(&path, 11).unwrap(), Some((b"0123456789".to_vec(), 10)));
    let mut file = File::open(&path).unwrap();
    let mut buffer = [0; 16];
    assert_eq!(fill(&mut file, &mut buffer[..6]).unwrap(), 6);
    assert_eq!(fill(&mut file, &mut buffer[6..]).unwrap(), 4);
    assert_eq!(&buffer[..10], b"0123456789");
    assert!(fill(&mut File::open(temp.path()).unwrap(), &mut buffer).is_err(), "a directory");
}

#[test]
fn names_with_more_than_one_folder_lead_nowhere() {
    let temp = tempfile::tempdir().unwrap();
    let base = temp.path();
    assert_eq!(place(base, "file").unwrap(), base.join("file"));
    assert!(!base.join("folder").exists());
    assert_eq!(place(base, "folder/file").unwrap(), base.join("folder/file"));
    assert!(base.join("folder").is_dir());
    for bad in ["a/b/c", "../x", "", "folder/"] {
        assert!(matches!(place(base, bad), Err(Error::BadId { .. })), "{bad}");
        assert!(matches!(read_text(base, bad), Err(Error::BadId { .. })), "{bad}");
        assert!(matches!(remove(base, bad), Err(Error::BadId { .. })), "{bad}");
        assert!(matches!(files(base, bad), Err(Error::BadId { .. })), "{bad}");
    }
    assert!(matches!(files(base, "folder/x"), Err(Error::BadId { .. })));
    assert_eq!(read_text(base, "none/x").unwrap(), None);
    remove(base, "none/x").unwrap();
    fs::create_dir(base.join("folder/inner")).unwrap();
    assert!(told(remove(base, "folder/inner")).starts_with("cannot remove "));
}

#[test]
fn only_files_of_callers_are_listed() {
    let temp = tempfile::tempdir().unwrap();
    assert_eq!(files(temp.path(), "folder").unwrap(), Vec::<String>::new());
    for name in ["b", "a.json", ".tmp-1", "c.unreadable-1"] {
        fs::write(place(temp.path(), "folder/x").unwrap().with_file_name(name), "").unwrap();
    }
    assert_eq!(files(temp.path(), "folder").unwrap(), ["a.json", "b"]);
    assert_eq!(
        names(&temp.path().join("folder")).unwrap(),
        [".tmp-1", "a.json", "b", "c.unreadable-1"]
    );
}

#[test]
fn text_that_is_no_utf8_is_read_as_far_as_it_is() {
    let temp = tempfile::tempdir().unwrap();
    fs::write(temp.path().join("x"), b"a\xffb").unwrap();
    assert_eq!(read_text(temp.path(), "x").unwrap().unwrap(), "a\u{fffd}b");
}

#[test]
fn the_size_is_that_of_all_files_below_without_those_behind_links() {
    let temp = tempfile::tempdir().unwrap();
    let folder = temp.path().join("folder");
    assert_eq!(size(&folder), 0);
    fs::create_dir_all(folder.join("inner")).unwrap();
    fs::write(folder.join("a"), "12345").unwrap();
    fs::write(folder.join("inner/b"), "123").unwrap();
    assert_eq!(size(&folder), 8);
    fs::write(temp.path().join("big"), vec![0; 100_000]).unwrap();
    symlink(temp.path().join("big"), folder.join("link")).unwrap();
    assert!(size(&folder) < 1_000);
}
