//! Transcripts made up for a test, in Claude Code's own format.

#![allow(clippy::unwrap_used, clippy::disallowed_methods, clippy::format_collect)]

use chrono::{DateTime, Duration, Utc};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

/// A transcript that grows by what happens in a session.
pub(crate) struct Transcript {
    lines: Vec<Value>,
    now: DateTime<Utc>,
    parent: Option<String>,
    turns: u32,
    calls: u32,
    folder: String,
    branch: String,
}

impl Transcript {
    pub(crate) fn new() -> Self {
        Self::at("/home/dev/shop", "feature/cart")
    }

    /// A session in another folder, on another branch.
    pub(crate) fn at(folder: &str, branch: &str) -> Self {
        Self {
            lines: Vec::new(),
            now: "2026-03-02T09:00:00Z".parse().unwrap(),
            parent: None,
            turns: 0,
            calls: 0,
            folder: folder.to_owned(),
            branch: branch.to_owned(),
        }
    }

    /// Lets time pass.
    pub(crate) fn wait(&mut self, seconds: i64) -> &mut Self {
        self.now += Duration::seconds(seconds);
        self
    }

    fn push(&mut self, mut line: Value) -> &mut Self {
        self.wait(7);
        let uuid = format!("00000000-0000-4000-8000-{:012}", self.lines.len());
        line["uuid"] = json!(uuid);
        line["parentUuid"] = json!(self.parent);
        line["timestamp"] = json!(self.now.to_rfc3339_opts(chrono::SecondsFormat::Millis, true));
        line["cwd"] = json!(self.folder);
        line["gitBranch"] = json!(self.branch);
        line["version"] = json!("2.1.330");
        line["isSidechain"] = json!(false);
        self.parent = Some(uuid);
        self.lines.push(line);
        self
    }

    pub(crate) fn prompt(&mut self, text: &str) -> &mut Self {
        self.turns += 1;
        let turn = self.turns;
        self.push(json!({
            "type": "user",
            "promptId": format!("prompt-{turn}"),
            "promptSource": "typed",
            "turnPosition": {"promptIndex": turn, "turnIndex": turn},
            "message": {"role": "user", "content": text},
        }))
    }

    fn assistant(&mut self, block: &Value, stop: &str) -> &mut Self {
        let id = format!("msg_{:06}", self.lines.len());
        self.push(json!({
            "type": "assistant",
            "requestId": format!("req_{id}"),
            "message": {
                "id": id, "type": "message", "role": "assistant", "model": "claude-sonnet-4-5-20250929",
                "content": [block], "stop_reason": stop,
                "usage": {"input_tokens": 10, "cache_creation_input_tokens": 100,
                    "cache_read_input_tokens": 20_000 + 40 * self.lines.len(), "output_tokens": 50},
            },
        }))
    }

    /// Claude says something and goes on.
    pub(crate) fn say(&mut self, text: &str) -> &mut Self {
        self.assistant(&json!({"type": "text", "text": text}), "tool_use")
    }

    /// Claude says something and ends the turn.
    pub(crate) fn close(&mut self, text: &str) -> &mut Self {
        self.assistant(&json!({"type": "text", "text": text}), "end_turn");
        self.push(json!({"type": "system", "subtype": "turn_duration", "durationMs": 1000}))
    }

    /// A call and its result; `failed` as Claude Code marks it.
    pub(crate) fn call(
        &mut self,
        tool: &str,
        input: &Value,
        output: &str,
        failed: bool,
        report: &Value,
    ) -> &mut Self {
        self.calls += 1;
        let id = format!("toolu_{:06}", self.calls);
        self.assistant(
            &json!({"type": "tool_use", "id": id, "name": tool, "input": input}),
            "tool_use",
        );
        self.push(json!({
            "type": "user",
            "message": {"role": "user", "content": [
                {"type": "tool_result", "tool_use_id": id, "content": output, "is_error": failed}
            ]},
            "toolUseResult": report,
        }))
    }

    /// A command that ran to its end.
    pub(crate) fn bash(&mut self, command: &str, exit: i32, output: &str) -> &mut Self {
        let (text, report) = if exit == 0 {
            (output.to_owned(), json!({"stdout": output, "stderr": "", "interrupted": false}))
        } else {
            let text = format!("Exit code {exit}\n{output}");
            (text.clone(), json!(format!("Error: {text}")))
        };
        self.call("Bash", &json!({"command": command}), &text, exit != 0, &report)
    }

    /// A command that was started in the background and not heard of again.
    pub(crate) fn background(&mut self, command: &str, id: &str) -> &mut Self {
        self.call(
            "Bash",
            &json!({"command": command, "run_in_background": true}),
            &format!("Command running in background with ID: {id}."),
            false,
            &json!({"stdout": "", "stderr": "", "interrupted": false, "backgroundTaskId": id}),
        )
    }

    pub(crate) fn read(&mut self, path: &str) -> &mut Self {
        self.shown(path, "1\t…")
    }

    /// A file that is read, with what it says.
    pub(crate) fn shown(&mut self, path: &str, content: &str) -> &mut Self {
        let path = format!("{}/{path}", self.folder);
        self.call("Read", &json!({"file_path": path}), content, false, &json!({"type": "text"}))
    }

    /// The whole to-do list, each with its state.
    pub(crate) fn todos(&mut self, list: &[(&str, &str)]) -> &mut Self {
        let todos: Vec<Value> =
            list.iter().map(|(what, state)| json!({"content": what, "status": state})).collect();
        self.call(
            "TodoWrite",
            &json!({"todos": todos}),
            "Todos have been modified successfully",
            false,
            &json!({"newTodos": todos}),
        )
    }

    /// A subagent and what it reported.
    pub(crate) fn agent(&mut self, kind: &str, task: &str, report: &str) -> &mut Self {
        self.call(
            "Task",
            &json!({"subagent_type": kind, "description": task, "prompt": task}),
            report,
            false,
            &json!({"status": "completed", "agentId": "a1b2c3", "content": [{"type": "text", "text": report}]}),
        )
    }

    /// A plan that the user approved.
    pub(crate) fn plan(&mut self, plan: &str) -> &mut Self {
        self.call(
            "ExitPlanMode",
            &json!({"plan": plan}),
            "User has approved your plan. You can now start coding.",
            false,
            &json!({"plan": plan, "isAgent": false}),
        )
    }

    /// A question and the user's answer.
    pub(crate) fn ask(&mut self, question: &str, answer: &str) -> &mut Self {
        self.call(
            "AskUserQuestion",
            &json!({"questions": [{"question": question, "options": []}]}),
            &format!("Your questions have been answered: \"{question}\"=\"{answer}\"."),
            false,
            &json!({"questions": [{"question": question}], "answers": {question: answer}}),
        )
    }

    /// Text that the user typed while Claude worked.
    pub(crate) fn typed(&mut self, text: &str) -> &mut Self {
        self.push(json!({
            "type": "attachment",
            "attachment": {"type": "queued_command", "prompt": text, "commandMode": "prompt",
                "origin": {"kind": "human"}},
        }))
    }

    /// The context was compacted, and this is Claude's own summary.
    pub(crate) fn compacted(&mut self, before: u64, summary: &str) -> &mut Self {
        self.push(json!({
            "type": "system", "subtype": "compact_boundary", "content": "Conversation compacted",
            "logicalParentUuid": self.parent,
            "compactMetadata": {"trigger": "auto", "preTokens": before, "postTokens": before / 10},
        }));
        self.push(json!({
            "type": "user", "isCompactSummary": true, "isVisibleInTranscriptOnly": true,
            "message": {"role": "user", "content": format!(
                "This session is being continued from a previous conversation that ran out of context.\n\nSummary:\n{summary}\n\nContinue the conversation from where it left off.")},
        }))
    }

    /// A page that was fetched.
    pub(crate) fn fetch(&mut self, url: &str, said: &str) -> &mut Self {
        self.call(
            "WebFetch",
            &json!({"url": url, "prompt": "what does it say"}),
            said,
            false,
            &json!({"code": 200, "url": url, "result": said}),
        )
    }

    /// The user refused a call, with or without a word.
    pub(crate) fn refuse(&mut self, command: &str, said: &str) -> &mut Self {
        let text = format!(
            "The user doesn't want to proceed with this tool use. The tool use was rejected (eg. if it was a file edit, the new_string was NOT written to the file). To tell you how to proceed, the user said:\n{said}"
        );
        self.call(
            "Bash",
            &json!({"command": command}),
            &text,
            true,
            &json!("User rejected tool use"),
        )
    }

    pub(crate) fn write(&mut self, path: &str, content: &str) -> &mut Self {
        let path = format!("{}/{path}", self.folder);
        self.call(
            "Write",
            &json!({"file_path": path, "content": content}),
            "File created successfully",
            false,
            &json!({"type": "create", "filePath": path, "content": content, "originalFile": null}),
        )
    }

    pub(crate) fn edit(&mut self, path: &str, old: &str, new: &str) -> &mut Self {
        let path = format!("{}/{path}", self.folder);
        self.call(
            "Edit",
            &json!({"file_path": path, "old_string": old, "new_string": new}),
            "The file has been updated",
            false,
            &json!({"filePath": path, "oldString": old, "newString": new}),
        )
    }

    /// Writes the transcript as `<name>.jsonl` below `folder`.
    pub(crate) fn save(&self, folder: &Path, name: &str) -> PathBuf {
        let path = folder.join(format!("{name}.jsonl"));
        let text: String = self.lines.iter().map(|l| format!("{l}\n")).collect();
        std::fs::write(&path, text).unwrap();
        path
    }
}
