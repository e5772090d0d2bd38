//! A project whose sessions were followed by the hook executables, without Claude Code.

use serde_json::{Value, json};
use std::cell::RefCell;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use tempfile::TempDir;

const REJOIN: &str = env!("CARGO_BIN_EXE_rejoin");

/// What a run printed, with this machine's paths and the time taken out.
pub(crate) struct Ran {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Ran {
    /// Both streams, for a snapshot.
    pub(crate) fn all(&self) -> String {
        format!("{}{}[exit {}]", self.stdout, self.stderr, self.code)
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{error}: {}", self.all()))
    }
}

/// A home with a project in it.
pub(crate) struct Followed {
    /// Removed with this value.
    _folder: TempDir,
    root: PathBuf,
    ids: RefCell<Vec<(&'static str, String)>>,
}

impl Followed {
    pub(crate) fn new() -> Self {
        let folder = TempDir::new().unwrap();
        let root = folder.path().canonicalize().unwrap();
        fs::create_dir_all(root.join("home/shop/.git/refs")).unwrap();
        fs::create_dir_all(root.join("home/shop/.git/objects")).unwrap();
        fs::write(root.join("home/shop/.git/HEAD"), "ref: refs/heads/main\n").unwrap();
        Self { _folder: folder, root, ids: RefCell::default() }
    }

    /// The folder that sessions are started in.
    pub(crate) fn project(&self) -> PathBuf {
        self.root.join("home/shop")
    }

    pub(crate) fn state(&self) -> PathBuf {
        self.root.join("state")
    }

    pub(crate) fn executables() -> &'static str {
        Path::new(REJOIN).parent().unwrap().to_str().unwrap()
    }

    pub(crate) fn recorded(name: &str) -> PathBuf {
        match name {
            "demo" => Path::new(env!("CARGO_MANIFEST_DIR")).join("install/demo.jsonl"),
            _ => crate::fold::fixture(&format!("{name}.jsonl")),
        }
    }

    /// The id of a recorded session.
    pub(crate) fn id(&self, recorded: &'static str) -> &'static str {
        let mut ids = self.ids.borrow_mut();
        if !ids.iter().any(|(name, _)| *name == recorded) {
            let text = fs::read_to_string(Self::recorded(recorded)).unwrap();
            let mut lines = text.lines().map(|l| serde_json::from_str::<Value>(l).unwrap());
            let id = lines.find_map(|l| l["sessionId"].as_str().map(str::to_owned)).unwrap();
            ids.push((recorded, id));
        }
        let (_, id) = ids.iter().find(|(name, _)| *name == recorded).unwrap();
        // A test ends soon enough.
        Box::leak(id.clone().into_boxed_str())
    }

    /// Plays a recorded session: started by a person, one prompt, its transcript, and its end, or a
    /// process that is gone without one.
    pub(crate) fn follow(&self, recorded: &'static str, ends: bool) {
        let mut claude = self.claude();
        let transcript = self.transcript(recorded);
        fs::copy(Self::recorded(recorded), &transcript).unwrap();
        Self::copy_subagents(recorded, &transcript);
        let event = |name: &str, more: Value| {
            let mut event = json!({
                "session_id": self.id(recorded),
                "transcript_path": transcript,
                "cwd": self.root.join("home/shop"),
                "hook_event_name": name,
            });
            event.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            event
        };
        self.hook(
            "session-start",
            claude.id(),
            &event("SessionStart", json!({"source": "startup"})),
        );
        let text = fs::read_to_string(&transcript).unwrap();
        let mut lines = text.lines().map(|l| serde_json::from_str::<Value>(l).unwrap());
        let first = lines.find_map(|l| l["message"]["content"].as_str().map(str::to_owned));
        let prompt = json!({"prompt": first.unwrap(), "prompt_id": "none"});
        self.hook("user-prompt-submit", claude.id(), &event("UserPromptSubmit", prompt));
        if ends {
            self.hook("stop", claude.id(), &event("Stop", json!({"prompt_id": "none"})));
            self.hook("session-end", claude.id(), &event("SessionEnd", json!({"reason": "other"})));
        }
        claude.kill().unwrap();
        claude.wait().unwrap();
    }

    /// Where Claude Code keeps the transcript of a recorded session.
    pub(crate) fn transcript(&self, recorded: &'static str) -> PathBuf {
        let folder = self.root.join("home/.claude/projects/-home-shop");
        fs::create_dir_all(&folder).unwrap();
        folder.join(format!("{}.jsonl", self.id(recorded)))
    }

    /// The transcripts of its subagents lie beside it.
    fn copy_subagents(recorded: &str, transcript: &Path) {
        for number in 1.. {
            let from = Self::recorded(&format!("{recorded}.sub-{number}"));
            if !from.exists() {
                break;
            }
            let folder = transcript.with_extension("").join("subagents");
            fs::create_dir_all(&folder).unwrap();
            let to = folder.join(format!("agent-a{number}.jsonl"));
            fs::copy(from.with_extension("meta.json"), to.with_extension("meta.json")).unwrap();
            fs::copy(from, to).unwrap();
        }
    }

    /// What a session that a person starts now is told.
    pub(crate) fn start(&self) -> String {
        let mut claude = self.claude();
        let event = json!({
            "session_id": "00000000-0000-4000-8000-000000000000",
            "transcript_path": self.root.join("none.jsonl"),
            "cwd": self.root.join("home/shop"),
            "hook_event_name": "SessionStart",
            "source": "startup",
        });
        let printed = self.hook("session-start", claude.id(), &event);
        claude.kill().unwrap();
        claude.wait().unwrap();
        let reply: Value = serde_json::from_str(&printed).unwrap_or(Value::Null);
        let told = reply["hookSpecificOutput"]["additionalContext"].as_str().unwrap_or_default();
        self.plain(told)
    }

    pub(crate) fn configure(&self, text: &str) {
        fs::write(self.state().join("config.toml"), text).unwrap();
    }

    /// A process that can stand for Claude Code's: a hook that waits for its input.
    pub(crate) fn claude(&self) -> Child {
        self.command(&format!("{}/rejoin-hook-stop", Self::executables()))
            .stdin(Stdio::piped())
            .spawn()
            .unwrap()
    }

    pub(crate) fn command(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        command
            .env_clear()
            .env("HOME", self.root.join("home"))
            .env("REJOIN_HOME", self.state())
            .env("TZ", "UTC")
            .current_dir(self.root.join("home/shop"));
        command
    }

    pub(crate) fn hook(&self, name: &str, claude: u32, event: &Value) -> String {
        let mut child = self
            .command(&format!("{}/rejoin-hook-{name}", Self::executables()))
            .env("CLAUDE_PROJECT_DIR", self.root.join("home/shop"))
            .env("CLAUDE_PID", claude.to_string())
            .env("CLAUDE_CODE_SESSION_ATTENDED", "1")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        child.stdin.take().unwrap().write_all(event.to_string().as_bytes()).unwrap();
        let output = child.wait_with_output().unwrap();
        assert!(output.status.success());
        assert_eq!(String::from_utf8_lossy(&output.stderr), "");
        let faults = fs::read_to_string(self.state().join("hooks.log")).unwrap_or_default();
        assert!(!faults.contains("can't"), "{faults}");
        String::from_utf8(output.stdout).unwrap()
    }

    /// A path below the folder that holds the home and the state.
    pub(crate) fn path(&self, below: &str) -> PathBuf {
        self.root.join(below)
    }

    /// Runs git in the project, by an author and at a time of its own, and insists on success.
    pub(crate) fn git(&self, arguments: &[&str]) -> String {
        let output = self
            .command("git")
            .env("PATH", std::env::var_os("PATH").unwrap())
            .env("GIT_AUTHOR_DATE", "2026-11-01T12:00:00Z")
            .env("GIT_COMMITTER_DATE", "2026-11-01T12:00:00Z")
            .args(["-c", "user.name=dev", "-c", "user.email=dev@example.invalid"])
            .args(arguments)
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "git {arguments:?}: {said}");
        String::from_utf8_lossy(&output.stdout).into_owned()
    }

    /// Runs the command in a folder below [`path`](Self::path), with git on its path.
    pub(crate) fn run_in(&self, folder: &str, arguments: &[&str]) -> Ran {
        let mut command = self.command(REJOIN);
        command.env("PATH", std::env::var_os("PATH").unwrap()).env("GIT_CONFIG_NOSYSTEM", "1");
        self.ran(command.current_dir(self.path(folder)).args(arguments))
    }

    /// Puts a recorded session where Claude Code would have, as one that no hook followed.
    pub(crate) fn unfollowed(&self, recorded: &'static str) -> &'static str {
        let id = self.id(recorded);
        let shop = self.path("home/shop");
        let folder: String = shop
            .to_string_lossy()
            .chars()
            .map(|c| if c.is_ascii_alphanumeric() { c } else { '-' })
            .collect();
        let folder = self.path("home/.claude/projects").join(folder);
        fs::create_dir_all(&folder).unwrap();
        let text = fs::read_to_string(Self::recorded(recorded)).unwrap();
        let text = text.replace("/home/dev/projects/demo", &shop.to_string_lossy());
        fs::write(folder.join(format!("{id}.jsonl")), text).unwrap();
        id
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Ran {
        self.ran(self.command(REJOIN).args(arguments))
    }

    /// With so many columns.
    pub(crate) fn wide(&self, columns: usize, arguments: &[&str]) -> Ran {
        self.ran(self.command(REJOIN).env("COLUMNS", columns.to_string()).args(arguments))
    }

    /// Runs the command as a tool of a session does.
    pub(crate) fn inside(&self, session: &str, arguments: &[&str]) -> Ran {
        self.ran(self.command(REJOIN).env("CLAUDE_CODE_SESSION_ID", session).args(arguments))
    }

    fn ran(&self, command: &mut Command) -> Ran {
        let output = command.stdin(Stdio::null()).output().unwrap();
        Ran {
            code: output.status.code().unwrap(),
            stdout: self.plain(&String::from_utf8(output.stdout).unwrap()),
            stderr: self.plain(&String::from_utf8(output.stderr).unwrap()),
        }
    }

    /// A text without this machine's paths and without what depends on the time of the test.
    fn plain(&self, text: &str) -> String {
        let mut text = text.replace(&*self.root.to_string_lossy(), "ROOT");
        // Recorded times are fixed, the test's are not.
        while let Some(to) = text.find(" ago)") {
            let from = text[..to].rfind('(').unwrap_or(to);
            text.replace_range(from..to + " ago)".len(), "(AGO)");
        }
        let hash = |text: &str| {
            let Some(at) = text.find("projects/shop-") else { return text.to_owned() };
            let from = at + "projects/shop-".len();
            let code: String = text[from..].chars().take_while(char::is_ascii_hexdigit).collect();
            text.replace(&format!("projects/shop-{code}"), "projects/shop-HASH")
        };
        hash(&text)
    }
}
