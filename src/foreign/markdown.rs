//! A resume log that is Markdown: ours, claude-mpm's, or one that a person wrote under such headings.

use super::entries::{add, empty, is_empty};
use super::files;
use crate::resume::{Entry, ResumeLog, Topic};
use crate::session::text::line;
use chrono::{DateTime, Utc};

/// Our own headings within a section, so that a log that is read back says what it said.
const TOPICS: [(&str, Topic); 35] = [
    ("Since then", Topic::Meanwhile),
    ("Notes", Topic::Note),
    ("Asked", Topic::Asked),
    ("What it is about", Topic::Goal),
    ("Unanswered", Topic::Unanswered),
    ("State", Topic::Task),
    ("Unsolved", Topic::Unsolved),
    ("Next", Topic::Next),
    ("Last said", Topic::LastSaid),
    ("In the background", Topic::Background),
    ("In progress: said, then done", Topic::InProgress),
    ("What it demands", Topic::Requirement),
    ("What was tried", Topic::Attempts),
    ("Named, not touched yet", Topic::Untouched),
    ("Place", Topic::Place),
    ("Uncommitted", Topic::Uncommitted),
    ("Checks", Topic::Check),
    ("Commands", Topic::Command),
    ("Standing rules and exclusions", Topic::Rule),
    ("How it is set up", Topic::Setup),
    ("Names in play", Topic::Names),
    ("Code as last written", Topic::Code),
    ("Commits", Topic::Commit),
    ("Finished", Topic::Finished),
    ("Steps taken for each", Topic::Steps),
    ("Errors and what fixed them", Topic::Fixed),
    ("Observations", Topic::Finding),
    ("What turns came to", Topic::Closing),
    ("Subagents", Topic::Report),
    ("Claude's own summary", Topic::Summary),
    ("Looked up", Topic::Source),
    ("Answers of the user", Topic::Answer),
    ("Corrections by the user", Topic::Correction),
    ("Plans", Topic::Plan),
    ("Choices, in Claude's words", Topic::Decision),
];

/// What a heading opens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    Head,
    Mission,
    Accomplishments,
    Findings,
    Decisions,
    Next,
    Context,
    Metrics,
    Files,
    Metadata,
    Agents,
    Errors,
    Warnings,
    /// Instructions of the other program's own.
    Nothing,
}

fn part(heading: &str) -> Part {
    let heading = heading.to_lowercase();
    let begins = |words: &[&str]| words.iter().any(|word| heading.starts_with(word));
    if begins(&["mission", "what you were working on", "goal", "task", "summary"]) {
        Part::Mission
    } else if begins(&["accomplish", "done", "completed"]) {
        Part::Accomplishments
    } else if begins(&["decision"]) {
        Part::Decisions
    } else if begins(&["next", "open", "todo", "to do", "to-do"]) {
        Part::Next
    } else if begins(&["context metrics"]) {
        Part::Metrics
    } else if begins(&["files"]) {
        Part::Files
    } else if begins(&["session metadata"]) {
        Part::Metadata
    } else if begins(&["agents"]) {
        Part::Agents
    } else if begins(&["errors"]) {
        Part::Errors
    } else if begins(&["warnings"]) {
        Part::Warnings
    } else if begins(&[
        "critical",
        "active context",
        "git context",
        "important",
        "context",
        "constraint",
    ]) {
        Part::Context
    } else if begins(&["resume instructions", "timeline"]) {
        Part::Nothing
    } else {
        Part::Findings
    }
}

/// The log; `None` when the text has no heading or nothing under any.
pub(super) fn log(text: &str) -> Option<ResumeLog> {
    let mut reading =
        Reading { log: empty(""), part: Part::Head, topic: None, item: String::new() };
    for one in text.lines() {
        reading.line(one);
    }
    reading.close();
    (!is_empty(&reading.log)).then_some(reading.log)
}

struct Reading {
    log: ResumeLog,
    part: Part,
    /// Our own heading within a section, or the bold words that another's has.
    topic: Option<String>,
    /// The item that the lines belong to.
    item: String,
}

impl Reading {
    fn line(&mut self, text: &str) {
        if let Some(heading) = text.strip_prefix("## ") {
            self.close();
            // The one topic that has a section of its own, behind the others.
            let code = heading == "Code as last written";
            self.part = if code { Part::Context } else { part(heading) };
            self.topic = code.then(|| heading.to_owned());
        } else if let Some(title) = text.strip_prefix("# ") {
            self.close();
            self.title(title);
        } else if text.starts_with("<!--") || text.starts_with("Left out:") || text == "---" {
            self.close();
        } else if self.part == Part::Head {
            self.head(text);
        } else if let Some(item) = item(text) {
            self.close();
            item.clone_into(&mut self.item);
        } else if let Some((words, rest)) = bold(text) {
            self.close();
            if rest.is_empty() {
                self.topic = Some(words.to_owned());
            } else {
                // A heading with its only item, or what another program says of one thing.
                self.topic = Some(words.to_owned());
                rest.clone_into(&mut self.item);
                self.close();
                self.topic = None;
            }
        } else if text.trim().is_empty() {
            // Within an item an empty line stands between indented ones.
            if !self.item.is_empty() {
                self.item.push('\n');
            }
        } else {
            if self.item.ends_with("\n\n") && !text.starts_with("  ") {
                self.close();
            }
            if !self.item.is_empty() && !self.item.ends_with('\n') {
                self.item.push('\n');
            }
            self.item.push_str(text.strip_prefix("  ").unwrap_or(text));
        }
    }

    /// `# shop, branch `main`: turn ended`, `# Session Resume Log: id`.
    fn title(&mut self, title: &str) {
        let subject = &mut self.log.subject;
        if let Some(id) = title.strip_prefix("Session Resume Log:") {
            subject.session = line(id, 100);
        } else if let Some((project, ended)) = title.split_once(": ") {
            let (project, branch) = project.split_once(", branch `").unwrap_or((project, ""));
            subject.project = line(project, 100);
            subject.branch = branch.strip_suffix('`').map(|branch| line(branch, 200));
            subject.ended = line(ended, 200);
        } else {
            subject.title = Some(line(title, 200));
        }
    }

    /// What stands between the title and the first section.
    fn head(&mut self, text: &str) {
        let subject = &mut self.log.subject;
        if let Some(rest) = text.strip_prefix("Claude Code session `")
            && let Some((id, span)) = rest.split_once('`')
        {
            subject.session = line(id, 100);
            let (from, to) = span.trim_start_matches(", ").split_once(" to ").unwrap_or_default();
            subject.from = time(from);
            let day = from.split(' ').next().unwrap_or_default();
            subject.to = time(to).or_else(|| time(&format!("{day} {to}")));
        } else if let Some(("Created", at)) = bold(text) {
            subject.to = super::claude_mpm::time(at);
        }
    }

    /// The item is whole.
    fn close(&mut self) {
        let item = std::mem::take(&mut self.item);
        let item = item.trim();
        if item.is_empty() {
            return;
        }
        let known = self.topic.as_ref().and_then(|words| {
            TOPICS.iter().find(|(heading, _)| heading == words).map(|(_, topic)| *topic)
        });
        // Bold words that are no heading of ours say what the item is about.
        let text = match (&self.topic, known) {
            (Some(words), None) if self.part != Part::Metadata => format!("{words}: {item}"),
            _ => item.to_owned(),
        };
        let log = &mut self.log;
        let (section, usual): (&mut Vec<Entry>, Topic) = match self.part {
            Part::Mission => (&mut log.mission, Topic::Asked),
            Part::Accomplishments => (&mut log.accomplishments, Topic::Finished),
            Part::Findings => (&mut log.key_findings, Topic::Finding),
            Part::Decisions => (&mut log.decisions, Topic::Decision),
            Part::Next => (&mut log.next_steps, Topic::Next),
            Part::Context => (&mut log.critical_context, Topic::Place),
            Part::Metrics => (&mut log.context_metrics, Topic::Metrics),
            Part::Files => return files::add(&mut log.metadata.files, item),
            Part::Agents => return keep(&mut log.metadata.agents, item),
            Part::Errors => return keep(&mut log.metadata.errors, item),
            Part::Warnings => return keep(&mut log.metadata.warnings, item),
            Part::Metadata => {
                let words = self.topic.as_deref().unwrap_or_default();
                return match words.split(' ').next().unwrap_or_default() {
                    "Files" => files::add_changed(&mut log.metadata.files, item),
                    "Agents" => keep(&mut log.metadata.agents, item),
                    "Errors" => keep(&mut log.metadata.errors, item),
                    "Warnings" => keep(&mut log.metadata.warnings, item),
                    "Session" => log.subject.session = line(item.trim_matches('`'), 100),
                    "Paused" => log.subject.to = super::claude_mpm::time(item),
                    _ => {}
                };
            }
            Part::Head | Part::Nothing => return,
        };
        add(section, known.unwrap_or(usual), &text);
    }
}

fn keep(list: &mut Vec<String>, item: &str) {
    if list.len() < 40 {
        list.push(crate::session::text::cut(item, 400));
    }
}

/// `2026-11-22 17:48`, with or without `UTC`.
fn time(text: &str) -> Option<DateTime<Utc>> {
    let text = text.trim_end_matches(" UTC").trim_end_matches('.');
    let time = chrono::NaiveDateTime::parse_from_str(text.trim(), "%Y-%m-%d %H:%M").ok()?;
    Some(time.and_utc())
}

/// The text of a list item: `- text`, `* text`, `3. text`.
fn item(text: &str) -> Option<&str> {
    if let Some(item) = text.strip_prefix("- ").or_else(|| text.strip_prefix("* ")) {
        return Some(item);
    }
    let (number, item) = text.split_once(". ")?;
    let digits = (1..=3).contains(&number.len()) && number.bytes().all(|b| b.is_ascii_digit());
    digits.then_some(item)
}

/// `**words**: rest`, `**words:** rest`, `**words (3):**`.
fn bold(text: &str) -> Option<(&str, &str)> {
    let (words, rest) = text.strip_prefix("**")?.split_once("**")?;
    let words = words.trim_end_matches(':').trim();
    let counted = rest.trim().trim_end_matches(':');
    let counted = counted.starts_with('(') && counted.ends_with(')');
    let rest = if counted { "" } else { rest.trim_start_matches(':').trim() };
    Some((words, rest))
}
