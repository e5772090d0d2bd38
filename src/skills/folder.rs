//! A skill's folder as a value: its files, read within bounds and through no link.

use std::collections::BTreeMap;
use std::fs;
use std::io::Read;
use std::path::Path;

use xxhash_rust::xxh3::Xxh3;

use super::error::{Error, Result};

/// The most files that a skill is read with.
const MAX_FILES: usize = 1_000;

/// The most bytes that are read of one file.
const MAX_FILE: u64 = 4 << 20;

/// The most bytes that are read of a skill.
const MAX_BYTES: usize = 32 << 20;

/// How deep folders of a skill may lie in each other.
const MAX_DEPTH: usize = 8;

/// What file managers leave in any folder they show.
const LITTER: [&str; 3] = [".DS_Store", "Thumbs.db", "desktop.ini"];

/// The file every skill has.
pub(super) const SKILL: &str = "SKILL.md";

/// A file of a skill.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File {
    /// Its content.
    pub bytes: Vec<u8>,
    /// Whether its owner may execute it; on Windows whether it lies in `scripts/`.
    pub executable: bool,
}

/// A skill: the name of its folder and its files.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Skill {
    /// The folder's name, which is the skill's.
    pub name: String,
    /// By path in the folder, with slashes.
    pub files: BTreeMap<String, File>,
    /// What was not read: path in the folder, and why. Such a skill is looked at, never deployed.
    pub obstacles: Vec<(String, String)>,
}

impl Skill {
    /// Reads the skill in `folder`. Links, special files and what passes the bounds become
    /// [`Skill::obstacles`].
    ///
    /// Errors: `folder` is a link, no folder, has no name in UTF-8, or can't be read.
    pub fn read(folder: &Path) -> Result<Self> {
        let meta = fs::symlink_metadata(folder).map_err(|e| Error::io("look at", folder, e))?;
        if meta.is_symlink() {
            return Err(Error::refused(
                folder,
                "it is a symbolic link; name the folder it points to",
            ));
        }
        if !meta.is_dir() {
            return Err(Error::refused(folder, "it is not a folder"));
        }
        let real = folder.canonicalize().map_err(|e| Error::io("look at", folder, e))?;
        let Some(name) = real.file_name().and_then(|name| name.to_str()) else {
            return Err(Error::refused(folder, "its name is not UTF-8"));
        };
        let mut skill = Self { name: name.to_owned(), ..Self::default() };
        let mut bytes = 0;
        skill.read_below(folder, "", 0, &mut bytes)?;
        Ok(skill)
    }

    fn read_below(
        &mut self,
        folder: &Path,
        prefix: &str,
        depth: usize,
        bytes: &mut usize,
    ) -> Result<()> {
        let entries = fs::read_dir(folder).map_err(|e| Error::io("read", folder, e))?;
        let mut entries = entries
            .take(MAX_FILES + 1)
            .collect::<std::io::Result<Vec<_>>>()
            .map_err(|e| Error::io("read", folder, e))?;
        entries.sort_by_key(fs::DirEntry::file_name);
        for entry in entries {
            let name = entry.file_name();
            let Some(name) = name.to_str() else {
                let shown = format!("{prefix}{}", name.to_string_lossy());
                self.obstacles.push((shown, "its name is not UTF-8".to_owned()));
                continue;
            };
            if LITTER.contains(&name) {
                continue;
            }
            let path = entry.path();
            let inside = format!("{prefix}{name}");
            if self.files.len() >= MAX_FILES {
                let why = format!("the skill has more than {MAX_FILES} files");
                self.obstacles.push((inside, why));
                return Ok(());
            }
            let kind = entry.file_type().map_err(|e| Error::io("look at", &path, e))?;
            if kind.is_symlink() {
                self.obstacles.push((inside, "it is a symbolic link".to_owned()));
            } else if kind.is_dir() {
                if depth + 1 >= MAX_DEPTH {
                    let why = format!("folders lie more than {MAX_DEPTH} deep in each other");
                    self.obstacles.push((inside, why));
                } else {
                    self.read_below(&path, &format!("{inside}/"), depth + 1, bytes)?;
                }
            } else if !kind.is_file() {
                self.obstacles.push((inside, "it is neither a file nor a folder".to_owned()));
            } else {
                match read_file(&path)? {
                    Some(file) if *bytes + file.bytes.len() <= MAX_BYTES => {
                        *bytes += file.bytes.len();
                        self.files.insert(inside, file);
                    }
                    _ => {
                        let why = "it is too large: at most 4 MiB a file and 32 MiB a skill";
                        self.obstacles.push((inside, why.to_owned()));
                    }
                }
            }
        }
        Ok(())
    }

    /// Text of a file, `None` when there is none or it is not UTF-8.
    pub fn text(&self, path: &str) -> Option<&str> {
        std::str::from_utf8(&self.files.get(path)?.bytes).ok()
    }

    /// What tells this content from any other: 32 hexadecimal digits over paths and contents.
    pub fn hash(&self) -> String {
        let mut hash = Xxh3::new();
        for (path, file) in &self.files {
            // Lengths first: no two lists of files give the same bytes.
            hash.update(&(path.len() as u64).to_le_bytes());
            hash.update(path.as_bytes());
            hash.update(&(file.bytes.len() as u64).to_le_bytes());
            hash.update(&file.bytes);
        }
        for (path, why) in &self.obstacles {
            hash.update(path.as_bytes());
            hash.update(why.as_bytes());
        }
        format!("{:032x}", hash.digest128())
    }
}

/// `None` for a file that is too large.
fn read_file(path: &Path) -> Result<Option<File>> {
    let failed = |e| Error::io("read", path, e);
    let mut options = fs::OpenOptions::new();
    options.read(true);
    #[cfg(unix)]
    {
        use rustix::fs::OFlags;
        use std::os::unix::fs::OpenOptionsExt;
        // What was a file a moment ago may be a link or a pipe now.
        options.custom_flags((OFlags::NOFOLLOW | OFlags::NONBLOCK).bits() as i32);
    }
    let file = options.open(path).map_err(failed)?;
    let meta = file.metadata().map_err(failed)?;
    if meta.len() > MAX_FILE {
        return Ok(None);
    }
    let mut bytes = Vec::new();
    file.take(MAX_FILE + 1).read_to_end(&mut bytes).map_err(failed)?;
    if bytes.len() as u64 > MAX_FILE {
        return Ok(None);
    }
    Ok(Some(File { bytes, executable: is_executable(path, &meta) }))
}

#[cfg(unix)]
fn is_executable(_: &Path, meta: &fs::Metadata) -> bool {
    use std::os::unix::fs::PermissionsExt;
    meta.permissions().mode() & 0o100 != 0
}

#[cfg(not(unix))]
fn is_executable(path: &Path, _: &fs::Metadata) -> bool {
    path.parent().is_some_and(|parent| parent.ends_with("scripts"))
}

/// Whether `name` may be a skill's: what becomes a path must be one plain component.
pub(super) fn is_name(name: &str) -> bool {
    !name.is_empty()
        && name.len() <= 64
        && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
}
