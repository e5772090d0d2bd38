//! Calls that no transcript line shows.
//!
//! Compaction's own call, titles and the like leave no response in a transcript, but Claude Code's
//! running totals (`cost-state` lines) contain them. What those totals hold beyond the responses that
//! they cover is hidden usage. It is a lower bound: a session that was killed wrote no totals, and of
//! forks, which inherit the totals of their origin, each is given only what no other knew of.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::ledger::{CoveringCost, Ledger, Transcript};
use super::row::{Place, TokenSums};

/// A session's hidden usage of one model.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Hidden {
    /// Index of the transcript with the running totals.
    pub transcript: usize,
    pub model: String,
    pub tokens: TokenSums,
    /// When the last response before the totals was written: the calls themselves have no time.
    pub time: u32,
}

/// Finds hidden usage. The ledger must still hold the copies in forked files.
pub(super) fn find(ledger: &Ledger) -> Vec<Hidden> {
    // A session's responses are in its own files, in those of its forks, and, as older versions of
    // Claude Code left them, in its subagents' files beside its own.
    let mut of_session: HashMap<u32, Vec<&Transcript>> = HashMap::new();
    for transcript in &ledger.transcripts {
        let rows = ledger.rows[transcript.rows.clone()].iter();
        let mut sessions = vec![transcript.session];
        for session in rows.filter(|row| row.place == Place::Copied).map(|row| row.session) {
            if sessions.last() != Some(&session) && !sessions.contains(&session) {
                sessions.push(session);
            }
        }
        for session in sessions {
            of_session.entry(session).or_default().push(transcript);
        }
    }
    // By the start of a session's first process, which forks inherit.
    let mut families: BTreeMap<u64, Vec<(Origin, Vec<Hidden>)>> = BTreeMap::new();
    for (at, transcript) in ledger.transcripts.iter().enumerate() {
        let Some(cost) = &transcript.read.cost else { continue };
        let (covered, time) = covered(ledger, transcript, &of_session[&transcript.session], cost);
        let mut found = Vec::new();
        for (model, usage) in &cost.state.models {
            let seen = covered.get(model.as_str()).copied().unwrap_or_default();
            let tokens = usage.without(seen);
            if tokens.total() > 0 {
                found.push(Hidden { transcript: at, model: model.clone(), tokens, time });
            }
        }
        let rows = &ledger.rows[transcript.rows.clone()];
        let origin = Origin {
            total: found.iter().map(|hidden| hidden.tokens.total()).sum(),
            is_fork: rows.iter().any(|row| row.place == Place::Copied),
        };
        families.entry(cost.state.start_ms).or_default().push((origin, found));
    }
    let mut all: Vec<Hidden> = families.into_values().flat_map(first_shown).collect();
    all.sort_unstable_by(|a, b| (a.transcript, &a.model).cmp(&(b.transcript, &b.model)));
    all
}

/// What decides which of several forks comes first: the one that knows of the least.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Origin {
    total: u64,
    is_fork: bool,
}

/// Leaves to each fork what those before it had not seen yet.
fn first_shown(mut family: Vec<(Origin, Vec<Hidden>)>) -> Vec<Hidden> {
    family.sort_by(|(a, _), (b, _)| a.cmp(b));
    let mut shown: HashMap<String, TokenSums> = HashMap::new();
    let mut all = Vec::new();
    for hidden in family.into_iter().flat_map(|(_, found)| found) {
        let before = shown.entry(hidden.model.clone()).or_default();
        let tokens = hidden.tokens.without(*before);
        before.add(tokens);
        if tokens.total() > 0 {
            all.push(Hidden { tokens, ..hidden });
        }
    }
    all
}

/// The responses that a session's totals cover, summed by model, and the time of the last.
fn covered<'l>(
    ledger: &'l Ledger,
    main: &Transcript,
    session: &[&Transcript],
    cost: &CoveringCost,
) -> (HashMap<&'l str, TokenSums>, u32) {
    let start = u32::try_from(cost.state.start_ms / 1000).unwrap_or(0);
    // Models are few, and rows of one follow each other.
    let mut by_number: Vec<(u16, TokenSums)> = Vec::new();
    let mut last = start;
    let mut ids = HashSet::new();
    for transcript in session {
        let rows = &ledger.rows[transcript.rows.clone()];
        let is_main = transcript.path == main.path;
        let is_own = transcript.session == main.session;
        // A process that was killed left its responses, but no totals to inherit.
        let rows = rows.iter().zip(0..).filter(|(row, at)| {
            let before = if is_main { *at < cost.rows } else { row.time <= cost.until };
            row.time >= start && before && (is_own || row.session == main.session)
        });
        for (row, _) in rows {
            if session.len() > 1 && !ids.insert(row.id) {
                continue;
            }
            last = last.max(row.time);
            let at = by_number.iter().position(|(model, _)| *model == row.model);
            let at = at.unwrap_or_else(|| {
                by_number.push((row.model, TokenSums::default()));
                by_number.len() - 1
            });
            by_number[at].1.add(row.tokens.into());
        }
    }
    let mut sums: HashMap<&str, TokenSums> = HashMap::new();
    for (model, sum) in by_number {
        sums.entry(&ledger.names.models.name(model.into()).name).or_default().add(sum);
    }
    (sums, last)
}
