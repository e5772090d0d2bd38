//! Starting `claude` in this process's place.

use super::super::Failure;
use super::super::install;
use super::super::places::Places;
use crate::settings::{self, file};
use std::ffi::OsStr;
use std::io;
use std::path::Path;
use std::process::{Command, Stdio};

/// `claude`, about to be started.
pub(super) struct Launch {
    command: Command,
}

/// The name that it is started by: installed with npm on Windows, it is a script.
fn name() -> &'static str {
    let missing = || asked("claude").status().is_err_and(|e| e.kind() == io::ErrorKind::NotFound);
    if cfg!(windows) && missing() { "claude.cmd" } else { "claude" }
}

/// A start that only tells the version.
fn asked(name: &str) -> Command {
    let mut asked = Command::new(name);
    asked.arg("--version").stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    asked
}

impl Launch {
    /// In `folder`, or here.
    pub(super) fn new<A: AsRef<OsStr>>(folder: Option<&Path>, args: &[A]) -> Self {
        let mut command = Command::new(name());
        command.args(args);
        if let Some(folder) = folder {
            command.current_dir(folder);
        }
        Self { command }
    }

    pub(super) fn arg(&mut self, arg: impl AsRef<OsStr>) -> &mut Self {
        self.command.arg(arg);
        self
    }

    pub(super) fn args<A: AsRef<OsStr>>(&mut self, args: &[A]) -> &mut Self {
        self.command.args(args);
        self
    }

    pub(super) fn env(&mut self, name: &str, value: &str) -> &mut Self {
        self.command.env(name, value);
        self
    }

    /// That there is a `claude` to start.
    pub(super) fn check() -> Result<(), Failure> {
        asked(name()).status().map(drop).map_err(|error| failed(&error))
    }

    /// Becomes it: nothing of this process is left between it and the terminal. Returns only when that
    /// failed.
    #[cfg(unix)]
    pub(super) fn run(&mut self) -> Result<(), Failure> {
        use std::os::unix::process::CommandExt;
        Err(failed(&self.command.exec()))
    }

    /// Runs it to its end.
    #[cfg(not(unix))]
    pub(super) fn run(&mut self) -> Result<(), Failure> {
        let status = self.command.status().map_err(|error| failed(&error))?;
        if status.success() { Ok(()) } else { Err(Failure::Findings) }
    }
}

fn failed(error: &io::Error) -> Failure {
    Failure::Failed(match error.kind() {
        io::ErrorKind::NotFound => "`claude` is not on the PATH; install Claude Code with \
                                    `npm install -g @anthropic-ai/claude-code`, or see \
                                    https://code.claude.com/docs for other ways"
            .to_owned(),
        _ => format!("`claude` does not start: {error}"),
    })
}

/// Whether Claude Code runs our SessionStart in a project: it is registered in one of the settings that
/// hold there or comes with the plugin, its executable is there, and no settings turn hooks off.
pub(super) fn hooks_run(places: &Places, project: &Path) -> bool {
    let files = [
        places.user_settings(),
        project.join(".claude/settings.json"),
        project.join(".claude/settings.local.json"),
    ];
    let texts: Vec<String> = files.iter().filter_map(|f| file::read(f).ok().flatten()).collect();
    let registered = |text: &String| {
        let found = settings::registered(text).unwrap_or_default();
        found.iter().any(|hook| {
            hook.event == "SessionStart" && install::is_executable(Path::new(&hook.command))
        })
    };
    !texts.iter().any(|text| settings::disables_hooks(text))
        && texts.iter().any(|text| registered(text) || has_plugin(text))
}

/// Whether settings enable the plugin that carries the hooks.
fn has_plugin(text: &str) -> bool {
    let settings: serde_json::Value = serde_json::from_str(text).unwrap_or_default();
    let enabled = settings["enabledPlugins"].as_object();
    enabled.is_some_and(|all| {
        all.iter().any(|(name, on)| name.starts_with("rejoin@") && *on == serde_json::json!(true))
    })
}
