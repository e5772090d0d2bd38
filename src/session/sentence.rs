use serde::{Deserialize, Serialize};
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    Plan,
    Finding,
    Diagnosis,
    Guess,
    Decision,
    Other,
}
pub struct Sentence {
    pub text: String,
    pub kind: Kind,
}
pub fn sentences(t: &str) -> Vec<Sentence> {
    t.lines().map(|l| Sentence { text: l.into(), kind: Kind::Finding }).collect()
}
