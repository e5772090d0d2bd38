//! A pager for what is longer than the screen.

use std::io::{self, Write};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use anstream::AutoStream;

/// What shows long output where the user chose nothing: leave at once what fits on the screen, show
/// colours, leave the text there.
const USUAL: &str = "less -FRX";

/// What `less` goes by where the user set nothing: the same, and our output is UTF-8 in any locale.
const LESS: [(&str, &str); 2] = [("LESS", "FRX"), ("LESSCHARSET", "utf-8")];

/// What only a shell understands.
const FOR_A_SHELL: &[char] = &[
    '|', '&', ';', '<', '>', '(', ')', '$', '`', '\\', '"', '\'', '*', '?', '[', '#', '~', '=', '%',
];

/// A running pager.
///
/// Ctrl-C is meant for it, not for us: it ends a search or the reading of what is still to come, and the
/// terminal stays its own until it leaves.
pub(super) struct Pager {
    process: Child,
    input: AutoStream<Box<dyn Write>>,
    interrupted: Arc<AtomicBool>,
}

impl Pager {
    /// Starts the pager that the user chose; `None` where that is none, or none can be started.
    pub(super) fn start(chosen: Option<&str>) -> Option<Self> {
        let chosen = chosen.unwrap_or(USUAL).trim();
        if chosen.is_empty() || chosen == "cat" {
            return None;
        }
        let mut words = chosen.split_whitespace();
        let program = words.next()?;
        // Looked for first: a shell that does not find it says so on the screen.
        if !on_path(program) {
            return None;
        }
        // Without a shell in between, the pager alone says what Ctrl-C does.
        let mut command = if cfg!(windows) || !chosen.contains(FOR_A_SHELL) {
            let mut command = Command::new(program);
            command.args(words);
            command
        } else {
            let mut command = Command::new("sh");
            command.args(["-c", chosen]);
            command
        };
        command.envs(LESS.into_iter().filter(|(name, _)| !crate::env::is_set(name)));
        // Before it starts: it may be interrupted as soon as it is there.
        let interrupted = Arc::new(AtomicBool::new(false));
        listen(&interrupted);
        let mut process = command.stdin(Stdio::piped()).spawn().ok()?;
        let input = process.stdin.take()?;
        // Colours are for the screen that the pager writes to.
        let colours = AutoStream::choice(&io::stdout());
        Some(Self { process, input: AutoStream::new(Box::new(input), colours), interrupted })
    }

    /// Ends the input and waits until the user has seen enough.
    pub(super) fn close(mut self) -> io::Result<()> {
        drop(self.input);
        self.process.wait().map(drop)
    }

    /// Nothing more is wanted once somebody interrupted it.
    fn wanted(&self) -> io::Result<()> {
        if self.interrupted.load(Ordering::Relaxed) {
            return Err(io::ErrorKind::BrokenPipe.into());
        }
        Ok(())
    }
}

impl Write for Pager {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.wanted()?;
        self.input.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.wanted()?;
        self.input.flush()
    }
}

/// From here on Ctrl-C sets the flag and ends nothing; what is started gets it as usual.
fn listen(interrupted: &Arc<AtomicBool>) {
    // Where no handler can be set, Ctrl-C ends this process as it would have.
    #[cfg(unix)]
    drop(signal_hook::flag::register(signal_hook::consts::SIGINT, Arc::clone(interrupted)));
    #[cfg(not(unix))]
    let _ = interrupted;
}

/// Whether a program can be started. A word of the shell is not looked for.
fn on_path(program: &str) -> bool {
    if program.contains(['=', '$', '(', '"', '\'', '/', '\\']) {
        return true;
    }
    let path = crate::env::search_path();
    path.iter().any(|folder| {
        folder.join(program).is_file()
            || cfg!(windows) && folder.join(format!("{program}.exe")).is_file()
    })
}
