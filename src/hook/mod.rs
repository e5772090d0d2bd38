//! The runner of the hook executables: read, parse, handle, reply.
//!
//! Whatever happens, a hook exits 0 with its stdout empty or one valid JSON object and its stderr
//! empty; what went wrong goes to the fault log. This is the only place of a hook that touches
//! stdin, stdout or the exit code.

mod entry;
mod heap;
pub mod post_compact;
pub mod post_tool_batch;
#[cfg(all(test, unix))]
mod power;
pub mod pre_compact;
pub mod session_end;
pub mod session_start;
pub mod status_line;
mod stdin;
pub mod stop;
pub mod stop_failure;
pub mod subagent_stop;
mod threshold;
mod twin;
pub mod user_prompt_submit;

#[cfg(target_os = "linux")]
pub use entry::prepare;
pub use heap::Heap;

use crate::config;
use crate::env::{self, Env};
use crate::follow::{Place, Record};
use crate::git;
use crate::protocol::{Event, Input, Reply};
use crate::redact;
use crate::store::{self, Session, SessionId, Store, Taken, Wait};
use chrono::{DateTime, SecondsFormat, Utc};
use std::fmt;
use std::io::Write;
use std::path::Path;
use std::time::Duration;
use twin::Whose;

/// How long a hook waits for a lock before it leaves its event to the next holder.
const LOCK: Wait = Wait::For(Duration::from_millis(250));

/// What a hook could not do, in words for the fault log.
#[derive(Debug)]
pub struct Fault(String);

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<store::Error> for Fault {
    fn from(error: store::Error) -> Self {
        Self(error.to_string())
    }
}

impl From<String> for Fault {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl From<&str> for Fault {
    fn from(text: &str) -> Self {
        Self(text.to_owned())
    }
}

/// What a handler works with.
#[derive(Debug)]
pub struct Context {
    pub env: Env,
    pub input: Input,
    pub id: SessionId,
    pub now: DateTime<Utc>,
    pub store: Store,
}

impl Context {
    /// The session's place and its project's part of the state; `None` where the user switched us
    /// off. The project is that of the folder the session was started in, whatever the folder it
    /// stands in now.
    fn project(&self) -> Result<Option<(Place, store::Project)>, Fault> {
        if self.store.is_off() {
            return Ok(None);
        }
        let place = Place::of(self.folder()?, &self.env);
        let project = place.open(&self.store)?;
        Ok((!project.is_off()).then_some((place, project)))
    }

    /// The session with its project's part of the state; `None` where the user switched us off. One that is
    /// followed already is found where it is most likely to be, without a look at the place.
    fn session(&self) -> Result<Option<(store::Project, Session)>, Fault> {
        if self.store.is_off() {
            return Ok(None);
        }
        let folder = self.folder()?;
        let known = git::Project::likely(folder).and_then(|(name, keys)| {
            keys.iter().find_map(|key| self.store.known_session(&name, key, &self.id))
        });
        let (project, session) = if let Some(known) = known {
            known
        } else {
            let project = Place::of(folder, &self.env).open(&self.store)?;
            let session = project.session(&self.id);
            (project, session)
        };
        Ok((!project.is_off()).then_some((project, session)))
    }

    /// The folder that the session was started in.
    fn folder(&self) -> Result<&Path, Fault> {
        let folder = self.env.claude_project_dir.as_deref().or(self.input.cwd.as_deref());
        Ok(folder.ok_or("the input names no folder")?)
    }

    /// What was told, as a record of the journal.
    fn record(&self, told: crate::follow::Told) -> Record {
        Record { at: self.now, transcript: self.input.transcript_path.clone(), told }
    }

    /// Appends what was told to the session's journal: all that most events do.
    fn append(&self, told: crate::follow::Told) -> Result<Reply, Fault> {
        if let Some((_, session)) = self.session()? {
            crate::follow::append(&session, &self.record(told), LOCK)?;
        }
        Ok(Reply::default())
    }

    /// Takes what the user wants out of every text from here on: for handlers that keep some. Tells whether
    /// it is known what that is.
    fn redact_own(&self) -> bool {
        let file = config::Opened::of(self.store.root());
        self.redact_by(&file, &env::settings(Some("redact")))
    }

    /// The same where the configuration's file and the variables that go before it are known.
    fn redact_by(&self, file: &config::Opened, variables: &[(String, String)]) -> bool {
        let own = config::redaction_of(file, variables)
            .and_then(|own| redact::also(&own.words, &own.patterns));
        self.note(own.as_ref().err().map_or(&[], std::slice::from_ref));
        own.is_ok()
    }

    /// Whether a person sits at the session.
    fn attended(&self) -> bool {
        // Before 2.1.280 only the entrypoint tells: `sdk-cli` for `-p`, `sdk-ts`, `sdk-py`.
        let script = self.env.entrypoint.as_deref().is_some_and(|e| e.starts_with("sdk"));
        self.env.attended.unwrap_or(!script)
    }

    /// Something to be told in the fault log that is no failure of this event.
    fn note(&self, notes: &[String]) {
        for text in notes {
            self.store.faults().note(&stamp(self.now), &self.input.event, text);
        }
    }
}

/// What was done beyond the event itself, which is safe: where a lock could not be had in time, a later
/// event does it.
fn derived(done: store::Result<()>) -> store::Result<()> {
    match done {
        Err(store::Error::Busy { .. }) => Ok(()),
        done => done,
    }
}

fn stamp(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Millis, true)
}

/// What a handler is.
pub type Handle = fn(&Context) -> Result<Reply, Fault>;

/// Runs one hook executable from stdin to its end, after which it exits with success.
pub fn run(event: Event, handle: Handle) {
    // Nothing of it is used here; it stands in the executable for `rejoin version`.
    std::hint::black_box(crate::release::MARK);
    let env = if event == Event::SessionStart { Env::of_start() } else { Env::of_event() };
    let state = env.state_dir();
    on_panic(event.name(), state.clone());
    let deadline = Duration::from_secs(if event == Event::SessionEnd { 1 } else { 5 });
    let outcome = stdin::read(deadline)
        .map_err(Fault::from)
        .and_then(|json| {
            let state = state.as_deref().ok_or("no state directory: HOME is not set")?;
            Ok((context(event, &json, env, state)?, json))
        })
        .and_then(|(context, json)| {
            let Whose::Ours(taken) = twin::whose(&context, event, &json)? else {
                return Ok(Reply::default());
            };
            // A long text is in memory often enough.
            drop(json);
            let reply = handle(&context)?;
            if let Some(Err(error)) = taken.map(Taken::done) {
                context.note(&[error.to_string()]);
            }
            acknowledge(&context.env);
            // A subagent's events are for the log alone.
            Ok(if context.input.agent_id.is_some() { Reply::default() } else { reply })
        });
    match outcome {
        Ok(reply) => print(event, &reply),
        Err(fault) => note(state.as_deref(), event.name(), &fault.0),
    }
}

fn context(event: Event, json: &[u8], env: Env, state: &Path) -> Result<Context, Fault> {
    let input = Input::parse(json).ok_or("the input is no event: session or event name missing")?;
    if input.event != event.name() {
        return Err(Fault(format!("started for {}", git::quote(&input.event, 40))));
    }
    let id = SessionId::parse(&input.session_id)
        .ok_or_else(|| Fault(format!("{} is no session id", git::quote(&input.session_id, 80))))?;
    Ok(Context { env, input, id, now: crate::clock::now(), store: Store::open(state)? })
}

fn print(event: Event, reply: &Reply) {
    if let Some(json) = reply.print(event) {
        let mut stdout = std::io::stdout().lock();
        // A closed stdout means that nobody listens any more. Nobody flushes it after `main`.
        drop(stdout.write_all(json.as_bytes()).and_then(|()| stdout.flush()));
    }
}

/// Tells a test that the event is safe: one byte to the descriptor it named.
fn acknowledge(env: &Env) {
    if let Some(fd) = env.ack_fd
        && let Ok(mut pipe) = std::fs::File::options().write(true).open(format!("/dev/fd/{fd}"))
    {
        drop(pipe.write_all(b"."));
    }
}

fn note(state: Option<&Path>, event: &str, text: &str) {
    if let Some(store) = state.and_then(|s| Store::open(s).ok()) {
        store.faults().note(&stamp(crate::clock::now()), event, text);
    }
}

/// A panic is a fault like any other: noted, never seen by the user.
#[allow(clippy::exit)]
#[allow(clippy::disallowed_methods)]
fn on_panic(event: &'static str, state: Option<std::path::PathBuf>) {
    std::panic::set_hook(Box::new(move |info| {
        note(state.as_deref(), event, &info.to_string().replace('\n', " "));
        std::process::exit(0);
    }));
}
