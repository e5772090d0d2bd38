//! What stdin holds.

use std::time::{Duration, Instant};

use rejoin::protocol::Event;
use serde_json::json;

use super::scene::{Scene, Stdin, every_event};

#[test]
fn a_stdin_that_is_left_open_is_given_up_at_the_deadline() {
    every_event(|event, scene| {
        let half = scene.input(event).to_string();
        let half = &half.as_bytes()[..half.len() / 2];
        for bytes in [&b""[..], half] {
            let start = Instant::now();
            scene.checked(event, &mut scene.hook(event), Stdin::Open(bytes));
            let least = if event == Event::SessionEnd { 1 } else { 5 };
            assert!(start.elapsed() >= Duration::from_secs(least), "given up too early");
            scene.assert_fault(event, "no complete input came in time");
        }
    });
}

#[test]
fn a_complete_value_is_enough_though_stdin_is_left_open() {
    every_event(|event, scene| {
        let start = Instant::now();
        let input = scene.input(event).to_string();
        scene.checked(event, &mut scene.hook(event), Stdin::Open(input.as_bytes()));
        // The deadline of the slow ones is 5 s, the quickest one's 1 s.
        assert!(start.elapsed() < Duration::from_secs(5), "the end of stdin was waited for");
        assert_eq!(scene.faults(), Vec::<String>::new());
    });
}

#[test]
fn input_that_is_no_event_is_a_fault() {
    every_event(|event, scene| {
        let whole = scene.input(event).to_string();
        let huge = filled(scene, event, 20 << 20);
        let deep = [&b"{\"a\":"[..]].repeat(10_000).concat();
        let nested = format!("{}1{}", "[".repeat(10_000), "]".repeat(10_000));
        let deep_field = format!("{},\"x\":{nested}}}", &whole[..whole.len() - 1]);
        let binary: Vec<u8> = (0..=255).cycle().take(100_000).collect();
        let cases: [(&[u8], &str); 9] = [
            (b"", "stdin ended after 0 bytes"),
            (&whole.as_bytes()[..whole.len() / 2], "stdin ended after"),
            (huge.as_bytes(), "no JSON object, too deep or above 16 MiB"),
            (&deep, "no JSON object, too deep or above 16 MiB"),
            (deep_field.as_bytes(), "no JSON object, too deep or above 16 MiB"),
            (&binary, "no JSON object"),
            (b"null", "no JSON object"),
            (b"{}", "the input is no event"),
            (b"{\"session_id\":}", "the input is no event"),
        ];
        for (bytes, words) in cases {
            scene.checked(event, &mut scene.hook(event), Stdin::Ended(bytes));
            let late = scene.faults().last().is_some_and(|fault| fault.contains("came in time"));
            // On a busy machine the shortest deadline may pass before so much has come.
            if !(late && event == Event::SessionEnd && bytes.len() > 1 << 20) {
                scene.assert_fault(event, words);
            }
        }
        assert_eq!(scene.faults().len(), cases.len());
    });
}

#[test]
fn input_just_below_the_bound_is_taken() {
    every_event(|event, scene| {
        // As much as the shortest deadline allows even on a busy machine.
        let bytes = if event == Event::SessionEnd { 1 << 20 } else { 15 << 20 };
        let large = filled(scene, event, bytes);
        scene.checked(event, &mut scene.hook(event), Stdin::Ended(large.as_bytes()));
        assert_eq!(scene.faults(), Vec::<String>::new());
    });
}

#[test]
fn text_that_is_no_utf_8_is_taken_with_its_bad_bytes_replaced() {
    every_event(|event, scene| {
        let mut input = scene.input(event);
        input["last_assistant_message"] = json!("before @ after");
        input["prompt"] = json!("before @ after");
        let mut bytes = input.to_string().into_bytes();
        bytes.iter_mut().filter(|byte| **byte == b'@').for_each(|byte| *byte = 0xff);
        scene.checked(event, &mut scene.hook(event), Stdin::Ended(&bytes));
        assert_eq!(scene.faults(), Vec::<String>::new());
    });
}

/// An input whose texts make it `bytes` long.
fn filled(scene: &Scene, event: Event, bytes: usize) -> String {
    let mut input = scene.input(event);
    let text = match event {
        Event::UserPromptSubmit => "prompt",
        Event::PostCompact => "compact_summary",
        Event::PostToolBatch => "tool_calls",
        _ => "last_assistant_message",
    };
    input[text] = json!("long ".repeat(bytes / 5));
    input.to_string()
}
