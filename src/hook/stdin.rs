//! The hook's input: the first complete JSON value of stdin, within a deadline.
//!
//! Claude Code was seen to leave stdin open, so its end is not waited for.

use crate::protocol::{Read, Reader};
use std::time::{Duration, Instant};

/// Read at once: most inputs have less than 1 KB, and what a pipe holds comes in four reads.
const CHUNK: usize = 16 << 10;

/// An input that is looked at as to whether there is memory for it, in bytes.
const LONG: usize = 256 << 10;

/// What a text takes at most beside the input that it stands in, as often as the input is long: unescaped into
/// memory that grows by doubling, and taken over from there.
const COPIES: usize = 3;

/// More than a build without optimization takes of the stack, in bytes.
const STACK: usize = 512 << 10;

/// Reads one JSON value.
pub(super) fn read(deadline: Duration) -> Result<Vec<u8>, String> {
    let until = Instant::now() + deadline;
    let mut reader = Reader::default();
    let mut buffer = Vec::with_capacity(CHUNK);
    let mut deep = false;
    loop {
        buffer.clear();
        let left = until.saturating_duration_since(Instant::now());
        next(&mut buffer, left)?;
        if buffer.is_empty() {
            return Err(format!("stdin ended after {} bytes", reader.bytes().len()));
        }
        if !deep && reader.bytes().len() > LONG {
            deepen();
            deep = true;
        }
        match reader.feed(&buffer) {
            Read::More => {}
            Read::Complete if has_room(reader.bytes().len()) => return Ok(reader.into_bytes()),
            Read::Complete | Read::NoMemory => {
                return Err(format!("no memory for an input of {} bytes", reader.bytes().len()));
            }
            Read::Hopeless => {
                return Err("stdin is no JSON object, too deep or above 16 MiB".to_owned());
            }
        }
    }
}

/// Whether there is memory for what is made of an input, so that a hook says that there is none, and is not
/// ended by the first allocation that fails.
fn has_room(length: usize) -> bool {
    let mut room = Vec::<u8>::new();
    // Seen by nobody, the compiler would take the allocation for granted.
    length < LONG || std::hint::black_box(&mut room).try_reserve_exact(length * COPIES).is_ok()
}

/// Lets the stack grow before a long input takes the memory that it would grow into: a stack that can't
/// grow ends the process.
#[inline(never)]
#[allow(clippy::large_stack_arrays)]
fn deepen() {
    std::hint::black_box([0_u8; STACK]);
}

/// The next bytes of stdin, none at its end; an error when none came in time. The descriptor is read as it
/// is: std's stdin has a buffer of its own.
#[cfg(unix)]
fn next(buffer: &mut Vec<u8>, left: Duration) -> Result<(), String> {
    use rustix::event::{PollFd, PollFlags, Timespec, poll};
    let stdin = rustix::stdio::stdin();
    let timeout = Timespec::try_from(left).ok();
    loop {
        let mut wanted = [PollFd::new(&stdin, PollFlags::IN)];
        match poll(&mut wanted, timeout.as_ref()) {
            Ok(0) => return Err(late()),
            Ok(_) => break,
            Err(rustix::io::Errno::INTR) => {}
            Err(error) => return Err(format!("stdin can't be read: {error}")),
        }
    }
    loop {
        // What is not read into is not touched.
        match rustix::io::read(stdin, rustix::buffer::spare_capacity(buffer)) {
            Ok(_) => return Ok(()),
            Err(rustix::io::Errno::INTR) => {}
            Err(error) => return Err(format!("stdin can't be read: {error}")),
        }
    }
}

/// The next bytes of stdin; an error when none came in time. Without a way to wait for a pipe with a
/// deadline, a thread reads.
#[cfg(not(unix))]
fn next(buffer: &mut Vec<u8>, left: Duration) -> Result<(), String> {
    use std::io::Read as _;
    use std::sync::mpsc;
    let (send, receive) = mpsc::channel();
    std::thread::spawn(move || {
        let mut chunk = vec![0; CHUNK];
        let got = std::io::stdin().read(&mut chunk);
        // Nobody waits any more when the deadline has passed.
        drop(send.send(got.map(|n| {
            chunk.truncate(n);
            chunk
        })));
    });
    match receive.recv_timeout(left) {
        Ok(Ok(chunk)) => {
            *buffer = chunk;
            Ok(())
        }
        Ok(Err(error)) => Err(format!("stdin can't be read: {error}")),
        Err(_) => Err(late()),
    }
}

fn late() -> String {
    "no complete input came in time".to_owned()
}
