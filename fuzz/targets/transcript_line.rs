//! One line of a transcript, whatever it says, taken into a session's facts and made a resume log of.
#![no_main]

use libfuzzer_sys::fuzz_target;
use rejoin::resume::{About, Recall, compose, markdown};
use rejoin::session::Session;

fuzz_target!(|data: &[u8]| {
    let mut session = Session::default();
    rejoin::transcript::events(data, &mut |at, event| session.apply(at, event));
    let known = serde_json::to_string(&session).expect("facts can be kept");
    let kept: Session = serde_json::from_str(&known).expect("kept facts can be read");
    assert_eq!(kept, session);
    let log = markdown(&compose(&session, &Recall::default(), &About::default()));
    assert!(log.len() < 1 << 20, "a resume log of {} bytes", log.len());
});
