//! A made-up history with everything that makes counting hard, against the truth its maker wrote down.

use std::collections::BTreeMap;

use serde_json::Value;

use super::corpus::{self, Sums};
use super::home::Home;

fn sums(row: &Value) -> Sums {
    let tokens = |sums: &Value| {
        [
            "input_tokens",
            "output_tokens",
            "cache_creation_5m_tokens",
            "cache_creation_1h_tokens",
            "cache_read_tokens",
        ]
        .map(|field| sums[field].as_u64().unwrap_or(0))
    };
    Sums {
        responses: row["responses"].as_u64().unwrap_or(0),
        tokens: tokens(row),
        unpriced: row["unpriced_tokens"].as_u64().unwrap_or(0),
        usd: row["cost_usd"].as_f64().unwrap_or(0.0),
        hidden_tokens: tokens(&row["hidden"]),
        hidden_usd: row["hidden"]["cost_usd"].as_f64().unwrap_or(0.0),
    }
}

/// Equal to the token and far below the cent: the maker of the history adds dollars in floating point.
#[track_caller]
fn same(ours: &Sums, truth: &Sums, what: &str) {
    let whole = |sums: &Sums| Sums { usd: 0.0, hidden_usd: 0.0, ..sums.clone() };
    assert_eq!(whole(ours), whole(truth), "{what}");
    assert!((ours.usd - truth.usd).abs() < 1e-6, "{what}: ${} is ${}", ours.usd, truth.usd);
    assert!((ours.hidden_usd - truth.hidden_usd).abs() < 1e-6, "{what}: hidden");
}

#[test]
fn every_breakdown_is_true_to_the_token_and_the_cent() {
    for (seed, bytes) in [(1, 10_000_000), (2, 3_000_000)] {
        let home = Home::new();
        let truth = corpus::generate(&home.projects(), seed, bytes).unwrap();
        for by in ["day", "week", "month", "session", "model", "project", "block"] {
            let report = home.json(&["--utc", "--by", by]);
            let rows = report["rows"].as_array().unwrap();
            let ours: BTreeMap<String, Sums> = rows
                .iter()
                .map(|row| (row["key"].as_str().unwrap().to_owned(), sums(row)))
                .collect();
            let expected = truth.rows(by);
            assert_eq!(ours.len(), rows.len(), "{by}: keys are unique");
            assert_eq!(ours.keys().collect::<Vec<_>>(), expected.keys().collect::<Vec<_>>());
            for (key, row) in &ours {
                same(row, &expected[key], &format!("{by} {key}"));
            }
            let mut totals = sums(&report["totals"]);
            let hidden = sums(&serde_json::json!({ "hidden": report["hidden"] }));
            totals.hidden_tokens = hidden.hidden_tokens;
            totals.hidden_usd = hidden.hidden_usd;
            same(&totals, &truth.totals(), by);
            assert_eq!(report["skipped"]["lines"], truth.broken_lines);
        }
    }
}
