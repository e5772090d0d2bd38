use super::super::Written;
use super::*;

fn folder() -> tempfile::TempDir {
    tempfile::tempdir().unwrap()
}

fn put(path: &Path, text: &str) {
    fs::remove_file(path).ok();
    File::create_new(path).unwrap().write_all(text.as_bytes()).unwrap();
}

fn set(path: &Path, text: &'static str) -> Result<bool, FileError> {
    edit(path, true, |_| Ok(Change::Replace(text.to_owned())))
}

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

#[test]
fn a_backup_is_kept_of_the_first_edit_only() {
    let home = folder();
    let path = home.path().join("settings.json");
    put(&path, "{\"a\": 1}");
    assert!(set(&path, "{\"a\": 2}").unwrap());
    assert!(set(&path, "{\"a\": 3}").unwrap());
    assert!(!set(&path, "{\"a\": 3}").unwrap(), "the same text is no change");
    assert_eq!(read(&backup_path(&path)).unwrap().unwrap(), "{\"a\": 1}");
    assert_eq!(names(home.path()), ["settings.json", "settings.json.rejoin-backup"]);
}

#[test]
fn a_missing_file_is_made_and_removed_without_a_trace() {
    let home = folder();
    let path = home.path().join("settings.json");
    assert!(set(&path, "{}").unwrap());
    assert!(edit(&path, false, |_| Ok(Change::Remove)).unwrap());
    assert!(names(home.path()).is_empty());
}

#[test]
#[cfg(unix)]
fn a_link_stays_a_link_and_the_mode_stays() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let home = folder();
    let dotfiles = home.path().join("dotfiles");
    fs::create_dir(&dotfiles).unwrap();
    let real = dotfiles.join("claude.json");
    put(&real, "{}");
    fs::set_permissions(&real, fs::Permissions::from_mode(0o400)).unwrap();
    symlink("dotfiles/second", home.path().join("settings.json")).unwrap();
    symlink("claude.json", dotfiles.join("second")).unwrap();
    let path = home.path().join("settings.json");
    assert!(set(&path, "{\"a\": 2}").unwrap());
    assert_eq!(read(&real).unwrap().unwrap(), "{\"a\": 2}");
    assert!(path.symlink_metadata().unwrap().is_symlink());
    for file in [&real, &backup_path(&path)] {
        assert_eq!(file.metadata().unwrap().permissions().mode() & 0o7777, 0o400);
    }
    // A link to a file that is not there yet is written through as well.
    fs::remove_file(&real).unwrap();
    assert!(set(&path, "{\"a\": 3}").unwrap());
    assert_eq!(read(&real).unwrap().unwrap(), "{\"a\": 3}");
    assert_eq!(real.metadata().unwrap().permissions().mode() & 0o7777, 0o600);
}

#[test]
#[cfg(unix)]
fn a_circle_of_links_is_an_error() {
    let home = folder();
    let path = home.path().join("settings.json");
    std::os::unix::fs::symlink("settings.json", &path).unwrap();
    assert!(set(&path, "{}").unwrap_err().to_string().ends_with("too many symbolic links"));
}

#[test]
fn a_rewrite_between_reading_and_writing_is_seen_and_the_edit_starts_anew() {
    let home = folder();
    let path = home.path().join("settings.json");
    put(&path, "{\"n\": 0}");
    let mut calls = 0;
    let changed = edit(&path, false, |text| {
        let text = text.unwrap().to_owned();
        calls += 1;
        if calls < ATTEMPTS {
            put(&path, &format!("{{\"n\": {calls}}}"));
        }
        Ok(Change::Replace(text.replace('}', ", \"ours\": 1}")))
    });
    assert!(changed.unwrap());
    assert_eq!(calls, ATTEMPTS);
    assert_eq!(read(&path).unwrap().unwrap(), "{\"n\": 4, \"ours\": 1}");
}

#[test]
fn a_file_that_never_rests_is_left_alone() {
    let home = folder();
    let path = home.path().join("settings.json");
    put(&path, "{\"n\": 0}");
    let mut calls = 0;
    let error = edit(&path, false, |_| {
        calls += 1;
        put(&path, &format!("{{\"n\": {calls}}}"));
        Ok(Change::Replace("{}".to_owned()))
    })
    .unwrap_err();
    assert!(matches!(error.cause, Cause::Rewritten));
    assert_eq!(read(&path).unwrap().unwrap(), "{\"n\": 5}");
    assert_eq!(names(home.path()), ["settings.json"]);
}

#[test]
fn a_removal_does_not_take_what_somebody_wrote_meanwhile() {
    let home = folder();
    let path = home.path().join("settings.json");
    put(&path, "{}");
    let mut calls = 0;
    let changed = edit(&path, false, |text| {
        calls += 1;
        if calls == 1 {
            put(&path, "{\"new\": 1}");
            return Ok(Change::Remove);
        }
        assert_eq!(text, Some("{\"new\": 1}"));
        Ok(Change::Keep)
    });
    assert!(!changed.unwrap());
    assert_eq!(read(&path).unwrap().unwrap(), "{\"new\": 1}");
}

#[test]
fn what_a_killed_edit_left_is_swept() {
    let home = folder();
    let path = home.path().join("settings.json");
    put(&home.path().join(".settings.json.rejoin-abc123"), "half");
    put(&home.path().join(".settings.json.other"), "not ours");
    set(&path, "{}").unwrap();
    assert_eq!(names(home.path()), [".settings.json.other", "settings.json"]);
}

#[test]
fn text_that_is_no_json_is_never_written() {
    let home = folder();
    let path = home.path().join("settings.json");
    put(&path, "{}");
    assert!(matches!(set(&path, "{,}").unwrap_err().cause, Cause::Refused(_)));
    assert_eq!(read(&path).unwrap().unwrap(), "{}");
}

#[test]
fn bytes_that_are_no_text_are_refused() {
    let home = folder();
    let path = home.path().join("settings.json");
    File::create_new(&path).unwrap().write_all(b"{\"a\": \"\xff\"}").unwrap();
    assert!(matches!(set(&path, "{}").unwrap_err().cause, Cause::NotUtf8));
}

#[test]
fn a_folder_in_the_file_s_place_is_an_error_that_names_it() {
    let home = folder();
    let path = home.path().join("settings.json");
    fs::create_dir(&path).unwrap();
    let error = set(&path, "{}").unwrap_err().to_string();
    assert!(error.contains("settings.json"), "{error}");
}

#[test]
fn every_error_names_the_file_and_what_to_do() {
    let path = Path::new("/h/settings.json");
    let refusal = super::super::install("{,}", &plan(), &Written::default()).unwrap_err();
    let io = |kind: io::ErrorKind| io::Error::from(kind);
    let errors = [
        FileError::refused(path, refusal),
        FileError::io(path, "read", io(io::ErrorKind::PermissionDenied)),
        FileError::new(path, Cause::NotUtf8),
        FileError::new(path, Cause::Rewritten),
        not_locked(Path::new("/h"), io(io::ErrorKind::WouldBlock)),
        not_locked(Path::new("/h"), io(io::ErrorKind::NotADirectory)),
    ];
    insta::assert_snapshot!(errors.map(|error| error.to_string()).join("\n"));
}

fn plan() -> super::super::Plan<'static> {
    super::super::Plan { executables: Path::new("/b"), hooks: true, rules: &[] }
}

#[test]
fn a_folder_that_is_not_there_is_an_error_that_names_it() {
    let home = folder();
    let error = set(&home.path().join("missing/settings.json"), "{}").unwrap_err().to_string();
    assert!(error.starts_with("cannot open ") && error.contains("missing"), "{error}");
}

#[test]
fn a_replacement_has_the_mode_that_is_asked_for() {
    let home = folder();
    let path = home.path().join("x");
    for (text, mode) in [("one", None), ("two", Some(0o644)), ("three", None)] {
        replace(&path, text.as_bytes(), mode).unwrap();
        assert_eq!(read(&path).unwrap().unwrap(), text);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let found = path.metadata().unwrap().permissions().mode() & 0o7777;
            assert_eq!(found, mode.unwrap_or(0o600));
        }
    }
    assert_eq!(names(home.path()), ["x"]);
    assert!(replace(&home.path().join("missing/x"), b"", None).is_err());
}

#[test]
fn a_bare_name_lies_in_the_folder_one_is_in() {
    assert_eq!(folder_of(Path::new("settings.json")), Path::new("."));
    assert_eq!(folder_of(Path::new("a/settings.json")), Path::new("a"));
}

/// Only root can give a file to somebody else.
#[test]
#[cfg(unix)]
fn the_owner_stays() {
    use std::os::unix::fs::{MetadataExt, chown};
    if !rustix::process::geteuid().is_root() {
        return;
    }
    let home = folder();
    let path = home.path().join("settings.json");
    put(&path, "{}");
    chown(&path, Some(12345), Some(54321)).unwrap();
    assert!(set(&path, "{\"a\": 1}").unwrap());
    for file in [&path, &backup_path(&path)] {
        let meta = file.metadata().unwrap();
        assert_eq!((meta.uid(), meta.gid()), (12345, 54321), "{}", file.display());
    }
}

/// A program of its own that replaces the file again and again, as Claude Code does.
#[test]
#[cfg(unix)]
fn a_process_that_rewrites_the_file_meanwhile_loses_nothing_and_is_noticed() {
    use std::io::{BufRead, BufReader};
    use std::process::{Command, Stdio};
    let home = folder();
    let path = home.path().join("settings.json");
    put(&path, "{\"n\": 0}");
    // It rewrites once for each line it is given and says so.
    let mut other = Command::new("sh")
        .args([
            "-c",
            "while read n; do echo \"{\\\"n\\\": $n}\" > new; mv new settings.json; echo $n; done",
        ])
        .current_dir(home.path())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut ask = other.stdin.take().unwrap();
    let mut told = BufReader::new(other.stdout.take().unwrap()).lines();
    let mut calls = 0;
    let changed = edit(&path, true, |text| {
        calls += 1;
        if calls <= 3 {
            writeln!(ask, "{calls}").unwrap();
            assert_eq!(told.next().unwrap().unwrap(), calls.to_string());
        }
        Ok(Change::Replace(text.unwrap().trim_end().replace('}', ", \"ours\": true}")))
    });
    drop(ask);
    assert!(other.wait().unwrap().success());
    assert!(changed.unwrap());
    assert_eq!(calls, 4);
    assert_eq!(read(&path).unwrap().unwrap(), "{\"n\": 3, \"ours\": true}");
    assert_eq!(names(home.path()), ["settings.json", "settings.json.rejoin-backup"]);
}
