//! The resume log as text.

mod files;

pub(super) use files::FileList;

use super::log::{Entry, FORMAT, ResumeLog, Section, Subject, Topic};
use super::safe::safe;
use super::{UNITS, select};
use crate::bytes;
use crate::session::text::{self, units};
use std::borrow::Cow;
use std::fmt::Write;

/// A text in the two parts that its list of files stands between, free of what could break out of a frame.
pub(super) struct Around {
    before: String,
    behind: String,
}

impl Around {
    /// UTF-16 units of both.
    pub(super) fn units(&self) -> usize {
        units(&self.before) + units(&self.behind)
    }

    /// The text with these files.
    pub(super) fn with(self, files: &str) -> String {
        let mut text = self.before;
        text.push_str(files);
        text.push_str(&self.behind);
        text
    }
}

/// What of a log is told, and how much of each entry.
#[derive(Debug, Default)]
pub(super) struct Choice<'a> {
    /// Entries of the head: told first, under no section.
    pub(super) head: Vec<(&'a Entry, bool)>,
    /// The others; whether the short form is told.
    pub(super) body: Vec<(&'a Entry, bool)>,
    /// Whether agents, errors and warnings are told.
    pub(super) metadata: bool,
}

/// The whole log as Markdown, as it stands in `resume.md`.
pub fn markdown(log: &ResumeLog) -> String {
    markdown_with(log, &all_files(log))
}

/// The files of the whole log, with all their names.
pub(super) fn all_files(log: &ResumeLog) -> String {
    FileList::of(&log.metadata.files).within(usize::MAX)
}

/// The whole log with its files as they were told before.
pub(super) fn markdown_with(log: &ResumeLog, files: &str) -> String {
    markdown_of(log, log.entries().map(|e| (e, false)).collect(), files)
}

/// The whole log but for its entries.
pub(super) fn frame_with(log: &ResumeLog, files: &str) -> String {
    markdown_of(log, Vec::new(), files)
}

/// At least the units of the headings that the log's entries stand under in its Markdown.
pub(super) fn headings(log: &ResumeLog) -> usize {
    let (mut most, mut before) = (0, None);
    for topic in log.entries().map(|entry| entry.topic) {
        if before == Some(topic) {
            continue;
        }
        if before.map(Topic::section) != Some(topic.section()) {
            most += topic.section().heading().len() + "\n## \n".len();
        }
        // A repository that moved on, and code, stand by themselves.
        most += topic.heading().len() + "\n## **:** \n".len();
        before = Some(topic);
    }
    most
}

/// At least the units that [`item`] adds to a text to close the code fence that it leaves open.
pub(super) fn closing(text: &str) -> usize {
    // It stands on a line of its own, perhaps with a quotation mark on one behind it.
    text::open_fence(text).map_or(0, |fence| fence.len() + "\n  \n  ".len())
}

fn markdown_of(log: &ResumeLog, body: Vec<(&Entry, bool)>, files: &str) -> String {
    let choice = Choice { head: Vec::new(), body, metadata: true };
    // The texts, with what stands before their lines, and some for the rest.
    let room: usize = choice.body.iter().map(|(e, _)| e.text.len() + 48).sum();
    let mut out = String::with_capacity(room + files.len() + (2 << 10));
    let _ = writeln!(out, "<!-- rejoin resume log, format {FORMAT} -->");
    title(log, &mut out);
    lead(log, &mut out);
    told_before(&choice, &mut out);
    out.push_str(files);
    told_behind(log, &choice, &mut out);
    let left_out = log.left_out.iter().map(|(kind, n)| (&**kind, *n));
    if let Some(line) = counted_out(left_out.collect()) {
        let _ = write!(out, "\n{line}\n");
    }
    safe_of(out)
}

/// The best that a log can say in `budget` tokens, as Markdown without a frame.
pub fn text(log: &ResumeLog, budget: usize) -> String {
    let room = budget.saturating_mul(UNITS);
    let whole = markdown(log);
    if units(&whole) <= room {
        return whole;
    }
    let mut frame = String::new();
    title(log, &mut frame);
    lead(log, &mut frame);
    let head = room * 9 / 20;
    select::within(log, room, head, &|choice| {
        told(log, choice, &frame, |out| left_out(log, choice, out))
    })
}

/// The title line: which project and branch, and how the session stands.
pub(super) fn title(log: &ResumeLog, out: &mut String) {
    let subject = &log.subject;
    let project = if subject.project.is_empty() { "session" } else { &subject.project };
    let _ = write!(out, "# {project}");
    if let Some(branch) = &subject.branch {
        let _ = write!(out, ", branch `{}`", branch.replace('`', "ʼ"));
    }
    let _ = writeln!(out, ": {}", subject.ended);
}

/// Which session this is about, for texts without a frame.
fn lead(log: &ResumeLog, out: &mut String) {
    let subject = &log.subject;
    match &subject.pause {
        Some(pause) if *pause == subject.session => {
            let _ = write!(out, "Pause `{pause}`");
        }
        Some(pause) => {
            let _ = write!(out, "Pause `{pause}` of Claude Code session `{}`", subject.session);
        }
        None => {
            let _ = write!(out, "Claude Code session `{}`", subject.session);
        }
    }
    if let Some((from, to)) = span(&log.subject) {
        let _ = write!(out, ", {from} to {to}");
    }
    out.push('\n');
    if let Some(origin) = &subject.origin {
        let _ = writeln!(out, "Not recorded here: {}.", text::line(origin, 200));
    }
    if let Some(previous) = &log.previous {
        let _ = writeln!(out, "It followed session `{}` ({}).", previous.session, previous.link);
    }
}

/// First and last time, the date told once.
pub(super) fn span(subject: &Subject) -> Option<(String, String)> {
    let (from, to) = (subject.from?, subject.to?);
    let same = from.date_naive() == to.date_naive();
    let end = if same { "%H:%M UTC" } else { "%Y-%m-%d %H:%M UTC" };
    Some((from.format("%Y-%m-%d %H:%M").to_string(), to.format(end).to_string()))
}

/// The chosen entries behind a frame, and what stands at the `end`.
///
/// The parts are made safe apart. No frame begins in one and goes on in the next: the files begin with a
/// heading, and so does what is behind them, or with an empty line and a sentence.
pub(super) fn told(
    log: &ResumeLog,
    choice: &Choice<'_>,
    frame: &str,
    end: impl FnOnce(&mut String),
) -> Around {
    let mut before = frame.to_owned();
    told_before(choice, &mut before);
    let mut behind = String::new();
    told_behind(log, choice, &mut behind);
    end(&mut behind);
    Around { before: safe_of(before), behind: safe_of(behind) }
}

/// Files in at most `room` units, safe as well.
pub(super) fn listed(files: &FileList<'_>, room: usize) -> String {
    safe_of(files.within(room))
}

fn safe_of(text: String) -> String {
    match safe(&text) {
        Cow::Borrowed(_) => text,
        Cow::Owned(safe) => safe,
    }
}

/// The chosen entries up to the files.
fn told_before(choice: &Choice<'_>, out: &mut String) {
    if !choice.head.is_empty() {
        out.push('\n');
        topics(&choice.head, out);
    }
    let of = |wanted: &dyn Fn(&Entry) -> bool| -> Vec<(&Entry, bool)> {
        choice.body.iter().filter(|(e, _)| wanted(e)).copied().collect()
    };
    // A repository that moved on makes all that follows doubtful.
    let meanwhile = of(&|e| e.topic == Topic::Meanwhile);
    if !meanwhile.is_empty() {
        out.push('\n');
        topics(&meanwhile, out);
    }
    for section in Section::ALL {
        let entries = of(&|e| {
            e.topic.section() == section && !matches!(e.topic, Topic::Meanwhile | Topic::Code)
        });
        if !entries.is_empty() {
            let _ = write!(out, "\n## {}\n", section.heading());
            topics(&entries, out);
        }
    }
}

/// What is told behind the files.
fn told_behind(log: &ResumeLog, choice: &Choice<'_>, out: &mut String) {
    if choice.metadata {
        metadata(log, out);
    }
    let code = choice.body.iter().filter(|(e, _)| e.topic == Topic::Code);
    for (index, (entry, short)) in code.enumerate() {
        if index == 0 {
            let _ = write!(out, "\n## {}\n", Topic::Code.heading());
        }
        item(shown(entry, *short), out);
    }
}

/// An entry as it is told.
fn shown(entry: &Entry, short: bool) -> &str {
    match (&entry.short, short) {
        (Some(short), true) => short,
        _ => &entry.text,
    }
}

/// Entries by topic: one in a line with its heading, several as a list.
fn topics(entries: &[(&Entry, bool)], out: &mut String) {
    let mut rest = entries;
    while let Some((first, _)) = rest.first() {
        let topic = first.topic;
        let end = rest.iter().position(|(e, _)| e.topic != topic).unwrap_or(rest.len());
        let (group, behind) = rest.split_at(end);
        rest = behind;
        if let [(entry, short)] = group
            && !shown(entry, *short).contains('\n')
        {
            let _ = writeln!(out, "**{}:** {}", topic.heading(), shown(entry, *short));
            continue;
        }
        let _ = writeln!(out, "**{}**", topic.heading());
        for (entry, short) in group {
            item(shown(entry, *short), out);
        }
    }
}

/// One list item; further lines are indented. A code fence that it leaves open is closed: else the
/// rest of the log would be code.
fn item(text: &str, out: &mut String) {
    let closed;
    let text = match text::open_fence(text) {
        Some(fence) => {
            // The quotation mark behind a fence keeps it from being one.
            let end = format!("\n{fence}\"");
            let apart = text.strip_suffix(&*end).map(|code| format!("{code}\n{fence}\n\""));
            // Where the quotation mark hides the opening one instead, the last line opens a block.
            closed = apart
                .filter(|apart| text::open_fence(apart).is_none())
                .unwrap_or_else(|| format!("{text}\n{fence}"));
            &*closed
        }
        None => text,
    };
    if bytes::find_either(b'\n', b'\r', text.as_bytes()).is_none() {
        if !text.is_empty() {
            out.push_str("- ");
            out.push_str(text);
            out.push('\n');
        }
        return;
    }
    let mut first = true;
    for line in text::lines(text) {
        match (first, line.is_empty()) {
            (true, _) => out.push_str("- "),
            (_, true) => {}
            _ => out.push_str("  "),
        }
        first = false;
        out.push_str(line);
        out.push('\n');
    }
}

fn metadata(log: &ResumeLog, out: &mut String) {
    let meta = &log.metadata;
    for (heading, list) in
        [("Agents used", &meta.agents), ("Errors", &meta.errors), ("Warnings", &meta.warnings)]
    {
        if !list.is_empty() {
            let _ = write!(out, "\n## {heading}\n");
            for line in list {
                item(line, out);
            }
        }
    }
}

/// One line of what has no room, by kind.
pub(super) fn left_out(log: &ResumeLog, choice: &Choice<'_>, out: &mut String) {
    if let Some(line) = not_told(log, choice) {
        let _ = write!(out, "\n{line}\n");
    }
}

/// What a choice leaves out, as a sentence.
pub(super) fn not_told(log: &ResumeLog, choice: &Choice<'_>) -> Option<String> {
    let mut chosen: Vec<*const Entry> =
        choice.head.iter().chain(&choice.body).map(|(e, _)| std::ptr::from_ref(*e)).collect();
    chosen.sort_unstable();
    let mut counts: Vec<(&str, u32)> = log.left_out.iter().map(|(k, n)| (&**k, *n)).collect();
    for entry in log.entries().filter(|e| chosen.binary_search(&std::ptr::from_ref(*e)).is_err()) {
        let kind = entry.topic.kind();
        match counts.iter_mut().find(|(known, _)| *known == kind) {
            Some((_, count)) => *count += 1,
            None => counts.push((kind, 1)),
        }
    }
    counted_out(counts)
}

/// What is left out, as a sentence.
fn counted_out(mut kinds: Vec<(&str, u32)>) -> Option<String> {
    if kinds.is_empty() {
        return None;
    }
    kinds.sort_unstable_by_key(|(kind, n)| (std::cmp::Reverse(*n), *kind));
    let list: Vec<String> = kinds.iter().map(|(kind, n)| counted(*n, kind)).collect();
    Some(format!("Left out: {}.", list.join(", ")))
}

/// A number of things, their kind given in the singular.
fn counted(count: u32, kind: &str) -> String {
    let (first, rest) = kind.split_once(" of ").map_or((kind, ""), |(f, _)| (f, &kind[f.len()..]));
    match (count, first) {
        (1, _) => format!("1 {kind}"),
        (_, "summary by Claude") => format!("{count} summaries by Claude"),
        (_, "line on the goal") => format!("{count} lines on the goal"),
        _ => format!("{count} {first}s{rest}"),
    }
}

/// Topics of the head, in its order.
pub(super) const HEAD: [Topic; 14] = [
    Topic::Meanwhile,
    Topic::Note,
    Topic::Asked,
    Topic::Goal,
    Topic::Unanswered,
    Topic::Correction,
    Topic::Task,
    Topic::Unsolved,
    Topic::Background,
    Topic::Place,
    Topic::Uncommitted,
    Topic::Check,
    Topic::Next,
    Topic::LastSaid,
];
