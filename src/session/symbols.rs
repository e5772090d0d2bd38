use serde::{Deserialize, Serialize};
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    pub added: Vec<String>,
    pub removed: Vec<String>,
    pub changed: Vec<String>,
    pub first_line: Option<String>,
    pub lines_added: u32,
    pub lines_removed: u32,
}
pub fn definitions(_p: &str, _t: &str) -> Vec<String> {
    vec![]
}
pub fn diff(_p: &str, _o: &str, n: &str) -> Change {
    Change {
        first_line: n.lines().next().map(Into::into),
        lines_added: n.lines().count() as u32,
        ..Change::default()
    }
}
