//! `rejoin demo`: a recorded session that was cut off, played through the installed executables.
//!
//! Everything happens in a folder of its own that is removed afterwards.

use super::Failure;
use super::args::Demo;
use super::places::Places;
use super::terminal::{FAINT, Terminal};
use crate::clock;
use crate::env::Env;
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

/// A session of the real Claude Code whose process was killed in its second turn; the answers were
/// scripted.
const RECORDED: &str = include_str!("../../install/demo.jsonl");
/// The folder that it was recorded in.
const FOLDER: &str = "/home/dev/shop";
/// How long ago the session broke off, as it is played.
const AGO: TimeDelta = TimeDelta::minutes(12);
/// How much slower than recorded.
const STRETCH: i32 = 60;

pub(super) fn run(options: &Demo, env: &Env, terminal: &mut Terminal) -> Result<(), Failure> {
    let executables = match &options.from {
        Some(folder) => folder.clone(),
        None => Places::find(env)?.executables(),
    };
    let scratch = tempfile::Builder::new()
        .prefix("rejoin-demo-")
        .tempdir()
        .map_err(|error| Failure::Failed(format!("no scratch folder could be made: {error}")))?;
    let stage = Stage::set(scratch.path(), executables)?;
    let digest = stage.play()?;
    writeln!(
        terminal,
        "{FAINT}A recorded session was played through the installed hooks: its process was killed in\n\
         the middle of the second turn. This is what the next session is told:{FAINT:#}\n\n{}",
        digest.trim_end()
    )?;
    Ok(())
}

/// The scratch folder with a project, a state directory and a transcript that grows.
struct Stage {
    project: PathBuf,
    state: PathBuf,
    transcript: PathBuf,
    executables: PathBuf,
    lines: Vec<Value>,
    session: String,
}

impl Stage {
    fn set(scratch: &Path, executables: PathBuf) -> Result<Self, Failure> {
        let project = scratch.join("shop");
        let failed = |error: std::io::Error| {
            Failure::Failed(format!("the demo could not be set up: {error}"))
        };
        // As much of a repository as names a branch.
        fs::create_dir_all(project.join(".git/refs")).map_err(failed)?;
        fs::create_dir_all(project.join(".git/objects")).map_err(failed)?;
        write(&project.join(".git/HEAD"), "ref: refs/heads/main\n")?;
        for file in ["README.md", "cart.py", "test_cart.py"] {
            // Older than the session's end: the work of nobody else.
            write(&project.join(file), "")?;
            let touched = fs::File::options().write(true).open(project.join(file));
            let then = std::time::SystemTime::from(clock::now() - AGO * 2);
            touched.and_then(|f| f.set_modified(then)).map_err(failed)?;
        }
        let mut lines = Vec::new();
        let text = RECORDED.replace(FOLDER, &escaped(&project));
        for line in text.lines() {
            let line = serde_json::from_str(line).map_err(|error| {
                Failure::Failed(format!("the recorded session is damaged: {error}"))
            })?;
            lines.push(line);
        }
        shift(&mut lines);
        let session = lines[0]["sessionId"].as_str().unwrap_or("demo").to_owned();
        Ok(Self {
            transcript: scratch.join(format!("{session}.jsonl")),
            state: scratch.join("state"),
            project,
            executables,
            lines,
            session,
        })
    }

    /// Plays the session up to its death, then starts the next one and returns what that is told.
    fn play(&self) -> Result<String, Failure> {
        // A process that can die: an executable of ours that waits for its input.
        let mut claude = self.start("post-tool-batch", 0)?;
        let second = self.lines.iter().rposition(|l| l["message"]["content"].is_string());
        let ended = self.lines.iter().position(|l| l["type"] == "system").map_or(1, |at| at + 1);
        let second = second.unwrap_or(ended);
        let id = claude.id();
        self.hook(
            "session-start",
            id,
            &json!({"hook_event_name": "SessionStart", "source": "startup"}),
        )?;
        self.prompt(id, &self.lines[0])?;
        self.write(ended)?;
        let prompt = &self.lines[0]["promptId"];
        self.hook("stop", id, &json!({"hook_event_name": "Stop", "prompt_id": prompt}))?;
        self.prompt(id, &self.lines[second])?;
        self.write(self.lines.len())?;
        drop(claude.kill());
        drop(claude.wait());
        let next = json!({
            "hook_event_name": "SessionStart",
            "source": "startup",
            "session_id": "00000000-0000-4000-8000-000000000000",
            "transcript_path": self.transcript.with_file_name("next.jsonl"),
        });
        let reply = self.hook("session-start", std::process::id(), &next)?;
        let told = reply["hookSpecificOutput"]["additionalContext"].as_str();
        told.map(str::to_owned).ok_or_else(|| {
            let log = fs::read_to_string(self.state.join("hooks.log")).unwrap_or_default();
            Failure::Failed(format!(
                "the installed hooks told the next session nothing; run `rejoin doctor`. {log}"
            ))
        })
    }

    fn prompt(&self, claude: u32, line: &Value) -> Result<(), Failure> {
        let event = json!({
            "hook_event_name": "UserPromptSubmit",
            "prompt": line["message"]["content"],
            "prompt_id": line["promptId"],
        });
        self.hook("user-prompt-submit", claude, &event).map(drop)
    }

    /// Lets the transcript grow to its first `count` lines.
    fn write(&self, count: usize) -> Result<(), Failure> {
        let lines: Vec<String> = self.lines[..count].iter().map(Value::to_string).collect();
        write(&self.transcript, &(lines.join("\n") + "\n"))
    }

    fn start(&self, event: &str, claude: u32) -> Result<Child, Failure> {
        let name = format!("rejoin-hook-{event}{}", std::env::consts::EXE_SUFFIX);
        let path = self.executables.join(name);
        Command::new(&path)
            .env_clear()
            .env("HOME", &self.state)
            .env("USERPROFILE", &self.state)
            .env("REJOIN_HOME", &self.state)
            .env("CLAUDE_PROJECT_DIR", &self.project)
            .env("CLAUDE_PID", claude.to_string())
            .env("CLAUDE_CODE_SESSION_ATTENDED", "1")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|error| {
                Failure::Failed(format!(
                    "{} could not be started: {error}; run `rejoin install` first",
                    path.display()
                ))
            })
    }

    /// Runs one hook as Claude Code does; its reply, null when it had none.
    fn hook(&self, event: &str, claude: u32, input: &Value) -> Result<Value, Failure> {
        let mut whole = json!({
            "session_id": self.session,
            "transcript_path": self.transcript,
            "cwd": self.project,
        });
        if let (Some(whole), Some(input)) = (whole.as_object_mut(), input.as_object()) {
            whole.extend(input.clone());
        }
        let failed =
            |error: std::io::Error| Failure::Failed(format!("the {event} hook failed: {error}"));
        let mut child = self.start(event, claude)?;
        if let Some(mut stdin) = child.stdin.take() {
            stdin.write_all(whole.to_string().as_bytes()).map_err(failed)?;
        }
        let output = child.wait_with_output().map_err(failed)?;
        Ok(serde_json::from_slice(&output.stdout).unwrap_or(Value::Null))
    }
}

#[allow(clippy::disallowed_methods, reason = "a scratch folder of the demo's own")]
fn write(path: &Path, text: &str) -> Result<(), Failure> {
    fs::write(path, text)
        .map_err(|error| Failure::Failed(format!("{} can't be written: {error}", path.display())))
}

/// A path inside a JSON string.
fn escaped(path: &Path) -> String {
    path.to_string_lossy().replace('\\', "\\\\")
}

/// Moves the recorded times so that the session broke off a little while ago, and stretches them:
/// the scripted answers came at once.
fn shift(lines: &mut [Value]) {
    let time = |line: &Value| -> Option<DateTime<Utc>> {
        line["timestamp"].as_str().and_then(|t| t.parse().ok())
    };
    let Some(last) = lines.iter().rev().find_map(time) else { return };
    let end = clock::now() - AGO;
    for line in lines {
        if let Some(at) = time(line) {
            let moved = end - (last - at) * STRETCH;
            line["timestamp"] = json!(moved.to_rfc3339_opts(chrono::SecondsFormat::Millis, true));
        }
    }
}
