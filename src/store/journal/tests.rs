#![allow(clippy::disallowed_methods)]

use std::fs;
use std::path::PathBuf;

use proptest::prelude::*;

use super::*;

fn journal() -> (tempfile::TempDir, PathBuf) {
    let temp = tempfile::tempdir().unwrap();
    let path = temp.path().join("journal");
    (temp, path)
}

fn three(path: &Path) -> Vec<(u64, Vec<u8>)> {
    let records = [(1, b"{\"a\":1}".to_vec()), (1, b"".to_vec()), (2, "{\"ü\":\"x y\"}".into())];
    for (generation, payload) in &records {
        append(path, *generation, payload).unwrap();
    }
    records.to_vec()
}

/// Where each record's frame ends.
fn ends(bytes: &[u8]) -> Vec<usize> {
    let ends = bytes.iter().enumerate().filter(|(_, byte)| **byte == b'\n');
    ends.map(|(at, _)| at + 1).collect()
}

#[test]
fn a_missing_journal_is_empty() {
    let (_temp, path) = journal();
    assert_eq!(read(&path).unwrap(), Journal::default());
}

#[test]
fn records_read_back_in_order() {
    let (_temp, path) = journal();
    let records = three(&path);
    let before = fs::metadata(&path).unwrap().len();
    let lengths = append(&path, 2, b"last").unwrap();
    assert_eq!(lengths, (before, fs::metadata(&path).unwrap().len()));
    let read = read(&path).unwrap();
    assert_eq!(read.records[..3], records[..]);
    assert_eq!(read.records[3], (2, b"last".to_vec()));
    assert_eq!((read.damaged, read.torn_at), (0, None));
}

#[test]
fn a_tail_torn_at_any_byte_is_cut_and_nothing_else() {
    let (_temp, path) = journal();
    let records = three(&path);
    let bytes = fs::read(&path).unwrap();
    for length in 0..=bytes.len() {
        let whole = ends(&bytes).iter().filter(|end| **end <= length).count();
        let end = ends(&bytes)[..whole].last().copied().unwrap_or(0);
        fs::write(&path, &bytes[..length]).unwrap();
        let found = read(&path).unwrap();
        assert_eq!(found.records[..], records[..whole], "cut at {length}");
        assert_eq!(found.torn_at, (end < length).then_some(end as u64), "cut at {length}");
        assert_eq!(found.damaged, 0);

        // A writer that does not read it all must not bury the next record either.
        append(&path, 9, b"next").unwrap();
        let found = read(&path).unwrap();
        assert_eq!(found.records[..whole], records[..whole], "appended at {length}");
        assert_eq!(found.records[whole..], [(9, b"next".to_vec())], "appended at {length}");
        assert_eq!((found.damaged, found.torn_at), (0, None));

        fs::write(&path, &bytes[..length]).unwrap();
        cut(&path, end as u64).unwrap();
        assert_eq!(fs::read(&path).unwrap(), bytes[..end]);
    }
}

#[test]
fn a_flipped_bit_costs_at_most_the_records_it_touches() {
    let (_temp, path) = journal();
    let records = three(&path);
    let bytes = fs::read(&path).unwrap();
    let ends = ends(&bytes);
    for at in 0..bytes.len() {
        for bit in 0..8 {
            let mut bad = bytes.clone();
            bad[at] ^= 1 << bit;
            let found = scan(&path, &bad).unwrap().records;
            let hit = ends.iter().position(|end| at < *end).unwrap();
            // A lost line end takes the following record along.
            let next = if at + 1 == ends[hit] { hit + 2 } else { hit + 1 };
            assert_eq!(found[..hit], records[..hit], "byte {at} bit {bit}: before");
            let after = records.get(next..).unwrap_or_default();
            assert!(found.ends_with(after), "byte {at} bit {bit}: after");
            let between = &found[hit..found.len() - after.len()];
            assert!(
                between.iter().all(|record| records[hit..].contains(record)),
                "byte {at} bit {bit}: made up {between:?}"
            );
        }
    }
}

#[test]
fn blocks_that_never_reached_the_disk_are_told_apart() {
    let (_temp, path) = journal();
    let records = three(&path);
    let mut bytes = fs::read(&path).unwrap();
    bytes.extend([0; 100]);
    fs::write(&path, &bytes).unwrap();
    assert_eq!(read(&path).unwrap().records, records);
    append(&path, 2, b"after").unwrap();
    let found = read(&path).unwrap();
    assert_eq!((found.records.len(), found.damaged, found.torn_at), (4, 0, None));
}

#[test]
fn what_would_break_the_framing_is_refused() {
    let (_temp, path) = journal();
    let big = vec![b'x'; frame::MAX_PAYLOAD + 1];
    assert!(matches!(append(&path, 1, b"a\nb"), Err(Error::NotOneLine { .. })));
    assert!(matches!(append(&path, 1, &big), Err(Error::TooLarge { .. })));
    assert!(!path.exists());
    append(&path, 1, &big[1..]).unwrap();
    assert_eq!(read(&path).unwrap().records[0].1, big[1..]);
}

#[test]
fn where_there_is_no_folder_nothing_is_appended_or_cut() {
    let (temp, _) = journal();
    let path = temp.path().join("missing/journal");
    let error = append(&path, 1, b"{}").unwrap_err();
    assert!(error.to_string().starts_with("cannot create "), "{error}");
    cut(&path, 0).unwrap();
    assert!(!path.exists());
}

#[test]
fn an_unfinished_line_is_cut_wherever_it_begins() {
    let (_temp, path) = journal();
    let repaired = |text: &str| {
        fs::write(&path, text).unwrap();
        let mut file = File::options().read(true).write(true).open(&path).unwrap();
        let length = repair(&mut file, &path, text.len() as u64).unwrap();
        (length, fs::read_to_string(&path).unwrap())
    };
    for (text, left) in
        [("", ""), ("a", ""), ("\n", "\n"), ("a\n", "a\n"), ("a\nb", "a\n"), ("a\nb\nc", "a\nb\n")]
    {
        assert_eq!(repaired(text), (left.len() as u64, left.to_owned()), "{text:?}");
    }
}

/// The size limit belongs to the process: it is tried in one of its own.
#[cfg(unix)]
#[test]
fn what_a_full_disk_takes_of_a_record_is_taken_back() {
    let temp = tempfile::tempdir().unwrap();
    fs::write(temp.path().join(HERE), "").unwrap();
    let test = "store::journal::tests::appends_until_the_disk_is_full";
    let out = std::process::Command::new("sh")
        .args(["-c", "trap '' XFSZ; ulimit -f 8; exec \"$0\" --ignored --exact \"$1\""])
        .arg(std::env::current_exe().unwrap())
        .arg(test)
        .current_dir(temp.path())
        // The limit would break off what a coverage build writes.
        .env("LLVM_PROFILE_FILE", "/dev/null")
        .output()
        .unwrap();
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stdout));
    let found = read(&temp.path().join("journal")).unwrap();
    assert_eq!(found.torn_at, None, "half a record was left");
    assert!((2..6).contains(&found.records.len()), "{}", found.records.len());
    assert_eq!(found.damaged, 0);
}

#[cfg(target_os = "linux")]
#[test]
fn a_file_that_takes_nothing_is_an_error() {
    let path = Path::new("/dev/full");
    let mut file = File::options().write(true).open(path).unwrap();
    let error = write_or_undo(&mut file, path, 0, b"x").unwrap_err();
    assert_eq!(error.kind(), std::io::ErrorKind::StorageFull);
}

const HERE: &str = "append-here";

#[test]
#[ignore = "run by what_a_full_disk_takes_of_a_record_is_taken_back, in a process of its own"]
fn appends_until_the_disk_is_full() {
    if !Path::new(HERE).exists() {
        return;
    }
    let path = Path::new("journal");
    // A record of a size that no limit is a multiple of.
    let refused = (0..99).find_map(|_| append(path, 1, &[b'x'; 1_433]).err()).unwrap();
    assert!(refused.to_string().starts_with("cannot write journal: "), "{refused}");
    append(path, 1, b"{}").unwrap();
}

#[test]
fn a_full_journal_refuses_and_stays_as_it_is() {
    let (_temp, path) = journal();
    let big = vec![b'x'; frame::MAX_PAYLOAD];
    let refused = (0..9).map(|_| append(&path, 1, &big)).find_map(std::result::Result::err);
    assert!(matches!(refused, Some(Error::TooLarge { limit: MAX_JOURNAL, .. })), "{refused:?}");
    let length = fs::metadata(&path).unwrap().len();
    assert!(length <= MAX_JOURNAL);
    let found = read(&path).unwrap();
    assert_eq!((found.records.len(), found.damaged, found.torn_at), (7, 0, None));
    // A short record still fits.
    append(&path, 1, b"{}").unwrap();
}

#[test]
fn an_oversized_journal_is_read_up_to_the_limit() {
    let (_temp, path) = journal();
    let frame = frame::encode(1, &[b'x'; 1000]);
    let fit = MAX_JOURNAL as usize / frame.len();
    fs::write(&path, frame.repeat(fit + 2)).unwrap();
    let found = read(&path).unwrap();
    assert_eq!((found.records.len(), found.damaged, found.torn_at), (fit, 1, None));
}

/// A journal of so many bytes, its last one the end of a line or not.
#[cfg(unix)]
fn long(path: &Path, bytes: u64, last: u8) {
    use std::os::unix::fs::FileExt;
    let file = File::create(path).unwrap();
    file.set_len(bytes).unwrap();
    file.write_all_at(&[last], bytes - 1).unwrap();
}

#[cfg(unix)]
#[test]
fn a_journal_may_have_just_as_many_bytes_as_are_read() {
    let (_temp, path) = journal();
    let frame = frame::encode(1, b"{}").len() as u64;
    long(&path, MAX_JOURNAL - frame, b'\n');
    assert_eq!(append(&path, 1, b"{}").unwrap().1, MAX_JOURNAL);
    let full = append(&path, 1, b"{}").unwrap_err();
    assert!(
        matches!(full, Error::TooLarge { bytes, .. } if bytes == MAX_JOURNAL + frame),
        "{full}"
    );
    let found = read(&path).unwrap();
    assert_eq!((found.records.len(), found.damaged, found.torn_at), (1, 1, None));
    // What is unfinished within the limit is cut, what is beyond it given up.
    long(&path, MAX_JOURNAL, b'x');
    let found = read(&path).unwrap();
    assert_eq!((found.damaged, found.torn_at), (0, Some(0)));
    long(&path, MAX_JOURNAL + 1, b'x');
    let found = read(&path).unwrap();
    assert_eq!((found.damaged, found.torn_at), (1, None));
}

#[test]
fn every_damaged_line_is_counted() {
    let (_temp, path) = journal();
    append(&path, 1, b"{}").unwrap();
    let whole = fs::read(&path).unwrap();
    fs::write(&path, [b"one\n", &*whole, b"two\n\nthree"].concat()).unwrap();
    let found = read(&path).unwrap();
    assert_eq!((found.records.len(), found.damaged), (1, 3));
    assert_eq!(found.torn_at, Some(whole.len() as u64 + 9));
}

#[test]
fn a_record_of_a_later_version_is_not_ours_to_skip() {
    let (_temp, path) = journal();
    append(&path, 1, b"{}").unwrap();
    let mut bytes = fs::read(&path).unwrap();
    bytes.extend(b"r2 1 2 4ae45a83 {}\n");
    fs::write(&path, &bytes).unwrap();
    assert!(
        matches!(read(&path), Err(Error::Newer { found: 2, known: 1, .. })),
        "{:?}",
        read(&path)
    );
}

proptest! {
    #[test]
    fn any_bytes_are_read_without_panic(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let found = scan(Path::new("journal"), &bytes).unwrap();
        prop_assert!(found.records.is_empty());
    }

    #[test]
    fn a_damaged_stretch_keeps_what_stands_around_it(
        payloads in prop::collection::vec("[^\n]{0,40}", 1..20),
        at in any::<prop::sample::Index>(),
        noise in prop::collection::vec(any::<u8>(), 1..60),
    ) {
        let frames: Vec<_> = payloads.iter().map(|p| frame::encode(4, p.as_bytes())).collect();
        let mut bytes = frames.concat();
        let start = at.index(bytes.len());
        let end = (start + noise.len()).min(bytes.len());
        bytes[start..end].copy_from_slice(&noise[..end - start]);
        let found = scan(Path::new("journal"), &bytes).unwrap().records;
        let mut position = 0;
        let (mut before, mut after) = (0, 0);
        for frame in &frames {
            position += frame.len();
            before += usize::from(position <= start);
            // The frame that begins where the noise ends may have lost the line end before it.
            after += usize::from(position - frame.len() > end);
        }
        let all: Vec<_> = payloads.iter().map(|p| (4, p.clone().into_bytes())).collect();
        prop_assert_eq!(&found[..before], &all[..before]);
        prop_assert!(found.ends_with(&all[all.len() - after..]));
    }
}
