//! The work tree as git itself describes it.

use crate::follow::Place;
use crate::redact::redact;
use crate::resume::{Checkout, LaterCommit};
use chrono::{DateTime, Utc};
use std::ffi::OsStr;
use std::io;
use std::path::Path;
use std::process::{Command, Output, Stdio};

/// Commits that are remembered, and files of each kind.
const COMMITS: &str = "5";
const FILES: usize = 200;

/// Runs git in a folder, in its own language, so that what it says can be told apart.
pub(super) fn git<A: AsRef<OsStr>>(folder: &Path, args: &[A]) -> io::Result<Output> {
    Command::new("git")
        .arg("-C")
        .arg(folder)
        .args(args)
        // Looking takes no lock, and asks no program that the repository names.
        .env("GIT_OPTIONAL_LOCKS", "0")
        .env("LC_ALL", "C")
        .stdin(Stdio::null())
        .output()
}

/// Branch, `HEAD`, last commits and changed files; `None` outside a work tree.
pub(super) fn checkout(place: &Place) -> Option<Checkout> {
    let repository = place.repository.as_ref()?;
    let head = repository.head();
    let mut checkout = Checkout {
        branch: head.branch,
        head: head.commit,
        in_progress: repository.in_progress().map(str::to_owned),
        ..Checkout::default()
    };
    let folder = &place.folder;
    let status = ["-c", "core.fsmonitor=false", "status", "--porcelain=v2", "-z", "--branch"];
    // Without git, what the repository's files say has to do.
    if let Ok(said) = git(folder, &status)
        && said.status.success()
    {
        read(&said.stdout, &mut checkout);
    }
    let format = "--format=%h%x1f%cI%x1f%s";
    let log = ["-c", "log.showSignature=false", "log", "-z", "-n", COMMITS, format];
    if let Ok(said) = git(folder, &log)
        && said.status.success()
    {
        let text = String::from_utf8_lossy(&said.stdout);
        checkout.commits = text.split('\0').filter_map(commit).collect();
    }
    Some(checkout)
}

fn commit(line: &str) -> Option<LaterCommit> {
    let mut parts = line.splitn(3, '\u{1f}');
    let hash = parts.next().filter(|hash| !hash.is_empty())?.to_owned();
    let at = DateTime::parse_from_rfc3339(parts.next()?).ok()?.with_timezone(&Utc);
    let subject = crate::git::quote(&redact(parts.next()?), 200);
    Some(LaterCommit { hash, subject, at })
}

/// Takes in `git status --porcelain=v2 -z --branch`: entries end in NUL, names stand as they are.
fn read(said: &[u8], checkout: &mut Checkout) {
    let mut entries = said.split(|byte| *byte == 0);
    while let Some(entry) = entries.next() {
        let text = String::from_utf8_lossy(entry);
        let Some((kind, rest)) = text.split_once(' ') else { continue };
        // Fields before the path, after the kind.
        let fields = match kind {
            "#" => {
                match rest.split_once(' ') {
                    Some(("branch.oid", "(initial)")) => checkout.head = None,
                    Some(("branch.oid", hash)) => checkout.head = Some(hash.to_owned()),
                    // During a rebase it is the branch that is being rebased that matters.
                    Some(("branch.head", "(detached)")) => {}
                    Some(("branch.head", name)) => checkout.branch = Some(name.to_owned()),
                    _ => {}
                }
                continue;
            }
            "1" => 7,
            "2" => 8,
            "u" => 9,
            "?" => 0,
            _ => continue,
        };
        let Some(path) = rest.splitn(fields + 1, ' ').nth(fields) else { continue };
        let path = redact(path).into_owned();
        if kind == "2" {
            // The name that it had.
            entries.next();
        }
        let mut keep = |list: &mut Vec<String>| {
            if list.len() < FILES {
                list.push(path.clone());
            } else {
                checkout.more += 1;
            }
        };
        let mut codes = rest.chars();
        let (index, tree) = (codes.next(), codes.next());
        match kind {
            "?" => keep(&mut checkout.untracked),
            "u" => keep(&mut checkout.unmerged),
            _ => {
                if index != Some('.') {
                    keep(&mut checkout.staged);
                }
                if tree != Some('.') {
                    keep(&mut checkout.modified);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_entry_is_read_with_its_name_as_it_is() {
        let mut said = Vec::new();
        for entry in [
            &b"# branch.oid 7f3a"[..],
            b"# branch.head work/a b",
            b"1 M. N... 100644 100644 100644 aaa bbb staged one.rs",
            b"1 .M N... 100644 100644 100644 aaa bbb with\nline end",
            b"1 MM S.C. 160000 160000 160000 aaa bbb vendor/sub",
            b"2 R. N... 100644 100644 100644 aaa bbb R100 new name",
            b"old name",
            b"u UU N... 100644 100644 100644 100644 aaa bbb ccc both sides",
            b"? caf\xe9",
            b"",
        ] {
            said.extend(entry);
            said.push(0);
        }
        let mut checkout = Checkout::default();
        read(&said, &mut checkout);
        assert_eq!(checkout.head.as_deref(), Some("7f3a"));
        assert_eq!(checkout.branch.as_deref(), Some("work/a b"));
        assert_eq!(checkout.staged, ["staged one.rs", "vendor/sub", "new name"]);
        assert_eq!(checkout.modified, ["with\nline end", "vendor/sub"]);
        assert_eq!(checkout.unmerged, ["both sides"]);
        assert_eq!(checkout.untracked, ["caf\u{fffd}"]);
    }
}
