//! The one integration crate: everything that needs files, processes or the real CLI.

// Tests build and inspect what the product may touch only in one place each.
#![allow(clippy::disallowed_methods)]
#![allow(clippy::expect_used, clippy::unwrap_used)]

mod api;
mod architecture;
mod claude;
mod cli;
mod compose;
mod fold;
mod harness;
mod install;
mod registration;
mod session;
mod usage_tracking;
