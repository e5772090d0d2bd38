//! Started by Claude Code at `SessionEnd`.

use rejoin::hook::{run, session_end};
use rejoin::protocol::Event;

#[global_allocator]
static HEAP: dlmalloc::GlobalDlmalloc = dlmalloc::GlobalDlmalloc;

fn main() -> std::process::ExitCode {
    run(Event::SessionEnd, session_end::handle)
}
