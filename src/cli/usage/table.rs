//! The totals as a table that fits a terminal.

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use super::figures::{cost, exact, printable, short};
use crate::usage::{By, Report, ReportRow, Totals};

/// Columns between two cells.
const GAP: usize = 2;

/// The first cell is cut rather than a number, but not below this.
const SHORTEST_NAME: usize = 8;

/// How much of the table is shown, from most to least.
const DETAILS: [Detail; 5] = [
    Detail { number: exact, columns: &Column::ALL },
    Detail { number: exact, columns: &Column::WRITES_JOINED },
    Detail { number: short, columns: &Column::SHORT },
    Detail {
        number: short,
        columns: &[Column::Responses, Column::Output, Column::Total, Column::Cost],
    },
    Detail { number: short, columns: &[Column::Total, Column::Cost] },
];

struct Detail {
    number: fn(u64) -> String,
    columns: &'static [Column],
}

#[derive(Clone, Copy)]
enum Column {
    Responses,
    Input,
    Output,
    Write5m,
    Write1h,
    Write,
    WriteShort,
    Read,
    ReadShort,
    Total,
    Cost,
}

impl Column {
    const ALL: [Self; 8] = [
        Self::Responses,
        Self::Input,
        Self::Output,
        Self::Write5m,
        Self::Write1h,
        Self::Read,
        Self::Total,
        Self::Cost,
    ];

    const WRITES_JOINED: [Self; 7] = [
        Self::Responses,
        Self::Input,
        Self::Output,
        Self::Write,
        Self::Read,
        Self::Total,
        Self::Cost,
    ];

    const SHORT: [Self; 7] = [
        Self::Responses,
        Self::Input,
        Self::Output,
        Self::WriteShort,
        Self::ReadShort,
        Self::Total,
        Self::Cost,
    ];

    fn head(self) -> &'static str {
        match self {
            Self::Responses => "Responses",
            Self::Input => "Input",
            Self::Output => "Output",
            Self::Write5m => "Write 5m",
            Self::Write1h => "Write 1h",
            Self::Write => "Cache write",
            Self::WriteShort => "Write",
            Self::Read => "Cache read",
            Self::ReadShort => "Read",
            Self::Total => "Total",
            Self::Cost => "Cost",
        }
    }

    fn cell(self, totals: &Totals, number: fn(u64) -> String) -> String {
        let tokens = &totals.tokens;
        match self {
            Self::Responses => exact(totals.responses),
            Self::Input => number(tokens.input),
            Self::Output => number(tokens.output),
            Self::Write5m => number(tokens.cache_creation_5m),
            Self::Write1h => number(tokens.cache_creation_1h),
            Self::Write | Self::WriteShort => {
                number(tokens.cache_creation_5m + tokens.cache_creation_1h)
            }
            Self::Read | Self::ReadShort => number(tokens.cache_read),
            Self::Total => number(tokens.total()),
            Self::Cost => cost(totals),
        }
    }
}

/// Draws the table: in full where that fits into `width` columns, else with shorter numbers, fewer
/// columns, and at last shorter names.
pub(super) fn draw(report: &Report, width: usize) -> String {
    let mut names: Vec<String> = report.rows.iter().map(|row| name(report, row)).collect();
    let mut chosen = None;
    for detail in DETAILS {
        let cells = cells(report, &detail);
        let numbers: usize = widths(&cells).iter().map(|width| width + GAP).sum();
        let room = width.saturating_sub(numbers);
        let fits = room >= names.iter().map(|name| name.width()).max().unwrap_or(0);
        let last = detail.columns.len() == DETAILS[DETAILS.len() - 1].columns.len();
        chosen = Some((cells, room.max(SHORTEST_NAME)));
        // Long names are cut before numbers are left out.
        if fits || last || (detail.columns.len() <= Column::SHORT.len() && room >= 24) {
            break;
        }
    }
    let (cells, room) = chosen.unwrap_or_default();
    for name in &mut names {
        *name = cut(name, room);
    }
    lay_out(head(report.by), &names, &cells)
}

/// Header, rows and totals, without the names.
fn cells(report: &Report, detail: &Detail) -> Vec<Vec<String>> {
    let line = |totals: &Totals| -> Vec<String> {
        detail.columns.iter().map(|column| column.cell(totals, detail.number)).collect()
    };
    let head = detail.columns.iter().map(|column| column.head().to_owned()).collect();
    let rows = report.rows.iter().map(|row| line(&row.usage));
    std::iter::once(head).chain(rows).chain([line(&report.totals)]).collect()
}

fn widths(cells: &[Vec<String>]) -> Vec<usize> {
    let columns = cells.first().map_or(0, Vec::len);
    (0..columns)
        .map(|column| cells.iter().map(|line| line[column].width()).max().unwrap_or(0))
        .collect()
}

fn lay_out(head: &str, names: &[String], cells: &[Vec<String>]) -> String {
    let widths = widths(cells);
    let first = names
        .iter()
        .map(|name| name.width())
        .chain([head.len(), "Total".len()])
        .max()
        .unwrap_or_default();
    let all = first + widths.iter().map(|width| width + GAP).sum::<usize>();
    let mut text = String::new();
    let names = [head].into_iter().chain(names.iter().map(String::as_str)).chain(["Total"]);
    for (at, (name, line)) in names.zip(cells).enumerate() {
        if at == 1 || at + 1 == cells.len() {
            text.push_str(&"─".repeat(all));
            text.push('\n');
        }
        text.push_str(name);
        text.push_str(&" ".repeat(first.saturating_sub(name.width())));
        for (cell, width) in line.iter().zip(&widths) {
            text.push_str(&" ".repeat(GAP + width - cell.width()));
            text.push_str(cell);
        }
        text.push('\n');
    }
    text
}

fn head(by: By) -> &'static str {
    match by {
        By::Day => "Day",
        By::Week => "Week from",
        By::Month => "Month",
        By::Session => "Session",
        By::Model => "Model",
        By::Project => "Project",
        By::Block => "Five hours from",
    }
}

/// What a row is called in a table.
pub(super) fn name(report: &Report, row: &ReportRow) -> String {
    let folder = |path: Option<&String>, name: &str| {
        let last = path.and_then(|path| path.rsplit(['/', '\\']).find(|part| !part.is_empty()));
        last.unwrap_or(name).to_owned()
    };
    let name = match (report.by, &row.project) {
        (By::Session, Some(project)) => {
            let id: String = row.key.chars().take(8).collect();
            let day = report.zone.date(row.last);
            format!("{day} {id} {}", folder(row.path.as_ref(), project))
        }
        (By::Project, _) => row.path.clone().unwrap_or_else(|| row.key.clone()),
        (By::Block, _) => report.zone.minute(row.start),
        _ => row.key.clone(),
    };
    printable(&name)
}

/// The text in `width` columns, with a sign where it was cut: paths at the front, their ends differ.
pub(in crate::cli) fn cut(text: &str, width: usize) -> String {
    if text.width() <= width {
        return text.to_owned();
    }
    let is_path = text.starts_with('/');
    let mut room = width.saturating_sub(1);
    let mut fits = |c: &char| {
        let wide = c.width().unwrap_or(0);
        let fits = wide <= room;
        room = if fits { room - wide } else { 0 };
        fits
    };
    if is_path {
        let kept: Vec<char> = text.chars().rev().take_while(&mut fits).collect();
        return std::iter::once('…').chain(kept.into_iter().rev()).collect();
    }
    text.chars().take_while(&mut fits).chain(['…']).collect()
}

#[cfg(test)]
mod tests {
    use super::cut;

    #[test]
    fn names_are_cut_where_it_hurts_least() {
        assert_eq!(cut("claude-opus-4-6", 15), "claude-opus-4-6");
        assert_eq!(cut("claude-opus-4-6", 9), "claude-o…");
        assert_eq!(cut("/home/dev/projects/demo", 9), "…cts/demo");
        assert_eq!(cut("日本語の名前", 6), "日本…");
    }
}
