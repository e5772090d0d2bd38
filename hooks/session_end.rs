//! Started by Claude Code at `SessionEnd`.

use rejoin::hook::{session_end, run};
use rejoin::protocol::Event;

fn main() -> std::process::ExitCode {
    run(Event::SessionEnd, session_end::handle)
}
