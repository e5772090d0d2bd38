//! Tokens, context window and what is said of them.

mod status_line;
mod thresholds;
