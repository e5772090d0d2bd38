//! Files, agents, errors, warnings.

use super::log::{FileFact, Metadata};
use super::view::View;

pub(super) fn metadata(view: &View<'_>) -> Metadata {
    let files = view
        .files
        .iter()
        .rev()
        .filter(|t| t.edits > 0 || t.reads > 1)
        .take(60)
        .map(|t| FileFact {
            path: t.path.clone(),
            new: t.new,
            edits: t.edits,
            reads: t.reads,
            lines: t.lines,
            uncommitted: view.is_uncommitted(&t.path),
            added: t.added.iter().rev().cloned().collect(),
            changed: t.changed.iter().rev().cloned().collect(),
            removed: t.removed.clone(),
            uses: Vec::new(),
        })
        .collect();
    Metadata { files, ..Metadata::default() }
}
