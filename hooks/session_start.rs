//! Started by Claude Code at `SessionStart`.

use rejoin::hook::{session_start, run};
use rejoin::protocol::Event;

fn main() -> std::process::ExitCode {
    run(Event::SessionStart, session_start::handle)
}
