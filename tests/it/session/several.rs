//! Several sessions of one project: at once, and in a worktree.

use super::{HERONS, assert_untold, begin_and_hold, cut_off, home, record_of, records, resume_log};
use crate::api::{Api, Turn};

#[test]
#[cfg_attr(not(claude_code), ignore = "needs the real Claude Code: run tests/get-claude-code.sh")]
fn a_live_session_is_not_offered_to_a_second_one() {
    let api = Api::start();
    let home = home(&api);
    let first = begin_and_hold(&api, &home);
    api.main(2);
    let first_id = super::newest_session(&home);

    api.reply(Turn::text("Two grebes."));
    let mut second = home.claude().terminal();
    second.submit("Count the grebes");
    second.wait_for("Two grebes.");
    let second_id = super::newest_session(&home);
    super::wait_for_turns(&home, &second_id, 1);
    let request = api.main(3);
    assert_eq!(records(&request), Vec::<String>::new());
    request.assert_absent(HERONS);
    second.exit();

    // Each has its own log, and the work that broke off goes before work that came to its end.
    first.kill();
    api.reply(Turn::text("Welcome back."));
    let mut third = home.claude().terminal();
    third.submit("Where were we?");
    third.wait_for("Welcome back.");
    third.exit();
    record_of(&api.main(4), &first_id);
    for session in [first_id, second_id] {
        resume_log(&home, &session);
    }
}

#[test]
#[cfg_attr(not(claude_code), ignore = "needs the real Claude Code: run tests/get-claude-code.sh")]
fn a_worktree_belongs_to_the_project_of_its_repository() {
    let api = Api::start();
    let home = home(&api);
    let session = cut_off(&api, &home);
    api.reply(Turn::text("Welcome back."));
    let worktree = home.path("projects/demo-side");
    home.git(&["worktree", "add", "--quiet", "-b", "side", worktree.to_str().unwrap()]);
    home.trust(&worktree);

    let mut terminal = home.claude().folder(&worktree).terminal();
    terminal.submit("Where were we?");
    terminal.wait_for("Welcome back.");
    terminal.exit();

    let request = api.main(3);
    record_of(&request, &session);
    request.assert_once(HERONS);
}

#[test]
#[cfg_attr(not(claude_code), ignore = "needs the real Claude Code: run tests/get-claude-code.sh")]
fn another_project_is_told_nothing() {
    let api = Api::start();
    let home = home(&api);
    cut_off(&api, &home);
    api.reply(Turn::text("Welcome."));
    let other = home.path("projects/other");
    home.git(&["clone", "--quiet", ".", other.to_str().unwrap()]);
    home.trust(&other);

    let mut terminal = home.claude().folder(&other).terminal();
    terminal.submit("What is here?");
    terminal.wait_for("Welcome.");
    terminal.exit();

    assert_untold(&api.main(3));
}
