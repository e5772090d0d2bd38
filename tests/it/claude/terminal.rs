//! Claude Code in a real pseudo-terminal, as a person has it.

use std::ffi::OsString;
use std::io::{Read, Write};
use std::num::NonZero;
use std::path::Path;
use std::sync::{Arc, Condvar, Mutex};
use std::time::Instant;

use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};
use vt100::Parser;

use super::kill;
use crate::api::PATIENCE;

const ROWS: NonZero<u16> = NonZero::new(60).unwrap();
/// Narrow enough that Claude Code shows no panel with the changed files beside the conversation.
const COLUMNS: NonZero<u16> = NonZero::new(120).unwrap();

/// A key that is not text.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Key {
    Enter,
    Escape,
    Up,
    Down,
    /// Empties the input line.
    CtrlU,
}

/// A running terminal session. Ends with this value, if it has not ended before.
pub(crate) struct Terminal {
    view: Arc<View>,
    input: Box<dyn Write + Send>,
    child: Box<dyn Child + Send + Sync>,
    /// Closing it hangs the terminal up.
    _master: Box<dyn MasterPty + Send>,
}

struct View {
    seen: Mutex<Seen>,
    changed: Condvar,
}

struct Seen {
    parser: Parser,
    /// The program has closed the terminal: its screen will not change any more.
    closed: bool,
}

impl Terminal {
    pub(super) fn open(
        program: &str,
        args: &[OsString],
        folder: &Path,
        environment: &[(OsString, OsString)],
    ) -> Self {
        let terminal = Self::start(program, args, folder, environment, (ROWS, COLUMNS));
        terminal.wait_until("the prompt box is there", |screen| input_line(screen).is_some());
        terminal
    }

    /// Starts any program in a terminal of so many rows and columns.
    pub(crate) fn start(
        program: &str,
        args: &[OsString],
        folder: &Path,
        environment: &[(OsString, OsString)],
        (rows, columns): (NonZero<u16>, NonZero<u16>),
    ) -> Self {
        let size =
            PtySize { rows: rows.get(), cols: columns.get(), pixel_width: 0, pixel_height: 0 };
        let pair = native_pty_system().openpty(size).expect("the system has pseudo-terminals");
        let mut command = CommandBuilder::new(program);
        command.args(args);
        command.cwd(folder);
        command.env_clear();
        for (name, value) in environment {
            command.env(name, value);
        }
        let child = pair.slave.spawn_command(command).expect("the program can be started");
        drop(pair.slave);
        let mut output = pair.master.try_clone_reader().expect("a terminal can be read");
        let input = pair.master.take_writer().expect("a terminal can be written");
        let seen = Seen { parser: Parser::new(rows, columns, 0), closed: false };
        let view = Arc::new(View { seen: Mutex::new(seen), changed: Condvar::new() });
        let watching = Arc::clone(&view);
        std::thread::spawn(move || {
            let mut buffer = [0; 8192];
            loop {
                let read = output.read(&mut buffer).unwrap_or(0);
                let mut seen = watching.seen.lock().expect("no holder panics");
                seen.parser.process(&buffer[..read]);
                seen.closed = read == 0;
                watching.changed.notify_all();
                if seen.closed {
                    break;
                }
            }
        });
        Self { view, input, child, _master: pair.master }
    }

    /// What is on the screen.
    pub(crate) fn screen(&self) -> String {
        self.view.seen.lock().expect("no holder panics").parser.screen().contents()
    }

    /// Waits until the screen shows `text`.
    #[track_caller]
    pub(crate) fn wait_for(&self, text: &str) {
        self.wait_until(&format!("the screen shows {text:?}"), |screen| screen.contains(text));
    }

    /// Waits until the screen is as `condition` wants it.
    #[track_caller]
    pub(crate) fn wait_until(&self, what: &str, condition: impl Fn(&str) -> bool) {
        let deadline = Instant::now() + PATIENCE;
        let mut seen = self.view.seen.lock().expect("no holder panics");
        loop {
            let screen = seen.parser.screen().contents();
            if condition(&screen) {
                return;
            }
            let left = deadline.saturating_duration_since(Instant::now());
            let over = left.is_zero() || seen.closed;
            if over {
                drop(seen);
                panic!("never came: {what}; the screen:\n{screen}");
            }
            seen = self.view.changed.wait_timeout(seen, left).expect("no holder panics").0;
        }
    }

    /// Types `text` into the prompt box and waits until it stands there.
    #[track_caller]
    pub(crate) fn type_text(&mut self, text: &str) {
        self.send(text.as_bytes());
        self.wait_for_input(text);
    }

    /// Waits until the prompt box holds exactly `text`.
    #[track_caller]
    pub(crate) fn wait_for_input(&self, text: &str) {
        self.wait_until(&format!("the prompt box holds {text:?}"), |screen| {
            input_line(screen) == Some(text)
        });
    }

    /// Presses a key.
    pub(crate) fn key(&mut self, key: Key) {
        self.send(match key {
            Key::Enter => b"\r",
            Key::Escape => b"\x1b",
            Key::Up => b"\x1b[A",
            Key::Down => b"\x1b[B",
            Key::CtrlU => b"\x15",
        });
    }

    /// Empties the prompt box. Presses its key until that is seen to work: in the moment after a change of the whole
    /// screen Claude Code takes no input.
    #[track_caller]
    pub(crate) fn clear_input(&mut self) {
        let before = input_line(&self.screen()).map(str::to_owned);
        super::eventually("the prompt box is empty", || {
            self.key(Key::CtrlU);
            let screen = self.screen();
            (input_line(&screen) != before.as_deref()).then_some(())
        });
    }

    /// Types a prompt or a command and sends it off.
    #[track_caller]
    pub(crate) fn submit(&mut self, text: &str) {
        self.type_text(text);
        self.key(Key::Enter);
    }

    /// Leaves with `/exit` and waits until the process has ended.
    #[track_caller]
    pub(crate) fn exit(mut self) {
        self.submit("/exit");
        self.wait_end();
    }

    /// Ends the process like a crash and waits until it is gone.
    pub(crate) fn kill(mut self) {
        kill(self.child.process_id().expect("a running child has an id"));
        self.wait_end();
    }

    /// Types into whatever reads the keys.
    pub(crate) fn keys(&mut self, text: &str) {
        self.send(text.as_bytes());
    }

    /// Waits until the program has ended, and returns its last screen and exit code.
    pub(crate) fn end(mut self) -> (String, u32) {
        let status = super::eventually("the program ends", || self.child.try_wait().ok().flatten());
        super::eventually("the terminal is closed", || {
            self.view.seen.lock().expect("no holder panics").closed.then_some(())
        });
        (self.screen(), status.exit_code())
    }

    fn wait_end(&mut self) {
        super::eventually("claude ends", || self.child.try_wait().ok().flatten());
    }

    fn send(&mut self, bytes: &[u8]) {
        self.input.write_all(bytes).expect("the terminal is open");
        self.input.flush().expect("the terminal is open");
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        if matches!(self.child.try_wait(), Ok(None)) {
            drop(self.child.kill());
            drop(self.child.wait());
        }
    }
}

/// The line of the prompt box: the last one that begins with its sign, without it.
fn input_line(screen: &str) -> Option<&str> {
    let line = screen.lines().rev().find(|line| line.starts_with('❯'))?;
    Some(line.trim_start_matches('❯').trim())
}
