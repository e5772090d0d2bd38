//! What the scripted model answers.

use std::sync::{Arc, Condvar, Mutex};

use serde_json::{Value, json};

use super::{Class, PATIENCE};

/// One reply of the script.
#[derive(Clone)]
pub(crate) struct Turn {
    pub(super) reply: Reply,
    pub(super) gate: Option<Gate>,
    /// Tokens of the request's side (all of them written to the cache), and of the response.
    pub(super) tokens: (u64, u64),
}

#[derive(Clone)]
pub(super) enum Reply {
    /// A whole message: its content blocks.
    Message(Vec<Value>),
    /// A stream that breaks off after the first content block.
    Dropped(Vec<Value>),
    Error {
        status: u16,
        kind: &'static str,
        message: String,
    },
}

impl Turn {
    fn message(blocks: Vec<Value>) -> Self {
        Self { reply: Reply::Message(blocks), gate: None, tokens: (12_000, 50) }
    }

    /// A text that ends the turn.
    pub(crate) fn text(text: &str) -> Self {
        Self::message(vec![json!({ "type": "text", "text": text })])
    }

    /// A call of one tool.
    pub(crate) fn tool(name: &str, input: &Value) -> Self {
        Self::message(Vec::new()).and_tool(name, input)
    }

    /// The same turn with one more tool call.
    pub(crate) fn and_tool(mut self, name: &str, input: &Value) -> Self {
        if let Reply::Message(blocks) = &mut self.reply {
            blocks.push(json!({ "type": "tool_use", "name": name, "input": input }));
        }
        self
    }

    /// A call of the Bash tool.
    pub(crate) fn bash(command: &str) -> Self {
        Self::tool("Bash", &json!({ "command": command, "description": "Run it" }))
    }

    /// An API error with an HTTP status and the API's error type.
    pub(crate) fn error(status: u16, kind: &'static str, message: &str) -> Self {
        let reply = Reply::Error { status, kind, message: message.to_owned() };
        Self { reply, gate: None, tokens: (0, 0) }
    }

    /// The same message, but the connection breaks off after its first block.
    pub(crate) fn dropped(mut self) -> Self {
        if let Reply::Message(blocks) = self.reply {
            self.reply = Reply::Dropped(blocks);
        }
        self
    }

    /// The same turn, held until `gate` is opened.
    pub(crate) fn held(mut self, gate: &Gate) -> Self {
        self.gate = Some(gate.clone());
        self
    }

    /// The same turn, with so many tokens in the context when it ends.
    pub(crate) fn context(mut self, tokens: u64) -> Self {
        self.tokens.0 = tokens - self.tokens.1;
        self
    }

    /// The answer where the script says nothing.
    pub(super) fn canned(class: Class) -> Self {
        Self::text(match class {
            Class::Main => "(the script has ended)",
            Class::Subagent => "The subagent is done.",
            Class::Compact => {
                "<analysis>\nlooked\n</analysis>\n<summary>\nScripted summary.\n</summary>"
            }
            Class::Title => "{\"title\": \"Scripted title\"}",
            Class::Side | Class::CountTokens | Class::Other => "ok",
        })
    }
}

/// Holds a reply back until the test opens it.
#[derive(Clone, Default)]
pub(crate) struct Gate(Arc<(Mutex<bool>, Condvar)>);

impl Gate {
    /// A closed gate.
    pub(crate) fn closed() -> Self {
        Self::default()
    }

    /// Lets the reply go, now or when it comes.
    pub(crate) fn open(&self) {
        let (open, changed) = &*self.0;
        *open.lock().expect("no holder panics") = true;
        changed.notify_all();
    }

    /// Waits for [`Gate::open`], but not for ever: a test that died must not keep the server's thread.
    pub(super) fn wait(&self) {
        let (open, changed) = &*self.0;
        let guard = open.lock().expect("no holder panics");
        drop(changed.wait_timeout_while(guard, PATIENCE, |open| !*open));
    }
}
