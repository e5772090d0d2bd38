//! `rejoin usage`: what all transcripts together used and cost.

mod chart;
mod figures;
mod machine;
mod progress;
mod table;

use std::fmt;
use std::fs;
use std::io::{self, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use chrono::{DateTime, Days, NaiveDate};
use clap::{Args, ValueEnum};

use crate::env::Env;
use crate::usage::prices::{BadPrices, PriceTable};
use crate::usage::{self, ProjectFilter, Query, Report, Usage, Zone};
use progress::ProgressBar;

/// Columns of a table that goes into a file.
const WIDE: usize = 200;

/// Count tokens and cost over all of Claude Code's transcripts.
#[derive(Debug, Args)]
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

/// Why there are no totals.
#[derive(Debug)]
pub enum UsageError {
    /// Neither `HOME` nor `CLAUDE_CONFIG_DIR` is set.
    NoHome,
    /// `--since` or `--until` is neither a day nor a moment.
    BadTime { option: &'static str, given: String },
    /// The price file can't be read.
    UnreadablePrices { path: PathBuf, error: io::Error },
    /// The price file is not of the expected form.
    BadPrices { path: PathBuf, error: BadPrices },
    /// The output can't be written.
    Output(io::Error),
}

impl fmt::Display for UsageError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoHome => write!(
                f,
                "no place to look for transcripts: set HOME, or CLAUDE_CONFIG_DIR to Claude Code's own directory"
            ),
            Self::BadTime { option, given } => write!(
                f,
                "{option} {given}: expected a day like 2026-11-22 or a moment like 2026-11-22T15:00:00Z"
            ),
            Self::UnreadablePrices { path, error } => {
                write!(f, "the price file {} can't be read: {error}", path.display())
            }
            Self::BadPrices { path, error } => {
                write!(f, "the price file {} is not usable: {error}", path.display())
            }
            Self::Output(error) => write!(f, "the output can't be written: {error}"),
        }
    }
}

impl std::error::Error for UsageError {}

/// Runs `rejoin usage`.
pub fn run(args: &UsageArgs, env: &Env) -> Result<ExitCode, UsageError> {
    let zone = if args.utc { Zone::Utc } else { Zone::Local };
    let query = Query {
        by: args.by.into(),
        since: moment("--since", args.since.as_deref(), zone, 0)?,
        before: moment("--until", args.until.as_deref(), zone, 1)?,
        project: args.project.as_deref().map(project_filter),
        zone,
    };
    let prices = prices(args.prices.as_deref())?;
    let roots = usage::roots(env);
    if roots.is_empty() {
        return Err(UsageError::NoHome);
    }
    let state = env.state_dir().filter(|_| !args.no_cache);

    let mut bar = ProgressBar::on_stderr();
    let usage = Usage::collect(&roots, state.as_deref(), &mut |progress| bar.show(progress));
    bar.clear();
    let report = usage.report(&query, &prices);

    let mut out = io::BufWriter::new(io::stdout().lock());
    let written = if args.json {
        machine::json(&mut out, &report, &query, &prices, &usage.skipped)
    } else if args.csv {
        machine::csv(&mut out, &report).and_then(|()| notes(&mut io::stderr().lock(), &usage))
    } else {
        people(&mut out, args, &report, &prices).and_then(|()| notes(&mut out, &usage))
    };
    match written.and_then(|()| out.flush()) {
        // `rejoin usage | head`: whoever reads has seen enough.
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(UsageError::Output(error)),
        _ => Ok(ExitCode::SUCCESS),
    }
}

fn people(
    out: &mut dyn Write,
    args: &UsageArgs,
    report: &Report,
    prices: &PriceTable,
) -> io::Result<()> {
    if report.rows.is_empty() {
        return writeln!(out, "No usage found.");
    }
    let width = args.width.unwrap_or_else(|| {
        let terminal = io::stdout().is_terminal().then(terminal_size::terminal_size).flatten();
        terminal.map_or(WIDE, |(width, _)| usize::from(width.0))
    });
    let text = if args.chart { chart::draw(report, width) } else { table::draw(report, width) };
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

fn prices(path: Option<&Path>) -> Result<PriceTable, UsageError> {
    let builtin = PriceTable::builtin();
    let Some(path) = path else { return Ok(builtin) };
    let text = fs::read_to_string(path)
        .map_err(|error| UsageError::UnreadablePrices { path: path.to_owned(), error })?;
    let own = PriceTable::parse(&text)
        .map_err(|error| UsageError::BadPrices { path: path.to_owned(), error })?;
    Ok(builtin.overridden_by(own))
}

/// A path names a folder, anything else the end of a name.
fn project_filter(given: &str) -> ProjectFilter {
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
    option: &'static str,
    given: Option<&str>,
    zone: Zone,
    days: u64,
) -> Result<Option<i64>, UsageError> {
    let Some(given) = given else { return Ok(None) };
    let bad = || UsageError::BadTime { option, given: given.to_owned() };
    if let Ok(moment) = DateTime::parse_from_rfc3339(given) {
        return Ok(Some(moment.timestamp()));
    }
    let day: NaiveDate = given.parse().map_err(|_| bad())?;
    let day = day.checked_add_days(Days::new(days)).ok_or_else(bad)?;
    Ok(Some(zone.start_of(day)))
}
