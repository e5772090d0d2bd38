//! A deployment that is killed: at every step that the system sees it make.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use super::Home;
use crate::killed::{at_every_step, killing};

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap().flatten() {
        let to = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &to);
        } else {
            fs::copy(entry.path(), to).unwrap();
        }
    }
}

/// The text of every kept copy of the skill.
fn kept(home: &Home) -> Vec<String> {
    let folder = home.path(".local/share/rejoin/replaced-skills");
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let files: Vec<PathBuf> = entries.map(|entry| entry.path().join("SKILL.md")).collect();
    files.iter().filter_map(|path| fs::read_to_string(path).ok()).collect()
}

#[test]
fn a_deployment_killed_at_any_step_leaves_whole_skills() {
    let skill = ".claude/skills/systematic-debugging";
    let whole = |home: &Home, path: &str| {
        let read = rejoin::skills::Skill::read(&home.path(path)).unwrap();
        read.hash() == rejoin::skills::find(&read.name).unwrap().hash()
    };
    let model = Home::new();
    model.run(&["deploy", "systematic-debugging"]).ok();
    let changed = model.read(&format!("{skill}/SKILL.md")) + "\nMine.\n";

    for story in ["first", "forced", "removed"] {
        let steps = at_every_step(|name, n| {
            let home = Home::new();
            if story != "first" {
                copy(&model.path(".claude"), &home.path(".claude"));
                copy(&model.path(".local"), &home.path(".local"));
                // The record names folders of the model.
                let record = home.read(".local/share/rejoin/skills.json");
                let record =
                    record.replace(&*model.root.to_string_lossy(), &home.root.to_string_lossy());
                home.write(".local/share/rejoin/skills.json", record);
                home.write(&format!("{skill}/SKILL.md"), &changed);
            }
            let arguments: &[&str] = match story {
                "removed" => &["remove", "systematic-debugging", "--force"],
                "forced" => &["deploy", "systematic-debugging", "--force"],
                _ => &["deploy", "systematic-debugging"],
            };
            let status = killing(name, n)
                .arg("skills")
                .args(arguments)
                .env_clear()
                .env("HOME", home.path(""))
                .current_dir(home.path("project"))
                .stdin(Stdio::null())
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .status();
            let killed = !status.unwrap().success();
            let there = home.path(skill).exists();
            let mine = fs::read_to_string(home.path(&format!("{skill}/SKILL.md")));
            let mine = mine.is_ok_and(|text| text == changed);
            if story == "first" {
                assert!(!there || whole(&home, skill), "{name} {n}: half a skill is there");
            } else {
                let safe = mine || kept(&home).contains(&changed);
                assert!(safe, "{story} {name} {n}: the user's change is lost");
                assert!(mine || !there || whole(&home, skill), "{story} {name} {n}");
                assert!(there || story == "removed", "{name} {n}: the skill is missing");
            }
            // Whoever comes next is not hindered, and clears up.
            if n % 4 == 1 || !killed {
                home.run(&["deploy", "systematic-debugging", "--force"]).ok();
                assert_eq!(
                    home.state("systematic-debugging", "user"),
                    "current",
                    "{story} {name} {n}"
                );
                assert!(!home.path(".claude/.rejoin-skills").exists(), "{story} {name} {n}");
            }
            killed
        });
        assert!(steps.is_none_or(|steps| steps > 25), "{story}: only {steps:?} steps were seen");
    }
}
