//! Who may speak, and a bug of our own.

use std::process::{Command, Stdio};

use rejoin::hook::{Context, Fault};
use rejoin::protocol::{Event, Reply};
use serde_json::{Value, json};

use super::scene::{SESSION, Scene, Stdin, every_event, output};
use std::time::Duration;

const NEXT: &str = "5e551043-0000-4000-8000-000000000002";

/// A session whose process died in the middle of a turn.
fn cut_off(scene: &Scene) {
    let mut claude = Command::new("/bin/cat").stdin(Stdio::piped()).spawn().unwrap();
    for event in [Event::SessionStart, Event::UserPromptSubmit] {
        let mut hook = scene.hook(event);
        hook.env("CLAUDE_PID", claude.id().to_string());
        let input = scene.input(event).to_string();
        scene.checked(event, &mut hook, Stdin::Ended(input.as_bytes()));
    }
    claude.kill().unwrap();
    claude.wait().unwrap();
}

fn next(scene: &Scene) -> Value {
    let mut input = scene.input(Event::SessionStart);
    input["session_id"] = json!(NEXT);
    input["transcript_path"] = json!(scene.path("next.jsonl"));
    input
}

#[test]
fn a_subagent_is_told_nothing() {
    let scene = Scene::new();
    cut_off(&scene);
    let mut of_subagent = next(&scene);
    of_subagent["agent_id"] = json!("a7f5b79e2d331221e");
    assert_eq!(scene.run(Event::SessionStart, &of_subagent), "");
    // The main conversation is: the silence has one reason.
    let told = scene.run(Event::SessionStart, &next(&scene));
    assert!(told.contains(SESSION), "{told}");
}

#[test]
fn events_that_must_not_speak_never_do() {
    every_event(|event, scene| {
        cut_off(scene);
        for (agent, kind) in [(Value::Null, Value::Null), (json!("a1"), json!("Explore"))] {
            let mut input = scene.input(event);
            input["agent_id"] = agent.clone();
            input["agent_type"] = kind;
            // Only SessionStart may speak; every run is checked for that.
            let told = scene.run(event, &input);
            assert!(agent.is_null() || told.is_empty(), "{told}");
        }
    });
}

#[allow(clippy::unnecessary_wraps, reason = "what every handler returns")]
fn buggy(context: &Context) -> Result<Reply, Fault> {
    assert!(context.input.event.is_empty(), "a bug of our own");
    Ok(Reply::default())
}

/// Not a test: the process that the next one starts.
#[test]
#[ignore = "started by a_panic_is_noted_and_nobody_sees_it"]
fn panicking_hook() {
    rejoin::hook::run(Event::Stop, buggy);
}

#[test]
fn a_panic_is_noted_and_nobody_sees_it() {
    let scene = Scene::new();
    let mut hook = Command::new(std::env::current_exe().unwrap());
    hook.args(["hooks::silence::panicking_hook", "--exact", "--ignored", "--nocapture"]);
    scene.furnish(&mut hook);
    let input = scene.input(Event::Stop).to_string();
    let ran = output(&mut hook, Stdin::Ended(input.as_bytes()), Duration::from_secs(25));
    assert_eq!(ran.status.code(), Some(0));
    assert_eq!(String::from_utf8_lossy(&ran.stderr), "");
    // The test runner's own line is all that was printed.
    assert_eq!(String::from_utf8_lossy(&ran.stdout).trim(), "running 1 test");
    scene.assert_fault(Event::Stop, "a bug of our own");
}
