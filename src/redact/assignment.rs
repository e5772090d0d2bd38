//! Secrets that are given to a name: in code, configuration, headers and command lines.

use super::given::{Given, SAMPLE};
use super::key::{Class, Key};
use super::value::{self, Shape};
use super::{Secret, run};
use crate::bytes;

/// What stands between a name and its value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Between {
    /// `=` without space, as in a shell, a query or a connection string.
    Tight,
    /// `=`, `:=`, `=>` and their like.
    Equals,
    Colon,
    /// `==`: code that compares.
    Compares,
    /// `password("…")`, `"password", "…"`
    Call,
    /// `<password>`
    Tag,
    /// Nothing but space: an option of a command, or prose.
    Space,
}

/// The secret given to the name whose last word is from `start` to `end`.
pub(super) fn find(text: &[u8], start: usize, end: usize) -> Option<Secret> {
    if text[start..end].eq_ignore_ascii_case(b"bearer") {
        return bearer(text, end);
    }
    let (between, at) = between(text, start, end)?;
    let key = Key::find(text, start, end)?;
    if between == Between::Space {
        return spaced(text, &key, end);
    }
    let given = Given::at(text, at);
    if key.class == Class::Authorization {
        return header(text, &given);
    }
    let secret = if given.quoted {
        is_quoted_secret(&key, between, given.sample(text))
    } else if between == Between::Tag {
        text[given.end..].starts_with(b"</") && is_quoted_secret(&key, between, given.sample(text))
    } else {
        is_bare_secret(text, &key, between, &given)
    };
    if secret {
        return Some(Secret { start: given.start, end: given.whole(text), kind: key.kind });
    }
    if given.quoted || text[given.start..].starts_with(super::MARK) {
        return None;
    }
    literal(text, &key, between, &given)
}

/// What follows a name, and where the value begins.
fn between(text: &[u8], start: usize, end: usize) -> Option<(Between, usize)> {
    let slashes = run(&text[end..], |byte| byte == b'\\');
    let quoted = text.get(end + slashes).is_some_and(|byte| b"\"'`".contains(byte));
    let mut at = if quoted { end + slashes + 1 } else { end };
    // `"password"]`, `**password**`
    at += run(&text[at..text.len().min(at + 2)], |byte| byte == b'*' || quoted && byte == b']');
    let space = run(&text[at..], |byte| matches!(byte, b' ' | b'\t'));
    at += space;
    let rest = &text[at..];
    let starts = |mark: &str| rest.starts_with(mark.as_bytes());
    let tight = space == 0 && rest.get(1).is_some_and(|byte| !byte.is_ascii_whitespace());
    let found = match rest.first()? {
        b'=' if starts("=>") => (Between::Equals, 2),
        b'=' if starts("==") => (Between::Compares, run(rest, |byte| byte == b'=')),
        b'=' if tight => (Between::Tight, 1),
        b'=' => (Between::Equals, 1),
        b':' if starts("::") || starts("://") => return None,
        b':' if starts(":=") => (Between::Equals, 2),
        b':' => (Between::Colon, 1),
        b'!' if starts("!=") => (Between::Compares, 1 + run(&rest[1..], |byte| byte == b'=')),
        b'?' if starts("?=") => (Between::Equals, 2),
        b'?' if starts("??=") => (Between::Equals, 3),
        b'|' if starts("||=") => (Between::Equals, 3),
        b'+' if starts("+=") => (Between::Equals, 2),
        b'%' if starts("%3D") || starts("%3d") => (Between::Tight, 3),
        b'>' if start > 0 && text[start - 1] == b'<' => (Between::Tag, 1),
        b'(' if !quoted && space == 0 => (Between::Call, 1),
        b',' | b'\n' | b'\r' if let Some(value) = named(text, start, at) => {
            return Some((Between::Colon, value));
        }
        _ if quoted && space > 0 && starts("value=") => (Between::Colon, 6),
        b',' if quoted => (Between::Call, 1),
        _ if space > 0 && !quoted => (Between::Space, 0),
        _ => return None,
    };
    Some((found.0, at + found.1))
}

/// Where the value begins of `name: PASSWORD` with `value:` in the next line, or of both in an object.
fn named<'a>(text: &'a [u8], start: usize, at: usize) -> Option<usize> {
    let unquoted = |name: &'a [u8]| {
        let name = name.trim_ascii_end();
        name.strip_suffix(b"\"").or(name.strip_suffix(b"'")).unwrap_or(name).trim_ascii_end()
    };
    let before = unquoted(unquoted(&text[start.saturating_sub(64)..start]).strip_suffix(b":")?);
    let last = &before[before.len().saturating_sub(4)..];
    if !last.eq_ignore_ascii_case(b"name") && !last.to_ascii_lowercase().ends_with(b"key") {
        return None;
    }
    let skip = |at: usize, bytes: &[u8]| {
        at + run(&text[at..text.len().min(at + 64)], |byte| bytes.contains(&byte))
    };
    let at = skip(at, b", \t\r\n\"'");
    let rest = text.get(at..at + 5).filter(|word| word.eq_ignore_ascii_case(b"value"))?;
    let at = skip(at + rest.len(), b"\"' \t");
    (text.get(at) == Some(&b':')).then_some(at + 1)
}

fn is_quoted_secret(key: &Key, between: Between, value: &[u8]) -> bool {
    if value.len() < 3 || value::is_placeholder(value) {
        return false;
    }
    let shape = Shape::of(value);
    if shape.spaces > 0 {
        return key.class == Class::Password && value::is_passphrase(value);
    }
    let compares = matches!(between, Between::Compares | Between::Call);
    match key.class {
        Class::Password if compares => {
            value.len() >= 6 && shape.digits > 0 && shape.letters > 0 && !value::is_technical(value)
        }
        Class::Password => {
            let label = shape.digits + shape.symbols == 0
                && (shape.wide > 0
                    || value[0].is_ascii_uppercase() && shape.upper == 1
                    || value::ends_like_a_name(value));
            let number = shape.letters + shape.symbols + shape.wide == 0;
            !label && (!number || value.len() >= 4)
        }
        Class::Faint => value::is_random(value),
        Class::Authorization => false,
        _ if shape.letters == 0 || value.len() < 6 => false,
        // The name of a variable or header that is told to code.
        _ if key.loud && between != Between::Tight && shape.joints > 0 && shape.digits == 0 => {
            !value::is_constant(value) && !value::ends_like_a_name(value)
        }
        _ if key.loud && !compares => true,
        Class::Strong if !compares => {
            value.len() >= 8 && !(value::is_name(value) && (shape.joints > 0 || value.len() < 20))
        }
        _ => is_made_by_machine(value, &shape),
    }
}

/// Long enough, of letters and digits, and not a name with a number.
fn is_made_by_machine(value: &[u8], shape: &Shape) -> bool {
    value.len() >= 8
        && shape.digits > 0
        && shape.letters > 0
        && shape.spaces == 0
        && (value.len() >= 12 || shape.changes >= 3)
        && !value::is_name(value)
        && !value::is_technical(value)
}

fn is_bare_secret(text: &[u8], key: &Key, between: Between, given: &Given) -> bool {
    let value = given.sample(text);
    let (loud, tight) = (key.loud, between == Between::Tight);
    if matches!(between, Between::Compares | Between::Call)
        || value.len() < 3
        || value::is_placeholder(value)
        || matches!(value[0], b'[' | b'|' | b'>' | b')' | b',' | b';')
        || value[0] == b'!' && !tight
        || value::is_expression(value)
        || value::is_number(value)
        || !tight && value::is_constant(value)
        || value::ends_like_a_name(value) && !(tight && loud)
        || between == Between::Colon && given.is_type(text)
    {
        return false;
    }
    let shape = Shape::of(value);
    // Variables are followed by what code has behind them.
    let code = matches!(given.next(text), b',' | b')' | b';' | b'}' | b']');
    let words = shape.digits + shape.symbols + shape.wide == 0;
    let ends_line = given.ends_line(text);
    match key.class {
        Class::Password if shape.letters + shape.wide == 0 => {
            shape.digits >= 4 && shape.joints == 0 && (tight || ends_line || shape.symbols > 0)
        }
        Class::Password if loud => {
            tight || ends_line && (!words || begins_line(text, key.start)) || shape.symbols > 0
        }
        Class::Password if words && shape.joints == 0 => {
            tight && !(code && given.next(text) != b';') && value.len() >= 4
        }
        Class::Password if words => {
            value.len() >= 16 && value.contains(&b'-') || tight && !value.contains(&b'.') && !code
        }
        Class::Password if value::is_technical(value) => false,
        Class::Password if shape.symbols > 0 && shape.digits == 0 && !tight => {
            value.len() >= 6 && value.iter().any(|byte| b"!@#$%^&*".contains(byte)) && !code
        }
        Class::Password => value.len() >= 6 || tight && value.len() >= 4 && !code,
        Class::Faint => value::is_random(value),
        Class::Authorization => false,
        _ if shape.letters == 0 => false,
        _ if loud && (tight || ends_line && begins_line(text, key.start)) => {
            value.len() >= if words { 8 } else { 6 }
        }
        Class::Strong if !code => {
            is_made_by_machine(value, &shape)
                || value.len() >= 8 && shape.digits > 0 && !value::is_name(value)
                || tight && value.len() >= 20 && !value::is_name(value)
        }
        _ if code => value::is_random(value),
        _ => is_made_by_machine(value, &shape),
    }
}

/// Whether nothing but a mark, a quote or a shell's `export` stands before a name on its line.
fn begins_line(text: &[u8], start: usize) -> bool {
    let before = &text[start.saturating_sub(32)..start];
    let line = bytes::find_last(b'\n', before).map_or(before, |end| &before[end + 1..]);
    if line.len() == 32 {
        return false;
    }
    let line = line.trim_ascii();
    let line = line.strip_prefix(b"-").unwrap_or(line).trim_ascii_start();
    [
        "", "export", "set", "setx", "ENV", "ARG", "-e", "e", "+", "\"", "'", "#", ">", "env:",
        "$env:",
    ]
    .iter()
    .any(|word| word.as_bytes() == line)
}

/// The literal that a secret's name is given in the end: behind a type, in a call, after `||`.
fn literal(text: &[u8], key: &Key, between: Between, given: &Given) -> Option<Secret> {
    if !matches!(between, Between::Tight | Between::Equals | Between::Colon) || given.more {
        return None;
    }
    let line = &text[given.start..text.len().min(given.start + 160)];
    let line = &line[..run(line, |byte| byte != b'\n')];
    let quote = line.iter().position(|byte| b"\"'".contains(byte))?;
    let value = Given::at(text, given.start + quote);
    let sample = value.sample(text);
    // `password: str = "…"`
    let before = line[..quote].trim_ascii_end();
    let typed = between == Between::Colon && before.ends_with(b"=") && !before.contains(&b',');
    let secret = if typed {
        is_quoted_secret(key, Between::Equals, sample)
    } else {
        value::is_random(sample) && !sample.iter().all(u8::is_ascii_hexdigit)
    };
    secret.then_some(Secret { start: value.start, end: value.end, kind: key.kind })
}

/// `--password secret`, `the password is secret`, `login me password secret`
fn spaced(text: &[u8], key: &Key, end: usize) -> Option<Secret> {
    let at = end + run(&text[end..], |byte| matches!(byte, b' ' | b'\t'));
    let option = text[key.start] == b'-';
    if key.class == Class::Password && !option && end - key.start <= "pass".len() {
        return None;
    }
    let told =
        ["is ", "was ", "is: ", "= "].iter().find(|word| text[at..].starts_with(word.as_bytes()));
    let given = Given::at(text, at + told.map_or(0, |word| word.len()));
    let value = given.sample(text);
    if value.len() < 4
        || value[0] == b'-'
        || value::is_placeholder(value)
        || value::is_expression(value)
    {
        return None;
    }
    let shape = Shape::of(value);
    let mixed = shape.digits > 0 && shape.letters > 0;
    let secret = match key.class {
        _ if shape.spaces > 0 => false,
        Class::Authorization => false,
        Class::Password if option => {
            given.quoted || shape.digits + shape.symbols + shape.upper > 0 || value.len() >= 12
        }
        Class::Password if told.is_some() => {
            value.len() >= 6
                && mixed
                && (given.quoted || shape.symbols + shape.upper > 0 || !value::is_name(value))
        }
        Class::Password if is_netrc(text, key.start) => true,
        Class::Strong | Class::Weak if option => {
            value.len() >= 8 && mixed && !value::is_name(value) && !value::is_uuid(value)
        }
        Class::Strong if value.len() >= 30 => shape.upper > 0 && mixed && !value::is_name(value),
        _ => value::is_random(value),
    };
    secret.then_some(Secret { start: given.start, end: given.whole(text), kind: key.kind })
}

/// Whether a line of a `.netrc` comes before: `machine host login name`.
fn is_netrc(text: &[u8], start: usize) -> bool {
    let before = &text[start.saturating_sub(128)..start];
    bytes::find_part(b"login ", before).is_some() && bytes::find_part(b"machine ", before).is_some()
}

/// The credentials in a header: what follows the scheme, or all of it.
fn header(text: &[u8], given: &Given) -> Option<Secret> {
    let sample = given.start..text.len().min(given.start + SAMPLE);
    let scheme = run(&text[sample.clone()], |byte| super::is_word(byte) || byte == b'-');
    let space = run(&text[sample.start + scheme..sample.end], |byte| byte == b' ');
    let start = if space > 0 { sample.start + scheme + space } else { sample.start };
    let known = [
        "basic",
        "bearer",
        "token",
        "apikey",
        "api-key",
        "key",
        "jwt",
        "bot",
        "ssws",
        "negotiate",
        "ntlm",
    ];
    let scheme = &text[sample.start..sample.start + scheme];
    if space > 0 && known.iter().any(|one| scheme.eq_ignore_ascii_case(one.as_bytes())) {
        credentials(text, start, |value, shape| {
            value.len() >= 6 && shape.digits + shape.upper + shape.symbols > 0
        })
    } else {
        credentials(text, start, is_made_by_machine)
    }
}

/// `Bearer` with a token, wherever it stands.
fn bearer(text: &[u8], end: usize) -> Option<Secret> {
    let space = run(&text[end..text.len().min(end + 4)], |byte| byte == b' ');
    let long = |value: &[u8], shape: &Shape| value.len() >= 16 && is_made_by_machine(value, shape);
    if space == 0 { None } else { credentials(text, end + space, long) }
}

/// The credentials that begin at `start`, if they look like some.
fn credentials(text: &[u8], start: usize, fits: fn(&[u8], &Shape) -> bool) -> Option<Secret> {
    let credential = |byte| super::is_word(byte) || b"-.~+/=:".contains(&byte);
    let sample = &text[start..text.len().min(start + SAMPLE)];
    let sample = &sample[..run(sample, credential)];
    let secret = fits(sample, &Shape::of(sample))
        && !value::is_placeholder(sample)
        && !value::is_expression(sample);
    let end = start + sample.len();
    secret.then(|| Secret { start, end: end + run(&text[end..], credential), kind: "auth" })
}
