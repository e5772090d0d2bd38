//! The totals for programs: JSON and CSV.

use std::io::{self, Write};

use serde::Serialize;

use crate::usage::prices::PriceTable;
use crate::usage::{BLOCK_HOURS, By, Query, Report, ReportRow, Skipped, Totals, Zone, rfc3339};

/// The whole output. Fields are only ever added.
#[derive(Serialize)]
struct Output<'a> {
    /// `day`, `week`, `month`, `session`, `model`, `project` or `block`.
    by: &'static str,
    /// Whether days, weeks and months are cut in `local` time or `utc`.
    zone: &'static str,
    /// RFC 3339, `null` when not asked for.
    since: Option<String>,
    /// First moment that does not count any more.
    before: Option<String>,
    rows: Vec<Row<'a>>,
    totals: Sums,
    /// Usage of calls that no response shows, as far as known; not contained in `totals`.
    hidden: Option<Hidden>,
    skipped: Uncounted,
    prices: Prices<'a>,
}

#[derive(Serialize)]
struct Row<'a> {
    /// See [`ReportRow::key`].
    key: &'a str,
    /// Sessions: Claude Code's name of the project folder.
    #[serde(skip_serializing_if = "Option::is_none")]
    project: Option<&'a str>,
    /// Sessions and projects: where that folder is, if known.
    #[serde(skip_serializing_if = "Option::is_none")]
    path: Option<&'a str>,
    /// Blocks: the moment after the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    end: Option<String>,
    first: String,
    last: String,
    #[serde(flatten)]
    sums: Sums,
    hidden: Option<Hidden>,
}

#[derive(Serialize)]
pub(in crate::cli) struct Sums {
    responses: u64,
    input_tokens: u64,
    output_tokens: u64,
    cache_creation_5m_tokens: u64,
    cache_creation_1h_tokens: u64,
    cache_read_tokens: u64,
    total_tokens: u64,
    /// `null` when none of the tokens has a price.
    cost_usd: Option<f64>,
    /// Tokens that are not in `cost_usd`, because their model has no price.
    unpriced_tokens: u64,
}

/// As [`Sums`], but nobody counted the calls.
#[derive(Serialize)]
pub(in crate::cli) struct Hidden {
    input_tokens: u64,
    output_tokens: u64,
    cache_creation_5m_tokens: u64,
    cache_creation_1h_tokens: u64,
    cache_read_tokens: u64,
    total_tokens: u64,
    cost_usd: Option<f64>,
    unpriced_tokens: u64,
}

#[derive(Serialize)]
struct Uncounted {
    lines: u64,
    unreadable: u64,
}

#[derive(Serialize)]
struct Prices<'a> {
    date: &'a str,
    source: &'a str,
    /// Models with usage and without a price.
    unknown_models: &'a [String],
}

impl From<&Totals> for Sums {
    fn from(totals: &Totals) -> Self {
        let tokens = &totals.tokens;
        Self {
            responses: totals.responses,
            input_tokens: tokens.input,
            output_tokens: tokens.output,
            cache_creation_5m_tokens: tokens.cache_creation_5m,
            cache_creation_1h_tokens: tokens.cache_creation_1h,
            cache_read_tokens: tokens.cache_read,
            total_tokens: tokens.total(),
            cost_usd: totals.cost_usd(),
            unpriced_tokens: totals.unpriced_tokens,
        }
    }
}

pub(in crate::cli) fn hidden(totals: &Totals) -> Option<Hidden> {
    let tokens = &totals.tokens;
    (tokens.total() > 0).then(|| Hidden {
        input_tokens: tokens.input,
        output_tokens: tokens.output,
        cache_creation_5m_tokens: tokens.cache_creation_5m,
        cache_creation_1h_tokens: tokens.cache_creation_1h,
        cache_read_tokens: tokens.cache_read,
        total_tokens: tokens.total(),
        cost_usd: totals.cost_usd(),
        unpriced_tokens: totals.unpriced_tokens,
    })
}

pub(super) fn json(
    out: &mut dyn Write,
    report: &Report,
    query: &Query,
    prices: &PriceTable,
    skipped: &Skipped,
) -> io::Result<()> {
    let moment = |time: i64| rfc3339(time.clamp(0, i64::from(u32::MAX)) as u32);
    let output = Output {
        by: match report.by {
            By::Day => "day",
            By::Week => "week",
            By::Month => "month",
            By::Session => "session",
            By::Model => "model",
            By::Project => "project",
            By::Block => "block",
        },
        zone: match report.zone {
            Zone::Local => "local",
            Zone::Utc => "utc",
        },
        since: query.since.map(moment),
        before: query.before.map(moment),
        rows: report.rows.iter().map(|row| json_row(report.by, row)).collect(),
        totals: (&report.totals).into(),
        hidden: hidden(&report.hidden),
        skipped: Uncounted {
            lines: skipped.line_count(),
            unreadable: skipped.unreadable.len() as u64,
        },
        prices: Prices {
            date: &prices.date,
            source: &prices.source,
            unknown_models: &report.unpriced,
        },
    };
    serde_json::to_writer_pretty(&mut *out, &output)?;
    writeln!(out)
}

fn json_row(by: By, row: &ReportRow) -> Row<'_> {
    let end = row.start.saturating_add(BLOCK_HOURS * 3600);
    Row {
        key: &row.key,
        project: row.project.as_deref(),
        path: row.path.as_deref(),
        end: (by == By::Block).then(|| rfc3339(end)),
        first: rfc3339(row.first),
        last: rfc3339(row.last),
        sums: (&row.usage).into(),
        hidden: hidden(&row.hidden),
    }
}

pub(super) fn csv(out: &mut dyn Write, report: &Report) -> io::Result<()> {
    writeln!(
        out,
        "key,project,path,first,last,responses,input_tokens,output_tokens,\
         cache_creation_5m_tokens,cache_creation_1h_tokens,cache_read_tokens,total_tokens,\
         cost_usd,unpriced_tokens,hidden_total_tokens,hidden_cost_usd"
    )?;
    for row in &report.rows {
        let sums = Sums::from(&row.usage);
        let dollars = |cost: Option<f64>| cost.map(|cost| cost.to_string()).unwrap_or_default();
        let hidden_cost = if row.hidden.tokens.total() > 0 {
            dollars(row.hidden.cost_usd())
        } else {
            String::new()
        };
        let cells = [
            quoted(&row.key),
            quoted(row.project.as_deref().unwrap_or_default()),
            quoted(row.path.as_deref().unwrap_or_default()),
            rfc3339(row.first),
            rfc3339(row.last),
            sums.responses.to_string(),
            sums.input_tokens.to_string(),
            sums.output_tokens.to_string(),
            sums.cache_creation_5m_tokens.to_string(),
            sums.cache_creation_1h_tokens.to_string(),
            sums.cache_read_tokens.to_string(),
            sums.total_tokens.to_string(),
            dollars(sums.cost_usd),
            sums.unpriced_tokens.to_string(),
            row.hidden.tokens.total().to_string(),
            hidden_cost,
        ];
        writeln!(out, "{}", cells.join(","))?;
    }
    Ok(())
}

/// A cell as RFC 4180 wants it.
fn quoted(text: &str) -> String {
    if !text.contains(['"', ',', '\n', '\r']) {
        return text.to_owned();
    }
    format!("\"{}\"", text.replace('"', "\"\""))
}
