//! A power cut at every moment of what a Stop, a SessionEnd and a start that finishes a dead session write.

// A scene that can't be set is a failed test.
#![allow(clippy::unwrap_used, clippy::disallowed_methods)]

use super::{Context, Handle, session_end, session_start, stop, stop_failure, user_prompt_submit};
use crate::env::Env;
use crate::follow::{self, Recent, responses};
use crate::protocol::{Input, Reply};
use crate::store::disk::power::{Left, promise, record};
use crate::store::{Project, SessionId, Store};
use serde_json::json;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

const SESSION: &str = "5e551043-0000-4000-8000-000000000001";
const NEXT: &str = "5e551043-0000-4000-8000-000000000002";

/// States of each transaction that are looked at in the short form.
const SHORT: usize = 300;

struct Scene {
    temp: tempfile::TempDir,
}

impl Scene {
    fn new() -> Self {
        // In memory where it can be: nothing here depends on a real disk.
        let memory = Path::new("/dev/shm");
        let temp = if memory.is_dir() { tempfile::tempdir_in(memory) } else { tempfile::tempdir() }
            .unwrap();
        let scene = Self { temp };
        for folder in ["project", "state"] {
            fs::create_dir(scene.path(folder)).unwrap();
        }
        let recorded = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/transcripts");
        fs::copy(recorded.join("tui-basic.1.jsonl"), scene.path("transcript.jsonl")).unwrap();
        scene
    }

    fn path(&self, name: &str) -> PathBuf {
        self.temp.path().join(name)
    }

    /// Runs an event's handler in this process; `parent` is the session's.
    fn run(&self, handle: Handle, event: &str, id: &str, parent: u32) -> Reply {
        let input = json!({
            "session_id": id, "hook_event_name": event, "transcript_path": self.path("transcript.jsonl"),
            "cwd": self.path("project"), "prompt": "Count the herons", "prompt_id": "p1",
            "last_assistant_message": "Seven herons.", "source": "startup", "reason": "other",
        });
        let env = Env {
            claude_project_dir: Some(self.path("project")),
            claude_pid: Some(parent),
            attended: Some(true),
            ..Env::default()
        };
        let context = Context {
            env,
            input: Input::parse(input.to_string().as_bytes()).unwrap(),
            id: SessionId::parse(id).unwrap(),
            now: crate::clock::now(),
            store: Store::open(&self.path("state")).unwrap(),
        };
        handle(&context).unwrap()
    }

    fn project(&self) -> Project {
        Store::open(&self.path("state")).unwrap().projects().unwrap().remove(0)
    }

    /// A session that was started, prompted and stopped in this process.
    fn follow(&self) {
        self.run(session_start::handle, "SessionStart", SESSION, std::process::id());
        self.run(user_prompt_submit::handle, "UserPromptSubmit", SESSION, std::process::id());
    }

    /// Everything that may be left of `work`; each is put in the state directory's place and checked, with
    /// the transcript gone, so that nothing is made again from it.
    fn survives(&self, work: impl FnOnce(), check: impl Fn(&Self, &Left)) {
        let recording = record(&self.path("state"), work);
        let left = recording.left();
        assert!(left.len() > 20, "{}", left.len());
        let mut out = std::io::stdout();
        writeln!(out, "{} states", left.len()).unwrap();
        // Without `REJOIN_POWER=all`, evenly chosen ones.
        let all = std::env::var_os("REJOIN_POWER").is_some();
        let step = if all { 1 } else { left.len().div_ceil(SHORT) | 1 };
        fs::rename(self.path("transcript.jsonl"), self.path("moved.jsonl")).unwrap();
        for left in left.iter().step_by(step) {
            fs::remove_dir_all(self.path("state")).unwrap();
            fs::create_dir(self.path("state")).unwrap();
            left.restore(&self.path("state"));
            check(self, left);
        }
    }
}

/// What the session's files hold of it.
fn facts(scene: &Scene) -> (usize, Vec<String>) {
    let session = scene.project().session(&SessionId::parse(SESSION).unwrap());
    let state = follow::look(&session).unwrap();
    let log = session.read_file(responses::FILE).unwrap().unwrap_or_default();
    let turns = responses::Log::read(&log).sorted().into_iter().map(|record| record.turn).collect();
    (state.session.turns.len(), turns)
}

#[test]
fn a_stop_is_durable_with_the_response_log() {
    let scene = Scene::new();
    scene.follow();
    let stop = |scene: &Scene| {
        scene.run(stop::handle, "Stop", SESSION, 1);
    };
    let work = || {
        stop(&scene);
        promise();
    };
    let check = |scene: &Scene, left: &Left| {
        let (turns, log) = facts(scene);
        if left.promised == 1 {
            assert_eq!((turns, log.len()), (2, 1), "{:#?}", left.names());
        }
        stop_failure(scene);
    };
    scene.survives(work, check);
}

/// The process that the recent list names is another one's that is gone.
fn reboot(scene: &Scene) {
    let recent = scene.project().dir().join("recent.json");
    if let Ok(text) = fs::read_to_string(&recent) {
        fs::write(&recent, text.replace("\"s\":", "\"s\":1")).unwrap();
    }
}

/// The next hook works.
fn stop_failure(scene: &Scene) {
    scene.run(stop_failure::handle, "StopFailure", SESSION, 1);
    assert!(fs::read_to_string(scene.path("state/hooks.log")).is_err());
}

#[test]
fn a_session_that_has_ended_is_told_of_after_a_power_cut() {
    let scene = Scene::new();
    scene.follow();
    scene.run(stop::handle, "Stop", SESSION, std::process::id());
    let work = || {
        scene.run(session_end::handle, "SessionEnd", SESSION, std::process::id());
        promise();
    };
    scene.survives(work, |scene, left| {
        let (turns, log) = facts(scene);
        assert_eq!((turns, log.is_empty()), (2, false), "{:#?}", left.names());
        reboot(scene);
        let reply = scene.run(session_start::handle, "SessionStart", NEXT, std::process::id());
        let told = reply.context.unwrap_or_default();
        assert!(left.promised == 0 || told.contains(SESSION), "{told:?} {:#?}", left.names());
        let recent = scene.project().recent::<Recent>().unwrap().unwrap();
        assert!(recent.get(SESSION).is_some(), "{:#?}", left.names());
    });
}

#[test]
fn a_start_that_finishes_a_dead_session_endangers_nothing() {
    let scene = Scene::new();
    scene.follow();
    scene.run(stop::handle, "Stop", SESSION, std::process::id());
    reboot(&scene);
    let work = || {
        scene.run(session_start::handle, "SessionStart", NEXT, std::process::id());
    };
    scene.survives(work, |scene, left| {
        let (turns, log) = facts(scene);
        assert_eq!((turns, log.is_empty()), (2, false), "{:#?}", left.names());
    });
}
