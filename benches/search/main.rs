//! `rejoin search` against ripgrep, for a word that stands in one of a hundred lines.
//!
//! `cargo bench --bench search -- [MEGABYTES] [RUNS] [FOLDER]` (1000, 7, and a temporary folder without). `rg`
//! is measured where it is in `PATH`; it prints what it finds, undecoded, and ranks nothing. All numbers are
//! medians of runs that take turns, because a shared machine is slow for minutes at a time; compare within
//! one table only.

// A benchmark prints, and stops at the first thing that goes wrong.
#![allow(clippy::print_stdout, clippy::unwrap_used, clippy::disallowed_methods)]

// The history is that of the other benchmark, which looks at more of what it knows.
#[allow(dead_code)]
#[path = "../usage/corpus.rs"]
mod corpus;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

const REJOIN: &str = env!("CARGO_BIN_EXE_rejoin");

/// Stands nowhere in the history by itself.
const WORD: &str = "kumquat";

struct Contender {
    name: &'static str,
    command: Vec<&'static str>,
    walls: Vec<Duration>,
    memory: u64,
}

fn main() {
    // Cargo adds arguments of its own.
    let mut numbers = std::env::args().skip(1).filter_map(|arg| arg.parse::<u64>().ok());
    let megabytes = numbers.next().unwrap_or(1000);
    let runs = numbers.next().unwrap_or(7) as usize;

    let temporary = tempfile::tempdir().unwrap();
    let kept = std::env::args().skip(1).find(|arg| arg.starts_with('/')).map(PathBuf::from);
    let home = kept.as_deref().unwrap_or(temporary.path());
    let projects = home.join(".claude/projects");
    let truth = corpus::generate(&projects, 1, megabytes * 1_000_000).unwrap();
    let planted = plant(&projects);
    println!(
        "{} MB, {} files, {} lines, {planted} with the word",
        truth.bytes / 1_000_000,
        truth.files,
        truth.lines,
    );
    check(home, planted);

    let contender = |name, command: &[&'static str]| Contender {
        name,
        command: command.to_vec(),
        walls: vec![],
        memory: 0,
    };
    let mut contenders = vec![
        contender("rejoin search", &[REJOIN, "search", WORD]),
        contender("rejoin search --json", &[REJOIN, "search", WORD, "--json"]),
        contender("rejoin search, case counts", &[REJOIN, "search", "Kumquat", "--json"]),
        contender("rejoin search --regex", &[REJOIN, "search", "--regex", "kum[q]uat", "--json"]),
    ];
    if installed("rg") {
        contenders.push(contender(
            "rg -F --json",
            &["rg", "-F", "--json", "--no-ignore", "--hidden", WORD, ".claude/projects"],
        ));
    }
    // Once unmeasured: files into the page cache.
    for contender in &contenders {
        run(contender, home);
    }
    for _ in 0..runs {
        for contender in &mut contenders {
            let (wall, memory) = run(contender, home);
            contender.walls.push(wall);
            contender.memory = contender.memory.max(memory);
        }
    }
    println!("{:28} {:>12} {:>8} {:>8} {:>9}", "", "wall, median", "min", "max", "peak RSS");
    for contender in &mut contenders {
        contender.walls.sort_unstable();
        let ms = |time: Duration| time.as_secs_f64() * 1000.0;
        println!(
            "{:28} {:9.1} ms {:8.1} {:8.1} {:6.1} MB",
            contender.name,
            ms(contender.walls[runs / 2]),
            ms(contender.walls[0]),
            ms(contender.walls[runs - 1]),
            contender.memory as f64 / 1000.0
        );
    }
}

/// Puts the word into one text of a hundred lines, in place of another; returns how many lines have it.
fn plant(projects: &Path) -> u64 {
    let mut planted = 0;
    let mut number = 0;
    let mut folders = vec![projects.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let mut text = Vec::new();
            let mut due = false;
            for line in fs::read(&path).unwrap().split_inclusive(|byte| *byte == b'\n') {
                number += 1;
                due = due || number % 100 == 0;
                match memchr::memmem::find(line, b"return ").filter(|_| due) {
                    Some(at) => {
                        text.extend_from_slice(&line[..at]);
                        text.extend_from_slice(WORD.as_bytes());
                        text.extend_from_slice(&line[at + 6..]);
                        planted += 1;
                        due = false;
                    }
                    None => text.extend_from_slice(line),
                }
            }
            fs::write(&path, text).unwrap();
        }
    }
    planted
}

/// Fast and wrong is worth nothing.
fn check(home: &Path, planted: u64) {
    let output =
        command(&[REJOIN, "search", WORD, "--json", "-n", "10000"], home).output().unwrap();
    let answer: Value = serde_json::from_slice(&output.stdout).unwrap();
    let texts = answer["texts"].as_u64().unwrap();
    // Some lines are torn, and forks repeat others.
    assert!(texts <= planted && texts > planted * 8 / 10, "{texts} of {planted}");
    let hits = answer["hits"].as_array().unwrap();
    assert!(hits.iter().all(|hit| hit["line"].as_str().unwrap().contains(WORD)));
    println!("{texts} texts found, in {} sessions", answer["sessions"]);
}

fn installed(program: &str) -> bool {
    let found =
        Command::new(program).arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status();
    if found.is_err() {
        println!("{program} is not installed: left out");
    }
    found.is_ok()
}

fn command(parts: &[&str], home: &Path) -> Command {
    let mut command = Command::new(parts[0]);
    command.args(&parts[1..]).current_dir(home).env("HOME", home);
    command.env("REJOIN_HOME", home.join("state")).env_remove("CLAUDE_CONFIG_DIR");
    command
}

/// Wall time, and peak memory of the process in kB.
fn run(contender: &Contender, home: &Path) -> (Duration, u64) {
    let started = Instant::now();
    let mut child = command(&contender.command, home)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let status = PathBuf::from(format!("/proc/{}/status", child.id()));
    let mut memory = 0;
    // The kernel forgets a process's peak when it ends, so it is asked again and again.
    let wall = loop {
        if child.try_wait().unwrap().is_some() {
            break started.elapsed();
        }
        memory = peak(&status).unwrap_or(0).max(memory);
        std::thread::sleep(Duration::from_micros(500));
    };
    (wall, memory)
}

fn peak(status: &Path) -> Option<u64> {
    let text = fs::read_to_string(status).ok()?;
    let line = text.lines().find(|line| line.starts_with("VmHWM:"))?;
    line.split_whitespace().nth(1)?.parse().ok()
}
