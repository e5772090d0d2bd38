//! Tells the tests whether the real Claude Code is at hand.
//!
//! Sets `cfg(claude_code)` and the environment variable `CLAUDE_CODE` (its absolute path) for the compilation when
//! `tests/get-claude-code.sh` has put the executable for this platform below `tests/.claude-code`;
//! without it the variable is empty and the tests that need it are listed as ignored, with the reason. `CLAUDE_CODE_OLD` likewise is the
//! script of a version too old for the hooks, under `cfg(claude_code_old)`.

use std::env;
use std::path::{Path, PathBuf};

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
