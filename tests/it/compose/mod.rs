//! `rejoin compose` on recorded and made-up sessions: the whole text, as a reader gets it.

#![allow(clippy::unwrap_used)]

mod agents;
mod budget;
mod chinese;

mod debugging;
mod meanwhile;
mod promised;
mod questions;
mod service;
mod transcript;
mod twice;

use crate::fold::fixture;
use std::path::Path;
use std::process::Command;
use transcript::Transcript;

/// What `rejoin compose` prints.
fn compose(path: &Path, args: &[&str]) -> String {
    let out = Command::new(env!("CARGO_BIN_EXE_rejoin"))
        .arg("compose")
        .arg(path)
        .args(args)
        .output()
        .unwrap();
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    String::from_utf8(out.stdout).unwrap()
}

fn recorded(name: &str) -> String {
    compose(&fixture(&format!("{name}.jsonl")), &["--digest"])
}

macro_rules! digests {
    ($($name:ident: $file:literal),* $(,)?) => {
        $(#[test]
        fn $name() {
            insta::assert_snapshot!(recorded($file));
        })*
    };
}

#[test]
fn what_ended_a_session_is_named() {
    for (name, ended) in [
        ("error-400-too-long", "cut off at the context limit"),
        ("error-401", "cut off by an API error (authentication)"),
        ("error-429", "cut off by an API error (rate limit)"),
        ("error-529", "cut off by an API error (of the server)"),
        ("max-tokens", "cut off at the output limit"),
    ] {
        let log = compose(&fixture(&format!("{name}.jsonl")), &[]);
        let title = log.lines().nth(1).unwrap();
        assert!(title.ends_with(ended), "{name}: {title}");
    }
}

digests! {
    short: "edit-session",
    compacted: "compact-auto",
    multi_agent: "subagents-parallel",
    tasks: "tasks",
    interrupted: "esc-tool",
    rewound: "rewind",
    queued: "queued",
    api_error: "error-529",
    killed: "sigterm",
    planned: "tui-plan",
    refused: "tui-permission",
    background: "background-bash",
}

#[test]
fn the_whole_log_of_a_short_session() {
    insta::assert_snapshot!(compose(&fixture("edit-session.jsonl"), &[]));
}

#[test]
fn the_log_as_json_reads_back_as_it_was() {
    let json = compose(&fixture("edit-session.jsonl"), &["--format", "json"]);
    assert!(json.starts_with("{\n  \"format\": 1,"));
    let log: rejoin::resume::ResumeLog = serde_json::from_str(&json).unwrap();
    assert_eq!(serde_json::to_string_pretty(&log).unwrap(), json.trim_end());
}

#[test]
fn an_empty_transcript() {
    let folder = tempfile::tempdir().unwrap();
    let path = Transcript::new().save(folder.path(), "empty");
    insta::assert_snapshot!(compose(&path, &["--digest"]));
}

/// A session of several prompts with a correction, failures and their fixes, commits, tasks.
fn long() -> Transcript {
    let mut t = Transcript::new();
    t.prompt("Add a discount code to the cart. The total must never go below zero, and keep the public API of `Cart` unchanged.");
    t.say("I'll look at the cart first.");
    t.read("src/cart.py").read("tests/test_cart.py");
    t.call(
        "TaskCreate",
        &serde_json::json!({"subject": "Parse discount codes", "description": "Codes are SAVE10 and SAVE25."}),
        "Task #1 created successfully",
        false,
        &serde_json::json!({"task": {"id": "1", "subject": "Parse discount codes"}}),
    );
    t.call(
        "TaskCreate",
        &serde_json::json!({"subject": "Show the discount on the receipt", "description": "One line, right-aligned."}),
        "Task #2 created successfully",
        false,
        &serde_json::json!({"task": {"id": "2", "subject": "Show the discount on the receipt"}}),
    );
    t.call(
        "TaskUpdate",
        &serde_json::json!({"taskId": "1", "status": "in_progress"}),
        "Updated task #1 status",
        false,
        &serde_json::json!({"success": true}),
    );
    t.say("Now let me write the parser.");
    t.write("src/discount.py", "CODES = {\"SAVE10\": 10, \"SAVE25\": 25}\n\n\ndef percent(code):\n    return CODES[code]\n");
    t.edit(
        "src/cart.py",
        "    def total(self):\n        return sum(i.price for i in self.items)\n",
        "    def total(self, code=None):\n        whole = sum(i.price for i in self.items)\n        return whole - whole * percent(code) / 100\n",
    );
    t.bash(
        "pytest -q 2>&1 | tail -20",
        1,
        "tests/test_cart.py F\n\n=== FAILURES ===\n___ test_total ___\n\n    def test_total():\n>       assert Cart().total() == 0\nE       KeyError: None\n\nsrc/discount.py:5: KeyError\n=== short test summary info ===\nFAILED tests/test_cart.py::test_total - KeyError: None\n1 failed, 4 passed in 0.12s",
    );
    t.say("The lookup fails because `percent` gets `None` when no code is given.");
    t.edit("src/discount.py", "    return CODES[code]\n", "    return CODES.get(code, 0)\n");
    t.bash("pytest -q 2>&1 | tail -20", 0, "5 passed in 0.10s");
    t.bash(
        "git add src && git commit -m \"Add discount codes to the cart\"",
        0,
        "[feature/cart 1a2b3c4] Add discount codes to the cart\n 2 files changed, 9 insertions(+), 2 deletions(-)",
    );
    t.call(
        "TaskUpdate",
        &serde_json::json!({"taskId": "1", "status": "completed"}),
        "Updated task #1 status",
        false,
        &serde_json::json!({"success": true}),
    );
    t.close("Discount codes work: `Cart.total(code)` takes an optional code.\n\n- Unknown codes count as 0 %.\n- The public API is unchanged.\n\nNext steps:\n- Show the discount on the receipt.");
    t.wait(600);
    t.prompt("No, an unknown code must be an error, not 0 %. Raise ValueError instead.");
    t.say("I'll raise `ValueError` instead of falling back to 0.");
    t.edit("src/discount.py", "    return CODES.get(code, 0)\n", "    if code is None:\n        return 0\n    if code not in CODES:\n        raise ValueError(f\"unknown code: {code}\")\n    return CODES[code]\n");
    t.bash(
        "ruff check src",
        1,
        "src/discount.py:6:5: E701 Multiple statements on one line (colon)\nFound 1 error.",
    );
    t.close("Unknown codes raise `ValueError` now. `ruff` still reports E701 in src/discount.py. Shall I fix the formatting and commit?");
    t
}

#[test]
fn a_long_session() {
    let folder = tempfile::tempdir().unwrap();
    let path = long().save(folder.path(), "long");
    insta::assert_snapshot!("long_digest", compose(&path, &["--digest"]));
    insta::assert_snapshot!("long_300_tokens", compose(&path, &["--budget", "300"]));
}

/// Digest and whole log of a made-up session.
macro_rules! sessions {
    ($($module:ident),* $(,)?) => {
        $(#[test]
        fn $module() {
            let folder = tempfile::tempdir().unwrap();
            let path = $module::session().save(folder.path(), stringify!($module));
            let name = stringify!($module);
            insta::assert_snapshot!(format!("{name}_digest"), compose(&path, &["--digest"]));
            insta::assert_snapshot!(format!("{name}_log"), compose(&path, &[]));
        })*
    };
}

sessions! { agents, chinese, debugging, questions, service, twice }

#[test]
fn a_session_in_other_scripts() {
    let folder = tempfile::tempdir().unwrap();
    let mut t = Transcript::new();
    t.prompt("カートに割引コードを追加してください。合計は決して負になってはいけません。");
    t.say("まずカートを確認します。");
    t.edit("src/カート.py", "合計 = 0\n", "合計 = max(0, 合計)\n");
    t.close("割引コードを追加しました。テストはまだ実行していません。");
    t.prompt("أضف اختبارًا لرمز غير معروف، ولا تغيّر واجهة السلة.");
    t.bash("pytest tests/اختبار.py", 0, "3 passed in 0.02s");
    t.close("أضفت اختبارًا واحدًا. هل أنشئ الالتزام؟");
    let path = t.save(folder.path(), "scripts");
    insta::assert_snapshot!(compose(&path, &["--digest"]));
}

#[test]
fn a_session_of_ten_thousand_calls() {
    let folder = tempfile::tempdir().unwrap();
    let mut t = Transcript::new();
    t.prompt(
        "Migrate every module from the old logger to the new one, one commit per ten modules.",
    );
    for n in 0..2_500 {
        t.read(&format!("src/module_{n}.py"));
        t.edit(
            &format!("src/module_{n}.py"),
            "import oldlog\n",
            &format!("import newlog\n\n\ndef log_{n}(text):\n    newlog.info(text)\n"),
        );
        t.bash(&format!("pytest tests/test_module_{n}.py"), 0, "1 passed in 0.01s");
        if n % 10 == 9 {
            t.bash(
                &format!("git commit -am \"Migrate modules {} to {n}\"", n - 9),
                0,
                &format!("[feature/cart {n:07x}] Migrate modules {} to {n}\n 10 files changed, 40 insertions(+), 10 deletions(-)", n - 9),
            );
        } else {
            t.bash("git status --short", 0, &format!(" M src/module_{n}.py"));
        }
    }
    t.say("Now module 2500, which logs in a thread.");
    t.edit("src/module_2500.py", "import oldlog\n", "import newlog\n");
    let path = t.save(folder.path(), "calls");
    insta::assert_snapshot!(compose(&path, &["--digest"]));
}
