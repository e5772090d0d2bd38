//! Options of commands that carry a password without saying so.

use crate::bytes;

use super::{Secret, run, value};

/// The password given to the option whose name is from `start` to `end`, after a dash: `curl -u
/// user:password`, `mysql -ppassword`, `sshpass -p password`, `redis-cli -a password`.
pub(super) fn find(text: &[u8], start: usize, end: usize) -> Option<Secret> {
    let mut dash = start - 1;
    let long = dash > 0 && text[dash - 1] == b'-';
    dash -= usize::from(long);
    if dash > 0 && !text[dash - 1].is_ascii_whitespace() && !b"\"'[,".contains(&text[dash - 1]) {
        return None;
    }
    let option = &text[start..end];
    let argument =
        end + run(&text[end..text.len().min(end + 8)], |byte| b" =\"',\\".contains(&byte));
    // A quoted argument may hold spaces.
    let quote = text[end..argument].iter().find(|byte| b"\"'".contains(byte)).copied();
    let ends = |byte: u8| match quote {
        Some(quote) => byte == quote || byte == b'\\',
        None => byte.is_ascii_whitespace() || b"\"'`\\".contains(&byte),
    };
    let from = match (long, option) {
        (false, b"u" | b"U") | (true, b"user" | b"proxy") if follows(text, dash, &["curl"]) => {
            let mut at = argument;
            loop {
                match *text.get(at)? {
                    b':' => break at + 1,
                    byte if ends(byte) => return None,
                    _ => at += super::mark(text, at).unwrap_or(1),
                }
            }
        }
        (false, b"p") if follows(text, dash, &["sshpass", "docker login", "podman login"]) => {
            argument
        }
        (false, b"a") if follows(text, dash, &["redis-cli"]) => argument,
        (false, [b'p', _, ..]) if follows(text, dash, &["mysql", "mariadb"]) => start + 1,
        _ => return None,
    };
    let length = run(&text[from..], |byte| !ends(byte));
    let given = &text[from..from + length];
    (!value::is_placeholder(given)).then_some(Secret {
        start: from,
        end: from + length,
        kind: "password",
    })
}

/// Whether the option at `dash` is one of such a command: its line, with those that a backslash joins to
/// it, names the command before.
fn follows(text: &[u8], dash: usize, commands: &[&str]) -> bool {
    let mut start = dash;
    let least = dash.saturating_sub(512);
    while start > least && (text[start - 1] != b'\n' || start > 1 && text[start - 2] == b'\\') {
        start -= 1;
    }
    commands.iter().any(|name| bytes::find_part(name.as_bytes(), &text[start..dash]).is_some())
}
