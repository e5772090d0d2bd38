//! What changed in the repository since: in the first lines of whatever is told of the session.

#![allow(clippy::unwrap_used)]

use super::Transcript;
use chrono::{DateTime, Utc};
use rejoin::env::Env;
use rejoin::follow::{self, Place};
use rejoin::resume::{self, About, Whose};
use std::path::{Path, PathBuf};
use std::process::Command;

/// When the made-up session's last event was, and when everything after it happens.
const AFTER: &str = "2026-03-02T10:00:00Z";

struct Repository {
    folder: tempfile::TempDir,
}

impl Repository {
    /// One commit on `main` with three files, all older than the session.
    fn new() -> Self {
        let here = Self { folder: tempfile::tempdir().unwrap() };
        here.git(&["init", "--quiet", "--initial-branch=main"]);
        for name in ["cart.py", "rates.py", "old.py"] {
            here.write(name, "x = 1\n", "2026-03-01T08:00:00Z");
        }
        here.commit("First", "2026-03-01T08:00:00Z");
        here
    }

    fn path(&self) -> PathBuf {
        self.folder.path().canonicalize().unwrap()
    }

    fn git(&self, args: &[&str]) {
        self.git_at(args, "2026-03-01T08:00:00Z");
    }

    fn git_at(&self, args: &[&str], at: &str) {
        let status = Command::new("git")
            .args(args)
            .current_dir(self.folder.path())
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap())
            .env("HOME", self.folder.path())
            .envs([("GIT_AUTHOR_NAME", "Dev"), ("GIT_AUTHOR_EMAIL", "dev@example.org")])
            .envs([("GIT_COMMITTER_NAME", "Dev"), ("GIT_COMMITTER_EMAIL", "dev@example.org")])
            .envs([("GIT_AUTHOR_DATE", at), ("GIT_COMMITTER_DATE", at)])
            .status()
            .unwrap();
        assert!(status.success(), "git {args:?}");
    }

    fn commit(&self, subject: &str, at: &str) {
        self.git_at(&["add", "--all"], at);
        self.git_at(&["commit", "--quiet", "--message", subject], at);
    }

    fn write(&self, name: &str, text: &str, at: &str) {
        let path = self.folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        let at: DateTime<Utc> = at.parse().unwrap();
        let file = std::fs::File::options().write(true).open(&path).unwrap();
        file.set_modified(at.into()).unwrap();
    }

    /// A session that edited the three files on `main` and removed a fourth.
    fn session(&self, folder: &Path) -> PathBuf {
        let mut t = Transcript::at(self.path().to_str().unwrap(), "main");
        t.prompt("Make the rates a table.");
        t.edit("cart.py", "x = 1\n", "x = 2\n");
        t.edit("rates.py", "x = 1\n", "x = 2\n");
        t.edit("old.py", "x = 1\n", "x = 2\n");
        t.edit("gone.py", "x = 1\n", "x = 2\n").bash("rm gone.py", 0, "");
        t.close("Done.");
        t.save(folder, "session")
    }

    /// The log of that session as of now, and what it knows beside the facts.
    fn log(&self) -> (resume::ResumeLog, About) {
        let folder = tempfile::tempdir().unwrap();
        let state = follow::facts(&self.session(folder.path())).unwrap();
        let place = Place::of(&self.path(), &Env::default());
        let since = state.session.last.unwrap();
        let repository = follow::opening::meanwhile(&place, &state.session, since);
        let about = About {
            now: "2026-03-05T09:00:00Z".parse().unwrap(),
            repository: Some(repository),
            ..About::default()
        };
        (follow::compose(&state, &about), about)
    }
}

/// The lines of a text before its first section.
fn first_lines(text: &str) -> String {
    text.lines().take_while(|l| !l.starts_with("## ")).collect::<Vec<_>>().join("\n")
}

#[test]
fn a_repository_that_stood_still_is_no_news() {
    let here = Repository::new();
    let (log, about) = here.log();
    assert!(!resume::markdown(&log).contains("Since then"));
    assert!(!resume::digest(&log, &about, Whose::Earlier).contains("Since then"));
    assert_eq!(resume::changes(&log), None);
}

#[test]
fn commits_branches_and_files_are_told_first() {
    let here = Repository::new();
    here.git_at(&["checkout", "--quiet", "-b", "rates"], AFTER);
    here.write("cart.py", "x = 3\n", AFTER);
    std::fs::remove_file(here.folder.path().join("old.py")).unwrap();
    here.commit("Round the total", AFTER);
    here.commit_more();
    let (log, about) = here.log();
    for text in [
        first_lines(&resume::markdown(&log)),
        first_lines(&resume::text(&log, 300)),
        first_lines(&resume::digest(&log, &about, Whose::Earlier)),
        resume::brief(&log, &about),
        resume::changes(&log).unwrap(),
    ] {
        for told in [
            "branch is now `rates`, was `main`",
            "2 commits since: ",
            "\"Tidy up\" (2026-03-02 11:00)",
            "\"Round the total\" (2026-03-02 10:00)",
            "modified since: `cart.py`",
            "gone: `old.py`",
        ] {
            assert!(text.contains(told), "no {told:?} in\n{text}");
        }
        assert!(!text.contains("rates.py`"), "it did not change:\n{text}");
        let gone = text.lines().find(|l| l.starts_with("- gone:")).unwrap();
        assert!(!gone.contains("gone.py"), "the session removed it itself:\n{text}");
    }
}

#[test]
fn one_commit_and_a_detached_head() {
    let here = Repository::new();
    here.commit_more();
    here.git_at(&["checkout", "--quiet", "--detach"], AFTER);
    let (log, _) = here.log();
    let text = first_lines(&resume::markdown(&log));
    assert!(text.contains("HEAD is detached, branch was `main`"), "{text}");
    assert!(text.contains("1 commit since: "), "{text}");
}

impl Repository {
    fn commit_more(&self) {
        self.write("notes.md", "tidy\n", "2026-03-02T11:00:00Z");
        self.commit("Tidy up", "2026-03-02T11:00:00Z");
    }
}
