//! What the log needs of the transcript beyond the facts.

use super::view::View;
use crate::redact::redact;
use crate::session::event::{Call, Event, Place};
use crate::session::facts::{Act, ItemState, Quote, TaskChange, TaskState};
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

/// What one re-read line says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Told {
    /// Text of the user or of Claude.
    Text(String),
    /// A tool's output.
    Output(String),
    /// Changes of a file: old and new text of each.
    Edits { path: String, changes: Vec<(String, String)> },
    /// A file written whole.
    Write { path: String, content: String },
    /// A plan.
    Plan(String),
    /// A task's description.
    Task(String),
    /// A command line.
    Run(String),
}

/// Re-read lines, secrets removed.
#[derive(Debug, Default)]
pub struct Recall(BTreeMap<Place, Vec<Told>>);

fn clean(text: Cow<'_, str>) -> String {
    match redact(&text) {
        Cow::Borrowed(_) => text.into_owned(),
        Cow::Owned(clean) => clean,
    }
}

impl Recall {
    /// Keeps of one event of the line at `place` what [`super::compose`] needs.
    pub fn take(&mut self, place: Place, event: Event<'_>) {
        let told = match event {
            Event::Prompt { text, .. }
            | Event::Queued { text }
            | Event::Waiting { text }
            | Event::Said { text }
            | Event::Summary { text }
            | Event::BackgroundEnded { summary: text, .. } => Told::Text(clean(text)),
            Event::Returned { result, .. } => Told::Output(clean(result.text)),
            Event::Called { call, .. } => match call {
                Call::Edit { path, changes } => Told::Edits {
                    path: path.into_owned(),
                    changes: changes.into_iter().map(|(o, n)| (clean(o), clean(n))).collect(),
                },
                Call::Write { path, content } => {
                    Told::Write { path: path.into_owned(), content: clean(content) }
                }
                Call::Plan { text } => Told::Plan(clean(text)),
                Call::TaskCreated { description, .. } => Told::Task(clean(description)),
                Call::Run { command, .. } => Told::Run(clean(command)),
                _ => return,
            },
            _ => return,
        };
        self.0.entry(place).or_default().push(told);
    }

    pub(super) fn at(&self, place: Option<Place>) -> &[Told] {
        place.and_then(|p| self.0.get(&p)).map_or(&[], Vec::as_slice)
    }

    /// The whole of a quote: as re-read, else what the facts kept of it.
    pub(super) fn whole<'a>(&'a self, quote: &'a Quote) -> Cow<'a, str> {
        let longest = self
            .at(quote.whole)
            .iter()
            .filter_map(|told| match told {
                Told::Text(text) | Told::Output(text) | Told::Run(text) => Some(text),
                _ => None,
            })
            // A line may hold several texts: the one that the kept beginning is of.
            .filter(|text| begins(text, &quote.text))
            .max_by_key(|text| text.len());
        longest.map_or(Cow::Borrowed(&*quote.text), |text| Cow::Borrowed(text))
    }

    /// The tool output of a line.
    pub(super) fn output(&self, place: Option<Place>) -> Option<&str> {
        self.at(place).iter().find_map(|told| match told {
            Told::Output(text) => Some(&**text),
            _ => None,
        })
    }

    /// The plan of a line.
    pub(super) fn plan(&self, place: Option<Place>) -> Option<&str> {
        self.at(place).iter().find_map(|told| match told {
            Told::Plan(text) => Some(&**text),
            _ => None,
        })
    }

    /// The task description of a line.
    pub(super) fn task(&self, place: Option<Place>) -> Option<&str> {
        self.at(place).iter().find_map(|told| match told {
            Told::Task(text) => Some(&**text),
            _ => None,
        })
    }
}

fn begins(text: &str, quote: &str) -> bool {
    let head: String = quote.chars().take(40).filter(|c| *c != '…').collect();
    text.trim_start().starts_with(head.trim_end())
}

/// The lines of the transcript that are worth re-reading, the most worthy first.
pub(super) fn wanted(view: &View<'_>) -> Vec<Place> {
    let session = view.session;
    let mut list = Wanted::default();
    for turn in session.turns.iter().rev() {
        list.quote(Some(&turn.prompt));
        for (_, typed) in &turn.queued {
            list.quote(Some(typed));
        }
    }
    for typed in &session.waiting {
        list.quote(Some(typed));
    }
    if let Some(turn) = session.turns.last() {
        list.quote(turn.closing.as_ref());
    }
    for item in view.items.iter().filter(|i| view.is_root(i) || i.state == ItemState::Active) {
        list.add(item.body);
    }
    for item in view.items.iter().filter(|i| i.state != ItemState::Closed) {
        list.add(item.body);
    }
    for failure in &view.unsolved {
        list.add(failure.line);
    }
    list.add(session.status.map(|s| s.1));
    for step in view.steps.iter().rev() {
        match &step.act {
            Act::Plan { .. } => list.add(step.line),
            Act::Prompt(prompt) => list.quote(Some(prompt)),
            _ => {}
        }
    }
    for change in session.all().flat_map(|t| &t.tasks) {
        if let TaskChange::Task(task) = change
            && !matches!(task.state, TaskState::Completed | TaskState::Deleted)
        {
            list.add(task.line);
        }
    }
    if let Some(compaction) = session.compactions.last() {
        list.add(compaction.summary);
    }
    for turn in session.turns.iter().rev() {
        list.quote(turn.closing.as_ref());
    }
    for step in view.steps.iter().rev() {
        match &step.act {
            Act::Edit(edit) if view.is_uncommitted(&edit.path) => list.add(step.line),
            Act::Agent { report, .. } => list.quote(report.as_ref()),
            _ => {}
        }
    }
    for item in &view.items {
        list.add(item.body);
        list.quote(item.reason.as_ref());
    }
    for touch in &view.files {
        list.add(touch.setup);
    }
    for step in view.steps.iter().rev() {
        if matches!(step.act, Act::Edit(_)) {
            list.add(step.line);
        }
    }
    list.places
}

#[derive(Default)]
struct Wanted {
    places: Vec<Place>,
    known: BTreeSet<Place>,
}

impl Wanted {
    fn add(&mut self, place: Option<Place>) {
        if let Some(place) = place
            && self.known.insert(place)
        {
            self.places.push(place);
        }
    }

    fn quote(&mut self, quote: Option<&Quote>) {
        self.add(quote.and_then(|q| q.whole));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_of_background_work_is_told_whole() {
        let long = "The parser drops the last line. ".repeat(40);
        let place = Place { offset: 0, len: 9 };
        let mut recall = Recall::default();
        let (id, status) = (Cow::Borrowed("a1"), Cow::Borrowed("completed"));
        let summary = Cow::Borrowed(&*long);
        recall.take(place, Event::BackgroundEnded { id, status, summary });
        let kept =
            Quote { text: "The parser drops the last line.…".to_owned(), whole: Some(place) };
        assert_eq!(recall.whole(&kept), long);
    }
}
