//! Program, subcommand and class of one simple command, wrappers seen through.

use std::ops::Range;

use super::Class;
use super::class;
use super::programs::{self, Sub};
use super::shell::Word;
use super::wrappers::unwrap;

/// What [`of`] finds.
pub(super) struct Family {
    pub(super) name: String,
    pub(super) class: Class,
    /// The index of the first word after the family.
    pub(super) rest: usize,
    /// Words that are not shown: global options that only say where the program runs.
    pub(super) hidden: Range<usize>,
    pub(super) dir: Option<String>,
}

/// How a word brings a message.
pub(super) enum Takes<'a> {
    /// The next word is the message.
    Next,
    /// The word holds it: the flag, and the message.
    Here(&'a str, &'a str),
}

/// The flags of a family that take a message for people rather than for the program.
pub(super) fn message_flags(family: &str) -> &'static [&'static str] {
    match family {
        "git commit" | "git tag" | "git merge" | "git notes" | "git stash" | "jj commit"
        | "jj describe" | "hg commit" | "svn commit" => &["-m", "--message"],
        _ if family.starts_with("gh ") || family.starts_with("glab ") => &["-b", "--body", "-m"],
        _ => &[],
    }
}

/// Whether `word` is the message flag `flag` (`-m`, `-am`, `--message`, `--message=…`).
pub(super) fn takes<'b>(word: &'b Word<'_>, flag: &str) -> Option<Takes<'b>> {
    let value = word.value.as_str();
    if value == flag {
        return Some(Takes::Next);
    }
    if let Some(rest) = value.strip_prefix(flag).and_then(|rest| rest.strip_prefix('=')) {
        return Some(Takes::Here(&value[..flag.len()], rest));
    }
    // Joined short flags: `-am`.
    let short = flag.strip_prefix('-').filter(|short| short.len() == 1)?;
    let joined = value.strip_prefix('-')?.strip_suffix(short)?;
    let letters = !joined.is_empty() && joined.len() < 4;
    (letters && joined.bytes().all(|b| b.is_ascii_lowercase())).then_some(Takes::Next)
}

/// The family of a command.
pub(super) fn of(words: &[Word<'_>]) -> Family {
    let mut at = 0;
    for _ in 0..6 {
        match unwrap(&words[at..]) {
            Some(skip) if at + skip < words.len() => at += skip,
            _ => break,
        }
    }
    let inner = &words[at..];
    let Some(first) = inner.first() else {
        return Family {
            name: String::new(),
            class: Class::Other,
            rest: words.len(),
            hidden: 0..0,
            dir: None,
        };
    };
    let mut family = named(first, inner);
    family.rest = (family.rest + at).min(words.len());
    family.hidden = family.hidden.start + at..family.hidden.end + at;
    if inner.len() == 2 && matches!(inner[1].value.as_str(), "--version" | "--help" | "-V" | "-h") {
        family.class = Class::Look;
    }
    family.name = crate::session::text::line(&family.name, 80);
    family
}

fn named(first: &Word<'_>, inner: &[Word<'_>]) -> Family {
    let program = first.program();
    let plain = |name: String, class: Class, rest: usize| Family {
        name,
        class,
        rest,
        hidden: 0..0,
        dir: None,
    };
    if program == "git" {
        return git(inner);
    }
    if programs::is_interpreter(program) {
        return interpreter(program, inner);
    }
    match programs::subcommands(program) {
        Sub::None => {
            let own = first.value.contains('/') && class::plain(program, inner).is_none();
            if own {
                return plain(first.value.clone(), class::script_class(&first.value), 1);
            }
            let class = class::plain(program, inner).unwrap_or(Class::Other);
            plain(program.to_owned(), class, 1)
        }
        Sub::One | Sub::Two => {
            let Some(at) = operand(inner, 1, programs::valued(program)) else {
                return plain(program.to_owned(), class::of_sub(program, "", &[]), 1);
            };
            let sub = inner[at].value.as_str();
            if program == "cargo" && sub == "fmt" || program == "npm" && sub == "t" {
                return plain(
                    format!("{program} {}", if sub == "t" { "test" } else { sub }),
                    class::of_sub(program, sub, &inner[at + 1..]),
                    at + 1,
                );
            }
            let class = class::of_sub(program, sub, &inner[at + 1..]);
            let two =
                programs::subcommands(program) == Sub::Two || programs::goes_deeper(program, sub);
            let second = if two { operand(inner, at + 1, &[]) } else { None };
            match second.filter(|n| is_name(&inner[*n].value)) {
                Some(n) => plain(format!("{program} {sub} {}", inner[n].value), class, n + 1),
                None => plain(format!("{program} {sub}"), class, at + 1),
            }
        }
        Sub::Script => {
            // `npm run lint`, `yarn lint`, `pnpm --filter web test`.
            let Some(at) = operand(inner, 1, programs::valued(program)) else {
                return plain(program.to_owned(), class::of_sub(program, "", &[]), 1);
            };
            let sub = inner[at].value.as_str();
            if matches!(sub, "run" | "run-script" | "rum" | "task") {
                let Some(n) = operand(inner, at + 1, programs::valued(program)) else {
                    return plain(format!("{program} run"), Class::Look, at + 1);
                };
                let script = &inner[n].value;
                return plain(
                    format!("{program} run {script}"),
                    class::script_class(script),
                    n + 1,
                );
            }
            let sub = match sub {
                "t" | "tst" => "test",
                "i" => "install",
                _ => sub,
            };
            plain(format!("{program} {sub}"), class::of_sub(program, sub, &inner[at + 1..]), at + 1)
        }
        Sub::Targets => {
            let mut name = program.to_owned();
            let mut class = None;
            let mut rest = 1;
            let mut from = 1;
            while let Some(n) = operand(inner, from, programs::valued(program)) {
                from = n + 1;
                let target = inner[n].value.as_str();
                if target.contains('=') {
                    continue;
                }
                if name.split(' ').count() <= 3 {
                    name.push(' ');
                    name.push_str(target);
                    rest = n + 1;
                }
                class = class.max_by_worth(class::target_class(program, target));
            }
            plain(name, class.unwrap_or_else(|| class::of_sub(program, "", &[])), rest)
        }
    }
}

/// Of several targets the one that tells most names the class.
trait ByWorth {
    fn max_by_worth(self, other: Class) -> Self;
}

impl ByWorth for Option<Class> {
    fn max_by_worth(self, other: Class) -> Self {
        match self {
            // The order of `Class` is that of worth: a test tells more than a build.
            Some(mine) if mine <= other => Some(mine),
            _ => Some(other),
        }
    }
}

/// A subcommand rather than a value: letters, with `-`, `_`, `:` or `.` inside.
fn is_name(value: &str) -> bool {
    value.starts_with(|c: char| c.is_ascii_alphabetic())
        && value
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b':' | b'.'))
}

/// The index of the first word from `from` that is no option, no option's value and no `+toolchain`.
pub(super) fn operand(words: &[Word<'_>], from: usize, valued: &[&str]) -> Option<usize> {
    let mut at = from;
    while let Some(word) = words.get(at) {
        let value = word.value.as_str();
        if value.starts_with('-') && value.len() > 1 {
            at += 1 + usize::from(valued.contains(&value));
        } else if value.starts_with('+') {
            at += 1;
        } else {
            return Some(at);
        }
    }
    None
}

fn git(words: &[Word<'_>]) -> Family {
    let mut at = 1;
    let mut dir = None;
    while let Some(word) = words.get(at) {
        match word.value.as_str() {
            "-C" => {
                dir = words.get(at + 1).map(|w| w.value.clone());
                at += 2;
            }
            "-c" => at += 2,
            flag if flag.starts_with('-') => at += 1,
            _ => break,
        }
    }
    let at = at.min(words.len());
    let hidden = 1..at;
    let Some(sub) = words.get(at) else {
        return Family { name: "git".to_owned(), class: Class::Look, rest: at, hidden: 0..0, dir };
    };
    let class = class::git(&sub.value, &words[at + 1..]);
    Family { name: format!("git {}", sub.value), class, rest: at + 1, hidden, dir }
}

/// `python script.py`, `node --test`, `bash -n file`, `php artisan test`.
fn interpreter(program: &str, words: &[Word<'_>]) -> Family {
    let done = |name: String, class: Class, rest: usize| Family {
        name,
        class,
        rest,
        hidden: 0..0,
        dir: None,
    };
    for (n, word) in words.iter().enumerate().skip(1) {
        let value = word.value.as_str();
        match (program, value) {
            ("bash" | "sh" | "zsh" | "php" | "ruby" | "perl", "-n" | "-l" | "-wc") => {
                return done(format!("{program} {value}"), Class::Lint, n + 1);
            }
            ("node" | "bun" | "deno", "--test") => {
                return done(format!("{program} {value}"), Class::Test, n + 1);
            }
            ("node", "--check") => return done("node --check".to_owned(), Class::Lint, n + 1),
            (_, "-c" | "-e" | "-p" | "-r" | "-ne" | "-pe" | "--eval" | "-lc" | "-") => {
                return done(format!("{program} {value}"), Class::Other, n + 1);
            }
            _ if value.starts_with('-') => {}
            _ => {
                let script = word.program();
                if let Some(next) = words.get(n + 1).map(|w| w.value.as_str())
                    && matches!(script, "artisan" | "manage.py" | "bin/console" | "console")
                {
                    let class = class::script_class(next);
                    return done(format!("{program} {value} {next}"), class, n + 2);
                }
                return done(format!("{program} {value}"), class::script_class(value), n + 1);
            }
        }
    }
    done(program.to_owned(), Class::Other, 1)
}
