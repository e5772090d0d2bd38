//! From `/proc`, as proc(5) describes it.

use std::fs::File;
use std::io::Read;

use super::{Alive, Identity};

pub(super) fn parent() -> u32 {
    std::os::unix::process::parent_id()
}

pub(super) fn identify(pid: u32) -> Option<Identity> {
    Some(Identity {
        pid,
        started: started(pid)?,
        boot: boot()?,
        namespace: namespace()?,
        host: host(),
    })
}

pub(super) fn alive(known: &Identity) -> Alive {
    let (Some(boot), Some(namespace)) = (boot(), namespace()) else { return Alive::Unknown };
    if boot != known.boot {
        // Restarted since, or another machine's process.
        return if known.host == host() { Alive::No } else { Alive::Unknown };
    }
    if namespace != known.namespace {
        return Alive::Unknown;
    }
    if started(known.pid) == Some(known.started) { Alive::Yes } else { Alive::No }
}

/// When a process that still runs was started, in clock ticks since boot.
fn started(pid: u32) -> Option<u64> {
    let stat = read(&format!("/proc/{pid}/stat"))?;
    // The second field is the program's name in parentheses, with whatever is in it.
    let mut fields = stat[stat.rfind(')')? + 1..].split_ascii_whitespace();
    let state = fields.next()?;
    // Field 22 of the line; the state is field 3.
    let started = fields.nth(22 - 3 - 1)?;
    if matches!(state, "Z" | "X" | "x") { None } else { started.parse().ok() }
}

fn boot() -> Option<String> {
    read("/proc/sys/kernel/random/boot_id").map(|id| id.trim_end().to_owned())
}

fn host() -> String {
    read("/proc/sys/kernel/hostname").unwrap_or_default().trim_end().to_owned()
}

/// The number in `pid:[4026531836]`, what the link of a namespace reads.
fn namespace() -> Option<u64> {
    let link = std::fs::read_link("/proc/self/ns/pid").ok()?;
    link.to_str()?.strip_prefix("pid:[")?.strip_suffix(']')?.parse().ok()
}

fn read(path: &str) -> Option<String> {
    let mut text = Vec::with_capacity(512);
    File::open(path).ok()?.take(4096).read_to_end(&mut text).ok()?;
    Some(String::from_utf8_lossy(&text).into_owned())
}
