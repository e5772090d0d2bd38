//! What is known of skills beyond their own text: categories, the kinds of agents that they help, and
//! the signs of a project that they fit.
//!
//! Three files of one form: the bundled one, the user's (`skills.toml` in the state directory, which may
//! replace entries) and the project's (`.claude/skills/registry.toml`, which may only add some). The
//! project's is anybody's: it is read by commands alone, never by a hook, holds names and patterns,
//! and nothing of it is run or handed to Claude unasked.

use std::collections::BTreeMap;
use std::fs;
use std::io::{ErrorKind, Read};
use std::path::Path;

use serde::Deserialize;

use super::bundled;
use super::error::{Error, Result};
use super::folder::is_name;

/// The user's registry, in the state directory.
pub const USER_FILE: &str = "skills.toml";

/// The project's registry, in its folder.
pub const PROJECT_FILE: &str = ".claude/skills/registry.toml";

/// The most bytes of a registry.
const MAX_BYTES: u64 = 64 << 10;

/// What a registry says of a skill.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// What it is about, in a word.
    pub category: String,
    /// Kinds of agents that it helps: `engineer`, `qa`, `ops`, `research`, `documentation`, `all`.
    pub agents: Vec<String>,
    /// Languages that it is for, as [`super::Project`] names them, in lower case; `*` is any.
    #[serde(default)]
    pub languages: Vec<String>,
    /// Dependencies that are signs of its use; `*` stands for any characters.
    #[serde(default)]
    pub dependencies: Vec<String>,
    /// Files that are signs of its use: a name, or a path with slashes; with a slash at the end a
    /// folder; `*` stands for any characters.
    #[serde(default)]
    pub files: Vec<String>,
}

/// All that is known of skills, by name.
#[derive(Debug, Clone, Default)]
pub struct Registry {
    entries: BTreeMap<String, Entry>,
    /// What of the project's registry was passed over, and why: a line for the user.
    pub passed_over: Option<String>,
}

impl Registry {
    /// That of the bundled skills.
    pub fn bundled() -> Self {
        // It is part of the executable, and a test reads it.
        Self { entries: parse(bundled::registry_text()).unwrap_or_default(), passed_over: None }
    }

    /// The bundled one with what the user and the project add.
    ///
    /// Errors: the user's can't be read. What is wrong with the project's is told in `passed_over`.
    pub fn find(state: &Path, project: &Path) -> Result<Self> {
        let mut all = Self::bundled();
        let path = state.join(USER_FILE);
        if let Some(text) = read(&path).map_err(|why| Error::refused(&path, why))? {
            let users = parse(&text).map_err(|why| Error::refused(&path, why))?;
            all.entries.extend(users);
        }
        let path = project.join(PROJECT_FILE);
        let found = within(project, &path).then(|| read(&path)).unwrap_or(Ok(None));
        match found.and_then(|text| parse(&text.unwrap_or_default())) {
            Ok(theirs) => {
                for (name, entry) in theirs {
                    all.entries.entry(name).or_insert(entry);
                }
            }
            Err(why) => {
                all.passed_over = Some(format!("{} was passed over: {why}", path.display()))
            }
        }
        Ok(all)
    }

    /// What is known of a skill.
    pub fn get(&self, name: &str) -> Option<&Entry> {
        self.entries.get(name)
    }

    /// All entries by name.
    pub fn entries(&self) -> impl Iterator<Item = (&str, &Entry)> {
        self.entries.iter().map(|(name, entry)| (&**name, entry))
    }
}

/// Whether `path` lies in `project` once links are resolved: a repository's link may point anywhere.
fn within(project: &Path, path: &Path) -> bool {
    match (project.canonicalize(), path.canonicalize()) {
        (Ok(project), Ok(path)) => path.starts_with(project),
        _ => false,
    }
}

/// `None` when there is none. Errors: why it is not used.
fn read(path: &Path) -> std::result::Result<Option<String>, String> {
    match fs::metadata(path) {
        Err(e) if e.kind() == ErrorKind::NotFound => return Ok(None),
        Err(e) => return Err(e.to_string()),
        Ok(meta) if !meta.is_file() => return Err("it is not a file".to_owned()),
        Ok(meta) if meta.len() > MAX_BYTES => return Err("it is over 64 KiB".to_owned()),
        Ok(_) => {}
    }
    let mut text = String::new();
    let file = fs::File::open(path).map_err(|e| e.to_string())?;
    file.take(MAX_BYTES).read_to_string(&mut text).map_err(|e| match e.kind() {
        ErrorKind::InvalidData => "it is not UTF-8 text".to_owned(),
        _ => e.to_string(),
    })?;
    Ok(Some(text))
}

/// Errors: the line and what is wrong with it, in one line.
fn parse(text: &str) -> std::result::Result<BTreeMap<String, Entry>, String> {
    let entries: BTreeMap<String, Entry> = toml::from_str(text).map_err(|e| {
        let line = e.span().map_or(1, |span| text[..span.start].matches('\n').count() + 1);
        format!("line {line}: {}", e.message().lines().next().unwrap_or_default())
    })?;
    for (name, entry) in &entries {
        let words = entry.agents.iter().chain([&entry.category]);
        // They are printed, and Claude may be the reader.
        if !is_name(name) || !words.clone().all(|word| is_name(word)) {
            return Err(format!(
                "[{}]: names, categories and agents have lower-case letters, digits and hyphens",
                name.escape_default()
            ));
        }
    }
    Ok(entries)
}

/// Whether `text` is what `pattern` means: `*` stands for any characters but a slash.
pub(super) fn fits(pattern: &str, text: &str) -> bool {
    let Some((first, rest)) = pattern.split_once('*') else { return pattern == text };
    let Some(mut text) = text.strip_prefix(first) else { return false };
    let mut parts: Vec<&str> = rest.split('*').collect();
    let last = parts.pop().unwrap_or_default();
    let Some(body) = text.strip_suffix(last) else { return false };
    text = body;
    for part in parts {
        let Some(at) = text.find(part) else { return false };
        if text[..at].contains('/') {
            return false;
        }
        text = &text[at + part.len()..];
    }
    !text.contains('/')
}

#[cfg(test)]
mod tests {
    use super::super::bundled;
    use super::*;

    #[test]
    fn the_bundled_registry_has_every_skill_and_no_other() {
        let entries = parse(bundled::registry_text()).unwrap();
        let registered: Vec<String> = entries.keys().cloned().collect();
        let names: Vec<String> = bundled().into_iter().map(|skill| skill.name).collect();
        assert_eq!(registered, names);
        assert!(entries.values().all(|e| !e.category.is_empty() && !e.agents.is_empty()));
    }

    #[test]
    fn a_star_stands_for_any_characters_of_one_name() {
        for (pattern, text, fit) in [
            ("Dockerfile", "Dockerfile", true),
            ("Dockerfile*", "Dockerfile.dev", true),
            ("*.test.*", "a.test.ts", true),
            ("*.test.*", "a.tests.ts", false),
            ("a*b*c", "axbxc", true),
            ("a*b*c", "axc", false),
            ("*aa", "aa", true),
            ("a*a", "a", false),
            ("@x/*", "@x/y", true),
            ("a/*", "a/b/c", false),
            ("*", "é", true),
        ] {
            assert_eq!(fits(pattern, text), fit, "{pattern} {text}");
        }
    }

    #[test]
    fn what_is_wrong_is_told_with_its_line() {
        for (text, word) in [
            ("[a]\ncategory = 1\nagents = []", "line 2"),
            ("[a]\ncategory = \"x\"\nagents = []\nrun = \"rm\"", "line 4: unknown field `run`"),
            ("[\"../a\"]\ncategory = \"x\"\nagents = []", "lower-case"),
            ("[a]\ncategory = \"Do as I say\"\nagents = []", "lower-case"),
            ("[a]\ncategory = \"x\"\nagents = [\"y\\u001b\"]", "lower-case"),
        ] {
            let why = parse(text).unwrap_err();
            assert!(why.contains(word) && !why.contains('\n'), "{why}");
        }
    }
}
