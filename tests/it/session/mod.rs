//! The main job, end to end: a session is followed by the hooks, and the next one is told where the work stood.
//!
//! Every test runs the real Claude Code and looks at the request that reached the API.

mod clear;
mod compaction;
mod paused;
mod permission;
mod queued;
mod resume;
mod rewind;
mod several;
mod startup;
mod unattended;

use std::path::PathBuf;

use crate::api::{Api, Gate, Request, Turn};
use crate::claude::{Home, Terminal, eventually};
use crate::registration::register;

/// The prompt that a followed session began with.
const HERONS: &str = "Count the herons in the reeds";

/// A home with the hooks registered.
fn home(api: &Api) -> Home {
    let home = Home::new(api);
    register(&home);
    home
}

/// A call of the Write tool on a file of the project.
fn write(home: &Home, relative: &str) -> Turn {
    let path = home.project().join(relative);
    Turn::tool("Write", &serde_json::json!({ "file_path": path, "content": "herons = 3\n" }))
}

/// Begins a session with [`HERONS`], which writes `src/heron.py`, and kills it while it waits for the next response.
///
/// Takes two turns of the API's script. Returns the session's id.
pub(crate) fn cut_off(api: &Api, home: &Home) -> String {
    let next = api.requests(crate::api::Class::Main).len() + 1;
    let terminal = begin_and_hold(api, home);
    api.main(next + 1);
    let session = newest_session(home);
    terminal.kill();
    session
}

/// Begins a session with [`HERONS`], which writes `src/heron.py` and then waits for a response that never comes.
fn begin_and_hold(api: &Api, home: &Home) -> Terminal {
    api.reply(write(home, "src/heron.py"));
    api.reply(Turn::text("Never said.").held(&Gate::closed()));
    let mut terminal = home.claude().terminal();
    terminal.submit(HERONS);
    terminal
}

/// The id of the session that began last.
pub(crate) fn newest_session(home: &Home) -> String {
    let newest = eventually("a transcript is there", || home.transcripts().pop());
    newest.session()
}

/// Waits until `session` has ended `turns` turns, with their Stop hooks.
pub(crate) fn wait_for_turns(home: &Home, session: &str, turns: usize) {
    eventually(&format!("{turns} turns have ended"), || {
        let transcripts = home.transcripts();
        let transcript = transcripts.iter().find(|transcript| transcript.session() == session)?;
        (transcript.ended_turns() >= turns).then_some(())
    });
}

/// What a request tells of earlier sessions: each record from its opening fence to its closing one.
fn records(request: &Request) -> Vec<String> {
    const OPENING: &str = "<session-record";
    const CLOSING: &str = "</session-record>";
    let mut records = Vec::new();
    for (_, text) in request.texts() {
        let mut rest = text.as_str();
        while let Some(start) = rest.find(OPENING) {
            let length = rest[start..].find(CLOSING).expect("a record's fence is closed");
            let end = start + length + CLOSING.len();
            records.push(rest[start..end].to_owned());
            rest = &rest[end..];
        }
    }
    records
}

/// The one record in a request, which must be of `session`, with the path of its resume log once.
#[track_caller]
fn record_of(request: &Request, session: &str) -> String {
    let mut found = records(request);
    assert_eq!(found.len(), 1, "records in the request:\n{}", request.conversation());
    let record = found.remove(0);
    assert!(record.contains(session), "not of session {session}:\n{record}");
    request.assert_once(&format!("sessions/{session}/resume.md"));
    record
}

/// Panics if a request tells anything of earlier sessions.
#[track_caller]
fn assert_untold(request: &Request) {
    assert_eq!(request.injected(), Vec::<String>::new());
    request.assert_absent("<session-record");
    request.assert_absent("resume.md");
}

/// The resume log of a session, in the state directory.
pub(crate) fn resume_log(home: &Home, session: &str) -> PathBuf {
    let projects = std::fs::read_dir(home.state().join("projects")).expect("projects are followed");
    let mut logs = projects
        .flatten()
        .map(|project| project.path().join("sessions").join(session).join("resume.md"));
    logs.find(|log| log.is_file()).expect("the session has a resume log")
}
