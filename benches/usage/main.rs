//! `rejoin usage` against its peers, on one made-up history.
//!
//! `cargo bench --bench usage -- [MEGABYTES] [RUNS] [FOLDER]` (1000, 7, and a temporary folder without).
//! `aiburn` and `ccusage` are
//! measured where they are in `PATH`. All numbers are medians of runs that take turns, because a shared
//! machine is slow for minutes at a time; compare within one table only.

// A benchmark prints, and stops at the first thing that goes wrong.
#![allow(clippy::print_stdout, clippy::unwrap_used, clippy::disallowed_methods)]

mod corpus;

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

const REJOIN: &str = env!("CARGO_BIN_EXE_rejoin");

struct Contender {
    name: &'static str,
    command: Vec<String>,
    walls: Vec<Duration>,
    cpu: Duration,
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
    println!(
        "{} MB, {} files, {} lines, {} responses",
        truth.bytes / 1_000_000,
        truth.files,
        truth.lines,
        truth.responses.len()
    );
    check(home, &truth);

    let mut contenders = vec![
        contender("rejoin, no cache", &[REJOIN, "usage", "--json", "--no-cache"]),
        contender("rejoin, cache, nothing new", &[REJOIN, "usage", "--json"]),
        contender("rejoin, cache, 10 kB new", &[REJOIN, "usage", "--json"]),
        contender(
            "cat FILES | wc -l",
            &["sh", "-c", "find .claude -name '*.jsonl' -print0 | xargs -0 cat | wc -l"],
        ),
    ];
    if installed("aiburn") {
        contenders.push(contender("aiburn", &["aiburn", "daily", "--json", "--claude"]));
    }
    if installed("ccusage") {
        contenders
            .push(contender("ccusage", &["ccusage", "claude", "daily", "--json", "--offline"]));
    }
    let grown = largest(&projects);
    // Once unmeasured: files into the page cache, our cache onto the disk.
    for contender in &contenders {
        run(contender, home);
    }
    for _ in 0..runs {
        for at in 0..contenders.len() {
            if contenders[at].name.ends_with("new") && contenders[at].name.contains("10 kB") {
                grow(&grown);
            }
            let (wall, cpu, memory) = run(&contenders[at], home);
            let contender = &mut contenders[at];
            contender.walls.push(wall);
            contender.cpu += cpu;
            contender.memory = contender.memory.max(memory);
            // What was new is known to the next contender.
            if at + 1 == contenders.len() {
                run(&contenders[1], home);
            }
        }
    }
    println!(
        "{:30} {:>12} {:>8} {:>8} {:>8} {:>9}",
        "", "wall, median", "min", "max", "CPU", "peak RSS"
    );
    for contender in &mut contenders {
        contender.walls.sort_unstable();
        let ms = |time: Duration| time.as_secs_f64() * 1000.0;
        println!(
            "{:30} {:9.1} ms {:8.1} {:8.1} {:8.1} {:6.1} MB",
            contender.name,
            ms(contender.walls[runs / 2]),
            ms(contender.walls[0]),
            ms(contender.walls[runs - 1]),
            ms(contender.cpu) / runs as f64,
            contender.memory as f64 / 1000.0
        );
    }
}

/// Fast and wrong is worth nothing.
fn check(home: &Path, truth: &corpus::Truth) {
    let output =
        command(&[REJOIN, "usage", "--utc", "--json", "--no-cache"], home).output().unwrap();
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    let expected = truth.totals();
    let totals = &report["totals"];
    assert_eq!(totals["responses"], expected.responses);
    assert_eq!(totals["total_tokens"], expected.tokens.iter().sum::<u64>());
    assert_eq!(report["skipped"]["lines"], truth.broken_lines);
    let usd = totals["cost_usd"].as_f64().unwrap();
    assert!((usd - expected.usd).abs() < 0.005, "{usd} instead of {}", expected.usd);
    println!("totals are true: {} tokens, ${usd:.2}", totals["total_tokens"]);
}

fn contender(name: &'static str, command: &[&str]) -> Contender {
    let command = command.iter().map(|part| (*part).to_owned()).collect();
    Contender { name, command, walls: vec![], cpu: Duration::ZERO, memory: 0 }
}

fn installed(program: &str) -> bool {
    let found =
        Command::new(program).arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status();
    if found.is_err() {
        println!("{program} is not installed: left out");
    }
    found.is_ok()
}

fn command(parts: &[impl AsRef<str>], home: &Path) -> Command {
    let mut command = Command::new(parts[0].as_ref());
    command.args(parts[1..].iter().map(AsRef::as_ref));
    command.current_dir(home).env("HOME", home).env("REJOIN_HOME", home.join("state"));
    command.env_remove("CLAUDE_CONFIG_DIR").env("TZ", "UTC");
    command
}

/// Wall time, CPU time of the process and its children, and peak memory of the process in kB.
fn run(contender: &Contender, home: &Path) -> (Duration, Duration, u64) {
    let before = children_cpu();
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
    (wall, children_cpu().saturating_sub(before), memory)
}

fn peak(status: &Path) -> Option<u64> {
    let text = fs::read_to_string(status).ok()?;
    let line = text.lines().find(|line| line.starts_with("VmHWM:"))?;
    line.split_whitespace().nth(1)?.parse().ok()
}

/// User and system time of all children so far, to the kernel's hundredth of a second.
fn children_cpu() -> Duration {
    let stat = fs::read_to_string("/proc/self/stat").unwrap();
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap().split_whitespace().collect();
    let ticks: u64 = fields[13].parse::<u64>().unwrap() + fields[14].parse::<u64>().unwrap();
    Duration::from_millis(ticks * 10)
}

fn largest(projects: &Path) -> PathBuf {
    let folders = fs::read_dir(projects).unwrap().map(|entry| entry.unwrap().path());
    let files =
        folders.flat_map(|dir| fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path()));
    files.filter(|path| path.is_file()).max_by_key(|path| path.metadata().unwrap().len()).unwrap()
}

/// Adds 10 kB of finished lines that are no responses.
fn grow(path: &Path) {
    let mut file = fs::OpenOptions::new().append(true).open(path).unwrap();
    let line = format!("\n{{\"type\":\"user\",\"text\":\"{}\"}}\n", "x".repeat(970));
    file.write_all(line.repeat(10).as_bytes()).unwrap();
}
