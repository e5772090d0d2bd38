//! Pausing, and going on from a pause or session in a fresh context.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use serde_json::Value;

use super::{HERONS, assert_untold, home, newest_session, records, wait_for_turns, write};
use crate::api::{Api, Request, Turn};
use crate::claude::{Home, Key, Terminal};

/// What every start of the real Claude Code here is given.
const CLAUDE: [&str; 5] =
    ["--", "--model", crate::claude::SONNET, "--permission-mode", "bypassPermissions"];

/// Runs a session that writes a file and, told so, pauses its work from inside.
fn paused(api: &Api, home: &Home, message: &str) -> String {
    let rejoin = env!("CARGO_BIN_EXE_rejoin");
    api.reply(write(home, "src/heron.py"));
    api.reply(Turn::bash(&format!("{rejoin} pause -m '{message}'")));
    api.reply(Turn::text("It is paused."));
    let mut terminal = home.claude().terminal();
    terminal.submit(HERONS);
    terminal.wait_for("It is paused.");
    let session = newest_session(home);
    wait_for_turns(home, &session, 1);
    terminal.exit();
    session
}

/// The one pause there is.
fn pause(home: &Home) -> Value {
    let project = fs::read_dir(home.state().join("projects")).unwrap().flatten().next().unwrap();
    let mut pauses = fs::read_dir(project.path().join("pauses")).unwrap().flatten();
    let json = pauses.find(|file| file.path().extension().is_some_and(|e| e == "json")).unwrap();
    serde_json::from_slice(&fs::read(json.path()).unwrap()).unwrap()
}

/// Goes on in a terminal that `rejoin resume` started, with one prompt.
fn go_on(home: &Home, mut terminal: Terminal, answer: &str) -> String {
    terminal.wait_until("the prompt box is there", |screen| screen.contains('❯'));
    terminal.submit("Where were we?");
    terminal.wait_for(answer);
    let session = newest_session(home);
    terminal.exit();
    session
}

#[track_caller]
fn the_record(request: &Request) -> String {
    let mut found = records(request);
    assert_eq!(found.len(), 1, "records in the request:\n{}", request.conversation());
    found.remove(0)
}

fn arguments<'a>(first: &[&'a str]) -> Vec<&'a str> {
    first.iter().chain(&CLAUDE).copied().collect()
}

#[test]
#[cfg_attr(not(claude_code), ignore = "needs the real Claude Code: run tests/get-claude-code.sh")]
fn a_pause_is_told_first_and_taken_up_with_a_prompt() {
    let api = Api::start();
    let home = home(&api);
    let first = paused(&api, &home, "count the grebes next");
    let frozen = pause(&home);
    assert_eq!(frozen["session"], first);
    assert_eq!(frozen["checkout"]["branch"], "main");
    assert_eq!(frozen["checkout"]["untracked"][0], "src/");

    // Told, but nobody goes on: it waits.
    let terminal = home.claude().terminal();
    terminal.wait_for("told of pause");
    terminal.exit();
    assert_eq!(pause(&home)["taken_up"], Value::Null);

    api.reply(Turn::text("Welcome back."));
    let mut terminal = home.claude().terminal();
    terminal.wait_for("told of pause");
    terminal.submit("Where were we?");
    terminal.wait_for("Welcome back.");
    let second = newest_session(&home);
    wait_for_turns(&home, &second, 1);
    terminal.exit();
    let record = the_record(&api.main(4));
    assert!(record.contains("count the grebes next"), "{record}");
    assert!(record.contains(&first) && record.contains("src/heron.py"), "{record}");
    assert_eq!(pause(&home)["taken_up"]["by"], second);
    assert_eq!(pause(&home)["archived"], Value::Null);

    // Neither it nor its session is told again.
    api.reply(Turn::text("And again."));
    let mut terminal = home.claude().terminal();
    terminal.submit("And now?");
    terminal.wait_for("And again.");
    terminal.exit();
    let record = the_record(&api.main(5));
    assert!(record.contains(&second) && !record.contains("grebes"), "{record}");

    let cleared = home.rejoin(&["clear"]);
    let said = String::from_utf8_lossy(&cleared.stdout);
    assert!(said.contains(frozen["id"].as_str().unwrap()), "{said}");
    assert!(pause(&home)["archived"].is_string());
}

#[test]
#[cfg_attr(not(claude_code), ignore = "needs the real Claude Code: run tests/get-claude-code.sh")]
fn a_script_is_told_of_a_persons_pause_and_leaves_it() {
    let api = Api::start();
    let home = home(&api);
    paused(&api, &home, "count the grebes next");
    api.reply(Turn::text("Understood."));
    let output = home.claude().print("Carry on");
    assert_eq!(output.stdout.trim(), "Understood.");
    assert!(the_record(&api.main(4)).contains("count the grebes next"));
    assert_eq!(pause(&home)["taken_up"], Value::Null);

    // The paused conversation itself, gone on with, takes it up.
    let session = pause(&home)["session"].as_str().unwrap().to_owned();
    api.reply(Turn::text("Going on."));
    let mut terminal = home.claude().resume(&session).terminal();
    terminal.submit("Let us go on");
    terminal.wait_for("Going on.");
    wait_for_turns(&home, &session, 2);
    terminal.exit();
    assert_eq!(pause(&home)["taken_up"]["by"], session);
}

#[test]
#[cfg_attr(not(claude_code), ignore = "needs the real Claude Code: run tests/get-claude-code.sh")]
fn a_session_that_went_on_after_its_pause_is_named() {
    let api = Api::start();
    let home = home(&api);
    let rejoin = env!("CARGO_BIN_EXE_rejoin");
    api.reply(Turn::bash(&format!("{rejoin} pause -m 'count the grebes next'")));
    api.reply(Turn::text("It is paused."));
    api.reply(Turn::text("Two ducks."));
    let mut terminal = home.claude().terminal();
    terminal.submit(HERONS);
    terminal.wait_for("It is paused.");
    let first = newest_session(&home);
    terminal.submit("And the ducks?");
    terminal.wait_for("Two ducks.");
    wait_for_turns(&home, &first, 2);
    terminal.exit();

    for answer in ["Welcome back.", "And again."] {
        api.reply(Turn::text(answer));
        let mut terminal = home.claude().terminal();
        terminal.submit("Where were we?");
        terminal.wait_for(answer);
        wait_for_turns(&home, &newest_session(&home), 1);
        terminal.exit();
    }
    let record = the_record(&api.main(4));
    assert!(record.contains("count the grebes next"), "{record}");
    assert!(record.contains("the session went on after this pause"), "{record}");
    assert!(!record.contains("And the ducks?"), "{record}");
}

#[test]
#[cfg_attr(not(claude_code), ignore = "needs the real Claude Code: run tests/get-claude-code.sh")]
fn a_pause_is_resumed_in_a_fresh_context() {
    let api = Api::start();
    let home = home(&api);
    paused(&api, &home, "count the grebes next");
    let id = pause(&home)["id"].as_str().unwrap().to_owned();

    // It was taken up before; asked for, it is told again.
    for (request, answer) in [(4, "Welcome back."), (5, "And again.")] {
        api.reply(Turn::text(answer));
        let terminal = home.rejoin_terminal(&arguments(&["resume", &id]));
        let session = go_on(&home, terminal, answer);
        let request = api.main(request);
        let record = the_record(&request);
        assert!(record.contains("count the grebes next"), "{record}");
        // The old conversation is not in it.
        request.assert_absent("It is paused.");
        assert_eq!(pause(&home)["taken_up"]["by"], session);
    }
    assert_eq!(fs::read_dir(home.state().join("handovers")).unwrap().count(), 0);
}

#[test]
#[cfg_attr(not(claude_code), ignore = "needs the real Claude Code: run tests/get-claude-code.sh")]
fn what_is_handed_over_is_told_once() {
    let api = Api::start();
    let home = home(&api);
    paused(&api, &home, "count the grebes next");
    let id = pause(&home)["id"].as_str().unwrap().to_owned();
    // A session inside the session inherits the environment, not the record.
    let nested = format!(
        "claude --model {} --settings '{{\"hooks\":{{}}}}' -p 'Who am I?' </dev/null",
        crate::claude::SONNET
    );
    api.reply(Turn::bash(&nested));
    api.reply(Turn::text("Nobody."));
    api.reply(Turn::text("Welcome back."));
    let terminal = home.rejoin_terminal(&arguments(&["resume", &id]));
    go_on(&home, terminal, "Welcome back.");

    the_record(&api.main(4));
    let inside = api.main(5);
    inside.assert_once("Who am I?");
    assert_untold(&inside);
}

#[test]
#[cfg_attr(not(claude_code), ignore = "needs the real Claude Code: run tests/get-claude-code.sh")]
fn a_session_from_before_the_install_is_resumed_without_hooks() {
    let api = Api::start();
    let home = Home::new(&api);
    api.reply(write(&home, "src/heron.py"));
    api.reply(Turn::text("Three herons."));
    let mut terminal = home.claude().terminal();
    terminal.submit(HERONS);
    terminal.wait_for("Three herons.");
    let first = newest_session(&home);
    terminal.exit();

    let listed = home.rejoin(&["list", "--json"]);
    let rows: Value = serde_json::from_slice(&listed.stdout).unwrap();
    assert_eq!(rows[0]["id"], first);
    assert_eq!((&rows[0]["first_prompt"], &rows[0]["followed"]), (&HERONS.into(), &false.into()));

    api.reply(Turn::text("Welcome back."));
    let mut terminal = home.rejoin_terminal(&arguments(&["resume", &first[..8]]));
    terminal.wait_for("system prompt");
    terminal.wait_until("the prompt box is there", |screen| screen.contains('❯'));
    terminal.submit("Where were we?");
    terminal.wait_for("Welcome back.");
    terminal.exit();
    let request = api.main(3);
    let system = request.body["system"].to_string();
    assert!(system.contains("<session-record") && system.contains(HERONS), "{system}");
    request.assert_absent("Three herons.\\n");

    // Its own conversation, on demand.
    api.reply(Turn::text("And again."));
    let terminal = home.rejoin_terminal(&arguments(&["resume", "--native", &first]));
    go_on(&home, terminal, "And again.");
    assert!(api.main(4).conversation().contains("Three herons."));
}

/// A `claude` that says how it was started.
fn imitation(home: &Home) {
    fs::create_dir_all(home.path("bin")).unwrap();
    let script = "#!/bin/sh\necho \"started in $PWD\"\nfor a in \"$@\"; do echo \"[$a]\"; done\ncat \"$REJOIN_HOME\"/handovers/*.json 2>/dev/null\nexit 0\n";
    fs::write(home.path("bin/claude"), script).unwrap();
    fs::set_permissions(home.path("bin/claude"), fs::Permissions::from_mode(0o755)).unwrap();
}

fn picker(home: &Home) -> Terminal {
    imitation(home);
    for message in ["the herons are counted", "the grebes are not", "ducks, too"] {
        let output = home.rejoin(&["pause", "-m", message]);
        assert!(output.status.success());
    }
    let terminal = home.rejoin_terminal(&["resume"]);
    terminal.wait_for("Resume (3):");
    terminal
}

#[test]
fn the_picker_shows_what_there_is_and_leaves_with_escape() {
    let home = Home::new(&Api::start());
    let mut terminal = picker(&home);
    // The newest is marked, its preview comes.
    terminal.wait_for("UTC: ducks, too");
    let screen = terminal.screen();
    let marked = screen.lines().find(|line| line.starts_with("> ")).unwrap();
    assert!(marked.contains("paused") && marked.contains("ducks, too"), "{screen}");
    assert!(screen.lines().count() <= 24);
    assert!(screen.contains("Esc leave"), "{screen}");
    terminal.key(Key::Down);
    terminal.key(Key::Down);
    terminal.wait_until("the last is marked and shown", |screen| {
        let marked = screen.lines().find(|line| line.starts_with("> "));
        let shown = screen.lines().any(|line| line.contains("UTC: the herons are counted"));
        marked.is_some_and(|line| line.contains("the herons")) && shown
    });
    terminal.key(Key::Escape);
    let (screen, code) = terminal.end();
    assert_eq!((screen.trim(), code), ("", 0));
}

#[test]
fn a_search_narrows_the_picker_and_enter_resumes() {
    let home = Home::new(&Api::start());
    let mut terminal = picker(&home);
    terminal.keys("nothing like it");
    terminal.wait_for("nothing matches");
    terminal.key(Key::CtrlU);
    terminal.wait_for("Resume (3):");
    terminal.keys("GREBES main");
    terminal.wait_for("Resume (1 of 3): GREBES main");
    terminal.key(Key::Enter);
    let (screen, code) = terminal.end();
    assert_eq!(code, 0, "{screen}");
    assert!(screen.contains("--append-system-prompt"), "{screen}");
    assert!(screen.contains("the grebes are not"), "{screen}");
}
