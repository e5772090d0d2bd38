use serde::{Deserialize, Serialize};
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Class {
    Test,
    Lint,
    Format,
    Build,
    Install,
    Run,
    Vcs,
    Tracker,
    Look,
    Other,
}
pub struct Part {
    pub words: String,
    pub family: String,
    pub class: Class,
    pub message: Option<String>,
    pub args: Vec<String>,
    pub piped: bool,
}
pub fn parts(c: &str) -> Vec<Part> {
    vec![Part {
        words: c.into(),
        family: c.split(' ').take(2).collect::<Vec<_>>().join(" "),
        class: Class::Other,
        message: None,
        args: vec![],
        piped: false,
    }]
}
