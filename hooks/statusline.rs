//! Claude Code's status line.

use rejoin::hook::status_line;
use std::process::ExitCode;

fn main() -> ExitCode {
    status_line::run()
}
