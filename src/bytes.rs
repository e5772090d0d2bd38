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

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
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
