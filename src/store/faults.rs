//! The log of our own faults: a hook never prints them, `rejoin doctor` does.

use std::fs::{File, Metadata};
use std::path::{Path, PathBuf};

use super::dir;
use super::disk;
use super::error::{Error, Result};
use super::lock;

/// At this size the log is set aside; one older log is kept.
const MAX_LOG: u64 = 256 << 10;

/// The most of one fault that is noted, in bytes.
const MAX_LINE: usize = 2048;

/// `hooks.log` in the state directory, and `hooks.log.1`, the one before.
#[derive(Debug, Clone)]
pub struct Faults {
    root: PathBuf,
}

impl Faults {
    /// The log in `root`, for when the [`Store`](super::Store) cannot be opened.
    pub fn in_dir(root: &Path) -> Self {
        Self { root: dir::plain(root) }
    }

    /// Notes a fault as one line, `<at> <event> <text>`, by one write; `at` is the time in RFC 3339.
    /// Tells whether it was written: there is nothing else to do about it.
    pub fn note(&self, at: &str, event: &str, text: &str) -> bool {
        self.write(&line(at, event, text)).unwrap_or(false)
    }

    /// The last `n` lines, oldest first.
    pub fn read_last(&self, n: usize) -> Result<Vec<String>> {
        let mut lines = Vec::new();
        for path in [self.older(), self.path()] {
            if let Some((bytes, _)) = dir::read(&path, 2 * MAX_LOG)? {
                lines.extend(String::from_utf8_lossy(&bytes).lines().map(str::to_owned));
            }
        }
        Ok(lines.split_off(lines.len().saturating_sub(n)))
    }

    fn path(&self) -> PathBuf {
        self.root.join("hooks.log")
    }

    fn older(&self) -> PathBuf {
        self.root.join("hooks.log.1")
    }

    fn write(&self, line: &str) -> Result<bool> {
        if !dir::check(&self.root)? {
            return Ok(false);
        }
        let path = self.path();
        let open = || dir::open(&path, dir::options().append().create());
        let Some((mut file, mut meta)) = open()? else { return Ok(false) };
        if meta.len() >= MAX_LOG {
            self.rotate(&file, &meta)?;
            let Some(fresh) = open()? else { return Ok(false) };
            (file, meta) = fresh;
        }
        disk::write(&mut file, &path, meta.len(), line.as_bytes())
            .map_err(|e| Error::io("write", &path, e))?;
        Ok(true)
    }

    /// Sets the log aside. Of several who find it full one does it: the one that has the log's lock
    /// and still finds it in its place.
    fn rotate(&self, file: &File, meta: &Metadata) -> Result<()> {
        let path = self.path();
        let free = lock::try_exclusive(file).map_err(|e| Error::io("lock", &path, e))?;
        if free && lock::is_still(&path, meta) {
            disk::rename(&path, &self.older()).map_err(|e| Error::io("rotate", &path, e))?;
        }
        Ok(())
    }
}

/// One line whatever the text: control characters become spaces, a long text is cut.
fn line(at: &str, event: &str, text: &str) -> String {
    let mut line: String = format!("{at} {event} {text}")
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    line.truncate(line.floor_char_boundary(MAX_LINE));
    line.push('\n');
    line
}

#[cfg(test)]
mod tests;
