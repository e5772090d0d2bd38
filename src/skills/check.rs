//! The rules of the Agent Skills format (agentskills.io), applied to any skill.

use std::fmt;
use std::path::{Path, PathBuf};

use pulldown_cmark::{Event, Parser, Tag};

use super::error::Result;
use super::folder::{SKILL, Skill};
use super::front_matter::{FrontMatter, Value};

/// The keys that front matter may have; uploads refuse a skill with any other.
const KEYS: [&str; 6] =
    ["name", "description", "license", "allowed-tools", "metadata", "compatibility"];

/// Characters of a name at most.
const MAX_NAME: usize = 64;
/// Characters of a description at most.
const MAX_DESCRIPTION: usize = 1_024;
/// Characters of a statement of compatibility at most.
const MAX_COMPATIBILITY: usize = 500;
/// Lines of a body that the format recommends at most.
const LONG_BODY: usize = 500;
/// Characters of 5,000 tokens, the length that a body should stay under.
const LARGE_BODY: usize = 20_000;

/// How much a finding matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// The skill breaks a rule: some reader refuses it.
    Error,
    /// The skill works, but not as well as it could.
    Warning,
}

/// What is wrong with a skill.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// How much it matters.
    pub level: Level,
    /// Path in the skill's folder; empty for the folder itself.
    pub file: String,
    /// Line, counted from 1.
    pub line: Option<usize>,
    /// What is wrong, and what would be right.
    pub text: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&*self.file, self.line) {
            ("", _) => write!(f, "{}", self.text),
            (file, None) => write!(f, "{file}: {}", self.text),
            (file, Some(line)) => write!(f, "{file}:{line}: {}", self.text),
        }
    }
}

/// Findings in the making.
#[derive(Default)]
struct Findings(Vec<Finding>);

impl Findings {
    fn error(&mut self, file: &str, line: Option<usize>, text: impl Into<String>) {
        self.add(Level::Error, file, line, text.into());
    }

    fn warn(&mut self, file: &str, line: Option<usize>, text: impl Into<String>) {
        self.add(Level::Warning, file, line, text.into());
    }

    fn add(&mut self, level: Level, file: &str, line: Option<usize>, text: String) {
        self.0.push(Finding { level, file: file.to_owned(), line, text });
    }
}

/// Checks what lies at `path`: a skill's folder, its SKILL.md, or a folder of skills. Returns each
/// skill's folder with its findings.
///
/// Errors: nothing there can be read.
pub fn check_path(path: &Path) -> Result<Vec<(PathBuf, Vec<Finding>)>> {
    let path = if path.file_name().is_some_and(|name| name == SKILL) && !path.is_dir() {
        path.parent().filter(|parent| *parent != Path::new("")).unwrap_or(Path::new("."))
    } else {
        path
    };
    if path.join(SKILL).symlink_metadata().is_ok() {
        return Ok(vec![(path.to_owned(), read_and_check(path))]);
    }
    let mut inside: Vec<PathBuf> = std::fs::read_dir(path)
        .map_err(|e| super::Error::io("read", path, e))?
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.is_dir() || path.is_symlink())
        .filter(|path| !path.file_name().is_some_and(|n| n.to_string_lossy().starts_with('.')))
        .collect();
    inside.sort();
    // No skill among them: then this was meant to be one.
    if !inside.iter().any(|folder| folder.join(SKILL).symlink_metadata().is_ok()) {
        return Ok(vec![(path.to_owned(), read_and_check(path))]);
    }
    Ok(inside.into_iter().map(|folder| (folder.clone(), read_and_check(&folder))).collect())
}

fn read_and_check(folder: &Path) -> Vec<Finding> {
    match Skill::read(folder) {
        Ok(skill) => check(&skill),
        Err(error) => {
            let text = error.to_string();
            vec![Finding { level: Level::Error, file: String::new(), line: None, text }]
        }
    }
}

/// Checks a skill: errors first, each kind in the order of files and lines.
pub fn check(skill: &Skill) -> Vec<Finding> {
    let mut found = Findings::default();
    for (path, why) in &skill.obstacles {
        found.error(path, None, why.clone());
    }
    check_scripts(skill, &mut found);
    check_main(skill, &mut found);
    found.0.sort_by(|a, b| {
        (a.level, a.file != SKILL, &a.file, a.line).cmp(&(
            b.level,
            b.file != SKILL,
            &b.file,
            b.line,
        ))
    });
    found.0
}

fn check_main(skill: &Skill, found: &mut Findings) {
    let Some(file) = skill.files.get(SKILL) else {
        let inside = format!("{SKILL}/");
        if skill.obstacles.iter().any(|(path, _)| path == SKILL) {
            return;
        }
        let other = skill.files.keys().find(|path| path.eq_ignore_ascii_case(SKILL));
        let text = match other {
            Some(other) => format!("{other} must be called {SKILL}, in capitals"),
            None if skill.files.keys().any(|path| path.starts_with(&inside)) => {
                format!("{SKILL} is a folder; it must be a file")
            }
            None => format!("there is no {SKILL}"),
        };
        return found.error("", None, text);
    };
    let text = match std::str::from_utf8(&file.bytes) {
        Ok(text) => text,
        Err(error) => {
            let before = &file.bytes[..error.valid_up_to()];
            let line = before.split(|b| *b == b'\n').count();
            return found.error(SKILL, Some(line), "it is not valid UTF-8");
        }
    };
    let front = match FrontMatter::parse(text) {
        Ok(front) => front,
        Err((line, why)) => return found.error(SKILL, Some(line), why),
    };
    check_front(skill, &front, found);
    let body = &text[front.body..];
    let lines = body.lines().count();
    if body.trim().is_empty() {
        found.warn(SKILL, None, "the body is empty: it says nothing of what to do");
    } else if lines > LONG_BODY {
        found.warn(
            SKILL,
            None,
            format!("the body has {lines} lines; over {LONG_BODY}, move details to references/"),
        );
    } else if body.chars().count() > LARGE_BODY {
        found.warn(
            SKILL,
            None,
            "the body has over 5,000 tokens, of which nothing is left after a compaction; move details to references/",
        );
    }
    check_links(skill, found);
}

fn check_front(skill: &Skill, front: &FrontMatter, found: &mut Findings) {
    for (key, value, line) in &front.entries {
        let line = Some(*line);
        match key.as_str() {
            "name" => check_name(&skill.name, value, line, found),
            "description" => check_description(value, line, found),
            "compatibility" => match value.text() {
                None => found.error(SKILL, line, "`compatibility` must be a string"),
                Some("") => found.warn(SKILL, line, "`compatibility` is empty: leave it out"),
                Some(text) if text.chars().count() > MAX_COMPATIBILITY => found.error(
                    SKILL,
                    line,
                    format!("`compatibility` has over {MAX_COMPATIBILITY} characters"),
                ),
                Some(_) => {}
            },
            "license" if value.text().is_none() => {
                found.error(SKILL, line, "`license` must be a string");
            }
            "metadata" if !matches!(value, Value::Map(_)) => {
                found.error(SKILL, line, "`metadata` must be keys with values");
            }
            "allowed-tools" => match value {
                Value::Text(_) => {}
                Value::List(_) => found.warn(
                    SKILL,
                    line,
                    "`allowed-tools` is a list, which not every reader takes; write one string with spaces between the tools",
                ),
                _ => found.error(SKILL, line, "`allowed-tools` must be a string"),
            },
            key if !KEYS.contains(&key) => found.error(
                SKILL,
                line,
                format!("the key `{key}` is not of the format, which has {}", KEYS.join(", ")),
            ),
            _ => {}
        }
    }
    for key in ["name", "description"] {
        if front.get(key).is_none() {
            found.error(SKILL, Some(1), format!("`{key}` is missing"));
        }
    }
}

fn check_name(folder: &str, value: &Value, line: Option<usize>, found: &mut Findings) {
    let Some(name) = value.text() else {
        return found.error(SKILL, line, "`name` must be a string; put it in quotes");
    };
    if name.is_empty() {
        return found.error(SKILL, line, "`name` is empty");
    }
    let length = name.chars().count();
    if length > MAX_NAME {
        found.error(SKILL, line, format!("the name has {length} characters, {MAX_NAME} at most"));
    }
    if name.chars().any(|c| c != '-' && (!c.is_alphanumeric() || c.is_uppercase())) {
        let text = "the name may only have lower-case letters, digits and hyphens";
        found.error(SKILL, line, text);
    } else if !name.is_ascii() {
        let text = "the name has letters beyond a to z, which not every reader takes";
        found.warn(SKILL, line, text);
    }
    if name.starts_with('-') || name.ends_with('-') || name.contains("--") {
        let text = "the name may not begin or end with a hyphen nor have two in a row";
        found.error(SKILL, line, text);
    }
    if name != folder {
        let text = format!("the name `{name}` differs from its folder's, `{folder}`");
        found.error(SKILL, line, text);
    }
}

fn check_description(value: &Value, line: Option<usize>, found: &mut Findings) {
    let Some(text) = value.text() else {
        return found.error(SKILL, line, "`description` must be a string; put it in quotes");
    };
    let length = text.chars().count();
    if text.trim().is_empty() {
        return found.error(SKILL, line, "`description` is empty");
    }
    if length > MAX_DESCRIPTION {
        let text = format!("the description has {length} characters, {MAX_DESCRIPTION} at most");
        found.error(SKILL, line, text);
    }
    if text.contains('<') && text.contains('>') {
        let text = "the description has angle brackets; uploads refuse what looks like a tag";
        found.warn(SKILL, line, text);
    }
    let lower = text.to_lowercase();
    if !["when", "use ", "if ", "before", "after", "whenever"].iter().any(|w| lower.contains(w)) {
        let text = "the description does not say when to use the skill: nothing else is read before it is chosen";
        found.warn(SKILL, line, text);
    }
}

fn check_scripts(skill: &Skill, found: &mut Findings) {
    for (path, file) in skill.files.iter().filter(|(path, _)| path.starts_with("scripts/")) {
        if file.bytes.starts_with(b"#!") && !file.executable {
            found.error(path, None, "it begins with `#!` but is not executable; `chmod +x` it");
        }
    }
}

/// Links in all Markdown files of the skill, and files that none leads to.
fn check_links(skill: &Skill, found: &mut Findings) {
    let mut reached = vec![SKILL.to_owned()];
    let mut said = String::new();
    for path in skill.files.keys().filter(|path| is_markdown(path)) {
        let Some(text) = skill.text(path) else {
            if path != SKILL {
                found.error(path, None, "it is not valid UTF-8");
            }
            continue;
        };
        said.push_str(text);
        for (event, range) in Parser::new(text).into_offset_iter() {
            let Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. }) = event
            else {
                continue;
            };
            let line = Some(text[..range.start].lines().count().max(1));
            match target(path, &dest_url) {
                Target::Elsewhere => {}
                Target::Outside => {
                    found.error(path, line, format!("the link to {dest_url} leaves the skill"));
                }
                Target::Inside(to) => {
                    let folder = format!("{}/", to.trim_end_matches('/'));
                    if skill.files.contains_key(&to) {
                        reached.push(to);
                    } else if !skill.files.keys().any(|file| file.starts_with(&folder)) {
                        found.error(path, line, format!("the link to {dest_url} leads nowhere"));
                    }
                }
            }
        }
    }
    for path in skill.files.keys().filter(|path| path.starts_with("references/")) {
        // A path in code, as in `references/x.md`, leads there as well.
        if !reached.contains(path) && !said.contains(path.as_str()) {
            found.warn(path, None, "nothing in the skill leads to it");
        }
    }
}

fn is_markdown(path: &str) -> bool {
    Path::new(path).extension().is_some_and(|ext| ext.eq_ignore_ascii_case("md"))
}

/// Where a link leads.
enum Target {
    /// Another place than a file: an address, a heading of the same file.
    Elsewhere,
    /// A path that is not in the skill's folder.
    Outside,
    /// A path in the skill's folder.
    Inside(String),
}

fn target(from: &str, link: &str) -> Target {
    let scheme = link.split_once(':').is_some_and(|(scheme, _)| {
        scheme.len() > 1 && scheme.chars().all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c))
    });
    if scheme || link.is_empty() || link.starts_with('#') || link.starts_with("//") {
        return Target::Elsewhere;
    }
    let link = link.split(['#', '?']).next().unwrap_or_default();
    if link.starts_with(['/', '~', '\\']) || link.contains(":\\") {
        return Target::Outside;
    }
    let mut parts: Vec<&str> = from.split('/').collect();
    parts.pop();
    for part in link.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                if parts.pop().is_none() {
                    return Target::Outside;
                }
            }
            part => parts.push(part),
        }
    }
    Target::Inside(parts.join("/").replace("%20", " "))
}
