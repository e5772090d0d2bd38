//! A copy of a pause in the repository, committed on its own.

use super::super::here::Here;
use super::git::git;
use super::write_new;
use crate::follow::Pause;
use crate::resume;
use crate::session::text;
use serde::Serialize;
use std::ffi::OsStr;
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

/// Where copies go, from the top of the work tree.
const FOLDER: &str = ".rejoin/pauses";

/// The commit that git made.
#[derive(Debug, Serialize)]
pub(super) struct Made {
    /// In full.
    hash: String,
    /// The branch; `null` when `HEAD` is detached.
    branch: Option<String>,
    /// The copy, from the top of the work tree.
    file: String,
    /// What else the commit holds: hooks may add files.
    others: Vec<String>,
}

impl Made {
    /// What git really did, in a line or two.
    pub(super) fn told(&self) -> String {
        let hash: String = self.hash.chars().take(7).collect();
        let place = match &self.branch {
            Some(branch) => format!("on {}", crate::git::quote(branch, 60)),
            None => "on a detached HEAD, which no branch has".to_owned(),
        };
        let mut said = format!("Committed {} as {hash} {place}.\n", self.file);
        if !self.others.is_empty() {
            let others = text::line(&self.others.join(", "), 200);
            let _ = writeln!(said, "A git hook put more into the commit: {others}.");
        }
        said
    }
}

/// Writes the copy and commits that file alone: what else is staged stays staged. When git refuses,
/// nothing is left of it. Errors: why, in git's words.
pub(super) fn copy(here: &Here, pause: &Pause) -> Result<Made, String> {
    let top = here
        .place
        .repository
        .as_ref()
        .map(crate::git::Repository::work_tree)
        .ok_or("this folder is in no git repository")?;
    let said = git(top, &["rev-parse", "--is-inside-work-tree"])
        .map_err(|error| format!("git does not start: {error}"))?;
    if said.stdout.trim_ascii() != b"true" {
        return Err("the repository has no work tree (it is bare)".to_owned());
    }
    let name = format!("{}-{}.md", pause.created.format("%Y-%m-%d"), pause.id);
    let file = format!("{FOLDER}/{name}");
    let made_folders = folders(top)?;
    let path = top.join(&file);
    write_new(&path, &resume::markdown(&pause.frozen()))
        .map_err(|error| format!("{} can't be written: {error}", path.display()))?;
    let before = head(top);
    let outcome = commit(top, &file, pause);
    let after = head(top);
    if let (Err(why), true) = (&outcome, after == before) {
        withdraw(top, &file, &made_folders);
        return Err(why.clone());
    }
    let hash = after.ok_or("git made no commit")?;
    let listed = git(top, &["show", "--format=", "--name-only", "-z", "HEAD"]).ok();
    let listed = listed.map(|said| String::from_utf8_lossy(&said.stdout).into_owned());
    let others = listed.unwrap_or_default();
    let others = others.split('\0').map(str::trim).filter(|f| !f.is_empty() && *f != file);
    let branch = here.place.repository.as_ref().map(crate::git::Repository::head);
    Ok(Made {
        hash,
        branch: branch.filter(|head| !head.detached).and_then(|head| head.branch),
        file: file.clone(),
        others: others.map(str::to_owned).collect(),
    })
}

fn commit(top: &Path, file: &str, pause: &Pause) -> Result<(), String> {
    run(top, &["add", "--", file])?;
    let about = match &pause.message {
        Some(message) => text::line(message, 60),
        None => format!("session {}", pause.log.subject.session),
    };
    let subject = format!("Pause {}: {about}", pause.id);
    run(top, &["commit", "--quiet", "--only", "--message", &subject, "--", file])
}

/// Runs git; when it fails, the end of what it and its hooks said.
fn run<A: AsRef<OsStr>>(top: &Path, args: &[A]) -> Result<(), String> {
    let said = git(top, args).map_err(|error| format!("git does not start: {error}"))?;
    if said.status.success() {
        return Ok(());
    }
    let words = [&said.stderr[..], &said.stdout[..]].concat();
    let words = String::from_utf8_lossy(&words);
    let lines: Vec<&str> = words.lines().map(str::trim).filter(|l| !l.is_empty()).collect();
    let told = lines.iter().filter(|line| !line.starts_with("hint:")).take(6);
    let told = text::line(&told.copied().collect::<Vec<_>>().join("; "), 500);
    Err(if told.is_empty() {
        format!("git failed without a word ({})", said.status)
    } else {
        format!("git says: {told}")
    })
}

fn head(top: &Path) -> Option<String> {
    let said = git(top, &["rev-parse", "--verify", "--quiet", "HEAD"]).ok()?;
    let hash = String::from_utf8_lossy(&said.stdout).trim().to_owned();
    (said.status.success() && !hash.is_empty()).then_some(hash)
}

/// Makes the folder for copies; returns the folders that were made. A link in the way is refused: the
/// copy would go elsewhere.
fn folders(top: &Path) -> Result<Vec<PathBuf>, String> {
    let mut made = Vec::new();
    let mut folder = top.to_owned();
    for name in FOLDER.split('/') {
        folder.push(name);
        match folder.symlink_metadata() {
            Ok(meta) if meta.is_dir() => {}
            Ok(_) => return Err(format!("{} is no folder", folder.display())),
            Err(_) => {
                fs::create_dir(&folder)
                    .map_err(|error| format!("{} can't be made: {error}", folder.display()))?;
                made.push(folder.clone());
            }
        }
    }
    Ok(made)
}

/// Takes the copy out of the index and away again.
fn withdraw(top: &Path, file: &str, made: &[PathBuf]) {
    // What is not there need not be taken away; git has said what went wrong.
    drop(git(top, &["rm", "--cached", "--quiet", "--force", "--ignore-unmatch", "--", file]));
    drop(fs::remove_file(top.join(file)));
    for folder in made.iter().rev() {
        drop(fs::remove_dir(folder));
    }
}
