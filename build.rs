//! Tells the tests whether the real Claude Code is at hand.
//!
//! Sets `cfg(claude_code)` and the environment variable `CLAUDE_CODE` (its absolute path) for the compilation when
//! `tests/get-claude-code.sh` has put the executable for this platform below `tests/.claude-code`;
//! without it the variable is empty and the tests that need it are listed as ignored, with the reason. `CLAUDE_CODE_OLD` likewise is the
//! script of a version too old for the hooks, under `cfg(claude_code_old)`.
//!
//! Names the commit of a release build (`REJOIN_COMMIT`, `REJOIN_DATE`, `REJOIN_TARGET`).
//!
//! Lists the files below `skills/` for the executable to embed.

use std::env;
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

fn main() {
    println!("cargo::rustc-check-cfg=cfg(claude_code)");
    println!("cargo::rustc-check-cfg=cfg(claude_code_old)");
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=tests/get-claude-code.sh");

    let tests = PathBuf::from(variable("CARGO_MANIFEST_DIR")).join("tests");
    let current = executables().into_iter().map(|path| tests.join(".claude-code").join(path));
    announce("claude_code", "CLAUDE_CODE", current);
    let old = tests.join(".claude-code-old/node_modules/@anthropic-ai/claude-code/cli.js");
    announce("claude_code_old", "CLAUDE_CODE_OLD", [old]);
    name_commit(Path::new(&variable("CARGO_MANIFEST_DIR")));
    list_skills(&PathBuf::from(variable("CARGO_MANIFEST_DIR")).join("skills"));
}

/// Sets what [`release`](../src/release.rs) tells: from the variables of these names where whoever builds
/// has set them, else from git, else from what cargo left in a published package.
fn name_commit(folder: &Path) {
    for name in ["REJOIN_COMMIT", "REJOIN_DATE"] {
        println!("cargo::rerun-if-env-changed={name}");
    }
    let (mut commit, mut date) = (given("REJOIN_COMMIT"), given("REJOIN_DATE"));
    if commit.is_none() && variable("PROFILE") == "release" {
        let package = folder.join(".cargo_vcs_info.json");
        if let Some(found) = of_git(folder) {
            (commit, date) = (Some(found.0), date.or(Some(found.1)));
        } else if let Ok(text) = fs::read_to_string(package) {
            commit = text
                .split("\"sha1\": \"")
                .nth(1)
                .and_then(|rest| rest.get(..12))
                .map(str::to_owned);
        }
    }
    // A value of spaces or line ends would break the instruction.
    let plain = |text: Option<String>| {
        let text = text.unwrap_or_default();
        let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '+' | '_');
        text.chars().filter(|c| fits(*c)).take(40).collect::<String>()
    };
    println!("cargo::rustc-env=REJOIN_COMMIT={}", plain(commit));
    println!("cargo::rustc-env=REJOIN_DATE={}", plain(date));
    println!("cargo::rustc-env=REJOIN_TARGET={}", variable("TARGET"));
}

/// The commit and its day, where the package is the top of a work tree: sources that were unpacked into
/// somebody else's repository are not of its commit.
fn of_git(folder: &Path) -> Option<(String, String)> {
    let git = |arguments: &[&str]| {
        let output = Command::new("git").args(arguments).current_dir(folder).output().ok()?;
        let text = String::from_utf8(output.stdout).ok()?;
        (output.status.success() && !text.trim().is_empty()).then(|| text.trim().to_owned())
    };
    let top = PathBuf::from(git(&["rev-parse", "--show-toplevel"])?);
    if top.canonicalize().ok()? != folder.canonicalize().ok()? {
        return None;
    }
    // Grows with every commit and checkout.
    let log = folder.join(git(&["rev-parse", "--git-path", "logs/HEAD"])?);
    if log.is_file() {
        println!("cargo::rerun-if-changed={}", log.display());
    }
    let shown = git(&["-c", "log.showSignature=false", "show", "-s", "--format=%H %cs", "HEAD"])?;
    let (commit, date) = shown.split_once(' ')?;
    Some((commit.get(..12)?.to_owned(), date.to_owned()))
}

/// A variable that whoever builds may set.
#[allow(clippy::disallowed_methods)]
fn given(name: &str) -> Option<String> {
    env::var(name).ok().filter(|value| !value.is_empty())
}

/// Writes `skills.rs`: an array of path below `skills/` and content, in the order of the paths.
#[allow(clippy::disallowed_methods, clippy::expect_used)]
fn list_skills(folder: &Path) {
    println!("cargo::rerun-if-changed={}", folder.display());
    let mut files = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(open) = folders.pop() {
        for entry in fs::read_dir(&open).expect("the skills' folder can be read") {
            let path = entry.expect("the skills' folder can be read").path();
            if path.is_dir() {
                folders.push(path);
            } else {
                files.push(path);
            }
        }
    }
    files.sort();
    let mut text = String::from("[\n");
    for path in files {
        let name = path.strip_prefix(folder).expect("it lies below").to_str().expect("is UTF-8");
        let name = name.replace('\\', "/");
        writeln!(text, "({name:?}, include_bytes!({:?}).as_slice()),", path.display().to_string())
            .expect("text can be appended to");
    }
    text.push(']');
    let list = PathBuf::from(variable("OUT_DIR")).join("skills.rs");
    fs::write(list, text).expect("cargo's folder can be written");
}

/// Sets `cfg` and `name` for the first of `candidates` that exists.
fn announce(cfg: &str, name: &str, candidates: impl IntoIterator<Item = PathBuf>) {
    for path in candidates {
        // Only a path that exists is watched: a missing one would count as changed on every build. The
        // script touches this file when it adds one.
        if path.is_file() {
            println!("cargo::rerun-if-changed={}", path.display());
            println!("cargo::rustc-cfg={cfg}");
            println!("cargo::rustc-env={name}={}", path.display());
            return;
        }
    }
    println!("cargo::rustc-env={name}=");
}

/// Where npm puts the executable for the platform that the tests run on, best first.
fn executables() -> Vec<PathBuf> {
    let os = match variable("CARGO_CFG_TARGET_OS").as_str() {
        "macos" => "darwin",
        "windows" => "win32",
        _ => "linux",
    };
    let arch = match variable("CARGO_CFG_TARGET_ARCH").as_str() {
        "aarch64" => "arm64",
        _ => "x64",
    };
    let name = if os == "win32" { "claude.exe" } else { "claude" };
    // npm chooses by the machine's libc, which need not be the target's.
    ["", "-musl"]
        .map(|libc| {
            Path::new("node_modules/@anthropic-ai")
                .join(format!("claude-code-{os}-{arch}{libc}"))
                .join(name)
        })
        .into()
}

/// A variable that cargo always sets for a build script.
#[allow(clippy::disallowed_methods, clippy::expect_used)]
fn variable(name: &str) -> String {
    env::var(name).expect("cargo sets this for build scripts")
}
