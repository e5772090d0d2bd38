//! The switch: a marker file `off`, at the root or in a project's folder.

use super::{Durability, Project, ProjectLock, Result, Store};

/// The marker's name.
const OFF: &str = "off";
/// What it says to who finds it.
const TEXT: &str = "rejoin follows nothing here; `rejoin on` removes this file\n";

impl Store {
    /// Whether nothing is to be followed anywhere.
    pub fn is_off(&self) -> bool {
        self.root().join(OFF).exists()
    }

    /// Turns following off or on everywhere.
    pub fn switch(&self, on: bool) -> Result<()> {
        if on { self.remove_file(OFF) } else { self.write_file(OFF, TEXT) }
    }
}

impl Project {
    /// Whether this project is to be left alone.
    pub fn is_off(&self) -> bool {
        self.dir().join(OFF).exists()
    }
}

impl ProjectLock {
    /// Turns following of this project off or on.
    pub fn switch(&self, on: bool) -> Result<()> {
        if on { self.remove_file(OFF) } else { self.write_file(OFF, TEXT, Durability::Synced) }
    }
}
