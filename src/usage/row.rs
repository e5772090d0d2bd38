//! One response in forty bytes, and an index over many.

/// The tokens of one response.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tokens {
    pub input: u32,
    pub output: u32,
    /// Written to the prompt cache for five minutes.
    pub cache_creation_5m: u32,
    /// Written to the prompt cache for an hour.
    pub cache_creation_1h: u32,
    pub cache_read: u32,
}

/// The tokens of many responses.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct TokenSums {
    pub input: u64,
    pub output: u64,
    /// Written to the prompt cache for five minutes.
    pub cache_creation_5m: u64,
    /// Written to the prompt cache for an hour.
    pub cache_creation_1h: u64,
    pub cache_read: u64,
}

impl From<Tokens> for TokenSums {
    fn from(tokens: Tokens) -> Self {
        Self {
            input: tokens.input.into(),
            output: tokens.output.into(),
            cache_creation_5m: tokens.cache_creation_5m.into(),
            cache_creation_1h: tokens.cache_creation_1h.into(),
            cache_read: tokens.cache_read.into(),
        }
    }
}

impl TokenSums {
    /// The input side, cached or not.
    pub fn prompt(&self) -> u64 {
        self.input + self.cache_creation_5m + self.cache_creation_1h + self.cache_read
    }

    pub fn total(&self) -> u64 {
        self.prompt() + self.output
    }

    pub(super) fn add(&mut self, mut other: Self) {
        for (sum, more) in self.each().into_iter().zip(other.each()) {
            *sum += *more;
        }
    }

    /// What is left when `seen` is taken away; never less than nothing.
    pub(super) fn without(mut self, mut seen: Self) -> Self {
        for (rest, seen) in self.each().into_iter().zip(seen.each()) {
            *rest = rest.saturating_sub(*seen);
        }
        self
    }

    fn each(&mut self) -> [&mut u64; 5] {
        [
            &mut self.input,
            &mut self.output,
            &mut self.cache_creation_5m,
            &mut self.cache_creation_1h,
            &mut self.cache_read,
        ]
    }
}

/// One response, found in one file.
///
/// A history of millions of these is held in memory at once, hence the narrow fields.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Row {
    /// Hash of the `message.id`. Ten million responses collide with a probability of 3 in a million.
    pub id: u64,
    /// When its first line was written, in seconds since 1970.
    pub time: u32,
    pub tokens: Tokens,
    /// Index of the session's name.
    pub session: u32,
    /// Index of the model's name.
    pub model: u16,
    /// Web searches made for it.
    pub searches: u8,
    pub place: Place,
}

/// How a row stands to the file it was found in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// In the file of its own session.
    Home,
    /// In the file of another session, which was forked from it.
    Copied,
    /// The same response counts elsewhere.
    Elsewhere,
}

/// Finds rows by id. It stores positions only: five bytes a row.
#[derive(Debug, Default)]
pub(super) struct IdIndex {
    slots: Vec<u32>,
    used: usize,
}

const FREE: u32 = u32::MAX;

impl IdIndex {
    /// An index with room for exactly `rows`.
    pub(super) fn sized_for(rows: usize) -> Self {
        Self { slots: vec![FREE; rows + rows / 4 + 1], used: 0 }
    }

    pub(super) fn clear(&mut self) {
        self.slots.fill(FREE);
        self.used = 0;
    }

    /// Where the row with `id` stands in `rows`; when there is none, `at` is noted for it.
    pub(super) fn find_or_note(&mut self, rows: &[Row], id: u64, at: u32) -> Option<u32> {
        if self.used * 5 >= self.slots.len() * 4 {
            self.grow(rows);
        }
        let slot = self.slot(rows, id);
        let found = self.slots[slot];
        if found == FREE {
            self.slots[slot] = at;
            self.used += 1;
            return None;
        }
        Some(found)
    }

    /// Lets `id` be found at `at` from now on. It must have been noted before.
    pub(super) fn move_to(&mut self, rows: &[Row], id: u64, at: u32) {
        let slot = self.slot(rows, id);
        self.slots[slot] = at;
    }

    /// The slot that holds `id`, or the free one where it belongs.
    fn slot(&self, rows: &[Row], id: u64) -> usize {
        let mut slot = ((u128::from(id) * self.slots.len() as u128) >> 64) as usize;
        loop {
            let at = self.slots[slot];
            if at == FREE || rows[at as usize].id == id {
                return slot;
            }
            slot += 1;
            if slot == self.slots.len() {
                slot = 0;
            }
        }
    }

    fn grow(&mut self, rows: &[Row]) {
        let wider = (self.slots.len() * 2).max(1024);
        let old = std::mem::replace(&mut self.slots, vec![FREE; wider]);
        for at in old.into_iter().filter(|at| *at != FREE) {
            let slot = self.slot(rows, rows[at as usize].id);
            self.slots[slot] = at;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(id: u64) -> Row {
        Row {
            id,
            time: 0,
            tokens: Tokens::default(),
            session: 0,
            model: 0,
            searches: 0,
            place: Place::Home,
        }
    }

    #[test]
    fn a_row_fits_its_budget() {
        assert_eq!(size_of::<Row>(), 40);
    }

    #[test]
    fn finds_every_row_whatever_its_hash() {
        // Ids that all fall into the first and the last slot, and evenly spread ones.
        let ids = (0..3000u64).map(|n| match n % 3 {
            0 => n,
            1 => u64::MAX - n,
            _ => n.wrapping_mul(0x9e37_79b9_7f4a_7c15),
        });
        let rows: Vec<Row> = ids.map(row).collect();
        for mut index in [IdIndex::default(), IdIndex::sized_for(rows.len())] {
            for (at, row) in rows.iter().enumerate() {
                assert_eq!(index.find_or_note(&rows, row.id, at as u32), None);
            }
            for (at, row) in rows.iter().enumerate() {
                assert_eq!(index.find_or_note(&rows, row.id, FREE), Some(at as u32));
            }
            index.clear();
            assert_eq!(index.find_or_note(&rows, 1, 1), None);
        }
    }
}
