//! Every way to install it, taken as a new user would: the archive by the install script, with the
//! plugin's hooks or the settings', the npm packages, and `cargo install`. Each is followed by a real
//! session whose digest reaches the next one, and by an uninstall that leaves no trace.
//!
//! `install/package.sh x86_64-unknown-linux-musl` and `node install/npm/pack.mjs` make archive and
//! packages, in `dist`.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::json;

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

/// A home to install into, and what it holds before.
struct Fresh {
    api: Api,
    home: Home,
    files: BTreeSet<PathBuf>,
    settings: Vec<u8>,
}

impl Fresh {
    fn new() -> Self {
        let api = Api::start();
        let home = Home::new(&api);
        // The second is what Claude Code writes by itself when a session starts as those here do.
        let settings = json!({ "model": "opus", "skipDangerousModePermissionPrompt": true });
        home.write_settings(&settings);
        // Claude Code's own, from its first start.
        let applications = home.path(".local/share/applications");
        fs::create_dir_all(&applications).unwrap();
        fs::write(applications.join("claude-code-url-handler.desktop"), "").unwrap();
        let (files, settings) = (files(&home), fs::read(home.settings()).unwrap());
        Self { api, home, files, settings }
    }

    /// Installs the archive by the script.
    fn archive(&self, options: &[&str]) {
        let script = Path::new(SOURCE).join("install/install.sh");
        let releases = dist();
        let args = [script.to_str().unwrap(), "--releases", releases.to_str().unwrap(), "--yes"];
        let said = run(&self.home, "sh", &[&args, options].concat());
        assert!(said.contains("checksum matches"), "{said}");
    }

    /// Runs the `rejoin` that was installed.
    fn rejoin(&self, args: &[&str]) -> String {
        run(&self.home, self.home.path(".local/bin/rejoin").to_str().unwrap(), args)
    }

    #[track_caller]
    fn assert_no_trace(&self) {
        assert_eq!(fs::read(self.home.settings()).unwrap(), self.settings);
        self.assert_no_files();
    }

    /// Nothing is left beside Claude Code's folder, and nothing in it names us.
    #[track_caller]
    fn assert_no_files(&self) {
        assert_eq!(files(&self.home), self.files);
        let claude = self.home.path(".claude");
        // Transcripts tell of what was told; a plugin that was taken away stays in the cache for a while.
        let kept = [claude.join("projects"), claude.join("plugins/cache")];
        let mut folders = vec![claude];
        while let Some(folder) = folders.pop() {
            for path in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
                if path.is_dir() {
                    folders.extend((!kept.contains(&path)).then_some(path));
                } else {
                    let text = String::from_utf8_lossy(&fs::read(&path).unwrap()).into_owned();
                    assert!(!text.contains("rejoin"), "{} names us", path.display());
                }
            }
        }
    }
}

#[test]
#[ignore = "needs the archive: run install/package.sh x86_64-unknown-linux-musl, with the real Claude Code"]
fn the_archive_installs_follows_and_leaves_no_trace() {
    let fresh = Fresh::new();
    fresh.archive(&[]);
    followed(&fresh.api, &fresh.home);
    fresh.rejoin(&["uninstall", "--purge", "--yes"]);
    fresh.assert_no_trace();
}

#[test]
#[ignore = "needs the archive: run install/package.sh x86_64-unknown-linux-musl, with the real Claude Code"]
fn the_plugin_with_the_archive_s_executables_follows_and_leaves_no_trace() {
    let fresh = Fresh::new();
    let claude = |args: &[&str]| run(&fresh.home, env!("CLAUDE_CODE"), args);
    fresh.archive(&["--no-hooks", "--no-permissions"]);
    claude(&["plugin", "marketplace", "add", SOURCE]);
    claude(&["plugin", "install", "rejoin@rejoin"]);
    followed(&fresh.api, &fresh.home);
    claude(&["plugin", "uninstall", "rejoin@rejoin"]);
    claude(&["plugin", "marketplace", "remove", "rejoin"]);
    fresh.rejoin(&["uninstall", "--purge", "--yes"]);
    // Claude Code writes its settings anew, and leaves what it knows of plugins empty.
    let settings: serde_json::Value =
        serde_json::from_slice(&fs::read(fresh.home.settings()).unwrap()).unwrap();
    assert_eq!(settings["model"], "opus");
    fresh.assert_no_files();
}

#[test]
#[ignore = "needs the npm packages: run install/package.sh x86_64-unknown-linux-musl and node install/npm/pack.mjs, with the real Claude Code"]
fn the_npm_packages_install_follow_and_leave_no_trace() {
    let fresh = Fresh::new();
    let packages = dist().join("npm");
    let package = |name: &str| {
        let file = format!("{name}-{}.tgz", env!("CARGO_PKG_VERSION"));
        packages.join(file).to_str().unwrap().to_owned()
    };
    let (platform, main) = (package("rejoin-linux-x64"), package("rejoin"));
    let npx = |args: &[&str]| {
        let packages = ["--yes", "--offline", "--package", &platform, "--package", &main, "rejoin"];
        run(&fresh.home, "npx", &[&packages, args].concat())
    };
    let folder = fresh.home.path(".local/bin");
    let said = npx(&["install", "--yes", "--bin-dir", folder.to_str().unwrap()]);
    assert!(said.contains("registered"), "{said}");
    followed(&fresh.api, &fresh.home);
    npx(&["uninstall", "--purge", "--yes"]);
    fresh.assert_no_trace();
}

#[test]
#[ignore = "compiles everything; needs the real Claude Code: run tests/get-claude-code.sh"]
fn cargo_installs_follows_and_leaves_no_trace() {
    let fresh = Fresh::new();
    let root = fresh.home.path("cargo");
    let cargo = |args: &[&str]| {
        let done = Command::new(env!("CARGO"))
            .args(args)
            .args(["--root", root.to_str().unwrap()])
            .current_dir(fresh.home.project())
            .status()
            .unwrap();
        assert!(done.success(), "cargo {args:?}");
    };
    cargo(&["install", "--locked", "--path", SOURCE]);
    let rejoin = root.join("bin/rejoin");
    let rejoin = |args: &[&str]| run(&fresh.home, rejoin.to_str().unwrap(), args);
    rejoin(&["install", "--yes"]);
    followed(&fresh.api, &fresh.home);
    rejoin(&["uninstall", "--purge", "--yes"]);
    cargo(&["uninstall", "rejoin"]);
    // Cargo's own lists, which name nothing any more.
    fs::remove_dir_all(&root).unwrap();
    fresh.assert_no_trace();
}
