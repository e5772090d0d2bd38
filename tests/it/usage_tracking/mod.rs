//! Tokens, context window and what is said of them.

mod responses;
mod resume_cost;
mod status_line;
mod thresholds;
mod told;
