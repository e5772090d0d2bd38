//! Stop: a turn came to its end.

use super::{Context, Fault};
use crate::follow::{self, Bridge, Told, opening};
use crate::protocol::Reply;
use crate::session::keep_quote;
use crate::store::Durability;
use crate::transcript::FIRST_READ;

/// Folds the turn and leaves a complete resume log. The last response is usually not in the
/// transcript yet; its text comes with the event, its usage with whoever folds next.
pub fn handle(context: &Context) -> Result<Reply, Fault> {
    let input = &context.input;
    let said = input.last_assistant_message.as_deref().filter(|s| !s.trim().is_empty());
    let told = Told::Stop {
        prompt_id: input.prompt_id.clone(),
        said: said.map(keep_quote),
        background: input.background.iter().map(|(id, _)| id.clone()).collect(),
    };
    fold(context, told)?;
    Ok(Reply::default())
}

/// Folds what the session has gained, with this event, and saves it durably.
pub(super) fn fold(context: &Context, told: Told) -> Result<(), Fault> {
    let Some((_, project)) = context.project()? else { return Ok(()) };
    let session = project.session(&context.id);
    let record = context.record(told);
    let mut following = match follow::open(&session, super::LOCK) {
        Ok(following) => following,
        Err(crate::store::Error::Busy { .. } | crate::store::Error::Newer { .. }) => {
            session.pend(&record.line())?;
            return Ok(());
        }
        Err(error) => return Err(error.into()),
    };
    context.note(&following.notes);
    match input_transcript(context) {
        // Persistence is off: what is not kept by Claude Code is not kept by us.
        None => {
            following.remove()?;
            let lock = project.lock(super::LOCK)?;
            opening::forget(&lock, context.id.as_str())?;
            return Ok(());
        }
        Some(path) => {
            if let Err(error) = following.fold(path, Some(FIRST_READ)) {
                context.note(&[format!("{} can't be read: {error}", path.display())]);
            }
        }
    }
    match Bridge::read(&context.store, &context.id) {
        Ok(Some(bridge)) => following.state.bridge = Some(bridge),
        Ok(None) => {}
        Err(error) => context.note(&[error.to_string()]),
    }
    following.state.take(&record);
    following.save(Durability::Synced, context.now)?;
    let lock = project.lock(super::LOCK)?;
    opening::learn(&lock, context.id.as_str(), &following.state)?;
    Ok(())
}

/// The session's transcript, if it exists.
fn input_transcript(context: &Context) -> Option<&std::path::Path> {
    context.input.transcript_path.as_deref().filter(|path| path.exists())
}
