//! The resume log as data.

use super::about::{Meanwhile, Previous};
use super::view::View;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Version of the log's format, in JSON and in the Markdown's first line.
pub(super) const FORMAT: u32 = 1;

/// What a later session needs to know of one session.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ResumeLog {
    /// Version of this format: 1.
    pub format: u32,
    /// Which session this is about, and how it ended.
    pub subject: Subject,
    /// Model, window, tokens, turns, duration. 500 tokens.
    pub context_metrics: Vec<Entry>,
    /// Title and prompts, in the user's words. 1,000 tokens.
    pub mission: Vec<Entry>,
    /// Commits, finished tasks. 2,000 tokens.
    pub accomplishments: Vec<Entry>,
    /// What turned out: errors and what fixed them, closing statements, reports. 2,500 tokens.
    pub key_findings: Vec<Entry>,
    /// Answers, plans, corrections. 1,500 tokens.
    pub decisions: Vec<Entry>,
    /// What is open. 1,500 tokens.
    pub next_steps: Vec<Entry>,
    /// Branch, uncommitted files, checks, rules, names. 1,000 tokens.
    pub critical_context: Vec<Entry>,
    /// Files, agents, errors, warnings, in what room is left.
    pub metadata: Metadata,
    /// The session before this one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub previous: Option<Previous>,
    /// What the log has no room for, by kind.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub left_out: BTreeMap<String, u32>,
}

/// What the facts themselves had no room for.
fn forgotten(view: &View<'_>) -> BTreeMap<String, u32> {
    let dropped = &view.session.dropped;
    let made: u32 = view.session.all().map(|t| t.counts.commits).sum();
    let commits = made.saturating_sub(view.commits.len() as u32);
    [("edited file", dropped.files), ("tracker item", dropped.items), ("commit", commits)]
        .into_iter()
        .filter(|(_, n)| *n > 0)
        .map(|(kind, n)| (kind.to_owned(), n))
        .collect()
}

/// Which session a log is about.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Subject {
    /// Claude Code's id of the session.
    pub session: String,
    /// Name of the folder it worked in.
    pub project: String,
    /// The folder itself.
    pub folder: String,
    /// The branch it was on at last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub branch: Option<String>,
    /// The session's title.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// Time of the first event.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<DateTime<Utc>>,
    /// Time of the last event.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to: Option<DateTime<Utc>>,
    /// How it stands.
    pub state: State,
    /// The same in words.
    pub ended: String,
    /// What happened to the repository since.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub meanwhile: Option<Meanwhile>,
    /// The pause that froze the log.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pause: Option<String>,
    /// Where the log comes from, in words, when not from this user's own sessions.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub origin: Option<String>,
}

/// How a session stands.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Nothing was asked of it.
    #[default]
    Empty,
    /// Its last turn came to its end.
    Ended,
    /// The user stopped its last turn.
    Interrupted,
    /// Its last turn was cut off.
    CutOff,
    /// An API error or a limit ended its last turn.
    Failed,
    /// Its last turn runs.
    Running,
}

/// One fact, as it is told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// What it tells of.
    pub topic: Topic,
    /// Markdown: what stands behind the bullet. Lines after the first belong to it.
    pub text: String,
    /// The same with less room.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub short: Option<String>,
    /// How much the reader needs it: 100 most, below 40 least.
    pub worth: u8,
}

impl Entry {
    pub(super) fn new(topic: Topic, worth: u8, text: impl Into<String>) -> Self {
        Self { topic, text: text.into(), short: None, worth }
    }

    pub(super) fn short(mut self, short: impl Into<String>) -> Self {
        let short = short.into();
        if short.len() < self.text.len() {
            self.short = Some(short);
        }
        self
    }
}

/// What an entry tells of, in the order of telling.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Topic {
    // Mission.
    /// What changed in the repository since the session.
    Meanwhile,
    /// A message left with a pause or a note on what to do.
    Note,
    /// A prompt of the user.
    Asked,
    /// What the named item is.
    Goal,
    // Next steps.
    /// A prompt or correction that got no answer.
    Unanswered,
    /// A task or a tracker's item.
    Task,
    /// A failure that still stands.
    Unsolved,
    /// What comes next, by precedent or by what is open.
    Next,
    /// What was said last.
    LastSaid,
    /// Work that ran in the background.
    Background,
    /// What was done for the item in progress.
    InProgress,
    /// What the item in progress demands.
    Requirement,
    /// The tries to get past a failure that still stands.
    Attempts,
    /// Files that open work names and nobody touched.
    Untouched,
    // Critical context.
    /// Branch, `HEAD`, folder.
    Place,
    /// Files changed and not committed.
    Uncommitted,
    /// Commands that check, and how they ended.
    Check,
    /// Other commands that work here.
    Command,
    /// Standing rules and exclusions.
    Rule,
    /// How it is built, from files that were read.
    Setup,
    /// Names in play.
    Names,
    /// Code as it was written last.
    Code,
    // Accomplishments.
    /// A commit.
    Commit,
    /// A finished task or item.
    Finished,
    /// Steps that each piece of work took.
    Steps,
    // Key findings.
    /// A failure and what fixed it.
    Fixed,
    /// A statement of Claude's about what turned out.
    Finding,
    /// What a turn came to.
    Closing,
    /// What a subagent reported.
    Report,
    /// Claude's own summary at a compaction.
    Summary,
    /// A page that was looked up.
    Source,
    // Decisions.
    /// An answer of the user.
    Answer,
    /// A correction by the user.
    Correction,
    /// A plan.
    Plan,
    /// A decision in Claude's words.
    Decision,
    // Context metrics.
    /// Model, tokens, time.
    Metrics,
}

impl Topic {
    /// The heading of entries of this topic.
    pub(super) fn heading(self) -> &'static str {
        match self {
            Self::Meanwhile => "Since then",
            Self::Note => "Notes",
            Self::Asked => "Asked",
            Self::Goal => "What it is about",
            Self::Unanswered => "Unanswered",
            Self::Task => "State",
            Self::Unsolved => "Unsolved",
            Self::Next => "Next",
            Self::LastSaid => "Last said",
            Self::Background => "In the background",
            Self::InProgress => "In progress: said, then done",
            Self::Requirement => "What it demands",
            Self::Attempts => "What was tried",
            Self::Untouched => "Named, not touched yet",
            Self::Place => "Place",
            Self::Uncommitted => "Uncommitted",
            Self::Check => "Checks",
            Self::Command => "Commands",
            Self::Rule => "Standing rules and exclusions",
            Self::Setup => "How it is set up",
            Self::Names => "Names in play",
            Self::Code => "Code as last written",
            Self::Commit => "Commits",
            Self::Finished => "Finished",
            Self::Steps => "Steps taken for each",
            Self::Fixed => "Errors and what fixed them",
            Self::Finding => "Observations",
            Self::Closing => "What turns came to",
            Self::Report => "Subagents",
            Self::Summary => "Claude's own summary",
            Self::Source => "Looked up",
            Self::Answer => "Answers of the user",
            Self::Correction => "Corrections by the user",
            Self::Plan => "Plans",
            Self::Decision => "Choices, in Claude's words",
            Self::Metrics => "Numbers",
        }
    }

    /// What is counted when entries of this topic are left out, in the singular.
    pub(super) fn kind(self) -> &'static str {
        match self {
            Self::Asked => "prompt",
            Self::Task => "task",
            Self::Requirement => "part of requirements",
            Self::Rule => "group of rules",
            Self::Commit => "commit",
            Self::Finished => "closing reason",
            Self::Fixed => "fixed error",
            Self::Finding => "observation",
            Self::Closing => "closing statement",
            Self::Report => "subagent report",
            Self::Plan => "part of a plan",
            Self::Check | Self::Command => "command",
            Self::InProgress => "step",
            Self::Source => "list of pages",
            Self::Decision => "choice",
            Self::Code => "piece of code",
            Self::Setup => "set-up file",
            Self::Attempts => "attempt",
            Self::Summary => "summary by Claude",
            Self::Goal => "line on the goal",
            _ => "other fact",
        }
    }

    /// The section it belongs to.
    pub(super) fn section(self) -> Section {
        if self <= Self::Goal {
            Section::Mission
        } else if self <= Self::Untouched {
            Section::NextSteps
        } else if self <= Self::Code {
            Section::CriticalContext
        } else if self <= Self::Steps {
            Section::Accomplishments
        } else if self <= Self::Source {
            Section::KeyFindings
        } else if self <= Self::Decision {
            Section::Decisions
        } else {
            Section::ContextMetrics
        }
    }
}

/// The sections, in the order of telling: what is asked and open first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Section {
    Mission,
    NextSteps,
    CriticalContext,
    Accomplishments,
    KeyFindings,
    Decisions,
    ContextMetrics,
}

impl Section {
    pub(super) const ALL: [Self; 7] = [
        Self::Mission,
        Self::NextSteps,
        Self::CriticalContext,
        Self::Accomplishments,
        Self::KeyFindings,
        Self::Decisions,
        Self::ContextMetrics,
    ];

    /// Tokens that the section is sure of.
    pub(super) fn budget(self) -> usize {
        match self {
            Self::ContextMetrics => 500,
            Self::Mission | Self::CriticalContext => 1_000,
            Self::Accomplishments => 2_000,
            Self::KeyFindings => 2_500,
            Self::Decisions | Self::NextSteps => 1_500,
        }
    }

    pub(super) fn heading(self) -> &'static str {
        match self {
            Self::Mission => "Mission",
            Self::NextSteps => "Next steps",
            Self::CriticalContext => "Critical context",
            Self::Accomplishments => "Accomplishments",
            Self::KeyFindings => "Key findings",
            Self::Decisions => "Decisions and rationale",
            Self::ContextMetrics => "Context metrics",
        }
    }
}

/// Files, agents, errors and warnings.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Metadata {
    /// Files touched, the most telling first.
    pub files: Vec<FileFact>,
    /// Subagents: what they were for.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub agents: Vec<String>,
    /// How calls failed, counted.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<String>,
    /// What the reader should not take on trust.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<String>,
}

/// A file, and what was done to it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct FileFact {
    /// Relative to the session's folder where it lies below it.
    pub path: String,
    /// Made by the session.
    #[serde(skip_serializing_if = "is_default")]
    pub new: bool,
    #[serde(skip_serializing_if = "is_default")]
    pub edits: u32,
    #[serde(skip_serializing_if = "is_default")]
    pub reads: u32,
    /// Lines added and removed by the edits.
    #[serde(skip_serializing_if = "is_default")]
    pub lines: (u32, u32),
    /// Edits since the last commit that had it.
    #[serde(skip_serializing_if = "is_default")]
    pub uncommitted: bool,
    /// Names defined in it, the newest first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub added: Vec<String>,
    /// Names whose definition was changed.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub changed: Vec<String>,
    /// Names taken away.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub removed: Vec<String>,
}

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

impl ResumeLog {
    /// A log without entries.
    pub(super) fn of(view: &View<'_>) -> Self {
        let session = view.session;
        Self {
            format: FORMAT,
            subject: Subject {
                session: session.id.clone(),
                project: view.project().to_owned(),
                folder: session.folder.clone(),
                branch: session.branch.clone(),
                title: session.title.as_ref().map(|t| t.0.clone()),
                from: session.first,
                to: session.last,
                state: view.state(),
                ended: view.ended(),
                meanwhile: view
                    .about
                    .repository
                    .clone()
                    .filter(|m| m.changed(session.branch.as_deref())),
                pause: view.about.pause.as_ref().map(|p| p.id.clone()),
                origin: None,
            },
            context_metrics: Vec::new(),
            mission: Vec::new(),
            accomplishments: Vec::new(),
            key_findings: Vec::new(),
            decisions: Vec::new(),
            next_steps: Vec::new(),
            critical_context: Vec::new(),
            metadata: Metadata::default(),
            previous: view.about.previous.clone(),
            left_out: forgotten(view),
        }
    }

    pub(super) fn section(&self, section: Section) -> &Vec<Entry> {
        match section {
            Section::Mission => &self.mission,
            Section::NextSteps => &self.next_steps,
            Section::CriticalContext => &self.critical_context,
            Section::Accomplishments => &self.accomplishments,
            Section::KeyFindings => &self.key_findings,
            Section::Decisions => &self.decisions,
            Section::ContextMetrics => &self.context_metrics,
        }
    }

    pub(super) fn section_mut(&mut self, section: Section) -> &mut Vec<Entry> {
        match section {
            Section::Mission => &mut self.mission,
            Section::NextSteps => &mut self.next_steps,
            Section::CriticalContext => &mut self.critical_context,
            Section::Accomplishments => &mut self.accomplishments,
            Section::KeyFindings => &mut self.key_findings,
            Section::Decisions => &mut self.decisions,
            Section::ContextMetrics => &mut self.context_metrics,
        }
    }

    /// All entries, in the order of telling.
    pub(super) fn entries(&self) -> impl Iterator<Item = &Entry> {
        Section::ALL.into_iter().flat_map(|s| self.section(s))
    }
}
