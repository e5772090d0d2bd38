//! What a person sees in terminals of two widths.

use std::io::Read;

use insta::assert_snapshot;
use portable_pty::{CommandBuilder, PtySize, native_pty_system};

use super::Home;

/// What `rejoin skills` shows in a terminal with so many columns.
fn shown(home: &Home, columns: u16, arguments: &[&str]) -> String {
    let size = PtySize { rows: 60, cols: columns, pixel_width: 0, pixel_height: 0 };
    let pair = native_pty_system().openpty(size).unwrap();
    let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_rejoin"));
    command.arg("skills");
    command.args(arguments);
    command.env_clear();
    command.env("HOME", home.path(""));
    command.env("NO_COLOR", "1");
    command.cwd(home.path("project"));
    let mut child = pair.slave.spawn_command(command).unwrap();
    drop(pair.slave);
    let mut reader = pair.master.try_clone_reader().unwrap();
    let mut bytes = Vec::new();
    // Linux ends a terminal whose other side is gone with an error.
    drop(reader.read_to_end(&mut bytes));
    child.wait().unwrap();
    let text = String::from_utf8(bytes).unwrap().replace("\r\n", "\n");
    assert!(!text.contains('\u{1b}'), "NO_COLOR: {text:?}");
    text.replace(&*home.root.to_string_lossy(), "HOME")
}

#[test]
fn tables_fit_the_terminal() {
    let home = super::recommended::project();
    home.run(&["deploy", "webapp-testing", "--project"]).ok();
    home.write(".claude/skills/git-workflow/SKILL.md", "---\nname: git-workflow\n---\n");
    for columns in [80, 120] {
        for (name, arguments) in [
            ("list", &["list"][..]),
            ("recommend", &["recommend"]),
            ("search", &["search", "review"]),
            ("info", &["info", "session-history"]),
        ] {
            let text = shown(&home, columns, arguments);
            let widest = text.lines().map(|line| line.chars().count()).max().unwrap();
            assert!(widest <= usize::from(columns), "{name} {columns}: {widest}\n{text}");
            assert_snapshot!(format!("{name}_{columns}"), text);
        }
    }
}
