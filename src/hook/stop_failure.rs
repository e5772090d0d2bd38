//! StopFailure: an API error ended the turn. Under `-p` the process may be gone in 30 ms.

use super::{Context, Fault};
use crate::follow::Told;
use crate::protocol::Reply;

/// Remembers the error by its name.
pub fn handle(context: &Context) -> Result<Reply, Fault> {
    let error = context.input.error.as_deref().unwrap_or("unknown");
    context.append(Told::StopFailure {
        prompt_id: context.input.prompt_id.clone(),
        error: crate::git::quote(error, 40),
    })
}
