//! Commits by topic, by folder, by file and by person.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::history::Commit;

/// More are not listed, in JSON either.
const MOST: usize = 50;

/// Part of the changes that one folder may have before its own folders are told apart.
const TOO_MUCH: f64 = 0.6;

#[derive(Debug, Serialize)]
pub(super) struct Groups {
    pub topics: Vec<Topic>,
    pub folders: Vec<Changed>,
    /// Files of at least two commits, those of most first.
    pub hot_files: Vec<Changed>,
    pub people: Vec<Person>,
}

/// Commits whose subjects begin alike.
#[derive(Debug, Serialize, PartialEq, Eq)]
pub(super) struct Topic {
    #[serde(rename = "topic")]
    /// The type of a conventional commit, the area before a colon, or the first word.
    pub name: String,
    pub commits: u64,
    /// What the subjects say beyond the topic, newest first.
    pub subjects: Vec<String>,
}

/// A folder or a file, and what changed there.
#[derive(Debug, Default, Serialize, PartialEq, Eq)]
pub(super) struct Changed {
    pub path: String,
    pub commits: u64,
    pub added: u64,
    pub removed: u64,
}

#[derive(Debug, Serialize, PartialEq, Eq)]
pub(super) struct Person {
    pub name: String,
    pub commits: u64,
    pub added: u64,
    pub removed: u64,
    /// The topics of most of their commits.
    pub topics: Vec<String>,
}

impl Groups {
    /// Merges belong to no group.
    pub(super) fn of(commits: &[Commit]) -> Self {
        let commits: Vec<&Commit> = commits.iter().filter(|commit| !commit.merge).collect();
        Self {
            topics: topics(&commits),
            folders: folders(&commits),
            hot_files: hot_files(&commits),
            people: people(&commits),
        }
    }
}

fn topics(commits: &[&Commit]) -> Vec<Topic> {
    let mut found: BTreeMap<String, Topic> = BTreeMap::new();
    for commit in commits {
        let (topic, rest) = topic(&commit.subject);
        let entry = found.entry(topic.clone()).or_insert_with(|| Topic {
            name: topic,
            commits: 0,
            subjects: Vec::new(),
        });
        entry.commits += 1;
        if entry.subjects.len() < MOST && !entry.subjects.contains(&rest) {
            entry.subjects.push(rest);
        }
    }
    let mut found: Vec<Topic> = found.into_values().collect();
    found.sort_by(|a, b| b.commits.cmp(&a.commits).then_with(|| a.name.cmp(&b.name)));
    found.truncate(MOST);
    found
}

/// Words for which conventional commits have another.
const SAME: [(&str, &str); 16] = [
    ("adds", "add"),
    ("added", "add"),
    ("adding", "add"),
    ("fixes", "fix"),
    ("fixed", "fix"),
    ("bugfix", "fix"),
    ("hotfix", "fix"),
    ("feature", "feat"),
    ("features", "feat"),
    ("doc", "docs"),
    ("tests", "test"),
    ("updates", "update"),
    ("updated", "update"),
    ("removes", "remove"),
    ("removed", "remove"),
    ("refactored", "refactor"),
];

/// What a subject is about, and the rest of it: `feat(cart)!: add totals` is `feat`, `cart: add totals`.
fn topic(subject: &str) -> (String, String) {
    let subject = subject.trim();
    if let Some((area, rest)) = subject.split_once(':')
        && !area.is_empty()
        && area.len() <= 32
        && (rest.starts_with(' ') || rest.is_empty())
        && area.split([' ', ',']).count() <= 2
    {
        let area = area.trim_end_matches('!');
        let (kind, scope) = match area.split_once('(') {
            Some((kind, scope)) => (kind, scope.trim_end_matches(')')),
            None => (area, ""),
        };
        let rest = rest.trim();
        let rest = if scope.is_empty() { rest.to_owned() } else { format!("{scope}: {rest}") };
        return (plain(kind), rest);
    }
    let first = subject.split_whitespace().next().unwrap_or("no subject");
    (plain(first), subject.to_owned())
}

fn plain(word: &str) -> String {
    let word = word.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase();
    let same = SAME.iter().find(|(other, _)| *other == word).map(|(_, same)| (*same).to_owned());
    match same {
        Some(same) => same,
        None if word.is_empty() => "(other)".to_owned(),
        None => word,
    }
}

/// The folder of a path, so many levels deep; of what lies higher, all there is.
fn folder(path: &str, depth: usize) -> String {
    let parts: Vec<&str> = path.split('/').collect();
    let folders = &parts[..parts.len() - 1];
    match folders.len().min(depth) {
        0 => "./".to_owned(),
        depth => format!("{}/", folders[..depth].join("/")),
    }
}

fn folders(commits: &[&Commit]) -> Vec<Changed> {
    let mut depth = 1;
    let mut found = by_path(commits, |path| folder(path, depth));
    // One folder that has nearly everything tells nothing.
    while depth < 4 && found.len() < 12 {
        let all: u64 = commits.iter().map(|commit| commit.files.len() as u64).sum();
        let most = |found: &[Changed], depth| {
            found
                .iter()
                .map(|group| {
                    let files = commits.iter().flat_map(|commit| &commit.files);
                    files.filter(|file| folder(&file.path, depth) == group.path).count() as u64
                })
                .max()
                .unwrap_or(0)
        };
        if (most(&found, depth) as f64) < all as f64 * TOO_MUCH {
            break;
        }
        depth += 1;
        let deeper = by_path(commits, |path| folder(path, depth));
        if deeper.len() == found.len() {
            break;
        }
        found = deeper;
    }
    found
}

fn hot_files(commits: &[&Commit]) -> Vec<Changed> {
    let mut found = by_path(commits, str::to_owned);
    found.retain(|file| file.commits > 1);
    found
}

/// Changes by what is made of their paths; a commit counts once for each.
fn by_path(commits: &[&Commit], key: impl Fn(&str) -> String) -> Vec<Changed> {
    let mut found: BTreeMap<String, Changed> = BTreeMap::new();
    for commit in commits {
        let mut touched = BTreeSet::new();
        for file in &commit.files {
            let path = key(&file.path);
            let entry = found.entry(path.clone()).or_default();
            entry.added += file.added;
            entry.removed += file.removed;
            entry.commits += u64::from(touched.insert(path));
        }
    }
    let mut found: Vec<Changed> =
        found.into_iter().map(|(path, changed)| Changed { path, ..changed }).collect();
    let lines = |changed: &Changed| changed.added + changed.removed;
    found.sort_by(|a, b| {
        b.commits.cmp(&a.commits).then(lines(b).cmp(&lines(a))).then_with(|| a.path.cmp(&b.path))
    });
    found.truncate(MOST);
    found
}

fn people(commits: &[&Commit]) -> Vec<Person> {
    let mut found: BTreeMap<&str, (Person, BTreeMap<String, u64>)> = BTreeMap::new();
    for commit in commits {
        let (person, topics) = found.entry(&commit.author).or_insert_with(|| {
            let name = commit.author.clone();
            (Person { name, commits: 0, added: 0, removed: 0, topics: Vec::new() }, BTreeMap::new())
        });
        person.commits += 1;
        person.added += commit.files.iter().map(|file| file.added).sum::<u64>();
        person.removed += commit.files.iter().map(|file| file.removed).sum::<u64>();
        *topics.entry(topic(&commit.subject).0).or_default() += 1;
    }
    let mut found: Vec<Person> = found
        .into_values()
        .map(|(person, topics)| {
            let mut topics: Vec<(String, u64)> = topics.into_iter().collect();
            topics.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
            Person {
                topics: topics.into_iter().map(|(topic, _)| topic).take(5).collect(),
                ..person
            }
        })
        .collect();
    found.sort_by(|a, b| b.commits.cmp(&a.commits).then_with(|| a.name.cmp(&b.name)));
    found.truncate(MOST);
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::catchup::history::File;

    #[test]
    fn a_subject_names_its_topic() {
        let topic = |subject: &str| {
            let (topic, rest) = topic(subject);
            format!("{topic} | {rest}")
        };
        assert_eq!(topic("feat(cart)!: add totals"), "feat | cart: add totals");
        assert_eq!(topic("fix: rounding"), "fix | rounding");
        assert_eq!(topic("store: fold events"), "store | fold events");
        assert_eq!(topic("Fixed the cart"), "fix | Fixed the cart");
        assert_eq!(topic("Add: a thing"), "add | a thing");
        assert_eq!(topic("see https://example.org: why"), "see | see https://example.org: why");
        assert_eq!(topic("a sentence of words: and more"), "a | a sentence of words: and more");
        assert_eq!(topic(""), "no subject | ");
        assert_eq!(topic("→ →"), "(other) | → →");
    }

    #[test]
    fn a_folder_that_has_everything_is_told_apart() {
        let commit = |paths: &[&str]| Commit {
            files: paths
                .iter()
                .map(|path| File { path: (*path).to_owned(), added: 2, removed: 1 })
                .collect(),
            ..Commit::default()
        };
        let all = [
            commit(&["src/cart/a.rs", "src/cart/b.rs", "README.md"]),
            commit(&["src/tax/a.rs", "src/cart/a.rs"]),
        ];
        let groups = Groups::of(&all);
        let folders: Vec<(&str, u64, u64)> =
            groups.folders.iter().map(|f| (&*f.path, f.commits, f.added)).collect();
        assert_eq!(folders, [("src/cart/", 2, 6), ("./", 1, 2), ("src/tax/", 1, 2)]);
        assert_eq!(groups.hot_files.len(), 1);
        assert_eq!(groups.hot_files[0].path, "src/cart/a.rs");
    }
}
