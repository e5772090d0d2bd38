//! The progress bar, on a real pseudo-terminal.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::Read;

use portable_pty::{CommandBuilder, PtySize, native_pty_system};

use super::home::{Home, response};

/// How a bar begins.
const BAR: &str = "░ ";

/// What a shell's command prints on a terminal, in a home of its own.
fn on_a_terminal(home: &Home, line: &str) -> String {
    let size = PtySize { rows: 24, cols: 80, pixel_width: 0, pixel_height: 0 };
    let pair = native_pty_system().openpty(size).unwrap();
    let mut command = CommandBuilder::new("/bin/sh");
    command.args(["-c", &line.replace("REJOIN", env!("CARGO_BIN_EXE_rejoin"))]);
    command.env_clear();
    command.env("HOME", home.path());
    command.env("REJOIN_HOME", home.path().join("state"));
    command.cwd(home.path());
    let mut child = pair.slave.spawn_command(command).unwrap();
    drop(pair.slave);
    let mut output = pair.master.try_clone_reader().unwrap();
    let mut bytes = Vec::new();
    let mut buffer = [0; 4096];
    // Reading fails when the last process has closed the terminal.
    while let Ok(read @ 1..) = output.read(&mut buffer) {
        bytes.extend_from_slice(&buffer[..read]);
    }
    assert!(child.wait().unwrap().success());
    String::from_utf8(bytes).unwrap()
}

/// A history of one response and `length` bytes beside it, which take no room on the disk.
fn long_history(length: u64) -> Home {
    let home = Home::new();
    home.write("-p/a.jsonl", response(1));
    let path = home.write("-p/b.jsonl", "");
    File::options().append(true).open(path).unwrap().set_len(length).unwrap();
    home
}

#[test]
fn a_bar_is_drawn_when_it_takes_long_and_goes_again() {
    // What takes long is the machine's to say: the history grows until reading it does.
    let mut length = 99_999_000;
    let (home, seen) = loop {
        let home = long_history(length);
        let seen = on_a_terminal(&home, "REJOIN usage --json --no-cache");
        let of = format!(" % of {} MB", length.div_ceil(1_000_000));
        // It moves.
        let shares: BTreeSet<&str> =
            seen.split(&of).filter_map(|before| before.rsplit(' ').next()).collect();
        if shares.len() > 5 {
            break (home, seen);
        }
        assert!(length < 1_000_000_000_000, "no bar over {length} bytes: {seen:?}");
        length *= 3;
    };
    assert!(seen.contains(BAR), "{seen:?}");
    // The line is emptied before anything else stands there.
    let (bar, rest) = seen.split_once("\r\u{1b}[2K").unwrap();
    assert!(bar.starts_with('\r') && rest.starts_with('{'), "{seen:?}");
    let mut screen = vt100::Parser::new(60.try_into().unwrap(), 80.try_into().unwrap(), 0);
    screen.process(seen.as_bytes());
    assert!(!screen.screen().contents().contains('░'));
    // Where nobody looks at it there is none: the output goes to the terminal, the bar would not.
    let seen = on_a_terminal(&home, "REJOIN usage --json --no-cache 2>errors");
    assert!(seen.starts_with('{'), "{seen:?}");
    assert_eq!(std::fs::read_to_string(home.path().join("errors")).unwrap(), "");
}

#[test]
fn what_is_read_at_once_needs_no_bar() {
    let home = Home::new();
    home.write("-p/a.jsonl", (1..200).map(response).collect::<String>());
    let seen = on_a_terminal(&home, "REJOIN usage --json --no-cache");
    assert!(seen.starts_with('{'), "{seen:?}");
}
