//! What is wrong around a command: each says so in a sentence, or gets along.

use super::person::{Person, Ran};
use insta::assert_snapshot;
use std::ffi::OsStr;
use std::fmt::Write;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::process::Stdio;

const REJOIN: &str = env!("CARGO_BIN_EXE_rejoin");

/// Every command that a person calls to look, and those that write nothing but our own state.
const COMMANDS: [&[&str]; 24] = [
    &[],
    &["list"],
    &["list", "--all"],
    &["show"],
    &["show", "--digest"],
    &["log"],
    &["search", "discount"],
    &["catchup"],
    &["context"],
    &["usage"],
    &["note", "checked"],
    &["pause", "-m", "later"],
    &["resume", "--print"],
    &["resume", "--last", "--print"],
    &["resume", "--last"],
    &["export"],
    &["export", "--format", "html"],
    &["share"],
    &["fetch"],
    &["clear"],
    &["prune", "--dry-run"],
    &["config", "list"],
    &["doctor"],
    &["version", "--all"],
];

impl Person {
    /// Runs `rejoin` in a folder, with these programs alone on the path.
    fn run_in(&self, folder: &Path, path: Option<&Path>, args: &[&str]) -> Ran {
        let mut command = self.command(REJOIN);
        command.args(args).current_dir(folder);
        if let Some(path) = path {
            command.env("PATH", path);
        }
        let output = command.output().unwrap();
        Ran {
            code: output.status.code().unwrap(),
            stdout: self.plain(&String::from_utf8(output.stdout).unwrap()),
            stderr: self.plain(&String::from_utf8(output.stderr).unwrap()),
        }
    }

    fn git_in(&self, folder: &Path, args: &[&str]) -> bool {
        let name = ["-c", "user.name=Ada", "-c", "user.email=a@example.org"];
        let allow = ["-c", "protocol.file.allow=always", "-c", "commit.gpgsign=false"];
        let mut git = self.command("git");
        git.args(name).args(allow).args(args).current_dir(folder);
        git.stdout(Stdio::null()).stderr(Stdio::null()).status().unwrap().success()
    }
}

/// A sentence, or nothing.
#[track_caller]
fn is_sound(what: &str, ran: &Ran) {
    let all = ran.all();
    assert!(matches!(ran.code, 0 | 1), "{what}: {all}");
    assert!(ran.stderr.lines().count() <= 1, "{what}: {all}");
    assert!(ran.stderr.is_empty() || ran.stderr.starts_with("rejoin: "), "{what}: {all}");
    for dump in ["panicked", "Os {", "kind:", "Err(", "fatal:", "unwrap"] {
        assert!(!ran.stderr.contains(dump), "{what}: {all}");
    }
    // A finding is no failure of the command, and is on stdout.
    assert!(ran.code == 1 || ran.stderr.is_empty(), "{what}: {all}");
    assert!(ran.code == 0 || !ran.stderr.is_empty() || what.contains("doctor"), "{what}: {all}");
    let controls = ran.stdout.chars().find(|c| c.is_control() && *c != '\n');
    assert_eq!(controls, None, "{what}: {all}");
}

#[test]
fn an_id_that_names_nothing_or_several_is_told_by_every_command() {
    let person = Person::new();
    let id = person.follow("demo");
    person.run(&["pause", "-m", "one"]).done();
    person.run(&["pause", "-m", "two"]).done();
    let named: [&[&str]; 9] = [
        &["show"],
        &["log"],
        &["export"],
        &["resume", "--print"],
        &["resume", "--native"],
        &["resume"],
        &["forget", "--yes"],
        &["share"],
        &["clear"],
    ];
    for command in named {
        let what = command.join(" ");
        let none = person.run(&[command, &["zz"]].concat());
        is_sound(&what, &none);
        let near = none.stderr.contains(&id[..8]) || none.stderr.contains("pPAUSE-");
        assert!(none.code == 1 && none.stderr.contains("`zz`") && near, "{what}: {}", none.all());
        let several = person.run(&[command, &["p"]].concat());
        is_sound(&what, &several);
        let both = several.stderr.contains("pPAUSE-1") && several.stderr.contains("pPAUSE-2");
        assert!(
            both && several.stderr.contains("give more of the id"),
            "{what}: {}",
            several.all()
        );
        // What no id can be is quoted, whatever it is.
        let odd = person.run(&[command, &["a/../\u{1b}[31m\nb"]].concat());
        is_sound(&what, &odd);
        assert_eq!(odd.code, 1, "{what}: {}", odd.all());
    }
}

/// Folders of every kind that a command may be started in.
fn places(person: &Person) -> Vec<(&'static str, PathBuf)> {
    let make = |name: &'static str| {
        let folder = person.root.join("home").join(name);
        fs::create_dir_all(&folder).unwrap();
        (name, folder)
    };
    let commit = |folder: &Path, file: &str, text: &str| {
        fs::write(folder.join(file), text).unwrap();
        person.git_in(folder, &["add", "--all"]);
        assert!(person.git_in(folder, &["commit", "--quiet", "-m", text]));
    };
    let plain = make("plain");
    let bare = make("bare");
    person.git_in(&bare.1, &["init", "--quiet", "--bare"]);
    let empty = make("empty");
    person.git_in(&empty.1, &["init", "--quiet"]);
    let detached = make("detached");
    person.git_in(&detached.1, &["init", "--quiet", "-b", "main"]);
    commit(&detached.1, "a", "first");
    person.git_in(&detached.1, &["switch", "--quiet", "--detach"]);
    let merging = make("merging");
    person.git_in(&merging.1, &["init", "--quiet", "-b", "main"]);
    commit(&merging.1, "a", "first");
    person.git_in(&merging.1, &["switch", "--quiet", "-c", "side"]);
    commit(&merging.1, "a", "theirs");
    person.git_in(&merging.1, &["switch", "--quiet", "main"]);
    commit(&merging.1, "a", "ours");
    assert!(!person.git_in(&merging.1, &["merge", "side"]), "it conflicts");
    let modules = make("modules");
    person.git_in(&modules.1, &["init", "--quiet", "-b", "main"]);
    let from = detached.1.to_str().unwrap().to_owned();
    assert!(person.git_in(&modules.1, &["submodule", "--quiet", "add", &from, "inner"]));
    commit(&modules.1, "b", "with a submodule");
    fs::write(modules.1.join("inner/a"), "changed").unwrap();
    let names = make("names");
    person.git_in(&names.1, &["init", "--quiet", "-b", "ein/ast\u{300}-日本"]);
    commit(&names.1, "a", "first");
    for name in [&b"with space"[..], b"with\nnewline", b"not-utf8-\xff", b"esc\x1b[31m"] {
        // A file system that knows no such names has none of them.
        drop(fs::write(names.1.join(OsStr::from_bytes(name)), "x"));
    }
    person.git_in(&names.1, &["add", "--all"]);
    let odd = make("folder with \u{e9} and spaces");
    vec![plain, bare, empty, detached, merging, modules, names, odd]
}

#[test]
fn every_command_gets_along_in_every_folder() {
    let person = Person::new();
    for (name, folder) in places(&person) {
        for command in COMMANDS {
            let what = format!("{name}: {}", command.join(" "));
            is_sound(&what, &person.run_in(&folder, None, command));
        }
    }
}

#[test]
fn every_command_gets_along_without_git_and_claude() {
    let person = Person::new();
    let id = person.follow("demo");
    let nothing = person.root.join("nothing");
    fs::create_dir(&nothing).unwrap();
    let mut told = String::new();
    for command in COMMANDS {
        let ran = person.run_in(&person.repository, Some(&nothing), command);
        is_sound(&command.join(" "), &ran);
        if !ran.stderr.is_empty() {
            write!(told, "rejoin {}\n  {}", command.join(" "), ran.stderr).unwrap();
        }
    }
    let ran = person.run_in(&person.repository, Some(&nothing), &["resume", "--native", &id]);
    write!(told, "rejoin resume --native\n  {}", ran.stderr).unwrap();
    assert_snapshot!(told);
}

#[test]
fn a_reader_that_leaves_early_is_no_error() {
    let person = Person::new();
    person.follow("demo");
    for command in COMMANDS
        .iter()
        .filter(|command| !["share", "fetch", "doctor"].iter().any(|c| command.contains(c)))
    {
        // Those that can't be done say so, whoever listens.
        let usual = person.run(command).code;
        let mut child = person
            .command(REJOIN)
            .args(*command)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        drop(child.stdout.take());
        let output = child.wait_with_output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(usual), "{command:?}: {said}");
        assert!(usual != 0 || said.is_empty(), "{command:?}: {said}");
    }
}

#[test]
fn what_is_kept_and_handed_over_fits_the_terminal() {
    for columns in ["80", "120"] {
        let person = Person::new();
        let id = person.follow("demo");
        person.run(&["pause", "-m", "later"]).done();
        let sent = person.root.join("sent.json");
        person.run(&["export", &id, "--output", sent.to_str().unwrap()]).done();
        for (name, args) in [
            ("show", &["show", &id, "--section", "next-steps"][..]),
            ("export", &["export", &id]),
            ("import", &["import", sent.to_str().unwrap()]),
            ("prune", &["prune", "--older-than", "0d", "--dry-run"]),
            ("share", &["share", &id, "--as", "ada"]),
            ("forget", &["forget", &id]),
        ] {
            let told = person.run_with(args, &[("COLUMNS", columns)]).all();
            // How long the paths of this machine's temporary folders are says how much it is.
            let mut words: Vec<&str> = told.split(' ').collect();
            for at in 1..words.len() {
                if words[at].starts_with("KB") {
                    words[at - 1] = "SIZE";
                }
            }
            let told = words.join(" ");
            let shown: Vec<&str> = told.lines().rev().take(12).collect();
            let shown: Vec<&str> = shown.into_iter().rev().collect();
            assert_snapshot!(format!("{name}_at_{columns}"), shown.join("\n"));
        }
    }
}
