//! Records for people, in the columns that there are.

use std::fmt::Write as _;

use chrono::Local;
use unicode_width::UnicodeWidthStr;

use super::totals::Totals;
use crate::cli::terminal::{BAD, FAINT};
use crate::cli::usage::figures::{cost, exact};
use crate::cli::usage::table::cut;
use crate::follow::{Response, Tokens};
use crate::session::facts::By;
use crate::session::text;

/// UTF-16 units of a response that are shown, and lines.
const SHOWN: usize = 300;
const LINES: usize = 3;

/// No layout is for fewer columns.
const NARROWEST: usize = 40;

/// A record: when it was and how it ended, the prompt, the response, figures.
pub(super) fn record(record: &Response, corrects: bool, width: usize) -> String {
    let width = width.max(NARROWEST);
    let mut out = String::new();
    let at = record.started_at.map(|at| at.with_timezone(&Local).format("%Y-%m-%d %H:%M:%S"));
    let at = at.map_or_else(|| "-".to_owned(), |at| at.to_string());
    let mut parts = vec![at, duration(record.duration_ms)];
    let ended = match (&*record.stop_reason, &record.error) {
        ("end_turn" | "running", _) => String::new(),
        (reason, Some(error)) => format!("{reason}: {}", text::line(error, 40)),
        (reason, None) => text::line(reason, 40),
    };
    let running = record.stop_reason == "running";
    let marks = [
        (!ended.is_empty(), &*ended),
        (running, "running"),
        (record.abandoned, "abandoned"),
        (record.partial, "partial"),
        (corrects, "corrected"),
    ];
    parts.extend(marks.iter().filter(|(is, _)| *is).map(|(_, mark)| (*mark).to_owned()));
    for line in filled(parts.iter().map(String::as_str), "  ", width, usize::MAX) {
        // What went wrong stands out, on whatever line it is.
        let line = match line.find(&ended).filter(|_| !ended.is_empty()) {
            Some(at) => format!("{}{BAD}{ended}{BAD:#}{}", &line[..at], &line[at + ended.len()..]),
            None => line,
        };
        let _ = writeln!(out, "{line}");
    }
    let mark = match (&record.agent_id, record.by) {
        (Some(_), _) => "subagent",
        (None, By::Human) => ">",
        (None, By::Machine) => "*",
    };
    let kind = record.agent_type.as_deref().map(|kind| format!(" {kind}:"));
    let prompt = format!("  {mark}{} {}", kind.unwrap_or_default(), text::one_line(&record.prompt));
    let _ = writeln!(out, "{}", cut(&prompt, width));
    let response = text::line(&record.response, SHOWN);
    for line in filled(response.split(' '), " ", width - 4, LINES) {
        let _ = writeln!(out, "    {line}");
    }
    let mut parts = vec![text::line(&record.model, 40)];
    parts.extend(figures(record.requests, &record.usage));
    parts.extend(record.tools.iter().map(|(tool, calls)| {
        let failed = match calls.failed {
            0 => String::new(),
            failed => format!(" ({failed} failed)"),
        };
        format!("{} {}{failed}", text::line(tool, 60), calls.calls)
    }));
    parts.extend(record.files.iter().map(|file| text::line(file, 80)));
    for line in filled(parts.iter().map(String::as_str), "  ", width - 4, usize::MAX) {
        let _ = writeln!(out, "    {FAINT}{line}{FAINT:#}");
    }
    out
}

/// What the session used in all.
pub(super) fn totals(totals: &Totals, width: usize) -> String {
    let width = width.max(NARROWEST);
    let mut lines: Vec<String> = Vec::new();
    let plural = |n: u64, one: &str| format!("{n} {one}{}", if n == 1 { "" } else { "s" });
    let mut parts = vec![plural(totals.turns.into(), "turn")];
    let agents = &totals.subagents;
    if agents.records > 0 {
        parts.push(plural(agents.records.into(), "subagent"));
    }
    match &totals.usage {
        Some(row) => {
            let tokens = &row.usage.tokens;
            parts.push(plural(row.usage.responses, "request"));
            parts.push(input(tokens.prompt(), tokens.cache_read));
            parts.push(format!("{} out", exact(tokens.output)));
            parts.push(cost(&row.usage));
        }
        None => parts.extend(figures(totals.requests, &totals.sum)),
    }
    lines.push(format!("Total: {}", parts.join("  ")));
    if agents.records > 0 {
        let parts = figures(agents.requests, &agents.usage);
        lines.push(format!("Of these by subagents: {}", parts.join("  ")));
    }
    if let Some(hidden) = totals.usage.as_ref().map(|row| &row.hidden)
        && hidden.tokens.total() > 0
    {
        lines.push(format!(
            "Not contained, hidden calls such as compaction: {}  {} out  {}",
            input(hidden.tokens.prompt(), hidden.tokens.cache_read),
            exact(hidden.tokens.output),
            cost(hidden)
        ));
    }
    let counted = totals.usage.as_ref().map_or(totals.requests.into(), |row| row.usage.responses);
    match counted.cmp(&totals.requests.into()) {
        std::cmp::Ordering::Equal => {}
        std::cmp::Ordering::Greater => lines.push(format!(
            "{} of the total are in no turn above: they came before the session was followed.",
            plural(counted - u64::from(totals.requests), "request")
        )),
        std::cmp::Ordering::Less => lines.push(format!(
            "{} of the turns above count for the session that this one was forked from, or are repetitions.",
            plural(u64::from(totals.requests) - counted, "request")
        )),
    }
    let mut out = String::from("\n");
    for line in &lines {
        for (at, part) in filled(line.split(' '), " ", width - 2, usize::MAX).iter().enumerate() {
            let _ = writeln!(out, "{}{part}", if at == 0 { "" } else { "  " });
        }
    }
    out
}

/// Requests, input and output, as people read them.
pub(in crate::cli) fn figures(requests: u32, usage: &Tokens) -> Vec<String> {
    let plural = if requests == 1 { "" } else { "s" };
    vec![
        format!("{requests} request{plural}"),
        input(usage.prompt(), usage.cache_read_tokens),
        format!("{} out", exact(usage.output_tokens)),
    ]
}

/// Tokens of the input side.
fn input(all: u64, cached: u64) -> String {
    let cached = if cached == 0 { String::new() } else { format!(" ({} cached)", exact(cached)) };
    format!("{} in{cached}", exact(all))
}

/// Parts in lines of at most `width` columns; what does not fit into `most` lines is left out, and a sign
/// says so.
fn filled<'p>(
    parts: impl Iterator<Item = &'p str>,
    between: &str,
    width: usize,
    most: usize,
) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for part in parts {
        let full = lines.len() == most;
        match lines.last_mut() {
            Some(line) if line.width() + between.len() + part.width() <= width => {
                line.push_str(between);
                line.push_str(part);
            }
            Some(line) if full => {
                *line = cut(&format!("{line} …"), width);
                break;
            }
            None if part.is_empty() => {}
            _ => lines.push(cut(part, width)),
        }
    }
    lines
}

fn duration(milliseconds: i64) -> String {
    match milliseconds {
        ..1_000 => format!("{milliseconds} ms"),
        1_000..120_000 => format!("{} s", milliseconds / 1_000),
        120_000..7_200_000 => format!("{} min", milliseconds / 60_000),
        _ => format!("{} h {} min", milliseconds / 3_600_000, milliseconds / 60_000 % 60),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_fill_lines_and_say_what_is_left_out() {
        let of = |text: &str, width, most| filled(text.split(' '), " ", width, most);
        assert_eq!(of("one two three", 40, 3), ["one two three"]);
        assert_eq!(of("one two three", 7, 3), ["one two", "three"]);
        assert_eq!(of("one two three four", 7, 2), ["one two", "three …"]);
        assert_eq!(of("one unbreakable", 6, 3), ["one", "unbre…"]);
        assert_eq!(of("日本語 の名 前", 6, 2), ["日本語", "の名 …"]);
        assert_eq!(of("", 6, 2), Vec::<String>::new());
    }

    #[test]
    fn durations_are_short() {
        assert_eq!(duration(999), "999 ms");
        assert_eq!(duration(119_999), "119 s");
        assert_eq!(duration(7_199_999), "119 min");
        assert_eq!(duration(9_000_000), "2 h 30 min");
    }
}
