//! Started by Claude Code at `StopFailure`.

use rejoin::hook::{stop_failure, run};
use rejoin::protocol::Event;

fn main() -> std::process::ExitCode {
    run(Event::StopFailure, stop_failure::handle)
}
