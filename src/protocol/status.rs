//! What Claude Code writes to a status line command's stdin: the one place where it tells the size
//! of the context window.

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;
use std::collections::HashMap;
use std::path::PathBuf;

/// The state of a session as its status line is told it; every field absent when missing or of a
/// wrong type.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Status {
    pub session_id: String,
    /// The model as it was asked for; carries `[1m]`.
    pub model: Option<String>,
    /// The model's name for people.
    pub model_name: Option<String>,
    /// Tokens that the context window holds.
    pub window: Option<u64>,
    /// Tokens that the last response left in it; absent before the first.
    pub used: Option<u64>,
    /// What the session has cost so far, by Claude Code's own count.
    pub cost_usd: Option<f64>,
    /// The folder that the session was started in.
    pub folder: Option<PathBuf>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Workspace {
    project_dir: Option<PathBuf>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Model {
    id: Option<String>,
    display_name: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Window {
    context_window_size: Option<u64>,
    current_usage: Option<Usage>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Usage {
    #[serde(rename = "input_tokens")]
    input: u64,
    #[serde(rename = "output_tokens")]
    output: u64,
    #[serde(rename = "cache_creation_input_tokens")]
    written: u64,
    #[serde(rename = "cache_read_input_tokens")]
    read: u64,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Cost {
    total_cost_usd: Option<f64>,
}

impl Status {
    /// Reads one complete JSON value. `None` when it is no object or names no session.
    pub fn parse(json: &[u8]) -> Option<Self> {
        let text = String::from_utf8_lossy(json);
        let fields: HashMap<String, &RawValue> = serde_json::from_str(&text).ok()?;
        let model: Model = part(&fields, "model");
        let window: Window = part(&fields, "context_window");
        let cost: Cost = part(&fields, "cost");
        let workspace: Workspace = part(&fields, "workspace");
        let used = |usage: Usage| {
            let parts = [usage.output, usage.written, usage.read];
            parts.into_iter().fold(usage.input, u64::saturating_add)
        };
        Some(Self {
            session_id: serde_json::from_str(fields.get("session_id")?.get()).ok()?,
            model: model.id,
            model_name: model.display_name,
            window: window.context_window_size.filter(|size| *size > 0),
            used: window.current_usage.map(used),
            cost_usd: cost.total_cost_usd.filter(|usd| usd.is_finite() && *usd >= 0.0),
            folder: workspace.project_dir,
        })
    }
}

fn part<T: DeserializeOwned + Default>(fields: &HashMap<String, &RawValue>, name: &str) -> T {
    fields.get(name).and_then(|raw| serde_json::from_str(raw.get()).ok()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    const MILLION: &str =
        include_str!("../../tests/fixtures/hooks/statusLine-claude-sonnet-4-5-20250929-1m.json");
    const FRESH: &str =
        include_str!("../../tests/fixtures/hooks/statusLine-before-first-response.json");

    #[test]
    fn the_window_is_told_before_and_after_the_first_response() {
        let status = Status::parse(MILLION.as_bytes()).unwrap();
        assert_eq!((status.window, status.used), (Some(1_000_000), Some(400_510)));
        assert_eq!(status.model.as_deref(), Some("claude-sonnet-4-5-20250929[1m]"));
        assert_eq!(status.model_name.as_deref(), Some("Sonnet 4.5 (1M context)"));
        assert_eq!(status.cost_usd, Some(1.16253));
        let fresh = Status::parse(FRESH.as_bytes()).unwrap();
        assert_eq!((fresh.window, fresh.used), (Some(200_000), None));
    }

    #[test]
    fn a_part_of_a_wrong_shape_is_absent() {
        let status = Status::parse(br#"{"session_id":"s","model":7,"context_window":{"context_window_size":"big"},"cost":null}"#).unwrap();
        assert_eq!(status, Status { session_id: "s".to_owned(), ..Status::default() });
        assert_eq!(Status::parse(b"{}"), None);
        assert_eq!(Status::parse(b"[]"), None);
    }
}
