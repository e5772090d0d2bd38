//! What programs are told: every key is documented, and none goes unseen.

use super::person::Person;
use insta::assert_snapshot;
use serde_json::Value;
use std::collections::BTreeSet;
use std::fmt::Write;
use std::fs;

/// Keys whose own keys are names: of tools, kinds and files.
const NAMED: [&str; 3] = ["tools", "left_out", "files"];

/// The paths of all keys: `rows[].key`.
fn keys(value: &Value, path: &str, found: &mut BTreeSet<String>) {
    match value {
        Value::Object(object) => {
            for (key, value) in object {
                let path = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
                let named = NAMED.contains(&&**key) && value.is_object();
                found.insert(path.clone());
                if named {
                    let inner = value.as_object().unwrap().values();
                    inner.for_each(|value| keys(value, &format!("{path}.*"), found));
                } else {
                    keys(value, &path, found);
                }
            }
        }
        Value::Array(values) => {
            for value in values {
                keys(value, &format!("{path}[]"), found);
            }
        }
        _ => {}
    }
}

/// The words of the part of docs/json.md whose heading names the command.
fn documented(command: &str) -> String {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/json.md");
    let text = fs::read_to_string(path).unwrap();
    let parts = text.split("\n## ").skip(1);
    let named: Vec<&str> = parts
        .filter(|part| part.lines().next().unwrap().contains(&format!("`rejoin {command}")))
        .collect();
    assert!(!named.is_empty(), "docs/json.md has no part for `rejoin {command}`");
    named.concat()
}

#[test]
fn every_key_is_documented_and_stays() {
    let person = Person::new();
    person.git(&["config", "user.name", "ada"]);
    person.git(&["config", "user.email", "ada@example.org"]);
    fs::write(person.repository.join("cart.py"), "x\n").unwrap();
    let commit = |subject: &str, hours: i64| {
        person.git(&["add", "--all"]);
        let at = (chrono::Utc::now() + chrono::TimeDelta::hours(hours)).to_rfc3339();
        let mut git = person.command("git");
        git.env("GIT_AUTHOR_DATE", &at).env("GIT_COMMITTER_DATE", &at);
        let done = git.args(["commit", "--quiet", "--allow-empty", "-m", subject]).status();
        assert!(done.unwrap().success());
    };
    // Well before the sessions, and well after them.
    commit("cart: start", -48);
    // Transcripts lie where Claude Code has them, so that totals count them.
    let demo = person.follow("demo");
    let folder = person.root.join("home/.claude/projects/-shop");
    fs::create_dir_all(&folder).unwrap();
    fs::copy(person.transcript(&demo), folder.join(format!("{demo}.jsonl"))).unwrap();
    person.follow("subagents-parallel");
    person.run(&["note", "--decision", "prices in cents"]).done();
    person.run(&["note", "--next", "wire the discount"]).done();
    person.run(&["pause", "-m", "later"]).done();
    commit("cart: discount", 1);
    let sent = person.root.join("sent.json");
    person.run(&["export", &demo, "--output", sent.to_str().unwrap()]).done();
    let commands: [&[&str]; 24] = [
        &["--json"],
        &["list", "--json"],
        &["show", &demo, "--json"],
        &["log", &demo, "--json"],
        &["search", "discount", "--json"],
        &["usage", "--json", "--by", "session"],
        &["usage", "--json", "--by", "block"],
        &["catchup", "--json"],
        &["context", "--json"],
        &["pause", "-m", "again", "--json"],
        &["clear", "--json"],
        &["export", &demo, "--json"],
        &["import", sent.to_str().unwrap(), "--json"],
        &["share", &demo, "--no-push", "--json"],
        &["prune", "--older-than", "0d", "--dry-run", "--json"],
        &["config", "list", "--json"],
        &["doctor", "--json"],
        &["version", "--json"],
        &["version", "--all", "--json"],
        &["skills", "list", "--json"],
        &["skills", "info", "api-documentation", "--json"],
        &["skills", "search", "rust", "--json"],
        &["skills", "recommend", "--json"],
        &["forget", &demo, "--yes", "--json"],
    ];
    let (mut told, mut missing) = (String::new(), String::new());
    for arguments in commands {
        let ran = person.run(arguments);
        let mut found = BTreeSet::new();
        match serde_json::from_str(&ran.stdout) {
            Ok(value) => keys(&value, "", &mut found),
            // One object a line.
            Err(_) => ran.stdout.lines().for_each(|line| {
                let value = serde_json::from_str(line);
                let value = value.unwrap_or_else(|e| panic!("{arguments:?}: {e}: {}", ran.all()));
                keys(&value, "", &mut found);
            }),
        }
        assert!(!found.is_empty(), "{arguments:?}: {}", ran.all());
        let name = match arguments {
            ["--json"] => "--json".to_owned(),
            ["skills" | "config", below, ..] => format!("{} {below}", arguments[0]),
            _ => arguments[0].to_owned(),
        };
        let help: Vec<&str> = name.split(' ').filter(|word| !word.starts_with('-')).collect();
        let help = person.run(&[&help[..], &["--help"]].concat()).done().stdout;
        // What else the help says is English.
        let mut words = documented(&name) + help.split_once("\nJSON").map_or("", |(_, told)| told);
        if name == "export" {
            // It holds a log, and turns.
            words += &documented("show");
            words += &person.run(&["log", "--help"]).stdout;
        }
        let words: BTreeSet<&str> =
            words.split(|c: char| !c.is_alphanumeric() && c != '_').collect();
        for path in &found {
            let key = path.rsplit('.').next().unwrap().trim_end_matches("[]");
            if key != "*" && !words.contains(key) {
                writeln!(missing, "rejoin {name}: {path}").unwrap();
            }
        }
        let plain: Vec<&str> = arguments.iter().filter(|a| !a.contains(&*demo)).copied().collect();
        let plain = plain.join(" ").replace(&*person.root.to_string_lossy(), "ROOT");
        let found: Vec<String> = found.into_iter().collect();
        writeln!(told, "{plain}\n  {}\n", found.join(" ")).unwrap();
    }
    assert_eq!(missing, "", "not documented");
    assert_snapshot!(told);
}

/// Commands that print JSON, by their definitions.
#[test]
fn no_command_s_json_was_left_out() {
    use clap::CommandFactory;
    fn below(command: &clap::Command, words: &str, all: &mut Vec<String>) {
        for inner in command.get_subcommands().filter(|c| c.get_name() != "help") {
            let words = format!("{words} {}", inner.get_name()).trim().to_owned();
            if inner.get_arguments().any(|a| a.get_long() == Some("json")) {
                all.push(words.clone());
            }
            below(inner, &words, all);
        }
    }
    let mut all = Vec::new();
    below(&rejoin::cli::args::CommandLine::command(), "", &mut all);
    assert!(all.len() > 20, "{all:?}");
    for command in all {
        documented(&command);
    }
}
