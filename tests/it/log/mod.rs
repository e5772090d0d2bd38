//! `rejoin log`: what people and programs see of a session's turns.

#[cfg(unix)]
mod following;

use crate::cli::followed::Followed;
use insta::assert_snapshot;
use serde_json::{Value, json};

/// A recorded session, followed from its start to its end.
fn ended(recorded: &'static str) -> Followed {
    let here = Followed::new();
    here.follow(recorded, true);
    here
}

/// What `rejoin log --json` prints: the records, and the totals.
fn json_of(here: &Followed) -> (Vec<Value>, Value) {
    let ran = here.run(&["log", "--json"]);
    assert_eq!((ran.code, &*ran.stderr), (0, ""));
    let mut lines: Vec<Value> =
        ran.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let totals = lines.pop().unwrap()["totals"].clone();
    (lines, totals)
}

#[test]
fn turns_fit_the_terminal() {
    for recorded in ["edit-session", "compact-auto", "subagents-parallel", "rewind", "tui-limits"] {
        let here = ended(recorded);
        for width in ["40", "80", "120"] {
            let ran = here.run(&["log", "--width", width]);
            assert_eq!((ran.code, &*ran.stderr), (0, ""));
            let widest = ran.stdout.lines().map(|line| line.chars().count()).max().unwrap();
            assert!(widest <= width.parse().unwrap(), "{recorded} {width}: {widest}");
            if width != "40" {
                assert_snapshot!(format!("{recorded}_{width}"), ran.stdout);
            }
        }
    }
}

#[test]
fn what_subagents_used_is_theirs_and_part_of_the_total() {
    let here = ended("subagent");
    let (records, totals) = json_of(&here);
    let agents: Vec<&Value> = records.iter().filter(|r| r["agent_id"].is_string()).collect();
    assert_eq!((records.len(), agents.len()), (2, 1));
    assert_eq!(agents[0]["agent_type"], "general-purpose");
    // Counted by hand: 16 and 13 input, 110 and 62 output.
    assert_eq!(agents[0]["usage"]["output_tokens"], 62);
    assert_eq!(agents[0]["usage"], totals["subagents"]["usage"]);
    assert_eq!((&totals["turns"], &totals["subagents"]["runs"]), (&json!(1), &json!(1)));
    assert_eq!((&totals["requests"], &totals["usage"]["responses"]), (&json!(4), &json!(4)));
    assert_eq!(totals["usage"]["output_tokens"], 172);
    assert_eq!(totals["usage"]["input_tokens"], 29);
    assert_eq!(totals["hidden"], Value::Null);
    // Asked again, it is the same: nothing is counted twice.
    assert_eq!(json_of(&here), (records.clone(), totals.clone()));
    assert_snapshot!("json", here.run(&["log", "--json"]).stdout);
    // Without the transcript there is what was logged.
    std::fs::remove_dir_all(here.transcript("subagent").parent().unwrap()).unwrap();
    let (left, totals) = json_of(&here);
    assert_eq!(left, records);
    assert_eq!((&totals["requests"], &totals["usage"]), (&json!(4), &Value::Null));
    assert!(here.run(&["log"]).stdout.contains("4 requests  54,429 in (27,000 cached)  172 out"));
}

#[test]
fn a_session_s_log_says_what_it_and_its_subagents_used() {
    let here = ended("subagents-parallel");
    let (records, totals) = json_of(&here);
    let numbers = |ran: &str| -> Vec<String> {
        let told = ran.lines().filter(|line| line.contains("used ")).map(str::to_owned);
        told.collect()
    };
    let shown = numbers(&here.run(&["show"]).stdout);
    assert_snapshot!("used", shown.join("\n"));
    // It adds up: the whole is what the records have.
    let output: u64 = records.iter().map(|r| r["usage"]["output_tokens"].as_u64().unwrap()).sum();
    assert_eq!(totals["usage"]["output_tokens"], output);
    assert!(shown[0].contains(&format!("{output} out")), "{shown:?}");
    assert_eq!(numbers(&here.run(&["export"]).stdout), shown);
    let json = here.run(&["show", "--json", "--section", "context-metrics"]).json();
    let last = json.as_array().unwrap().last().unwrap()["text"].as_str().unwrap();
    assert!(shown[0].contains(last), "{json}");
    // What a session needs to go on has no such numbers.
    assert_eq!(numbers(&here.run(&["show", "--digest"]).stdout), [""; 0]);
    // A session that nobody followed has them, too.
    std::fs::remove_dir_all(here.state()).unwrap();
    let id = here.id("subagents-parallel");
    assert_eq!(numbers(&here.run(&["show", id]).stdout), shown);
    let log = here.run(&["log", id, "--json"]).stdout;
    assert_eq!(log.lines().count(), records.len() + 1);
    let again: Value = serde_json::from_str(log.lines().last().unwrap()).unwrap();
    assert_eq!(again["totals"]["usage"], totals["usage"]);
}

#[test]
fn the_compaction_s_own_call_is_shown_apart() {
    let (records, totals) = json_of(&ended("compact-auto"));
    let output: u64 = records.iter().map(|r| r["usage"]["output_tokens"].as_u64().unwrap()).sum();
    assert_eq!(output, 560);
    assert_eq!(totals["usage"]["output_tokens"], 560);
    assert_eq!(totals["hidden"]["output_tokens"], 900);
}

#[test]
fn the_log_and_the_usage_agree() {
    for recorded in [
        "compact-manual",
        "compact-reactive",
        "edit-session",
        "interrupt",
        "killed",
        "max-tokens",
        "parallel-tools",
        "queued",
        "rewind-twice",
        "subagent-background",
        "subagents-parallel",
        "tui-limits",
        "tui-opus",
    ] {
        let here = ended(recorded);
        let (records, totals) = json_of(&here);
        let sum = |field: &str| -> u64 {
            records.iter().map(|record| record["usage"][field].as_u64().unwrap()).sum()
        };
        let usage = here.run(&["usage", "--json", "--by", "session"]).json();
        assert_eq!(usage["totals"]["responses"], totals["requests"], "{recorded}");
        for field in [
            "input_tokens",
            "output_tokens",
            "cache_creation_5m_tokens",
            "cache_creation_1h_tokens",
            "cache_read_tokens",
        ] {
            assert_eq!(usage["totals"][field], sum(field), "{recorded} {field}");
            assert_eq!(usage["totals"][field], totals["usage"][field], "{recorded} {field}");
        }
        assert_eq!(usage["totals"]["cost_usd"], totals["usage"]["cost_usd"], "{recorded}");
        assert_eq!(usage["hidden"], totals["hidden"], "{recorded}");
    }
}

#[test]
fn the_turns_of_a_fork_s_origin_count_for_the_origin() {
    let here = Followed::new();
    here.follow("fork.1", true);
    here.follow("fork.2", true);
    let (records, totals) = json_of(&here);
    assert_eq!((records.len(), &totals["requests"]), (3, &json!(5)));
    assert_eq!(totals["usage"]["responses"], 2);
    let text = here.run(&["log"]).stdout;
    assert!(text.contains("3 requests of the turns above count for the session"), "{text}");
}

#[test]
fn help_and_a_session_without_turns() {
    let here = ended("hello");
    assert_snapshot!("help", here.run(&["log", "-h"]).stdout);
    assert_snapshot!("long_help", here.run(&["log", "--help"]).stdout);
    assert_eq!(here.run(&["log", "--json", "--width", "80"]).code, 2);
}
