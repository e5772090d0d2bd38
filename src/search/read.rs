//! Searching all files at once.

use std::collections::HashSet;
use std::fs::File;
use std::io;
use std::ops::Range;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError, mpsc};
use std::thread;
use std::time::Duration;

use chrono::{DateTime, Utc};
use xxhash_rust::xxh3::Xxh3;

use super::best::{self, Best, Matched, Seen};
use super::scan::Scanner;
use super::{Found, Hit, Query, Role, kept, line};
use crate::usage::{self, Candidate, Progress};

/// Threads that read. More would wait for memory rather than for each other's results.
const MOST_THREADS: usize = 4;

/// Longer files are read in parts of this size.
const PART: u64 = 8 << 20;

/// How often the progress is told.
const TELL: Duration = Duration::from_millis(100);

/// A transcript of a session.
struct Transcript {
    path: Arc<PathBuf>,
    session: Arc<str>,
    subagent: bool,
}

/// A part of a transcript.
struct Job {
    transcript: u32,
    part: Range<u64>,
}

/// What came of one.
struct Done {
    overlong: u64,
    unreadable: Option<PathBuf>,
}

/// What the threads share.
struct Shared<'q> {
    query: &'q Query<'q>,
    transcripts: &'q [Transcript],
    seen: Mutex<Seen>,
}

/// Looks for a query in all transcripts and in what we keep ourselves.
///
/// `tell` is called every tenth of a second while there is much to read. Transcripts may grow, shrink and
/// vanish meanwhile.
pub fn search(query: &Query<'_>, tell: &mut dyn FnMut(Progress)) -> Found {
    let listing = usage::list(&query.roots);
    let wanted = |candidate: &Candidate| {
        query.project.as_ref().is_none_or(|filter| filter.admits(&candidate.project))
    };
    let mut transcripts = Vec::new();
    let mut jobs = Vec::new();
    let mut found = Found { unreadable: listing.unreadable, ..Found::default() };
    for candidate in listing.candidates.into_iter().filter(wanted) {
        let number = transcripts.len() as u32;
        let mut start = 0;
        while start < candidate.size {
            // A rest that is not worth a part of its own goes with the last one; what is appended
            // meanwhile, too.
            let last = candidate.size - start < PART + PART / 2;
            let end = if last { u64::MAX } else { start + PART };
            jobs.push((
                candidate.size.min(end) - start,
                Job { transcript: number, part: start..end },
            ));
            start = end;
        }
        found.files += 1;
        found.bytes += candidate.size;
        let own = candidate.path.file_stem().is_some_and(|stem| *stem == *candidate.session);
        transcripts.push(Transcript {
            path: Arc::new(candidate.path),
            session: candidate.session,
            subagent: !own,
        });
    }
    // The longest first, so that none is left for one thread alone at the end.
    jobs.sort_by_key(|(size, _)| std::cmp::Reverse(*size));

    let shared = Shared { query, transcripts: &transcripts, seen: Mutex::default() };
    let mut hits = in_transcripts(&shared, &jobs, &mut found, tell);
    let seen = shared.seen.into_inner().unwrap_or_else(PoisonError::into_inner);
    let mut sessions: HashSet<Arc<str>> = HashSet::new();
    // Which of two copies is met first is the threads' luck; which one counts is not.
    let places: HashSet<(u32, u64)> = seen.places().collect();
    for (number, _) in &places {
        sessions.insert(Arc::clone(&transcripts[*number as usize].session));
    }
    found.texts = seen.places().count() as u64;
    let number = |hit: &Hit| {
        transcripts.binary_search_by(|t| t.path.as_os_str().cmp(hit.path.as_os_str())).ok()
    };
    hits.retain(|hit| number(hit).is_some_and(|n| places.contains(&(n as u32, hit.offset))));
    if let Some(store) = query.store {
        let mut best = Best::new(query.limit);
        let unreadable = kept::texts(store, query.project.as_ref(), &mut |text| {
            let Some(matched) = wanted_match(query, text.role, &text.text) else { return };
            found.texts += 1;
            sessions.insert(Arc::clone(&text.session));
            best.push(Hit {
                session: text.session,
                subagent: false,
                folder: text.folder,
                branch: text.branch,
                ..hit(query, text.role, text.at, matched, &text.path, 0)
            });
        });
        hits.extend(best.into_hits());
        found.unreadable.extend(unreadable);
    }
    best::sort(&mut hits);
    hits.dedup_by(|a, b| {
        (&a.path, a.offset, a.role, &a.line) == (&b.path, b.offset, b.role, &b.line)
    });
    hits.truncate(query.limit);
    found.hits = hits;
    found.sessions = sessions.len() as u64;
    found.unreadable.sort_unstable();
    found.unreadable.dedup();
    found
}

fn wanted_match(query: &Query<'_>, role: Role, text: &str) -> Option<Matched> {
    let wanted = query.roles.is_empty() || query.roles.contains(&role);
    wanted.then(|| best::look(query.pattern, text)).flatten()
}

fn hit(
    query: &Query<'_>,
    role: Role,
    at: Option<DateTime<Utc>>,
    matched: Matched,
    path: &Arc<PathBuf>,
    offset: u64,
) -> Hit {
    Hit {
        session: "".into(),
        subagent: false,
        folder: String::new(),
        branch: None,
        at,
        role,
        score: best::score(role, matched.whole_word, matched.count, at, query.now),
        line: matched.line,
        matches: matched.matches,
        count: matched.count,
        path: Arc::clone(path),
        offset,
    }
}

fn in_transcripts(
    shared: &Shared<'_>,
    jobs: &[(u64, Job)],
    found: &mut Found,
    tell: &mut dyn FnMut(Progress),
) -> Vec<Hit> {
    let threads = thread::available_parallelism().map_or(1, usize::from).min(MOST_THREADS);
    let next = AtomicUsize::new(0);
    let read = AtomicU64::new(0);
    let of = found.bytes;
    let (send, receive) = mpsc::channel();
    thread::scope(|scope| {
        let workers: Vec<_> = (0..threads.min(jobs.len()))
            .map(|_| {
                let (send, next, read) = (send.clone(), &next, &read);
                scope.spawn(move || {
                    let mut worker = Worker::new(shared);
                    while let Some((size, job)) = jobs.get(next.fetch_add(1, Ordering::Relaxed)) {
                        let done = worker.read(job);
                        read.fetch_add(*size, Ordering::Relaxed);
                        if send.send(done).is_err() {
                            break;
                        }
                    }
                    worker.best
                })
            })
            .collect();
        drop(send);
        loop {
            match receive.recv_timeout(TELL) {
                Ok(Done { overlong, unreadable }) => {
                    found.overlong += overlong;
                    found.unreadable.extend(unreadable);
                }
                Err(mpsc::RecvTimeoutError::Timeout) => {}
                Err(mpsc::RecvTimeoutError::Disconnected) => break,
            }
            tell(Progress { bytes: read.load(Ordering::Relaxed), of });
        }
        // A worker does not panic; one that does has nothing to hand over.
        workers.into_iter().filter_map(|w| w.join().ok()).flat_map(Best::into_hits).collect()
    })
}

/// One thread's part.
struct Worker<'q> {
    shared: &'q Shared<'q>,
    scanner: Scanner<'q>,
    best: Best,
    scratch: Vec<u8>,
}

impl<'q> Worker<'q> {
    fn new(shared: &'q Shared<'q>) -> Self {
        let query = shared.query;
        // Some may turn out to be copies of what another thread finds.
        let best = Best::new(query.limit * 2 + 64);
        Self { shared, scanner: Scanner::new(query.pattern.raw()), best, scratch: Vec::new() }
    }

    fn read(&mut self, job: &Job) -> Done {
        let transcript = &self.shared.transcripts[job.transcript as usize];
        let (shared, best, scratch) = (self.shared, &mut self.best, &mut self.scratch);
        let scanned = File::open(&*transcript.path).and_then(|mut file| {
            self.scanner.scan(&mut file, job.part.clone(), &mut |offset, text| {
                if shared.query.pattern.may_match(text, scratch) {
                    see(shared, best, job.transcript, offset, text);
                }
            })
        });
        match scanned {
            Ok(overlong) => Done { overlong, unreadable: None },
            // Gone since it was listed: no fault.
            Err(e) if e.kind() == io::ErrorKind::NotFound => Done { overlong: 0, unreadable: None },
            Err(_) => Done { overlong: 0, unreadable: Some((*transcript.path).clone()) },
        }
    }
}

/// A line that may hold a match.
fn see(shared: &Shared<'_>, best: &mut Best, number: u32, offset: u64, text: &[u8]) {
    let query = shared.query;
    let entry = |role: Role, text: &str| {
        let found = best::look(query.pattern, text)?;
        let mut hash = Xxh3::new();
        hash.update(&[role as u8]);
        hash.update(text.as_bytes());
        Some((role, found, hash.digest()))
    };
    let mut matched: Vec<(Role, Matched, u64)> = Vec::new();
    let about = line::texts(text, &mut |role, text| matched.extend(entry(role, text)));
    if matched.is_empty() {
        // Texts beyond those with a role of their own: each line once.
        line::strings(text, &mut |text| {
            if matched.is_empty() {
                matched.extend(entry(Role::Other, text));
            }
        });
    }
    // Only now, so that a text of another kind is not taken for one of none.
    matched.retain(|(role, ..)| query.roles.is_empty() || query.roles.contains(role));
    let transcript = &shared.transcripts[number as usize];
    for (role, found, text) in matched {
        let mut hash = Xxh3::new();
        hash.update(&text.to_le_bytes());
        match about.at {
            Some(at) => hash.update(&at.timestamp_millis().to_le_bytes()),
            // Without a time, the same words in two sessions are two.
            None => hash.update(transcript.session.as_bytes()),
        }
        let text = hash.digest();
        let mut seen = shared.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let first = seen.first(text, (number, offset));
        drop(seen);
        if !first {
            continue;
        }
        let hit = hit(query, role, about.at, found, &transcript.path, offset);
        if best.admits(hit.score, hit.at) {
            best.push(Hit {
                session: Arc::clone(&transcript.session),
                subagent: transcript.subagent,
                folder: about.folder.clone(),
                branch: about.branch.clone(),
                ..hit
            });
        }
    }
}
