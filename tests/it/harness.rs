//! That the harness itself sees what it claims to see: a tiny shell hook's context, held replies, a kill in mid-turn.

use serde_json::{Value, json};

use crate::api::{Api, Class, Gate, Turn};
use crate::claude::{Home, Key, OPUS, SONNET, eventually};

/// A hook that injects `text` at every start of a session.
fn injecting(text: &str) -> Value {
    let reply = json!({
        "hookSpecificOutput": { "hookEventName": "SessionStart", "additionalContext": text },
    });
    let hook = json!({ "type": "command", "command": format!("echo '{reply}'") });
    json!({ "hooks": { "SessionStart": [{ "hooks": [hook] }] } })
}

#[test]
#[cfg_attr(not(claude_code), ignore = "needs the real Claude Code: run tests/get-claude-code.sh")]
fn context_of_a_session_start_hook_reaches_the_api_in_print_mode() {
    for model in [SONNET, OPUS] {
        let api = Api::scripted([Turn::text("Understood.")]);
        let home = Home::new(&api);
        home.write_settings(&injecting("the heron stands in the reeds"));

        let output = home.claude().model(model).print("Begin");

        assert_eq!(output.code, Some(0), "{output:?}");
        assert_eq!(output.stdout.trim(), "Understood.");
        let request = api.main(1);
        request.assert_once("the heron stands in the reeds");
        let injected = request.injected();
        assert_eq!(injected.len(), 1, "{model}");
        assert!(injected[0].starts_with("the heron stands in the reeds"), "{model}");
    }
}

#[test]
#[cfg_attr(not(claude_code), ignore = "needs the real Claude Code: run tests/get-claude-code.sh")]
fn context_of_a_session_start_hook_reaches_the_api_from_the_terminal() {
    let api = Api::scripted([Turn::text("Understood."), Turn::text("Still here.")]);
    let home = Home::new(&api);
    home.write_settings(&injecting("the heron stands in the reeds"));

    let mut terminal = home.claude().terminal();
    terminal.submit("Begin");
    terminal.wait_for("Understood.");
    terminal.submit("And then?");
    terminal.wait_for("Still here.");
    terminal.exit();

    for request in api.requests(Class::Main) {
        assert_eq!(request.injected(), ["the heron stands in the reeds"]);
    }
    assert_eq!(api.requests(Class::Main).len(), 2);
}

#[test]
#[cfg_attr(not(claude_code), ignore = "needs the real Claude Code: run tests/get-claude-code.sh")]
fn a_gate_holds_a_reply_until_it_is_opened() {
    let gate = Gate::closed();
    let api = Api::scripted([Turn::text("At last.").held(&gate)]);
    let home = Home::new(&api);

    let mut terminal = home.claude().terminal();
    terminal.submit("Begin");
    api.main(1);
    terminal.wait_for("esc to interrupt");
    assert!(!terminal.screen().contains("At last."));
    gate.open();
    terminal.wait_for("At last.");
    terminal.exit();
}

#[test]
#[cfg_attr(not(claude_code), ignore = "needs the real Claude Code: run tests/get-claude-code.sh")]
fn a_kill_in_mid_turn_leaves_the_transcript_without_an_end() {
    let gate = Gate::closed();
    let api = Api::scripted([Turn::bash("echo wading"), Turn::text("Never said.").held(&gate)]);
    let home = Home::new(&api);

    let mut terminal = home.claude().terminal();
    terminal.submit("Wade through");
    let request = api.main(2);
    assert!(request.tool_result().starts_with("wading"));
    let transcript = eventually("the tool result is on disk", || {
        home.transcripts().into_iter().find(|transcript| transcript.has_tool_result("wading"))
    });
    terminal.kill();

    let lines = transcript.lines();
    let prompt = lines.iter().find(|line| line["promptSource"] == "typed").unwrap();
    assert_eq!(prompt["message"]["content"], "Wade through");
    assert_eq!(prompt["turnPosition"]["turnIndex"], 1);
    assert_eq!(transcript.ended_turns(), 0);
    assert!(lines.iter().all(|line| line["subtype"] != "stop_hook_summary"));
}

#[test]
#[cfg_attr(not(claude_code), ignore = "needs the real Claude Code: run tests/get-claude-code.sh")]
fn errors_and_dropped_streams_are_retried() {
    let api = Api::scripted([
        Turn::error(529, "overloaded_error", "Overloaded"),
        Turn::text("Half a reply").dropped(),
        Turn::text("Whole."),
    ]);
    let home = Home::new(&api);

    let output = home.claude().print("Begin");

    assert_eq!(output.stdout.trim(), "Whole.", "{output:?}");
    assert_eq!(api.requests(Class::Main).len(), 3);
}

#[test]
#[cfg_attr(not(claude_code), ignore = "needs the real Claude Code: run tests/get-claude-code.sh")]
fn an_early_escape_takes_the_prompt_back() {
    let gate = Gate::closed();
    let api = Api::scripted([Turn::text("Never seen.").held(&gate), Turn::text("Understood.")]);
    let home = Home::new(&api);

    let mut terminal = home.claude().terminal();
    terminal.submit("Delete it all");
    api.main(1);
    terminal.wait_for("esc to interrupt");
    terminal.key(Key::Escape);
    terminal.wait_for_input("Delete it all");
    terminal.clear_input();
    terminal.submit("Explain it");
    terminal.wait_for("Understood.");
    api.main(2).assert_absent("Delete it all");
    terminal.exit();
}
