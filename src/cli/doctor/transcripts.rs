//! What of Claude Code's transcripts can't be counted, line by line.

use std::path::Path;

use super::Check;
use crate::cli::progress::ProgressBar;
use crate::env::Env;
use crate::usage::{self, Usage};

/// Lines that are named, of one transcript and of all.
const OF_ONE: usize = 5;
const OF_ALL: usize = 20;

/// Files that can't be read are findings. Lines are not: there is nothing to be done about them.
pub(super) fn check(state: &Path, env: &Env) -> Check {
    let mut check = Check::new("transcripts");
    // Looking creates nothing.
    let cache = state.is_dir().then_some(state);
    let mut bar = ProgressBar::on_stderr();
    let usage = Usage::collect(&usage::roots(env), cache, &mut |progress| bar.show(progress));
    bar.clear();
    for path in usage.skipped.unreadable.iter().take(OF_ALL) {
        let why = usage::fault(path).map_or_else(String::new, |error| format!(": {error}"));
        check.find(
            format!("{} can't be read{why}", path.display()),
            "make it readable; until then it does not count in `rejoin usage`",
        );
    }
    let lines = usage.skipped.line_count();
    check.detail = match (usage.transcript_count(), lines) {
        (0, _) => "there are none yet".to_owned(),
        (1, 0) => "all lines of 1 transcript count".to_owned(),
        (all, 0) => format!("all lines of {all} transcripts count"),
        (_, lines) => {
            let plural = |n: u64, one: &str| format!("{n} {one}{}", if n == 1 { "" } else { "s" });
            format!(
                "{} of {} can't be read and {} not count in `rejoin usage`; the rest is right",
                plural(lines, "line"),
                plural(usage.skipped.lines.len() as u64, "transcript"),
                if lines == 1 { "does" } else { "do" },
            )
        }
    };
    for (path, _) in &usage.skipped.lines {
        let room = OF_ONE.min(OF_ALL - check.notes.len());
        if room == 0 {
            break;
        }
        // Gone or grown since it was counted: what it has now is told.
        for line in usage::flawed_lines(path, room).unwrap_or_default() {
            let text = format!("{} line {} {}", path.display(), line.number, line.flaw);
            check.notes.push(text.chars().map(|c| if c.is_control() { '?' } else { c }).collect());
        }
    }
    let more = lines.saturating_sub(check.notes.len() as u64);
    if more > 0 {
        check.notes.push(format!("and {more} more"));
    }
    check
}
