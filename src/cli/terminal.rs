//! Standard output, in colours where a terminal shows them, and the questions asked on it.

use std::io::{self, BufRead, IsTerminal, Write};

use anstream::AutoStream;
use anstyle::{AnsiColor, Style};

use super::pager::Pager;
use crate::env::Env;

pub(crate) const GOOD: Style = AnsiColor::Green.on_default();
pub(crate) const BAD: Style = AnsiColor::Red.on_default().bold();
/// What was looked for.
pub(crate) const FOUND: Style = AnsiColor::Yellow.on_default().bold();
/// What begins a part of an output.
pub(crate) const HEAD: Style = Style::new().bold();
pub(crate) const FAINT: Style = Style::new().dimmed();

/// Where commands write. Colours are dropped when it is no terminal or `NO_COLOR` is set.
pub(crate) struct Terminal {
    out: AutoStream<io::Stdout>,
    attended: bool,
    /// The width asked for where output is no terminal.
    columns: Option<usize>,
    /// What shows long output, where anything may.
    pager: Paging,
}

enum Paging {
    /// Output is no terminal, or the user wants none.
    Never,
    /// The user's own, or the usual one.
    Ready(Option<String>),
    Running(Pager),
}

impl Terminal {
    pub(crate) fn open(env: &Env, no_pager: bool) -> Self {
        let shown = io::stdout().is_terminal();
        let attended = io::stdin().is_terminal() && shown;
        let pager =
            if shown && !no_pager { Paging::Ready(env.pager.clone()) } else { Paging::Never };
        let columns = env.columns.filter(|_| !shown);
        Self { out: anstream::stdout(), attended, columns, pager }
    }

    /// From here on, output that is longer than the screen is shown by a pager.
    pub(crate) fn page(&mut self) {
        if let Paging::Ready(chosen) = &self.pager {
            self.pager = Pager::start(chosen.as_deref()).map_or(Paging::Never, Paging::Running);
        }
    }

    /// Writes what is left, and waits for the pager.
    pub(crate) fn close(&mut self) -> io::Result<()> {
        let flushed = self.flush();
        match std::mem::replace(&mut self.pager, Paging::Never) {
            Paging::Running(pager) => pager.close().and(flushed),
            _ => flushed,
        }
    }

    /// Whether there is somebody to answer a question.
    pub(crate) fn attended(&self) -> bool {
        self.attended
    }

    /// Columns of the terminal; where output goes elsewhere, what `COLUMNS` says, else those of the
    /// terminal that the command was started on, else 80.
    pub(crate) fn width(&self) -> usize {
        let terminal = || terminal_size::terminal_size().map(|(width, _)| usize::from(width.0));
        self.columns.or_else(terminal).unwrap_or(80).max(40)
    }

    /// The answer to `question`, in lower case and trimmed. Empty where nobody is there.
    pub(crate) fn ask(&mut self, question: &str) -> io::Result<String> {
        Ok(self.answer(question)?.unwrap_or_default())
    }

    /// A yes or no; `default` for a bare Enter and where nobody is there. Who ends the input instead of
    /// answering has not said yes.
    pub(crate) fn confirm(&mut self, question: &str, default: bool) -> io::Result<bool> {
        if !self.attended {
            return Ok(default);
        }
        let choice = if default { "[Y/n]" } else { "[y/N]" };
        Ok(match self.answer(&format!("{question} {choice}"))? {
            None => false,
            Some(answer) if answer.is_empty() => default,
            Some(answer) => answer.starts_with('y'),
        })
    }

    /// The line that is typed; `None` at the end of the input, and where nobody is there.
    fn answer(&mut self, question: &str) -> io::Result<Option<String>> {
        if !self.attended {
            return Ok(None);
        }
        write!(self, "{question} ")?;
        self.flush()?;
        let mut answer = String::new();
        if io::stdin().lock().read_line(&mut answer)? == 0 {
            // What comes next begins on a line of its own, as after an Enter.
            writeln!(self)?;
            return Ok(None);
        }
        Ok(Some(answer.trim().to_lowercase()))
    }
}

impl Write for Terminal {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match &mut self.pager {
            Paging::Running(pager) => pager.write(bytes),
            _ => self.out.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match &mut self.pager {
            Paging::Running(pager) => pager.flush(),
            _ => self.out.flush(),
        }
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
