//! Putting skills where Claude Code finds them, and taking them back.
//!
//! A skill is made whole beside the folder of skills and renamed into it, so that Claude Code never
//! sees half of one. What a person changed is replaced only when asked to, and then kept.

use std::collections::BTreeSet;
use std::fs;
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::bundled;
use super::error::{Error, Result};
use super::folder::{File, SKILL, Skill, is_name};
use super::record::{Deployment, Record};
use crate::clock;
use crate::settings::folder_lock::FolderLock;
use crate::store::Store;

/// Where skills are made and undone: beside the folder of skills, on the same file system.
const STAGING: &str = ".rejoin-skills";

/// Below the data directory: what was replaced or removed by force.
const KEPT: &str = "replaced-skills";

/// How long another deployment is waited for.
const PATIENCE: Duration = Duration::from_secs(5);

/// How a folder of skills stands to a skill.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// It is not there.
    Absent,
    /// It is there as it is bundled.
    Current,
    /// It is there as an earlier version was deployed.
    Outdated,
    /// It was deployed and has been changed since.
    Modified,
    /// Somebody else put it there.
    Foreign,
}

impl State {
    /// The state in a word.
    pub fn name(self) -> &'static str {
        match self {
            Self::Absent => "-",
            Self::Current => "current",
            Self::Outdated => "outdated",
            Self::Modified => "modified",
            Self::Foreign => "foreign",
        }
    }
}

/// A skill in a folder of skills.
#[derive(Debug, Clone)]
pub struct Deployed {
    /// The folder's name.
    pub name: String,
    /// How it stands to the bundled one.
    pub state: State,
    /// Its files, where they could be read.
    pub skill: Option<Skill>,
}

/// What a deployment did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It was as bundled already.
    Unchanged,
    /// It is there now, for the first time.
    Added,
    /// It took the place of an earlier version, or of somebody's change, a copy of which is kept.
    Replaced(Option<PathBuf>),
}

/// A folder of skills: a user's or a project's `.claude/skills`.
#[derive(Debug, Clone)]
pub struct Library {
    folder: PathBuf,
    data: PathBuf,
    /// What the folder must lie in, links resolved.
    within: Option<PathBuf>,
}

impl Library {
    /// The skills of Claude Code's own directory `claude`. It may be a link: people keep it elsewhere.
    /// `data` is where the record is kept.
    pub fn of_user(claude: &Path, data: &Path) -> Self {
        Self { folder: claude.join("skills"), data: data.to_owned(), within: None }
    }

    /// The skills of the project in `project`; a repository's link must not lead out of it.
    pub fn of_project(project: &Path, data: &Path) -> Self {
        let folder = project.join(".claude/skills");
        Self { folder, data: data.to_owned(), within: Some(project.to_owned()) }
    }

    /// Where the skills lie.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The skills that lie there, by name.
    pub fn deployed(&self) -> Result<Vec<Deployed>> {
        let record = Record::read(&self.data)?;
        let names = match fs::read_dir(&self.folder) {
            Ok(entries) => entries
                .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
                .filter(|name| self.folder.join(name).join(SKILL).symlink_metadata().is_ok())
                .collect::<BTreeSet<_>>(),
            Err(e) if e.kind() == ErrorKind::NotFound => BTreeSet::new(),
            Err(e) => return Err(Error::io("read", &self.folder, e)),
        };
        Ok(names.into_iter().map(|name| self.look(&record, &name)).collect())
    }

    /// The skill of that name, there or not.
    pub fn find(&self, name: &str) -> Result<Deployed> {
        if !is_name(name) {
            return Err(Error::Unknown { name: name.to_owned() });
        }
        Ok(self.look(&Record::read(&self.data)?, name))
    }

    fn look(&self, record: &Record, name: &str) -> Deployed {
        let path = self.folder.join(name);
        let deployed = |state, skill| Deployed { name: name.to_owned(), state, skill };
        if path.symlink_metadata().is_err() {
            return deployed(State::Absent, None);
        }
        let recorded = record.skills.get(&path);
        let Ok(skill) = Skill::read(&path) else {
            let state = if recorded.is_some() { State::Modified } else { State::Foreign };
            return deployed(state, None);
        };
        let hash = skill.hash();
        let state = if bundled::find(name).is_ok_and(|bundled| bundled.hash() == hash) {
            State::Current
        } else {
            match recorded {
                Some(recorded) if recorded.hash == hash => State::Outdated,
                Some(_) => State::Modified,
                None => State::Foreign,
            }
        };
        deployed(state, Some(skill))
    }

    /// Puts `skill` there. What is not ours, or was changed, is replaced only with `force`, and a
    /// copy of it is kept.
    ///
    /// Errors: [`Error::Refused`] where that would take something away, or something other than a
    /// folder is in the way; nothing has changed then.
    pub fn deploy(&self, skill: &Skill, force: bool) -> Result<Outcome> {
        if !is_name(&skill.name) || !skill.obstacles.is_empty() {
            return Err(Error::Unknown { name: skill.name.clone() });
        }
        let held = self.hold(true)?;
        let mut record = Record::read(&self.data)?;
        let there = self.look(&record, &skill.name);
        let target = self.folder.join(&skill.name);
        let changed = self.may_replace(&there, force, "replaces")?;
        let mut kept = None;
        if there.state != State::Current {
            let (new, old) = (held.staging.join("new"), held.staging.join("old"));
            write_skill(&new, skill)?;
            kept = changed.then(|| self.keep(&skill.name)).transpose()?;
            match there.state {
                State::Absent => rename(&new, &target)?,
                _ if exchange(&new, &target) => {}
                _ => {
                    rename(&target, &old)?;
                    if let Err(error) = rename(&new, &target) {
                        rename(&old, &target)?;
                        return Err(error);
                    }
                }
            }
        }
        if there.state != State::Current || !record.skills.contains_key(&target) {
            let hash = skill.hash();
            record.skills.insert(target, Deployment { hash, at: clock::now() });
            record.write(&self.data)?;
        }
        Ok(match there.state {
            State::Current => Outcome::Unchanged,
            State::Absent => Outcome::Added,
            _ => Outcome::Replaced(kept),
        })
    }

    /// Takes a skill away; of one that is not as it was deployed, only with `force`, and a copy is
    /// kept, whose path is returned.
    pub fn remove(&self, name: &str, force: bool) -> Result<Option<PathBuf>> {
        let held = self.hold(true)?;
        let mut record = Record::read(&self.data)?;
        if !is_name(name) {
            return Err(Error::Unknown { name: name.to_owned() });
        }
        let there = self.look(&record, name);
        let target = self.folder.join(name);
        if there.state == State::Absent {
            return Err(Error::refused(&target, "there is no such skill"));
        }
        let changed = self.may_replace(&there, force, "removes")?;
        let kept = changed.then(|| self.keep(name)).transpose()?;
        rename(&target, &held.staging.join("old"))?;
        record.skills.remove(&target);
        record.write(&self.data)?;
        Ok(kept)
    }

    /// That of a folder that a deployment is on record for.
    fn recorded(folder: &Path, data: &Path) -> Self {
        Self { folder: folder.to_owned(), data: data.to_owned(), within: None }
    }

    /// Whether somebody's work goes with it.
    fn may_replace(&self, there: &Deployed, force: bool, verb: &str) -> Result<bool> {
        let target = self.folder.join(&there.name);
        let refuse = |why: String| Err(Error::refused(&target, why));
        let why = match there.state {
            State::Absent | State::Current | State::Outdated => return Ok(false),
            State::Modified => "it was changed since it was deployed",
            State::Foreign => "somebody else put it there",
        };
        let is_folder = target.symlink_metadata().is_ok_and(|meta| meta.is_dir());
        match (is_folder, force) {
            (false, _) => refuse("it is not a folder, perhaps a link; move it away first".into()),
            (true, false) => refuse(format!("{why}; --force {verb} it and keeps a copy")),
            (true, true) => Ok(true),
        }
    }

    /// Copies a skill to where what was replaced is kept.
    fn keep(&self, name: &str) -> Result<PathBuf> {
        let folder = self.data.join(KEPT);
        fs::create_dir_all(&folder).map_err(|e| Error::io("create", &folder, e))?;
        let stamp = clock::now().format("%Y%m%dT%H%M%SZ");
        let mut kept = folder.join(format!("{name}-{stamp}"));
        let mut more = 1;
        while kept.symlink_metadata().is_ok() {
            more += 1;
            kept = folder.join(format!("{name}-{stamp}-{more}"));
        }
        copy(&self.folder.join(name), &kept)?;
        Ok(kept)
    }

    /// Makes the folder of skills, and nobody else changes it until the value is dropped. `record` says whether
    /// the data directory, where the record lies, is to be locked here; else the caller has locked it.
    fn hold(&self, record: bool) -> Result<Held> {
        let folder = &self.folder;
        self.stay_within()?;
        fs::create_dir_all(folder).map_err(|e| Error::io("create", folder, e))?;
        self.stay_within()?;
        Store::open(&self.data)?;
        let real = folder.canonicalize().map_err(|e| Error::io("look at", folder, e))?;
        let beside = real.parent().unwrap_or(&real).to_owned();
        let lock = |path: &Path| {
            FolderLock::take(path, PATIENCE).map_err(|e| match e.kind() {
                ErrorKind::WouldBlock => {
                    Error::refused(path, "another process is changing it; try again")
                }
                _ => Error::io("lock", path, e),
            })
        };
        let mut locks = Vec::new();
        if record {
            locks.push(lock(&self.data)?);
        }
        if self.data != beside {
            locks.push(lock(&beside)?);
        }
        let staging = beside.join(STAGING);
        clear(&staging)?;
        fs::create_dir(&staging).map_err(|e| Error::io("create", &staging, e))?;
        Ok(Held { staging, _locks: locks })
    }

    fn stay_within(&self) -> Result<()> {
        let Some(within) = &self.within else { return Ok(()) };
        let within = within.canonicalize().map_err(|e| Error::io("look at", within, e))?;
        // The nearest part that exists: the rest is made by us.
        let there = self.folder.ancestors().find(|path| path.symlink_metadata().is_ok());
        let real = there.and_then(|path| path.canonicalize().ok());
        if real.is_some_and(|real| real.starts_with(&within)) {
            return Ok(());
        }
        Err(Error::refused(&self.folder, "a link leads out of the project; deploy with --user"))
    }
}

/// What becomes of a deployed skill when rejoin goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Withdrawn {
    /// Its folder.
    pub path: PathBuf,
    /// Whether it goes; what was changed since stays.
    pub goes: bool,
}

/// All deployments on record that are still there, in any folder: what [`withdraw`] would do.
pub fn withdrawable(data: &Path) -> Result<Vec<Withdrawn>> {
    let record = Record::read(data)?;
    let mut found = Vec::new();
    for path in record.skills.keys() {
        let (Some(folder), Some(name)) = (path.parent(), path.file_name().and_then(|n| n.to_str()))
        else {
            continue;
        };
        let there = Library::recorded(folder, data).look(&record, name);
        if there.state != State::Absent {
            let goes = matches!(there.state, State::Current | State::Outdated);
            found.push(Withdrawn { path: path.clone(), goes });
        }
    }
    Ok(found)
}

/// Takes away every deployed skill that is as it was deployed, folders of skills that are empty then, and the
/// record. The caller has locked `data`, as [`FolderLock`] does.
pub fn withdraw(data: &Path) -> Result<Vec<Withdrawn>> {
    let found = withdrawable(data)?;
    for skill in found.iter().filter(|skill| skill.goes) {
        let Some(folder) = skill.path.parent() else { continue };
        let held = Library::recorded(folder, data).hold(false)?;
        // Seen again under the lock: it may have been changed since.
        if withdrawable(data)?.contains(skill) {
            rename(&skill.path, &held.staging.join("old"))?;
        }
        drop(held);
        // Nothing but ours was in it.
        drop(fs::remove_dir(folder));
    }
    Record::remove(data)?;
    Ok(found)
}

/// The right to change a folder of skills.
struct Held {
    staging: PathBuf,
    _locks: Vec<FolderLock>,
}

impl Drop for Held {
    fn drop(&mut self) {
        // What stays behind is cleared by the next one.
        drop(clear(&self.staging));
    }
}

fn clear(staging: &Path) -> Result<()> {
    let gone = match staging.symlink_metadata() {
        Ok(meta) if meta.is_dir() => fs::remove_dir_all(staging),
        Ok(_) => fs::remove_file(staging),
        Err(_) => Ok(()),
    };
    gone.map_err(|e| Error::io("remove", staging, e))
}

#[allow(clippy::disallowed_methods)]
fn rename(from: &Path, to: &Path) -> Result<()> {
    fs::rename(from, to).map_err(|e| Error::io("replace", to, e))
}

/// Puts each in the other's place in one step, so that at no moment the skill is missing. `false` where the
/// system or the file system cannot.
#[cfg(target_os = "linux")]
fn exchange(new: &Path, target: &Path) -> bool {
    use rustix::fs::{CWD, RenameFlags, renameat_with};
    renameat_with(CWD, new, CWD, target, RenameFlags::EXCHANGE).is_ok()
}

#[cfg(not(target_os = "linux"))]
fn exchange(_: &Path, _: &Path) -> bool {
    false
}

fn write_skill(folder: &Path, skill: &Skill) -> Result<()> {
    for (inside, file) in &skill.files {
        let path = folder.join(inside);
        let holder = path.parent().unwrap_or(folder);
        fs::create_dir_all(holder).map_err(|e| Error::io("create", holder, e))?;
        write_file(&path, file).map_err(|e| Error::io("write", &path, e))?;
    }
    Ok(())
}

/// Synced: after a power cut no renamed folder may hold empty files.
#[allow(clippy::disallowed_methods)]
fn write_file(path: &Path, file: &File) -> std::io::Result<()> {
    let mut to = fs::File::create_new(path)?;
    to.write_all(&file.bytes)?;
    #[cfg(unix)]
    if file.executable {
        use std::os::unix::fs::PermissionsExt;
        let readers = to.metadata()?.permissions().mode() & 0o444;
        to.set_permissions(fs::Permissions::from_mode(0o755 & (readers | readers >> 2 | 0o200)))?;
    }
    to.sync_all()
}

/// Copies a folder as it is, links as links.
fn copy(from: &Path, to: &Path) -> Result<()> {
    let meta = from.symlink_metadata().map_err(|e| Error::io("look at", from, e))?;
    if meta.is_dir() {
        fs::create_dir(to).map_err(|e| Error::io("create", to, e))?;
        for entry in fs::read_dir(from).map_err(|e| Error::io("read", from, e))? {
            let entry = entry.map_err(|e| Error::io("read", from, e))?;
            copy(&entry.path(), &to.join(entry.file_name()))?;
        }
        return Ok(());
    }
    if meta.is_file() {
        return fs::copy(from, to).map(drop).map_err(|e| Error::io("copy", from, e));
    }
    #[cfg(unix)]
    if meta.is_symlink() {
        let target = fs::read_link(from).map_err(|e| Error::io("read", from, e))?;
        return std::os::unix::fs::symlink(target, to).map_err(|e| Error::io("copy", from, e));
    }
    Err(Error::refused(from, "it is neither a file nor a folder, so no copy can be kept of it"))
}
