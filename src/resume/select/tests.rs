use super::super::about::About;
use super::super::log::{Entry, FileFact, Topic};
use super::super::recall::Recall;
use super::super::render::{markdown, text};
use super::super::view::View;
use super::*;
use crate::session::Session;
use proptest::prelude::*;

/// A log of these entries.
fn log(entries: &[Entry]) -> ResumeLog {
    let (session, recall, about) = (Session::default(), Recall::default(), About::default());
    let mut log = ResumeLog::of(&View::new(&session, &recall, &about));
    fill(&mut log, weighed(entries));
    log
}

fn weighed(entries: &[Entry]) -> Vec<Weighed> {
    entries.iter().cloned().map(Weighed::of).collect()
}

fn line(topic: Topic, worth: u8, units: usize) -> Entry {
    Entry::new(topic, worth, "x".repeat(units))
}

#[test]
fn a_section_may_use_what_others_leave() {
    // 20,000 units of decisions: far above their own 1,500 tokens, and nothing else.
    let all: Vec<Entry> = (0..40).map(|_| line(Topic::Decision, 50, 500)).collect();
    assert_eq!(log(&all).decisions.len(), 40);
}

#[test]
fn a_section_keeps_what_it_is_sure_of() {
    let mut all: Vec<Entry> = (0..100).map(|_| line(Topic::Finding, 90, 500)).collect();
    all.extend((0..10).map(|_| line(Topic::Decision, 20, 480)));
    let log = log(&all);
    assert_eq!(log.decisions.len(), 10);
    let left = log.left_out["observation"] as usize;
    assert_eq!(log.key_findings.len() + left, 100);
    assert!(units(&markdown(&log)) <= TOKENS * UNITS);
}

#[test]
fn the_worthiest_is_told_first_and_in_its_order() {
    let entries = [
        Entry::new(Topic::Asked, 100, "the first prompt"),
        Entry::new(Topic::Unsolved, 100, "what failed"),
        line(Topic::Finding, 45, 3_000),
        Entry::new(Topic::Commit, 87, "a commit"),
    ];
    let shown = text(&log(&entries), 100);
    let at = |what: &str| shown.find(what).unwrap_or_else(|| panic!("{what} in {shown}"));
    assert!(at("the first prompt") < at("what failed"));
    assert!(at("what failed") < at("a commit"));
    assert!(!shown.contains("xxx"));
    assert!(shown.contains("Left out: 1 observation."));
}

#[test]
fn what_is_too_long_is_told_short() {
    let entry = line(Topic::Fixed, 80, 3_000).short("the short form");
    let shown = text(&log(&[entry]), 150);
    assert!(shown.contains("the short form"), "{shown}");
    assert!(!shown.contains("Left out"));
}

#[test]
fn files_get_the_room_that_is_left() {
    let mut log = log(&[Entry::new(Topic::Asked, 100, "a prompt")]);
    log.metadata.files = (0..30)
        .map(|n| FileFact { path: format!("src/file_{n}.rs"), edits: 1, ..FileFact::default() })
        .collect();
    let shown = text(&log, 150);
    assert!(units(&shown) <= 600);
    assert!(shown.contains("src/: file_0.rs ✎1; file_1.rs ✎1"), "{shown}");
}

prop_compose! {
    fn any_entry()(
        topic in prop::sample::select(vec![
            Topic::Meanwhile, Topic::Asked, Topic::Task, Topic::Place, Topic::Code, Topic::Commit,
            Topic::Finding, Topic::Decision, Topic::Metrics,
        ]),
        worth in 20..=100_u8,
        text in "[a-c\n`~\"\r✎é]{0,30}",
        times in 1..200_usize,
        short in prop::option::of("[a\n`]{0,9}"),
    ) -> Entry {
        let entry = Entry::new(topic, worth, text.repeat(times));
        match short {
            Some(short) => entry.short(short),
            None => entry,
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    /// Without its Markdown, a log is what it is with it.
    #[test]
    fn a_log_fits_whether_or_not_it_is_rendered(
        entries in prop::collection::vec(any_entry(), 0..60),
        files in 0..90_usize,
        agents in prop::collection::vec("[a<\n]{0,400}", 0..9),
    ) {
        let mut filled = log(&[]);
        filled.metadata.files = (0..files)
            .map(|n| FileFact { path: format!("src/{n}.rs"), edits: 1, ..FileFact::default() })
            .collect();
        filled.metadata.agents = agents;
        let (mut told, mut chosen) = (filled.clone(), filled.clone());
        fill(&mut filled, weighed(&entries));
        let text = document(&mut told, weighed(&entries));
        prop_assert_eq!(&filled, &told);
        prop_assert_eq!(&text, &markdown(&told));

        let (files, most) = choose(&mut chosen, weighed(&entries), TOKENS * UNITS);
        let most = units(&frame_with(&chosen, &files)) + headings(&chosen) + most;
        prop_assert!(units(&markdown_with(&chosen, &files)) <= most);
    }
}
