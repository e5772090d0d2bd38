//! The conversation's live branch.
//!
//! A transcript is a tree: each line names its parent. After a rewind the abandoned turn stays in
//! the file and the next line's parent lies before it; no hook tells. The chain remembers, for the
//! newest prompts, where they stand and what their parent was: a line with the same parent as a
//! prompt before it takes that prompt's place. After a rewind to before the *first* prompt the
//! parent is the end of the abandoned branch all the same (seen with 2.1.330); there only the
//! prompt's number in the live conversation tells: it starts again.

use super::cursor::hash;
use serde::{Deserialize, Serialize};
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};

/// Prompts that are remembered; a rewind further back is found by a look into the file.
const PROMPTS: usize = 64;

/// Finds the offset of a line by its uuid.
pub(super) type Look<'l> = &'l mut dyn FnMut(&str, Way) -> Option<u64>;

/// From where a line is looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    /// From the line that is read, a few megabytes back.
    Back,
    /// From the beginning to the line that is read.
    Forth,
}

/// The newest prompts of the live branch and its end.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Chain {
    /// Hash of the last main-chain line's uuid; 0 when not known.
    pub(super) tip: u64,
    prompts: Vec<Prompt>,
}

/// A prompt of the live branch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
struct Prompt {
    /// Where its line stands.
    #[serde(rename = "o")]
    offset: u64,
    /// Hash of its parent's uuid (1 when it has none).
    #[serde(rename = "p")]
    parent: u64,
    /// Its number in the live conversation, from 1; 0 where the version does not tell.
    #[serde(rename = "i")]
    index: u32,
}

/// The hash under which a line is remembered.
pub(super) fn key(uuid: Option<&str>) -> u64 {
    uuid.map_or(1, |u| hash(u.as_bytes()).max(2))
}

impl Chain {
    /// Forgets the end of the branch: what follows was not read from there.
    pub(super) fn lose(&mut self) {
        self.tip = 0;
    }

    /// Takes in a line; returns the offset of the first abandoned prompt when the line goes on
    /// from before it. `look` finds the offset of a line by its uuid, for parents not remembered.
    pub(super) fn grow(
        &mut self,
        uuid: &str,
        parent: Option<&str>,
        may_rewind: bool,
        look: Look<'_>,
    ) -> Option<u64> {
        let from = key(parent);
        let mut back_to = None;
        if may_rewind && self.tip != 0 && from != self.tip {
            let known = self.prompts.iter().rposition(|p| p.parent == from);
            let first = match (known, parent) {
                (Some(at), _) => Some(at),
                (None, Some(parent)) => look(parent, Way::Back)
                    .and_then(|offset| self.prompts.iter().position(|p| p.offset > offset)),
                (None, None) => None,
            };
            back_to = first.map(|at| self.abandon(at));
        }
        self.tip = key(Some(uuid));
        back_to
    }

    /// Remembers a prompt of the live branch; `index` is its number in the live conversation, from
    /// 1, 0 when not told. Returns the offset of the first prompt whose number it takes over.
    pub(super) fn prompt(&mut self, offset: u64, parent: Option<&str>, index: u32) -> Option<u64> {
        let taken = self.prompts.iter().position(|p| index > 0 && p.index >= index);
        let back_to = taken.map(|at| self.abandon(at));
        if self.prompts.len() == PROMPTS {
            self.prompts.remove(0);
        }
        self.prompts.push(Prompt { offset, parent: key(parent), index });
        back_to
    }

    fn abandon(&mut self, at: usize) -> u64 {
        let to = self.prompts[at].offset;
        self.prompts.truncate(at);
        to
    }
}

/// The offset of the line with this uuid, looked for backwards from `end` for at most `reach` bytes.
pub(super) fn find(
    file: &mut File,
    uuid: &str,
    end: u64,
    reach: u64,
    bytes: &mut u64,
) -> io::Result<Option<u64>> {
    const BLOCK: u64 = 256 << 10;
    let pattern = format!("\"uuid\":\"{uuid}\"");
    let finder = memchr::memmem::FinderRev::new(&pattern);
    let floor = end.saturating_sub(reach);
    let mut buffer = Vec::new();
    let mut to = end;
    while to > floor {
        let from = to.saturating_sub(BLOCK).max(floor);
        // The pattern may lie across two blocks.
        let over = (end - to).min(pattern.len() as u64);
        buffer.resize((to - from + over) as usize, 0);
        file.seek(SeekFrom::Start(from))?;
        file.read_exact(&mut buffer)?;
        *bytes += buffer.len() as u64;
        if let Some(at) = finder.rfind(&buffer) {
            return Ok(Some(from + at as u64));
        }
        to = from;
    }
    Ok(None)
}

/// The offset of the first line with this uuid before `end`.
pub(super) fn find_first(
    file: &mut File,
    uuid: &str,
    end: u64,
    bytes: &mut u64,
) -> io::Result<Option<u64>> {
    const BLOCK: u64 = 256 << 10;
    let pattern = format!("\"uuid\":\"{uuid}\"");
    let finder = memchr::memmem::Finder::new(&pattern);
    let mut buffer = Vec::new();
    let mut from = 0;
    while from < end {
        // The pattern may lie across two blocks.
        let to = (from + BLOCK + pattern.len() as u64).min(end);
        buffer.resize((to - from) as usize, 0);
        file.seek(SeekFrom::Start(from))?;
        file.read_exact(&mut buffer)?;
        *bytes += buffer.len() as u64;
        if let Some(at) = finder.find(&buffer) {
            return Ok(Some(from + at as u64));
        }
        from += BLOCK;
    }
    Ok(None)
}
