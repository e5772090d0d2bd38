//! PostToolBatch: a batch of tools has run.

use super::{Context, Fault, LOCK, threshold};
use crate::follow::{self, Told};
use crate::protocol::Reply;

/// Marks the session as alive at this moment, and says when the context window fills up.
pub fn handle(context: &Context) -> Result<Reply, Fault> {
    let Some((_, session)) = context.session()? else { return Ok(Reply::default()) };
    follow::append(&session, &context.record(Told::PostToolBatch), LOCK)?;
    threshold::notice(context, &session)
}
