//! Compaction: the session goes on without its beginning, and is told of it.

use super::{HERONS, home, newest_session, record_of, wait_for_turns, write};
use crate::api::{Api, Class, Turn};

#[test]
#[cfg_attr(not(claude_code), ignore = "needs the real Claude Code: run tests/get-claude-code.sh")]
fn after_a_manual_compaction_the_session_is_told_its_own_record() {
    let api = Api::start();
    let home = home(&api);
    api.reply(write(&home, "src/heron.py"));
    api.reply(Turn::text("Three herons."));
    api.reply(Turn::text("Two grebes."));
    api.reply(Turn::text("Five birds."));

    let mut terminal = home.claude().terminal();
    terminal.submit(HERONS);
    terminal.wait_for("Three herons.");
    let session = newest_session(&home);
    wait_for_turns(&home, &session, 1);
    terminal.submit("And the grebes");
    terminal.wait_for("Two grebes.");
    wait_for_turns(&home, &session, 2);
    terminal.submit("/compact");
    terminal.wait_for("Compacted");
    terminal.submit("How many birds in all");
    terminal.wait_for("Five birds.");
    terminal.exit();

    assert_eq!(api.requests(Class::Compact).len(), 1);
    let record = record_of(&api.main(4), &session);
    assert!(record.contains(HERONS), "{record}");
    assert!(record.contains("src/heron.py"), "{record}");
}

#[test]
#[cfg_attr(not(claude_code), ignore = "needs the real Claude Code: run tests/get-claude-code.sh")]
fn after_an_automatic_compaction_the_session_is_told_its_own_record() {
    let api = Api::start();
    let home = home(&api);
    api.reply(write(&home, "src/heron.py"));
    api.reply(Turn::bash("seq 1 6000"));
    api.reply(Turn::bash("seq 6001 12000"));
    // Longer than the window: Claude Code compacts and tries again.
    let too_long = "prompt is too long: 215000 tokens > 200000 maximum";
    api.reply(Turn::error(400, "invalid_request_error", too_long));
    api.reply(Turn::text("Three herons."));

    let mut terminal = home.claude().terminal();
    terminal.submit(HERONS);
    terminal.wait_for("Three herons.");
    let session = newest_session(&home);
    wait_for_turns(&home, &session, 1);
    terminal.exit();

    assert_eq!(api.requests(Class::Compact).len(), 1);
    let record = record_of(&api.main(5), &session);
    assert!(record.contains(HERONS), "{record}");
    assert!(record.contains("src/heron.py"), "{record}");
}
