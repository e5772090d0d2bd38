//! One line to its events.

use super::chain::{Look, Way};
use super::cursor::Cursor;
use super::raw::{Content, Line, Message, Text, parse};
use super::{block, time, tool};
use crate::session::event::{At, Author, Event, Place, Usage};
use chrono::{DateTime, Utc};
use serde::Deserialize;
use std::borrow::Cow;
use std::collections::BTreeMap;

pub(super) type Sink<'s> = &'s mut dyn FnMut(At, Event<'_>);

/// Reads one line: moves the cursor's chain and time on, and tells its events.
pub(super) fn read(text: &[u8], place: Place, cursor: &mut Cursor, look: Look<'_>, sink: Sink<'_>) {
    if text.is_empty() {
        return;
    }
    let repaired;
    // Checked once, not string by string.
    let known = std::str::from_utf8(text).ok();
    let known = known.and_then(|text| serde_json::from_str::<Line<'_>>(text).ok());
    let mut line = if let Some(line) = known {
        line
    } else {
        repaired = repair(text);
        let Ok(line) = serde_json::from_str(&repaired) else {
            cursor.skipped += 1;
            return;
        };
        line
    };
    let Some(kind) = std::mem::take(&mut line.kind).0 else {
        cursor.skipped += 1;
        return;
    };
    let kind = &*kind;
    let stamp = line.timestamp.as_deref().and_then(time);
    let parent = line.parent_uuid.0.take().or(line.logical_parent_uuid.0.take());
    let parent = parent.as_deref();
    if let Some(uuid) = line.uuid.as_deref().filter(|_| !line.is_sidechain.is_true()) {
        let is_written = |uuid: &str| look(uuid, Way::Forth).is_some();
        if cursor.copies.take((uuid, parent), stamp, cursor.chain.tip, is_written) {
            return;
        }
    }
    if let Some(at) = stamp {
        cursor.time = Some(at);
    }
    let at = At { time: cursor.time.unwrap_or(DateTime::<Utc>::UNIX_EPOCH), place };
    if line.is_sidechain.is_true() && !cursor.sidechain {
        return;
    }
    if let Some(folder) = line.cwd.0.take() {
        let branch = line.git_branch.0.take().filter(|b| !b.is_empty());
        let version = line.version.0.take();
        sink(at, Event::Located { folder, branch, version });
    }
    let mut message = match kind {
        "user" | "assistant" => line.message.0.take(),
        _ => None,
    };
    // Answers and results branch within their turn (parallel calls); all else must follow the
    // end of the live branch, or else tells that the conversation went back.
    let results = message.as_ref().is_some_and(|m| m.content.has_results());
    let prompt = match (kind, &mut message) {
        ("user", Some(message)) if !results => prompt(&line, message),
        _ => None,
    };
    if let Some(uuid) = line.uuid.as_deref() {
        let after_copies = cursor.copies.end(parent);
        let may_rewind = kind != "assistant" && !results && !after_copies;
        if let Some(to) = cursor.chain.grow(uuid, parent, may_rewind, look) {
            sink(at, Event::Rewound { to });
        }
        if prompt.is_some() {
            let index = line.turn_position.as_ref().and_then(|p| p.turn_index.0).unwrap_or(0);
            if let Some(to) = cursor.chain.prompt(place.offset, parent, index as u32) {
                sink(at, Event::Rewound { to });
            }
        }
    }
    match kind {
        "user" => {
            if let Some(message) = message {
                user(line, message, prompt, at, sink);
            }
        }
        "assistant" => {
            if let Some(message) = message {
                let usage = message.usage.as_ref().map(block::usage);
                if matches!(usage, Some(None)) {
                    cursor.skipped += 1;
                }
                assistant(line, message, usage.flatten(), at, sink);
            }
        }
        "system" => {
            if line.subtype.as_deref() == Some("compact_boundary") {
                cursor.copies.compacted(stamp);
            }
            system(line, at, sink);
        }
        "attachment" => attachment(line, at, sink),
        "queue-operation" => queue(line, at, sink),
        "custom-title" => title(line.custom_title, true, at, sink),
        "ai-title" => title(line.ai_title, false, at, sink),
        "summary" => title(line.summary, false, at, sink),
        "cost-state" => cost(&line, at, sink),
        "agent-name"
        | "api-request"
        | "api-request-blob"
        | "api-request-shape"
        | "atis-latch"
        | "file-history-snapshot"
        | "last-prompt"
        | "mode"
        | "permission-mode"
        | "progress"
        | "tools-used" => {}
        _ => cursor.unknown += 1,
    }
}

/// The text of a line with what spoils it replaced, so that it spoils one string and not the line: bytes
/// that are no UTF-8, and halves of a surrogate pair, which JavaScript writes where it cuts a text.
fn repair(text: &[u8]) -> String {
    let text = String::from_utf8_lossy(text);
    let unit = |at: usize| {
        let digits = text.get(at..at + 6)?.strip_prefix("\\u")?;
        u16::from_str_radix(digits, 16).ok()
    };
    let mut out = String::with_capacity(text.len());
    let mut copied = 0;
    let mut next = 0;
    for (at, _) in text.match_indices('\\') {
        if at < next {
            continue;
        }
        next = match (unit(at), unit(at + 6)) {
            (Some(0xd800..=0xdbff), Some(0xdc00..=0xdfff)) => at + 12,
            (Some(0xd800..=0xdfff), _) => {
                out.push_str(&text[copied..at]);
                out.push(char::REPLACEMENT_CHARACTER);
                copied = at + 6;
                copied
            }
            _ => at + 2,
        };
    }
    out.push_str(&text[copied..]);
    out
}

/// Beginnings of `user` texts that nobody typed.
const NOT_TYPED: [&str; 8] = [
    "<local-command",
    "<bash-",
    "<task-notification",
    "<system-reminder",
    "<user-prompt-submit",
    "[Request interrupted",
    "Caveat: ",
    "<command-",
];

/// The prompt that a `user` line without results carries: its author and its text.
fn prompt<'a>(line: &Line<'_>, message: &mut Message<'a>) -> Option<(Author, Cow<'a, str>)> {
    if line.is_meta.is_true() || line.is_compact_summary.is_true() {
        return None;
    }
    let text = message.content.take_text()?;
    match author(line, &text) {
        Some(author) if text.trim_start().starts_with("<command-") => {
            Some((author, Cow::Owned(block::command(&text))))
        }
        Some(author) => Some((author, text)),
        None => {
            message.content = Content::Text(text);
            None
        }
    }
}

/// Who started a turn with this text; `None` when it starts none.
fn author(line: &Line<'_>, text: &str) -> Option<Author> {
    let start = text.trim_start();
    if start.is_empty() || start.starts_with("[Request interrupted") {
        return None;
    }
    let origin = line.origin.as_ref().and_then(|o| o.kind.as_deref());
    let turn = line.turn_origin.as_deref();
    if start.starts_with("<command-") {
        // A command of the user's own starts a turn, a built-in one (`/compact`) does not; only
        // the former has an origin.
        return turn.map(|_| Author::Human);
    }
    let machine = turn == Some("task_notification")
        || origin.is_some_and(|k| k != "human")
        || line.prompt_source.as_deref() == Some("system")
        || start.starts_with("<task-notification");
    if machine {
        return Some(Author::Machine);
    }
    let typed = !NOT_TYPED.iter().any(|mark| start.starts_with(mark));
    typed.then_some(Author::Human)
}

fn user<'a>(
    line: Line<'a>,
    mut message: Message<'a>,
    prompt: Option<(Author, Cow<'_, str>)>,
    at: At,
    sink: Sink<'_>,
) {
    if let Some((author, text)) = prompt {
        if author == Author::Machine {
            notification(&text, at, sink);
        }
        let id = line.uuid.0.unwrap_or_default();
        sink(at, Event::Prompt { id, prompt_id: line.prompt_id.0, author, text });
        return;
    }
    if line.is_compact_summary.is_true() {
        if let Some(text) = message.content.take_text() {
            sink(at, Event::Summary { text });
        }
        return;
    }
    if line.is_meta.is_true() {
        return;
    }
    let said = match &message.content {
        Content::Text(text) => Some(&**text),
        content => {
            let mut texts = content.blocks().iter().filter_map(|b| b.text.as_deref());
            texts.find(|text| !text.trim_start().is_empty())
        }
    };
    let interrupted = said.is_some_and(|s| s.trim_start().starts_with("[Request interrupted"));
    let denial = line.tool_denial_kind.as_deref();
    for mut part in message.content.take_blocks() {
        if let Some(id) = part.tool_use_id.0 {
            let failed = part.is_error.is_true();
            let report = line.tool_use_result.as_ref();
            let result = tool::result(&mut part.content, failed, denial, report);
            sink(at, Event::Returned { id, result });
        }
    }
    if interrupted {
        sink(at, Event::Interrupted);
    }
}

fn assistant<'a>(
    line: Line<'a>,
    mut message: Message<'a>,
    usage: Option<Usage>,
    at: At,
    sink: Sink<'_>,
) {
    let model = message.model.0.unwrap_or_default();
    if model == "<synthetic>" {
        if line.is_api_error_message.is_true() {
            let text = message.content.take_text().unwrap_or_default();
            let kind = parse::<Text<'_>>(line.error).and_then(|e| e.0);
            let kind = kind.unwrap_or(Cow::Borrowed("unknown"));
            sink(at, Event::ApiError { kind, text, last: true });
        }
        return;
    }
    for part in message.content.take_blocks() {
        match part.kind.as_deref() {
            Some("text") => {
                if let Some(text) = part.text.0.filter(|text| !text.trim().is_empty()) {
                    sink(at, Event::Said { text });
                }
            }
            Some("tool_use") => {
                if let (Some(id), Some(name)) = (part.id.0, part.name.0) {
                    let call = tool::call(&name, *part.input.0.unwrap_or_default());
                    sink(at, Event::Called { id, name, call });
                }
            }
            _ => {}
        }
    }
    if let (Some(id), Some(usage)) = (message.id.0, usage) {
        sink(
            at,
            Event::Responded {
                message_id: id,
                model,
                requested: line.requested_model.0,
                usage,
                stop: message.stop_reason.as_deref().map(block::stop),
            },
        );
    }
}

fn system(mut line: Line<'_>, at: At, sink: Sink<'_>) {
    match line.subtype.as_deref() {
        // Somebody's hook refused a prompt, which Claude then never sees.
        Some("informational") => {
            let Some(text) = line.content.take_text() else { return };
            let refused = text.starts_with("UserPromptSubmit operation blocked by hook");
            if let Some((_, prompt)) = text.split_once("\nOriginal prompt: ").filter(|_| refused) {
                sink(at, Event::Unqueued { text: Some(Cow::Borrowed(prompt)) });
            }
        }
        Some("stop_hook_summary" | "turn_duration") => sink(at, Event::TurnEnded),
        Some("compact_boundary") => {
            let about = line.compact_metadata.0.unwrap_or_default();
            sink(
                at,
                Event::Compacted {
                    manual: about.trigger.as_deref() == Some("manual"),
                    before: about.pre_tokens.0,
                    after: about.post_tokens.0,
                },
            );
        }
        Some("api_error") => {
            #[derive(Deserialize)]
            struct Shown<'a> {
                #[serde(borrow, default)]
                formatted: Text<'a>,
            }
            let text = parse::<Shown<'_>>(line.error).and_then(|e| e.formatted.0);
            let text = text.unwrap_or_default();
            sink(at, Event::ApiError { kind: Cow::Borrowed("retry"), text, last: false });
        }
        _ => {}
    }
}

fn attachment(line: Line<'_>, at: At, sink: Sink<'_>) {
    let Some(mut part) = line.attachment.0 else { return };
    if part.kind.as_deref() != Some("queued_command") {
        return;
    }
    let Some(text) = part.prompt.take_text() else { return };
    let origin = part.origin.as_ref().and_then(|o| o.kind.as_deref());
    let machine = origin.is_some_and(|k| k != "human")
        || part.mode.as_deref() == Some("task-notification")
        || NOT_TYPED.iter().any(|mark| text.trim_start().starts_with(mark));
    if machine {
        notification(&text, at, sink);
    } else if !text.trim().is_empty() {
        sink(at, Event::Queued { text });
    }
}

fn queue(mut line: Line<'_>, at: At, sink: Sink<'_>) {
    match line.operation.as_deref() {
        Some("enqueue") => {
            let Some(text) = line.content.take_text() else { return };
            let start = text.trim_start();
            // A command is carried out, not answered.
            let command = start.starts_with('/');
            let typed = !NOT_TYPED.iter().any(|mark| start.starts_with(mark));
            if !start.is_empty() && !command && typed {
                sink(at, Event::Waiting { text });
            }
        }
        // What leaves the queue for Claude (`dequeue`, `absorbed_mid_turn`) comes again on a line of its
        // own; a process killed between the two has not shown it to Claude.
        Some("remove") if line.reason.as_deref() != Some("absorbed_mid_turn") => {
            sink(at, Event::Unqueued { text: line.content.take_text() });
        }
        Some("popAll") => sink(at, Event::Unqueued { text: None }),
        _ => {}
    }
}

/// Background work that has ended, as a notification tells it.
fn notification(text: &str, at: At, sink: Sink<'_>) {
    let field = |name: &str| block::tag(text, name).map(Cow::Borrowed);
    if let Some(id) = field("task-id") {
        let status = field("status").unwrap_or_default();
        let summary = field("result").or_else(|| field("summary")).unwrap_or_default();
        sink(at, Event::BackgroundEnded { id, status, summary });
    }
}

fn title(text: Text<'_>, by_user: bool, at: At, sink: Sink<'_>) {
    if let Some(text) = text.0.filter(|t| !t.trim().is_empty()) {
        sink(at, Event::Titled { text, by_user });
    }
}

fn cost(line: &Line<'_>, at: At, sink: Sink<'_>) {
    #[derive(Deserialize)]
    struct Model {
        #[serde(default, rename = "outputTokens")]
        output: u64,
    }
    let models: BTreeMap<Cow<'_, str>, Model> = parse(line.model_usage).unwrap_or_default();
    let output = models.values().map(|m| m.output).sum();
    if let Some(usd) = line.total_cost.0 {
        sink(at, Event::Cost { usd, output });
    }
}

#[cfg(test)]
mod tests {
    use crate::session::event::{Call, Event};
    use crate::transcript::events;

    /// What a line tells, in few words.
    fn told(line: &[u8]) -> Vec<String> {
        let mut out = Vec::new();
        events(line, &mut |_, event| {
            out.push(match event {
                Event::Prompt { text, .. } => format!("prompt {text}"),
                Event::Said { text } => format!("said {text}"),
                Event::Called { name, call: Call::Run { command, .. }, .. } => {
                    format!("{name} {command}")
                }
                Event::Called { name, .. } => format!("called {name}"),
                Event::Returned { result, .. } => format!("returned {}", result.text),
                Event::Responded { usage, .. } => format!("responded {}", usage.context()),
                other => format!("{other:?}"),
            });
        });
        out
    }

    #[test]
    fn a_prompt_that_a_hook_refused_waits_no_more() {
        let line = |content: &str| {
            let line = serde_json::json!({"type": "system", "subtype": "informational", "content": content});
            told(line.to_string().as_bytes())
        };
        let blocked = "UserPromptSubmit operation blocked by hook:\n[/h.sh]: no\n\n\nOriginal prompt: one\ntwo";
        assert_eq!(line(blocked), ["Unqueued { text: Some(\"one\\ntwo\") }"]);
        assert_eq!(line("Something else\nOriginal prompt: one"), [""; 0]);
    }

    #[test]
    fn what_spoils_a_string_does_not_spoil_its_line() {
        let prompt = |text: &[u8]| {
            let (head, tail) =
                (&b"{\"type\":\"user\",\"message\":{\"content\":\""[..], &b"\"}}"[..]);
            told(&[head, text, tail].concat())
        };
        assert_eq!(prompt(b"plain"), ["prompt plain"]);
        assert_eq!(prompt(b"a\\ud83d\\ude00b"), ["prompt a\u{1f600}b"]);
        // Half of a pair, as JavaScript leaves it where it cuts a text.
        for half in [&b"\\ud83d"[..], b"\\uDE00", b"\\ud83d\\u0041", b"\\ud83d\\ud83d\\ude00"] {
            let got = prompt(&[&b"\\\\"[..], half].concat());
            assert_eq!(got.len(), 1, "{half:?}");
            assert!(got[0].starts_with("prompt \\\u{fffd}"), "{got:?}");
        }
        assert_eq!(prompt(b"caf\xe9"), ["prompt caf\u{fffd}"]);
        assert_eq!(prompt(b"\\x"), [""; 0]);
    }

    #[test]
    fn what_has_another_shape_takes_only_itself_away() {
        let assistant = |message: &str| {
            told(format!("{{\"type\":\"assistant\",\"uuid\":7,\"message\":{message}}}").as_bytes())
        };
        assert_eq!(assistant("[1,2]"), [""; 0]);
        assert_eq!(assistant("\"text\""), [""; 0]);
        let usage = "\"id\":\"m\",\"usage\":{\"input_tokens\":5,\"output_tokens\":null,\"cache_creation\":7}";
        assert_eq!(
            assistant(&format!(
                "{{{usage},\"content\":[3,{{\"type\":\"text\",\"text\":\"hi\"}},{{\"type\":\"text\",\"text\":{{}}}}]}}"
            )),
            ["said hi", "responded 5"]
        );
        // The input of a tool that another server brings may have the fields of ours in any shape.
        assert_eq!(
            assistant(
                "{\"content\":[{\"type\":\"tool_use\",\"id\":\"a\",\"name\":\"Bash\",\"input\":\
                 {\"command\":\"ls\",\"edits\":{\"a\":[[]]},\"todos\":1.5,\"path\":[true,null]}},\
                 {\"type\":\"tool_use\",\"id\":\"b\",\"name\":\"mcp__x\",\"input\":\"text\"}]}"
            ),
            ["Bash ls", "called mcp__x"]
        );
        let result = "{\"type\":\"user\",\"toolUseResult\":\"Error\",\"isMeta\":\"no\",\"message\":{\"content\":\
                      [{\"type\":\"tool_result\",\"tool_use_id\":\"a\",\"content\":\
                      [{\"type\":\"text\",\"text\":\"one\"},{\"type\":\"image\"},{\"type\":\"text\",\"text\":\"two\"}]}]}}";
        assert_eq!(told(result.as_bytes()), ["returned one\ntwo"]);
    }
}
