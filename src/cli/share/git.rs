//! git, run as a command.

use crate::cli::Failure;
use std::ffi::OsStr;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

/// A repository, as git runs in it.
#[derive(Debug)]
pub(in crate::cli) struct Git {
    folder: PathBuf,
    /// Somebody sits at a terminal who can be asked for a password.
    attended: bool,
    /// Where objects go instead of into the repository, for what is not trusted yet.
    quarantine: Option<PathBuf>,
}

/// Where git keeps itself told which repository is meant; a hook of git's passes them on.
const ELSEWHERE: [&str; 7] = [
    "GIT_DIR",
    "GIT_WORK_TREE",
    "GIT_INDEX_FILE",
    "GIT_OBJECT_DIRECTORY",
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_NAMESPACE",
    "GIT_COMMON_DIR",
];

impl Git {
    pub(in crate::cli) fn new(folder: &Path, attended: bool) -> Self {
        Self { folder: folder.to_owned(), attended, quarantine: None }
    }

    /// The same repository, with a folder of its own for what comes in.
    pub(in crate::cli) fn quarantined(&self, folder: &Path) -> Self {
        let quarantine = Some(folder.to_owned());
        Self { folder: self.folder.clone(), attended: self.attended, quarantine }
    }

    fn command<S: AsRef<OsStr>>(&self, args: &[S]) -> Result<Command, Failure> {
        let mut command = Command::new("git");
        command.current_dir(&self.folder).args(args).stdin(Stdio::null());
        for name in ELSEWHERE {
            command.env_remove(name);
        }
        // Messages are told apart by git's exit codes, but where they are shown they are to be short.
        command
            .env("GIT_PAGER", "cat")
            .env("GIT_OPTIONAL_LOCKS", "0")
            .env("GIT_NO_LAZY_FETCH", "1");
        if !self.attended {
            command.env("GIT_TERMINAL_PROMPT", "0");
        }
        if let Some(quarantine) = &self.quarantine {
            let objects = self.line(&["rev-parse", "--git-path", "objects"])?;
            command.env("GIT_OBJECT_DIRECTORY", quarantine);
            command.env("GIT_ALTERNATE_OBJECT_DIRECTORIES", self.folder.join(objects));
        }
        Ok(command)
    }

    /// What git prints; `None` when it says no.
    pub(in crate::cli) fn bytes(
        &self,
        args: &[&str],
        input: &[u8],
    ) -> Result<Option<Vec<u8>>, Failure> {
        let mut command = self.command(args)?;
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.spawn().map_err(|error| missing(&error))?;
        if let Some(mut stdin) = child.stdin.take() {
            // A git that stops reading says so by its exit code.
            drop(stdin.write_all(input));
        }
        let output = child.wait_with_output().map_err(|error| missing(&error))?;
        Ok(output.status.success().then_some(output.stdout))
    }

    /// The only line that git prints; an error that names the command when it says no.
    pub(in crate::cli) fn line(&self, args: &[&str]) -> Result<String, Failure> {
        let plain = Self { folder: self.folder.clone(), attended: self.attended, quarantine: None };
        let said = plain.bytes(args, b"")?.ok_or_else(|| {
            Failure::Failed(format!(
                "git could not do `git {}` in {}",
                args.join(" "),
                self.folder.display()
            ))
        })?;
        Ok(String::from_utf8_lossy(&said).trim().to_owned())
    }

    /// Like [`line`](Self::line); nothing when git says no or prints nothing.
    pub(in crate::cli) fn setting(&self, args: &[&str]) -> Result<Option<String>, Failure> {
        let said = self.bytes(args, b"")?.unwrap_or_default();
        let said = String::from_utf8_lossy(&said).trim().to_owned();
        Ok((!said.is_empty()).then_some(said))
    }

    /// Starts a command that talks to a remote; what it says goes to a file.
    pub(in crate::cli) fn start<S: AsRef<OsStr>>(
        &self,
        args: &[S],
        said: std::fs::File,
    ) -> Result<Child, Failure> {
        let mut command = self.command(args)?;
        if self.attended {
            command.stdin(Stdio::inherit());
        }
        let both = said.try_clone().map_err(|error| missing(&error))?;
        command.stdout(both).stderr(said).spawn().map_err(|error| missing(&error))
    }

    /// Runs a command with an environment of its own and returns the only line that it prints.
    pub(in crate::cli) fn line_with(
        &self,
        args: &[&str],
        env: &[(&str, &str)],
        input: &[u8],
    ) -> Result<String, Failure> {
        let mut command = self.command(args)?;
        command.envs(env.iter().copied());
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().map_err(|error| missing(&error))?;
        if let Some(mut stdin) = child.stdin.take() {
            drop(stdin.write_all(input));
        }
        let output = child.wait_with_output().map_err(|error| missing(&error))?;
        if output.status.success() {
            return Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned());
        }
        let why = crate::foreign::shown(&String::from_utf8_lossy(&output.stderr), 300);
        Err(Failure::Failed(format!("git could not do `git {}`: {why}", args.join(" "))))
    }
}

fn missing(error: &std::io::Error) -> Failure {
    match error.kind() {
        std::io::ErrorKind::NotFound => {
            Failure::Failed("git was not found; install it or put it on the PATH".to_owned())
        }
        _ => Failure::Failed(format!("git can't be run: {error}")),
    }
}
