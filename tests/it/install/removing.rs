use std::fs;
use std::process::Stdio;

use insta::assert_snapshot;

use super::home::Home;
use crate::killed::{at_every_step, killing};

const SETTINGS: &str = ".claude/settings.json";

#[test]
fn an_uninstall_leaves_the_home_as_it_was() {
    let texts = [
        None,
        Some(""),
        Some("{}"),
        Some("{\r\n\t\"hooks\": {\r\n\t\t\"Stop\": [ ],\r\n\t\t\"PreToolUse\": []\r\n\t}\r\n}"),
        Some("\u{feff}{\n  \"permissions\": {\"allow\": [\"Bash(rejoin show:*)\"]}\n}\n\n"),
    ];
    let ways: [&[&str]; 3] = [&[], &["--bin-dir", "../bin"], &["--project"]];
    for text in texts {
        for arguments in ways {
            let home = Home::new();
            if let Some(text) = text {
                home.write(SETTINGS, text);
                home.write("project/.claude/settings.local.json", text);
            }
            let before = home.tree();
            home.install(arguments).ok();
            home.install(arguments).ok();
            assert_ne!(home.tree(), before);
            home.run(&["uninstall"]).ok();
            assert_eq!(home.tree(), before, "{text:?} {arguments:?}");
        }
    }
}

#[test]
fn all_projects_are_taken_back_from_anywhere() {
    let home = Home::new();
    let before = home.tree();
    home.install(&[]).ok();
    home.install(&["--project"]).ok();
    let output = home.command(&["uninstall"]).current_dir(home.path("")).output().unwrap();
    assert_snapshot!(home.ran(&output).ok().all());
    assert_eq!(home.tree(), before);
}

#[test]
fn an_uninstall_can_be_looked_at_first() {
    let home = Home::new();
    home.write(SETTINGS, "{\n  \"model\": \"opus\"\n}\n");
    home.install(&["--no-permissions", "--bin-dir", "../bin"]).ok();
    let before = home.tree();
    let shown = home.run(&["uninstall", "--dry-run", "--purge"]).ok().stdout;
    let cut = shown.find("-    \"SessionStart\"").unwrap();
    let end = shown.find("would remove").unwrap();
    assert_snapshot!(format!("{}…\n{}", &shown[..cut], &shown[end..]));
    assert_eq!(home.tree(), before);
}

#[test]
fn what_was_changed_meanwhile_stays_and_so_does_the_backup() {
    let home = Home::new();
    home.write(SETTINGS, "{\n  \"model\": \"opus\"\n}\n");
    home.install(&[]).ok();
    let text = home.read(SETTINGS).replace("\"opus\"", "\"sonnet\"");
    home.write(SETTINGS, &text);
    assert_snapshot!(home.run(&["uninstall"]).ok().all());
    assert_eq!(home.read(SETTINGS), "{\n  \"model\": \"sonnet\"\n}\n");
    assert_eq!(home.read(".claude/settings.json.rejoin-backup"), "{\n  \"model\": \"opus\"\n}\n");
}

#[test]
fn settings_that_cannot_be_edited_leave_everything_in_place() {
    let home = Home::new();
    home.install(&[]).ok();
    home.write(SETTINGS, &home.read(SETTINGS).replacen('{', "{ // mine", 1));
    let before = home.tree();
    assert_snapshot!(home.run(&["uninstall"]).all());
    assert_eq!(home.tree(), before);
}

#[test]
fn without_the_record_entries_go_and_rules_stay() {
    let home = Home::new();
    home.write(SETTINGS, "{\"a\": 1}");
    home.install(&[]).ok();
    fs::remove_file(home.path(".local/share/rejoin/install.json")).unwrap();
    home.run(&["uninstall"]).ok();
    let text = home.read(SETTINGS);
    assert!(text.starts_with("{\"a\": 1, \"permissions\": {\"allow\": [\"Read(/"), "{text}");
    assert!(!home.path(".local/share/rejoin").exists());
}

#[test]
fn a_record_that_is_damaged_or_newer_is_left_alone() {
    let home = Home::new();
    home.install(&[]).ok();
    let mut shown = Vec::new();
    for text in ["{\"format\": 2, \"unknown\": []}", "{\"format\": 1, \"settings\": 3}", "{"] {
        home.write(".local/share/rejoin/install.json", text);
        let before = home.tree();
        shown.push(home.run(&["uninstall"]).all());
        assert_eq!(home.install(&[]).code, 1);
        assert_eq!(home.tree(), before);
    }
    assert_snapshot!(shown.join("\n"));
}

#[test]
fn the_state_stays_unless_it_is_purged_and_others_files_stay_in_any_case() {
    let home = Home::new();
    let before = home.tree();
    home.install(&["--inject", "notice"]).ok();
    home.write(".local/state/rejoin/projects/p-1/recent.json", "{}");
    // All that hooks and commands keep beside the projects.
    for name in [
        "handovers/1.json",
        "hooks.log",
        "plugin",
        "retention.json",
        "skills.toml",
        "twins/0-1",
        "usage-cache-00",
        "windows/1.json",
    ] {
        home.write(&format!(".local/state/rejoin/{name}"), "");
    }
    home.write(".local/state/rejoin/mine.txt", "mine");
    let kept = home.run(&["uninstall"]).ok().all();
    assert!(home.path(".local/state/rejoin/config.toml").exists());
    let nobody = home.tree();
    let asked = home.run(&["uninstall", "--purge"]);
    assert_eq!((asked.code, home.tree()), (1, nobody), "nobody was there to say yes");
    let others = home.run(&["uninstall", "--purge", "--yes"]).ok().all();
    assert!(home.path(".local/state/rejoin/mine.txt").exists());
    assert!(!home.path(".local/state/rejoin/projects").exists());
    fs::remove_file(home.path(".local/state/rejoin/mine.txt")).unwrap();
    let purged = home.run(&["uninstall", "--purge", "--yes"]).ok().all();
    assert_snapshot!([kept, asked.all(), others, purged].join("\n\n"));
    fs::remove_dir_all(home.path(".local")).unwrap();
    assert_eq!(home.tree(), before);
}

#[test]
fn a_second_uninstall_has_nothing_to_do() {
    let home = Home::new();
    home.install(&[]).ok();
    home.run(&["uninstall"]).ok();
    let before = home.tree();
    assert_snapshot!(home.run(&["uninstall"]).ok().stdout, @"nothing to do: rejoin is not installed here");
    assert_eq!(home.tree(), before);
}

#[test]
fn a_folder_that_somebody_uses_meanwhile_stays() {
    let home = Home::new();
    home.install(&[]).ok();
    home.write(".claude/projects/x.jsonl", "{}");
    home.write(".local/share/other/file", "x");
    home.run(&["uninstall"]).ok();
    assert_snapshot!(home.listing());
}

/// The files alone: a folder that was made just before the kill is in no record yet.
fn files(home: &Home) -> Vec<(String, String)> {
    home.tree().into_iter().filter(|(_, what)| !what.ends_with("folder")).collect()
}

#[test]
fn what_a_killed_install_left_beside_the_settings_goes() {
    let home = Home::new();
    let text = "{\n  \"model\": \"opus\"\n}\n";
    home.write(SETTINGS, text);
    let before = home.tree();
    home.install(&["--bin-dir", "../bin"]).ok();
    // As if it had been killed just before it replaced the settings.
    home.write(SETTINGS, text);
    home.write(".claude/.settings.json.rejoin-a1b2c3", "{\n  \"model\"");
    assert!(home.path(".claude/settings.json.rejoin-backup").exists());
    home.run(&["uninstall"]).ok();
    assert_eq!(home.tree(), before);
}

#[test]
fn an_install_killed_at_any_step_can_be_taken_back_or_finished() {
    let text = "{\n  \"model\": \"opus\"\n}\n";
    let steps = at_every_step(|call, n| {
        let home = Home::new();
        home.write(SETTINGS, text);
        let before = files(&home);
        let mut install = killing(call, n);
        home.furnish(&mut install);
        let built = home.path("../built");
        install.args(["install", "--bin-dir", "../bin", "--from"]).arg(built);
        install.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        let killed = !install.status().unwrap().success();
        let now = home.read(SETTINGS);
        assert!(now == text || now.matches("rejoin-hook-").count() == 9, "half written: {now}");
        if n % 4 == 0 {
            home.install(&["--bin-dir", "../bin"]).ok();
            home.run(&["doctor"]).ok();
        }
        home.run(&["uninstall"]).ok();
        assert_eq!(files(&home), before, "killed at {call} {n}");
        killed
    });
    assert!(steps.is_none_or(|steps| steps > 100), "only {steps:?} steps were seen");
}
