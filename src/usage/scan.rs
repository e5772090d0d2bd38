//! Reading one transcript from an offset to its end.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use memchr::memmem::{Finder, FinderRev};
use memchr::{memchr_iter, memrchr};
use xxhash_rust::xxh3::{Xxh3, xxh3_64};

use super::flaw::{Flaw, FlawedLine};
use super::ledger::{CoveringCost, ModelName, ReadState, SharedNames};
use super::line::{self, Line, Response};
use super::prices::Service;
use super::row::{IdIndex, Place, Row};

/// What is read at once. Stays in a core's second-level cache.
const CHUNK: usize = 256 << 10;

/// Longer lines are skipped. A response is bounded by the model's output limit, far below this; what
/// grows beyond is a tool's output.
const LONGEST_LINE: usize = 8 << 20;

/// Running totals are a few hundred bytes per model, written with their type first.
const LONGEST_COST_STATE: usize = 64 << 10;

/// A line says within this many bytes what it is.
const HEAD: usize = 256;

/// A response's usage is within so many bytes of its end.
const TAIL: usize = 2048;

/// How much of a file's head and of what lies before the offset is remembered.
const MARKED: usize = 256;

/// Reads files one after another, with buffers that are kept.
pub(super) struct Scanner<'n> {
    names: &'n SharedNames,
    buffer: Vec<u8>,
    usage: Finder<'static>,
    cost_state: Finder<'static>,
    user: Finder<'static>,
    assistant: Finder<'static>,
    excerpt: Excerpt,
    index: IdIndex,
    /// Names met lately, with their numbers.
    models: Vec<(ModelName, u16)>,
    session: Option<(Arc<str>, u32)>,
    /// Lines that don't count, where they are asked for.
    pub flaws: Vec<FlawedLine>,
    /// How many are kept.
    most_flaws: usize,
    /// Number of the line that is read, from where the reading began.
    number: u64,
    /// Told of the bytes as they are read.
    progress: Option<&'n AtomicU64>,
}

/// What a file is found to hold: its rows, each response once, and the rest.
#[derive(Debug, Default)]
pub(super) struct Found {
    pub rows: Vec<Row>,
    pub read: ReadState,
}

impl<'n> Scanner<'n> {
    pub(super) fn new(names: &'n SharedNames) -> Self {
        Self {
            names,
            buffer: vec![0; CHUNK],
            usage: Finder::new(b"\"usage\""),
            cost_state: Finder::new(b"\"cost-state\""),
            user: Finder::new(b"\"type\":\"user\",\"message\":{\"role\":\"user\""),
            assistant: Finder::new(b"\"assistant\""),
            excerpt: Excerpt::new(),
            index: IdIndex::default(),
            models: Vec::new(),
            session: None,
            flaws: Vec::new(),
            most_flaws: 0,
            number: 0,
            progress: None,
        }
    }

    /// Adds the bytes that are read to `bytes`.
    pub(super) fn counting(mut self, bytes: &'n AtomicU64) -> Self {
        self.progress = Some(bytes);
        self
    }

    /// Remembers the first lines that don't count, at most `most`.
    pub(super) fn keep_flaws(&mut self, most: usize) {
        self.most_flaws = most;
    }

    fn skip(&mut self, flaw: Flaw, found: &mut Found) {
        found.read.skipped += 1;
        if self.flaws.len() < self.most_flaws {
            self.flaws.push(FlawedLine { number: self.number, flaw });
        }
    }

    /// Reads on from `found.read.offset`. `home` is the session that the file belongs to.
    ///
    /// The last line counts without its newline, too, but will be read again.
    pub(super) fn scan(&mut self, file: &mut File, home: u32, found: &mut Found) -> io::Result<()> {
        self.index.clear();
        self.flaws.clear();
        self.number = 0;
        for at in 0..found.rows.len() {
            self.index.find_or_note(&found.rows, found.rows[at].id, at as u32);
        }
        found.read.torn_tail = false;
        file.seek(SeekFrom::Start(found.read.offset))?;
        let mut buffer = std::mem::take(&mut self.buffer);
        let read = self.scan_lines(file, home, found, &mut buffer);
        buffer.truncate(CHUNK);
        buffer.shrink_to(CHUNK);
        self.buffer = buffer;
        read?;
        found.read.mark = mark(file, found.read.offset)?;
        Ok(())
    }

    fn scan_lines(
        &mut self,
        file: &mut File,
        home: u32,
        found: &mut Found,
        buffer: &mut Vec<u8>,
    ) -> io::Result<()> {
        let mut filled = 0;
        // Where a line begins that is too long to be kept, while inside of it.
        let mut overlong = None;
        loop {
            let read = match file.read(&mut buffer[filled..]) {
                Ok(0) => break,
                Ok(read) => read,
                Err(e) if e.kind() == io::ErrorKind::Interrupted => continue,
                Err(e) => return Err(e),
            };
            if let Some(bytes) = self.progress {
                bytes.fetch_add(read as u64, Ordering::Relaxed);
            }
            let fresh = filled;
            filled += read;
            let Some(end) = memrchr(b'\n', &buffer[fresh..filled]).map(|at| fresh + at + 1) else {
                if overlong.is_some() || filled >= LONGEST_LINE {
                    overlong.get_or_insert(found.read.offset);
                    found.read.offset += filled as u64;
                    filled = 0;
                } else if filled == buffer.len() {
                    buffer.resize(filled * 2, 0);
                }
                continue;
            };
            let mut start = 0;
            for newline in memchr_iter(b'\n', &buffer[..end]) {
                self.number += 1;
                if overlong.take().is_some() {
                    self.skip(Flaw::TooLong, found);
                } else {
                    self.line(&buffer[start..newline], home, found);
                }
                start = newline + 1;
            }
            found.read.offset += end as u64;
            buffer.copy_within(end..filled, 0);
            filled -= end;
        }
        self.number += 1;
        let skipped = found.read.skipped;
        if let Some(start) = overlong {
            found.read.offset = start;
            self.skip(Flaw::TooLong, found);
            found.read.torn_tail = true;
            found.read.skipped = skipped;
        } else if filled > 0 {
            self.line(&buffer[..filled], home, found);
            found.read.torn_tail = found.read.skipped > skipped;
            found.read.skipped = skipped;
        }
        Ok(())
    }

    fn line(&mut self, line: &[u8], home: u32, found: &mut Found) {
        let mut line = line.trim_ascii();
        if let [0, ..] = line {
            // A crash of the machine leaves zeros; what was appended later may follow them.
            self.skip(Flaw::Zeros, found);
            let text = line.iter().position(|b| *b != 0).unwrap_or(line.len());
            line = &line[text..];
        }
        let (Some(first), Some(last)) = (line.first(), line.last()) else { return };
        if (*first, *last) != (b'{', b'}') {
            self.skip(Flaw::Torn, found);
        } else if self.is_user(line) {
            // What people and tools say is most of a transcript; it holds no response.
        } else if self.usage.find(line).is_some() {
            let mut excerpt = std::mem::take(&mut self.excerpt.text);
            if self.excerpt.without_content(line, &mut excerpt)
                && let Line::Response(response) = line::read(&excerpt)
            {
                self.response(&response, home, found);
            } else {
                match line::read(line) {
                    Line::Response(response) => self.response(&response, home, found),
                    Line::Other => {}
                    Line::Broken(flaw) => self.skip(flaw, found),
                }
            }
            self.excerpt.text = excerpt;
        } else if line.len() <= LONGEST_COST_STATE
            && self.cost_state.find(&line[..line.len().min(HEAD)]).is_some()
        {
            match line::read_cost_state(line) {
                Ok(Some(state)) => {
                    let rows = found.rows.len() as u32;
                    found.read.cost = Some(CoveringCost { state, rows, until: u32::MAX });
                }
                Ok(None) => {}
                Err(()) => self.skip(Flaw::Totals, found),
            }
        }
    }

    /// Whether a line is a user's from its start to its end. A response says first that it is none,
    /// before any content of its own could look like one; and where a crash tore a user's line and a
    /// response was appended to it, the end has its usage.
    fn is_user(&self, line: &[u8]) -> bool {
        let head = &line[..line.len().min(HEAD)];
        let Some(at) = self.user.find(head) else { return false };
        let tail = &line[line.len().saturating_sub(TAIL)..];
        self.assistant.find(&head[..at]).is_none() && self.usage.find(tail).is_none()
    }

    fn response(&mut self, response: &Response<'_>, home: u32, found: &mut Found) {
        let id = xxh3_64(response.id.as_bytes());
        let Some(model) = self.model(&response.model, response.service) else {
            self.skip(Flaw::Models, found);
            return;
        };
        let session = response.session.as_deref().map_or(home, |name| self.session(name));
        if found.read.cwd.is_none() {
            found.read.cwd = response.cwd.as_deref().map(Into::into);
        }
        if let Some(cost) = &mut found.read.cost {
            cost.until = cost.until.min(response.time);
        }
        let row = Row {
            id,
            time: response.time,
            tokens: response.tokens,
            session,
            model,
            searches: response.searches,
            place: if session == home { Place::Home } else { Place::Copied },
        };
        // The lines of a message mostly follow each other.
        let known = match found.rows.last() {
            Some(last) if last.id == id => Some(found.rows.len() - 1),
            _ => self
                .index
                .find_or_note(&found.rows, id, found.rows.len() as u32)
                .map(|at| at as usize),
        };
        match known {
            Some(at) => {
                let before = &mut found.rows[at];
                // Numbers grow while a message streams; its last line has the final ones.
                if row.tokens.output >= before.tokens.output {
                    *before = Row {
                        time: before.time.min(row.time),
                        session: before.session,
                        place: before.place,
                        ..row
                    };
                }
            }
            None => found.rows.push(row),
        }
    }

    fn model(&mut self, name: &str, service: Service) -> Option<u16> {
        if let Some((_, number)) =
            self.models.iter().find(|(known, _)| *known.name == *name && known.service == service)
        {
            return Some(*number);
        }
        let model = ModelName { name: name.into(), service };
        let number = self.names.with(|names| names.models.number(&model));
        let number = u16::try_from(number).ok()?;
        self.models.push((model, number));
        Some(number)
    }

    fn session(&mut self, name: &str) -> u32 {
        if let Some((known, number)) = &self.session
            && **known == *name
        {
            return *number;
        }
        let name: Arc<str> = name.into();
        let number = self.names.with(|names| names.sessions.number(&name));
        self.session = Some((name, number));
        number
    }
}

/// Cuts the content out of a response's line, which is most of it and needs no parsing.
///
/// What is left is a line like any other. It can only be read as a response when the cut was made at
/// the message's own content: a key of the same name elsewhere leaves brackets that don't match, or a
/// message without an id, and then the whole line is read.
struct Excerpt {
    text: Vec<u8>,
    start: Finder<'static>,
    end: FinderRev<'static>,
    message: Finder<'static>,
}

/// The content of a response starts within this many bytes.
const EARLY: usize = 1024;

/// Less than this is read faster than it is cut out.
const WORTH_CUTTING: usize = 256;

impl Excerpt {
    fn new() -> Self {
        Self {
            text: Vec::new(),
            start: Finder::new(b"\"content\":["),
            end: FinderRev::new(b"],\"stop_reason\":"),
            message: Finder::new(b"\"message\":{"),
        }
    }

    /// Writes `line` without its content to `text`; false when there is nothing worth cutting.
    fn without_content(&self, line: &[u8], text: &mut Vec<u8>) -> bool {
        let early = &line[..line.len().min(EARLY)];
        let Some(start) = self.start.find(early).map(|at| at + self.start.needle().len()) else {
            return false;
        };
        let Some(end) = self.end.rfind(&line[start..]).map(|at| start + at) else { return false };
        // A line that was cut off, with another appended to it, begins like one and ends like the other.
        if end - start < WORTH_CUTTING || self.message.find(&line[start..end]).is_some() {
            return false;
        }
        text.clear();
        text.extend_from_slice(&line[..start]);
        text.extend_from_slice(&line[end..]);
        true
    }
}

/// Hash of what a file holds at its head and before `offset`; changes when it was not only appended to.
pub(super) fn mark(file: &mut File, offset: u64) -> io::Result<u64> {
    let length = offset.min(MARKED as u64) as usize;
    let mut bytes = [0; MARKED];
    let mut hash = Xxh3::new();
    for from in [0, offset - length as u64] {
        file.seek(SeekFrom::Start(from))?;
        let mut read = 0;
        while read < length {
            match file.read(&mut bytes[read..length])? {
                // Shorter than it was a moment ago: no hash of what is left equals the one of before.
                0 => return Ok(0),
                more => read += more,
            }
        }
        hash.update(&bytes[..length]);
    }
    Ok(hash.digest())
}
