//! A paused session.

use super::{list, text, time};
use crate::foreign::entries::{add, empty, is_empty};
use crate::foreign::files;
use crate::resume::{ResumeLog, Topic};
use crate::session::text::line;
use serde_json::Value;

/// What is written where nobody said anything.
const PLACEHOLDERS: [&str; 2] = ["Manual pause - see message below", "No summary provided"];

/// The log; `None` when nothing is told.
pub(super) fn log(value: &Value) -> Option<ResumeLog> {
    let mut log = empty(&text(value, "session_id"));
    log.subject.to = time(&text(value, "paused_at"));
    "paused on purpose".clone_into(&mut log.subject.ended);
    let folder = text(value, "project_path");
    log.subject.project = line(folder.rsplit(['/', '\\']).next().unwrap_or_default(), 100);
    log.subject.folder = line(&folder, 400);
    let conversation = &value["conversation"];
    for (key, topic) in [("primary_task", Topic::Asked), ("summary", Topic::Note)] {
        let said = text(conversation, key);
        if !PLACEHOLDERS.contains(&said.trim()) {
            add(&mut log.mission, topic, &said);
        }
    }
    for item in list(conversation, "accomplishments") {
        add(&mut log.accomplishments, Topic::Finished, &item);
    }
    for item in list(conversation, "next_steps") {
        add(&mut log.next_steps, Topic::Next, &item);
    }
    let todos = &value["todos"];
    let tasks = &value["task_list"];
    let open = list(todos, "active").into_iter().chain(list(tasks, "in_progress_tasks"));
    for item in open.chain(list(tasks, "pending_tasks")).chain(list(value, "open_questions")) {
        add(&mut log.next_steps, Topic::Task, &item);
    }
    for item in list(todos, "completed") {
        add(&mut log.accomplishments, Topic::Finished, &item);
    }
    for item in list(value, "important_reminders") {
        add(&mut log.critical_context, Topic::Rule, &item);
    }
    git(&value["git_context"], &mut log);
    (!is_empty(&log)).then_some(log)
}

fn git(context: &Value, log: &mut ResumeLog) {
    let branch = text(context, "branch");
    if branch.is_empty() || branch == "unknown" {
        return;
    }
    log.subject.branch = Some(line(&branch, 200));
    let commits: Vec<String> =
        context["recent_commits"].as_array().map_or_else(Vec::new, |commits| {
            let told = commits.iter().take(5).map(|commit| {
                format!(
                    "{} \"{}\"",
                    line(&text(commit, "sha"), 12),
                    line(&text(commit, "message"), 120)
                )
            });
            told.collect()
        });
    if !commits.is_empty() {
        let told = format!("last commits: {}", commits.join("; "));
        add(&mut log.critical_context, Topic::Place, &told);
    }
    let status = &context["status"];
    let changed = list(status, "modified_files");
    for path in &changed {
        files::add_changed(&mut log.metadata.files, path);
    }
    let untracked = list(status, "untracked_files");
    let told: Vec<String> = changed
        .iter()
        .chain(&untracked)
        .take(40)
        .map(|path| format!("`{}`", line(path, 200)))
        .collect();
    if !told.is_empty() {
        let told = format!("when it was paused: {}", told.join(", "));
        add(&mut log.critical_context, Topic::Uncommitted, &told);
    }
}
