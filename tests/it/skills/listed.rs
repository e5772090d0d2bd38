//! `list`, `info`, `search`, and what Claude Code lists.

use insta::assert_snapshot;

use super::Home;
use crate::api::{Api, Turn};
use crate::claude;

#[test]
fn skills_are_listed_with_their_states() {
    let home = Home::new();
    home.run(&["deploy", "session-notes"]).ok();
    home.write(
        "project/.claude/skills/mine/SKILL.md",
        "---\nname: mine\ndescription: Use when it is mine.\n---\nDo.\n",
    );
    assert_snapshot!(home.run(&["list", "--category", "session"]).ok().all());
    let all = home.run(&["list", "--json"]).ok().json();
    let mine = all.as_array().unwrap().iter().find(|row| row["name"] == "mine").unwrap();
    assert_eq!(mine["deployed"]["project"], "foreign");
    assert_eq!(mine["bundled"], false);
    assert_eq!(home.run(&["list", "--category", "none"]).code, 1);
}

#[test]
fn a_skill_is_found_by_words() {
    let home = Home::new();
    let found = home.run(&["search", "decision", "note", "--json"]).ok().json();
    assert_eq!(found[0]["name"], "session-notes");
    assert!(home.run(&["search", "zzyzx"]).ok().stdout.contains("No bundled skill"));
    assert_snapshot!(home.run(&["info", "session-notes"]).ok().all());
}

/// Deploys the product's own skills into the home of a Claude Code.
fn deploy(home: &claude::Home, arguments: &[&str]) {
    let ran = std::process::Command::new(env!("CARGO_BIN_EXE_rejoin"))
        .args(["skills", "deploy"])
        .args(arguments)
        .env_clear()
        .env("HOME", home.path(""))
        .current_dir(home.project())
        .status();
    assert!(ran.unwrap().success());
}

#[test]
#[cfg_attr(not(claude_code), ignore = "needs the real Claude Code: run tests/get-claude-code.sh")]
fn claude_code_lists_what_was_deployed() {
    for scope in ["--user", "--project"] {
        let api = Api::scripted([Turn::text("Hello.")]);
        let home = claude::Home::new(&api);
        deploy(&home, &["--all", scope]);
        home.claude().print("Begin");
        let request = api.main(1);
        let told = request.conversation();
        for skill in rejoin::skills::bundled() {
            assert!(
                told.contains(&format!("- {}: ", skill.name)),
                "{scope} {}:\n{told}",
                skill.name
            );
        }
        let before = api.requests(crate::api::Class::Main).len();
        assert_eq!(before, 1);
    }
}

/// Without a skill's `allowed-tools` the same call is refused: nobody is there to be asked.
#[test]
#[cfg_attr(not(claude_code), ignore = "needs the real Claude Code: run tests/get-claude-code.sh")]
fn a_skill_may_call_rejoin_without_a_question() {
    let calls = [
        ("resume-session", "rejoin"),
        ("resume-session", "rejoin list"),
        ("resume-session", "rejoin show 1234"),
        ("session-notes", "rejoin note --decision 'cents, not floats: they drift'"),
        ("session-history", "rejoin list --json"),
        ("session-history", "rejoin show 1234 --digest"),
        ("session-history", "rejoin usage"),
    ];
    for (skill, call) in calls {
        let api = Api::start();
        let home = claude::Home::new(&api);
        deploy(&home, &[]);
        // What runs is not the point: whether it may.
        std::fs::create_dir_all(home.path("bin")).unwrap();
        let path = home.path("bin/rejoin");
        std::fs::write(&path, "#!/bin/sh\necho the heron answers\n").unwrap();
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
        }
        let search = format!("{}:/usr/bin:/bin", home.path("bin").display());
        for with_skill in [true, false] {
            let before = api.requests(crate::api::Class::Main).len();
            if with_skill {
                api.reply(Turn::tool("Skill", &serde_json::json!({ "skill": skill })));
            }
            api.reply(Turn::bash(call));
            api.reply(Turn::text("Done."));
            home.claude().default_permissions().env("PATH", &search).print("Go on");
            let last = before + if with_skill { 3 } else { 2 };
            let answer = api.main(last).tool_result();
            assert_eq!(
                answer.contains("the heron answers"),
                with_skill,
                "{skill}: {call}: {answer}"
            );
        }
    }
}
