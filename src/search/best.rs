//! Ranking: which hits are worth showing.

use std::cmp::{Ordering, Reverse};
use std::collections::{BTreeMap, BinaryHeap};

use chrono::{DateTime, Utc};

use super::{Hit, Pattern, Role};

/// How much of a line is kept on each side of its first match, in bytes.
const AROUND: usize = 300;

/// More matches of one line are not marked.
const MARKED: usize = 16;

/// The worth of a text that has matches: by its role, whole words, their number, and its age.
pub(super) fn score(
    role: Role,
    whole_word: bool,
    count: u32,
    at: Option<DateTime<Utc>>,
    now: DateTime<Utc>,
) -> i32 {
    // Two weeks cost as much as the step from a command to a file.
    let weeks = at.map_or(30, |at| (now - at).num_weeks().clamp(0, 30));
    role.weight() + if whole_word { 6 } else { 0 } + count.min(4) as i32 - weeks as i32
}

/// The matches of a text, its first matching line and whether one is a whole word.
pub(super) struct Matched {
    pub line: String,
    pub matches: Vec<(usize, usize)>,
    pub count: u32,
    pub whole_word: bool,
}

/// Looks for the pattern in a text.
pub(super) fn look(pattern: &Pattern, text: &str) -> Option<Matched> {
    let mut found = pattern.matches(text);
    let first = found.next()?;
    let start = text[..first.0].rfind('\n').map_or(0, |at| at + 1);
    let end = text[first.0..].find('\n').map_or(text.len(), |at| first.0 + at);
    let from = floor(text, first.0.saturating_sub(AROUND).max(start));
    // A match of several lines shows its first.
    let to = ceil(text, (first.0 + AROUND).max(first.1.min(first.0 + 4 * AROUND)).min(end));
    let word = |(from, to): (usize, usize)| {
        let within = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '_');
        !within(text[..from].chars().next_back()) && !within(text[to..].chars().next())
    };
    let mut matched = Matched {
        line: text[from..to].trim_end_matches('\r').to_owned(),
        matches: Vec::new(),
        count: 0,
        whole_word: false,
    };
    let length = matched.line.len();
    for (begin, stop) in std::iter::once(first).chain(found) {
        matched.count = matched.count.saturating_add(1);
        matched.whole_word = matched.whole_word || word((begin, stop));
        if begin >= from && begin - from < length && matched.matches.len() < MARKED {
            matched.matches.push((begin - from, (stop - from).min(length)));
        }
    }
    Some(matched)
}

fn floor(text: &str, at: usize) -> usize {
    (0..=at).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0)
}

fn ceil(text: &str, at: usize) -> usize {
    (at..text.len()).find(|at| text.is_char_boundary(*at)).unwrap_or(text.len())
}

/// The best hits so far, so many at most.
pub(super) struct Best {
    limit: usize,
    hits: BinaryHeap<Reverse<Ranked>>,
}

impl Best {
    pub(super) fn new(limit: usize) -> Self {
        Self { limit, hits: BinaryHeap::new() }
    }

    /// Whether a hit of this score and age could be among them.
    pub(super) fn admits(&self, score: i32, at: Option<DateTime<Utc>>) -> bool {
        self.hits.len() < self.limit
            || self.hits.peek().is_some_and(|Reverse(worst)| (score, at) >= worst.worth())
    }

    pub(super) fn push(&mut self, hit: Hit) {
        self.hits.push(Reverse(Ranked(hit)));
        if self.hits.len() > self.limit {
            self.hits.pop();
        }
    }

    pub(super) fn into_hits(self) -> impl Iterator<Item = Hit> {
        self.hits.into_iter().map(|Reverse(Ranked(hit))| hit)
    }
}

/// Sorts hits, best first.
pub(super) fn sort(hits: &mut Vec<Hit>) {
    let mut ranked: Vec<Ranked> = hits.drain(..).map(Ranked).collect();
    ranked.sort_unstable_by(|a, b| b.cmp(a));
    hits.extend(ranked.into_iter().map(|Ranked(hit)| hit));
}

/// A hit by its rank: by score, then the newest, then by place.
struct Ranked(Hit);

impl Ranked {
    fn worth(&self) -> (i32, Option<DateTime<Utc>>) {
        (self.0.score, self.0.at)
    }
}

impl Ord for Ranked {
    fn cmp(&self, other: &Self) -> Ordering {
        let place = |hit: &Hit| (hit.path.clone(), hit.offset);
        self.worth().cmp(&other.worth()).then_with(|| place(&other.0).cmp(&place(&self.0)))
    }
}

impl PartialOrd for Ranked {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Ranked {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Ranked {}

/// Texts that were found, each once: a fork repeats what stands in the session it came from.
#[derive(Debug, Default)]
pub(super) struct Seen(BTreeMap<u64, (u32, u64)>);

impl Seen {
    /// Notes a text at a place; false where it is known from an earlier file or line.
    pub(super) fn first(&mut self, text: u64, place: (u32, u64)) -> bool {
        let known = self.0.entry(text).or_insert(place);
        if place <= *known {
            *known = place;
            return true;
        }
        false
    }

    /// The place that counts for each text.
    pub(super) fn places(&self) -> impl Iterator<Item = (u32, u64)> {
        self.0.values().copied()
    }
}
