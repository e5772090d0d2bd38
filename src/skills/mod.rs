//! Skills in the Agent Skills format: those that come with rejoin, and those deployed where Claude
//! Code finds them.
//!
//! Claude Code reads `.claude/skills/<name>/SKILL.md`, nothing deeper. What was deployed is recorded
//! outside of that folder, by content hash, so that a user's change is told from an older version of
//! ours ([`State`]).

mod bundled;
mod check;
mod deploy;
mod error;
mod folder;
mod front_matter;
mod record;

pub use bundled::{Entry, bundled, find, registry};
pub use check::{Finding, Level, check, check_path};
pub use deploy::{Deployed, Library, Outcome, State};
pub use error::{Error, Result};
pub use folder::{File, Skill};
pub use front_matter::{FrontMatter, Keyed, Value};
