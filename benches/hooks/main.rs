//! What a hook costs above starting an empty process.
//!
//! `cargo bench --bench hooks --target x86_64-unknown-linux-musl -- [ROUNDS] [--in=FOLDER]
//! [--hooks=FOLDER]` (300 rounds, a temporary folder, the executables that cargo built). The executables are
//! copied, as installing does, and started as Claude Code starts them: `posix_spawn` without a shell, in the
//! project's folder, the event's JSON on a pipe, stdout drained to its end. They take turns, because a
//! shared machine is slow for minutes at a time; compare within one table only. Before each start the
//! session's files are put back as they were, outside of the measured time.
//!
//! With `--leave=FOLDER` nothing is measured: the scenes are built there, each contender with a script
//! that puts its files back and starts it under the command that is given to it:
//! `FOLDER/Stop.sh valgrind --tool=callgrind`, `FOLDER/SessionStart-digest.sh strace -c`.

// A benchmark prints, and stops at the first thing that goes wrong.
#![allow(clippy::print_stdout, clippy::unwrap_used, clippy::disallowed_methods)]

mod composing;
mod scene;

use std::collections::BTreeSet;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::{LazyLock, OnceLock};
use std::time::{Duration, Instant};

use scene::{Scene, Setting};
use serde_json::Value;

/// The executables that were built: in the folder that was named, or cargo's own.
static BUILT: LazyLock<PathBuf> = LazyLock::new(|| {
    let built = Path::new(env!("CARGO_BIN_EXE_rejoin-hook-stop"));
    option("hooks").unwrap_or_else(|| built.parent().unwrap().to_owned())
});

/// The folder that the executables were copied to, as installing does. What the linker wrote lies in the
/// page cache in pieces of one page, which take longer to map than all that a small hook does.
static INSTALLED: OnceLock<PathBuf> = OnceLock::new();

/// The installed executable of an event.
fn executable(event: &str) -> PathBuf {
    let name = match event {
        "SessionStart" => "rejoin-hook-session-start",
        "UserPromptSubmit" => "rejoin-hook-user-prompt-submit",
        "PostToolBatch" => "rejoin-hook-post-tool-batch",
        "Stop" => "rejoin-hook-stop",
        "StopFailure" => "rejoin-hook-stop-failure",
        "SubagentStop" => "rejoin-hook-subagent-stop",
        "PostCompact" => "rejoin-hook-post-compact",
        _ => panic!("no hook at {event}"),
    };
    INSTALLED.get().unwrap().join(name)
}

/// Copies what was built, and a program that does nothing.
fn install(folder: PathBuf) {
    std::fs::create_dir_all(&folder).unwrap();
    let built = BUILT.read_dir().unwrap().map(|entry| entry.unwrap().path());
    let is_hook = |path: &PathBuf| {
        let name = path.file_name().unwrap().to_string_lossy();
        name.starts_with("rejoin-hook-") && path.extension().is_none()
    };
    for path in built.filter(is_hook).chain([empty(&folder)]) {
        let to = folder.join(path.file_name().unwrap());
        // By one write, as the installer does.
        std::fs::write(&to, std::fs::read(&path).unwrap()).unwrap();
        std::fs::set_permissions(&to, path.metadata().unwrap().permissions()).unwrap();
    }
    INSTALLED.set(folder).unwrap();
}

/// The path given as `--name=PATH`.
fn option(name: &str) -> Option<PathBuf> {
    let prefix = format!("--{name}=");
    std::env::args().find_map(|arg| arg.strip_prefix(&prefix).map(PathBuf::from))
}

/// One row of the table.
struct Contender<'a> {
    name: String,
    program: PathBuf,
    input: String,
    scene: &'a Scene,
    walls: Vec<Duration>,
    /// What it printed, in bytes: a hook that says nothing where it should is no contender.
    printed: usize,
}

impl<'a> Contender<'a> {
    fn hook(name: &str, event: &str, scene: &'a Scene) -> Self {
        Self {
            name: name.to_owned(),
            program: executable(event),
            input: scene.input(event),
            scene,
            walls: Vec::new(),
            printed: 0,
        }
    }

    fn run(&mut self) {
        let mut command = Command::new(&self.program);
        command.env_clear();
        self.scene.put_back();
        self.scene.furnish(&mut command);
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
        assert_eq!(self.scene.faults(), "", "{}", self.name);
    }

    /// Leaves a script that starts it under another command.
    fn leave(&self, root: &Path) {
        let scene = self.scene;
        let name = self.name.replace(": ", "-").replace(", ", "-").replace([' ', ','], "_");
        let input = root.join(&name).with_extension("json");
        std::fs::write(&input, &self.input).unwrap();
        let mut command = Command::new(&self.program);
        scene.furnish(&mut command);
        let variables: Vec<String> = command
            .get_envs()
            .map(|(key, value)| format!("{}={}", key.display(), value.unwrap().display()))
            .collect();
        let kept = root.join(&name).with_extension("kept");
        let script = format!(
            "#!/bin/sh\n{}cd {} && exec env {} \"$@\" \"${{PROGRAM:-{}}}\" < {}\n",
            scene.leave(&kept),
            command.get_current_dir().unwrap().display(),
            variables.join(" "),
            self.program.display(),
            input.display()
        );
        std::fs::write(root.join(&name).with_extension("sh"), script).unwrap();
        println!("sh {}.sh COMMAND", root.join(name).display());
    }

    fn quantile(&self, share: f64) -> f64 {
        quantile(&self.walls, share)
    }
}

/// Microseconds that the given share of the runs did not exceed.
fn quantile(walls: &[Duration], share: f64) -> f64 {
    let mut walls = walls.to_vec();
    walls.sort_unstable();
    let index = ((walls.len() - 1) as f64 * share).round() as usize;
    walls[index].as_secs_f64() * 1e6
}

fn main() {
    if let Some(path) = option("compose") {
        return composing::once(&path);
    }
    // Cargo adds arguments of its own.
    let rounds = std::env::args().skip(1).find_map(|arg| arg.parse().ok()).unwrap_or(300);
    let folder = option("in").unwrap_or_else(std::env::temp_dir);
    let temporary = tempfile::tempdir_in(folder).unwrap();
    let memory = tempfile::tempdir_in("/dev/shm").ok();
    let in_memory = |name: &str| memory.as_ref().map(|folder| folder.path().join(name));
    let left = option("leave");
    let root = left.as_deref().unwrap_or(temporary.path());

    install(root.join("bin"));
    let usual = Setting::default();
    let new = |name: &str, bytes, setting| Scene::new(&root.join(name), bytes, setting);
    let plain = new("plain", 140 << 10, usual);
    let states = ["stop", "start"].map(|name| in_memory(name).filter(|_| left.is_none()));
    let [stop, start] = states
        .each_ref()
        .map(|state| state.as_deref().map(|state| Setting { state: Some(state), ..usual }));
    let stop_in_memory = stop.map(|setting| new("memory", 140 << 10, setting));
    let start_in_memory =
        start.map(|setting| Scene::cut_off(&root.join("memory_cut_off"), true, setting));
    let apart = new("apart", 140 << 10, Setting { repository: false, ..usual });
    let crowded = new("crowded", 140 << 10, Setting { files: 100_000, ..usual });
    let stored = new("stored", 140 << 10, Setting { sessions: 10_000, ..usual });
    let short = new("short", 1 << 20, usual);
    let long = new("long", 100 << 20, usual);
    let huge = new("huge", 1 << 30, usual);
    let unseen = Scene::unseen(&root.join("unseen"), 100 << 20);
    let cut_off = Scene::cut_off(&root.join("cut_off"), true, usual);
    let killed = Scene::cut_off(&root.join("killed"), false, usual);
    let alone = Scene::alone(&root.join("alone"));

    // In the same circumstances as all others.
    let floor = Contender::hook("empty program", "StopFailure", &plain);
    let program = INSTALLED.get().unwrap().join(EMPTY);
    let mut contenders = vec![Contender { program, ..floor }];
    for event in ["PostToolBatch", "StopFailure", "SubagentStop", "PostCompact", "UserPromptSubmit"]
    {
        contenders.push(Contender::hook(event, event, &plain));
    }
    // PreCompact and SessionEnd do the same.
    contenders.push(Contender::hook("Stop", "Stop", &plain));
    if let Some(scene) = &stop_in_memory {
        contenders.push(Contender::hook("Stop, state in memory: no sync", "Stop", scene));
    }
    for (size, scene) in [("1 MB", &short), ("100 MB", &long), ("1 GB", &huge)] {
        for event in ["Stop", "PostToolBatch"] {
            let name = format!("{event}, transcript of {size}");
            contenders.push(Contender::hook(&name, event, scene));
        }
    }
    contenders.push(Contender::hook("SessionStart, digest", "SessionStart", &cut_off));
    if let Some(scene) = &start_in_memory {
        let name = "SessionStart, digest, in memory";
        contenders.push(Contender::hook(name, "SessionStart", scene));
    }
    contenders.push(Contender::hook("SessionStart, first after a kill", "SessionStart", &killed));
    contenders.push(Contender::hook("SessionStart, nothing", "SessionStart", &alone));
    contenders.push(Contender::hook("UserPromptSubmit, the first", "UserPromptSubmit", &alone));
    // What the state and the repository hold beside the session makes no difference. One after the other, since
    // it does what ran before.
    for (where_, scene) in [
        ("little around", &plain),
        ("no repository", &apart),
        ("100,000 files", &crowded),
        ("10,000 sessions", &stored),
    ] {
        for (name, event) in [
            ("Stop", "Stop"),
            ("SessionStart, known", "SessionStart"),
            ("UserPromptSubmit", "UserPromptSubmit"),
        ] {
            contenders.push(Contender::hook(&format!("{name}, {where_}"), event, scene));
        }
    }

    if left.is_some() {
        contenders.push(Contender::hook("Stop, 100 MB never seen", "Stop", &unseen));
        for contender in &contenders {
            contender.leave(root);
        }
        return;
    }
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
    plain.put_back();
    for (name, times) in composing::rows(rounds, plain.state(), &unseen.transcript()) {
        let [least, median, most] = [0.0, 0.5, 0.95].map(|share| quantile(&times, share));
        println!("{name:36} {least:8.0} {median:8.0} {most:8.0}");
    }
}

fn print(contenders: &[Contender<'_>], plain: &Scene) {
    let floor = contenders[0].quantile(0.5);
    println!("state.json of the session: {} bytes", plain.state_size());
    println!("{:36} {:>8} {:>8} {:>8} {:>7} {:>8}", "µs", "min", "median", "p95", "ratio", "above");
    for contender in contenders {
        let median = contender.quantile(0.5);
        println!(
            "{:36} {:8.0} {:8.0} {:8.0} {:7.2} {:8.0}",
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
    let programs: BTreeSet<&Path> = contenders.iter().map(|c| &*c.program).collect();
    for program in programs {
        let size = program.metadata().unwrap().len();
        println!("{:36} {:8} KB", program.file_name().unwrap().display(), size / 1024);
    }
}

/// The name of the program that does nothing.
const EMPTY: &str = "empty";

/// Makes a program that does nothing, built as the hooks are, in a folder within `folder`.
fn empty(folder: &Path) -> PathBuf {
    let made = folder.join("made");
    std::fs::create_dir_all(&made).unwrap();
    let (source, program) = (made.join("empty.rs"), made.join(EMPTY));
    std::fs::write(&source, "fn main() {}\n").unwrap();
    let mut rustc = Command::new("rustc");
    rustc.args(["--edition=2024", "-Copt-level=3", "-Clto=fat", "-Ccodegen-units=1"]);
    rustc.args(["-Cpanic=abort", "-Cstrip=symbols"]).arg(&source).arg("-o").arg(&program);
    // Below `target`, what is built for a named target lies in a folder of its name.
    let target = BUILT.parent().and_then(Path::file_name).unwrap();
    if target != "target" {
        rustc.arg("--target").arg(target);
    }
    assert!(rustc.status().unwrap().success());
    program
}

/// A value of the recorded inputs.
fn recorded(name: &str) -> Value {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/hooks");
    serde_json::from_slice(&std::fs::read(folder.join(name)).unwrap()).unwrap()
}
