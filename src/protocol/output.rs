//! What a hook writes to stdout.
//!
//! Nothing, or one JSON object. Only SessionStart, UserPromptSubmit and PostToolBatch may add to
//! the model's context; on the other events the same fields would make Claude continue (Stop,
//! SubagentStop) or end up in a summary's instructions (PreCompact): they can't be expressed here.

use super::Event;
use crate::bytes;

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
        let mut out = String::with_capacity(16 << 10);
        if let Some(message) = &self.message {
            out.push_str("{\"systemMessage\":");
            push_string(message, &mut out);
        }
        if for_claude_code {
            out.push_str(if out.is_empty() { "{" } else { "," });
            out.push_str("\"hookSpecificOutput\":{\"hookEventName\":");
            push_string(event.name(), &mut out);
            if let Some(context) = &self.context {
                out.push_str(",\"additionalContext\":");
                push_string(context, &mut out);
            }
            out.push_str(if reload_skills { ",\"reloadSkills\":true}" } else { "}" });
        }
        out.push('}');
        Some(out)
    }
}

/// A text as JSON, as `serde_json` writes it, which looks at each byte on its own: the texts that are told have
/// thousands.
fn push_string(text: &str, out: &mut String) {
    let bytes = text.as_bytes();
    let odd = |b: u8| b < 0x20 && b != b'\n';
    if bytes.iter().fold(false, |found, b| found | odd(*b)) {
        // A string has no way to fail to become JSON.
        out.push_str(&serde_json::to_string(text).unwrap_or_else(|_| "\"\"".to_owned()));
        return;
    }
    out.push('"');
    let mut from = 0;
    while let Some(at) = bytes::find_any([b'"', b'\\', b'\n'], &bytes[from..]) {
        out.push_str(&text[from..from + at]);
        out.push_str(match bytes[from + at] {
            b'"' => "\\\"",
            b'\\' => "\\\\",
            _ => "\\n",
        });
        from += at + 1;
    }
    out.push_str(&text[from..]);
    out.push('"');
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use proptest::{bool, option};

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

    #[derive(serde::Serialize)]
    #[serde(rename_all = "camelCase")]
    struct Output<'a> {
        #[serde(skip_serializing_if = "Option::is_none")]
        system_message: Option<&'a str>,
        #[serde(skip_serializing_if = "Option::is_none")]
        hook_specific_output: Option<Specific<'a>>,
    }

    #[derive(serde::Serialize)]
    #[serde(rename_all = "camelCase")]
    struct Specific<'a> {
        hook_event_name: &'a str,
        #[serde(skip_serializing_if = "Option::is_none")]
        additional_context: Option<&'a str>,
        #[serde(skip_serializing_if = "std::ops::Not::not")]
        reload_skills: bool,
    }

    proptest! {
        #[test]
        fn it_is_written_as_serde_writes_it(
            context in option::of("[a\"\\\\\n\té\u{7}\u{7f}]{0,40}"),
            message in option::of("[a\"\\\\\né]{0,9}"),
            reload_skills in bool::ANY,
        ) {
            let reply = Reply { context, message, reload_skills };
            let specific = (reply.context.is_some() || reload_skills).then_some(Specific {
                hook_event_name: "SessionStart",
                additional_context: reply.context.as_deref(),
                reload_skills,
            });
            let output = Output {
                system_message: reply.message.as_deref(),
                hook_specific_output: specific,
            };
            let all = (output.system_message.is_some() || output.hook_specific_output.is_some())
                .then(|| serde_json::to_string(&output).unwrap());
            prop_assert_eq!(reply.print(Event::SessionStart), all);
        }
    }
}
