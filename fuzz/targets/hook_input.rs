//! What Claude Code writes to a hook's stdin, in pieces of any size.
#![no_main]

use libfuzzer_sys::fuzz_target;
use rejoin::protocol::{Input, Read, Reader, Status};

/// The value that is found when so many bytes come at a time.
fn read(data: &[u8], size: usize) -> (Read, Vec<u8>) {
    let mut reader = Reader::default();
    let mut read = Read::More;
    for piece in data.chunks(size) {
        read = reader.feed(piece);
        if read != Read::More {
            break;
        }
    }
    (read, reader.into_bytes())
}

fuzz_target!(|data: &[u8]| {
    let (read_at_once, value) = read(data, usize::MAX);
    for size in [1, 7] {
        let (again, piecewise) = read(data, size);
        assert_eq!(again, read_at_once);
        if again == Read::Complete {
            assert_eq!(piecewise, value);
        }
    }
    if read_at_once == Read::Complete {
        assert!(value.len() <= data.len());
        let _ = Input::parse(&value);
        let _ = Status::parse(&value);
    }
    let _ = Input::parse(data);
    let _ = Status::parse(data);
});
