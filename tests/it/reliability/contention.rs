//! Locks that are not to be had, and a clock that jumps.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use rejoin::protocol::Event;
use rejoin::store::{Project, Session, SessionId, Store, Wait};
use rustix::process::{Pid, Signal, kill_process};
use serde_json::{Value, json};

use crate::hooks::scene::{SESSION, Scene, Stdin, every_event, executable};

/// A process that holds a lock and is stopped.
struct Stopped(Child);

impl Stopped {
    fn holding(lock: &Path) -> Self {
        let mut child = Command::new("/usr/bin/flock")
            // Itself, not a child of its own: to be stopped with the lock in its hands.
            .arg("--no-fork")
            .arg(lock)
            .args(["/bin/sh", "-c", "echo held; exec sleep 1000"])
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        assert_eq!(line, "held\n");
        kill_process(Pid::from_child(&child), Signal::STOP).unwrap();
        Self(child)
    }
}

impl Drop for Stopped {
    fn drop(&mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }
}

fn project(scene: &Scene) -> Project {
    Store::open(&scene.state()).unwrap().projects().unwrap().remove(0)
}

fn session(scene: &Scene) -> Session {
    project(scene).session(&SessionId::parse(SESSION).unwrap())
}

fn reported(scene: &Scene) -> Vec<String> {
    let state = serde_json::to_value(rejoin::follow::look(&session(scene)).unwrap()).unwrap();
    let reported = state["responses"]["agents"]["reported"].as_array().cloned().unwrap_or_default();
    reported.iter().map(|item| item[0].as_str().unwrap().to_owned()).collect()
}

fn subagent(scene: &Scene, id: &str) -> Value {
    let mut input = scene.input(Event::SubagentStop);
    input["agent_id"] = json!(id);
    input
}

/// Two locks of 250 ms, session and project, with five times slack.
const DEADLINE: Duration = Duration::from_millis(2 * 250 * 5);

#[test]
fn behind_a_stopped_holder_every_event_waits_in_a_file_of_its_own() {
    if !Path::new("/usr/bin/flock").exists() {
        eprintln!("SKIPPED: needs flock (util-linux)");
        return;
    }
    every_event(|event, scene| {
        scene.follow_session();
        let pending = || session(scene).list("pending").unwrap().len();
        let holder = Stopped::holding(&session(scene).dir().join("lock"));
        let state = scene.session("state.json").unwrap();
        let before = fs::read(&state).unwrap();
        let began = Instant::now();
        scene.run(event, &scene.input(event));
        let took = began.elapsed();
        assert!(took < DEADLINE, "{} took {took:?}", event.name());
        // What is only told of at a start has nothing to keep.
        let waits = usize::from(event != Event::SessionStart);
        assert_eq!(pending(), waits, "{}", event.name());
        scene.run(Event::SubagentStop, &subagent(scene, "waited"));
        assert_eq!(pending(), waits + 1);
        assert_eq!(fs::read(&state).unwrap(), before);
        assert_eq!(
            reported(scene).iter().filter(|id| *id == "waited").count(),
            1,
            "a reader sees it"
        );
        drop(holder);
        for _ in 0..2 {
            scene.run(Event::PreCompact, &scene.input(Event::PreCompact));
            assert_eq!(pending(), 0);
            assert_eq!(reported(scene).iter().filter(|id| *id == "waited").count(), 1);
        }
    });
}

/// Whether the scene's session has taken up the pause that it was told of.
fn took_up(scene: &Scene) -> bool {
    let pauses = rejoin::follow::pause::all(&project(scene)).unwrap().0;
    pauses[0].taken_up.as_ref().is_some_and(|taken| taken.by == SESSION)
}

#[test]
fn behind_a_stopped_holder_of_the_project_an_event_is_safe_and_a_later_one_does_the_rest() {
    if !Path::new("/usr/bin/flock").exists() {
        eprintln!("SKIPPED: needs flock (util-linux)");
        return;
    }
    let scene = Scene::new();
    let paused = scene.rejoin(&["pause", "-m", "The kettle leaks."]);
    assert!(paused.status.success(), "{paused:?}");
    scene.run(Event::SessionStart, &scene.input(Event::SessionStart));
    let holder = Stopped::holding(&project(&scene).dir().join("lock"));
    for event in [Event::UserPromptSubmit, Event::Stop] {
        let began = Instant::now();
        scene.run(event, &scene.input(event));
        assert!(began.elapsed() < DEADLINE, "{}", event.name());
    }
    assert_eq!(scene.faults(), Vec::<String>::new());
    assert!(scene.session("state.json").is_some() && !took_up(&scene));
    drop(holder);
    scene.run(Event::Stop, &scene.input(Event::Stop));
    assert!(took_up(&scene));
}

#[test]
fn what_waited_stands_before_what_was_appended_after_it() {
    let scene = Scene::new();
    scene.follow_session();
    let holder = Stopped::holding(&session(&scene).dir().join("lock"));
    scene.run(Event::SubagentStop, &subagent(&scene, "first"));
    drop(holder);
    scene.run(Event::SubagentStop, &subagent(&scene, "second"));
    assert_eq!(reported(&scene), ["first", "second"]);
    scene.run(Event::PreCompact, &scene.input(Event::PreCompact));
    assert_eq!(reported(&scene), ["first", "second"]);
}

#[test]
fn on_a_file_system_without_locks_every_event_waits_and_a_fault_says_why() {
    let strace = "/usr/bin/strace";
    let usable = Command::new(strace).args(["-o", "/dev/null", "/bin/true"]).status();
    if !usable.is_ok_and(|status| status.success()) {
        eprintln!("SKIPPED: needs strace, and a place that lets it trace");
        return;
    }
    every_event(|event, scene| {
        if event == Event::SessionStart {
            return;
        }
        scene.follow_session();
        let state = scene.session("state.json").unwrap();
        let before = fs::read(&state).unwrap();
        let mut hook = Command::new(strace);
        hook.args(["-o", "/dev/null", "-e", "trace=flock", "-e", "inject=flock:error=ENOLCK"]);
        hook.arg(executable(event));
        scene.furnish(&mut hook);
        scene.checked(event, &mut hook, Stdin::Ended(scene.input(event).to_string().as_bytes()));
        assert_eq!(fs::read(&state).unwrap(), before);
        scene.assert_fault(event, "cannot lock");
        let pending = || session(scene).list("pending").unwrap().len();
        assert_eq!(pending(), 1, "{}", event.name());
        if event == Event::SubagentStop {
            assert_eq!(reported(scene).len(), 1);
        }
        // Where there are locks again it is folded in.
        let faults = scene.faults();
        scene.run(Event::PreCompact, &scene.input(Event::PreCompact));
        assert_eq!((pending(), scene.faults()), (0, faults));
        if event == Event::SubagentStop {
            assert_eq!(reported(scene).len(), 1);
        }
    });
}

/// The journal's order is the order of writing, whatever the clock said.
#[test]
fn a_clock_that_jumps_back_changes_no_order() {
    let scene = Scene::new();
    scene.follow_session();
    let record = |id: &str, at: &str| {
        json!({ "at": at, "event": "SubagentStop", "id": id, "kind": "k", "said": null })
            .to_string()
    };
    let mut lock = session(&scene).lock(Wait::Forever).unwrap();
    lock.append(record("one", "2031-01-01T00:00:00Z").as_bytes()).unwrap();
    lock.append(record("two", "2030-01-01T00:00:00Z").as_bytes()).unwrap();
    drop(lock);
    scene.run(Event::SubagentStop, &subagent(&scene, "three"));
    assert_eq!(reported(&scene), ["one", "two", "three"]);
    scene.run(Event::Stop, &scene.input(Event::Stop));
    scene.run(Event::SubagentStop, &subagent(&scene, "four"));
    assert_eq!(reported(&scene), ["one", "two", "three", "four"]);
    assert_eq!(scene.faults(), Vec::<String>::new());
}
