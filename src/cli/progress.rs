//! The progress bar: on a terminal, and only when it takes a while.

use std::io::{self, IsTerminal, Write};
use std::time::{Duration, Instant};

use crate::usage::Progress;

/// Nobody needs a bar that is gone before it is seen.
const PATIENCE: Duration = Duration::from_millis(500);

const LENGTH: usize = 30;

/// A bar on standard error.
pub(in crate::cli) struct ProgressBar {
    started: Instant,
    wanted: bool,
    shown: bool,
}

impl ProgressBar {
    pub(in crate::cli) fn on_stderr() -> Self {
        Self { started: Instant::now(), wanted: io::stderr().is_terminal(), shown: false }
    }

    pub(in crate::cli) fn show(&mut self, progress: Progress) {
        if !self.wanted || !is_due(self.started.elapsed()) {
            return;
        }
        let Progress { bytes, of } = progress;
        let share = bytes.min(of) as f64 / of.max(1) as f64;
        let done = (share * LENGTH as f64) as usize;
        let (done, rest) = ("█".repeat(done), "░".repeat(LENGTH - done));
        let megabytes = of.div_ceil(1_000_000);
        self.paint(&format!("\r{done}{rest} {:3.0} % of {megabytes} MB", share * 100.0));
        self.shown = true;
    }

    /// Takes the bar away.
    pub(in crate::cli) fn clear(&mut self) {
        if self.shown {
            self.paint("\r\x1b[2K");
        }
    }

    fn paint(&mut self, text: &str) {
        let mut stderr = io::stderr().lock();
        // A bar that can't be drawn is not worth a word.
        self.wanted = stderr.write_all(text.as_bytes()).and_then(|()| stderr.flush()).is_ok();
    }
}

fn is_due(elapsed: Duration) -> bool {
    elapsed >= PATIENCE
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_takes_less_than_half_a_second_has_no_bar() {
        assert!(!is_due(Duration::from_millis(499)));
        assert!(is_due(Duration::from_millis(500)));
    }
}
