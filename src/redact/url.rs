//! Passwords in URLs.

use super::{Secret, run, value};
use crate::bytes;

/// The secret in the URL whose scheme is from `start` to `end`: the password of `user:password@`, a long
/// random user without one, or the path of a web hook.
pub(super) fn find(text: &[u8], start: usize, end: usize) -> Option<Secret> {
    let after = &text[end + 1..];
    let slashes = run(&after[..after.len().min(8)], |byte| matches!(byte, b'/' | b'\\'));
    if after[..slashes].split(|&byte| byte == b'/').count() != 3 {
        return None;
    }
    let first = end + 1 + slashes;
    let rest = &text[first..text.len().min(first + 512)];
    let rest =
        &rest[..run(rest, |byte| !byte.is_ascii_whitespace() && !b"\"'`<>\\".contains(&byte))];
    let host = run(rest, |byte| !matches!(byte, b'/' | b'?' | b'#'));
    if rest.starts_with(super::MARK) {
        return None;
    }
    if let Some(secret) = web_hook(&rest[..host], &rest[host..]) {
        let start = first + host + secret.0;
        return Some(Secret { start, end: first + host + secret.1, kind: "webhook" });
    }
    let web = matches!(&text[start..end], b"http" | b"https" | b"ws" | b"wss" | b"file");
    let at = match bytes::find_last(b'@', &rest[..host]) {
        Some(at) => at,
        // A password of a database may hold a slash that nobody escaped; a port may not.
        None if web || has_port(&rest[..host]) => return None,
        None => bytes::find_last(b'@', rest)?,
    };
    let (from, kind) = match bytes::find(b':', &rest[..at]) {
        Some(colon) => (colon + 1, "password"),
        None if value::is_random(&rest[..at]) && at >= 20 => (0, "token"),
        None => return None,
    };
    let password = &rest[from..at];
    (!value::is_placeholder(password)).then_some(Secret {
        start: first + from,
        end: first + at,
        kind,
    })
}

fn has_port(host: &[u8]) -> bool {
    match bytes::find(b':', host) {
        Some(colon) => host[colon + 1..].iter().all(u8::is_ascii_digit),
        None => true,
    }
}

/// Paths that are a secret as a whole, from where to where.
fn web_hook(host: &[u8], path: &[u8]) -> Option<(usize, usize)> {
    let base: &[u8] = match host {
        b"hooks.slack.com" => b"/services/",
        b"discord.com" | b"discordapp.com" => b"/api/webhooks/",
        _ => return None,
    };
    let secret = path.strip_prefix(base)?;
    let length = run(secret, |byte| super::is_word(byte) || matches!(byte, b'/' | b'-'));
    (length >= 20).then_some((base.len(), base.len() + length))
}
