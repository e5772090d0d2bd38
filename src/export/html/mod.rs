//! A document as one page: no script, nothing from elsewhere.

mod chart;
mod prose;

use super::{Document, File};
use crate::follow::Response;
use crate::resume::{self, OpenTask, ResumeLog, State};
use crate::session::facts::By;
use crate::session::text::{line, thousands};
use chrono::{DateTime, Utc};
use maud::{DOCTYPE, Markup, PreEscaped, html};

const STYLE: &str = include_str!("page.css");
/// Whatever a text in the page says, a browser loads and runs nothing.
const POLICY: &str =
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";
/// UTF-16 units of a prompt that stand in the line of its turn; all of it stands below.
const PROMPT: usize = 160;

/// The document as a page.
pub fn html(document: &Document) -> String {
    let subject = &document.log.subject;
    let title = document.title();
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta http-equiv="Content-Security-Policy" content=(POLICY);
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                meta name="generator" content="rejoin";
                title { (title) " · " (subject.project) }
                style { (PreEscaped(STYLE)) }
            }
            body {
                a .skip href="#log" { "Skip to the resume log" }
                header {
                    p .project {
                        (subject.project)
                        @if let Some(branch) = &subject.branch { " · branch " code { (branch) } }
                    }
                    h1 dir="auto" { (title) }
                    p { span class=(standing(subject.state)) { (subject.ended) } }
                    (glance(document))
                }
                main {
                    @if let Some(message) = &document.message {
                        section aria-labelledby="message" {
                            h2 #message { "Left by whoever paused" }
                            p .text dir="auto" { (message) }
                        }
                    }
                    @if let Some(curve) = &document.curve { (chart::chart(curve)) }
                    (tasks(&document.tasks))
                    (turns(&document.turns))
                    (files(&document.files))
                    (checks(&document.checks))
                    (log(&document.log, document.files.is_empty()))
                }
                footer {
                    p {
                        "Exported " (time(document.exported)) " by rejoin. Secrets were removed as far as they are "
                        "recognised; read it through before you pass it on. All times are UTC."
                    }
                }
            }
        }
    };
    page.into_string()
}

fn standing(state: State) -> &'static str {
    match state {
        State::CutOff | State::Failed => "state broken",
        State::Running => "state running",
        State::Empty | State::Ended | State::Interrupted => "state",
    }
}

/// A time for people, with its exact form for programs.
fn time(at: DateTime<Utc>) -> Markup {
    html! { time datetime=(at.to_rfc3339()) { (at.format("%Y-%m-%d %H:%M")) } }
}

/// Numbers, a pair of lines each.
fn glance(document: &Document) -> Markup {
    let subject = &document.log.subject;
    let prompts =
        document.turns.iter().filter(|t| t.by == By::Human && t.agent_id.is_none()).count();
    let agents = document.turns.iter().filter(|t| t.agent_id.is_some()).count();
    let output: u64 = document.turns.iter().map(|t| t.usage.output_tokens).sum();
    let model = document.turns.iter().rev().map(|t| &*t.model).find(|m| m.starts_with("claude"));
    html! {
        dl .glance {
            div { dt { "Session" } dd { code { (subject.session) } } }
            @if let Some(origin) = &subject.origin { div { dt { "Origin" } dd { (origin) } } }
            @if let (Some(from), Some(to)) = (subject.from, subject.to) {
                div { dt { "From" } dd { (time(from)) } }
                div { dt { "To" } dd { (time(to)) } }
            }
            @if let Some(model) = model { div { dt { "Model" } dd { (model) } } }
            @if prompts > 0 { div { dt { "Prompts" } dd { (prompts) } } }
            @if agents > 0 { div { dt { "Subagents" } dd { (agents) } } }
            @if output > 0 { div { dt { "Output tokens" } dd { (thousands(output)) } } }
        }
    }
}

fn tasks(tasks: &[OpenTask]) -> Markup {
    let done = tasks.iter().filter(|task| task.state == "done").count();
    html! {
        @if !tasks.is_empty() {
            section aria-labelledby="tasks" {
                h2 #tasks { "Tasks " small { (done) " of " (tasks.len()) " done" } }
                ul .tasks {
                    @for task in tasks {
                        li .done[task.state == "done"] {
                            span .mark aria-hidden="true" { (mark(&task.state)) }
                            span dir="auto" {
                                @if !task.id.is_empty() { code { (task.id) } " " }
                                (task.title)
                            }
                            " " small { (task.state) }
                        }
                    }
                }
            }
        }
    }
}

fn mark(state: &str) -> &'static str {
    match state {
        "done" => "✓",
        "in progress" => "▸",
        "blocked" => "✕",
        _ => "○",
    }
}

fn turns(turns: &[Response]) -> Markup {
    html! {
        @if !turns.is_empty() {
            section aria-labelledby="timeline" {
                h2 #timeline { "Timeline" }
                ol .turns { @for turn in turns { (one(turn)) } }
            }
        }
    }
}

fn one(turn: &Response) -> Markup {
    let who = match (&turn.agent_type, turn.by) {
        (Some(kind), _) => format!("subagent {kind}"),
        (None, By::Human) => "person".to_owned(),
        (None, By::Machine) => "Claude Code".to_owned(),
    };
    let short = line(&turn.prompt, PROMPT);
    let whole = short == turn.prompt.trim();
    html! {
        li .agent[turn.agent_id.is_some()] .abandoned[turn.abandoned] {
            p .when {
                @if let Some(at) = turn.started_at { (time(at)) " · " }
                (who)
                @if turn.duration_ms >= 1000 { " · " (lasted(turn.duration_ms)) }
                @if turn.abandoned { " · taken back" }
                @match &*turn.stop_reason {
                    "" | "end_turn" => {}
                    reason => {
                        " · " strong {
                            (reason.replace('_', " "))
                            @if let Some(error) = &turn.error { ": " (error) }
                        }
                    }
                }
            }
            p .asked dir="auto" { @if short.is_empty() { "(no text)" } @else { (short) } }
            @if !whole {
                details { summary { "The whole prompt" } p .text dir="auto" { (turn.prompt) } }
            }
            @if !turn.response.is_empty() {
                details { summary { "What it came to" } div .prose dir="auto" { (prose::prose(&turn.response)) } }
            }
            @let numbers = numbers(turn);
            @if !numbers.is_empty() { p .numbers { (numbers) } }
        }
    }
}

/// Tokens, tools and files of a turn, in a line.
fn numbers(turn: &Response) -> String {
    let mut said = Vec::new();
    if turn.usage.output_tokens > 0 {
        let plural = if turn.usage.output_tokens == 1 { "" } else { "s" };
        said.push(format!("{} token{plural} out", thousands(turn.usage.output_tokens)));
    }
    for (tool, calls) in &turn.tools {
        said.push(match calls.failed {
            0 => format!("{tool} ×{}", calls.calls),
            failed => format!("{tool} ×{} ({failed} failed)", calls.calls),
        });
    }
    match turn.files.len() {
        0 => {}
        1 => said.push("1 file changed".to_owned()),
        count => said.push(format!("{count} files changed")),
    }
    said.join(" · ")
}

fn lasted(milliseconds: i64) -> String {
    match milliseconds / 1000 {
        seconds @ 0..=119 => format!("{seconds} s"),
        seconds @ 120..=7199 => format!("{} min", seconds / 60),
        seconds => format!("{} h {} min", seconds / 3600, seconds / 60 % 60),
    }
}

fn files(files: &[File]) -> Markup {
    html! {
        @if !files.is_empty() {
            section aria-labelledby="files" {
                h2 #files { "Files changed " small { (files.len()) } }
                div .scroll tabindex="0" role="region" aria-labelledby="files" {
                    table {
                        thead { tr {
                            th scope="col" { "File" }
                            th scope="col" .number { "Edits" }
                            th scope="col" .number { "Lines +" }
                            th scope="col" .number { "Lines −" }
                            th scope="col" { "State" }
                        } }
                        tbody {
                            @for file in files {
                                tr {
                                    th scope="row" { code { (file.path) } }
                                    td .number { (file.edits) }
                                    td .number { (file.added) }
                                    td .number { (file.removed) }
                                    td {
                                        (match (file.new, file.uncommitted) {
                                            (true, true) => "new, uncommitted",
                                            (true, false) => "new",
                                            (false, true) => "uncommitted",
                                            (false, false) => "",
                                        })
                                    }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn checks(checks: &[String]) -> Markup {
    html! {
        @if !checks.is_empty() {
            section aria-labelledby="checks" {
                h2 #checks { "Commands that check it" }
                @for check in checks { pre { code { (check) } } }
            }
        }
    }
}

/// The log as its Markdown has it; the files only where no table has them.
fn log(log: &ResumeLog, with_files: bool) -> Markup {
    let mut log = log.clone();
    if !with_files {
        log.metadata.files.clear();
    }
    let text = resume::markdown(&log);
    // The title and what it is about stand in the page's head.
    let body = text.find("\n## ").map_or(&*text, |at| &text[at + 1..]);
    html! {
        section .log aria-labelledby="log" {
            h2 #log { "Resume log" }
            div .prose dir="auto" { (prose::prose(&spaced(body))) }
        }
    }
}

/// The log's Markdown with an empty line before each of its own headings: the log saves them, and a
/// reader of Markdown would take the heading for a part of the item before it.
fn spaced(log: &str) -> String {
    let mut out = String::with_capacity(log.len() + 64);
    for line in log.lines() {
        // All but the first line of an entry are indented.
        if line.starts_with("**") {
            out.push('\n');
        }
        out.push_str(line);
        out.push('\n');
    }
    out
}
