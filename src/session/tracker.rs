use super::command::Part;
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Verb {
    Show,
    List,
    Create,
    Claim,
    Close,
    Update,
    Reopen,
    Other,
}
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum State {
    Open,
    Active,
    Blocked,
    Closed,
}
pub struct Call {
    pub program: String,
    pub verb: Verb,
    pub id: Option<String>,
    pub status: Option<String>,
    pub reason: Option<String>,
    pub title: Option<String>,
}
pub struct Item {
    pub id: String,
    pub title: String,
    pub state: Option<State>,
    pub kind: Option<String>,
}
pub struct Body {
    pub item: Option<Item>,
    pub parent: Option<Item>,
    pub children: Vec<Item>,
    pub depends_on: Vec<Item>,
    pub blocks: Vec<Item>,
}
pub fn call(_p: &Part) -> Option<Call> {
    None
}
pub fn items(_o: &str) -> Vec<Item> {
    vec![]
}
pub fn body(_o: &str) -> Body {
    Body { item: None, parent: None, children: vec![], depends_on: vec![], blocks: vec![] }
}
