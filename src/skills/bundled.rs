//! The skills that come with rejoin.

use std::collections::BTreeMap;

use super::error::{Error, Result};
use super::folder::{File, Skill};

/// Every file below `skills/`, by path.
static FILES: &[(&str, &[u8])] = &include!(concat!(env!("OUT_DIR"), "/skills.rs"));

/// The registry's file.
const REGISTRY: &str = "registry.toml";

/// All bundled skills, by name.
pub fn bundled() -> Vec<Skill> {
    let mut skills: BTreeMap<&str, Skill> = BTreeMap::new();
    for (path, bytes) in FILES {
        if let Some((name, inside)) = path.split_once('/') {
            let skill = skills.entry(name).or_default();
            name.clone_into(&mut skill.name);
            let executable = inside.starts_with("scripts/");
            skill.files.insert(inside.to_owned(), File { bytes: bytes.to_vec(), executable });
        }
    }
    skills.into_values().collect()
}

/// The bundled skill of that name.
pub fn find(name: &str) -> Result<Skill> {
    let found = bundled().into_iter().find(|skill| skill.name == name);
    found.ok_or_else(|| Error::Unknown { name: name.to_owned() })
}

/// The registry of the bundled skills.
pub(super) fn registry_text() -> &'static str {
    let bytes = FILES.iter().find(|(path, _)| *path == REGISTRY).map(|(_, bytes)| *bytes);
    bytes.and_then(|bytes| std::str::from_utf8(bytes).ok()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::super::{FrontMatter, check};
    use super::*;

    #[test]
    fn every_skill_is_valid_without_a_warning() {
        for skill in bundled() {
            assert_eq!(check(&skill), [], "{}", skill.name);
        }
    }

    /// Claude Code lists descriptions in one hundredth of the window, its own skills' first, and drops
    /// the descriptions that do not fit: in a window of 200,000 tokens about 2,700 characters are left.
    #[test]
    fn all_descriptions_fit_and_say_when_their_skill_is_meant() {
        let mut all = 0;
        for skill in bundled() {
            let text = skill.text("SKILL.md").unwrap();
            let front = FrontMatter::parse(text).unwrap();
            let description = front.get("description").unwrap().text().unwrap();
            assert!(description.contains("Use when"), "{}: {description}", skill.name);
            assert!(text.lines().count() <= 150, "{}", skill.name);
            all += skill.name.len() + description.chars().count();
        }
        assert!(all <= 2_650, "{all} characters of names and descriptions");
    }

    /// What a person would say, and the skill that is meant: its name and description must have most
    /// of the words.
    #[test]
    fn descriptions_have_the_words_that_people_use() {
        for (said, meant) in [
            ("where were we? continue", "resume-session"),
            ("carry on with the earlier session", "resume-session"),
            ("note that decision for later", "session-notes"),
            ("what was done about the login and why was it chosen", "session-history"),
            ("this test fails and I do not know the cause", "systematic-debugging"),
            ("the program hangs", "systematic-debugging"),
            ("the test is flaky, it has a sleep", "condition-based-waiting"),
            ("review this pull request", "code-review"),
            ("resolving conflicts while rebasing", "git-workflow"),
            ("refactor and simplify this file", "refactoring-patterns"),
            ("make a plan for this work", "writing-plans"),
            ("review comments came in", "requesting-code-review"),
            ("where was this value made, deep in the stack", "root-cause-tracing"),
            ("pause here, stop for today", "pause-session"),
            ("end-to-end tests for the page in a browser", "webapp-testing"),
            ("a security check of the new dependencies", "security-scanning"),
            ("write docs for the library, an OpenAPI file", "api-documentation"),
            ("transform this large JSON file", "json-data-handling"),
            ("the Dockerfile makes a big image", "docker-containerization"),
            ("build a server with MCP tools", "mcp-builder"),
            ("a desktop application in Rust with Tauri", "rust-desktop-applications"),
            ("backfill in a migration", "database-migration"),
        ] {
            let words: Vec<String> = said
                .split(|c: char| !c.is_alphanumeric())
                .filter(|word| word.len() > 3)
                .map(str::to_lowercase)
                .collect();
            let hits = |skill: &Skill| {
                let front = FrontMatter::parse(skill.text("SKILL.md").unwrap()).unwrap();
                let text = front.get("description").unwrap().text().unwrap();
                let text = format!("{} {text}", skill.name).to_lowercase();
                words.iter().filter(|word| text.contains(*word)).count()
            };
            let best = bundled().iter().map(&hits).max();
            assert_eq!(Some(hits(&find(meant).unwrap())), best, "{said}");
        }
    }
}
