//! `rejoin note`: a decision, a finding or a next step, in somebody's own words.

use super::Failure;
use super::args::Note;
use super::here::{Here, PATIENCE, short};
use super::known::{Known, What, nothing};
use super::terminal::Terminal;
use crate::env::Env;
use crate::follow::{self, Opening, Record, Told};
use crate::process;
use crate::redact::redact;
use crate::session::facts::NoteKind;
use crate::session::text;
use crate::store::Store;
use std::io::Write;
use std::path::Path;

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
    let known = here.known(None, env)?;
    let note = Told::Note { kind, text: text::cut(&redact(said.trim()), LONGEST) };
    let record = Record { at: here.now, transcript: None, told: note };
    match (&known.what, &known.project) {
        (What::Followed(id), Some(project)) => {
            follow::append(&project.session(id), &record, PATIENCE)?;
        }
        (What::Transcript(path), _) => adopt(&known, path, &here, env, &record)?,
        _ => return Err(nothing()),
    }
    writeln!(terminal, "Noted in session {}: {word}.", short(&known.id))?;
    Ok(())
}

/// Notes it in a session that no hook followed: from here on it is kept like any other.
fn adopt(
    known: &Known,
    transcript: &Path,
    here: &Here,
    env: &Env,
    record: &Record,
) -> Result<(), Failure> {
    let state = env.state_dir().ok_or_else(nothing)?;
    let store = Store::open(&state)?;
    let off = || known.place.find(&store).map(|known| known.is_some_and(|it| it.is_off()));
    if store.is_off() || off()? {
        return Err(Failure::Failed(format!(
            "{} was not followed, and following is switched off here; `rejoin on` switches it on",
            known.named()
        )));
    }
    let project = known.place.open(&store)?;
    let inside = env.claude_session_id.as_deref() == Some(&*known.id);
    let process = env.claude_pid.filter(|_| inside).and_then(process::identify);
    let opening = Opening { place: &known.place, id: &known.id, ..here.opening(&project) };
    follow::adopt(&opening, transcript, process, record).map_err(Failure::Failed)
}
