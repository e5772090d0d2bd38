//! The boundaries between modules, read off the `crate::` paths in the sources.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// What a module must not know, with the reason.
const MUST_NOT_KNOW: [(&str, &[&str], &str); 15] = [
    ("session", PURE, "facts are a pure value: no files, environment, clock or foreign names"),
    ("resume", PURE, "a resume log is a pure function of the facts"),
    (
        "protocol",
        &["session", "store", "follow", "resume"],
        "it knows Claude Code's fields and nothing of ours",
    ),
    (
        "transcript",
        &["store", "hook", "follow", "resume", "config"],
        "it takes a path and a cursor and returns values",
    ),
    (
        "store",
        &["protocol", "transcript", "session", "resume", "git", "follow", "hook", "cli"],
        "it is generic over what it keeps",
    ),
    ("git", &["hook", "session", "follow", "cli"], "it reads repositories, whoever asks"),
    ("redact", &["hook", "session", "follow", "cli"], "it removes secrets from any text"),
    ("settings", &["hook", "session", "follow", "cli"], "it edits a file of Claude Code's"),
    ("process", &["hook", "session", "follow", "cli"], "it looks at processes, whoever asks"),
    ("skills", &["hook", "session", "follow", "cli"], "it manages files of skills"),
    ("usage", &["hook", "session", "follow", "store", "cli"], "it totals transcripts on its own"),
    (
        "export",
        &["hook", "cli", "store", "git", "env", "clock", "config", "process"],
        "it renders what it is given",
    ),
    (
        "foreign",
        &["hook", "cli", "store", "git", "env", "clock", "config", "process", "transcript"],
        "it reads what others wrote and keeps nothing",
    ),
    ("hook", &["cli"], "hook executables must not link the command line"),
    ("cli", &["hook"], "the command line is not a hook"),
];

const PURE: &[&str] =
    &["env", "clock", "store", "transcript", "protocol", "git", "process", "follow", "hook", "cli"];

/// What only some places may name: the word, and the places.
const ONLY_IN: [(&str, &[&str]); 6] = [
    ("clap", &["src/cli/"]),
    ("println!", &[]),
    ("eprintln!", &["src/cli/mod.rs"]),
    ("fs2::", &["src/store/lock.rs"]),
    // What every event goes through searches without asking the processor what it can do: `src/bytes.rs`.
    (
        "memchr::",
        &[
            "src/bytes.rs",
            "src/cli/",
            "src/release.rs",
            "src/search/",
            "src/settings/refusal.rs",
            // After a rewind alone.
            "src/transcript/chain.rs",
            "src/usage/",
        ],
    ),
    // The status line passes on to the command that the user had before.
    ("Command::new", &["src/cli/", "src/hook/status_line.rs"]),
];

fn sources() -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("src")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|e| e == "rs") {
                found.push(path);
            }
        }
    }
    found
}

fn name(path: &Path) -> String {
    let below = path.strip_prefix(env!("CARGO_MANIFEST_DIR")).unwrap();
    below.to_string_lossy().replace('\\', "/")
}

/// The product's code of a file: without its tests, comments and texts of documentation.
fn code(path: &Path) -> String {
    if name(path).contains("/tests") {
        return String::new();
    }
    let text = fs::read_to_string(path).unwrap();
    let text = text.split("#[cfg(test)]\nmod tests").next().unwrap_or_default();
    text.lines().filter(|l| !l.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n")
}

/// The modules named behind `crate::`.
fn known(code: &str) -> BTreeSet<String> {
    code.match_indices("crate::")
        .map(|(at, word)| {
            let rest = &code[at + word.len()..];
            rest.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect()
        })
        .collect()
}

#[test]
fn modules_know_only_what_they_may() {
    let mut seen = 0;
    for path in sources() {
        let name = name(&path);
        let Some((_, strangers, why)) = MUST_NOT_KNOW.iter().find(|(module, ..)| {
            name.starts_with(&format!("src/{module}/")) || name == format!("src/{module}.rs")
        }) else {
            continue;
        };
        seen += 1;
        for stranger in known(&code(&path)) {
            assert!(!strangers.contains(&&*stranger), "{name} must not know `{stranger}`: {why}");
        }
    }
    assert!(seen > 60, "only {seen} files were looked at");
}

#[test]
fn some_words_have_one_place() {
    for path in sources() {
        let name = name(&path);
        let code = code(&path);
        for (word, places) in ONLY_IN {
            let allowed = places.iter().any(|place| name.starts_with(place));
            assert!(allowed || !code.contains(word), "{name} must not name `{word}`");
        }
    }
}

#[test]
fn every_file_of_tests_is_listed() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it");
    let main = fs::read_to_string(folder.join("main.rs")).unwrap();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let stem = path.file_stem().unwrap().to_str().unwrap();
        assert!(stem == "main" || main.contains(&format!("mod {stem};")), "{stem} is not listed");
    }
}
