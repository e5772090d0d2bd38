//! Our hook entries in a settings document: found, added, corrected, taken out.

use super::document::{Containers, Document, Item};
use super::json::{self, Node, Refusal};
use super::{HOOKS, Hook};

/// One of our entries, as a settings file registers it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Registered {
    /// The event that it stands under, spelled as in the file.
    pub event: String,
    /// The executable's name without `.exe`, for instance `rejoin-hook-stop`.
    pub executable: String,
    /// The command as it was written: a path, when we wrote it.
    pub command: String,
    /// Whether `args` is there: without it Claude Code hands the command to a shell.
    pub exec_form: bool,
    /// The group's matcher, when somebody gave it one.
    pub matcher: Option<String>,
    /// Line of the command, from 1.
    pub line: usize,
}

/// Where one of our entries stands: indices into the members of `hooks`, the groups of the event
/// and the entries of the group.
struct Place {
    event: String,
    group: usize,
    entry: usize,
    registered: Registered,
    /// The entry itself.
    node: Node,
    /// The value of `command`.
    command: Node,
    /// `"type": "command"` and an `args` array: what makes Claude Code start the path as it stands.
    sound: bool,
}

/// The name of our executable when `command` is nothing but a path to it, in whatever folder.
fn own_executable(command: &str) -> Option<&str> {
    let path = command.trim().trim_matches(['"', '\'']);
    let name = path.rsplit(['/', '\\']).next()?;
    let name = name.strip_suffix(".exe").unwrap_or(name);
    let event = name.strip_prefix("rejoin-hook-")?;
    let spelled = !event.is_empty() && event.bytes().all(|b| b.is_ascii_lowercase() || b == b'-');
    spelled.then_some(name)
}

/// All our entries in document order. What has another shape than Claude Code reads is skipped, as
/// Claude Code does.
fn places(document: &Document) -> Result<Vec<Place>, Refusal> {
    let text = document.text();
    let mut found = Vec::new();
    let Some(hooks) = document.find(&["hooks"])? else { return Ok(found) };
    for member in hooks.members().unwrap_or_default() {
        let event = json::decoded(text, &member.key);
        for (group, node) in member.value.elements().unwrap_or_default().iter().enumerate() {
            let matcher = node.get(text, "matcher").and_then(|matcher| matcher.string(text));
            let entries = node.get(text, "hooks").and_then(Node::elements).unwrap_or_default();
            for (entry, node) in entries.iter().enumerate() {
                let Some(command) = node.get(text, "command") else { continue };
                let Some(path) = command.string(text) else { continue };
                let Some(executable) = own_executable(&path) else { continue };
                let exec_form =
                    node.get(text, "args").is_some_and(|args| args.elements().is_some());
                let kind = node.get(text, "type").and_then(|kind| kind.string(text));
                found.push(Place {
                    registered: Registered {
                        event: event.clone(),
                        executable: executable.to_owned(),
                        exec_form,
                        matcher: matcher.clone(),
                        line: json::line(text, command.span.start),
                        command: path,
                    },
                    event: event.clone(),
                    group,
                    entry,
                    node: node.clone(),
                    command: command.clone(),
                    sound: exec_form && kind.as_deref() == Some("command"),
                });
            }
        }
    }
    Ok(found)
}

/// Our entries in `text`, duplicates and misplaced ones included.
pub fn registered(text: &str) -> Result<Vec<Registered>, Refusal> {
    Ok(places(&Document::new(text)?)?.into_iter().map(|place| place.registered).collect())
}

/// Whether `disableAllHooks` is on in `text`: then Claude Code runs none, whosever they are.
pub fn disables_hooks(text: &str) -> bool {
    let root = json::parse(text).ok().flatten();
    root.and_then(|root| Some(root.get(text, "disableAllHooks")?.raw(text) == "true"))
        .unwrap_or(false)
}

/// Makes our entries exactly one per event of [`HOOKS`], with the path that `command` gives.
pub(super) fn register(
    document: &mut Document,
    command: impl Fn(&Hook) -> String,
    made: &mut Containers,
) -> Result<(), Refusal> {
    // One per event: a second one would run the hook twice, one of an event that we no longer
    // follow or under another event than its own would do nothing.
    loop {
        let places = places(document)?;
        let spare = places.iter().enumerate().find(|(at, place)| {
            let wanted = HOOKS.iter().any(|hook| {
                hook.event == place.event && hook.executable == place.registered.executable
            });
            !wanted || places[..*at].iter().any(|earlier| earlier.event == place.event)
        });
        match spare {
            Some((_, place)) => take_out(document, place, Some(made))?,
            None => break,
        }
    }
    for hook in &HOOKS {
        let wanted = json::quoted(&command(hook));
        let entry = Item::Object(vec![
            ("type", Item::Literal(json::quoted("command"))),
            ("command", Item::Literal(wanted.clone())),
            ("args", Item::Literal("[]".to_owned())),
            ("timeout", Item::Literal(hook.timeout.to_string())),
        ]);
        // Looked up first, so that two `hooks` keys or a wrong shape are refused in any case.
        document.array_if_there(&["hooks", hook.event])?;
        match places(document)?.into_iter().find(|place| place.event == hook.event) {
            Some(place) if !place.sound => {
                let text = document.as_at(&entry, &place.node.span);
                document.replace(place.node.span, &text);
            }
            Some(place) if json::quoted(&place.registered.command) != wanted => {
                document.replace(place.command.span, &wanted);
            }
            Some(_) => {}
            None => {
                document.object(&["hooks"], made)?;
                let group = Item::Object(vec![("hooks", Item::Array(vec![entry]))]);
                document.add_element(&["hooks", hook.event], &group, made)?;
            }
        }
    }
    Ok(())
}

/// Takes all our entries out.
pub(super) fn unregister(
    document: &mut Document,
    made: Option<&Containers>,
) -> Result<(), Refusal> {
    while let Some(place) = places(document)?.first() {
        take_out(document, place, made)?;
    }
    Ok(())
}

fn take_out(
    document: &mut Document,
    place: &Place,
    made: Option<&Containers>,
) -> Result<(), Refusal> {
    let path = ["hooks", place.event.as_str()];
    let Some(groups) = document.find(&path)? else { return Ok(()) };
    let entries = groups
        .elements()
        .and_then(|groups| groups.get(place.group))
        .and_then(|group| group.get(document.text(), "hooks"))
        .cloned();
    // A group without entries does nothing: it goes with its last one.
    if entries.is_some_and(|entries| document.cut(&entries, place.entry)) {
        return Ok(());
    }
    document.remove(&path, &groups, place.group, made)
}
