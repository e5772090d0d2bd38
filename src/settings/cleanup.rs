//! How long Claude Code keeps its own transcripts.

use serde::Deserialize;

/// `cleanupPeriodDays` of a settings file; `None` where it is not said or the file can't be read.
pub fn cleanup_days(settings: &str) -> Option<u32> {
    #[derive(Deserialize)]
    struct Settings {
        #[serde(rename = "cleanupPeriodDays")]
        days: Option<u32>,
    }
    serde_json::from_str::<Settings>(settings).ok()?.days
}

#[cfg(test)]
mod tests {
    use super::cleanup_days;

    #[test]
    fn only_a_whole_number_counts() {
        assert_eq!(cleanup_days("{\"hooks\": {}, \"cleanupPeriodDays\": 7}"), Some(7));
        for text in
            ["", "[]", "{}", "{\"cleanupPeriodDays\": -1}", "{\"cleanupPeriodDays\": \"7\"}"]
        {
            assert_eq!(cleanup_days(text), None, "{text}");
        }
    }
}
