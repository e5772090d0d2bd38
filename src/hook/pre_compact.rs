//! PreCompact: the context is about to be compacted. Prints nothing: what it printed would become
//! part of the summary's instructions.

use super::{Context, Fault, stop};
use crate::follow::Told;
use crate::protocol::Reply;

/// Folds what the session has gained, so that the digest after the compaction has it.
pub fn handle(context: &Context) -> Result<Reply, Fault> {
    let known = context.redact_own();
    stop::fold(context, Told::PreCompact, known)?;
    Ok(Reply::default())
}
