//! What was asked, in the user's own words.

use super::log::{Entry, Topic};
use super::view::{View, names};
use super::{digest, next, state};
use crate::session::facts::{Act, By, End, NoteKind, Quote};
use crate::session::sentence::correction;
use crate::session::text::{self, cut, units};
use std::borrow::Cow;

/// UTF-16 units of a prompt that is told whole.
const WHOLE: usize = 2_000;
/// Units of a prompt's short form: this much of its beginning and its end.
const BEGINNING: usize = 400;
const END: usize = 150;

pub(super) fn entries(view: &View<'_>, out: &mut Vec<Entry>) {
    if let Some(meanwhile) = &view.about.repository {
        let branch = view.session.branch.as_deref();
        for line in digest::lines(meanwhile, branch) {
            out.push(Entry::new(Topic::Meanwhile, 100, line));
        }
    }
    for note in &view.session.notes {
        let topic = match note.kind {
            NoteKind::Decision => Topic::Decision,
            NoteKind::Finding => Topic::Finding,
            NoteKind::Done => Topic::Finished,
            NoteKind::Next | NoteKind::Context => Topic::Note,
        };
        out.push(Entry::new(topic, 98, format!("{} noted: {}", view.time(note.at), note.text)));
    }
    prompts(view, out);
    goals(view, out);
}

/// One prompt: when it came, how, and its words.
struct Asked<'a> {
    at: String,
    quote: &'a Quote,
    typed_in: bool,
    /// How its turn ended, when that was not its own end.
    end: Option<Cow<'static, str>>,
}

fn prompts(view: &View<'_>, out: &mut Vec<Entry>) {
    let mut asked: Vec<Asked<'_>> = Vec::new();
    for step in &view.session.earlier.steps {
        if let Act::Prompt(quote) = &step.act {
            let at = view.clock(step.at);
            asked.push(Asked { at, quote, typed_in: false, end: None });
        }
    }
    for turn in &view.session.turns {
        if turn.by == By::Human && !turn.prompt.text.is_empty() {
            let at = turn.at.map(|t| view.time(t)).unwrap_or_default();
            let running = view.goes_on();
            let end = match &turn.end {
                _ if next::is_unanswered(view, turn) => Some("not answered".into()),
                End::Stopped => None,
                End::Open if running => None,
                End::Open => Some("cut off".into()),
                End::Interrupted => Some("the user stopped its turn".into()),
                End::Failed(kind) => Some(format!("its turn failed: {kind}").into()),
            };
            asked.push(Asked { at, quote: &turn.prompt, typed_in: false, end });
        }
        for (at, quote) in &turn.queued {
            let at = view.clock(*at);
            asked.push(Asked { at, quote, typed_in: true, end: None });
        }
    }
    let last = asked.len().saturating_sub(1);
    for (index, asked) in asked.iter().enumerate() {
        let whole = view.recall.whole(asked.quote);
        let said = whole.trim();
        let correction = index > 0 && correction(said);
        let mut how = Vec::new();
        if asked.typed_in {
            how.push("typed while Claude worked");
        }
        if correction {
            how.push("changes course");
        }
        how.extend(asked.end.as_deref().filter(|_| last > 0));
        if index == 0 && last == 0 {
            how.push("the only prompt");
        }
        let how = if how.is_empty() { String::new() } else { format!(" ({})", how.join(", ")) };
        let worth = match index {
            0 => 100,
            i if i == last => 100,
            _ if asked.typed_in => 96,
            _ if correction => 94,
            // Fewer the older, but prompts matter more than most.
            i if units(said) <= 200 => 90 - ((last - i).min(20) as u8),
            i => 85 - ((last - i).min(15) as u8),
        };
        let tell = |text: &str| [&*asked.at, &how, " \"", text, "\""].concat();
        let entry = Entry::new(Topic::Asked, worth, tell(&cut(said, WHOLE)));
        out.push(if units(said) > BEGINNING + END + 60 {
            let shorter = both_ends(said, BEGINNING, END);
            entry.short(tell(&shorter))
        } else {
            entry
        });
    }
}

/// The beginning and the end of a text, on one line.
fn both_ends(said: &str, beginning: usize, end: usize) -> String {
    let line = text::one_line(said);
    let mut from = line.len();
    let mut room = end;
    for (at, c) in line.char_indices().rev() {
        let Some(left) = room.checked_sub(c.len_utf16()) else { break };
        room = left;
        from = at;
    }
    let from = line[from..].find(' ').map_or(from, |space| from + space + 1);
    let head = cut(&line, beginning);
    let skipped = units(&line).saturating_sub(units(&head) + units(&line[from..]));
    format!("{head} [{skipped} units left out] {}", &line[from..])
}

/// What the items are that prompts name.
fn goals(view: &View<'_>, out: &mut Vec<Entry>) {
    for item in &view.items {
        let named = view.session.turns.iter().any(|t| names(&t.prompt.text, &item.id));
        if !named || item.title.is_empty() {
            continue;
        }
        let kind = if item.kind.is_empty() { String::new() } else { format!(" [{}]", item.kind) };
        let stands = state::name(item.state);
        out.push(Entry::new(
            Topic::Goal,
            98,
            format!("{} \"{}\"{kind}, {stands}", state::label(item), item.title),
        ));
        let body = view.recall.output(item.body).unwrap_or("");
        let mut told = 0;
        for line in super::item::lines(body) {
            if super::rules::mission_heading(&line.heading) && told < 3 {
                told += 1;
                out.push(Entry::new(Topic::Goal, 60, format!("{}: {}", line.heading, line.text)));
            }
        }
    }
}
