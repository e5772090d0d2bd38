//! Started by Claude Code at `Stop`.

use rejoin::hook::{run, stop};
use rejoin::protocol::Event;

#[global_allocator]
static HEAP: dlmalloc::GlobalDlmalloc = dlmalloc::GlobalDlmalloc;

fn main() -> std::process::ExitCode {
    run(Event::Stop, stop::handle)
}
