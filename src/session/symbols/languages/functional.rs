//! Haskell, ML and Lisp.

use crate::session::symbols::words::{after_any, ident, path_ident};

use super::named;

pub(super) fn haskell(line: &str, indent: usize) -> Option<String> {
    if indent > 0 {
        return None;
    }
    if let Some((_, rest)) = after_any(
        line,
        &["data", "newtype", "type alias", "type", "class", "module", "let rec", "let", "instance"],
    ) {
        return named(path_ident(rest));
    }
    let name = ident(line.strip_prefix("val ").unwrap_or(line));
    let rest = line.strip_prefix("val ").unwrap_or(line)[name.len()..]
        .trim_start_matches('\'')
        .trim_start();
    (!name.is_empty() && (rest.starts_with(":: ") || rest.starts_with(": ")))
        .then(|| name.to_owned())
}

pub(super) fn clojure(line: &str) -> Option<String> {
    let (word, rest) = line.strip_prefix('(')?.split_once(' ')?;
    if !word.starts_with("def") && word != "ns" && word != "define" {
        return None;
    }
    let rest = rest.trim_start_matches(['(', '^', ' ']);
    let end = rest
        .find(|c: char| c.is_whitespace() || matches!(c, '(' | ')' | '[' | '"'))
        .unwrap_or(rest.len());
    named(&rest[..end])
}
