//! `rejoin usage` on transcripts whose totals are known.

mod cache;
mod captured;
mod home;
mod made_up;
mod printed;
mod unsound;

#[path = "../../../benches/usage/corpus.rs"]
mod corpus;
