//! What was done to `HEAD`, from its log.

use std::path::Path;

use chrono::{DateTime, Utc};

use super::{Repository, file, quote};
use crate::bytes;

/// A commit that `HEAD` came to in this work tree, and that was not undone since.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Commit {
    /// In full, lower case.
    pub hash: String,
    /// When `HEAD` moved to it, to the second.
    pub at: DateTime<Utc>,
    /// Its first line, already [`quote`]d; of a merge or pull, what git noted: `merge topic: Fast-forward`.
    pub subject: String,
    pub action: Action,
}

/// How a commit came about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Action {
    Commit,
    Amend,
    Merge,
    Pull,
    Rebase,
    CherryPick,
    Revert,
    /// A patch applied by `git am`.
    Apply,
}

/// A change from one branch or commit to another, by `git switch` or `git checkout`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Move {
    pub at: DateTime<Utc>,
    /// Both already [`quote`]d.
    pub from: String,
    pub to: String,
}

/// How far back the log is read, in bytes: some 1,500 entries.
const MOST: u64 = 256 * 1024;
const BLOCK: u64 = 16 * 1024;
/// Clocks and dated commits make entries that are older than their predecessors: so many in a row end
/// the search.
const OLDER: usize = 32;
/// Length of a quoted subject or name, in UTF-16 units (design: what comes from outside is one line of 200).
const UNITS: usize = 200;

struct Entry<'a> {
    old: &'a [u8],
    new: &'a [u8],
    at: DateTime<Utc>,
    message: &'a [u8],
}

enum What {
    Made(Action),
    /// `HEAD` went back: what it left behind is undone if it descends from where it went.
    Reset,
    RebaseStarted,
    RebaseFinished,
    RebaseAborted,
    Moved(Move),
    /// Nothing to tell, such as a clone.
    Other,
}

impl Repository {
    /// The commits made since `when`, newest first, at most `most`.
    ///
    /// `when` counts by the second, as the log does. Commits that were amended away, taken back by
    /// `git reset` or replayed by a rebase are left out; those of the newest 256 KB of the log are seen.
    pub fn commits_since(&self, when: DateTime<Utc>, most: usize) -> Vec<Commit> {
        let mut history = History::default();
        for (old, new, at, message) in self.entries_since(when).into_iter().rev() {
            let (what, subject) = parse(at, &message);
            match what {
                What::Made(action) => {
                    let melded = contains(&message, b"(fixup)") || contains(&message, b"(squash)");
                    let replaces = action == Action::Amend || action == Action::Rebase && melded;
                    history.add(Commit { hash: new, at, subject, action }, old, replaces);
                }
                What::Reset => history.reset(&old, &new),
                What::RebaseStarted => {
                    history.rebase = Some(Rebase { tip: old, start: history.made.len(), picks: 0 });
                }
                What::RebaseFinished => history.finish_rebase(),
                What::RebaseAborted => {
                    if let Some(rebase) = history.rebase.take() {
                        history.made.truncate(rebase.start);
                    }
                }
                What::Moved(_) | What::Other => {}
            }
        }
        history.made.into_iter().rev().take(most).map(|one| one.commit).collect()
    }

    /// The changes of branch since `when`, newest first, at most `most`.
    pub fn moves_since(&self, when: DateTime<Utc>, most: usize) -> Vec<Move> {
        self.entries_since(when)
            .into_iter()
            .filter_map(|(_, _, at, message)| match parse(at, &message).0 {
                What::Moved(moved) => Some(moved),
                _ => None,
            })
            .take(most)
            .collect()
    }

    /// Whether `HEAD` was ever at the commit, given by at least seven digits, in the newest 256 KB of
    /// its log: a commit seen elsewhere was really made here.
    pub fn in_log(&self, hash: &str) -> bool {
        let hash = hash.to_ascii_lowercase();
        let mut found = false;
        if hash.len() >= 7 {
            self.each_entry(|entry| {
                found = entry.new.starts_with(hash.as_bytes());
                !found
            });
        }
        found
    }

    fn entries_since(&self, when: DateTime<Utc>) -> Vec<(String, String, DateTime<Utc>, Vec<u8>)> {
        let text = |hash: &[u8]| String::from_utf8_lossy(hash).to_ascii_lowercase();
        let mut entries = Vec::new();
        let mut older = 0;
        self.each_entry(|entry| {
            if entry.at.timestamp() < when.timestamp() {
                older += 1;
            } else {
                older = 0;
                let message = entry.message[..entry.message.len().min(2048)].to_vec();
                entries.push((text(entry.old), text(entry.new), entry.at, message));
            }
            older < OLDER
        });
        entries
    }

    /// Hands over the entries of `logs/HEAD`, newest first, until `visit` has had enough.
    fn each_entry(&self, mut visit: impl FnMut(Entry<'_>) -> bool) {
        let Some(mut log) = file::open(&self.git_dir, Path::new("logs/HEAD")) else { return };
        let length = log.length;
        let mut start = length;
        // The rest of the line that begins in the block before.
        let mut rest = Vec::new();
        while start > 0 && length - start < MOST {
            let size = BLOCK.min(start);
            start -= size;
            let Some(mut block) = file::part(&mut log, start, size) else { return };
            block.append(&mut rest);
            let whole = match bytes::find(b'\n', &block) {
                _ if start == 0 => 0,
                Some(end) => end + 1,
                None => block.len(),
            };
            let lines = block[whole..].rsplit(|&byte| byte == b'\n');
            for entry in lines.filter_map(entry) {
                if !visit(entry) {
                    return;
                }
            }
            block.truncate(whole);
            rest = block;
        }
    }
}

/// The commits made so far, oldest first.
#[derive(Default)]
struct History {
    made: Vec<Made>,
    rebase: Option<Rebase>,
}

/// A commit with what it was made on.
struct Made {
    commit: Commit,
    before: String,
}

/// A rebase under way.
struct Rebase {
    /// Where the branch stood.
    tip: String,
    /// How many commits were made before.
    start: usize,
    /// How many were replayed.
    picks: usize,
}

impl History {
    fn add(&mut self, commit: Commit, mut before: String, replaces: bool) {
        if let Some(rebase) = self.rebase.as_mut().filter(|_| commit.action == Action::Rebase) {
            rebase.picks += 1;
        }
        if replaces && let Some(at) = self.find(&before) {
            before = self.made.remove(at).before;
        }
        self.made.push(Made { commit, before });
    }

    /// Takes the commits that were replayed, as many as were picked, out below the old tip.
    fn finish_rebase(&mut self) {
        if let Some(Rebase { tip, start, picks }) = self.rebase.take() {
            let replayed = self.made.split_off(start.min(self.made.len()));
            let mut originals = self.chain(&tip, |_| false);
            originals.truncate(picks);
            self.remove(originals);
            self.made.extend(replayed);
        }
    }

    /// Takes back the commits from `tip` down to `base`, if they are known to follow each other.
    fn reset(&mut self, tip: &str, base: &str) {
        let undone = self.chain(tip, |hash| hash == base);
        if undone.last().is_some_and(|&at| self.made[at].before == base) {
            self.remove(undone);
        }
    }

    /// The known commits from `tip` downwards until `done`, by their places.
    fn chain(&self, tip: &str, done: impl Fn(&str) -> bool) -> Vec<usize> {
        let mut chain = Vec::new();
        let mut hash = tip;
        while !done(hash) {
            match self.find(hash) {
                Some(at) if !chain.contains(&at) => {
                    chain.push(at);
                    hash = &self.made[at].before;
                }
                _ => break,
            }
        }
        chain
    }

    fn remove(&mut self, mut places: Vec<usize>) {
        places.sort_unstable();
        for at in places.into_iter().rev() {
            self.made.remove(at);
        }
    }

    fn find(&self, hash: &str) -> Option<usize> {
        self.made.iter().rposition(|one| one.commit.hash == hash)
    }
}

/// `<old> <new> <name> <<mail>> <seconds> <zone>\t<message>`
fn entry(line: &[u8]) -> Option<Entry<'_>> {
    let tab = bytes::find(b'\t', line).unwrap_or(line.len());
    let (who, message) = (&line[..tab], line.get(tab + 1..).unwrap_or_default());
    let mut hashes = who.splitn(3, |&byte| byte == b' ');
    let (old, new) = (hashes.next()?, hashes.next()?);
    let mut time = hashes.next()?.rsplitn(3, |&byte| byte == b' ');
    let (_zone, seconds) = (time.next()?, time.next()?);
    let seconds = std::str::from_utf8(seconds).ok()?.parse().ok()?;
    (file::is_hash(old) && file::is_hash(new)).then_some(Entry {
        old,
        new,
        at: DateTime::from_timestamp(seconds, 0)?,
        message,
    })
}

/// What an entry says was done, and the subject of the commit that came of it.
fn parse(at: DateTime<Utc>, message: &[u8]) -> (What, String) {
    let text = String::from_utf8_lossy(message);
    let (action, detail) = text.split_once(": ").unwrap_or((&text, ""));
    let mut words = action.split(' ');
    let verb = words.next().unwrap_or_default();
    let kind = action.rsplit_once('(').map_or("", |(_, kind)| kind.trim_end_matches(')'));
    let what = match (verb, kind) {
        ("commit", "amend") => What::Made(Action::Amend),
        ("commit", "merge") => What::Made(Action::Merge),
        ("commit", "cherry-pick") | ("cherry-pick", _) => What::Made(Action::CherryPick),
        ("commit", _) => What::Made(Action::Commit),
        ("revert", _) => What::Made(Action::Revert),
        ("am", "" | "continue") => What::Made(Action::Apply),
        ("reset", _) => What::Reset,
        ("rebase" | "pull", "start") => What::RebaseStarted,
        ("rebase" | "pull", "finish") => What::RebaseFinished,
        ("rebase" | "pull", "abort") => What::RebaseAborted,
        ("rebase", "reset") => What::Other,
        ("rebase", _) | ("pull", "pick" | "continue" | "squash" | "fixup" | "reword" | "edit") => {
            What::Made(Action::Rebase)
        }
        ("merge", _) => return (What::Made(Action::Merge), quote(&text, UNITS)),
        ("pull", _) => return (What::Made(Action::Pull), quote(&text, UNITS)),
        ("checkout", _) => {
            let names =
                detail.strip_prefix("moving from ").and_then(|rest| rest.split_once(" to "));
            names.map_or(What::Other, |(from, to)| {
                What::Moved(Move { at, from: quote(from, UNITS), to: quote(to, UNITS) })
            })
        }
        _ => What::Other,
    };
    (what, quote(detail, UNITS))
}

fn contains(text: &[u8], part: &[u8]) -> bool {
    bytes::find_part(part, text).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_is_read_whatever_its_author_is_called() {
        let (old, new) = ("0".repeat(40), "A".repeat(40));
        let line = format!("{old} {new} A > B  C <x y@z> 1795367649 +0200\tcommit: tab\there");
        let entry = entry(line.as_bytes()).unwrap();
        assert_eq!(entry.at.timestamp(), 1_795_367_649);
        assert_eq!(entry.message, b"commit: tab\there");
        for bad in ["", "x", &line.replace("1795367649", "soon"), &line[1..], &line[..90]] {
            assert!(super::entry(bad.as_bytes()).is_none(), "{bad}");
        }
        let no_message = line.split('\t').next().unwrap();
        assert_eq!(super::entry(no_message.as_bytes()).unwrap().message, b"");
    }
}
