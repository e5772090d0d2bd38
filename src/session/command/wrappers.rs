//! What stands around a program: shell words, prefixes, and programs that start another.

use super::family::operand;
use super::programs;
use super::shell::Word;

/// Words that open a command without being one.
const KEYWORDS: [&str; 11] =
    ["do", "then", "else", "elif", "if", "while", "until", "!", "{", "}", "time"];

/// The words without shell keywords, assignments and prefixes such as `sudo` and `timeout 60`.
pub(super) fn strip<'a, 'b>(words: &'b [Word<'a>]) -> &'b [Word<'a>] {
    let mut rest = words;
    while let Some(word) = rest.first() {
        let value = word.value.as_str();
        if KEYWORDS.contains(&value) || is_assignment(word.raw) {
            rest = &rest[1..];
            continue;
        }
        let (options, operands): (&[&str], usize) = match word.program() {
            "sudo" | "doas" => (&["-u", "-g", "-h", "-p"], 0),
            "timeout" | "gtimeout" => (&["-s", "-k", "--signal", "--kill-after"], 1),
            "nice" | "ionice" => (&["-n", "-c"], 0),
            "stdbuf" | "nohup" | "command" | "exec" | "builtin" | "caffeinate" | "unbuffer"
            | "setsid" | "xvfb-run" => (&["-s", "-i", "-o", "-e", "-a"], 0),
            "env" if rest.len() > 1 => (&["-u", "-C"], 0),
            _ => break,
        };
        let glued = matches!(word.program(), "stdbuf");
        let mut at = 1;
        while let Some(word) = rest.get(at) {
            if !word.value.starts_with('-') {
                break;
            }
            let valued = !glued && word.program() != "caffeinate";
            at += 1 + usize::from(valued && options.contains(&word.value.as_str()));
        }
        let at = at + operands;
        if at >= rest.len() {
            break;
        }
        rest = &rest[at..];
    }
    rest
}

fn is_assignment(raw: &str) -> bool {
    raw.split_once('=').is_some_and(|(name, _)| {
        !name.is_empty()
            && !name.starts_with(|c: char| c.is_ascii_digit())
            && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
    })
}

/// Where a command that changes the folder goes; empty when it does not say.
pub(super) fn changes_dir<'b>(words: &'b [Word<'_>]) -> Option<&'b str> {
    let first = words.first()?;
    match first.value.as_str() {
        "cd" | "pushd" => Some(words.get(1).map_or("", |w| w.value.as_str())),
        "popd" => Some(""),
        _ => None,
    }
}

/// Whether the command only steers the shell and says nothing about the work.
pub(super) fn only_steers(words: &[Word<'_>]) -> bool {
    let Some(first) = words.first() else { return true };
    first.value.ends_with("()")
        || matches!(
            first.value.as_str(),
            "set"
                | "shopt"
                | "export"
                | "unset"
                | "trap"
                | "alias"
                | "local"
                | "declare"
                | "readonly"
                | "exit"
                | "return"
                | "true"
                | "false"
                | ":"
                | "wait"
                | "shift"
                | "break"
                | "continue"
                | "for"
                | "select"
                | "case"
                | "function"
                | "done"
                | "fi"
                | "esac"
                | "["
                | "[["
                | "test"
                | "read"
                | "let"
                | "ulimit"
                | "umask"
                | "typeset"
        )
}

/// The script of `bash -c SCRIPT`.
pub(super) fn shell_script<'b>(words: &'b [Word<'_>]) -> Option<&'b str> {
    if !matches!(words.first()?.program(), "bash" | "sh" | "zsh" | "dash") {
        return None;
    }
    let at = words.iter().position(|w| {
        let flag = w.value.as_str();
        flag.starts_with('-') && !flag.starts_with("--") && flag.ends_with('c')
    })?;
    words.get(at + 1).map(|w| w.value.as_str())
}

/// Whether the command is an interpreter with its program in its arguments or on its input.
pub(super) fn is_inline_script(words: &[Word<'_>]) -> bool {
    words.first().is_some_and(|w| programs::is_interpreter(w.program()))
        && words.get(1).is_none_or(|w| w.value.starts_with('-'))
}

/// Options of Python's runners that take the next word.
#[rustfmt::skip]
const PYTHON: &[&str] = &[
    "--with", "--python", "-p", "--extra", "--group", "--package", "--project", "-n", "--name",
    "--env-file", "--directory", "-e", "-m", "--environment", "--from", "-C",
];

/// How many words at the front only start the program that follows them.
pub(super) fn unwrap(words: &[Word<'_>]) -> Option<usize> {
    let first = words.first()?.program();
    let second = words.get(1).map_or("", |w| w.value.as_str());
    let skip = |from: usize, valued: &[&str]| {
        let mut at = from;
        while let Some(word) = words.get(at) {
            match word.value.as_str() {
                "--" => return Some(at + 1),
                flag if flag.starts_with('-') => {
                    at += 1 + usize::from(valued.contains(&flag));
                }
                value if is_assignment(value) => at += 1,
                _ => return Some(at),
            }
        }
        None
    };
    match (first, second) {
        (
            "uv" | "poetry" | "pipenv" | "pdm" | "hatch" | "rye" | "pixi" | "conda" | "micromamba",
            "run",
        ) => {
            // `uv run -m pytest` runs a module.
            let valued: Vec<&str> =
                PYTHON.iter().copied().filter(|f| *f != "-m" || first != "uv").collect();
            skip(2, &valued)
        }
        ("uvx" | "pipx" | "bunx" | "npx" | "pnpx", _) => {
            let from = if first == "pipx" && second == "run" { 2 } else { 1 };
            skip(from, &["-p", "--package", "--from", "--with", "--spec", "-c"])
        }
        ("npm" | "pnpm" | "yarn" | "bun" | "mise", "exec" | "dlx" | "x")
        | ("bundle" | "composer", "exec")
        | ("op" | "doppler" | "dotenvx" | "devbox", "run") => {
            skip(2, &["-p", "--package", "--config", "-f", "--env-file"])
        }
        ("direnv", "exec") => Some(3),
        ("nix", "develop" | "shell") => {
            let at = words.iter().position(|w| matches!(w.value.as_str(), "-c" | "--command"))?;
            Some(at + 1)
        }
        ("cross-env" | "env-cmd" | "dotenv" | "c8" | "nyc" | "rtk" | "tsx" | "watchexec", _)
            if first != "tsx" =>
        {
            skip(1, &["-e", "-f", "--reporter", "-r", "-w"])
        }
        ("coverage", "run") => skip(2, &["--source", "--omit", "--rcfile"])
            .map(|at| {
                // `coverage run -m pytest`: the module is the program.
                if words[..at].iter().any(|w| w.value == "-m") { at } else { 0 }
            })
            .filter(|at| *at > 0),
        ("python", _) => {
            let at = words.iter().take(4).position(|w| w.value == "-m")?;
            let module = words.get(at + 1)?.value.as_str();
            programs::is_module_program(module).then_some(at + 1)
        }
        ("php" | "node" | "ruby", script)
            if script.contains("/bin/") || script.starts_with("bin/") =>
        {
            Some(1)
        }
        ("docker", "compose")
            if words.get(2).is_some_and(|w| matches!(w.value.as_str(), "exec" | "run")) =>
        {
            container(words, 3)
        }
        ("docker" | "podman", "exec") | ("docker compose", "exec" | "run") => container(words, 2),
        ("kubectl" | "oc", "exec") => {
            let at = words.iter().position(|w| w.value == "--")?;
            Some(at + 1)
        }
        _ => None,
    }
}

/// The index of the command that runs inside a container: after options and the container's name.
fn container(words: &[Word<'_>], from: usize) -> Option<usize> {
    let name = operand(words, from, &["-e", "-u", "-w", "--env", "--user", "--workdir", "--name"])?;
    (name + 1 < words.len()).then_some(name + 1)
}
