//! What a session came to is composed once, when it is over, and told by whoever starts next: as long as
//! nothing has changed that it was made from.

use std::fs;
use std::io::Write;

use rejoin::protocol::Event;
use serde_json::{Value, json};

use super::scene::Scene;

/// A session that had its turns and has ended; who starts next is told all of it.
fn ended() -> Scene {
    let scene = Scene::new();
    scene.follow_session();
    scene.run(Event::SessionEnd, &scene.input(Event::SessionEnd));
    configure(&scene, "");
    // The first start after it finishes it.
    told(&scene, 0);
    scene
}

fn configure(scene: &Scene, more: &str) {
    let text = format!("[inject]\nstartup = \"always\"\n{more}");
    fs::write(scene.state().join("config.toml"), text).unwrap();
}

/// What the next session is told.
fn told(scene: &Scene, next: u32) -> String {
    let mut input = scene.input(Event::SessionStart);
    input["source"] = json!("startup");
    input["session_id"] = json!(format!("5e551043-0000-4000-8000-00000000900{next}"));
    input["transcript_path"] = json!(scene.path("none.jsonl"));
    let reply: Value = serde_json::from_str(&scene.run(Event::SessionStart, &input)).unwrap();
    assert_eq!(scene.faults(), Vec::<String>::new());
    reply["hookSpecificOutput"]["additionalContext"].as_str().unwrap().to_owned()
}

/// What the session was asked first, and what stands in its place where the kept log is told.
const PROMPT: &str = "What is in this folder?";
const MARK: &str = "told just as it is kept";

/// Puts the mark into the kept log, in place of the prompt: texts stand there as they are, after their lengths.
fn mark(scene: &Scene) {
    let path = scene.session("composed").expect("the log is kept");
    let text = fs::read_to_string(&path).unwrap();
    assert!(text.contains(PROMPT) && PROMPT.len() == MARK.len(), "{text}");
    fs::write(path, text.replace(PROMPT, MARK)).unwrap();
}

#[test]
fn a_start_tells_the_same_with_and_without_the_kept_log() {
    let scene = ended();
    let kept = told(&scene, 1);
    fs::remove_file(scene.session("composed").unwrap()).unwrap();
    assert_eq!(kept, told(&scene, 2));
    assert!(kept.len() > 500, "{kept}");
}

#[test]
fn a_session_that_ended_is_finished_without_being_written_again() {
    for gains in [false, true] {
        let scene = Scene::new();
        scene.follow_session();
        scene.run(Event::SessionEnd, &scene.input(Event::SessionEnd));
        configure(&scene, "");
        let state = || fs::read(scene.session("state.json").unwrap()).unwrap();
        let before = state();
        if gains {
            let file = fs::File::options().append(true).open(scene.transcript());
            file.unwrap().write_all(b"{}\n").unwrap();
        }
        told(&scene, 1);
        assert_eq!(state() != before, gains, "what came after the end is folded, and nothing else");
    }
}

#[test]
fn what_became_of_the_repository_is_told_with_the_kept_log() {
    let scene = ended();
    mark(&scene);
    fs::write(scene.path("project/.git/HEAD"), "ref: refs/heads/other\n").unwrap();
    let told = told(&scene, 1);
    assert!(told.contains(MARK) && told.contains("branch is now `other`"), "{told}");
}

#[test]
fn a_kept_log_is_told_as_long_as_nothing_has_changed() {
    type Change = fn(&Scene);
    let changes: [(&str, Change); 5] = [
        ("the transcript", |scene| {
            let file = fs::File::options().append(true).open(scene.transcript());
            file.unwrap().write_all(b"{}\n").unwrap();
        }),
        ("the transcript, in place", |scene| {
            let file = fs::File::options().append(true).open(scene.transcript()).unwrap();
            file.set_modified(std::time::UNIX_EPOCH).unwrap();
        }),
        ("what is taken out", |scene| configure(scene, "[redact]\nwords = [\"Zanzibar\"]\n")),
        ("the journal", |scene| {
            scene.run(Event::SubagentStop, &scene.input(Event::SubagentStop));
        }),
        ("the build", |scene| {
            let path = scene.session("composed").unwrap();
            let text = fs::read_to_string(&path).unwrap();
            fs::write(&path, text.replacen("rejoin-build:", "rejoin-build:0", 1)).unwrap();
        }),
    ];
    for (what, change) in changes {
        let scene = ended();
        mark(&scene);
        assert!(told(&scene, 1).contains(MARK), "{what}: the kept log is told before");
        change(&scene);
        assert!(!told(&scene, 2).contains(MARK), "{what} has changed");
    }
}

#[test]
fn a_kept_log_that_is_none_is_composed_anew() {
    let scene = ended();
    let kept = told(&scene, 1);
    for broken in ["", "{}", "{}\n{}\n", "\0\0\0\0"] {
        fs::write(scene.session("composed").unwrap(), broken).unwrap();
        assert_eq!(told(&scene, 2), kept, "{broken:?}");
    }
}
