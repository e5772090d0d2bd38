//! A session or a pause as one self-contained file for people and programs.
//!
//! [`Document`] is what is exported; Markdown, JSON, YAML and HTML are renderings of it. What the texts
//! in it hold was written by anybody: nothing of them is ever markup.

mod html;
mod markdown;
mod timeline;

pub use html::html;
pub use markdown::markdown;
pub use timeline::{Compaction, Curve, Point, curve};

use crate::follow::{Response, State};
use crate::resume::{self, OpenTask, ResumeLog};
use crate::session::facts::{By, TaskState, Touch};
use crate::session::merge_touch;
use crate::session::text::line;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// The format that is written, and the latest that is read.
pub const FORMAT: u32 = 1;

/// What is exported of a session or a pause. Fields are only ever added while the format is the same.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Document {
    /// [`FORMAT`].
    pub format: u32,
    /// When it was exported.
    pub exported: DateTime<Utc>,
    /// The resume log.
    pub log: ResumeLog,
    /// What was left with a pause.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// Tasks and tracker items, those done included when it is a session.
    #[serde(default)]
    pub tasks: Vec<OpenTask>,
    /// Commands that check the work, tests first.
    #[serde(default)]
    pub checks: Vec<String>,
    /// Files that were changed, the newest last.
    #[serde(default)]
    pub files: Vec<File>,
    /// Turns and subagents' runs, oldest first.
    #[serde(default)]
    pub turns: Vec<Response>,
    /// How the context filled; `None` when the transcript is gone or never said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub curve: Option<Curve>,
}

/// A file that was changed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct File {
    /// Relative to the session's folder where it lies below it.
    pub path: String,
    pub edits: u32,
    /// Lines added and removed.
    pub added: u32,
    pub removed: u32,
    /// Made by the session.
    pub new: bool,
    /// Has edits that no commit of the session took in.
    pub uncommitted: bool,
}

impl Document {
    /// A session with its resume log and its turns.
    pub fn of_session(
        state: &State,
        log: ResumeLog,
        turns: Vec<Response>,
        exported: DateTime<Utc>,
    ) -> Self {
        let session = &state.session;
        let mut touched: Vec<Touch> = Vec::new();
        for touch in session.all().flat_map(|turn| &turn.files).filter(|touch| touch.edits > 0) {
            merge_touch(&mut touched, touch.clone());
        }
        let files = touched.iter().map(|touch| File {
            path: touch.path.clone(),
            edits: touch.edits,
            added: touch.lines.0,
            removed: touch.lines.1,
            new: touch.new,
            uncommitted: touch.is_uncommitted(),
        });
        let done = resume::tasks(session).into_iter().filter_map(|task| {
            (task.state == TaskState::Completed).then(|| OpenTask {
                id: task.id,
                title: task.subject,
                state: "done".to_owned(),
            })
        });
        Self {
            format: FORMAT,
            exported,
            log,
            message: None,
            tasks: resume::open_tasks(session).into_iter().chain(done).collect(),
            checks: resume::checks(session),
            files: files.collect(),
            turns,
            curve: state.transcript.as_deref().and_then(|path| curve(path, state.window())),
        }
    }

    /// Nothing but a log.
    pub fn of_log(log: ResumeLog, exported: DateTime<Utc>) -> Self {
        Self {
            format: FORMAT,
            exported,
            log,
            message: None,
            tasks: Vec::new(),
            checks: Vec::new(),
            files: Vec::new(),
            turns: Vec::new(),
            curve: None,
        }
    }

    /// A log that was frozen: a pause, or one that came from elsewhere.
    pub fn of_pause(pause: &crate::follow::Pause, exported: DateTime<Utc>) -> Self {
        let files = pause.log.metadata.files.iter().filter(|file| file.edits > 0);
        Self {
            format: FORMAT,
            exported,
            message: pause.message.clone(),
            tasks: pause.open_tasks.clone(),
            checks: pause.checks.clone(),
            files: files
                .map(|file| File {
                    path: file.path.clone(),
                    edits: file.edits,
                    added: file.lines.0,
                    removed: file.lines.1,
                    new: file.new,
                    uncommitted: file.uncommitted,
                })
                .collect(),
            turns: Vec::new(),
            curve: None,
            log: pause.log.clone(),
        }
    }

    /// What the document is called: the session's title, else the message left with it, else its first
    /// prompt, else its project.
    pub fn title(&self) -> String {
        let subject = &self.log.subject;
        let asked = self.turns.iter().find(|turn| turn.by == By::Human && !turn.prompt.is_empty());
        let name = subject.title.as_deref().or(self.message.as_deref());
        let name = name.or(asked.map(|turn| &*turn.prompt));
        line(name.unwrap_or(&subject.project), 120)
    }
}

/// A value as YAML: for strings, numbers, lists and maps of such.
pub fn yaml(value: &impl Serialize) -> Result<String, String> {
    serde_saphyr::to_string(value).map_err(|error| format!("can't write it as YAML: {error}"))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use saphyr_parser::{Event, Parser, ScalarStyle};

    /// The scalars of a YAML document, and whether each is written plain.
    fn scalars(yaml: &str) -> Vec<(String, bool)> {
        let events = Parser::new_from_str(yaml).map(|event| event.unwrap().0);
        events
            .filter_map(|event| match event {
                Event::Scalar(text, style, ..) => {
                    Some((text.into_owned(), style == ScalarStyle::Plain))
                }
                _ => None,
            })
            .collect()
    }

    #[test]
    fn what_looks_like_something_else_is_quoted() {
        for text in [
            "no",
            "on",
            "y",
            "null",
            "~",
            "",
            "1e3",
            "0x10",
            "017",
            "1_000",
            "12:30:45",
            "2026-11-22",
            ".inf",
            "- a",
            "# a",
            "a: b",
            "&a",
            "*a",
            "!a",
            "%a",
            "@a",
            "`a",
            "---",
            "...",
        ] {
            let yaml = super::yaml(&vec![text]).unwrap();
            assert_eq!(scalars(&yaml), [(text.to_owned(), false)], "{yaml}");
        }
    }

    proptest! {
        #[test]
        fn any_text_reads_back_as_it_was(text in "(\\PC|[ \n\t:#'\"-]|\\pC){0,200}") {
            let yaml = super::yaml(&vec![&text]).unwrap();
            let read = scalars(&yaml);
            prop_assert_eq!(&read[0].0, &text, "{}", yaml);
        }
    }
}
