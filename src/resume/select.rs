//! What is told when not everything fits.

use super::log::{Entry, ResumeLog, Section, Topic};
use super::render::{
    Around, Choice, FileList, HEAD, all_files, closing, frame_with, headings, listed, markdown_with,
};
use super::{TOKENS, UNITS};
use crate::bytes;
use crate::session::text::units;

/// What a section may always take of its budget; the rest is left for files, agents, errors and
/// warnings unless these need less.
const SURE: (usize, usize) = (88, 100);
/// Worth from which an entry is taken before all others, whatever it costs.
const PINNED: u8 = 95;
/// This part of a text's room is for the files, and what the rest leaves.
const FILES_SHARE: usize = 4;
/// Rooms below which entries of little worth are not told even where there is room: it goes to the
/// files.
const SMALL: usize = 6_000;
const LARGE: usize = 20_000;
/// Worth from which an entry may stand in the head.
const HEAD_WORTH: u8 = 86;

/// At least the units of an entry's text in a list, if it leaves no code fence open.
pub(super) fn cost(text: &str) -> usize {
    units(text) + 4 + 2 * bytes::count(b'\n', text.as_bytes())
}

/// An entry that could stand in a log, with what it takes there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Weighed {
    pub(super) entry: Entry,
    /// What its text costs, and its short one.
    pub(super) full: usize,
    pub(super) short: Option<usize>,
    /// The most that it takes to close a code fence.
    pub(super) closing: usize,
}

impl Weighed {
    pub(super) fn of(entry: Entry) -> Self {
        let full = cost(&entry.text);
        let short = entry.short.as_deref().map(cost);
        let closing = closing(&entry.text).max(entry.short.as_deref().map_or(0, closing));
        Self { entry, full, short, closing }
    }
}

/// An entry with what it costs.
#[derive(Clone, Copy)]
struct Priced<'a> {
    entry: &'a Entry,
    /// Its place in the order of telling.
    at: usize,
    full: usize,
    short: Option<usize>,
}

impl<'a> Priced<'a> {
    fn of((at, entry): (usize, &'a Entry)) -> Self {
        Self { entry, at, full: cost(&entry.text), short: entry.short.as_deref().map(cost) }
    }

    /// What it costs, told in full or short.
    fn price(&self, short: bool) -> usize {
        self.short.filter(|_| short).unwrap_or(self.full)
    }

    /// How much more it costs in full.
    fn more(&self) -> usize {
        self.full.saturating_sub(self.price(true))
    }
}

/// Worth of an entry in a text of `room` units: what takes more than a twentieth of the room has to
/// be worth it.
fn score(entry: &Entry, room: usize, full: usize, short: Option<usize>) -> i64 {
    let worth = i64::from(entry.worth) * 100;
    if entry.worth >= PINNED {
        return worth;
    }
    let fair = (room / 20).max(60) as i64;
    let least = short.unwrap_or(usize::MAX).min(full);
    let over = least as i64 - fair;
    worth - (over.max(0) * 1000 / fair).min(4000)
}

/// Puts entries into the log's sections, each within its budget; what one needs less, others get.
pub(super) fn fill(log: &mut ResumeLog, all: Vec<Weighed>) {
    let total = TOKENS * UNITS;
    let (mut files, most) = choose(log, all, total);
    // Its Markdown has to fit, and mostly does by far.
    if units(&frame_with(log, &files)) + headings(log) + most > total {
        shrink(log, total, &mut files);
    }
}

/// [`fill`], and the log's Markdown.
pub(super) fn document(log: &mut ResumeLog, all: Vec<Weighed>) -> String {
    let total = TOKENS * UNITS;
    let (mut files, _) = choose(log, all, total);
    shrink(log, total, &mut files)
}

/// Puts entries into the log's sections. Returns its list of files, and the most units that the entries take in
/// its Markdown, without headings.
fn choose(log: &mut ResumeLog, mut all: Vec<Weighed>, total: usize) -> (String, usize) {
    // What of each is told: not at all, short, in full.
    let mut taken: Vec<Option<bool>> = vec![None; all.len()];
    let scores: Vec<i64> = all.iter().map(|e| score(&e.entry, total, e.full, e.short)).collect();
    let mut order: Vec<usize> = (0..all.len()).collect();
    order.sort_by_key(|at| std::cmp::Reverse(scores[*at]));
    let mut rest: Vec<usize> = Vec::new();
    let mut used = 0;
    for section in Section::ALL {
        let sure = section.budget() * UNITS * SURE.0 / SURE.1;
        let mut left = sure;
        for at in order.iter().copied().filter(|at| all[*at].entry.topic.section() == section) {
            if all[at].full <= left {
                left -= all[at].full;
                taken[at] = Some(true);
            } else {
                rest.push(at);
            }
        }
        used += sure - left;
    }
    let files = all_files(log);
    let metadata = units(&frame_with(log, &files));
    let mut left = total.saturating_sub(used + metadata + 600);
    rest.sort_by_key(|at| std::cmp::Reverse(scores[*at]));
    for at in rest {
        let Weighed { entry, full, short, .. } = &all[at];
        if *full <= left {
            left -= full;
            taken[at] = Some(true);
            continue;
        }
        match short {
            Some(short) if *short <= left => {
                left -= short;
                taken[at] = Some(false);
            }
            _ => *log.left_out.entry(entry.topic.kind().to_owned()).or_default() += 1,
        }
    }
    // In the order of telling.
    let mut order: Vec<usize> = (0..all.len()).filter(|at| taken[*at].is_some()).collect();
    order.sort_by_key(|at| all[*at].entry.topic);
    let mut most = 0;
    for at in order {
        let Weighed { entry: old, full, short: cost, closing } = &mut all[at];
        let mut entry = Entry::new(old.topic, old.worth, std::mem::take(&mut old.text));
        match (taken[at], old.short.take()) {
            (Some(false), Some(short)) => {
                entry.text = short;
                most += cost.unwrap_or(*full);
            }
            (_, short) => {
                entry.short = short;
                most += *full;
            }
        }
        most += *closing;
        log.section_mut(entry.topic.section()).push(entry);
    }
    (files, most)
}

/// Gives up what is worth least until the log's Markdown fits, and returns that.
fn shrink(log: &mut ResumeLog, most: usize, files: &mut String) -> String {
    loop {
        let text = markdown_with(log, files);
        if units(&text) <= most {
            return text;
        }
        let listed = log.metadata.files.len();
        let lowest = log.entries().map(|e| (e.worth, e.topic, e.text.clone())).min();
        if log.metadata.files.len() > 40 {
            log.metadata.files.pop();
            *log.left_out.entry("file".to_owned()).or_default() += 1;
        } else if let Some((worth, topic, text)) = lowest.filter(|l| l.0 < PINNED) {
            let list = log.section_mut(topic.section());
            if let Some(at) =
                list.iter().position(|e| e.worth == worth && e.topic == topic && e.text == text)
            {
                list.remove(at);
            }
            *log.left_out.entry(topic.kind().to_owned()).or_default() += 1;
        } else if log.metadata.files.pop().is_some() {
            *log.left_out.entry("file".to_owned()).or_default() += 1;
        } else if let Some((worth, topic, text)) =
            log.entries().map(|e| (e.worth, e.topic, e.text.clone())).min()
        {
            let list = log.section_mut(topic.section());
            list.retain(|e| !(e.worth == worth && e.topic == topic && e.text == text));
            *log.left_out.entry(topic.kind().to_owned()).or_default() += 1;
        } else if log.metadata.errors.pop().is_none()
            && log.metadata.warnings.pop().is_none()
            && log.metadata.agents.pop().is_none()
        {
            return text;
        }
        if log.metadata.files.len() != listed {
            *files = all_files(log);
        }
    }
}

/// Whether an entry may stand in the head.
fn heads(entry: &Entry) -> bool {
    HEAD.contains(&entry.topic) && entry.worth >= HEAD_WORTH
}

/// The best choice for the head in `room` units: entries of more than `most` units are told short where
/// they can be. A head that stands alone tells more of them, each shorter.
pub(super) fn head(log: &ResumeLog, room: usize, most: usize) -> Vec<(&Entry, bool)> {
    let candidates = log.entries().enumerate().filter(|(_, e)| heads(e)).map(Priced::of).collect();
    let taken = head_of(candidates, room, most);
    taken.into_iter().map(|(priced, short)| (priced.entry, short)).collect()
}

fn head_of(mut candidates: Vec<Priced<'_>>, room: usize, most: usize) -> Vec<(Priced<'_>, bool)> {
    candidates.sort_by_key(|priced| std::cmp::Reverse(priced.entry.worth));
    let mut left = room;
    let mut topics = Vec::new();
    let mut taken: Vec<(Priced<'_>, bool)> = Vec::new();
    for priced in candidates {
        let topic = priced.entry.topic;
        let heading = if topics.contains(&topic) { 0 } else { topic.heading().len() + 8 };
        let short = priced.short.is_some() && priced.full > most;
        if priced.price(short) + heading > left {
            continue;
        }
        left -= priced.price(short) + heading;
        topics.push(topic);
        taken.push((priced, short));
    }
    for (priced, short) in &mut taken {
        if *short && priced.more() <= left {
            *short = false;
            left -= priced.more();
        }
    }
    let place = |topic: Topic| HEAD.iter().position(|t| *t == topic);
    taken.sort_by_key(|(priced, _)| (place(priced.entry.topic), priced.at));
    taken
}

/// The best text in `room` units that `render` makes of a choice, its head within `head_room`.
pub(super) fn within(
    log: &ResumeLog,
    room: usize,
    head_room: usize,
    render: &dyn Fn(&Choice<'_>) -> Around,
) -> String {
    let small = room < SMALL;
    let all: Vec<Priced<'_>> = log.entries().enumerate().map(Priced::of).collect();
    let heading = all.iter().filter(|priced| heads(priced.entry)).copied().collect();
    let mut head = head_of(heading, head_room, if small { head_room / 7 } else { head_room / 4 });
    // Whether each entry is told, and whether short: in the head, behind it.
    let mut heads: Vec<Option<bool>> = vec![None; all.len()];
    for (priced, short) in &head {
        heads[priced.at] = Some(*short);
    }
    let mut body: Vec<Option<bool>> = vec![None; all.len()];
    let told = |head: &[(Priced<'_>, bool)], body: &[Option<bool>]| {
        let chosen = all.iter().zip(body);
        render(&Choice {
            head: head.iter().map(|(priced, short)| (all[priced.at].entry, *short)).collect(),
            body: chosen.filter_map(|(p, short)| Some((p.entry, (*short)?))).collect(),
            metadata: false,
        })
    };
    let base = told(&head, &body).units() + 40;
    let mut left = room.saturating_sub(base);
    let files_share = if small { left * 2 / 5 } else { left / FILES_SHARE };
    left -= files_share;
    let mut candidates: Vec<&Priced<'_>> = all
        .iter()
        // A prompt that the head shortens is told whole below.
        .filter(|p| heads[p.at].is_none_or(|short| short && p.entry.topic == Topic::Asked))
        .filter(|p| match room {
            0..SMALL => p.entry.worth >= 60,
            SMALL..LARGE => p.entry.worth >= 39,
            _ => true,
        })
        .collect();
    candidates.sort_by_cached_key(|p| std::cmp::Reverse(score(p.entry, room, p.full, p.short)));
    let mut topics = Vec::new();
    for priced in &candidates {
        let topic = priced.entry.topic;
        let heading = if topics.contains(&topic) { 0 } else { topic.heading().len() + 8 };
        // What is long is told short at first, so that more is told at all.
        let fair = match priced.entry.worth {
            _ if topic == Topic::Asked => room / 6,
            PINNED.. => room / 10,
            80.. if room >= SMALL => room / 12,
            _ => room / 20,
        };
        let again = heads[priced.at].is_some();
        let short = priced.short.is_some()
            && !again
            && (priced.full > fair || priced.full + heading > left);
        if priced.price(short) + heading > left {
            continue;
        }
        left -= priced.price(short) + heading;
        topics.push(topic);
        body[priced.at] = Some(short);
    }
    for priced in &candidates {
        if body[priced.at] == Some(true) && priced.more() <= left {
            body[priced.at] = Some(false);
            left -= priced.more();
        }
    }
    let mut around = told(&head, &body);
    let list = FileList::of(&log.metadata.files);
    let mut files = Files::of(&list, files_share);
    files = Files::of(&list, files_share + room.saturating_sub(around.units() + files.units));
    // What files leave, the next best may take.
    for _ in 0..4 {
        let mut left = room.saturating_sub(around.units() + files.units + 80);
        let mut more = false;
        for priced in &candidates {
            if body[priced.at].is_some() {
                continue;
            }
            let again = heads[priced.at].is_some();
            let fits = [false, true]
                .into_iter()
                .find(|short| !(again && *short) && priced.price(*short) + 30 <= left);
            if let Some(short) = fits {
                left -= priced.price(short) + 30;
                body[priced.at] = Some(short);
                more = true;
            }
        }
        if !more {
            break;
        }
        around = told(&head, &body);
    }
    // The estimate errs by headings: give up the least until it fits.
    loop {
        let over = (around.units() + files.units).saturating_sub(room);
        if over == 0 {
            return around.with(&files.text);
        }
        let chosen = all.iter().filter(|p| body[p.at].is_some());
        if files.room > over {
            files = Files::of(&list, files.room - over - 20.min(files.room - over));
        } else if files.room > 0 {
            files = Files::of(&list, 0);
        } else if let Some(least) = chosen.min_by_key(|p| p.entry.worth) {
            body[least.at] = None;
            around = told(&head, &body);
        } else if let Some(at) = least(&head) {
            head.remove(at);
            around = told(&head, &body);
        } else {
            return crate::session::text::cut(&around.with(&files.text), room);
        }
    }
}

/// The files as they are told in a room.
struct Files {
    room: usize,
    text: String,
    units: usize,
}

impl Files {
    fn of(files: &FileList<'_>, room: usize) -> Self {
        let text = listed(files, room);
        Self { room, units: units(&text), text }
    }
}

fn least(head: &[(Priced<'_>, bool)]) -> Option<usize> {
    head.iter().enumerate().min_by_key(|(_, (p, _))| p.entry.worth).map(|(at, _)| at)
}

#[cfg(test)]
#[path = "select/tests.rs"]
mod tests;
