//! The totals as bars.

use unicode_width::UnicodeWidthStr;

use super::figures::{cost, short};
use super::table::{cut, name};
use crate::usage::{Report, ReportRow};

/// Eighths of a column, from one to eight.
const EIGHTHS: [char; 8] = ['▏', '▎', '▍', '▌', '▋', '▊', '▉', '█'];

/// Bars no longer than this say more than longer ones.
const LONGEST_BAR: usize = 60;

/// Shorter ones say nothing.
const SHORTEST_BAR: usize = 4;

/// Names are cut to so many columns, and to what the numbers and the bar leave, but not below.
const LONGEST_NAME: usize = 32;
const SHORTEST_NAME: usize = 8;

/// Draws one bar per row, as long as its cost, or as its tokens where no row has a price.
pub(super) fn draw(report: &Report, width: usize) -> String {
    let priced = report.totals.cost > 0;
    let weight = |row: &ReportRow| {
        if priced { row.usage.cost } else { u128::from(row.usage.tokens.total()) }
    };
    let most = report.rows.iter().map(weight).max().unwrap_or(0).max(1);
    let mut lines: Vec<(String, String, u128)> = report
        .rows
        .iter()
        .map(|row| {
            let label = format!("{:>7}  {}", short(row.usage.tokens.total()), cost(&row.usage));
            (name(report, row), label, weight(row))
        })
        .collect();
    let labels = lines.iter().map(|(_, label, _)| label.width()).max().unwrap_or(0);
    let longest =
        width.saturating_sub(labels + 4 + SHORTEST_BAR).clamp(SHORTEST_NAME, LONGEST_NAME);
    for (name, ..) in &mut lines {
        *name = cut(name, longest);
    }
    let names = lines.iter().map(|(name, ..)| name.width()).max().unwrap_or(0);
    let room = width.saturating_sub(names + labels + 4).clamp(SHORTEST_BAR, LONGEST_BAR);
    let mut text = String::new();
    for (name, label, weight) in lines {
        let bar = bar(weight, most, room);
        text.push_str(&name);
        text.push_str(&" ".repeat(names - name.width() + 2));
        text.push_str(&bar);
        text.push_str(&" ".repeat(room - bar.width() + 2));
        text.push_str(&label);
        text.push('\n');
    }
    let totals = &report.totals;
    let all = format!("Total: {} tokens, {}\n", short(totals.tokens.total()), cost(totals));
    text + &all
}

/// `weight` of `most` as a part of `room` columns; anything above nothing is seen.
fn bar(weight: u128, most: u128, room: usize) -> String {
    if weight == 0 {
        return String::new();
    }
    let eighths = ((weight * room as u128 * 8 + most / 2) / most).max(1) as usize;
    let mut bar = EIGHTHS[7].to_string().repeat(eighths / 8);
    if !eighths.is_multiple_of(8) {
        bar.push(EIGHTHS[eighths % 8 - 1]);
    }
    bar
}

#[cfg(test)]
mod tests {
    use super::bar;

    #[test]
    fn bars_are_as_long_as_their_share() {
        assert_eq!(bar(0, 100, 10), "");
        assert_eq!(bar(1, 1_000_000, 10), "▏");
        assert_eq!(bar(50, 100, 10), "█████");
        assert_eq!(bar(100, 100, 10), "██████████");
        assert_eq!(bar(55, 100, 10), "█████▌");
    }
}
