use proptest::prelude::*;

use super::*;

fn kinds(text: &str) -> Vec<(String, Kind)> {
    sentences(text).into_iter().map(|s| (s.text, s.kind)).collect()
}

fn texts(text: &str) -> Vec<String> {
    sentences(text).into_iter().map(|s| s.text).collect()
}

#[test]
fn sentences_keep_code_abbreviations_and_numbers_whole() {
    assert_eq!(
        texts(
            "The `a.b. C` span stays. Use 1. and e.g. this one! (It works.) Version 2.0 is out... really? Yes it is"
        ),
        [
            "The `a.b. C` span stays.",
            "Use 1. and e.g. this one!",
            "(It works.)",
            "Version 2.0 is out... really?",
            "Yes it is"
        ]
    );
    assert_eq!(texts("完了しました。次はテストです！"), ["完了しました。", "次はテストです！"]);
    assert_eq!(
        texts("It fails on line 100. `x` is nil. app-x.5 is next."),
        ["It fails on line 100.", "`x` is nil.", "app-x.5 is next."]
    );
    assert_eq!(texts("First line\nSecond line"), ["First line", "Second line"]);
    let wrapped = "This is a long line of a paragraph that was wrapped by its writer at\nsome width. Then more.";
    assert_eq!(texts(wrapped).len(), 2);
}

/// [`split`], character by character.
fn split_slowly(body: &str) -> Vec<&str> {
    let (mut out, mut start, mut word, mut code) = (Vec::new(), 0, 0, false);
    let mut chars = body.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        let end = at + c.len_utf8();
        if c == '`' {
            code = !code;
        } else if !code && matches!(c, '。' | '！' | '？') {
            out.push(&body[start..end]);
            start = end;
        } else if !code && matches!(c, '.' | '!' | '?') {
            let mut close = end;
            while let Some((n, q)) = chars.next_if(|(_, q)| "\"')*_”’]!?.".contains(*q)) {
                close = n + q.len_utf8();
            }
            let spaced = chars.peek().is_none_or(|(_, next)| next.is_whitespace());
            let next = body[close..].split_whitespace().next().unwrap_or("");
            let goes_on = c == '.' && is_plain_word(next);
            let numbered = body[start..at].trim().bytes().all(|b| b.is_ascii_digit());
            if spaced && !goes_on && !numbered && !is_abbreviation(&body[word..at]) {
                out.push(&body[start..close]);
                start = close;
            }
        } else if c.is_whitespace() {
            word = end;
        }
    }
    if !body[start..].trim().is_empty() {
        out.push(&body[start..]);
    }
    out
}

proptest! {
    #[test]
    fn a_paragraph_is_split_as_character_by_character(
        body in "([a-z]{1,3}|[A-Z]{1,2}|[0-9]|e\\.g|[ \n]|[.!?`]|[。！？、”ー\u{3000}]|[\"')*_\\]]){0,24}",
    ) {
        prop_assert_eq!(split(&body), split_slowly(&body));
    }
}

#[test]
fn openers_go() {
    assert_eq!(texts("Perfect! Now let me run the tests."), ["Now let me run the tests."]);
    assert_eq!(texts("Good, the directory exists."), ["the directory exists."]);
    assert_eq!(texts("Good — Tmux errors are safe."), ["Tmux errors are safe."]);
    assert_eq!(texts("Great! Excellent. OK - done."), Vec::<String>::new());
    assert_eq!(texts("I see - the issue is clear."), ["I see - the issue is clear."]);
    assert_eq!(texts("Right now nothing runs."), ["Right now nothing runs."]);
    assert_eq!(texts("Done with the parser."), ["Done with the parser."]);
}

#[test]
fn kinds_by_cue() {
    use Kind::{Decision, Diagnosis, Finding, Guess, Other, Plan};
    for (sentence, kind) in [
        ("Now let me update the test file.", Plan),
        ("Let me fix the credo issue by using implicit try:", Plan),
        ("I'll enter plan mode since this is a substantial change.", Plan),
        ("Now I have a thorough understanding of the codebase.", Other),
        ("The issue might be that `ctx()` is not typed correctly.", Guess),
        ("This is a linter false positive - the function returns both.", Guess),
        ("The spec annotation didn't help.", Diagnosis),
        ("The pragma comment didn't work.", Diagnosis),
        ("The .lintignore file isn't being recognized.", Diagnosis),
        ("The pre-commit hook is still being enforced even with --no-verify.", Diagnosis),
        ("Lint reports nesting too deep in `classify_lines`.", Diagnosis),
        ("Too many conditionals in one function.", Diagnosis),
        ("I see the issue - the format of the processor is wrong.", Diagnosis),
        ("This is larger, so I'll do it in sections:", Plan),
        ("Given that it is a false positive, let me go on.", Plan),
        ("The CSS isn't built via esbuild — `a.css` is in `static/` which is ignored.", Finding),
        ("It's only in `pane_live.ex` which has its own copy.", Finding),
        ("I should do the same for `a.css`.", Decision),
        ("Let me use a shared pool instead.", Decision),
        ("I'll keep `render/1` as it is.", Decision),
        ("The `is_ok` flag", Other),
        ("Thank you for the report", Other),
    ] {
        assert_eq!(kinds(sentence), [(sentence.to_owned(), kind)], "{sentence}");
    }
}

#[test]
fn headings_and_lead_ins_mark_what_is_below() {
    let text = "All done.\n\n## Next Steps\nThe remaining tasks are:\n- a.4: Enable x\n  with y\n- a.5: Trace z\n\n### Done\n1. b\n\n**Blocked:**\n* c\n";
    let marks: Vec<(String, Mark, bool)> =
        sentences(text).into_iter().map(|s| (s.text, s.mark, s.item)).collect();
    assert_eq!(
        marks,
        [
            ("All done.".to_owned(), Mark::None, false),
            ("The remaining tasks are:".to_owned(), Mark::NextStep, false),
            ("a.4: Enable x with y".to_owned(), Mark::NextStep, true),
            ("a.5: Trace z".to_owned(), Mark::NextStep, true),
            ("b".to_owned(), Mark::Done, true),
            ("c".to_owned(), Mark::Blocked, true),
        ]
    );
    let lead = sentences("Still to do:\n- x\n\nThat was it.");
    assert_eq!(lead[1].mark, Mark::NextStep);
    assert_eq!(lead[2].mark, Mark::None);
}

#[test]
fn code_and_tables_are_no_sentences() {
    assert_eq!(
        texts("Look:\n```rust\nlet x = 1. Yes.\n```\n| a | b |\n|---|---|\n| c. d | e |\nEnd."),
        ["Look:", "End."]
    );
    assert_eq!(texts("```\nnever closed. Really."), Vec::<String>::new());
}

const CLOSING: &str = "Perfect! I have finished two tasks:\n\n## Summary\n\nGood progress on the **epic**:\n\n### Task 1\n- Added dependencies\n  - the API\n- Created the module\n\n### Results\nAll 297 tests pass. Code compiles.\n\n```\nsome output\n```\n\n### Next Steps\nThe remaining tasks are:\n- a.4: Enable tracing\n- a.5: Trace the views\n\nThese are ready.";

#[test]
fn condense_keeps_the_first_sentence_and_what_is_open() {
    assert_eq!(condense(CLOSING, 2_000).lines().next(), Some("I have finished two tasks:"));
    assert_eq!(
        condense(CLOSING, 120),
        "I have finished two tasks:\n**Next Steps**\nThe remaining tasks are:\n- a.4: Enable tracing\n- a.5: Trace the views"
    );
    assert_eq!(condense("The build works. It took a while.", 16), "The build works.");
    assert_eq!(condense("The build of the whole project works now", 20), "The build of the…");
    assert_eq!(condense("Great!", 50), "");
    assert_eq!(condense("", 50), "");
    assert_eq!(condense(CLOSING, 0), "");
}

#[test]
fn condense_keeps_code_and_tables_whole() {
    let text = "Done as asked.\n\n```sh\nrun me\n```\n\n| a | b |\n|---|---|\n| 1 | 2 |\n| 3 | 4 |";
    assert_eq!(
        condense(text, 200),
        "Done as asked.\n```sh\nrun me\n```\n| a | b |\n|---|---|\n| 1 | 2 |\n| 3 | 4 |"
    );
    let small = condense(text, 50);
    assert!(!small.contains("```") || small.matches("```").count() == 2, "{small}");
    assert!(small.contains("| 1 | 2 |") && small.contains("|---|"), "{small}");
}

#[test]
fn corrections() {
    for prompt in [
        "No, use the other file",
        "no. stop",
        "Actually, let's do it in Rust",
        "wait",
        "Instead of a class make it a function",
        "Please don't touch the tests",
        "that's not what I asked for",
        "Why did you delete that?",
        "nein, so nicht",
        "Stattdessen bitte X",
        "non, pas ça",
        "不对，改成列表",
        "いや、戻して",
        "нет, не так",
        "Use tabs instead",
        "revert that change",
        "You forgot the docs",
        "I think we should revert the last commit",
        "아니 그거 말고",
    ] {
        assert!(correction(prompt), "{prompt}");
    }
    for prompt in [
        "Add a login page",
        "yes",
        "continue",
        "No problem, go on",
        "Work on issue 4. Start with the first ready task.",
        "Now run the tests",
        "ok weiter",
        "Notes are in docs",
        "node is installed",
        "Stopwatch component please",
        "ja, mach weiter",
        "好的，继续",
        &format!(
            "Build a tool. {} It should not need a network. Don't use a database.",
            "It has many parts. ".repeat(30)
        ),
    ] {
        assert!(!correction(prompt), "{prompt}");
    }
}

#[test]
fn rules_that_stand() {
    for sentence in [
        "Never commit this file.",
        "Always run the linter first",
        "Do not edit `pane.ex`.",
        "No database schema migration.",
        "Keep `render/1` call sites compatible.",
        "Missing headers must never cause errors.",
        "Only use the standard library",
        "From now on write tests first.",
        "Preserve existing status codes exactly.",
        "Niemals auf main pushen",
        "不要修改测试",
    ] {
        assert!(standing_rule(sentence), "{sentence}");
    }
    for sentence in
        ["Add a button.", "Can you always see it?", "No problem.", "It works now", "Keep going"]
    {
        assert!(!standing_rule(sentence), "{sentence}");
    }
}

#[test]
fn long_texts_stay_bounded() {
    let text = "a. B. ".repeat(40_000);
    assert!(sentences(&text).len() <= MAX_SENTENCES);
    let items = "- x y z\n".repeat(30_000);
    assert!(text::units(&condense(&items, 500)) <= 500);
    let one = "word ".repeat(50_000);
    assert!(text::units(&condense(&one, 300)) <= 300);
}

proptest! {
    #[test]
    fn condensing_is_bounded_and_invents_nothing(
        pieces in prop::collection::vec(
            prop_oneof![
                any::<String>(),
                Just("## Next Steps".to_owned()), Just("- item `code`. More".to_owned()), Just("  - nested".to_owned()),
                Just("```\ncode\n```".to_owned()), Just("| a | b |\n|---|---|\n| c | d |".to_owned()), Just("Perfect! It is done.".to_owned()),
                Just("Lead in:".to_owned()), Just(String::new()), Just("1. one".to_owned()), Just("**Bold:**".to_owned()), Just("> quote".to_owned()),
            ],
            0..20,
        ),
        max in 0usize..400,
    ) {
        let text = pieces.join("\n");
        let out = condense(&text, max);
        prop_assert!(text::units(&out) <= max);
        prop_assert!(out.matches("```").count().is_multiple_of(2) || !text.matches("```").count().is_multiple_of(2));
        for sentence in sentences(&text) {
            prop_assert!(text::units(&sentence.text) <= MAX_SENTENCE && !sentence.text.contains('\n'));
        }
        let _ = (correction(&text), standing_rule(&text));
    }
}
