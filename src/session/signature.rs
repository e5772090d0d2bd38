#[derive(Default)]
pub struct Failure {
    pub sections: Vec<Section>,
    pub explains: Vec<String>,
    pub truncated: Option<String>,
}
pub struct Section {
    pub tag: Option<String>,
    pub line: String,
    pub key: String,
}
pub fn failure(o: &str) -> Failure {
    Failure {
        sections: o
            .lines()
            .last()
            .map(|l| Section { tag: None, line: l.into(), key: l.into() })
            .into_iter()
            .collect(),
        ..Failure::default()
    }
}
