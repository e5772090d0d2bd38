//! Transcripts that can't be read.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use rejoin::protocol::Event;
use serde_json::{Value, json};

#[cfg(unix)]
use super::places::unprivileged;
use super::scene::{Scene, Stdin, every_event};

/// Events that read the transcript.
fn reads(event: Event) -> bool {
    matches!(event, Event::Stop | Event::PreCompact | Event::SessionEnd)
}

#[test]
#[cfg(unix)]
fn a_transcript_that_can_not_be_read_loses_nothing() {
    every_event(|event, scene| {
        for (path, words) in unreadable(scene) {
            scene.follow_session();
            let before = known(scene);
            let mut input = scene.input(event);
            input["transcript_path"] = json!(path);
            scene.run(event, &input);
            if reads(event) {
                scene.assert_fault(event, &path.display().to_string());
                scene.assert_fault(event, words);
            }
            // A next session finds it as it was.
            let mut next = scene.input(Event::SessionStart);
            next["session_id"] = json!("5e551043-0000-4000-8000-000000000002");
            scene.run(Event::SessionStart, &next);
            assert_eq!(known(scene)["turns"], before["turns"], "{}", path.display());
            fs::remove_dir_all(scene.state()).unwrap();
        }
    });
}

#[test]
fn a_session_that_never_gets_a_transcript_leaves_nothing() {
    let begin = [Event::SessionStart, Event::UserPromptSubmit, Event::PostToolBatch, Event::Stop];
    for end in [Event::Stop, Event::SessionEnd] {
        let scene = Scene::new();
        fs::remove_file(scene.transcript()).unwrap();
        for event in begin.into_iter().chain([end]) {
            scene.run(event, &scene.input(event));
        }
        assert_eq!(scene.faults(), Vec::<String>::new());
        assert_eq!(scene.session(""), None);
    }
}

#[test]
fn a_transcript_that_comes_after_the_first_stop_is_followed() {
    let scene = Scene::new();
    let later = fs::read(scene.transcript()).unwrap();
    fs::remove_file(scene.transcript()).unwrap();
    for event in [Event::SessionStart, Event::UserPromptSubmit, Event::Stop] {
        scene.run(event, &scene.input(event));
    }
    fs::write(scene.transcript(), later).unwrap();
    scene.run(Event::SessionEnd, &scene.input(Event::SessionEnd));
    assert_eq!(scene.faults(), Vec::<String>::new());
    assert!(scene.session("resume.md").is_some_and(|log| log.is_file()));
}

#[test]
#[cfg(unix)]
fn a_transcript_without_permission_is_a_fault() {
    use std::os::unix::fs::PermissionsExt;
    let Some(unprivileged) = unprivileged() else { return };
    let scene = Scene::new();
    scene.follow_session();
    fs::set_permissions(scene.transcript(), fs::Permissions::from_mode(0o000)).unwrap();
    for event in Event::ALL.into_iter().filter(|event| reads(*event)) {
        let mut hook = Command::new(&unprivileged[0]);
        hook.args(&unprivileged[1..]).arg(super::scene::executable(event));
        scene.furnish(&mut hook);
        let input = scene.input(event).to_string();
        scene.checked(event, &mut hook, Stdin::Ended(input.as_bytes()));
        scene.assert_fault(event, "Permission denied");
    }
    assert!(scene.session("resume.md").is_some());
}

/// Paths of transcripts, each with what is wrong with it.
#[cfg(unix)]
fn unreadable(scene: &Scene) -> [(PathBuf, &'static str); 6] {
    let path = |name: &str| scene.path(name);
    fs::create_dir(path("folder.jsonl")).unwrap();
    assert!(Command::new("mkfifo").arg(path("fifo.jsonl")).status().unwrap().success());
    std::os::unix::fs::symlink("loop.jsonl", path("loop.jsonl")).unwrap();
    [
        (path("gone.jsonl"), "No such file"),
        (path("transcript.jsonl/inside.jsonl"), "Not a directory"),
        (path("folder.jsonl"), "not a regular file"),
        (path("fifo.jsonl"), "not a regular file"),
        (path("loop.jsonl"), "symbolic links"),
        (Path::new("/dev/zero").to_owned(), "not a regular file"),
    ]
}

/// What is known of the scene's session.
fn known(scene: &Scene) -> Value {
    let path = scene.session("state.json").expect("the session is known");
    let state: Value = serde_json::from_slice(&fs::read(path).unwrap()).unwrap();
    state["state"]["session"].clone()
}
