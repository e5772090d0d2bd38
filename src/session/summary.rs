//! To be written.
pub struct Summary {
    pub text: String,
    pub failed: bool,
}
pub fn summary(_f: &str, _o: &str) -> Option<Summary> {
    None
}
