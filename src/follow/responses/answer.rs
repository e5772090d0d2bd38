//! The text that a turn ends with.

use super::record::Response;
use crate::redact::redact;
use crate::session::event::Stop;
use crate::session::{WHOLE, hash, text};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Of a response, in UTF-16 units.
const RESPONSE: usize = 8_000;
/// Of text that is looked at for a prompt or a response, in bytes.
const LOOKED_AT: usize = 64 << 10;
/// Of a structured answer, in bytes.
const DATA: usize = 16 << 10;

/// Text as it is logged: secrets removed, at most `max` units.
pub(super) fn kept(whole: &str, max: usize) -> String {
    text::cut(redact(head(whole, LOOKED_AT)).trim(), max)
}

/// A last message as the log keeps it; `None` where the facts keep all of it.
pub fn keep(whole: &str) -> Option<String> {
    let kept = kept(whole, RESPONSE);
    (text::units(&kept) > WHOLE).then_some(kept)
}

/// At most so many bytes of a text.
pub(super) fn head(whole: &str, max: usize) -> &str {
    &whole[..whole.floor_char_boundary(max)]
}

/// The JSON object or list that an answer is, or ends with in a fenced block.
pub(super) fn data(answer: &str) -> Option<Value> {
    let answer = answer.trim();
    let json = match answer.strip_suffix("```") {
        Some(fenced) => {
            let (_, block) = fenced.rsplit_once("```")?;
            block.strip_prefix("json").unwrap_or(block).trim()
        }
        None => answer,
    };
    let shaped = json.starts_with(['{', '[']) && json.len() <= DATA;
    shaped.then(|| serde_json::from_str(&redact(json)).ok()).flatten()
}

/// What tells whether text belongs to the answer so far, or begins a new one.
///
/// A message's text comes in blocks, one line of the transcript each. The answer is all text of the last
/// message; one that ran into the output limit is continued by the next, and a call of a tool in between
/// begins a new answer.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Answer {
    /// Hash of the message that the answer ends with; 0 before the first.
    message: u64,
    /// That message ran into the output limit, and called no tool.
    goes_on: bool,
    /// The line that is read calls a tool.
    #[serde(skip)]
    called: bool,
    /// Text of a line whose message is not known yet.
    #[serde(skip_serializing_if = "String::is_empty")]
    said: String,
}

impl Answer {
    /// Text of a line.
    pub(super) fn say(&mut self, text: &str) {
        if !self.said.is_empty() {
            self.said.push_str("\n\n");
        }
        self.said.push_str(head(text, LOOKED_AT));
    }

    /// A tool was called: what is said next is about its result.
    pub(super) fn call(&mut self) {
        self.called = true;
    }

    /// The line's message and how it ended: the text finds its place in the record.
    pub(super) fn settle(&mut self, id: &str, stop: Option<Stop>, record: &mut Response) {
        let id = hash(id);
        let same = self.message == id;
        let said = std::mem::take(&mut self.said);
        if !said.is_empty() {
            let text = kept(&said, RESPONSE);
            let joined = (same || self.goes_on) && !record.response.is_empty();
            if joined && same && record.response.ends_with(&text) {
                // A line that was written twice.
            } else if joined {
                record.response = kept(&format!("{}\n\n{text}", record.response), RESPONSE);
                record.data = data(&said);
            } else {
                record.response = text;
                record.data = data(&said);
            }
        }
        let called = std::mem::take(&mut self.called);
        self.goes_on = stop == Some(Stop::MaxTokens) && !called && (!same || self.goes_on);
        self.message = id;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_at_the_end_of_an_answer_is_data() {
        let value = serde_json::json!({"ok": true});
        assert_eq!(data("Done.\n\n```json\n{\"ok\": true}\n```\n"), Some(value.clone()));
        assert_eq!(data("{\"ok\": true}"), Some(value));
        assert_eq!(data("```\n[1]\n```"), Some(serde_json::json!([1])));
        assert_eq!(data("```json\n{\"ok\": true}\n```\nThat is all."), None);
        assert_eq!(data("```sh\nls\n```"), None);
        assert_eq!(data("{broken"), None);
        assert_eq!(data("plain"), None);
        // Without its secrets it is JSON all the same.
        let secret = data(r#"{"password": "hunter2-Xy9!kq", "user": "ada"}"#).unwrap();
        assert_eq!(secret["user"], "ada");
        assert!(!secret.to_string().contains("hunter2"), "{secret}");
    }

    /// The answer after lines of (message, text, stop); no text is a call of a tool.
    fn answer(lines: &[(&str, Option<&str>, Stop)]) -> String {
        let mut answer = Answer::default();
        let mut record = Response::default();
        for (id, text, stop) in lines {
            match text {
                Some(text) => answer.say(text),
                None => answer.call(),
            }
            answer.settle(id, Some(*stop), &mut record);
        }
        record.response
    }

    #[test]
    fn the_answer_is_all_text_of_the_last_message() {
        use Stop::{EndTurn, MaxTokens, ToolUse};
        let of = answer;
        assert_eq!(
            of(&[("a", Some("One."), EndTurn), ("a", Some("Two."), EndTurn)]),
            "One.\n\nTwo."
        );
        // What was said before a call of a tool is no answer, but all there is until the next text.
        let calls = [("a", Some("I look."), ToolUse), ("a", None, ToolUse)];
        assert_eq!(of(&calls), "I look.");
        assert_eq!(of(&[&calls[..], &[("b", Some("Done."), EndTurn)]].concat()), "Done.");
        // A message that did not fit is continued by the next.
        let cut = [("a", Some("Half"), MaxTokens), ("b", Some("whole."), EndTurn)];
        assert_eq!(of(&cut), "Half\n\nwhole.");
        let called = [("a", Some("Half"), MaxTokens), ("a", None, MaxTokens)];
        assert_eq!(of(&[&called[..], &[("b", Some("Done."), EndTurn)]].concat()), "Done.");
        // A hook that made Claude continue.
        assert_eq!(
            of(&[("a", Some("Done."), EndTurn), ("b", Some("Tested."), EndTurn)]),
            "Tested."
        );
        // The same line twice.
        assert_eq!(of(&[("a", Some("One."), EndTurn), ("a", Some("One."), EndTurn)]), "One.");
        let long = "word ".repeat(4_000);
        let both = of(&[("a", Some(&long), EndTurn), ("a", Some("The end."), EndTurn)]);
        assert!(text::units(&both) <= RESPONSE && both.ends_with('…'), "{}", text::units(&both));
    }
}
