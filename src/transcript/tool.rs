//! Tool calls and their results, from Claude Code's tools to what they do.

use super::block;
use super::raw::{Block, Line, Text, parse};
use crate::session::event::{Call, Detail, Outcome, Result};
use serde::Deserialize;
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::collections::BTreeMap;

/// The fields of all tools' inputs that are read.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Input<'a> {
    #[serde(borrow)]
    command: Option<Text<'a>>,
    run_in_background: Option<bool>,
    #[serde(borrow)]
    file_path: Option<Text<'a>>,
    #[serde(borrow)]
    notebook_path: Option<Text<'a>>,
    #[serde(borrow)]
    path: Option<Text<'a>>,
    #[serde(borrow)]
    old_string: Option<Text<'a>>,
    #[serde(borrow)]
    new_string: Option<Text<'a>>,
    #[serde(borrow)]
    new_source: Option<Text<'a>>,
    #[serde(borrow)]
    edits: Vec<Edit<'a>>,
    #[serde(borrow)]
    content: Option<Text<'a>>,
    #[serde(borrow)]
    pattern: Option<Text<'a>>,
    #[serde(borrow)]
    url: Option<Text<'a>>,
    #[serde(borrow)]
    query: Option<Text<'a>>,
    #[serde(borrow)]
    subagent_type: Option<Text<'a>>,
    #[serde(borrow)]
    description: Option<Text<'a>>,
    #[serde(borrow)]
    plan: Option<Text<'a>>,
    #[serde(borrow)]
    questions: Vec<Question<'a>>,
    #[serde(borrow)]
    subject: Option<Text<'a>>,
    #[serde(borrow, rename = "taskId")]
    task: Option<Text<'a>>,
    #[serde(borrow)]
    task_id: Option<Text<'a>>,
    #[serde(borrow)]
    bash_id: Option<Text<'a>>,
    #[serde(borrow)]
    status: Option<Text<'a>>,
    #[serde(borrow)]
    todos: Vec<Todo<'a>>,
    #[serde(borrow)]
    skill: Option<Text<'a>>,
}

#[derive(Debug, Deserialize)]
struct Edit<'a> {
    #[serde(borrow)]
    old_string: Option<Text<'a>>,
    #[serde(borrow)]
    new_string: Option<Text<'a>>,
}

#[derive(Debug, Deserialize)]
struct Question<'a> {
    #[serde(borrow)]
    question: Option<Text<'a>>,
}

#[derive(Debug, Deserialize)]
struct Todo<'a> {
    #[serde(borrow)]
    content: Option<Text<'a>>,
    #[serde(borrow)]
    status: Option<Text<'a>>,
}

fn or_empty(text: Option<Text<'_>>) -> Cow<'_, str> {
    text.map(|t| t.0).unwrap_or_default()
}

/// A call, by its tool's name.
pub(super) fn call<'a>(name: &str, input: Option<&'a RawValue>) -> Call<'a> {
    let input: Input<'a> = parse(input).unwrap_or_default();
    match name {
        "Bash" | "PowerShell" => Call::Run {
            command: or_empty(input.command),
            background: input.run_in_background.unwrap_or(false),
        },
        "Edit" | "MultiEdit" => {
            let mut changes: Vec<_> = input
                .edits
                .into_iter()
                .map(|e| (or_empty(e.old_string), or_empty(e.new_string)))
                .collect();
            if changes.is_empty() {
                changes.push((or_empty(input.old_string), or_empty(input.new_string)));
            }
            Call::Edit { path: or_empty(input.file_path), changes }
        }
        "NotebookEdit" => Call::Edit {
            path: or_empty(input.notebook_path),
            changes: vec![(Cow::Borrowed(""), or_empty(input.new_source))],
        },
        "Write" => {
            Call::Write { path: or_empty(input.file_path), content: or_empty(input.content) }
        }
        "Read" => Call::Read { path: or_empty(input.file_path) },
        "NotebookRead" => Call::Read { path: or_empty(input.notebook_path) },
        "Grep" | "Glob" | "ToolSearch" => {
            Call::Look { what: or_empty(input.pattern.or(input.query)) }
        }
        "LS" => Call::Look { what: or_empty(input.path) },
        "WebFetch" => Call::Fetch { what: or_empty(input.url) },
        "WebSearch" => Call::Fetch { what: or_empty(input.query) },
        "Task" | "Agent" => Call::Agent {
            kind: or_empty(input.subagent_type),
            description: or_empty(input.description),
        },
        "ExitPlanMode" => Call::Plan { text: or_empty(input.plan) },
        "AskUserQuestion" => Call::Ask {
            questions: input.questions.into_iter().map(|q| or_empty(q.question)).collect(),
        },
        "TaskCreate" => Call::TaskCreated {
            subject: or_empty(input.subject),
            description: or_empty(input.description),
        },
        "TaskUpdate" => Call::TaskUpdated {
            id: or_empty(input.task),
            status: input.status.map(|s| s.0),
            subject: input.subject.map(|s| s.0),
        },
        "TodoWrite" => Call::Todos {
            items: input
                .todos
                .into_iter()
                .map(|t| (or_empty(t.content), or_empty(t.status)))
                .collect(),
        },
        "TaskOutput" | "BashOutput" | "AgentOutputTool" => {
            Call::Output { id: or_empty(input.task_id.or(input.bash_id)) }
        }
        "Skill" => Call::Skill { name: or_empty(input.skill.or(input.command)) },
        _ => Call::Other { name: Cow::Owned(name.to_owned()) },
    }
}

/// What the tools report beside the text that the model sees.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Report<'a> {
    #[serde(borrow, rename = "type")]
    kind: Option<Text<'a>>,
    interrupted: Option<bool>,
    #[serde(borrow)]
    background_task_id: Option<Text<'a>>,
    #[serde(borrow)]
    original_file: Option<&'a RawValue>,
    #[serde(borrow)]
    file_path: Option<Text<'a>>,
    #[serde(borrow)]
    answers: BTreeMap<Cow<'a, str>, &'a RawValue>,
    #[serde(borrow)]
    task: Option<&'a RawValue>,
    #[serde(borrow)]
    agent_id: Option<Text<'a>>,
}

/// A call's result, from its block and what stands beside it on the line.
pub(super) fn result<'a>(line: &Line<'a>, part: &Block<'a>) -> Result<'a> {
    let text = block::text(part.content).unwrap_or_default();
    let failed = part.is_error.unwrap_or(false);
    let denial = line.tool_denial_kind.as_ref().map(|k| &*k.0);
    let report: Report<'a> = parse(line.tool_use_result).unwrap_or_default();
    let exit = failed.then(|| exit_code(&text)).flatten();
    let start = text.trim_start();
    let outcome = if report.background_task_id.is_some() {
        Outcome::Background
    } else if denial == Some("user-rejected")
        || (failed && start.starts_with("The user doesn't want to"))
    {
        Outcome::Denied
    } else if report.interrupted == Some(true)
        || denial == Some("interrupted")
        || start.starts_with("[Request interrupted")
    {
        Outcome::Interrupted
    } else if denial.is_some() {
        Outcome::Refused
    } else if failed {
        Outcome::Failed
    } else {
        Outcome::Ok
    };
    let detail = detail(report, &text);
    Result { outcome, text: hand_back(text), exit, detail }
}

fn detail<'a>(report: Report<'a>, text: &str) -> Detail<'a> {
    if let Some(id) = report.background_task_id {
        return Detail::Background(id.0);
    }
    if !report.answers.is_empty() {
        let answer = |raw: &'a RawValue| {
            parse::<Text<'a>>(Some(raw)).map_or(Cow::Borrowed(raw.get()), |t| t.0)
        };
        return Detail::Answers(report.answers.into_iter().map(|(q, a)| (q, answer(a))).collect());
    }
    if let Some(id) = report.agent_id {
        return Detail::Agent { id: id.0 };
    }
    if let Some(task) = report.task {
        #[derive(Deserialize)]
        struct Made<'a> {
            #[serde(borrow)]
            id: Option<Text<'a>>,
        }
        if let Some(id) = parse::<Made<'a>>(Some(task)).and_then(|t| t.id) {
            return Detail::Task(id.0);
        }
    }
    if text.starts_with("<retrieval_status>") {
        if block::tag(text, "retrieval_status") != Some("success")
            || block::tag(text, "status") == Some("running")
        {
            return Detail::Running;
        }
        return Detail::Ended { exit: block::tag(text, "exit_code").and_then(|c| c.parse().ok()) };
    }
    if report.kind.is_some_and(|k| k.0 == "create") {
        return Detail::Created;
    }
    if report.file_path.is_some()
        && let Some(before) = parse::<Text<'a>>(report.original_file)
    {
        return Detail::Before(before.0);
    }
    Detail::None
}

/// The number in a text that starts with `Exit code N`.
fn exit_code(text: &str) -> Option<i32> {
    let rest = text.trim_start().strip_prefix("Exit code ")?;
    let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
    rest[..end].parse().ok()
}

/// A subagent's report without the frame that Claude Code puts around it.
fn hand_back(text: Cow<'_, str>) -> Cow<'_, str> {
    let Some(at) = text.find("The report follows:\n") else {
        return cut_tail(text);
    };
    if !text.trim_start().starts_with('<') && !text.contains("[Subagent hand-back]") {
        return text;
    }
    let body = &text[at + "The report follows:\n".len()..];
    let body = body.lines().take_while(|l| !l.starts_with("agentId: "));
    Cow::Owned(body.map(|l| l.strip_prefix("  ").unwrap_or(l)).collect::<Vec<_>>().join("\n"))
}

/// A subagent's report of older versions: its id and usage stand behind it.
fn cut_tail(text: Cow<'_, str>) -> Cow<'_, str> {
    match text.rfind("\nagentId: ") {
        Some(at) if text[at..].contains("<usage>") => Cow::Owned(text[..at].to_owned()),
        _ => text,
    }
}
