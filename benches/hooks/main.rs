//! What a hook costs above starting an empty process.
//!
//! `cargo bench --bench hooks --target x86_64-unknown-linux-musl -- [ROUNDS] [FOLDER]` (300 rounds,
//! and a temporary folder without). Commands are started as Claude Code starts them: `posix_spawn`
//! without a shell, the event's JSON on a pipe, stdout drained to its end. They take turns, because a
//! shared machine is slow for minutes at a time; compare within one table only. Before each start the
//! session's files are put back as they were, outside of the measured time.

// A benchmark prints, and stops at the first thing that goes wrong.
#![allow(clippy::print_stdout, clippy::unwrap_used, clippy::disallowed_methods)]

mod scene;

use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use scene::Scene;
use serde_json::Value;

macro_rules! hooks {
    ($($event:literal => $name:literal),* $(,)?) => {
        /// The executable of an event.
        fn executable(event: &str) -> &'static Path {
            Path::new(match event {
                $($event => env!(concat!("CARGO_BIN_EXE_rejoin-hook-", $name)),)*
                _ => panic!("no hook at {event}"),
            })
        }
    };
}

hooks! {
    "SessionStart" => "session-start",
    "UserPromptSubmit" => "user-prompt-submit",
    "PostToolBatch" => "post-tool-batch",
    "Stop" => "stop",
    "StopFailure" => "stop-failure",
    "SubagentStop" => "subagent-stop",
    "PreCompact" => "pre-compact",
    "PostCompact" => "post-compact",
    "SessionEnd" => "session-end",
}

/// One row of the table.
struct Contender<'a> {
    name: String,
    program: PathBuf,
    input: String,
    scene: Option<&'a Scene>,
    walls: Vec<Duration>,
    /// What it printed, in bytes: a hook that says nothing where it should is no contender.
    printed: usize,
}

impl<'a> Contender<'a> {
    fn hook(name: &str, event: &str, scene: &'a Scene) -> Self {
        Self {
            name: name.to_owned(),
            program: executable(event).to_owned(),
            input: scene.input(event),
            scene: Some(scene),
            walls: Vec::new(),
            printed: 0,
        }
    }

    fn run(&mut self) {
        let mut command = Command::new(&self.program);
        command.env_clear();
        if let Some(scene) = self.scene {
            scene.put_back();
            scene.furnish(&mut command);
        }
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        let start = Instant::now();
        let mut child = command.spawn().unwrap();
        // The empty program does not wait for its input.
        drop(child.stdin.take().unwrap().write_all(self.input.as_bytes()));
        let mut reply = Vec::new();
        child.stdout.take().unwrap().read_to_end(&mut reply).unwrap();
        assert!(child.wait().unwrap().success(), "{} failed", self.name);
        self.walls.push(start.elapsed());
        self.printed = reply.len();
        if let Some(scene) = self.scene {
            assert_eq!(scene.faults(), "", "{}", self.name);
        }
    }

    /// Microseconds that the given share of the runs did not exceed.
    fn quantile(&self, share: f64) -> f64 {
        let mut walls = self.walls.clone();
        walls.sort_unstable();
        let index = ((walls.len() - 1) as f64 * share).round() as usize;
        walls[index].as_secs_f64() * 1e6
    }
}

fn main() {
    // Cargo adds arguments of its own.
    let rounds = std::env::args().skip(1).find_map(|arg| arg.parse().ok()).unwrap_or(300);
    let named = std::env::args().skip(1).find(|arg| arg.starts_with('/')).map(PathBuf::from);
    let temporary = tempfile::tempdir_in(named.unwrap_or_else(std::env::temp_dir)).unwrap();
    let memory = tempfile::tempdir_in("/dev/shm").ok();
    let root = temporary.path();

    let plain = Scene::new(&root.join("plain"), 1 << 20, None);
    let in_memory = memory
        .as_ref()
        .map(|folder| Scene::new(&root.join("memory"), 1 << 20, Some(folder.path())));
    let long = Scene::new(&root.join("long"), 100 << 20, None);
    let unseen = Scene::unseen(&root.join("unseen"), 100 << 20);
    let cut_off = Scene::cut_off(&root.join("cut_off"));
    let alone = Scene::alone(&root.join("alone"));

    let mut contenders = vec![Contender {
        name: "empty program".to_owned(),
        program: empty(root),
        input: String::new(),
        scene: None,
        walls: Vec::new(),
        printed: 0,
    }];
    for event in ["PostToolBatch", "StopFailure", "SubagentStop", "PostCompact", "UserPromptSubmit"]
    {
        contenders.push(Contender::hook(event, event, &plain));
    }
    for event in ["Stop", "PreCompact", "SessionEnd"] {
        contenders.push(Contender::hook(event, event, &plain));
        if let Some(scene) = &in_memory {
            contenders.push(Contender::hook(&format!("{event}, no sync (memory)"), event, scene));
        }
    }
    contenders.push(Contender::hook("Stop, transcript of 100 MB", "Stop", &long));
    contenders.push(Contender::hook("SessionStart, digest", "SessionStart", &cut_off));
    contenders.push(Contender::hook("SessionStart, nothing", "SessionStart", &alone));

    for _ in 0..rounds {
        for contender in &mut contenders {
            contender.run();
        }
    }
    // The first read of a long transcript takes a hundred times the rest.
    contenders.push(Contender::hook("Stop, 100 MB never seen", "Stop", &unseen));
    for _ in 0..rounds.min(20) {
        contenders.last_mut().unwrap().run();
    }
    print(&contenders, &plain);
}

fn print(contenders: &[Contender<'_>], plain: &Scene) {
    let floor = contenders[0].quantile(0.5);
    println!("state.json of the session: {} bytes", plain.state_size());
    println!("{:32} {:>8} {:>8} {:>8} {:>7} {:>8}", "µs", "min", "median", "p95", "ratio", "above");
    for contender in contenders {
        let median = contender.quantile(0.5);
        println!(
            "{:32} {:8.0} {:8.0} {:8.0} {:7.2} {:8.0}",
            contender.name,
            contender.quantile(0.0),
            median,
            contender.quantile(0.95),
            median / floor,
            median - floor,
        );
    }
    let told = contenders.iter().find(|c| c.name.ends_with("digest")).unwrap();
    assert!(told.printed > 1000, "the digest was not injected");
    let sizes = contenders.iter().filter(|c| c.scene.is_some_and(|s| std::ptr::eq(s, plain)));
    for contender in sizes {
        let size = contender.program.metadata().unwrap().len();
        println!("{:32} {:8} KB", contender.name, size / 1024);
    }
}

/// A program that does nothing, built as the hooks are.
fn empty(root: &Path) -> PathBuf {
    let source = root.join("empty.rs");
    std::fs::write(&source, "fn main() {}\n").unwrap();
    let program = root.join("empty");
    let mut rustc = Command::new("rustc");
    rustc.args(["--edition=2024", "-Copt-level=3", "-Clto=fat", "-Ccodegen-units=1"]);
    rustc.args(["-Cpanic=abort", "-Cstrip=symbols"]).arg(&source).arg("-o").arg(&program);
    if cfg!(target_env = "musl") {
        rustc.arg(format!("--target={}-unknown-linux-musl", std::env::consts::ARCH));
    }
    assert!(rustc.status().unwrap().success());
    program
}

/// A value of the recorded inputs.
fn recorded(name: &str) -> Value {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/hooks");
    serde_json::from_slice(&std::fs::read(folder.join(name)).unwrap()).unwrap()
}
