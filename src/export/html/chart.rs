//! The curve of the context, as a picture and as a table.

use crate::export::Curve;
use crate::session::text::thousands;
use maud::{Markup, html};
use std::fmt::Write;

/// The picture's own units; a browser stretches it to the room there is.
const WIDTH: f64 = 1000.0;
const HEIGHT: f64 = 240.0;
/// Points of the table: a screen reader need not hear them all.
const ROWS: usize = 40;
/// Percent of the window at which Claude Code's users are told.
const LEVELS: [u64; 3] = [70, 85, 95];

/// The curve with its scale, and below it the numbers.
pub(super) fn chart(curve: &Curve) -> Markup {
    let highest = curve.points.iter().map(|p| p.tokens).max().unwrap_or(0);
    let top = curve.window.unwrap_or_else(|| round_up(highest)).max(1);
    let (Some(first), Some(last)) = (curve.points.first(), curve.points.last()) else {
        return html! {};
    };
    let said = summary(curve, highest, last.tokens);
    html! {
        section aria-labelledby="context" {
            h2 #context { "Context" }
            p { (said) }
            figure .chart {
                div .scale aria-hidden="true" {
                    span { (thousands(top)) }
                    span { (thousands(top / 2)) }
                    span { "0" }
                }
                svg viewBox=(format!("0 0 {WIDTH} {HEIGHT}")) preserveAspectRatio="none"
                    role="img" aria-label=(said) {
                    @if curve.window.is_some() {
                        @for level in LEVELS {
                            line .level x1="0" x2=(WIDTH) y1=(y(top * level / 100, top)) y2=(y(top * level / 100, top)) {}
                        }
                    }
                    @for at in compactions(curve) {
                        line .compaction x1=(at) x2=(at) y1="0" y2=(HEIGHT) {}
                    }
                    path .area d=(area(curve, top)) {}
                    path .line d=(outline(curve, top)) {}
                }
                figcaption {
                    span { (super::time(first.at)) }
                    span { (super::time(last.at)) }
                }
            }
            p .key {
                "Tokens in the context after each response. "
                @if curve.window.is_some() { span .dashed {} " 70, 85 and 95 % of the window. " }
                @if !curve.compactions.is_empty() { span .dotted {} " Compaction." }
            }
            details {
                summary { "The curve as a table" }
                (table(curve))
            }
        }
    }
}

fn summary(curve: &Curve, highest: u64, last: u64) -> String {
    let mut said = match curve.window {
        Some(window) => format!(
            "At the end {} of {} tokens ({} %), at most {} ({} %)",
            thousands(last),
            thousands(window),
            last * 100 / window.max(1),
            thousands(highest),
            highest * 100 / window.max(1),
        ),
        None => format!("At the end {} tokens, at most {}", thousands(last), thousands(highest)),
    };
    let _ = match curve.compactions.len() {
        0 => write!(said, "."),
        1 => write!(said, ", compacted once."),
        times => write!(said, ", compacted {times} times."),
    };
    said
}

/// The next round number, so that the scale reads well.
fn round_up(tokens: u64) -> u64 {
    let step = 10_u64.pow(tokens.max(10).ilog10());
    tokens.div_ceil(step).max(1) * step
}

fn x(index: usize, count: usize) -> f64 {
    match count {
        0 | 1 => 0.0,
        count => (index as f64 / (count - 1) as f64 * WIDTH * 10.0).round() / 10.0,
    }
}

fn y(tokens: u64, top: u64) -> f64 {
    let part = tokens.min(top) as f64 / top as f64;
    ((1.0 - part) * HEIGHT * 10.0).round() / 10.0
}

fn outline(curve: &Curve, top: u64) -> String {
    let count = curve.points.len();
    let mut path = String::new();
    for (index, point) in curve.points.iter().enumerate() {
        let step = if index == 0 { 'M' } else { 'L' };
        let _ = write!(path, "{step}{} {}", x(index, count), y(point.tokens, top));
    }
    if count == 1 {
        let _ = write!(path, "L{WIDTH} {}", y(curve.points[0].tokens, top));
    }
    path
}

fn area(curve: &Curve, top: u64) -> String {
    format!("{}L{WIDTH} {HEIGHT}L0 {HEIGHT}Z", outline(curve, top))
}

/// Where the compactions stand: at the first point that came with or after each.
fn compactions(curve: &Curve) -> Vec<f64> {
    let count = curve.points.len();
    let place = |at| curve.points.iter().position(|point| point.at >= at).unwrap_or(count - 1);
    curve.compactions.iter().map(|compaction| x(place(compaction.at), count)).collect()
}

fn table(curve: &Curve) -> Markup {
    let step = curve.points.len().div_ceil(ROWS).max(1);
    let last = curve.points.len().saturating_sub(1);
    let rows = curve.points.iter().enumerate().filter(|(at, _)| at % step == 0 || *at == last);
    html! {
        table .narrow {
            thead { tr {
                th scope="col" { "Time" }
                th scope="col" .number { "Tokens" }
                @if curve.window.is_some() { th scope="col" .number { "Of the window" } }
            } }
            tbody {
                @for (_, point) in rows {
                    tr {
                        td { (super::time(point.at)) }
                        td .number { (thousands(point.tokens)) }
                        @if let Some(window) = curve.window {
                            td .number { (point.tokens * 100 / window.max(1)) " %" }
                        }
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::export::{Compaction, Point};
    use chrono::{DateTime, TimeDelta};

    #[test]
    fn a_curve_stays_within_its_picture() {
        let at = |n| DateTime::UNIX_EPOCH + TimeDelta::minutes(n);
        let point = |n, tokens| Point { at: at(n), tokens };
        let compactions = vec![Compaction { at: at(2), manual: true, before: None, after: None }];
        let points = vec![point(0, 0), point(1, 100), point(2, 50)];
        let curve = Curve { window: Some(100), points, compactions };
        assert_eq!(outline(&curve, 100), "M0 240L500 0L1000 120");
        assert_eq!(compactions_of(&curve), [1000.0]);
        assert_eq!((round_up(0), round_up(95), round_up(123_456)), (10, 100, 200_000));
        let one = Curve { points: vec![point(0, 5)], ..Curve::default() };
        assert_eq!(outline(&one, 10), "M0 120L1000 120");
        assert!(
            summary(&curve, 100, 50)
                .contains("50 of 100 tokens (50 %), at most 100 (100 %), compacted once.")
        );
    }

    fn compactions_of(curve: &Curve) -> Vec<f64> {
        compactions(curve)
    }
}
