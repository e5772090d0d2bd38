//! `assign`: skills in an agent's front matter.

use std::fs;

use insta::assert_snapshot;

use super::Home;

const REVIEWER: &str = "---\nname: reviewer\ndescription: \"Reviews: carefully\"   # keep\ntools: [Read,  Grep]\n---\n\nYou review.\n\n---\nskills: none\n";
const FILE: &str = "project/.claude/agents/team/review.md";

fn home() -> Home {
    let home = Home::new();
    home.write(FILE, REVIEWER);
    home.run(&["deploy", "code-review"]).ok();
    home
}

#[test]
fn skills_are_given_to_an_agent_and_taken_away() {
    let home = home();
    assert_snapshot!(home.run(&["assign", "reviewer", "code-review", "brainstorming"]).ok().all());
    let there = home.read(FILE);
    let added = "skills:\n  - code-review\n  - brainstorming\n";
    assert_eq!(there, REVIEWER.replacen("Grep]\n", &format!("Grep]\n{added}"), 1));

    let again = home.run(&["assign", "reviewer", "code-review"]).ok();
    assert!(again.stdout.starts_with("unchanged"), "{}", again.all());
    let json = home.run(&["assign", "reviewer", "code-review", "--json"]).ok().json();
    assert_eq!(json["skills"], serde_json::json!(["code-review", "brainstorming"]));
    assert_eq!(json["changed"], false);

    let dry = ["assign", "reviewer", "code-review", "--remove", "--dry-run"];
    assert_snapshot!(home.run(&dry).ok().all());
    assert_eq!(home.read(FILE), there);
    home.run(&["assign", "reviewer", "code-review", "gone-skill", "brainstorming", "--remove"])
        .ok();
    assert_eq!(home.read(FILE), REVIEWER, "byte for byte as before");
}

#[test]
fn what_is_not_clear_is_told_and_nothing_is_written() {
    let home = home();
    home.write(".claude/agents/other.md", "---\ndescription: x\n---\n");
    home.write("project/.claude/agents/a/twin.md", "---\nname: twin\n---\n");
    home.write("project/.claude/agents/b/twin.md", "---\nname: twin\n---\n");
    home.write("project/.claude/agents/bad.md", "---\nskills: &x [a]\n---\n");
    home.write("project/.claude/agents/plain.md", "No front matter.\n");
    home.write("project/.claude/agents/latin.md", b"---\nname: caf\xe9\n---\n");
    let before = home.everything();
    for (arguments, word) in [
        (&["nobody", "code-review"][..], "no agent is called \"nobody\""),
        (&["../reviewer", "code-review"], "no agent is called"),
        (&["reviewer", "no-such"], "no skill is called"),
        (&["reviewer", "../code-review"], "no skill is called"),
        (&["twin", "code-review"], "are both called twin"),
        (&["bad", "code-review"], "write it out first"),
        (&["plain", "code-review"], "three dashes"),
        (&["latin", "code-review"], "UTF-8"),
        (&["other", "code-review", "--project"], "no agent is called"),
    ] {
        let arguments: Vec<&str> = ["assign"].iter().chain(arguments).copied().collect();
        let ran = home.run(&arguments).refused();
        assert!(ran.stderr.contains(word), "{arguments:?}: {}", ran.all());
    }
    assert_eq!(home.everything(), before);
    home.run(&["assign", "other", "code-review"]).ok();
    assert!(home.read(".claude/agents/other.md").contains("  - code-review\n"));
}

#[test]
#[cfg(unix)]
fn mode_and_links_of_the_file_stay_and_no_link_leads_out_of_the_project() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let home = home();
    fs::set_permissions(home.path(FILE), fs::Permissions::from_mode(0o640)).unwrap();
    home.run(&["assign", "reviewer", "code-review"]).ok();
    assert_eq!(fs::metadata(home.path(FILE)).unwrap().permissions().mode() & 0o777, 0o640);

    home.write("elsewhere.md", "---\nname: out\n---\n");
    symlink(home.path("elsewhere.md"), home.path("project/.claude/agents/out.md")).unwrap();
    let ran = home.run(&["assign", "out", "code-review"]).refused();
    assert!(ran.stderr.contains("leads out of the project"), "{}", ran.all());
    assert_eq!(home.read("elsewhere.md"), "---\nname: out\n---\n");

    // A person's own agents may lie elsewhere.
    fs::create_dir_all(home.path(".claude/agents")).unwrap();
    symlink(home.path("elsewhere.md"), home.path(".claude/agents/mine.md")).unwrap();
    home.run(&["assign", "out", "code-review", "--user"]).ok();
    assert!(home.path(".claude/agents/mine.md").is_symlink());
    assert!(home.read("elsewhere.md").contains("code-review"));
}
