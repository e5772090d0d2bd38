//! A settings document under edit: items are added at the end of a container and taken out again,
//! one splice of the text at a time; every other byte stays.
//!
//! Taking out what was added last gives the earlier bytes back. What an edit cannot know later
//! (that it made a container, or what white space stood inside an empty one) goes into a
//! [`Containers`] note.

use std::collections::BTreeMap;
use std::ops::Range;

use super::json::{self, Kind, Node, Reason, Refusal};

/// Containers that were missing or empty when we first added to them, by their path (`hooks.Stop`,
/// the root is the empty path): nothing when we made the container, else the white space that
/// stood between its brackets.
pub type Containers = BTreeMap<String, Option<String>>;

/// A value to be added, laid out as the document around it is.
pub(super) enum Item<'a> {
    /// A literal: a quoted string, a number, `[]`.
    Literal(String),
    Object(Vec<(&'a str, Item<'a>)>),
    Array(Vec<Item<'a>>),
}

pub(super) struct Document {
    text: String,
    /// Line break of the document, indentation of one level, and whether a space follows `:` and
    /// `,` where things stand on one line.
    newline: &'static str,
    unit: String,
    space: &'static str,
}

impl Document {
    pub(super) fn new(text: &str) -> Result<Self, Refusal> {
        let root = json::parse(text)?;
        let newline = match text.find('\n') {
            Some(at) if text[..at].ends_with('\r') => "\r\n",
            _ => "\n",
        };
        let mut unit = "  ".to_owned();
        let mut space = " ";
        if let Some(root) = &root
            && let Some(first) = root.members().and_then(<[_]>::first)
        {
            let gap = &text[root.span.start + 1..first.key.start];
            if let Some(at) = gap.rfind('\n') {
                let base = indentation(text, root.span.start).len();
                unit = String::from(gap[at + 1..].get(base..).unwrap_or_default());
            }
            if first.value.span.start == first.key.end + 1 {
                space = "";
            }
        }
        Ok(Self { text: text.to_owned(), newline, unit, space })
    }

    pub(super) fn text(&self) -> &str {
        &self.text
    }

    pub(super) fn into_text(self) -> String {
        self.text
    }

    /// The value at `path` below the root; the root itself for an empty path.
    ///
    /// Refuses a key on the path that stands there twice, and a parent that is no object: both mean
    /// that an edit would not do what it says.
    pub(super) fn find(&self, path: &[&str]) -> Result<Option<Node>, Refusal> {
        let Some(mut node) = json::parse(&self.text)? else { return Ok(None) };
        for (depth, key) in path.iter().enumerate() {
            let Kind::Object(members) = node.kind else {
                return Err(
                    self.refuse(node.span.start, Reason::NotAnObject(named(&path[..depth])))
                );
            };
            let mut found = None;
            for member in members {
                if json::decoded(&self.text, &member.key) != *key {
                    continue;
                }
                if found.is_some() {
                    return Err(
                        self.refuse(member.key.start, Reason::DuplicateKey((*key).to_owned()))
                    );
                }
                found = Some(member.value);
            }
            match found {
                Some(value) => node = value,
                None => return Ok(None),
            }
        }
        Ok(Some(node))
    }

    /// The object at `path`, made (with a note) where it is missing.
    pub(super) fn object(&mut self, path: &[&str], made: &mut Containers) -> Result<Node, Refusal> {
        let node = self.container(path, "{}", made)?;
        match node.kind {
            Kind::Object(_) => Ok(node),
            _ => Err(self.refuse(node.span.start, Reason::NotAnObject(named(path)))),
        }
    }

    /// The array at `path`, made (with a note) where it is missing; its parent must be there.
    pub(super) fn array(&mut self, path: &[&str], made: &mut Containers) -> Result<Node, Refusal> {
        let node = self.container(path, "[]", made)?;
        match node.kind {
            Kind::Array(_) => Ok(node),
            _ => Err(self.refuse(node.span.start, Reason::NotAnArray(named(path)))),
        }
    }

    /// The array at `path` when something stands there; refuses anything but an array.
    pub(super) fn array_if_there(&self, path: &[&str]) -> Result<Option<Node>, Refusal> {
        match self.find(path)? {
            Some(node) if node.elements().is_none() => {
                Err(self.refuse(node.span.start, Reason::NotAnArray(named(path))))
            }
            found => Ok(found),
        }
    }

    fn container(
        &mut self,
        path: &[&str],
        empty: &str,
        made: &mut Containers,
    ) -> Result<Node, Refusal> {
        if let Some(node) = self.find(path)? {
            return Ok(node);
        }
        if let Some((key, parent)) = path.split_last() {
            self.add_member(parent, key, &Item::Literal(empty.to_owned()), made)?;
        } else {
            // Blank text: the document is ours from its first brace on, with a final line break.
            self.text.truncate(if self.text.starts_with('\u{feff}') { 3 } else { 0 });
            self.text.push_str(empty);
            self.text.push_str(self.newline);
        }
        made.insert(path.join("."), None);
        let at = self.text.len();
        self.find(path)?.ok_or_else(|| self.refuse(at, Reason::Syntax("a value expected")))
    }

    /// Adds `key` at the end of the object at `parent`.
    pub(super) fn add_member(
        &mut self,
        parent: &[&str],
        key: &str,
        item: &Item<'_>,
        made: &mut Containers,
    ) -> Result<(), Refusal> {
        let object = self.object(parent, made)?;
        self.append(parent, &object, Some(key), item, made);
        Ok(())
    }

    /// Adds an element at the end of the array at `path`.
    pub(super) fn add_element(
        &mut self,
        path: &[&str],
        item: &Item<'_>,
        made: &mut Containers,
    ) -> Result<(), Refusal> {
        let array = self.array(path, made)?;
        self.append(path, &array, None, item, made);
        Ok(())
    }

    fn append(
        &mut self,
        path: &[&str],
        container: &Node,
        key: Option<&str>,
        item: &Item<'_>,
        made: &mut Containers,
    ) {
        let items = container.items();
        let whole = |indent: Option<&str>| {
            let value = self.laid_out(item, indent);
            match key {
                Some(key) => format!("{}:{}{value}", json::quoted(key), self.space_on(indent)),
                None => value,
            }
        };
        if let Some(last) = items.last() {
            let before = match items.len() {
                1 => container.span.start + 1,
                n => items[n - 2].end,
            };
            let gap = &self.text[before..last.start];
            let gap = gap.rsplit_once(',').map_or(gap, |(_, behind)| behind);
            let added = match gap.rfind('\n') {
                Some(at) => {
                    let indent = &gap[at + 1..];
                    format!(",{}{indent}{}", self.newline, whole(Some(indent)))
                }
                None => format!(",{}{}", self.space, whole(None)),
            };
            self.text.insert_str(last.end, &added);
            return;
        }
        let inside = container.span.start + 1..container.span.end - 1;
        let added = if self.on_one_line() {
            whole(None)
        } else {
            let outer = indentation(&self.text, container.span.start);
            let inner = format!("{outer}{}", self.unit);
            format!("{n}{inner}{}{n}{outer}", whole(Some(&inner)), n = self.newline)
        };
        let note = self.text[inside.clone()].to_owned();
        self.text.replace_range(inside, &added);
        let path = path.join(".");
        // A container that we made is empty only because nothing was added to it yet.
        if made.get(&path) != Some(&None) || !note.is_empty() {
            made.insert(path, Some(note));
        }
    }

    /// Takes the item at `index` out of the container at `path`. An emptied container becomes what
    /// `made` says it was: it goes, or gets its white space back. Where nothing is known of any
    /// (`made` is `None`) it goes.
    pub(super) fn remove(
        &mut self,
        path: &[&str],
        container: &Node,
        index: usize,
        made: Option<&Containers>,
    ) -> Result<(), Refusal> {
        if self.cut(container, index) {
            return Ok(());
        }
        let note = made.map(|notes| notes.get(&path.join(".")).cloned());
        let ours = matches!(note, None | Some(Some(None)));
        if let (true, Some((key, parent))) = (ours, path.split_last())
            && let Some(outer) = self.find(parent)?
            && let Some(members) = outer.members()
            && let Some(at) = members.iter().position(|m| json::decoded(&self.text, &m.key) == *key)
        {
            return self.remove(parent, &outer, at, made);
        }
        let blank = note.flatten().flatten().unwrap_or_default();
        self.text.replace_range(container.span.start + 1..container.span.end - 1, &blank);
        Ok(())
    }

    /// Takes one of several items out, with its comma; `false` when it is the only one.
    pub(super) fn cut(&mut self, container: &Node, index: usize) -> bool {
        let items = container.items();
        if items.len() < 2 {
            return false;
        }
        let range = match index {
            0 => items[0].start..items[1].start,
            _ => items[index - 1].end..items[index].end,
        };
        self.text.replace_range(range, "");
        true
    }

    /// Puts `text` in place of `span`.
    pub(super) fn replace(&mut self, span: Range<usize>, text: &str) {
        self.text.replace_range(span, text);
    }

    /// `item` as it would stand at `span`, on lines of its own where the text there is.
    pub(super) fn as_at(&self, item: &Item<'_>, span: &Range<usize>) -> String {
        let multiline = self.text[span.clone()].contains('\n');
        self.laid_out(item, multiline.then(|| indentation(&self.text, span.start)))
    }

    pub(super) fn refuse(&self, at: usize, reason: Reason) -> Refusal {
        json::refusal(&self.text, at, reason)
    }

    /// Whether the author wrote a document that has content without a single line break.
    fn on_one_line(&self) -> bool {
        match json::parse(&self.text) {
            Ok(Some(root)) => !root.items().is_empty() && !root.raw(&self.text).contains('\n'),
            _ => false,
        }
    }

    fn space_on(&self, indent: Option<&str>) -> &'static str {
        if indent.is_some() { " " } else { self.space }
    }

    /// `item` on one line, or with its lines below the first indented to `indent`.
    fn laid_out(&self, item: &Item<'_>, indent: Option<&str>) -> String {
        let inner = indent.map(|indent| format!("{indent}{}", self.unit));
        let (open, close, parts): (_, _, Vec<String>) = match item {
            Item::Literal(text) => return text.clone(),
            Item::Object(members) => {
                let part = |(key, value): &(&str, Item<'_>)| {
                    let value = self.laid_out(value, inner.as_deref());
                    format!("{}:{}{value}", json::quoted(key), self.space_on(indent))
                };
                ('{', '}', members.iter().map(part).collect())
            }
            Item::Array(elements) => {
                let part = |value: &Item<'_>| self.laid_out(value, inner.as_deref());
                ('[', ']', elements.iter().map(part).collect())
            }
        };
        match (indent, inner) {
            (Some(outer), Some(inner)) => {
                let n = self.newline;
                let body = parts.join(&format!(",{n}{inner}"));
                format!("{open}{n}{inner}{body}{n}{outer}{close}")
            }
            _ => format!("{open}{}{close}", parts.join(&format!(",{}", self.space))),
        }
    }
}

/// The blank head of the line that `at` stands in.
fn indentation(text: &str, at: usize) -> &str {
    let line = text[..at].rfind('\n').map_or(0, |newline| newline + 1);
    let line = &text[line..at];
    &line[..line.len() - line.trim_start_matches([' ', '\t']).len()]
}

/// What a person calls the value at `path`.
fn named(path: &[&str]) -> String {
    if path.is_empty() { "the file's value".to_owned() } else { format!("`{}`", path.join(".")) }
}
