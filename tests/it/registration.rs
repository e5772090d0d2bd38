//! `rejoin install` against the real Claude Code: what every other end-to-end test begins with.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use serde_json::{Value, json};

use crate::api::Api;
use crate::claude::Home;

/// Registers the hooks of this build in the user settings of `home`, with every question answered by yes.
#[track_caller]
pub(crate) fn register(home: &Home) {
    let output = home.rejoin(&["install", "--yes"]);
    assert!(output.status.success(), "rejoin install: {}", String::from_utf8_lossy(&output.stderr));
}

#[test]
#[cfg_attr(
    not(claude_code_old),
    ignore = "needs an old Claude Code: run tests/get-claude-code.sh, and node"
)]
fn a_claude_code_that_would_drop_the_hooks_is_refused() {
    let home = Home::new(&Api::start());
    let theirs =
        json!({ "hooks": { "Stop": [{ "hooks": [{ "type": "command", "command": "true" }] }] } });
    home.write_settings(&theirs);
    // The old one is a script: a name on the search path, before the new one, that runs it.
    let shim = home.path("bin/claude");
    fs::create_dir_all(home.path("bin")).unwrap();
    fs::write(&shim, format!("#!/bin/sh\nexec node '{}' \"$@\"\n", env!("CLAUDE_CODE_OLD")))
        .unwrap();
    fs::set_permissions(&shim, fs::Permissions::from_mode(0o755)).unwrap();

    let output = home.rejoin(&["install", "--yes"]);

    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains("2.1.112 is too old"), "{said}");
    assert!(said.contains("claude update"), "{said}");
    let settings: Value = serde_json::from_slice(&fs::read(home.settings()).unwrap()).unwrap();
    assert_eq!(settings, theirs);
}

/// Makes `command` the status line of `home`, whose hooks are registered.
pub(crate) fn register_status_line(home: &Home, command: &str) {
    let text = fs::read(home.path(".claude/settings.json")).unwrap();
    let mut settings: Value = serde_json::from_slice(&text).unwrap();
    settings["statusLine"] = json!({ "type": "command", "command": command });
    home.write_settings(&settings);
}
