//! What a release consists of, installed as a new user would: the archive by the install script, and
//! the npm packages. Each is followed by a real session whose digest reaches the next one, and by an
//! uninstall that leaves no trace.
//!
//! `install/package.sh x86_64-unknown-linux-musl` and `node install/npm/pack.mjs` make them, in `dist`.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::api::{Api, Turn};
use crate::claude::Home;
use crate::session::cut_off;

const SOURCE: &str = env!("CARGO_MANIFEST_DIR");

/// Runs a program in `home` as its user, and insists on success.
#[track_caller]
fn run(home: &Home, program: &str, args: &[&str]) -> String {
    let output = Command::new(program)
        .args(args)
        .current_dir(home.project())
        .env_clear()
        .envs(home.environment())
        .stdin(Stdio::null())
        .output()
        .unwrap_or_else(|error| panic!("{program}: {error}"));
    let said = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
    assert!(output.status.success(), "{program} {args:?}: {said}");
    said
}

/// The files below the home, without those that Claude Code and npm keep for themselves.
fn files(home: &Home) -> BTreeSet<PathBuf> {
    let root = home.path("");
    let foreign = [".claude", ".claude.json", ".npm", "tmp", ".cache", ".config"];
    let mut found = BTreeSet::new();
    let mut folders = vec![root.clone()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap().flatten() {
            let path = entry.path();
            let below = path.strip_prefix(&root).unwrap().to_owned();
            let first = below.iter().next().unwrap().to_string_lossy().into_owned();
            if foreign.contains(&&*first) || below.starts_with("projects/demo/src") {
                continue;
            }
            if path.is_dir() {
                folders.push(path.clone());
            }
            found.insert(below);
        }
    }
    found
}

/// A session that is cut off, and what the next one is told of it.
fn followed(api: &Api, home: &Home) {
    let session = cut_off(api, home);
    api.reply(Turn::text("Welcome back."));
    let mut terminal = home.claude().terminal();
    terminal.submit("Where were we?");
    terminal.wait_for("Welcome back.");
    terminal.exit();
    let request = api.main(3);
    request.assert_once("<session-record");
    request.assert_once(&format!("sessions/{session}/resume.md"));
}

fn dist() -> PathBuf {
    let dist = Path::new(SOURCE).join("dist");
    assert!(dist.join("SHA256SUMS").is_file(), "run install/package.sh first");
    dist
}

#[test]
#[ignore = "needs the archive: run install/package.sh x86_64-unknown-linux-musl, with the real Claude Code"]
fn the_archive_installs_follows_and_leaves_no_trace() {
    let api = Api::start();
    let home = Home::new(&api);
    home.write_settings(&serde_json::json!({ "model": "opus" }));
    let settings = fs::read(home.settings()).unwrap();
    let before = files(&home);
    let script = Path::new(SOURCE).join("install/install.sh");
    let releases = dist();
    let args = [script.to_str().unwrap(), "--releases", releases.to_str().unwrap(), "--yes"];
    let said = run(&home, "sh", &args);
    assert!(said.contains("checksum matches"), "{said}");

    followed(&api, &home);

    let rejoin = home.path(".local/bin/rejoin");
    run(&home, rejoin.to_str().unwrap(), &["uninstall", "--purge", "--yes"]);
    assert_eq!(files(&home), before);
    assert_eq!(fs::read(home.settings()).unwrap(), settings);
}

#[test]
#[ignore = "needs the npm packages: run install/package.sh x86_64-unknown-linux-musl and node install/npm/pack.mjs, with the real Claude Code"]
fn the_npm_packages_install_follow_and_leave_no_trace() {
    let api = Api::start();
    let home = Home::new(&api);
    home.write_settings(&serde_json::json!({ "model": "opus" }));
    let settings = fs::read(home.settings()).unwrap();
    let before = files(&home);
    let packages = dist().join("npm");
    let package = |name: &str| {
        let file = format!("{name}-{}.tgz", env!("CARGO_PKG_VERSION"));
        packages.join(file).to_str().unwrap().to_owned()
    };
    let (platform, main) = (package("rejoin-linux-x64"), package("rejoin"));
    let npx = |args: &[&str]| {
        let packages = ["--yes", "--offline", "--package", &platform, "--package", &main, "rejoin"];
        run(&home, "npx", &[&packages, args].concat())
    };
    let said = npx(&["install", "--yes", "--bin-dir", home.path(".local/bin").to_str().unwrap()]);
    assert!(said.contains("registered"), "{said}");

    followed(&api, &home);

    npx(&["uninstall", "--purge", "--yes"]);
    assert_eq!(files(&home), before);
    assert_eq!(fs::read(home.settings()).unwrap(), settings);
}
