//! Systems whose process tables are not read: sessions there count as live for a while after their last
//! event.

use super::dated::Seen;

pub(super) fn parent() -> u32 {
    0
}

pub(super) fn look(_: u32) -> Seen {
    Seen::Hidden
}
