//! Systems that give a process's start as a date: no boot, namespace or machine needs to be known.

#[cfg(target_os = "macos")]
use super::macos as system;
#[cfg(not(any(target_os = "macos", windows)))]
use super::other as system;
#[cfg(windows)]
use super::windows as system;

use super::{Alive, Identity};

/// What a look at a process id found.
pub(super) enum Seen {
    /// A running process that started then.
    Started(u64),
    Nothing,
    Hidden,
}

pub(super) fn parent() -> u32 {
    system::parent()
}

pub(super) fn identify(pid: u32) -> Option<Identity> {
    let Seen::Started(started) = system::look(pid) else { return None };
    Some(Identity { pid, started, boot: String::new(), namespace: 0, host: String::new() })
}

pub(super) fn alive(known: &Identity) -> Alive {
    if !known.boot.is_empty() {
        // Seen by a Linux that shares the files.
        return Alive::Unknown;
    }
    match system::look(known.pid) {
        Seen::Started(started) if started == known.started => Alive::Yes,
        Seen::Started(_) | Seen::Nothing => Alive::No,
        Seen::Hidden => Alive::Unknown,
    }
}
