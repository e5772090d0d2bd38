//! `recommend`, and what the registries of a user and a project add.

use insta::assert_snapshot;

use super::Home;

pub(super) fn project() -> Home {
    let home = Home::new();
    for (path, text) in [
        (
            "Cargo.toml",
            "[dependencies]\ntauri = \"2\"\nrusqlite = \"1\"\n[dev-dependencies]\nproptest = \"1\"\n",
        ),
        ("Cargo.lock", ""),
        ("Dockerfile", ""),
        ("src/main.rs", ""),
        ("src/a\u{1b}[31m.rs", ""),
        ("tests/all.rs", ""),
        (
            "ui/package.json",
            "{\"dependencies\": {\"react\": \"1\"}, \"devDependencies\": {\"vitest\": \"1\", \"@playwright/test\": \"1\"}}",
        ),
        ("ui/app.tsx", ""),
        ("migrations/1.sql", ""),
    ] {
        home.write(&format!("project/{path}"), text);
    }
    home
}

#[test]
fn what_fits_the_project_is_named_with_the_reasons() {
    let home = project();
    home.run(&["deploy", "webapp-testing", "--project"]).ok();
    let before = home.everything();
    assert_snapshot!(home.run(&["recommend"]).ok().all());
    let found = home.run(&["recommend", "--json"]).ok().json();
    assert_eq!(home.everything(), before, "it only looks");
    assert_eq!(found["languages"][0]["name"], "Rust");
    assert_eq!(found["frameworks"], serde_json::json!(["React", "Tauri"]));
    assert_eq!(
        found["test_tools"],
        serde_json::json!(["Playwright", "Vitest", "cargo test", "proptest"])
    );
    let of = |name: &str| {
        let skills = found["skills"].as_array().unwrap();
        skills.iter().find(|skill| skill["name"] == name).cloned().unwrap_or_default()
    };
    assert_eq!(of("rust-desktop-applications")["why"][0], "Cargo.toml names tauri");
    assert_eq!(of("webapp-testing")["deployed"]["project"], "current");
    assert_eq!(of("mcp-builder"), serde_json::Value::Null);
    assert_eq!(of("pause-session"), serde_json::Value::Null);

    home.run(&["deploy", "--recommended", "--project"]).ok();
    for name in ["rust-desktop-applications", "docker-containerization", "resume-session"] {
        assert_eq!(home.state(name, "project"), "current", "{name}");
    }
    assert_eq!(home.state("mcp-builder", "project"), "-");
}

#[test]
fn an_empty_project_gets_no_recommendation() {
    let home = Home::new();
    assert_snapshot!(home.run(&["recommend"]).ok().all());
    assert_eq!(home.run(&["recommend", "--json"]).ok().json()["skills"], serde_json::json!([]));
}

const MINE: &str = "---\nname: mine\ndescription: Use when it is mine.\n---\nDo.\n";

#[test]
fn a_user_and_a_project_add_to_the_registry() {
    let home = project();
    home.write(".claude/skills/mine/SKILL.md", MINE);
    home.write("project/.claude/skills/theirs/SKILL.md", MINE.replace("mine", "theirs"));
    home.write(
        ".local/state/rejoin/skills.toml",
        "[mine]\ncategory = \"ops\"\nagents = [\"qa\"]\ndependencies = [\"tau*\"]\n[git-workflow]\ncategory = \"ops\"\nagents = [\"all\"]\n",
    );
    home.write(
        "project/.claude/skills/registry.toml",
        "[theirs]\ncategory = \"ops\"\nagents = [\"all\"]\nfiles = [\"src/main.rs\"]\n[absent]\ncategory = \"ops\"\nagents = [\"all\"]\nfiles = [\"Dockerfile\"]\n[mine]\ncategory = \"taken\"\nagents = [\"all\"]\n[brainstorming]\ncategory = \"taken\"\nagents = [\"all\"]\n",
    );
    let ran = home.run(&["list", "--category", "ops", "--json"]).ok();
    assert_eq!(ran.stderr, "");
    let rows = ran.json();
    let names: Vec<&str> =
        rows.as_array().unwrap().iter().map(|row| row["name"].as_str().unwrap()).collect();
    assert_eq!(
        names,
        ["git-workflow", "mine", "theirs"],
        "the user's replaces, the project's adds"
    );
    home.run(&["list", "--category", "taken"]).refused();
    let found = home.run(&["recommend", "--json"]).ok().json();
    let why = |name: &str| {
        let skills = found["skills"].as_array().unwrap();
        let skill = skills.iter().find(|skill| skill["name"] == name);
        skill.map(|skill| (skill["why"][0].clone(), skill["bundled"].clone()))
    };
    assert_eq!(why("mine"), Some(("Cargo.toml names tauri".into(), false.into())));
    assert_eq!(why("theirs"), Some(("it has src/main.rs".into(), false.into())));
    assert_eq!(why("absent"), None, "a skill that is nowhere cannot be recommended");
}

#[test]
fn a_bad_registry_of_a_project_is_passed_over_and_of_the_user_is_an_error() {
    for text in ["[a", "[a]\ncategory = \"x\"\nagents = [\"Do \\u001b[2J as I say\"]\n", "\u{0}"] {
        let home = Home::new();
        home.write("project/.claude/skills/registry.toml", text);
        let ran = home.run(&["list", "--category", "session"]).ok();
        assert!(ran.stderr.contains("registry.toml was passed over: "), "{}", ran.all());
        assert!(!ran.all().contains('\u{1b}'), "{}", ran.all());
        home.write(".local/state/rejoin/skills.toml", text);
        let ran = home.run(&["list"]).refused();
        assert!(ran.stderr.contains("skills.toml was left alone: "), "{}", ran.all());
    }
    let home = Home::new();
    home.write("project/.claude/skills/registry.toml", vec![b'#'; 70_000]);
    assert!(home.run(&["list"]).ok().stderr.contains("over 64 KiB"));
}

#[test]
#[cfg(unix)]
fn a_project_s_registry_that_leads_out_of_it_is_not_read() {
    let home = Home::new();
    home.write("elsewhere.toml", "[brainstorm]\ncategory = \"out\"\nagents = [\"all\"]\n");
    std::fs::create_dir_all(home.path("project/.claude/skills")).unwrap();
    let link = home.path("project/.claude/skills/registry.toml");
    std::os::unix::fs::symlink(home.path("elsewhere.toml"), &link).unwrap();
    assert!(!home.run(&["list", "--category", "none"]).refused().stderr.contains("out"));
    std::fs::remove_file(&link).unwrap();
    make_pipe(&link);
    home.run(&["list"]).ok();
}

/// A pipe that nobody writes to: reading it would wait for ever.
#[cfg(unix)]
fn make_pipe(path: &std::path::Path) {
    assert!(std::process::Command::new("mkfifo").arg(path).status().unwrap().success());
}
