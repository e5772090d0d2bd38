//! `/clear`: a new session in the same process.

use super::{HERONS, home, newest_session, record_of, records, wait_for_turns, write};
use crate::api::{Api, Request, Turn};
use crate::claude::Home;

/// One turn that leaves `context` tokens in the window of 200,000, then `/clear`, then another prompt.
///
/// Returns the cleared session's id and the request after it.
fn clear_at(context: u64) -> (Home, String, Request) {
    let api = Api::start();
    let home = home(&api);
    api.reply(write(&home, "src/heron.py"));
    api.reply(Turn::text("Three herons.").context(context));
    api.reply(Turn::text("A fresh start."));

    let mut terminal = home.claude().terminal();
    terminal.submit(HERONS);
    terminal.wait_for("Three herons.");
    let session = newest_session(&home);
    wait_for_turns(&home, &session, 1);
    terminal.submit("/clear");
    terminal.wait_until("the screen is cleared", |screen| !screen.contains("Three herons."));
    terminal.submit("Now the grebes");
    terminal.wait_for("A fresh start.");
    terminal.exit();

    let request = api.main(3);
    (home, session, request)
}

#[test]
#[cfg_attr(not(claude_code), ignore = "needs the real Claude Code: run tests/get-claude-code.sh")]
fn clearing_a_full_context_hands_the_work_over() {
    let (_home, session, request) = clear_at(150_000);

    let record = record_of(&request, &session);
    request.assert_once(HERONS);
    assert!(record.contains("src/heron.py"), "{record}");
}

#[test]
#[cfg_attr(not(claude_code), ignore = "needs the real Claude Code: run tests/get-claude-code.sh")]
fn clearing_an_almost_empty_context_means_forgetting() {
    let (_home, session, request) = clear_at(20_000);

    assert_eq!(records(&request), Vec::<String>::new());
    request.assert_absent("src/heron.py");
    // One line says that there is something, and how to load it.
    let injected = request.injected();
    assert_eq!(injected.len(), 1, "{injected:?}");
    assert_eq!(injected[0].lines().count(), 1, "{injected:?}");
    assert!(injected[0].contains(&format!("rejoin show {}", &session[..8])), "{injected:?}");
}
