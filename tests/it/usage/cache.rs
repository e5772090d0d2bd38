//! The cache: what it spares, and what it never spoils.

use std::fs;
use std::io::Write;
use std::time::{Duration, SystemTime};

use super::home::{Home, response};

fn responses(home: &Home) -> u64 {
    let cached = home.json(&[]);
    assert_eq!(cached, home.json(&["--no-cache"]), "as without a cache");
    cached["totals"]["responses"].as_u64().unwrap()
}

fn lines(numbers: std::ops::Range<u32>) -> String {
    numbers.map(response).collect()
}

#[test]
fn what_did_not_change_is_not_read_again() {
    let home = Home::new();
    let path = home.write("-p/a.jsonl", lines(1..5));
    home.write("-p/b.jsonl", lines(5..9));
    assert_eq!(responses(&home), 8);
    let modified = fs::metadata(&path).unwrap().modified().unwrap();
    // Other responses in the same bytes, as of the same moment: only reading would show.
    fs::write(&path, lines(1..5).replace("\"output_tokens\":10", "\"output_tokens\":99")).unwrap();
    fs::File::options().write(true).open(&path).unwrap().set_modified(modified).unwrap();
    assert_eq!(home.json(&[])["totals"]["output_tokens"], 80);
    fs::File::options()
        .write(true)
        .open(&path)
        .unwrap()
        .set_modified(modified + Duration::from_secs(1))
        .unwrap();
    assert_eq!(home.json(&[])["totals"]["output_tokens"], 40 + 4 * 99);
}

#[test]
fn growing_shrinking_and_vanishing_transcripts_are_followed() {
    let home = Home::new();
    let path = home.write("-p/a.jsonl", lines(1..300));
    home.write("-p/b.jsonl", lines(500..600));
    assert_eq!(responses(&home), 399);

    let mut file = fs::File::options().append(true).open(&path).unwrap();
    file.write_all(lines(300..310).as_bytes()).unwrap();
    assert_eq!(responses(&home), 409);
    // A known message again, with final numbers; then one whose line is not finished yet.
    let last = response(5).replace("\"output_tokens\":10", "\"output_tokens\":1010");
    let (head, tail) = last.split_at(100);
    file.write_all(head.as_bytes()).unwrap();
    assert_eq!(responses(&home), 409);
    file.write_all(tail.as_bytes()).unwrap();
    assert_eq!(responses(&home), 409);
    assert_eq!(home.json(&[])["totals"]["output_tokens"], 409 * 10 + 1000);

    fs::write(&path, lines(1..10)).unwrap();
    assert_eq!(responses(&home), 109);
    // Longer than before, but not what it was.
    fs::write(&path, lines(1000..1020)).unwrap();
    assert_eq!(responses(&home), 120);
    fs::remove_file(&path).unwrap();
    assert_eq!(responses(&home), 100);
    // What is gone is forgotten.
    let size = fs::metadata(home.cache()).unwrap().len();
    fs::remove_dir_all(home.projects().join("-p")).unwrap();
    assert_eq!(responses(&home), 0);
    assert!(fs::metadata(home.cache()).unwrap().len() < size / 10);
}

#[test]
fn a_line_without_its_end_counts_once_it_is_whole_and_only_once() {
    let home = Home::new();
    let path = home.write("-p/a.jsonl", response(1) + response(2).trim_end());
    assert_eq!(responses(&home), 2);
    let mut file = fs::File::options().append(true).open(&path).unwrap();
    file.write_all(format!("\n{}", response(3)).as_bytes()).unwrap();
    assert_eq!(responses(&home), 3);
    assert_eq!(home.json(&[])["skipped"]["lines"], 0);
}

#[test]
fn a_line_too_long_to_keep_is_one_line_even_if_it_comes_in_parts() {
    let home = Home::new();
    let start = format!("{}{{\"type\":\"user\",\"text\":\"", response(1));
    let path = home.write("-p/a.jsonl", start + &"x".repeat(9 << 20));
    assert_eq!(responses(&home), 1);
    let mut file = fs::File::options().append(true).open(&path).unwrap();
    file.write_all(format!("{{}}\"}}\n{}", response(2)).as_bytes()).unwrap();
    assert_eq!(responses(&home), 2);
    assert_eq!(home.json(&[])["skipped"]["lines"], 1);
}

#[test]
fn a_damaged_cache_is_made_anew() {
    let home = Home::new();
    home.write("-p/a.jsonl", lines(1..50));
    let truth = home.json(&[]);
    let sound = fs::read(home.cache()).unwrap();
    let cache = home.cache();
    let step = (sound.len() / 40).max(1);
    let flipped = (0..sound.len()).step_by(step).map(|at| {
        let mut bytes = sound.clone();
        bytes[at] ^= 0x40;
        bytes
    });
    let cut = [0, 1, 16, 20, sound.len() / 2, sound.len() - 1].map(|at| sound[..at].to_vec());
    let longer = [sound.clone(), vec![0; 3]].concat();
    for bytes in flipped.chain(cut).chain([longer, b"rejoin usage 99".to_vec(), vec![0xff; 4096]]) {
        fs::write(&cache, &bytes).unwrap();
        assert_eq!(home.json(&[]), truth);
        assert_eq!(fs::read(&cache).unwrap(), sound, "made anew, and the same");
    }
    fs::remove_file(&cache).unwrap();
    assert_eq!(home.json(&[]), truth);
}

#[test]
fn a_cache_that_cannot_be_written_is_said_and_no_failure() {
    let home = Home::new();
    home.write("-p/a.jsonl", lines(1..5));
    fs::write(home.path().join("state"), "in the way").unwrap();
    let ran = home.usage(&[]);
    assert_eq!(ran.code, 0);
    assert!(ran.stdout.contains("cache can't be written"), "{}", ran.stdout);
    assert!(ran.stdout.contains('4'));
}

#[cfg(unix)]
#[test]
fn the_cache_is_the_user_s_alone_and_no_link_is_followed() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let home = Home::new();
    home.write("-p/a.jsonl", lines(1..5));
    home.json(&[]);
    let cache = home.cache();
    let mode = |path: &std::path::Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&cache), 0o600);
    assert_eq!(mode(cache.parent().unwrap()), 0o700);

    let elsewhere = home.path().join("elsewhere");
    fs::rename(&cache, &elsewhere).unwrap();
    let before = fs::read(&elsewhere).unwrap();
    symlink(&elsewhere, &cache).unwrap();
    // It is not even read: what is behind the link would leave nothing to write.
    assert_eq!(responses(&home), 4);
    assert!(!fs::symlink_metadata(&cache).unwrap().is_symlink());
    fs::remove_file(&cache).unwrap();
    symlink(&elsewhere, &cache).unwrap();
    home.write("-p/b.jsonl", lines(5..9));
    assert_eq!(responses(&home), 8);
    assert!(!fs::symlink_metadata(&cache).unwrap().is_symlink());
    assert_eq!(fs::read(&elsewhere).unwrap(), before);
}

#[test]
fn transcripts_may_change_while_they_are_read() {
    let home = Home::new();
    let path = home.write("-p/a.jsonl", lines(1..20_000));
    let done = std::sync::atomic::AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let deadline = SystemTime::now() + Duration::from_mins(1);
            let file = fs::File::options().append(true).open(&path).unwrap();
            while !done.load(std::sync::atomic::Ordering::Relaxed) && SystemTime::now() < deadline {
                (&file).write_all(lines(1..1000).as_bytes()).unwrap();
                file.set_len(1_000_000).unwrap();
            }
        });
        for _ in 0..5 {
            assert_eq!(home.usage(&["--json"]).code, 0);
        }
        done.store(true, std::sync::atomic::Ordering::Relaxed);
    });
    fs::write(&path, lines(1..20_000)).unwrap();
    assert_eq!(responses(&home), 19_999);
}
