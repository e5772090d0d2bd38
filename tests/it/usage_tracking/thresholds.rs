//! The context window fills up: said once for each level, to the user and to Claude.

use crate::api::{Api, Class, Turn};
use crate::claude::{Home, Terminal};
use crate::registration::register;
use crate::session::{newest_session, wait_for_turns};

/// What Claude is told begins so.
const TOLD: &str = "Context window: ";

/// A session in the making.
struct Filling<'a> {
    home: &'a Home,
    terminal: Terminal,
    turns: usize,
}

impl Filling<'_> {
    /// One more prompt, and its turn to its end.
    fn prompt(&mut self, prompt: &str, answer: &str) {
        self.terminal.submit(prompt);
        self.terminal.wait_for(answer);
        self.turns += 1;
        wait_for_turns(self.home, &newest_session(self.home), self.turns);
    }

    /// What the user was told so far.
    fn messages(&self) -> Vec<String> {
        let lines = self.home.transcripts().pop().unwrap().lines();
        lines
            .iter()
            .filter(|line| line["attachment"]["type"] == "hook_system_message")
            .map(|line| line["attachment"]["content"].as_str().unwrap_or_default().to_owned())
            .filter(|text| text.contains("the context window is"))
            .collect()
    }
}

fn begin(home: &Home) -> Filling<'_> {
    register(home);
    Filling { home, terminal: home.claude().terminal(), turns: 0 }
}

#[test]
#[cfg_attr(not(claude_code), ignore = "needs the real Claude Code: run tests/get-claude-code.sh")]
fn each_level_is_told_exactly_once() {
    let api = Api::start();
    let home = Home::new(&api);
    let answers = [
        (Turn::text("One heron.").context(100_000)),
        (Turn::text("Two herons.").context(150_000)),
        (Turn::bash("echo wading").context(172_000)),
        (Turn::text("Three herons.").context(173_000)),
        (Turn::text("Four herons.").context(192_000)),
        (Turn::text("Five herons.").context(193_000)),
        (Turn::text("Six herons.").context(194_000)),
    ];
    for answer in answers {
        api.reply(answer);
    }
    let mut filling = begin(&home);
    filling.prompt("How many", "One heron.");
    filling.prompt("And now", "Two herons.");
    assert_eq!(filling.messages(), Vec::<String>::new());
    filling.prompt("Look again", "Three herons.");
    for (prompt, answer) in
        [("Once more", "Four herons."), ("Further", "Five herons."), ("The last", "Six herons.")]
    {
        filling.prompt(prompt, answer);
    }

    let last = api.requests(Class::Main).pop().unwrap();
    assert_eq!(last.count(TOLD), 3, "{}", last.conversation());
    last.assert_once("Context window: 150,000 of 200,000 tokens in use (75 %)");
    last.assert_once("Context window: 192,000 of 200,000 tokens in use (96 %)");
    let messages = filling.messages();
    assert_eq!(messages.len(), 3, "{messages:?}");
    assert!(messages[0].contains("75 % full (150,000 of 200,000 tokens)"), "{messages:?}");
    assert!(messages[1].contains("86 % full"), "{messages:?}");
    assert!(messages[2].contains("96 % full"), "{messages:?}");
    filling.terminal.exit();

    // In another process it is the same session.
    api.reply(Turn::text("Seven herons.").context(195_000));
    let session = newest_session(&home);
    let mut terminal = home.claude().resume(&session).terminal();
    terminal.submit("Still there");
    terminal.wait_for("Seven herons.");
    terminal.exit();
    assert_eq!(api.requests(Class::Main).pop().unwrap().count(TOLD), 3);
}

#[test]
#[cfg_attr(not(claude_code), ignore = "needs the real Claude Code: run tests/get-claude-code.sh")]
fn after_a_compaction_it_begins_anew() {
    let api = Api::start();
    let home = Home::new(&api);
    api.reply(Turn::text("One heron.").context(150_000));
    api.reply(Turn::text("Two herons.").context(151_000));
    let mut filling = begin(&home);
    filling.prompt("How many", "One heron.");
    filling.prompt("And now", "Two herons.");
    assert_eq!(filling.messages().len(), 1);
    filling.terminal.submit("/compact");
    filling.terminal.wait_for("Compacted");
    api.reply(Turn::text("Three herons.").context(160_000));
    api.reply(Turn::text("Four herons.").context(161_000));
    filling.prompt("Look again", "Three herons.");
    assert_eq!(filling.messages().len(), 1, "after a compaction the window is not full");
    filling.prompt("Once more", "Four herons.");
    let messages = filling.messages();
    assert_eq!(messages.len(), 2, "{messages:?}");
    assert!(messages[1].contains("80 % full (160,000 of 200,000 tokens)"), "{messages:?}");
    filling.terminal.exit();
}

#[test]
#[cfg_attr(not(claude_code), ignore = "needs the real Claude Code: run tests/get-claude-code.sh")]
fn a_window_that_is_not_known_and_levels_switched_off_say_nothing() {
    for (model, config) in [
        ("claude-opus-4-8", ""),
        (crate::claude::SONNET, "[thresholds]\ncaution = 0\nwarning = 0\ncritical = 0\n"),
    ] {
        let api = Api::start();
        let home = Home::new(&api);
        register(&home);
        std::fs::create_dir(home.state()).unwrap();
        std::fs::write(home.state().join("config.toml"), config).unwrap();
        api.reply(Turn::bash("echo wading").context(190_000));
        api.reply(Turn::text("One heron.").context(191_000));
        let output = home.claude().model(model).print("How many");
        assert_eq!(output.code, Some(0), "{output:?}");
        let session = newest_session(&home);
        api.reply(Turn::text("Two herons.").context(192_000));
        home.claude().model(model).resume(&session).print("And now");
        assert_eq!(api.requests(Class::Main).pop().unwrap().count(TOLD), 0, "{model}");
    }
}
