use std::fs;

use insta::assert_snapshot;

use super::home::{EVENTS, Home};

const SETTINGS: &str = ".claude/settings.json";

fn hooks_of(home: &Home, name: &str) -> serde_json::Value {
    serde_json::from_str::<serde_json::Value>(&home.read(name)).unwrap()["hooks"].take()
}

#[test]
fn a_dry_run_shows_every_change_and_makes_none() {
    let home = Home::new();
    home.write(SETTINGS, "{\n    \"model\": \"opus\",\n    \"hooks\": {\n        \"Stop\": [\n            {\n                \"hooks\": [{\"type\": \"command\", \"command\": \"mine\"}]\n            }\n        ]\n    }\n}\n");
    let before = home.tree();
    let shown = home.install(&["--dry-run", "--inject", "notice", "--bin-dir", "../bin"]).ok();
    assert_snapshot!(shown.all());
    assert_eq!(home.tree(), before);
}

#[test]
fn a_first_install_puts_everything_in_place() {
    let home = Home::new();
    assert_snapshot!(
        "report",
        home.install(&["--inject", "always", "--bin-dir", "../bin"]).ok().all()
    );
    assert_snapshot!("files", home.listing());
    assert_eq!(home.read(".local/state/rejoin/config.toml"), "[inject]\ndefault = \"always\"\n");
    assert_eq!(home.run(&["doctor"]).code, 0);
    let own = fs::read(env!("CARGO_BIN_EXE_rejoin")).unwrap();
    assert_eq!(fs::read(home.path("bin/rejoin")).unwrap(), own);
}

#[test]
fn the_executables_beside_rejoin_are_the_ones_installed() {
    let home = Home::new();
    home.run(&["install"]).ok();
    for event in EVENTS {
        let name = format!("rejoin-hook-{event}");
        let built = std::path::Path::new(env!("CARGO_BIN_EXE_rejoin")).with_file_name(&name);
        let there = home.path(".local/share/rejoin/bin").join(&name);
        assert_eq!(fs::read(there).unwrap(), fs::read(built).unwrap());
    }
}

#[test]
fn a_second_install_changes_nothing() {
    let home = Home::new();
    home.write(SETTINGS, "{ }");
    home.install(&["--bin-dir", "../bin"]).ok();
    let before = home.tree();
    let again = home.install(&["--bin-dir", "../bin"]).ok();
    assert_eq!(again.stdout, "nothing to do: all is installed as it should be\n");
    assert_eq!(home.tree(), before);
    assert_snapshot!(home.install(&["--dry-run"]).ok().stdout, @"nothing was changed");
}

#[test]
fn a_dropped_registration_is_put_back_without_the_built_executables() {
    let home = Home::new();
    home.install(&["--bin-dir", "../bin"]).ok();
    let before = home.tree();
    fs::write(home.settings(), "{}").unwrap();
    let mut alone = std::process::Command::new(home.path("bin/rejoin"));
    home.furnish(&mut alone);
    home.ran(&alone.arg("install").output().unwrap()).ok();
    assert_eq!(hooks_of(&home, SETTINGS).as_object().unwrap().len(), 9);
    assert!(
        home.tree().keys().eq(before
            .keys()
            .chain([&format!("{SETTINGS}.rejoin-backup")])
            .collect::<std::collections::BTreeSet<_>>())
    );
}

#[test]
fn a_new_build_replaces_the_executables() {
    let home = Home::new();
    home.install(&[]).ok();
    home.executable("../built/rejoin-hook-stop", "#!/bin/sh\n# newer\n");
    assert_snapshot!(home.install(&[]).ok().stdout);
    assert_eq!(home.read(".local/share/rejoin/bin/rejoin-hook-stop"), "#!/bin/sh\n# newer\n");
}

#[test]
fn a_moved_data_folder_is_corrected_in_place() {
    let home = Home::new();
    home.install(&[]).ok();
    let before = home.read(SETTINGS);
    let built = home.path("../built");
    let moved = home.path("elsewhere");
    let output = home
        .command(&["install", "--from", built.to_str().unwrap()])
        .env("XDG_DATA_HOME", &moved)
        .output()
        .unwrap();
    home.ran(&output).ok();
    let old = home.path(".local/share/rejoin/bin");
    let new = home.path("elsewhere/rejoin/bin");
    assert_eq!(home.read(SETTINGS), before.replace(old.to_str().unwrap(), new.to_str().unwrap()));
}

#[test]
fn claude_code_s_own_folder_may_be_elsewhere() {
    let home = Home::new();
    let built = home.path("../built");
    let output = home
        .command(&["install", "--from", built.to_str().unwrap()])
        .env("CLAUDE_CONFIG_DIR", home.path("other"))
        .output()
        .unwrap();
    home.ran(&output).ok();
    assert_eq!(hooks_of(&home, "other/settings.json").as_object().unwrap().len(), 9);
    assert!(!home.settings().exists());
}

#[test]
fn a_project_s_install_leaves_the_shared_and_the_user_s_settings_alone() {
    let home = Home::new();
    home.write(SETTINGS, "{}");
    home.write("project/.claude/settings.json", "{\"team\": true}");
    assert_snapshot!(home.install(&["--project"]).ok().all());
    assert_eq!(home.read(SETTINGS), "{}");
    assert_eq!(home.read("project/.claude/settings.json"), "{\"team\": true}");
    assert_eq!(
        hooks_of(&home, "project/.claude/settings.local.json").as_object().unwrap().len(),
        9
    );
}

#[test]
fn permission_rules_are_left_out_when_not_wanted() {
    let home = Home::new();
    home.install(&["--no-permissions"]).ok();
    assert!(!home.read(SETTINGS).contains("permissions"));
}

#[test]
fn a_doubtful_settings_file_is_refused_and_nothing_is_touched() {
    let cases = [
        "{\n  // mine\n  \"a\": 1\n}",
        "{\n  \"a\": 1,\n}\n",
        "{\n  \"hooks\": {},\n  \"hooks\": {}\n}",
        "{\n  \"hooks\": {\n    \"Stop\": [],\n    \"Stop\": []\n  }\n}",
        "{\n  \"permissions\": {\"allow\": [],\n    \"allow\": []}\n}",
        "{\n  \"hooks\": []\n}",
        "{\n  \"a\": 1",
    ];
    let mut shown = Vec::new();
    for text in cases {
        let home = Home::new();
        home.write(SETTINGS, text);
        let before = home.tree();
        for arguments in [&[][..], &["--dry-run"]] {
            let ran = home.install(arguments);
            assert_eq!(ran.code, 1, "{}", ran.all());
            assert_eq!(home.tree(), before, "{text}");
            if !arguments.is_empty() {
                continue;
            }
            shown.push(ran.all());
        }
    }
    assert_snapshot!(shown.join("\n"));
}

#[test]
fn what_is_no_config_is_refused_before_anything_is_done() {
    let home = Home::new();
    home.write(".local/state/rejoin/config.toml", "[inject\n");
    let before = home.tree();
    assert_snapshot!(home.install(&["--inject", "auto"]).all());
    assert_eq!(home.tree(), before);
}

#[test]
#[cfg(unix)]
fn a_linked_read_only_dotfile_stays_one() {
    let home = Home::new();
    let text = "{\n\t\"model\": \"opus\"\n}";
    home.write("dotfiles/claude.json", text);
    home.mode("dotfiles/claude.json", 0o400);
    fs::create_dir(home.path(".claude")).unwrap();
    std::os::unix::fs::symlink("../dotfiles/claude.json", home.settings()).unwrap();
    let before = home.tree();
    home.install(&[]).ok();
    let after = home.tree();
    assert_eq!(after[SETTINGS], before[SETTINGS], "still the same link");
    assert!(
        after["dotfiles/claude.json"]
            .starts_with("400 {\n\t\"model\": \"opus\",\n\t\"hooks\": {\n\t\t\"SessionStart\"")
    );
    assert_eq!(after[&format!("{SETTINGS}.rejoin-backup")], format!("400 {text}"));
    home.run(&["uninstall"]).ok();
    assert_eq!(home.tree(), before);
}

#[test]
fn an_old_claude_code_is_refused() {
    let home = Home::new();
    home.claude("2.1.112 (Claude Code)");
    let before = home.tree();
    assert_snapshot!(home.install(&[]).all());
    assert_eq!(home.install(&["--dry-run"]).code, 1);
    assert_eq!(home.tree(), before);
    home.claude("2.1.139 (Claude Code)");
    home.install(&[]).ok();
}

#[test]
fn a_claude_code_that_does_not_tell_its_version_is_no_reason_to_stop() {
    let home = Home::new();
    home.claude("hello");
    let odd = home.install(&["--dry-run"]).ok().stdout;
    fs::remove_file(home.path("../path/claude")).unwrap();
    let none = home.install(&["--dry-run"]).ok().stdout;
    let first = |text: &str| text.lines().next().unwrap().to_owned();
    assert_snapshot!([first(&odd), first(&none)].join("\n"));
}

#[test]
fn executables_that_are_not_there_are_named() {
    let home = Home::new();
    fs::remove_file(home.path("../built/rejoin-hook-stop")).unwrap();
    let before = home.tree();
    let missing = home.install(&[]).all();
    let copy = home.path("bin/rejoin");
    fs::create_dir(home.path("bin")).unwrap();
    fs::copy(env!("CARGO_BIN_EXE_rejoin"), &copy).unwrap();
    let mut alone = std::process::Command::new(&copy);
    home.furnish(&mut alone);
    let none = home.ran(&alone.arg("install").output().unwrap()).all();
    fs::remove_dir_all(home.path("bin")).unwrap();
    assert_snapshot!([missing, none].join("\n"));
    assert_eq!(home.tree(), before);
}

#[test]
fn another_program_of_that_name_is_not_replaced_unasked() {
    let home = Home::new();
    home.executable("bin/rejoin", "#!/bin/sh\necho mine\n");
    let before = home.tree();
    let bin = home.path("bin");
    let bin = bin.to_str().unwrap();
    assert_snapshot!(home.install(&["--bin-dir", bin]).all());
    assert_eq!(home.tree(), before);
    home.install(&["--bin-dir", bin, "--yes"]).ok();
    // From now on it is ours, and an update needs no question.
    home.executable("bin/rejoin", "an older build");
    home.install(&["--bin-dir", bin]).ok();
}

#[test]
fn without_a_home_one_sentence_says_so() {
    let home = Home::new();
    let output = home.command(&["install"]).env_remove("HOME").output().unwrap();
    assert_snapshot!(home.ran(&output).all());
}

#[test]
fn many_installs_at_once_lose_no_entry() {
    let home = Home::new();
    home.write(SETTINGS, "{\n  \"model\": \"opus\"\n}\n");
    let built = home.path("../built");
    let start = |n: usize| {
        home.command(&["install", "--from", built.to_str().unwrap()])
            .env("REJOIN_HOME", home.path(&format!("state{n}")))
            // Half of them share a data folder and its record, the others have their own.
            .env("XDG_DATA_HOME", home.path(&format!("data{}", n % 2 * n)))
            .stdout(std::process::Stdio::piped())
            .stderr(std::process::Stdio::piped())
            .spawn()
            .unwrap()
    };
    let running: Vec<_> = (0..12).map(start).collect();
    for process in running {
        home.ran(&process.wait_with_output().unwrap()).ok();
    }
    let text = home.read(SETTINGS);
    // Those with the folder in common withdraw each other's rule; the rest must all be there.
    for n in [1, 3, 5, 7, 9, 11] {
        assert!(text.contains(&format!("state{n}/projects/")), "{n} is lost in {text}");
    }
    let even = (0..12).step_by(2).filter(|n| text.contains(&format!("state{n}/projects/")));
    assert_eq!(even.count(), 1);
    for event in EVENTS {
        assert_eq!(text.matches(&format!("/rejoin-hook-{event}\"")).count(), 1, "{event}");
    }
    let record = home.read("data0/rejoin/install.json");
    assert_eq!(record.matches("/projects/").count(), 1, "{record}");
}

/// A terminal of its own for each run, by `script`, which every Linux has.
#[cfg(target_os = "linux")]
fn at_a_terminal(home: &Home, arguments: &str, typed: &str) -> String {
    use std::io::Write;
    use std::process::{Command, Stdio};
    let line = format!(
        "{} {arguments} --from {}",
        env!("CARGO_BIN_EXE_rejoin"),
        home.path("../built").display()
    );
    let mut script = Command::new("script");
    home.furnish(&mut script);
    let mut process = script
        .env("TERM", "xterm")
        .args(["-qec", &line, "/dev/null"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    process.stdin.take().unwrap().write_all(typed.as_bytes()).unwrap();
    let output = process.wait_with_output().unwrap();
    home.ran(&output).ok().stdout.replace('\r', "")
}

#[test]
#[cfg(target_os = "linux")]
fn a_person_at_a_terminal_is_asked() {
    let home = Home::new();
    let shown = at_a_terminal(&home, "install", "n\nn\n");
    assert!(shown.contains("Add them to ~/.claude/settings.json? [Y/n]"), "{shown}");
    assert!(shown.contains("\u{1b}[32minstalled"), "colours at a terminal: {shown}");
    assert!(!home.read(SETTINGS).contains("permissions"));
    assert_eq!(home.read(".local/state/rejoin/config.toml"), "[inject]\ndefault = \"notice\"\n");
    // The second time only the rules that are still missing are asked for; Enter means yes.
    let again = at_a_terminal(&home, "install", "\n");
    assert!(!again.contains("new session"), "{again}");
    assert!(home.read(SETTINGS).contains("\"Bash(rejoin note:*)\""));
    // Nothing is left to ask.
    let third = at_a_terminal(&home, "install", "");
    assert!(third.contains("nothing to do"), "{third}");
}
