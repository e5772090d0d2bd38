//! What a transcript is about, from its beginning and its end alone: for lists of many.

use super::lines::Lines;
use super::{Cursor, line, line_start, open};
use crate::session::event::{At, Author, Event, Place, Stop};
use chrono::{DateTime, Utc};
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;

/// Of the beginning, this much is read until the first prompt was found, in bytes: Claude Code may put
/// its own instructions before it.
const HEAD: u64 = 384 << 10;
/// Of the end, this much.
const TAIL: u64 = 48 << 10;

/// A transcript, as its ends show it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Glance {
    /// The folder that the session was started in.
    pub folder: String,
    /// The branch of the last line that names one.
    pub branch: Option<String>,
    pub first: Option<DateTime<Utc>>,
    pub last: Option<DateTime<Utc>>,
    /// The first prompt of a person; `None` when there is none near the beginning.
    pub prompt: Option<String>,
    /// The session's name.
    pub title: Option<String>,
    /// Tokens in the context after the last response.
    pub tokens: Option<u64>,
    /// The model as it was asked for, and the one that answered last.
    pub requested: Option<String>,
    pub model: Option<String>,
    /// The end does not show that the last turn came to its own.
    pub cut_off: bool,
}

/// Reads a transcript's beginning and end. Errors: it can't be read, or is no regular file.
pub fn glance(path: &Path) -> io::Result<Glance> {
    let (mut file, len) = open(path)?;
    let mut glance = Glance::default();
    let read = part(&mut file, 0, len.min(HEAD), &mut glance, true)?;
    if read < len {
        let from = read.max(len.saturating_sub(TAIL));
        let from = if from > read { line_start(&mut file, from, &mut 0)? } else { from };
        part(&mut file, from, len, &mut glance, false)?;
    }
    Ok(glance)
}

/// Takes in the lines from `from` to `end`; stops behind the first prompt when only that is asked for.
/// Returns how far it came.
fn part(
    file: &mut File,
    from: u64,
    end: u64,
    glance: &mut Glance,
    until_prompt: bool,
) -> io::Result<u64> {
    file.seek(SeekFrom::Start(from))?;
    let span = end.saturating_sub(from);
    let mut lines = Lines::new(file.take(span), from, span);
    let mut cursor = Cursor::default();
    let mut at = from;
    while let Some(found) = lines.next()? {
        at = found.end;
        let place = Place { offset: found.offset, len: found.len };
        if let Some(text) = found.text {
            line::read(text, place, &mut cursor, &mut |_, _| None, &mut |at, event| {
                glance.take(at, &event);
            });
        }
        if until_prompt && glance.prompt.is_some() {
            break;
        }
    }
    Ok(at)
}

impl Glance {
    fn take(&mut self, at: At, event: &Event<'_>) {
        if at.time > DateTime::<Utc>::UNIX_EPOCH {
            self.first.get_or_insert(at.time);
            self.last = self.last.max(Some(at.time));
        }
        match event {
            Event::Located { folder, branch, .. } => {
                if self.folder.is_empty() {
                    folder.as_ref().clone_into(&mut self.folder);
                }
                if let Some(branch) = branch {
                    self.branch = Some(branch.clone().into_owned());
                }
            }
            Event::Prompt { author, text, .. } => {
                self.cut_off = true;
                if *author == Author::Human && self.prompt.is_none() {
                    self.prompt = Some(text.clone().into_owned());
                }
            }
            Event::Responded { model, requested, usage, stop, .. } => {
                if usage.context() > 0 {
                    self.tokens = Some(usage.context());
                    self.model = Some(model.clone().into_owned());
                    if let Some(requested) = requested {
                        self.requested = Some(requested.clone().into_owned());
                    }
                }
                self.cut_off = !matches!(stop, Some(Stop::EndTurn | Stop::Refusal));
            }
            Event::Returned { .. } | Event::Called { .. } => self.cut_off = true,
            Event::ApiError { last, .. } => self.cut_off |= last,
            Event::Interrupted | Event::TurnEnded => self.cut_off = false,
            Event::Compacted { after: Some(tokens), .. } => self.tokens = Some(*tokens),
            Event::Titled { text, .. } => self.title = Some(text.clone().into_owned()),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    fn recorded(name: &str) -> Glance {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/transcripts");
        glance(&folder.join(format!("{name}.jsonl"))).unwrap()
    }

    #[test]
    fn both_ends_tell_what_it_is() {
        let asked = recorded("ask-user");
        assert_eq!(asked.prompt.as_deref(), Some("Ask me something."));
        assert_eq!(asked.folder, "/home/dev/projects/demo");
        assert!(asked.first < asked.last && asked.tokens.is_some());
        assert!(!asked.cut_off, "{asked:?}");
        assert!(recorded("error-529").cut_off);
        assert_eq!(recorded("tui-million").tokens, Some(400_510));
    }

    #[test]
    fn the_middle_of_a_long_one_is_not_read() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("long.jsonl");
        let mut file = File::options().create(true).append(true).open(&path).unwrap();
        let line = |kind: &str, text: &str, time: &str| {
            format!(
                "{{\"type\":\"{kind}\",\"uuid\":\"u\",\"timestamp\":\"{time}\",\"cwd\":\"/demo\",\"gitBranch\":\"{text}\",\"promptSource\":\"typed\",\"message\":{{\"content\":\"{text}\"}}}}\n"
            )
        };
        file.write_all(line("user", "first", "2026-11-01T00:00:00Z").as_bytes()).unwrap();
        let noise = line("other", &"x".repeat(1000), "2026-11-30T00:00:00Z");
        file.write_all(noise.repeat(1000).as_bytes()).unwrap();
        let quiet = format!("{{\"type\":\"quiet\",\"text\":\"{}\"}}\n", "x".repeat(60_000));
        file.write_all(quiet.as_bytes()).unwrap();
        file.write_all(line("user", "last", "2026-11-02T00:00:00Z").as_bytes()).unwrap();
        let seen = glance(&path).unwrap();
        assert_eq!(seen.prompt.as_deref(), Some("first"));
        assert_eq!(seen.branch.as_deref(), Some("last"));
        assert_eq!(seen.last, "2026-11-02T00:00:00Z".parse().ok());
    }
}
