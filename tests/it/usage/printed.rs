//! What people and programs see.

use insta::assert_snapshot;

use super::home::{Home, response, response_of};

/// Two projects, three models, one of them without a price, and a compaction.
fn history() -> Home {
    let home = Home::new();
    let day = |number: u32, model: &str, day: u32| {
        response_of(number, model, &format!("2026-11-{day:02}T2{}:30:00.000Z", number % 4))
    };
    let mut demo = String::new();
    for number in 1..40 {
        demo += &day(number * 1001, "claude-opus-4-6", 10 + number % 9);
    }
    demo += &day(77, "claude-haiku-5-5", 11);
    home.write("-home-dev-demo/8463c716-3f5e-4c93-9b32-1f8e6f0d5a11.jsonl", demo);
    let shop = day(5_000_000, "house-model-1", 15) + &day(9, "claude-sonnet-4-5-20250929", 15);
    home.write(
        "-srv-a-rather-long-path-to-a-shop-with-many-words-in-its-name/0c0ffee0-0000-4000-8000-000000000001.jsonl",
        shop.replace("/home/dev/demo", "/srv/a/rather/long/path/to/a/shop with many words in its name"),
    );
    home.write(
        "-home-dev-demo/7f6b21be-70b1-481c-85df-005e1d777be7.jsonl",
        super::home::fixture("compact-auto"),
    );
    home
}

#[test]
fn tables_fit_the_terminal() {
    let home = history();
    for by in ["day", "session", "model", "project", "block"] {
        for width in ["40", "80", "120"] {
            let ran = home.usage(&["--by", by, "--width", width, "--utc"]);
            assert_eq!((ran.code, ran.stderr.as_str()), (0, ""));
            // Notes below the table are sentences, and wrap.
            let table = ran.stdout.lines().filter(|line| !line.ends_with('.'));
            let widest = table.map(|line| line.chars().count()).max().unwrap();
            assert!(widest <= width.parse().unwrap(), "{by} {width}: {widest}");
            assert_snapshot!(format!("table_by_{by}_{width}"), ran.stdout);
        }
    }
}

#[test]
fn charts_and_values() {
    let home = history();
    assert_snapshot!("chart", home.usage(&["--chart", "--width", "80", "--utc"]).stdout);
    assert_snapshot!("csv", home.usage(&["--csv", "--by", "model"]).stdout);
    assert_snapshot!("csv_by_session", home.usage(&["--csv", "--by", "session"]).stdout);
    let json = home.usage(&["--json", "--by", "session", "--since", "2026-11-15", "--utc"]).stdout;
    assert_snapshot!("json", json);
}

#[test]
fn help_and_refusals() {
    let home = history();
    assert_snapshot!("help", home.usage(&["-h"]).stdout);
    assert_snapshot!("long_help", home.usage(&["--help"]).stdout);
    let refused = |arguments: &[&str]| {
        let ran = home.usage(arguments);
        assert_ne!(ran.code, 0);
        assert_eq!(ran.stdout, "");
        ran.stderr
    };
    std::fs::write(home.path().join("prices.json"), "{\"date\":\"2027-01-01\"}").unwrap();
    assert_snapshot!(
        "refusals",
        [
            refused(&["--since", "yesterday"]),
            refused(&["--until", "2026-13-01"]),
            refused(&["--prices", "nowhere.json"]),
            refused(&["--prices", "prices.json"]),
            refused(&["--by", "year"]),
        ]
        .concat()
    );
}

#[test]
fn days_are_local_unless_asked_otherwise() {
    let home = Home::new();
    home.write("-p/a.jsonl", response_of(1, "claude-opus-4-6", "2026-11-01T03:59:00Z"));
    home.write("-p/b.jsonl", response_of(2, "claude-opus-4-6", "2026-11-02T04:59:00Z"));
    let keys = |arguments: &[&str], zone: &str| -> Vec<String> {
        let ran = home.run(|command| command.arg("--json").args(arguments).env("TZ", zone));
        let report: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
        let rows = report["rows"].as_array().unwrap();
        rows.iter().map(|row| row["key"].as_str().unwrap().to_owned()).collect()
    };
    // New York: four hours behind until the clocks change on that Sunday, five hours after it.
    let new_york = "America/New_York";
    assert_eq!(keys(&["--by", "day"], new_york), ["2026-10-31", "2026-11-01"]);
    assert_eq!(keys(&["--by", "day", "--utc"], new_york), ["2026-11-01", "2026-11-02"]);
    assert_eq!(keys(&["--by", "month"], new_york), ["2026-10", "2026-11"]);
    assert_eq!(keys(&["--by", "week"], new_york), ["2026-10-26"]);
    assert_eq!(keys(&["--by", "week", "--utc"], new_york), ["2026-10-26", "2026-11-02"]);
    // Days that are asked for are local, too.
    assert_eq!(keys(&["--since", "2026-11-01"], new_york), ["2026-11-01"]);
    assert_eq!(keys(&["--until", "2026-10-31"], new_york), ["2026-10-31"]);
    assert_eq!(
        keys(&["--since", "2026-11-01", "--until", "2026-11-01", "--utc"], new_york),
        ["2026-11-01"]
    );
    let until = ["--until", "2026-11-01T03:59:00Z"];
    assert_eq!(keys(&until, new_york), Vec::<String>::new());
}

#[test]
fn blocks_are_cut_before_anything_is_left_out() {
    let home = Home::new();
    home.write("-p/a.jsonl", response_of(1, "claude-opus-4-6", "2026-11-22T10:59:00Z"));
    home.write("-home-dev-q/b.jsonl", response_of(2, "claude-opus-4-6", "2026-11-22T14:10:00Z"));
    home.write("-home-dev-q/c.jsonl", response_of(3, "claude-opus-4-6", "2026-11-22T15:00:00Z"));
    let report = home.json(&["--by", "block", "--project", "q"]);
    let rows = report["rows"].as_array().unwrap();
    let span = |row: &serde_json::Value| format!("{} {}", row["key"], row["end"]).replace('"', "");
    assert_eq!(
        rows.iter().map(span).collect::<Vec<_>>(),
        ["2026-11-22T10:00:00Z 2026-11-22T15:00:00Z", "2026-11-22T15:00:00Z 2026-11-22T20:00:00Z"]
    );
}

#[test]
fn one_project_by_folder_or_name() {
    let home = Home::new();
    home.write("-home-dev-app/a.jsonl", response(1));
    home.write("-home-dev-my-app/b.jsonl", response(2));
    home.write("-home-dev-apps/c.jsonl", response(4));
    let input =
        |project: &str| home.json(&["--project", project])["totals"]["input_tokens"].clone();
    assert_eq!(input("/home/dev/app"), 1);
    assert_eq!(input("/home/dev/app/"), 1);
    assert_eq!(input("app"), 3);
    assert_eq!(input("my.app"), 2);
    assert_eq!(input("-home-dev-apps"), 4);
    assert_eq!(input("pp"), 0);
    let here = home.path().join("here");
    std::fs::create_dir(&here).unwrap();
    let folder = here
        .canonicalize()
        .unwrap()
        .to_string_lossy()
        .replace(|c: char| !c.is_ascii_alphanumeric(), "-");
    home.write(&format!("{folder}/d.jsonl"), response(8));
    let ran = home.run(|command| command.args(["--json", "--project", "."]).current_dir(&here));
    let report: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!(report["totals"]["input_tokens"], 8);
}

#[test]
fn prices_of_one_s_own() {
    let home = Home::new();
    home.write("-p/a.jsonl", response_of(1_000_000, "house-model-1", "2026-11-22T15:00:00Z"));
    let table = home.usage(&["--by", "model"]).stdout;
    assert!(
        table.lines().any(|line| line.starts_with("house-model-1") && line.ends_with('-')),
        "{table}"
    );
    assert!(table.contains("No price known, and none counted, for house-model-1."));
    let prices = r#"{"date":"2027-01-01","source":"contract","models":[{"ids":["house-model-1"],
        "input":7,"output":0,"cache_write_5m":0,"cache_write_1h":0,"cache_read":0}]}"#;
    std::fs::write(home.path().join("prices.json"), prices).unwrap();
    let report = home.json(&["--prices", "prices.json"]);
    assert_eq!(report["totals"]["cost_usd"], 7.0);
    assert_eq!(report["prices"]["date"], "2027-01-01");
}

#[test]
fn claude_s_own_folder_is_where_it_was_moved_to() {
    let home = Home::new();
    home.write("-p/a.jsonl", response(1));
    let moved = home.path().join("moved");
    std::fs::create_dir_all(moved.join("projects/-q")).unwrap();
    std::fs::write(moved.join("projects/-q/b.jsonl"), response(2)).unwrap();
    let ran = home.run(|command| command.arg("--json").env("CLAUDE_CONFIG_DIR", &moved));
    let report: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!(report["totals"]["input_tokens"], 2);
    // The other folder that Claude Code has used.
    std::fs::create_dir_all(home.path().join(".config/claude/projects/-r")).unwrap();
    std::fs::write(home.path().join(".config/claude/projects/-r/c.jsonl"), response(4)).unwrap();
    assert_eq!(home.json(&[])["totals"]["input_tokens"], 1 + 4);
}
