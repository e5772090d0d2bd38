#![allow(clippy::disallowed_methods)]

use std::fs;

use super::*;

fn faults() -> (tempfile::TempDir, Faults) {
    let temp = tempfile::tempdir().unwrap();
    let faults = Faults::in_dir(temp.path());
    (temp, faults)
}

#[test]
fn faults_are_read_back_oldest_first() {
    let (_temp, faults) = faults();
    assert_eq!(faults.read_last(5).unwrap(), Vec::<String>::new());
    for text in ["one", "two", "three"] {
        assert!(faults.note("2026-11-22T10:00:00Z", "Stop", text));
    }
    assert_eq!(
        faults.read_last(2).unwrap(),
        ["2026-11-22T10:00:00Z Stop two", "2026-11-22T10:00:00Z Stop three"]
    );
}

#[test]
fn a_fault_is_one_bounded_line() {
    let (_temp, faults) = faults();
    assert!(faults.note("t", "e", "a\nb\u{1b}[31m\r"));
    assert!(faults.note("t", "e", &"ü".repeat(5000)));
    let lines = faults.read_last(9).unwrap();
    assert_eq!(lines.len(), 2);
    assert_eq!(lines[0], "t e a b [31m ");
    assert!(lines[1].len() <= MAX_LINE && lines[1].ends_with('ü'));
}

#[test]
fn the_log_is_rotated_once_and_bounded() {
    let (temp, faults) = faults();
    let text = "x".repeat(1000);
    for count in 0..700 {
        assert!(faults.note("t", "e", &format!("{count:04} {text}")));
    }
    let mut names: Vec<_> =
        fs::read_dir(temp.path()).unwrap().map(|e| e.unwrap().file_name()).collect();
    names.sort();
    assert_eq!(names, ["hooks.log", "hooks.log.1"]);
    for name in names {
        let length = fs::metadata(temp.path().join(name)).unwrap().len();
        assert!(length < MAX_LOG + 2048, "{length}");
    }
    // The last lines are all there, across the two files.
    let last = faults.read_last(300).unwrap();
    assert_eq!(last.len(), 300);
    assert!(last[0].starts_with("t e 0400 ") && last[299].starts_with("t e 0699 "));
}

#[test]
fn who_comes_late_does_not_rotate_the_new_log() {
    let (temp, faults) = faults();
    let path = temp.path().join("hooks.log");
    fs::write(&path, "full").unwrap();
    let (file, meta) = dir::open(&path, dir::options().append()).unwrap().unwrap();
    faults.rotate(&file, &meta).unwrap();
    fs::write(&path, "new").unwrap();
    faults.rotate(&file, &meta).unwrap();
    assert_eq!(fs::read_to_string(temp.path().join("hooks.log.1")).unwrap(), "full");
}

#[test]
fn many_writers_who_find_the_log_full_rotate_it_once() {
    let (temp, faults) = faults();
    for _ in 0..20 {
        fs::write(temp.path().join("hooks.log"), "old\n".repeat(MAX_LOG as usize / 4)).unwrap();
        let barrier = std::sync::Barrier::new(8);
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| {
                    barrier.wait();
                    assert!(faults.note("t", "e", "new"));
                });
            }
        });
        let older = fs::metadata(temp.path().join("hooks.log.1")).unwrap().len();
        assert!(older >= MAX_LOG, "the full log was lost");
        let both = faults.read_last(usize::MAX).unwrap();
        assert_eq!(both.iter().filter(|line| *line == "t e new").count(), 8);
    }
}

#[test]
fn a_fault_that_cannot_be_noted_is_no_error() {
    let (temp, _) = faults();
    let faults = Faults::in_dir(&temp.path().join("missing"));
    assert!(!faults.note("t", "e", "x"));
    assert!(!temp.path().join("missing").exists());
}

#[cfg(unix)]
#[test]
fn a_linked_log_is_not_followed() {
    let (temp, faults) = faults();
    let outside = temp.path().join("outside");
    fs::write(&outside, "kept").unwrap();
    std::os::unix::fs::symlink(&outside, temp.path().join("hooks.log")).unwrap();
    assert!(!faults.note("t", "e", "x"));
    assert!(faults.read_last(1).is_err());
    assert_eq!(fs::read_to_string(&outside).unwrap(), "kept");
}

#[test]
fn lines_that_name_a_word_can_be_taken_out() {
    let (temp, faults) = faults();
    faults.forget("nothing").unwrap();
    assert!(dir::names(temp.path()).unwrap().is_empty(), "nothing is made");
    fs::write(temp.path().join("hooks.log.1"), "t e s1 is old\nt e s2 is old\n").unwrap();
    assert!(faults.note("t", "e", "s1 is new") && faults.note("t", "e", "s2 is new"));
    faults.forget("s1").unwrap();
    faults.forget("s1").unwrap();
    assert_eq!(faults.read_last(9).unwrap(), ["t e s2 is old", "t e s2 is new"]);
    assert_eq!(dir::names(temp.path()).unwrap(), ["hooks.log", "hooks.log.1"]);
}

#[test]
fn a_log_that_cannot_be_written_is_told_by_a_no() {
    let (temp, faults) = faults();
    fs::create_dir(temp.path().join("hooks.log")).unwrap();
    assert!(!faults.note("t", "e", "x"));
    assert!(faults.read_last(1).is_err());
}

#[test]
fn a_line_is_one_line_of_a_bounded_length() {
    let long = line("t", "e", &"é".repeat(MAX_LINE));
    assert!((MAX_LINE..=MAX_LINE + 1).contains(&long.len()), "{}", long.len());
    assert!(long.ends_with("é\n") || long.ends_with(" \n"), "{long:?}");
    assert_eq!(line("t", "e", "a\nb\u{1b}[0m\tc"), "t e a b [0m c\n");
}

#[test]
fn the_log_is_set_aside_at_its_size_and_not_before() {
    let (temp, faults) = faults();
    let path = temp.path().join("hooks.log");
    let mut full = vec![b'x'; MAX_LOG as usize - 1];
    *full.last_mut().unwrap() = b'\n';
    fs::write(&path, full).unwrap();
    assert!(faults.note("t", "e", "fits"));
    assert_eq!(faults.read_last(1).unwrap(), ["t e fits"], "beyond the size is read, too");
    assert_eq!(dir::names(temp.path()).unwrap(), ["hooks.log"]);
    assert!(faults.note("t", "e", "next"));
    assert_eq!(fs::read_to_string(&path).unwrap(), "t e next\n");
}

#[test]
fn lines_are_taken_out_of_a_log_beyond_its_size() {
    let (temp, faults) = faults();
    let path = temp.path().join("hooks.log");
    let full = "kept\n".repeat(MAX_LOG as usize / 5 + 10);
    fs::write(&path, format!("{full}t e s1\n")).unwrap();
    faults.forget("s1").unwrap();
    assert_eq!(fs::read_to_string(&path).unwrap(), full);
}
