//! Deploying, a user's change, updating, forcing, removing.

use std::fs;

use insta::assert_snapshot;

use super::Home;

const NOTES: &str = ".claude/skills/session-notes/SKILL.md";
const RECORD: &str = ".local/share/rejoin/skills.json";

/// Makes the deployed skill one of an earlier version: other content, recorded as ours.
fn age(home: &Home) {
    let earlier = home.read(NOTES).replace("# Session notes", "# Notes of the session");
    // The record's hash of that content is what a deployment of it would have written.
    home.write(NOTES, &earlier);
    let folder = home.path(".claude/skills/session-notes");
    let hash = rejoin::skills::Skill::read(&folder).unwrap().hash();
    let mut record: serde_json::Value = serde_json::from_str(&home.read(RECORD)).unwrap();
    record["skills"][folder.to_str().unwrap()]["hash"] = hash.into();
    home.write(RECORD, record.to_string());
}

#[test]
fn a_skill_from_its_deployment_to_its_removal() {
    let home = Home::new();
    assert_snapshot!(home.run(&["deploy"]).ok().all());
    assert_eq!(home.state("session-notes", "user"), "current");
    assert_eq!(home.run(&["deploy"]).ok().stdout.matches("unchanged").count(), 4);
    assert_eq!(home.run(&["diff"]).ok().all(), "[exit 0]");

    age(&home);
    assert_eq!(home.state("session-notes", "user"), "outdated");
    assert_snapshot!(home.run(&["update", "session-notes"]).ok().all());
    assert_eq!(home.state("session-notes", "user"), "current");
    assert!(!home.path(".local/share/rejoin/replaced-skills").exists(), "it was ours");

    age(&home);
    home.write(NOTES, home.read(NOTES) + "\nAlways note the ticket.\n");
    assert_eq!(home.state("session-notes", "user"), "modified");
    assert_snapshot!(home.run(&["diff", "session-notes"]).ok().all());
    let before = home.everything();
    assert_snapshot!(home.run(&["update"]).refused().all());
    home.run(&["deploy"]).refused();
    home.run(&["remove", "session-notes"]).refused();
    assert_eq!(home.everything(), before, "nothing of the person's is touched");

    let forced = home.run(&["update", "--force"]).ok().all();
    assert_snapshot!(forced);
    assert_eq!(home.state("session-notes", "user"), "current");
    let kept = fs::read_dir(home.path(".local/share/rejoin/replaced-skills")).unwrap();
    let kept: Vec<_> = kept.flatten().map(|entry| entry.path().join("SKILL.md")).collect();
    assert_eq!(kept.len(), 1);
    assert!(fs::read_to_string(&kept[0]).unwrap().ends_with("\nAlways note the ticket.\n"));

    assert_snapshot!(home.run(&["remove", "session-notes"]).ok().all());
    assert!(!home.path(".claude/skills/session-notes").exists());
    assert_eq!(home.state("session-notes", "user"), "-");
    home.run(&["remove", "session-notes"]).refused();
    let left: Vec<_> = fs::read_dir(home.path(".claude")).unwrap().flatten().collect();
    assert_eq!(left.len(), 1, "nothing but the skills: {left:?}");
}

#[test]
fn a_skill_of_somebody_else_stays() {
    let home = Home::new();
    home.write(
        NOTES,
        "---\nname: session-notes\ndescription: Mine. Use when I say so.\n---\nHi.\n",
    );
    assert_eq!(home.state("session-notes", "user"), "foreign");
    let before = home.read(NOTES);
    assert_snapshot!(home.run(&["deploy", "session-notes"]).refused().all());
    home.run(&["update"]).ok();
    home.run(&["remove", "session-notes"]).refused();
    assert_eq!(home.read(NOTES), before);
    home.run(&["deploy", "session-notes", "--force"]).ok();
    assert_eq!(home.state("session-notes", "user"), "current");
}

#[test]
fn a_project_has_skills_of_its_own() {
    let home = Home::new();
    home.run(&["deploy", "session-notes", "--project"]).ok();
    assert!(home.path("project/.claude/skills/session-notes/SKILL.md").is_file());
    assert!(!home.path(".claude").exists());
    assert_eq!(home.state("session-notes", "project"), "current");
    assert_eq!(home.state("session-notes", "user"), "-");
    home.run(&["remove", "session-notes", "--project"]).ok();
    assert!(!home.path("project/.claude/skills/session-notes").exists());
}

#[test]
fn an_unknown_name_changes_nothing() {
    let home = Home::new();
    for name in ["no-such", "../session-notes", "..", "session-notes/../x", "", "a/b"] {
        let before = home.everything();
        for command in ["deploy", "update", "remove", "info"] {
            let ran = home.run(&[command, "session-notes", name]);
            if command == "info" {
                assert_eq!(home.run(&["info", name]).code, 1);
            } else if command != "remove" {
                assert!(ran.stderr.contains("no skill is called"), "{}", ran.all());
                assert_eq!(home.everything(), before, "{command} {name}");
            } else {
                assert_eq!(ran.code, 1, "{}", ran.all());
            }
        }
    }
}

#[test]
fn what_an_interrupted_deployment_left_is_cleared() {
    let home = Home::new();
    home.write(".claude/.rejoin-skills/new/SKILL.md", "half");
    home.write(".claude/.rejoin-skills/old/SKILL.md", "an earlier version");
    home.run(&["deploy"]).ok();
    assert!(!home.path(".claude/.rejoin-skills").exists());
}

#[test]
#[cfg(unix)]
fn links_are_not_followed() {
    use std::os::unix::fs::symlink;
    let home = Home::new();
    home.write("elsewhere/SKILL.md", "theirs");
    fs::create_dir_all(home.path(".claude/skills")).unwrap();
    symlink(home.path("elsewhere"), home.path(".claude/skills/session-notes")).unwrap();
    for arguments in
        [&["deploy", "session-notes", "--force"][..], &["remove", "session-notes", "--force"]]
    {
        let ran = home.run(arguments).refused();
        assert!(ran.stdout.contains("not a folder"), "{}", ran.all());
    }
    assert_eq!(home.read("elsewhere/SKILL.md"), "theirs");
    assert!(home.path(".claude/skills/session-notes").is_symlink());

    // A person may keep all skills elsewhere; a repository may not point out of itself.
    let home = Home::new();
    fs::create_dir_all(home.path("dotfiles/skills")).unwrap();
    fs::create_dir_all(home.path(".claude")).unwrap();
    symlink(home.path("dotfiles/skills"), home.path(".claude/skills")).unwrap();
    home.run(&["deploy"]).ok();
    assert!(home.path("dotfiles/skills/session-notes/SKILL.md").is_file());
    symlink(home.path("dotfiles"), home.path("project/.claude")).unwrap();
    let before = home.everything();
    let ran = home.run(&["deploy", "--project"]).refused();
    assert!(ran.stdout.contains("out of the project"), "{}", ran.all());
    assert_eq!(home.everything(), before);
}

#[test]
fn a_file_in_the_way_is_told() {
    let home = Home::new();
    home.write(".claude/skills/session-notes", "a file");
    let ran = home.run(&["deploy", "--force", "session-notes"]).refused();
    assert!(ran.stdout.contains("not a folder"), "{}", ran.all());
    let home = Home::new();
    home.write(".claude/skills", "a file");
    assert_eq!(home.run(&["deploy"]).code, 1);
    assert_eq!(home.read(".claude/skills"), "a file");
}
