//! Following a session: the one place where transcript, session and store meet.
//!
//! Hooks append what they were told as records; Stop, PreCompact, SessionEnd and whoever needs the
//! session later fold the records and what the transcript has gained into the state, and derive
//! the resume log from it.

mod adopt;
mod deciding;
mod handover;
mod kept;
mod listing;
pub mod opening;
pub mod pause;
mod project;
mod prompted;
mod recent;
mod record;
pub mod responses;
pub mod retention;
mod said;
mod state;
mod window;

pub use adopt::adopt;
pub use deciding::Asking;
pub use handover::Handover;
pub use opening::{Earlier, Given, Opening};
pub use pause::{Origin, Pause};
pub use project::Place;
pub use prompted::prompted;
pub use recent::{Entry, Recent, Waiting};
pub use record::{Record, Told};
pub use responses::{Response, Sum, Tokens};
pub use said::{Level, Said};
pub use state::{Ended, State};
pub use window::Bridge;

use crate::resume::{About, Composed, Recall, ResumeLog};
use crate::store::{self, Appended, Contents, Durability, SessionLock, Wait};
use crate::transcript::{self, Reach};
use chrono::{DateTime, Utc};
use std::path::Path;

/// Of a transcript's old lines, this much is read again to compose a resume log, in bytes.
pub const RECALLED: u64 = 512 << 10;

/// A session whose lock is held, with its state as far as it is known.
#[derive(Debug)]
pub struct Following {
    lock: SessionLock,
    /// The state; `save` writes it.
    pub state: State,
    /// What was wrong with the session's files, for the fault log.
    pub notes: Vec<String>,
    /// Bytes of the transcript that were read.
    pub read: u64,
    /// Nobody writes to the session any more: its last turn is over.
    pub over: bool,
    /// The newest compaction among the records that were taken in.
    compacted: Option<DateTime<Utc>>,
}

/// Takes a session's lock, loads its state and applies the records that it does not include.
pub fn open(session: &store::Session, wait: Wait) -> store::Result<Following> {
    let mut lock = session.lock(wait)?;
    let mut contents = lock.load::<State>()?;
    let records = in_order(&mut contents);
    let (mut state, notes) = (contents.snapshot.unwrap_or_default(), contents.notes);
    session.id().as_str().clone_into(&mut state.session.id);
    let mut compacted = None;
    for record in &records {
        if record.told == Told::PostCompact {
            compacted = compacted.max(Some(record.at));
        }
        state.take(record);
    }
    Ok(Following { lock, state, notes, read: 0, over: false, compacted })
}

/// A session's records in the order in which things happened: one that had to wait stands before what
/// was appended after its time. The journal's own order is kept, whatever the clock did.
fn in_order(contents: &mut Contents<State>) -> Vec<Record> {
    let appended = contents.records.len() - contents.waited;
    let mut records: Vec<Record> = Vec::with_capacity(contents.records.len());
    for (number, line) in contents.records.iter().enumerate() {
        let record: Record = match serde_json::from_slice(line) {
            Ok(record) => record,
            Err(error) => {
                contents.notes.push(format!("a record of the journal is not understood: {error}"));
                continue;
            }
        };
        let later = |other: &Record| number >= appended && other.at > record.at;
        let place = records.iter().position(later).unwrap_or(records.len());
        records.insert(place, record);
    }
    records
}

impl Following {
    /// Folds what the transcript has gained. A transcript that is not there changes nothing.
    ///
    /// `reach` bounds what is read at once.
    pub fn fold(&mut self, transcript: &Path, reach: impl Into<Reach>) -> std::io::Result<()> {
        let report = self.state.follow(transcript, reach)?;
        self.read += report.bytes;
        self.state.transcript = Some(transcript.to_owned());
        Ok(())
    }

    /// Appends what is ready to the response log, replaces the snapshot and, after it, the resume log
    /// that follows from it.
    pub fn save(&mut self, durability: Durability, now: DateTime<Utc>) -> store::Result<()> {
        self.read += self.state.complete_responses(self.over);
        // Before the snapshot: a process that dies in between logs a turn twice, which does no harm.
        let session = self.lock.session();
        let ready = self.state.responses.take_ready(|| session.read_file(responses::FILE))?;
        if !ready.is_empty() {
            let lines: Vec<String> = ready.iter().map(Response::line).collect();
            self.lock.append_lines(responses::FILE, &lines, durability)?;
        }
        let generation = self.lock.save(&self.state, durability)?;
        if let Some(at) = self.compacted.take() {
            // Its hook may not have got the lock.
            let said = Said::read(self.lock.session())?;
            if said.is_some_and(|said| said.compacted < Some(at)) {
                Said::compacted(at).keep(&self.lock)?;
            }
        }
        let path = self.lock.session().dir().join("resume.md");
        let about = About {
            log_path: Some(path.display().to_string()),
            window: self.state.window(),
            now,
            ..About::default()
        };
        let mut composed = composed(&self.state, &about);
        let over = (self.over || self.state.ended.is_some()) && durability == Durability::Synced;
        let kept = over.then(|| kept::text(&self.state, generation, about.window, &mut composed));
        self.lock.write_derived("resume.md", &composed.document().1)?;
        kept.flatten().map_or(Ok(()), |text| self.lock.write_derived(kept::FILE, &text))
    }

    /// Appends a record under this lock and takes it in.
    pub fn tell(&mut self, record: &Record) -> store::Result<()> {
        self.lock.append(&record.line())?;
        self.state.take(record);
        Ok(())
    }

    /// Takes the session away with everything in it.
    pub fn remove(self) -> store::Result<()> {
        self.lock.remove()
    }
}

/// Appends a record to a session's journal, or leaves it to wait as [`set_aside`] does. Tells whether it
/// is known to be the first since a snapshot.
pub fn append(session: &store::Session, record: &Record, wait: Wait) -> store::Result<bool> {
    Ok(appended(session, record, wait)?.is_some_and(|(_, appended)| appended.first))
}

/// The session's lock, once the record is appended; `None` when the record waits.
fn appended(
    session: &store::Session,
    record: &Record,
    wait: Wait,
) -> store::Result<Option<(SessionLock, Appended)>> {
    let append = || {
        let mut lock = session.lock(wait)?;
        let appended = lock.append(&record.line())?;
        Ok((lock, appended))
    };
    match append() {
        Ok(done) => Ok(Some(done)),
        Err(error) => set_aside(session, record, error).map(|()| None),
    }
}

/// Leaves a record in a file of its own for whoever folds the session next, because of `error`: its
/// lock can't be had in time, its state is of a newer version, or the system refused (no locks on this
/// file system, no free descriptor). The last is an error nevertheless, for the fault log.
pub fn set_aside(
    session: &store::Session,
    record: &Record,
    error: store::Error,
) -> store::Result<()> {
    match error {
        store::Error::Busy { .. } | store::Error::Newer { .. } => session.pend(&record.line()),
        store::Error::Io { .. } => {
            // What keeps it from waiting is what kept it from being appended, told by the first error.
            drop(session.pend(&record.line()));
            Err(error)
        }
        _ => Err(error),
    }
}

/// Appends the record of a compaction, keeps Claude's own summary of it beside the state, numbered
/// from 1, and begins anew with what is said of the context window. When the lock can't be had in time
/// the record waits, and the summary is left out: the transcript has it as well.
pub fn compacted(
    session: &store::Session,
    record: &Record,
    summary: Option<&str>,
    wait: Wait,
) -> store::Result<()> {
    let Some((lock, _)) = appended(session, record, wait)? else { return Ok(()) };
    if let Some(text) = summary {
        let number = session.list("compactions")?.len() + 1;
        lock.write_file(&format!("compactions/{number:04}.md"), text, Durability::Cached)?;
    }
    Said::compacted(record.at).keep(&lock)
}

/// Composes a session's resume log, reading again from its transcript what the facts only point at.
pub fn compose(state: &State, about: &About) -> ResumeLog {
    composed(state, about).fill()
}

/// [`compose`], and the log's Markdown with it.
pub fn document(state: &State, about: &About) -> (ResumeLog, String) {
    composed(state, about).document()
}

fn composed(state: &State, about: &About) -> Composed {
    Composed::of(&state.session, about, |places| {
        let mut recall = Recall::default();
        if let Some(path) = &state.transcript {
            // A transcript that is gone leaves its long texts out; the log counts them.
            let read = transcript::recall(path, places, RECALLED, &mut |place, event| {
                recall.take(place, event);
            });
            drop(read);
        }
        recall
    })
}

/// The response log of a session whose state was looked at, oldest first, with what is not in its file
/// yet: the turn that runs is the last one that is no subagent's run, as it stands.
pub fn log(session: &store::Session, state: &State) -> store::Result<Vec<Response>> {
    logged(session.read_file(responses::FILE)?.unwrap_or_default(), state.clone(), false)
}

/// The response log of a session that was not followed, from its facts and its subagents' transcripts.
pub fn log_of(state: &State) -> store::Result<Vec<Response>> {
    logged(String::new(), state.clone(), true)
}

/// `all`: subagents' runs that nobody reported are logged, too.
fn logged(text: String, mut state: State, all: bool) -> store::Result<Vec<Response>> {
    let mut log = responses::Log::read(&text);
    state.complete_responses(all);
    let current = state.responses.current(&state.session);
    let ready = state.responses.take_ready(|| Ok::<_, store::Error>(Some(text)))?;
    for record in ready.into_iter().chain(current) {
        log.put(record);
    }
    Ok(log.sorted())
}

/// What is known of a session, read without its lock and brought up to date in memory only.
pub fn look(session: &store::Session) -> store::Result<State> {
    let mut contents = session.read::<State>()?;
    let records = in_order(&mut contents);
    let mut state = contents.snapshot.unwrap_or_default();
    session.id().as_str().clone_into(&mut state.session.id);
    for record in &records {
        state.take(record);
    }
    if let Some(path) = state.transcript.clone() {
        // A transcript that can't be read leaves what was known of it.
        drop(state.follow(&path, Some(transcript::FIRST_READ)));
    }
    state.bridge = Bridge::beside(session).or(state.bridge);
    Ok(state)
}

/// The facts of a transcript on its own, folded from its start; the state directory is not looked at.
pub fn facts(transcript: &Path) -> std::io::Result<State> {
    let mut state = State::default();
    state.transcript = Some(transcript.to_owned());
    state.session.id =
        transcript.file_stem().map(|s| s.to_string_lossy().into_owned()).unwrap_or_default();
    state.follow(transcript, None)?;
    Ok(state)
}
