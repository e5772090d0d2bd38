//! The JSON twin of a resume log.

use super::{list, text, time};
use crate::foreign::entries::{add, empty, is_empty};
use crate::foreign::files;
use crate::resume::{Previous, ResumeLog, Topic};
use crate::session::text::line;
use serde_json::Value;

/// The log; `None` when nothing is told.
pub(super) fn log(value: &Value) -> Option<ResumeLog> {
    let mut log = empty(&text(value, "session_id"));
    log.subject.to = time(&text(value, "created_at"));
    let previous = text(value, "previous_session_id");
    log.previous = (!previous.is_empty())
        .then(|| Previous { session: line(&previous, 100), link: "claude-mpm".to_owned() });
    add(&mut log.mission, Topic::Asked, &text(value, "mission_summary"));
    for (key, section, topic) in [
        ("accomplishments", &mut log.accomplishments, Topic::Finished),
        ("key_findings", &mut log.key_findings, Topic::Finding),
        ("decisions_made", &mut log.decisions, Topic::Decision),
        ("next_steps", &mut log.next_steps, Topic::Next),
    ] {
        for item in list(value, key) {
            add(section, topic, &item);
        }
    }
    if let Some(context) = value["critical_context"].as_object() {
        for (key, said) in context {
            let said = said.as_str().map_or_else(|| said.to_string(), str::to_owned);
            add(&mut log.critical_context, Topic::Place, &format!("{key}: {said}"));
        }
    }
    let metrics = &value["context_metrics"];
    if let (Some(used), Some(all)) =
        (metrics["used_tokens"].as_u64(), metrics["total_budget"].as_u64())
        && used > 0
    {
        let model = text(metrics, "model");
        let said = format!("{model}; context {used} tokens of {all}, as claude-mpm counted");
        add(&mut log.context_metrics, Topic::Metrics, &said);
    }
    for path in list(value, "files_modified") {
        files::add_changed(&mut log.metadata.files, &path);
    }
    if let Some(agents) = value["agents_used"].as_object() {
        log.metadata
            .agents
            .extend(agents.iter().take(40).map(|(name, count)| format!("{name} ×{count}")));
    }
    log.metadata.errors.extend(list(value, "errors_encountered").into_iter().take(40));
    log.metadata.warnings.extend(list(value, "warnings").into_iter().take(40));
    (!is_empty(&log)).then_some(log)
}
