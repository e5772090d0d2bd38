//! Closed standard streams, few descriptors, little memory, an open umask.

use std::io::Write;
use std::process::Stdio;

use rejoin::protocol::Event;

use super::scene::{Scene, Stdin, every_event, tree};

#[test]
#[cfg(unix)]
fn closed_standard_streams_are_no_reason_to_fail() {
    every_event(|event, scene| {
        let input = scene.input(event).to_string();
        for (closed, stdin) in [
            ("<&-", false),
            (">&-", true),
            ("2>&-", true),
            (">&- 2>&-", true),
            ("<&- >&- 2>&-", false),
        ] {
            let before = scene.faults().len();
            let mut hook = scene.hook_in(event, &format!("exec \"$0\" {closed}"));
            scene.checked(event, &mut hook, Stdin::Ended(input.as_bytes()));
            assert_eq!(scene.faults().len(), before + usize::from(!stdin), "{closed}");
            if !stdin {
                scene.assert_fault(event, "stdin ended after 0 bytes");
            }
        }
    });
}

#[test]
#[cfg(unix)]
fn with_one_free_descriptor_what_is_known_stays() {
    every_event(|event, scene| {
        scene.follow_session();
        let state = scene.session("state.json").unwrap();
        let before = std::fs::read(&state).unwrap();
        let input = scene.input(event).to_string();
        let mut hook = scene.hook_in(event, "ulimit -n 4; exec \"$0\"");
        scene.checked(event, &mut hook, Stdin::Ended(input.as_bytes()));
        // One is taken by the lock.
        assert_eq!(std::fs::read(&state).unwrap(), before);
        let faults = scene.faults();
        assert!(!faults.is_empty(), "{}: nothing says that it went wrong", event.name());
        // What happened waits; a start has nothing to keep.
        let waits = scene.session("pending").map_or(0, |path| path.read_dir().unwrap().count());
        assert_eq!(waits, usize::from(event != Event::SessionStart), "{}", event.name());
        scene.run(event, &scene.input(event));
        scene.run(Event::Stop, &scene.input(Event::Stop));
        assert_eq!(scene.faults(), faults);
        let waits = scene.session("pending").map_or(0, |path| path.read_dir().unwrap().count());
        assert_eq!(waits, 0, "{}: folded in", event.name());
    });
}

#[test]
#[cfg(target_os = "linux")]
fn sixty_four_megabytes_of_address_space_are_enough() {
    every_event(|event, scene| {
        let mut input = scene.input(event);
        input["prompt"] = serde_json::json!("long ".repeat(200_000));
        for input in [scene.input(event), input] {
            let mut hook = scene.hook_in(event, "ulimit -v 65536; exec \"$0\"");
            scene.checked(event, &mut hook, Stdin::Ended(input.to_string().as_bytes()));
            assert_eq!(scene.faults(), Vec::<String>::new());
        }
    });
}

/// What does not fit is a fault like any other, however much of it was read.
#[test]
#[cfg(target_os = "linux")]
fn an_input_that_does_not_fit_into_memory_is_a_fault() {
    every_event(|event, scene| {
        let mut input = scene.input(event);
        for text in ["prompt", "last_assistant_message", "compact_summary"] {
            input[text] = serde_json::json!("");
        }
        let long = "a \"long\" text\n".repeat(400_000);
        let text = match event {
            Event::UserPromptSubmit => "prompt",
            Event::PostCompact => "compact_summary",
            _ => "last_assistant_message",
        };
        input[text] = serde_json::json!(long);
        let input = input.to_string();
        let mut told = Vec::new();
        // The least that an ordinary input needs, and more than this one does.
        for megabytes in [16, 24, 40, 64] {
            let before = scene.faults().len();
            let mut hook =
                scene.hook_in(event, &format!("ulimit -v {}; exec \"$0\"", megabytes << 10));
            scene.checked(event, &mut hook, Stdin::Ended(input.as_bytes()));
            let faults = &scene.faults()[before..];
            // On a busy machine the shortest deadline may pass before so much has come.
            let late = event == Event::SessionEnd;
            match faults {
                [] => told.push(false),
                [fault] if fault.contains("no memory for an input of ") => told.push(true),
                [fault] if late && fault.contains("came in time") => {}
                _ => panic!("{}: {faults:#?}", event.name()),
            }
        }
        // One that can't even be read.
        let before = scene.faults().len();
        let larger = format!("{}{}", &input[..input.len() - 1], " ".repeat(8 << 20));
        let mut hook = scene.hook_in(event, "ulimit -v 16384; exec \"$0\"");
        scene.checked(event, &mut hook, Stdin::Ended(larger.as_bytes()));
        let faults = &scene.faults()[before..];
        let noted = |words: &str| faults.iter().any(|fault| fault.contains(words));
        let late = event == Event::SessionEnd && noted("came in time");
        assert!(late || noted("no memory for an input of "), "{}: {faults:#?}", event.name());
        assert!(event == Event::SessionEnd || told.first() == Some(&true), "{told:?}");
        assert!(event == Event::SessionEnd || told.last() == Some(&false), "{told:?}");
    });
}

#[test]
#[cfg(unix)]
fn whatever_the_umask_nobody_else_gets_in() {
    use std::os::unix::fs::PermissionsExt;
    every_event(|event, scene| {
        for event in [Event::SessionStart, Event::UserPromptSubmit, Event::Stop, event] {
            let input = scene.input(event).to_string();
            let mut hook = scene.hook_in(event, "umask 000; exec \"$0\"");
            scene.checked(event, &mut hook, Stdin::Ended(input.as_bytes()));
            // A fault, for its log.
            let mut hook = scene.hook_in(event, "umask 000; exec \"$0\"");
            scene.checked(event, &mut hook, Stdin::Ended(b"{}"));
        }
        let mut paths: Vec<_> = tree(&scene.state()).into_keys().collect();
        paths.push(scene.state());
        assert!(paths.len() > 8);
        for path in paths {
            let meta = path.symlink_metadata().unwrap();
            let mode = meta.permissions().mode() & 0o777;
            let wanted = if meta.is_dir() { 0o700 } else { 0o600 };
            assert_eq!(mode, wanted, "{}", path.display());
        }
    });
}

#[test]
#[cfg(unix)]
fn a_reply_that_nobody_reads_kills_no_hook() {
    let scene = Scene::new();
    scene.follow_session();
    let mut input = scene.input(Event::SessionStart);
    input["source"] = serde_json::json!("compact");
    let said = scene.run(Event::SessionStart, &input);
    assert!(said.contains("additionalContext"), "{said}");
    let mut hook = scene.hook(Event::SessionStart);
    let mut hook = hook.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    drop(hook.stdout.take());
    hook.stdin.take().unwrap().write_all(input.to_string().as_bytes()).unwrap();
    assert_eq!(hook.wait().unwrap().code(), Some(0));
}
