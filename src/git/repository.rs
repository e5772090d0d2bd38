//! Finding the repository that a folder belongs to.

use std::fs::Metadata;
use std::path::{Path, PathBuf};

use super::file;
use crate::bytes;

/// A repository as seen from one of its work trees. All paths are canonical.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Repository {
    /// What belongs to this work tree alone: `HEAD`, its log, a merge in progress.
    pub(super) git_dir: PathBuf,
    /// What all work trees share: branches, objects.
    pub(super) common_dir: PathBuf,
    pub(super) work_tree: PathBuf,
}

impl Repository {
    /// The directory that all work trees of the repository share: its identity.
    pub fn common_dir(&self) -> &Path {
        &self.common_dir
    }

    /// The top folder of the checked-out files; of a bare repository, the repository itself.
    pub fn work_tree(&self) -> &Path {
        &self.work_tree
    }

    /// Whether this is a work tree added by `git worktree add`.
    pub fn is_linked(&self) -> bool {
        self.git_dir != self.common_dir
    }

    /// The name that people know the repository by: the folder of its main work tree.
    ///
    /// `/src/app/.git` and `/src/app/.bare` are `app`, `/srv/app.git` is `app`, a submodule is called
    /// by the folder it is checked out in.
    pub(super) fn name(&self) -> Option<String> {
        let own = self.common_dir.file_name()?.to_string_lossy();
        let folder = if own.starts_with('.') {
            self.common_dir.parent()?.file_name()?
        } else if let Some(tree) = core_worktree(&self.common_dir) {
            return Some(tree.file_name()?.to_string_lossy().into_owned());
        } else if self.work_tree != self.common_dir && !self.is_linked() {
            self.work_tree.file_name()?
        } else {
            return Some(own.strip_suffix(".git").unwrap_or(&own).to_owned());
        };
        Some(folder.to_string_lossy().into_owned())
    }
}

/// The repository that `start` lies in, looking upwards as git does.
///
/// Stops at a file system boundary, as git does. A `.git` *file* is believed only if the git directory
/// points back at it (a linked work tree: its `gitdir` file; a submodule: its `core.worktree`) or lies in
/// the same folder; a `.git` that is a symbolic link is not; nor is a git directory that belongs to
/// somebody else than the folder's owner, the user or root. An unpacked archive can thus not pass for
/// another project.
pub fn discover(start: &Path) -> Option<Repository> {
    let start = start.canonicalize().ok()?;
    around(&start, &start.metadata().ok()?)
}

/// [`discover`] for a folder whose path is canonical, and what was seen of it.
pub(super) fn around(start: &Path, home: &Metadata) -> Option<Repository> {
    for dir in start.ancestors() {
        if dir != start && !same_device(home, &dir.metadata().ok()?) {
            return None;
        }
        match look(dir) {
            Found::Repository(repository, meta) => {
                let Repository { git_dir, common_dir, .. } = &repository;
                let ours = trusted(home, &meta.map_or_else(|| git_dir.metadata(), Ok).ok()?)
                    && (git_dir == common_dir || trusted(home, &common_dir.metadata().ok()?));
                return ours.then_some(repository);
            }
            Found::Refused => return None,
            Found::Nothing => {}
        }
    }
    None
}

// Made once per search.
#[allow(clippy::large_enum_variant)]
enum Found {
    /// With what was seen of its git directory, where that was looked at.
    Repository(Repository, Option<Metadata>),
    /// Something that git would take for a repository and we don't believe.
    Refused,
    Nothing,
}

fn look(dir: &Path) -> Found {
    let dot = dir.join(".git");
    match dot.symlink_metadata() {
        Ok(meta) if meta.is_dir() && is_git_dir(&dot) => {
            let (git_dir, common_dir) = (dot.clone(), dot);
            let work_tree = dir.to_path_buf();
            return Found::Repository(Repository { git_dir, common_dir, work_tree }, Some(meta));
        }
        Ok(meta) if meta.is_file() => {
            return linked(dir).map_or(Found::Refused, |found| Found::Repository(found, None));
        }
        Ok(meta) if !meta.is_dir() => return Found::Refused,
        _ => {}
    }
    bare(dir).map_or(Found::Nothing, |found| Found::Repository(found, None))
}

/// `dir` is itself a git directory: a bare repository, or the inside of a `.git`.
fn bare(dir: &Path) -> Option<Repository> {
    if !is_git_dir(dir) {
        return None;
    }
    let inside = dir.file_name().is_some_and(|name| name == ".git");
    let work_tree = if inside { dir.parent()? } else { dir };
    Some(Repository {
        git_dir: dir.to_path_buf(),
        common_dir: dir.to_path_buf(),
        work_tree: work_tree.to_path_buf(),
    })
}

/// Follows the `.git` file in `dir`, if what it names points back.
fn linked(dir: &Path) -> Option<Repository> {
    let text = file::line(dir, ".git")?;
    let target = text.strip_prefix(b"gitdir:")?.trim_ascii_start();
    let git_dir = dir.join(file::path(target)).canonicalize().ok()?;
    let common_dir = match file::line(&git_dir, "commondir") {
        Some(common) => {
            let back = git_dir.join(file::path(&file::line(&git_dir, "gitdir")?));
            if back.canonicalize().ok()? != dir.join(".git") {
                return None;
            }
            let common = git_dir.join(file::path(&common)).canonicalize().ok()?;
            let trees = git_dir.parent()?;
            if trees.file_name()? != "worktrees" || trees.parent()? != common {
                return None;
            }
            common
        }
        None if git_dir.starts_with(dir) => git_dir.clone(),
        None => {
            let back = core_worktree(&git_dir)?;
            if back != dir {
                return None;
            }
            git_dir.clone()
        }
    };
    is_git_dir(&common_dir).then(|| Repository {
        git_dir,
        common_dir,
        work_tree: dir.to_path_buf(),
    })
}

/// What git asks of a directory before it takes it for a repository.
fn is_git_dir(dir: &Path) -> bool {
    dir.join("HEAD").symlink_metadata().is_ok()
        && dir.join("objects").is_dir()
        && dir.join("refs").is_dir()
}

/// The folder that `core.worktree` of a git directory names, canonical.
fn core_worktree(git_dir: &Path) -> Option<PathBuf> {
    // With `extensions.worktreeConfig` the setting moves to the second file.
    let value = ["config", "config.worktree"].iter().find_map(|name| {
        let text = file::whole(git_dir, Path::new(name), 256 * 1024)?;
        setting(&text, b"core", b"worktree")
    })?;
    git_dir.join(file::path(&value)).canonicalize().ok()
}

/// The last value of `section.key` in a git configuration file; included files are not read.
fn setting(text: &[u8], section: &[u8], key: &[u8]) -> Option<Vec<u8>> {
    let mut inside = false;
    let mut found = None;
    for line in text.split(|&byte| byte == b'\n') {
        let mut line = line.trim_ascii();
        if let Some(rest) = line.strip_prefix(b"[") {
            let end = bytes::find(b']', rest)?;
            inside = rest[..end].trim_ascii().eq_ignore_ascii_case(section);
            line = rest[end + 1..].trim_ascii();
        }
        let Some(equals) = bytes::find(b'=', line).filter(|_| inside) else { continue };
        if line[..equals].trim_ascii().eq_ignore_ascii_case(key) {
            found = Some(unquoted(line[equals + 1..].trim_ascii()));
        }
    }
    found
}

/// A configuration value without quotes, escapes and comment.
fn unquoted(value: &[u8]) -> Vec<u8> {
    let mut plain = Vec::with_capacity(value.len());
    let mut quoted = false;
    let mut bytes = value.iter();
    while let Some(&byte) = bytes.next() {
        match byte {
            b'"' => quoted = !quoted,
            b'\\' => plain.extend(bytes.next()),
            b'#' | b';' if !quoted => break,
            _ => plain.push(byte),
        }
    }
    let end = plain.trim_ascii_end().len();
    plain.truncate(end);
    plain
}

#[cfg(unix)]
fn same_device(one: &Metadata, other: &Metadata) -> bool {
    use std::os::unix::fs::MetadataExt;
    one.dev() == other.dev()
}

#[cfg(not(unix))]
fn same_device(_: &Metadata, _: &Metadata) -> bool {
    true
}

/// Whether a git directory may speak for a folder. On Windows, where every disk's root is writable for
/// all users of a machine but ownership is not a plain number, it always may: what is read is data only.
#[cfg(unix)]
fn trusted(folder: &Metadata, git_dir: &Metadata) -> bool {
    use std::os::unix::fs::MetadataExt;
    let owner = git_dir.uid();
    owner == 0 || owner == folder.uid() || owner == rustix::process::geteuid().as_raw()
}

#[cfg(not(unix))]
fn trusted(_: &Metadata, _: &Metadata) -> bool {
    true
}

#[cfg(test)]
mod tests {
    use super::setting;

    #[test]
    fn a_setting_is_the_last_one_of_its_section() {
        let text = b"[other]\n\tworktree = /no\n[core \"sub\"]\nworktree = /no\n[Core] # x\n\
            \tbare = false\n\tWorkTree = \"/a b\\\\c\" ; why\n[remote \"o\"]\nworktree=/no\n";
        assert_eq!(setting(text, b"core", b"worktree").as_deref(), Some(&b"/a b\\c"[..]));
        assert_eq!(setting(b"[core]\nbare", b"core", b"worktree"), None);
        assert_eq!(setting(b"[core", b"core", b"worktree"), None);
        let one_line = b"[core] worktree = ../../../sub";
        assert_eq!(setting(one_line, b"core", b"worktree").as_deref(), Some(&b"../../../sub"[..]));
    }
}
