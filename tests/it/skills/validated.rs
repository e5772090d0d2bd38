//! `validate`, on good skills and on deliberately broken ones.

use insta::assert_snapshot;

use super::Home;
use super::broken::{BROKEN, write_all};

#[test]
fn the_bundled_skills_are_valid_before_and_after_deployment() {
    let home = Home::new();
    home.run(&["deploy", "--all"]).ok();
    let ran = home.run(&["validate", "--strict"]).ok();
    assert!(ran.stdout.contains("resume-session (bundled)"), "{}", ran.all());
    assert!(ran.stdout.contains("resume-session (user)"), "{}", ran.all());
    assert!(!ran.stdout.contains("warning  "), "{}", ran.all());
}

#[test]
fn every_fault_is_found() {
    let home = Home::new();
    write_all(&home);
    let ran = home.run(&["validate", "../broken"]).refused();
    assert_snapshot!(ran.all());
    let found = home.run(&["validate", "../broken", "--json"]).json();
    for (name, _, level, word) in BROKEN {
        let skill = found
            .as_array()
            .unwrap()
            .iter()
            .find(|skill| skill["skill"].as_str().unwrap().ends_with(&format!("/{name}")));
        let told = skill.unwrap_or_else(|| panic!("{name} was not looked at"))[level].to_string();
        assert!(told.contains(word), "{name}: {word} is not in {told}");
    }
}

#[test]
fn warnings_fail_only_when_asked_to() {
    let home = Home::new();
    home.write("a/plain/SKILL.md", "---\nname: plain\ndescription: A thing.\n---\nDo.\n");
    for path in ["../a", "../a/plain", "../a/plain/SKILL.md"] {
        assert!(home.run(&["validate", path]).ok().stdout.contains("when to use"), "{path}");
        home.run(&["validate", path, "--strict"]).refused();
    }
    assert_eq!(home.run(&["validate", "../none"]).code, 1);
}

#[test]
fn huge_front_matter_is_refused_quickly() {
    let home = Home::new();
    home.write("b/huge/SKILL.md", format!("---\nname: {}\n---\n", "x".repeat(50 << 20)));
    let told = home.run(&["validate", "../b/huge"]).refused().stdout;
    assert!(told.contains("too large"), "{told}");
    home.write("b/big/SKILL.md", format!("---\nname: {}\n---\n", "x".repeat(1 << 20)));
    let told = home.run(&["validate", "../b/big"]).refused().stdout;
    assert!(told.contains("64 KiB"), "{told}");
}

#[test]
#[cfg(unix)]
fn links_are_findings() {
    let home = Home::new();
    home.write("real/SKILL.md", "---\nname: real\ndescription: Use when real.\n---\nDo.\n");
    std::os::unix::fs::symlink(home.path("real"), home.path("link")).unwrap();
    let told = home.run(&["validate", "../link"]).refused().stdout;
    assert!(told.contains("symbolic link"), "{told}");
    home.write("holder/SKILL.md", "---\nname: holder\ndescription: Use when held.\n---\nDo.\n");
    std::os::unix::fs::symlink("/etc/hostname", home.path("holder/notes.md")).unwrap();
    let told = home.run(&["validate", "../holder"]).refused().stdout;
    assert!(told.contains("notes.md: it is a symbolic link"), "{told}");
}
