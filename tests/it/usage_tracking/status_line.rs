//! The status line: what it prints, and the true context window that it tells the hooks.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::api::{Api, Turn};
use crate::claude::{Home, eventually};
use crate::cli::followed::Followed;
use crate::registration::{register, register_status_line};

const STATUS_LINE: &str = env!("CARGO_BIN_EXE_rejoin-statusline");

/// A status line's input, as Claude Code was seen to give it.
fn recorded(name: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/hooks");
    fs::read_to_string(folder.join(format!("statusLine-{name}.json"))).unwrap()
}

/// Runs the status line on an input; what it prints.
fn shown(state: &Path, input: &str) -> String {
    let mut child = Command::new(STATUS_LINE)
        .env_clear()
        .env("REJOIN_HOME", state)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success());
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
    String::from_utf8(output.stdout).unwrap()
}

fn bridge(state: &Path) -> PathBuf {
    let mut files = fs::read_dir(state.join("windows")).unwrap();
    files.next().unwrap().unwrap().path()
}

#[test]
fn the_window_is_left_for_the_hooks_and_only_what_changes_is_written() {
    let state = TempDir::new().unwrap();
    let input = recorded("claude-sonnet-4-5-20250929-1m");
    assert_eq!(
        shown(state.path(), &input),
        "Sonnet 4.5 (1M context)  ████░░░░░░ 40%  400k of 1M  $1.16\n"
    );
    let file = bridge(state.path());
    assert_eq!(file.file_stem().unwrap(), "18b8964d-1ce2-4a05-b69c-6255179ecf32");
    let first = fs::read_to_string(&file).unwrap();
    let told: Value = serde_json::from_str(&first).unwrap();
    assert_eq!(
        (&told["context_window_size"], &told["used_tokens"]),
        (&json!(1_000_000), &json!(400_510))
    );
    #[cfg(unix)]
    {
        use std::os::unix::fs::{MetadataExt, PermissionsExt};
        let inode = || fs::metadata(&file).unwrap().ino();
        assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
        let before = inode();
        shown(state.path(), &input.replace("1.16253", "1.5"));
        assert_eq!(inode(), before, "the file was written though nothing of it changed");
        shown(state.path(), &input.replace("100000", "120000"));
        assert_ne!(inode(), before);
    }
    assert_ne!(fs::read_to_string(&file).unwrap(), first);
}

#[test]
fn the_user_s_own_status_line_is_given_the_input_and_shown() {
    let state = TempDir::new().unwrap();
    fs::write(state.path().join("config.toml"), "[statusline]\ncommand = \"wc -c; echo mine\"\n")
        .unwrap();
    let input = recorded("claude-opus-5-5");
    let shown_line = shown(state.path(), &input);
    let (count, rest) = shown_line.split_once('\n').unwrap();
    assert_eq!(rest, "mine\n");
    assert_eq!(count.trim().parse::<usize>().unwrap(), input.trim().len() + 1);
    let told: Value =
        serde_json::from_str(&fs::read_to_string(bridge(state.path())).unwrap()).unwrap();
    assert_eq!(told["context_window_size"], 1_000_000);
    // One that reads nothing, one that fails.
    for command in ["true", "exec false"] {
        let config = format!("[statusline]\ncommand = \"{command}\"\n");
        fs::write(state.path().join("config.toml"), config).unwrap();
        assert_eq!(shown(state.path(), &input), "");
    }
}

#[test]
fn a_command_that_is_the_status_line_itself_is_not_started() {
    let state = TempDir::new().unwrap();
    // It would start itself for ever.
    let config = "[statusline]\ncommand = \"true rejoin-statusline\"\n";
    fs::write(state.path().join("config.toml"), config).unwrap();
    let line = shown(state.path(), &recorded("claude-opus-5-5"));
    assert!(line.contains('█') || line.contains('░'), "{line:?}");
}

#[test]
fn where_nothing_is_followed_nothing_is_left() {
    let state = TempDir::new().unwrap();
    fs::write(state.path().join("off"), "").unwrap();
    let input = recorded("claude-sonnet-4-5-20250929-1m");
    assert!(shown(state.path(), &input).contains("40%"), "the line is shown all the same");
    assert!(!state.path().join("windows").exists());
    fs::remove_file(state.path().join("off")).unwrap();
    shown(state.path(), &input);
    assert!(bridge(state.path()).exists());
}

/// Runs the status line beside a recorded session; what it prints.
fn shown_in(here: &Followed, recorded: &'static str, used: u64) -> String {
    let input = json!({
        "session_id": here.id(recorded),
        "workspace": { "project_dir": here.project() },
        "context_window": {
            "context_window_size": 500_000,
            "current_usage": { "input_tokens": used },
        },
    });
    let mut command = here.command(STATUS_LINE);
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(input.to_string().as_bytes()).unwrap();
    String::from_utf8(child.wait_with_output().unwrap().stdout).unwrap()
}

#[test]
fn what_the_next_session_would_be_told_is_shown() {
    const RECORDED: &str = "edit-session";
    let here = Followed::new();
    assert_eq!(shown_in(&here, RECORDED, 100_000), "Claude  ██░░░░░░░░ 20%  100k of 500k\n");
    here.follow(RECORDED, true);
    let told = |used| {
        let line = shown_in(&here, RECORDED, used);
        line.split_once("next session: ").map(|(_, told)| told.trim_end().to_owned())
    };
    assert_eq!(told(100_000).as_deref(), Some("a brief"));
    assert_eq!(told(425_000).as_deref(), Some("the digest"));
    here.configure("[inject]\nstartup = \"never\"\n");
    assert_eq!(told(425_000).as_deref(), Some("nothing"));
    here.configure("[inject]\ndefault = \"notice\"\n");
    assert_eq!(told(425_000).as_deref(), Some("one line"));
    here.run(&["off"]);
    assert_eq!(told(100_000), None);
}

#[test]
fn a_session_that_died_before_its_first_stop_has_its_true_window() {
    const RECORDED: &str = "tui-opus";
    let here = Followed::new();
    here.follow(RECORDED, false);
    shown_in(&here, RECORDED, 31_000);
    let listed = here.run(&["list", "--json"]).json();
    assert_eq!(listed[0]["context_window"], 500_000);
    let log = here.run(&["show", here.id(RECORDED)]).stdout;
    assert!(log.contains("tokens of 500,000 ("), "{log}");
}

#[test]
fn whatever_comes_it_ends_well() {
    let state = TempDir::new().unwrap();
    for input in [
        "",
        "{",
        "[]",
        "{}",
        "nonsense",
        "{\"session_id\":\"../../x\",\"context_window\":{\"context_window_size\":5}}",
    ] {
        let line = shown(state.path(), input);
        assert!(line.is_empty() || line == "Claude  ░░░░░░░░░░ 0%  0 of 5\n", "{input}: {line}");
    }
    assert!(!state.path().join("windows").exists());
    // Without a state directory nothing is made.
    let missing = state.path().join("none");
    assert!(shown(&missing, &recorded("claude-haiku-5-5")).starts_with("Haiku"));
    assert!(!missing.exists());
}

#[test]
#[cfg_attr(not(claude_code), ignore = "needs the real Claude Code: run tests/get-claude-code.sh")]
fn a_session_with_a_window_of_a_million_shows_its_true_percentage() {
    let api = Api::start();
    let home = Home::new(&api);
    register(&home);
    register_status_line(&home, STATUS_LINE);
    api.reply(Turn::text("Three herons.").context(400_000));
    api.reply(Turn::text("Two grebes.").context(420_000));

    // The name of this model does not tell the window.
    let mut terminal = home.claude().model("claude-opus-4-8").terminal();
    terminal.submit("Count the herons");
    terminal.wait_for("Three herons.");
    terminal.wait_for("40%  400k of 1M");
    let bridge = eventually("the window is left for the hooks", || {
        let text = fs::read_to_string(bridge(&home.state())).ok()?;
        text.contains("400000").then_some(text)
    });
    let told: Value = serde_json::from_str(&bridge).unwrap();
    assert_eq!(told["context_window_size"], 1_000_000);
    terminal.submit("And the grebes");
    terminal.wait_for("Two grebes.");
    terminal.exit();

    let session = home.transcripts().pop().unwrap().session();
    let log = eventually("the session has ended", || {
        let log = fs::read_to_string(crate::session::resume_log(&home, &session)).ok()?;
        log.contains("420,000").then_some(log)
    });
    assert!(log.contains("context 420,000 tokens of 1,000,000 (42 %)"), "{log}");
}
