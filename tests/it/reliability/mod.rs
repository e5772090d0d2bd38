//! Nothing acknowledged is lost, nobody gets in: what `docs/reliability.md` promises.

#![allow(clippy::print_stderr, reason = "figures, and why a test can't run here")]

mod contention;
mod faults;
mod flips;
mod places;
mod seeds;
mod speaks;
mod torture;

/// A number from the environment, for the long form of a test.
fn number(name: &str, short: usize) -> usize {
    std::env::var(name).map_or(short, |text| text.parse().expect("it is a number"))
}
