//! Follows Claude Code sessions and tells the next session where the work stands.
//!
//! Hook executables (`hooks/`) and the `rejoin` command (`src/main.rs`) are thin mains over this
//! library. `ARCHITECTURE.md` has the map.

// What only tests of Unix use is idle elsewhere.
#![cfg_attr(all(test, not(unix)), allow(dead_code))]

pub mod bytes;
pub mod cli;
pub mod clock;
pub mod config;
pub mod env;
pub mod export;
pub mod follow;
pub mod foreign;
pub mod git;
pub mod hook;
pub mod process;
pub mod protocol;
pub mod redact;
pub mod release;
pub mod resume;
pub mod search;
pub mod session;
pub mod settings;
pub mod skills;
pub mod store;
pub mod time;
pub mod transcript;
pub mod usage;
