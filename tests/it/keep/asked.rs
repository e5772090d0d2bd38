//! Questions, answered on a real terminal.

use super::exported::paused;
use super::person::Person;
use crate::claude::Terminal;
use serde_json::json;
use std::ffi::OsString;
use std::fs;
use std::num::NonZero;
use std::os::unix::fs::PermissionsExt;

const REJOIN: &str = env!("CARGO_BIN_EXE_rejoin");

impl Person {
    /// `rejoin` in a terminal of 24 lines and 80 columns.
    fn terminal(&self, args: &[&str], more: &[(&str, &str)]) -> Terminal {
        let command = self.command(REJOIN);
        let set = command.get_envs().filter_map(|(name, value)| Some((name.into(), value?.into())));
        let mut environment: Vec<(OsString, OsString)> = set.collect();
        environment.push(("TERM".into(), "xterm-256color".into()));
        environment.extend(more.iter().map(|(name, value)| (name.into(), value.into())));
        let args: Vec<OsString> = args.iter().map(OsString::from).collect();
        let size = (NonZero::new(24).unwrap(), NonZero::new(80).unwrap());
        Terminal::start(REJOIN, &args, &self.repository, &environment, size)
    }

    /// Answers a question; returns the last screen and the exit code.
    fn answer(&self, args: &[&str], question: &str, keys: &str) -> (String, u32) {
        let mut terminal = self.terminal(args, &[]);
        terminal.wait_for(question);
        terminal.keys(keys);
        terminal.end()
    }
}

/// What stands on the screen, as one line.
fn joined(screen: &str) -> String {
    screen.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn a_session_is_forgotten_after_a_yes_alone() {
    let person = Person::new();
    let id = person.follow("demo");
    let folder = person.project().join("sessions").join(&id);
    let forget = ["forget", &id[..8]];
    for keys in ["n\r", "\r", "nope\r", "\u{4}", "\u{3}"] {
        let (screen, code) = person.answer(&forget, "Delete it for good? [y/N]", keys);
        assert_ne!(code, 0, "{keys:?}: {screen}");
        assert!(folder.join("state.json").exists(), "{keys:?}: {screen}");
        // Ctrl-C ends it at once.
        let says = keys != "\u{3}";
        assert_eq!(screen.contains("nothing was deleted"), says, "{keys:?}: {screen}");
    }
    let ran = person.run(&forget);
    assert_eq!(ran.code, 1);
    assert!(ran.stderr.contains("say --yes"), "{}", ran.all());
    assert!(folder.exists());
    let (screen, code) = person.answer(&forget, "[y/N]", "Y\r");
    assert_eq!(code, 0, "{screen}");
    assert!(screen.contains("Deleted session"), "{screen}");
    assert!(!folder.exists());
}

#[test]
fn a_pause_is_deleted_after_a_yes_alone() {
    let person = Person::new();
    person.run(&["pause", "-m", "later"]).done();
    let id = paused(&person);
    let (screen, code) = person.answer(&["forget", &id], "[y/N]", "\r");
    assert_eq!(code, 1, "{screen}");
    assert!(screen.contains("which waits to be taken up"), "{screen}");
    assert_eq!(paused(&person), id);
    let (screen, code) = person.answer(&["forget", &id], "[y/N]", "yes\r");
    assert_eq!((code, screen.contains("Deleted pause")), (0, true), "{screen}");
}

#[test]
fn a_log_that_was_sent_is_told_of_after_a_yes_alone() {
    let from = Person::new();
    from.follow("demo");
    let file = from.root.join("sent.json");
    let file = file.to_str().unwrap();
    from.run(&["export", "--output", file]).done();
    let question = "May the next session be told of it? [y/N]";
    for (keys, yes) in
        [("y\r", true), ("n\r", false), ("\r", false), ("\u{4}", false), ("\u{3}", false)]
    {
        let person = Person::new();
        let mut terminal = person.terminal(&["import", file], &[]);
        terminal.wait_until("it asks", |screen| joined(screen).contains(question));
        terminal.keys(keys);
        let (screen, code) = terminal.end();
        assert_eq!(code == 0, keys != "\u{3}", "{keys:?}: {screen}");
        let list = person.run(&["list", "--json"]).json();
        let state = if yes { "paused" } else { "foreign" };
        assert_eq!(list[0]["state"], *state, "{keys:?}: {screen}");
        assert_eq!(person.start().contains("sent.json"), yes, "{keys:?}");
    }
    // Nobody is there to say yes.
    let person = Person::new();
    person.run(&["import", file]).done();
    assert_eq!(person.run(&["list", "--json"]).json()[0]["state"], "foreign");
}

#[test]
fn a_config_that_is_wrong_may_be_edited_again() {
    let person = Person::new();
    let editor = person.root.join("editor");
    // It spoils the file, and the next time mends it.
    let script = format!(
        "#!/bin/sh\nif [ -e {done} ]; then echo 'retention = 30' > \"$1\"; else\nprintf '[thresholds]\\ncation = 3\\n' > \"$1\"; touch {done}; fi\n",
        done = person.root.join("edited").display()
    );
    fs::write(&editor, script).unwrap();
    fs::set_permissions(&editor, fs::Permissions::from_mode(0o755)).unwrap();
    let edit = |keys: &str| {
        drop(fs::remove_file(person.root.join("edited")));
        let mut terminal =
            person.terminal(&["config", "edit"], &[("EDITOR", editor.to_str().unwrap())]);
        terminal.wait_for("Edit it again? [Y/n]");
        assert!(joined(&terminal.screen()).contains("line 2"), "{}", terminal.screen());
        terminal.keys(keys);
        terminal.end()
    };
    for keys in ["n\r", "\u{4}", "\u{3}"] {
        let (screen, code) = edit(keys);
        assert_ne!(code, 0, "{keys:?}: {screen}");
        assert!(!screen.contains("is in order"), "{screen}");
    }
    let (screen, code) = edit("\r");
    assert_eq!((code, screen.contains("is in order")), (0, true), "{screen}");
    assert_eq!(person.run(&["config", "get", "retention"]).stdout.trim(), "30");
}

#[test]
fn what_takes_away_without_a_question_says_what_it_took() {
    let person = Person::new();
    let id = person.follow("demo");
    person.run(&["pause", "-m", "later"]).done();
    let (screen, code) = person.terminal(&["prune", "--older-than", "0d", "--dry-run"], &[]).end();
    assert_eq!(code, 0, "{screen}");
    assert!(screen.contains(&id[..8]) && screen.contains("Nothing was taken away"), "{screen}");
    let (screen, code) = person.terminal(&["clear"], &[]).end();
    assert_eq!(code, 0, "{screen}");
    assert!(joined(&screen).contains("waits"), "it is not put away: {screen}");
    assert_eq!(person.run(&["clear", "--json"]).json(), json!({"archived": []}));
}
