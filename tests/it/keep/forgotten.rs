//! `rejoin forget`: a real deletion.

use super::exported::paused;
use super::person::{Person, files};
use insta::assert_snapshot;
use serde_json::json;
use std::fs;

#[test]
fn nothing_of_a_forgotten_session_is_left() {
    let person = Person::new();
    // All that names a session: a pause, its window, a fault, totals, a later session that was told of it.
    let id = person.follow("demo");
    person.run(&["pause", "-m", "later"]).done();
    let other = person.follow("edit-session");
    person.run(&["usage"]).done();
    let state = person.state();
    fs::create_dir_all(state.join("windows")).unwrap();
    fs::write(state.join(format!("windows/{id}.json")), "{}").unwrap();
    fs::write(state.join("hooks.log"), format!("t Stop other\nt Stop session {id} broke\n"))
        .unwrap();
    let recent = person.project().join("recent.json");
    let mut list: serde_json::Value =
        serde_json::from_str(&fs::read_to_string(&recent).unwrap()).unwrap();
    let entries = list["recent"]["sessions"].as_array_mut().unwrap();
    let later = entries.iter_mut().find(|entry| entry["id"] == *other).unwrap();
    later["given"] = json!(id);
    later["previous"] = json!(id);
    fs::write(&recent, list.to_string()).unwrap();
    let names = |id: &str| -> Vec<String> {
        let names = |(path, bytes): &(std::path::PathBuf, Vec<u8>)| {
            path.to_string_lossy().contains(id) || String::from_utf8_lossy(bytes).contains(id)
        };
        files(&state)
            .iter()
            .filter(|file| names(file))
            .map(|(path, _)| path.display().to_string())
            .collect()
    };
    assert!(names(&id).len() > 5, "{:?}", names(&id));

    assert_snapshot!(person.run(&["forget", &id[..8]]).all());
    assert!(names(&id).len() > 5, "nobody said yes");
    assert_snapshot!(person.run(&["forget", &id[..8], "--yes"]).all());

    assert_eq!(names(&id), [""; 0]);
    assert!(person.transcript(&id).exists(), "Claude Code's own stays");
    assert!(!names(&other).is_empty());
    assert_eq!(fs::read_to_string(state.join("hooks.log")).unwrap(), "t Stop other\n");
    assert_eq!(person.run(&["forget", &id, "--yes"]).code, 1);
}

#[test]
fn a_pause_is_forgotten_alone() {
    let person = Person::new();
    let id = person.follow("demo");
    person.run(&["pause", "-m", "later"]).done();
    let pause = paused(&person);
    let json = person.run(&["forget", &pause, "--yes", "--json"]).json();
    assert_eq!(
        (&json["kind"], json["pauses"].as_array().map(Vec::len)),
        (&json!("pause"), Some(0))
    );
    assert_eq!(fs::read_dir(person.project().join("pauses")).unwrap().count(), 0);
    person.run(&["show", &id]).done();
    assert!(!person.start().contains("later"));
}

#[test]
fn a_session_that_runs_is_not_forgotten() {
    let person = Person::new();
    let text = fs::read_to_string(crate::fold::fixture("edit-session.jsonl")).unwrap();
    let id = person.follow_text(&text, true);
    let mut claude = person.claude();
    person.event(&claude, "session-start", "SessionStart", &id, &json!({"source": "resume"}));
    let ran = person.run(&["forget", &id, "--yes"]);
    claude.kill().unwrap();
    claude.wait().unwrap();
    assert_eq!(ran.code, 1);
    assert!(ran.stderr.contains("end it first"), "{}", ran.all());
    assert!(person.project().join("sessions").join(&id).exists());
}
