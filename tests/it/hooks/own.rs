//! What the user wants out of every text, in what hooks keep.

use std::fs;

use rejoin::protocol::Event;
use serde_json::json;

use super::scene::{Scene, every_event, tree};

/// A scene with a configuration, in which a session has started; then the event, with a text in every place
/// that one can stand in. Returns all that was kept.
fn kept(scene: &Scene, event: Event, config: &str) -> String {
    fs::create_dir_all(scene.state()).unwrap();
    fs::write(scene.state().join("config.toml"), config).unwrap();
    scene.run(Event::SessionStart, &scene.input(Event::SessionStart));
    let mut input = scene.input(event);
    for field in ["prompt", "last_assistant_message", "compact_summary", "session_title"] {
        input[field] = json!("count the herons for ACME as TICKET-12 says");
    }
    scene.run(event, &input);
    let files = tree(&scene.state()).into_keys().filter(|path| !path.ends_with("config.toml"));
    files.map(|path| fs::read_to_string(path).unwrap_or_default()).collect()
}

const KEEP: [Event; 4] =
    [Event::UserPromptSubmit, Event::Stop, Event::SubagentStop, Event::PostCompact];

#[test]
fn what_the_user_wants_out_reaches_no_file() {
    every_event(|event, scene| {
        let config = "[redact]\nwords = [\n  'acme', # theirs\n]\npatterns = [\"TICKET-\\\\d+\"]\n";
        let kept = kept(scene, event, config);
        assert!(!kept.contains("ACME") && !kept.contains("TICKET"), "{kept}");
        let said = kept.contains("count the herons for [redacted:own] as [redacted:own] says");
        assert_eq!(said, KEEP.contains(&event), "{kept}");
        assert_eq!(scene.faults(), Vec::<String>::new());
    });
}

#[test]
fn where_that_is_not_known_nothing_that_was_said_is_kept_or_told() {
    let broken = "[redact]\nwords = ['acme']\npatterns = ['(']\n";
    let folding = [Event::Stop, Event::PreCompact, Event::SessionEnd];
    for event in
        [Event::UserPromptSubmit, Event::SubagentStop, Event::PostCompact].iter().chain(&folding)
    {
        let scene = Scene::new();
        let kept = kept(&scene, *event, broken);
        assert!(!kept.contains("herons"), "{kept}");
        assert_eq!(scene.session("state.json"), None);
        scene.assert_fault(*event, "line 3");
        // Once it is known, the transcript has what was left.
        fs::remove_file(scene.state().join("config.toml")).unwrap();
        scene.run(Event::Stop, &scene.input(Event::Stop));
        assert!(scene.session("state.json").is_some());
    }
    let scene = Scene::new();
    scene.follow_session();
    fs::write(scene.state().join("config.toml"), broken).unwrap();
    let mut start = scene.input(Event::SessionStart);
    start["session_id"] = json!("70721e00-0000-4000-8000-000000000001");
    insta::assert_snapshot!(scene.run(Event::SessionStart, &start));
}
