//! Reading a session's transcript incrementally.
//!
//! A transcript is append-only and may be hundreds of megabytes long; a [`Cursor`] remembers how far
//! it was read, so that the cost of a hook depends on what is new. Lines become [`Event`]s, in file
//! order; abandoned branches of the conversation are told by [`Event::Rewound`].

mod block;
mod chain;
mod copies;
mod cursor;
mod glance;
mod line;
mod lines;
mod maybe;
mod raw;
mod tail;
mod tool;

use crate::bytes;
use crate::session::event::{At, Event, Place};
use chain::Way;
use chrono::{DateTime, Utc};
pub use cursor::Cursor;
pub use glance::{Glance, glance};
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;
use std::time::Instant;
pub use tail::{Context, context};

/// How much of a transcript that was never read is folded at first: its newest part. A hook must
/// not take longer because it was installed in the middle of a long session.
pub const FIRST_READ: u64 = 8 << 20;
/// Of a transcript longer than that, the beginning is read too: it holds the first prompt.
pub const HEAD: u64 = 512 << 10;
/// How far back a prompt's parent is looked for when no kept prompt tells where it stands.
const LOOK_BACK: u64 = 8 << 20;

/// How much of what a transcript has gained is folded at once.
#[derive(Debug, Clone, Copy, Default)]
pub struct Reach {
    /// Of a transcript that was never seen, the newest so many bytes (see [`FIRST_READ`]) and its beginning;
    /// the bytes left out are counted in the cursor.
    pub first: Option<u64>,
    /// After this moment no further line is begun, once a megabyte was folded: the cursor stands where
    /// the next call goes on.
    pub until: Option<Instant>,
}

impl From<Option<u64>> for Reach {
    fn from(first: Option<u64>) -> Self {
        Self { first, until: None }
    }
}

/// What one call of [`follow`] did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Report {
    /// Bytes read from the file, look-ups included.
    pub bytes: u64,
    /// Whole lines folded.
    pub lines: u64,
    /// The cursor did not fit the file: everything was folded anew, what was known is void.
    pub restarted: bool,
}

/// Opens a transcript, refusing what is not a regular file (a FIFO would block for ever).
fn open(path: &Path) -> io::Result<(File, u64)> {
    #[cfg(unix)]
    let file = {
        use rustix::fs::{Mode, OFlags};
        // Without waiting for a writer; of a regular file this means nothing.
        let flags = OFlags::RDONLY | OFlags::NONBLOCK | OFlags::CLOEXEC;
        File::from(rustix::fs::open(path, flags, Mode::empty())?)
    };
    #[cfg(not(unix))]
    let file = File::open(path)?;
    let meta = file.metadata()?;
    if !meta.is_file() {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "not a regular file"));
    }
    Ok((file, meta.len()))
}

/// How long a transcript is and when it was written to last, by one look at it: as long as both are the same,
/// it has gained nothing and is the file that it was.
pub fn stamp(path: &Path) -> io::Result<(u64, DateTime<Utc>)> {
    let meta = path.metadata()?;
    Ok((meta.len(), meta.modified()?.into()))
}

/// Fills the buffer from `offset` on: one call where the system has one.
fn read_at(file: &mut File, buffer: &mut [u8], offset: u64) -> io::Result<()> {
    #[cfg(unix)]
    return std::os::unix::fs::FileExt::read_exact_at(file, buffer, offset);
    #[cfg(not(unix))]
    {
        file.seek(SeekFrom::Start(offset))?;
        file.read_exact(buffer)
    }
}

/// Reads what a transcript has gained since `cursor`, up to its last whole line.
///
/// `restart` is called before any event when the cursor does not fit the file (replaced, shortened):
/// the caller forgets what it knew.
pub fn follow(
    path: &Path,
    cursor: &mut Cursor,
    reach: impl Into<Reach>,
    sink: &mut dyn FnMut(Told<'_>),
) -> io::Result<Report> {
    let Reach { first, until } = reach.into();
    let (mut file, len) = open(path)?;
    let mut report = Report::default();
    if !cursor.fits(&mut file, len, &mut report.bytes)? {
        *cursor = Cursor::default();
        report.restarted = true;
        sink(Told::Restarted);
    }
    let known = cursor.offset;
    if cursor.offset == 0
        && let Some(most) = first
        && len > most + HEAD
    {
        fold(path, &mut file, cursor, (HEAD, None), &mut report, sink)?;
        let from = line_start(&mut file, len - most, &mut report.bytes)?;
        cursor.skip_to(from);
    }
    fold(path, &mut file, cursor, (len, until), &mut report, sink)?;
    if cursor.offset != known {
        cursor.seal(&mut file, &mut report.bytes)?;
    }
    Ok(report)
}

/// What [`follow`] tells its caller.
#[derive(Debug)]
pub enum Told<'a> {
    /// Everything told before is void.
    Restarted,
    /// One fact.
    Event(At, Event<'a>),
}

/// So much is folded whatever the time: what a turn gains on a busy machine is never left out.
const AT_LEAST: u64 = 1 << 20;
/// Lines between two looks at the clock.
const LOOK_AT_CLOCK: u64 = 16;

/// Folds whole lines from the cursor up to `end`, or until a moment has passed.
fn fold(
    path: &Path,
    file: &mut File,
    cursor: &mut Cursor,
    (end, until): (u64, Option<Instant>),
    report: &mut Report,
    sink: &mut dyn FnMut(Told<'_>),
) -> io::Result<()> {
    let span = end.saturating_sub(cursor.offset);
    if span == 0 {
        return Ok(());
    }
    file.seek(SeekFrom::Start(cursor.offset))?;
    let mut looked = 0;
    let start = cursor.offset;
    let mut lines = lines::Lines::new(file.take(span), start, span);
    while let Some(found) = lines.next()? {
        let place = Place { offset: found.offset, len: found.len };
        report.lines += 1;
        match found.text {
            Some(text) => {
                // A second opening: a duplicate of the first would share its position.
                let mut look = |uuid: &str, way: Way| {
                    let mut file = File::open(path).ok()?;
                    let found = match way {
                        Way::Back => {
                            chain::find(&mut file, uuid, place.offset, LOOK_BACK, &mut looked)
                        }
                        Way::Forth => chain::find_first(&mut file, uuid, place.offset, &mut looked),
                    };
                    found.ok().flatten()
                };
                line::read(text, place, cursor, &mut look, &mut |at, event| {
                    sink(Told::Event(at, event));
                });
            }
            None => cursor.skipped += 1,
        }
        cursor.offset = found.end;
        if let Some(until) = until
            && found.end - start > AT_LEAST
            && report.lines.is_multiple_of(LOOK_AT_CLOCK)
            && Instant::now() > until
        {
            break;
        }
    }
    report.bytes += lines.bytes() + looked;
    Ok(())
}

/// The start of the first line that begins at or after `from`.
fn line_start(file: &mut File, from: u64, bytes: &mut u64) -> io::Result<u64> {
    file.seek(SeekFrom::Start(from))?;
    let mut buffer = [0; 8 << 10];
    let mut at = from;
    loop {
        let got = file.read(&mut buffer)?;
        *bytes += got as u64;
        if got == 0 {
            return Ok(at);
        }
        if let Some(end) = bytes::find(b'\n', &buffer[..got]) {
            return Ok(at + end as u64 + 1);
        }
        at += got as u64;
    }
}

/// Lines that lie near each other are read by one call: up to so many bytes at once, with no more than
/// so many between two lines.
const WINDOW: u64 = 48 << 10;
const BETWEEN: u64 = 8 << 10;

/// Reads lines again, by place, the first of those given until `budget` bytes are used up, in the order
/// in which they stand.
///
/// A line that is gone (the transcript was replaced or cut) yields nothing. Returns the bytes of the lines.
pub fn recall(
    path: &Path,
    places: &[Place],
    budget: u64,
    sink: &mut dyn FnMut(Place, Event<'_>),
) -> io::Result<u64> {
    if places.is_empty() {
        return Ok(0);
    }
    let (mut file, len) = open(path)?;
    let end = |place: &Place| place.offset + u64::from(place.len);
    let mut left = budget;
    let mut chosen: Vec<Place> = Vec::with_capacity(places.len());
    for place in places.iter().filter(|place| end(place) <= len) {
        if u64::from(place.len) <= left {
            left -= u64::from(place.len);
            chosen.push(*place);
        }
    }
    chosen.sort_unstable();
    let near = |one: &Place, next: &Place| next.offset <= end(one) + BETWEEN;
    let mut buffer = Vec::new();
    for group in chosen.chunk_by(near) {
        let mut rest = group;
        while let Some(first) = rest.first() {
            let fits = |place: &Place| end(place) <= first.offset + WINDOW;
            let (read, behind) = rest.split_at(rest.partition_point(fits).max(1));
            rest = behind;
            buffer.resize((end(&read[read.len() - 1]) - first.offset) as usize, 0);
            read_at(&mut file, &mut buffer, first.offset)?;
            for place in read {
                let from = (place.offset - first.offset) as usize;
                let text = &buffer[from..from + place.len as usize];
                let mut scratch = Cursor::default();
                line::read(text, *place, &mut scratch, &mut |_, _| None, &mut |_, event| {
                    sink(*place, event);
                });
            }
        }
    }
    Ok(budget - left)
}

/// What one line says on its own, whatever conversation it belongs to.
pub fn events(line: &[u8], sink: &mut dyn FnMut(At, Event<'_>)) {
    let place = Place { offset: 0, len: line.len().try_into().unwrap_or(u32::MAX) };
    line::read(line, place, &mut Cursor::of_sidechain(), &mut |_, _| None, sink);
}

/// A time as Claude Code writes it (RFC 3339, UTC).
fn time(text: &str) -> Option<DateTime<Utc>> {
    crate::time::parse(text)
}
