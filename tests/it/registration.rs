//! The hook executables of this build, registered in a test's home.

use serde_json::{Value, json};

use crate::claude::Home;

/// Every event with its executable, as cargo built it for this test run.
const HOOKS: [(&str, &str); 9] = [
    ("SessionStart", env!("CARGO_BIN_EXE_rejoin-hook-session-start")),
    ("UserPromptSubmit", env!("CARGO_BIN_EXE_rejoin-hook-user-prompt-submit")),
    ("PostToolBatch", env!("CARGO_BIN_EXE_rejoin-hook-post-tool-batch")),
    ("Stop", env!("CARGO_BIN_EXE_rejoin-hook-stop")),
    ("StopFailure", env!("CARGO_BIN_EXE_rejoin-hook-stop-failure")),
    ("SubagentStop", env!("CARGO_BIN_EXE_rejoin-hook-subagent-stop")),
    ("PreCompact", env!("CARGO_BIN_EXE_rejoin-hook-pre-compact")),
    ("PostCompact", env!("CARGO_BIN_EXE_rejoin-hook-post-compact")),
    ("SessionEnd", env!("CARGO_BIN_EXE_rejoin-hook-session-end")),
];

/// Registers the hooks in the user settings of `home`, with the permission that lets Claude read the resume logs.
pub(crate) fn register(home: &Home) {
    home.write_settings(&json!({
        "hooks": HOOKS.iter().map(|(event, path)| ((*event).to_owned(), groups(event, path)))
            .collect::<serde_json::Map<_, _>>(),
        "permissions": { "allow": [read_rule(home)] },
    }));
}

/// The permission rule for the resume logs: two slashes stand before an absolute path.
pub(crate) fn read_rule(home: &Home) -> String {
    format!("Read(/{}/projects/**)", home.state().display())
}

fn groups(event: &str, path: &str) -> Value {
    // SessionEnd hooks hold up the end of the program.
    let timeout = if event == "SessionEnd" { 5 } else { 10 };
    let hook = json!({ "type": "command", "command": path, "args": [], "timeout": timeout });
    json!([{ "hooks": [hook] }])
}

/// Makes `command` the status line of `home`, whose hooks are registered.
pub(crate) fn register_status_line(home: &Home, command: &str) {
    let text = std::fs::read(home.path(".claude/settings.json")).unwrap();
    let mut settings: Value = serde_json::from_slice(&text).unwrap();
    settings["statusLine"] = json!({ "type": "command", "command": command });
    home.write_settings(&settings);
}
