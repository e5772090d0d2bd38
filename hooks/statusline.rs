//! Claude Code's status line.

use rejoin::hook::status_line;
use std::process::ExitCode;

#[global_allocator]
static HEAP: dlmalloc::GlobalDlmalloc = dlmalloc::GlobalDlmalloc;

fn main() -> ExitCode {
    status_line::run()
}
