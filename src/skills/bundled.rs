//! The skills that come with rejoin, and what is known of them beyond their own text.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::error::{Error, Result};
use super::folder::{File, Skill};

/// Every file below `skills/`, by path.
static FILES: &[(&str, &[u8])] = &include!(concat!(env!("OUT_DIR"), "/skills.rs"));

/// The registry's file.
const REGISTRY: &str = "registry.toml";

/// What the registry says of a skill.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// What it is about, in a word.
    pub category: String,
    /// Kinds of agents that it helps: `engineer`, `qa`, `ops`, `research`, `documentation`, `all`.
    pub agents: Vec<String>,
}

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

/// The registry of the bundled skills, by name.
pub fn registry() -> BTreeMap<String, Entry> {
    let bytes = FILES.iter().find(|(path, _)| *path == REGISTRY).map(|(_, bytes)| *bytes);
    let text = bytes.and_then(|bytes| std::str::from_utf8(bytes).ok()).unwrap_or_default();
    // It is part of the executable, and a test reads it.
    toml::from_str(text).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::super::{FrontMatter, check};
    use super::*;

    #[test]
    fn the_registry_has_every_skill_and_no_other() {
        let text = FILES.iter().find(|(path, _)| *path == REGISTRY).unwrap().1;
        let text = std::str::from_utf8(text).unwrap();
        toml::from_str::<BTreeMap<String, Entry>>(text).unwrap();
        let registered: Vec<String> = registry().into_keys().collect();
        let names: Vec<String> = bundled().into_iter().map(|skill| skill.name).collect();
        assert_eq!(registered, names);
        assert!(registry().values().all(|e| !e.category.is_empty() && !e.agents.is_empty()));
    }

    #[test]
    fn every_skill_is_valid_without_a_warning() {
        for skill in bundled() {
            assert_eq!(check(&skill), [], "{}", skill.name);
        }
    }

    /// Claude Code cuts a description in the listing at 1,536 characters and lists all of them in one
    /// hundredth of the window.
    #[test]
    fn skills_are_short_and_say_when_they_are_meant() {
        for skill in bundled() {
            let text = skill.text("SKILL.md").unwrap();
            let front = FrontMatter::parse(text).unwrap();
            let description = front.get("description").unwrap().text().unwrap();
            assert!(description.contains("Use when"), "{}: {description}", skill.name);
            assert!(description.chars().count() <= 400, "{}: {description}", skill.name);
            assert!(text.lines().count() <= 150, "{}", skill.name);
        }
    }
}
