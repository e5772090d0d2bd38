//! All that there is to tell of a session, before it is known what has room.

use super::about::{About, Cause};
use super::log::{Entry, FileFact, ResumeLog, Topic};
use super::plain::{Reader, Writer};
use super::recall::{self, Recall};
use super::select::Weighed;
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
/// and no pause is made of it: it can be [kept](Self::keep), and told [later](Self::since).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Composed {
    log: ResumeLog,
    all: Vec<Weighed>,
    ending: Ending,
}

/// The first line of what is kept. Texts and numbers stand [behind it](super::plain), which are most of it.
#[derive(Serialize, Deserialize)]
struct Outline<L> {
    /// Without files.
    log: L,
    ending: Ending,
    /// How many files.
    files: usize,
    /// Topics of the entries, each with how many follow on each other.
    topics: Vec<(Topic, usize)>,
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
        Self { log, all: all.into_iter().map(Weighed::of).collect(), ending: view.ending() }
    }

    /// The log, each entry with the room that it is worth.
    pub fn fill(self) -> ResumeLog {
        let Self { mut log, all, .. } = self;
        select::fill(&mut log, all);
        log
    }

    /// The same, and the log's Markdown: it was measured, and need not be rendered again.
    pub fn document(self) -> (ResumeLog, String) {
        let Self { mut log, all, .. } = self;
        let text = select::document(&mut log, all);
        (log, text)
    }

    /// As text, for [`kept`](Self::kept). Errors: none that a log could have.
    pub fn keep(&mut self) -> serde_json::Result<String> {
        let files = std::mem::take(&mut self.log.metadata.files);
        let mut topics: Vec<(Topic, usize)> = Vec::new();
        let mut plain = Writer::default();
        for file in &files {
            put_file(file, &mut plain);
        }
        for Weighed { entry, full, short, closing } in &self.all {
            match topics.last_mut().filter(|(topic, _)| *topic == entry.topic) {
                Some((_, count)) => *count += 1,
                None => topics.push((entry.topic, 1)),
            }
            plain.number(entry.worth.into());
            plain.number(*full);
            plain.number(*closing);
            plain.text(&entry.text);
            // One more, since a short one may be empty.
            plain.number(short.map_or(0, |cost| cost + 1));
            if let Some(short) = &entry.short {
                plain.text(short);
            }
        }
        let (log, ending) = (&self.log, self.ending.clone());
        let outline = serde_json::to_string(&Outline { log, ending, files: files.len(), topics });
        self.log.metadata.files = files;
        Ok(outline? + "\n" + &plain.finish())
    }

    /// What was kept; `None` for anything else.
    pub fn kept(text: &str) -> Option<Self> {
        let (outline, plain) = text.split_once('\n')?;
        let Outline::<ResumeLog> { mut log, ending, files, topics } =
            serde_json::from_str(outline).ok()?;
        let mut plain = Reader::of(plain)?;
        log.metadata.files = (0..files).map(|_| take_file(&mut plain)).collect::<Option<_>>()?;
        let mut all = Vec::with_capacity(128);
        for topic in topics.into_iter().flat_map(|(topic, count)| std::iter::repeat_n(topic, count))
        {
            let worth = u8::try_from(plain.number()?).ok()?;
            let (full, closing) = (plain.number()?, plain.number()?);
            let text = plain.text()?;
            let cost = plain.number()?.checked_sub(1);
            let short = if cost.is_some() { Some(plain.text()?) } else { None };
            let entry = Entry { topic, text, short, worth };
            all.push(Weighed { entry, full, short: cost, closing });
        }
        plain.is_over().then_some(Self { log, all, ending })
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
        self.all.splice(..0, news.map(Weighed::of));
        Some(self)
    }
}

fn put_file(file: &FileFact, to: &mut Writer) {
    to.text(&file.path);
    let flags = [file.new, file.gone, file.uncommitted];
    to.number(flags.iter().fold(0, |sum, flag| sum * 2 + usize::from(*flag)));
    for number in [file.edits, file.reads, file.lines.0, file.lines.1, file.more] {
        to.number(number as usize);
    }
    for names in [&file.added, &file.changed, &file.removed] {
        to.number(names.len());
        for name in names {
            to.text(name);
        }
    }
}

fn take_file(from: &mut Reader<'_>) -> Option<FileFact> {
    let path = from.text()?;
    let flags = from.number()?;
    let mut small = || u32::try_from(from.number()?).ok();
    let (edits, reads, lines, more) = (small()?, small()?, (small()?, small()?), small()?);
    let mut names = || (0..from.number()?).map(|_| from.text()).collect::<Option<Vec<_>>>();
    let (added, changed, removed) = (names()?, names()?, names()?);
    let (new, gone, uncommitted) = (flags & 4 > 0, flags & 2 > 0, flags & 1 > 0);
    Some(FileFact {
        path,
        new,
        edits,
        reads,
        lines,
        gone,
        uncommitted,
        added,
        more,
        changed,
        removed,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    prop_compose! {
        fn weighed()(
            topic in prop::sample::select(vec![Topic::Asked, Topic::Code, Topic::Metrics]),
            worth in 0..=100_u8,
            text in "[a0 \né✎\u{1f980}]{0,20}",
            short in prop::option::of("[b\n]{0,3}"),
        ) -> Weighed {
            Weighed::of(Entry { topic, text, short, worth })
        }
    }

    prop_compose! {
        fn file()(
            path in "[a/é ]{0,9}",
            flags in prop::array::uniform3(any::<bool>()),
            numbers in prop::array::uniform5(any::<u32>()),
            names in prop::array::uniform3(prop::collection::vec("[a1 ,]{0,5}", 0..4)),
        ) -> FileFact {
            let ([new, gone, uncommitted], [edits, reads, one, other, more]) = (flags, numbers);
            let [added, changed, removed] = names;
            let lines = (one, other);
            FileFact {
                path, new, edits, reads, lines, gone, uncommitted, added, more, changed, removed,
            }
        }
    }

    prop_compose! {
        fn composed()(
            all in prop::collection::vec(weighed(), 0..9),
            files in prop::collection::vec(file(), 0..5),
        ) -> Composed {
            let (session, about) = (Session::default(), About::default());
            let mut log = Composed::of(&session, &about, |_| Recall::default()).log;
            log.metadata.files = files;
            Composed { log, all, ending: Ending::default() }
        }
    }

    proptest! {
        #[test]
        fn what_is_kept_reads_back(mut composed in composed()) {
            prop_assert_eq!(Composed::kept(&composed.keep().unwrap()), Some(composed));
        }

        #[test]
        fn what_is_damaged_is_read_without_harm(
            mut composed in composed(), at in any::<prop::sample::Index>(), with in "[0-9a\n ]{0,20}",
        ) {
            let mut text = composed.keep().unwrap();
            let at = at.index(text.len() + 1);
            prop_assume!(text.is_char_boundary(at));
            let cut = text.split_off(at);
            prop_assert!(cut.is_empty() || Composed::kept(&text).is_none());
            drop(Composed::kept(&format!("{text}{with}{cut}")));
        }
    }
}
