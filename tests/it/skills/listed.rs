//! `list`, `info`, `search`.

use insta::assert_snapshot;

use super::Home;

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
