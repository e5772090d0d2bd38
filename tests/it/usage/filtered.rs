//! Every breakdown with every switch: parts make the whole, and all forms of output say the same.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::corpus;
use super::home::Home;

const BREAKDOWNS: [&str; 7] = ["day", "week", "month", "session", "model", "project", "block"];

const SUMS: [&str; 8] = [
    "responses",
    "input_tokens",
    "output_tokens",
    "cache_creation_5m_tokens",
    "cache_creation_1h_tokens",
    "cache_read_tokens",
    "total_tokens",
    "unpriced_tokens",
];

/// Rows by key: sums, then the hidden tokens.
type Rows = BTreeMap<String, Vec<u64>>;

fn rows(report: &Value) -> Rows {
    let mut rows = Rows::new();
    for row in report["rows"].as_array().unwrap() {
        let mut sums: Vec<u64> = SUMS.iter().map(|sum| row[sum].as_u64().unwrap()).collect();
        sums.push(row["hidden"]["total_tokens"].as_u64().unwrap_or(0));
        let key = row["key"].as_str().unwrap().to_owned();
        assert!(rows.insert(key, sums).is_none(), "keys are unique");
    }
    rows
}

fn add(whole: &mut Rows, part: Rows) {
    for (key, sums) in part {
        let known = whole.entry(key).or_insert_with(|| vec![0; sums.len()]);
        known.iter_mut().zip(sums).for_each(|(sum, more)| *sum += more);
    }
}

fn history() -> Home {
    let home = Home::new();
    corpus::generate(&home.projects(), 3, 8_000_000).unwrap();
    home
}

#[test]
fn what_is_left_out_of_one_half_is_in_the_other() {
    let home = history();
    let days: Vec<String> = rows(&home.json(&["--utc"])).into_keys().collect();
    let middle = &days[days.len() / 2];
    let noon = format!("{middle}T12:00:00Z");
    let before = &days[days.len() / 2 - 1];
    for by in BREAKDOWNS {
        let of = |more: &[&str]| rows(&home.json(&[&["--utc", "--by", by], more].concat()));
        let whole = of(&[]);
        for [until, since] in [[before, middle], [&noon, &noon]] {
            let mut halves = of(&["--until", until]);
            let late = of(&["--since", since]);
            assert!(!halves.is_empty() && !late.is_empty());
            add(&mut halves, late);
            assert_eq!(halves, whole, "{by} until {until}, since {since}");
        }
        let day = of(&["--since", middle, "--until", middle]);
        assert!(!day.is_empty() && day != whole, "{by}");
    }
}

#[test]
fn projects_make_the_whole() {
    let home = history();
    let projects: Vec<String> = rows(&home.json(&["--by", "project"])).into_keys().collect();
    assert!(projects.len() > 2, "{projects:?}");
    for by in BREAKDOWNS {
        let mut sum = Rows::new();
        for project in &projects {
            add(&mut sum, rows(&home.json(&["--utc", "--by", by, "--project", project])));
        }
        assert_eq!(sum, rows(&home.json(&["--utc", "--by", by])), "{by}");
        let none = home.json(&["--by", by, "--project", "no-such-project"]);
        assert_eq!((&none["rows"], &none["totals"]["responses"]), (&json!([]), &json!(0)));
    }
}

#[test]
fn values_and_json_say_the_same() {
    let home = history();
    for by in BREAKDOWNS {
        for more in [&[][..], &["--since", "2026-01-01", "--utc"], &["--until", "2027-01-01"]] {
            let arguments = [&["--by", by], more].concat();
            let report = home.json(&arguments);
            let ran = home.run(|command| command.arg("--csv").args(&arguments));
            assert_eq!(ran.code, 0);
            let mut lines = ran.stdout.lines();
            let head: Vec<&str> = lines.next().unwrap().split(',').collect();
            let all = report["rows"].as_array().unwrap();
            assert_eq!(lines.clone().count(), all.len());
            for (line, row) in lines.zip(all) {
                let cells: BTreeMap<&str, &str> =
                    head.iter().copied().zip(line.split(',')).collect();
                for name in SUMS {
                    assert_eq!(cells[name], row[name].to_string(), "{by} {name}: {line}");
                }
                for name in ["key", "first", "last", "project", "path"] {
                    assert_eq!(
                        cells[name],
                        row[name].as_str().unwrap_or(""),
                        "{by} {name}: {line}"
                    );
                }
                let dollars =
                    |cost: &Value| cost.as_f64().map(|c| c.to_string()).unwrap_or_default();
                assert_eq!(cells["cost_usd"], dollars(&row["cost_usd"]), "{by}: {line}");
                assert_eq!(
                    cells["hidden_cost_usd"],
                    dollars(&row["hidden"]["cost_usd"]),
                    "{by}: {line}"
                );
            }
        }
    }
}

#[test]
fn one_s_own_prices_price_every_breakdown() {
    let home = history();
    let models: Vec<String> = rows(&home.json(&["--by", "model"])).into_keys().collect();
    let table = json!({ "date": "2027-01-01", "source": "a contract", "models": [{
        "ids": models, "input": 1, "output": 2, "cache_write_5m": 3, "cache_write_1h": 4, "cache_read": 5,
    }]});
    std::fs::write(home.path().join("prices.json"), table.to_string()).unwrap();
    for by in BREAKDOWNS {
        let report = home.json(&["--by", by, "--prices", "prices.json"]);
        assert_eq!(report["prices"]["date"], "2027-01-01");
        assert_eq!(report["totals"]["unpriced_tokens"], 0);
        let fast = |row: &Value| {
            let of = |name: &str| row[name].as_f64().unwrap();
            of("input_tokens")
                + 2.0 * of("output_tokens")
                + 3.0 * of("cache_creation_5m_tokens")
                + 4.0 * of("cache_creation_1h_tokens")
                + 5.0 * of("cache_read_tokens")
        };
        let mut sum = 0.0;
        for row in report["rows"].as_array().unwrap() {
            let usd = row["cost_usd"].as_f64().unwrap();
            // Web searches, and services with a price of their own, cost extra.
            assert!(usd >= fast(row) / 1e6 - 1e-9, "{by}: {row}");
            sum += usd;
        }
        assert!((sum - report["totals"]["cost_usd"].as_f64().unwrap()).abs() < 1e-6, "{by}");
        // The prices that came with it do not count beside them.
        assert_ne!(report["totals"]["cost_usd"], home.json(&["--by", by])["totals"]["cost_usd"]);
    }
}

#[test]
fn the_zone_moves_days_and_nothing_else() {
    let home = history();
    for by in BREAKDOWNS {
        let of = |utc: bool| -> Value {
            let ran = home.run(|command| {
                command.env("TZ", "Pacific/Auckland").args(["--json", "--by", by]);
                if utc { command.arg("--utc") } else { command }
            });
            serde_json::from_str(&ran.stdout).unwrap()
        };
        let (local, utc) = (of(false), of(true));
        assert_eq!((&local["zone"], &utc["zone"]), (&json!("local"), &json!("utc")));
        assert_eq!(local["totals"], utc["totals"], "{by}");
        assert_eq!(local["hidden"], utc["hidden"], "{by}");
        match by {
            "day" => assert_ne!(rows(&local), rows(&utc)),
            // It may be that nothing happened on either side of their ends.
            "week" | "month" => {}
            _ => assert_eq!(rows(&local), rows(&utc), "{by}"),
        }
    }
}

#[test]
fn a_chart_has_a_bar_for_every_row() {
    let home = history();
    for by in BREAKDOWNS {
        let all = home.json(&["--by", by])["rows"].as_array().unwrap().len();
        for width in ["40", "80", "120"] {
            let ran = home.usage(&["--chart", "--by", by, "--width", width]);
            assert_eq!((ran.code, &*ran.stderr), (0, ""));
            let bars: Vec<&str> =
                ran.stdout.lines().take_while(|line| !line.starts_with("Total: ")).collect();
            assert_eq!(bars.len(), all, "{by}");
            let widest = bars.iter().map(|bar| bar.chars().count()).max().unwrap();
            assert!(widest <= width.parse().unwrap(), "{by} {width}: {widest}\n{}", ran.stdout);
            assert!(bars.iter().any(|bar| bar.contains('█')), "{by}");
        }
    }
}
