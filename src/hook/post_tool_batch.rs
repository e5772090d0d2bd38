//! PostToolBatch: a batch of tools has run.

use super::{Context, Fault};
use crate::follow::Told;
use crate::protocol::Reply;

/// Marks the session as alive at this moment.
pub fn handle(context: &Context) -> Result<Reply, Fault> {
    context.append(Told::PostToolBatch)
}
