//! `rejoin log --follow`, a real process beside a session that goes on.

use crate::cli::followed::Followed;
use serde_json::{Value, json};
use std::fs::{self, File};
use std::io::{BufRead, BufReader, Write};
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::time::{Duration, Instant};

/// Nothing here takes longer, on whatever machine.
const DEADLINE: Duration = Duration::from_mins(1);

/// A session in a process that lives, and its transcript as far as it was written.
struct Session<'f> {
    here: &'f Followed,
    claude: Child,
    recorded: &'static str,
    transcript: PathBuf,
    lines: Vec<String>,
}

impl<'f> Session<'f> {
    fn start(here: &'f Followed, recorded: &'static str) -> Self {
        let text = fs::read_to_string(Followed::recorded(recorded)).unwrap();
        let session = Self {
            here,
            claude: here.claude(),
            recorded,
            transcript: here.transcript(recorded),
            lines: text.lines().map(str::to_owned).collect(),
        };
        session.event("session-start", "SessionStart", &json!({"source": "startup"}));
        session.event(
            "user-prompt-submit",
            "UserPromptSubmit",
            &json!({"prompt": "x", "prompt_id": "none"}),
        );
        session
    }

    fn event(&self, hook: &str, name: &str, more: &Value) {
        let mut event = json!({
            "session_id": self.here.id(self.recorded),
            "transcript_path": self.transcript,
            "cwd": self.here.project(),
            "hook_event_name": name,
        });
        event.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        self.here.hook(hook, self.claude.id(), &event);
    }

    /// Claude Code writes everything up to the line that holds `text`.
    fn write_up_to(&mut self, text: &str) {
        let end = self.lines.iter().position(|line| line.contains(text)).unwrap() + 1;
        let mut file = File::options().create(true).append(true).open(&self.transcript).unwrap();
        for line in self.lines.drain(..end) {
            writeln!(file, "{line}").unwrap();
        }
    }
}

impl Drop for Session<'_> {
    fn drop(&mut self) {
        drop(self.claude.kill());
        drop(self.claude.wait());
    }
}

/// The command, and what it prints.
struct Following {
    child: Child,
    lines: Receiver<String>,
}

impl Following {
    fn start(here: &Followed, arguments: &[&str]) -> Self {
        let mut command = here.command(env!("CARGO_BIN_EXE_rejoin"));
        command.args(["log", "--follow"]).args(arguments);
        let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn().unwrap();
        let output = BufReader::new(child.stdout.take().unwrap());
        let (send, lines) = mpsc::channel();
        std::thread::spawn(move || {
            for line in output.lines() {
                // A test that has what it waited for closes the pipe.
                if send.send(line.unwrap()).is_err() {
                    break;
                }
            }
        });
        Self { child, lines }
    }

    fn line(&self) -> String {
        self.lines.recv_timeout(DEADLINE).expect("a line is printed")
    }

    fn record(&self) -> Value {
        serde_json::from_str(&self.line()).unwrap()
    }

    fn wait(&mut self) -> ExitStatus {
        let deadline = Instant::now() + DEADLINE;
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status;
            }
            assert!(Instant::now() < deadline, "it goes on");
            std::thread::sleep(Duration::from_millis(5));
        }
    }
}

impl Drop for Following {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

#[test]
fn turns_are_printed_as_they_end() {
    let here = Followed::new();
    let mut session = Session::start(&here, "esc-tool");
    session.write_up_to("total() sums prices.");
    session.event("stop", "Stop", &json!({"prompt_id": "none"}));
    let following = Following::start(&here, &["--json"]);
    let first = following.record();
    assert_eq!(
        (&first["prompt"], &first["stop_reason"]),
        (&json!("Explain total()"), &json!("end_turn"))
    );
    // A call of a tool, its result, the user's interruption: one record of it, at its end.
    session.write_up_to("\"type\":\"tool_use\"");
    session.write_up_to("[Request interrupted by user");
    let second = following.record();
    assert_eq!(
        (&second["prompt"], &second["stop_reason"]),
        (&json!("Run the slow check"), &json!("interrupted"))
    );
    session.write_up_to("The cart uses total().");
    let third = following.record();
    assert_eq!(
        (&third["prompt"], &third["response"]),
        (&json!("Explain the cart"), &json!("The cart uses total()."))
    );
    // What comes after a turn's end is no news.
    session.write_up_to("turn_duration");
    session.event("session-end", "SessionEnd", &json!({"reason": "other"}));
    drop(session);
    let mut again = Session::start(&here, "hello");
    again.write_up_to("\"type\":\"assistant\"");
    assert_eq!(following.lines.try_recv().ok(), None, "another session is not followed");
}

#[test]
fn a_turn_that_dies_is_printed_when_its_process_is_gone() {
    let here = Followed::new();
    let mut session = Session::start(&here, "esc-tool");
    session.write_up_to("total() sums prices.");
    session.write_up_to("\"type\":\"tool_use\"");
    let following = Following::start(&here, &["--json"]);
    assert_eq!(following.record()["prompt"], "Explain total()");
    drop(session);
    let died = following.record();
    assert_eq!(
        (&died["prompt"], &died["stop_reason"]),
        (&json!("Run the slow check"), &json!("killed"))
    );
}

#[test]
fn a_transcript_that_is_replaced_is_read_anew() {
    let here = Followed::new();
    let mut session = Session::start(&here, "esc-tool");
    session.write_up_to("total() sums prices.");
    let following = Following::start(&here, &["--json"]);
    assert_eq!(following.record()["prompt"], "Explain total()");
    let other = session.transcript.with_extension("new");
    fs::copy(Followed::recorded("hello"), &other).unwrap();
    fs::rename(&other, &session.transcript).unwrap();
    let replaced = following.record();
    assert_ne!(replaced["prompt"], "Explain total()");
    assert_eq!((&replaced["requests"], &replaced["stop_reason"]), (&json!(1), &json!("end_turn")));
}

#[test]
fn it_ends_with_its_reader_and_by_an_interruption() {
    let here = Followed::new();
    let mut session = Session::start(&here, "esc-tool");
    session.write_up_to("total() sums prices.");
    // Nothing more is ever printed, and still it ends.
    let mut following = here.command(env!("CARGO_BIN_EXE_rejoin"));
    following.args(["log", "-f"]).stdin(Stdio::null()).stdout(Stdio::piped());
    let mut child = following.stderr(Stdio::piped()).spawn().unwrap();
    let mut output = BufReader::new(child.stdout.take().unwrap());
    let mut line = String::new();
    output.read_line(&mut line).unwrap();
    assert!(line.starts_with("20"), "{line}");
    drop(output);
    let (send, lines) = mpsc::channel();
    drop(send);
    let mut following = Following { child, lines };
    assert!(following.wait().success());
    let mut said = String::new();
    std::io::Read::read_to_string(following.child.stderr.as_mut().unwrap(), &mut said).unwrap();
    assert_eq!(said, "");

    let mut following = Following::start(&here, &["--width", "60"]);
    assert_eq!(following.line().len(), line.trim_end().len());
    let id = following.child.id().to_string();
    assert!(Command::new("kill").args(["-INT", &id]).status().unwrap().success());
    let status = following.wait();
    assert_eq!(std::os::unix::process::ExitStatusExt::signal(&status), Some(2));
}
