//! `rejoin usage` on transcripts whose totals are known.

mod cache;
mod captured;
mod filtered;
mod home;
mod made_up;
mod printed;
#[cfg(unix)]
mod progress;
mod unsound;

#[path = "../../../benches/usage/corpus.rs"]
mod corpus;
