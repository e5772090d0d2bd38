//! The repository as a Claude Code plugin, on the real Claude Code.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::Value;

use crate::api::{Api, Turn};
use crate::claude::{Home, eventually};

/// What the plugin consists of; the rest of the repository is for those who build it.
const PARTS: [&str; 5] = [".claude-plugin", "hooks", "skills", "README.md", "LICENSE-MIT"];

/// A copy of the repository's plugin in `home`, as a clone has it.
fn checkout(home: &Home) -> PathBuf {
    let folder = home.path("a clone/rejoin");
    fs::create_dir_all(&folder).unwrap();
    for part in PARTS {
        let from = Path::new(env!("CARGO_MANIFEST_DIR")).join(part);
        let done = Command::new("cp").arg("-R").arg(from).arg(&folder).status().unwrap();
        assert!(done.success());
    }
    folder
}

/// Runs a `claude` command that asks no model.
fn claude(home: &Home, args: &[&str]) -> Output {
    Command::new(env!("CLAUDE_CODE"))
        .args(args)
        .current_dir(home.project())
        .env_clear()
        .envs(home.environment())
        .stdin(Stdio::null())
        .output()
        .expect("claude can be started")
}

#[track_caller]
fn claude_ok(home: &Home, args: &[&str]) -> String {
    let output = claude(home, args);
    let said = [output.stdout, output.stderr].concat();
    let said = String::from_utf8_lossy(&said).into_owned();
    assert!(output.status.success(), "claude {args:?}: {said}");
    said
}

/// A home in which the plugin is installed, from a marketplace that is its own repository.
fn home(api: &Api) -> Home {
    let home = Home::new(api);
    let folder = checkout(&home);
    claude_ok(&home, &["plugin", "marketplace", "add", folder.to_str().unwrap()]);
    claude_ok(&home, &["plugin", "install", "rejoin@rejoin"]);
    home
}

/// A session of one prompt in a terminal.
fn session(home: &Home, prompt: &str, answer: &str) {
    let mut terminal = home.claude().terminal();
    terminal.submit(prompt);
    terminal.wait_for(answer);
    let transcript = eventually("a transcript is there", || home.transcripts().pop());
    eventually("the turn has ended", || {
        let all = home.transcripts();
        let same = all.iter().find(|other| other.session() == transcript.session())?;
        (same.ended_turns() > 0).then_some(())
    });
    terminal.exit();
}

/// How many turns `rejoin log` knows of all sessions.
fn turns(home: &Home) -> usize {
    let listed = home.rejoin(&["list", "--json"]);
    let listed: Value = serde_json::from_slice(&listed.stdout).expect("the list is JSON");
    let sessions = listed["sessions"].as_array().or(listed.as_array()).expect("a list of sessions");
    let ids =
        sessions.iter().filter_map(|entry| entry["id"].as_str().or(entry["session"].as_str()));
    let turns = |id: &str| {
        let log = home.rejoin(&["log", id, "--json"]);
        let log = String::from_utf8_lossy(&log.stdout).into_owned();
        log.lines().filter(|line| line.contains("\"stop_reason\"")).count()
    };
    ids.map(turns).sum()
}

#[test]
fn the_plugin_is_of_this_version_and_names_every_hook() {
    let json = |name: &str| -> Value {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(name);
        serde_json::from_slice(&fs::read(path).unwrap()).unwrap()
    };
    assert_eq!(json(".claude-plugin/plugin.json")["version"], env!("CARGO_PKG_VERSION"));
    let registered = json("hooks/hooks.json");
    let events = registered["hooks"].as_object().unwrap();
    assert_eq!(events.len(), rejoin::settings::HOOKS.len());
    for hook in rejoin::settings::HOOKS {
        let entry = &events[hook.event][0]["hooks"][0];
        assert_eq!(entry["args"][1], hook.executable);
        assert_eq!(entry["timeout"], hook.timeout);
    }
}

#[test]
#[cfg_attr(not(claude_code), ignore = "needs the real Claude Code: run tests/get-claude-code.sh")]
fn the_manifest_passes_claude_code_s_strict_check() {
    let home = Home::new(&Api::start());
    let folder = checkout(&home);
    let said = claude_ok(&home, &["plugin", "validate", "--strict", folder.to_str().unwrap()]);
    assert!(said.contains("Validation passed"), "{said}");
    for event in rejoin::settings::HOOKS.map(|hook| hook.event) {
        assert!(said.contains(&format!("hooks: {event} command")), "{event}: {said}");
    }
}

#[test]
#[cfg_attr(not(claude_code), ignore = "needs the real Claude Code: run tests/get-claude-code.sh")]
fn the_plugin_follows_a_session_and_tells_the_next() {
    let api = Api::scripted([Turn::text("Three herons."), Turn::text("Welcome back.")]);
    let home = home(&api);
    let output = home.rejoin(&["install", "--no-hooks", "--no-permissions", "--yes"]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let settings = fs::read_to_string(home.settings()).unwrap();
    assert!(!settings.contains("rejoin-hook-"), "{settings}");

    session(&home, "Count the herons", "Three herons.");
    session(&home, "Where were we?", "Welcome back.");

    api.main(2).assert_once("Count the herons");
    let doctor = home.rejoin(&["doctor"]);
    let doctor = String::from_utf8_lossy(&doctor.stdout).into_owned();
    assert!(doctor.contains("by the plugin rejoin@rejoin"), "{doctor}");
}

#[test]
#[cfg_attr(not(claude_code), ignore = "needs the real Claude Code: run tests/get-claude-code.sh")]
fn plugin_and_settings_together_do_everything_once() {
    let api = Api::scripted([Turn::text("Three herons."), Turn::text("Welcome back.")]);
    let home = home(&api);
    crate::registration::register(&home);

    session(&home, "Count the herons", "Three herons.");
    session(&home, "Where were we?", "Welcome back.");

    let request = api.main(2);
    request.assert_once("Count the herons");
    assert_eq!(request.injected().len(), 1, "{}", request.conversation());
    assert_eq!(turns(&home), 2);
    let doctor = home.rejoin(&["doctor"]);
    let doctor = String::from_utf8_lossy(&doctor.stdout).into_owned();
    assert!(doctor.contains("both start the hooks"), "{doctor}");

    let fixed = home.rejoin(&["doctor", "--fix", "--yes"]);
    let said = String::from_utf8_lossy(&fixed.stdout).into_owned();
    assert!(said.contains("by the plugin rejoin@rejoin"), "{said}");
    let settings = fs::read_to_string(home.settings()).unwrap();
    assert!(!settings.contains("rejoin-hook-"), "{settings}");
}

#[test]
#[cfg_attr(not(claude_code), ignore = "needs the real Claude Code: run tests/get-claude-code.sh")]
fn without_executables_one_line_says_how_to_get_them() {
    let api = Api::scripted([Turn::text("Three herons.")]);
    let home = home(&api);

    let mut terminal = home.claude().terminal();
    terminal.wait_for("not installed");
    terminal.submit("Count the herons");
    terminal.wait_for("Three herons.");
    let screen = terminal.screen();
    terminal.exit();

    assert_eq!(screen.matches("not installed").count(), 1, "{screen}");
    for noise in ["error", "failed"] {
        assert!(!screen.contains(noise), "{noise}:\n{screen}");
    }
    assert!(!home.state().exists(), "nothing was followed");
}
