//! A pager for what is longer than the screen.

use std::io::{self, Write};
use std::process::{Child, Command, Stdio};

use anstream::AutoStream;

/// What shows long output where the user chose nothing: leave at once what fits on the screen, show
/// colours, leave the text there.
const USUAL: &str = "less -FRX";

/// What `less` goes by where the user set nothing: as [`USUAL`], and our output is UTF-8 in any locale.
const LESS: &str = r#"export LESS="${LESS-FRX}" LESSCHARSET="${LESSCHARSET-utf-8}""#;

/// A running pager.
pub(super) struct Pager {
    process: Child,
    pub(super) input: AutoStream<Box<dyn Write>>,
}

impl Pager {
    /// Starts the pager that the user chose; `None` where that is none, or none can be started.
    pub(super) fn start(chosen: Option<&str>) -> Option<Self> {
        let chosen = chosen.unwrap_or(USUAL).trim();
        if chosen.is_empty() || chosen == "cat" {
            return None;
        }
        let mut command = if cfg!(windows) {
            // Its shell has no word for "replace yourself by this".
            let mut words = chosen.split_whitespace();
            let mut command = Command::new(words.next()?);
            command.args(words);
            command
        } else {
            let mut command = Command::new("sh");
            command.args(["-c", &format!("{LESS}; {chosen}")]);
            command
        };
        // Looked for first: a shell that does not find it says so on the screen.
        let program = chosen.split_whitespace().next()?;
        if !on_path(program) {
            return None;
        }
        let mut process = command.stdin(Stdio::piped()).spawn().ok()?;
        let input = process.stdin.take()?;
        // Colours are for the screen that the pager writes to.
        let colours = AutoStream::choice(&io::stdout());
        Some(Self { process, input: AutoStream::new(Box::new(input), colours) })
    }

    /// Ends the input and waits until the user has seen enough.
    pub(super) fn close(mut self) -> io::Result<()> {
        drop(self.input);
        self.process.wait().map(drop)
    }
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
