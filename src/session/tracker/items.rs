//! Items as lists and shows print them.

use super::{MAX_TITLE, State};
use crate::session::text;

/// The most items that [`items`] returns.
pub const MAX_ITEMS: usize = 200;

/// An item as an output names it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Item {
    pub id: String,
    /// Without tags, priority and state.
    pub title: Option<String>,
    pub state: Option<State>,
    /// `epic`, `task`, `bug` …, lower case.
    pub kind: Option<String>,
    /// As written: `P2`.
    pub priority: Option<String>,
}

/// The items that an output of a tracker lists or shows, in order, each once.
///
/// `known` are ids that were seen in calls: they show what an id looks like here. Without any,
/// only lines with the marks of a tracker count (a state glyph, a priority, `KEY-12`, `#12`).
pub fn items<S: AsRef<str>>(output: &str, known: &[S]) -> Vec<Item> {
    let clean = text::strip_ansi(output);
    let shapes = Shapes::new(known);
    let mut out: Vec<Item> = Vec::new();
    let mut lines = clean.lines().take(5_000).peekable();
    while let Some(raw) = lines.next() {
        if out.len() >= MAX_ITEMS {
            break;
        }
        let Some(mut item) = item(raw, &shapes) else { continue };
        // `✓ Created issue: x-5`, and its fields below.
        let untitled = item.title.is_none();
        while let Some(next) = lines.next_if(|l| untitled && is_field(l)) {
            let (field, value) = next.trim().split_once(": ").unwrap_or(("", ""));
            match field {
                "Title" => item.title = title(value),
                "Status" => item.state = State::of(value).or(item.state),
                "Priority" => item.priority = Some(text::line(value, 20)),
                "Type" => item.kind = Some(text::line(&value.to_lowercase(), 20)),
                _ => {}
            }
        }
        merge(&mut out, item);
    }
    if out.is_empty()
        && let Some(item) = fields(&clean)
    {
        out.push(item);
    }
    out
}

/// An indented `Title: …` below an answer.
fn is_field(line: &str) -> bool {
    let bare = line.trim_start();
    bare.len() < line.len()
        && ["Title: ", "Status: ", "Priority: ", "Type: ", "Assignee: ", "Labels: "]
            .iter()
            .any(|f| bare.starts_with(f))
}

/// What is known of an item twice is kept once; the first mention wins where both speak.
fn merge(out: &mut Vec<Item>, item: Item) {
    match out.iter_mut().find(|known| known.id == item.id) {
        Some(known) => {
            known.title = known.title.take().or(item.title);
            known.state = known.state.or(item.state);
            known.kind = known.kind.take().or(item.kind);
            known.priority = known.priority.take().or(item.priority);
        }
        None => out.push(item),
    }
}

/// What ids look like.
pub(super) struct Shapes {
    /// Known ids' part before the last dash, with the dash.
    prefixes: Vec<String>,
    numbers: bool,
}

impl Shapes {
    pub(super) fn new<S: AsRef<str>>(known: &[S]) -> Self {
        let mut prefixes: Vec<String> = Vec::new();
        let mut numbers = false;
        for id in known.iter().map(AsRef::as_ref).take(200) {
            numbers |= id.trim_start_matches('#').bytes().all(|b| b.is_ascii_digit());
            if let Some(dash) = id.rfind('-').filter(|d| *d > 0) {
                let prefix = id[..=dash].to_owned();
                if !prefixes.contains(&prefix) {
                    prefixes.push(prefix);
                }
            }
        }
        Self { prefixes, numbers }
    }

    fn knows(&self, word: &str) -> bool {
        let suffix = self.prefixes.iter().find_map(|p| word.strip_prefix(p.as_str()));
        suffix.is_some_and(|s| {
            !s.is_empty()
                && s.len() <= 16
                && s.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'.')
        })
    }
}

/// `prefix-x1`, `prefix-abc.3`: the form that ids of text trackers have.
fn is_slug(word: &str) -> bool {
    let Some((prefix, suffix)) = word.rsplit_once('-') else { return false };
    let base = suffix.split('.').next().unwrap_or("");
    let dotted =
        suffix.split('.').skip(1).all(|n| !n.is_empty() && n.bytes().all(|b| b.is_ascii_digit()));
    !prefix.is_empty()
        && prefix.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.'))
        && prefix.starts_with(|c: char| c.is_ascii_alphabetic())
        && (2..=8).contains(&base.len())
        && base.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
        && dotted
}

/// `ABC-123`.
fn is_key(word: &str) -> bool {
    word.split_once('-').is_some_and(|(project, n)| {
        (2..=12).contains(&project.len())
            && project.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit())
            && project.starts_with(|c: char| c.is_ascii_uppercase())
            && !n.is_empty()
            && n.len() <= 7
            && n.bytes().all(|b| b.is_ascii_digit())
    })
}

fn is_kind(word: &str) -> bool {
    matches!(
        word,
        "epic"
            | "task"
            | "bug"
            | "feature"
            | "chore"
            | "story"
            | "subtask"
            | "issue"
            | "improvement"
            | "spike"
            | "question"
    )
}

/// Words and tags before the id or before the title.
#[derive(Default)]
struct Tags {
    state: Option<State>,
    kind: Option<String>,
    priority: Option<String>,
    /// A glyph, priority or list number: the line has the form of a list of items.
    marked: bool,
}

impl Tags {
    /// Reads one word of a tag: `● P2`, `epic`, `OPEN`.
    fn read(&mut self, word: &str) -> bool {
        let word =
            word.trim_matches(|c: char| matches!(c, '[' | ']' | '(' | ')' | '●' | '·' | ',' | ' '));
        let lower = word.to_lowercase();
        if is_priority(word) {
            self.priority.get_or_insert_with(|| word.to_owned());
            self.marked = true;
        } else if is_kind(&lower) {
            self.kind.get_or_insert(lower);
        } else if let Some(state) = State::of(word) {
            self.state.get_or_insert(state);
        } else {
            return word.is_empty();
        }
        true
    }

    /// Reads what is inside brackets; false when it is something else than tags.
    fn read_all(&mut self, inside: &str) -> bool {
        inside
            .split(['·', '|', ','])
            .flat_map(|p| {
                let p = p.trim();
                // `in progress` is one word of two.
                if State::of(p).is_some() { vec![p] } else { p.split_whitespace().collect() }
            })
            .all(|word| self.read(word))
    }
}

fn is_priority(word: &str) -> bool {
    word.len() == 2 && word.starts_with(['P', 'p']) && word.as_bytes()[1].is_ascii_digit()
}

/// The item that a line names, if it is a line of a list or the head of a show.
pub(super) fn item(raw: &str, shapes: &Shapes) -> Option<Item> {
    if raw.len() > 2_000 {
        return None;
    }
    if raw.contains('\t')
        && let Some(item) = tabbed(raw)
    {
        return Some(item);
    }
    let mut rest = raw.trim();
    let mut tags = Tags::default();
    // `1.` of a numbered list.
    if let Some((number, after)) = rest.split_once(". ")
        && number.len() <= 3
        && number.bytes().all(|b| b.is_ascii_digit())
    {
        rest = after.trim_start();
    }
    loop {
        let before = rest;
        rest = rest.trim_start_matches([
            '↳', '→', '←', '↑', '↓', '├', '└', '│', '─', '|', '*', '•', '#', '●', ' ', '\u{fe0f}',
        ]);
        if let Some(after) = rest.strip_prefix("- ") {
            rest = after;
        }
        if rest.starts_with('[')
            && let Some((inside, after)) = rest[1..].split_once(']')
        {
            match inside {
                " " => tags.state = Some(State::Open),
                "x" | "X" => tags.state = Some(State::Closed),
                "~" | "/" => tags.state = Some(State::InProgress),
                _ if !tags.read_all(inside) => return None,
                _ => {}
            }
            tags.marked |= inside.len() > 1;
            rest = after.trim_start();
        }
        if let Some(glyph) = rest.chars().next().filter(|c| !c.is_ascii() && !c.is_alphanumeric())
            && let Some(state) = State::of(glyph.encode_utf8(&mut [0; 4]))
        {
            tags.state.get_or_insert(state);
            tags.marked = true;
            rest = rest[glyph.len_utf8()..].trim_start();
        }
        if rest == before {
            break;
        }
    }
    // Answers to a change: the text after the id is a reason, not a title.
    if let Some(item) = answer(rest, shapes, tags.marked) {
        return Some(item);
    }
    let rest = rest.strip_prefix("issue ").unwrap_or(rest);
    let hash = raw.trim_start().starts_with('#') && !raw.trim_start().starts_with("# ");
    let end = rest.find(|c: char| c.is_whitespace() || c == ':' || c == '·').unwrap_or(rest.len());
    let (id, after) = rest.split_at(end);
    let number = !id.is_empty() && id.len() <= 7 && id.bytes().all(|b| b.is_ascii_digit());
    let known = shapes.knows(id)
        || is_key(id)
        || number && (hash || shapes.numbers && after.starts_with(':'));
    if !(known || tags.marked && is_slug(id)) {
        return None;
    }
    let id = if number && hash { format!("#{id}") } else { id.to_owned() };
    let title = title(after_id(after, &mut tags)?);
    Some(Item { id, title, state: tags.state, kind: tags.kind, priority: tags.priority })
}

/// The title after an id, with the tags around it read; `None` when what follows is prose.
fn after_id<'a>(after: &'a str, tags: &mut Tags) -> Option<&'a str> {
    let mut rest = after.trim_start();
    let mut separated = rest.is_empty() || tags.marked;
    loop {
        let before = rest;
        if let Some(next) = rest.strip_prefix(['·', ':', '-', '—', '–', '|'])
            && (next.is_empty() || next.starts_with(' '))
        {
            separated = true;
            rest = next.trim_start();
        }
        for (open, close) in [('[', ']'), ('(', ')')] {
            if rest.starts_with(open)
                && let Some((inside, next)) = rest[1..].split_once(close)
                && tags.read_all(inside)
            {
                separated = true;
                rest = next.trim_start();
            }
        }
        // `open - Title`
        let word = rest.split(' ').next().unwrap_or("");
        if State::of(word).is_some() && rest[word.len()..].trim_start().starts_with(['-', '·', '|'])
        {
            tags.read(word);
            rest = rest[word.len()..].trim_start();
        }
        if rest == before {
            break;
        }
    }
    if !separated {
        return None;
    }
    Some(without_trailer(rest, tags))
}

/// The rest of a line without the tags that close it: `[● P2 · OPEN]`, `● P2`, `· open`, `(blocked by: …)`.
fn without_trailer<'a>(line: &'a str, tags: &mut Tags) -> &'a str {
    let mut rest = line.trim_end();
    loop {
        let before = rest;
        for (open, close) in [('[', ']'), ('(', ')')] {
            if rest.ends_with(close)
                && let Some(at) = rest.rfind(open)
            {
                let inside = &rest[at + 1..rest.len() - 1];
                let relation =
                    ["blocked by", "blocks", "depends on", "parent", "labels", "assignee"]
                        .iter()
                        .any(|w| inside.starts_with(w));
                let mut probe = Tags::default();
                if relation || probe.read_all(inside) && !inside.is_empty() {
                    tags.read_all(inside);
                    rest = rest[..at].trim_end();
                }
            }
        }
        if let Some((head, last)) = rest.rsplit_once(['●', '·'])
            && Tags::default().read_all(last)
            && !last.trim().is_empty()
        {
            tags.read_all(last);
            rest = head.trim_end();
        }
        if rest == before {
            return rest;
        }
    }
}

fn title(text: &str) -> Option<String> {
    let title = text::line(text.trim().trim_matches('"'), MAX_TITLE);
    (!title.is_empty()).then_some(title)
}

/// `Closed x-1: reason`, `Updated issue: x-1`, `Created issue: x-5`.
fn answer(rest: &str, shapes: &Shapes, marked: bool) -> Option<Item> {
    let (word, after) = rest.split_once([' ', ':'])?;
    let state = match word {
        "Closed" | "Completed" | "Resolved" => Some(State::Closed),
        "Created" | "Reopened" => Some(State::Open),
        "Claimed" | "Started" => Some(State::InProgress),
        "Updated" | "Deleted" | "Added" => None,
        _ => return None,
    };
    let after = after.trim_start_matches([':', ' ']);
    let after = after.strip_prefix("issue").unwrap_or(after).trim_start_matches([':', ' ']);
    let end = after.find(|c: char| c.is_whitespace() || c == ':').unwrap_or(after.len());
    let id = &after[..end];
    let known = shapes.knows(id) || is_key(id) || id.starts_with('#') || marked && is_slug(id);
    known.then(|| Item { id: id.to_owned(), state, ..Item::default() })
}

/// `gh issue list` in a pipe: `12<tab>OPEN<tab>Title<tab>labels<tab>time`; jira's plain list.
fn tabbed(raw: &str) -> Option<Item> {
    let cells: Vec<&str> =
        raw.split('\t').map(str::trim).filter(|c| !c.is_empty()).take(8).collect();
    let number = |c: &str| !c.is_empty() && c.len() <= 7 && c.bytes().all(|b| b.is_ascii_digit());
    let at = cells.iter().take(3).position(|c| is_key(c) || number(c.trim_start_matches('#')))?;
    let mut tags = Tags::default();
    let mut title_at = None;
    for (n, cell) in cells.iter().enumerate().filter(|(n, _)| *n != at) {
        if !tags.read(cell) && title_at.is_none() && n > at {
            title_at = Some(n);
        }
    }
    let id = cells[at];
    let id = if number(id) { format!("#{id}") } else { id.to_owned() };
    let title = title_at.and_then(|n| title(cells[n]))?;
    Some(Item {
        id,
        title: Some(title),
        state: tags.state,
        kind: tags.kind,
        priority: tags.priority,
    })
}

/// `gh issue view` in a pipe: `title:<tab>…`, `state:<tab>OPEN`, `number:<tab>12`.
fn fields(output: &str) -> Option<Item> {
    let mut item = Item::default();
    for line in output.lines().take(40) {
        if line == "--" {
            break;
        }
        let Some((field, value)) = line.split_once(':') else { continue };
        let value = value.trim();
        match field.trim() {
            "title" | "Title" => item.title = title(value),
            "state" | "State" | "status" | "Status" => item.state = State::of(value),
            "number" => item.id = format!("#{value}"),
            "key" | "Key" | "id" | "ID" => value.clone_into(&mut item.id),
            "type" | "Type" => item.kind = Some(text::line(&value.to_lowercase(), 20)),
            "priority" | "Priority" => item.priority = Some(text::line(value, 20)),
            _ => {}
        }
    }
    (!item.id.is_empty() && item.id.len() <= 60 && item.title.is_some()).then_some(item)
}
