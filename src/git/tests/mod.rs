//! Against repositories made by the real git, and against hostile ones made by hand.
#![allow(clippy::disallowed_methods)]

mod found;
mod hostile;
mod log;

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, SystemTime};

use chrono::{DateTime, Utc};
use tempfile::TempDir;

use super::*;

fn project(dir: &Path, home: Option<&Path>, temp: &Path) -> Project {
    place(dir, home, temp).project
}

struct Git {
    _dir: TempDir,
    /// Canonical, as the paths of a repository are.
    root: PathBuf,
}

impl Git {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let root = dir.path().canonicalize().unwrap();
        Self { _dir: dir, root }
    }

    /// An `app` on branch `main` with one commit.
    fn app() -> (Self, PathBuf) {
        let git = Self::new();
        let app = git.root.join("app");
        git.run(&git.root, &["init", "-q", "-b", "main", "app"]);
        git.commit(&app, "one");
        (git, app)
    }

    fn run(&self, dir: &Path, arguments: &[&str]) -> String {
        let (text, good) = self.attempt(dir, arguments);
        assert!(good, "git {arguments:?}: {text}");
        text
    }

    fn attempt(&self, dir: &Path, arguments: &[&str]) -> (String, bool) {
        let out = Command::new("git")
            .args(["-c", "protocol.file.allow=always", "-c", "core.editor=true"])
            .args(arguments)
            .current_dir(dir)
            .env_clear()
            .envs(std::env::var_os("PATH").map(|path| ("PATH", path)))
            .env("HOME", &self.root)
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .envs([("GIT_AUTHOR_NAME", "A > B"), ("GIT_AUTHOR_EMAIL", "a@example.org")])
            .envs([("GIT_COMMITTER_NAME", "A > B"), ("GIT_COMMITTER_EMAIL", "a@example.org")])
            .output()
            .unwrap();
        let text = [out.stdout, out.stderr].concat();
        (String::from_utf8_lossy(&text).trim().to_owned(), out.status.success())
    }

    fn commit(&self, dir: &Path, subject: &str) -> String {
        let name = subject.replace(['/', ' ', '<', '>'], "_");
        fs::write(dir.join(name), subject).unwrap();
        self.run(dir, &["add", "-A"]);
        self.run(dir, &["commit", "-q", "-m", subject]);
        self.run(dir, &["rev-parse", "HEAD"])
    }
}

fn long_ago() -> DateTime<Utc> {
    DateTime::UNIX_EPOCH
}

fn subjects(dir: &Path) -> Vec<String> {
    let mut commits = discover(dir).unwrap().commits_since(long_ago(), 50);
    commits.reverse();
    commits.into_iter().map(|commit| commit.subject).collect()
}

fn head(dir: &Path) -> Head {
    discover(dir).unwrap().head()
}

fn fifo(path: &Path) {
    assert!(Command::new("mkfifo").arg(path).status().unwrap().success());
}
