//! Every change that the store makes to the file system, one function per kind.
//!
//! In this crate's own tests each change is told to a recorder, which works out what a power cut can leave
//! of it. Elsewhere nothing is added to what std does.

#[cfg(test)]
pub(crate) mod power;

use std::fs::{self, DirBuilder, File};
use std::io::{Result, Write};
use std::path::Path;

use super::dir::Options;

/// One change, told after it was made.
#[cfg_attr(not(test), allow(dead_code))]
enum Change<'a> {
    MadeDir(&'a Path),
    /// The file exists now; it may have before.
    Opened(&'a Path),
    Wrote {
        path: &'a Path,
        at: u64,
        bytes: &'a [u8],
    },
    Cut {
        path: &'a Path,
        length: u64,
    },
    Synced(&'a Path),
    SyncedDir(&'a Path),
    Renamed {
        from: &'a Path,
        to: &'a Path,
    },
    Removed(&'a Path),
    RemovedAll(&'a Path),
}

#[cfg(not(test))]
#[inline(always)]
fn tell(_: &Change<'_>) {}

#[cfg(test)]
use power::tell;

pub(super) fn make_dir(path: &Path, builder: &DirBuilder) -> Result<()> {
    builder.create(path)?;
    tell(&Change::MadeDir(path));
    Ok(())
}

pub(super) fn open(path: &Path, options: Options) -> Result<File> {
    let file = options.open(path)?;
    tell(&Change::Opened(path));
    Ok(file)
}

/// Writes all of `bytes` where the open file stands, which is at `at`.
#[cfg_attr(not(test), allow(unused_variables))]
pub(super) fn write(file: &mut File, path: &Path, at: u64, bytes: &[u8]) -> Result<()> {
    file.write_all(bytes)?;
    tell(&Change::Wrote { path, at, bytes });
    Ok(())
}

/// Writes all of `bytes` at `at`. Not in append mode: on Windows such a file cannot be cut.
pub(super) fn write_at(file: &mut File, path: &Path, at: u64, bytes: &[u8]) -> Result<()> {
    #[cfg(unix)]
    {
        std::os::unix::fs::FileExt::write_all_at(file, bytes, at)?;
        tell(&Change::Wrote { path, at, bytes });
        Ok(())
    }
    #[cfg(not(unix))]
    {
        std::io::Seek::seek(file, std::io::SeekFrom::Start(at))?;
        write(file, path, at, bytes)
    }
}

pub(super) fn cut(file: &File, path: &Path, length: u64) -> Result<()> {
    file.set_len(length)?;
    tell(&Change::Cut { path, length });
    Ok(())
}

/// Makes the file's content durable; its name is its directory's matter.
pub(super) fn sync(file: &File, path: &Path) -> Result<()> {
    file.sync_data()?;
    tell(&Change::Synced(path));
    Ok(())
}

/// Makes the names in a directory durable: syncing a file does not.
pub(super) fn sync_dir(path: &Path) -> Result<()> {
    if cfg!(unix) {
        File::open(path)?.sync_all()?;
    }
    tell(&Change::SyncedDir(path));
    Ok(())
}

#[allow(clippy::disallowed_methods)]
pub(super) fn rename(from: &Path, to: &Path) -> Result<()> {
    fs::rename(from, to)?;
    tell(&Change::Renamed { from, to });
    Ok(())
}

pub(super) fn remove(path: &Path) -> Result<()> {
    fs::remove_file(path)?;
    tell(&Change::Removed(path));
    Ok(())
}

/// Removes a directory with everything in it.
pub(super) fn remove_all(path: &Path) -> Result<()> {
    fs::remove_dir_all(path)?;
    tell(&Change::RemovedAll(path));
    Ok(())
}
