//! `rejoin note`: a decision, a finding or a next step, in somebody's own words.

use super::Failure;
use super::args::Note;
use super::here::{Here, short};
use super::terminal::Terminal;
use crate::env::Env;
use crate::follow::{self, Record, Told};
use crate::redact::redact;
use crate::session::facts::NoteKind;
use crate::session::text;
use crate::store::Wait;
use std::io::Write;
use std::time::Duration;

/// UTF-16 units of a note; longer ones are cut.
const LONGEST: usize = 1_000;

pub(super) fn run(options: &Note, env: &Env, terminal: &mut Terminal) -> Result<(), Failure> {
    let said = options.text.join(" ");
    if said.trim().is_empty() {
        return Err(Failure::Failed("the note is empty: give it a text".to_owned()));
    }
    let (kind, word) = if options.decision {
        (NoteKind::Decision, "decision")
    } else if options.finding {
        (NoteKind::Finding, "finding")
    } else if options.next {
        (NoteKind::Next, "next step")
    } else if options.done {
        (NoteKind::Done, "done")
    } else {
        (NoteKind::Context, "context")
    };
    let here = Here::find(env)?;
    let inside = env.claude_session_id.as_deref().unwrap_or_default();
    let (project, _, id) = here.session(inside)?;
    let note = Told::Note { kind, text: text::cut(&redact(said.trim()), LONGEST) };
    let record = Record { at: here.now, transcript: None, told: note };
    follow::append(&project.session(&id), &record, Wait::For(Duration::from_secs(5)))?;
    writeln!(terminal, "Noted in session {}: {word}.", short(id.as_str()))?;
    Ok(())
}
