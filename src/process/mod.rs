//! Whether a process that was known before still runs.
//!
//! A process id alone says little: it is given out again. Here a process is its id with the moment it
//! started, the boot it started in and the namespace its id is counted in.

#[cfg(not(target_os = "linux"))]
mod dated;
#[cfg(target_os = "linux")]
mod linux;
#[cfg(target_os = "macos")]
mod macos;
#[cfg(not(any(target_os = "linux", target_os = "macos", windows)))]
mod other;
#[cfg(windows)]
mod windows;

#[cfg(not(target_os = "linux"))]
use dated as system;
#[cfg(target_os = "linux")]
use linux as system;

#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};

/// One process among all that ever ran.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Identity {
    #[serde(rename = "p")]
    pub pid: u32,
    /// When it started: clock ticks since boot (Linux), microseconds since 1970 (macOS), 100 ns since
    /// 1601 (Windows).
    #[serde(rename = "s")]
    pub started: u64,
    /// Which boot that was; empty where `started` counts from a fixed date.
    #[serde(rename = "b", default, skip_serializing_if = "String::is_empty")]
    pub boot: String,
    /// The namespace that the id is counted in (Linux: a container has its own); 0 elsewhere.
    #[serde(rename = "n", default, skip_serializing_if = "is_zero")]
    pub namespace: u64,
    /// The machine's name, where `boot` is known: a home on a network is seen from several machines.
    #[serde(rename = "h", default, skip_serializing_if = "String::is_empty")]
    pub host: String,
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde hands a reference over")]
fn is_zero(number: &u64) -> bool {
    *number == 0
}

/// Whether a process runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Alive {
    Yes,
    /// It ended (a zombie has), or its id is another's now.
    No,
    /// It cannot be seen from here: another container, another machine, a system that does not tell.
    Unknown,
}

/// The process with this id, if it runs and the system tells about it.
pub fn identify(pid: u32) -> Option<Identity> {
    system::identify(pid)
}

/// The id of the process that started this one; 0 when the system does not tell, and when that process
/// lies outside of this one's container.
pub fn parent() -> u32 {
    system::parent()
}

/// Whether the process that was [`identify`]d once still runs.
pub fn alive(known: &Identity) -> Alive {
    system::alive(known)
}
