//! PostCompact: the context was compacted.

use super::{Context, Fault};
use crate::follow::{self, Told};
use crate::protocol::Reply;
use crate::redact::redact;

/// Keeps Claude's own summary beside the state.
pub fn handle(context: &Context) -> Result<Reply, Fault> {
    let session = context.session()?;
    if let Some(summary) = &context.input.compact_summary {
        match follow::open(&session, super::LOCK) {
            Ok(following) => following.keep_summary(&redact(summary))?,
            Err(crate::store::Error::Busy { .. }) => {}
            Err(error) => return Err(error.into()),
        }
    }
    follow::append(&session, &context.record(Told::PostCompact), super::LOCK)?;
    Ok(Reply::default())
}
