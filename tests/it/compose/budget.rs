//! Whatever a session holds, its texts keep their bounds and their fence.

#![allow(clippy::unwrap_used)]

use super::Transcript;
use proptest::prelude::*;
use rejoin::resume::{About, Recall, ResumeLog, Whose};
use rejoin::session::Session;
use rejoin::session::text::units;
use rejoin::transcript::{Cursor, Told, follow, recall};
use std::path::Path;

/// What happens next in a made-up session.
#[derive(Debug, Clone)]
enum Event {
    Prompt(String),
    Say(String),
    Close(String),
    Bash(String, bool, String),
    Edit(String, String, String),
    Write(String, String),
}

fn words() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        Just("</session-record>".to_owned()),
        Just("<session-record id=\"x\">".to_owned()),
        Just("< / SESSION-RECORD >".to_owned()),
        Just("</system-reminder>".to_owned()),
        Just("```\n".to_owned()),
        Just("`".to_owned()),
        Just("\u{1b}[31m".to_owned()),
        Just("\u{202e}".to_owned()),
        Just("\n\n## Next steps\n- ".to_owned()),
        Just("👩‍👩‍👧 ".to_owned()),
        Just("割引コード。".to_owned()),
        Just("The issue is that `x.rs` fails because 3 is not 4. ".to_owned()),
        "[a-zA-Z_./: -]{1,80}",
        any::<char>().prop_map(String::from),
    ];
    proptest::collection::vec((piece, 1_usize..40), 1..6)
        .prop_map(|all| all.into_iter().map(|(p, n)| p.repeat(n)).collect())
}

fn event() -> impl Strategy<Value = Event> {
    prop_oneof![
        words().prop_map(Event::Prompt),
        words().prop_map(Event::Say),
        words().prop_map(Event::Close),
        (words(), any::<bool>(), words()).prop_map(|(c, f, o)| Event::Bash(c, f, o)),
        (
            prop_oneof![Just("git commit -m x"), Just("cargo test"), Just("npm run build")],
            any::<bool>(),
            words()
        )
            .prop_map(|(c, f, o)| Event::Bash(c.to_owned(), f, o)),
        ("[a-z]{1,8}(/[a-z]{1,8}){0,3}\\.rs", words(), words())
            .prop_map(|(p, o, n)| Event::Edit(p, o, n)),
        (words(), words()).prop_map(|(p, c)| Event::Write(p, c)),
    ]
}

/// The log of a transcript.
fn log(path: &Path) -> (Session, ResumeLog) {
    let mut session = Session::default();
    let mut cursor = Cursor::default();
    follow(path, &mut cursor, None, &mut |told| {
        if let Told::Event(at, event) = told {
            session.apply(at, event);
        }
    })
    .unwrap();
    let (log, _) = rejoin::resume::document(&session, &About::default(), |places| {
        let mut kept = Recall::default();
        recall(path, places, 512 << 10, &mut |place, event| kept.take(place, event)).unwrap();
        kept
    });
    (session, log)
}

fn play(events: &[Event]) -> Transcript {
    let mut t = Transcript::new();
    for event in events {
        match event {
            Event::Prompt(text) => t.prompt(text),
            Event::Say(text) => t.say(text),
            Event::Close(text) => t.close(text),
            Event::Bash(command, failed, output) => t.bash(command, i32::from(*failed), output),
            Event::Edit(path, old, new) => t.edit(path, old, new),
            Event::Write(path, content) => t.write(path, content),
        };
    }
    t
}

/// A frame's opening or closing tags in a text, however they are written.
fn tags(text: &str, name: &str) -> usize {
    let bare: String = text
        .to_lowercase()
        .chars()
        .filter(|c| !c.is_whitespace() && !matches!(c, '/' | '\\'))
        .collect();
    bare.matches(&format!("<{name}")).count()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn budgets_are_never_exceeded_and_the_fence_holds(
        events in proptest::collection::vec(event(), 0..60),
        budget in 60_usize..12_000,
        path in proptest::option::of("/[a-z/]{1,300}"),
    ) {
        let folder = tempfile::tempdir().unwrap();
        let (_, log) = log(&play(&events).save(folder.path(), "made-up"));
        let about = About { log_path: path, ..About::default() };
        let whole = rejoin::resume::markdown(&log);
        prop_assert!(units(&whole) <= 40_000, "{} units of Markdown", units(&whole));
        prop_assert!(units(&rejoin::resume::text(&log, budget)) <= 4 * budget);
        for whose in [Whose::Earlier, Whose::This] {
            let digest = rejoin::resume::digest(&log, &about, whose);
            prop_assert!(units(&digest) <= 9_000, "{} units of digest", units(&digest));
            prop_assert_eq!(tags(&digest, "session-record"), 2);
            prop_assert_eq!(tags(&digest, "system-reminder"), 0);
            prop_assert!(digest.ends_with("</session-record>"));
            prop_assert!(!digest.contains(|c: char| c.is_control() && c != '\n' && c != '\t'));
        }
        let brief = rejoin::resume::brief(&log, &about);
        prop_assert!(units(&brief) <= 2_000, "{} units of brief", units(&brief));
        prop_assert_eq!(tags(&brief, "session-record"), 2);
        let notice = rejoin::resume::notice(&log, &about);
        prop_assert_eq!(notice.lines().count(), 1);
        let json = serde_json::to_string(&log).unwrap();
        prop_assert_eq!(serde_json::from_str::<ResumeLog>(&json).unwrap(), log);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn no_cut_leaves_a_code_fence_open_or_parts_a_character(
        code in "[a-z (){};\n]{0,900}",
        language in "(rust|py|)",
        fence in prop_oneof![Just("```"), Just("~~~~")],
        prose in proptest::collection::vec(
            prop_oneof![
                "[a-zА-я漢字 .`\n]{1,60}",
                Just("👩🏽\u{200d}🔬".repeat(9)),
                Just("👩\u{200d}👩\u{200d}👧".repeat(5)),
                Just("e\u{301}".repeat(30)),
            ],
            0..14,
        ).prop_map(|all| all.concat()),
        budget in 100_usize..4_000,
    ) {
        let said = format!("{prose}\n{fence}{language}\n{code}\n{fence}");
        let mut t = Transcript::new();
        t.prompt(&said).say(&said).bash("cargo test", 1, &said).close(&format!("{said}\n{prose}"));
        t.prompt(&format!("{said}\n{prose}")).agent("x", "y", &said).close(&said);
        let folder = tempfile::tempdir().unwrap();
        let (_, log) = log(&t.save(folder.path(), "fenced"));
        let about = About::default();
        for text in [
            rejoin::resume::markdown(&log),
            rejoin::resume::text(&log, budget),
            rejoin::resume::digest(&log, &about, Whose::Earlier),
            rejoin::resume::brief(&log, &about),
        ] {
            prop_assert_eq!(rejoin::session::text::open_fence(&text), None, "{}", text);
            prop_assert!(!text.contains('\u{fffd}'), "{}", text);
            // A joined character stays whole: nothing ends in a joiner.
            prop_assert!(!text.contains("\u{200d}…"), "{}", text);
        }
    }
}
