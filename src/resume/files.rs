//! Files, agents, errors, warnings.

use super::context::inside;
use super::log::{FileFact, Metadata};
use super::next::plural;
use super::recall::Told;
use super::view::View;
use crate::session::facts::{Act, EDIT_NAMES, Edit, Touch};
use crate::session::symbols;
use std::collections::HashMap;

/// Files in a log.
const FILES: usize = 80;
/// Names of one file, of each kind.
const NAMES: usize = 40;

pub(super) fn metadata(view: &View<'_>) -> Metadata {
    let defined = defined(view);
    let mut touched: Vec<&Touch> =
        view.files.iter().filter(|t| inside(&t.path) && t.edits + t.reads > 0).collect();
    // Uncommitted first, then edited, then read more than once; the newest of each first.
    touched.sort_by_key(|t| {
        let kind = match (t.is_uncommitted(), t.edits, t.reads) {
            (true, ..) => 0,
            (_, 1.., _) => 1,
            (_, _, 2..) => 2,
            _ => 3,
        };
        (kind, std::cmp::Reverse(t.seq))
    });
    touched.truncate(FILES);
    let files = touched
        .into_iter()
        .map(|touch| {
            let mut fact = fact(touch, defined.get(touch.path.as_str()));
            // An edit may have taken away only one of two definitions.
            let (there, gone): (Vec<String>, Vec<String>) =
                fact.removed.into_iter().partition(|n| still_there(view, &touch.path, n));
            fact.removed = gone;
            for name in there {
                if !fact.added.contains(&name) {
                    fact.added.push(name);
                }
            }
            fact
        })
        .collect();
    let mut agents: Vec<String> = Vec::new();
    for step in &view.steps {
        if let Act::Agent { kind, task, .. } = &step.act {
            let kind = if kind.is_empty() { "subagent" } else { kind };
            agents.push(format!("{} {kind}: {task}", view.clock(step.at)));
        }
    }
    let errors = view
        .families
        .iter()
        .rev()
        .filter(|f| f.failed > 0)
        .take(8)
        .map(|f| {
            let calls = plural(f.runs as usize, "call");
            format!("`{}`: {} of {calls} did not go through", f.family, f.failed)
        })
        .collect();
    Metadata { files, agents, errors, warnings: warnings(view) }
}

fn fact(touch: &Touch, defined: Option<&Vec<String>>) -> FileFact {
    let mut added: Vec<String> = touch.added.iter().rev().cloned().collect();
    for name in defined.into_iter().flatten() {
        let known = added.contains(name) || touch.changed.contains(name);
        if !known && !touch.removed.contains(name) && added.len() < NAMES {
            added.push(name.clone());
        }
    }
    // Names of tests are sentences, selectors come in crowds: they come last, and few of
    // them, but in a style sheet, which has no others.
    added.sort_by_key(|name| is_minor(name));
    let plain = added.iter().take_while(|name| !is_minor(name)).count();
    let few = match plain {
        0 if added.iter().all(|name| !name.contains(' ')) => NAMES,
        0 => 10,
        _ => 6,
    };
    let more = (added.len() - plain).saturating_sub(few);
    added.truncate(plain + few);
    FileFact {
        path: touch.path.clone(),
        new: touch.new && !touch.gone,
        gone: touch.gone,
        edits: touch.edits,
        reads: touch.reads,
        lines: touch.lines,
        uncommitted: touch.is_uncommitted(),
        added,
        more: more as u32,
        changed: touch.changed.iter().rev().cloned().collect(),
        removed: touch.removed.clone(),
    }
}

/// Whether a name tells little by itself: a selector, a style variable, an attribute, a test.
fn is_minor(name: &str) -> bool {
    name.contains(' ') || name.starts_with(['.', '#', '-', '[', ':', '@']) || name.contains("=\"")
}

/// Names that re-read edits define, by file: more than the facts have room for.
fn defined<'a>(view: &'a View<'_>) -> HashMap<&'a str, Vec<String>> {
    let mut all: HashMap<&str, Vec<String>> = HashMap::new();
    let touches: HashMap<&str, &Touch> = view.files.iter().map(|t| (&*t.path, t)).collect();
    for step in &view.steps {
        let Act::Edit(edit) = &step.act else { continue };
        let known = touches.get(&*edit.path).is_some_and(|touch| knows_all(touch, edit));
        let names = all.entry(&edit.path).or_default();
        for part in view.recall.at(step.line) {
            let found: Vec<String> = match part {
                Told::Write { path, content } => symbols::definitions(path, content),
                Told::Edits { .. } if known => continue,
                Told::Edits { path, changes } => {
                    changes.iter().flat_map(|(old, new)| symbols::added(path, old, new)).collect()
                }
                _ => continue,
            };
            for name in found {
                if !names.contains(&name) {
                    names.push(name);
                }
            }
        }
    }
    all
}

/// Whether a file's facts have all names that an edit defined: the edit itself keeps the first few.
fn knows_all(touch: &Touch, edit: &Edit) -> bool {
    edit.names.len() < EDIT_NAMES
        && edit.names.iter().all(|name| {
            [&touch.added, &touch.changed, &touch.removed].iter().any(|list| list.contains(name))
        })
}

/// Whether a name is still defined in a file, as far as the re-read edits tell: each adds and takes
/// away definitions. The text itself can't be put together, formatters change it in between.
fn still_there(view: &View<'_>, path: &str, name: &str) -> bool {
    let defines = |text: &str| symbols::definitions(path, text).iter().any(|n| n == name);
    let mut count: Option<i32> = None;
    for step in &view.steps {
        if !matches!(&step.act, Act::Edit(edit) if edit.path == path) {
            continue;
        }
        for part in view.recall.at(step.line) {
            match part {
                Told::Write { content, .. } => count = Some(i32::from(defines(content))),
                Told::Edits { changes, .. } => {
                    for (old, new) in changes {
                        let (before, after) = (defines(old), defines(new));
                        if before || after {
                            let known = count.unwrap_or(i32::from(before));
                            count = Some(known - i32::from(before) + i32::from(after));
                        }
                    }
                }
                _ => {}
            }
        }
    }
    count.is_some_and(|c| c > 0)
}

/// What the reader should not take on trust.
fn warnings(view: &View<'_>) -> Vec<String> {
    let mut out = Vec::new();
    let dropped = view.session.dropped.steps;
    if dropped > 0 {
        let many = plural(dropped as usize, "earlier step");
        out.push(format!("{many} (sentences, edits, runs) are not in the facts any more"));
    }
    if claims_success(view) && !view.unsolved.is_empty() {
        out.push("Claude's last message sounds finished, but a failure still stands".to_owned());
    }
    out
}

/// Whether what was said last sounds as if all were well.
pub(super) fn claims_success(view: &View<'_>) -> bool {
    const WORDS: [&str; 9] = [
        "complete",
        "success",
        "all tests pass",
        "all pass",
        "✅",
        "finished",
        "is done",
        "are done",
        "everything works",
    ];
    let closing = view.last_turn().and_then(|t| t.closing.as_ref());
    closing.is_some_and(|c| {
        let said = view.recall.whole(c).to_lowercase();
        WORDS.iter().any(|w| said.contains(w))
    })
}
