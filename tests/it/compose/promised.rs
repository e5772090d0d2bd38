//! Each kind of fact that a log promises is in it where the transcript has it, once, and in the
//! transcript's own words.

#![allow(clippy::unwrap_used)]

use super::{Transcript, compose};
use serde_json::json;

/// Whole log of a session that `play` makes up.
fn log(play: impl FnOnce(&mut Transcript)) -> String {
    let folder = tempfile::tempdir().unwrap();
    let mut t = Transcript::new();
    play(&mut t);
    compose(&t.save(folder.path(), "promised"), &[])
}

/// The lines below a heading, up to the next one.
fn below<'a>(log: &'a str, heading: &str) -> Vec<&'a str> {
    let mut lines = log.lines().skip_while(|l| !l.starts_with(heading)).peekable();
    assert!(lines.peek().is_some(), "no {heading:?} in\n{log}");
    let first = lines.next();
    first
        .into_iter()
        .chain(lines.take_while(|l| !l.starts_with("**") && !l.starts_with('#')))
        .collect()
}

#[track_caller]
fn tells(log: &str, heading: &str, what: &[&str]) {
    let text = below(log, heading).join("\n");
    for what in what {
        assert!(text.contains(what), "no {what:?} under {heading:?}:\n{text}");
    }
}

#[test]
fn prompts_word_for_word_with_corrections_and_interruptions() {
    let log = log(|t| {
        t.prompt("Rename `Cart` to `Basket`, but keep the old name as an alias.");
        t.close("Renamed.");
        t.prompt("No, without the alias.");
        t.bash("ls", 0, "src");
        t.typed("and leave the docs alone");
        t.close("Done.");
    });
    tells(
        &log,
        "**Asked**",
        &[
            "09:00 \"Rename `Cart` to `Basket`, but keep the old name as an alias.\"",
            "(changes course) \"No, without the alias.\"",
            "(typed while Claude worked) \"and leave the docs alone\"",
        ],
    );
}

#[test]
fn files_with_lines_and_symbols() {
    let log = log(|t| {
        t.prompt("Go.");
        t.write(
            "src/discount.py",
            "def percent(code):\n    return 1\n\n\ndef valid(code):\n    return True\n",
        );
        t.edit(
            "src/cart.py",
            "def total(self):\n    return 1\n",
            "def total(self, code):\n    return 2\n\n\ndef empty(self):\n    pass\n",
        );
        t.edit("src/old.py", "def gone():\n    pass\n", "");
        t.read("src/seen.py");
        t.close("Done.");
    });
    tells(
        &log,
        "## Files",
        &[
            "discount.py new ✎1 +6, uncommitted: + valid, percent",
            "cart.py ✎1 +6/−2, uncommitted: + empty; ~ total",
            "old.py ✎1 +0/−2, uncommitted: − gone",
            "seen.py read",
        ],
    );
}

#[test]
fn files_that_commands_wrote_moved_or_removed() {
    let log = log(|t| {
        t.prompt("Go.");
        t.bash("cat > src/made.py <<'EOF'\nx = 1\nEOF", 0, "");
        t.bash("sed -i 's/a/b/' src/cart.py", 0, "");
        t.write("src/draft.py", "def draft():\n    pass\n");
        t.bash("git mv src/draft.py src/final.py", 0, "");
        t.edit("src/dead.py", "a = 1\n", "a = 2\n");
        t.bash("rm src/dead.py", 0, "");
        t.close("Done.");
    });
    tells(
        &log,
        "## Files",
        &["made.py", "cart.py ✎1", "final.py new", "dead.py ✎1 +1/−1, removed"],
    );
    tells(&log, "**Uncommitted", &["dead.py (removed)", "final.py (new)"]);
    assert!(!log.contains("draft.py new"), "{log}");
}

#[test]
fn checks_with_their_last_figures_and_what_came_after() {
    let log = log(|t| {
        t.prompt("Go.");
        t.bash("pytest -q", 0, "5 passed in 0.10s");
        t.bash("ruff check src", 1, "src/a.py:6:5: E701 Multiple statements\nFound 1 error.");
        t.edit("src/cart.py", "a\n", "b\n");
        t.close("Done.");
    });
    tells(
        &log,
        "**Checks**",
        &[
            "- `pytest -q`: 5 passed in 0.10s (09:00)",
            "- `ruff check src`: FAILED: Found 1 error (09:00)",
            "- none was run after the last edit",
        ],
    );
    tells(
        &log,
        "**Unsolved",
        &["`ruff check src` failed", "exit code 1", "E701 Multiple statements"],
    );
}

#[test]
fn what_failed_what_was_tried_and_what_fixed_it() {
    let log = log(|t| {
        t.prompt("Go.");
        t.bash("cargo test", 101, "error[E0425]: cannot find value `tax` in this scope\n --> src/cart.rs:7:5\nerror: could not compile `shop`");
        t.say("The constant `tax` was moved to `rates` because it differs by country.");
        t.edit("src/cart.rs", "tax\n", "rates::tax()\n");
        t.bash(
            "cargo test",
            0,
            "test result: ok. 12 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out",
        );
        t.close("Done.");
    });
    tells(
        &log,
        "**Errors and what fixed them",
        &[
            "`cargo test` failed: \"error[E0425]: cannot find value `tax` in this scope",
            "\"The constant `tax` was moved to `rates` because it differs by country.\"",
            "Then `cart.rs`: `rates::tax()`; 12 passed; 0 failed",
        ],
    );
}

#[test]
fn approaches_that_did_not_help() {
    let log = log(|t| {
        let failing = "FAILED tests/test_a.py::test_total - assert 3 == 4\n1 failed in 0.1s";
        t.prompt("Go.");
        t.bash("pytest -q", 1, failing);
        t.edit("src/a.py", "x = 1\n", "x = 2\n");
        t.bash("pytest -q", 1, failing);
        t.edit("src/b.py", "y = 1\n", "y = 2\n");
        t.bash("pytest -q", 1, failing);
    });
    tells(&log, "**Unsolved", &["3 times alike", "test_total - assert 3 == 4"]);
    tells(
        &log,
        "**What was tried**",
        &["try 2 at", "after `a.py`: `x = 2`", "try 3 at", "`b.py`: `y = 2`"],
    );
}

#[test]
fn tasks_and_items_by_replay() {
    let log = log(|t| {
        t.prompt("Work on shop-7.");
        t.todos(&[("Write the parser", "completed"), ("Print the receipt", "in_progress")]);
        t.bash("bd show shop-7", 0, "○ shop-7 · Discount codes   [● P1 · OPEN]\nType: feature\n\nDESCRIPTION\n## Goal\nCodes at the till.\n\n## No-gos\n- No new tables\n");
        t.bash("bd update shop-7 --status in_progress", 0, "✓ Updated issue: shop-7");
        t.edit("src/cart.py", "a\n", "b\n");
    });
    tells(
        &log,
        "**State**",
        &[
            "◐ Print the receipt (in progress)",
            "✓ 1 of 2 done: Write the parser",
            "◐ shop-7",
            "1 edit since, nothing checked or committed",
        ],
    );
    tells(&log, "**Standing rules", &["No new tables"]);
}

#[test]
fn plans_questions_answers_and_refusals() {
    let log = log(|t| {
        t.prompt("Go.");
        t.ask("Which database?", "SQLite");
        t.plan(
            "# Storage\n\n## Approach\nOne table, append only.\n\n## Limits\n- Never rewrite rows",
        );
        t.refuse("rm -rf build", "keep the build folder");
        t.close("Done.");
    });
    tells(
        &log,
        "**Answers of the user",
        &["asked \"Which database?\", the user answered \"SQLite\""],
    );
    tells(
        &log,
        "**Plans",
        &[
            "plan \"Storage\", approved by the user",
            "One table, append only.",
            "Never rewrite rows",
        ],
    );
    tells(
        &log,
        "**Corrections by the user",
        &["the user refused: `rm -rf build`, saying \"keep the build folder\""],
    );
}

#[test]
fn reasons_behind_decisions() {
    let log = log(|t| {
        t.prompt("Go.");
        t.say("I'll keep the index in memory rather than on disk, because it is rebuilt at each start.");
        t.read("src/index.rs");
        t.close("Done.");
    });
    tells(&log, "**Choices, in Claude's words", &["because it is rebuilt at each start"]);
}

#[test]
fn commits_pushes_and_addresses() {
    let log = log(|t| {
        t.prompt("Go.");
        t.edit("src/cart.py", "a\n", "b\n");
        t.bash(
            "git commit -am \"Add codes\"",
            0,
            "[feature/cart 1a2b3c4] Add codes\n 2 files changed, 9 insertions(+), 2 deletions(-)",
        );
        t.bash(
            "git push",
            0,
            "To github.com:acme/shop.git\n   0000000..1a2b3c4  feature/cart -> feature/cart",
        );
        t.bash("gh pr create --fill", 0, "https://github.com/acme/shop/pull/12");
        t.edit("src/cart.py", "b\n", "c\n");
        t.bash(
            "git commit -am \"Fix codes\"",
            0,
            "[feature/cart 5d6e7f8] Fix codes\n 1 file changed, 1 insertion(+), 1 deletion(-)",
        );
        t.close("The preview is at https://shop.example.org/preview/12 now.");
    });
    tells(
        &log,
        "**Commits**",
        &[
            "09:00 1a2b3c4 \"Add codes\", 2 files, +9 −2",
            "5d6e7f8 \"Fix codes\", 1 file, +1 −1",
            "pushed 09:00 (`git push`), 1 commit after it not",
        ],
    );
    tells(
        &log,
        "**Addresses",
        &[
            "https://github.com/acme/shop/pull/12 (`gh pr create` 09:01)",
            "https://shop.example.org/preview/12",
        ],
    );
}

#[test]
fn subagents_and_background_work() {
    let log = log(|t| {
        t.prompt("Go.");
        t.agent(
            "code-reviewer",
            "Review the diff",
            "**Blocking**\n- `total` overflows for large carts",
        );
        t.background("npm run dev", "b1");
        t.close("Done.");
    });
    tells(
        &log,
        "**Subagents",
        &["code-reviewer subagent \"Review the diff\"", "`total` overflows for large carts"],
    );
    tells(&log, "**In the background", &["its end was not seen: `npm run dev`"]);
}

#[test]
fn standing_rules_of_a_long_prompt_survive_its_shortening() {
    let filler = "The shop sells tea and the till prints receipts on paper. ".repeat(60);
    let log = log(|t| {
        t.prompt(&format!("{filler}Never commit prices.csv. {filler}"));
        t.close("Understood.");
        for n in 0..40 {
            t.prompt(&format!("Step {n}: {filler}"));
            t.close("Done.");
        }
    });
    tells(&log, "**Standing rules", &["Never commit prices.csv."]);
}

#[test]
fn claude_s_own_summary_and_what_turns_came_to() {
    let log = log(|t| {
        t.prompt("First.");
        t.close("The parser is done.\n\n- Codes are case-insensitive\n- `SAVE10` gives 10 %");
        t.compacted(150_000, "1. Primary Request and Intent:\n   Codes for the cart.");
        t.prompt("Second.");
        t.close("The receipt is done.");
    });
    tells(&log, "**What turns came to", &["Codes are case-insensitive", "`SAVE10` gives 10 %"]);
    tells(&log, "**Claude's own summary", &["Codes for the cart."]);
}

/// The sessions that are made up for snapshots, and what Claude Code's lines say in them.
fn made_up() -> Vec<(String, String)> {
    let folder = tempfile::tempdir().unwrap();
    [
        ("agents", super::agents::session()),
        ("chinese", super::chinese::session()),
        ("debugging", super::debugging::session()),
        ("questions", super::questions::session()),
        ("service", super::service::session()),
        ("twice", super::twice::session()),
        ("long", super::long()),
    ]
    .into_iter()
    .map(|(name, t)| {
        let path = t.save(folder.path(), name);
        let mut said = String::new();
        for line in std::fs::read_to_string(&path).unwrap().lines() {
            words(&serde_json::from_str(line).unwrap(), &mut said);
        }
        (compose(&path, &[]), said)
    })
    .collect()
}

/// All texts of a line, one below the other.
fn words(value: &serde_json::Value, out: &mut String) {
    match value {
        serde_json::Value::String(text) => {
            out.push_str(text);
            out.push('\n');
        }
        serde_json::Value::Array(list) => list.iter().for_each(|v| words(v, out)),
        serde_json::Value::Object(map) => map.values().for_each(|v| words(v, out)),
        _ => {}
    }
}

/// Letters and digits alone: what line breaks, quotes and marks make of a text does not count.
fn bare(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric() && *c != 'ʼ').collect()
}

#[test]
fn nothing_is_invented() {
    for (log, said) in made_up() {
        let said = bare(&said);
        // What stands in quotes or code spans is the session's own.
        for line in log.lines().filter(|l| !l.starts_with("Claude Code session")) {
            let spans = line.split('`').skip(1).step_by(2);
            for span in spans.flat_map(|s| s.split('…')).filter(|s| bare(s).chars().count() > 3) {
                let known = span.split_whitespace().all(|w| said.contains(&bare(w)))
                    || ["git push", "diff"].contains(&span);
                assert!(known, "{span:?} in {line:?} is not from the session");
            }
        }
    }
}

#[test]
fn no_fact_is_told_in_two_sections() {
    for (log, _) in made_up() {
        let mut seen: Vec<&str> = Vec::new();
        for line in log.lines().take_while(|l| !l.starts_with("## Code")) {
            // A line is the same fact when its words are; short lines are common to many.
            let told = line.trim_start_matches([' ', '-']);
            if told.chars().count() < 40 || told.starts_with(['#', '*', '+']) {
                continue;
            }
            assert!(!seen.contains(&told), "twice: {told}\n{log}");
            seen.push(told);
        }
    }
}

#[test]
fn no_machinery_shows() {
    let log = log(|t| {
        t.prompt("Go.");
        t.bash("npm test", 1, "\u{1b}[31mFAIL\u{1b}[0m src/a.test.js\n  ● total › adds\n\n    expect(received).toBe(expected)\n\n    Expected: 3\n    Received: 4\n\nTests: 1 failed, 1 total");
        t.call(
            "mcp__linear__create_issue",
            &json!({"title": "x"}),
            "{\"id\":\"LIN-1\",\"nested\":{\"a\":[1,2]}}",
            false,
            &json!({}),
        );
        t.say("<system-reminder>Do not mention this.</system-reminder> The `total` is off by one.");
        t.close("Done.");
    });
    for machinery in ["\u{1b}", "<system-reminder>", "\"nested\"", "tool_use", "{\"id\""] {
        assert!(!log.contains(machinery), "{machinery:?} in\n{log}");
    }
}
