//! Started by Claude Code at `Stop`.

use rejoin::hook::{stop, run};
use rejoin::protocol::Event;

fn main() -> std::process::ExitCode {
    run(Event::Stop, stop::handle)
}
