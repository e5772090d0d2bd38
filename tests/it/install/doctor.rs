use std::fs;

use insta::assert_snapshot;

use super::home::Home;

const SETTINGS: &str = ".claude/settings.json";

/// The findings' lines alone.
fn findings(home: &Home) -> String {
    let ran = home.run(&["doctor"]);
    assert_eq!(ran.code, 1, "{}", ran.all());
    assert_eq!(ran.stderr, "");
    ran.stdout.lines().filter(|line| !line.starts_with("ok ")).collect::<Vec<_>>().join("\n")
}

#[test]
fn a_sound_installation_has_no_findings() {
    let home = Home::new();
    home.install(&[]).ok();
    assert_snapshot!("sound", home.run(&["doctor"]).ok().all());
    assert_snapshot!("sound_json", home.run(&["doctor", "--json"]).ok().stdout);
}

#[test]
fn in_the_home_folder_the_user_s_settings_are_no_shared_ones() {
    let home = Home::new();
    home.install(&[]).ok();
    let output = home.command(&["doctor"]).current_dir(home.path("")).output().unwrap();
    home.ran(&output).ok();
}

#[test]
#[cfg(unix)]
fn a_home_behind_a_link_is_the_same_home() {
    let home = Home::new();
    let link = home.path("../link");
    std::os::unix::fs::symlink("home", &link).unwrap();
    let built = home.path("../built");
    for arguments in [&["install", "--from", built.to_str().unwrap()][..], &["doctor"]] {
        let mut command = home.command(arguments);
        let output = command.env("HOME", &link).current_dir(home.path("")).output().unwrap();
        home.ran(&output).ok();
    }
}

#[test]
fn before_an_install_everything_is_named() {
    let home = Home::new();
    fs::remove_file(home.path("../path/claude")).unwrap();
    assert_snapshot!(home.run(&["doctor"]).all());
}

#[test]
fn lost_executables_are_found() {
    let home = Home::new();
    home.install(&[]).ok();
    fs::remove_file(home.path(".local/share/rejoin/bin/rejoin-hook-stop")).unwrap();
    home.mode(".local/share/rejoin/bin/rejoin-hook-session-end", 0o644);
    assert_snapshot!(findings(&home));
}

#[test]
fn a_damaged_registration_is_found() {
    let home = Home::new();
    home.install(&[]).ok();
    let path = |event: &str| {
        home.path(".local/share/rejoin/bin")
            .join(format!("rejoin-hook-{event}"))
            .display()
            .to_string()
    };
    let entry = |command: &str| format!(r#"{{"type":"command","command":"{command}","args":[]}}"#);
    let group = |entry: &str| format!(r#"[{{"hooks":[{entry}]}}]"#);
    let stop = group(&format!("{},{}", entry(&path("stop")), entry("/old/rejoin-hook-stop")));
    let shell = group(&format!(r#"{{"type":"command","command":"{}"}}"#, path("session-start")));
    let narrow = format!(r#"[{{"matcher":"startup","hooks":[{}]}}]"#, entry(&path("pre-compact")));
    let wrong = group(&entry(&path("stop-failure")));
    home.write(
        SETTINGS,
        &format!(
            "{{\"disableAllHooks\":true,\n\"hooks\":{{\"Stop\":{stop},\n\"SessionStart\":{shell},\n\"PreCompact\":{narrow},\n\"PostCompact\":{wrong}}}}}"
        ),
    );
    assert_snapshot!(findings(&home));
}

#[test]
fn a_path_in_the_shared_settings_and_a_second_one_are_found() {
    let home = Home::new();
    home.install(&[]).ok();
    home.install(&["--project"]).ok();
    home.run(&["doctor"]).ok();
    let local = home.read("project/.claude/settings.local.json");
    home.write("project/.claude/settings.json", &local.replace(".local/share", "other"));
    assert_snapshot!(findings(&home));
}

#[test]
fn settings_that_claude_code_ignores_are_found() {
    let home = Home::new();
    home.install(&[]).ok();
    home.write("project/.claude/settings.local.json", "{\n  \"a\": 1,\n}");
    assert_snapshot!(findings(&home));
}

#[test]
fn recent_faults_are_shown_with_their_time() {
    let home = Home::new();
    home.install(&[]).ok();
    let now =
        std::process::Command::new("date").args(["-u", "+%Y-%m-%dT%H:%M:%SZ"]).output().unwrap();
    let now = String::from_utf8(now.stdout).unwrap();
    let now = now.trim();
    home.write(
        ".local/state/rejoin/hooks.log",
        &format!("2020-01-01T00:00:00Z stop old\n{now} stop the lock is held\n"),
    );
    home.mode(".local/state/rejoin", 0o700);
    assert_snapshot!(findings(&home).replace(now, "<now>"));
}

#[test]
#[cfg(unix)]
fn an_open_state_directory_is_found() {
    let home = Home::new();
    home.install(&[]).ok();
    home.write(".local/state/rejoin/projects/p/project.json", "{}");
    home.mode(".local/state/rejoin", 0o755);
    let open = findings(&home);
    fs::remove_dir_all(home.path(".local/state/rejoin")).unwrap();
    home.write(".local/state/rejoin", "a file");
    assert_snapshot!([open, findings(&home)].join("\n"));
}

#[test]
fn an_old_claude_code_is_found() {
    let home = Home::new();
    home.install(&[]).ok();
    home.claude("2.1.112 (Claude Code)");
    let old = findings(&home);
    home.claude("?");
    assert_snapshot!([old, findings(&home)].join("\n"));
}

#[test]
fn a_command_line_that_is_not_understood_is_exit_code_2() {
    let home = Home::new();
    for arguments in [&["install", "--inject", "sometimes"][..], &["nonsense"], &["doctor", "x"]] {
        let ran = home.run(arguments);
        assert_eq!(ran.code, 2, "{}", ran.all());
        assert_eq!(ran.stdout, "");
    }
    assert_eq!(home.run(&["--help"]).ok().stderr, "");
}

#[test]
#[cfg(unix)]
fn a_reader_that_goes_away_is_no_error() {
    let home = Home::new();
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let output = home.command(&["doctor", "--json"]).stdout(writer).output().unwrap();
    let ran = home.ran(&output);
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""));
}

#[test]
fn a_config_that_cannot_be_read_and_the_switch_are_told() {
    let home = Home::new();
    home.install(&["--inject", "notice"]).ok();
    home.run(&["off", "--everywhere"]).ok();
    let told = home.run(&["doctor"]).ok().stdout;
    let line = told.lines().find(|line| line.contains("config ")).unwrap().to_owned();
    home.write(".local/state/rejoin/config.toml", "[inject]\ndefault = \"loud\"\n");
    assert_snapshot!([line, findings(&home)].join("\n"));
}
