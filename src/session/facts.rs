//! What is known of a session.
//!
//! A pure value, bounded (see `bounds`), kept per turn so that an abandoned turn can be withdrawn.
//! Long text is not kept: a [`Quote`] holds its beginning and where the whole of it stands.

use super::event::{Author, Outcome, Place, Usage};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

pub(super) fn none<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

/// Text as it is kept: whole when short, else its beginning and the line that has all of it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Quote {
    /// At most 300 UTF-16 units, secrets removed.
    #[serde(rename = "t")]
    pub text: String,
    /// The transcript line that holds the whole, when `text` is cut.
    #[serde(rename = "w", default, skip_serializing_if = "none")]
    pub whole: Option<Place>,
}

/// A session, as far as its transcript was read.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Session {
    /// Claude Code's id of the session.
    pub id: String,
    /// The folder it was started in: the first `cwd` seen.
    pub folder: String,
    /// The folder it stands in, when another.
    #[serde(skip_serializing_if = "none")]
    pub cwd: String,
    /// The branch of the last line that named one.
    #[serde(skip_serializing_if = "none")]
    pub branch: Option<String>,
    /// Claude Code's version.
    #[serde(skip_serializing_if = "none")]
    pub version: Option<String>,
    /// The session's name and whether the user gave it.
    #[serde(skip_serializing_if = "none")]
    pub title: Option<(String, bool)>,
    /// Time of the first line.
    #[serde(with = "crate::time::option")]
    pub first: Option<DateTime<Utc>>,
    /// Time of the last line.
    #[serde(with = "crate::time::option")]
    pub last: Option<DateTime<Utc>>,
    /// Models in the order of their first response, and how many each gave.
    pub models: Vec<(String, u32)>,
    /// The model as it was asked for; carries `[1m]`.
    #[serde(skip_serializing_if = "none")]
    pub requested: Option<String>,
    /// Tokens that the last main-chain response, or the last compaction, left in the window.
    pub context: Option<u64>,
    /// Tokens of all responses, abandoned turns included.
    pub usage: Usage,
    /// Responses, each counted once.
    pub responses: u32,
    /// The newest responses, to count each once: hash of the id and what was counted.
    #[serde(skip_serializing_if = "none")]
    pub counted: Vec<(u64, Option<Usage>)>,
    /// Claude Code's own count of the process: USD and output tokens, hidden calls included.
    #[serde(skip_serializing_if = "none")]
    pub cost: Option<(f64, u64)>,
    /// Older turns, merged.
    pub earlier: Turn,
    /// How many turns were merged, and how many of them a person started.
    #[serde(skip_serializing_if = "none")]
    pub merged: (u32, u32),
    /// The newest turns, oldest first.
    pub turns: Vec<Turn>,
    /// Calls that wait for their result.
    #[serde(skip_serializing_if = "none")]
    pub open: Vec<OpenCall>,
    /// Text typed that Claude has not seen yet.
    #[serde(skip_serializing_if = "none")]
    pub waiting: Vec<Quote>,
    /// Background work that was started and has not ended.
    #[serde(skip_serializing_if = "none")]
    pub background: Vec<Background>,
    /// Compactions, oldest first.
    #[serde(skip_serializing_if = "none")]
    pub compactions: Vec<Compaction>,
    /// What Claude or the user noted on purpose.
    #[serde(skip_serializing_if = "none")]
    pub notes: Vec<Note>,
    /// The last look at the repository's state: number of the call and its result.
    #[serde(skip_serializing_if = "none")]
    pub status: Option<(u32, Place)>,
    /// Number of the newest step.
    pub seq: u32,
    /// Facts dropped to stay within the bounds, by kind.
    #[serde(skip_serializing_if = "none")]
    pub dropped: Dropped,
    #[serde(skip)]
    pub(super) slack: super::bounds::Slack,
}

/// Facts that were dropped to stay within the bounds.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Dropped {
    pub steps: u32,
    pub files: u32,
    pub families: u32,
    pub items: u32,
    pub tasks: u32,
}

/// From a prompt that starts a model run to the next such.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Turn {
    /// The prompt line's uuid.
    pub id: String,
    /// Claude Code's prompt id, the one that hook events carry.
    #[serde(skip_serializing_if = "none")]
    pub prompt_id: Option<String>,
    /// Offset of the prompt's line.
    pub start: u64,
    /// When the prompt came.
    #[serde(with = "crate::time::option")]
    pub at: Option<DateTime<Utc>>,
    /// When the turn's last line came.
    #[serde(with = "crate::time::option")]
    pub last: Option<DateTime<Utc>>,
    /// Who started it.
    #[serde(skip_serializing_if = "none")]
    pub by: By,
    pub prompt: Quote,
    /// What a person typed while it ran: seconds since the session's start, and the text.
    #[serde(skip_serializing_if = "none")]
    pub queued: Vec<(u32, Quote)>,
    /// How it ended.
    #[serde(skip_serializing_if = "none")]
    pub end: End,
    /// What the assistant said last.
    #[serde(skip_serializing_if = "none")]
    pub closing: Option<Quote>,
    /// What happened, in order.
    #[serde(skip_serializing_if = "none")]
    pub steps: Vec<Step>,
    #[serde(skip_serializing_if = "none")]
    pub files: Vec<Touch>,
    /// Commands, by family.
    #[serde(skip_serializing_if = "none")]
    pub families: Vec<Family>,
    /// Items of an issue tracker.
    #[serde(skip_serializing_if = "none")]
    pub items: Vec<Item>,
    /// Changes of Claude Code's own task list, in order.
    #[serde(skip_serializing_if = "none")]
    pub tasks: Vec<TaskChange>,
    #[serde(skip_serializing_if = "none")]
    pub counts: Counts,
}

/// Who started a turn, with a default for merged turns.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum By {
    #[default]
    Human,
    Machine,
}

impl From<Author> for By {
    fn from(author: Author) -> Self {
        match author {
            Author::Human => Self::Human,
            Author::Machine => Self::Machine,
        }
    }
}

/// How a turn ended.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum End {
    /// It has not: it runs, or the session died in it.
    #[default]
    Open,
    /// Claude came to its end.
    Stopped,
    /// The user stopped it.
    Interrupted,
    /// An API error ended it: Claude Code's name of the error.
    Failed(String),
}

/// Numbers of a turn.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Counts {
    /// Tool calls that have a result.
    pub calls: u32,
    /// Those that ran and failed.
    pub failed: u32,
    /// Those that were refused or denied before they ran.
    pub refused: u32,
    /// Reads, searches and fetches among them.
    pub looks: u32,
    /// Subagents started.
    pub agents: u32,
    /// Edits that succeeded.
    pub edits: u32,
    /// Commits that were made.
    pub commits: u32,
    pub responses: u32,
    pub usage: Usage,
}

/// One thing that happened.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Step {
    /// Number of the call it belongs to, counted over the session; a text has that of the next call.
    #[serde(rename = "q")]
    pub seq: u32,
    /// Seconds since the session's first line.
    #[serde(rename = "t")]
    pub at: u32,
    /// The line that tells more: a result, an edit.
    #[serde(rename = "l", default, skip_serializing_if = "none")]
    pub line: Option<Place>,
    #[serde(flatten)]
    pub act: Act,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Act {
    /// A command, one part of a call.
    Run(Box<Run>),
    /// A commit that was made.
    Commit(Commit),
    /// A file changed.
    Edit(Edit),
    /// A sentence of the assistant.
    Said(Said),
    /// A plan; whether the user approved it.
    Plan { title: String, approved: Option<bool> },
    /// A question of Claude's and the user's answer.
    Answer { question: String, answer: String },
    /// A subagent: its kind, its task, what it reported.
    Agent { kind: String, task: String, report: Option<Quote> },
    /// A page that was fetched, or a search of the web.
    Fetch(String),
    /// A skill that was used; what went wrong.
    Skill { name: String, error: Option<String> },
    /// The user refused a call: what it was, and what the user said to it.
    Denied { what: String, said: Option<String> },
    /// Claude Code's own summary of what came before, written at a compaction.
    Summary(Quote),
    /// A prompt of a merged turn.
    Prompt(Quote),
    /// A request failed for good.
    Error { kind: String, text: String },
}

/// A command that ran, or was refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Run {
    /// As shown: without redirections, output filters and long messages.
    #[serde(rename = "s")]
    pub shown: String,
    #[serde(rename = "f")]
    pub family: String,
    #[serde(rename = "c")]
    pub class: super::command::Class,
    #[serde(rename = "o")]
    pub outcome: Outcome,
    #[serde(rename = "x", default, skip_serializing_if = "none")]
    pub exit: Option<i32>,
    /// The tool's own last words: `14 doctests, 297 tests, 0 failures`.
    #[serde(rename = "m", default, skip_serializing_if = "none")]
    pub summary: Option<String>,
    /// What went wrong, a line for each kind of failure.
    #[serde(rename = "e", default, skip_serializing_if = "none")]
    pub errors: Vec<Problem>,
    /// Lines of the output that explain a failure.
    #[serde(rename = "h", default, skip_serializing_if = "none")]
    pub explains: Vec<String>,
    /// Errors that the tool counted and the output did not show.
    #[serde(rename = "n", default, skip_serializing_if = "none")]
    pub unseen: u32,
    /// First line of a commit's or issue's message.
    #[serde(rename = "g", default, skip_serializing_if = "none")]
    pub message: Option<String>,
    /// The status is that of a later stage of its pipe, and the output says nothing.
    #[serde(rename = "u", default, skip_serializing_if = "none")]
    pub unclear: bool,
}

/// One kind of failure.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// The section of the output it stood in: `DIALYZER`.
    #[serde(rename = "t", default, skip_serializing_if = "none")]
    pub tag: Option<String>,
    /// The line to show; empty when a later failure with this key has it.
    #[serde(rename = "l")]
    pub line: String,
    /// The line without what differs from run to run: equal for the same failure.
    #[serde(rename = "k")]
    pub key: u64,
}

/// A commit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Commit {
    /// Abbreviated, as git printed it.
    #[serde(rename = "h")]
    pub hash: String,
    #[serde(rename = "s")]
    pub subject: String,
    #[serde(rename = "f", default, skip_serializing_if = "none")]
    pub files: u32,
    #[serde(rename = "a", default, skip_serializing_if = "none")]
    pub added: u32,
    #[serde(rename = "r", default, skip_serializing_if = "none")]
    pub removed: u32,
}

/// Names that are kept of one edit.
pub const EDIT_NAMES: usize = 4;

/// A change of a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Edit {
    #[serde(rename = "p")]
    pub path: String,
    /// The first added line that holds a name.
    #[serde(rename = "d", default, skip_serializing_if = "none")]
    pub line: Option<String>,
    /// Names defined or changed by it, at most [`EDIT_NAMES`], those that it defined first.
    #[serde(rename = "n", default, skip_serializing_if = "none")]
    pub names: Vec<String>,
    /// The file did not exist before.
    #[serde(rename = "w", default, skip_serializing_if = "none")]
    pub new: bool,
}

/// A sentence of the assistant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Said {
    #[serde(rename = "k")]
    pub kind: super::sentence::Kind,
    #[serde(rename = "s")]
    pub text: String,
}

/// What was done to a file within a turn.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Touch {
    /// Relative to the session's folder where it lies below it.
    #[serde(rename = "p")]
    pub path: String,
    #[serde(rename = "e", skip_serializing_if = "none")]
    pub edits: u32,
    #[serde(rename = "r", skip_serializing_if = "none")]
    pub reads: u32,
    /// Written whole as a new file.
    #[serde(rename = "n", skip_serializing_if = "none")]
    pub new: bool,
    /// Lines added and removed.
    #[serde(rename = "d", skip_serializing_if = "none")]
    pub lines: (u32, u32),
    /// Number of the last edit, or of the last read when there was none.
    #[serde(rename = "q")]
    pub seq: u32,
    /// Names defined in it since the session began, newest last; and those taken away.
    #[serde(rename = "a", skip_serializing_if = "none")]
    pub added: Vec<String>,
    #[serde(rename = "c", skip_serializing_if = "none")]
    pub changed: Vec<String>,
    #[serde(rename = "x", skip_serializing_if = "none")]
    pub removed: Vec<String>,
    /// Number of the last call that staged it, and of the last commit that took it in.
    #[serde(rename = "s", skip_serializing_if = "none")]
    pub staged: u32,
    #[serde(rename = "k", skip_serializing_if = "none")]
    pub committed: u32,
    /// A command of the session removed it.
    #[serde(rename = "z", skip_serializing_if = "none")]
    pub gone: bool,
    /// The last result that shows it, where the file says how the project is built.
    #[serde(rename = "l", skip_serializing_if = "none")]
    pub setup: Option<Place>,
}

impl Touch {
    /// Whether it has edits that no commit of the session took in.
    pub fn is_uncommitted(&self) -> bool {
        let never_was = self.gone && self.new && self.committed == 0;
        self.edits > 0 && self.committed < self.seq && !never_was
    }
}

/// A command family within a turn: how often it ran, and its last run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Family {
    #[serde(rename = "f")]
    pub family: String,
    #[serde(rename = "c")]
    pub class: super::command::Class,
    #[serde(rename = "r")]
    pub runs: u32,
    #[serde(rename = "x", default, skip_serializing_if = "none")]
    pub failed: u32,
    /// The last form that ran to its end.
    #[serde(rename = "s")]
    pub shown: String,
    /// Outcome of the last run.
    #[serde(rename = "o")]
    pub outcome: Outcome,
    #[serde(rename = "m", default, skip_serializing_if = "none")]
    pub summary: Option<String>,
    /// Number and time of the last run.
    #[serde(rename = "q")]
    pub seq: u32,
    #[serde(rename = "t")]
    pub at: u32,
    /// Every run had arguments that narrow it down.
    #[serde(rename = "n", default, skip_serializing_if = "none")]
    pub narrowed: bool,
    /// Edits that the session had made when it last ran.
    #[serde(rename = "d", default, skip_serializing_if = "none")]
    pub edits: u32,
    /// Whether the last run went well is not known.
    #[serde(rename = "u", default, skip_serializing_if = "none")]
    pub unclear: bool,
}

/// An item of an issue tracker.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Item {
    pub id: String,
    #[serde(skip_serializing_if = "none")]
    pub title: String,
    /// Program that keeps it.
    pub program: String,
    #[serde(skip_serializing_if = "none")]
    pub state: ItemState,
    /// Kind and priority, as shown.
    #[serde(skip_serializing_if = "none")]
    pub kind: String,
    /// Number of the call that changed its state last.
    #[serde(skip_serializing_if = "none")]
    pub changed: u32,
    /// Number of the call that claimed it.
    #[serde(skip_serializing_if = "none")]
    pub claimed: u32,
    /// The session itself acted on it, not only listed it.
    #[serde(skip_serializing_if = "none")]
    pub touched: bool,
    /// The last result that shows its body.
    #[serde(skip_serializing_if = "none")]
    pub body: Option<Place>,
    /// The reason given when it was closed.
    #[serde(skip_serializing_if = "none")]
    pub reason: Option<Quote>,
    #[serde(skip_serializing_if = "none")]
    pub parent: Option<String>,
    /// Items it waits for.
    #[serde(skip_serializing_if = "none")]
    pub waits: Vec<String>,
}

/// State of a tracker's item.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ItemState {
    #[default]
    Unknown,
    Open,
    Active,
    Blocked,
    Closed,
}

/// A change of Claude Code's own task list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TaskChange {
    /// A task as it stands now.
    Task(Task),
    /// A task's new state (and subject).
    State { id: String, state: TaskState, subject: Option<String> },
    /// The whole list, replaced.
    List(Vec<Task>),
}

/// A task or to-do.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Task {
    /// Claude Code's number; empty for a to-do.
    #[serde(default, skip_serializing_if = "none")]
    pub id: String,
    pub subject: String,
    pub state: TaskState,
    /// The line that has its description.
    #[serde(default, skip_serializing_if = "none")]
    pub line: Option<Place>,
}

/// State of a task.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TaskState {
    #[default]
    Pending,
    InProgress,
    Completed,
    Deleted,
}

/// A call that waits for its result.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OpenCall {
    pub id: String,
    pub seq: u32,
    pub at: u32,
    pub line: Place,
    pub what: Asked,
}

/// What an open call is about: as much as its result needs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Asked {
    Run(String),
    Edit { path: String, change: Box<super::symbols::Change> },
    Write { path: String, change: Box<super::symbols::Change> },
    Read(String),
    Look,
    Fetch(String),
    Agent { kind: String, task: String },
    Plan(String),
    Ask,
    Task(Task),
    TaskState { id: String, state: Option<TaskState>, subject: Option<String> },
    Todos(Vec<Task>),
    Output(String),
    Skill(String),
    Other(String),
}

/// Work that goes on in the background.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Background {
    pub id: String,
    /// The command, or the subagent's task.
    pub what: String,
    /// The kind of subagent, where it is one.
    #[serde(default, skip_serializing_if = "none")]
    pub agent: Option<String>,
    /// Number and time of the call that started it.
    pub seq: u32,
    pub at: u32,
    /// It does not run any more, as a hook was told; what it came to has not been seen.
    #[serde(default, skip_serializing_if = "none")]
    pub over: bool,
}

/// A compaction of the context.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Compaction {
    pub at: DateTime<Utc>,
    pub manual: bool,
    pub before: Option<u64>,
    pub after: Option<u64>,
    /// The line of Claude's own summary.
    #[serde(default, skip_serializing_if = "none")]
    pub summary: Option<Place>,
}

/// Something noted on purpose.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Note {
    pub kind: NoteKind,
    pub text: String,
    pub at: DateTime<Utc>,
}

/// What a note is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NoteKind {
    Decision,
    Finding,
    Next,
    Done,
    Context,
}

impl Session {
    /// All turns with facts, oldest first: the merged ones as one.
    pub fn all(&self) -> impl DoubleEndedIterator<Item = &Turn> {
        std::iter::once(&self.earlier).chain(&self.turns)
    }

    /// Prompts of a person, abandoned ones not counted.
    pub fn human_prompts(&self) -> u32 {
        self.merged.1 + self.turns.iter().filter(|t| t.by == By::Human).count() as u32
    }

    /// The newest turn.
    pub fn current(&self) -> Option<&Turn> {
        self.turns.last()
    }

    /// Whether the newest turn was cut off: it never ended, or ended in an API error. A turn that
    /// the user stopped was not.
    pub fn cut_off(&self) -> bool {
        self.current().is_some_and(|t| matches!(t.end, End::Open | End::Failed(_)))
    }
}
