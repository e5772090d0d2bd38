//! Many processes write to the same sessions, every sixth of them is killed at a random moment; what was
//! acknowledged is there, once, in its order.
//!
//! The oracle is outside of the processes: a hook writes one byte to the descriptor that
//! `REJOIN_ACK_FD` names once the store has returned.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::{Read, Write};
use std::os::unix::process::ExitStatusExt;
use std::path::PathBuf;
use std::process::Stdio;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use rejoin::protocol::Event;
use rejoin::store::{Session, SessionId, Store};
use serde_json::{Value, json};

use super::number;
use crate::hooks::scene::{Scene, tree};

/// Clients of one session at a time.
const CLIENTS: usize = 4;
/// Events of one client in a session. Its second and its last end a turn: the state keeps eight such ends
/// of turns that the transcript doesn't have, so that each is counted there.
const EVENTS: usize = 12;

/// What became of the events of all rounds.
#[derive(Debug, Default)]
struct Figures {
    events: AtomicUsize,
    acknowledged: AtomicUsize,
    killed: AtomicUsize,
    /// Killed before they could acknowledge, and on record nevertheless.
    unacknowledged: AtomicUsize,
    /// Left in `pending/` because the lock was not to be had in time.
    waited: AtomicUsize,
    /// How long an event takes, in microseconds, as a moving average.
    pace: AtomicU64,
}

/// One event that a client had a hook run for.
struct Sent {
    client: usize,
    name: String,
    ends_turn: bool,
    acknowledged: bool,
}

#[test]
fn what_was_acknowledged_survives_any_kill() {
    let processes = number("REJOIN_TORTURE_PROCESSES", 16);
    let events = number("REJOIN_TORTURE_EVENTS", 2_000);
    let figures = Figures::default();
    figures.pace.store(5_000, Ordering::Relaxed);
    let began = Instant::now();
    // Rounds run beside each other, each with its own project and state directory.
    std::thread::scope(|scope| {
        for lane in 0..processes.div_ceil(CLIENTS * 4) {
            let figures = &figures;
            scope.spawn(move || {
                let mut number = 0;
                while figures.events.load(Ordering::Relaxed) < events {
                    let seed = (lane * 1_000_000 + number) as u64;
                    round(figures, processes.min(CLIENTS * 4), seed);
                    number += 1;
                }
            });
        }
    });
    let took = began.elapsed();
    let read = |figure: &AtomicUsize| figure.load(Ordering::Relaxed);
    eprintln!(
        "kill torture: {processes} processes, {} events in {:.0} s ({:.0} a second), {} killed, {} \
         acknowledged: none lost, none twice, all in order; {} killed ones are on record \
         unacknowledged, {} waited for a lock in pending/",
        read(&figures.events),
        took.as_secs_f64(),
        read(&figures.events) as f64 / took.as_secs_f64(),
        read(&figures.killed),
        read(&figures.acknowledged),
        read(&figures.unacknowledged),
        read(&figures.waited),
    );
    assert!(read(&figures.killed) * 20 > events, "the kills come too late: {figures:?}");
    assert!(read(&figures.acknowledged) * 2 > events, "the kills come too early: {figures:?}");
    let least = number("REJOIN_TORTURE_KILLS", 0);
    assert!(read(&figures.killed) >= least, "fewer than {least} were killed: {figures:?}");
}

/// Some sessions, from their start to the proof.
fn round(figures: &Figures, processes: usize, seed: u64) {
    let scene = Scene::new();
    let sessions: Vec<String> = (0..processes.div_ceil(CLIENTS))
        .map(|number| format!("70721e00-0000-4000-8000-{number:012}"))
        .collect();
    for id in &sessions {
        fs::copy(scene.transcript(), transcript(&scene, id)).unwrap();
        scene.run(Event::SessionStart, &input(&scene, Event::SessionStart, id));
    }
    let sent: Vec<Vec<Sent>> = std::thread::scope(|scope| {
        let clients: Vec<_> = (0..processes)
            .map(|client| {
                let (scene, id) = (&scene, &sessions[client / CLIENTS]);
                scope.spawn(move || run_client(figures, scene, id, client, seed))
            })
            .collect();
        clients.into_iter().map(|client| client.join().unwrap()).collect()
    });
    for (number, id) in sessions.iter().enumerate() {
        let here = sent[number * CLIENTS..].iter().take(CLIENTS).flatten().collect::<Vec<_>>();
        prove(figures, &scene, id, &here);
    }
    let faults = scene.faults();
    assert_eq!(faults, Vec::<String>::new());
}

/// One after the other, as Claude Code starts the hooks of one session.
fn run_client(figures: &Figures, scene: &Scene, id: &str, client: usize, seed: u64) -> Vec<Sent> {
    let mut random = Random(seed << 8 | client as u64);
    (0..EVENTS)
        .map(|number| {
            let ends_turn = number == 1 || number == EVENTS - 1;
            let event = match (ends_turn, random.below(2)) {
                (false, _) => Event::SubagentStop,
                (true, 0) => Event::Stop,
                (true, _) => Event::StopFailure,
            };
            let name = format!("c{client:02}-{number:02}");
            let mut input = input(scene, event, id);
            input[if ends_turn { "prompt_id" } else { "agent_id" }] = json!(name);
            let acknowledged = run_hook(figures, scene, event, &input, &mut random);
            if number % 4 == 3 {
                // Others write meanwhile.
                rejoin::follow::look(&session(scene, id)).expect("a reader reads at any time");
            }
            Sent { client, name, ends_turn, acknowledged }
        })
        .collect()
}

/// Runs one hook, kills it or not; whether it acknowledged.
fn run_hook(
    figures: &Figures,
    scene: &Scene,
    event: Event,
    input: &Value,
    random: &mut Random,
) -> bool {
    let began = Instant::now();
    let mut child = scene
        .hook(event)
        // What these events print is nothing but the acknowledgement.
        .env("REJOIN_ACK_FD", "1")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // About half of them are faster than their killer: every sixth event dies.
    let victim = random.below(3) == 0;
    // A hook that was killed does not read.
    drop(child.stdin.take().unwrap().write_all(input.to_string().as_bytes()));
    if victim {
        let pace = figures.pace.load(Ordering::Relaxed);
        let moment = Duration::from_micros(random.below(pace + pace / 4));
        std::thread::sleep(moment.saturating_sub(began.elapsed()));
        child.kill().unwrap();
    }
    let mut told = Vec::new();
    child.stdout.take().unwrap().read_to_end(&mut told).unwrap();
    let mut errors = String::new();
    child.stderr.take().unwrap().read_to_string(&mut errors).unwrap();
    let status = child.wait().unwrap();
    assert_eq!(errors, "", "{}", event.name());
    let acknowledged = match &told[..] {
        b"." => true,
        b"" => false,
        _ => panic!("{} said {}", event.name(), String::from_utf8_lossy(&told)),
    };
    if status.signal() == Some(9) {
        figures.killed.fetch_add(1, Ordering::Relaxed);
    } else {
        assert_eq!(status.code(), Some(0), "{}", event.name());
        assert!(
            acknowledged,
            "{} ended without an acknowledgement: {:?}",
            event.name(),
            scene.faults()
        );
        if !victim {
            let took = began.elapsed().as_micros() as u64;
            let pace = figures.pace.load(Ordering::Relaxed);
            figures.pace.store((pace * 15 + took) / 16, Ordering::Relaxed);
        }
    }
    figures.events.fetch_add(1, Ordering::Relaxed);
    figures.acknowledged.fetch_add(usize::from(acknowledged), Ordering::Relaxed);
    acknowledged
}

/// The next hook finds all that was acknowledged, and tidies up.
fn prove(figures: &Figures, scene: &Scene, id: &str, sent: &[&Sent]) {
    let session = session(scene, id);
    figures.waited.fetch_add(session.list("pending").unwrap().len(), Ordering::Relaxed);
    let mut last = input(scene, Event::PreCompact, id);
    last["trigger"] = json!("manual");
    scene.run(Event::PreCompact, &last);
    let facts = serde_json::to_value(rejoin::follow::look(&session).unwrap()).unwrap();
    let agents = names(&facts["responses"]["agents"]["reported"], |item| &item[0]);
    let ends = names(&facts["stops"], |item| &item["prompt_id"]);
    for (found, ends_turn) in [(&agents, false), (&ends, true)] {
        let sent: Vec<_> = sent.iter().filter(|one| one.ends_turn == ends_turn).collect();
        let known: BTreeSet<_> = sent.iter().map(|sent| &sent.name).collect();
        let missing: Vec<_> = sent
            .iter()
            .filter(|sent| sent.acknowledged && !found.contains(&sent.name))
            .map(|sent| &sent.name)
            .collect();
        assert_eq!(missing, Vec::<&String>::new(), "acknowledged and lost; found {found:?}");
        let mut times: BTreeMap<&String, usize> = BTreeMap::new();
        for name in found {
            assert!(known.contains(name), "{name} was never sent");
            *times.entry(name).or_default() += 1;
        }
        times.retain(|_, times| *times > 1);
        assert_eq!(times, BTreeMap::new(), "on record more than once");
        for client in sent.iter().map(|sent| sent.client).collect::<BTreeSet<_>>() {
            let prefix = format!("c{client:02}-");
            let order: Vec<_> = found.iter().filter(|name| name.starts_with(&prefix)).collect();
            assert!(
                order.is_sorted(),
                "client {client} wrote in its order, not in this: {order:?}"
            );
        }
        let silent = sent.iter().filter(|sent| !sent.acknowledged && found.contains(&sent.name));
        figures.unacknowledged.fetch_add(silent.count(), Ordering::Relaxed);
    }
    let left: Vec<PathBuf> = tree(session.dir())
        .into_keys()
        .filter(|path| {
            let name = path.file_name().unwrap().to_string_lossy();
            // The journal itself stays, empty.
            let records = name == "journal" && path.metadata().unwrap().len() > 0;
            name.starts_with(".tmp-") || name.contains(".unreadable-") || records
        })
        .collect();
    assert_eq!(left, Vec::<PathBuf>::new(), "left behind");
    assert_eq!(session.list("pending").unwrap(), Vec::<String>::new());
}

/// The first string of each item of a list of the state.
fn names(list: &Value, name: impl Fn(&Value) -> &Value) -> Vec<String> {
    let items = list.as_array().map(Vec::as_slice).unwrap_or_default();
    items.iter().map(|item| name(item).as_str().unwrap().to_owned()).collect()
}

fn transcript(scene: &Scene, id: &str) -> PathBuf {
    scene.path(&format!("home/{id}.jsonl"))
}

fn input(scene: &Scene, event: Event, id: &str) -> Value {
    let mut input = scene.input(event);
    input["session_id"] = json!(id);
    input["transcript_path"] = json!(transcript(scene, id));
    input
}

fn session(scene: &Scene, id: &str) -> Session {
    let store = Store::open(&scene.state()).unwrap();
    let projects = store.projects().unwrap();
    projects[0].session(&SessionId::parse(id).unwrap())
}

/// SplitMix64: reproducible, without a dependency.
struct Random(u64);

impl Random {
    fn below(&mut self, most: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ mixed >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ mixed >> 31) % most.max(1)
    }
}
