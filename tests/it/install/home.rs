//! A home folder for one test, and `rejoin` run in it.

use std::collections::BTreeMap;
use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use tempfile::TempDir;

/// Events in the order in which they are registered.
pub(crate) const EVENTS: [&str; 9] = [
    "session-start",
    "user-prompt-submit",
    "post-tool-batch",
    "stop",
    "stop-failure",
    "subagent-stop",
    "pre-compact",
    "post-compact",
    "session-end",
];

pub(crate) struct Home {
    /// Removed with this value.
    _folder: TempDir,
    /// `home/` inside, so that everything else is outside the home folder.
    root: PathBuf,
}

/// What a run printed, with this machine's paths taken out.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Ran {
    /// Both streams, for a snapshot.
    pub(crate) fn all(&self) -> String {
        format!("{}{}[exit {}]", self.stdout, self.stderr, self.code)
    }

    #[track_caller]
    pub(crate) fn ok(self) -> Self {
        assert_eq!(self.code, 0, "{}", self.all());
        self
    }
}

impl Home {
    /// An empty home, a project folder in it, small executables to install, Claude Code 2.1.330.
    pub(crate) fn new() -> Self {
        let folder = TempDir::new().unwrap();
        let root = folder.path().canonicalize().unwrap();
        let home = Self { _folder: folder, root };
        fs::create_dir_all(home.path("project")).unwrap();
        for event in EVENTS {
            home.executable(&format!("../built/rejoin-hook-{event}"), "#!/bin/sh\nexit 0\n");
        }
        home.claude("2.1.330 (Claude Code)");
        home
    }

    /// A path in the home folder.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.root.join("home").join(name)
    }

    pub(crate) fn settings(&self) -> PathBuf {
        self.path(".claude/settings.json")
    }

    pub(crate) fn write(&self, name: &str, text: &str) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    pub(crate) fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap()
    }

    pub(crate) fn executable(&self, name: &str, text: &str) {
        self.write(name, text);
        self.mode(name, 0o755);
    }

    pub(crate) fn mode(&self, name: &str, mode: u32) {
        let path = self.path(name);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
        }
        #[cfg(not(unix))]
        drop((path, mode));
    }

    /// Puts a `claude` on the path that answers `--version` so.
    pub(crate) fn claude(&self, version: &str) {
        self.executable("../path/claude", &format!("#!/bin/sh\necho '{version}'\n"));
    }

    /// `rejoin` with `arguments`, in the project folder, in an environment of nothing but HOME and
    /// PATH.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_rejoin"));
        self.furnish(&mut command);
        command.args(arguments);
        command
    }

    pub(crate) fn furnish(&self, command: &mut Command) {
        command
            .env_clear()
            .env("HOME", self.root.join("home"))
            .env("PATH", format!("{}:/usr/bin:/bin", self.path("../path").display()))
            .current_dir(self.path("project"));
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Ran {
        self.ran(&self.command(arguments).output().unwrap())
    }

    /// Installs the small executables.
    pub(crate) fn install(&self, arguments: &[&str]) -> Ran {
        let built = self.path("../built");
        self.run(&[&["install", "--from", built.to_str().unwrap()], arguments].concat())
    }

    pub(crate) fn ran(&self, output: &Output) -> Ran {
        let text = |bytes: &[u8]| self.plain(std::str::from_utf8(bytes).unwrap());
        Ran {
            code: output.status.code().unwrap_or(-1),
            stdout: text(&output.stdout),
            stderr: text(&output.stderr),
        }
    }

    /// `text` without this machine's paths.
    pub(crate) fn plain(&self, text: &str) -> String {
        let built = Path::new(env!("CARGO_BIN_EXE_rejoin"));
        text.replace(self.root.join("home").to_str().unwrap(), "~")
            .replace(self.root.to_str().unwrap(), "")
            .replace(built.parent().unwrap().to_str().unwrap(), "/target")
    }

    /// Everything below the home folder: kind, mode and content of each path.
    pub(crate) fn tree(&self) -> BTreeMap<String, String> {
        let mut found = BTreeMap::new();
        let home = self.root.join("home");
        let mut open = vec![home.clone()];
        while let Some(folder) = open.pop() {
            for entry in fs::read_dir(&folder).unwrap() {
                let path = entry.unwrap().path();
                let there = path.symlink_metadata().unwrap();
                let kind = if there.is_symlink() {
                    format!("link to {}", fs::read_link(&path).unwrap().display())
                } else if there.is_dir() {
                    open.push(path.clone());
                    "folder".to_owned()
                } else {
                    content(fs::read(&path).unwrap())
                };
                let name = path.strip_prefix(&home).unwrap().to_str().unwrap().to_owned();
                found.insert(name, format!("{:o} {kind}", mode_of(&there)));
            }
        }
        found
    }

    /// The paths below the home folder, with their modes.
    pub(crate) fn listing(&self) -> String {
        let line = |(name, what): (String, String)| {
            format!("{} {name}", what.split(' ').next().unwrap_or_default())
        };
        self.tree().into_iter().map(line).collect::<Vec<_>>().join("\n")
    }
}

/// Text as it is, anything else by its length and hash.
fn content(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes).unwrap_or_else(|error| {
        let mut hash = DefaultHasher::new();
        error.as_bytes().hash(&mut hash);
        format!("{} bytes, {:x}", error.as_bytes().len(), hash.finish())
    })
}

#[cfg(unix)]
fn mode_of(there: &fs::Metadata) -> u32 {
    use std::os::unix::fs::PermissionsExt;
    there.permissions().mode() & 0o7777
}

#[cfg(not(unix))]
fn mode_of(_: &fs::Metadata) -> u32 {
    0
}
