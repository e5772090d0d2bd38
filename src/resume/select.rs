//! What is told when not everything fits.

use super::log::{Entry, ResumeLog, Section, Topic};
use super::render::{Around, Choice, HEAD, all_files, listed, markdown_with};
use super::{TOKENS, UNITS};
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

fn cost(text: &str) -> usize {
    // Line ends are counted many bytes at once, of 240 at most 240.
    let ends = |part: &[u8]| part.iter().fold(0, |sum: u8, b| sum + u8::from(*b == b'\n'));
    let ends: usize = text.as_bytes().chunks(240).map(|part| usize::from(ends(part))).sum();
    units(text) + 4 + 2 * ends
}

/// What an entry costs, told in full or short.
fn price(entry: &Entry, short: bool) -> usize {
    match (&entry.short, short) {
        (Some(short), true) => cost(short),
        _ => cost(&entry.text),
    }
}

/// Worth of an entry in a text of `room` units: what takes more than a twentieth of the room has to
/// be worth it.
fn score(entry: &Entry, room: usize) -> i64 {
    let short = entry.short.as_deref().map(cost);
    score_of(entry, room, cost(&entry.text), short)
}

/// The same where it is known what the entry costs, in full and short.
fn score_of(entry: &Entry, room: usize, full: usize, short: Option<usize>) -> i64 {
    let worth = i64::from(entry.worth) * 100;
    if entry.worth >= PINNED {
        return worth;
    }
    let fair = (room / 20).max(60) as i64;
    let least = short.unwrap_or(usize::MAX).min(full);
    let over = least as i64 - fair;
    worth - (over.max(0) * 1000 / fair).min(4000)
}

/// Puts entries into the log's sections, each within its budget; what one needs less, others get. Returns
/// the log's Markdown.
pub(super) fn fill(log: &mut ResumeLog, mut all: Vec<Entry>) -> String {
    let total = TOKENS * UNITS;
    // What of each is told: not at all, short, in full.
    let mut taken: Vec<Option<bool>> = vec![None; all.len()];
    let costs: Vec<usize> = all.iter().map(|e| cost(&e.text)).collect();
    let shorts: Vec<Option<usize>> = all.iter().map(|e| e.short.as_deref().map(cost)).collect();
    let entries = all.iter().zip(&costs).zip(&shorts);
    let scores: Vec<i64> =
        entries.map(|((entry, full), short)| score_of(entry, total, *full, *short)).collect();
    let mut order: Vec<usize> = (0..all.len()).collect();
    order.sort_by_key(|at| std::cmp::Reverse(scores[*at]));
    let mut rest: Vec<usize> = Vec::new();
    let mut used = 0;
    for section in Section::ALL {
        let sure = section.budget() * UNITS * SURE.0 / SURE.1;
        let mut left = sure;
        for at in order.iter().copied().filter(|at| all[*at].topic.section() == section) {
            if costs[at] <= left {
                left -= costs[at];
                taken[at] = Some(true);
            } else {
                rest.push(at);
            }
        }
        used += sure - left;
    }
    let mut files = all_files(log);
    let metadata = units(&markdown_with(log, &files));
    let mut left = total.saturating_sub(used + metadata + 600);
    rest.sort_by_key(|at| std::cmp::Reverse(scores[*at]));
    for at in rest {
        let entry = &all[at];
        if costs[at] <= left {
            left -= costs[at];
            taken[at] = Some(true);
            continue;
        }
        match shorts[at] {
            Some(short) if short <= left => {
                left -= short;
                taken[at] = Some(false);
            }
            _ => *log.left_out.entry(entry.topic.kind().to_owned()).or_default() += 1,
        }
    }
    // In the order of telling.
    let mut order: Vec<usize> = (0..all.len()).filter(|at| taken[*at].is_some()).collect();
    order.sort_by_key(|at| all[*at].topic);
    for at in order {
        let mut entry = Entry::new(all[at].topic, all[at].worth, std::mem::take(&mut all[at].text));
        let short = all[at].short.take();
        match (taken[at], short) {
            (Some(false), Some(short)) => entry.text = short,
            (_, short) => entry.short = short,
        }
        log.section_mut(entry.topic.section()).push(entry);
    }
    shrink(log, total, &mut files)
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

/// The best choice for the head in `room` units: entries of more than `most` units are told short where
/// they can be. A head that stands alone tells more of them, each shorter.
pub(super) fn head(log: &ResumeLog, room: usize, most: usize) -> Vec<(&Entry, bool)> {
    let mut candidates: Vec<&Entry> =
        log.entries().filter(|e| HEAD.contains(&e.topic) && e.worth >= HEAD_WORTH).collect();
    candidates.sort_by_key(|e| std::cmp::Reverse(e.worth));
    let mut left = room;
    let mut topics = Vec::new();
    let mut taken: Vec<(&Entry, bool)> = Vec::new();
    for entry in candidates {
        let heading =
            if topics.contains(&entry.topic) { 0 } else { entry.topic.heading().len() + 8 };
        let short = entry.short.is_some() && cost(&entry.text) > most;
        if price(entry, short) + heading > left {
            continue;
        }
        left -= price(entry, short) + heading;
        topics.push(entry.topic);
        taken.push((entry, short));
    }
    for (entry, short) in &mut taken {
        let more = price(entry, false).saturating_sub(price(entry, true));
        if *short && more <= left {
            *short = false;
            left -= more;
        }
    }
    let place = |e: &Entry| HEAD.iter().position(|t| *t == e.topic);
    let order = |e: &Entry| log.entries().position(|o| std::ptr::eq(o, e));
    taken.sort_by_cached_key(|(e, _)| (place(e), order(e)));
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
    let head = head(log, head_room, if small { head_room / 7 } else { head_room / 4 });
    let mut choice = Choice { head, ..Choice::default() };
    let base = render(&choice).units() + 40;
    let mut left = room.saturating_sub(base);
    let files_share = if small { left * 2 / 5 } else { left / FILES_SHARE };
    left -= files_share;
    let mut candidates: Vec<(usize, &Entry)> = log
        .entries()
        .enumerate()
        .filter(|(_, e)| {
            // A prompt that the head shortens is told whole below.
            let cut = |short: bool| short && e.topic == Topic::Asked;
            !choice.head.iter().any(|(h, short)| std::ptr::eq(*h, *e) && !cut(*short))
        })
        .filter(|(_, e)| match room {
            0..SMALL => e.worth >= 60,
            SMALL..LARGE => e.worth >= 39,
            _ => true,
        })
        .collect();
    candidates.sort_by_cached_key(|(index, e)| (std::cmp::Reverse(score(e, room)), *index));
    let mut topics = Vec::new();
    for (_, entry) in &candidates {
        let heading =
            if topics.contains(&entry.topic) { 0 } else { entry.topic.heading().len() + 8 };
        // What is long is told short at first, so that more is told at all.
        let fair = match entry.worth {
            _ if entry.topic == Topic::Asked => room / 6,
            PINNED.. => room / 10,
            80.. if room >= SMALL => room / 12,
            _ => room / 20,
        };
        let unfair = cost(&entry.text) > fair;
        let again = choice.head.iter().any(|(h, _)| std::ptr::eq(*h, *entry));
        let short =
            entry.short.is_some() && !again && (unfair || price(entry, false) + heading > left);
        if price(entry, short) + heading > left {
            continue;
        }
        left -= price(entry, short) + heading;
        topics.push(entry.topic);
        choice.body.push((entry, short));
    }
    for (entry, short) in &mut choice.body {
        let more = price(entry, false).saturating_sub(price(entry, true));
        if *short && more <= left {
            *short = false;
            left -= more;
        }
    }
    let order = |e: &Entry| log.entries().position(|o| std::ptr::eq(o, e));
    choice.body.sort_by_cached_key(|(e, _)| order(e));
    let mut around = render(&choice);
    let mut files = Files::of(log, files_share);
    files = Files::of(log, files_share + room.saturating_sub(around.units() + files.units));
    // What files leave, the next best may take.
    for _ in 0..4 {
        let mut left = room.saturating_sub(around.units() + files.units + 80);
        let before = choice.body.len();
        for (_, entry) in &candidates {
            if choice.body.iter().any(|(e, _)| std::ptr::eq(*e, *entry)) {
                continue;
            }
            let again = choice.head.iter().any(|(h, _)| std::ptr::eq(*h, *entry));
            let fits = [false, true]
                .into_iter()
                .find(|short| !(again && *short) && price(entry, *short) + 30 <= left);
            if let Some(short) = fits {
                left -= price(entry, short) + 30;
                choice.body.push((entry, short));
            }
        }
        if choice.body.len() == before {
            break;
        }
        choice.body.sort_by_cached_key(|(e, _)| order(e));
        around = render(&choice);
    }
    // The estimate errs by headings: give up the least until it fits.
    loop {
        let over = (around.units() + files.units).saturating_sub(room);
        if over == 0 {
            return around.with(&files.text);
        }
        if files.room > over {
            files = Files::of(log, files.room - over - 20.min(files.room - over));
        } else if files.room > 0 {
            files = Files::of(log, 0);
        } else if let Some(at) = least(&choice.body) {
            choice.body.remove(at);
            around = render(&choice);
        } else if let Some(at) = least(&choice.head) {
            choice.head.remove(at);
            around = render(&choice);
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
    fn of(log: &ResumeLog, room: usize) -> Self {
        let text = listed(log, room);
        Self { room, units: units(&text), text }
    }
}

fn least(entries: &[(&Entry, bool)]) -> Option<usize> {
    entries.iter().enumerate().min_by_key(|(_, (e, _))| e.worth).map(|(at, _)| at)
}

#[cfg(test)]
#[path = "select/tests.rs"]
mod tests;
