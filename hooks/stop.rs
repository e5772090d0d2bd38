//! Started by Claude Code at `Stop`.

use rejoin::hook::{run, stop};
use rejoin::protocol::Event;

fn main() -> std::process::ExitCode {
    run(Event::Stop, stop::handle)
}
