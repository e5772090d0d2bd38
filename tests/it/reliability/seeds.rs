//! What the fuzz targets in `fuzz/` begin with: the recorded files, cut to pieces. `.ci/long fuzz` has it
//! written where the targets look for it.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use rejoin::follow::{Response, State};
use rejoin::skills;
use rejoin::store::{Durability, SessionId, Store, Wait};
use serde_json::{Value, json};

use crate::fold::{fixture, recorded};

/// Seeds of each target.
type Seeds = BTreeMap<&'static str, BTreeSet<Vec<u8>>>;

#[test]
fn every_fuzz_target_has_seeds() {
    let mut seeds = Seeds::new();
    seeds.insert("hook_input", inputs());
    seeds.insert("transcript_line", lines());
    seeds.insert("transcript_file", transcripts());
    seeds.insert("state_files", states());
    seeds.insert("settings_edit", settings());
    seeds.insert("front_matter", front_matter());
    seeds.insert("redaction", secrets());

    let manifest = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/Cargo.toml");
    let manifest = fs::read_to_string(manifest).unwrap();
    for (target, seeds) in &seeds {
        assert!(manifest.contains(&format!("name = \"{target}\"")), "{target} is no target");
        let bytes: usize = seeds.iter().map(Vec::len).sum();
        assert!(seeds.len() >= 3 && bytes < 4 << 20, "{target}: {} of {bytes} bytes", seeds.len());
    }
    assert_eq!(manifest.matches("[[bin]]").count(), seeds.len(), "a target without seeds");
    let Some(folder) = std::env::var_os("REJOIN_FUZZ_SEEDS") else { return };
    for (target, seeds) in seeds {
        let folder = PathBuf::from(&folder).join(target);
        fs::create_dir_all(&folder).unwrap();
        for (number, seed) in seeds.iter().enumerate() {
            fs::write(folder.join(format!("recorded-{number:03}")), seed).unwrap();
        }
    }
}

fn inputs() -> BTreeSet<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/hooks");
    let paths = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    paths.filter(|path| path.is_file()).map(|path| fs::read(path).unwrap()).collect()
}

/// The first line of each kind.
fn lines() -> BTreeSet<Vec<u8>> {
    let mut kinds = BTreeMap::new();
    for path in recorded() {
        for line in fs::read_to_string(path).unwrap().lines().filter(|line| line.len() < 8_000) {
            let json: Value = serde_json::from_str(line).unwrap_or_default();
            let part = &json["message"]["content"][0];
            let kind = [&json["type"], &json["subtype"], &part["type"], &part["name"]];
            kinds.entry(kind.map(Value::to_string)).or_insert_with(|| line.as_bytes().to_vec());
        }
    }
    kinds.into_values().collect()
}

/// Steps as the target reads them: grown in pieces, cut, replaced.
fn transcripts() -> BTreeSet<Vec<u8>> {
    let mut seeds = BTreeSet::new();
    for path in recorded() {
        // Short ones: each step is folded and kept.
        let text = fs::read_to_string(path).unwrap();
        let lines = text.split_inclusive('\n').filter(|line| line.len() < 2_000).take(8);
        let bytes: Vec<u8> = lines.flat_map(str::bytes).collect();
        let (first, second) = bytes.split_at(bytes.len() / 2);
        seeds.insert([b"a", first, b"\xffa", second].concat());
        seeds.insert([b"a", &*bytes, b"\xfft\x10\x00\xffa", second].concat());
        seeds.insert([b"a", first, b"\xffr", &*bytes].concat());
    }
    seeds
}

fn states() -> BTreeSet<Vec<u8>> {
    let names = ["tui-basic.1.jsonl", "tasks.jsonl", "subagent.jsonl", "tui-compact.jsonl"];
    names.into_iter().map(state).collect()
}

/// A session's files after some turns: snapshot, journal, response log, a record that waits.
fn state(name: &str) -> Vec<u8> {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(&folder.path().join("state")).unwrap();
    let project = store.project("app", Path::new("/home/u/app")).unwrap();
    let session = project.session(&SessionId::parse("s1").unwrap());
    let mut lock = session.lock(Wait::Forever).unwrap();
    lock.load::<State>().unwrap();
    let mut state = State::default();
    state.follow(&fixture(name), None).unwrap();
    lock.save(&state, Durability::Cached).unwrap();
    let record = |id: &str| {
        json!({
            "at": "2026-01-02T03:04:05Z", "event": "SubagentStop", "id": id, "kind": "Explore",
            "said": { "text": "found in src/heron.py" },
        })
        .to_string()
    };
    for id in ["a1", "a2"] {
        lock.append(record(id).as_bytes()).unwrap();
    }
    let response = Response { turn: "t1".into(), prompt: "Count".into(), ..Response::default() };
    lock.append_lines("responses.jsonl", &[response.line()], Durability::Cached).unwrap();
    session.pend(record("a3").as_bytes()).unwrap();
    let read = |name: &str| fs::read(session.dir().join(name)).unwrap();
    let waiting = format!("pending/{}", session.list("pending").unwrap()[0]);
    ["state.json", "journal", "responses.jsonl", &waiting].map(read).join(&0xff)
}

fn settings() -> BTreeSet<Vec<u8>> {
    let texts = [
        "",
        "{}",
        "{ }\n",
        "\u{feff}{\r\n\t\"model\": \"opus\",\r\n\t\"hooks\": {}\r\n}",
        "{\"hooks\":{\"Stop\":[ ],\"SessionEnd\":[{\"hooks\":[{\"type\":\"command\",\"command\":\"mine\"}]}]}}",
        "{\n  \"permissions\": {\"allow\": [\"Bash(ls:*)\"]},\n  \"statusLine\": {\"command\": \"x\"}\n}\n",
        "{\n  \"a\": [1, 2.5e3, \"\\u0041\\ud800\"], // mine\n}",
        "{\"hooks\": {\"Stop\": [{\"hooks\": [{\"command\": \"/x/rejoin-hook-stop\", \"args\": []}]}]}}",
    ];
    texts.map(|text| text.as_bytes().to_vec()).into()
}

fn front_matter() -> BTreeSet<Vec<u8>> {
    let skills = skills::bundled();
    let texts = skills.iter().filter_map(|skill| skill.text("SKILL.md"));
    let starts = texts.map(|text| text.as_bytes()[..text.len().min(900)].to_vec());
    let agents =
        ["---\nname: x\nskills: a, b\n---\n", "---\nskills:\n  - a\n  - b # c\nx: [1]\n---\nBody"];
    starts.chain(agents.map(|text| text.as_bytes().to_vec())).collect()
}

fn secrets() -> BTreeSet<Vec<u8>> {
    let drawn = "q7Rt2LxV9bKm4Zp8Wc3Nd6Hs1Gf5Jy0TaQe";
    let texts = [
        "password = \"§\"",
        "DB_PASSWORD=§ ./run",
        "Authorization: Bearer §",
        "https://user:§@host.example/?access_token=§&x=1",
        "curl -u me:§ https://h && mysql -p§",
        "{\\\"apiKey\\\": \\\"§\\\"}",
        "-----BEGIN PRIVATE KEY-----\n§\n§==\n-----END PRIVATE KEY-----",
        "Server=db;Password=§;Encrypt=true",
        "const token: &str = '§'; // [redacted:token]",
        "<password>§</password> name: SECRET\n  value: §",
    ];
    texts.map(|text| text.replace('§', drawn).into_bytes()).into()
}
