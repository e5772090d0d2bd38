//! Our configuration: `config.toml` in the state directory. The only reader of it.
//!
//! A file that is missing means the defaults. A hook that can't read it goes on with the defaults (where
//! `[redact]` is what can't be read, it keeps nothing that was said)
//! and notes the fault; a command says what is wrong. An environment variable goes before the file
//! ([`Key`]).

mod brief;
mod checked;
mod edit;
mod keys;
mod load;
#[cfg(test)]
mod tests;

use crate::resume::policy::Rule;
use serde::{Deserialize, Serialize};

pub use brief::{redaction, redaction_of, thresholds};
pub use edit::{Edited, set, unset};
pub use keys::{KEYS, Key, Kind, TABLES, template};
pub use load::{Opened, Origin, line_of, parse, read, read_of, read_with, variables};

/// The file's name in the state directory.
pub const FILE: &str = "config.toml";

/// What the user may set.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// How long what was kept of a session stays.
    pub retention: Retention,
    /// What a starting session is told.
    pub inject: Inject,
    /// When the filling of the context window is told.
    pub thresholds: Thresholds,
    /// A conversation that is resumed.
    pub resume: Resume,
    /// The status line.
    pub statusline: StatusLine,
    /// What is taken out of everything that is written, beside the secrets that are known.
    pub redact: Redact,
}

/// What is taken out of everything that is written, beside the secrets that are known.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Redact {
    /// Words and names, in any case.
    #[serde(deserialize_with = "checked::words")]
    pub words: Vec<String>,
    /// Regular expressions.
    #[serde(deserialize_with = "checked::patterns")]
    pub patterns: Vec<String>,
}

/// How long what was kept of a session stays after its last event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Retention {
    /// 0 is for good.
    pub days: u32,
}

impl Default for Retention {
    fn default() -> Self {
        Self { days: 90 }
    }
}

impl Retention {
    /// The days that hold where Claude Code deletes its own transcripts after `cleanup` days: whoever
    /// makes that less than its 30 days wants no copy to stay longer. `None` is for good.
    pub fn within(self, cleanup: Option<u32>) -> Option<u32> {
        let own = (self.days > 0).then_some(self.days);
        let theirs = cleanup.filter(|days| *days < 30).map(|days| days.max(1));
        own.into_iter().chain(theirs).min()
    }
}

/// A conversation that is resumed.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Resume {
    /// What writing it to the prompt cache again must cost, in USD, to be told; 0 is never.
    #[serde(deserialize_with = "checked::amount")]
    pub tell_above_usd: f64,
}

impl Default for Resume {
    fn default() -> Self {
        Self { tell_above_usd: 0.5 }
    }
}

/// When the filling of the context window is told, in percent of it; 0 is never.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Thresholds {
    #[serde(deserialize_with = "checked::percent")]
    pub caution: u8,
    #[serde(deserialize_with = "checked::percent")]
    pub warning: u8,
    #[serde(deserialize_with = "checked::percent")]
    pub critical: u8,
}

impl Default for Thresholds {
    fn default() -> Self {
        Self { caution: 70, warning: 85, critical: 95 }
    }
}

/// The status line.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct StatusLine {
    /// A status line command of the user's own, in the shell's words: it is given what Claude Code
    /// tells, and what it prints is shown instead of our line.
    pub command: Option<String>,
}

/// What a starting session is told, by how it starts; `default` where a start is not named.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Inject {
    pub default: Rule,
    pub startup: Option<Rule>,
    pub clear: Option<Rule>,
    pub compact: Option<Rule>,
    pub resume: Option<Rule>,
    pub fork: Option<Rule>,
    pub unattended: Option<Rule>,
}

impl Inject {
    /// The rule for one start.
    pub fn rule(&self, named: Option<Rule>) -> Rule {
        named.unwrap_or(self.default)
    }
}
