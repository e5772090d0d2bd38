//! The captured transcripts of the real Claude Code, against totals counted by hand.

use super::home::{Home, fixture, response_of};

/// Responses, then tokens: input, cache writes, cache reads, output.
const COUNTED: [(&str, u64, [u64; 4]); 63] = [
    ("ask-user", 2, [24, 0, 0, 18]),
    ("background-bash", 3, [36, 0, 0, 27]),
    ("big-output", 2, [24, 0, 0, 18]),
    ("compact-auto", 5, [60, 53_600, 80_300, 560]),
    ("compact-manual", 3, [30, 24_200, 15_000, 130]),
    ("compact-reactive", 5, [50, 89_000, 232_000, 1000]),
    ("context-injection-large", 1, [12, 0, 0, 9]),
    ("context-injection", 2, [24, 0, 0, 18]),
    ("drop-mid-stream", 1, [12, 0, 0, 9]),
    ("edit-session", 6, [42, 19_950, 95_980, 609]),
    ("error-400-too-long", 0, [0, 0, 0, 0]),
    ("error-401", 0, [0, 0, 0, 0]),
    ("error-429", 0, [0, 0, 0, 0]),
    ("error-500", 0, [0, 0, 0, 0]),
    ("error-529-recovers", 1, [12, 0, 0, 9]),
    ("error-529", 0, [0, 0, 0, 0]),
    ("error-mid-session", 1, [12, 0, 0, 9]),
    ("hello", 1, [12, 0, 0, 9]),
    ("interrupt", 2, [24, 0, 0, 18]),
    ("killed", 2, [24, 0, 0, 18]),
    ("max-tokens", 4, [40, 0, 0, 128_000]),
    ("memory-files", 3, [36, 0, 0, 27]),
    ("one-million", 1, [10, 300_000, 100_000, 20]),
    ("parallel-tools", 2, [16, 18_500, 18_000, 312]),
    ("permission-denied", 2, [24, 0, 0, 18]),
    ("plan-mode", 2, [24, 0, 0, 18]),
    ("refusal", 2, [24, 0, 0, 18]),
    ("resume.1", 3, [18, 15_110, 30_050, 60]),
    ("resume.2", 4, [22, 15_180, 45_160, 80]),
    ("resume.3", 1, [12, 0, 0, 9]),
    ("setup-init.1", 1, [12, 0, 0, 9]),
    ("setup-init.2", 1, [12, 0, 0, 9]),
    ("sigterm", 2, [24, 0, 0, 18]),
    ("slash-command", 1, [12, 0, 0, 9]),
    ("stop-hook-continues", 2, [24, 0, 0, 18]),
    ("subagent-background", 3, [36, 0, 0, 27]),
    ("subagent-background.sub-1", 2, [24, 0, 0, 18]),
    ("subagent", 2, [16, 18_300, 18_000, 110]),
    ("subagent.sub-1", 2, [13, 9100, 9000, 62]),
    ("subagents-parallel", 2, [24, 0, 0, 18]),
    ("subagents-parallel.sub-1", 2, [24, 0, 0, 18]),
    ("subagents-parallel.sub-2", 2, [24, 0, 0, 18]),
    ("tasks", 8, [96, 0, 0, 72]),
    ("todowrite", 3, [36, 0, 0, 27]),
    ("tui-add-dir", 1, [12, 0, 0, 9]),
    ("tui-api-error", 1, [12, 0, 0, 9]),
    ("tui-ask-user", 2, [24, 0, 0, 18]),
    ("tui-basic.1", 3, [22, 18_400, 36_300, 60]),
    ("tui-basic.2", 1, [10, 15_000, 0, 9]),
    ("tui-clear-injection.1", 1, [12, 0, 0, 9]),
    ("tui-clear-injection.2", 1, [12, 0, 0, 9]),
    ("tui-compact", 3, [30, 24_100, 15_000, 130]),
    ("tui-hup", 1, [12, 0, 0, 9]),
    ("tui-idle-titled.1", 1, [12, 0, 0, 9]),
    ("tui-idle-titled.2", 1, [12, 0, 0, 9]),
    ("tui-interrupt", 3, [36, 0, 0, 27]),
    ("tui-limits", 5, [52, 0, 0, 128_009]),
    ("tui-million", 1, [10, 300_000, 100_000, 500]),
    ("tui-opus", 2, [20, 61_000, 1000, 550]),
    ("tui-permission", 2, [24, 0, 0, 18]),
    ("tui-plan", 2, [24, 0, 0, 18]),
    ("tui-resume", 2, [24, 0, 0, 18]),
    ("watch-file", 2, [24, 0, 0, 18]),
];

fn tokens(sums: &serde_json::Value) -> [u64; 4] {
    let of = |field: &str| sums[field].as_u64().unwrap();
    [
        of("input_tokens"),
        of("cache_creation_5m_tokens") + of("cache_creation_1h_tokens"),
        of("cache_read_tokens"),
        of("output_tokens"),
    ]
}

#[test]
fn every_captured_transcript_counts_as_by_hand() {
    for (name, responses, counted) in COUNTED {
        let home = Home::new();
        home.write("-home-dev-projects-demo/s.jsonl", fixture(name));
        let report = home.json(&[]);
        assert_eq!(report["totals"]["responses"], responses, "{name}");
        assert_eq!(tokens(&report["totals"]), counted, "{name}");
        assert_eq!(report["skipped"]["lines"], 0, "{name}");
    }
}

#[test]
fn a_fork_s_copies_count_for_the_session_that_asked() {
    let home = Home::new();
    let origin = "-home-dev-projects-demo/16480e72-0000-4000-8000-000000000000.jsonl";
    // Sorted first, and still not the owner.
    let fork = "-home-dev-projects-demo/00000000-fork.jsonl";
    home.write(origin, fixture("resume.1"));
    home.write(fork, fixture("resume.2"));
    let report = home.json(&["--by", "session"]);
    assert_eq!(tokens(&report["totals"]), [22, 15_180, 45_160, 80]);
    let rows = report["rows"].as_array().unwrap();
    let row = |session: &str| rows.iter().find(|r| r["key"].as_str().unwrap().starts_with(session));
    assert_eq!(tokens(row("16480e72").unwrap()), [18, 15_110, 30_050, 60]);
    assert_eq!(tokens(row("615437aa").unwrap()), [4, 70, 15_110, 20]);
    assert_eq!(report["hidden"], serde_json::Value::Null);
}

#[test]
fn subagents_count_for_their_session() {
    let home = Home::new();
    home.write("-p/ba39d54d.jsonl", fixture("subagent"));
    home.write("-p/ba39d54d/subagents/agent-1.jsonl", fixture("subagent.sub-1"));
    let report = home.json(&["--by", "session"]);
    assert_eq!(tokens(&report["totals"]), [29, 27_400, 27_000, 172]);
    assert_eq!(report["rows"].as_array().unwrap().len(), 1);
    // Claude Code's own totals hold nothing beyond the two files.
    assert_eq!(report["hidden"], serde_json::Value::Null);
    assert_eq!(report["totals"]["cost_usd"], 0.113_517);
}

#[test]
fn the_compaction_s_own_call_is_shown_apart() {
    let home = Home::new();
    home.write("-p/s.jsonl", fixture("compact-auto"));
    let report = home.json(&["--by", "model"]);
    assert_eq!(tokens(&report["hidden"]), [20, 100, 63_000, 900]);
    assert_eq!(report["rows"][0]["hidden"], report["hidden"]);
    // Together they are what Claude Code says the session cost.
    let cost = |sums: &serde_json::Value| sums["cost_usd"].as_f64().unwrap();
    assert!((cost(&report["totals"]) + cost(&report["hidden"]) - 0.266_505).abs() < 1e-9);
}

#[test]
fn a_fork_in_another_project_takes_nothing_from_the_first() {
    let home = Home::new();
    let line = |number: u32| response_of(number, "claude-opus-4-6", "2026-11-22T15:30:00Z");
    let copied = line(3).replace("\"cwd\"", "\"requestSessionId\":\"origin\",\"cwd\"");
    // The fork's folder is read first, and its copy was made before the final numbers.
    home.write("-a/fork.jsonl", copied.replace("tokens\":10", "tokens\":1") + &line(4));
    home.write("-z/origin.jsonl", line(3));
    let report = home.json(&["--by", "project"]);
    assert_eq!(report["totals"]["output_tokens"], 20);
    for row in report["rows"].as_array().unwrap() {
        let input = if row["key"] == "-z" { 3 } else { 4 };
        assert_eq!(row["input_tokens"], input);
    }
}

#[test]
fn copies_that_name_no_origin_count_for_the_first_path() {
    let home = Home::new();
    let line = |number: u32| response_of(number, "claude-opus-4-6", "2026-11-22T15:30:00Z");
    home.write("-p/b.jsonl", line(3) + &line(4));
    home.write("-p/a.jsonl", line(3) + &line(5));
    let report = home.json(&["--by", "session"]);
    for row in report["rows"].as_array().unwrap() {
        let input = if row["key"] == "a" { 3 + 5 } else { 4 };
        assert_eq!(row["input_tokens"], input);
    }
}

#[test]
fn what_a_fork_inherits_is_hidden_once() {
    let home = Home::new();
    let totals = |input: u64, times: u64| {
        format!(
            r#"{{"type":"cost-state","startTime":1795360000000,"modelUsage":{{"claude-opus-4-6":{{"inputTokens":{input},"outputTokens":{},"cacheReadInputTokens":{},"cacheCreationInputTokens":{}}}}}}}"#,
            10 * times,
            20_000 * times,
            1000 * times
        ) + "\n"
    };
    let line = |number: u32| response_of(number, "claude-opus-4-6", "2026-11-22T15:30:00Z");
    let copied = line(3).replace("\"cwd\"", "\"requestSessionId\":\"origin\",\"cwd\"");
    home.write("-p/origin.jsonl", line(3) + &totals(3 + 5, 1));
    home.write("-p/fork.jsonl", copied + &line(4) + &totals(3 + 4 + 5 + 7, 2));
    let report = home.json(&["--by", "session"]);
    assert_eq!(tokens(&report["hidden"]), [5 + 7, 0, 0, 0]);
    for row in report["rows"].as_array().unwrap() {
        let (input, hidden) = if row["key"] == "origin" { (3, 5) } else { (4, 7) };
        assert_eq!(
            (&row["input_tokens"], &row["hidden"]["input_tokens"]),
            (&input.into(), &hidden.into())
        );
    }
}

#[test]
fn totals_that_began_after_a_kill_cover_only_what_came_after() {
    let home = Home::new();
    let before = response_of(1_000_000, "claude-opus-4-6", "2026-11-22T15:00:00Z");
    let after = response_of(3, "claude-opus-4-6", "2026-11-22T15:30:00Z");
    // 1795361340 is 15:29: the first process left no totals to go on from.
    let totals = r#"{"type":"cost-state","startTime":1795361340000,"modelUsage":{"claude-opus-4-6":{"inputTokens":8,"outputTokens":10,"cacheReadInputTokens":20000,"cacheCreationInputTokens":1000}}}"#;
    let killed_later = response_of(7, "claude-opus-4-6", "2026-11-22T15:40:00Z");
    home.write("-p/s.jsonl", format!("{before}{after}{totals}\n{killed_later}"));
    let report = home.json(&["--by", "session"]);
    assert_eq!(tokens(&report["hidden"]), [5, 0, 0, 0]);
}

#[test]
fn a_killed_process_hides_nothing() {
    // The totals that follow a killed process start anew and hold less than the file.
    let home = Home::new();
    home.write("-p/s.jsonl", fixture("killed"));
    let report = home.json(&[]);
    assert_eq!(report["totals"]["responses"], 2);
    assert_eq!(report["hidden"], serde_json::Value::Null);
}
