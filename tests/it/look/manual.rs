//! Help, completions and man pages, all from the same definitions.

use std::fs;

use clap::CommandFactory;
use insta::assert_snapshot;
use rejoin::cli::args::CommandLine;

use super::home::Home;

/// Every command that does something, with the words that call it.
fn commands(command: &clap::Command, words: &[String]) -> Vec<(Vec<String>, clap::Command)> {
    let mut all = Vec::new();
    for below in command.get_subcommands().filter(|c| c.get_name() != "help") {
        let words = [words, &[below.get_name().to_owned()]].concat();
        if below.has_subcommands() {
            all.extend(commands(below, &words));
        } else {
            all.push((words, below.clone()));
        }
    }
    all
}

#[test]
fn the_help_of_every_command_has_an_example_that_is_understood() {
    let all = commands(&CommandLine::command(), &[]);
    assert!(all.len() > 25, "{}", all.len());
    for (words, mut command) in all {
        for help in [command.render_help(), command.render_long_help()] {
            let help = help.to_string();
            let examples: Vec<&str> = match help.split_once("Examples:\n") {
                Some((_, rest)) => rest.lines().take_while(|line| line.starts_with("  ")).collect(),
                None => help.lines().filter_map(|line| line.strip_prefix("Example: ")).collect(),
            };
            assert!(!examples.is_empty(), "`rejoin {}` has no example:\n{help}", words.join(" "));
            for example in examples {
                let called = format!("rejoin {}", words.join(" "));
                assert!(example.contains(&called), "`{called}`: {example}");
            }
        }
        assert!(command.get_about().is_some(), "{words:?} says what it does");
    }
}

#[test]
fn completions_know_every_command() {
    let home = Home::new();
    for shell in ["bash", "zsh", "fish", "powershell"] {
        let ran = home.run(&["completions", shell]);
        assert_eq!((ran.code, &*ran.stderr), (0, ""));
        for (words, _) in commands(&CommandLine::command(), &[]) {
            assert!(ran.stdout.contains(words.last().unwrap()), "{shell} lacks {words:?}");
        }
    }
    assert_eq!(home.run(&["completions", "tcsh"]).code, 2);
    // The script is one that its shell reads.
    let script = home.write("rejoin.bash", home.run(&["completions", "bash"]).stdout);
    let bash = home.command("bash").arg("-c").arg(format!(
        "source {} && COMP_WORDS=(rejoin sea) COMP_CWORD=1 && _rejoin rejoin sea rejoin && echo ${{COMPREPLY[@]}}",
        script.display()
    )).output();
    if let Ok(output) = bash {
        assert_eq!(String::from_utf8_lossy(&output.stdout).trim(), "search", "{output:?}");
    }
}

#[test]
fn every_command_has_a_page() {
    let home = Home::new();
    let ran = home.run(&["man", "man1"]);
    assert_eq!((ran.code, &*ran.stderr), (0, ""), "{}", ran.all());
    let folder = home.shop().join("man1");
    for (words, _) in commands(&CommandLine::command(), &[]) {
        let page = folder.join(format!("rejoin-{}.1", words.join("-")));
        let text = fs::read_to_string(&page).unwrap_or_else(|e| panic!("{}: {e}", page.display()));
        assert!(text.contains(".TH ") && text.contains(".nf\n"), "{text}");
        let notes = text.split_once(".SH NOTES\n.nf\n").unwrap().1;
        assert!(notes.contains("Example") && notes.contains("\n.fi\n"), "{notes}");
    }
    let first = home.run(&["man"]);
    assert_eq!(first.stdout, fs::read_to_string(folder.join("rejoin.1")).unwrap());
    let again = home.run(&["man", "man2"]);
    assert_eq!(again.code, 0);
    let same = fs::read(home.shop().join("man2/rejoin-search.1")).unwrap();
    assert_eq!(same, fs::read(folder.join("rejoin-search.1")).unwrap(), "the same each time");
    home.write("home/shop/taken", "a file");
    assert_eq!(home.run(&["man", "taken"]).code, 1);
}

#[test]
fn help_is_a_table_of_contents() {
    let home = Home::new();
    assert_snapshot!("help", home.run(&["--help"]).all());
    for command in ["search", "catchup", "context"] {
        assert_snapshot!(format!("help_{command}"), home.run(&[command, "--help"]).all());
    }
    let clash = home.run(&["--json", "list"]);
    assert_eq!(clash.code, 2);
    assert!(clash.stderr.contains("--json goes behind"), "{}", clash.all());
    assert_eq!(home.run(&["--no-pager", "config", "path"]).code, 0);
}
