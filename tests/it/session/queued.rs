//! Text typed while Claude works.

use std::process::Command;

use super::{HERONS, home, newest_session, record_of};
use crate::api::{Api, Gate, Turn};

#[test]
#[cfg_attr(not(claude_code), ignore = "needs the real Claude Code: run tests/get-claude-code.sh")]
fn a_correction_typed_while_a_tool_runs_is_told() {
    let api = Api::start();
    let home = home(&api);
    let pipe = home.path("tmp/go");
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    // The tool runs until the test writes into the pipe.
    api.reply(Turn::bash(&format!("cat {}", pipe.display())));
    api.reply(Turn::text("Never said.").held(&Gate::closed()));
    api.reply(Turn::text("Welcome back."));

    let mut terminal = home.claude().terminal();
    terminal.submit(HERONS);
    let release = std::fs::OpenOptions::new().write(true).open(&pipe).expect("the tool reads it");
    terminal.submit("Only the grey ones");
    terminal.wait_for("Queued");
    drop(release);
    // Taken into the running turn: it reaches the model beside the tool's result.
    api.main(2).assert_once("Only the grey ones");
    let session = newest_session(&home);
    terminal.kill();

    let mut terminal = home.claude().terminal();
    terminal.submit("Where were we?");
    terminal.wait_for("Welcome back.");
    terminal.exit();

    let request = api.main(3);
    let record = record_of(&request, &session);
    request.assert_once(HERONS);
    assert!(record.contains("Only the grey ones"), "{record}");
}

#[test]
#[cfg_attr(not(claude_code), ignore = "needs the real Claude Code: run tests/get-claude-code.sh")]
fn a_prompt_queued_behind_the_answer_is_a_turn_of_its_own() {
    let (first, second) = (Gate::closed(), Gate::closed());
    let api = Api::start();
    let home = home(&api);
    api.reply(Turn::text("Three herons.").held(&first));
    api.reply(Turn::text("Never said.").held(&second));
    api.reply(Turn::text("Welcome back."));

    let mut terminal = home.claude().terminal();
    terminal.submit(HERONS);
    api.main(1);
    terminal.submit("Then count the grebes");
    terminal.wait_for("Queued");
    first.open();
    api.main(2);
    let session = newest_session(&home);
    terminal.kill();

    let mut terminal = home.claude().terminal();
    terminal.submit("Where were we?");
    terminal.wait_for("Welcome back.");
    terminal.exit();

    let record = record_of(&api.main(3), &session);
    for told in [HERONS, "Then count the grebes", "Three herons."] {
        assert!(record.contains(told), "{told:?} is missing:\n{record}");
    }
}
