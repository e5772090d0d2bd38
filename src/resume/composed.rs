//! All that there is to tell of a session, before it is known what has room.

use super::about::{About, Cause};
use super::log::{Entry, ResumeLog, Topic};
use super::recall::{self, Recall};
use super::view::{Ending, View};
use super::{
    accomplishments, code, context, decisions, digest, files, findings, metrics, mission, next,
    pause, rules, select,
};
use crate::session::Session;
use crate::session::event::Place;
use serde::{Deserialize, Serialize};
use std::cell::OnceCell;

/// What the facts of a session and its transcript's lines say: a log without entries, and all that could
/// be entered.
///
/// Of what is known [about](About) a session it depends on the window alone, as long as the session is over
/// and no pause is made of it: it can be kept, and told [later](Self::since).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Composed {
    log: ResumeLog,
    all: Vec<Entry>,
    ending: Ending,
}

impl Composed {
    /// Reads the facts. `read` is handed the lines of the transcript that are worth re-reading, the most
    /// worthy first.
    pub fn of(session: &Session, about: &About, read: impl FnOnce(&[Place]) -> Recall) -> Self {
        let (nothing, recall) = (Recall::default(), OnceCell::new());
        let mut view = View::new(session, &nothing, about);
        view.recall = recall.get_or_init(|| read(&recall::wanted(&view)));
        let view = view;
        let mut log = ResumeLog::of(&view);
        let mut all = Vec::new();
        mission::entries(&view, &mut all);
        next::entries(&view, &mut all);
        context::entries(&view, &mut all);
        rules::entries(&view, &mut all);
        code::entries(&view, &mut all);
        accomplishments::entries(&view, &mut all);
        findings::entries(&view, &mut all);
        decisions::entries(&view, &mut all);
        metrics::entries(&view, &mut all);
        pause::entries(&view, &mut all);
        log.metadata = files::metadata(&view);
        Self { log, all, ending: view.ending() }
    }

    /// The log, each entry with the room that it is worth, and its Markdown.
    pub fn fill(self) -> (ResumeLog, String) {
        let Self { mut log, all, .. } = self;
        let text = select::fill(&mut log, all);
        (log, text)
    }

    /// The folder that the session worked in.
    pub fn folder(&self) -> &str {
        &self.log.subject.folder
    }

    /// As it is told later: how the session came to its end, what happened to the repository since, what
    /// it followed. `None` when the cause says that the session goes on, which tells of its prompts
    /// otherwise, or a pause is to be made of it.
    pub fn since(mut self, about: &About) -> Option<Self> {
        if about.cause.is_some_and(Cause::goes_on) || about.pause.is_some() {
            return None;
        }
        let subject = &mut self.log.subject;
        let branch = subject.branch.as_deref();
        subject.ended = self.ending.words(about.cause);
        subject.meanwhile = about.repository.clone().filter(|m| m.changed(branch));
        self.log.previous.clone_from(&about.previous);
        let lines = about.repository.as_ref().map(|m| digest::lines(m, branch));
        let news = lines.into_iter().flatten().map(|l| Entry::new(Topic::Meanwhile, 100, l));
        self.all.splice(..0, news);
        Some(self)
    }
}
