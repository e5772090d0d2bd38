use proptest::prelude::*;

use super::*;

#[test]
fn units_are_those_of_utf16() {
    for text in ["", "abc", "naïve", "日本語", "🎉 done", "e\u{301}"] {
        assert_eq!(units(text), text.encode_utf16().count(), "{text}");
    }
}

#[test]
fn cut_prefers_a_clause_then_a_word() {
    assert_eq!(cut("The build works, but the tests fail", 21), "The build works…");
    assert_eq!(cut("one two three four", 11), "one two…");
    assert_eq!(cut("short", 5), "short");
    assert_eq!(cut("abcdefghijkl", 5), "abcd…");
    assert_eq!(cut("日本語のとても長いテキスト", 5), "日本語の…");
    assert_eq!(cut("x", 0), "");
    assert_eq!(cut("xyz", 1), "…");
}

#[test]
fn cut_keeps_characters_whole() {
    assert_eq!(cut("ab👩‍👩‍👧 c", 6), "ab…");
    assert_eq!(cut("abe\u{301}xyz", 4), "ab…");
}

#[test]
fn cut_closes_code_spans() {
    assert_eq!(
        cut("Fix the parser and then call `render_message_enriched/2` again", 45),
        "Fix the parser and then call…"
    );
    let text = cut("`a_very_long_identifier_that_goes_on and on`", 20);
    assert_eq!(text.matches('`').count(), 2, "{text}");
}

#[test]
fn one_line_collapses_white_space() {
    assert_eq!(one_line("  a\n\n\tb \u{7} c  "), "a b c");
    for text in [" a b", "a  b", "a b ", "a\tb", "a\u{7f}b", "a\u{a0}b", "a b"] {
        assert_eq!(one_line(text), "a b", "{text:?}");
    }
    assert_eq!(line("a\n b\n c d e f", 7), "a b c…");
}

#[test]
fn ansi_and_overwritten_progress_go() {
    assert_eq!(strip_ansi("\u{1b}[1;31merror\u{1b}[0m: x"), "error: x");
    assert_eq!(strip_ansi("\u{1b}]8;;http://x\u{7}link\u{1b}]8;;\u{1b}\\ end"), "link end");
    assert_eq!(strip_ansi("10%\r50%\r100%\ndone\r\n"), "100%\ndone\n");
    assert_eq!(strip_ansi("\u{1b}(Bplain"), "plain");
    assert!(matches!(strip_ansi("plain"), Cow::Borrowed(_)));
}

#[test]
fn numbers_read_thousands() {
    assert_eq!(number("1,234 tests"), Some((1234, " tests")));
    assert_eq!(number("12, 3"), Some((12, ", 3")));
    assert_eq!(number("x"), None);
    assert_eq!(number("99999999999"), None);
}

#[test]
fn suffixes_are_sorted() {
    assert!(SUFFIXES.is_sorted());
}

#[test]
fn paths_are_told_from_words() {
    let text = "Edit `lib/app/router.ex:12` and assets/js/app.js, see https://x.org/a/b.md; \
                and/or `render/2`, the `lib/app/telemetry/` folder. mix.exs!";
    assert_eq!(
        paths(text),
        ["lib/app/router.ex", "assets/js/app.js", "lib/app/telemetry/", "mix.exs"]
    );
}

/// [`fit`], character by character.
fn fit_slowly(text: &str, max: usize) -> usize {
    let (mut used, mut safe, mut joined) = (0, 0, false);
    for (at, c) in text.char_indices() {
        if !joined && !extends(c) {
            safe = at;
        }
        used += c.len_utf16();
        if used > max {
            return safe;
        }
        joined = c == '\u{200d}';
    }
    text.len()
}

proptest! {
    #[test]
    fn what_fits_is_told_as_character_by_character(
        text in "[a-z ]{0,12}[é🎉e\u{301}\u{200d}\u{1f3fb}]{0,3}[a-z]{0,3}", max in 0usize..20,
    ) {
        prop_assert_eq!(fit(&text, max), fit_slowly(&text, max));
    }

    #[test]
    fn cut_is_bounded_and_a_prefix(text in any::<String>(), max in 0usize..80) {
        let out = cut(&text, max);
        prop_assert!(units(&out) <= max, "{out:?}");
        if out != text {
            let head = out.trim_end_matches(['`']).trim_end_matches(ELLIPSIS);
            prop_assert!(text.starts_with(head), "{out:?}");
        }
    }

    #[test]
    fn cleaning_never_panics(text in "[\\x00-\\x7fé🎉\u{1b}\r\n\\[\\]0-9m;]{0,200}", max in 0usize..50) {
        let clean = strip_ansi(&text);
        prop_assert!(clean.chars().all(|c| c != '\u{1b}'), "{clean:?}");
        prop_assert!(units(&line(&text, max)) <= max);
        prop_assert!(!one_line(&text).contains('\n'));
    }
}

#[test]
fn thousands_stand_apart() {
    assert_eq!([0, 999, 1_000, 1_234_567].map(thousands), ["0", "999", "1,000", "1,234,567"]);
}
