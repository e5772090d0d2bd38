//! `--resume` and `--fork-session`: the conversation is still there, so only what changed meanwhile is told.

use super::{HERONS, assert_untold, home, newest_session, wait_for_turns, write};
use crate::api::{Api, Class, Turn};
use crate::claude::Home;

/// One finished session; its id.
fn finished(api: &Api, home: &Home) -> String {
    api.reply(write(home, "src/heron.py"));
    api.reply(Turn::text("Three herons."));
    let mut terminal = home.claude().terminal();
    terminal.submit(HERONS);
    terminal.wait_for("Three herons.");
    let session = newest_session(home);
    wait_for_turns(home, &session, 1);
    terminal.exit();
    session
}

#[test]
#[cfg_attr(not(claude_code), ignore = "needs the real Claude Code: run tests/get-claude-code.sh")]
fn resuming_tells_nothing_when_nothing_changed() {
    let api = Api::start();
    let home = home(&api);
    let session = finished(&api, &home);
    api.reply(Turn::text("Still three."));

    let mut terminal = home.claude().resume(&session).terminal();
    terminal.submit("How many now");
    terminal.wait_for("Still three.");
    terminal.exit();

    assert_untold(&api.main(3));
}

#[test]
#[cfg_attr(not(claude_code), ignore = "needs the real Claude Code: run tests/get-claude-code.sh")]
fn resuming_tells_once_what_changed_meanwhile() {
    let api = Api::start();
    let home = home(&api);
    let session = finished(&api, &home);
    home.commit("Drain the pond");

    for answer in ["Still three.", "As before."] {
        api.reply(Turn::text(answer));
        let mut terminal = home.claude().resume(&session).terminal();
        terminal.submit("How many now");
        terminal.wait_for(answer);
        terminal.exit();
        // The same facts give the same text, which Claude Code does not repeat.
        let request = api.requests(Class::Main).pop().unwrap();
        assert_eq!(request.injected().len(), 1, "{}", request.conversation());
        request.assert_once("Drain the pond");
    }
}

#[test]
#[cfg_attr(not(claude_code), ignore = "needs the real Claude Code: run tests/get-claude-code.sh")]
fn a_fork_tells_nothing_when_nothing_changed() {
    let api = Api::start();
    let home = home(&api);
    let session = finished(&api, &home);
    api.reply(Turn::text("Still three."));

    let mut terminal = home.claude().resume(&session).arg("--fork-session").terminal();
    terminal.submit("How many now");
    terminal.wait_for("Still three.");
    terminal.exit();

    assert_untold(&api.main(3));
}

#[test]
#[cfg_attr(not(claude_code), ignore = "needs the real Claude Code: run tests/get-claude-code.sh")]
fn a_branch_is_followed_as_a_session_of_its_own() {
    let api = Api::start();
    let home = home(&api);
    api.reply(Turn::text("Three herons."));
    api.reply(Turn::text("In the branch."));

    let mut terminal = home.claude().terminal();
    terminal.submit(HERONS);
    terminal.wait_for("Three herons.");
    let origin = newest_session(&home);
    wait_for_turns(&home, &origin, 1);
    terminal.submit("/branch");
    terminal.wait_for("Branched session");
    terminal.submit("Another way");
    terminal.wait_for("In the branch.");
    terminal.exit();

    assert_untold(&api.main(2));
    let sessions = home.transcripts();
    assert_eq!(sessions.len(), 2);
    for transcript in sessions {
        super::resume_log(&home, &transcript.session());
    }
}
