//! The commits of some days, with the files they changed.

use std::collections::HashSet;

use chrono::{DateTime, Utc};

use super::git::{Git, split};
use crate::cli::Failure;

/// More commits are not read: nobody catches up on them one screen at a time.
const MOST: usize = 5_000;

/// Begins a commit in git's answer; the name of a file stands behind its numbers.
const COMMIT: u8 = 0x1e;

/// What is asked of each commit: id, short id, author, time, parents, subject.
const FORMAT: &str = "--format=%x1e%H%x1f%h%x1f%aN%x1f%ct%x1f%P%x1f%s";

#[derive(Debug, Default)]
pub(super) struct History {
    /// Newest first.
    pub commits: Vec<Commit>,
    pub cut: bool,
}

#[derive(Debug, Default, Clone)]
pub(super) struct Commit {
    pub id: String,
    pub short: String,
    pub author: String,
    pub at: Option<DateTime<Utc>>,
    pub subject: String,
    pub merge: bool,
    /// It is on the branch that is checked out.
    pub here: bool,
    pub files: Vec<File>,
}

/// A file that a commit changed. Bytes of its name that are no UTF-8 are replaced.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(super) struct File {
    pub path: String,
    pub added: u64,
    pub removed: u64,
}

/// The commits of all branches since a moment.
pub(super) fn read(git: &Git, since: DateTime<Utc>) -> Result<History, Failure> {
    let since = format!("--since={}", since.timestamp());
    let most = format!("--max-count={MOST}");
    let mut arguments = vec![
        "log",
        "-z",
        "--numstat",
        "--no-renames",
        FORMAT,
        &since,
        &most,
        "--branches",
        "--remotes",
    ];
    // In a repository without commits there is no HEAD to begin at.
    let born = git.one(&["rev-parse", "--verify", "--quiet", "HEAD^{commit}"]).is_some();
    if born {
        arguments.push("HEAD");
    }
    arguments.push("--");
    let mut commits = parse(&git.ask(&arguments)?);
    let here: HashSet<String> = if born {
        let ids = git.ask(&["rev-list", &since, "HEAD", "--"])?;
        String::from_utf8_lossy(&ids).lines().map(str::to_owned).collect()
    } else {
        HashSet::new()
    };
    for commit in &mut commits {
        commit.here = here.contains(&commit.id);
    }
    Ok(History { cut: commits.len() == MOST, commits })
}

/// The newest commit of the branch that is checked out.
pub(super) fn last(git: &Git) -> Result<Option<Commit>, Failure> {
    if git.one(&["rev-parse", "--verify", "--quiet", "HEAD^{commit}"]).is_none() {
        return Ok(None);
    }
    Ok(parse(&git.ask(&["log", "-z", "-1", FORMAT, "HEAD", "--"])?).pop())
}

fn parse(answer: &[u8]) -> Vec<Commit> {
    let mut commits: Vec<Commit> = Vec::new();
    for token in answer.split(|byte| *byte == 0) {
        let token = token.strip_prefix(b"\n").unwrap_or(token);
        if let Some(head) = token.strip_prefix(&[COMMIT]) {
            commits.push(commit(head));
        } else if let (Some(commit), Some(file)) = (commits.last_mut(), file(token)) {
            commit.files.push(file);
        }
    }
    commits
}

fn commit(head: &[u8]) -> Commit {
    let head = String::from_utf8_lossy(head);
    let mut fields = head.splitn(6, '\u{1f}').map(str::to_owned);
    let mut next = || fields.next().unwrap_or_default();
    let (id, short, author, time) = (next(), next(), next(), next());
    let parents = next();
    Commit {
        id,
        short,
        author,
        at: time.parse().ok().and_then(|time| DateTime::from_timestamp(time, 0)),
        merge: parents.contains(' '),
        subject: next().trim_end_matches('\n').to_owned(),
        here: false,
        files: Vec::new(),
    }
}

/// `added TAB removed TAB path`; a binary file has dashes for numbers.
fn file(token: &[u8]) -> Option<File> {
    let (added, rest) = split(token, b'\t');
    let (removed, path) = split(rest, b'\t');
    let number = |bytes: &[u8]| match bytes {
        b"-" => Some(0),
        bytes => std::str::from_utf8(bytes).ok()?.parse().ok(),
    };
    let (added, removed) = (number(added)?, number(removed)?);
    let path = String::from_utf8_lossy(path).into_owned();
    (!path.is_empty()).then_some(File { path, added, removed })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_name_of_a_file_is_read() {
        let answer = b"\x1eaa\x1fa\x1fAda\x1f1764000000\x1fbb cc\x1fMerge x\n\0\x1ebb\x1fb\x1fBob\x1f1\x1f\x1ftwo\x1fparts\0\n\
            1\t2\ts p/b\0-\t-\tline\nend\t\x1e\x00\x30\t7\t\xff\xfe.bin\0\x1ecc\x1fc\x1f\x1f\x1f\x1f\0";
        let commits = parse(answer);
        assert_eq!(commits.len(), 3);
        assert!(commits[0].merge && commits[0].subject == "Merge x" && commits[0].files.is_empty());
        assert_eq!(commits[1].subject, "two\u{1f}parts");
        let file = |path: &str, added, removed| File { path: path.to_owned(), added, removed };
        assert_eq!(
            commits[1].files,
            [file("s p/b", 1, 2), file("line\nend\t\u{1e}", 0, 0), file("��.bin", 0, 7)]
        );
        assert_eq!((&*commits[2].subject, commits[2].at), ("", None));
    }
}
