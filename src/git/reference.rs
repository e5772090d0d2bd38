//! Where `HEAD` stands.

use std::cmp::Ordering;
use std::path::Path;

use super::Repository;
use super::file;
use crate::bytes;

/// What a work tree has checked out.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Head {
    /// The branch without `refs/heads/`; during a rebase, the branch that is being rebased. As the
    /// repository has it: [`super::quote`] it before it goes into a text.
    pub branch: Option<String>,
    /// The commit in full, 40 or 64 lower-case hexadecimal digits. `None` before the first commit and
    /// with the reftable format, whose binary files are not read.
    pub commit: Option<String>,
    /// `HEAD` names a commit instead of a branch.
    pub detached: bool,
}

const BRANCHES: &[u8] = b"refs/heads/";

impl Repository {
    /// Reads `HEAD` and what it names. What cannot be read is left out.
    pub fn head(&self) -> Head {
        let mut head = Head::default();
        let Some(text) = file::line(&self.git_dir, "HEAD") else { return head };
        if let Some(name) = text.strip_prefix(b"ref:") {
            let name = name.trim_ascii();
            if is_reference(name) {
                head.branch = branch(name);
                head.commit = self.resolve(name);
            }
        } else if file::is_hash(text.trim_ascii()) {
            head.detached = true;
            head.commit = Some(hash(text.trim_ascii()));
            head.branch = self.rebased_branch();
        }
        head
    }

    /// `merge`, `rebase`, `am`, `cherry-pick`, `revert` or `bisect`, when one is under way.
    pub fn in_progress(&self) -> Option<&'static str> {
        // A rebase stops with a cherry-pick under way, so it comes first.
        [
            ("rebase-merge", "rebase"),
            ("rebase-apply/applying", "am"),
            ("rebase-apply", "rebase"),
            ("MERGE_HEAD", "merge"),
            ("CHERRY_PICK_HEAD", "cherry-pick"),
            ("REVERT_HEAD", "revert"),
            ("BISECT_LOG", "bisect"),
        ]
        .into_iter()
        .find(|(name, _)| self.git_dir.join(name).symlink_metadata().is_ok())
        .map(|(_, operation)| operation)
    }

    fn rebased_branch(&self) -> Option<String> {
        ["rebase-merge/head-name", "rebase-apply/head-name"]
            .iter()
            .find_map(|name| file::line(&self.git_dir, name))
            .filter(|name| is_reference(name))
            .and_then(|name| branch(&name))
    }

    /// The commit that a reference stands for, through at most four symbolic ones.
    fn resolve(&self, name: &[u8]) -> Option<String> {
        let mut name = name.to_vec();
        for _ in 0..5 {
            let Some(text) = file::whole(&self.common_dir, &file::path(&name), 4096) else {
                return packed(&self.common_dir, &name);
            };
            let text = text.trim_ascii();
            match text.strip_prefix(b"ref:") {
                Some(next) if is_reference(next.trim_ascii()) => {
                    name = next.trim_ascii().to_vec();
                }
                Some(_) => return None,
                None => return file::is_hash(text).then(|| hash(text)),
            }
        }
        None
    }
}

fn branch(reference: &[u8]) -> Option<String> {
    Some(String::from_utf8_lossy(reference.strip_prefix(BRANCHES)?).into_owned())
}

fn hash(text: &[u8]) -> String {
    String::from_utf8_lossy(text).to_ascii_lowercase()
}

/// Git's own rules for a reference's name (`git check-ref-format`); it becomes a path.
fn is_reference(name: &[u8]) -> bool {
    let forbidden = |byte: &u8| *byte <= b' ' || b"\x7f~^:?*[\\".contains(byte);
    name.len() <= 1024
        && name.starts_with(b"refs/")
        && !name.iter().any(forbidden)
        && bytes::find_part(b"..", name).is_none()
        && bytes::find_part(b"@{", name).is_none()
        && name
            .split(|&byte| byte == b'/')
            .all(|part| !part.is_empty() && !part.starts_with(b".") && !part.ends_with(b".lock"))
}

/// Above this a sorted `packed-refs` is narrowed down by halving before it is read.
const WINDOW: u64 = 32 * 1024;
/// How much is read of one that is not sorted (git has sorted them since 2018).
const UNSORTED: u64 = 4 * 1024 * 1024;
/// More than the longest line that [`is_reference`] lets through.
const LINE: u64 = 2048;

/// The commit of a reference in `packed-refs`: lines of `<hash> <name>`, each perhaps followed by
/// `^<hash>`, what a tag stands for.
fn packed(common_dir: &Path, name: &[u8]) -> Option<String> {
    let mut file = file::open(common_dir, Path::new("packed-refs"))?;
    let (mut low, mut high) = (0, file.length);
    let header = file::part(&mut file, 0, 256)?;
    let header = header.split(|&byte| byte == b'\n').next()?;
    let sorted =
        header.starts_with(b"# pack-refs") && bytes::find_part(b" sorted", header).is_some();
    if !sorted {
        high = high.min(UNSORTED);
    }
    while sorted && high - low > WINDOW {
        let middle = low + (high - low) / 2;
        let block = file::part(&mut file, middle, 2 * LINE)?;
        let (skipped, found) = first_record(&block)?;
        match found.cmp(name) {
            Ordering::Greater => high = middle,
            Ordering::Equal | Ordering::Less => low = middle + skipped,
        }
    }
    // The line that begins before `high` may end after it.
    let text = file::part(&mut file, low, high - low + LINE)?;
    text.split(|&byte| byte == b'\n').find_map(|line| {
        let (commit, found) = record(line)?;
        (found == name).then(|| hash(commit))
    })
}

/// The name in the first whole record of a block that begins anywhere, and where that record begins.
fn first_record(block: &[u8]) -> Option<(u64, &[u8])> {
    let mut start = bytes::find(b'\n', block)? + 1;
    loop {
        let end = start + bytes::find(b'\n', &block[start..])?;
        if let Some((_, name)) = record(&block[start..end]) {
            return Some((start as u64, name));
        }
        start = end + 1;
    }
}

fn record(line: &[u8]) -> Option<(&[u8], &[u8])> {
    let space = bytes::find(b' ', line)?;
    let (commit, name) = (&line[..space], &line[space + 1..]);
    file::is_hash(commit).then_some((commit, name.strip_suffix(b"\r").unwrap_or(name)))
}

#[cfg(test)]
mod tests {
    use super::{is_reference, packed};
    use std::fmt::Write as _;
    use std::path::Path;

    #[allow(clippy::disallowed_methods)]
    fn write(dir: &Path, text: &str) {
        std::fs::write(dir.join("packed-refs"), text).unwrap();
    }

    #[test]
    fn every_line_of_a_large_packed_refs_is_found() {
        let dir = tempfile::tempdir().unwrap();
        let mut text = "# pack-refs with: peeled fully-peeled sorted \n".to_owned();
        let count = 5000;
        for n in 0..count {
            writeln!(text, "{n:040x} refs/heads/{n:06}{}", "x".repeat(n % 70)).unwrap();
            if n % 3 == 0 {
                writeln!(text, "^{:040x}", n + 1).unwrap();
            }
        }
        write(dir.path(), &text);
        for n in 0..count {
            let name = format!("refs/heads/{n:06}{}", "x".repeat(n % 70));
            assert_eq!(packed(dir.path(), name.as_bytes()), Some(format!("{n:040x}")), "{name}");
        }
        for missing in ["refs/a", "refs/heads/0025", "refs/z"] {
            assert_eq!(packed(dir.path(), missing.as_bytes()), None);
        }
        write(dir.path(), &text.replace(" sorted", ""));
        assert_eq!(packed(dir.path(), b"refs/heads/000070"), Some(format!("{:040x}", 70)));
    }

    #[test]
    fn a_packed_refs_that_only_claims_to_be_one_ends_the_search() {
        let dir = tempfile::tempdir().unwrap();
        let header = "# pack-refs with: sorted \n";
        for filler in ["x".repeat(200_000), "x\n".repeat(100_000), "\n".repeat(200_000)] {
            write(dir.path(), &format!("{header}{filler}"));
            assert_eq!(packed(dir.path(), b"refs/heads/main"), None);
        }
    }

    #[test]
    fn names_that_would_leave_the_refs_folder_are_no_references() {
        for good in ["refs/heads/main", "refs/heads/feature/über", "refs/remotes/origin/x"] {
            assert!(is_reference(good.as_bytes()), "{good}");
        }
        for bad in [
            "refs/heads/../../config",
            "refs/heads/.invalid",
            "refs//heads",
            "/etc/passwd",
            "heads/main",
            "refs/heads/a b",
            "refs/heads/x.lock",
            "refs/heads/x/",
            "refs/heads/a\u{1b}[31m",
            "refs/heads/c:\\x",
        ] {
            assert!(!is_reference(bad.as_bytes()), "{bad}");
        }
    }
}
