//! Started by Claude Code at `PostCompact`.

use rejoin::hook::{post_compact, run};
use rejoin::protocol::Event;

#[global_allocator]
static HEAP: dlmalloc::GlobalDlmalloc = dlmalloc::GlobalDlmalloc;

fn main() -> std::process::ExitCode {
    run(Event::PostCompact, post_compact::handle)
}
