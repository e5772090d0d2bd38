//! Reads a git repository without starting a process.
//!
//! A hook looks into whatever folder a session runs in, and that folder may be hostile: an unpacked
//! archive can carry a `.git` of its making. So only regular files are read, never through a symbolic
//! link below the git directory, never more than a fixed amount, and a git directory elsewhere is
//! believed only if it points back. Where git itself would find a repository and we do not, a caller
//! sees a plain folder.
//!
//! Names and subjects come from whoever wrote the repository: what goes into a text for Claude passes
//! [`quote`] first.

mod difference;
mod file;
mod project;
mod quote;
mod reference;
mod reflog;
mod repository;
#[cfg(test)]
mod tests;

pub use difference::{Difference, differences};
pub use project::{Place, Project, place};
pub use quote::quote;
pub use reference::Head;
pub use reflog::{Action, Commit, Move};
pub use repository::{Repository, discover};
