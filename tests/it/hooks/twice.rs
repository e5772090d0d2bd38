//! The same hooks registered in the settings and by the plugin: both copies get the same bytes.

use std::fs;

use rejoin::protocol::Event;
use rejoin::settings::HOOKS;
use serde_json::{Value, json};

use super::scene::{SESSION, Scene, Stdin};

const EVENT: Event = Event::UserPromptSubmit;

/// Which registration starts a hook.
#[derive(Clone, Copy)]
enum By {
    Settings,
    Plugin,
}

fn start(scene: &Scene, by: By, event: Event, input: &Value) -> String {
    let mut hook = scene.hook(event);
    if let By::Plugin = by {
        hook.env("REJOIN_PLUGIN", "1");
    }
    scene.checked(event, &mut hook, Stdin::Ended(input.to_string().as_bytes()))
}

fn prompt(scene: &Scene, n: usize) -> Value {
    let mut input = scene.input(EVENT);
    input["prompt_id"] = json!(format!("5e551043-0000-4000-8000-00000000100{n}"));
    input["prompt"] = json!(format!("Count heron number {n}"));
    input
}

/// How often the session's journal tells of a prompt.
fn told(scene: &Scene, n: usize) -> usize {
    let Ok(projects) = fs::read_dir(scene.state().join("projects")) else { return 0 };
    let journals =
        projects.flatten().map(|p| p.path().join("sessions").join(SESSION).join("journal"));
    let needle = format!("00000000100{n}");
    let count = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).matches(&needle).count();
    journals.filter_map(|journal| fs::read(journal).ok()).map(count).sum()
}

#[test]
fn the_second_copy_does_nothing_whichever_it_is() {
    let scene = Scene::new();
    start(&scene, By::Plugin, EVENT, &prompt(&scene, 1));
    let once = told(&scene, 1);
    assert!(once > 0, "the prompt was not noted at all");
    start(&scene, By::Settings, EVENT, &prompt(&scene, 1));
    start(&scene, By::Settings, EVENT, &prompt(&scene, 2));
    start(&scene, By::Plugin, EVENT, &prompt(&scene, 2));
    assert_eq!([told(&scene, 1), told(&scene, 2)], [once, once]);
    assert_eq!(scene.faults(), Vec::<String>::new());
}

#[test]
fn of_copies_at_the_same_moment_one_goes_on() {
    let scene = Scene::new();
    start(&scene, By::Plugin, EVENT, &prompt(&scene, 0));
    let once = told(&scene, 0);
    for n in 1..10 {
        let input = prompt(&scene, n);
        // One after the other waits in its start, both run at once in between.
        std::thread::scope(|scope| {
            for by in [By::Settings, By::Plugin] {
                let (scene, input) = (&scene, &input);
                scope.spawn(move || {
                    let mut hook = scene.hook(EVENT);
                    if let By::Plugin = by {
                        hook.env("REJOIN_PLUGIN", "1");
                    }
                    super::scene::output(
                        &mut hook,
                        Stdin::Ended(input.to_string().as_bytes()),
                        std::time::Duration::from_secs(25),
                    );
                });
            }
        });
        assert_eq!(told(&scene, n), once, "prompt {n}");
    }
}

#[test]
fn the_plugin_s_very_first_event_is_left_to_the_settings() {
    let scene = Scene::new();
    let names: Vec<_> = HOOKS.iter().map(|hook| format!("/bin/{}", hook.file_name())).collect();
    fs::create_dir_all(scene.path("home/.claude")).unwrap();
    fs::write(scene.path("home/.claude/settings.json"), json!({ "hooks": names }).to_string())
        .unwrap();
    start(&scene, By::Plugin, EVENT, &prompt(&scene, 1));
    assert_eq!(told(&scene, 1), 0, "the settings' copy has it");
    start(&scene, By::Settings, EVENT, &prompt(&scene, 1));
    assert!(told(&scene, 1) > 0);
}

#[test]
fn a_start_says_what_the_settings_have_lost() {
    let scene = Scene::new();
    let settings = scene.path("home/.claude/settings.json");
    fs::create_dir_all(settings.parent().unwrap()).unwrap();
    let write = |kept: usize| {
        let names: Vec<_> =
            HOOKS.iter().take(kept).map(rejoin::settings::Hook::file_name).collect();
        fs::write(&settings, json!({ "hooks": names }).to_string()).unwrap();
    };
    let start = || scene.run(Event::SessionStart, &scene.input(Event::SessionStart));
    write(9);
    assert_eq!(start(), "", "all are there");
    write(7);
    let reply: Value = serde_json::from_str(&start()).unwrap();
    insta::assert_snapshot!(reply["systemMessage"].as_str().unwrap());
    // Never installed by us: whoever starts this hook has his reasons.
    write(0);
    assert_eq!(start(), "");
    let record = scene.path("home/.local/share/rejoin/install.json");
    fs::create_dir_all(record.parent().unwrap()).unwrap();
    fs::write(record, json!({ "settings": { settings.to_str().unwrap(): {} } }).to_string())
        .unwrap();
    assert!(start().contains("lost all hooks"), "{}", start());
}
