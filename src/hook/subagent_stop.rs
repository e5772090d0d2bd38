//! SubagentStop: a subagent has reported.

use super::{Context, Fault};
use crate::follow::Told;
use crate::protocol::Reply;
use crate::session::keep_quote;

/// Remembers the report. An empty agent type is the compaction's own call, which reports nothing.
pub fn handle(context: &Context) -> Result<Reply, Fault> {
    let input = &context.input;
    let kind = input.agent_type.as_deref().unwrap_or_default();
    let Some(id) = input.agent_id.as_deref().filter(|_| !kind.is_empty()) else {
        return Ok(Reply::default());
    };
    // The subagent's transcript has the report, too.
    let said = input.last_assistant_message.as_deref().filter(|_| context.redact_own());
    context.append(Told::SubagentStop {
        id: crate::git::quote(id, 80),
        kind: crate::git::quote(kind, 60),
        said: said.map(keep_quote),
    })
}
