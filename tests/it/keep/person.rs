//! Somebody with a home, a real repository, and sessions that the hook executables followed.

use serde_json::{Value, json};
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use tempfile::TempDir;

const REJOIN: &str = env!("CARGO_BIN_EXE_rejoin");

/// What a run printed.
#[derive(Debug)]
pub(super) struct Ran {
    pub(super) code: i32,
    pub(super) stdout: String,
    pub(super) stderr: String,
}

impl Ran {
    /// Both streams, for a snapshot.
    pub(super) fn all(&self) -> String {
        format!("{}{}[exit {}]", self.stdout, self.stderr, self.code)
    }

    pub(super) fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{error}: {}", self.all()))
    }

    #[track_caller]
    pub(super) fn done(self) -> Self {
        assert_eq!(self.code, 0, "{}", self.all());
        self
    }
}

pub(super) struct Person {
    /// Removed with this value.
    _folder: Option<TempDir>,
    pub(super) root: PathBuf,
    pub(super) repository: PathBuf,
}

impl Person {
    /// With an empty repository.
    pub(super) fn new() -> Self {
        let folder = TempDir::new().unwrap();
        let root = folder.path().canonicalize().unwrap();
        let repository = root.join("home/shop");
        fs::create_dir_all(&repository).unwrap();
        let person = Self { _folder: Some(folder), root, repository };
        person.git(&["init", "--quiet", "-b", "main"]);
        person
    }

    /// With a clone of a repository, below somebody else's folder.
    pub(super) fn cloned(folder: &Path, name: &str, from: &Path) -> Self {
        let root = folder.join(name);
        let repository = root.join("home/shop");
        fs::create_dir_all(&repository).unwrap();
        let person = Self { _folder: None, root, repository };
        person.git(&["clone", "--quiet", from.to_str().unwrap(), "."]);
        person.git(&["config", "user.name", name]);
        person
    }

    pub(super) fn state(&self) -> PathBuf {
        self.root.join("state")
    }

    /// The folder of the project's state.
    pub(super) fn project(&self) -> PathBuf {
        let mut found = fs::read_dir(self.state().join("projects")).unwrap();
        found.next().unwrap().unwrap().path()
    }

    pub(super) fn git(&self, args: &[&str]) -> String {
        let output = self.command("git").args(args).output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "git {args:?}: {said}");
        String::from_utf8_lossy(&output.stdout).trim().to_owned()
    }

    /// Runs `rejoin` here.
    pub(super) fn run(&self, args: &[&str]) -> Ran {
        self.run_with(args, &[])
    }

    pub(super) fn run_with(&self, args: &[&str], env: &[(&str, &str)]) -> Ran {
        let mut command = self.command(REJOIN);
        let output = command.args(args).envs(env.iter().copied()).output().unwrap();
        Ran {
            code: output.status.code().unwrap(),
            stdout: self.plain(&String::from_utf8(output.stdout).unwrap()),
            stderr: self.plain(&String::from_utf8(output.stderr).unwrap()),
        }
    }

    pub(super) fn command(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        command
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap())
            .env("HOME", self.root.join("home"))
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .env("REJOIN_HOME", self.state())
            .env("TZ", "UTC")
            .stdin(Stdio::null())
            .current_dir(&self.repository);
        command
    }

    /// Plays a recorded session that came to its end; returns its id.
    pub(super) fn follow(&self, recorded: &str) -> String {
        let text = match recorded {
            "demo" => {
                let demo = Path::new(env!("CARGO_MANIFEST_DIR")).join("install/demo.jsonl");
                fs::read_to_string(demo).unwrap()
            }
            name => fs::read_to_string(crate::fold::fixture(&format!("{name}.jsonl"))).unwrap(),
        };
        self.follow_text(&text, true)
    }

    /// Plays a session by the text of its transcript.
    pub(super) fn follow_text(&self, text: &str, ends: bool) -> String {
        let lines: Vec<Value> = text.lines().map(|l| serde_json::from_str(l).unwrap()).collect();
        let id = lines.iter().find_map(|l| l["sessionId"].as_str()).unwrap().to_owned();
        let prompt = lines.iter().find_map(|l| l["message"]["content"].as_str()).unwrap();
        fs::write(self.transcript(&id), text).unwrap();
        let mut claude = self.claude();
        self.event(&claude, "session-start", "SessionStart", &id, &json!({"source": "startup"}));
        let asked = json!({"prompt": prompt, "prompt_id": "none"});
        self.event(&claude, "user-prompt-submit", "UserPromptSubmit", &id, &asked);
        self.event(&claude, "stop", "Stop", &id, &json!({"prompt_id": "none"}));
        if ends {
            self.end(&claude, &id);
        }
        claude.kill().unwrap();
        claude.wait().unwrap();
        id
    }

    pub(super) fn transcript(&self, id: &str) -> PathBuf {
        self.root.join(format!("{id}.jsonl"))
    }

    /// SessionEnd of a session.
    pub(super) fn end(&self, claude: &Child, id: &str) {
        self.event(claude, "session-end", "SessionEnd", id, &json!({"reason": "other"}));
    }

    /// What a session that a person starts now is told.
    pub(super) fn start(&self) -> String {
        let mut claude = self.claude();
        let id = "00000000-0000-4000-8000-000000000000";
        let printed =
            self.event(&claude, "session-start", "SessionStart", id, &json!({"source": "startup"}));
        claude.kill().unwrap();
        claude.wait().unwrap();
        let reply: Value = serde_json::from_str(&printed).unwrap_or(Value::Null);
        let told = reply["hookSpecificOutput"]["additionalContext"].as_str().unwrap_or_default();
        self.plain(told)
    }

    /// A process that can stand for Claude Code's: a hook that waits for its input.
    pub(super) fn claude(&self) -> Child {
        self.command(&executable("stop")).stdin(Stdio::piped()).spawn().unwrap()
    }

    pub(super) fn event(
        &self,
        claude: &Child,
        hook: &str,
        name: &str,
        id: &str,
        more: &Value,
    ) -> String {
        let mut event = json!({
            "session_id": id,
            "transcript_path": self.transcript(id),
            "cwd": self.repository,
            "hook_event_name": name,
        });
        event.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let mut child = self
            .command(&executable(hook))
            .env("CLAUDE_PROJECT_DIR", &self.repository)
            .env("CLAUDE_PID", claude.id().to_string())
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
        String::from_utf8(output.stdout).unwrap()
    }

    /// The lines of the fault log.
    pub(super) fn faults(&self) -> String {
        fs::read_to_string(self.state().join("hooks.log")).unwrap_or_default()
    }

    /// A text without this machine's paths and without what differs from run to run: ages, and the ids
    /// of pauses, by the order in which they come.
    pub(super) fn plain(&self, text: &str) -> String {
        let text = text.replace(&*self.root.to_string_lossy(), "ROOT");
        let mut ids: Vec<String> = Vec::new();
        let mut out = String::new();
        let mut rest = &*text;
        while let Some(at) = rest.find('p') {
            let before = rest[..at].chars().next_back();
            let id = rest.get(at..at + 8).unwrap_or_default();
            let after = rest.get(at + 8..).and_then(|rest| rest.chars().next());
            let word = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
            let is_id = id.len() == 8
                && id[1..].bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
                && !word(before)
                && !word(after);
            out.push_str(&rest[..at]);
            if is_id {
                let known = ids.iter().position(|known| known == id).unwrap_or_else(|| {
                    ids.push(id.to_owned());
                    ids.len() - 1
                });
                out += "pPAUSE-";
                out += &(known + 1).to_string();
                rest = &rest[at + 8..];
            } else {
                out.push('p');
                rest = &rest[at + 1..];
            }
        }
        out.push_str(rest);
        without_ages(&out)
    }
}

/// `AGE` for `690 d`, before ` ago`, and one space for the column's rest after it.
fn without_ages(text: &str) -> String {
    let mut parts = text.split(" ago");
    let mut out = String::new();
    let mut part = parts.next().unwrap_or_default().to_owned();
    for next in parts {
        let number = [" min", " h", " d"].iter().find_map(|unit| part.strip_suffix(unit));
        match number.map(|number| number.trim_end_matches(|c: char| c.is_ascii_digit())) {
            Some(before) => out += &[before, "AGE"].concat(),
            None => out += &part,
        }
        out += " ago";
        let rest = next.trim_start_matches(' ');
        part = if rest.len() < next.len() { [" ", rest].concat() } else { next.to_owned() };
    }
    out + &part
}

fn executable(hook: &str) -> String {
    let folder = Path::new(REJOIN).parent().unwrap();
    format!("{}/rejoin-hook-{hook}", folder.display())
}

/// All files below a folder with what they hold.
pub(super) fn files(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let meta = fs::symlink_metadata(&path).unwrap();
            if meta.is_dir() {
                folders.push(path);
            } else if meta.is_file() {
                found.push((path.clone(), fs::read(&path).unwrap()));
            }
        }
    }
    found.sort();
    found
}
