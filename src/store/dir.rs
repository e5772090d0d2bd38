//! Directories and files of ours: created closed, opened without following a link.

use std::fs::{self, DirBuilder, File, Metadata};
use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};

use super::disk;
use super::error::{Error, Result};
use super::paths;

/// The most that is read of a text file: far above anything we write.
const MAX_TEXT: u64 = 64 << 20;

/// `path` without a trailing slash, which would make the system follow a link before we see it.
pub(super) fn plain(path: &Path) -> PathBuf {
    path.components().collect()
}

/// Whether the directory exists; refuses what is not a directory of the calling user.
pub(super) fn check(path: &Path) -> Result<bool> {
    inspect(path).map(|found| found.is_some())
}

/// Whether `path` leads, past no link, to a directory of the calling user that is closed to others: told by
/// the system at one go. `false` says nothing: each part has to be looked at then.
#[cfg(target_os = "linux")]
pub(super) fn is_closed(path: &Path) -> bool {
    use rustix::fs::{CWD, Mode, OFlags, ResolveFlags};
    let flags = OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC;
    // Below Linux 5.6, and in some sandboxes, there is no such call.
    let opened = rustix::fs::openat2(CWD, path, flags, Mode::empty(), ResolveFlags::NO_SYMLINKS);
    let meta = opened.and_then(rustix::fs::fstat);
    meta.is_ok_and(|meta| meta.st_uid == user() && meta.st_mode & 0o777 == meta.st_mode & 0o700)
}

#[cfg(not(target_os = "linux"))]
pub(super) fn is_closed(_: &Path) -> bool {
    false
}

fn inspect(path: &Path) -> Result<Option<Metadata>> {
    let meta = match fs::symlink_metadata(path) {
        Ok(meta) => meta,
        Err(e) if e.kind() == ErrorKind::NotFound => return Ok(None),
        Err(e) => return Err(Error::io("look at", path, e)),
    };
    if meta.is_symlink() {
        return Err(Error::refused(path, "it is a symbolic link"));
    }
    if !meta.is_dir() {
        return Err(Error::refused(path, "it is not a directory"));
    }
    #[cfg(unix)]
    if std::os::unix::fs::MetadataExt::uid(&meta) != user() {
        return Err(Error::refused(path, "it belongs to another user"));
    }
    Ok(Some(meta))
}

/// The calling user's id, asked for once.
#[cfg(unix)]
fn user() -> u32 {
    static USER: std::sync::OnceLock<u32> = std::sync::OnceLock::new();
    *USER.get_or_init(|| rustix::process::geteuid().as_raw())
}

/// Makes sure of the state directory itself, whose parents may be missing.
pub(super) fn ensure_root(root: &Path) -> Result<()> {
    if check(root)? {
        return Ok(());
    }
    disk::make_dir(root, builder().recursive(true)).map_err(|e| Error::io("create", root, e))?;
    check(root).map(|_| ())
}

/// Makes sure of a directory below the root. One that others may enter (restored from a copy, say)
/// is closed again.
pub(super) fn ensure(path: &Path) -> Result<()> {
    if let Some(meta) = inspect(path)? {
        return close(path, &meta);
    }
    match disk::make_dir(path, &builder()) {
        Ok(()) => Ok(()),
        // Somebody was faster; what they made is looked at like any other.
        Err(e) if e.kind() == ErrorKind::AlreadyExists => check(path).map(|_| ()),
        Err(e) => Err(Error::io("create", path, e)),
    }
}

#[cfg_attr(not(unix), allow(unused_mut))]
fn builder() -> DirBuilder {
    let mut builder = DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder
}

#[cfg(unix)]
fn close(path: &Path, meta: &Metadata) -> Result<()> {
    use std::os::unix::fs::PermissionsExt;
    let mode = meta.permissions().mode() & 0o777;
    if mode & 0o700 == mode {
        return Ok(());
    }
    fs::set_permissions(path, fs::Permissions::from_mode(0o700))
        .map_err(|e| Error::io("close to others", path, e))
}

#[cfg(not(unix))]
#[allow(clippy::unnecessary_wraps)]
fn close(_: &Path, _: &Metadata) -> Result<()> {
    Ok(())
}

/// How every file of ours is opened: readable by its owner alone when created, never through a link,
/// and never waiting (a FIFO in a file's place must not hold a hook).
// As std names them.
#[allow(clippy::struct_excessive_bools)]
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Options {
    read: bool,
    write: bool,
    append: bool,
    create: bool,
    create_new: bool,
}

pub(super) fn options() -> Options {
    Options::default()
}

impl Options {
    pub(super) fn read(mut self) -> Self {
        self.read = true;
        self
    }

    pub(super) fn write(mut self) -> Self {
        self.write = true;
        self
    }

    pub(super) fn append(mut self) -> Self {
        self.append = true;
        self
    }

    pub(super) fn create(mut self) -> Self {
        self.create = true;
        self
    }

    pub(super) fn create_new(mut self) -> Self {
        self.create_new = true;
        self
    }

    /// Asked of the system directly: musl's `open` makes a second call for each file, against kernels
    /// of before 2008.
    #[cfg(unix)]
    pub(super) fn open(self, path: &Path) -> std::io::Result<File> {
        use rustix::fs::{Mode, OFlags};
        let access = match (self.read, self.write || self.append) {
            (true, true) => OFlags::RDWR,
            (false, true) => OFlags::WRONLY,
            _ => OFlags::RDONLY,
        };
        let mut flags = access | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
        flags.set(OFlags::APPEND, self.append);
        flags.set(OFlags::CREATE, self.create || self.create_new);
        flags.set(OFlags::EXCL, self.create_new);
        loop {
            match rustix::fs::open(path, flags, Mode::RUSR | Mode::WUSR) {
                Ok(file) => return Ok(file.into()),
                Err(rustix::io::Errno::INTR) => {}
                Err(error) => return Err(error.into()),
            }
        }
    }

    #[cfg(not(unix))]
    pub(super) fn open(self, path: &Path) -> std::io::Result<File> {
        fs::OpenOptions::new()
            .read(self.read)
            .write(self.write)
            .append(self.append)
            .create(self.create)
            .create_new(self.create_new)
            .open(path)
    }
}

/// Opens a regular file; `None` when there is none (or its directory is gone).
pub(super) fn open(path: &Path, options: Options) -> Result<Option<(File, Metadata)>> {
    // Elsewhere than on Unix nothing keeps `open` from following the link.
    if cfg!(not(unix)) && is_link(path) {
        return Err(Error::refused(path, "it is a symbolic link"));
    }
    let file = match disk::open(path, options) {
        Ok(file) => file,
        Err(e) if e.kind() == ErrorKind::NotFound => return Ok(None),
        // The error code for "is a link" differs between systems.
        Err(_) if is_link(path) => return Err(Error::refused(path, "it is a symbolic link")),
        Err(e) => return Err(Error::io("open", path, e)),
    };
    let meta = file.metadata().map_err(|e| Error::io("look at", path, e))?;
    if !meta.is_file() {
        return Err(Error::refused(path, "it is not a file"));
    }
    Ok(Some((file, meta)))
}

fn is_link(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok_and(|meta| meta.is_symlink())
}

/// Up to `limit` bytes of a file, with its whole length.
pub(super) fn read(path: &Path, limit: u64) -> Result<Option<(Vec<u8>, u64)>> {
    let Some((mut file, meta)) = open(path, options().read())? else { return Ok(None) };
    // What it had when it was opened; what is added meanwhile is for a later reader.
    let mut bytes = vec![0; meta.len().min(limit) as usize];
    let length = fill(&mut file, &mut bytes).map_err(|e| Error::io("read", path, e))?;
    bytes.truncate(length);
    Ok(Some((bytes, meta.len())))
}

/// Reads until the buffer is full or the file ends; returns how many bytes that were.
pub(super) fn fill(file: &mut File, buffer: &mut [u8]) -> std::io::Result<usize> {
    let mut filled = 0;
    while filled < buffer.len() {
        match file.read(&mut buffer[filled..]) {
            Ok(0) => break,
            Ok(got) => filled += got,
            Err(e) if e.kind() == ErrorKind::Interrupted => {}
            Err(e) => return Err(e),
        }
    }
    Ok(filled)
}

/// Where `rel` lies below `base`, for writing: its folder exists afterwards.
pub(super) fn place(base: &Path, rel: &str) -> Result<PathBuf> {
    let (folder, name) = paths::split(rel)?;
    let Some(folder) = folder else { return Ok(base.join(name)) };
    let folder = base.join(folder);
    ensure(&folder)?;
    Ok(folder.join(name))
}

/// Where `rel` lies below `base`, for reading; `None` when its folder does not exist.
fn locate(base: &Path, rel: &str) -> Result<Option<PathBuf>> {
    let (folder, name) = paths::split(rel)?;
    let Some(folder) = folder else { return Ok(Some(base.join(name))) };
    let folder = base.join(folder);
    Ok(check(&folder)?.then(|| folder.join(name)))
}

/// The text of a file below `base`; bytes that are no UTF-8 are replaced.
pub(super) fn read_text(base: &Path, rel: &str) -> Result<Option<String>> {
    let Some(path) = locate(base, rel)? else { return Ok(None) };
    let Some((bytes, _)) = read(&path, MAX_TEXT)? else { return Ok(None) };
    let text = String::from_utf8(bytes)
        .unwrap_or_else(|e| String::from_utf8_lossy(e.as_bytes()).into_owned());
    Ok(Some(text))
}

/// Removes a file below `base`; one that is not there is no error.
pub(super) fn remove(base: &Path, rel: &str) -> Result<()> {
    let Some(path) = locate(base, rel)? else { return Ok(()) };
    match disk::remove(&path) {
        Err(e) if e.kind() != ErrorKind::NotFound => Err(Error::io("remove", &path, e)),
        _ => Ok(()),
    }
}

/// The names in a directory, sorted; empty when it does not exist. Names that are not UTF-8 are not
/// ours and left out.
pub(super) fn names(path: &Path) -> Result<Vec<String>> {
    if !check(path)? {
        return Ok(Vec::new());
    }
    let entries = match fs::read_dir(path) {
        Ok(entries) => entries,
        Err(e) if e.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        Err(e) => return Err(Error::io("list", path, e)),
    };
    let mut names = Vec::new();
    for entry in entries {
        let entry = entry.map_err(|e| Error::io("list", path, e))?;
        names.extend(entry.file_name().into_string().ok());
    }
    names.sort_unstable();
    Ok(names)
}

/// The files in a folder below `base`, sorted; without temporary ones and those moved aside.
pub(super) fn files(base: &Path, folder: &str) -> Result<Vec<String>> {
    let (None, folder) = paths::split(folder)? else {
        return Err(Error::BadId { id: folder.to_owned() });
    };
    let mut names = names(&base.join(folder))?;
    names.retain(|name| paths::split(name).is_ok() && !name.contains(".unreadable-"));
    Ok(names)
}

/// Bytes of the files in a directory and its folders; links are not followed.
pub(super) fn size(path: &Path) -> u64 {
    let Ok(entries) = fs::read_dir(path) else { return 0 };
    let sizes = entries.flatten().filter_map(|entry| {
        let meta = fs::symlink_metadata(entry.path()).ok()?;
        Some(if meta.is_dir() { size(&entry.path()) } else { meta.len() })
    });
    sizes.sum()
}

#[cfg(all(test, unix))]
mod tests;
