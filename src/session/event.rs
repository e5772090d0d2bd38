//! What a transcript line says, in the domain's words.
//!
//! `transcript` produces these from Claude Code's lines, `fold` consumes them; neither the names of
//! Claude Code's fields nor files are known here.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

/// A line of the transcript, by its place: the facts keep this instead of long text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Place {
    /// Byte offset of the line's first byte.
    #[serde(rename = "o")]
    pub offset: u64,
    /// Bytes up to, not including, its line end.
    #[serde(rename = "n")]
    pub len: u32,
}

/// Where and when an event stands.
#[derive(Debug, Clone, Copy)]
pub struct At {
    /// The line's own time; lines without one take that of the line before.
    pub time: DateTime<Utc>,
    /// The line.
    pub place: Place,
}

/// Who started a turn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Author {
    /// A person, in the interface or by `claude -p`.
    Human,
    /// Claude Code itself: a task notification, a scheduled prompt.
    Machine,
}

/// One fact of one line. A line may hold several.
#[derive(Debug, Clone)]
pub enum Event<'a> {
    /// A prompt that starts a turn.
    Prompt { id: Cow<'a, str>, prompt_id: Option<Cow<'a, str>>, author: Author, text: Cow<'a, str> },
    /// The conversation went on from before the prompt at this offset (`/rewind`, Esc before an
    /// answer): what came since is abandoned.
    Rewound { to: u64 },
    /// Text that a person typed while the turn ran.
    Queued { text: Cow<'a, str> },
    /// Text put into the queue; it comes again as `Prompt` or `Queued` when Claude gets to see it.
    Waiting { text: Cow<'a, str> },
    /// A text left the queue without Claude having seen it (`None`: all of them did).
    Unqueued { text: Option<Cow<'a, str>> },
    /// The user stopped the running turn.
    Interrupted,
    /// Visible text of the assistant.
    Said { text: Cow<'a, str> },
    /// A tool call; `name` is Claude Code's own of the tool.
    Called { id: Cow<'a, str>, name: Cow<'a, str>, call: Call<'a> },
    /// A tool call's result.
    Returned { id: Cow<'a, str>, result: Result<'a> },
    /// One response's tokens; may come several times for one response, the last is right.
    Responded {
        message_id: Cow<'a, str>,
        model: Cow<'a, str>,
        requested: Option<Cow<'a, str>>,
        usage: Usage,
        stop: Option<Stop>,
    },
    /// A request that failed for good, or a retry that was announced.
    ApiError { kind: Cow<'a, str>, text: Cow<'a, str>, last: bool },
    /// The turn came to its end.
    TurnEnded,
    /// The context was compacted.
    Compacted { manual: bool, before: Option<u64>, after: Option<u64> },
    /// Claude's own summary at a compaction.
    Summary { text: Cow<'a, str> },
    /// The session's name.
    Titled { text: Cow<'a, str>, by_user: bool },
    /// Background work came to its end.
    BackgroundEnded { id: Cow<'a, str>, status: Cow<'a, str>, summary: Cow<'a, str> },
    /// What the whole process used, as Claude Code itself counts, hidden calls included.
    Cost { usd: f64, output: u64 },
    /// Where the session stands; with every line that says so.
    Located { folder: Cow<'a, str>, branch: Option<Cow<'a, str>>, version: Option<Cow<'a, str>> },
}

/// A tool call, by what it does.
#[derive(Debug, Clone)]
pub enum Call<'a> {
    /// A shell command.
    Run { command: Cow<'a, str>, background: bool },
    /// A change in a file: the old and the new text.
    Edit { path: Cow<'a, str>, changes: Vec<(Cow<'a, str>, Cow<'a, str>)> },
    /// A file written whole.
    Write { path: Cow<'a, str>, content: Cow<'a, str> },
    /// A file read.
    Read { path: Cow<'a, str> },
    /// A search in files, or a fetch or search of the web: what was looked for.
    Look { what: Cow<'a, str> },
    /// A page fetched or searched for.
    Fetch { what: Cow<'a, str> },
    /// A subagent started.
    Agent { kind: Cow<'a, str>, description: Cow<'a, str> },
    /// A plan shown to the user for approval.
    Plan { text: Cow<'a, str> },
    /// Questions put to the user.
    Ask { questions: Vec<Cow<'a, str>> },
    /// A task made.
    TaskCreated { subject: Cow<'a, str>, description: Cow<'a, str> },
    /// A task changed.
    TaskUpdated { id: Cow<'a, str>, status: Option<Cow<'a, str>>, subject: Option<Cow<'a, str>> },
    /// The whole list of to-dos: text and status.
    Todos { items: Vec<(Cow<'a, str>, Cow<'a, str>)> },
    /// Output of background work asked for.
    Output { id: Cow<'a, str> },
    /// A skill used.
    Skill { name: Cow<'a, str> },
    /// Any other tool.
    Other { name: Cow<'a, str> },
}

/// How a tool call ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// It ran and reported no error.
    Ok,
    /// It ran and failed.
    Failed,
    /// It never ran: a hook, a permission rule or the tool itself refused it.
    Refused,
    /// The user refused it.
    Denied,
    /// The user, or the end of the process, stopped it.
    Interrupted,
    /// It goes on in the background.
    Background,
}

/// A tool call's result.
#[derive(Debug, Clone)]
pub struct Result<'a> {
    /// How it ended.
    pub outcome: Outcome,
    /// What the model was shown.
    pub text: Cow<'a, str>,
    /// The exit code, where one was told.
    pub exit: Option<i32>,
    /// What the tool reported beyond its text.
    pub detail: Detail<'a>,
}

/// What a tool reported beyond its text.
#[derive(Debug, Clone, Default)]
pub enum Detail<'a> {
    /// Nothing of use.
    #[default]
    None,
    /// A file that did not exist before.
    Created,
    /// A file's text before it was overwritten.
    Before(Cow<'a, str>),
    /// The id of the background work that was started.
    Background(Cow<'a, str>),
    /// Answers of the user: question and answer.
    Answers(Vec<(Cow<'a, str>, Cow<'a, str>)>),
    /// The id of the task that was made.
    Task(Cow<'a, str>),
    /// A finished subagent.
    Agent { id: Cow<'a, str> },
    /// Background work, asked after, has ended.
    Ended { exit: Option<i32> },
    /// Background work, asked after, still runs.
    Running,
}

/// Why a response ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stop {
    /// It was done.
    EndTurn,
    /// It called a tool.
    ToolUse,
    /// It ran into the output limit.
    MaxTokens,
    /// The model refused.
    Refusal,
    /// Anything else.
    Other,
}

/// Tokens of one response, or a sum of such.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Usage {
    /// Input that was neither read from nor written to the cache.
    pub input: u64,
    /// Output, thinking included.
    pub output: u64,
    /// Thinking, part of `output`.
    pub thinking: u64,
    /// Input written to the five-minute cache.
    pub write_5m: u64,
    /// Input written to the one-hour cache.
    pub write_1h: u64,
    /// Input read from the cache.
    pub read: u64,
}

impl Usage {
    /// What the response occupies of the context window: all input and its output.
    pub fn context(&self) -> u64 {
        self.input + self.output + self.write_5m + self.write_1h + self.read
    }

    /// Adds another's tokens.
    pub fn add(&mut self, other: &Self) {
        self.input += other.input;
        self.output += other.output;
        self.thinking += other.thinking;
        self.write_5m += other.write_5m;
        self.write_1h += other.write_1h;
        self.read += other.read;
    }

    /// Takes tokens back that were counted too early.
    pub fn take(&mut self, other: &Self) {
        self.input -= other.input.min(self.input);
        self.output -= other.output.min(self.output);
        self.thinking -= other.thinking.min(self.thinking);
        self.write_5m -= other.write_5m.min(self.write_5m);
        self.write_1h -= other.write_1h.min(self.write_1h);
        self.read -= other.read.min(self.read);
    }
}
