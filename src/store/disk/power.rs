//! What a power cut can leave: every change since the last sync may be there or not, on its own.
//!
//! The model is weaker than what file systems do. Content and names are separate effects; a content is
//! durable once its file was synced, a name once its directory was. Of the effects that are not durable,
//! any subset may have reached the disk, a write also by its first half alone or as zeros of its length.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::fs;
use std::path::{Path, PathBuf};

use super::Change;

thread_local! {
    static RECORDER: RefCell<Option<Recorder>> = const { RefCell::new(None) };
}

/// Paths with contents, `None` for a directory's.
type Described = BTreeMap<PathBuf, Option<Vec<u8>>>;
/// A file or a directory, whatever its name.
type Node = usize;
/// A directory and a name in it.
type Name = (Node, String);

const ROOT: Node = 0;

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Effect {
    Link {
        name: Name,
        node: Node,
    },
    Unlink {
        name: Name,
    },
    /// In one step, also where it replaces.
    Rename {
        from: Name,
        to: Name,
        node: Node,
    },
    Write {
        node: Node,
        at: usize,
        bytes: Vec<u8>,
    },
    Cut {
        node: Node,
        length: usize,
    },
}

/// What reached the disk of an effect.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Share {
    Nothing,
    All,
    /// Of a write, its first half.
    Half,
    /// Of a write, its length but none of its bytes.
    Zeros,
}

/// A file system: names, and contents of files (directories have none).
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
struct Disk {
    names: BTreeMap<Name, Node>,
    files: BTreeMap<Node, Vec<u8>>,
}

struct Recorder {
    root: PathBuf,
    now: Disk,
    nodes: usize,
    began: Disk,
    steps: Vec<Step>,
}

enum Step {
    Effect(Effect),
    Synced(Node),
    SyncedDir(Node),
    /// Something was promised; the number counts from 1.
    Promised(usize),
}

/// The changes below a directory while `work` ran.
pub(crate) struct Recording {
    recorder: Recorder,
}

/// What was found of a directory after a power cut.
pub(crate) struct Left {
    /// How many [`promise`]s had been made when the power went.
    pub(crate) promised: usize,
    disk: Disk,
}

/// Records what the store does to `root` in this thread while `work` runs. What is there counts as
/// durable.
pub(crate) fn record(root: &Path, work: impl FnOnce()) -> Recording {
    let mut began = Disk::default();
    let mut nodes = 1;
    scan(root, ROOT, &mut began, &mut nodes);
    let recorder =
        Recorder { root: root.to_owned(), now: began.clone(), nodes, began, steps: Vec::new() };
    RECORDER.set(Some(recorder));
    work();
    let recorder = RECORDER.take().expect("it was set above");
    // No change got past the recorder.
    let (mut found, mut nodes) = (Disk::default(), 1);
    scan(root, ROOT, &mut found, &mut nodes);
    assert_eq!(recorder.now.described(), found.described(), "something was changed unseen");
    Recording { recorder }
}

/// From here on, what has been done must survive.
pub(crate) fn promise() {
    RECORDER.with_borrow_mut(|recorder| {
        let steps = &mut recorder.as_mut().expect("called while recording").steps;
        let made = steps.iter().filter(|step| matches!(step, Step::Promised(_))).count();
        steps.push(Step::Promised(made + 1));
    });
}

pub(super) fn tell(change: &Change<'_>) {
    RECORDER.with_borrow_mut(|recorder| {
        if let Some(recorder) = recorder {
            recorder.take(change);
        }
    });
}

fn scan(folder: &Path, node: Node, disk: &mut Disk, nodes: &mut usize) {
    let mut entries: Vec<_> = fs::read_dir(folder).unwrap().map(Result::unwrap).collect();
    entries.sort_by_key(fs::DirEntry::file_name);
    for entry in entries {
        let child = *nodes;
        *nodes += 1;
        disk.names.insert((node, entry.file_name().into_string().unwrap()), child);
        if entry.file_type().unwrap().is_dir() {
            scan(&entry.path(), child, disk, nodes);
        } else {
            disk.files.insert(child, fs::read(entry.path()).unwrap());
        }
    }
}

impl Recorder {
    /// The directory and the name that a path stands for; `None` outside the root.
    fn name(&self, path: &Path) -> Option<Name> {
        let mut below: Vec<_> = path
            .strip_prefix(&self.root)
            .ok()?
            .components()
            .map(|part| part.as_os_str().to_str().unwrap().to_owned())
            .collect();
        let last = below.pop()?;
        let folder = below.into_iter().fold(ROOT, |node, part| self.now.names[&(node, part)]);
        Some((folder, last))
    }

    fn node(&self, path: &Path) -> Option<Node> {
        if path == self.root {
            return Some(ROOT);
        }
        self.now.names.get(&self.name(path)?).copied()
    }

    fn link(&mut self, path: &Path, file: bool) {
        let Some(name) = self.name(path) else { return };
        let node = self.nodes;
        self.nodes += 1;
        if file {
            self.now.files.insert(node, Vec::new());
        }
        self.step(Effect::Link { name, node });
    }

    fn step(&mut self, effect: Effect) {
        self.now.apply(&effect, Share::All);
        self.steps.push(Step::Effect(effect));
    }

    fn take(&mut self, change: &Change<'_>) {
        match *change {
            Change::MadeDir(path) => self.link(path, false),
            Change::Opened(path) => {
                if path.starts_with(&self.root) && self.node(path).is_none() {
                    self.link(path, true);
                }
            }
            Change::Wrote { path, at, bytes } => {
                if let Some(node) = self.node(path) {
                    self.step(Effect::Write { node, at: at as usize, bytes: bytes.to_owned() });
                }
            }
            Change::Cut { path, length } => {
                if let Some(node) = self.node(path) {
                    self.step(Effect::Cut { node, length: length as usize });
                }
            }
            Change::Synced(path) => {
                let step = self.node(path).map(Step::Synced);
                self.steps.extend(step);
            }
            Change::SyncedDir(path) => {
                let step = self.node(path).map(Step::SyncedDir);
                self.steps.extend(step);
            }
            Change::Renamed { from, to } => {
                if let (Some(from), Some(to), Some(node)) =
                    (self.name(from), self.name(to), self.node(from))
                {
                    self.step(Effect::Rename { from, to, node });
                }
            }
            Change::Removed(path) => {
                if let Some(name) = self.name(path) {
                    self.step(Effect::Unlink { name });
                }
            }
            Change::RemovedAll(path) => {
                let Some(top) = self.name(path) else { return };
                let mut doomed = vec![top];
                let mut next = 0;
                while let Some(name) = doomed.get(next) {
                    let node = self.now.names[name];
                    let inside = self.now.names.keys().filter(|(folder, _)| *folder == node);
                    let inside: Vec<_> = inside.cloned().collect();
                    doomed.extend(inside);
                    next += 1;
                }
                for name in doomed.into_iter().rev() {
                    self.step(Effect::Unlink { name });
                }
            }
        }
    }
}

impl Disk {
    fn apply(&mut self, effect: &Effect, share: Share) {
        match effect {
            _ if share == Share::Nothing => {}
            Effect::Link { name, node } => {
                self.names.insert(name.clone(), *node);
            }
            Effect::Unlink { name } => {
                self.names.remove(name);
            }
            Effect::Rename { from, to, node } => {
                self.names.remove(from);
                self.names.insert(to.clone(), *node);
            }
            Effect::Write { node, at, bytes } => {
                let zeros = vec![0; bytes.len()];
                let bytes = match share {
                    Share::Half => &bytes[..bytes.len() / 2],
                    Share::Zeros => &zeros,
                    Share::Nothing | Share::All => bytes,
                };
                let file = self.files.get_mut(node).expect("a file has content from the start");
                file.resize(file.len().max(at + bytes.len()), 0);
                file[*at..at + bytes.len()].copy_from_slice(bytes);
            }
            Effect::Cut { node, length } => {
                self.files.get_mut(node).expect("as above").resize(*length, 0);
            }
        }
    }

    /// The same for disks that look the same.
    fn described(&self) -> Described {
        let mut described = BTreeMap::new();
        let mut open = vec![(ROOT, PathBuf::new())];
        while let Some((folder, path)) = open.pop() {
            for ((_, name), node) in
                self.names.range((folder, String::new())..(folder + 1, String::new()))
            {
                let path = path.join(name);
                let content = self.files.get(node).cloned();
                if content.is_none() {
                    open.push((*node, path.clone()));
                }
                described.insert(path, content);
            }
        }
        described
    }
}

impl Effect {
    /// Whether a sync of this file makes it durable.
    fn is_content_of(&self, synced: Node) -> bool {
        matches!(self, Self::Write { node, .. } | Self::Cut { node, .. } if *node == synced)
    }

    /// Whether a sync of this directory makes it durable.
    fn is_name_in(&self, synced: Node) -> bool {
        match self {
            Self::Link { name, .. } | Self::Unlink { name } => name.0 == synced,
            // Where the old name was is no matter: it goes with the new one's coming.
            Self::Rename { to, .. } => to.0 == synced,
            Self::Write { .. } | Self::Cut { .. } => false,
        }
    }

    fn shares(&self) -> &'static [Share] {
        match self {
            Self::Write { .. } => &[Share::Nothing, Share::All, Share::Half, Share::Zeros],
            _ => &[Share::Nothing, Share::All],
        }
    }
}

impl Recording {
    /// Everything that a power cut at any moment can leave, each once.
    pub(crate) fn left(&self) -> Vec<Left> {
        let Recorder { began, steps, .. } = &self.recorder;
        let mut left = Vec::new();
        let mut seen = HashSet::new();
        let mut blank = began.clone();
        for effect in steps.iter().filter_map(Step::effect) {
            // A file that has a name has at least no content.
            if let Effect::Link { node, .. } = effect
                && self.recorder.now.files.contains_key(node)
            {
                blank.files.insert(*node, Vec::new());
            }
        }
        let mut effects: Vec<(&Effect, bool)> = Vec::new();
        let mut promised = 0;
        for step in steps {
            match step {
                Step::Effect(effect) => effects.push((effect, false)),
                // Before it, all that may be missing; what an effect less leaves is among it.
                // What must hold after a promise is more than what must before.
                Step::Promised(made) => promised = *made,
                _ => spread(&blank, &effects, promised, &mut seen, &mut left),
            }
            for (effect, durable) in &mut effects {
                *durable |= match step {
                    Step::Synced(node) => effect.is_content_of(*node),
                    Step::SyncedDir(node) => effect.is_name_in(*node),
                    Step::Effect(_) | Step::Promised(_) => false,
                };
            }
        }
        spread(&blank, &effects, promised, &mut seen, &mut left);
        left
    }
}

impl Step {
    fn effect(&self) -> Option<&Effect> {
        if let Self::Effect(effect) = self { Some(effect) } else { None }
    }
}

/// All subsets of the effects that are not durable.
fn spread(
    began: &Disk,
    effects: &[(&Effect, bool)],
    promised: usize,
    seen: &mut HashSet<(usize, Described)>,
    left: &mut Vec<Left>,
) {
    let open: Vec<_> = effects.iter().filter(|(_, durable)| !durable).collect();
    let states: usize = open.iter().map(|(effect, _)| effect.shares().len()).product();
    assert!(states <= 1 << 22, "{states} states of {} effects: split the transaction", open.len());
    for number in 0..states {
        let mut disk = began.clone();
        let mut digits = number;
        for (effect, durable) in effects {
            let share = if *durable {
                Share::All
            } else {
                let shares = effect.shares();
                let share = shares[digits % shares.len()];
                digits /= shares.len();
                share
            };
            disk.apply(effect, share);
        }
        if seen.insert((promised, disk.described())) {
            left.push(Left { promised, disk });
        }
    }
}

impl Left {
    /// Puts it into an empty directory.
    #[allow(clippy::disallowed_methods)]
    pub(crate) fn restore(&self, root: &Path) {
        for (path, content) in self.disk.described() {
            let path = root.join(path);
            match content {
                None => fs::create_dir(path).unwrap(),
                Some(content) => fs::write(&path, content).unwrap(),
            }
        }
    }

    /// Its names, for a failure's message.
    pub(crate) fn names(&self) -> BTreeSet<String> {
        let described = self.disk.described().into_iter();
        described
            .map(|(path, content)| match content {
                None => format!("{}/", path.display()),
                Some(content) => format!("{} ({} bytes)", path.display(), content.len()),
            })
            .collect()
    }
}
