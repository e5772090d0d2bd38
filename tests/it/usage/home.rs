//! A home folder with transcripts, and `rejoin usage` run in it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;
use tempfile::TempDir;

pub(crate) struct Home {
    folder: TempDir,
}

/// What a run printed.
pub(crate) struct Ran {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Home {
    pub(crate) fn new() -> Self {
        Self { folder: TempDir::new().unwrap() }
    }

    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn projects(&self) -> PathBuf {
        self.path().join(".claude/projects")
    }

    /// Writes a transcript, named from below `projects`.
    pub(crate) fn write(&self, name: &str, text: impl AsRef<[u8]>) -> PathBuf {
        let path = self.projects().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, text).unwrap();
        path
    }

    /// `rejoin usage` with these arguments, in a process of its own.
    pub(crate) fn usage(&self, arguments: &[&str]) -> Ran {
        self.run(|command| command.args(arguments))
    }

    pub(crate) fn run(&self, prepare: impl FnOnce(&mut Command) -> &mut Command) -> Ran {
        Self::ran(prepare(self.command().arg("usage")))
    }

    /// What `rejoin doctor` says of the transcripts.
    pub(crate) fn doctor(&self) -> Value {
        let ran = Self::ran(self.command().args(["doctor", "--json"]));
        let report: Value = serde_json::from_str(&ran.stdout).unwrap();
        let checks = report["checks"].as_array().unwrap();
        checks.iter().find(|check| check["part"] == "transcripts").unwrap().clone()
    }

    /// `rejoin` in this home.
    pub(crate) fn command(&self) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_rejoin"));
        command.env_clear().env("HOME", self.path()).env("TZ", "UTC");
        command.env("REJOIN_HOME", self.path().join("state")).current_dir(self.path());
        command
    }

    fn ran(command: &mut Command) -> Ran {
        let output = command.output().unwrap();
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        Ran {
            code: output.status.code().unwrap(),
            stdout: text(output.stdout),
            stderr: text(output.stderr),
        }
    }

    /// What `--json` and these arguments say.
    #[track_caller]
    pub(crate) fn json(&self, arguments: &[&str]) -> Value {
        let ran = self.run(|command| command.arg("--json").args(arguments));
        assert_eq!((ran.code, ran.stderr.as_str()), (0, ""));
        serde_json::from_str(&ran.stdout).unwrap()
    }

    /// The one file that keeps what was found.
    pub(crate) fn cache(&self) -> PathBuf {
        let entries = fs::read_dir(self.path().join("state")).unwrap();
        let mut files: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
        files.retain(|path| path.file_name().unwrap().to_string_lossy().contains("usage-cache"));
        assert_eq!(files.len(), 1, "{files:?}");
        files.remove(0)
    }
}

/// A captured transcript.
pub(crate) fn fixture(name: &str) -> Vec<u8> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/transcripts");
    fs::read(folder.join(format!("{name}.jsonl"))).unwrap()
}

/// A response's line: its number makes the id, the tokens and the time.
pub(crate) fn response(number: u32) -> String {
    response_of(number, "claude-opus-4-6", &format!("2026-11-22T15:{:02}:00.000Z", number % 60))
}

pub(crate) fn response_of(number: u32, model: &str, time: &str) -> String {
    format!(
        "{{\"type\":\"assistant\",\"message\":{{\"id\":\"msg_{number}\",\"model\":\"{model}\",\
         \"content\":[],\"usage\":{{\"input_tokens\":{number},\"output_tokens\":10,\
         \"cache_creation_input_tokens\":1000,\"cache_read_input_tokens\":20000}}}},\
         \"timestamp\":\"{time}\",\"cwd\":\"/home/dev/demo\"}}\n"
    )
}
