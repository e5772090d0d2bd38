//! `list`, `info`, `search`, and what Claude Code lists.

use insta::assert_snapshot;
use serde_json::json;

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

/// How a skill comes to be used.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Used {
    /// The person types its name.
    Typed,
    /// Claude chooses it, and a rule of the person's lets it.
    Chosen,
    /// Not at all.
    Not,
}

/// Nobody is there to be asked: what would be a question is a refusal.
#[test]
#[cfg_attr(not(claude_code), ignore = "needs the real Claude Code: run tests/get-claude-code.sh")]
fn a_skill_may_call_rejoin_without_a_question() {
    let calls: [(&str, &[&str]); 3] = [
        ("resume-session", &["rejoin", "rejoin list", "rejoin show 1234"]),
        ("session-notes", &["rejoin note --decision 'cents, not floats: they drift'"]),
        ("session-history", &["rejoin list --json", "rejoin show 1234 --digest", "rejoin usage"]),
    ];
    for (skill, calls) in calls {
        for used in [Used::Typed, Used::Chosen, Used::Not] {
            for (call, answer) in calls.iter().zip(answers(skill, calls, used)) {
                let ran = answer.contains("the heron answers");
                assert_eq!(ran, used != Used::Not, "{skill}, {used:?}: {call}: {answer}");
            }
        }
    }
}

/// What the Bash tool answers to each of `calls` in a session that uses `skill`.
fn answers(skill: &str, calls: &[&str], used: Used) -> Vec<String> {
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
    let mut prompt = "Go on".to_owned();
    match used {
        Used::Typed => prompt = format!("/{skill}"),
        Used::Chosen => {
            let rule = format!("Skill({skill})");
            home.write_settings(&json!({ "permissions": { "allow": [rule] } }));
            api.reply(Turn::tool("Skill", &json!({ "skill": skill })));
        }
        Used::Not => {}
    }
    for call in calls {
        api.reply(Turn::bash(call));
    }
    api.reply(Turn::text("Done."));
    let search = format!("{}:/usr/bin:/bin", home.path("bin").display());
    home.claude().default_permissions().env("PATH", &search).print(&prompt);
    let first = if used == Used::Chosen { 3 } else { 2 };
    (first..first + calls.len()).map(|n| api.main(n).tool_result()).collect()
}
