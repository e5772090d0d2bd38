//! Standard output, in colours where a terminal shows them, and the questions asked on it.

use std::io::{self, BufRead, IsTerminal, Write};

use anstream::AutoStream;
use anstyle::{AnsiColor, Style};

pub(crate) const GOOD: Style = AnsiColor::Green.on_default();
pub(crate) const BAD: Style = AnsiColor::Red.on_default().bold();
pub(crate) const FAINT: Style = Style::new().dimmed();

/// Where commands write. Colours are dropped when it is no terminal or `NO_COLOR` is set.
pub(crate) struct Terminal {
    out: AutoStream<io::Stdout>,
    attended: bool,
}

impl Terminal {
    pub(crate) fn open() -> Self {
        let attended = io::stdin().is_terminal() && io::stdout().is_terminal();
        Self { out: anstream::stdout(), attended }
    }

    /// Whether there is somebody to answer a question.
    pub(crate) fn attended(&self) -> bool {
        self.attended
    }

    /// Columns of the terminal; 80 where there is none.
    #[allow(clippy::unused_self)]
    pub(crate) fn width(&self) -> usize {
        terminal_size::terminal_size().map_or(80, |(width, _)| usize::from(width.0)).max(40)
    }

    /// The answer to `question`, in lower case and trimmed. Empty where nobody is there.
    pub(crate) fn ask(&mut self, question: &str) -> io::Result<String> {
        if !self.attended {
            return Ok(String::new());
        }
        write!(self, "{question} ")?;
        self.flush()?;
        let mut answer = String::new();
        io::stdin().lock().read_line(&mut answer)?;
        Ok(answer.trim().to_lowercase())
    }

    /// A yes or no; `default` for a bare Enter and where nobody is there.
    pub(crate) fn confirm(&mut self, question: &str, default: bool) -> io::Result<bool> {
        let choice = if default { "[Y/n]" } else { "[y/N]" };
        let answer = self.ask(&format!("{question} {choice}"))?;
        Ok(if answer.is_empty() { default } else { answer.starts_with('y') })
    }
}

impl Write for Terminal {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.out.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

/// The lines in which `after` differs from `before`, as `diff -u` shows them.
pub(crate) fn difference(name: &str, before: &str, after: &str) -> String {
    similar::TextDiff::from_lines(before, after)
        .unified_diff()
        .context_radius(2)
        .header(name, name)
        .to_string()
}
