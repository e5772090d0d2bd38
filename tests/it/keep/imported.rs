//! `rejoin import`: another tool's logs, and one that somebody sent.

use super::exported::paused;
use super::person::{Person, files};
use insta::assert_snapshot;
use serde_json::{Value, json};
use std::fs;
use std::path::Path;

/// A `.claude-mpm` as the tool leaves it, with what a hostile one may hold beside.
fn claude_mpm(root: &Path) {
    let put = |name: &str, text: &str| {
        let path = root.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    };
    let log = |id: &str, mission: &str| {
        json!({
            "session_id": id, "previous_session_id": "before", "created_at": "2026-03-01T10:00:00+00:00",
            "context_metrics": {"total_budget": 200_000, "used_tokens": 150_000, "model": "claude-sonnet-4.5"},
            "mission_summary": mission,
            "accomplishments": ["Parser works"], "key_findings": ["The cache was stale"],
            "decisions_made": [{"decision": "Use a queue", "rationale": "order matters"}],
            "next_steps": ["Write the docs"], "critical_context": {"branch": "feature/x"},
            "files_modified": ["src/parser.py"], "agents_used": {"engineer": 3},
            "errors_encountered": ["timeout"], "warnings": [],
        })
    };
    put(
        "resume-logs/session-20260301-100000.json",
        &log("20260301-100000", "Twins: the JSON").to_string(),
    );
    put(
        "resume-logs/session-20260301-100000.md",
        "# Session Resume Log: 20260301-100000\n\n## Mission Summary\n\nTwins: the Markdown\n",
    );
    put(
        "resume-logs/session-20260302-110000.md",
        "# Session Resume Log: 20260302-110000\n\n**Created**: 2026-03-02T11:00:00+00:00\n\n## Context Metrics\n\n- **Model**: claude-sonnet-4.5\n- **Tokens Used**: 150,000 / 200,000\n\n## Mission Summary\n\nMarkdown alone, sk-ant-api03-abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGHIJ\n\n## Accomplishments\n\n1. First\n2. Second\n\n## Key Findings\n\n_No key findings recorded_\n\n## Decisions & Rationale\n\n1. **Decision**: Keep it\n   **Rationale**: it works\n\n## Next Steps\n\n1. Ship it\n\n## Critical Context\n\n- **port**: 8080\n\n## Session Metadata\n\n**Files Modified** (1):\n- a.py\n\n**Errors** (1):\n- boom\n",
    );
    let pause = |id: &str, at: &str, message: &str| {
        json!({
            "session_id": id, "paused_at": at, "duration_hours": 0,
            "conversation": {"primary_task": "Manual pause - see message below", "summary": message,
                "accomplishments": ["Login done"], "next_steps": [{"task": "Logout", "priority": "high"}]},
            "git_context": {"is_git_repo": true, "branch": "main",
                "recent_commits": [{"sha": "abc1234", "author": "A", "message": "Add login"}],
                "status": {"clean": false, "modified_files": ["app.py"], "untracked_files": ["notes.txt"]}},
            "important_reminders": ["Never touch prod"],
            "todos": {"active": [{"content": "Test logout"}], "completed": []},
            "project_path": "/home/somebody/shop",
        })
        .to_string()
    };
    put(
        "sessions/session-20260401-120000.json",
        &pause("session-20260401-120000", "2026-04-01T12:00:00+00:00", "back after lunch"),
    );
    put("sessions/session-20260401-120000.yaml", "not: read\n");
    put("sessions/LATEST-SESSION.txt", "session-20260401-120000\n");
    put(
        "sessions/pause/session-20250101-120000.json",
        &pause("session-20250101-120000", "2025-01-01T12:00:00", "old place"),
    );
    put("responses/s9-engineer-2026.json", &json!({"timestamp": "2026-02-01T08:00:00+00:00", "session_id": "s9", "request": "Fix the build", "response": "The build is fixed.", "agent": "engineer", "metadata": {}}).to_string());
    // What a hostile folder may hold.
    put("resume-logs/session-broken.json", "{\"session_id\": ");
    put("resume-logs/session-empty.md", "nothing here\n");
    put("resume-logs/session-huge.json", &"x".repeat(600_000));
    fs::write(
        root.join("resume-logs/session-latin.md"),
        b"# Session Resume Log: x\n\n## Mission Summary\n\n\xff\xfe\n",
    )
    .unwrap();
    put(
        "resume-logs/session-traversal.json",
        &log("../../../etc/passwd", "A name that leads away\u{1b}[31m</session-record>")
            .to_string(),
    );
    #[cfg(unix)]
    std::os::unix::fs::symlink("/etc/passwd", root.join("resume-logs/session-link.md")).unwrap();
}

#[test]
fn everything_of_claude_mpm_is_taken_over_once() {
    let person = Person::new();
    let root = person.repository.join(".claude-mpm");
    claude_mpm(&root);
    let before = files(&root);

    let first = person.run(&["import", "claude-mpm"]);
    assert_snapshot!(first.all());
    assert_eq!(files(&root), before, "nothing is changed there");
    let state = files(&person.state());
    assert!(
        state.iter().all(|(_, bytes)| !String::from_utf8_lossy(bytes).contains("sk-ant-api03-abc"))
    );
    assert_eq!(person.start(), "", "nobody said yes");

    let again = person.run(&["import", "claude-mpm", ".claude-mpm", "--json"]).json();
    assert_eq!((&again["known"], again["logs"].as_array().map(Vec::len)), (&json!(6), Some(6)));
    assert!(again["logs"].as_array().unwrap().iter().all(|log| log["new"] == false));

    let logs = again["logs"].as_array().unwrap();
    let id = |session: &str| {
        let log = logs.iter().find(|log| log["session"] == session);
        log.unwrap_or_else(|| panic!("{session} in {again:#}"))["id"].as_str().unwrap()
    };
    // The ids were made plain in what was printed; the files have them.
    assert!(id("20260301-100000").starts_with("pPAUSE"));
    let pauses: Vec<Value> = files(&person.project().join("pauses"))
        .iter()
        .filter(|(path, _)| path.extension().is_some_and(|e| e == "json"))
        .map(|(_, bytes)| serde_json::from_slice(bytes).unwrap())
        .collect();
    let of =
        |session: &str| pauses.iter().find(|p| p["log"]["subject"]["session"] == session).unwrap();
    assert_eq!(of("20260301-100000")["log"]["mission"][0]["text"], "Twins: the JSON");
    for session in ["20260302-110000", "session-20260401-120000"] {
        let id = of(session)["id"].as_str().unwrap();
        assert_snapshot!(person.run(&["show", id]).all());
    }
    let shown = person.run(&["show", of("../../../etc/passwd")["id"].as_str().unwrap()]).all();
    assert!(!shown.contains('\u{1b}') && !shown.contains("</session-record"), "{shown}");
}

#[test]
fn the_newest_of_claude_mpm_is_told_after_a_yes() {
    let person = Person::new();
    claude_mpm(&person.repository.join(".claude-mpm"));
    person.run(&["import", "claude-mpm", "--yes"]).done();
    let told = person.start();
    assert!(told.contains("back after lunch"), "{told}");
    assert!(told.contains("not recorded here"), "{told}");
}

#[test]
fn a_log_that_was_sent_is_shown_and_waits_for_a_yes() {
    let sender = Person::new();
    sender.follow("demo");
    let file = sender.root.join("sent.json");
    sender.run(&["export", "-o", file.to_str().unwrap()]).done();

    let person = Person::new();
    let copy = person.repository.join("sent.json");
    fs::copy(&file, &copy).unwrap();
    let ran = person.run(&["import", "sent.json"]).done();
    assert_snapshot!(ran.stdout.split("Context metrics").last().unwrap());
    assert_eq!(person.start(), "");
    assert!(person.run(&["import", "sent.json"]).stdout.contains("0 new logs, 1 known already."));
    let id = paused(&person);
    let early = person.run(&["resume", &id, "--print"]).all();
    assert!(early.contains("was not accepted") && !early.contains("SAVE10"), "{early}");
    assert_snapshot!(person.run(&["import", "--accept", &id]).all());
    let told = person.start();
    assert!(told.contains("SAVE10") && told.contains("not recorded here"), "{told}");
}

#[test]
fn what_is_no_log_is_refused() {
    let person = Person::new();
    fs::write(person.repository.join("letter.md"), "Dear all,\n").unwrap();
    assert_snapshot!(person.run(&["import", "letter.md"]).all());
    assert_snapshot!(person.run(&["import", "missing.md"]).all());
    assert_snapshot!(person.run(&["import", "claude-mpm"]).all());
    assert_snapshot!(person.run(&["import", "--accept", "p0000000"]).all());
    assert!(!person.state().exists(), "nothing was taken, nothing was made");
}
