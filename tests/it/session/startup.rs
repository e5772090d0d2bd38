//! A new session after one that ended, in each of its ways.

use super::{
    HERONS, assert_untold, cut_off, home, newest_session, record_of, wait_for_turns, write,
};
use crate::api::{Api, Class, Turn};
use crate::claude::{OPUS, SONNET};

#[test]
#[cfg_attr(not(claude_code), ignore = "needs the real Claude Code: run tests/get-claude-code.sh")]
fn the_first_session_ever_is_told_nothing_and_shows_nothing() {
    let api = Api::scripted([Turn::text("Three herons.")]);
    let home = home(&api);

    let mut terminal = home.claude().terminal();
    terminal.submit(HERONS);
    terminal.wait_for("Three herons.");
    wait_for_turns(&home, &newest_session(&home), 1);
    let screen = terminal.screen();
    terminal.exit();

    assert_untold(&api.main(1));
    for noise in ["rejoin", "says:", "hook"] {
        assert!(!screen.contains(noise), "{noise:?} on the screen:\n{screen}");
    }
}

#[test]
#[cfg_attr(not(claude_code), ignore = "needs the real Claude Code: run tests/get-claude-code.sh")]
fn after_an_exit_the_next_session_gets_the_brief() {
    let api = Api::start();
    let home = home(&api);
    api.reply(write(&home, "src/heron.py"));
    api.reply(Turn::text("Three herons."));
    api.reply(Turn::text("Welcome back."));

    let mut terminal = home.claude().terminal();
    terminal.submit(HERONS);
    terminal.wait_for("Three herons.");
    let session = newest_session(&home);
    wait_for_turns(&home, &session, 1);
    terminal.exit();

    let mut terminal = home.claude().terminal();
    // The person is told as well, and how to turn it off.
    terminal.wait_for("rejoin off");
    terminal.submit("Where were we?");
    terminal.wait_for("Welcome back.");
    terminal.exit();

    let request = api.main(3);
    record_of(&request, &session);
    request.assert_once(HERONS);
}

#[test]
#[cfg_attr(not(claude_code), ignore = "needs the real Claude Code: run tests/get-claude-code.sh")]
fn after_a_kill_in_mid_turn_the_next_session_gets_the_digest() {
    // Both places where hook context can stand in a request.
    for model in [SONNET, OPUS] {
        let api = Api::start();
        let home = home(&api);
        let session = cut_off(&api, &home);
        api.reply(Turn::text("Welcome back."));

        let mut terminal = home.claude().model(model).terminal();
        terminal.wait_for("rejoin off");
        terminal.submit("Where were we?");
        terminal.wait_for("Welcome back.");
        terminal.exit();

        let request = api.main(3);
        let record = record_of(&request, &session);
        request.assert_once(HERONS);
        assert!(record.contains("src/heron.py"), "{record}");
    }
}

#[test]
#[cfg_attr(not(claude_code), ignore = "needs the real Claude Code: run tests/get-claude-code.sh")]
fn after_an_api_error_the_next_session_gets_the_digest() {
    let api = Api::start();
    let home = home(&api);
    api.reply(write(&home, "src/heron.py"));
    api.reply(Turn::error(529, "overloaded_error", "the reeds are too thick"));
    api.reply(Turn::text("Welcome back."));

    let mut terminal = home.claude().env("CLAUDE_CODE_MAX_RETRIES", "0").terminal();
    terminal.submit(HERONS);
    terminal.wait_for("the reeds are too thick");
    let session = newest_session(&home);
    terminal.exit();

    let mut terminal = home.claude().terminal();
    terminal.submit("Where were we?");
    terminal.wait_for("Welcome back.");
    terminal.exit();

    let request = api.requests(Class::Main).pop().unwrap();
    let record = record_of(&request, &session);
    assert!(record.contains(HERONS), "{record}");
    assert!(record.contains("src/heron.py"), "{record}");
}

#[test]
#[cfg_attr(not(claude_code), ignore = "needs the real Claude Code: run tests/get-claude-code.sh")]
fn what_was_taken_up_is_not_told_a_second_time() {
    let api = Api::start();
    let home = home(&api);
    let first = cut_off(&api, &home);
    api.reply(Turn::text("Welcome back."));
    api.reply(Turn::text("And again."));

    let mut terminal = home.claude().terminal();
    terminal.submit("Carry on with the grebes");
    terminal.wait_for("Welcome back.");
    let second = newest_session(&home);
    wait_for_turns(&home, &second, 1);
    terminal.exit();

    let mut terminal = home.claude().terminal();
    terminal.submit("Where were we?");
    terminal.wait_for("And again.");
    terminal.exit();

    record_of(&api.main(3), &first);
    let record = record_of(&api.main(4), &second);
    assert!(record.contains("Carry on with the grebes"), "{record}");
}
