//! The status line command in a settings document: ours in the place of the user's, and back.

use serde::{Deserialize, Serialize};

use super::document::{Containers, Document, Item};
use super::json::{self, Node};
use super::refusal::Refusal;

/// The executable's name, without `.exe`. This name, in whatever folder, makes a command ours.
pub const EXECUTABLE: &str = "rejoin-statusline";

const KEY: &str = "statusLine";

/// What stood where our status line stands.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Replaced {
    /// The text of the whole value; `None` when there was none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub earlier: Option<String>,
}

/// The status line's command in `text`, whosever it is.
pub fn command(text: &str) -> Result<Option<String>, Refusal> {
    let document = Document::new(text)?;
    Ok(node(&document)?.and_then(|value| Some(command_of(document.text(), &value)?.1)))
}

/// Whether a command is nothing but a path to our executable, in whatever folder.
pub fn is_ours(command: &str) -> bool {
    let path = command.trim().trim_matches(['"', '\'']);
    let name = path.rsplit(['/', '\\']).next().unwrap_or_default();
    name.strip_suffix(".exe").unwrap_or(name) == EXECUTABLE
}

/// A path as a command of the shell that Claude Code hands it to.
pub fn as_command(path: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "/._-+:@%,=".contains(c);
    if path.chars().all(plain) {
        path.to_owned()
    } else if cfg!(windows) {
        format!("\"{}\"", path.replace('\\', "/"))
    } else {
        format!("'{}'", path.replace('\'', r"'\''"))
    }
}

/// Makes `command` the status line's; says what it replaced, or `None` when ours stood there.
pub(super) fn set(
    document: &mut Document,
    command: &str,
    made: &mut Containers,
) -> Result<Option<Replaced>, Refusal> {
    let wanted = json::quoted(command);
    let Some(value) = node(document)? else {
        let item = Item::Object(vec![
            ("type", Item::Literal(json::quoted("command"))),
            ("command", Item::Literal(wanted)),
        ]);
        document.add_member(&[], KEY, &item, made)?;
        return Ok(Some(Replaced::default()));
    };
    let earlier = value.raw(document.text()).to_owned();
    if let Some((there, old)) = command_of(document.text(), &value) {
        document.replace(there.span, &wanted);
        return Ok((!is_ours(&old)).then_some(Replaced { earlier: Some(earlier) }));
    }
    // Nothing that Claude Code would show.
    let whole = format!("{{\"type\": \"command\", \"command\": {wanted}}}");
    document.replace(value.span, &whole);
    Ok(Some(Replaced { earlier: Some(earlier) }))
}

/// Takes our status line out and puts what it replaced back. One that is not ours stays.
pub(super) fn restore(
    document: &mut Document,
    replaced: Option<&Replaced>,
    made: Option<&Containers>,
) -> Result<(), Refusal> {
    let Some(value) = node(document)? else { return Ok(()) };
    let Some((there, command)) = command_of(document.text(), &value) else { return Ok(()) };
    if !is_ours(&command) {
        return Ok(());
    }
    if let Some(earlier) = replaced.and_then(|replaced| replaced.earlier.as_deref()) {
        // The command alone, since what stands beside it may have changed meanwhile.
        let old = json::parse(earlier)?;
        match old.as_ref().and_then(|old| command_of(earlier, old)) {
            Some((old, _)) => document.replace(there.span, old.raw(earlier)),
            None => document.replace(value.span, earlier),
        }
        return Ok(());
    }
    let Some(root) = document.find(&[])? else { return Ok(()) };
    let named = |member: &json::Member| json::decoded(document.text(), &member.key) == KEY;
    if let Some(at) = root.members().unwrap_or_default().iter().position(named) {
        document.remove(&[], &root, at, made)?;
    }
    Ok(())
}

/// The status line's value. A second one is refused: only the last counts.
fn node(document: &Document) -> Result<Option<Node>, Refusal> {
    let value = document.find(&[KEY])?;
    if value.as_ref().is_some_and(|value| value.members().is_some()) {
        document.find(&[KEY, "command"])?;
    }
    Ok(value)
}

/// The `command` of a status line and what it says.
fn command_of(text: &str, value: &Node) -> Option<(Node, String)> {
    let node = value.get(text, "command")?;
    Some((node.clone(), node.string(text)?))
}
