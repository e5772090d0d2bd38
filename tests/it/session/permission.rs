//! The default permission mode: the resume log that a digest names can be read without a question.

use serde_json::json;

use super::{HERONS, cut_off, home, record_of, resume_log};
use crate::api::{Api, Turn};

#[test]
#[cfg_attr(not(claude_code), ignore = "needs the real Claude Code: run tests/get-claude-code.sh")]
fn the_named_resume_log_is_read_without_a_question() {
    let api = Api::start();
    let home = home(&api);
    let session = cut_off(&api, &home);
    let mut terminal = home.claude().default_permissions().terminal();

    api.reply(Turn::text("Welcome back."));
    terminal.submit("Where were we?");
    terminal.wait_for("Welcome back.");
    let record = record_of(&api.main(3), &session);
    let named = record.split_whitespace().find(|word| word.contains("resume.md")).unwrap();
    let named = named.trim_matches(|c: char| "`'\"()<>,;:".contains(c)).trim_end_matches('.');
    assert_eq!(named, resume_log(&home, &session).to_str().unwrap());

    api.reply(Turn::tool("Read", &json!({ "file_path": named })));
    api.reply(Turn::text("It says so."));
    terminal.submit("Read the whole log");
    terminal.wait_for("It says so.");
    let read = api.main(5).tool_result();
    assert!(read.contains(HERONS), "{read}");
    terminal.exit();
}

/// What the installed rules do: with them the file is read, without them the tool is refused.
#[test]
#[cfg_attr(not(claude_code), ignore = "needs the real Claude Code: run tests/get-claude-code.sh")]
fn the_installed_rules_decide_whether_the_log_can_be_read() {
    for allowed in [true, false] {
        let api = Api::start();
        let home = home(&api);
        if !allowed {
            home.write_settings(&json!({}));
        }
        let log = home.state().join("projects/demo-1/sessions/2/resume.md");
        std::fs::create_dir_all(log.parent().unwrap()).unwrap();
        std::fs::write(&log, "three herons were counted\n").unwrap();
        api.reply(Turn::tool("Read", &json!({ "file_path": log })));
        api.reply(Turn::text("Done."));

        home.claude().default_permissions().print("Read the log");

        let read = api.main(2).tool_result();
        assert_eq!(read.contains("three herons were counted"), allowed, "{read}");
    }
}
