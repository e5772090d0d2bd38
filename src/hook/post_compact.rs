//! PostCompact: the context was compacted.

use super::{Context, Fault};
use crate::follow::{self, Told};
use crate::protocol::Reply;
use crate::redact::redact;

/// Keeps Claude's own summary beside the state.
pub fn handle(context: &Context) -> Result<Reply, Fault> {
    let Some((_, project)) = context.project()? else { return Ok(Reply::default()) };
    let session = project.session(&context.id);
    if let Some(summary) = &context.input.compact_summary {
        follow::keep_summary(&session, &redact(summary), super::LOCK)?;
    }
    follow::append(&session, &context.record(Told::PostCompact), super::LOCK)?;
    Ok(Reply::default())
}
