//! The only reader of the time.

use chrono::{DateTime, SubsecRound, Utc};

/// The present, in UTC, to the millisecond: what Claude Code's own timestamps carry.
#[allow(clippy::disallowed_methods)]
pub fn now() -> DateTime<Utc> {
    Utc::now().trunc_subsecs(3)
}
