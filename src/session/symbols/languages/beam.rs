//! Elixir and Erlang.

use crate::session::symbols::markup;
use crate::session::symbols::words::{
    after_any, arity, ident, ident_marked, path_ident, quoted, titled,
};

use super::named;

pub(super) fn elixir(line: &str, from: &str) -> Option<String> {
    if let Some((_, rest)) = after_any(line, &["defmodule", "defprotocol", "defimpl"]) {
        return named(path_ident(rest));
    }
    if let Some(title) = titled(line, &["describe", "test", "property", "feature"]) {
        return Some(title);
    }
    let (word, rest) = after_any(
        line,
        &["def", "defp", "defmacro", "defmacrop", "defguard", "defguardp", "defdelegate"],
    )?;
    let name = ident_marked(rest);
    if name.is_empty() {
        return None;
    }
    // The arguments may go over several lines.
    let at = from.find(word).unwrap_or(0) + word.len();
    let args = from[at..].trim_start().get(name.len()..).unwrap_or("");
    let n = if args.starts_with('(') { arity(args)? } else { 0 };
    Some(format!("{name}/{n}"))
}

/// What a view adds beside its functions: events, assigns, and the markup in its templates.
pub(super) fn elixir_details(line: &str, sink: &mut dyn FnMut(String), definition: Option<String>) {
    let defines = definition.is_some();
    if let Some(name) = definition {
        sink(name);
    }
    if let Some((_, rest)) = line.split_once("handle_event(")
        && let Some(event) = quoted(rest)
    {
        sink(format!("event \"{event}\""));
    }
    if let Some((_, rest)) = line.split_once("assign(") {
        let rest = rest.strip_prefix("socket, ").unwrap_or(rest);
        let name = rest.strip_prefix(':').map_or_else(
            || {
                let key = ident(rest);
                if rest[key.len()..].starts_with(": ") { key } else { "" }
            },
            ident_marked,
        );
        if !name.is_empty() {
            sink(format!("assign {name}"));
        }
    }
    if !defines
        && line.contains('=')
        && (line.starts_with('<') || line.contains("=\"") || line.contains("={"))
    {
        markup::names(line, sink);
    }
}

pub(super) fn erlang(line: &str, indent: usize, from: &str) -> Option<String> {
    if let Some(rest) = line.strip_prefix("-module(").or_else(|| line.strip_prefix("-record(")) {
        return named(ident(rest));
    }
    let name = ident(line);
    if indent > 0
        || !name.starts_with(|c: char| c.is_lowercase())
        || !line[name.len()..].starts_with('(')
    {
        return None;
    }
    let head = &from[..from.floor_char_boundary(2_000)];
    head.split_once("->").filter(|(head, _)| !head.contains('.'))?;
    Some(format!("{name}/{}", arity(&from[name.len()..])?))
}
