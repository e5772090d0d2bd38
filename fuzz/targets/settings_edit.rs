//! Any settings file: what install adds, uninstall takes back to the byte.
#![no_main]

use std::path::Path;

use libfuzzer_sys::fuzz_target;
use rejoin::settings::{Plan, Written, install, install_status_line, registered, uninstall};

fuzz_target!(|data: &[u8]| {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let rules = ["Read(//state/projects/**/resume.md)".to_owned()];
    let plan = Plan { executables: Path::new("/data/rejoin/bin"), hooks: true, rules: &rules };
    let before = registered(text);
    let bare = uninstall(text, None);
    let Ok(edited) = install(text, &plan, &Written::default()) else { return };
    let before = before.expect("what can be installed in can be read");
    let bare = bare.expect("what can be installed in can be uninstalled from");
    let again = install(&edited.text, &plan, &edited.written).expect("installed again");
    assert_eq!(again, edited, "twice is once");
    let Ok(with_line) =
        install_status_line(&edited.text, "/data/rejoin/bin/rejoin-statusline", &edited.written)
    else {
        return;
    };
    let back = uninstall(&with_line.text, Some(&with_line.written)).expect("uninstalled");
    // What was ours before goes as well.
    if before.is_empty() && !text.contains("rejoin-statusline") {
        assert_eq!(back, text, "uninstall is the inverse");
        assert_eq!(bare, text, "nothing of ours, nothing to take");
    }
    assert!(registered(&back).expect("read").is_empty());
});
