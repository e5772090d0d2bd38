//! How the repository stands: HEAD, branches, uncommitted work.

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::git::{Git, split};
use crate::cli::Failure;

/// Branches that are looked at closer.
const MOST_BRANCHES: usize = 20;

/// Uncommitted files that are named.
const MOST_FILES: usize = 200;

/// What is checked out.
#[derive(Debug, Default, Serialize)]
pub(super) struct Head {
    /// `None` where HEAD is detached.
    pub branch: Option<String>,
    /// `None` in a repository without commits.
    pub commit: Option<String>,
    /// The branch that it follows, and how far apart they are.
    pub upstream: Option<String>,
    pub ahead: u64,
    pub behind: u64,
    pub bare: bool,
    /// `merge`, `rebase`, `cherry-pick`, `revert` or `bisect`, where one was begun and not finished.
    pub in_progress: Option<&'static str>,
}

/// A branch that waits.
#[derive(Debug, Serialize)]
pub(super) struct Branch {
    pub name: String,
    pub last: Option<DateTime<Utc>>,
    pub author: String,
    pub subject: String,
    /// Commits that the main branch does not have.
    pub ahead: u64,
}

/// What is not committed.
#[derive(Debug, Default, Serialize)]
pub(super) struct WorkTree {
    pub staged: u64,
    pub modified: u64,
    pub untracked: u64,
    pub conflicted: u64,
    /// Work that was put aside.
    pub stashes: u64,
    /// The first of them.
    pub files: Vec<Uncommitted>,
}

#[derive(Debug, Serialize)]
pub(super) struct Uncommitted {
    /// Bytes that are no UTF-8 are replaced.
    pub path: String,
    /// `staged`, `modified`, `untracked` or `conflicted`; what is staged and modified again is `modified`.
    pub state: &'static str,
    /// A submodule, not a file.
    pub submodule: bool,
}

pub(super) fn head(git: &Git) -> Result<Head, Failure> {
    let in_progress = [
        ("merge", "MERGE_HEAD"),
        ("rebase", "rebase-merge"),
        ("rebase", "rebase-apply"),
        ("cherry-pick", "CHERRY_PICK_HEAD"),
        ("revert", "REVERT_HEAD"),
        ("bisect", "BISECT_LOG"),
    ];
    let mut head = Head {
        branch: git.one(&["symbolic-ref", "--quiet", "--short", "HEAD"]),
        commit: git.one(&["rev-parse", "--verify", "--quiet", "--short", "HEAD^{commit}"]),
        bare: git.is_bare(),
        in_progress: in_progress.into_iter().find(|(_, file)| git.has(file)).map(|(what, _)| what),
        ..Head::default()
    };
    if head.branch.is_some() && head.commit.is_some() {
        head.upstream =
            git.one(&["rev-parse", "--abbrev-ref", "--symbolic-full-name", "@{upstream}"]);
    }
    if head.upstream.is_some() {
        let counts = git.ask(&["rev-list", "--left-right", "--count", "HEAD...@{upstream}"])?;
        let counts = String::from_utf8_lossy(&counts);
        let mut numbers = counts.split_whitespace().filter_map(|number| number.parse().ok());
        head.ahead = numbers.next().unwrap_or(0);
        head.behind = numbers.next().unwrap_or(0);
    }
    Ok(head)
}

/// The branch that others are merged into.
fn main_branch(git: &Git) -> Option<String> {
    let remote = git.one(&["symbolic-ref", "--quiet", "refs/remotes/origin/HEAD"]);
    let named = ["refs/heads/main", "refs/heads/master", "refs/heads/trunk", "refs/heads/develop"];
    let known =
        |name: &str| git.one(&["rev-parse", "--verify", "--quiet", &format!("{name}^{{commit}}")]);
    remote
        .filter(|name| known(name).is_some())
        .or_else(|| named.into_iter().find(|name| known(name).is_some()).map(str::to_owned))
        .or_else(|| known("HEAD").map(|_| "HEAD".to_owned()))
}

pub(super) fn stalled(git: &Git, since: DateTime<Utc>) -> Result<Vec<Branch>, Failure> {
    let Some(main) = main_branch(git) else { return Ok(Vec::new()) };
    let unmerged = format!("--no-merged={main}");
    let answer = git.ask(&[
        "for-each-ref",
        "--sort=-committerdate",
        "--format=%(refname:short)%00%(committerdate:unix)%00%(authorname)%00%(HEAD)%00%(contents:subject)",
        &unmerged,
        "refs/heads",
    ])?;
    let mut branches = Vec::new();
    for line in answer.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()) {
        let line = String::from_utf8_lossy(line);
        let mut fields = line.split('\0');
        let mut next = || fields.next().unwrap_or_default().to_owned();
        let (name, time, author, current, subject) = (next(), next(), next(), next(), next());
        let last = time.parse().ok().and_then(|time| DateTime::from_timestamp(time, 0));
        if current == "*" || last.is_none_or(|last| last >= since) {
            continue;
        }
        let range = format!("{main}..refs/heads/{name}");
        let ahead = git.one(&["rev-list", "--count", &range, "--"]);
        let ahead = ahead.and_then(|count| count.parse().ok()).unwrap_or(0);
        branches.push(Branch { name, last, author, subject, ahead });
        if branches.len() == MOST_BRANCHES {
            break;
        }
    }
    Ok(branches)
}

pub(super) fn work_tree(git: &Git) -> Result<WorkTree, Failure> {
    let answer =
        git.ask(&["status", "--porcelain=v2", "-z", "--show-stash", "--untracked-files=normal"])?;
    Ok(parse(&answer))
}

fn parse(answer: &[u8]) -> WorkTree {
    let mut tree = WorkTree::default();
    let mut tokens = answer.split(|byte| *byte == 0).filter(|token| !token.is_empty());
    while let Some(token) = tokens.next() {
        // Fields before the path, by the kind of the entry.
        let before = match token[0] {
            b'1' => 8,
            b'2' => {
                // The name before it was renamed stands behind it.
                tokens.next();
                9
            }
            b'u' => 10,
            b'?' => 1,
            b'#' => {
                if let Some(count) = token.strip_prefix(b"# stash ") {
                    tree.stashes = String::from_utf8_lossy(count).parse().unwrap_or(0);
                }
                continue;
            }
            _ => continue,
        };
        let mut path = token;
        for _ in 0..before {
            path = split(path, b' ').1;
        }
        let (staged, modified) = match token {
            [b'1' | b'2', _, staged, modified, ..] => (*staged != b'.', *modified != b'.'),
            _ => (false, false),
        };
        tree.staged += u64::from(staged);
        tree.modified += u64::from(modified);
        let state = match token[0] {
            b'?' => {
                tree.untracked += 1;
                "untracked"
            }
            b'u' => {
                tree.conflicted += 1;
                "conflicted"
            }
            _ if modified => "modified",
            _ => "staged",
        };
        if tree.files.len() < MOST_FILES {
            let path = String::from_utf8_lossy(path).into_owned();
            let submodule = token.get(5) == Some(&b'S') && token[0] != b'?';
            tree.files.push(Uncommitted { path, state, submodule });
        }
    }
    tree
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_state_of_a_work_tree_is_read() {
        let hash = "0".repeat(40);
        let entries = [
            "# branch.oid x".to_owned(),
            "# stash 2".to_owned(),
            format!("1 M. N... 100644 100644 100644 {hash} {hash} a b.txt"),
            format!("1 MM N... 100644 100644 100644 {hash} {hash} both\nlines"),
            format!("2 R. N... 100644 100644 100644 {hash} {hash} R100 new name"),
            "old name".to_owned(),
            format!("1 .M SC.. 160000 160000 160000 {hash} {hash} vendor/lib"),
            format!("u UU N... 100644 100644 100644 100644 {hash} {hash} {hash} torn.rs"),
            "? SSSSS new file".to_owned(),
            "! ignored".to_owned(),
        ];
        let tree = parse(entries.join("\0").as_bytes());
        let files: Vec<(&str, &str, bool)> =
            tree.files.iter().map(|file| (&*file.path, file.state, file.submodule)).collect();
        assert_eq!(
            files,
            [
                ("a b.txt", "staged", false),
                ("both\nlines", "modified", false),
                ("new name", "staged", false),
                ("vendor/lib", "modified", true),
                ("torn.rs", "conflicted", false),
                ("SSSSS new file", "untracked", false),
            ]
        );
        let counts = (tree.staged, tree.modified, tree.untracked, tree.conflicted, tree.stashes);
        assert_eq!(counts, (3, 2, 1, 1, 2));
    }
}
