//! What an uninstall makes of deployed skills.

use insta::assert_snapshot;

use super::Home;

#[test]
fn uninstall_removes_what_was_deployed_and_keeps_what_was_changed() {
    let home = Home::new();
    home.write(".claude/skills/mine/SKILL.md", "---\nname: mine\n---\n");
    home.run(&["deploy"]).ok();
    home.run(&["deploy", "git-workflow", "--project"]).ok();
    let changed = ".claude/skills/session-notes/SKILL.md";
    home.write(changed, home.read(changed) + "\nMine.\n");
    let before = home.everything();
    assert_snapshot!(home.rejoin(&["uninstall", "--dry-run"]).ok().all());
    assert_eq!(home.everything(), before);
    assert_snapshot!(home.rejoin(&["uninstall", "--yes"]).ok().all());
    assert!(home.read(changed).ends_with("\nMine.\n"));
    assert_eq!(home.state("session-notes", "user"), "foreign");
    for gone in [
        ".claude/skills/resume-session",
        "project/.claude/skills",
        ".local/share/rejoin/skills.json",
    ] {
        assert!(!home.path(gone).exists(), "{gone}");
    }
    assert_eq!(home.read(".claude/skills/mine/SKILL.md"), "---\nname: mine\n---\n");
    assert!(home.rejoin(&["uninstall", "--yes"]).ok().stdout.contains("nothing to do"));
}

#[test]
fn a_kept_copy_outlives_the_uninstall() {
    let home = Home::new();
    home.run(&["deploy", "session-notes"]).ok();
    let notes = ".claude/skills/session-notes/SKILL.md";
    home.write(notes, home.read(notes) + "\nMine.\n");
    home.run(&["deploy", "session-notes", "--force"]).ok();
    home.rejoin(&["uninstall", "--yes"]).ok();
    let kept = home.path(".local/share/rejoin/replaced-skills");
    assert_eq!(std::fs::read_dir(kept).unwrap().count(), 1);
}
