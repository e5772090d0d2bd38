//! Messages as the API sends them, whole or as a stream of events.

use std::io;
use std::net::TcpStream;

use serde_json::{Value, json};

use super::http::{self, Events};
use super::request::Request;
use super::turn::{Reply, Turn};

/// The body of an API error.
pub(super) fn error(kind: &str, message: &str) -> Value {
    json!({ "type": "error", "error": { "type": kind, "message": message } })
}

/// Answers `request`, the server's `number`th, with `turn`.
pub(super) fn send(
    stream: &TcpStream,
    request: &Request,
    number: usize,
    turn: &Turn,
) -> io::Result<()> {
    let (Reply::Message(blocks) | Reply::Dropped(blocks)) = &turn.reply else { return Ok(()) };
    let mut blocks = blocks.clone();
    let mut stop = "end_turn";
    for (index, block) in blocks.iter_mut().enumerate() {
        if block["type"] == "tool_use" {
            block["id"] = json!(format!("toolu_{number:04}_{index}"));
            stop = "tool_use";
        }
    }
    let usage = usage(turn.tokens);
    let message = json!({
        "id": format!("msg_{number:06}"),
        "type": "message",
        "role": "assistant",
        "model": request.body["model"],
        "content": blocks,
        "stop_reason": stop,
        "stop_sequence": null,
        "usage": usage,
    });
    if request.body["stream"] != json!(true) {
        return http::send_json(stream, 200, &message);
    }
    let dropped = matches!(turn.reply, Reply::Dropped(_));
    let mut events = Events::begin(stream)?;
    events.send(&opening(&message))?;
    for (index, block) in blocks.iter().enumerate() {
        send_block(&mut events, index, block)?;
        if dropped {
            return events.break_off();
        }
    }
    events.send(&json!({
        "type": "message_delta",
        "delta": { "stop_reason": stop, "stop_sequence": null },
        "usage": usage,
    }))?;
    events.send(&json!({ "type": "message_stop" }))?;
    events.end()
}

fn usage((input, output): (u64, u64)) -> Value {
    json!({
        "input_tokens": 10,
        "cache_creation_input_tokens": input.saturating_sub(10),
        "cache_read_input_tokens": 0,
        "output_tokens": output,
        "service_tier": "standard",
    })
}

/// The first event: no content yet, and a provisional count of output tokens, as the real API has it.
fn opening(message: &Value) -> Value {
    let mut message = message.clone();
    message["content"] = json!([]);
    message["stop_reason"] = Value::Null;
    message["usage"]["output_tokens"] = json!(1);
    json!({ "type": "message_start", "message": message })
}

fn send_block(events: &mut Events<'_>, index: usize, block: &Value) -> io::Result<()> {
    let (empty, delta) = if block["type"] == "tool_use" {
        let mut empty = block.clone();
        empty["input"] = json!({});
        let input = block["input"].to_string();
        (empty, json!({ "type": "input_json_delta", "partial_json": input }))
    } else {
        let empty = json!({ "type": "text", "text": "" });
        (empty, json!({ "type": "text_delta", "text": block["text"] }))
    };
    let event = |kind: &str, name: &str, value: &Value| {
        let mut event = json!({ "type": kind, "index": index });
        if !name.is_empty() {
            event[name] = value.clone();
        }
        event
    };
    events.send(&event("content_block_start", "content_block", &empty))?;
    events.send(&event("content_block_delta", "delta", &delta))?;
    events.send(&event("content_block_stop", "", &Value::Null))
}
