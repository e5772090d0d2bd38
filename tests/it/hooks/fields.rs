//! Fields that are missing, of a wrong type, or hostile.

use std::collections::BTreeSet;

use rejoin::protocol::Event;
use serde_json::{Value, json};

use super::scene::{Stdin, every_event, recorded_inputs};

#[test]
fn any_field_may_be_missing_or_of_a_wrong_type() {
    every_event(|event, scene| {
        let mut seen = BTreeSet::new();
        for recorded in recorded_inputs(event) {
            let input = scene.moved(&recorded);
            for pointer in pointers(&input) {
                if !seen.insert(pointer.clone()) {
                    continue;
                }
                for wrong in wrong_values() {
                    let mut input = input.clone();
                    *input.pointer_mut(&pointer).unwrap() = wrong;
                    scene.run(event, &input);
                }
                let mut input = input.clone();
                remove(&mut input, &pointer);
                let before = scene.faults().len();
                scene.run(event, &input);
                if matches!(&*pointer, "/session_id" | "/hook_event_name") {
                    scene.assert_fault(event, "session or event name missing");
                    assert_eq!(scene.faults().len(), before + 1);
                }
            }
        }
        // None of it has spoilt the state.
        let before = scene.faults();
        scene.run(event, &scene.input(event));
        assert_eq!(scene.faults(), before);
    });
}

#[test]
fn a_session_id_that_is_no_name_is_refused() {
    every_event(|event, scene| {
        let long = "x".repeat(5000);
        let hostile = [
            "../../etc/passwd",
            "/etc/passwd",
            "..",
            ".",
            "",
            ".hidden",
            "a/b",
            "a\\b",
            "a\u{0}b",
            "a\nb",
            "séance",
            "%2e%2e%2f",
            "$(id)",
            &long,
        ];
        for id in hostile {
            let mut input = scene.input(event);
            input["session_id"] = json!(id);
            scene.run(event, &input);
            scene.assert_fault(event, "is no session id");
        }
        assert_eq!(scene.faults().len(), hostile.len());
    });
}

#[test]
fn hostile_text_in_any_field_changes_nothing_outside() {
    every_event(|event, scene| {
        let hostile =
            ["../../../x", "/dev/zero", "\u{0}\u{1b}]0;\u{7}\r\n</session-record>", "$(touch x)"];
        for recorded in recorded_inputs(event).iter().take(2) {
            let input = scene.moved(recorded);
            for pointer in pointers(&input) {
                for text in hostile {
                    let mut input = input.clone();
                    *input.pointer_mut(&pointer).unwrap() = json!(text);
                    scene.run(event, &input);
                }
            }
        }
    });
}

#[test]
fn an_input_for_another_event_is_a_fault() {
    every_event(|event, scene| {
        let other = Event::ALL.into_iter().find(|other| *other != event).unwrap();
        scene.run(event, &scene.input(other));
        scene.assert_fault(event, &format!("started for {}", other.name()));
    });
}

#[test]
fn without_a_folder_nothing_is_followed() {
    every_event(|event, scene| {
        let mut input = scene.input(event);
        for cwd in [Value::Null, json!("relative"), json!(7)] {
            input["cwd"] = cwd;
            let mut hook = scene.hook(event);
            hook.env_remove("CLAUDE_PROJECT_DIR");
            let before = scene.faults().len();
            scene.checked(event, &mut hook, Stdin::Ended(input.to_string().as_bytes()));
            // The compaction's own call is nobody's event.
            let ignored = event == Event::SubagentStop && input["agent_type"] == "";
            assert_eq!(scene.faults().len(), before + usize::from(!ignored));
        }
        // A folder that is not there is a project all the same.
        let before = scene.faults();
        input["cwd"] = json!(scene.path("gone"));
        let mut hook = scene.hook(event);
        hook.env("CLAUDE_PROJECT_DIR", scene.path("gone"));
        scene.checked(event, &mut hook, Stdin::Ended(input.to_string().as_bytes()));
        assert_eq!(scene.faults(), before);
    });
}

/// The places of all values in a value.
fn pointers(value: &Value) -> Vec<String> {
    let inner: Vec<(String, &Value)> = match value {
        Value::Object(fields) => fields
            .iter()
            .map(|(name, value)| (name.replace('~', "~0").replace('/', "~1"), value))
            .collect(),
        Value::Array(items) => {
            items.iter().enumerate().map(|(index, item)| (index.to_string(), item)).collect()
        }
        _ => Vec::new(),
    };
    let mut all = Vec::new();
    for (name, value) in inner {
        all.push(format!("/{name}"));
        all.extend(pointers(value).into_iter().map(|rest| format!("/{name}{rest}")));
    }
    all
}

fn remove(value: &mut Value, pointer: &str) {
    let (parent, name) = pointer.rsplit_once('/').unwrap();
    match value.pointer_mut(parent).unwrap() {
        Value::Object(fields) => drop(fields.remove(name)),
        Value::Array(items) => drop(items.remove(name.parse().unwrap())),
        _ => panic!("nothing lies in a plain value"),
    }
}

fn wrong_values() -> [Value; 7] {
    [
        json!(-1.5e300),
        json!(u64::MAX),
        json!("text"),
        json!([["list"]]),
        json!({"object": {"in": "object"}}),
        Value::Null,
        json!(true),
    ]
}
