//! What the hooks noted about themselves in `hooks.log`: one line each, `RFC3339 event text`.

use std::path::Path;

use chrono::{DateTime, TimeDelta, Utc};

use super::Check;
use crate::store::Faults;

/// Faults older than this are history.
const RECENT: TimeDelta = TimeDelta::days(7);

/// How many are shown.
const SHOWN: usize = 3;

/// How many lines of the log's end are read.
const READ: usize = 200;

pub(super) fn check(state: &Path, now: DateTime<Utc>) -> Check {
    let mut check = Check::new("faults");
    let path = state.join("hooks.log");
    let lines = match Faults::in_dir(state).read_last(READ) {
        Ok(lines) => lines,
        // What is wrong with the state directory itself is told elsewhere.
        Err(_) if !state.is_dir() => Vec::new(),
        Err(error) => {
            check.find(error.to_string(), "make it readable, or remove it");
            return check;
        }
    };
    let recent: Vec<_> = lines.iter().filter(|line| is_recent(line, now)).collect();
    if recent.is_empty() {
        check.detail = String::from("no hook reported one in the last 7 days");
    }
    for line in recent.iter().rev().take(SHOWN) {
        check.find(plain(line), format!("if it comes again, report it with {}", path.display()));
    }
    check
}

fn is_recent(line: &str, now: DateTime<Utc>) -> bool {
    let at = line.split(' ').next().and_then(|at| DateTime::parse_from_rfc3339(at).ok());
    at.is_some_and(|at| now.signed_duration_since(at) <= RECENT)
}

/// A line as a terminal may show it.
fn plain(line: &str) -> String {
    line.chars().map(|c| if c.is_control() { ' ' } else { c }).take(300).collect()
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    #[test]
    fn the_last_recent_faults_are_findings_newest_first() {
        let state = tempfile::tempdir().unwrap();
        let now = DateTime::parse_from_rfc3339("2026-11-22T12:00:00Z").unwrap().to_utc();
        assert!(check(state.path(), now).findings.is_empty());
        let mut log = std::fs::File::create_new(state.path().join("hooks.log")).unwrap();
        let lines = [
            "half a line",
            "2026-11-14T12:00:00Z stop too old",
            "2026-11-20T12:00:00.123Z stop one",
            "2026-11-21T12:00:00Z stop two\u{1b}[31m",
            "2026-11-22T11:00:00Z session-end three",
            "2026-11-22T11:59:59Z stop four",
        ];
        writeln!(log, "{}", lines.join("\n")).unwrap();
        let found: Vec<_> = check(state.path(), now).findings.into_iter().map(|f| f.what).collect();
        assert_eq!(
            found,
            [
                "2026-11-22T11:59:59Z stop four",
                "2026-11-22T11:00:00Z session-end three",
                "2026-11-21T12:00:00Z stop two [31m",
            ]
        );
    }
}
