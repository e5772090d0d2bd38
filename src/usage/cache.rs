//! What earlier runs found, so that only new lines are read.
//!
//! One file, replaced as a whole when something changed. Nothing depends on it: a file that is
//! missing, damaged or of another version counts as empty. Numbers are little-endian; the last eight
//! bytes are a hash of all before.

use std::collections::HashMap;
use std::fs::{self, File};
use std::io::{self, BufReader, BufWriter, Read, Write};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use xxhash_rust::xxh3::{Xxh3, xxh3_64, xxh3_128};

use super::ledger::{CoveringCost, Ledger, ModelName, NameTables, ReadState};
use super::line::CostState;
use super::prices::Service;
use super::row::{Place, Row, TokenSums, Tokens};

/// Changes with every change of the format or of what counts.
const MAGIC: [u8; 16] = *b"rejoin usage 1\n\0";

/// No string or list in a sound cache is longer.
const LONGEST: u32 = 1 << 28;

/// Where the cache for the transcripts below `roots` is.
pub(super) fn path(state: &Path, roots: &[PathBuf]) -> PathBuf {
    let mut names = Vec::new();
    for root in roots {
        names.extend_from_slice(root.as_os_str().as_encoded_bytes());
        names.push(0);
    }
    state.join(format!("usage-cache-{:016x}", xxh3_64(&names)))
}

/// A transcript's key in the cache.
pub(super) fn key(path: &Path) -> u128 {
    xxh3_128(path.as_os_str().as_encoded_bytes())
}

/// What an earlier run found, by the transcripts' keys.
#[derive(Debug, Default)]
pub(super) struct Cached {
    pub names: NameTables,
    pub rows: Vec<Row>,
    pub transcripts: HashMap<u128, (ReadState, Range<usize>)>,
}

/// Reads the cache; `None` when there is none to be trusted.
pub(super) fn read(path: &Path) -> Option<Cached> {
    if !fs::symlink_metadata(path).ok()?.is_file() {
        return None;
    }
    let file = File::open(path).ok()?;
    let length = file.metadata().ok()?.len();
    let mut input =
        Input { from: BufReader::with_capacity(64 << 10, file), hash: Xxh3::new(), left: length };
    read_all(&mut input).ok()
}

fn read_all(input: &mut Input<impl Read>) -> io::Result<Cached> {
    if input.bytes::<16>()? != MAGIC {
        return Err(damaged());
    }
    let mut cached = Cached::default();
    for _ in 0..input.count()? {
        let name: Arc<str> = input.text()?.into();
        cached.names.sessions.number(&name);
    }
    for _ in 0..input.count()? {
        let name: Arc<str> = input.text()?.into();
        let [fast, us] = input.bytes::<2>()?.map(|b| b != 0);
        cached.names.models.number(&ModelName { name, service: Service { fast, us } });
    }
    let transcripts = input.count()?;
    let mut from = 0;
    for _ in 0..transcripts {
        let key = u128::from_le_bytes(input.bytes()?);
        let (read, rows) = input.read_state()?;
        cached.transcripts.insert(key, (read, from..from + rows));
        from += rows;
    }
    if input.left < from as u64 * ROW as u64 {
        return Err(damaged());
    }
    // Some room for what is new, so that it doesn't move what is old.
    cached.rows.reserve_exact(from + from / 64 + 256);
    let (sessions, models) = (cached.names.sessions.len(), cached.names.models.len());
    for _ in 0..from {
        let row = row_from(&input.bytes()?);
        if row.session as usize >= sessions || usize::from(row.model) >= models {
            return Err(damaged());
        }
        cached.rows.push(row);
    }
    let hash = input.hash.digest();
    if u64::from_le_bytes(input.bytes()?) != hash || input.left != 0 {
        return Err(damaged());
    }
    Ok(cached)
}

/// Replaces the cache by what `ledger` holds.
pub(super) fn write(path: &Path, ledger: &Ledger) -> io::Result<()> {
    let Some(dir) = path.parent() else { return Ok(()) };
    make_private_dir(dir)?;
    // Created for the user alone, and removed again when anything below fails.
    let file = tempfile::Builder::new().prefix(".usage-cache-").tempfile_in(dir)?;
    let mut output =
        Output { to: BufWriter::with_capacity(64 << 10, file.as_file()), hash: Xxh3::new() };
    write_all(&mut output, ledger)?;
    output.to.flush()?;
    drop(output);
    file.persist(path)?;
    Ok(())
}

#[cfg(unix)]
fn make_private_dir(dir: &Path) -> io::Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    fs::DirBuilder::new().recursive(true).mode(0o700).create(dir)
}

#[cfg(not(unix))]
fn make_private_dir(dir: &Path) -> io::Result<()> {
    fs::create_dir_all(dir)
}

fn write_all(output: &mut Output<impl Write>, ledger: &Ledger) -> io::Result<()> {
    output.put(&MAGIC)?;
    // Names that no row uses any more are left behind.
    let mut sessions = Used::new(ledger.names.sessions.len());
    let mut models = Used::new(ledger.names.models.len());
    for transcript in &ledger.transcripts {
        for row in &ledger.rows[transcript.rows.clone()] {
            sessions.mark(row.session);
            models.mark(u32::from(row.model));
        }
    }
    output.count(sessions.number())?;
    for old in sessions.used() {
        output.text(ledger.names.sessions.name(old))?;
    }
    output.count(models.number())?;
    for old in models.used() {
        let model = ledger.names.models.name(old);
        output.text(&model.name)?;
        output.put(&[model.service.fast.into(), model.service.us.into()])?;
    }
    output.count(ledger.transcripts.len())?;
    for transcript in &ledger.transcripts {
        output.put(&key(&transcript.path).to_le_bytes())?;
        output.read_state(&transcript.read, transcript.rows.len())?;
    }
    for transcript in &ledger.transcripts {
        for row in &ledger.rows[transcript.rows.clone()] {
            let session = sessions.new_number(row.session);
            let model = models.new_number(u32::from(row.model)) as u16;
            output.put(&row_bytes(&Row { session, model, ..*row }))?;
        }
    }
    let hash = output.hash.digest();
    output.put(&hash.to_le_bytes())
}

/// Which names are used, and their numbers without the others.
struct Used(Vec<u32>);

impl Used {
    fn new(names: usize) -> Self {
        Self(vec![u32::MAX; names])
    }

    fn mark(&mut self, name: u32) {
        self.0[name as usize] = 0;
    }

    /// Numbers the marked names and says how many they are.
    fn number(&mut self) -> usize {
        let mut next = 0;
        for number in self.0.iter_mut().filter(|number| **number != u32::MAX) {
            *number = next;
            next += 1;
        }
        next as usize
    }

    fn used(&self) -> impl Iterator<Item = u32> {
        (0u32..).zip(&self.0).filter(|(_, number)| **number != u32::MAX).map(|(old, _)| old)
    }

    fn new_number(&self, name: u32) -> u32 {
        self.0[name as usize]
    }
}

/// Bytes of a row in the file.
const ROW: usize = 40;

fn row_bytes(row: &Row) -> [u8; ROW] {
    let mut bytes = [0; ROW];
    let tokens = &row.tokens;
    bytes[..8].copy_from_slice(&row.id.to_le_bytes());
    for (at, word) in [
        row.time,
        tokens.input,
        tokens.output,
        tokens.cache_creation_5m,
        tokens.cache_creation_1h,
        tokens.cache_read,
        row.session,
        u32::from(row.model) | u32::from(row.searches) << 16 | u32::from(row.place as u8) << 24,
    ]
    .into_iter()
    .enumerate()
    {
        bytes[8 + 4 * at..12 + 4 * at].copy_from_slice(&word.to_le_bytes());
    }
    bytes
}

fn row_from(bytes: &[u8; ROW]) -> Row {
    let word = |at: usize| {
        let at = 4 * at;
        u32::from_le_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]])
    };
    let last = word(9);
    Row {
        id: u64::from(word(0)) | u64::from(word(1)) << 32,
        time: word(2),
        tokens: Tokens {
            input: word(3),
            output: word(4),
            cache_creation_5m: word(5),
            cache_creation_1h: word(6),
            cache_read: word(7),
        },
        session: word(8),
        model: last as u16,
        searches: (last >> 16) as u8,
        place: match last >> 24 {
            0 => Place::Home,
            1 => Place::Copied,
            _ => Place::Elsewhere,
        },
    }
}

fn damaged() -> io::Error {
    io::ErrorKind::InvalidData.into()
}

struct Output<W> {
    to: W,
    hash: Xxh3,
}

impl<W: Write> Output<W> {
    fn put(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.hash.update(bytes);
        self.to.write_all(bytes)
    }

    fn number(&mut self, number: u64) -> io::Result<()> {
        self.put(&number.to_le_bytes())
    }

    fn count(&mut self, count: usize) -> io::Result<()> {
        let count = u32::try_from(count).map_err(|_| damaged())?;
        self.put(&count.to_le_bytes())
    }

    fn text(&mut self, text: &str) -> io::Result<()> {
        self.count(text.len())?;
        self.put(text.as_bytes())
    }

    fn read_state(&mut self, read: &ReadState, rows: usize) -> io::Result<()> {
        for number in
            [read.size, read.modified.cast_unsigned(), read.offset, read.mark, rows as u64]
        {
            self.number(number)?;
        }
        self.count(read.skipped as usize)?;
        let cost = read.cost.as_ref();
        self.put(&[read.torn_tail.into(), read.cwd.is_some().into(), cost.is_some().into()])?;
        if let Some(cwd) = &read.cwd {
            self.text(cwd)?;
        }
        if let Some(CoveringCost { state, rows, until }) = cost {
            self.number(state.start_ms)?;
            self.count(*rows as usize)?;
            self.count(*until as usize)?;
            self.count(state.models.len())?;
            for (model, usage) in &state.models {
                self.text(model)?;
                for number in [
                    usage.input,
                    usage.output,
                    usage.cache_creation_5m,
                    usage.cache_creation_1h,
                    usage.cache_read,
                ] {
                    self.number(number)?;
                }
            }
        }
        Ok(())
    }
}

struct Input<R> {
    from: R,
    hash: Xxh3,
    /// Bytes of the file that are still to come: nothing in it can be longer.
    left: u64,
}

impl<R: Read> Input<R> {
    fn bytes<const N: usize>(&mut self) -> io::Result<[u8; N]> {
        let mut bytes = [0; N];
        self.fill(&mut bytes)?;
        Ok(bytes)
    }

    fn fill(&mut self, bytes: &mut [u8]) -> io::Result<()> {
        self.from.read_exact(bytes)?;
        self.hash.update(bytes);
        self.left = self.left.saturating_sub(bytes.len() as u64);
        Ok(())
    }

    fn number(&mut self) -> io::Result<u64> {
        Ok(u64::from_le_bytes(self.bytes()?))
    }

    fn word(&mut self) -> io::Result<u32> {
        Ok(u32::from_le_bytes(self.bytes()?))
    }

    fn count(&mut self) -> io::Result<u32> {
        let count = self.word()?;
        if count > LONGEST || u64::from(count) > self.left {
            return Err(damaged());
        }
        Ok(count)
    }

    fn text(&mut self) -> io::Result<String> {
        let mut bytes = vec![0; self.count()? as usize];
        self.fill(&mut bytes)?;
        String::from_utf8(bytes).map_err(|_| damaged())
    }

    fn read_state(&mut self) -> io::Result<(ReadState, usize)> {
        let size = self.number()?;
        let modified = self.number()?.cast_signed();
        let offset = self.number()?;
        let mark = self.number()?;
        let rows = self.number()?;
        if rows > self.left / ROW as u64 {
            return Err(damaged());
        }
        let skipped = self.word()?;
        let [torn_tail, cwd, cost] = self.bytes::<3>()?.map(|b| b != 0);
        let cwd = if cwd { Some(self.text()?.into()) } else { None };
        let cost = if cost { Some(self.cost()?) } else { None };
        let read = ReadState { size, modified, offset, mark, skipped, torn_tail, cwd, cost };
        Ok((read, rows as usize))
    }

    fn cost(&mut self) -> io::Result<CoveringCost> {
        let start_ms = self.number()?;
        let rows = self.word()?;
        let until = self.word()?;
        let mut models = Vec::new();
        for _ in 0..self.count()? {
            let model = self.text()?;
            let usage = TokenSums {
                input: self.number()?,
                output: self.number()?,
                cache_creation_5m: self.number()?,
                cache_creation_1h: self.number()?,
                cache_read: self.number()?,
            };
            models.push((model, usage));
        }
        Ok(CoveringCost { state: CostState { start_ms, models }, rows, until })
    }
}
