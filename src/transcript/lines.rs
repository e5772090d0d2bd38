//! Splitting a stream into lines, in bounded memory whatever their length.

use crate::bytes;
use std::io::{self, Read};

/// Read at once, where the stream is that long.
const CHUNK: usize = 64 << 10;
/// A JSON string is kept up to this many bytes; a line no longer than this is not touched.
const STRING: usize = 256 << 10;
/// A line that is longer than this even with its strings cut is given up.
const LINE: usize = 2 << 20;

/// A line of the stream.
pub(super) struct Line<'a> {
    /// Offset of its first byte.
    pub offset: u64,
    /// Offset of the byte after its line end.
    pub end: u64,
    /// Bytes up to the line end, as they stand in the file.
    pub len: u32,
    /// The text, long strings cut; `None` when the line was given up.
    pub text: Option<&'a [u8]>,
}

/// The whole lines of a stream; an unfinished last line is not one.
pub(super) struct Lines<R> {
    input: R,
    buffer: Vec<u8>,
    /// How much is asked for at once.
    chunk: usize,
    /// The line being collected, when it is longer than the buffer.
    long: Squeeze,
    start: usize,
    filled: usize,
    /// Offset in the file of `buffer[start]`.
    offset: u64,
    bytes: u64,
}

impl<R: Read> Lines<R> {
    /// `offset` is the place of the stream's beginning in the file, `span` its length as far as it is known.
    pub(super) fn new(input: R, offset: u64, span: u64) -> Self {
        let chunk = usize::try_from(span).map_or(CHUNK, |span| span.clamp(1, CHUNK));
        Self {
            input,
            buffer: vec![0; chunk],
            chunk,
            long: Squeeze::default(),
            start: 0,
            filled: 0,
            offset,
            bytes: 0,
        }
    }

    /// Bytes read so far.
    pub(super) fn bytes(&self) -> u64 {
        self.bytes
    }

    /// The next whole line.
    pub(super) fn next(&mut self) -> io::Result<Option<Line<'_>>> {
        let mut scanned = self.start;
        loop {
            if let Some(at) = bytes::find(b'\n', &self.buffer[scanned..self.filled]) {
                let end = scanned + at;
                let from = self.start;
                self.start = end + 1;
                let len = end - from;
                let offset = self.offset;
                self.offset += len as u64 + 1;
                return Ok(Some(Line {
                    offset,
                    end: self.offset,
                    len: u32::try_from(len).unwrap_or(u32::MAX),
                    text: Some(trim(&self.buffer[from..end])),
                }));
            }
            if self.filled - self.start >= STRING {
                return self.next_long();
            }
            if self.start > 0 {
                self.buffer.copy_within(self.start..self.filled, 0);
                self.filled -= self.start;
                self.start = 0;
            }
            scanned = self.filled;
            if self.buffer.len() < self.filled + self.chunk {
                self.buffer.resize(self.filled + self.chunk, 0);
            }
            let got = self.input.read(&mut self.buffer[self.filled..])?;
            self.bytes += got as u64;
            if got == 0 {
                return Ok(None);
            }
            self.filled += got;
        }
    }

    /// A line that does not fit the buffer: its long strings are cut while it streams by.
    fn next_long(&mut self) -> io::Result<Option<Line<'_>>> {
        self.long.clear();
        self.long.feed(&self.buffer[self.start..self.filled]);
        let mut len = self.filled - self.start;
        self.start = 0;
        self.filled = 0;
        loop {
            let got = self.input.read(&mut self.buffer[..self.chunk])?;
            self.bytes += got as u64;
            if got == 0 {
                return Ok(None);
            }
            let end = bytes::find(b'\n', &self.buffer[..got]);
            let part = end.unwrap_or(got);
            self.long.feed(&self.buffer[..part]);
            len += part;
            if end.is_some() {
                self.start = part + 1;
                self.filled = got;
                let offset = self.offset;
                self.offset += len as u64 + 1;
                return Ok(Some(Line {
                    offset,
                    end: self.offset,
                    len: u32::try_from(len).unwrap_or(u32::MAX),
                    text: self.long.text(),
                }));
            }
        }
    }
}

/// A line without the carriage return of a CRLF line end.
fn trim(line: &[u8]) -> &[u8] {
    line.strip_suffix(b"\r").unwrap_or(line)
}

/// Copies JSON, cutting each string after about [`STRING`] bytes, never inside a character, an
/// escape or a surrogate pair.
#[derive(Default)]
struct Squeeze {
    out: Vec<u8>,
    place: Where,
    /// Bytes of the current string that were copied.
    copied: usize,
    /// The rest of the current string is left out.
    cut: bool,
    /// The last character was an escaped high surrogate: its partner belongs to it.
    high: bool,
    given_up: bool,
}

/// Where in the JSON the next byte stands.
#[derive(Default, Clone, Copy, PartialEq, Eq)]
enum Where {
    #[default]
    Outside,
    String,
    /// After a backslash.
    Escape,
    /// In the four digits of a `\u` escape: how many were seen, and the first two.
    Digits(u8, [u8; 2]),
}

impl Squeeze {
    fn clear(&mut self) {
        let mut out = std::mem::take(&mut self.out);
        out.clear();
        *self = Self { out, ..Self::default() };
    }

    fn text(&self) -> Option<&[u8]> {
        (!self.given_up).then(|| trim(&self.out))
    }

    fn feed(&mut self, bytes: &[u8]) {
        if self.given_up {
            return;
        }
        for byte in bytes {
            self.take(*byte);
        }
        if self.out.len() > LINE {
            self.given_up = true;
            self.out = Vec::new();
        }
    }

    fn take(&mut self, byte: u8) {
        let inside = self.place != Where::Outside;
        self.place = match self.place {
            Where::Outside if byte == b'"' => {
                (self.copied, self.cut, self.high) = (0, false, false);
                Where::String
            }
            Where::Outside => Where::Outside,
            Where::String if byte == b'"' => {
                self.out.push(byte);
                self.place = Where::Outside;
                return;
            }
            Where::String => {
                let boundary = byte & 0xc0 != 0x80 && !(self.high && byte == b'\\');
                self.cut |= self.copied >= STRING && boundary;
                self.high &= byte == b'\\';
                if byte == b'\\' { Where::Escape } else { Where::String }
            }
            Where::Escape if byte == b'u' => Where::Digits(0, [0; 2]),
            Where::Escape => {
                self.high = false;
                Where::String
            }
            Where::Digits(seen, mut first) => {
                if seen < 2 {
                    first[seen as usize] = byte.to_ascii_lowercase();
                }
                if seen == 3 {
                    self.high = first[0] == b'd' && matches!(first[1], b'8' | b'9' | b'a' | b'b');
                    Where::String
                } else {
                    Where::Digits(seen + 1, first)
                }
            }
        };
        if inside && self.cut {
            return;
        }
        self.out.push(byte);
        self.copied += usize::from(inside);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn all(text: &[u8]) -> Vec<(u64, u64, Option<Vec<u8>>)> {
        let mut lines = Lines::new(text, 0, text.len() as u64);
        let mut out = Vec::new();
        while let Some(line) = lines.next().unwrap() {
            out.push((line.offset, line.end, line.text.map(<[u8]>::to_vec)));
        }
        out
    }

    #[test]
    fn leaves_an_unfinished_line_unread() {
        let got = all(b"{\"a\":1}\r\n{\"b\":2}\n{\"c\"");
        assert_eq!(got.len(), 2);
        assert_eq!(got[0].2.as_deref(), Some(&b"{\"a\":1}"[..]));
        assert_eq!((got[1].0, got[1].1), (9, 17));
    }

    #[test]
    fn gives_up_a_line_that_stays_too_long() {
        let mut text = b"[".to_vec();
        text.extend(std::iter::repeat_n(&b"\"abcdefg\","[..], LINE / 8).flatten());
        text.extend(b"1]\n{}\n");
        let got = all(&text);
        assert_eq!(got.len(), 2);
        assert!(got[0].2.is_none());
        assert_eq!(got[1].2.as_deref(), Some(&b"{}"[..]));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(12))]
        #[test]
        fn cuts_long_strings_to_valid_json(
            unit in prop_oneof![Just("é"), Just("😀"), Just("\n"), Just("\""), Just("x"), Just("\u{1}")],
            pad in 0usize..9,
            ascii in any::<bool>(),
        ) {
            let long = "y".repeat(pad) + &unit.repeat(STRING / unit.len() + 50_000);
            let mut json = serde_json::to_string(&serde_json::json!({"k": long, "z": 7})).unwrap();
            if ascii {
                json = json.chars().flat_map(|c| -> Vec<char> {
                    let mut units = [0; 2];
                    if c.is_ascii() { return vec![c]; }
                    c.encode_utf16(&mut units).iter().flat_map(|u| format!("\\u{u:04x}").chars().collect::<Vec<_>>()).collect()
                }).collect();
            }
            json.push('\n');
            let got = all(json.as_bytes());
            prop_assert_eq!(got.len(), 1);
            let cut: serde_json::Value = serde_json::from_slice(got[0].2.as_ref().unwrap()).unwrap();
            prop_assert_eq!(&cut["z"], 7);
            let kept = cut["k"].as_str().unwrap();
            prop_assert!(long.starts_with(kept));
            prop_assert!(json.len() < STRING || kept.len() * 7 > STRING);
        }
    }
}
