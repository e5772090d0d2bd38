//! A scene: a project, a transcript and a state directory, and hooks run in it.

use std::collections::BTreeMap;
use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::{LazyLock, mpsc};
use std::time::{Duration, Instant};

use rejoin::protocol::Event;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::fold::fixture;

/// A recorded session with two turns.
pub(crate) const RECORDED: &str = "tui-basic.1.jsonl";
/// The id of every scene's session.
pub(crate) const SESSION: &str = "5e551043-0000-4000-8000-000000000001";

/// The executable of an event.
pub(crate) fn executable(event: Event) -> &'static Path {
    Path::new(match event {
        Event::SessionStart => env!("CARGO_BIN_EXE_rejoin-hook-session-start"),
        Event::UserPromptSubmit => env!("CARGO_BIN_EXE_rejoin-hook-user-prompt-submit"),
        Event::PostToolBatch => env!("CARGO_BIN_EXE_rejoin-hook-post-tool-batch"),
        Event::Stop => env!("CARGO_BIN_EXE_rejoin-hook-stop"),
        Event::StopFailure => env!("CARGO_BIN_EXE_rejoin-hook-stop-failure"),
        Event::SubagentStop => env!("CARGO_BIN_EXE_rejoin-hook-subagent-stop"),
        Event::PreCompact => env!("CARGO_BIN_EXE_rejoin-hook-pre-compact"),
        Event::PostCompact => env!("CARGO_BIN_EXE_rejoin-hook-post-compact"),
        Event::SessionEnd => env!("CARGO_BIN_EXE_rejoin-hook-session-end"),
    })
}

/// The most that an event may take in a test: its deadline with five times slack.
fn deadline(event: Event) -> Duration {
    Duration::from_secs(if event == Event::SessionEnd { 5 } else { 25 })
}

/// Runs `test` for every event at once, each in a scene of its own.
pub(crate) fn every_event(test: impl Fn(Event, &Scene) + Sync) {
    std::thread::scope(|scope| {
        for event in Event::ALL {
            let test = &test;
            let name = event.name().to_owned();
            let run = move || test(event, &Scene::new());
            std::thread::Builder::new().name(name).spawn_scoped(scope, run).unwrap();
        }
    });
}

/// The recorded inputs of all events, read once.
static RECORDED_INPUTS: LazyLock<Vec<Value>> = LazyLock::new(|| {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/hooks");
    let mut paths: Vec<PathBuf> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "json"));
    paths.iter().map(|path| serde_json::from_slice(&fs::read(path).unwrap()).unwrap()).collect()
});

/// The recorded inputs of an event.
pub(crate) fn recorded_inputs(event: Event) -> Vec<Value> {
    let is_its = |input: &&Value| input["hook_event_name"] == event.name();
    let inputs: Vec<Value> = RECORDED_INPUTS.iter().filter(is_its).cloned().collect();
    assert!(!inputs.is_empty(), "no recorded input of {}", event.name());
    inputs
}

/// What a hook finds on its stdin.
#[derive(Clone, Copy)]
pub(crate) enum Stdin<'a> {
    /// These bytes, and then the end.
    Ended(&'a [u8]),
    /// These bytes, and then nothing more: the writer keeps the pipe.
    Open(&'a [u8]),
}

pub(crate) struct Scene {
    _folder: TempDir,
    root: PathBuf,
}

impl Scene {
    pub(crate) fn new() -> Self {
        let folder = TempDir::new().unwrap();
        let root = folder.path().canonicalize().unwrap();
        // As much of a repository as names a branch.
        for name in ["home", "tmp", "path", "project/.git/refs", "project/.git/objects"] {
            fs::create_dir_all(root.join(name)).unwrap();
        }
        fs::write(root.join("project/.git/HEAD"), "ref: refs/heads/main\n").unwrap();
        fs::copy(fixture(RECORDED), root.join("transcript.jsonl")).unwrap();
        Self { _folder: folder, root }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.root.join(name)
    }

    pub(crate) fn state(&self) -> PathBuf {
        self.path("state")
    }

    pub(crate) fn transcript(&self) -> PathBuf {
        self.path("transcript.jsonl")
    }

    /// A recorded input, moved into this scene.
    pub(crate) fn moved(&self, input: &Value) -> Value {
        let mut input = input.clone();
        input["session_id"] = json!(SESSION);
        input["transcript_path"] = json!(self.transcript());
        input["cwd"] = json!(self.path("project"));
        input
    }

    /// An input of the event as Claude Code gives it.
    pub(crate) fn input(&self, event: Event) -> Value {
        self.moved(&recorded_inputs(event)[0])
    }

    /// Gives a program the environment of a hook in this scene.
    pub(crate) fn furnish(&self, command: &mut Command) {
        command
            .env_clear()
            .env("PATH", self.path("path"))
            .env("HOME", self.path("home"))
            .env("TMPDIR", self.path("tmp"))
            .env("REJOIN_HOME", self.state())
            .env("CLAUDE_PROJECT_DIR", self.path("project"))
            .env("CLAUDE_CODE_SESSION_ATTENDED", "1")
            .env("CLAUDE_CODE_ENTRYPOINT", "cli")
            .current_dir(self.path("project"));
    }

    /// The event's executable.
    pub(crate) fn hook(&self, event: Event) -> Command {
        let mut command = Command::new(executable(event));
        self.furnish(&mut command);
        command
    }

    /// The event's executable, started by the last line of a shell script as `"$0"`.
    pub(crate) fn hook_in(&self, event: Event, script: &str) -> Command {
        let mut command = Command::new("/bin/sh");
        command.arg("-c").arg(script).arg(executable(event));
        self.furnish(&mut command);
        command
    }

    /// Runs the event with an input; see [`checked`](Self::checked).
    #[track_caller]
    pub(crate) fn run(&self, event: Event, input: &Value) -> String {
        self.checked(event, &mut self.hook(event), Stdin::Ended(input.to_string().as_bytes()))
    }

    /// Runs a hook and checks what holds for every hook, whatever it is given. Returns its stdout.
    #[track_caller]
    pub(crate) fn checked(&self, event: Event, hook: &mut Command, stdin: Stdin<'_>) -> String {
        let before = self.surroundings();
        let output = output(hook, stdin, deadline(event));
        let name = event.name();
        let stdout = String::from_utf8(output.stdout).expect("stdout is UTF-8");
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(0), "{name}: {} {stderr}", output.status);
        assert_eq!(stderr, "", "{name}: stderr");
        if !stdout.is_empty() {
            let reply: Value = serde_json::from_str(&stdout).expect("stdout is one JSON value");
            assert!(reply.is_object(), "{name}: {reply}");
            assert_eq!(event, Event::SessionStart, "{name} spoke: {reply}");
        }
        assert_eq!(self.surroundings(), before, "{name} wrote outside its state directory");
        stdout
    }

    /// Everything in the scene but the state directory.
    fn surroundings(&self) -> BTreeMap<PathBuf, String> {
        let mut found = tree(&self.root);
        let state = self.state();
        found.retain(|path, _| !path.starts_with(&state));
        found
    }

    /// The lines of the fault log, oldest first.
    pub(crate) fn faults(&self) -> Vec<String> {
        let log = fs::read_to_string(self.state().join("hooks.log")).unwrap_or_default();
        log.lines().map(str::to_owned).collect()
    }

    /// The newest fault is this event's and says `words`; `rejoin doctor` shows it.
    #[track_caller]
    pub(crate) fn assert_fault(&self, event: Event, words: &str) {
        let faults = self.faults();
        let Some(last) = faults.last() else { panic!("{}: no fault was noted", event.name()) };
        assert!(
            last.contains(&format!(" {} ", event.name())) && last.contains(words),
            "{} noted {faults:#?}, not `{words}`",
            event.name()
        );
        let shown = self.rejoin(&["doctor"]);
        let shown = String::from_utf8(shown.stdout).unwrap();
        let told: String = last.chars().take(300).collect();
        assert!(shown.contains(&told), "`rejoin doctor` does not show `{told}`:\n{shown}");
    }

    /// Runs `rejoin` in the project folder.
    pub(crate) fn rejoin(&self, arguments: &[&str]) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_rejoin"));
        self.furnish(&mut command);
        command.args(arguments).output().unwrap()
    }

    /// A session that has had its first turns: started, prompted, stopped.
    pub(crate) fn follow_session(&self) {
        for event in [Event::SessionStart, Event::UserPromptSubmit, Event::Stop] {
            self.run(event, &self.input(event));
        }
        assert_eq!(self.faults(), Vec::<String>::new());
        assert!(self.session("state.json").is_some(), "the session was followed");
    }

    /// A file of the scene's session.
    pub(crate) fn session(&self, name: &str) -> Option<PathBuf> {
        let suffix = Path::new(SESSION).join(name);
        tree(&self.state()).into_keys().find(|path| path.ends_with(&suffix))
    }
}

/// Kind, mode and content of everything below a folder.
pub(crate) fn tree(folder: &Path) -> BTreeMap<PathBuf, String> {
    let mut found = BTreeMap::new();
    let mut open = vec![folder.to_owned()];
    while let Some(folder) = open.pop() {
        let Ok(entries) = fs::read_dir(&folder) else { continue };
        for entry in entries {
            let path = entry.unwrap().path();
            // What a hook removes meanwhile is in nobody's listing.
            let Ok(meta) = path.symlink_metadata() else { continue };
            if meta.is_dir() {
                open.push(path.clone());
            }
            found.insert(path.clone(), described(&path, &meta));
        }
    }
    found
}

fn described(path: &Path, meta: &fs::Metadata) -> String {
    let content = match meta.len() {
        ..1_000_000 if meta.is_file() => fs::read(path).unwrap_or_default(),
        _ => Vec::new(),
    };
    let mut hash = DefaultHasher::new();
    content.hash(&mut hash);
    let length = if meta.is_file() { meta.len() } else { 0 };
    format!("{:?} {length} {:?} {:x}", meta.file_type(), meta.permissions(), hash.finish())
}

/// Runs a program to its end; one that takes longer than `most` is killed and fails the test.
#[track_caller]
pub(crate) fn output(command: &mut Command, stdin: Stdin<'_>, most: Duration) -> Output {
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap_or_else(|error| panic!("{command:?}: {error}"));
    let mut pipe = child.stdin.take().unwrap();
    let (bytes, open) = match stdin {
        Stdin::Ended(bytes) => (bytes, false),
        Stdin::Open(bytes) => (bytes, true),
    };
    std::thread::scope(|scope| {
        let (ended, ends) = mpsc::channel::<()>();
        scope.spawn(move || {
            // A hook that has seen enough closes the pipe.
            drop(pipe.write_all(bytes));
            if open {
                while ends.recv().is_ok() {}
            }
        });
        let stdout = collected(child.stdout.take().unwrap());
        let stderr = collected(child.stderr.take().unwrap());
        let until = Instant::now() + most;
        let stdout = awaited(&mut child, &stdout, until);
        let stderr = awaited(&mut child, &stderr, until);
        let status = child.wait().unwrap();
        drop(ended);
        Output { status, stdout, stderr }
    })
}

/// All that comes from a pipe, once it has ended.
fn collected(mut pipe: impl Read + Send + 'static) -> mpsc::Receiver<Vec<u8>> {
    let (send, receive) = mpsc::channel();
    std::thread::spawn(move || {
        let mut bytes = Vec::new();
        drop(pipe.read_to_end(&mut bytes));
        drop(send.send(bytes));
    });
    receive
}

#[track_caller]
fn awaited(child: &mut Child, pipe: &mpsc::Receiver<Vec<u8>>, until: Instant) -> Vec<u8> {
    pipe.recv_timeout(until.saturating_duration_since(Instant::now())).unwrap_or_else(|_| {
        child.kill().unwrap();
        child.wait().unwrap();
        panic!("did not end within its deadline");
    })
}
