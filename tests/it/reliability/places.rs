//! Links planted at every path that is written, a state directory that goes away, little memory.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::PathBuf;

use rejoin::protocol::Event;

use super::faults::{copy, restore};
use crate::hooks::scene::{Scene, Stdin, every_event, tree};

/// `checked` looks at everything outside of the state directory after each run.
#[test]
fn a_link_at_any_path_that_is_written_leads_nowhere() {
    every_event(|event, scene| {
        scene.follow_session();
        scene.run(Event::SubagentStop, &scene.input(Event::SubagentStop));
        scene.run(Event::PostCompact, &scene.input(Event::PostCompact));
        fs::write(scene.state().join("hooks.log"), "").unwrap();
        fs::create_dir(scene.path("home/folder")).unwrap();
        fs::write(scene.path("home/file"), "theirs").unwrap();
        let template = scene.path("template");
        copy(&scene.state(), &template);
        let paths: Vec<PathBuf> = tree(&scene.state()).into_keys().collect();
        assert!(paths.len() > 8, "{paths:#?}");
        for path in paths {
            for target in ["home/folder", "home/file", "home/missing"] {
                restore(scene, &template);
                if path.is_dir() {
                    fs::remove_dir_all(&path).unwrap();
                } else {
                    fs::remove_file(&path).unwrap();
                }
                symlink(scene.path(target), &path).unwrap();
                scene.run(event, &scene.input(event));
            }
        }
    });
}

#[test]
fn a_state_directory_that_is_deleted_again_and_again_stops_nobody() {
    let scene = Scene::new();
    scene.follow_session();
    std::thread::scope(|scope| {
        for event in [Event::UserPromptSubmit, Event::Stop, Event::SubagentStop, Event::PreCompact]
        {
            let scene = &scene;
            scope.spawn(move || {
                for _ in 0..10 {
                    scene.run(event, &scene.input(event));
                    // It may not be there, or not be empty any more.
                    drop(fs::remove_dir_all(scene.state()));
                }
            });
        }
    });
    drop(fs::remove_dir_all(scene.state()));
    scene.follow_session();
}

#[test]
fn sixteen_megabytes_of_address_space_are_enough() {
    every_event(|event, scene| {
        scene.follow_session();
        let input = scene.input(event).to_string();
        let mut hook = scene.hook_in(event, "ulimit -v 16384; exec \"$0\"");
        scene.checked(event, &mut hook, Stdin::Ended(input.as_bytes()));
        assert_eq!(scene.faults(), Vec::<String>::new());
    });
}
