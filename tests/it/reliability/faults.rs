//! Every system call of every hook fails once, in every way, or is the last thing that the hook does.
//!
//! `strace` makes the calls fail. `REJOIN_SWEEP=all` sweeps everything; otherwise every call is visited
//! with some of the faults only.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use rejoin::protocol::Event;
use rejoin::store::{SessionId, Store};
use serde_json::{Value, json};

use crate::hooks::scene::{SESSION, Scene, Stdin, executable, output, tree};

const STRACE: &str = "/usr/bin/strace";
const FAULTS: [&str; 6] =
    ["error=EIO", "error=ENOSPC", "error=EACCES", "error=EMFILE", "error=EINTR", "signal=SIGKILL"];
/// Without `REJOIN_SWEEP=all`, so many runs of each event.
const SHORT: usize = 30;
/// A session that died without a snapshot, for a start to finish.
const DEAD: &str = "dead0000-0000-4000-8000-000000000002";

/// What became of one event's runs.
#[derive(Debug, Default)]
struct Figures {
    calls: usize,
    runs: usize,
    /// Runs in which the fault came about.
    struck: usize,
    killed: usize,
    /// Nothing was changed.
    old: usize,
    /// Of those, so many left a line in the fault log.
    noted: usize,
    /// The repository could not be looked at: the event went to the project of the bare folder.
    elsewhere: usize,
}

#[test]
fn any_system_call_may_fail() {
    let usable = Command::new(STRACE).args(["-o", "/dev/null", "/bin/true"]).output();
    if !usable.is_ok_and(|output| output.status.success()) {
        eprintln!("SKIPPED: the fault sweep needs strace, and a place that lets it trace");
        return;
    }
    let all = std::env::var("REJOIN_SWEEP").is_ok_and(|text| text == "all");
    let table: Vec<(Event, Figures)> = std::thread::scope(|scope| {
        let sweeps = Event::ALL.map(|event| (event, scope.spawn(move || sweep(event, all))));
        sweeps.map(|(event, sweep)| (event, sweep.join().unwrap())).into()
    });
    eprintln!(
        "{:<18}{:>6}{:>6}{:>8}{:>8}{:>6}{:>7}{:>11}",
        "event", "calls", "runs", "struck", "killed", "old", "noted", "elsewhere"
    );
    for (event, figures) in &table {
        let Figures { calls, runs, struck, killed, old, noted, elsewhere } = figures;
        eprintln!(
            "{:<18}{calls:>6}{runs:>6}{struck:>8}{killed:>8}{old:>6}{noted:>7}{elsewhere:>11}",
            event.name()
        );
    }
    let runs: usize = table.iter().map(|(_, figures)| figures.runs).sum();
    let struck: usize = table.iter().map(|(_, figures)| figures.struck).sum();
    eprintln!("fault sweep: {struck} faults in {runs} runs");
    // A call or two come in another order now and then.
    assert!(struck * 10 > runs * 9, "the faults do not strike: {table:?}");
}

fn sweep(event: Event, all: bool) -> Figures {
    let scene = Scene::new();
    let input = prepare(&scene, event);
    let template = scene.path("template");
    copy(&scene.state(), &template);
    let calls = calls(&scene, event, &input);
    let faults: Vec<(&(String, usize), &str)> = calls
        .iter()
        .flat_map(|call| FAULTS.map(|fault| (call, fault)))
        // This one has no way to fail.
        .filter(|((call, _), fault)| call != "geteuid" || fault.starts_with("signal"))
        .collect();
    // Without a factor in common with the number of faults, so that every kind has its turn.
    let least = if all { 1 } else { faults.len() / SHORT };
    let step = (least..least + 6).find(|step| [1, 5].contains(&(step % 6))).unwrap();
    let mut figures = Figures { calls: calls.len(), ..Figures::default() };
    for ((call, number), fault) in faults.into_iter().step_by(step) {
        restore(&scene, &template);
        let about = format!("{} {call} {number} {fault}", event.name());
        strike(&scene, event, &input, (call, *number, fault), &mut figures, &about);
        recovers(&scene, event, &input, &about);
    }
    figures
}

/// A followed session with records in its journal and one that waits, and a dead one.
fn prepare(scene: &Scene, event: Event) -> Value {
    scene.follow_session();
    for event in [Event::UserPromptSubmit, Event::SubagentStop] {
        scene.run(event, &agent(scene.input(event), "kept-journal"));
    }
    let project = &Store::open(&scene.state()).unwrap().projects().unwrap()[0];
    let line = json!({
        "at": "2026-01-02T03:04:05Z", "event": "SubagentStop", "id": "kept-pending", "kind": "k", "said": null,
    });
    let session = project.session(&SessionId::parse(SESSION).unwrap());
    session.pend(line.to_string().as_bytes()).unwrap();
    // Its process, the shell, is gone.
    for event in [Event::SessionStart, Event::SubagentStop] {
        let mut input = agent(scene.input(event), "kept-dead");
        input["session_id"] = json!(DEAD);
        let mut hook = scene.hook_in(event, "\"$0\"; exit $?");
        scene.checked(event, &mut hook, Stdin::Ended(input.to_string().as_bytes()));
    }
    assert_eq!(scene.faults(), Vec::<String>::new());
    let mut input = agent(scene.input(event), "swept");
    if event == Event::SessionStart {
        input["session_id"] = json!("5e551043-0000-4000-8000-000000000003");
    }
    input
}

fn agent(mut input: Value, id: &str) -> Value {
    if input["hook_event_name"] == "SubagentStop" {
        input["agent_id"] = json!(id);
    }
    input
}

pub(super) fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let to = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &to);
        } else {
            fs::copy(entry.path(), to).unwrap();
        }
    }
}

pub(super) fn restore(scene: &Scene, template: &Path) {
    use std::os::unix::fs::PermissionsExt;
    fs::remove_dir_all(scene.state()).unwrap();
    copy(template, &scene.state());
    let folders = tree(&scene.state()).into_keys().filter(|path| path.is_dir());
    for folder in folders.chain([scene.state()]) {
        fs::set_permissions(folder, fs::Permissions::from_mode(0o700)).unwrap();
    }
}

/// Runs the hook under strace; its words and what it did.
fn trace(
    scene: &Scene,
    event: Event,
    input: &Value,
    options: &[&str],
) -> (std::process::Output, String) {
    let log = scene.path("tmp/trace");
    let mut hook = Command::new(STRACE);
    hook.args(options).arg("-o").arg(&log).arg(executable(event));
    scene.furnish(&mut hook);
    let ran = output(&mut hook, Stdin::Ended(input.to_string().as_bytes()), Duration::from_mins(2));
    let told = fs::read_to_string(&log).unwrap_or_default();
    (ran, told)
}

/// The calls after the first reading of stdin: name, and which of its name since the start.
fn calls(scene: &Scene, event: Event, input: &Value) -> Vec<(String, usize)> {
    let (ran, told) = trace(scene, event, input, &["-e", "trace=!%memory"]);
    assert!(ran.status.success(), "{ran:?}");
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    let mut read = false;
    let mut calls = Vec::new();
    for line in told.lines() {
        let Some((name, _)) = line.split_once('(') else { continue };
        if !name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_') {
            continue;
        }
        let count = counts.entry(name).or_default();
        *count += 1;
        // These two end the process, whatever they are told.
        if read && !["exit_group", "rt_sigreturn"].contains(&name) {
            calls.push((name.to_owned(), *count));
        }
        read |= line.starts_with("read(0,");
    }
    assert!(calls.len() > 15, "the trace was not understood: {told}");
    calls
}

/// One run with one fault.
fn strike(
    scene: &Scene,
    event: Event,
    input: &Value,
    (call, number, fault): (&str, usize, &str),
    figures: &mut Figures,
    about: &str,
) {
    let before = tree(&scene.state().join("projects"));
    let noted = scene.faults().len();
    let traced = format!("trace={call}");
    let inject = format!("inject={call}:{fault}:when={number}");
    let (ran, told) = trace(scene, event, input, &["-e", &traced, "-e", &inject]);
    let killed = ran.status.signal() == Some(9);
    assert!(killed || ran.status.code() == Some(0), "{about}: {:?}", ran.status);
    assert!(!killed || fault.starts_with("signal"), "{about}: killed by another");
    assert_eq!(String::from_utf8_lossy(&ran.stderr), "", "{about}: stderr");
    let stdout = String::from_utf8(ran.stdout).unwrap();
    // A hook that is killed or can't write says less than it wanted.
    if !(stdout.is_empty() || killed) {
        let reply: Value =
            serde_json::from_str(&stdout).unwrap_or_else(|e| panic!("{about}: {e}: {stdout}"));
        assert!(reply.is_object(), "{about}: {reply}");
    }
    figures.runs += 1;
    figures.struck += usize::from(killed || told.contains("(INJECTED)"));
    figures.killed += usize::from(killed);
    if tree(&scene.state().join("projects")) == before {
        figures.old += 1;
        figures.noted += usize::from(scene.faults().len() > noted);
    }
    let projects = Store::open(&scene.state()).unwrap().projects().unwrap();
    figures.elsewhere += usize::from(projects.len() > 1);
}

/// What was on record still is, once, and the next hooks work.
fn recovers(scene: &Scene, event: Event, input: &Value, about: &str) {
    holds(scene, about);
    let noted = scene.faults().len();
    scene.run(event, input);
    scene.run(Event::Stop, &scene.input(Event::Stop));
    assert_eq!(scene.faults()[noted..], [] as [String; 0], "{about}: the next hook");
    holds(scene, about);
    let left: Vec<PathBuf> = tree(scene.session("state.json").unwrap().parent().unwrap())
        .into_keys()
        .filter(|path| {
            let name = path.file_name().unwrap().to_string_lossy();
            name.starts_with(".tmp-") || name.contains(".unreadable-")
        })
        .collect();
    assert_eq!(left, Vec::<PathBuf>::new(), "{about}: left behind");
}

/// Old or new, never half.
fn holds(scene: &Scene, about: &str) {
    let projects = Store::open(&scene.state()).unwrap().projects().unwrap();
    let project = projects.iter().find(|project| project.path_of_origin().ends_with(".git"));
    let project = project.unwrap_or_else(|| panic!("{about}: the project is gone"));
    for (id, kept) in [(SESSION, &["kept-journal", "kept-pending"][..]), (DEAD, &["kept-dead"])] {
        let session = project.session(&SessionId::parse(id).unwrap());
        let contents = session.read::<Value>().unwrap_or_else(|e| panic!("{about}: {e}"));
        assert_eq!(contents.notes, Vec::<String>::new(), "{about}");
        let state = rejoin::follow::look(&session).unwrap();
        assert!(id == DEAD || state.session.human_prompts() > 0, "{about}: the facts are gone");
        let state = serde_json::to_value(&state).unwrap();
        let reported = state["responses"]["agents"]["reported"].to_string();
        for kept in kept {
            assert_eq!(reported.matches(kept).count(), 1, "{about}: {kept} in {reported}");
        }
    }
}
