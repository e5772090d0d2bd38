//! What was asked, in the user's own words.

use super::log::{Entry, Topic};
use super::view::View;
use crate::session::facts::By;
use crate::session::text;

pub(super) fn entries(view: &View<'_>, out: &mut Vec<Entry>) {
    let asked: Vec<_> = view
        .session
        .turns
        .iter()
        .filter(|t| t.by == By::Human && !t.prompt.text.is_empty())
        .collect();
    for (index, turn) in asked.iter().enumerate() {
        let whole = view.recall.whole(&turn.prompt);
        let at = turn.at.map(|t| view.time(t)).unwrap_or_default();
        let worth = if index == 0 || index + 1 == asked.len() { 100 } else { 70 };
        out.push(Entry::new(
            Topic::Asked,
            worth,
            format!("{at} \"{}\"", text::cut(whole.trim(), 2000)),
        ));
    }
}
