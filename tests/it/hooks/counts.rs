//! What a hook asks of the system, counted: time is left to the benchmarks.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use rejoin::protocol::Event;
use rejoin::settings::HOOKS;
use serde_json::{Value, json};

use super::scene::{Scene, Stdin, executable, output};

/// System calls of a hook from its first look at stdin on, without those for memory: the calls
/// before depend on how the executable was linked. `None` without strace.
fn calls(scene: &Scene, event: Event) -> Option<Vec<String>> {
    Some(traced(scene, event, &scene.input(event))?.0)
}

/// The same with an input, and what the hook says.
fn traced(scene: &Scene, event: Event, input: &Value) -> Option<(Vec<String>, String)> {
    if !Path::new("/usr/bin/strace").exists() {
        eprintln!("skipped: no strace here");
        return None;
    }
    let trace = scene.path("tmp/trace");
    let mut hook = Command::new("/usr/bin/strace");
    hook.args(["-f", "-e", "trace=!%memory", "-o"]).arg(&trace).arg(executable(event));
    scene.furnish(&mut hook);
    let input = input.to_string();
    let ran = output(&mut hook, Stdin::Ended(input.as_bytes()), Duration::from_mins(1));
    assert!(ran.status.success(), "{ran:?}");
    let trace = fs::read_to_string(&trace).unwrap();
    fs::remove_file(scene.path("tmp/trace")).unwrap();
    let call = |line: &str| line.split_once(' ').map_or(line, |(_, call)| call).trim().to_owned();
    let calls = trace
        .lines()
        .map(call)
        .skip_while(|call| !call.contains("poll([{fd=0, events=POLLIN"))
        .collect();
    Some((calls, String::from_utf8(ran.stdout).unwrap()))
}

#[track_caller]
fn assert_at_most(most: usize, scene: &Scene, event: Event) {
    // The first time, folders and files are made.
    scene.run(event, &scene.input(event));
    let Some(calls) = calls(scene, event) else { return };
    assert!(calls.len() > 10, "the trace was not understood: {calls:#?}");
    assert!(
        calls.len() <= most,
        "{} makes {} system calls, not {most}:\n{}",
        event.name(),
        calls.len(),
        calls.join("\n")
    );
    let processes = calls.iter().filter(|call| {
        ["clone", "fork", "vfork", "execve", "socket", "connect"]
            .iter()
            .any(|name| call.starts_with(&format!("{name}(")))
    });
    assert_eq!(processes.collect::<Vec<_>>(), Vec::<&String>::new(), "{}", event.name());
    let syncs = calls.iter().filter(|call| call.contains("sync(")).count();
    let durable = matches!(event, Event::Stop | Event::PreCompact | Event::SessionEnd);
    assert_eq!(syncs, if durable { 2 } else { 0 }, "{}: file and folder, once", event.name());
}

#[test]
fn an_event_that_appends_makes_few_system_calls() {
    let scene = Scene::new();
    scene.follow_session();
    assert_at_most(APPEND + TAIL, &scene, Event::PostToolBatch);
    for event in [Event::StopFailure, Event::SubagentStop] {
        assert_at_most(APPEND, &scene, event);
    }
    assert_at_most(PROMPT + TAIL, &scene, Event::UserPromptSubmit);
    assert_at_most(SUMMARY, &scene, Event::PostCompact);
}

#[test]
#[cfg(target_os = "linux")]
fn an_event_of_a_followed_session_looks_at_no_file_of_the_project() {
    let inside = Scene::new();
    let outside = Scene::new();
    fs::remove_dir_all(outside.path("project/.git")).unwrap();
    for scene in [&inside, &outside] {
        scene.follow_session();
        for event in [Event::StopFailure, Event::PostToolBatch, Event::Stop, Event::PreCompact] {
            let Some(calls) = calls(scene, event) else { return };
            let project = scene.path("project");
            let named = |call: &&String| call.contains(project.to_str().unwrap());
            // The input names it.
            let looks: Vec<_> =
                calls.iter().filter(named).filter(|call| !call.starts_with("read(")).collect();
            assert_eq!(looks, Vec::<&String>::new(), "{}", event.name());
        }
    }
}

#[test]
fn an_event_that_folds_makes_few_system_calls() {
    for (event, most) in [(Event::Stop, STOP), (Event::PreCompact, FOLD), (Event::SessionEnd, END)]
    {
        let scene = Scene::new();
        scene.follow_session();
        assert_at_most(most, &scene, event);
    }
}

/// Lines that a resume log quotes lie near each other: one call each would be a third of all.
#[test]
#[cfg(target_os = "linux")]
fn quoted_lines_are_read_many_at_once() {
    let scene = Scene::new();
    scene.follow_session();
    scene.run(Event::Stop, &scene.input(Event::Stop));
    let Some(few) = calls(&scene, Event::Stop) else { return };
    let mut transcript = fs::File::options().append(true).open(scene.transcript()).unwrap();
    for number in 0..40 {
        let id = format!("toolu_edit_{number}");
        let edit = json!({"type": "tool_use", "id": id, "name": "Edit", "input": {
            "file_path": "src/part.rs", "old_string": "one", "new_string": format!("// {number}")}});
        let result = json!({"type": "tool_result", "tool_use_id": id, "content": "x".repeat(2000)});
        for (kind, block) in [("assistant", edit), ("user", result)] {
            let line = json!({"type": kind, "uuid": format!("{kind}-{number}"),
                              "message": {"content": [block]}});
            writeln!(transcript, "{line}").unwrap();
        }
    }
    scene.run(Event::Stop, &scene.input(Event::Stop));
    let log = fs::read_to_string(scene.session("resume.md").unwrap()).unwrap();
    assert!(log.matches("+// ").count() >= 20, "the edits are not quoted:\n{log}");
    let many = calls(&scene, Event::Stop).unwrap();
    assert!(many.len() <= few.len() + 6, "{} calls, {} before: {many:#?}", many.len(), few.len());
}

#[test]
fn a_start_makes_few_system_calls_and_no_process() {
    let scene = Scene::new();
    scene.follow_session();
    assert_at_most(START, &scene, Event::SessionStart);
}

/// Each file is asked for once.
#[test]
#[cfg(target_os = "linux")]
fn a_start_looks_once_at_what_it_needs() {
    let scene = Scene::new();
    scene.follow_session();
    fs::write(scene.state().join("config.toml"), "retention = 30\n").unwrap();
    let settings = scene.path("home/.claude/settings.json");
    fs::create_dir_all(settings.parent().unwrap()).unwrap();
    let hooks: Vec<String> =
        HOOKS.iter().map(|hook| format!("/bin/{}", hook.file_name())).collect();
    fs::write(&settings, json!({"hooks": hooks, "more": "x".repeat(9000)}).to_string()).unwrap();
    let Some(calls) = calls(&scene, Event::SessionStart) else { return };
    for file in ["config.toml", "settings.json", "recent.json"] {
        let open = |call: &&String| call.starts_with("open") && call.contains(file);
        let opened: Vec<_> = calls.iter().filter(open).collect();
        assert_eq!(opened.len(), 1, "{file}: {calls:#?}");
    }
    let read = calls.iter().filter(|call| call.contains("read(") && call.contains(", \"{")).count();
    assert!(read <= 5, "input, project, list, settings, and the list's start: {calls:#?}");
}

/// The recent list may have 64 sessions; a start that goes on with none of them asks for no more.
#[test]
fn a_start_asks_for_as_much_with_a_long_list() {
    let scene = Scene::new();
    scene.follow_session();
    let input = scene.input(Event::SessionStart);
    scene.run(Event::SessionStart, &input);
    let Some(few) = calls(&scene, Event::SessionStart) else { return };
    let list = scene.session("state.json").unwrap().ancestors().nth(3).unwrap().join("recent.json");
    let text = fs::read_to_string(&list).unwrap();
    let (before, behind) = text.split_once("]}}").unwrap();
    let id = |number: usize| format!("{number:08x}-0000-4000-8000-000000000000");
    let mut entries = before.to_owned();
    for number in 1..64 {
        let given = id(number + 1);
        let entry = format!(
            "{{\"id\":\"{}\",\"attended\":{},\"worktree\":\"/demo\",\
             \"started\":null,\"last\":\"2026-11-22T12:00:00Z\",\"prompts\":1,\
             \"cut_off\":false,\"settled\":true,\"about\":\"{}\",\"given\":\"{given}\"}}",
            id(number),
            // All but the newest are taken up; that is a script's.
            number > 1,
            "x".repeat(400),
        );
        entries.push(',');
        entries.push_str(&entry);
    }
    fs::write(&list, format!("{entries}]}}}}{behind}")).unwrap();
    let many = calls(&scene, Event::SessionStart).unwrap();
    assert_eq!(few.len(), many.len(), "{many:#?}");
    assert_eq!(fs::read_to_string(&list).unwrap().matches("\"id\":").count(), 64);
}

/// A session's edited files are looked at, each by one call; those of a folder that is gone by three.
#[test]
#[cfg(target_os = "linux")]
fn files_of_a_folder_that_is_gone_are_not_looked_at_one_by_one() {
    const EDITED: usize = 30;
    let scene = Scene::new();
    fs::create_dir_all(scene.path("project/parts")).unwrap();
    let mut transcript = fs::File::options().append(true).open(scene.transcript()).unwrap();
    for number in 0..EDITED {
        let path = scene.path(&format!("project/parts/{number}.rs"));
        fs::write(&path, "").unwrap();
        let id = format!("toolu_edit_{number}");
        let edit = json!({"type": "tool_use", "id": id, "name": "Edit", "input": {
            "file_path": path, "old_string": "one", "new_string": "two"}});
        let result = json!({"type": "tool_result", "tool_use_id": id, "content": "done"});
        for (kind, block) in [("assistant", edit), ("user", result)] {
            let line = json!({"type": kind, "uuid": format!("{kind}-{number}"),
                              "message": {"content": [block]}});
            writeln!(transcript, "{line}").unwrap();
        }
    }
    scene.follow_session();
    scene.run(Event::SessionEnd, &scene.input(Event::SessionEnd));
    fs::write(scene.state().join("config.toml"), "[inject]\nstartup = \"always\"\n").unwrap();
    let list = scene.session("state.json").unwrap().ancestors().nth(3).unwrap().join("recent.json");
    let before = fs::read(&list).unwrap();
    let calls = || {
        fs::write(&list, &before).unwrap();
        let mut input = scene.input(Event::SessionStart);
        input["source"] = json!("startup");
        input["session_id"] = json!("5e551043-0000-4000-8000-000000000009");
        traced(&scene, Event::SessionStart, &input)
    };
    let Some((calls_there, there)) = calls() else { return };
    assert!(!there.contains("gone:"), "{there}");
    fs::remove_dir_all(scene.path("project/parts")).unwrap();
    let (calls_gone, gone) = calls().unwrap();
    assert!(gone.contains(&format!("{} more", EDITED - 8)), "all are told to be gone: {gone}");
    let looks = |calls: &[String]| calls.iter().filter(|call| call.contains("parts")).count();
    assert_eq!((looks(&calls_there), looks(&calls_gone)), (EDITED, 2), "{calls_gone:#?}");
}

#[test]
fn nothing_depends_on_how_many_files_the_repository_has() {
    let scene = Scene::new();
    scene.follow_session();
    let mut made = 0;
    for event in [Event::UserPromptSubmit, Event::PostToolBatch, Event::Stop, Event::SessionStart] {
        scene.run(event, &scene.input(event));
        let Some(few) = calls(&scene, event) else { return };
        for _ in 0..500 {
            fs::write(scene.path(&format!("project/{made}")), "").unwrap();
            made += 1;
        }
        let many = calls(&scene, event).unwrap();
        assert_eq!(few.len(), many.len(), "{}: {many:#?}", event.name());
    }
}

#[test]
#[cfg(target_os = "linux")]
fn outside_of_a_repository_there_is_less_to_look_at() {
    let (inside, outside) = (Scene::new(), Scene::new());
    fs::remove_dir_all(outside.path("project/.git")).unwrap();
    for scene in [&inside, &outside] {
        scene.follow_session();
    }
    for event in [Event::StopFailure, Event::PostToolBatch, Event::UserPromptSubmit, Event::Stop] {
        for scene in [&inside, &outside] {
            scene.run(event, &scene.input(event));
        }
        let Some(few) = calls(&outside, event) else { return };
        // Of each folder up to the file system's root it is asked whether it is one.
        let above = outside.path("project").ancestors().count() * 3;
        let many = calls(&inside, event).unwrap();
        assert!(few.len() <= many.len() + above, "{}: {few:#?}", event.name());
    }
}

#[test]
#[cfg(target_os = "linux")]
fn the_first_prompt_alone_looks_at_the_list_of_sessions() {
    let scene = Scene::new();
    scene.run(Event::SessionStart, &scene.input(Event::SessionStart));
    let looks = |calls: &[String]| calls.iter().filter(|call| call.contains("recent.json")).count();
    let Some(first) = calls(&scene, Event::UserPromptSubmit) else { return };
    assert!(looks(&first) > 0, "{first:#?}");
    scene.run(Event::Stop, &scene.input(Event::Stop));
    let later = calls(&scene, Event::UserPromptSubmit).unwrap();
    assert_eq!(looks(&later), 0, "{later:#?}");
}

#[test]
fn nothing_depends_on_how_many_sessions_are_stored() {
    let scene = Scene::new();
    scene.follow_session();
    let state = scene.session("state.json").unwrap();
    let sessions = state.ancestors().nth(2).unwrap();
    for event in [Event::UserPromptSubmit, Event::Stop, Event::SessionStart] {
        scene.run(event, &scene.input(event));
        let Some(few) = calls(&scene, event) else { return };
        for number in 0..500 {
            let stored = sessions.join(format!("{}-{number}", event.name()));
            fs::create_dir(&stored).unwrap();
            fs::write(stored.join("state.json"), "{}").unwrap();
        }
        let many = calls(&scene, event).unwrap();
        assert_eq!(few.len(), many.len(), "{}: {many:#?}", event.name());
    }
}

/// Of a release build, whose folder `REJOIN_RELEASE` names; `.ci/run` has one when the installer was tried.
#[test]
fn executables_are_small() {
    let Some(folder) = std::env::var_os("REJOIN_RELEASE").map(PathBuf::from) else {
        eprintln!("skipped: REJOIN_RELEASE names no release build");
        return;
    };
    for event in Event::ALL {
        let built = folder.join(executable(event).file_name().unwrap());
        let size = fs::metadata(built).unwrap().len();
        let most = match event {
            Event::SessionStart => 3_790,
            // What is kept how long stands in the configuration.
            Event::SessionEnd => 3_640,
            Event::Stop | Event::PreCompact => 3_310,
            Event::UserPromptSubmit => 1_080,
            // Texts are kept: the user's own expressions are read.
            Event::SubagentStop | Event::PostCompact => 960,
            Event::PostToolBatch => 870,
            Event::StopFailure => 700,
        };
        let most = most << 10;
        assert!(size <= most, "{} has {size} bytes, not {most}", event.name());
    }
}

/// The bounds: what is made today (one of them looks for the plugin), and a few for another system's library.
const APPEND: usize = 34;
/// A look at the transcript's end: how full is the context?
const TAIL: usize = 5;
const PROMPT: usize = 40;
const SUMMARY: usize = 56;
const STOP: usize = 82;
const FOLD: usize = 82;
/// It leaves what there is to tell to whoever starts next.
const END: usize = 105;
const START: usize = 78;
