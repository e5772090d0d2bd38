//! Started by Claude Code at `StopFailure`.

use rejoin::hook::{run, stop_failure};
use rejoin::protocol::Event;

#[global_allocator]
static HEAP: dlmalloc::GlobalDlmalloc = dlmalloc::GlobalDlmalloc;

fn main() -> std::process::ExitCode {
    run(Event::StopFailure, stop_failure::handle)
}
