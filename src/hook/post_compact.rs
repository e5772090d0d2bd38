//! PostCompact: the context was compacted.

use super::{Context, Fault};
use crate::follow::{self, Told};
use crate::protocol::Reply;
use crate::redact::redact;

/// Keeps Claude's own summary beside the state.
pub fn handle(context: &Context) -> Result<Reply, Fault> {
    let Some((_, session)) = context.session()? else { return Ok(Reply::default()) };
    let summary = context.input.compact_summary.as_deref().filter(|_| context.redact_own());
    let summary = summary.map(redact);
    let record = context.record(Told::PostCompact);
    follow::compacted(&session, &record, summary.as_deref(), super::LOCK)?;
    Ok(Reply::default())
}
