//! Started by Claude Code at `SessionStart`.

use rejoin::hook::{run, session_start};
use rejoin::protocol::Event;

#[global_allocator]
static HEAP: dlmalloc::GlobalDlmalloc = dlmalloc::GlobalDlmalloc;

fn main() -> std::process::ExitCode {
    run(Event::SessionStart, session_start::handle)
}
