//! A home folder, and `rejoin` run in it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;
use tempfile::TempDir;

pub(super) const REJOIN: &str = env!("CARGO_BIN_EXE_rejoin");

pub(super) struct Home {
    /// Removed with this value.
    _folder: TempDir,
    root: PathBuf,
}

/// What a run printed, without this machine's paths.
pub(super) struct Ran {
    pub(super) code: i32,
    pub(super) stdout: String,
    pub(super) stderr: String,
}

impl Ran {
    /// Both streams, for a snapshot.
    pub(super) fn all(&self) -> String {
        format!("{}{}[exit {}]", self.stdout, self.stderr, self.code)
    }

    #[track_caller]
    pub(super) fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{error}: {}", self.all()))
    }

    /// Asserts that nothing is wider than so many columns.
    #[track_caller]
    pub(super) fn fits(self, columns: usize) -> Self {
        for line in self.stdout.lines() {
            assert!(line.chars().count() <= columns, "{line}");
        }
        self
    }
}

impl Home {
    pub(super) fn new() -> Self {
        let folder = TempDir::new().unwrap();
        let root = folder.path().canonicalize().unwrap();
        fs::create_dir_all(root.join("home/shop")).unwrap();
        Self { _folder: folder, root }
    }

    /// The folder that commands run in.
    pub(super) fn shop(&self) -> PathBuf {
        self.root.join("home/shop")
    }

    pub(super) fn path(&self, rel: &str) -> PathBuf {
        self.root.join(rel)
    }

    /// Writes a file below the root, and its folders.
    pub(super) fn write(&self, rel: &str, text: impl AsRef<[u8]>) -> PathBuf {
        let path = self.root.join(rel);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, text).unwrap();
        path
    }

    pub(super) fn command(&self, program: impl AsRef<Path>) -> Command {
        let mut command = Command::new(program.as_ref());
        command
            .env_clear()
            .env("HOME", self.root.join("home"))
            .env("REJOIN_HOME", self.root.join("state"))
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("GIT_CEILING_DIRECTORIES", &self.root)
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .env("TZ", "UTC")
            .current_dir(self.shop())
            .stdin(Stdio::null());
        command
    }

    pub(super) fn run(&self, arguments: &[&str]) -> Ran {
        self.run_with(|command| command.args(arguments))
    }

    /// With so many columns.
    #[track_caller]
    pub(super) fn wide(&self, columns: usize, arguments: &[&str]) -> Ran {
        self.run_with(|command| command.args(arguments).env("COLUMNS", columns.to_string()))
            .fits(columns)
    }

    pub(super) fn run_with(&self, prepare: impl FnOnce(&mut Command) -> &mut Command) -> Ran {
        let mut command = self.command(REJOIN);
        let output = prepare(&mut command).output().unwrap();
        let text = |bytes: Vec<u8>| {
            String::from_utf8(bytes).unwrap().replace(&*self.root.to_string_lossy(), "ROOT")
        };
        Ran {
            code: output.status.code().unwrap(),
            stdout: text(output.stdout),
            stderr: text(output.stderr),
        }
    }
}
