//! Searching files that were written for it.

// Tests write what is read.
#![allow(clippy::disallowed_methods)]

use super::*;
use proptest::prelude::*;
use std::fs;
use std::path::Path;
use tempfile::TempDir;

fn prompt(text_json: &str, time: &str) -> String {
    format!(
        "{{\"type\":\"user\",\"uuid\":\"u\",\"message\":{{\"role\":\"user\",\"content\":{text_json}}},\"timestamp\":\"{time}\",\"cwd\":\"/home/dev/shop\",\"gitBranch\":\"main\"}}\n"
    )
}

fn look(root: &Path, pattern: &Pattern, limit: usize) -> Found {
    let query = Query {
        pattern,
        project: None,
        roles: vec![],
        limit,
        roots: vec![root.to_owned()],
        store: None,
        now: "2026-11-22T12:00:00Z".parse().unwrap(),
    };
    search(&query, &mut |_| {})
}

fn one(line: &str) -> TempDir {
    let root = TempDir::new().unwrap();
    fs::create_dir(root.path().join("-shop")).unwrap();
    fs::write(root.path().join("-shop/8463c716.jsonl"), line).unwrap();
    root
}

#[track_caller]
fn finds(json: &str, query: &str) {
    let root = one(&prompt(json, "2026-11-20T12:00:00.000Z"));
    let found = look(root.path(), &Pattern::literal(query).unwrap(), 5);
    assert_eq!(found.texts, 1, "{query} in {json}");
    let hit = &found.hits[0];
    assert_eq!((hit.role, &*hit.session), (Role::Prompt, "8463c716"));
    assert!(!hit.matches.is_empty());
}

#[test]
fn what_escapes_hide_is_found() {
    finds(r#""say \"hello\" twice""#, "\"hello\"");
    finds(r#""say \u0022hello\u0022 twice""#, "say \"hello\"");
    finds(r#""C:\\src\\main.rs""#, r"C:\src\main.rs");
    finds(r#""first line\nsecond line""#, "line\nsecond");
    finds(r#""first\tcolumn""#, "first\tcolumn");
    finds(r#""die Größe""#, "Größe");
    finds(r#""die Gr\u00f6\u00DFe""#, "größe");
    finds(r#""die GR\u00d6\u00dfE""#, "größe");
    finds(r#""\u65e5\u672c\u8a9e""#, "日本");
    finds(r#""日本語""#, "本語");
    finds(r#""a crab \ud83e\udd80 here""#, "🦀 here");
    finds(r#""src\/main.rs""#, "src/main.rs");
    finds(r#""\u0066\u006c\u0061ky test""#, "flaky test");
    finds(r#""a \u001b[31mred""#, "\u{1b}[31mred");
    finds(r#""5 \u212a or k""#, "5 k");
    finds(r#""(a|b)*""#, "(a|b)*");
    finds(r#""price: {x}\\u0041""#, "{x}\\u0041");
}

#[test]
fn what_is_no_text_is_not_found() {
    let root = one(&prompt("\"nothing\"", "2026-11-20T12:00:00.000Z"));
    for query in ["shop", "timestamp", "user", "nnothing", "\\nothing"] {
        assert_eq!(look(root.path(), &Pattern::literal(query).unwrap(), 5).texts, 0, "{query}");
    }
    // The letter of an escape is no letter.
    let root = one(&prompt("\"a\\nought\"", "2026-11-20T12:00:00.000Z"));
    assert_eq!(look(root.path(), &Pattern::literal("nought").unwrap(), 5).texts, 0);
    assert_eq!(look(root.path(), &Pattern::literal("ought").unwrap(), 5).texts, 1);
}

#[test]
fn case_counts_where_the_query_has_a_capital() {
    let root = one(&prompt("\"the Cart of PEARS\"", "2026-11-20T12:00:00.000Z"));
    let texts = |pattern: Result<Pattern, String>| look(root.path(), &pattern.unwrap(), 5).texts;
    assert_eq!(texts(Pattern::literal("cart of pears")), 1);
    assert_eq!(texts(Pattern::literal("Cart")), 1);
    assert_eq!(texts(Pattern::literal("CART")), 0);
    assert_eq!(texts(Pattern::regex(r"c\w+ of \S+$")), 1);
    assert_eq!(texts(Pattern::regex(r"Cart\b.*P\p{Lu}")), 1);
    assert_eq!(texts(Pattern::regex("^of")), 0);
    assert!(Pattern::regex("a(").is_err());
    assert!(Pattern::regex("x*").is_err());
}

#[test]
fn what_is_worth_more_comes_first_and_copies_count_once() {
    let root = TempDir::new().unwrap();
    fs::create_dir(root.path().join("-shop")).unwrap();
    let said = |text: &str, time: &str| {
        format!(
            "{{\"type\":\"assistant\",\"uuid\":\"v\",\"message\":{{\"model\":\"m\",\"content\":[{{\"type\":\"text\",\"text\":\"{text}\"}}]}},\"timestamp\":\"{time}\"}}\n"
        )
    };
    let session = prompt("\"fix the cart\"", "2026-11-20T12:00:00.000Z")
        + &said("the cartridge is empty", "2026-11-20T12:01:00.000Z")
        + &said("the cart works: cart, cart", "2026-11-20T12:02:00.000Z")
        + &said("the cart is old", "2026-05-20T12:02:00.000Z");
    for (name, more) in [("a", ""), ("b", "\n"), ("c", "{torn")] {
        fs::write(root.path().join(format!("-shop/{name}.jsonl")), format!("{session}{more}"))
            .unwrap();
    }
    let pattern = Pattern::literal("cart").unwrap();
    let found = look(root.path(), &pattern, 10);
    let lines: Vec<(&str, &str)> = found.hits.iter().map(|h| (&*h.session, &*h.line)).collect();
    assert_eq!(
        lines,
        [
            ("a", "fix the cart"),
            ("a", "the cart works: cart, cart"),
            ("a", "the cartridge is empty"),
            ("a", "the cart is old"),
        ]
    );
    assert_eq!((found.texts, found.sessions, found.files, found.hits[1].count), (4, 1, 3, 3));
    assert_eq!(look(root.path(), &pattern, 2).hits.len(), 2);
    assert_eq!(look(root.path(), &pattern, 2).texts, 4);
}

/// Rows keep their ids, words and times (anthropics/claude-code#92089).
#[test]
fn what_a_later_compaction_writes_again_counts_once() {
    let time = "2026-11-20T12:00:00.000Z";
    let row = |kind: &str, content: &str| {
        format!(
            "{{\"type\":\"{kind}\",\"uuid\":\"{kind}-{}\",\"message\":{{\"content\":[{content}]}},\"timestamp\":\"{time}\"}}\n",
            content.len()
        )
    };
    let rows = prompt("\"fix the cart\"", time)
        + &row("assistant", "{\"type\":\"text\",\"text\":\"the cart works\"}")
        + &row("assistant", "{\"type\":\"thinking\",\"thinking\":\"which cart?\"}")
        + &row("user", "{\"type\":\"tool_result\",\"tool_use_id\":\"t\",\"content\":\"1 cart\"}")
        + "{\"type\":\"custom-title\",\"customTitle\":\"the cart\"}\n";
    let boundary = "{\"type\":\"system\",\"subtype\":\"compact_boundary\",\"timestamp\":\"2026-11-20T13:00:00.000Z\"}\n";
    let pattern = Pattern::literal("cart").unwrap();
    let once = look(one(&rows).path(), &pattern, 20);
    assert_eq!((once.texts, once.hits.len()), (5, 5));
    let twice = look(one(&[&rows, boundary, &rows].concat()).path(), &pattern, 20);
    assert_eq!((twice.texts, twice.hits.len()), (5, 5), "{:#?}", twice.hits);
    let offsets = |found: &Found| found.hits.iter().map(|hit| hit.offset).collect::<Vec<_>>();
    assert_eq!(offsets(&twice), offsets(&once), "the first of two rows is the one that counts");
}

#[test]
fn a_long_file_is_read_in_parts_and_no_line_twice() {
    let root = TempDir::new().unwrap();
    fs::create_dir(root.path().join("-shop")).unwrap();
    let mut text = String::new();
    let mut planted = 0;
    let filler = "x".repeat(300_000);
    while text.len() < 25 << 20 {
        planted += 1;
        let time = format!("2026-11-20T12:{:02}:{:02}.000Z", planted / 60 % 60, planted % 60);
        text += &prompt(&format!("\"{filler} needle {planted}\""), &time);
        text += &prompt("\"hay\"", &time);
    }
    fs::write(root.path().join("-shop/a.jsonl"), &text).unwrap();
    let found = look(root.path(), &Pattern::literal("needle").unwrap(), 10_000);
    assert_eq!((found.texts, found.hits.len()), (planted, planted as usize));
    let mut places: Vec<u64> = found.hits.iter().map(|hit| hit.offset).collect();
    places.sort_unstable();
    places.dedup();
    assert_eq!(places.len(), planted as usize);
    assert!(places.iter().all(|at| text[*at as usize..].starts_with("{\"type\"")));
}

#[test]
fn an_expression_matches_what_escapes_hide() {
    let root = one(&prompt(
        r#""id \"a1\": caf\u00e9 \ud83e\udd80\nnext \\d line""#,
        "2026-11-20T12:00:00.000Z",
    ));
    let texts = |query: &str| look(root.path(), &Pattern::regex(query).unwrap(), 5).texts;
    for query in [
        r#""a\d":"#,
        "café",
        "caf.",
        r"[[:alpha:]]é\b",
        "🦀$",
        "^next",
        "^id",
        r"line$",
        r"\\d l",
        "é .\nn",
        "(cafe|café|tea)",
        "CAF|é 🦀",
        r"\p{Emoji_Presentation}",
        "x?id",
    ] {
        assert_eq!(texts(query), 1, "{query}");
    }
    for query in ["^next$", "a2", "(tea|coffee)", r"\bnnext", "uuid|shop"] {
        assert_eq!(texts(query), 0, "{query}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Any part of any text is found, however the text is escaped.
    #[test]
    fn any_part_of_a_text_is_found(
        text in "[a-zA-Z \"\\\\/\n\t\u{1b}éßΣ日🦀kKsS\u{7f}(.*{}]{1,30}",
        from in 0_usize..30,
        length in 1_usize..10,
        escapes in proptest::collection::vec(0_u8..3, 30),
    ) {
        let query: String = text.chars().skip(from % text.chars().count()).take(length).collect();
        prop_assume!(!query.is_empty());
        let mut json = String::from("\"");
        for (c, escape) in text.chars().zip(&escapes) {
            let plain = serde_json::to_string(&c.to_string()).unwrap();
            match escape {
                0 => json.push_str(&plain[1..plain.len() - 1]),
                _ => for unit in c.encode_utf16(&mut [0; 2]) {
                    let hex = if *escape == 1 { format!("{unit:04x}") } else { format!("{unit:04X}") };
                    json.push_str("\\u");
                    json.push_str(&hex);
                },
            }
        }
        json.push('"');
        prop_assume!(!text.trim().is_empty() && !text.trim_start().starts_with(['/', '<']));
        let root = one(&prompt(&json, "2026-11-20T12:00:00.000Z"));
        for query in [query.clone(), query.to_lowercase()] {
            let texts = look(root.path(), &Pattern::literal(&query).unwrap(), 5).texts;
            let within = if query.chars().any(char::is_uppercase) {
                text.contains(&query)
            } else {
                regex::RegexBuilder::new(&regex::escape(&query))
                    .case_insensitive(true).build().unwrap().is_match(&text)
            };
            prop_assert_eq!(texts, u64::from(within), "{:?} in {}", query, json);
        }
    }
}
