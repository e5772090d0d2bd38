//! Deployed skills in a running Claude Code: in its interface, in default permission mode.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use serde_json::json;

use crate::api::{Api, Class, Turn};
use crate::claude::Home;
use crate::registration::register;

fn rejoin(home: &Home, arguments: &[&str]) {
    let ran = home.rejoin(arguments);
    assert!(ran.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&ran.stderr));
}

/// What runs is not the point: whether it may.
fn stand_in(home: &Home) {
    fs::create_dir_all(home.path("bin")).unwrap();
    let path = home.path("bin/rejoin");
    fs::write(&path, "#!/bin/sh\necho the heron answers\n").unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
}

/// A question would keep the turn from ending.
#[test]
#[cfg_attr(not(claude_code), ignore = "needs the real Claude Code: run tests/get-claude-code.sh")]
fn nothing_is_asked_in_default_permission_mode_after_deploy_and_install() {
    let api = Api::start();
    let home = Home::new(&api);
    rejoin(&home, &["skills", "deploy"]);
    register(&home);
    stand_in(&home);
    let mut terminal = home.claude().default_permissions().terminal();
    let mut request = 0;
    for (skill, call) in [
        ("resume-session", "rejoin"),
        ("session-history", "rejoin usage"),
        ("session-notes", "rejoin note --decision 'cents, not floats: they drift'"),
        ("pause-session", "rejoin pause -m 'two of three are done'"),
    ] {
        api.reply(Turn::tool("Skill", &json!({ "skill": skill })));
        api.reply(Turn::bash(call));
        api.reply(Turn::text(&format!("The {skill} is through.")));
        terminal.submit(&format!("Go on with {skill}"));
        terminal.wait_for(&format!("The {skill} is through."));
        request += 3;
        let answer = api.main(request).tool_result();
        assert!(answer.contains("the heron answers"), "{skill}: {answer}");
    }
    terminal.exit();
}

/// The rules are for skills of ours in the user's folder alone, and uninstall takes them back.
#[test]
#[cfg_attr(not(claude_code), ignore = "needs the real Claude Code: run tests/get-claude-code.sh")]
fn without_a_deployed_skill_no_rule_allows_its_name() {
    let home = Home::new(&Api::start());
    let rules = |home: &Home| {
        let text = fs::read_to_string(home.settings()).unwrap_or_default();
        text.matches("Skill(").count()
    };
    register(&home);
    assert_eq!(rules(&home), 0);
    let mine = ".claude/skills/session-notes/SKILL.md";
    fs::create_dir_all(home.path(mine).parent().unwrap()).unwrap();
    fs::write(home.path(mine), "---\nname: session-notes\ndescription: Use when mine.\n---\nDo.\n")
        .unwrap();
    rejoin(&home, &["skills", "deploy", "resume-session"]);
    register(&home);
    assert!(fs::read_to_string(home.settings()).unwrap().contains("\"Skill(resume-session)\""));
    assert_eq!(rules(&home), 1, "somebody else's session-notes is asked for");
    rejoin(&home, &["uninstall", "--yes"]);
    assert_eq!(rules(&home), 0);
    assert!(!home.path(".claude/skills/resume-session").exists());
    assert!(home.path(mine).exists());
}

/// What is deployed while a session runs is there after `/clear`, and what SessionStart answers then is accepted.
/// (This Claude Code also looks by itself; that the hook says so is held in `reloaded`.)
#[test]
#[cfg_attr(not(claude_code), ignore = "needs the real Claude Code: run tests/get-claude-code.sh")]
fn a_skill_deployed_meanwhile_is_there_after_clear() {
    let api = Api::start();
    let home = Home::new(&api);
    register(&home);
    let mut terminal = home.claude().terminal();
    api.reply(Turn::text("Three herons."));
    terminal.submit("Count the herons");
    terminal.wait_for("Three herons.");
    rejoin(&home, &["skills", "deploy", "mcp-builder"]);
    terminal.submit("/clear");
    terminal.wait_until("the screen is cleared", |screen| !screen.contains("Three herons."));
    api.reply(Turn::text("Two grebes."));
    terminal.submit("Count the grebes");
    terminal.wait_for("Two grebes.");
    assert!(!api.main(1).conversation().contains("- mcp-builder: "));
    assert!(api.main(2).conversation().contains("- mcp-builder: "));
    terminal.exit();
    let all = fs::read_dir(home.path(".claude/projects")).unwrap().flatten();
    let files = all.flat_map(|folder| fs::read_dir(folder.path()).unwrap().flatten());
    let lines: String = files.filter_map(|file| fs::read_to_string(file.path()).ok()).collect();
    assert!(!lines.contains("hook_non_blocking_error"), "the answer was refused");
}

/// `assign` writes what Claude Code reads: the agent begins with the skill's text.
#[test]
#[cfg_attr(not(claude_code), ignore = "needs the real Claude Code: run tests/get-claude-code.sh")]
fn an_agent_has_the_text_of_the_skills_assigned_to_it() {
    let api = Api::start();
    let home = Home::new(&api);
    rejoin(&home, &["skills", "deploy", "git-workflow"]);
    home.write_project(
        ".claude/agents/keeper.md",
        "---\nname: keeper\ndescription: Keeps the history.\n---\n\nYou keep it.\n",
    );
    rejoin(&home, &["skills", "assign", "keeper", "git-workflow"]);
    let task = json!({ "description": "Keep", "prompt": "Keep it", "subagent_type": "keeper", "run_in_background": false });
    api.reply(Turn::tool("Agent", &task));
    api.reply_to(Class::Subagent, Turn::text("Kept."));
    api.reply(Turn::text("All is kept."));
    home.claude().print("Let the keeper keep it");
    let request = api.wait_for(Class::Subagent, 1);
    let folder = home.path(".claude/skills/git-workflow/SKILL.md");
    let text = fs::read_to_string(folder).unwrap();
    let line = text.lines().rfind(|line| line.len() > 40).unwrap();
    let body = request.body.to_string();
    let quoted = serde_json::to_string(line).unwrap();
    assert!(body.contains(quoted.trim_matches('"')), "{line:?} is not in {body}");
}
