//! State that other versions wrote: `tests/fixtures/state/<format>` is a state directory as the first
//! program with that format left it (a session with a note, an event behind its snapshot, and a pause).

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;
use tempfile::TempDir;

const SESSION: &str = "f73ed188-f598-4ee4-927d-0cab5c96caad";

struct Home(TempDir);

impl Home {
    /// A home whose state directory is a copy of the one of a format.
    fn with_state(format: &str) -> Self {
        let home = Self(TempDir::new().unwrap());
        let from = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/state").join(format);
        copy(&from, &home.state());
        fs::create_dir(home.0.path().join("elsewhere")).unwrap();
        home
    }

    fn state(&self) -> PathBuf {
        self.0.path().join("state")
    }

    fn session(&self, name: &str) -> PathBuf {
        let mut projects = fs::read_dir(self.state().join("projects")).unwrap();
        let project = projects.next().unwrap().unwrap().path();
        project.join("sessions").join(SESSION).join(name)
    }

    fn rejoin(&self, args: &[&str]) -> Output {
        Command::new(env!("CARGO_BIN_EXE_rejoin"))
            .args(args)
            .current_dir(self.0.path().join("elsewhere"))
            .env_clear()
            .env("HOME", self.0.path())
            .env("USERPROFILE", self.0.path())
            .env("REJOIN_HOME", self.state())
            .output()
            .unwrap()
    }

    #[track_caller]
    fn told(&self, args: &[&str]) -> String {
        let output = self.rejoin(args);
        let told = String::from_utf8(output.stdout).unwrap();
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{args:?}: {told}{errors}");
        told
    }
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let target = to.join(path.file_name().unwrap());
        if path.is_dir() {
            copy(&path, &target);
        } else {
            fs::copy(&path, &target).unwrap();
        }
    }
}

/// Every file below a folder with its bytes, but for locks, which a reader may make.
fn files(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else if path.file_name().is_some_and(|name| name != "lock") {
            found.insert(path.clone(), fs::read(&path).unwrap());
        }
    }
    found
}

#[test]
fn the_state_of_every_format_is_read_whole() {
    let formats = fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/state"));
    for format in formats.unwrap() {
        let format = format.unwrap().file_name().into_string().unwrap();
        let home = Home::with_state(&format);
        let listed: Value = serde_json::from_str(&home.told(&["list", "--all", "--json"])).unwrap();
        let listed = listed.to_string();
        assert!(listed.contains(SESSION) && listed.contains("Discounts tomorrow"), "{listed}");
        let log = home.told(&["show", SESSION]);
        for part in ["total() in cart.py ignores the quantities", "Prices stay in cents", "SAVE10"]
        {
            assert!(log.contains(part), "format {format}, {part}:\n{log}");
        }
        let turns = home.told(&["log", SESSION, "--json"]);
        assert_eq!(
            turns.lines().filter(|line| line.contains("\"stop_reason\"")).count(),
            2,
            "{turns}"
        );
        let paused = home.told(&["show", "p60339a8", "--digest"]);
        assert!(paused.contains("Discounts tomorrow"), "{paused}");
    }
}

#[test]
fn what_a_newer_version_wrote_is_left_alone_and_named() {
    let home = Home::with_state("1");
    let state = home.session("state.json");
    let text = fs::read_to_string(&state).unwrap();
    assert!(text.starts_with("{\"format\":1,"), "{text}");
    fs::write(&state, text.replacen("{\"format\":1,", "{\"format\":2,", 1)).unwrap();
    let before = files(&home.state());
    let output = home.rejoin(&["show", SESSION]);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains("update rejoin"), "{said}");
    assert!(!home.rejoin(&["note", "--session", SESSION, "A thought"]).status.success());
    assert_eq!(files(&home.state()), before);
}
