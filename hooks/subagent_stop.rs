//! Started by Claude Code at `SubagentStop`.

use rejoin::hook::{run, subagent_stop};
use rejoin::protocol::Event;

#[global_allocator]
static HEAP: dlmalloc::GlobalDlmalloc = dlmalloc::GlobalDlmalloc;

fn main() -> std::process::ExitCode {
    run(Event::SubagentStop, subagent_stop::handle)
}
