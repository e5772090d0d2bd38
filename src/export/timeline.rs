//! How the context filled, read off a transcript.

use crate::session::event::Event;
use crate::transcript::{self, Cursor, Told};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use std::path::Path;

/// Points of a curve; of more, the highest of each stretch is kept.
const POINTS: usize = 800;

/// Tokens in the context over a session.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Curve {
    /// The context window in tokens, where it is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub window: Option<u64>,
    /// After each response of the main conversation, oldest first.
    pub points: Vec<Point>,
    /// Oldest first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub compactions: Vec<Compaction>,
}

/// The context after one response.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Point {
    pub at: DateTime<Utc>,
    pub tokens: u64,
}

/// The context was compacted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Compaction {
    pub at: DateTime<Utc>,
    /// By the user, rather than because the window was full.
    pub manual: bool,
    /// Tokens before and after, where Claude Code said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<u64>,
}

/// The curve of a transcript; `None` when it can't be read or no response says its tokens.
pub fn curve(transcript: &Path, window: Option<u64>) -> Option<Curve> {
    let mut curve = Curve::default();
    let mut newest = String::new();
    let read = transcript::follow(transcript, &mut Cursor::default(), None, &mut |told| {
        let Told::Event(at, event) = told else { return };
        match event {
            Event::Responded { message_id, usage, .. } if usage.context() > 0 => {
                let point = Point { at: at.time, tokens: usage.context() };
                // A response comes in several lines; the last one is right.
                match curve.points.last_mut() {
                    Some(last) if newest == message_id => *last = point,
                    _ => curve.points.push(point),
                }
                newest = message_id.into_owned();
            }
            Event::Compacted { manual, before, after } => {
                curve.compactions.push(Compaction { at: at.time, manual, before, after });
                if let Some(tokens) = after {
                    curve.points.push(Point { at: at.time, tokens });
                }
                newest.clear();
            }
            _ => {}
        }
    });
    read.ok()?;
    curve.points = thinned(curve.points);
    let highest = curve.points.iter().map(|point| point.tokens).max()?;
    // A window that was exceeded is not the window.
    curve.window = window.filter(|window| highest <= *window);
    Some(curve)
}

/// At most [`POINTS`]: of each stretch its highest and its last, so that neither a peak nor the fall
/// after it is lost.
fn thinned(points: Vec<Point>) -> Vec<Point> {
    if points.len() <= POINTS {
        return points;
    }
    let stretch = points.len().div_ceil(POINTS / 2);
    let kept = points.chunks(stretch).flat_map(|chunk| {
        let highest = chunk.iter().enumerate().max_by_key(|(_, point)| point.tokens);
        let last = chunk.len() - 1;
        let highest = highest.map(|(at, _)| at).filter(|at| *at != last);
        highest.into_iter().chain([last]).map(|at| chunk[at])
    });
    kept.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn peaks_and_falls_survive_the_thinning() {
        let at = DateTime::UNIX_EPOCH;
        let mut points: Vec<Point> =
            (0..5000).map(|n| Point { at, tokens: 1000 + n % 7 }).collect();
        points[1234].tokens = 200_000;
        points[4999].tokens = 3;
        let thin = thinned(points.clone());
        assert!(thin.len() <= POINTS, "{}", thin.len());
        assert!(thin.iter().any(|point| point.tokens == 200_000));
        assert_eq!(thin.last(), points.last());
        assert_eq!(thinned(thin.clone()), thin);
    }

    #[test]
    fn a_recorded_session_has_its_curve() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/transcripts");
        let compacted = curve(&folder.join("compact-manual.jsonl"), Some(200_000)).unwrap();
        assert_eq!(compacted.window, Some(200_000));
        assert_eq!(compacted.compactions.len(), 1);
        assert!(curve(&folder.join("tui-million.jsonl"), Some(200_000)).unwrap().window.is_none());
        assert_eq!(curve(&folder.join("missing.jsonl"), None), None);
    }
}
