//! The bounds of the facts: 64 KiB of state, whatever the session.
//!
//! Each kind of fact has its share, measured as the bytes it takes in the state file. What is over
//! is given up by worth and then by age, and counted. Applied after every event, so that the facts
//! do not depend on how a transcript was read.

use super::command::Class;
use super::event::Outcome;
use super::facts::{
    Act, Asked, By, Family, Item, ItemState, Quote, Session, Step, TaskChange, TaskState, Touch,
    Turn,
};
use super::sentence::Kind;
use crate::bytes;

/// Bytes of the state file that each kind of step is sure of: sentences, edits, runs, the rest. What
/// one needs less, the others may take.
const STEPS: [usize; 4] = [8_000, 7_500, 8_000, 3_500];
const ALL_STEPS: usize = 27_000;
/// When steps are over, they are given up to this part of their bound: seldom, but then several at
/// once.
const SPARE: (usize, usize) = (7, 8);
/// The newest sentences, which are kept whatever they say: they tell what was under way.
const NEWEST: usize = 14;
/// Bytes of the state file for each other kind of fact.
const TURNS: usize = 12_000;
const FILES: usize = 7_500;
const FAMILIES: usize = 3_500;
const ITEMS: usize = 4_000;
const TASKS: usize = 3_000;
const OPEN: usize = 2_500;
/// Turns kept apart; older ones are merged.
const KEPT_TURNS: usize = 40;
const FILE_COUNT: usize = 500;
const FAMILY_COUNT: usize = 100;
const WAITING: usize = 8;
const BACKGROUND: usize = 8;
const COMPACTIONS: usize = 8;
const NOTES: usize = 2_500;
const MODELS: usize = 8;

/// The longest prefix of at most `max` bytes that ends at a character's end.
pub(super) fn prefix(text: &str, max: usize) -> &str {
    if text.len() <= max {
        return text;
    }
    let mut end = max;
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

/// Bytes of a text in JSON.
fn json(text: &str) -> usize {
    if !bytes::is_escaped(text.as_bytes()) {
        return text.len() + 3;
    }
    // What escapes add. Sums of a byte's size are taken many at once: of 50 bytes they are at most 250.
    let short = |b: u8| matches!(b, b'"' | b'\\' | b'\n' | b'\t' | b'\r');
    let added = |sum: u8, b: &u8| sum + u8::from(short(*b)) + 5 * u8::from(*b < 0x20 && !short(*b));
    let chunks = text.as_bytes().chunks(50);
    text.len() + chunks.map(|chunk| usize::from(chunk.iter().fold(0, added))).sum::<usize>() + 3
}

fn quoted(quote: &Quote) -> usize {
    json(&quote.text) + 30
}

fn names(names: &[String]) -> usize {
    names.iter().map(|n| json(n)).sum::<usize>() + 6
}

fn step(step: &Step) -> usize {
    let act = match &step.act {
        Act::Run(run) => {
            let errors: usize = run.errors.iter().map(|e| json(&e.line) + 50).sum();
            json(&run.shown)
                + json(&run.family)
                + errors
                + names(&run.explains)
                + 60
                + run.summary.as_deref().map_or(0, json)
                + run.message.as_deref().map_or(0, json)
        }
        Act::Commit(commit) => json(&commit.subject) + 80,
        Act::Edit(edit) => {
            json(&edit.path) + names(&edit.names) + edit.line.as_deref().map_or(0, json) + 30
        }
        Act::Said(said) => json(&said.text) + 40,
        Act::Plan { title, .. } => json(title) + 40,
        Act::Answer { question, answer } => json(question) + json(answer) + 40,
        Act::Agent { kind, task, report } => {
            json(kind) + json(task) + report.as_ref().map_or(0, quoted) + 40
        }
        Act::Fetch(what) => json(what) + 20,
        Act::Denied { what, said } => json(what) + said.as_deref().map_or(0, json) + 30,
        Act::Skill { name, error } => json(name) + error.as_deref().map_or(0, json) + 30,
        Act::Summary(text) | Act::Prompt(text) => quoted(text) + 20,
        Act::Error { kind, text } => json(kind) + json(text) + 30,
    };
    act + 50
}

pub(super) fn touch(touch: &Touch) -> usize {
    json(&touch.path) + names(&touch.added) + names(&touch.changed) + names(&touch.removed) + 110
}

fn family(family: &Family) -> usize {
    json(&family.family) + json(&family.shown) + family.summary.as_deref().map_or(0, json) + 100
}

fn item(item: &Item) -> usize {
    json(&item.id)
        + json(&item.title)
        + json(&item.kind)
        + names(&item.waits)
        + 160
        + item.reason.as_ref().map_or(0, quoted)
}

fn tasks(change: &TaskChange) -> usize {
    match change {
        TaskChange::Task(task) => json(&task.subject) + 80,
        TaskChange::State { subject, .. } => subject.as_deref().map_or(0, json) + 50,
        TaskChange::List(list) => list.iter().map(|t| json(&t.subject) + 50).sum(),
    }
}

fn turn(turn: &Turn) -> usize {
    let queued: usize = turn.queued.iter().map(queued).sum();
    quoted(&turn.prompt) + turn.closing.as_ref().map_or(0, quoted) + queued + 450
}

fn queued((_, typed): &(u32, Quote)) -> usize {
    quoted(typed) + 10
}

/// How much a step is worth keeping: prompts, decisions and commits outlive looks and plans.
fn worth(step: &Step) -> u8 {
    match &step.act {
        Act::Prompt(_) | Act::Answer { .. } => 90,
        Act::Commit(_) | Act::Plan { .. } | Act::Summary(_) | Act::Denied { .. } => 85,
        Act::Error { .. } => 60,
        Act::Run(run) => match (run.outcome, run.class) {
            (Outcome::Failed | Outcome::Refused, Class::Look) => 25,
            (Outcome::Failed | Outcome::Refused, _) => 70,
            (_, Class::Test | Class::Lint | Class::Build) => 50,
            (_, Class::Other | Class::Look) => 20,
            _ => 40,
        },
        Act::Agent { .. } => 65,
        Act::Edit(_) => 45,
        Act::Skill { error: Some(_), .. } => 40,
        Act::Skill { .. } => 20,
        Act::Fetch(_) => 15,
        Act::Said(said) => match said.kind {
            Kind::Diagnosis | Kind::Decision => 55,
            Kind::Finding => 48,
            Kind::Guess => 42,
            _ => 30,
        },
    }
}

/// What may still be added before a bound has to be looked at: kept beside the facts, never stored.
///
/// By default, as after loading, nothing is known, and every bound is looked at.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Slack {
    /// `None` when it is not known.
    steps: Option<i64>,
    /// Bits of the other parts that were looked at and have not changed since.
    settled: u8,
    /// What turns, files, items and tasks leave of their bounds.
    left: [usize; 4],
    /// Bytes of the files, where a change of one made them too many.
    files: Option<usize>,
}

/// Facts with a bound of their own.
#[derive(Debug, Clone, Copy)]
pub(super) enum Part {
    /// Prompts, closings, text typed in.
    Turns = 1,
    Files = 2,
    Families = 4,
    Items = 8,
    Tasks = 16,
    /// Open calls, queue, background work, compactions, models, notes.
    Rest = 32,
}

impl PartialEq for Slack {
    /// Never makes two sessions differ.
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Slack {
    /// A part changed.
    pub(super) fn unsettle(&mut self, part: Part) {
        self.settled &= !(part as u8);
    }

    /// Whether a part has to be looked at; it counts as looked at from then on.
    fn look_at(&mut self, part: Part) -> bool {
        let known = self.settled & part as u8 != 0;
        self.settled |= part as u8;
        !known
    }

    /// Steps moved or went.
    pub(super) fn forget(&mut self) {
        *self = Self::default();
    }

    /// A step is added.
    pub(super) fn add(&mut self, new: &Step) {
        self.steps = self.steps.map(|left| left - step(new) as i64);
    }
}

impl Session {
    /// One file's facts took `before` bytes and take `after` now. As long as the bounds hold, the others
    /// need not be measured again.
    pub(super) fn file_resized(&mut self, before: usize, after: usize) {
        let known = self.slack.settled & Part::Files as u8 != 0;
        let used = (FILES - self.slack.left[1].min(FILES) + after).saturating_sub(before);
        let count: usize = self.all().map(|t| t.files.len()).sum();
        if known && used <= FILES && count <= FILE_COUNT {
            self.lend(1, FILES, used);
        } else {
            self.slack.unsettle(Part::Files);
            self.slack.files = known.then_some(used);
        }
    }
}

/// Which bound a step counts against.
fn kind(act: &Act) -> usize {
    match act {
        Act::Said(_) => 0,
        Act::Edit(_) => 1,
        Act::Run(_) => 2,
        _ => 3,
    }
}

/// Gives up what is over the bounds.
pub(super) fn keep(session: &mut Session) {
    if session.slack.look_at(Part::Turns) {
        let mut used: usize = session.turns.iter().map(turn).sum();
        while session.turns.len() > KEPT_TURNS || (session.turns.len() > 1 && used > TURNS) {
            used -= turn(&session.turns[0]);
            merge_oldest(session);
            session.slack.forget();
            session.slack.settled = Part::Turns as u8;
        }
        for one in &mut session.turns {
            // One turn with very much typed into it.
            while one.queued.len() > 12 {
                let gone = one.queued.remove(1);
                used -= queued(&gone);
            }
        }
        session.lend(0, TURNS, used);
    }
    if session.slack.look_at(Part::Files) {
        keep_files(session);
    }
    if session.slack.look_at(Part::Families) {
        keep_families(session);
    }
    if session.slack.look_at(Part::Items) {
        keep_items(session);
    }
    if session.slack.look_at(Part::Tasks) {
        keep_tasks(session);
    }
    if session.slack.look_at(Part::Rest) {
        keep_rest(session);
    }
    if session.slack.steps.is_none_or(|left| left < 0) {
        keep_steps(session);
    }
}

fn keep_rest(session: &mut Session) {
    while session.open.len() > 1 && session.open.iter().map(asked).sum::<usize>() > OPEN {
        session.open.remove(0);
    }
    front(&mut session.waiting, WAITING);
    front(&mut session.background, BACKGROUND);
    front(&mut session.compactions, COMPACTIONS);
    front(&mut session.models, MODELS);
    while session.notes.len() > 1
        && session.notes.iter().map(|n| json(&n.text) + 60).sum::<usize>() > NOTES
    {
        session.notes.remove(0);
    }
}

fn front<T>(list: &mut Vec<T>, most: usize) {
    if list.len() > most {
        list.drain(..list.len() - most);
    }
}

fn asked(call: &super::facts::OpenCall) -> usize {
    let what = match &call.what {
        Asked::Run(text) => json(text),
        Asked::Edit { path, change } | Asked::Write { path, change } => {
            json(path)
                + names(&change.added)
                + names(&change.removed)
                + names(&change.changed)
                + 180
        }
        Asked::Todos(list) => list.iter().map(|t| json(&t.subject) + 50).sum(),
        _ => 200,
    };
    what + json(&call.id) + 80
}

/// Merges the oldest turn into the earlier ones.
fn merge_oldest(session: &mut Session) {
    let old = session.turns.remove(0);
    let human = old.by == By::Human && !old.prompt.text.is_empty();
    session.merged.0 += 1;
    session.merged.1 += u32::from(human);
    let at = match (old.at, session.first) {
        (Some(at), Some(first)) => (at - first).num_seconds().max(0) as u32,
        _ => 0,
    };
    let into = &mut session.earlier;
    if human {
        let seq = old.steps.first().map_or(0, |s| s.seq);
        let act = Act::Prompt(old.prompt);
        into.steps.push(Step { seq, at, line: None, act });
    }
    for (at, text) in old.queued {
        let seq = old.steps.iter().rev().find(|s| s.at <= at).map_or(0, |s| s.seq);
        into.steps.push(Step { seq, at, line: None, act: Act::Prompt(text) });
    }
    into.at = into.at.or(old.at);
    into.last = old.last;
    into.steps.extend(old.steps);
    into.closing = old.closing.or(into.closing.take());
    for touch in old.files {
        merge_touch(&mut into.files, touch);
    }
    for family in old.families {
        merge_family(&mut into.families, family);
    }
    for item in old.items {
        into.items.retain(|i| i.id != item.id);
        into.items.push(item);
    }
    for change in old.tasks {
        push_task(&mut into.tasks, change);
    }
    let (all, new) = (&mut into.counts, &old.counts);
    all.calls += new.calls;
    all.failed += new.failed;
    all.refused += new.refused;
    all.looks += new.looks;
    all.agents += new.agents;
    all.edits += new.edits;
    all.commits += new.commits;
    all.responses += new.responses;
    all.usage.add(&new.usage);
}

/// Adds a change of the task list; a new state of a task in the same list changes it there.
pub(super) fn push_task(tasks: &mut Vec<TaskChange>, change: TaskChange) {
    match change {
        TaskChange::List(_) => tasks.retain(|t| !matches!(t, TaskChange::List(_))),
        TaskChange::State { ref id, state, ref subject } => {
            for old in tasks.iter_mut() {
                match old {
                    TaskChange::Task(task) if task.id == *id => {
                        task.state = state;
                        if let Some(subject) = subject {
                            task.subject.clone_from(subject);
                        }
                        return;
                    }
                    TaskChange::State { id: known, state: before, subject: name }
                        if known == id =>
                    {
                        *before = state;
                        *name = subject.clone().or(name.take());
                        return;
                    }
                    _ => {}
                }
            }
        }
        TaskChange::Task(_) => {}
    }
    tasks.push(change);
}

/// Adds one turn's touches of a file to those of the turns before.
pub fn merge_touch(files: &mut Vec<Touch>, new: Touch) {
    let Some(found) = files.iter().position(|t| t.path == new.path) else {
        files.push(new);
        return;
    };
    let mut old = files.remove(found);
    old.edits += new.edits;
    old.reads += new.reads;
    old.new |= new.new;
    old.lines = (old.lines.0 + new.lines.0, old.lines.1 + new.lines.1);
    if new.edits > 0 || old.edits == 0 {
        old.seq = new.seq;
    }
    old.staged = old.staged.max(new.staged);
    old.committed = old.committed.max(new.committed);
    old.setup = new.setup.or(old.setup);
    old.gone = if new.edits > 0 { new.gone } else { old.gone };
    for gone in new.removed {
        old.added.retain(|n| *n != gone);
        if !old.removed.contains(&gone) {
            old.removed.push(gone);
        }
    }
    for (into, from) in [(&mut old.added, new.added), (&mut old.changed, new.changed)] {
        for name in from {
            into.retain(|n| *n != name);
            into.push(name);
        }
        front(into, 16);
    }
    front(&mut old.removed, 16);
    files.push(old);
}

/// Adds one turn's runs of a family to those of the turns before.
pub fn merge_family(families: &mut Vec<Family>, new: Family) {
    let Some(found) = families.iter().position(|f| f.family == new.family) else {
        families.push(new);
        return;
    };
    let old = families.remove(found);
    families.push(Family {
        runs: old.runs + new.runs,
        failed: old.failed + new.failed,
        narrowed: old.narrowed && new.narrowed,
        ..new
    });
}

/// Takes out of all turns, oldest first, what `worth` puts lowest until the whole fits. `sum` is what all
/// take, where that is known.
fn give_up<T>(
    session: &mut Session,
    part: fn(&mut Turn) -> &mut Vec<T>,
    size: fn(&T) -> usize,
    worth: fn(&T) -> u8,
    (bytes, most): (usize, usize),
    sum: Option<usize>,
) -> (u32, usize) {
    let mut all: Vec<&mut Vec<T>> =
        std::iter::once(&mut session.earlier).chain(&mut session.turns).map(part).collect();
    let measured = || all.iter().flat_map(|list| list.iter().map(size)).sum();
    debug_assert!(sum.is_none_or(|sum| sum == measured()));
    let mut sum = sum.unwrap_or_else(measured);
    let mut count: usize = all.iter().map(|list| list.len()).sum();
    let mut given_up = 0;
    while sum > bytes || count > most {
        let lowest = all
            .iter()
            .enumerate()
            .flat_map(|(t, list)| list.iter().enumerate().map(move |(i, x)| (worth(x), t, i)))
            .min();
        let Some((_, turn, index)) = lowest else { break };
        let gone = all[turn].remove(index);
        sum -= size(&gone);
        count -= 1;
        given_up += 1;
    }
    (given_up, sum)
}

impl Session {
    /// What a part leaves of its bound, steps may take. A part that grew takes it back.
    fn lend(&mut self, part: usize, bound: usize, used: usize) {
        let left = bound.saturating_sub(used);
        let before = std::mem::replace(&mut self.slack.left[part], left);
        self.slack.steps = self.slack.steps.map(|s| s + left as i64 - before as i64);
    }
}

/// Where a step stands, what it is worth and its size.
struct Kept {
    turn: usize,
    index: usize,
    kind: usize,
    worth: u8,
    size: usize,
}

/// Gives up steps of the kinds that take more than they are sure of, those of least worth first and
/// the oldest of them.
fn keep_steps(session: &mut Session) {
    let mut all: Vec<Kept> = Vec::new();
    let mut sums = [0; STEPS.len()];
    for (turn, steps) in
        std::iter::once(&session.earlier).chain(&session.turns).map(|t| &t.steps).enumerate()
    {
        for (index, one) in steps.iter().enumerate() {
            let (kind, size) = (kind(&one.act), step(one));
            sums[kind] += size;
            all.push(Kept { turn, index, kind, worth: worth(one), size });
        }
    }
    let mut total: usize = sums.iter().sum();
    let bound = ALL_STEPS + session.slack.left.iter().sum::<usize>();
    if total > bound {
        all.iter_mut().rev().filter(|s| s.kind == 0).take(NEWEST).for_each(|s| s.worth = u8::MAX);
        all.sort_by_key(|s| (s.worth, s.turn, s.index));
        let most = bound / SPARE.1 * SPARE.0;
        let mut gone: Vec<(usize, usize)> = Vec::new();
        while total > most {
            let over = |kind: &usize| sums[*kind].saturating_sub(STEPS[*kind] / SPARE.1 * SPARE.0);
            let Some(kind) = (0..STEPS.len()).max_by_key(over) else { break };
            let Some(least) = all.iter().position(|s| s.kind == kind) else { break };
            let least = all.remove(least);
            sums[kind] -= least.size;
            total -= least.size;
            gone.push((least.turn, least.index));
        }
        session.dropped.steps += gone.len() as u32;
        gone.sort_unstable();
        for (turn, index) in gone.into_iter().rev() {
            let turn = if turn == 0 { &mut session.earlier } else { &mut session.turns[turn - 1] };
            turn.steps.remove(index);
        }
    }
    session.slack.steps = Some(bound as i64 - total as i64);
}

fn keep_files(session: &mut Session) {
    let value = |t: &Touch| if t.edits > 0 { 2 } else { u8::from(t.reads > 1) };
    let edited = |s: &Session| s.all().flat_map(|t| &t.files).filter(|t| t.edits > 0).count();
    let before = edited(session);
    let known = session.slack.files.take();
    let (gone, used) = give_up(session, |t| &mut t.files, touch, value, (FILES, FILE_COUNT), known);
    if gone > 0 {
        // Those only read are not worth counting.
        session.dropped.files += (before - edited(session)) as u32;
    }
    session.lend(1, FILES, used);
}

fn keep_families(session: &mut Session) {
    let value = |f: &Family| match f.class {
        Class::Test | Class::Lint | Class::Build => 2,
        Class::Other => 0,
        _ => 1,
    };
    let (gone, _) =
        give_up(session, |t| &mut t.families, family, value, (FAMILIES, FAMILY_COUNT), None);
    session.dropped.families += gone;
}

fn keep_items(session: &mut Session) {
    let value = |i: &Item| {
        u8::from(i.touched) * 2
            + u8::from(!matches!(i.state, ItemState::Closed))
            + u8::from(i.body.is_some()) * 3
    };
    let (gone, used) = give_up(session, |t| &mut t.items, item, value, (ITEMS, usize::MAX), None);
    session.dropped.items += gone;
    session.lend(2, ITEMS, used);
}

fn keep_tasks(session: &mut Session) {
    let value = |c: &TaskChange| match c {
        TaskChange::Task(task) => match task.state {
            TaskState::Completed | TaskState::Deleted => 0,
            TaskState::Pending | TaskState::InProgress => 2,
        },
        TaskChange::State { .. } => 1,
        TaskChange::List(_) => 3,
    };
    let (gone, used) = give_up(session, |t| &mut t.tasks, tasks, value, (TASKS, usize::MAX), None);
    session.dropped.tasks += gone;
    session.lend(3, TASKS, used);
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_text_takes_what_it_takes_in_json(text in "([a-zé ]{0,60}[\"\\\\\n\u{1}]?){0,4}") {
            prop_assert_eq!(json(&text), serde_json::to_string(&text).unwrap().len() + 1);
        }
    }
}
