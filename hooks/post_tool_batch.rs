//! Started by Claude Code at `PostToolBatch`.

use rejoin::hook::{post_tool_batch, run};
use rejoin::protocol::Event;

#[global_allocator]
static HEAP: dlmalloc::GlobalDlmalloc = dlmalloc::GlobalDlmalloc;

fn main() -> std::process::ExitCode {
    run(Event::PostToolBatch, post_tool_batch::handle)
}
