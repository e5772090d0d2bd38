//! `/rewind`: the abandoned turn stays in the transcript, but not in what the next session is told.

use super::{home, newest_session, record_of, wait_for_turns, write};
use crate::api::{Api, Gate, Turn};
use crate::claude::{Home, Key, Terminal};

/// Goes back to before the last prompt, `prompt`, the conversation only.
fn rewind(terminal: &mut Terminal, prompt: &str) {
    terminal.submit("/rewind");
    terminal.wait_for("❯ (current)");
    terminal.key(Key::Up);
    terminal.wait_for(&format!("❯ {prompt}\n"));
    terminal.key(Key::Enter);
    terminal.wait_for("❯ 1. Restore code and conversation");
    terminal.key(Key::Down);
    terminal.wait_for("❯ 2. Restore conversation");
    terminal.key(Key::Enter);
    // The abandoned prompt comes back into the prompt box.
    terminal.wait_for_input(prompt);
    terminal.clear_input();
}

/// Kills the session while it works on one more prompt, so that the next session gets its digest, and returns that digest.
fn digest_after(api: &Api, home: &Home, mut terminal: Terminal, requests: usize) -> String {
    api.reply(Turn::text("Never said.").held(&Gate::closed()));
    api.reply(Turn::text("Welcome back."));
    terminal.submit("Now the grebes");
    api.main(requests + 1);
    let session = newest_session(home);
    terminal.kill();

    let mut terminal = home.claude().terminal();
    terminal.submit("Where were we?");
    terminal.wait_for("Welcome back.");
    terminal.exit();
    record_of(&api.main(requests + 2), &session)
}

#[test]
#[cfg_attr(not(claude_code), ignore = "needs the real Claude Code: run tests/get-claude-code.sh")]
fn an_abandoned_turn_is_not_told_as_done() {
    let api = Api::start();
    let home = home(&api);
    api.reply(Turn::text("Three herons."));
    api.reply(write(&home, "src/cache.py"));
    api.reply(Turn::text("The cache is written."));
    api.reply(write(&home, "src/test_heron.py"));
    api.reply(Turn::text("The test is written."));

    let mut terminal = home.claude().terminal();
    terminal.submit("Count the herons");
    terminal.wait_for("Three herons.");
    let session = newest_session(&home);
    wait_for_turns(&home, &session, 1);
    terminal.submit("Add a cache for them");
    terminal.wait_for("The cache is written.");
    wait_for_turns(&home, &session, 2);
    rewind(&mut terminal, "Add a cache for them");
    terminal.submit("Write a test instead");
    terminal.wait_for("The test is written.");
    wait_for_turns(&home, &session, 3);

    let record = digest_after(&api, &home, terminal, 5);
    for told in ["Count the herons", "Write a test instead", "src/test_heron.py"] {
        assert!(record.contains(told), "{told:?} is missing:\n{record}");
    }
    for abandoned in ["Add a cache", "cache.py", "The cache is written"] {
        assert!(!record.contains(abandoned), "{abandoned:?} is told:\n{record}");
    }
}

#[test]
#[cfg_attr(not(claude_code), ignore = "needs the real Claude Code: run tests/get-claude-code.sh")]
fn a_rewind_to_the_very_start_forgets_the_first_turn() {
    let api = Api::start();
    let home = home(&api);
    api.reply(write(&home, "src/cache.py"));
    api.reply(Turn::text("The cache is written."));
    api.reply(write(&home, "src/test_heron.py"));
    api.reply(Turn::text("The test is written."));

    let mut terminal = home.claude().terminal();
    terminal.submit("Add a cache for them");
    terminal.wait_for("The cache is written.");
    let session = newest_session(&home);
    wait_for_turns(&home, &session, 1);
    rewind(&mut terminal, "Add a cache for them");
    terminal.submit("Write a test instead");
    terminal.wait_for("The test is written.");
    wait_for_turns(&home, &session, 2);
    // Claude Code itself has forgotten it, although the transcript's parent links say otherwise.
    api.main(3).assert_absent("Add a cache");

    let record = digest_after(&api, &home, terminal, 4);
    for told in ["Write a test instead", "src/test_heron.py"] {
        assert!(record.contains(told), "{told:?} is missing:\n{record}");
    }
    for abandoned in ["Add a cache", "cache.py"] {
        assert!(!record.contains(abandoned), "{abandoned:?} is told:\n{record}");
    }
}
