//! One record as bytes: `r1 <generation> <length> <checksum> <payload>\n`, numbers in hex.
//!
//! The checksum covers all that precedes it and the payload. The payload is one line, so that a
//! reader finds the next record after a damaged one; it has no other meaning here. This shape is
//! frozen for all versions; a later one says so in the number after `r`.

/// The most bytes of one record.
pub const MAX_PAYLOAD: usize = 1 << 20;

/// The version this program writes.
pub(super) const VERSION: u32 = 1;

/// The most bytes a frame has around its payload: three numbers, `r`, spaces and the line end.
pub(super) const MAX_HEAD: usize = 3 * 16 + 24;

/// A record that was read back whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Frame<'a> {
    pub(super) version: u32,
    pub(super) generation: u64,
    pub(super) payload: &'a [u8],
}

/// The frame of one record. The payload must be a single line of at most [`MAX_PAYLOAD`] bytes.
pub(super) fn encode(generation: u64, payload: &[u8]) -> Vec<u8> {
    let head = format!("r{VERSION} {generation:x} {:x}", payload.len());
    let sum = checksum(head.as_bytes(), payload);
    let mut frame = Vec::with_capacity(MAX_HEAD + payload.len());
    frame.extend_from_slice(format!("{head} {sum:08x} ").as_bytes());
    frame.extend_from_slice(payload);
    frame.push(b'\n');
    frame
}

/// Reads one line (without its end) back; `None` when it is not what was written.
pub(super) fn decode(line: &[u8]) -> Option<Frame<'_>> {
    let mut fields = line.splitn(5, |byte| *byte == b' ');
    let version = number(fields.next()?.strip_prefix(b"r")?)?;
    let generation = number(fields.next()?)?;
    let length = number(fields.next()?)?;
    let sum = number(fields.next()?)?;
    let payload = fields.next()?;
    // The checksum's eight digits and the spaces around them.
    let head = line.get(..(line.len() - payload.len()).checked_sub(10)?)?;
    let whole = payload.len() as u64 == length
        && payload.len() <= MAX_PAYLOAD
        && sum == u64::from(checksum(head, payload));
    whole.then(|| Frame {
        version: u32::try_from(version).unwrap_or(u32::MAX),
        generation,
        payload,
    })
}

fn number(hex: &[u8]) -> Option<u64> {
    u64::from_str_radix(std::str::from_utf8(hex).ok()?, 16).ok()
}

/// CRC-32 (IEEE 802.3, as in zlib) over both parts.
fn checksum(head: &[u8], payload: &[u8]) -> u32 {
    let step = |sum: u32, byte: &u8| TABLE[usize::from(sum as u8 ^ byte)] ^ (sum >> 8);
    !payload.iter().fold(head.iter().fold(!0, step), step)
}

const TABLE: [u32; 256] = {
    let mut table = [0; 256];
    let mut index = 0;
    while index < 256 {
        let mut sum = index as u32;
        let mut bit = 0;
        while bit < 8 {
            sum = if sum & 1 == 1 { (sum >> 1) ^ 0xedb8_8320 } else { sum >> 1 };
            bit += 1;
        }
        table[index] = sum;
        index += 1;
    }
    table
};

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_checksum_is_the_usual_crc32() {
        assert_eq!(checksum(b"1234", b"56789"), 0xcbf4_3926);
    }

    #[test]
    fn the_shape_is_frozen() {
        // Old hooks write pending files in this shape for ever.
        assert_eq!(encode(3, b"{}"), b"r1 3 2 01cc137e {}\n");
    }

    #[test]
    fn length_and_checksum_must_both_be_right() {
        let line = |head: &str, payload: &str| {
            let sum = checksum(head.as_bytes(), payload.as_bytes());
            format!("{head} {sum:08x} {payload}")
        };
        assert!(decode(line("r1 3 2", "{}").as_bytes()).is_some());
        assert_eq!(decode(line("r1 3 3", "{}").as_bytes()), None);
        assert_eq!(decode(line("r1 3 2", "{}").replace("{}", "[]").as_bytes()), None);
        assert_eq!(decode(line("r1 4 2", "{}").replace("r1 4", "r1 3").as_bytes()), None);
        // Shorter than any checksum.
        assert_eq!(decode(b"r1 0 0 0 "), None);
    }

    proptest! {
        #[test]
        fn a_frame_reads_back(generation: u64, payload in "[^\n]{0,200}") {
            let bytes = encode(generation, payload.as_bytes());
            let line = bytes.strip_suffix(b"\n").unwrap();
            let frame = Frame { version: 1, generation, payload: payload.as_bytes() };
            prop_assert_eq!(decode(line), Some(frame));
            prop_assert!(bytes.len() <= MAX_HEAD + payload.len());
        }

        #[test]
        fn no_part_of_a_frame_is_a_frame(payload in "[^\n]{0,60}", cut in 0usize..80) {
            let bytes = encode(1, payload.as_bytes());
            prop_assume!(cut < bytes.len() - 1);
            prop_assert_eq!(decode(&bytes[..cut]), None);
        }

        #[test]
        fn arbitrary_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..120)) {
            prop_assert_eq!(decode(&bytes), None);
        }
    }
}
