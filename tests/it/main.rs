//! The one integration crate: everything that needs files, processes or the real CLI.

// Tests build and inspect what the product may touch only in one place each, and say where to look after a failure.
#![allow(clippy::disallowed_methods, clippy::print_stdout)]
#![allow(clippy::expect_used, clippy::unwrap_used)]
// What only tests of Unix use is idle elsewhere.
#![cfg_attr(not(unix), allow(unused_imports, dead_code))]

// Claude Code in a terminal, killed by signals: as it is on Unix.
#[cfg(unix)]
mod api;
mod architecture;
#[cfg(unix)]
mod claude;
mod cli;
mod compose;
mod fold;
#[cfg(unix)]
mod harness;
mod hooks;
mod install;
mod keep;
mod killed;
mod log;
mod look;
#[cfg(unix)]
mod packages;
#[cfg(unix)]
mod plugin;
#[cfg(unix)]
mod registration;
#[cfg(unix)]
mod reliability;
#[cfg(unix)]
mod session;
mod skills;
mod upgrades;
mod usage;
#[cfg(unix)]
mod usage_tracking;
