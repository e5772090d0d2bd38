//! Tool calls and their results, from Claude Code's tools to what they do.

use super::block;
use super::raw::{Content, Input, Report, Text, parse};
use crate::bytes;
use crate::session::event::{Call, Detail, Outcome, Result};
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::collections::BTreeMap;

fn or_empty(text: Text<'_>) -> Cow<'_, str> {
    text.0.unwrap_or_default()
}

/// A call, by its tool's name.
pub(super) fn call<'a>(name: &str, input: Input<'a>) -> Call<'a> {
    match name {
        "Bash" | "PowerShell" => Call::Run {
            command: or_empty(input.command),
            background: input.run_in_background.unwrap_or(false),
        },
        "Edit" | "MultiEdit" => {
            let edits = input.edits.0.unwrap_or_default().into_iter();
            let mut changes: Vec<_> =
                edits.map(|e| (or_empty(e.old_string), or_empty(e.new_string))).collect();
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
            Call::Look { what: input.pattern.0.or(input.query.0).unwrap_or_default() }
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
            questions: (input.questions.0.unwrap_or_default().into_iter())
                .map(|q| or_empty(q.question))
                .collect(),
        },
        "TaskCreate" => Call::TaskCreated {
            subject: or_empty(input.subject),
            description: or_empty(input.description),
        },
        "TaskUpdate" => Call::TaskUpdated {
            id: or_empty(input.task),
            status: input.status.0,
            subject: input.subject.0,
        },
        "TodoWrite" => Call::Todos {
            items: (input.todos.0.unwrap_or_default().into_iter())
                .map(|t| (or_empty(t.content), or_empty(t.status)))
                .collect(),
        },
        "TaskOutput" | "BashOutput" | "AgentOutputTool" => {
            Call::Output { id: input.task_id.0.or(input.bash_id.0).unwrap_or_default() }
        }
        "Skill" => Call::Skill { name: input.skill.0.or(input.command.0).unwrap_or_default() },
        _ => Call::Other { name: Cow::Owned(name.to_owned()) },
    }
}

/// A call's result, from what its block shows and what stands beside it on the line.
pub(super) fn result<'a>(
    shown: &mut Content<'a>,
    failed: bool,
    denial: Option<&str>,
    report: Option<&Report<'a>>,
) -> Result<'a> {
    let text = shown.take_text().unwrap_or_default();
    let background = report.and_then(|r| r.background_task_id.as_ref());
    let interrupted = report.is_some_and(|r| r.interrupted.is_true());
    let exit = failed.then(|| exit_code(&text)).flatten();
    let start = text.trim_start();
    let outcome = if background.is_some() {
        Outcome::Background
    } else if denial == Some("user-rejected")
        || (failed && start.starts_with("The user doesn't want to"))
    {
        Outcome::Denied
    } else if interrupted
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
    let detail = report.map_or(Detail::None, |report| detail(report, &text));
    Result { outcome, text: hand_back(text), exit, detail }
}

fn detail<'a>(report: &Report<'a>, text: &str) -> Detail<'a> {
    if let Some(id) = &*report.background_task_id {
        return Detail::Background(id.clone());
    }
    let answers: Option<BTreeMap<Cow<'a, str>, &'a RawValue>> = parse(report.answers);
    if let Some(answers) = answers.filter(|answers| !answers.is_empty()) {
        let answer = |raw: &'a RawValue| {
            parse::<Text<'a>>(Some(raw)).and_then(|t| t.0).unwrap_or(Cow::Borrowed(raw.get()))
        };
        return Detail::Answers(answers.into_iter().map(|(q, a)| (q, answer(a))).collect());
    }
    if let Some(id) = &*report.agent_id {
        return Detail::Agent { id: id.clone() };
    }
    if let Some(id) = report.task.as_ref().and_then(|task| task.id.as_ref()) {
        return Detail::Task(id.clone());
    }
    if text.starts_with("<retrieval_status>") {
        if block::tag(text, "retrieval_status") != Some("success")
            || block::tag(text, "status") == Some("running")
        {
            return Detail::Running;
        }
        return Detail::Ended { exit: block::tag(text, "exit_code").and_then(|c| c.parse().ok()) };
    }
    if report.kind.as_deref() == Some("create") {
        return Detail::Created;
    }
    // What a part of the file was replaced by is known from the call.
    if report.file_path.is_some()
        && report.old_string.is_none()
        && let Some(before) = parse::<Text<'a>>(report.original_file).and_then(|t| t.0)
    {
        return Detail::Before(before);
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
    // Hardly any text has it, and to look from the front is what takes many bytes at once.
    if bytes::find_part(b"\nagentId: ", text.as_bytes()).is_none() {
        return text;
    }
    match text.rfind("\nagentId: ") {
        Some(at) if text[at..].contains("<usage>") => Cow::Owned(text[..at].to_owned()),
        _ => text,
    }
}
