//! Commands that are given what does not exist.

use std::fs;

use rejoin::protocol::Event;
use serde_json::json;

use super::scene::{SESSION, Scene, tree};

/// Runs a command that must fail: one sentence on stderr, nothing on stdout, nothing changed.
#[track_caller]
fn refused(scene: &Scene, arguments: &[&str], code: i32, words: &str) {
    let before = tree(&scene.path(""));
    let ran = scene.rejoin(arguments);
    let stderr = String::from_utf8(ran.stderr).unwrap();
    assert_eq!(ran.status.code(), Some(code), "{arguments:?}: {stderr}");
    assert_eq!(String::from_utf8_lossy(&ran.stdout), "", "{arguments:?}");
    assert!(stderr.contains(words), "{arguments:?} says {stderr:?}, not {words:?}");
    if code == 1 {
        assert!(
            stderr.starts_with("rejoin: ") && stderr.trim_end().lines().count() == 1,
            "{stderr}"
        );
    }
    assert!(!stderr.contains("Error {") && !stderr.contains("panicked"), "{stderr}");
    assert_eq!(tree(&scene.path("")), before, "{arguments:?} changed something");
}

#[test]
fn what_is_not_there_is_said_in_one_sentence() {
    let scene = Scene::new();
    refused(&scene, &["show"], 1, "no session of this project is known");
    scene.follow_session();
    let mut second = scene.input(Event::SessionStart);
    second["session_id"] = json!(SESSION.replace("0001", "0002"));
    scene.run(Event::SessionStart, &second);
    // The first command finishes the session that was left.
    assert!(scene.rejoin(&["list"]).status.success());

    refused(&scene, &["show", "ffff"], 1, "no session or pause begins with `ffff`");
    refused(&scene, &["show", "../../etc/passwd"], 1, "no session or pause begins with");
    refused(&scene, &["show", "5e55"], 1, "give more of the id");
    refused(&scene, &["compose", "gone.jsonl"], 1, "can't read the transcript gone.jsonl");
    refused(&scene, &["compose", "."], 1, "not a regular file");
    for arguments in [
        &["shwo"][..],
        &["show", "a", "b"],
        &["list", "x"],
        &["--bogus"],
        &["compose"],
        &["list", "--bogus"],
    ] {
        refused(&scene, arguments, 2, "--help");
    }
}

#[test]
fn a_spoilt_state_is_said_in_one_sentence() {
    let scene = Scene::new();
    scene.follow_session();
    let state = scene.session("state.json").unwrap();
    let newer = fs::read_to_string(&state).unwrap().replacen("\"format\":1", "\"format\":99", 1);
    fs::write(&state, newer).unwrap();
    refused(&scene, &["show"], 1, "update rejoin");
    fs::remove_dir_all(scene.state()).unwrap();
    fs::write(scene.state(), "a file").unwrap();
    for arguments in [&["show"][..], &["list"], &[]] {
        refused(&scene, arguments, 1, "it is not a directory");
    }
}
