//! Claude Code's status line.

use rejoin::hook::status_line;
use std::process::ExitCode;

#[global_allocator]
static HEAP: rejoin::hook::Heap = rejoin::hook::Heap;

fn main() -> ExitCode {
    status_line::run()
}
