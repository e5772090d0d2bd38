//! Running git for its answers.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::cli::Failure;
use crate::env::Env;

/// What is needed and not there.
#[derive(Debug)]
pub(in crate::cli) enum Missing {
    /// No `git` on the path.
    Git,
    /// The folder, which is in no repository.
    Repository(String),
}

/// A repository, asked by running git.
pub(super) struct Git {
    folder: PathBuf,
    directory: PathBuf,
    bare: bool,
}

impl Git {
    /// The repository around the current folder.
    pub(super) fn open(env: &Env) -> Result<Result<Self, Missing>, Failure> {
        let folder = match &env.claude_project_dir {
            Some(folder) => folder.clone(),
            None => std::env::current_dir().map_err(|error| {
                Failure::Failed(format!("the current folder can't be read: {error}"))
            })?,
        };
        let mut git = Self { folder, directory: PathBuf::new(), bare: false };
        let ran =
            git.command(&["rev-parse", "--is-bare-repository", "--absolute-git-dir"]).output();
        let output = match ran {
            Ok(output) => output,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                return Ok(Err(Missing::Git));
            }
            Err(error) => return Err(Failure::Failed(format!("git does not start: {error}"))),
        };
        if !output.status.success() {
            let said = String::from_utf8_lossy(&output.stderr);
            if said.contains("not a git repository") {
                return Ok(Err(Missing::Repository(git.folder.display().to_string())));
            }
            return Err(refused(&said));
        }
        let answer = output.stdout;
        let (bare, directory) = split(&answer, b'\n');
        git.bare = bare == b"true";
        git.directory = path(directory.strip_suffix(b"\n").unwrap_or(directory));
        if !git.bare {
            // Inside of `.git` itself there is no work tree either.
            let top = git.command(&["rev-parse", "--show-toplevel"]).output();
            match top {
                Ok(output) if output.status.success() => {
                    git.folder = path(output.stdout.strip_suffix(b"\n").unwrap_or(&output.stdout));
                }
                _ => git.bare = true,
            }
        }
        Ok(Ok(git))
    }

    /// Top of the work tree; of a bare repository the folder that it was looked for from.
    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    pub(super) fn is_bare(&self) -> bool {
        self.bare
    }

    /// What people call it.
    pub(super) fn name(&self) -> String {
        let place = if self.bare { &self.directory } else { &self.folder };
        let name = place.file_name().map(|name| name.to_string_lossy().into_owned());
        let name = name.unwrap_or_else(|| "repository".to_owned());
        name.strip_suffix(".git").filter(|n| !n.is_empty()).unwrap_or(&name).to_owned()
    }

    /// A file in the git directory, `MERGE_HEAD` say.
    pub(super) fn has(&self, name: &str) -> bool {
        self.directory.join(name).exists()
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new("git");
        // What a user's or a repository's configuration may change about an answer, or run.
        for setting in [
            "core.quotePath=false",
            "log.showSignature=false",
            "core.fsmonitor=false",
            "color.ui=false",
        ] {
            command.args(["-c", setting]);
        }
        command
            .args(arguments)
            .current_dir(&self.folder)
            .env("LC_ALL", "C")
            .env("GIT_OPTIONAL_LOCKS", "0")
            .env("GIT_PAGER", "cat")
            .stdin(Stdio::null());
        command
    }

    /// What git answers.
    pub(super) fn ask(&self, arguments: &[&str]) -> Result<Vec<u8>, Failure> {
        let output = self
            .command(arguments)
            .output()
            .map_err(|error| Failure::Failed(format!("git does not start: {error}")))?;
        if output.status.success() {
            return Ok(output.stdout);
        }
        Err(refused(&String::from_utf8_lossy(&output.stderr)))
    }

    /// What git answers in one line, where a failure is an answer, too.
    pub(super) fn one(&self, arguments: &[&str]) -> Option<String> {
        let output = self.command(arguments).stderr(Stdio::null()).output().ok()?;
        let text = String::from_utf8_lossy(&output.stdout).trim().to_owned();
        (output.status.success() && !text.is_empty()).then_some(text)
    }
}

/// Git's own words, the first line of them.
fn refused(said: &str) -> Failure {
    let line = said.lines().find(|line| !line.trim().is_empty()).unwrap_or("it gave no reason");
    let line = line.strip_prefix("fatal: ").unwrap_or(line);
    Failure::Failed(format!("git can't tell: {}", crate::git::quote(line, 300)))
}

/// The bytes before and behind the first separator.
pub(super) fn split(bytes: &[u8], separator: u8) -> (&[u8], &[u8]) {
    match memchr::memchr(separator, bytes) {
        Some(at) => (&bytes[..at], &bytes[at + 1..]),
        None => (bytes, &[]),
    }
}

#[cfg(unix)]
fn path(bytes: &[u8]) -> PathBuf {
    use std::os::unix::ffi::OsStrExt;
    std::ffi::OsStr::from_bytes(bytes).into()
}

#[cfg(not(unix))]
fn path(bytes: &[u8]) -> PathBuf {
    String::from_utf8_lossy(bytes).into_owned().into()
}
