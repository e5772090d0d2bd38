//! Searching bytes, for the hooks that are over before a fast search pays.
//!
//! `memchr` asks the processor what it can do at its first search. In a virtual machine each of those
//! questions goes to the hypervisor: together they take as long as everything else that an event that
//! appends computes. What every x86-64 has is enough here.

/// Where the first `byte` is.
#[inline]
pub fn find(byte: u8, text: &[u8]) -> Option<usize> {
    #[cfg(all(target_arch = "x86_64", target_feature = "sse2"))]
    return memchr::arch::x86_64::sse2::memchr::One::new(byte)?.find(text);
    #[cfg(not(all(target_arch = "x86_64", target_feature = "sse2")))]
    memchr::memchr(byte, text)
}

/// Where the first of two bytes is.
#[inline]
pub fn find_either(one: u8, other: u8, text: &[u8]) -> Option<usize> {
    #[cfg(all(target_arch = "x86_64", target_feature = "sse2"))]
    return memchr::arch::x86_64::sse2::memchr::Two::new(one, other)?.find(text);
    #[cfg(not(all(target_arch = "x86_64", target_feature = "sse2")))]
    memchr::memchr2(one, other, text)
}

/// Where the first of three bytes is.
#[inline]
pub fn find_any(of: [u8; 3], text: &[u8]) -> Option<usize> {
    let [one, other, third] = of;
    #[cfg(all(target_arch = "x86_64", target_feature = "sse2"))]
    return memchr::arch::x86_64::sse2::memchr::Three::new(one, other, third)?.find(text);
    #[cfg(not(all(target_arch = "x86_64", target_feature = "sse2")))]
    memchr::memchr3(one, other, third, text)
}

/// Where each `byte` is, in order.
pub fn all(byte: u8, text: &[u8]) -> impl Iterator<Item = usize> {
    let mut from = 0;
    std::iter::from_fn(move || {
        let at = from + find(byte, &text[from..])?;
        from = at + 1;
        Some(at)
    })
}

/// How often a `byte` is there, many at once.
pub fn count(byte: u8, text: &[u8]) -> usize {
    let sum = |chunk: &[u8]| chunk.iter().fold(0, |sum, b| sum + u8::from(*b == byte));
    text.chunks(255).map(|chunk| usize::from(sum(chunk))).sum()
}

/// Where each of two bytes is, in order.
pub fn all_either(one: u8, other: u8, text: &[u8]) -> impl Iterator<Item = usize> {
    let mut from = 0;
    std::iter::from_fn(move || {
        let at = from + find_either(one, other, &text[from..])?;
        from = at + 1;
        Some(at)
    })
}

/// Where the last `byte` is.
#[inline]
pub fn find_last(byte: u8, text: &[u8]) -> Option<usize> {
    #[cfg(all(target_arch = "x86_64", target_feature = "sse2"))]
    return memchr::arch::x86_64::sse2::memchr::One::new(byte)?.rfind(text);
    #[cfg(not(all(target_arch = "x86_64", target_feature = "sse2")))]
    memchr::memrchr(byte, text)
}

/// Where `part` first begins.
pub fn find_part(part: &[u8], text: &[u8]) -> Option<usize> {
    #[cfg(all(target_arch = "x86_64", target_feature = "sse2"))]
    if let Some(finder) = memchr::arch::x86_64::sse2::packedpair::Finder::new(part)
        && text.len() >= finder.min_haystack_len()
    {
        return finder.find(text, part);
    }
    // Too short for it, or one byte.
    if part.is_empty() {
        return Some(0);
    }
    text.windows(part.len()).position(|window| window == part)
}

/// Which of the parts stand in a text. Those that begin with the same byte, other than a small letter, are looked
/// for together.
pub fn which(parts: &[&[u8]], text: &[u8]) -> Vec<bool> {
    let first = |at: &usize| parts[*at].first().copied();
    let mut order: Vec<usize> = (0..parts.len()).collect();
    order.sort_unstable_by_key(first);
    let mut stands = vec![false; parts.len()];
    for alike in order.chunk_by(|one, next| first(one) == first(next)) {
        match first(&alike[0]) {
            Some(byte) if alike.len() > 1 && !byte.is_ascii_lowercase() => {
                for at in all(byte, text) {
                    let rest = &text[at..];
                    for part in alike {
                        stands[*part] = stands[*part] || rest.starts_with(parts[*part]);
                    }
                }
            }
            _ => alike.iter().for_each(|at| stands[*at] = find_part(parts[*at], text).is_some()),
        }
    }
    stands
}

/// Whether JSON escapes something in a text, told eight bytes at once.
#[inline]
pub fn is_escaped(text: &[u8]) -> bool {
    const EACH: u64 = 0x0101_0101_0101_0101;
    // The highest bit of a byte is set where one of these bytes is below so much: none, where there is none.
    let below = |bytes: u64, least: u8| {
        bytes.wrapping_sub(u64::from(least) * EACH) & !bytes & (0x80 * EACH)
    };
    let is = |bytes: u64, byte: u8| below(bytes ^ (u64::from(byte) * EACH), 1);
    let found = |bytes: u64| below(bytes, 0x20) | is(bytes, b'"') | is(bytes, b'\\');
    let Some(last) = text.last_chunk() else {
        return text.iter().any(|byte| matches!(byte, ..0x20 | b'"' | b'\\'));
    };
    // The last eight are looked at again, with what is left behind the others.
    let (eights, _) = text.as_chunks();
    let eights = eights.iter().chain(std::iter::once(last));
    eights.fold(0, |all, eight| all | found(u64::from_le_bytes(*eight))) != 0
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn what_stands_in_a_text_is_what_memchr_finds(
            text in "[AaB]{0,40}", parts in prop::collection::vec("[AaB]{0,4}", 0..9),
        ) {
            let parts: Vec<&[u8]> = parts.iter().map(String::as_bytes).collect();
            let found = |part: &&[u8]| memchr::memmem::find(text.as_bytes(), part).is_some();
            let each: Vec<bool> = parts.iter().map(found).collect();
            prop_assert_eq!(which(&parts, text.as_bytes()), each);
        }

        #[test]
        fn what_is_escaped_is_longer(text in "[a-zé\"\\\\\n\u{1}\u{7f}]{0,3}|[a-zé]{0,50}[\"\\\\\u{1f} ]?[a-zé]{0,50}") {
            let longer = serde_json::to_string(&text).unwrap().len() > text.len() + 2;
            prop_assert_eq!(is_escaped(text.as_bytes()), longer);
        }

        #[test]
        fn what_is_found_is_what_memchr_finds(
            text in "[ab\"]{0,90}", part in "[ab\"]{0,5}", one in b'a'..b'd', other in b'a'..b'd',
        ) {
            let (text, part) = (text.as_bytes(), part.as_bytes());
            prop_assert_eq!(find(one, text), memchr::memchr(one, text));
            prop_assert_eq!(find_last(one, text), memchr::memrchr(one, text));
            prop_assert_eq!(find_either(one, other, text), memchr::memchr2(one, other, text));
            prop_assert_eq!(find_any([one, other, b'"'], text), memchr::memchr3(one, other, b'"', text));
            prop_assert!(all(one, text).eq(memchr::memchr_iter(one, text)));
            prop_assert_eq!(count(one, text), all(one, text).count());
            prop_assert_eq!(count(one, &text.repeat(30)), 30 * count(one, text));
            prop_assert!(all_either(one, other, text).eq(memchr::memchr2_iter(one, other, text)));
            prop_assert_eq!(find_part(part, text), memchr::memmem::find(text, part));
        }
    }
}
