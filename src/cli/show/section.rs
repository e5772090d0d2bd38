//! One section of a resume log.

use crate::resume::{self, Metadata, ResumeLog};
use clap::ValueEnum;
use serde_json::Value;
use std::collections::BTreeMap;

/// A section, by the name that the command line has for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Section {
    Mission,
    NextSteps,
    CriticalContext,
    Accomplishments,
    KeyFindings,
    Decisions,
    ContextMetrics,
    Files,
    Agents,
    Errors,
    Warnings,
}

impl Section {
    /// The section as it stands in the whole log's Markdown, or a line that says that it is empty.
    pub(super) fn markdown(self, log: &ResumeLog) -> String {
        let whole = resume::markdown(&self.alone(log));
        // The renderer indents every line of an entry but the first, so only its own headings begin so.
        match whole.find("\n## ") {
            Some(at) => whole[at + 1..].to_owned(),
            None => format!("This session has nothing under {}.", self.name()),
        }
    }

    /// The section's value in the log's JSON.
    pub(super) fn value(self, log: &ResumeLog) -> Value {
        let value = serde_json::to_value(log).unwrap_or_default();
        let key = self.name().replace('-', "_");
        let below = match self {
            Self::Files | Self::Agents | Self::Errors | Self::Warnings => &value["metadata"],
            _ => &value,
        };
        // A list that is empty is left out of the log.
        below.get(key).cloned().unwrap_or_else(|| Value::Array(Vec::new()))
    }

    fn name(self) -> String {
        self.to_possible_value().map(|value| value.get_name().to_owned()).unwrap_or_default()
    }

    /// The log with nothing but this section.
    fn alone(self, log: &ResumeLog) -> ResumeLog {
        let mut one = ResumeLog {
            context_metrics: Vec::new(),
            mission: Vec::new(),
            accomplishments: Vec::new(),
            key_findings: Vec::new(),
            decisions: Vec::new(),
            next_steps: Vec::new(),
            critical_context: Vec::new(),
            metadata: Metadata::default(),
            left_out: BTreeMap::new(),
            ..log.clone()
        };
        match self {
            Self::Mission => one.mission.clone_from(&log.mission),
            Self::NextSteps => one.next_steps.clone_from(&log.next_steps),
            Self::CriticalContext => one.critical_context.clone_from(&log.critical_context),
            Self::Accomplishments => one.accomplishments.clone_from(&log.accomplishments),
            Self::KeyFindings => one.key_findings.clone_from(&log.key_findings),
            Self::Decisions => one.decisions.clone_from(&log.decisions),
            Self::ContextMetrics => one.context_metrics.clone_from(&log.context_metrics),
            Self::Files => one.metadata.files.clone_from(&log.metadata.files),
            Self::Agents => one.metadata.agents.clone_from(&log.metadata.agents),
            Self::Errors => one.metadata.errors.clone_from(&log.metadata.errors),
            Self::Warnings => one.metadata.warnings.clone_from(&log.metadata.warnings),
        }
        one
    }
}
