//! Finding the transcripts.

use std::collections::HashSet;
use std::fs::{self, Metadata};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::UNIX_EPOCH;

use crate::env::Env;

/// Claude Code nests three deep (`<project>/<session>/subagents`); no tree of its making is deeper.
const DEEPEST: usize = 8;

/// A transcript as the directory shows it.
#[derive(Debug)]
pub(crate) struct Candidate {
    pub path: PathBuf,
    pub project: Arc<str>,
    /// The session it belongs to by its place: its own name, or the folder's that `subagents` is in.
    pub session: Arc<str>,
    pub size: u64,
    /// Nanoseconds since 1970.
    pub modified: i64,
}

/// The transcripts below some roots.
#[derive(Debug, Default)]
pub(crate) struct Listing {
    /// In the order of their paths.
    pub candidates: Vec<Candidate>,
    /// Files and folders that could not be looked at.
    pub unreadable: Vec<PathBuf>,
    seen: HashSet<PathBuf>,
}

/// What a folder holds: the name in the folder, and where it leads.
struct Entry {
    name: String,
    path: PathBuf,
    metadata: Metadata,
}

/// The folders below which Claude Code keeps transcripts, whether or not they exist:
/// `$CLAUDE_CONFIG_DIR/projects` where that is set, else those in `~/.claude` and `~/.config/claude`.
pub fn roots(env: &Env) -> Vec<PathBuf> {
    let folders = match (&env.claude_config_dir, &env.home) {
        (Some(dir), _) => vec![dir.clone()],
        (None, Some(home)) => vec![home.join(".claude"), home.join(".config/claude")],
        (None, None) => vec![],
    };
    folders.into_iter().map(|dir| dir.join("projects")).collect()
}

/// Lists all transcripts below `roots`. Symbolic links are followed, each folder is listed once.
pub(crate) fn list(roots: &[PathBuf]) -> Listing {
    let mut listing = Listing::default();
    for root in roots {
        // A root that isn't there is no fault: most people have one of the two.
        let Ok(root) = fs::canonicalize(root) else { continue };
        listing.root(&root);
    }
    listing.candidates.sort_unstable_by(|a, b| a.path.as_os_str().cmp(b.path.as_os_str()));
    listing
}

impl Listing {
    fn root(&mut self, root: &Path) {
        if !self.seen.insert(root.to_owned()) {
            return;
        }
        for Entry { name, path, metadata } in self.entries(root) {
            if metadata.is_dir() {
                self.folder(&path, &name.into(), None, 1);
            }
        }
    }

    fn folder(&mut self, dir: &Path, project: &Arc<str>, session: Option<&Arc<str>>, depth: usize) {
        if depth > DEEPEST || !self.seen.insert(dir.to_owned()) {
            return;
        }
        for Entry { name, path, metadata } in self.entries(dir) {
            if metadata.is_dir() {
                // Outputs of tools that were too big for a transcript, whatever they look like.
                if name != "tool-results" {
                    let own: Arc<str> = name.into();
                    self.folder(&path, project, session.or(Some(&own)), depth + 1);
                }
            } else if let Some(stem) = name.strip_suffix(".jsonl") {
                let session = session.cloned().unwrap_or_else(|| stem.into());
                let (size, modified) = stamp(&metadata);
                let project = Arc::clone(project);
                self.candidates.push(Candidate { path, project, session, size, modified });
            }
        }
    }

    /// What is in a folder that has something to do with transcripts, links resolved.
    fn entries(&mut self, dir: &Path) -> Vec<Entry> {
        let Ok(entries) = fs::read_dir(dir) else {
            self.unreadable.push(dir.to_owned());
            return vec![];
        };
        let mut found = Vec::new();
        for entry in entries {
            let Ok(entry) = entry else {
                self.unreadable.push(dir.to_owned());
                break;
            };
            let Ok(kind) = entry.file_type() else { continue };
            let name = entry.file_name().to_string_lossy().into_owned();
            let transcript = Path::new(&name).extension().is_some_and(|e| e == "jsonl");
            if !(kind.is_dir() || kind.is_symlink() || kind.is_file() && transcript) {
                continue;
            }
            let (path, metadata) = if kind.is_symlink() {
                match fs::canonicalize(entry.path()).and_then(|to| Ok((fs::metadata(&to)?, to))) {
                    // A folder is known by where it really is, so that loops end.
                    Ok((metadata, to)) if metadata.is_dir() => (to, metadata),
                    Ok((metadata, _)) => (entry.path(), metadata),
                    // A link to nothing is nothing.
                    Err(_) => continue,
                }
            } else {
                match entry.metadata() {
                    Ok(metadata) => (entry.path(), metadata),
                    // Gone since it was listed.
                    Err(_) => continue,
                }
            };
            // A pipe would never end.
            if metadata.is_dir() || metadata.is_file() {
                found.push(Entry { name, path, metadata });
            }
        }
        found
    }
}

/// Size and modification time: what changes when a transcript does.
pub(super) fn stamp(metadata: &Metadata) -> (u64, i64) {
    let modified = metadata.modified().ok().and_then(|time| time.duration_since(UNIX_EPOCH).ok());
    (metadata.len(), modified.map_or(0, |age| i64::try_from(age.as_nanos()).unwrap_or(i64::MAX)))
}
