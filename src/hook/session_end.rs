//! SessionEnd: the session ends in an orderly way, within 1.5 s.

use super::{Context, Fault, stop};
use crate::follow::{Told, opening};
use crate::protocol::Reply;

/// Folds the rest and remembers how the session ended. A session that never got a prompt leaves
/// nothing.
pub fn handle(context: &Context) -> Result<Reply, Fault> {
    let reason = context.input.reason.as_deref().unwrap_or("other");
    let Some((_, project)) = context.project()? else { return Ok(Reply::default()) };
    if !project.session(&context.id).exists() {
        let lock = project.lock(super::LOCK)?;
        opening::forget(&lock, context.id.as_str())?;
        return Ok(Reply::default());
    }
    stop::fold_in(context, &project, Told::SessionEnd { reason: crate::git::quote(reason, 40) })?;
    Ok(Reply::default())
}
