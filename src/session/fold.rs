//! Events into facts, in line order.
//!
//! Every bound is kept after each event, never at the end of a read: the facts depend on the lines
//! alone, not on how their reading was split.

use super::bounds::{self, Part};
use super::command::Class;
use super::event::{At, Event, Outcome, Place, Stop, Usage};
use super::facts::{Act, Compaction, End, Note, Quote, Said, Session, Step, Turn};
use super::sentence::{self, Kind};
use super::text;
use crate::redact::redact;

/// UTF-16 units up to which text is kept whole.
pub const WHOLE: usize = 300;
/// Of text that may hold several waiting ones, in bytes.
const JOINED: usize = 64 << 10;
/// Newest responses that are remembered, so that a repeated line is not counted again.
const COUNTED: usize = 64;
/// Of those, how many may still grow: older versions repeat a response with growing numbers.
const GROWING: usize = 8;

/// Text as it is kept: secrets removed, whole when short.
pub(super) fn quote(whole: &str, line: Place) -> Quote {
    let head = bounds::prefix(whole, 4096);
    let clean = redact(head);
    let text = text::cut(clean.trim(), WHOLE);
    let cut = head.len() < whole.len() || text::units(clean.trim()) > WHOLE;
    Quote { text, whole: cut.then_some(line) }
}

/// Text of which no transcript line is known, as it is kept.
pub fn keep_quote(whole: &str) -> Quote {
    let clean = redact(bounds::prefix(whole, 4096));
    Quote { text: text::cut(clean.trim(), WHOLE), whole: None }
}

/// What of a kept text is the text's own: without the sign that it was cut, and what closes a code block
/// or span behind that.
fn uncut(kept: &str) -> &str {
    let (head, tail) = kept.rsplit_once(text::ELLIPSIS).unwrap_or((kept, ""));
    let closes = |c: char| c.is_whitespace() || matches!(c, '`' | '~');
    if tail.chars().all(closes) { head } else { kept }
}

/// A line of text as it is kept: secrets removed, at most `max` units.
pub(super) fn short(whole: &str, max: usize) -> String {
    text::line(&redact(bounds::prefix(whole, 4096)), max)
}

/// FNV-1a of a text: the same in every version, unlike the standard library's.
pub(crate) fn hash(text: &str) -> u64 {
    text.bytes()
        .fold(0xcbf2_9ce4_8422_2325, |h, b| (h ^ u64::from(b)).wrapping_mul(0x0000_0100_0000_01b3))
}

/// What became of a response's tokens.
enum Counted {
    New,
    /// It was seen with smaller numbers, which are to be taken back.
    Grown(Usage),
    Before,
}

impl Session {
    /// Takes one event in.
    pub fn apply(&mut self, at: At, event: Event<'_>) {
        if at.time.timestamp() > 0 {
            self.first.get_or_insert(at.time);
            self.last = Some(at.time);
        }
        match event {
            Event::Located { folder, branch, version } => {
                self.locate(&folder, branch.as_deref(), version.as_deref());
                return;
            }
            Event::Prompt { id, prompt_id, author, text } => {
                let turn = Turn {
                    id: bounds::prefix(&id, 64).to_owned(),
                    prompt_id: prompt_id.map(|p| bounds::prefix(&p, 64).to_owned()),
                    start: at.place.offset,
                    at: Some(at.time),
                    by: author.into(),
                    prompt: quote(&text, at.place),
                    ..Turn::default()
                };
                self.seen(&text);
                self.turns.push(turn);
                self.slack.unsettle(Part::Turns);
            }
            Event::Rewound { to } => {
                self.turns.retain(|t| t.start < to);
                self.slack.forget();
            }
            Event::Queued { text } => {
                let typed = (self.second(at), quote(&text, at.place));
                self.seen(&text);
                self.turn(at).queued.push(typed);
                self.slack.unsettle(Part::Turns);
            }
            Event::Waiting { text } => {
                self.waiting.push(quote(&text, at.place));
                self.slack.unsettle(Part::Rest);
            }
            Event::Unqueued { text: None } => self.waiting.clear(),
            Event::Unqueued { text: Some(text) } => self.seen(&text),
            Event::Interrupted => self.turn(at).end = End::Interrupted,
            Event::Said { text } => self.said(at, &text),
            Event::Called { id, call, .. } => self.called(at, &id, call),
            Event::Returned { id, result } => self.returned(at, &id, &result),
            Event::Responded { message_id, model, requested, usage, stop } => {
                self.responded(at, &message_id, &model, usage, stop);
                if let Some(requested) = requested {
                    self.requested = Some(bounds::prefix(&requested, 80).to_owned());
                }
            }
            Event::ApiError { kind, text, last } => {
                if last {
                    let kind = short(&kind, 40);
                    let act = Act::Error { kind: kind.clone(), text: short(&text, 200) };
                    self.step(at, None, act);
                    self.turn(at).end = End::Failed(kind);
                }
            }
            Event::TurnEnded => {
                let turn = self.turn(at);
                if turn.end == End::Open {
                    turn.end = End::Stopped;
                }
            }
            Event::Compacted { manual, before, after } => {
                if after.is_some() {
                    self.context = after;
                }
                self.slack.unsettle(Part::Rest);
                self.compactions.push(Compaction {
                    at: at.time,
                    manual,
                    before,
                    after,
                    summary: None,
                });
            }
            Event::Summary { text } => {
                if let Some(last) = self.compactions.last_mut() {
                    last.summary = Some(at.place);
                }
                let kept = quote(&text, at.place);
                self.step(at, Some(at.place), Act::Summary(kept));
            }
            Event::Titled { text, by_user } => {
                if by_user || self.title.as_ref().is_none_or(|t| !t.1) {
                    self.title = Some((short(&text, 120), by_user));
                }
            }
            Event::BackgroundEnded { id, status, summary } => {
                self.background_ended(at, &id, &status, &summary);
            }
            Event::Cost { usd, output } => self.cost = Some((usd, output)),
        }
        if let Some(turn) = self.turns.last_mut() {
            turn.last = Some(at.time);
        }
        bounds::keep(self);
    }

    /// Adds something noted on purpose.
    pub fn note(&mut self, note: Note) {
        self.notes.push(note);
        self.slack.unsettle(Part::Rest);
        bounds::keep(self);
    }

    fn locate(&mut self, folder: &str, branch: Option<&str>, version: Option<&str>) {
        if self.folder.is_empty() {
            folder.clone_into(&mut self.folder);
        }
        if folder == self.folder {
            self.cwd.clear();
        } else if folder != self.cwd {
            folder.clone_into(&mut self.cwd);
        }
        if branch.is_some_and(|b| self.branch.as_deref() != Some(b)) {
            self.branch = branch.map(|b| short(b, 200));
        }
        if version.is_some_and(|v| self.version.as_deref() != Some(v)) {
            self.version = version.map(|v| short(v, 40));
        }
    }

    /// Text that was waiting has reached Claude, alone or joined with other text.
    fn seen(&mut self, text: &str) {
        if self.waiting.is_empty() {
            return;
        }
        let kept = keep_quote(text).text;
        self.waiting.retain(|w| w.text != kept);
        if !self.waiting.is_empty() {
            let whole = text::one_line(&redact(bounds::prefix(text, JOINED)));
            self.waiting.retain(|w| !whole.contains(&text::one_line(uncut(&w.text))));
        }
    }

    /// The running turn; facts before the first prompt belong to an unnamed one.
    pub(super) fn turn(&mut self, at: At) -> &mut Turn {
        if self.turns.is_empty() {
            self.slack.unsettle(Part::Turns);
            self.turns.push(Turn {
                start: at.place.offset,
                at: Some(at.time),
                by: super::facts::By::Machine,
                ..Turn::default()
            });
        }
        let last = self.turns.len() - 1;
        &mut self.turns[last]
    }

    /// Seconds since the session's first line.
    pub(super) fn second(&self, at: At) -> u32 {
        let first = self.first.unwrap_or(at.time);
        u32::try_from((at.time - first).num_seconds().max(0)).unwrap_or(u32::MAX)
    }

    /// Puts a step behind the others, under the number of the running call.
    pub(super) fn step(&mut self, at: At, line: Option<Place>, act: Act) {
        let step = Step { seq: self.seq, at: self.second(at), line, act };
        self.push(at, step);
    }

    pub(super) fn push(&mut self, at: At, step: Step) {
        self.slack.add(&step);
        self.turn(at).steps.push(step);
    }

    fn said(&mut self, at: At, said: &str) {
        let closing = quote(said, at.place);
        let mut kept = 0;
        let after_failure = self.just_failed();
        let mut before = (Kind::Other, String::new());
        for (index, sentence) in
            sentence::sentences(bounds::prefix(said, 16 << 10)).into_iter().enumerate()
        {
            let kind = match sentence.kind {
                // What is said first after a failure says why, if it names anything.
                Kind::Other | Kind::Finding if after_failure && index == 0 && sentence.tells() => {
                    Kind::Diagnosis
                }
                kind => kind,
            };
            // "This is why …": what "this" is stands in the sentence before.
            let (was, lead) = std::mem::replace(&mut before, (kind, sentence.text.clone()));
            if kind == Kind::Other || kept == 8 {
                continue;
            }
            kept += 1;
            let joins = was == kind || was == Kind::Other;
            let whole = if joins && kind != Kind::Plan && !lead.is_empty() && sentence.leans() {
                let joined = format!("{lead} {}", sentence.text);
                if text::units(&joined) <= 240 { joined } else { sentence.text }
            } else {
                sentence.text
            };
            let text = short(&whole.replace("**", ""), 240);
            if let Some(told) = self.turn(at).steps.last_mut()
                && let Act::Said(old) = &mut told.act
                && text.starts_with(&old.text)
            {
                // The sentence before is told as part of this one.
                *old = Said { kind, text };
                continue;
            }
            let repeated = self
                .turn(at)
                .steps
                .iter()
                .rev()
                .take(24)
                .any(|s| matches!(&s.act, Act::Said(old) if old.text == text));
            if !repeated {
                self.step(at, None, Act::Said(Said { kind, text }));
            }
        }
        self.turn(at).closing = Some(closing);
        self.slack.unsettle(Part::Turns);
    }

    /// Whether the newest call is a command that failed.
    fn just_failed(&self) -> bool {
        let steps = self.turns.last().into_iter().flat_map(|t| t.steps.iter().rev());
        steps.take_while(|s| s.seq == self.seq).any(|s| {
            matches!(&s.act, Act::Run(run)
                if run.outcome == Outcome::Failed && run.class != Class::Look)
        })
    }

    fn responded(&mut self, at: At, id: &str, model: &str, usage: Usage, stop: Option<Stop>) {
        let key = hash(id);
        let context = usage.context();
        if context > 0 {
            self.context = Some(context);
        }
        if matches!(stop, Some(Stop::EndTurn | Stop::Refusal)) {
            // Where no Stop hook is registered and no duration is written, this is the turn's end.
            let turn = self.turn(at);
            if turn.end == End::Open {
                turn.end = End::Stopped;
            }
        } else if stop == Some(Stop::ToolUse) && self.turn(at).end == End::Stopped {
            // A Stop hook made Claude continue.
            self.turn(at).end = End::Open;
        }
        let counted = self.count(key, model, usage);
        let counts = &mut self.turn(at).counts;
        match counted {
            Counted::New => counts.responses += 1,
            Counted::Grown(before) => counts.usage.take(&before),
            Counted::Before => return,
        }
        counts.usage.add(&usage);
    }

    /// Counts a response's tokens once.
    fn count(&mut self, key: u64, model: &str, usage: Usage) -> Counted {
        if let Some((_, counted)) = self.counted.iter_mut().find(|(old, _)| *old == key) {
            // The same response again. Its numbers only grow; without the old ones it is complete.
            let Some(old) = counted.as_mut().filter(|old| usage.output >= old.output) else {
                return Counted::Before;
            };
            let before = std::mem::replace(old, usage);
            self.usage.take(&before);
            self.usage.add(&usage);
            return Counted::Grown(before);
        }
        if self.counted.len() == COUNTED {
            self.counted.remove(0);
        }
        self.counted.push((key, Some(usage)));
        let fixed = self.counted.len().saturating_sub(GROWING);
        for (_, numbers) in &mut self.counted[..fixed] {
            *numbers = None;
        }
        self.usage.add(&usage);
        self.responses += 1;
        // The model in use stands last.
        let model = short(model, 80);
        let before = self.models.iter().position(|(name, _)| *name == model);
        let count = before.map_or(0, |at| self.models.remove(at).1);
        if count == 0 {
            self.slack.unsettle(Part::Rest);
        }
        self.models.push((model, count + 1));
        Counted::New
    }

    /// Takes in an event of a turn that is known to be abandoned: what it cost was spent all the same,
    /// and nothing else of it is told.
    pub fn abandoned(&mut self, event: &Event<'_>) {
        if let Event::Responded { message_id, model, usage, .. } = event {
            self.count(hash(message_id), model, *usage);
        }
    }

    /// Whether the conversation went back to before the turns that are kept apart: then the abandoned
    /// ones can't be told from the merged any more.
    pub fn is_beyond(&self, to: u64) -> bool {
        self.merged.0 > 0 && self.turns.first().is_none_or(|t| to < t.start)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::event::Author;
    use std::borrow::Cow;

    fn prompt(session: &mut Session, text: &str) {
        let at = At { time: chrono::DateTime::UNIX_EPOCH, place: Place { offset: 0, len: 1 } };
        let (id, text) = (Cow::Borrowed("a"), Cow::Borrowed(text));
        session.apply(at, Event::Prompt { id, prompt_id: None, author: Author::Human, text });
    }

    /// What still waits of `typed` when `reached` has reached Claude.
    fn left(typed: &[&str], reached: &str) -> Vec<String> {
        let mut session = Session {
            waiting: typed.iter().map(|t| keep_quote(t)).collect(),
            ..Session::default()
        };
        prompt(&mut session, reached);
        session.waiting.into_iter().map(|w| w.text).collect()
    }

    #[test]
    fn a_prompt_that_reached_claude_waits_no_more() {
        let lines =
            "Fix the parser:\n\n  - it drops the last line\n  - it knows no tabs\n".repeat(9);
        let code = format!(
            "Why does this fail?\n\n```rust\n{}```\nThanks!",
            "    let x = 1;\n".repeat(60)
        );
        let span = format!("{} `{}` {}", "see ".repeat(60), "a b ".repeat(60), "end ".repeat(40));
        let long = "One sentence after the other, without an end. ".repeat(400);
        for text in ["short", "two\n\nlines", &lines, &code, &span, &long] {
            assert_eq!(left(&[text], text), [""; 0], "{text}");
            // Claude Code joins what was typed while it worked.
            let joined = format!("first\n{text}\nlast");
            assert_eq!(left(&[text, "last"], &joined), [""; 0], "{text}");
            assert_eq!(left(&[text], "something else").len(), 1, "{text}");
        }
        let secret = format!("password=hunter2-Xy9!kq\n\n{lines}");
        assert_eq!(left(&[&secret], &secret), [""; 0]);
    }
}
