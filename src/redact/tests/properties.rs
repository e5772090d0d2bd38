//! Any text comes through, in time, and settles at once.

use std::time::{Duration, Instant};

use proptest::prelude::*;

use super::super::{Look, Words, is_plain, look};
use super::redact;

/// Text made of the pieces that the rules look for.
fn pieces() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        prop::sample::select(vec![
            "password",
            "PASSWORD",
            "token",
            "_TOKEN",
            "api_key",
            "api key",
            "secret",
            "Authorization",
            "Bearer",
            "bearer ",
            "Basic",
            "name",
            "value",
            "login ",
            "machine ",
            "curl ",
            "mysql ",
            "-u ",
            "-p",
            "--password ",
            "--",
            "-",
            "=",
            "==",
            ":",
            ": ",
            " = ",
            "=>",
            ":=",
            "?=",
            "%3D",
            ">",
            "<",
            "(",
            ")",
            "[",
            "]",
            "{",
            "}",
            ",",
            ";",
            "&",
            "\"",
            "'",
            "`",
            "\\",
            "\\\"",
            "\n",
            "\r\n",
            " ",
            "\t",
            ".",
            "/",
            "@",
            "://",
            "postgres://",
            "https://",
            "**",
            "$",
            "${",
            "#",
            "!",
            "|",
            "sk-",
            "sk-ant-",
            "ghp_",
            "AKIA",
            "eyJ",
            "eyJhbGci",
            "SG.",
            "xoxb-",
            "npm_",
            "AIza",
            "bot",
            "-----BEGIN PRIVATE KEY-----",
            "-----END PRIVATE KEY-----",
            "-----",
            "BEGIN ",
            "END",
            "[redacted:",
            "[redacted:token]",
            "redacted",
            "hunter2",
            "a1B2c3D4e5F6g7H8",
            "0123456789",
            "abcdef",
            "xxxx",
            "ABCDEFGHIJKLMNOP",
            "\u{1b}[31m",
            "31m",
            "\\n",
            "é",
            "→",
            "🦀",
            "x",
            "1",
            "is ",
            "was ",
            "PROD",
            "_",
            "r#\"",
            "f\"",
            "\"\"\"",
        ])
        .prop_map(str::to_owned),
        "[A-Za-z0-9]{1,24}",
        "\\PC{0,3}",
    ];
    prop::collection::vec(piece, 0..24).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4096, failure_persistence: None, ..Default::default() })]

    #[test]
    fn redacting_twice_is_redacting_once(text in pieces()) {
        let once = redact(&text);
        prop_assert_eq!(redact(&once), &*once, "of {:?}", text);
    }

    #[test]
    fn any_text_comes_through(text in "(?s).{0,200}") {
        let once = redact(&text);
        prop_assert_eq!(redact(&once), &*once);
    }
}

proptest! {
    /// What is passed over has nothing to be found in it.
    #[test]
    fn a_plain_word_is_nothing_to_look_at(
        text in "([ -\\[;%\\\\](password|TOKEN|api_key|pw|n|m|rate|x)?[0-9_]{0,3}(=|: |-|/|[.]| )(a1B2c3D4e5F6g7H8|hunter2 )?){1,4}",
    ) {
        let (bytes, mut words, mut at) = (text.as_bytes(), Words::of(text.as_bytes()), 0);
        while let Some((start, end)) = words.next(at) {
            let plain = is_plain(bytes, start, end);
            prop_assert!(!plain || matches!(look(bytes, start, end), Look::Nothing), "{start} in {text:?}");
            at = end;
        }
    }
}

#[test]
fn no_text_takes_long() {
    let long = 32 * 1024;
    for piece in [
        "token=",
        "password: ",
        "token=\"",
        "password='\\\"",
        "\"token\":",
        "a://",
        "https://u:",
        "eyJ",
        "sk-",
        "eyJaaaaaaaaaa-",
        "eyJaaaaaaaaaaaa.",
        "sk-ant-",
        "xoxb-",
        "ghp_",
        "-----BEGIN PRIVATE KEY-----",
        "-----BEGIN PRIVATE KEY-----\n",
        "curl -u ",
        "-u ",
        "-p -",
        "Authorization:",
        "Authorization: Bearer ",
        "bearer ",
        "[redacted:",
        "api key ",
        "\\",
        "\\\"token\\\":\\\"",
        "name: TOKEN\n value:",
        "a",
        " ",
        "1:",
        "_PROD",
        "TOKEN_PROD=",
        "%3D",
        "12345678:",
        "SG.aaaaaaaaaaaaaaaa.",
        "/",
        "token,",
        "1//0",
        "password is ",
        "machine login password ",
        "x1@",
        "https://hooks.slack.com/services/",
    ] {
        let text = piece.repeat(long / piece.len());
        let start = spent();
        assert!(redact(&text).len() <= 8 * text.len());
        let took = spent().saturating_sub(start);
        // A fifth of that is the worst without optimisation; quadratic time takes several times as long.
        assert!(took < Duration::from_secs(2), "{piece:?}: {took:?}");
    }
}

/// What this thread has spent so far: processor time where the system tells it, so that a busy machine
/// does not count.
#[allow(clippy::disallowed_methods)]
fn spent() -> Duration {
    static START: std::sync::LazyLock<Instant> = std::sync::LazyLock::new(Instant::now);
    let told = std::fs::read_to_string("/proc/thread-self/schedstat").ok();
    let nanos = told.and_then(|t| t.split_whitespace().next()?.parse().ok());
    nanos.map_or_else(|| START.elapsed(), Duration::from_nanos)
}
