//! One line to its events.

use super::chain::{Look, Way};
use super::cursor::Cursor;
use super::raw::{Attachment, Compact, Line, Message, Text, parse};
use super::{block, time, tool};
use crate::session::event::{At, Author, Event, Place};
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
    let lossy;
    let line: Line<'_> = if let Ok(line) = serde_json::from_slice(text) {
        line
    } else {
        // Bytes that are no UTF-8 spoil one string, not the line.
        lossy = String::from_utf8_lossy(text);
        let Ok(line) = serde_json::from_str(&lossy) else {
            cursor.skipped += 1;
            return;
        };
        line
    };
    let stamp = line.timestamp.as_ref().and_then(|t| time(&t.0));
    let parent = line.parent_uuid.as_ref().or(line.logical_parent_uuid.as_ref()).map(|p| &*p.0);
    if let Some(uuid) = line.uuid.as_ref().filter(|_| !line.is_sidechain) {
        let is_written = |uuid: &str| look(uuid, Way::Forth).is_some();
        if cursor.copies.take((&uuid.0, parent), stamp, cursor.chain.tip, is_written) {
            return;
        }
    }
    if let Some(at) = stamp {
        cursor.time = Some(at);
    }
    let at = At { time: cursor.time.unwrap_or(DateTime::<Utc>::UNIX_EPOCH), place };
    if line.is_sidechain && !cursor.sidechain {
        return;
    }
    if let Some(folder) = &line.cwd {
        let branch = line.git_branch.as_ref().map(|b| b.0.clone()).filter(|b| !b.is_empty());
        let version = line.version.as_ref().map(|v| v.0.clone());
        sink(at, Event::Located { folder: folder.0.clone(), branch, version });
    }
    let kind = &*line.kind.0;
    let message: Option<Message<'_>> = match kind {
        "user" | "assistant" => parse(line.message),
        _ => None,
    };
    let prompt = match (kind, &message) {
        ("user", Some(message)) => prompt(&line, message),
        _ => None,
    };
    if let Some(uuid) = &line.uuid {
        // Answers and results branch within their turn (parallel calls); all else must follow the
        // end of the live branch, or else tells that the conversation went back.
        let results = message.as_ref().is_some_and(|m| block::has_results(m.content));
        let after_copies = cursor.copies.end(parent);
        let may_rewind = kind != "assistant" && !results && !after_copies;
        if let Some(to) = cursor.chain.grow(&uuid.0, parent, may_rewind, look) {
            sink(at, Event::Rewound { to });
        }
        if prompt.is_some() {
            let index = line.turn_position.as_ref().map_or(0, |p| p.turn_index);
            if let Some(to) = cursor.chain.prompt(place.offset, parent, index) {
                sink(at, Event::Rewound { to });
            }
        }
    }
    match kind {
        "user" => {
            if let Some(message) = &message {
                user(&line, message, prompt, at, sink);
            }
        }
        "assistant" => {
            if let Some(message) = &message {
                if message.usage.is_some() && message.usage().is_none() {
                    cursor.skipped += 1;
                }
                assistant(&line, message, at, sink);
            }
        }
        "system" => {
            if line.subtype.as_ref().is_some_and(|kind| kind.0 == "compact_boundary") {
                cursor.copies.compacted(stamp);
            }
            system(&line, at, sink);
        }
        "attachment" => attachment(&line, at, sink),
        "queue-operation" => queue(&line, at, sink),
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

/// The prompt that a `user` line carries: its author and its text.
fn prompt<'a>(line: &Line<'_>, message: &Message<'a>) -> Option<(Author, Cow<'a, str>)> {
    if line.is_meta || line.is_compact_summary || block::has_results(message.content) {
        return None;
    }
    let text = block::text(message.content)?;
    let start = text.trim_start();
    if start.is_empty() || start.starts_with("[Request interrupted") {
        return None;
    }
    let origin = line.origin.as_ref().and_then(|o| o.kind.as_ref()).map(|k| &*k.0);
    let turn = line.turn_origin.as_ref().map(|o| &*o.0);
    let source = line.prompt_source.as_ref().map(|s| &*s.0);
    if start.starts_with("<command-") {
        // A command of the user's own starts a turn, a built-in one (`/compact`) does not; only
        // the former has an origin.
        return turn.map(|_| (Author::Human, Cow::Owned(block::command(start))));
    }
    let machine = turn == Some("task_notification")
        || origin.is_some_and(|k| k != "human")
        || source == Some("system")
        || start.starts_with("<task-notification");
    if machine {
        return Some((Author::Machine, text));
    }
    let typed = !NOT_TYPED.iter().any(|mark| start.starts_with(mark));
    typed.then_some((Author::Human, text))
}

fn user(
    line: &Line<'_>,
    message: &Message<'_>,
    prompt: Option<(Author, Cow<'_, str>)>,
    at: At,
    sink: Sink<'_>,
) {
    if let Some((author, text)) = prompt {
        if author == Author::Machine {
            notification(&text, at, sink);
        }
        let id = line.uuid.as_ref().map(|u| u.0.clone()).unwrap_or_default();
        let prompt_id = line.prompt_id.as_ref().map(|p| p.0.clone());
        sink(at, Event::Prompt { id, prompt_id, author, text });
        return;
    }
    if line.is_compact_summary {
        if let Some(text) = block::text(message.content) {
            sink(at, Event::Summary { text });
        }
        return;
    }
    if line.is_meta {
        return;
    }
    let interrupted = block::text(message.content)
        .is_some_and(|text| text.trim_start().starts_with("[Request interrupted"));
    block::each(message.content, |part| {
        if let Some(id) = &part.tool_use_id {
            let result = tool::result(line, part);
            sink(at, Event::Returned { id: id.0.clone(), result });
        }
    });
    if interrupted {
        sink(at, Event::Interrupted);
    }
}

fn assistant(line: &Line<'_>, message: &Message<'_>, at: At, sink: Sink<'_>) {
    let model = message.model.as_ref().map_or("", |m| &*m.0);
    if model == "<synthetic>" {
        if line.is_api_error_message {
            let text = block::text(message.content).unwrap_or_default();
            let kind = parse::<Text<'_>>(line.error).map_or(Cow::Borrowed("unknown"), |e| e.0);
            sink(at, Event::ApiError { kind, text, last: true });
        }
        return;
    }
    block::each(message.content, |part| match part.kind.as_ref().map(|k| &*k.0) {
        Some("text") => {
            if let Some(text) = &part.text
                && !text.0.trim().is_empty()
            {
                sink(at, Event::Said { text: text.0.clone() });
            }
        }
        Some("tool_use") => {
            if let (Some(id), Some(name)) = (&part.id, &part.name) {
                let call = tool::call(&name.0, part.input);
                sink(at, Event::Called { id: id.0.clone(), name: name.0.clone(), call });
            }
        }
        _ => {}
    });
    if let (Some(id), Some(usage)) = (&message.id, &message.usage()) {
        sink(
            at,
            Event::Responded {
                message_id: id.0.clone(),
                model: Cow::Borrowed(model),
                requested: line.requested_model.as_ref().map(|m| m.0.clone()),
                usage: block::usage(usage),
                stop: message.stop_reason.as_ref().map(|s| block::stop(&s.0)),
            },
        );
    }
}

fn system(line: &Line<'_>, at: At, sink: Sink<'_>) {
    match line.subtype.as_ref().map(|s| &*s.0) {
        Some("stop_hook_summary" | "turn_duration") => sink(at, Event::TurnEnded),
        Some("compact_boundary") => {
            let about: Compact<'_> = parse(line.compact_metadata).unwrap_or_default();
            sink(
                at,
                Event::Compacted {
                    manual: about.trigger.is_some_and(|t| t.0 == "manual"),
                    before: about.pre_tokens,
                    after: about.post_tokens,
                },
            );
        }
        Some("api_error") => {
            #[derive(Deserialize)]
            struct Shown<'a> {
                #[serde(borrow)]
                formatted: Option<Text<'a>>,
            }
            let text = parse::<Shown<'_>>(line.error).and_then(|e| e.formatted);
            let text = text.map(|t| t.0).unwrap_or_default();
            sink(at, Event::ApiError { kind: Cow::Borrowed("retry"), text, last: false });
        }
        _ => {}
    }
}

fn attachment(line: &Line<'_>, at: At, sink: Sink<'_>) {
    let Some(part) = parse::<Attachment<'_>>(line.attachment) else { return };
    if part.kind.is_none_or(|k| k.0 != "queued_command") {
        return;
    }
    let Some(text) = block::text(part.prompt) else { return };
    let origin = part.origin.and_then(|o| o.kind);
    let machine = origin.is_some_and(|k| k.0 != "human")
        || part.mode.is_some_and(|m| m.0 == "task-notification")
        || NOT_TYPED.iter().any(|mark| text.trim_start().starts_with(mark));
    if machine {
        notification(&text, at, sink);
    } else if !text.trim().is_empty() {
        sink(at, Event::Queued { text });
    }
}

fn queue(line: &Line<'_>, at: At, sink: Sink<'_>) {
    match line.operation.as_ref().map(|o| &*o.0) {
        Some("enqueue") => {
            let Some(text) = block::text(line.content) else { return };
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
        Some("remove") if line.reason.as_ref().is_none_or(|r| r.0 != "absorbed_mid_turn") => {
            sink(at, Event::Unqueued { text: block::text(line.content) });
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

fn title(text: Option<Text<'_>>, by_user: bool, at: At, sink: Sink<'_>) {
    if let Some(text) = text.filter(|t| !t.0.trim().is_empty()) {
        sink(at, Event::Titled { text: text.0, by_user });
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
    if let Some(usd) = line.total_cost {
        sink(at, Event::Cost { usd, output });
    }
}
