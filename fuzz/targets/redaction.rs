//! Any text: redacting it twice is redacting it once.
#![no_main]

use libfuzzer_sys::fuzz_target;
use rejoin::redact::redact;

fuzz_target!(|data: &[u8]| {
    let text = String::from_utf8_lossy(data);
    let once = redact(&text);
    assert_eq!(redact(&once), once, "of {text:?}");
});
