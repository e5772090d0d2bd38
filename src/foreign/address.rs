//! The name of a shared log: what it holds, hashed.

use sha2::{Digest, Sha256};
use std::fmt::Write;

/// Bytes of the hash that make the name: 128 bits, so that nobody finds a second log for it.
const BYTES: usize = 16;

/// The address of what a shared log holds: 32 hexadecimal digits of its SHA-256.
pub fn address(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().take(BYTES).fold(String::new(), |mut out, byte| {
        let _ = write!(out, "{byte:02x}");
        out
    })
}

/// Whether a name can be an address.
pub fn is_address(name: &str) -> bool {
    name.len() == 2 * BYTES && name.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_the_beginning_of_the_hash() {
        assert_eq!(address(b""), "e3b0c44298fc1c149afbf4c8996fb924");
        assert!(is_address(&address(b"x")));
        for name in [
            "",
            "e3b0c44298fc1c149afbf4c8996fb92",
            "E3B0C44298FC1C149AFBF4C8996FB924",
            "../c44298fc1c149afbf4c8996fb9240",
        ] {
            assert!(!is_address(name), "{name}");
        }
    }
}
