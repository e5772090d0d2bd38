//! What is old goes: with `rejoin prune`, and by itself at a session's end.

use super::exported::paused;
use super::person::Person;
use insta::assert_snapshot;
use serde_json::{Value, json};
use std::fs;
use std::path::Path;
use std::time::{Duration, SystemTime};

/// Makes a session look as if it had been touched last so many days ago.
fn age(person: &Person, id: &str, days: u64) {
    let then = SystemTime::now() - Duration::from_hours(24 * days);
    let folder = person.project().join("sessions").join(id);
    for entry in fs::read_dir(&folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_file() {
            fs::File::options().append(true).open(path).unwrap().set_modified(then).unwrap();
        }
    }
    let at = chrono::DateTime::<chrono::Utc>::from(then);
    edit(&person.project().join("recent.json"), |recent| {
        for entry in recent["recent"]["sessions"].as_array_mut().unwrap() {
            if entry["id"] == *id {
                entry["last"] = json!(at);
                // A session that ended that long ago was finished long ago.
                entry["settled"] = json!(!entry["ended"].is_null());
            }
        }
    });
}

fn edit(path: &Path, change: impl FnOnce(&mut Value)) {
    let mut value = serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap();
    change(&mut value);
    fs::write(path, value.to_string()).unwrap();
}

/// Makes it a long time since what is old was looked for.
fn due(person: &Person) {
    edit(&person.state().join("retention.json"), |swept| {
        swept["at"] = json!("2020-01-01T00:00:00Z");
    });
}

fn sessions(person: &Person) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(person.project().join("sessions"))
        .unwrap()
        .map(|e| e.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

fn recent(person: &Person) -> Vec<String> {
    let text = fs::read_to_string(person.project().join("recent.json")).unwrap();
    let value: Value = serde_json::from_str(&text).unwrap();
    let mut ids: Vec<String> = value["recent"]["sessions"]
        .as_array()
        .unwrap()
        .iter()
        .map(|e| e["id"].as_str().unwrap().to_owned())
        .collect();
    ids.sort();
    ids
}

fn sorted<const N: usize>(ids: [&String; N]) -> Vec<String> {
    let mut ids: Vec<String> = ids.into_iter().cloned().collect();
    ids.sort();
    ids
}

#[test]
fn prune_takes_what_is_older_and_says_so() {
    let person = Person::new();
    let [old, older, young] = ["demo", "edit-session", "hello"].map(|name| person.follow(name));
    age(&person, &old, 100);
    age(&person, &older, 200);
    assert_snapshot!(plain(&person.run(&["prune", "--dry-run"]).all()));
    assert_eq!(sessions(&person).len(), 3);
    let json = person.run(&["prune", "--older-than", "21w", "--dry-run", "--json"]).json();
    assert_eq!((&json[0]["id"], json.as_array().map(Vec::len)), (&json!(older), Some(1)));
    assert_eq!((&json[0]["removed"], &json[0]["kind"]), (&json!(false), &json!("session")));
    assert_eq!(
        person.run(&["prune", "--older-than", "1d", "--keep", "2", "--json"]).json()[0]["id"],
        json!(older)
    );
    assert_eq!(sessions(&person), sorted([&old, &young]));
    person.run(&["prune", "--keep", "1"]).done();
    assert_eq!(sessions(&person), sorted([&young]));
    assert_eq!(recent(&person), sorted([&young]));
    assert_snapshot!(person.run(&["prune"]).all());
    assert_snapshot!(person.run(&["prune", "--older-than", "soon"]).stderr);
}

/// Without sizes and ids, which differ from machine to machine or change with a recording.
fn plain(text: &str) -> String {
    let words: Vec<&str> = text.split(' ').collect();
    let behind = words.iter().skip(1).copied().chain([""]);
    let words = words.iter().zip(behind).map(|(word, next)| {
        let number = word.bytes().all(|b| b.is_ascii_digit()) && !word.is_empty();
        if number && (word.len() > 2 || next.starts_with("KB")) { "NUMBER" } else { word }
    });
    words.collect::<Vec<_>>().join(" ")
}

#[test]
fn a_sessions_end_takes_away_what_is_old_once_a_day() {
    let person = Person::new();
    let [old, young] = ["demo", "edit-session"].map(|name| person.follow(name));
    age(&person, &old, 91);
    // The first end has swept today.
    let next = person.follow("hello");
    assert_eq!(sessions(&person), sorted([&old, &young, &next]));
    // A day later.
    due(&person);
    person.follow("tasks");
    assert!(!sessions(&person).contains(&old));
    assert!(sessions(&person).contains(&young));
    assert!(!recent(&person).contains(&old));
    assert_eq!(person.faults(), "");
}

#[test]
fn nothing_is_kept_longer_than_claude_code_keeps_its_own() {
    let person = Person::new();
    let old = person.follow("demo");
    age(&person, &old, 8);
    due(&person);
    person.follow("hello");
    assert!(sessions(&person).contains(&old), "90 days are the default");
    fs::create_dir_all(person.root.join("home/.claude")).unwrap();
    fs::write(person.root.join("home/.claude/settings.json"), "{\"cleanupPeriodDays\": 7}")
        .unwrap();
    due(&person);
    person.follow("edit-session");
    assert!(!sessions(&person).contains(&old));
}

#[test]
fn what_the_user_sets_counts_and_a_broken_file_deletes_nothing() {
    let person = Person::new();
    let old = person.follow("demo");
    age(&person, &old, 8);
    fs::write(person.state().join("config.toml"), "retention = \"a week\"\n").unwrap();
    due(&person);
    person.follow("hello");
    assert!(sessions(&person).contains(&old));
    assert!(person.faults().contains("config.toml"), "{}", person.faults());
    fs::write(person.state().join("config.toml"), "retention = 7\n").unwrap();
    due(&person);
    person.follow("edit-session");
    assert!(!sessions(&person).contains(&old));
}

#[test]
fn neither_a_live_session_nor_an_open_pause_is_old() {
    let person = Person::new();
    let text = fs::read_to_string(crate::fold::fixture("edit-session.jsonl")).unwrap();
    let live = person.follow_text(&text, true);
    person.run(&["pause", "-m", "wait for me"]).done();
    let pause = paused(&person);
    let mut claude = person.claude();
    person.event(&claude, "session-start", "SessionStart", &live, &json!({"source": "resume"}));
    age(&person, &live, 400);
    let file = person.project().join(format!("pauses/{pause}.json"));
    edit(&file, |pause| {
        pause["created"] = json!("2020-01-01T00:00:00Z");
    });
    assert_eq!(person.run(&["prune", "--json"]).json(), json!([]));
    assert_eq!(person.run(&["prune", "--keep", "0", "--json"]).json(), json!([]));
    claude.kill().unwrap();
    claude.wait().unwrap();
    // Put away, a pause is as old as that.
    edit(&file, |pause| {
        pause["archived"] = json!("2021-01-01T00:00:00Z");
    });
    let gone = person.run(&["prune", "--json"]).json();
    let ids: Vec<&str> =
        gone.as_array().unwrap().iter().map(|one| one["kind"].as_str().unwrap()).collect();
    assert!(ids.contains(&"pause"), "{gone}");
    assert!(!file.exists());
}

#[test]
fn what_a_killed_process_left_is_cleared_the_next_time() {
    let person = Person::new();
    let old = person.follow("demo");
    age(&person, &old, 100);
    // Killed after the folder was moved away, before it was emptied and before the entry went.
    let sessions_folder = person.project().join("sessions");
    fs::rename(sessions_folder.join(&old), sessions_folder.join(".removed-0123456789abcdef"))
        .unwrap();
    due(&person);
    let next = person.follow("hello");
    assert_eq!(sessions(&person), sorted([&next]));
    assert_eq!(recent(&person), sorted([&next]));
}
