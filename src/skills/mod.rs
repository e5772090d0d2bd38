//! Skills in the Agent Skills format: those that come with rejoin, and those deployed where Claude
//! Code finds them.
//!
//! Claude Code reads `.claude/skills/<name>/SKILL.md`, nothing deeper. What was deployed is recorded
//! outside of that folder, by content hash, so that a user's change is told from an older version of
//! ours ([`State`]).

pub mod agent;
mod bundled;
mod check;
mod deploy;
mod error;
mod folder;
mod front_matter;
mod project;
mod record;
mod registry;

pub use bundled::{bundled, find};
pub use check::{Finding, Level, check, check_path};
pub use deploy::{Deployed, Library, Outcome, State, Withdrawn, withdraw, withdrawable};
pub use error::{Error, Result};
pub use folder::{File, Skill};
pub use front_matter::{FrontMatter, Keyed, Value};
pub use project::Project;
pub use record::FILE as RECORD;
pub use registry::{Entry, PROJECT_FILE, Registry, USER_FILE};
