//! Names that say that a secret follows.

use super::value::is_component;

/// A name of a secret.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Key {
    pub(super) class: Class,
    /// What the mark says.
    pub(super) kind: &'static str,
    /// Written in capitals, as environment variables are: what follows is a value, hardly ever code.
    pub(super) loud: bool,
    /// Where it begins, with the parts before the last joint.
    pub(super) start: usize,
}

/// How much a name says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Class {
    /// What people make up: any word can be one.
    Password,
    /// What machines make up, by a name that means nothing else: `client_secret`, `api_key`.
    Strong,
    /// By a name that means many things: `token`, `secret`, `auth`.
    Weak,
    /// By a name that means nothing without its value: `SOME_KEY`.
    Faint,
    /// The header.
    Authorization,
}

/// The last two letters of the words that [`may_be`] lets through, by their low five bits.
const ENDS: [bool; 1024] = {
    let pairs: [&[u8; 2]; 18] = [
        b"rd", b"rt", b"wd", b"et", b"er", b"en", b"ey", b"th", b"at", b"ig", b"pw", b"se", b"ss",
        b"on", b"de", b"al", b"ls", b"ds",
    ];
    let mut table = [false; 1024];
    let mut at = 0;
    while at < pairs.len() {
        table[pair(pairs[at][0], pairs[at][1])] = true;
        at += 1;
    }
    table
};

const fn pair(first: u8, last: u8) -> usize {
    ((first as usize & 31) << 5) | (last as usize & 31)
}

/// Whether a word with these last two bytes can be none of [`may_be`]'s; quicker to tell.
pub(super) fn is_other(first: u8, last: u8) -> bool {
    last.is_ascii_lowercase() && !ENDS[pair(first, last)]
}

/// Whether a word ends as the name of a secret does, in three comparisons.
pub(super) fn may_be(word: &[u8]) -> bool {
    let mut length = word.len();
    while length > 0 && (word[length - 1].is_ascii_digit() || word[length - 1] == b'_') {
        length -= 1;
    }
    let [.., a, b, c] = word[..length] else { return word[..length].eq_ignore_ascii_case(b"pw") };
    match [a | 32, b | 32, c | 32] {
        [b'o', b'r', b'd' | b't']
        | [b's' | b'p', b'w', b'd']
        | [b'r', b'e', b't' | b'r']
        | [b'k', b'e', b'n' | b'y']
        | [b'u', b't', b'h']
        | [b'p', b'a', b't']
        | [b's', b'i', b'g']
        | [127, b'p', b'w']
        | [b'a', b's', b'e' | b's']
        | [b'i', b'o', b'n']
        | [b'o', b'd', b'e'] => true,
        [b'i', b'a', b'l'] | [b'a', b'l', b's'] | [b'e', b'd', b's'] => length >= 5,
        _ => c.is_ascii_uppercase() && SUFFIXES.iter().any(|suffix| ends(&word[..length], suffix)),
    }
}

/// What follows the name proper in an environment variable.
static SUFFIXES: &[&str] = &[
    "_PROD",
    "_PRODUCTION",
    "_DEV",
    "_TEST",
    "_STAGING",
    "_LIVE",
    "_BASE",
    "_OLD",
    "_NEW",
    "_VALUE",
    "_LOCAL",
    "_DEFAULT",
];

/// Names without joints, in small letters.
static STRONG: &[&str] = &[
    "apikey",
    "apisecret",
    "appsecret",
    "appkey",
    "clientsecret",
    "consumersecret",
    "consumerkey",
    "secretkey",
    "secretaccesskey",
    "accesskey",
    "sharedaccesskey",
    "accountkey",
    "storagekey",
    "privatekey",
    "signingkey",
    "signingsecret",
    "encryptionkey",
    "masterkey",
    "authkey",
    "sharedkey",
    "sessionsecret",
    "webhooksecret",
    "jwtsecret",
    "hmackey",
    "servicekey",
    "servicerolekey",
    "secretkeybase",
    "accesstoken",
    "authtoken",
    "refreshtoken",
    "apitoken",
    "bottoken",
    "bearertoken",
    "sessiontoken",
    "vaulttoken",
    "privatetoken",
    "githubtoken",
    "ghtoken",
    "npmtoken",
    "deploytoken",
    "logintoken",
];

/// What makes a token of another kind: of a text, of a list.
static OTHER_TOKENS: &[&str] = &[
    "next",
    "page",
    "continuation",
    "cancellation",
    "cancel",
    "eos",
    "bos",
    "pad",
    "unk",
    "sep",
    "cls",
    "mask",
    "stop",
    "special",
    "image",
    "per",
    "current",
    "first",
    "last",
    "prev",
    "previous",
    "max",
    "min",
    "num",
    "start",
    "end",
    "sync",
    "peek",
    "lex",
    "parse",
];

/// What makes a key of another kind.
static OTHER_KEYS: &[&str] = &[
    "public",
    "cache",
    "primary",
    "partition",
    "sort",
    "foreign",
    "idempotency",
    "host",
    "routing",
    "publishable",
    "hot",
    "registry",
    "dedupe",
    "lookup",
];

fn ends(name: &[u8], suffix: &str) -> bool {
    name.len() >= suffix.len()
        && name[name.len() - suffix.len()..].eq_ignore_ascii_case(suffix.as_bytes())
}

impl Key {
    /// The name whose last word is from `start` to `end`.
    pub(super) fn find(text: &[u8], start: usize, end: usize) -> Option<Self> {
        let joint = |byte: &u8| super::is_word(*byte) || matches!(byte, b'-' | b'.');
        let from = start.saturating_sub(48);
        let begin = start - text[from..start].iter().rev().take_while(|byte| joint(byte)).count();
        let word = trimmed(&text[start..end]);
        let loud = word.iter().all(|byte| !byte.is_ascii_lowercase());
        let mut buffer = [0; 64];
        let name = condensed(&mut buffer, trimmed(&text[begin..end]));
        // "API key", in prose.
        let mut prose = [0; 64];
        let spaced = name == b"key" && start > 0 && text[start - 1] == b' ';
        let name = if spaced { condensed(&mut prose, &text[from..end]) } else { name };
        let (class, kind) = classify(name, word, loud, text[..start].last().copied())?;
        // `AWS::IAM::AccessKey`, `arn:aws:secretsmanager:…:secret:name`: parts of a longer name.
        let before = &text[..begin];
        if before.ends_with(b"::") || class == Class::Weak && before.ends_with(b":") && !loud {
            return None;
        }
        Some(Self { class, kind, loud: loud && word.len() > 2, start: begin })
    }
}

/// A word without a number or the name of an environment behind it.
fn trimmed(word: &[u8]) -> &[u8] {
    let strip = |word: &mut &[u8]| {
        while let [rest @ .., last] = word
            && (last.is_ascii_digit() || *last == b'_')
        {
            *word = rest;
        }
    };
    let mut word = word;
    strip(&mut word);
    if let Some(suffix) = SUFFIXES.iter().find(|suffix| word.ends_with(suffix.as_bytes())) {
        word = &word[..word.len() - suffix.len()];
        strip(&mut word);
    }
    word
}

/// The last letters and digits of a name, in small letters.
fn condensed<'a>(buffer: &'a mut [u8; 64], name: &[u8]) -> &'a [u8] {
    let mut length = 0;
    let from = name.len().saturating_sub(64);
    for byte in name[from..].iter().filter(|byte| byte.is_ascii_alphanumeric()) {
        buffer[length] = byte.to_ascii_lowercase();
        length += 1;
    }
    &buffer[..length]
}

fn classify(
    name: &[u8],
    word: &[u8],
    loud: bool,
    before: Option<u8>,
) -> Option<(Class, &'static str)> {
    let ends = |suffix: &str| name.ends_with(suffix.as_bytes());
    let component = |suffix: &str| is_component(word, suffix.as_bytes());
    if ["password", "passwd", "pwd", "passphrase", "passwort", "passcode"]
        .iter()
        .any(|one| ends(one))
        || component("pass")
        || component("pw")
    {
        return Some((Class::Password, "password"));
    }
    if word.eq_ignore_ascii_case(b"authorization") || component("authorization") && loud {
        return Some((Class::Authorization, "auth"));
    }
    if let Some(strong) = STRONG.iter().find(|one| ends(one)) {
        let kind = match strong {
            _ if strong.ends_with("token") => "token",
            _ if strong.ends_with("secret") => "secret",
            _ => "key",
        };
        return Some((Class::Strong, kind));
    }
    if component("token") {
        let rest = &name[..name.len() - "token".len()];
        let other = OTHER_TOKENS.iter().any(|other| rest.ends_with(other.as_bytes()));
        return (!other).then_some((Class::Weak, "token"));
    }
    if ends("secret") || ends("credential") || ends("credentials") || component("creds") {
        return Some((Class::Weak, "secret"));
    }
    if name == b"auth" && !loud {
        return Some((Class::Weak, "auth"));
    }
    if component("pat") && loud || word == b"sig" && matches!(before, Some(b'?' | b'&')) {
        return Some((Class::Faint, "token"));
    }
    if loud && component("key") {
        let rest = &name[..name.len() - "key".len()];
        let other =
            rest.is_empty() || OTHER_KEYS.iter().any(|other| rest.ends_with(other.as_bytes()));
        return (!other).then_some((Class::Faint, "key"));
    }
    None
}

#[cfg(test)]
mod tests {
    use super::{Class, Key, is_other, may_be};

    fn class(text: &str) -> Option<Class> {
        let end = text.len();
        let start = text.rfind(|c: char| !super::super::is_word(c as u8)).map_or(0, |at| at + 1);
        may_be(&text.as_bytes()[start..])
            .then(|| Key::find(text.as_bytes(), start, end))?
            .map(|key| key.class)
    }

    #[test]
    fn names_of_secrets_are_known_in_every_spelling() {
        for (name, expected) in [
            ("password", Class::Password),
            ("DB_PASSWORD", Class::Password),
            ("PGPASSWORD", Class::Password),
            ("spring.datasource.password", Class::Password),
            ("userPassword2", Class::Password),
            ("MYSQL_PWD", Class::Password),
            ("smtp_pass", Class::Password),
            ("api key", Class::Strong),
            ("x-api-key", Class::Strong),
            ("OPENAI_API_KEY_PROD", Class::Strong),
            ("clientSecret", Class::Strong),
            ("SECRET_KEY_BASE", Class::Strong),
            ("aws_secret_access_key", Class::Strong),
            ("//host.example/:_authToken", Class::Strong),
            ("AccountKey", Class::Strong),
            ("token", Class::Weak),
            ("TELEGRAM_TOKEN_1", Class::Weak),
            ("csrfToken", Class::Weak),
            ("secret", Class::Weak),
            ("_auth", Class::Weak),
            ("STRIPE_KEY", Class::Faint),
            ("GITLAB_PAT", Class::Faint),
            ("Proxy-Authorization", Class::Authorization),
        ] {
            assert_eq!(class(name), Some(expected), "{name}");
        }
    }

    #[test]
    fn the_quick_look_agrees() {
        for first in b'A'..=b'z' {
            for middle in b'A'..=b'z' {
                for last in b'A'..=b'z' {
                    let word = [b'x', b'_', first, middle, last];
                    assert!(!may_be(&word) || !is_other(middle, last), "{word:?}");
                }
            }
        }
        assert!(!is_other(b'p', b'w') && is_other(b'o', b'f'));
    }

    #[test]
    fn other_names_are_not() {
        for name in [
            "max_tokens",
            "token_count",
            "tokens",
            "secret_name",
            "secretName",
            "password_hash",
            "tokenizer",
            "next_token",
            "nextPageToken",
            "pad_token",
            "jsonwebtoken",
            "key",
            "monkey",
            "public_key",
            "CACHE_KEY",
            "cache_key",
            "word",
            "class",
            "bypass",
            "database",
            "author",
            "integrity",
            "authentication",
            "compat",
            "design",
            "pathspec",
            "code",
            "version",
        ] {
            assert_eq!(class(name), None, "{name}");
        }
    }
}
