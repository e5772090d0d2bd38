//! Sessions in Claude Code's own transcripts: those from before the hooks were installed among them.
//!
//! Found by names, looked at by their ends: a list of many takes no longer for the size of any.

use crate::env::Env;
use crate::follow::Place;
use crate::transcript::{Glance, glance};
use crate::usage::roots;
use chrono::{DateTime, Utc};
use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};

/// Claude Code cuts the name of a transcript's folder beyond so many characters.
const NAME: usize = 200;
/// Transcripts that a command looks at, at most.
pub(super) const LOOKED_AT: usize = 400;

/// A transcript, by its file alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Unfollowed {
    /// The session's id.
    pub(super) id: String,
    pub(super) path: PathBuf,
    pub(super) modified: DateTime<Utc>,
}

/// Transcripts that may be of a place's project, newest first: Claude Code's folder names lose what is
/// no letter or digit, so that other projects may be among them (see [`belongs`]).
pub(super) fn of_place(place: &Place, env: &Env) -> Vec<Unfollowed> {
    let mut tops: Vec<String> = work_trees(place).iter().map(|top| mangled(top)).collect();
    tops.dedup();
    list(env, |name| {
        tops.iter().any(|top| {
            let rest = name.strip_prefix(top.as_str());
            // Sessions are started in folders below the top as well.
            let below = !place.project.folder_only;
            rest.is_some_and(|rest| {
                rest.is_empty() || (below && rest.starts_with('-')) || top.len() == NAME
            })
        })
    })
}

/// All transcripts, newest first.
pub(super) fn all(env: &Env) -> Vec<Unfollowed> {
    list(env, |_| true)
}

/// Whether a transcript was written in a place's project. A folder that is gone counts when it lay in
/// one of the work trees.
pub(super) fn belongs(transcript: &Path, place: &Place, env: &Env) -> bool {
    glance(transcript).is_ok_and(|glance| is_in(&glance, place, env))
}

/// [`belongs`] for one that was looked at.
pub(super) fn is_in(glance: &Glance, place: &Place, env: &Env) -> bool {
    let folder = Path::new(&glance.folder);
    if !folder.is_absolute() {
        return false;
    }
    if place.project.folder_only {
        return folder.canonicalize().is_ok_and(|folder| folder == place.folder);
    }
    if folder.is_dir() {
        return Place::of(folder, env).project.key == place.project.key;
    }
    work_trees(place).iter().any(|top| folder.starts_with(top))
}

fn list(env: &Env, wanted: impl Fn(&str) -> bool) -> Vec<Unfollowed> {
    let mut found = Vec::new();
    let mut seen = HashSet::new();
    // What can't be listed has nothing to show.
    for folder in roots(env).iter().filter_map(|root| fs::read_dir(root).ok()).flatten().flatten() {
        if !wanted(&folder.file_name().to_string_lossy()) {
            continue;
        }
        for file in fs::read_dir(folder.path()).into_iter().flatten().flatten() {
            let path = file.path();
            let Some(id) = path.file_stem().and_then(|stem| stem.to_str()) else { continue };
            let kept = path.extension().is_some_and(|e| e == "jsonl") && !id.starts_with("agent-");
            if let Ok(meta) = file.metadata()
                && kept
                && meta.is_file()
                && meta.len() > 0
                && seen.insert(id.to_owned())
            {
                let modified = meta.modified().map(DateTime::<Utc>::from).unwrap_or_default();
                found.push(Unfollowed { id: id.to_owned(), path, modified });
            }
        }
    }
    found.sort_by(|a, b| (b.modified, &b.id).cmp(&(a.modified, &a.id)));
    found
}

/// The tops of the place's work trees: its own, the main one and those that git was told to add.
fn work_trees(place: &Place) -> Vec<PathBuf> {
    let mut tops = vec![place.worktree().to_owned()];
    if let Some(repository) = &place.repository {
        let common = repository.common_dir();
        if common.file_name().is_some_and(|name| name == ".git") {
            tops.extend(common.parent().map(Path::to_owned));
        }
        for tree in fs::read_dir(common.join("worktrees")).into_iter().flatten().flatten() {
            // The `.git` file of the work tree; from there with `worktree.useRelativePaths`.
            let text = fs::read_to_string(tree.path().join("gitdir")).unwrap_or_default();
            let top = Path::new(text.trim_end()).parent().map(|top| tree.path().join(top));
            tops.extend(top.map(|top| top.canonicalize().unwrap_or(top)));
        }
    }
    tops.sort();
    tops.dedup();
    tops.retain(|top| top.is_absolute());
    tops
}

/// A folder's name below `projects/`: what is no ASCII letter or digit becomes `-`, per UTF-16 unit.
fn mangled(folder: &Path) -> String {
    let name = folder.to_string_lossy();
    let plain = |unit: u16| u8::try_from(unit).ok().filter(u8::is_ascii_alphanumeric);
    name.encode_utf16().map(|u| plain(u).map_or('-', char::from)).take(NAME).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[allow(clippy::disallowed_methods)]
    fn work_trees_are_found_however_git_names_them() {
        let base = tempfile::tempdir().unwrap();
        let base = base.path().canonicalize().unwrap();
        let main = base.join("main");
        for folder in ["main/.git/objects", "main/.git/refs", "relative", "absolute"] {
            fs::create_dir_all(base.join(folder)).unwrap();
        }
        fs::write(main.join(".git/HEAD"), "ref: refs/heads/main\n").unwrap();
        let absolute = base.join("absolute/.git").display().to_string();
        let gone = base.join("gone/.git").display().to_string();
        // With `worktree.useRelativePaths` git writes the first.
        for (name, gitdir) in
            [("one", "../../../../relative/.git"), ("two", &absolute), ("three", &gone)]
        {
            let tree = main.join(".git/worktrees").join(name);
            fs::create_dir_all(&tree).unwrap();
            fs::write(tree.join("gitdir"), format!("{gitdir}\n")).unwrap();
        }
        let found = work_trees(&Place::of(&main, &Env::default()));
        assert_eq!(found, ["absolute", "gone", "main", "relative"].map(|name| base.join(name)));
    }

    #[test]
    fn folders_are_named_as_claude_code_does() {
        assert_eq!(mangled(Path::new("/home/dev/my_app.rs")), "-home-dev-my-app-rs");
        assert_eq!(mangled(Path::new("/é🦀")), "----");
        assert_eq!(mangled(Path::new(&"/x".repeat(300))).len(), NAME);
    }
}
