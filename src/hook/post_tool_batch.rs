//! PostToolBatch: a batch of tools has run.

use super::{Context, Fault, LOCK, threshold};
use crate::follow::{self, Told};
use crate::protocol::Reply;

/// Marks the session as alive at this moment, and says when the context window fills up.
pub fn handle(context: &Context) -> Result<Reply, Fault> {
    let Some((_, project)) = context.project()? else { return Ok(Reply::default()) };
    let record = context.record(Told::PostToolBatch);
    follow::append(&project.session(&context.id), &record, LOCK)?;
    threshold::notice(context, &project)
}
