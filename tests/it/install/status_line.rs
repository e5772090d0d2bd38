//! `rejoin install --statusline`: ours in the place of the user's, and back to the byte.

use insta::assert_snapshot;
use serde_json::{Value, json};

use super::home::Home;

const SETTINGS: &str = ".claude/settings.json";
const CONFIG: &str = ".local/state/rejoin/config.toml";

fn home() -> Home {
    let home = Home::new();
    home.executable("../built/rejoin-statusline", "#!/bin/sh\nexit 0\n");
    home
}

fn status_line(home: &Home) -> Value {
    serde_json::from_str::<Value>(&home.read(SETTINGS)).unwrap()["statusLine"].clone()
}

#[test]
fn an_uninstall_brings_every_byte_of_the_settings_back() {
    let texts = [
        None,
        Some(""),
        Some("{}"),
        Some(
            "{\"statusLine\":{\"type\":\"command\",\"command\":\"~/line.sh \\u002d-wide\",\"padding\":0}}",
        ),
        Some(
            "{\r\n\t\"statusLine\" : {\r\n\t\t\"command\":\"npx ccline\" , \"type\":\"command\"},\r\n\t\"model\": \"opus\"\r\n}",
        ),
        Some("{\n  \"statusLine\": null,\n  \"hooks\": {}\n}\n"),
        Some("{\n  \"model\": \"opus\",\n  \"statusLine\": {\"type\": \"command\"}\n}\n"),
    ];
    for text in texts {
        for ways in [&["--statusline"][..], &[]] {
            let home = home();
            if let Some(text) = text {
                home.write(SETTINGS, text);
            }
            home.install(ways).ok();
            home.install(&["--statusline"]).ok();
            let own = home.path(".local/share/rejoin/bin/rejoin-statusline");
            assert_eq!(status_line(&home)["command"], json!(own), "{text:?}");
            let installed = home.tree();
            home.install(&["--statusline"]).ok();
            assert_eq!(home.tree(), installed, "a second install changes nothing: {text:?}");
            home.run(&["uninstall", "--purge", "--yes"]).ok();
            let now = home.settings().exists().then(|| home.read(SETTINGS));
            assert_eq!(now.as_deref(), text, "{ways:?}");
            assert!(!own.exists());
        }
    }
}

#[test]
fn the_old_command_is_kept_and_so_is_what_the_user_changes_later() {
    let home = home();
    home.write(SETTINGS, "{\"statusLine\": {\"type\": \"command\", \"command\": \"~/line.sh\"}}");
    assert_snapshot!(home.install(&["--statusline"]).ok().all());
    assert_snapshot!(home.read(CONFIG), @r#"
    [statusline]
    command = "~/line.sh"
    "#);
    let mut settings: Value = serde_json::from_str(&home.read(SETTINGS)).unwrap();
    settings["statusLine"]["padding"] = json!(2);
    home.write(SETTINGS, &settings.to_string());
    home.run(&["uninstall"]).ok();
    assert_eq!(
        status_line(&home),
        json!({ "type": "command", "command": "~/line.sh", "padding": 2 })
    );

    // Another tool's status line is none of ours.
    home.install(&["--statusline"]).ok();
    let text = home.read(SETTINGS).replace("rejoin-statusline", "other-line");
    home.write(SETTINGS, &text);
    home.run(&["uninstall"]).ok();
    assert!(status_line(&home)["command"].as_str().unwrap().ends_with("other-line"));
}

#[test]
fn it_is_the_user_s_alone_and_needs_its_executable() {
    let home = Home::new();
    assert_snapshot!(home.install(&["--statusline", "--project"]).stderr);
    assert_snapshot!(home.install(&["--statusline"]).all());
    assert!(!home.settings().exists());
}

#[test]
fn doctor_finds_a_status_line_that_cannot_be_started() {
    let home = home();
    home.install(&["--statusline"]).ok();
    let line = |text: &str| {
        let lines =
            text.lines().filter(|l| l.contains("status line") || l.contains("--statusline"));
        lines.map(str::to_owned).collect::<Vec<_>>().join("\n")
    };
    assert_snapshot!(line(&home.run(&["doctor"]).stdout));
    std::fs::remove_file(home.path(".local/share/rejoin/bin/rejoin-statusline")).unwrap();
    assert_snapshot!(line(&home.run(&["doctor"]).stdout));
}
