//! Tool calls and their results into facts.

use super::bounds::{self, Part};
use super::event::{At, Call, Detail, Outcome, Result};
use super::facts::{
    Act, Asked, Background, EDIT_NAMES, Edit, End, OpenCall, Session, Step, Task, TaskChange,
    TaskState, Touch,
};
use super::fold::{quote, short};
use super::symbols::{self, Change};
use super::text;
use std::borrow::Cow;

/// Names kept for one file in a turn, of each kind.
const NAMES: usize = 16;

impl Session {
    /// A call: what its result will need is kept until it comes.
    pub(super) fn called(&mut self, at: At, id: &str, call: Call<'_>) {
        self.seq += 1;
        if let Some(turn) = self.turns.last_mut()
            && turn.end == End::Stopped
        {
            turn.end = End::Open;
        }
        let what = self.asked(at, call);
        self.slack.unsettle(Part::Rest);
        self.open.push(OpenCall {
            id: bounds::prefix(id, 80).to_owned(),
            seq: self.seq,
            at: self.second(at),
            line: at.place,
            what,
        });
    }

    fn asked(&self, at: At, call: Call<'_>) -> Asked {
        match call {
            Call::Run { command, .. } => {
                Asked::Run(crate::redact::redact(bounds::prefix(&command, 1500)).into_owned())
            }
            Call::Edit { path, changes } => {
                let mut all = Change::default();
                for (old, new) in &changes {
                    merge(&mut all, symbols::diff(&path, old, new));
                }
                Asked::Edit { path: self.relative(&path), change: Box::new(clean(all)) }
            }
            Call::Write { path, content } => {
                let change = clean(symbols::diff(&path, "", &content));
                Asked::Write { path: self.relative(&path), change: Box::new(change) }
            }
            Call::Read { path } => Asked::Read(self.relative(&path)),
            Call::Look { .. } => Asked::Look,
            Call::Fetch { what } => Asked::Fetch(short(&what, 160)),
            Call::Agent { kind, description } => {
                Asked::Agent { kind: short(&kind, 60), task: short(&description, 200) }
            }
            Call::Plan { text } => {
                let title = text.lines().map(|l| l.trim_start_matches('#').trim());
                Asked::Plan(short(title.clone().find(|l| !l.is_empty()).unwrap_or(""), 160))
            }
            Call::Ask { .. } => Asked::Ask,
            Call::TaskCreated { subject, description } => Asked::Task(Task {
                id: String::new(),
                subject: short(&subject, 200),
                state: TaskState::Pending,
                line: (!description.is_empty()).then_some(at.place),
            }),
            Call::TaskUpdated { id, status, subject } => Asked::TaskState {
                id: short(&id, 20),
                state: status.as_deref().and_then(task_state),
                subject: subject.map(|s| short(&s, 200)),
            },
            Call::Todos { items } => Asked::Todos(items.iter().map(todo).collect()),
            Call::Output { id } => Asked::Output(short(&id, 60)),
            Call::Skill { name } => Asked::Skill(short(&name, 80)),
            Call::Other { name } => Asked::Other(short(&name, 80)),
        }
    }

    /// A path as it is kept: relative to the session's folder where it lies below it.
    pub(super) fn relative(&self, path: &str) -> String {
        let below = path
            .strip_prefix(&*self.folder)
            .and_then(|rest| rest.strip_prefix(['/', '\\']))
            .filter(|_| !self.folder.is_empty());
        short(below.unwrap_or(path), 300)
    }

    /// A result: closes its call.
    pub(super) fn returned(&mut self, at: At, id: &str, result: &Result<'_>) {
        let Some(found) = self.open.iter().position(|c| c.id == id) else { return };
        let call = self.open.remove(found);
        let outcome = match (&call.what, result.outcome) {
            // A command that ran and failed says with which code; one without never ran.
            (Asked::Run(_), Outcome::Failed) if result.exit.is_none() => Outcome::Refused,
            (_, outcome) => outcome,
        };
        let look = matches!(call.what, Asked::Read(_) | Asked::Look | Asked::Fetch(_));
        let counts = &mut self.turn(at).counts;
        counts.calls += 1;
        counts.looks += u32::from(look);
        match outcome {
            Outcome::Failed => counts.failed += 1,
            Outcome::Refused | Outcome::Denied => counts.refused += 1,
            Outcome::Ok | Outcome::Interrupted | Outcome::Background => {}
        }
        if let Detail::Background(id) = &result.detail {
            self.slack.unsettle(Part::Rest);
            self.background.push(Background {
                id: short(id, 60),
                what: asked_about(&call.what),
                agent: None,
                seq: call.seq,
                at: call.at,
                over: false,
            });
        }
        if outcome == Outcome::Denied && !matches!(call.what, Asked::Plan(_)) {
            let said = result.text.split_once("the user said:").map(|(_, said)| short(said, 300));
            let what = asked_about(&call.what);
            self.put(at, &call, Act::Denied { what, said: said.filter(|s| !s.is_empty()) });
        }
        let done = outcome == Outcome::Ok;
        match &call.what {
            Asked::Run(command) => {
                self.ran(at, &call, command, outcome, result);
            }
            Asked::Edit { path, change } if done => {
                self.edited(at, &call, path, change, false);
            }
            Asked::Write { path, change } if done => {
                let mut change = (**change).clone();
                let new = matches!(result.detail, Detail::Created);
                if let Detail::Before(before) = &result.detail {
                    overwrite(path, before, &mut change);
                }
                self.edited(at, &call, path, &change, new);
            }
            Asked::Read(path) if done => self.touch(at, path, |t| {
                t.reads += 1;
                if t.edits == 0 {
                    t.seq = call.seq;
                }
                if tells_setup(path) {
                    t.setup = Some(at.place);
                }
            }),
            Asked::Fetch(what) if done => self.put(at, &call, Act::Fetch(what.clone())),
            Asked::Agent { kind, task } if let Some(id) = launched(result) => {
                self.turn(at).counts.agents += 1;
                self.slack.unsettle(Part::Rest);
                self.background.push(Background {
                    id: short(id, 60),
                    what: task.clone(),
                    agent: Some(kind.clone()),
                    seq: call.seq,
                    at: call.at,
                    over: false,
                });
            }
            Asked::Agent { kind, task } => {
                self.turn(at).counts.agents += 1;
                let report = done.then(|| quote(&result.text, at.place));
                let act = Act::Agent { kind: kind.clone(), task: task.clone(), report };
                self.put(at, &call, act);
            }
            Asked::Plan(title) => {
                let approved = match outcome {
                    Outcome::Ok => Some(true),
                    Outcome::Denied => Some(false),
                    _ => None,
                };
                let step = Act::Plan { title: title.clone(), approved };
                self.put(at, &call, step);
            }
            Asked::Ask => self.answered(at, &call, result),
            Asked::Task(task) if done => {
                let mut task = task.clone();
                if let Detail::Task(id) = &result.detail {
                    task.id = short(id, 20);
                }
                self.slack.unsettle(Part::Tasks);
                bounds::push_task(&mut self.turn(at).tasks, TaskChange::Task(task));
            }
            Asked::TaskState { id, state: Some(state), subject } if done => {
                let change =
                    TaskChange::State { id: id.clone(), state: *state, subject: subject.clone() };
                self.slack.unsettle(Part::Tasks);
                bounds::push_task(&mut self.turn(at).tasks, change);
            }
            Asked::Todos(items) if done => {
                let list = TaskChange::List(items.clone());
                self.slack.unsettle(Part::Tasks);
                bounds::push_task(&mut self.turn(at).tasks, list);
            }
            Asked::Output(id) => self.output(at, id, result),
            Asked::Skill(name) => {
                let error = (!done).then(|| {
                    let said = || result.text.lines().map(str::trim).filter(|l| !l.is_empty());
                    let cause = said().find(|l| {
                        let lower = l.to_ascii_lowercase();
                        ["fatal:", "error:", "failed:"].iter().any(|w| lower.contains(w))
                    });
                    short(cause.or(said().next_back()).unwrap_or(""), 200)
                });
                self.put(at, &call, Act::Skill { name: name.clone(), error });
            }
            _ => {}
        }
    }

    /// Puts a step under the number of the call it belongs to; its line is the call's, which holds
    /// what was asked (a result's line is told where the result matters more).
    pub(super) fn put(&mut self, at: At, call: &OpenCall, act: Act) {
        let line = match act {
            Act::Run(_) | Act::Agent { .. } | Act::Skill { .. } => at.place,
            _ => call.line,
        };
        let step = Step { seq: call.seq, at: self.second(at), line: Some(line), act };
        self.push(at, step);
    }

    pub(super) fn edited(
        &mut self,
        at: At,
        call: &OpenCall,
        path: &str,
        change: &Change,
        new: bool,
    ) {
        let names: Vec<String> =
            change.added.iter().chain(&change.changed).take(EDIT_NAMES).cloned().collect();
        let line = change.first_line.clone();
        self.turn(at).counts.edits += 1;
        self.put(at, call, Act::Edit(Edit { path: path.to_owned(), line, names, new }));
        let seq = call.seq;
        self.touch(at, path, |touch| {
            touch.edits += 1;
            touch.seq = seq;
            touch.new |= new;
            touch.gone = false;
            touch.lines.0 += change.lines_added;
            touch.lines.1 += change.lines_removed;
            for name in &change.removed {
                touch.added.retain(|n| n != name);
                touch.changed.retain(|n| n != name);
                push(&mut touch.removed, name);
            }
            for name in &change.added {
                touch.removed.retain(|n| n != name);
                push(&mut touch.added, name);
            }
            for name in &change.changed {
                if !touch.added.contains(name) {
                    push(&mut touch.changed, name);
                }
            }
        });
    }

    fn touch(&mut self, at: At, path: &str, change: impl FnOnce(&mut Touch)) {
        let files = &mut self.turn(at).files;
        let found = files.iter().position(|t| t.path == path);
        let mut touch = found.map_or_else(
            || Touch { path: path.to_owned(), ..Touch::default() },
            |at| files.remove(at),
        );
        let before = found.map_or(0, |_| bounds::touch(&touch));
        change(&mut touch);
        let after = bounds::touch(&touch);
        files.push(touch);
        self.file_resized(before, after);
    }

    fn answered(&mut self, at: At, call: &OpenCall, result: &Result<'_>) {
        if let Detail::Answers(answers) = &result.detail {
            for (question, answer) in answers {
                let act =
                    Act::Answer { question: short(question, 240), answer: short(answer, 300) };
                self.put(at, call, act);
            }
        }
    }
}

fn push(names: &mut Vec<String>, name: &str) {
    names.retain(|n| n != name);
    names.push(name.to_owned());
    if names.len() > NAMES {
        names.remove(0);
    }
}

fn merge(all: &mut Change, one: Change) {
    all.added.extend(one.added);
    all.removed.extend(one.removed);
    all.changed.extend(one.changed);
    all.first_line = all.first_line.take().or(one.first_line);
    all.lines_added += one.lines_added;
    all.lines_removed += one.lines_removed;
}

/// A change with its texts fit to be kept.
fn clean(mut change: Change) -> Change {
    for names in [&mut change.added, &mut change.removed, &mut change.changed] {
        names.truncate(NAMES);
        for name in names.iter_mut() {
            *name = text::cut(name, 80);
        }
    }
    change.first_line = change.first_line.map(|l| short(&l, 130));
    change
}

/// What a whole new text changed in a file whose old text is known.
fn overwrite(path: &str, before: &str, change: &mut Change) {
    let old = symbols::definitions(path, before);
    let new = std::mem::take(&mut change.added);
    change.removed = old.iter().filter(|n| !new.contains(n)).take(NAMES).cloned().collect();
    change.added = new.into_iter().filter(|n| !old.contains(n)).collect();
    change.lines_removed = before.lines().count() as u32;
}

/// The id of a subagent that goes on in the background.
fn launched<'a>(result: &'a Result<'_>) -> Option<&'a str> {
    let Detail::Agent { id } = &result.detail else { return None };
    result.text.starts_with("Async agent launched").then_some(&**id)
}

/// Whether a file says how the project is built, run or tested.
fn tells_setup(path: &str) -> bool {
    const NAMES: [&str; 18] = [
        "package.json",
        "makefile",
        "justfile",
        "taskfile.yml",
        "cargo.toml",
        "pyproject.toml",
        "setup.cfg",
        "tox.ini",
        "mix.exs",
        "build.gradle",
        "build.gradle.kts",
        "pom.xml",
        "go.mod",
        "gemfile",
        "rakefile",
        "composer.json",
        "procfile",
        "docker-compose.yml",
    ];
    let name = path.rsplit(['/', '\\']).next().unwrap_or(path).to_ascii_lowercase();
    let stem = name.split('.').next().unwrap_or(&name);
    NAMES.contains(&&*name)
        || matches!(stem, "build" | "vite" | "webpack" | "esbuild" | "rollup" | "jest" | "vitest")
        || (path.contains("config/") && matches!(stem, "dev" | "config"))
}

fn task_state(status: &str) -> Option<TaskState> {
    Some(match status {
        "pending" => TaskState::Pending,
        "in_progress" => TaskState::InProgress,
        "completed" => TaskState::Completed,
        "deleted" | "cancelled" => TaskState::Deleted,
        _ => return None,
    })
}

fn todo((content, status): &(Cow<'_, str>, Cow<'_, str>)) -> Task {
    Task {
        id: String::new(),
        subject: short(content, 200),
        state: task_state(status).unwrap_or_default(),
        line: None,
    }
}

/// One line that says what a call was about.
fn asked_about(what: &Asked) -> String {
    match what {
        Asked::Run(command) => text::line(command, 240),
        Asked::Edit { path, .. } => format!("edit of {path}"),
        Asked::Write { path, .. } => format!("write of {path}"),
        Asked::Read(path) => format!("read of {path}"),
        Asked::Fetch(what) => format!("fetch of {what}"),
        Asked::Agent { kind, task } => format!("{kind} agent: {task}"),
        Asked::Plan(title) => format!("plan: {title}"),
        Asked::Skill(name) => format!("skill {name}"),
        Asked::Other(name) => name.clone(),
        Asked::Look => "search".to_owned(),
        Asked::Ask => "question".to_owned(),
        Asked::Task(task) => format!("task: {}", task.subject),
        Asked::TaskState { id, .. } => format!("task {id}"),
        Asked::Todos(_) => "to-do list".to_owned(),
        Asked::Output(id) => format!("output of {id}"),
    }
}
