//! What is said of the context window, by the hook executables alone: cases that the real CLI comes to by
//! its timing.

use crate::cli::followed::Followed;
use serde_json::{Value, json};
use std::fs;
use std::io::Write;
use std::path::PathBuf;
use std::process::Child;

const ID: &str = "7d1f0c52-0000-4000-8000-000000000001";
/// Asked for by this name, its window is 200,000 tokens.
const MODEL: &str = "claude-sonnet-4-5-20250929";

/// A session that a person started, and its transcript.
struct Session {
    here: Followed,
    claude: Child,
    transcript: PathBuf,
}

impl Session {
    fn start() -> Self {
        let here = Followed::new();
        let claude = here.claude();
        let transcript = here.path("home/.claude/projects/-home-shop").join(format!("{ID}.jsonl"));
        fs::create_dir_all(transcript.parent().unwrap()).unwrap();
        fs::write(&transcript, "").unwrap();
        let session = Self { here, claude, transcript };
        session.event("session-start", "SessionStart", &json!({"source": "startup"}));
        session
    }

    /// What a hook says to the user, `None` for nothing.
    fn event(&self, hook: &str, name: &str, more: &Value) -> Option<String> {
        let mut event = json!({
            "session_id": ID,
            "transcript_path": self.transcript,
            "cwd": self.here.project(),
            "hook_event_name": name,
            "prompt_id": "p",
        });
        event.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let said = self.here.hook(hook, self.claude.id(), &event);
        let said: Value = serde_json::from_str(&said).unwrap_or_default();
        said["systemMessage"].as_str().map(str::to_owned)
    }

    fn batch(&self, more: &Value) -> Option<String> {
        self.event("post-tool-batch", "PostToolBatch", more)
    }

    /// The main conversation's next response, so many hours from now.
    fn responds(&self, hours: i64, tokens: u64) {
        let at = (chrono::Utc::now() + chrono::TimeDelta::hours(hours)).to_rfc3339();
        let line = json!({
            "type": "assistant", "uuid": format!("u{hours}"), "sessionId": ID, "timestamp": at,
            "requestedModel": MODEL,
            "message": {
                "id": format!("m{hours}"), "model": MODEL, "stop_reason": "tool_use",
                "content": [{"type": "text", "text": "I look."}],
                "usage": {"input_tokens": tokens, "output_tokens": 0},
            },
        });
        let mut file = fs::File::options().append(true).open(&self.transcript).unwrap();
        writeln!(file, "{line}").unwrap();
    }

    /// What the status line was told.
    fn window(&self, tokens: u64) {
        let folder = self.here.state().join("windows");
        fs::create_dir_all(&folder).unwrap();
        let told = json!({
            "format": 1, "model": MODEL, "context_window_size": tokens, "at": "2026-11-22T12:00:00Z",
        });
        fs::write(folder.join(format!("{ID}.json")), told.to_string()).unwrap();
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        drop(self.claude.kill());
        drop(self.claude.wait());
    }
}

#[test]
fn a_subagent_is_not_told_of_the_main_conversation() {
    let session = Session::start();
    session.responds(-3, 150_000);
    assert_eq!(session.batch(&json!({"agent_id": "a1", "agent_type": "Explore"})), None);
    let said = session.batch(&json!({})).unwrap();
    assert!(said.contains("75 %") && said.contains("150,000 of 200,000"), "{said}");
    assert_eq!(session.batch(&json!({})), None, "it is said once");
}

#[test]
fn a_compaction_that_the_transcript_does_not_have_yet_counts() {
    let session = Session::start();
    session.responds(-3, 150_000);
    assert!(session.batch(&json!({})).is_some());
    session.event("post-compact", "PostCompact", &json!({"trigger": "auto"}));
    // The newest response that is there is the one before it.
    assert_eq!(session.batch(&json!({})), None);
    session.responds(3, 10_000);
    assert_eq!(session.batch(&json!({})), None);
    session.responds(4, 150_000);
    assert!(session.batch(&json!({})).is_some_and(|said| said.contains("75 %")));
}

#[test]
fn a_window_that_holds_less_than_is_in_it_is_not_believed() {
    let session = Session::start();
    session.window(100_000);
    session.responds(-3, 150_000);
    let said = session.batch(&json!({})).unwrap();
    assert!(said.contains("75 %") && said.contains("150,000 of 200,000"), "{said}");
    // One that holds it goes before what the model's name says.
    let session = Session::start();
    session.window(1_000_000);
    session.responds(-3, 150_000);
    assert_eq!(session.batch(&json!({})), None, "15 %");
    session.responds(-2, 900_000);
    let said = session.batch(&json!({})).unwrap();
    assert!(said.contains("90 %"), "{said}");
}

#[test]
fn a_compaction_whose_event_had_to_wait_counts() {
    let session = Session::start();
    session.responds(-3, 150_000);
    assert!(session.batch(&json!({})).is_some());
    let project = fs::read_dir(session.here.state().join("projects")).unwrap().next().unwrap();
    let folder = project.unwrap().path().join("sessions").join(ID);
    let lock = fs::File::options().append(true).open(folder.join("lock")).unwrap();
    lock.lock().unwrap();
    session.event("post-compact", "PostCompact", &json!({"trigger": "auto"}));
    drop(lock);
    assert_eq!(fs::read_dir(folder.join("pending")).unwrap().count(), 1, "it waits");
    // Whoever folds it next begins anew with what is said.
    session.event("stop", "Stop", &json!({"last_assistant_message": "I look."}));
    session.responds(4, 150_000);
    assert!(session.batch(&json!({})).is_some_and(|said| said.contains("75 %")));
}

#[test]
fn after_a_compaction_that_does_not_tell_its_tokens_nothing_is_known() {
    let session = Session::start();
    session.responds(-3, 150_000);
    let at = chrono::Utc::now().to_rfc3339();
    let line = json!({
        "type": "system", "subtype": "compact_boundary", "uuid": "b", "sessionId": ID,
        "timestamp": at, "compactMetadata": {"trigger": "auto"},
    });
    let mut file = fs::File::options().append(true).open(&session.transcript).unwrap();
    writeln!(file, "{line}").unwrap();
    assert_eq!(session.batch(&json!({})), None);
    session.responds(3, 150_000);
    assert!(session.batch(&json!({})).is_some());
}
