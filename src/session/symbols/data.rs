//! Names in style sheets, configuration, build files, documents and queries.

use super::words::{after, after_any, ident, quoted};
use crate::session::text;

/// Selectors (`.class`, `#id`), custom properties, key frames, variables and mixins.
pub(super) fn css(line: &str, sink: &mut dyn FnMut(String)) {
    if line.starts_with(['/', '*']) {
        return;
    }
    if let Some((_, rest)) =
        after_any(line, &["@keyframes", "@mixin", "@function", "@layer", "@property"])
    {
        let name = css_ident(rest);
        if !name.is_empty() {
            let word = line.split(' ').next().unwrap_or("");
            sink(format!("{word} {name}"));
        }
        return;
    }
    if line.starts_with("--") || line.starts_with('$') {
        let name = &line[..line.find(':').unwrap_or(0)];
        if !name.is_empty() && !name.contains(' ') {
            sink(name.to_owned());
        }
        return;
    }
    let selects = line.ends_with('{') || line.ends_with(',') || line.contains('{');
    if !selects || line.starts_with('@') {
        return;
    }
    let selector = line.split('{').next().unwrap_or(line);
    for (at, c) in selector.char_indices().filter(|(_, c)| matches!(c, '.' | '#')) {
        let name = css_ident(&selector[at + 1..]);
        if name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_') {
            sink(format!("{c}{name}"));
        }
    }
}

fn css_ident(text: &str) -> &str {
    let end =
        text.find(|c: char| !c.is_alphanumeric() && !matches!(c, '-' | '_')).unwrap_or(text.len());
    &text[..end]
}

pub(super) fn heading(line: &str, indent: usize) -> Option<String> {
    let hashes = line.bytes().take_while(|b| *b == b'#').count();
    let title = line.get(hashes..)?.strip_prefix(' ')?.trim().trim_end_matches('#').trim_end();
    ((1..=6).contains(&hashes) && indent < 4 && !title.is_empty()).then(|| title.to_owned())
}

/// `CREATE TABLE IF NOT EXISTS x (` as `table x`.
pub(super) fn sql(line: &str) -> Option<String> {
    let mut rest = text::after_ignoring_case(line, "create ")
        .or_else(|| text::after_ignoring_case(line, "alter "))?;
    loop {
        rest = rest.trim_start();
        let skip =
            ["or replace ", "unique ", "temporary ", "temp ", "materialized ", "global ", "local "]
                .iter()
                .find_map(|word| text::after_ignoring_case(rest, word));
        match skip {
            Some(next) => rest = next,
            None => break,
        }
    }
    for kind in [
        "table",
        "view",
        "index",
        "function",
        "procedure",
        "trigger",
        "type",
        "schema",
        "policy",
        "sequence",
        "extension",
    ] {
        let Some(named) = text::after_ignoring_case(rest, kind).filter(|r| r.starts_with(' '))
        else {
            continue;
        };
        let mut named = named.trim_start();
        for word in ["concurrently ", "if not exists ", "if exists ", "only "] {
            named = text::after_ignoring_case(named, word).unwrap_or(named).trim_start();
        }
        let end = named
            .find(|c: char| c.is_whitespace() || matches!(c, '(' | ';'))
            .unwrap_or(named.len());
        let name: String =
            named[..end].chars().filter(|c| !matches!(c, '"' | '`' | '[' | ']')).collect();
        return (!name.is_empty()).then(|| format!("{kind} {name}"));
    }
    None
}

/// Sections, and keys in the first column.
pub(super) fn toml(line: &str, indent: usize) -> Option<String> {
    if indent > 0 || line.starts_with(['#', ';']) {
        return None;
    }
    if line.starts_with('[') {
        let end = line.rfind(']')?;
        return Some(line[..=end].to_owned());
    }
    let (key, _) = line.split_once('=')?;
    let key = key.trim().trim_matches('"');
    let plain =
        !key.is_empty() && key.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '.'));
    plain.then(|| key.to_owned())
}

/// Keys in the first column.
pub(super) fn yaml(line: &str, indent: usize) -> Option<String> {
    if indent > 0 || line.starts_with(['#', '-', '{', '[']) {
        return None;
    }
    let (key, rest) = line.split_once(':')?;
    let key = key.trim_matches(['"', '\'']);
    let plain = !key.is_empty()
        && (rest.is_empty() || rest.starts_with(' '))
        && !key.contains(['{', '('])
        && key.len() <= 60;
    plain.then(|| key.to_owned())
}

/// Keys one step in.
pub(super) fn json(line: &str, raw: &str) -> Option<String> {
    let step = raw.starts_with("  \"")
        || raw.starts_with("\t\"")
        || raw.starts_with("    \"") && !raw.starts_with("     ");
    let key = quoted(line)?;
    let keyed = line.get(key.len() + 2..)?.trim_start().starts_with(':');
    (step && keyed && !key.is_empty() && key.len() <= 60).then(|| key.to_owned())
}

/// Targets; not variables, not recipes.
pub(super) fn make(line: &str, indent: usize) -> Option<String> {
    if indent > 0 || line.starts_with(['#', '.', '@', '$']) {
        return None;
    }
    let (target, rest) = line.split_once(':')?;
    let plain = !rest.starts_with('=')
        && !target.contains('=')
        && !target.trim().is_empty()
        && target.len() <= 80;
    plain.then(|| target.split_whitespace().next().unwrap_or("").to_owned())
}

pub(super) fn just(line: &str, indent: usize) -> Option<String> {
    if indent > 0 || line.starts_with(['#', '[', '"', '\'']) {
        return None;
    }
    let (head, rest) = line.split_once(':')?;
    let name = head.trim_start_matches('@').split_whitespace().next()?;
    let word = matches!(name, "set" | "import" | "mod" | "export" | "alias" | "if");
    let plain = !rest.starts_with('=')
        && !word
        && name.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-'));
    plain.then(|| name.to_owned())
}

/// Build stages.
pub(super) fn docker(line: &str) -> Option<String> {
    let rest = text::after_ignoring_case(line, "from ")?;
    let mut words = rest.split_whitespace();
    let stage = words.by_ref().find(|w| w.eq_ignore_ascii_case("as")).and_then(|_| words.next());
    let image = || rest.split_whitespace().find(|w| !w.starts_with("--"));
    stage.or_else(image).map(str::to_owned)
}

pub(super) fn env(line: &str) -> Option<String> {
    let line = after(line, "export").unwrap_or(line);
    let name = ident(line);
    (!name.is_empty() && line[name.len()..].starts_with('=')).then(|| name.to_owned())
}

/// `resource "type" "name" {` as `resource.type.name`.
pub(super) fn hcl(line: &str, indent: usize) -> Option<String> {
    let word = ident(line);
    if indent > 0 || word.is_empty() || !line.ends_with('{') {
        return None;
    }
    let mut name = word.to_owned();
    let mut rest = line[word.len()..].trim_start();
    while let Some(label) = quoted(rest) {
        name.push('.');
        name.push_str(label);
        rest = rest[label.len() + 2..].trim_start();
    }
    Some(name)
}
