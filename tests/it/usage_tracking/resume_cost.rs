//! What it costs to go on with a conversation whose prompt cache is gone.

use std::fs;

use crate::api::{Api, Turn};
use crate::claude::Home;
use crate::registration::register;
use crate::session::newest_session;

/// What the user is told.
const TOLD: &str = "the prompt cache of this conversation has likely expired";

/// A session with a full context whose last response lies a year back; its id.
fn old_session(api: &Api, home: &Home) -> String {
    register(home);
    api.reply(Turn::text("One heron.").context(190_000));
    assert_eq!(home.claude().print("How many").code, Some(0));
    let session = newest_session(home);
    for folder in fs::read_dir(home.path(".claude/projects")).unwrap().flatten() {
        let path = folder.path().join(format!("{session}.jsonl"));
        let text = fs::read_to_string(&path).unwrap();
        let at = text.find("\"timestamp\":\"").unwrap() + "\"timestamp\":\"".len();
        let year = &text[at..at + 5];
        let before = format!("{}-", year[..4].parse::<u32>().unwrap() - 1);
        let text =
            text.replace(&format!("\"timestamp\":\"{year}"), &format!("\"timestamp\":\"{before}"));
        fs::write(path, text).unwrap();
    }
    session
}

/// Resumes the session; what the user was told at its start.
fn resumed(api: &Api, home: &Home, session: &str) -> Vec<String> {
    api.reply(Turn::text("Two herons.").context(191_000));
    assert_eq!(home.claude().resume(session).print("And now").code, Some(0));
    let lines = home.transcripts().pop().unwrap().lines();
    lines
        .iter()
        .filter(|line| line["attachment"]["type"] == "hook_system_message")
        .filter_map(|line| line["attachment"]["content"].as_str().map(str::to_owned))
        .filter(|text| text.contains("prompt cache"))
        .collect()
}

#[test]
#[cfg_attr(not(claude_code), ignore = "needs the real Claude Code: run tests/get-claude-code.sh")]
fn a_costly_resume_is_told_once() {
    let api = Api::start();
    let home = Home::new(&api);
    let session = old_session(&api, &home);
    let told = resumed(&api, &home, &session);
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(told[0].contains(TOLD), "{told:?}");
    assert!(told[0].contains("its 190,000 tokens are written again, for about $0.71"), "{told:?}");
    assert!(told[0].contains("A new session with the digest of it begins with about"), "{told:?}");
    // The cache is warm now.
    assert_eq!(resumed(&api, &home, &session).len(), 1);
}

#[test]
#[cfg_attr(not(claude_code), ignore = "needs the real Claude Code: run tests/get-claude-code.sh")]
fn one_setting_switches_it_off() {
    let api = Api::start();
    let home = Home::new(&api);
    let session = old_session(&api, &home);
    fs::write(home.state().join("config.toml"), "[resume]\ntell_above_usd = 0\n").unwrap();
    assert_eq!(resumed(&api, &home, &session), Vec::<String>::new());
}
