//! `rejoin usage`: what all transcripts together used and cost.

mod chart;
pub(in crate::cli) mod figures;
pub(in crate::cli) mod machine;
pub(in crate::cli) mod table;

use std::fs;
use std::io::{self, BufWriter, IsTerminal, Write};
use std::path::{Path, PathBuf};

use chrono::{DateTime, Days, NaiveDate};
use clap::{Args, ValueEnum};

use super::Failure;
use super::progress::ProgressBar;
use super::terminal::Terminal;
use crate::env::Env;
use crate::usage::prices::PriceTable;
use crate::usage::{self, ProjectFilter, Query, Report, Usage, Zone};

/// Columns of a table that goes into a file.
const WIDE: usize = 200;

/// Count tokens and cost over all of Claude Code's transcripts.
#[derive(Debug, Args)]
#[command(after_help = "Example: rejoin usage --by month --project .")]
#[command(after_long_help = include_str!("usage/output.txt"))]
// Switches of a command line are independent of each other.
#[allow(clippy::struct_excessive_bools)]
pub struct UsageArgs {
    /// One row per …; five-hour blocks start on the UTC hour of their first response
    #[arg(long, value_enum, default_value_t = By::Day)]
    by: By,
    /// Count from this day (2026-11-22) or moment (2026-11-22T15:00:00Z) on
    #[arg(long, value_name = "WHEN")]
    since: Option<String>,
    /// Count up to the end of this day, or up to this moment
    #[arg(long, value_name = "WHEN")]
    until: Option<String>,
    /// Count one project: its folder, or the last part of its name
    #[arg(long, value_name = "FOLDER|NAME", allow_hyphen_values = true)]
    project: Option<String>,
    /// Print JSON
    #[arg(long, conflicts_with = "csv")]
    json: bool,
    /// Print comma-separated values
    #[arg(long)]
    csv: bool,
    /// Draw bars instead of a table
    #[arg(long, conflicts_with_all = ["json", "csv"])]
    chart: bool,
    /// Cut days, weeks and months in UTC instead of local time
    #[arg(long)]
    utc: bool,
    /// Take prices from this file where it names a model
    #[arg(long, value_name = "FILE")]
    prices: Option<PathBuf>,
    /// Read every transcript again, and keep nothing for the next time
    #[arg(long)]
    no_cache: bool,
    /// Lay the output out for so many columns instead of the terminal's
    #[arg(long, value_name = "COLUMNS")]
    width: Option<usize>,
}

/// How to cut the totals.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum By {
    Day,
    Week,
    Month,
    Session,
    Model,
    Project,
    Block,
}

impl From<By> for usage::By {
    fn from(by: By) -> Self {
        match by {
            By::Day => Self::Day,
            By::Week => Self::Week,
            By::Month => Self::Month,
            By::Session => Self::Session,
            By::Model => Self::Model,
            By::Project => Self::Project,
            By::Block => Self::Block,
        }
    }
}

pub(super) fn run(options: &UsageArgs, env: &Env, terminal: &mut Terminal) -> Result<(), Failure> {
    let zone = if options.utc { Zone::Utc } else { Zone::Local };
    let query = Query {
        by: options.by.into(),
        since: moment("--since", options.since.as_deref(), zone, 0)?,
        before: moment("--until", options.until.as_deref(), zone, 1)?,
        project: options.project.as_deref().map(project_filter),
        zone,
    };
    let prices = prices(options.prices.as_deref())?;
    let roots = usage::roots(env);
    if roots.is_empty() {
        return Err(failed("no place to look for transcripts: set HOME, or CLAUDE_CONFIG_DIR"));
    }
    let state = env.state_dir().filter(|_| !options.no_cache);

    let mut bar = ProgressBar::on_stderr();
    let usage = Usage::collect(&roots, state.as_deref(), &mut |progress| bar.show(progress));
    bar.clear();
    let report = usage.report(&query, &prices);

    if !options.json && !options.csv {
        terminal.page();
    }
    let mut out = BufWriter::new(terminal);
    if options.json {
        machine::json(&mut out, &report, &query, &prices, &usage.skipped)?;
    } else if options.csv {
        machine::csv(&mut out, &report)?;
        notes(&mut io::stderr().lock(), &usage)?;
    } else {
        people(&mut out, options, &report, &prices)?;
        notes(&mut out, &usage)?;
    }
    out.flush()?;
    Ok(())
}

fn people(
    out: &mut dyn Write,
    options: &UsageArgs,
    report: &Report,
    prices: &PriceTable,
) -> io::Result<()> {
    if report.rows.is_empty() {
        return writeln!(out, "No usage found.");
    }
    let width = options.width.unwrap_or_else(|| {
        let terminal = io::stdout().is_terminal().then(terminal_size::terminal_size).flatten();
        terminal.map_or(WIDE, |(width, _)| usize::from(width.0))
    });
    let text = if options.chart { chart::draw(report, width) } else { table::draw(report, width) };
    out.write_all(text.as_bytes())?;
    if report.hidden.tokens.total() > 0 {
        let (tokens, cost) =
            (figures::short(report.hidden.tokens.total()), figures::cost(&report.hidden));
        writeln!(
            out,
            "Not contained: {tokens} tokens ({cost}) of hidden calls, such as compaction."
        )?;
    }
    if !report.unpriced.is_empty() {
        let models: Vec<String> = report.unpriced.iter().map(|m| figures::printable(m)).collect();
        writeln!(out, "No price known, and none counted, for {}.", models.join(", "))?;
    }
    writeln!(out, "Prices as of {}.", figures::printable(&prices.date))
}

/// What could not be counted, said once.
fn notes(out: &mut dyn Write, usage: &Usage) -> io::Result<()> {
    let counted = |count: u64, what: &str| {
        (count > 0).then(|| format!("{count} {what}{}", if count == 1 { "" } else { "s" }))
    };
    let skipped = [
        counted(usage.skipped.line_count(), "line"),
        counted(usage.skipped.unreadable.len() as u64, "unreadable file"),
    ];
    let skipped: Vec<String> = skipped.into_iter().flatten().collect();
    if !skipped.is_empty() {
        writeln!(out, "{} skipped, see rejoin doctor.", skipped.join(" and "))?;
    }
    if let Some(error) = &usage.unsaved {
        writeln!(
            out,
            "The next run has to read everything again: its cache can't be written ({error})."
        )?;
    }
    Ok(())
}

fn prices(path: Option<&Path>) -> Result<PriceTable, Failure> {
    let builtin = PriceTable::builtin();
    let Some(path) = path else { return Ok(builtin) };
    let text = fs::read_to_string(path).map_err(|error| {
        failed(format!("cannot read the prices in {}: {error}", path.display()))
    })?;
    let own = PriceTable::parse(&text)
        .map_err(|error| failed(format!("cannot use the prices in {}: {error}", path.display())))?;
    Ok(builtin.overridden_by(own))
}

fn failed(what: impl Into<String>) -> Failure {
    Failure::Failed(what.into())
}

/// A path names a folder, anything else the end of a name.
pub(super) fn project_filter(given: &str) -> ProjectFilter {
    let path = Path::new(given);
    if !given.contains(std::path::is_separator) && !matches!(given, "." | "..") {
        return ProjectFilter::named(given);
    }
    // A folder that is gone keeps its transcripts.
    let path = fs::canonicalize(path)
        .or_else(|_| std::path::absolute(path))
        .unwrap_or_else(|_| path.to_owned());
    ProjectFilter::folder(&path.to_string_lossy())
}

/// Seconds since 1970 of a moment, or of the start of a day and `days` later.
fn moment(
    option: &str,
    given: Option<&str>,
    zone: Zone,
    days: u64,
) -> Result<Option<i64>, Failure> {
    let Some(given) = given else { return Ok(None) };
    if let Ok(moment) = DateTime::parse_from_rfc3339(given) {
        return Ok(Some(moment.timestamp()));
    }
    let day = given.parse().ok().and_then(|day: NaiveDate| day.checked_add_days(Days::new(days)));
    let day = day.ok_or_else(|| {
        failed(format!(
            "{option} {given} is no day like 2026-11-22 and no moment like 2026-11-22T15:00:00Z"
        ))
    })?;
    Ok(Some(zone.start_of(day)))
}
