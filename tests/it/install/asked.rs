//! What install and uninstall ask, answered on a real terminal.

use std::ffi::OsString;
use std::fs;
use std::num::NonZero;

use super::home::{EVENTS, Home};
use crate::claude::Terminal;

/// Ctrl-D, which ends the input, and Ctrl-C.
const END: &str = "\u{4}";
const INTERRUPT: &str = "\u{3}";

const RULES: &str = "settings.json? [Y/n]";
const TOLD: &str = "always the whole digest\n>";

/// `rejoin` on a terminal of 24 lines and 120 columns.
fn terminal(home: &Home, arguments: &[&str]) -> Terminal {
    let command = home.command(arguments);
    let set = command.get_envs().filter_map(|(name, value)| Some((name.into(), value?.into())));
    let mut environment: Vec<(OsString, OsString)> = set.collect();
    environment.push(("TERM".into(), "xterm-256color".into()));
    let arguments: Vec<OsString> = arguments.iter().map(OsString::from).collect();
    let size = (NonZero::new(24).unwrap(), NonZero::new(120).unwrap());
    let rejoin = env!("CARGO_BIN_EXE_rejoin");
    Terminal::start(rejoin, &arguments, &home.path("project"), &environment, size)
}

/// Installs and gives each answer once its question is there; the last screen and the exit code.
#[track_caller]
fn install(home: &Home, arguments: &[&str], answers: &[(&str, &str)]) -> (String, u32) {
    let built = home.path("../built");
    let from = ["install", "--from", built.to_str().unwrap()];
    answered(home, &[&from, arguments].concat(), answers)
}

#[track_caller]
fn answered(home: &Home, arguments: &[&str], answers: &[(&str, &str)]) -> (String, u32) {
    let mut terminal = terminal(home, arguments);
    for (question, keys) in answers {
        terminal.wait_for(question);
        terminal.keys(keys);
    }
    terminal.end()
}

#[track_caller]
fn assert_installed(home: &Home, screen: &str) {
    let settings = home.read(".claude/settings.json");
    for event in EVENTS {
        assert!(settings.contains(&format!("/rejoin-hook-{event}\"")), "{event}: {screen}");
    }
}

#[test]
fn the_rules_are_added_unless_somebody_says_no() {
    for (keys, added) in
        [("\r", true), ("y\r", true), ("YES\r", true), ("n\r", false), (END, false)]
    {
        let home = Home::new();
        let (screen, code) = install(&home, &[], &[(RULES, keys), (TOLD, "\r")]);
        assert_eq!(code, 0, "{keys:?}: {screen}");
        assert_installed(&home, &screen);
        let settings = home.read(".claude/settings.json");
        assert_eq!(settings.contains("Bash(rejoin note:*)"), added, "{keys:?}: {screen}");
    }
}

#[test]
fn what_a_session_is_told_is_chosen() {
    for (keys, chosen) in
        [("\r", None), ("n\r", Some("notice")), ("A\r", Some("always")), (END, None)]
    {
        let home = Home::new();
        let (screen, code) = install(&home, &[], &[(RULES, "y\r"), (TOLD, keys)]);
        assert_eq!(code, 0, "{keys:?}: {screen}");
        assert_installed(&home, &screen);
        let config = fs::read_to_string(home.path(".local/state/rejoin/config.toml")).ok();
        let expected = chosen.map(|chosen| format!("[inject]\ndefault = \"{chosen}\"\n"));
        assert_eq!(config, expected, "{keys:?}: {screen}");
        // It is asked once.
        let (again, code) = install(&home, &[], &[]);
        assert_eq!((code, again.contains("nothing to do")), (0, true), "{again}");
    }
}

#[test]
fn an_interrupted_install_has_changed_nothing() {
    let home = Home::new();
    home.write(".claude/settings.json", "{\n  \"model\": \"opus\"\n}\n");
    let before = home.tree();
    for answers in [&[(RULES, INTERRUPT)][..], &[(RULES, "y\r"), (TOLD, INTERRUPT)]] {
        let (screen, code) = install(&home, &[], answers);
        assert_ne!(code, 0, "{screen}");
        assert_eq!(home.tree(), before, "{screen}");
    }
}

#[test]
fn another_program_is_replaced_after_a_yes_alone() {
    let home = Home::new();
    home.executable("bin/rejoin", "#!/bin/sh\necho mine\n");
    let bin = home.path("bin");
    let ways = ["--bin-dir", bin.to_str().unwrap(), "--no-permissions", "--inject", "notice"];
    let before = home.tree();
    for keys in ["n\r", "\r", "nope\r", END, INTERRUPT] {
        let (screen, code) = install(&home, &ways, &[("Replace it? [y/N]", keys)]);
        assert_ne!(code, 0, "{keys:?}: {screen}");
        // Ctrl-C ends it at once.
        let says = keys != INTERRUPT;
        assert_eq!(screen.contains("choose another folder"), says, "{keys:?}: {screen}");
        assert_eq!(home.tree(), before, "{keys:?}: {screen}");
    }
    let (screen, code) = install(&home, &ways, &[("Replace it? [y/N]", "y\r")]);
    assert_eq!(code, 0, "{screen}");
    assert_installed(&home, &screen);
    assert_ne!(fs::read(home.path("bin/rejoin")).unwrap(), b"#!/bin/sh\necho mine\n");
}

#[test]
fn resume_logs_are_deleted_after_a_yes_alone() {
    let home = Home::new();
    home.install(&["--inject", "notice"]).ok();
    home.write(".local/state/rejoin/projects/p-1/recent.json", "{}");
    let before = home.tree();
    let purge = ["uninstall", "--purge"];
    let question = "with all resume logs? [y/N]";
    for keys in ["n\r", "\r", "nope\r", END, INTERRUPT] {
        let (screen, code) = answered(&home, &purge, &[(question, keys)]);
        assert_ne!(code, 0, "{keys:?}: {screen}");
        let says = keys != INTERRUPT;
        assert_eq!(screen.contains("nothing was changed"), says, "{keys:?}: {screen}");
        assert_eq!(home.tree(), before, "{keys:?}: {screen}");
    }
    let (screen, code) = answered(&home, &purge, &[(question, "Y\r")]);
    assert_eq!(code, 0, "{screen}");
    assert!(!home.path(".local/state/rejoin").exists(), "{screen}");
    assert!(!home.settings().exists(), "{screen}");
}
