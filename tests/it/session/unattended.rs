//! Sessions under `-p`, where nobody watches.

use super::{
    HERONS, assert_untold, cut_off, home, newest_session, record_of, wait_for_turns, write,
};
use crate::api::{Api, Gate, Turn};

#[test]
#[cfg_attr(not(claude_code), ignore = "needs the real Claude Code: run tests/get-claude-code.sh")]
fn a_cut_off_unattended_session_is_told_to_the_next_one() {
    let api = Api::start();
    let home = home(&api);
    api.reply(write(&home, "src/heron.py"));
    api.reply(Turn::text("Never said.").held(&Gate::closed()));
    api.reply(Turn::text("Welcome back."));

    let running = home.claude().spawn_print(HERONS);
    api.main(2);
    let session = newest_session(&home);
    running.kill();
    let output = home.claude().print("Carry on");

    assert_eq!(output.stdout.trim(), "Welcome back.");
    assert!(!output.stderr.contains("rejoin"), "{}", output.stderr);
    let request = api.main(3);
    let record = record_of(&request, &session);
    request.assert_once(HERONS);
    assert!(record.contains("src/heron.py"), "{record}");
}

#[test]
#[cfg_attr(not(claude_code), ignore = "needs the real Claude Code: run tests/get-claude-code.sh")]
fn an_unattended_session_gets_nothing_after_one_that_ended() {
    let api = Api::scripted([Turn::text("Three herons."), Turn::text("Two grebes.")]);
    let home = home(&api);

    let mut terminal = home.claude().terminal();
    terminal.submit(HERONS);
    terminal.wait_for("Three herons.");
    wait_for_turns(&home, &newest_session(&home), 1);
    terminal.exit();
    let output = home.claude().print("Count the grebes");

    assert_eq!(output.stdout.trim(), "Two grebes.");
    assert_untold(&api.main(2));
}

#[test]
#[cfg_attr(not(claude_code), ignore = "needs the real Claude Code: run tests/get-claude-code.sh")]
fn an_unattended_session_gets_nothing_of_a_cut_off_attended_one() {
    let api = Api::start();
    let home = home(&api);
    cut_off(&api, &home);
    api.reply(Turn::text("Two grebes."));

    home.claude().print("Count the grebes");

    assert_untold(&api.main(3));
}

#[test]
#[cfg_attr(not(claude_code), ignore = "needs the real Claude Code: run tests/get-claude-code.sh")]
fn a_short_unattended_session_does_not_hide_a_persons() {
    let api = Api::start();
    let home = home(&api);
    let session = cut_off(&api, &home);
    api.reply(Turn::text("Two grebes."));
    api.reply(Turn::text("Welcome back."));

    home.claude().print("Count the grebes");
    let mut terminal = home.claude().terminal();
    terminal.submit("Where were we?");
    terminal.wait_for("Welcome back.");
    terminal.exit();

    let request = api.main(4);
    record_of(&request, &session);
    request.assert_once(HERONS);
}
