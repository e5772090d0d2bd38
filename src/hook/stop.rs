//! Stop: a turn came to its end.

use super::{Context, Fault, derived};
use crate::follow::{self, Bridge, Told, opening, responses};
use crate::protocol::Reply;
use crate::session::keep_quote;
use crate::store::{Durability, Project, Session};
use crate::transcript::{FIRST_READ, Reach};
use std::io::ErrorKind;
use std::time::{Duration, Instant};

/// How long a long reading may take before the rest is left to the next event: only the first one of a
/// long transcript comes so far, on a slow machine.
const FOLDING: Duration = Duration::from_millis(150);

/// Folds the turn and leaves a complete resume log. The last response is usually not in the
/// transcript yet; its text comes with the event, its usage with whoever folds next.
pub fn handle(context: &Context) -> Result<Reply, Fault> {
    let known = context.redact_own();
    let input = &context.input;
    let said = input.last_assistant_message.as_deref().filter(|s| known && !s.trim().is_empty());
    let told = Told::Stop {
        prompt_id: input.prompt_id.clone(),
        said: said.map(keep_quote),
        answer: said.and_then(responses::keep_answer),
        background: input.background.iter().map(|(id, _)| id.clone()).collect(),
    };
    fold(context, told, known)?;
    Ok(Reply::default())
}

/// Folds what the session has gained, with this event, and saves it durably; `known`: whether it is known
/// what the user wants out of every text.
pub(super) fn fold(context: &Context, told: Told, known: bool) -> Result<(), Fault> {
    let Some((project, session)) = context.session()? else { return Ok(()) };
    fold_in(context, &project, &session, told, known)
}

/// [`fold`] for this session of the project.
pub(super) fn fold_in(
    context: &Context,
    project: &Project,
    session: &Session,
    told: Told,
    known: bool,
) -> Result<(), Fault> {
    let record = context.record(told);
    if !known {
        // The transcript keeps what was said for whoever knows.
        follow::append(session, &record, super::LOCK)?;
        return Ok(());
    }
    let mut following = match follow::open(session, super::LOCK) {
        Ok(following) => following,
        Err(error) => return Ok(follow::set_aside(session, &record, error)?),
    };
    context.note(&following.notes);
    let reach = Reach { first: Some(FIRST_READ), until: Some(Instant::now() + FOLDING) };
    if let Some(path) = &context.input.transcript_path
        && let Err(error) = following.fold(path, reach)
    {
        if error.kind() == ErrorKind::NotFound && following.state.cursor.offset == 0 {
            // Claude Code writes with a delay: a first answer that comes at once is told before there
            // is a transcript (seen under `-p`, with one in 50 ms).
            if matches!(record.told, Told::Stop { .. }) && !following.state.has_stopped() {
                following.tell(&record)?;
                return Ok(());
            }
            // Persistence is off: what is not kept by Claude Code is not kept by us.
            following.remove()?;
            let lock = project.lock(super::LOCK)?;
            opening::forget(&lock, context.id.as_str())?;
            return Ok(());
        }
        context.note(&[format!("{} can't be read: {error}", path.display())]);
    }
    match Bridge::read(&context.store, &context.id) {
        Ok(Some(bridge)) => following.state.bridge = Some(bridge),
        Ok(None) => {}
        Err(error) => context.note(&[error.to_string()]),
    }
    following.state.take(&record);
    following.save(Durability::Synced, context.now)?;
    let ended = matches!(record.told, Told::Stop { .. }).then_some(context.now);
    let learned = project
        .lock(super::LOCK)
        .and_then(|lock| opening::learn(&lock, context.id.as_str(), &following.state, ended));
    // The process is over: its memory need not be given back text by text.
    std::mem::forget(following.state);
    Ok(derived(learned)?)
}
