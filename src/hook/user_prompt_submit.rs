//! UserPromptSubmit: a prompt was typed, or Claude Code made one.

use super::{Context, Fault, derived, threshold};
use crate::follow::{self, Told};
use crate::protocol::Reply;
use crate::session::facts::Quote;
use crate::session::keep_quote;

/// Remembers the prompt, which the transcript may not have when the session dies at once, and says
/// when the context window fills up.
pub fn handle(context: &Context) -> Result<Reply, Fault> {
    let input = &context.input;
    let prompt = input.prompt.as_deref().unwrap_or_default();
    // A machine's prompt: background work has ended.
    let text = if prompt.trim_start().starts_with("<task-notification>") {
        return Ok(Reply::default());
    } else if prompt.is_empty() || !context.redact_own() {
        // The transcript has it, for whoever folds next.
        Quote::default()
    } else {
        keep_quote(prompt)
    };
    let Some((project, session)) = context.session()? else { return Ok(Reply::default()) };
    let told = Told::UserPromptSubmit { prompt_id: input.prompt_id.clone(), text };
    // A start, and a conversation that is resumed, leave the journal as it is or with a record of it: behind a
    // Stop, the first prompt was an earlier one.
    if !follow::append(&session, &context.record(told), super::LOCK)? {
        let id = context.id.as_str();
        derived(follow::prompted(&project, id, context.now, super::LOCK))?;
    }
    threshold::notice(context, &session)
}
