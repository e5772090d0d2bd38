//! `rejoin` killed at every step that the system sees it make.

use std::path::Path;
use std::process::Command;

const STRACE: &str = "/usr/bin/strace";

/// Calls of the system that change files, or come before one that does; a platform need not have each.
const CALLS: [&str; 16] = [
    "copy_file_range",
    "fchmod",
    "flock",
    "fsync",
    "mkdir",
    "mkdirat",
    "openat",
    "rename",
    "renameat",
    "renameat2",
    "rmdir",
    "sendfile",
    "unlink",
    "unlinkat",
    "utimensat",
    "write",
];

/// `rejoin`, killed as it enters its `n`th such call; what it is told comes behind.
pub(crate) fn killing(call: &str, n: usize) -> Command {
    let mut command = Command::new(STRACE);
    command
        .args(["-o", "/dev/null", "-e"])
        .arg(format!("trace=?{call}"))
        .arg("-e")
        .arg(format!("inject=?{call}:signal=KILL:when={n}"))
        .arg(env!("CARGO_BIN_EXE_rejoin"));
    command
}

/// Calls `run` for each step, until it says that there was no such step. Returns how many there were; `None`
/// where it can't be tried.
pub(crate) fn at_every_step(mut run: impl FnMut(&str, usize) -> bool) -> Option<usize> {
    if !Path::new(STRACE).exists() {
        println!("skipped: no strace here");
        return None;
    }
    let mut steps = 0;
    for call in CALLS {
        let mut n = 1;
        while run(call, n) {
            n += 1;
        }
        steps += n - 1;
    }
    Some(steps)
}
