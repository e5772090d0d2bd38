//! Python, Ruby, PHP, shells, Lua, R and Julia.

use crate::session::symbols::words::{
    after, after_any, ident, ident_marked, path_ident, quoted, titled, without,
};

use super::{named, one_of};

pub(super) fn python(line: &str, indent: usize) -> Option<String> {
    let line = without(line, &["async"]);
    if let Some(name) = one_of(line, &["def", "class"]) {
        return Some(name);
    }
    // Constants and module-level objects.
    let name = ident(line);
    let rest = line[name.len()..].trim_start();
    let assigns = rest.starts_with("= ") || rest.starts_with(": ") && rest.contains(" = ");
    (indent == 0 && assigns && !name.is_empty()).then(|| name.to_owned())
}

pub(super) fn ruby(line: &str) -> Option<String> {
    if let Some(rest) = after(line, "def") {
        let rest = rest.strip_prefix("self.").unwrap_or(rest);
        return named(ident_marked(rest));
    }
    if let Some((_, rest)) = after_any(line, &["class", "module"]) {
        return if rest.starts_with("<<") { None } else { named(path_ident(rest)) };
    }
    if let Some(title) =
        titled(line, &["describe", "context", "it", "test", "specify", "RSpec.describe"])
    {
        return Some(title);
    }
    if let Some((word, rest)) = after_any(
        line,
        &[
            "scope",
            "has_many",
            "belongs_to",
            "has_one",
            "task",
            "create_table",
            "namespace",
            "resources",
        ],
    ) {
        let name = ident_marked(rest.trim_start_matches([':', '"', '\'']));
        return (!name.is_empty()).then(|| format!("{word} {name}"));
    }
    let name = ident(line);
    let constant = name.len() > 1
        && name.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_');
    (constant && line[name.len()..].trim_start().starts_with("= ")).then(|| name.to_owned())
}

pub(super) fn php(line: &str) -> Option<String> {
    let bare = without(
        line,
        &["public", "private", "protected", "static", "final", "abstract", "readonly"],
    );
    if let Some(rest) = after(bare, "function") {
        return named(ident(rest.trim_start_matches('&')));
    }
    if let Some(title) = titled(line, &["describe", "it", "test"]) {
        return Some(title);
    }
    one_of(bare, &["class", "interface", "trait", "enum", "const"])
}

pub(super) fn shell(line: &str) -> Option<String> {
    if let Some((word, rest)) = after_any(line, &["function", "Function"]) {
        let end =
            rest.find(|c: char| c.is_whitespace() || matches!(c, '(' | '{')).unwrap_or(rest.len());
        return named(&rest[..end]).filter(|_| word == "function" || word == "Function");
    }
    if let Some(rest) = after(line, "@test") {
        return quoted(rest).map(|title| format!("test \"{title}\""));
    }
    let (name, rest) = line.split_once('(')?;
    let name = name.trim_end();
    let plain = !name.is_empty()
        && name.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | ':' | '.'));
    (plain && rest.trim_start().starts_with(')')).then(|| name.to_owned())
}

pub(super) fn lua(line: &str, indent: usize) -> Option<String> {
    let bare = without(line, &["local"]);
    if let Some(rest) = after(bare, "function") {
        return named(path_ident(rest));
    }
    let name = path_ident(bare);
    let function = bare[name.len()..]
        .trim_start()
        .strip_prefix("= ")
        .is_some_and(|v| v.trim_start().starts_with("function"));
    (function
        || indent == 0
            && bare.len() < line.len()
            && bare[name.len()..].trim_start().starts_with('='))
    .then(|| name.to_owned())
    .filter(|n| !n.is_empty())
}

pub(super) fn r(line: &str, indent: usize) -> Option<String> {
    if let Some((_, rest)) =
        after_any(line, &["function", "struct", "mutable struct", "module", "macro"])
    {
        return named(path_ident(rest));
    }
    let end =
        line.find(|c: char| !c.is_alphanumeric() && !matches!(c, '_' | '.')).unwrap_or(line.len());
    let rest = line[end..].trim_start();
    let function = rest
        .strip_prefix("<-")
        .or_else(|| rest.strip_prefix('='))
        .is_some_and(|v| v.trim_start().starts_with("function"));
    (function && indent == 0).then(|| line[..end].to_owned()).filter(|n| !n.is_empty())
}
