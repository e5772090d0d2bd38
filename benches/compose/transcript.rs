//! A made-up transcript of a long session, in Claude Code's own format.
//!
//! Deterministic. Its lines have the shares that real ones have: results that repeat a file's text in
//! the report beside them, edits that carry the file as it was, thinking with its signature, outputs of
//! tests that fail now and then.

// Speed of making it up does not matter.
#![allow(clippy::format_collect, clippy::format_push_string)]

use serde_json::{Value, json};
use std::io::{self, BufWriter, Write};
use std::path::Path;

const WORDS: [&str; 24] = [
    "cart",
    "total",
    "because",
    "the",
    "discount",
    "returns",
    "index",
    "parser",
    "fails",
    "when",
    "empty",
    "module",
    "is",
    "rebuilt",
    "`load_rates`",
    "cache",
    "and",
    "never",
    "order",
    "`Row::key`",
    "only",
    "writes",
    "batch",
    "session",
];

struct Maker<W> {
    out: W,
    written: u64,
    lines: u64,
    parent: Option<String>,
    calls: u64,
    seed: u64,
}

impl<W: Write> Maker<W> {
    fn next(&mut self) -> usize {
        self.seed = self
            .seed
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.seed >> 33) as usize
    }

    fn prose(&mut self, words: usize) -> String {
        let mut text = String::new();
        for n in 0..words {
            text.push_str(if n == 0 {
                ""
            } else if n % 14 == 0 {
                ". "
            } else {
                " "
            });
            text.push_str(WORDS[self.next() % WORDS.len()]);
        }
        text.push('.');
        text
    }

    fn code(&mut self, lines: usize) -> String {
        let mut text = String::new();
        for n in 0..lines {
            let (name, other) = (self.next() % 900, self.next() % 900);
            text.push_str(&match n % 6 {
                0 => format!("def compute_{name}(rows, limit={other}):\n"),
                1 => format!("    \"\"\"{}\"\"\"\n", self.prose(8)),
                2 => {
                    format!("    total = sum(row.amount for row in rows if row.kind != {other})\n")
                }
                3 => {
                    format!("    if total > limit: return adjust_{name}(total, \"rate-{other}\")\n")
                }
                4 => "    return total\n".to_owned(),
                _ => "\n".to_owned(),
            });
        }
        text
    }

    fn push(&mut self, mut line: Value) -> io::Result<()> {
        let uuid = format!("00000000-0000-4000-8000-{:012}", self.lines);
        let second = self.lines * 3;
        let (hour, minute) = (second / 3600 % 24, second / 60 % 60);
        line["parentUuid"] = json!(self.parent);
        line["uuid"] = json!(uuid);
        line["timestamp"] = json!(format!(
            "2026-03-{:02}T{hour:02}:{minute:02}:{:02}.000Z",
            2 + second / 86_400,
            second % 60
        ));
        line["cwd"] = json!("/home/dev/shop");
        line["sessionId"] = json!("5a1b7c7e-0000-4000-8000-000000000000");
        line["gitBranch"] = json!("main");
        line["version"] = json!("2.1.330");
        line["userType"] = json!("external");
        line["isSidechain"] = json!(false);
        self.parent = Some(uuid);
        let text = line.to_string();
        self.written += text.len() as u64 + 1;
        self.lines += 1;
        self.out.write_all(text.as_bytes())?;
        self.out.write_all(b"\n")
    }

    fn prompt(&mut self) -> io::Result<()> {
        let text = self.prose(40);
        let id = format!("prompt-{}", self.lines);
        self.push(json!({
            "type": "user", "promptId": id, "promptSource": "typed",
            "message": {"role": "user", "content": text},
        }))
    }

    fn assistant(&mut self, id: u64, block: &Value, stop: &str) -> io::Result<()> {
        self.push(json!({
            "type": "assistant", "requestId": format!("req_{id}"),
            "message": {
                "id": format!("msg_{id}"), "type": "message", "role": "assistant",
                "model": "claude-sonnet-4-5-20250929", "content": [block], "stop_reason": stop,
                "usage": {"input_tokens": 8, "cache_creation_input_tokens": 900,
                    "cache_read_input_tokens": 40_000 + id, "output_tokens": 210,
                    "cache_creation": {"ephemeral_5m_input_tokens": 900, "ephemeral_1h_input_tokens": 0},
                    "service_tier": "standard"},
            },
        }))
    }

    fn call(
        &mut self,
        name: &str,
        input: &Value,
        output: &str,
        failed: bool,
        report: &Value,
    ) -> io::Result<()> {
        self.calls += 1;
        let id = format!("toolu_{:08}", self.calls);
        let block = json!({"type": "tool_use", "id": id, "name": name, "input": input});
        self.assistant(self.calls, &block, "tool_use")?;
        self.push(json!({
            "type": "user",
            "message": {"role": "user", "content": [
                {"type": "tool_result", "tool_use_id": id, "content": output, "is_error": failed}]},
            "toolUseResult": report,
        }))
    }

    /// One response: thinking, text and the call that ends it, a line each with the response's id.
    fn step(&mut self, n: u64) -> io::Result<()> {
        let file = format!("/home/dev/shop/src/part_{}/module_{}.py", n % 7, n % 90);
        if n.is_multiple_of(2) {
            let (thought, signature) = (self.prose(60), "Ab3+".repeat(90));
            let block = json!({"type": "thinking", "thinking": thought, "signature": signature});
            self.assistant(self.calls + 1, &block, "tool_use")?;
        }
        if n.is_multiple_of(3) {
            let text = format!("Now let me look at module {n}. {}", self.prose(24));
            self.assistant(self.calls + 1, &json!({"type": "text", "text": text}), "tool_use")?;
        }
        match n % 5 {
            0 | 1 => {
                let text = self.code(70);
                let numbered: String = text
                    .lines()
                    .enumerate()
                    .map(|(n, l)| format!("{:>6}\u{2192}{l}\n", n + 1))
                    .collect();
                let report = json!({"type": "text", "file": {"filePath": file, "content": text,
                    "numLines": 70, "startLine": 1, "totalLines": 70}});
                self.call("Read", &json!({"file_path": file}), &numbered, false, &report)
            }
            2 | 3 => {
                let (old, new, whole) = (self.code(6), self.code(9), self.code(60));
                let report = json!({"filePath": file, "oldString": old, "newString": new,
                    "originalFile": whole, "userModified": false, "replaceAll": false,
                    "structuredPatch": [{"oldStart": 1, "oldLines": 6, "newStart": 1, "newLines": 9,
                        "lines": new.lines().map(|l| format!("+{l}")).collect::<Vec<_>>()}]});
                let input = json!({"file_path": file, "old_string": old, "new_string": new});
                self.call("Edit", &input, "The file has been updated successfully.", false, &report)
            }
            _ => {
                let failed = n % 15 == 4;
                let log = self.prose(250);
                let output = if failed {
                    format!(
                        "Exit code 1\n{log}\nFAILED tests/test_{}.py::test_total - assert 3 == 4\n1 failed, 210 passed in 8.41s",
                        n % 9
                    )
                } else {
                    format!("{log}\n211 passed in 8.02s")
                };
                let report =
                    json!({"stdout": output, "stderr": "", "interrupted": false, "isImage": false});
                let input = json!({"command": "uv run pytest -q 2>&1 | tail -40", "description": "Run the tests"});
                self.call("Bash", &input, &output, failed, &report)
            }
        }
    }
}

/// Writes a transcript of at least `bytes`; how many it came to, and in how many lines.
pub(crate) fn write(path: &Path, bytes: u64) -> io::Result<(u64, u64)> {
    let out = BufWriter::new(std::fs::File::create(path)?);
    let mut maker = Maker { out, written: 0, lines: 0, parent: None, calls: 0, seed: 7 };
    let mut n = 0;
    while maker.written < bytes {
        maker.prompt()?;
        for _ in 0..60 {
            maker.step(n)?;
            n += 1;
        }
        let closing =
            format!("The modules are done.\n\n- {}\n- {}\n", maker.prose(12), maker.prose(12));
        maker.assistant(n, &json!({"type": "text", "text": closing}), "end_turn")?;
    }
    maker.out.flush()?;
    Ok((maker.written, maker.lines))
}
