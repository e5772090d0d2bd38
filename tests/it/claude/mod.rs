//! The real Claude Code, driven by tests: in a home of its own, against a scripted API.

mod home;
mod print;
mod terminal;
mod transcript;

pub(crate) use home::Home;
pub(crate) use print::Running;
pub(crate) use terminal::{Key, Terminal};
pub(crate) use transcript::{Transcript, eventually};

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A model with the older wire format (hook context in the first user message) and a window of 200,000 tokens.
pub(crate) const SONNET: &str = "claude-sonnet-4-5-20250929";

/// A model with the newer wire format: hook context comes in a message of the role `system`.
pub(crate) const OPUS: &str = "claude-opus-5-5";

/// A start of `claude` in preparation.
pub(crate) struct Launch {
    folder: PathBuf,
    model: &'static str,
    permission_mode: Option<&'static str>,
    args: Vec<OsString>,
    environment: Vec<(OsString, OsString)>,
}

impl Launch {
    fn new(home: &Home) -> Self {
        Self {
            folder: home.project().to_owned(),
            model: SONNET,
            permission_mode: Some("bypassPermissions"),
            args: Vec::new(),
            environment: home.environment(),
        }
    }

    /// One more argument.
    pub(crate) fn arg(mut self, arg: impl Into<OsString>) -> Self {
        self.args.push(arg.into());
        self
    }

    /// Carries on a session: `--resume ID`.
    pub(crate) fn resume(self, session: &str) -> Self {
        self.arg("--resume").arg(session)
    }

    /// One more variable of its environment.
    pub(crate) fn env(mut self, name: &str, value: &str) -> Self {
        self.environment.push((name.into(), value.into()));
        self
    }

    pub(crate) fn model(mut self, model: &'static str) -> Self {
        self.model = model;
        self
    }

    /// Starts in `folder`, which must be trusted (see [`Home::trust`]), instead of the project.
    pub(crate) fn folder(mut self, folder: &Path) -> Self {
        folder.clone_into(&mut self.folder);
        self
    }

    /// Asks before it does what the permissions do not allow, as it does for a user who chose nothing.
    pub(crate) fn default_permissions(mut self) -> Self {
        self.permission_mode = None;
        self
    }

    /// Runs one prompt without a terminal (`-p`) to its end.
    pub(crate) fn print(self, prompt: &str) -> print::Output {
        self.spawn_print(prompt).finish()
    }

    /// Starts one prompt without a terminal (`-p`).
    pub(crate) fn spawn_print(self, prompt: &str) -> Running {
        let launch = self.arg("-p").arg("--").arg(prompt);
        let mut command = Command::new(executable());
        command.args(launch.arguments()).current_dir(&launch.folder);
        command.env_clear().envs(launch.environment);
        Running::spawn(command)
    }

    /// Starts it in a terminal and waits until it takes input.
    pub(crate) fn terminal(self) -> Terminal {
        Terminal::open(executable(), &self.arguments(), &self.folder, &self.environment)
    }

    fn arguments(&self) -> Vec<OsString> {
        let mut args: Vec<OsString> = vec!["--model".into(), self.model.into()];
        if let Some(mode) = self.permission_mode {
            args.extend(["--permission-mode".into(), mode.into()]);
        }
        args.extend(self.args.iter().cloned());
        args
    }
}

/// The executable that `build.rs` found. Tests that come here are ignored where there is none.
fn executable() -> &'static str {
    let path = env!("CLAUDE_CODE");
    assert!(!path.is_empty(), "run tests/get-claude-code.sh first");
    path
}

/// Ends a process as a crash or the out-of-memory killer would: at once, nothing runs after it.
fn kill(pid: u32) {
    let status = Command::new("kill").args(["-KILL", &pid.to_string()]).status();
    assert!(status.is_ok_and(|status| status.success()), "process {pid} could not be killed");
}
