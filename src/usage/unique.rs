//! One response counts once, however many files it was copied to.

use super::ledger::Transcript;
use super::row::{IdIndex, Place, Row};

/// Leaves every response in one place and marks its copies as being elsewhere.
///
/// It counts for the session that asked for it, where a transcript says which that is; among equals for
/// the earliest, then for the first path. Its numbers are those of the copy with the most output, its
/// time the earliest.
pub(super) fn unite_copies(rows: &mut [Row], transcripts: &[Transcript]) {
    let mut index = IdIndex::sized_for(transcripts.iter().map(|t| t.rows.len()).sum());
    for at in transcripts.iter().flat_map(|t| t.rows.clone()) {
        let id = rows[at].id;
        let Some(first) = index.find_or_note(rows, id, at as u32).map(|first| first as usize)
        else {
            continue;
        };
        let (a, b) = (rows[first], rows[at]);
        let moves = match (a.place, b.place) {
            (Place::Copied, Place::Home) => true,
            (Place::Home, Place::Copied) => false,
            _ => b.time < a.time,
        };
        let (owner, copy) = if moves { (at, first) } else { (first, at) };
        let numbers = if b.tokens.output > a.tokens.output { b } else { a };
        rows[owner] = Row {
            time: a.time.min(b.time),
            session: rows[owner].session,
            place: rows[owner].place,
            ..numbers
        };
        rows[copy].place = Place::Elsewhere;
        if moves {
            index.move_to(rows, id, at as u32);
        }
    }
}
