//! What a hook writes to stdout.
//!
//! Nothing, or one JSON object. Only SessionStart, UserPromptSubmit and PostToolBatch may add to
//! the model's context; on the other events the same fields would make Claude continue (Stop,
//! SubagentStop) or end up in a summary's instructions (PreCompact): they can't be expressed here.

use super::Event;
use serde::Serialize;

/// A hook's answer. Empty means that nothing is printed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reply {
    /// For the model: at most 10,000 UTF-16 units, above which Claude Code hides it in a file.
    pub context: Option<String>,
    /// For the user's eyes.
    pub message: Option<String>,
    /// At SessionStart: skills were deployed meanwhile and are to be looked for again. Known since Claude Code
    /// 2.1.152; older ones pass over it.
    pub reload_skills: bool,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Output<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    system_message: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    hook_specific_output: Option<Specific<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Specific<'a> {
    hook_event_name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    additional_context: Option<&'a str>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    reload_skills: bool,
}

impl Reply {
    /// The JSON to print for this event; `None` when there is nothing to say or the event is one
    /// that must stay silent.
    pub fn print(&self, event: Event) -> Option<String> {
        let speaks =
            matches!(event, Event::SessionStart | Event::UserPromptSubmit | Event::PostToolBatch);
        let reload_skills = self.reload_skills && event == Event::SessionStart;
        let for_claude_code = self.context.is_some() || reload_skills;
        if !speaks || (!for_claude_code && self.message.is_none()) {
            return None;
        }
        let output = Output {
            system_message: self.message.as_deref(),
            hook_specific_output: for_claude_code.then(|| Specific {
                hook_event_name: event.name(),
                additional_context: self.context.as_deref(),
                reload_skills,
            }),
        };
        serde_json::to_string(&output).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_events_that_may_speak_do() {
        let reply = Reply {
            context: Some("a \"b\"".into()),
            message: Some("m".into()),
            ..Reply::default()
        };
        assert_eq!(
            reply.print(Event::SessionStart).unwrap(),
            r#"{"systemMessage":"m","hookSpecificOutput":{"hookEventName":"SessionStart","additionalContext":"a \"b\""}}"#
        );
        for event in [Event::Stop, Event::PreCompact, Event::SessionEnd, Event::SubagentStop] {
            assert_eq!(reply.print(event), None);
        }
        assert_eq!(Reply::default().print(Event::SessionStart), None);
        let reload = Reply { reload_skills: true, ..Reply::default() };
        assert_eq!(
            reload.print(Event::SessionStart).unwrap(),
            r#"{"hookSpecificOutput":{"hookEventName":"SessionStart","reloadSkills":true}}"#
        );
        assert_eq!(reload.print(Event::UserPromptSubmit), None);
    }
}
