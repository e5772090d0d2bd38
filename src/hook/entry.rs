//! The way into a hook executable.
//!
//! On Linux it is C's `main`: what std does before and after its own takes a sixth of an event that appends.
//! Two of those things a hook depends on, and [`prepare`] does them. Left out are the handler that tells of an
//! overflown stack on stderr, where a hook says nothing, and the arguments, of which a hook has none.

/// Defines the executable's heap and its `main`: the event, and what handles it.
///
/// The executable is marked `#![cfg_attr(target_os = "linux", no_main)]`.
#[macro_export]
macro_rules! hook {
    ($event:expr, $handle:path) => {
        #[global_allocator]
        static HEAP: $crate::hook::Heap = $crate::hook::Heap;

        #[cfg(not(target_os = "linux"))]
        fn main() -> std::process::ExitCode {
            $crate::hook::run($event, $handle);
            std::process::ExitCode::SUCCESS
        }

        /// Called by the C library, once, before any other thread exists.
        #[cfg(target_os = "linux")]
        #[allow(unsafe_code, reason = "the name that the C library starts")]
        #[unsafe(no_mangle)]
        extern "C" fn main() -> std::ffi::c_int {
            $crate::hook::prepare();
            $crate::hook::run($event, $handle);
            0
        }
    };
}

/// What std would have done and a hook depends on: no file of ours is opened as a standard stream, and who
/// writes to a pipe that nobody reads is told instead of killed.
#[cfg(target_os = "linux")]
pub fn prepare() {
    use rustix::event::{PollFd, PollFlags, poll};
    use rustix::stdio::{stderr, stdin, stdout};
    let streams = [stdin(), stdout(), stderr()];
    let mut looked_at = streams.map(|stream| PollFd::from_borrowed_fd(stream, PollFlags::empty()));
    let now = rustix::event::Timespec { tv_sec: 0, tv_nsec: 0 };
    if poll(&mut looked_at, Some(&now)).is_ok_and(|answers| answers > 0) {
        for _ in looked_at.iter().filter(|stream| stream.revents().contains(PollFlags::NVAL)) {
            // The lowest free descriptor is the one that is missing. It stays open.
            if let Ok(nothing) = std::fs::File::options().read(true).write(true).open("/dev/null") {
                std::mem::forget(nothing);
            }
        }
    }
    ignore_broken_pipes();
}

#[cfg(target_os = "linux")]
#[allow(unsafe_code, reason = "there is no other way to set what a signal does")]
fn ignore_broken_pipes() {
    // SAFETY: no handler is installed, and no other thread runs yet.
    unsafe { libc::signal(libc::SIGPIPE, libc::SIG_IGN) };
}
