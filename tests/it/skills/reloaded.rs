//! SessionStart's answer after a deployment.

use std::io::Write;
use std::process::{Command, Stdio};

use super::Home;

/// What the hook prints at a start of the session `id` in the process of this test.
fn start(home: &Home, id: &str, source: &str) -> String {
    let mut hook = Command::new(env!("CARGO_BIN_EXE_rejoin-hook-session-start"))
        .env_clear()
        .env("HOME", home.path(""))
        .env("CLAUDE_PID", std::process::id().to_string())
        .env("CLAUDE_PROJECT_DIR", home.path("project"))
        .env("CLAUDE_CODE_SESSION_ATTENDED", "1")
        .current_dir(home.path("project"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let input = serde_json::json!({
        "session_id": id,
        "transcript_path": home.path("none.jsonl"),
        "cwd": home.path("project"),
        "hook_event_name": "SessionStart",
        "source": source,
    });
    writeln!(hook.stdin.take().unwrap(), "{input}").unwrap();
    let output = hook.wait_with_output().unwrap();
    assert!(output.status.success() && output.stderr.is_empty());
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn a_deployment_since_the_process_began_is_told_and_no_other() {
    let first = "11111111-1111-4111-8111-111111111111";
    let second = "22222222-2222-4222-8222-222222222222";
    let reload = r#"{"hookSpecificOutput":{"hookEventName":"SessionStart","reloadSkills":true}}"#;
    let home = Home::new();
    home.run(&["deploy", "session-notes"]).ok();
    assert_eq!(start(&home, first, "startup"), "", "deployed before");
    assert_eq!(start(&home, first, "compact"), "");
    home.run(&["deploy", "git-workflow", "--project"]).ok();
    assert_eq!(start(&home, first, "compact").trim_end(), reload);
    assert_eq!(start(&home, second, "clear").trim_end(), reload, "of the same process");
    home.rejoin(&["uninstall", "--yes"]).ok();
    assert_eq!(start(&home, second, "compact"), "", "nothing is deployed");
}
