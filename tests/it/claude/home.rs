//! A home directory of its own for each test, with one project in it.

use std::ffi::OsString;
use std::fs;
use std::num::NonZero;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::{Value, json};
use tempfile::TempDir;

use super::{Launch, Terminal, Transcript};
use crate::api::Api;

/// Not a key of anybody's: the scripted API asks for none.
const API_KEY: &str = "sk-ant-scripted-0000000000";

/// A fresh `HOME` in which Claude Code asks nothing at its start, with a git repository at `projects/demo`.
pub(crate) struct Home {
    root: TempDir,
    project: PathBuf,
    api: String,
}

impl Home {
    pub(crate) fn new(api: &Api) -> Self {
        // In cargo's folder, where what a killed test leaves behind is swept with the build.
        let root = tempfile::Builder::new()
            .prefix("home-")
            .tempdir_in(env!("CARGO_TARGET_TMPDIR"))
            .expect("cargo's folder for temporary files can be written");
        let project = root.path().join("projects/demo");
        let home = Self { root, project, api: api.url() };
        for folder in [".claude", "tmp", "projects/demo"] {
            fs::create_dir_all(home.path(folder)).unwrap();
        }
        home.write_project("README.md", "# demo\n");
        home.git(&["init", "--quiet", "--initial-branch=main"]);
        home.commit("Start");
        home.trust(home.project());
        home
    }

    /// A path below the home directory.
    pub(crate) fn path(&self, relative: &str) -> PathBuf {
        self.root.path().join(relative)
    }

    /// The project's folder.
    pub(crate) fn project(&self) -> &Path {
        &self.project
    }

    /// What the hooks see as `REJOIN_HOME`.
    pub(crate) fn state(&self) -> PathBuf {
        self.path("state")
    }

    /// Writes a file of the project.
    pub(crate) fn write_project(&self, relative: &str, text: &str) {
        let path = self.project.join(relative);
        fs::create_dir_all(path.parent().expect("a file has a folder")).unwrap();
        fs::write(path, text).unwrap();
    }

    /// Runs git in the project, by an author of its own, and insists on success.
    pub(crate) fn git(&self, args: &[&str]) {
        let output = Command::new("git")
            .args(["-c", "user.name=dev", "-c", "user.email=dev@example.invalid"])
            .args(args)
            .current_dir(&self.project)
            .env("HOME", self.root.path())
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .output()
            .expect("git is installed");
        assert!(
            output.status.success(),
            "git {args:?}: {}",
            String::from_utf8_lossy(&output.stderr)
        );
    }

    /// Commits everything in the project.
    pub(crate) fn commit(&self, subject: &str) {
        self.git(&["add", "--all"]);
        self.git(&["commit", "--quiet", "--allow-empty", "--message", subject]);
    }

    /// Answers Claude Code's first questions beforehand: onboarding, the API key, and trust in `folder`.
    pub(crate) fn trust(&self, folder: &Path) {
        let path = self.path(".claude.json");
        let mut config: Value = fs::read(&path)
            .map_or_else(|_| json!({}), |text| serde_json::from_slice(&text).unwrap());
        config["hasCompletedOnboarding"] = json!(true);
        config["theme"] = json!("dark");
        config["bypassPermissionsModeAccepted"] = json!(true);
        let approved = &API_KEY[API_KEY.len() - 20..];
        config["customApiKeyResponses"] = json!({ "approved": [approved], "rejected": [] });
        config["projects"][folder.to_str().expect("test paths are Unicode")] = json!({
            "hasTrustDialogAccepted": true,
            "hasCompletedProjectOnboarding": true,
            "projectOnboardingSeenCount": 5,
        });
        fs::write(path, config.to_string()).unwrap();
    }

    /// Runs `rejoin` in the project, with the environment that Claude Code gets.
    pub(crate) fn rejoin(&self, args: &[&str]) -> Output {
        Command::new(env!("CARGO_BIN_EXE_rejoin"))
            .args(args)
            .current_dir(&self.project)
            .env_clear()
            .envs(self.environment())
            .stdin(Stdio::null())
            .output()
            .expect("rejoin can be started")
    }

    /// Runs `rejoin` in a terminal of 24 lines and 80 columns, with the environment that Claude Code gets.
    pub(crate) fn rejoin_terminal(&self, args: &[&str]) -> Terminal {
        let args: Vec<OsString> = args.iter().map(OsString::from).collect();
        let size = (NonZero::new(24).unwrap(), NonZero::new(80).unwrap());
        let rejoin = env!("CARGO_BIN_EXE_rejoin");
        Terminal::start(rejoin, &args, &self.project, &self.environment(), size)
    }

    /// Where Claude Code looks for the user's settings.
    pub(crate) fn settings(&self) -> PathBuf {
        self.path(".claude/settings.json")
    }

    /// Writes the user's settings of Claude Code.
    pub(crate) fn write_settings(&self, settings: &Value) {
        let text = serde_json::to_string_pretty(settings).unwrap();
        fs::write(self.settings(), text).unwrap();
    }

    /// A start of `claude` in the project.
    pub(crate) fn claude(&self) -> Launch {
        Launch::new(self)
    }

    /// The transcripts of the sessions so far, oldest first.
    pub(crate) fn transcripts(&self) -> Vec<Transcript> {
        Transcript::all(&self.path(".claude/projects"))
    }

    /// The whole environment of `claude`: nothing of the person's who runs the tests but the search path, which
    /// begins with `bin` in this home and the folder of the real `claude`.
    pub(crate) fn environment(&self) -> Vec<(OsString, OsString)> {
        let home = self.root.path().as_os_str();
        let claude = Path::new(env!("CLAUDE_CODE")).parent().unwrap_or(Path::new("/"));
        let inherited = std::env::var_os("PATH").unwrap_or_default();
        let folders = [self.path("bin"), claude.to_owned()];
        let path =
            std::env::join_paths(folders.into_iter().chain(std::env::split_paths(&inherited)))
                .expect("test paths hold no separator");
        let mut environment: Vec<(OsString, OsString)> = vec![
            ("HOME".into(), home.into()),
            ("PATH".into(), path),
            ("TMPDIR".into(), self.path("tmp").into()),
            ("REJOIN_HOME".into(), self.state().into()),
            ("ANTHROPIC_BASE_URL".into(), self.api.clone().into()),
        ];
        let fixed = [
            ("ANTHROPIC_API_KEY", API_KEY),
            ("CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC", "1"),
            // The model that a test names, also when its day of retirement has passed.
            ("CLAUDE_CODE_DISABLE_LEGACY_MODEL_REMAP", "1"),
            ("DISABLE_AUTOUPDATER", "1"),
            ("DISABLE_TELEMETRY", "1"),
            ("GIT_CONFIG_NOSYSTEM", "1"),
            // Lets bypassPermissions work where the tests run as root, as in a container.
            ("IS_SANDBOX", "1"),
            ("LANG", "C.UTF-8"),
            ("SHELL", "/bin/bash"),
            ("TERM", "xterm-256color"),
        ];
        environment.extend(fixed.map(|(name, value)| (name.into(), value.into())));
        environment
    }
}

impl Drop for Home {
    /// A failed test leaves its home for a look at what the hooks wrote.
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.root.disable_cleanup(true);
            // Standard output, which the test runner shows with the failure.
            println!("the test's home: {}", self.root.path().display());
        }
    }
}
