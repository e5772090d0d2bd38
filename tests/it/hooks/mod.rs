//! The hook executables under bad input, in bad places and under tight limits.
//!
//! Whatever a hook is given, it exits 0 within its deadline, prints nothing or one JSON object,
//! writes nothing outside its state directory, and what went wrong stands in the fault log.

#![allow(clippy::print_stderr, reason = "a test that can't run here says why")]

mod commands;
#[cfg(target_os = "linux")]
mod counts;
mod fields;
mod kept;
#[cfg(unix)]
mod limits;
mod own;
mod places;
mod reads;
pub(crate) mod scene;
mod silence;
mod stdin;
mod transcripts;
mod twice;
