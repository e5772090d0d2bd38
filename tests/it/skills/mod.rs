//! `rejoin skills`: looking, checking, deploying, and what Claude Code makes of it.

mod assigned;
mod broken;
mod deployed;
mod examples;
#[cfg(target_os = "linux")]
mod killed;
mod listed;
#[cfg(unix)]
mod printed;
mod recommended;
mod reloaded;
#[cfg(unix)]
mod seen;
#[cfg(unix)]
mod seen_live;
mod validated;
mod withdrawn;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;
use tempfile::TempDir;

/// A home with a project in it, and `rejoin` run in that project.
struct Home {
    /// Removed with this value.
    _folder: TempDir,
    root: PathBuf,
}

struct Ran {
    code: i32,
    stdout: String,
    stderr: String,
}

impl Ran {
    /// Both streams, for a snapshot.
    fn all(&self) -> String {
        format!("{}{}[exit {}]", self.stdout, self.stderr, self.code)
    }

    #[track_caller]
    fn ok(self) -> Self {
        assert_eq!(self.code, 0, "{}", self.all());
        self
    }

    #[track_caller]
    fn refused(self) -> Self {
        assert_eq!(self.code, 1, "{}", self.all());
        self
    }

    fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{error}: {}", self.all()))
    }
}

impl Home {
    fn new() -> Self {
        let folder = TempDir::new().unwrap();
        let root = folder.path().canonicalize().unwrap();
        fs::create_dir_all(root.join("project")).unwrap();
        Self { _folder: folder, root }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.root.join(name)
    }

    fn write(&self, name: &str, text: impl AsRef<[u8]>) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap()
    }

    /// `rejoin skills` with `arguments`, in the project.
    fn run(&self, arguments: &[&str]) -> Ran {
        self.rejoin(&[&["skills"], arguments].concat())
    }

    /// `rejoin` with `arguments`, in the project.
    fn rejoin(&self, arguments: &[&str]) -> Ran {
        let output = Command::new(env!("CARGO_BIN_EXE_rejoin"))
            .args(arguments)
            .env_clear()
            .env("HOME", &self.root)
            .current_dir(self.path("project"))
            .stdin(Stdio::null())
            .output()
            .unwrap();
        let plain = |bytes| {
            let text = String::from_utf8(bytes).unwrap();
            without_times(&text.replace(&*self.root.to_string_lossy(), "HOME"))
        };
        Ran {
            code: output.status.code().unwrap(),
            stdout: plain(output.stdout),
            stderr: plain(output.stderr),
        }
    }

    fn state(&self, skill: &str, folder: &str) -> String {
        let info = self.run(&["info", skill, "--json"]).ok().json();
        info["deployed"][folder].as_str().unwrap().to_owned()
    }

    /// Everything below the home, for a comparison: path, and content or what else it is.
    fn everything(&self) -> Vec<(PathBuf, String)> {
        let mut found = Vec::new();
        gather(&self.root, &mut found);
        found.sort();
        found
    }
}

fn gather(folder: &Path, found: &mut Vec<(PathBuf, String)>) {
    for entry in fs::read_dir(folder).unwrap().flatten() {
        let path = entry.path();
        if path.is_symlink() {
            found.push((path, "link".to_owned()));
        } else if path.is_dir() {
            found.push((path.clone(), "folder".to_owned()));
            gather(&path, found);
        } else {
            let text = String::from_utf8_lossy(&fs::read(&path).unwrap()).into_owned();
            found.push((path, text));
        }
    }
}

/// The time in the names of kept copies is not the same twice.
fn without_times(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find("Z (as it was before)") {
        out.push_str(&rest[..at.saturating_sub("20261122T183000".len())]);
        out.push_str("TIME");
        rest = &rest[at + 1..];
    }
    out + rest
}
