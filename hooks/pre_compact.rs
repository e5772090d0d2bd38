//! Started by Claude Code at `PreCompact`.

use rejoin::hook::{pre_compact, run};
use rejoin::protocol::Event;

#[global_allocator]
static HEAP: dlmalloc::GlobalDlmalloc = dlmalloc::GlobalDlmalloc;

fn main() -> std::process::ExitCode {
    run(Event::PreCompact, pre_compact::handle)
}
