//! Bringing the ledger up to date: what the cache knows, and what is new in the files.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError, mpsc};
use std::thread;
use std::time::Duration;

use super::cache::{self, Cached};
use super::files::{self, Candidate};
use super::ledger::{Ledger, SharedNames, Transcript};
use super::row::Row;
use super::scan::{Found, Scanner, mark};

/// Threads that read. More would wait for memory rather than for each other's results.
const MOST_THREADS: usize = 4;

/// Less than this is read before a second thread has started.
const WORTH_A_THREAD: u64 = 4 << 20;

/// How often the progress is told.
const TELL: Duration = Duration::from_millis(100);

/// How much there is to read, and how much was read.
#[derive(Debug, Clone, Copy)]
pub struct Progress {
    pub bytes: u64,
    pub of: u64,
}

/// What could not be counted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Skipped {
    /// Transcripts with lines that could not be read, and how many.
    pub lines: Vec<(PathBuf, u32)>,
    /// Files and folders that could not be read.
    pub unreadable: Vec<PathBuf>,
}

impl Skipped {
    /// Lines that could not be read, in all transcripts.
    pub fn line_count(&self) -> u64 {
        self.lines.iter().map(|(_, count)| u64::from(*count)).sum()
    }
}

/// A transcript that is not as the cache knows it.
struct Job {
    candidate: Candidate,
    home: u32,
    /// What is known already of the part before the offset.
    known: Found,
}

/// What came of one.
struct Done {
    transcript: Option<Transcript>,
    unreadable: Option<PathBuf>,
}

/// Reads all transcripts below `roots`, and the cache first where one is named.
///
/// `tell` is called now and then while this takes time. A cache that can't be written is no failure of
/// reading; the error comes beside the result.
pub(super) fn collect(
    roots: &[PathBuf],
    cache_file: Option<&Path>,
    tell: &mut dyn FnMut(Progress),
) -> (Ledger, Skipped, Option<io::Error>) {
    let cached = cache_file.and_then(cache::read);
    let fresh = cached.is_none();
    let Cached { names, rows, transcripts: mut known } = cached.unwrap_or_default();
    let listing = files::list(roots);
    let names = SharedNames::new(names);

    let mut transcripts = Vec::with_capacity(listing.candidates.len());
    let mut jobs = Vec::new();
    for candidate in listing.candidates {
        let home = names.with(|names| names.sessions.number(&candidate.session));
        match known.remove(&cache::key(&candidate.path)) {
            Some((read, range))
                if (read.size, read.modified) == (candidate.size, candidate.modified) =>
            {
                let Candidate { path, project, .. } = candidate;
                transcripts.push(Transcript { path, project, session: home, read, rows: range });
            }
            Some((read, range)) if candidate.size > read.size => {
                let known = Found { rows: rows[range].to_vec(), read };
                jobs.push(Job { candidate, home, known });
            }
            _ => jobs.push(Job { candidate, home, known: Found::default() }),
        }
    }
    let changed = fresh || !jobs.is_empty() || !known.is_empty();

    let rows = Mutex::new(rows);
    let mut skipped = Skipped { lines: vec![], unreadable: listing.unreadable };
    for done in read_all(jobs, &names, &rows, tell) {
        transcripts.extend(done.transcript);
        skipped.unreadable.extend(done.unreadable);
    }
    transcripts.sort_by(|a, b| a.path.as_os_str().cmp(b.path.as_os_str()));
    skipped.unreadable.sort_unstable();
    skipped.lines = transcripts
        .iter()
        .map(|t| (t.path.clone(), t.read.skipped + u32::from(t.read.torn_tail)))
        .filter(|(_, count)| *count > 0)
        .collect();
    let rows = rows.into_inner().unwrap_or_else(PoisonError::into_inner);
    let ledger = Ledger { names: names.into_inner(), rows, transcripts };
    let unsaved = match cache_file {
        Some(path) if changed => cache::write(path, &ledger).err(),
        _ => None,
    };
    (ledger, skipped, unsaved)
}

fn read_all(
    mut jobs: Vec<Job>,
    names: &SharedNames,
    rows: &Mutex<Vec<Row>>,
    tell: &mut dyn FnMut(Progress),
) -> Vec<Done> {
    let new = |job: &Job| job.candidate.size.saturating_sub(job.known.read.offset);
    let of: u64 = jobs.iter().map(new).sum();
    if of < WORTH_A_THREAD {
        let mut scanner = Scanner::new(names);
        return jobs.into_iter().map(|job| read_one(job, &mut scanner, rows)).collect();
    }
    // The longest first, so that none is left for one thread alone at the end.
    jobs.sort_unstable_by_key(|job| std::cmp::Reverse(new(job)));
    let jobs: Vec<Mutex<Option<Job>>> = jobs.into_iter().map(|job| Mutex::new(Some(job))).collect();
    let next = AtomicUsize::new(0);
    let bytes = AtomicU64::new(0);
    let threads = thread::available_parallelism().map_or(1, usize::from).min(MOST_THREADS);
    let (send, receive) = mpsc::channel();
    thread::scope(|scope| {
        for _ in 0..threads {
            let send = send.clone();
            let (next, bytes, jobs) = (&next, &bytes, &jobs);
            scope.spawn(move || {
                let mut scanner = Scanner::new(names).counting(bytes);
                while let Some(job) = jobs.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let job = job.lock().unwrap_or_else(PoisonError::into_inner).take();
                    let Some(job) = job else { continue };
                    let done = read_one(job, &mut scanner, rows);
                    if send.send(done).is_err() {
                        break;
                    }
                }
            });
        }
        drop(send);
        let mut all = Vec::with_capacity(jobs.len());
        loop {
            match receive.recv_timeout(TELL) {
                Ok(done) => all.push(done),
                Err(mpsc::RecvTimeoutError::Timeout) => {}
                Err(mpsc::RecvTimeoutError::Disconnected) => return all,
            }
            tell(Progress { bytes: bytes.load(Ordering::Relaxed), of });
        }
    })
}

fn read_one(job: Job, scanner: &mut Scanner<'_>, rows: &Mutex<Vec<Row>>) -> Done {
    let Job { candidate, home, known } = job;
    let Candidate { path, project, .. } = candidate;
    let Ok(found) = read_file(&path, home, known, scanner) else {
        return Done { transcript: None, unreadable: Some(path) };
    };
    let mut rows = rows.lock().unwrap_or_else(PoisonError::into_inner);
    let start = rows.len();
    rows.extend_from_slice(&found.rows);
    let range = start..rows.len();
    drop(rows);
    let transcript = Transcript {
        path,
        project: Arc::clone(&project),
        session: home,
        read: found.read,
        rows: range,
    };
    Done { transcript: Some(transcript), unreadable: None }
}

fn read_file(path: &Path, home: u32, known: Found, scanner: &mut Scanner<'_>) -> io::Result<Found> {
    let mut file = File::open(path)?;
    let (size, modified) = files::stamp(&file.metadata()?);
    let appended = size >= known.read.offset
        && known.read.offset > 0
        && mark(&mut file, known.read.offset)? == known.read.mark;
    let mut found = if appended { known } else { Found::default() };
    (found.read.size, found.read.modified) = (size, modified);
    scanner.scan(&mut file, home, &mut found)?;
    Ok(found)
}
