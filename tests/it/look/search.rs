//! `rejoin search` over transcripts and what we keep.

use chrono::{SecondsFormat, TimeDelta, Utc};
use insta::assert_snapshot;
use serde_json::{Value, json};
use std::io::Read;
use std::process::Stdio;

use super::home::Home;

/// A moment as many minutes ago.
fn ago(minutes: i64) -> String {
    (Utc::now() - TimeDelta::minutes(minutes)).to_rfc3339_opts(SecondsFormat::Millis, true)
}

fn line(kind: &str, minutes: i64, folder: &str, content: &Value) -> String {
    let line = json!({
        "type": kind,
        "uuid": format!("{kind}-{minutes}"),
        "message": {"role": kind, "model": "claude-opus-5", "content": content},
        "timestamp": ago(minutes),
        "cwd": folder,
        "gitBranch": "main",
        "sessionId": "set by the file",
    });
    format!("{line}\n")
}

/// Two projects, three sessions, a subagent.
fn history() -> Home {
    let home = Home::new();
    let shop = "/home/dev/shop";
    let call = |name: &str, input: Value| json!([{"type": "tool_use", "id": "t", "name": name, "input": input}]);
    let result = |text: &str| json!([{"type": "tool_result", "tool_use_id": "t", "content": text}]);
    let first = [
        line(
            "user",
            4_400,
            shop,
            &json!("The discount \"SAVE10\" is taken twice.\nPlease look at the cart."),
        ),
        line("assistant", 4_399, shop, &call("Bash", json!({"command": "pytest -q -k discount"}))),
        line(
            "user",
            4_398,
            shop,
            &result("E  AssertionError: 729 != 810\ndiscount applied twice in discount.py"),
        ),
        line(
            "assistant",
            4_397,
            shop,
            &call(
                "Edit",
                json!({"file_path": "/home/dev/shop/src/discount.py", "old_string": "total *= 0.9", "new_string": "total = discounted(total)"}),
            ),
        ),
        line(
            "assistant",
            4_396,
            shop,
            &json!([{"type": "text", "text": format!("{} the discount is now taken once, when the cart is priced, and the test says so: {}", "Looking at the calls one after another,".repeat(3), "all of its cases pass. ".repeat(8))}]),
        ),
    ];
    home.write(
        "home/.claude/projects/-home-dev-shop/8463c716-3f5e-4c93-9b32-1f8e6f0d5a11.jsonl",
        first.concat(),
    );
    let other = [
        line(
            "user",
            130,
            "/home/dev/rather/a/deep/folder/for/a/project/website",
            &json!("Zeige die Größe des Rabatts (discount) an 🦀"),
        ),
        line(
            "assistant",
            129,
            "/home/dev/rather/a/deep/folder/for/a/project/website",
            &call("mcp__crm__find", json!({"text": "discounted customers"})),
        ),
    ];
    home.write("home/.claude/projects/-home-dev-rather-a-deep-folder-for-a-project-website/0c0ffee0-0000-4000-8000-000000000001.jsonl", other.concat());
    home.write(
        "home/.config/claude/projects/-home-dev-shop/77777777-0000-4000-8000-000000000002/subagents/agent-a1.jsonl",
        line("assistant", 60, shop, &json!([{"type": "text", "text": "No other caller of discounted()."}])),
    );
    home
}

#[test]
fn sessions_are_shown_with_their_lines() {
    let home = history();
    for columns in [80, 120] {
        let ran = home.wide(columns, &["search", "discount"]);
        assert_snapshot!(format!("found_{columns}"), ran.all());
    }
    assert_snapshot!(home.run(&["search", "no such text"]).all());
    assert_snapshot!(home.run(&["search", "discount", "-n", "2"]).all());
}

#[test]
fn the_query_stands_for_itself() {
    let home = history();
    let texts = |arguments: &[&str]| {
        let ran = home.run(&[&["search", "--json"], arguments].concat());
        assert_eq!((ran.code, &*ran.stderr), (0, ""), "{}", ran.all());
        ran.json()["texts"].as_u64().unwrap()
    };
    assert_eq!(texts(&["\"SAVE10\""]), 1);
    assert_eq!(texts(&["taken twice.\nPlease"]), 1);
    assert_eq!(texts(&["größe"]), 1);
    assert_eq!(texts(&["🦀"]), 1);
    assert_eq!(texts(&["discounted(total)"]), 1);
    assert_eq!(texts(&["Discount"]), 0);
    assert_eq!(texts(&["-e", r"disc\w+\("]), 2);
    assert_eq!(texts(&["-e", r"^Please .* cart\.$"]), 1);
    assert_eq!(texts(&["the", "cart"]), 2, "several words are one text");
    assert_eq!(texts(&["--", "-k discount"]), 1);
    // Ids, times and names of fields are no text.
    assert_eq!(texts(&["timestamp"]) + texts(&["tool_use"]) + texts(&["set by the file"]), 0);

    assert_eq!(texts(&["discount", "--project", "website"]), 2);
    assert_eq!(texts(&["discount", "--project", "/home/dev/shop"]), 7);
    assert_eq!(texts(&["discount", "--all"]), 9);
    assert_eq!(texts(&["discount", "--in", "prompt,command"]), 3);
    assert_eq!(texts(&["discount", "--in", "file"]), 1);
    assert_eq!(texts(&["discount", "--in", "other"]), 1);
}

#[test]
fn programs_are_told_where_each_text_is() {
    let home = history();
    let answer = home.run(&["search", "--json", "SAVE10", "-n", "1"]).json();
    let hit = &answer["hits"][0];
    let line = hit["line"].as_str().unwrap();
    let (from, to) =
        (hit["matches"][0][0].as_u64().unwrap(), hit["matches"][0][1].as_u64().unwrap());
    assert_eq!(&line[from as usize..to as usize], "SAVE10");
    let told = |name: &str| hit[name].as_str().unwrap();
    assert_eq!(
        (told("session"), told("role"), told("project"), told("branch")),
        ("8463c716-3f5e-4c93-9b32-1f8e6f0d5a11", "prompt", "/home/dev/shop", "main")
    );
    chrono::DateTime::parse_from_rfc3339(told("at")).unwrap();
    assert_eq!(
        (&answer["files"], &answer["sessions"], &hit["offset"]),
        (&3.into(), &1.into(), &0.into())
    );
    let keys: Vec<&String> = hit.as_object().unwrap().keys().collect();
    assert_snapshot!(format!(
        "{:?}\n{keys:?}",
        answer.as_object().unwrap().keys().collect::<Vec<_>>()
    ));
    let subagent = home.run(&["search", "--json", "other caller"]).json();
    assert_eq!(subagent["hits"][0]["subagent"], true);
    assert_eq!(subagent["hits"][0]["session"], "77777777-0000-4000-8000-000000000002");
}

#[test]
fn notes_and_pauses_are_found_though_no_transcript_has_them() {
    let home = history();
    let paused = home.run(&["pause", "-m", "prices stay in cents, ask Ada about kumquats"]);
    assert_eq!(paused.code, 0, "{}", paused.all());
    let answer = home.run(&["search", "--json", "kumquat"]).json();
    assert_eq!(
        answer["texts"].as_u64(),
        Some(2),
        "the message, and the log of the pause: {answer}"
    );
    assert_eq!(answer["hits"][0]["role"], "note");
    assert!(answer["hits"][0]["session"].as_str().unwrap().starts_with('p'));
}

#[test]
fn misuse_is_told_in_one_sentence() {
    let home = history();
    assert_eq!(home.run(&["search"]).code, 2);
    assert_eq!(home.run(&["search", "x", "-n", "0"]).code, 2);
    assert_eq!(home.run(&["search", "x", "--in", "everything"]).code, 2);
    assert_snapshot!(home.run(&["search", " "]).all());
    assert_snapshot!(home.run(&["search", "-e", "a("]).all());
    assert_snapshot!(home.run(&["search", "-e", "x*"]).all());
    assert_snapshot!(Home::new().run(&["search", "x"]).all());
}

#[test]
fn a_reader_that_has_seen_enough_is_no_error() {
    let home = history();
    let many: String = (0..3_000)
        .map(|n| line("user", n, "/home/dev/shop", &json!(format!("discount number {n}"))))
        .collect();
    home.write("home/.claude/projects/-home-dev-shop/many.jsonl", many);
    let mut child = home
        .command(super::home::REJOIN)
        .args(["search", "--json", "-n", "10000", "discount"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut out = child.stdout.take().unwrap();
    let mut first = [0; 1];
    out.read_exact(&mut first).unwrap();
    drop(out);
    let output = child.wait_with_output().unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
    assert!(output.status.success());
}

#[test]
#[cfg(unix)]
fn what_cannot_be_read_is_told() {
    use std::os::unix::fs::PermissionsExt;
    let home = history();
    let path = home.write("home/.claude/projects/-home-dev-shop/closed.jsonl", "{}");
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o000)).unwrap();
    if std::fs::read(&path).is_ok() {
        // Root reads everything.
        return;
    }
    let ran = home.run(&["search", "SAVE10"]);
    assert!(ran.stdout.contains("closed.jsonl"), "{}", ran.all());
}
