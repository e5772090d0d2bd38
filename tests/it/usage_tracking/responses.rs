//! The response log: each turn and each subagent's run once, with the tokens that were used.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Value, json};

use crate::api::{Api, Class, Turn};
use crate::claude::{Home, eventually};
use crate::registration::register;
use crate::session::{newest_session, resume_log, wait_for_turns};

/// The records that `rejoin log --json` prints in the project of `home`.
fn log(home: &Home, arguments: &[&str]) -> Vec<Value> {
    let output = Command::new(env!("CARGO_BIN_EXE_rejoin"))
        .args([&["log", "--json"], arguments].concat())
        .env_clear()
        .env("HOME", home.path(""))
        .env("REJOIN_HOME", home.state())
        .current_dir(home.project())
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).unwrap();
    let mut lines: Vec<Value> =
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let totals = lines.pop().unwrap();
    assert_eq!(totals["totals"]["requests"], totals["totals"]["usage"]["responses"], "{totals}");
    lines
}

/// The file itself, once it has `records` of them.
fn file(home: &Home, session: &str, records: usize) -> Vec<Value> {
    let path: PathBuf = resume_log(home, session).with_file_name("responses.jsonl");
    eventually(&format!("{records} records are logged"), || {
        let text = fs::read_to_string(&path).ok()?;
        let lines: Vec<Value> =
            text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert_eq!(lines[0], json!({ "format": 1 }));
        (lines.len() > records).then(|| lines[1..].to_vec())
    })
}

#[test]
#[cfg_attr(not(claude_code), ignore = "needs the real Claude Code: run tests/get-claude-code.sh")]
fn every_turn_and_every_subagent_is_logged_once() {
    let api = Api::start();
    let home = Home::new(&api);
    register(&home);
    let path = home.project().join("herons.txt");
    let input = json!({ "file_path": path, "content": "3\n" });
    api.reply(Turn::bash("exit 3").and_tool("Write", &input).context(20_000));
    api.reply(Turn::text("Counted.\n\n```json\n{\"herons\": 3}\n```").context(21_000));
    let task = json!({ "description": "Look", "prompt": "Look for grebes", "subagent_type": "general-purpose", "run_in_background": false });
    api.reply(Turn::tool("Agent", &task).context(22_000));
    api.reply_to(Class::Subagent, Turn::bash("echo grebe").context(5_000));
    api.reply_to(Class::Subagent, Turn::text("One grebe.").context(6_000));
    api.reply(Turn::text("Sent somebody.").context(23_000));
    api.reply(Turn::text("Noted.").context(24_000));

    let mut terminal = home.claude().terminal();
    terminal.submit("Count the herons");
    terminal.wait_for("Counted.");
    let session = newest_session(&home);
    wait_for_turns(&home, &session, 1);
    // A Stop comes before the turn's last line: nothing is logged of it yet, but shown.
    let shown = log(&home, &[]);
    assert_eq!(shown.len(), 1, "{shown:?}");
    terminal.submit("And the grebes");
    // The subagent worked in the background; its end is a prompt of Claude Code's own.
    terminal.wait_for("Noted.");
    wait_for_turns(&home, &session, 3);
    terminal.exit();

    let logged = file(&home, &session, 4);
    assert_eq!(logged.len(), 4, "{logged:#?}");
    assert_eq!(log(&home, &[&session[..8]]).len(), 4);
    let of = |prompt: &str| logged.iter().find(|r| r["prompt"] == prompt).unwrap();

    let first = of("Count the herons");
    assert_eq!(first["requests"], 2);
    assert_eq!(first["stop_reason"], "end_turn");
    assert_eq!(first["model"], crate::claude::SONNET);
    assert_eq!(first["data"], json!({ "herons": 3 }));
    assert_eq!(first["tools"]["Bash"], json!({ "calls": 1, "failed": 1 }));
    assert_eq!(first["tools"]["Write"], json!({ "calls": 1, "failed": 0 }));
    assert_eq!(first["files"], json!(["herons.txt"]));
    assert_eq!(first["usage"]["output_tokens"], 100);
    let written = first["usage"]["cache_creation_5m_tokens"].as_u64().unwrap();
    assert_eq!(written + first["usage"]["input_tokens"].as_u64().unwrap(), 40_900);
    assert!(first["prompt_id"].is_string());

    let second = of("And the grebes");
    assert_eq!((&second["requests"], &second["usage"]["output_tokens"]), (&json!(2), &json!(100)));
    assert_eq!(second["response"], "Sent somebody.");

    let noted = logged.iter().find(|r| r["response"] == "Noted.").unwrap();
    assert_eq!((&noted["by"], &noted["requests"]), (&json!("machine"), &json!(1)));

    let agent = of("Look for grebes");
    assert_eq!(agent["agent_type"], "general-purpose");
    assert_eq!((&agent["requests"], &agent["stop_reason"]), (&json!(2), &json!("end_turn")));
    assert_eq!(agent["response"], "One grebe.");
    assert_eq!(agent["usage"]["output_tokens"], 100);
}

#[test]
#[cfg_attr(not(claude_code), ignore = "needs the real Claude Code: run tests/get-claude-code.sh")]
fn what_broke_off_is_logged_by_whoever_comes_next() {
    let api = Api::start();
    let home = Home::new(&api);
    register(&home);
    let session = crate::session::cut_off(&api, &home);
    let logged = log(&home, &[]);
    assert_eq!(logged.len(), 1);
    assert_eq!((&logged[0]["stop_reason"], &logged[0]["requests"]), (&json!("killed"), &json!(1)));
    assert_eq!(file(&home, &session, 1), logged);
    // An error of the API has its name.
    for _ in 0..20 {
        api.reply(Turn::error(400, "invalid_request_error", "no such bird"));
    }
    assert_eq!(home.claude().print("Count again").code, Some(1));
    let logged = log(&home, &[]);
    assert_eq!(
        (&logged[0]["stop_reason"], &logged[0]["requests"]),
        (&json!("api_error"), &json!(0))
    );
    assert!(logged[0]["error"].is_string());
}

/// What a recorded transcript is known to hold: lines of the table in the fixtures' README.
fn known() -> Vec<(String, u32, [u64; 4])> {
    let readme = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/transcripts/README.md");
    let text = fs::read_to_string(readme).unwrap();
    let rows = text.lines().filter_map(|line| {
        let cells: Vec<&str> = line.split('|').map(str::trim).collect();
        let [_, name, _, responses, tokens, _] = cells[..] else { return None };
        let tokens: Vec<u64> = tokens.split(" / ").filter_map(|n| n.parse().ok()).collect();
        Some((name.to_owned(), responses.parse().ok()?, tokens.try_into().ok()?))
    });
    rows.collect()
}

#[test]
fn every_recorded_session_has_the_tokens_that_it_used() {
    use rejoin::session::Session;
    use rejoin::transcript::{Cursor, Told, follow};
    let known = known();
    assert!(known.len() > 55, "{} transcripts are known", known.len());
    for (name, responses, [input, written, read, output]) in known {
        let mut session = Session::default();
        let sidechain = name.contains(".sub-");
        let mut cursor = if sidechain { Cursor::of_sidechain() } else { Cursor::default() };
        let path = crate::fold::fixture(&format!("{name}.jsonl"));
        follow(&path, &mut cursor, None, &mut |told| {
            if let Told::Event(at, event) = told {
                session.apply(at, event);
            }
        })
        .unwrap();
        let usage = session.usage;
        assert_eq!(
            (
                session.responses,
                usage.input,
                usage.write_5m + usage.write_1h,
                usage.read,
                usage.output
            ),
            (responses, input, written, read, output),
            "{name}"
        );
    }
}
