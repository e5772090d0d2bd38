//! Reading a part of a file, and finding the lines in it that may hold a match.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::ops::Range;

use memchr::{memchr, memrchr};
use regex::bytes::Regex;

/// What is read at once. Stays in a core's second-level cache.
const CHUNK: usize = 256 << 10;

/// Longer lines are passed over: no text that Claude could be given is nearly as long.
const LONGEST_LINE: usize = 64 << 20;

/// Reads files one after another, with a buffer that is kept.
pub(super) struct Scanner<'p> {
    raw: Option<&'p Regex>,
    buffer: Vec<u8>,
}

impl<'p> Scanner<'p> {
    pub(super) fn new(raw: Option<&'p Regex>) -> Self {
        Self { raw, buffer: vec![0; CHUNK] }
    }

    /// Hands every line to `see` that begins inside of `part` and may hold a match, with the place where
    /// it begins. Returns how many lines were too long.
    pub(super) fn scan(
        &mut self,
        file: &mut File,
        part: Range<u64>,
        see: &mut dyn FnMut(u64, &[u8]),
    ) -> io::Result<u64> {
        let mut buffer = std::mem::take(&mut self.buffer);
        let scanned = self.scan_lines(file, part, &mut buffer, see);
        buffer.truncate(CHUNK);
        buffer.shrink_to(CHUNK);
        self.buffer = buffer;
        scanned
    }

    fn scan_lines(
        &self,
        file: &mut File,
        part: Range<u64>,
        buffer: &mut Vec<u8>,
        see: &mut dyn FnMut(u64, &[u8]),
    ) -> io::Result<u64> {
        // The line that begins before this part is the part's before; its end is found from one byte back.
        let mut offset = part.start.saturating_sub(1);
        let mut inside = part.start > 0;
        file.seek(SeekFrom::Start(offset))?;
        let mut overlong = 0;
        let mut filled = 0;
        loop {
            let read = match file.read(&mut buffer[filled..]) {
                Ok(0) => break,
                Ok(read) => read,
                Err(e) if e.kind() == io::ErrorKind::Interrupted => continue,
                Err(e) => return Err(e),
            };
            let fresh = filled;
            filled += read;
            if inside {
                let end = memchr(b'\n', &buffer[..filled]).map_or(filled, |at| at + 1);
                inside = buffer[end - 1] != b'\n';
                offset += end as u64;
                buffer.copy_within(end..filled, 0);
                filled -= end;
                if inside || filled == 0 {
                    continue;
                }
            }
            let fresh = if fresh < filled { fresh } else { 0 };
            let end = memrchr(b'\n', &buffer[fresh..filled]).map(|at| fresh + at + 1);
            let Some(end) = end else {
                if offset >= part.end {
                    return Ok(overlong);
                }
                if filled >= LONGEST_LINE {
                    overlong += 1;
                    inside = true;
                    offset += filled as u64;
                    filled = 0;
                } else if filled == buffer.len() {
                    buffer.resize(filled * 2, 0);
                }
                continue;
            };
            self.candidates(&buffer[..end], offset, part.end, see);
            offset += end as u64;
            if offset >= part.end {
                return Ok(overlong);
            }
            buffer.copy_within(end..filled, 0);
            filled -= end;
        }
        if filled > 0 {
            self.candidates(&buffer[..filled], offset, part.end, see);
        }
        Ok(overlong)
    }

    /// The lines of `text` that may hold a match and begin before `limit`.
    fn candidates(&self, text: &[u8], offset: u64, limit: u64, see: &mut dyn FnMut(u64, &[u8])) {
        let mut from = 0;
        while from < text.len() {
            let at = match self.raw {
                None => from,
                Some(raw) => match raw.find_at(text, from) {
                    Some(found) => found.start(),
                    None => return,
                },
            };
            let start = memrchr(b'\n', &text[from..at]).map_or(from, |line| from + line + 1);
            let end = memchr(b'\n', &text[at..]).map_or(text.len(), |line| at + line);
            if offset + start as u64 >= limit {
                return;
            }
            see(offset + start as u64, &text[start..end]);
            from = end + 1;
        }
    }
}
