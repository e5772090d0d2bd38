//! Five-hour blocks.

/// Hours in a block.
pub const HOURS: u32 = 5;

const HOUR: u32 = 3600;

/// The blocks that some responses fall into. A block starts on the UTC hour of the first response that
/// no earlier block holds, so only hours matter.
#[derive(Debug, Default)]
pub(super) struct Blocks {
    /// First hours, since 1970, in their order.
    starts: Vec<u32>,
}

impl Blocks {
    /// The blocks of responses at these times, in seconds since 1970.
    pub(super) fn of(times: impl Iterator<Item = u32>) -> Self {
        let mut hours: Vec<u32> = Vec::new();
        let mut met = std::collections::HashSet::new();
        for time in times {
            let hour = time / HOUR;
            if hours.last() != Some(&hour) && met.insert(hour) {
                hours.push(hour);
            }
        }
        hours.sort_unstable();
        let mut starts: Vec<u32> = Vec::new();
        for hour in hours {
            if starts.last().is_none_or(|start| hour >= start + HOURS) {
                starts.push(hour);
            }
        }
        Self { starts }
    }

    /// When the block of a response starts, in seconds since 1970.
    pub(super) fn start_of(&self, time: u32) -> u32 {
        let hour = time / HOUR;
        let after = self.starts.partition_point(|start| *start <= hour);
        after.checked_sub(1).map_or(hour, |at| self.starts[at]) * HOUR
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_block_starts_on_the_hour_of_its_first_response_and_lasts_five() {
        let at = |hour: u32, minute: u32| hour * HOUR + minute * 60;
        let times = [at(30, 10), at(10, 59), at(15, 0), at(14, 59), at(19, 59), at(20, 0)];
        let blocks = Blocks::of(times.into_iter());
        for (time, start) in [
            (at(10, 59), 10),
            (at(14, 59), 10),
            (at(15, 0), 15),
            (at(19, 59), 15),
            (at(20, 0), 20),
            (at(30, 10), 30),
        ] {
            assert_eq!(blocks.start_of(time), start * HOUR);
        }
    }
}
