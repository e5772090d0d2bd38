//! The words of a text: runs of letters, digits and `_`.

/// Finds one word after another, 64 bytes at once.
pub(super) struct Words<'t> {
    text: &'t [u8],
    /// Which of the 64 bytes from `block` on belong to words, the first one lowest.
    mask: u64,
    block: usize,
}

impl<'t> Words<'t> {
    pub(super) fn of(text: &'t [u8]) -> Self {
        Self { text, mask: mask(text, 0), block: 0 }
    }

    /// Where the next word from `at` on, which is not before the last one, begins and ends.
    #[inline]
    pub(super) fn next(&mut self, at: usize) -> Option<(usize, usize)> {
        let mut start = at;
        let mut bits = self.from(start)?;
        while bits == 0 {
            start = (start & !63) + 64;
            bits = self.from(start)?;
        }
        let before = bits.trailing_zeros();
        start += before as usize;
        let mut end = start + (bits >> before).trailing_ones() as usize;
        // Most words end before the 64 bytes do.
        while end.is_multiple_of(64) {
            match self.from(end).map(u64::trailing_ones) {
                None | Some(0) => break,
                Some(more) => end += more as usize,
            }
        }
        Some((start, end))
    }

    /// Which bytes from `at` on, up to the end of its 64 bytes, belong to words; `None` behind the text.
    #[inline]
    fn from(&mut self, at: usize) -> Option<u64> {
        if at >= self.text.len() {
            return None;
        }
        let block = at & !63;
        if block != self.block {
            (self.mask, self.block) = (mask(self.text, block), block);
        }
        Some(self.mask >> (at - block))
    }
}

/// Which of the 64 bytes from `block` on belong to words.
fn mask(text: &[u8], block: usize) -> u64 {
    let rest = &text[block.min(text.len())..];
    let mut last = [0; 64];
    let bytes = rest.first_chunk().unwrap_or_else(|| {
        last[..rest.len()].copy_from_slice(rest);
        &last
    });
    let (eights, _) = bytes.as_chunks();
    let bits = eights.iter().enumerate();
    bits.fold(0, |all, (index, eight)| all | eighth(u64::from_le_bytes(*eight)) << (8 * index))
}

/// Which of eight bytes belong to words, each looked at in its own byte of the number.
fn eighth(bytes: u64) -> u64 {
    const EACH: u64 = 0x0101_0101_0101_0101;
    let low = bytes & (0x7f * EACH);
    // The highest bit of each byte whose lower ones are at least so much.
    let least = |low: u64, least: u8| low + u64::from(0x80 - least) * EACH;
    let small = low | (0x20 * EACH);
    let letters = least(small, b'a') & !least(small, b'z' + 1);
    let digits = least(low, b'0') & !least(low, b'9' + 1);
    let other = least(low ^ (u64::from(b'_') * EACH), 1);
    let found = (letters | digits | !other) & !bytes & (0x80 * EACH);
    // The highest bits, side by side.
    (found >> 7).wrapping_mul(0x0102_0408_1020_4080) >> 56
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Byte by byte.
    fn slowly(text: &[u8], at: usize) -> Option<(usize, usize)> {
        let is_word = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_';
        let start = at + text.get(at..)?.iter().position(is_word)?;
        let length = text[start..].iter().position(|byte| !is_word(byte));
        Some((start, length.map_or(text.len(), |length| start + length)))
    }

    #[test]
    fn every_byte_is_told() {
        for place in 0..70 {
            for byte in 0..=255 {
                let mut text = [b' '; 70];
                text[place] = byte;
                assert_eq!(Words::of(&text).next(0), slowly(&text, 0), "{byte} at {place}");
            }
        }
    }

    proptest! {
        #[test]
        fn words_are_found_as_byte_by_byte(
            text in "([a-z_]{1,3}|[ .é]{1,3}|[A-Z0-9]{60,70}|[-\u{1}\u{7f}]{60,70}){0,8}",
            skips in prop::collection::vec(0..3_usize, 0..40),
        ) {
            let text = text.as_bytes();
            let (mut words, mut at) = (Words::of(text), 0);
            for skip in skips {
                let found = words.next(at);
                prop_assert_eq!(found, slowly(text, at));
                let Some((_, end)) = found else { break };
                at = end + skip;
            }
        }
    }
}
