//! What of a session's entry decides whether a starting session is told of it: read by place, without the rest.

use super::recent::Entry;
use crate::bytes;
use crate::time;
use chrono::{DateTime, TimeDelta, Utc};
use std::borrow::Cow;
use std::path::Path;

/// For so long, broken-off work comes before a later session that came to its end.
const URGENT: TimeDelta = TimeDelta::days(3);

/// Whom a session is offered to.
#[derive(Debug, Clone, Copy)]
pub struct Asking<'a> {
    /// The starting session.
    pub id: &'a str,
    /// Top of its work tree, or the folder.
    pub worktree: &'a Path,
    pub branch: Option<&'a str>,
    /// A person sits at it.
    pub attended: bool,
    pub now: DateTime<Utc>,
}

/// What decides about an offer.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Offered<'a> {
    pub(super) prompts: u32,
    attended: bool,
    cut_off: bool,
    worktree: Cow<'a, Path>,
    branch: Option<Cow<'a, str>>,
    last: Last<'a>,
}

/// When a session was active last: most are ruled out before it is asked.
#[derive(Debug, Clone, PartialEq)]
enum Last<'a> {
    Read(Option<DateTime<Utc>>),
    /// As it is written.
    Stored(&'a str),
}

impl<'a> Offered<'a> {
    pub(super) fn of(entry: &'a Entry) -> Self {
        Self {
            prompts: entry.prompts,
            attended: entry.attended,
            cut_off: entry.cut_off,
            worktree: Cow::Borrowed(&entry.worktree),
            branch: entry.branch.as_deref().map(Cow::Borrowed),
            last: Last::Read(entry.last),
        }
    }

    /// Whether it can be offered at all.
    pub(super) fn fits(&self, attended: bool) -> bool {
        self.prompts > 0
            // One question asked by a script is nothing to go on with, unless it broke off.
            && (self.attended || self.cut_off || (attended && self.prompts > 1))
            && (attended || !self.attended)
    }

    /// What stands first is offered first: sessions of the same work tree and branch of the last 14 days,
    /// then of the same branch, then any. In each, what broke off in the last three days, then the newest.
    pub(super) fn order(&self, asking: &Asking<'_>) -> (bool, u8, bool, TimeDelta) {
        let last = match self.last {
            Last::Read(last) => last,
            Last::Stored(text) => time::parse(text),
        };
        let age = asking.now - last.unwrap_or_default();
        let same_tree = self.worktree.as_os_str() == asking.worktree.as_os_str()
            || *self.worktree == *asking.worktree;
        let same_branch = self.branch.as_deref() == asking.branch;
        let rank = match (same_branch, same_tree) {
            (true, true) if age < TimeDelta::days(14) => 0,
            (true, _) => 1,
            _ => 2,
        };
        // A script's single turn never stands before a person's session.
        let script = !self.attended && self.prompts <= 1;
        (script, rank, !(self.cut_off && age < URGENT), age)
    }
}

/// An entry of the list, as far as it decides.
#[derive(Debug, PartialEq)]
pub(super) struct Deciding<'a> {
    pub(super) id: &'a str,
    /// The process as it is written.
    pub(super) process: Option<&'a str>,
    pub(super) settled: bool,
    pub(super) given: Option<&'a str>,
    pub(super) offered: Offered<'a>,
}

impl<'a> Deciding<'a> {
    /// Reads the entry that a text begins with, and how long that is. `None` where it is not as it is written.
    /// Control characters, and what stands where a time should, are not looked at.
    pub(super) fn read(text: &'a str) -> Option<(Self, usize)> {
        let mut reader = Reader { text, at: 0 };
        let it = &mut reader;
        it.pass(b"{\"id\":\"")?;
        let id = it.plain()?;
        if it.passes(b",\"transcript\":\"") {
            it.string()?;
        }
        let process = if it.passes(b",\"process\":") { Some(it.process()?) } else { None };
        it.pass(b",\"attended\":")?;
        let attended = it.flag()?;
        it.pass(b",\"worktree\":\"")?;
        let worktree = match it.text()? {
            Cow::Borrowed(path) => Cow::Borrowed(Path::new(path)),
            Cow::Owned(path) => Cow::Owned(path.into()),
        };
        let branch = if it.passes(b",\"branch\":\"") { Some(it.text()?) } else { None };
        it.pass(b",\"started\":")?;
        it.time()?;
        it.pass(b",\"last\":")?;
        let last = it.time()?;
        it.pass(b",\"prompts\":")?;
        let prompts = it.small()?;
        if it.passes(b",\"ended\":\"") {
            it.string()?;
        }
        it.pass(b",\"cut_off\":")?;
        let cut_off = it.flag()?;
        it.pass(b",\"settled\":")?;
        let settled = it.flag()?;
        if it.passes(b",\"context\":") {
            it.number()?;
        }
        if it.passes(b",\"window\":") {
            it.number()?;
        }
        if it.passes(b",\"about\":\"") {
            it.string()?;
        }
        if it.passes(b",\"previous\":\"") {
            it.string()?;
        }
        let given = if it.passes(b",\"given\":\"") { Some(it.plain()?) } else { None };
        if it.passes(b",\"pause\":\"") {
            it.string()?;
        }
        if it.passes(b",\"open_tasks\":") {
            it.small()?;
        }
        it.pass(b"}")?;
        let offered = Offered { prompts, attended, cut_off, worktree, branch, last };
        Some((Self { id, process, settled, given, offered }, reader.at))
    }
}

/// Reads values one after the other; strings from behind their first quotation mark.
struct Reader<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Reader<'a> {
    /// Goes on behind `expected`, if that is what comes. Of a known length, it is compared without a call.
    #[inline]
    fn passes<const N: usize>(&mut self, expected: &[u8; N]) -> bool {
        let there = self.text.as_bytes()[self.at..].first_chunk::<N>() == Some(expected);
        self.at += if there { N } else { 0 };
        there
    }

    #[inline]
    fn pass<const N: usize>(&mut self, expected: &[u8; N]) -> Option<()> {
        self.passes(expected).then_some(())
    }

    /// A string as it is written, and whether it has escapes. `None` for escapes that are not of one character.
    #[inline]
    fn string(&mut self) -> Option<(&'a str, bool)> {
        let text = self.text.as_bytes();
        let (from, mut escapes) = (self.at, false);
        loop {
            self.at += bytes::find_either(b'"', b'\\', &text[self.at..])?;
            if text[self.at] == b'"' {
                self.at += 1;
                return Some((&self.text[from..self.at - 1], escapes));
            }
            if !b"\"\\/bfnrt".contains(text.get(self.at + 1)?) {
                return None;
            }
            escapes = true;
            self.at += 2;
        }
    }

    /// A string that stands as it is.
    #[inline]
    fn plain(&mut self) -> Option<&'a str> {
        self.string().filter(|(_, escapes)| !escapes).map(|(written, _)| written)
    }

    /// What a string says.
    fn text(&mut self) -> Option<Cow<'a, str>> {
        let from = self.at - 1;
        Some(match self.string()? {
            (written, false) => Cow::Borrowed(written),
            (_, true) => Cow::Owned(serde_json::from_str(&self.text[from..self.at]).ok()?),
        })
    }

    #[inline]
    fn number(&mut self) -> Option<u64> {
        let from = self.at;
        let mut number: u64 = 0;
        while let Some(digit @ b'0'..=b'9') = self.text.as_bytes().get(self.at) {
            number = number.checked_mul(10)?.checked_add(u64::from(digit - b'0'))?;
            self.at += 1;
        }
        // A zero that leads would be no JSON.
        let digits = self.at - from;
        (digits == 1 || (digits > 1 && self.text.as_bytes()[from] != b'0')).then_some(number)
    }

    fn small(&mut self) -> Option<u32> {
        self.number()?.try_into().ok()
    }

    fn flag(&mut self) -> Option<bool> {
        if self.passes(b"true") { Some(true) } else { self.pass(b"false").map(|()| false) }
    }

    /// A stored time, or none.
    fn time(&mut self) -> Option<Last<'a>> {
        if self.passes(b"null") {
            return Some(Last::Read(None));
        }
        self.pass(b"\"")?;
        self.plain().map(Last::Stored)
    }

    /// A process's identity, as it is written.
    fn process(&mut self) -> Option<&'a str> {
        let from = self.at;
        self.pass(b"{\"p\":")?;
        self.small()?;
        self.pass(b",\"s\":")?;
        self.number()?;
        if self.passes(b",\"b\":\"") {
            self.plain()?;
        }
        if self.passes(b",\"n\":") {
            self.number()?;
        }
        if self.passes(b",\"h\":\"") {
            self.plain()?;
        }
        self.pass(b"}")?;
        Some(&self.text[from..self.at])
    }
}
