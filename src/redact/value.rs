//! What a value looks like: a secret, or a stand-in for one.

use crate::bytes;

/// A value's characters, counted.
#[derive(Debug, Default)]
pub(super) struct Shape {
    pub(super) letters: usize,
    pub(super) upper: usize,
    pub(super) digits: usize,
    /// Punctuation other than joints.
    pub(super) symbols: usize,
    /// `-`, `_`, `.`, `/` and `:`, which join words into names.
    pub(super) joints: usize,
    pub(super) spaces: usize,
    /// Bytes beyond ASCII.
    pub(super) wide: usize,
    /// How often a digit follows a letter or the other way round.
    pub(super) changes: usize,
}

impl Shape {
    pub(super) fn of(value: &[u8]) -> Self {
        let mut shape = Self::default();
        let mut last = b' ';
        for &byte in value {
            match byte {
                b'0'..=b'9' => shape.digits += 1,
                b'A'..=b'Z' => {
                    shape.letters += 1;
                    shape.upper += 1;
                }
                b'a'..=b'z' => shape.letters += 1,
                b'-' | b'_' | b'.' | b'/' | b':' => shape.joints += 1,
                b' ' | b'\t' => shape.spaces += 1,
                0x80.. => shape.wide += 1,
                _ => shape.symbols += 1,
            }
            if byte.is_ascii_digit() && last.is_ascii_alphabetic()
                || byte.is_ascii_alphabetic() && last.is_ascii_digit()
            {
                shape.changes += 1;
            }
            last = byte;
        }
        shape
    }
}

/// Words that stand where a secret would: types, states, the names of secrets themselves.
static WORDS: &[&str] = &[
    "any",
    "bool",
    "boolean",
    "byte",
    "bytes",
    "changeme",
    "char",
    "default",
    "disabled",
    "empty",
    "enabled",
    "env",
    "example",
    "expired",
    "false",
    "file",
    "fixme",
    "function",
    "hidden",
    "input",
    "int",
    "integer",
    "invalid",
    "key",
    "keyring",
    "masked",
    "missing",
    "n/a",
    "na",
    "never",
    "nil",
    "no",
    "none",
    "null",
    "number",
    "object",
    "off",
    "on",
    "option",
    "optional",
    "pass",
    "passphrase",
    "passwd",
    "password",
    "placeholder",
    "prompt",
    "pw",
    "pwd",
    "read",
    "redacted",
    "removed",
    "required",
    "secret",
    "self",
    "set",
    "str",
    "string",
    "tbd",
    "test",
    "text",
    "this",
    "todo",
    "token",
    "true",
    "unchanged",
    "undefined",
    "unknown",
    "unset",
    "use",
    "user",
    "username",
    "valid",
    "value",
    "varchar",
    "void",
    "yes",
];

/// Whether a value stands for a secret rather than being one.
pub(super) fn is_placeholder(value: &[u8]) -> bool {
    let Some(&first) = value.first() else { return true };
    let last = value[value.len() - 1];
    let rest = &value[1..];
    match first {
        b'[' if value.starts_with(super::MARK) => return true,
        // `$NAME`, `$env:NAME`, `${NAME}`, `$(command)`
        b'$' if rest.first().is_none_or(|&byte| matches!(byte, b'{' | b'(')) => return true,
        b'$' if is_path(rest) => return true,
        b'%' if last == b'%' || matches!(rest.first(), Some(b's' | b'(' | b'd' | b'v')) => {
            return true;
        }
        b'<' | b'{' | b'(' => return true,
        b'[' if last == b']' => return true,
        b'@' | b'!' | b':' if !rest.is_empty() && rest.iter().all(u8::is_ascii_alphabetic) => {
            return true;
        }
        _ => {}
    }
    if value.len() > 2 && value.iter().all(|&byte| byte == first) || super::token::is_masked(value)
    {
        return true;
    }
    let holds = |part: &[u8]| bytes::find_part(part, value).is_some();
    if holds(b"${") || holds(b"{{") || holds(b"#{") || holds(b"$(") || holds(b"...") {
        return true;
    }
    if holds("…".as_bytes()) || holds("•".as_bytes()) {
        return true;
    }
    is_word(value) || is_stand_in(value) || is_reference(value)
}

fn is_word(value: &[u8]) -> bool {
    let mut lower = [0; 16];
    let Some(lower) = lower.get_mut(..value.len()) else { return false };
    lower.copy_from_slice(value);
    lower.make_ascii_lowercase();
    WORDS.binary_search_by(|word| word.as_bytes().cmp(lower)).is_ok()
}

/// `your-api-key`, `REPLACE_ME`, `dummy_token`, `example-secret`: words, of which one says so.
fn is_stand_in(value: &[u8]) -> bool {
    let shape = Shape::of(value);
    shape.symbols == 0
        && shape.digits <= 4
        && shape.changes <= 2
        && value.split(|byte| b"-_. /:".contains(byte)).any(|word| {
            [
                "your",
                "my",
                "here",
                "example",
                "placeholder",
                "changeme",
                "change",
                "replace",
                "insert",
                "dummy",
                "fake",
                "sample",
                "redacted",
                "todo",
                "enter",
                "goes",
                "some",
                "hidden",
                "xxx",
                "yourapikey",
                "yourtoken",
                "yourpassword",
                "yoursecret",
                "foo",
            ]
            .iter()
            .any(|stand_in| word.eq_ignore_ascii_case(stand_in.as_bytes()))
        })
        && (shape.joints > 0 || shape.spaces > 0 || value.len() > 6)
}

/// Where a secret is kept: a path, a URL, the name of an entry in a secret store.
fn is_reference(value: &[u8]) -> bool {
    if ["op://", "arn:", "vault:", "env:", "file:", "ref+", "ssm:", "keyring:", "projects/"]
        .iter()
        .any(|store| value.starts_with(store.as_bytes()))
    {
        return true;
    }
    let scheme = super::run(value, |byte| byte.is_ascii_alphabetic());
    if scheme > 1 && value[scheme..].starts_with(b"://") {
        return true;
    }
    let path = ["/", "./", "../", "~/"].iter().any(|root| value.starts_with(root.as_bytes()));
    path && value.split(|&byte| byte == b'/').all(|part| part.len() < 24 && !part.contains(&b'+'))
        && !value.ends_with(b"=")
}

/// `name`, `a.b_c`, `env:NAME`
fn is_path(value: &[u8]) -> bool {
    !value.is_empty()
        && (value[0].is_ascii_alphabetic() || value[0] == b'_')
        && value.iter().all(|&byte| super::is_word(byte) || b".:".contains(&byte))
}

/// What code puts in place of a value: a call, an index, a path, a reference.
pub(super) fn is_expression(value: &[u8]) -> bool {
    let (first, name) = match value {
        [b'&' | b'*' | b'!' | b'-' | b'+', rest @ ..] => (rest.first().copied(), rest),
        _ => (value.first().copied(), value),
    };
    if !first.is_some_and(|byte| byte.is_ascii_alphabetic() || byte == b'_') {
        return false;
    }
    let length = super::run(name, |byte| super::is_word(byte) || byte == b'.');
    let rest = &name[length..];
    name.len() < value.len() && rest.is_empty()
        || ["(", "[", "::", "->", "?.", "<", "!("]
            .iter()
            .any(|mark| rest.starts_with(mark.as_bytes()))
        || length > 0 && rest.is_empty() && name.contains(&b'.') && is_name(name)
}

/// Whether a value is made of words: parts between joints that are letters with at most two digits
/// behind them, or short numbers.
pub(super) fn is_name(value: &[u8]) -> bool {
    let value = &value[super::run(value, |byte| byte == b'_')..];
    value.first().is_some_and(u8::is_ascii_alphabetic)
        && value.split(|byte| b"-_./:".contains(byte)).all(|part| {
            let letters = super::run(part, |byte| byte.is_ascii_alphabetic());
            let digits = part.len() - letters;
            part[letters..].iter().all(u8::is_ascii_digit)
                && (digits <= 2 || letters == 0 && digits <= 4)
                && letters < 24
        })
}

/// Whether the last word of a name says what it holds rather than being it: `db_password`,
/// `currentPassword`, `token_id`.
pub(super) fn ends_like_a_name(value: &[u8]) -> bool {
    let value =
        &value[..value.len() - value.iter().rev().take_while(|b| b.is_ascii_digit()).count()];
    [
        "password",
        "passwd",
        "pass",
        "pwd",
        "pw",
        "passphrase",
        "secret",
        "token",
        "key",
        "apikey",
        "credential",
        "credentials",
        "creds",
        "auth",
        "hash",
        "field",
        "input",
        "label",
        "name",
        "id",
        "type",
        "column",
        "file",
        "path",
        "value",
        "str",
        "string",
        "env",
        "var",
        "bytes",
    ]
    .iter()
    .any(|word| is_component(value, word.as_bytes()))
}

/// Whether a name ends in `word` as a word of its own: after a joint, in camel case, or being all of it.
pub(super) fn is_component(name: &[u8], word: &[u8]) -> bool {
    let Some(start) = name.len().checked_sub(word.len()) else { return false };
    let (before, last) = name.split_at(start);
    if !last.eq_ignore_ascii_case(word) {
        return false;
    }
    before.last().is_none_or(|&byte| {
        !byte.is_ascii_alphabetic() || byte.is_ascii_lowercase() && last[0].is_ascii_uppercase()
    })
}

/// `0x1f`, `8u32`
pub(super) fn is_number(value: &[u8]) -> bool {
    let value = value.strip_prefix(b"-").unwrap_or(value);
    if let Some(hex) = value.strip_prefix(b"0x").filter(|hex| hex.len() <= 16) {
        return hex.iter().all(u8::is_ascii_hexdigit);
    }
    let digits = super::run(value, |byte| byte.is_ascii_digit());
    let suffix = &value[digits..];
    digits > 0
        && (is_technical(suffix) || matches!(suffix, b"u" | b"L" | b"UL" | b"usize" | b"isize"))
}

/// `SOME_NAME`, the name of a constant.
pub(super) fn is_constant(value: &[u8]) -> bool {
    value.contains(&b'_')
        && value
            .iter()
            .all(|&byte| byte == b'_' || byte.is_ascii_uppercase() || byte.is_ascii_digit())
}

/// Whether a value can hardly be anything but drawn at random.
pub(super) fn is_random(value: &[u8]) -> bool {
    let shape = Shape::of(value);
    value.len() >= 16
        && shape.spaces == 0
        && shape.wide == 0
        && shape.digits >= 2
        && shape.letters >= 2
        && shape.changes >= 4
        && !is_uuid(value)
        && !is_name(value)
}

/// 8-4-4-4-12 hexadecimal digits.
pub(super) fn is_uuid(value: &[u8]) -> bool {
    value.len() == 36
        && value.iter().enumerate().all(|(at, byte)| match at {
            8 | 13 | 18 | 23 => *byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        })
}

/// Names of types and algorithms that look like a short password.
pub(super) fn is_technical(value: &[u8]) -> bool {
    let letters = super::run(value, |byte| byte.is_ascii_alphabetic());
    let (word, digits) = value.split_at(letters);
    !digits.is_empty()
        && digits.iter().all(u8::is_ascii_digit)
        && [
            "i", "u", "f", "v", "vec", "int", "uint", "float", "utf", "char", "sha", "md", "base",
            "aes", "rsa", "ed", "hmac", "argon", "pbkdf", "oauth", "ascii", "blake", "rs", "hs",
            "es", "ps",
        ]
        .iter()
        .any(|name| word.eq_ignore_ascii_case(name.as_bytes()))
}

/// Whether several words are a passphrase rather than a label or a sentence.
pub(super) fn is_passphrase(value: &[u8]) -> bool {
    let mut words = 0;
    for word in value.split(|&byte| byte == b' ') {
        words += 1;
        let plain = word.iter().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit());
        let common = [
            "",
            "a",
            "an",
            "and",
            "are",
            "at",
            "be",
            "by",
            "can",
            "do",
            "enter",
            "for",
            "forgot",
            "from",
            "in",
            "is",
            "it",
            "must",
            "no",
            "not",
            "of",
            "on",
            "or",
            "please",
            "required",
            "should",
            "that",
            "the",
            "this",
            "to",
            "was",
            "with",
            "your",
            "password",
            "passphrase",
        ];
        if !plain || common.iter().any(|one| one.as_bytes() == word) {
            return false;
        }
    }
    words >= 3
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_words_are_sorted() {
        assert!(super::WORDS.is_sorted());
    }
}
