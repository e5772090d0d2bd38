//! JavaScript and TypeScript.

use crate::session::symbols::words::{after, after_any, ident, path_ident, titled, without};

use super::{named, one_of};

#[rustfmt::skip]
const JS_KEYWORDS: [&str; 20] = [
    "if", "for", "while", "switch", "catch", "function", "return", "with", "else", "do", "await", "new", "super",
    "constructor", "typeof", "import", "beforeEach", "afterEach", "beforeAll", "afterAll",
];

pub(super) fn javascript(line: &str, indent: usize) -> Option<String> {
    if line.starts_with("//") || line.starts_with('*') || line.starts_with("/*") {
        return None;
    }
    if let Some(title) = titled(line, &["describe", "it", "test", "suite", "context"]) {
        return Some(title);
    }
    let exported = line.starts_with("export ");
    let line = without(
        line,
        &[
            "export",
            "default",
            "declare",
            "abstract",
            "async",
            "public",
            "private",
            "protected",
            "static",
            "readonly",
            "override",
        ],
    );
    if let Some(rest) = line.strip_prefix("function") {
        return named(ident(rest.trim_start_matches(['*', ' '])));
    }
    if let Some(name) = one_of(line, &["class", "interface", "enum", "namespace"]) {
        return Some(name);
    }
    if let Some(rest) = after(line, "type") {
        let name = ident(rest);
        return if rest[name.len()..].trim_start().starts_with(['=', '<']) {
            named(name)
        } else {
            None
        };
    }
    if let Some((_, rest)) = after_any(line, &["const", "let", "var"]) {
        let name = ident(rest);
        let value = rest[name.len()..].split_once('=').map_or("", |(_, v)| v.trim_start());
        let function = value.starts_with("function")
            || value.starts_with("async ")
            || value.starts_with('(') && (value.contains("=>") || !value.contains(')'))
            || ident(value).len() < value.len()
                && value[ident(value).len()..].trim_start().starts_with("=>");
        let top =
            indent == 0 && !value.starts_with("require(") && !value.starts_with("await import");
        return if exported || function || top { named(name) } else { None };
    }
    // `Obj.name = {`, `module.exports = {`, `Foo.prototype.bar = function`.
    let path = path_ident(line);
    if path.contains('.') && !path.starts_with("this.") && !path.contains(':') {
        let value = line[path.len()..].trim_start().strip_prefix('=').map(str::trim_start);
        let defines = value.is_some_and(|v| {
            v == "{"
                || v.starts_with("{ ")
                || v.starts_with("function")
                || v.starts_with("async")
                || v.starts_with("class")
                || v.starts_with('(') && v.contains("=>")
        });
        return if defines { named(path) } else { None };
    }
    // Methods of classes and objects.
    let line = without(line, &["get", "set"]).trim_start_matches(['*', '#']);
    let name = ident(line);
    let rest = &line[name.len()..];
    let method = indent > 0
        && line.ends_with('{')
        && rest.starts_with(['(', '<'])
        && !JS_KEYWORDS.contains(&name);
    let property = indent > 0
        && rest.trim_start().strip_prefix([':', '=']).map(str::trim_start).is_some_and(|value| {
            value.starts_with("function")
                || value.starts_with("async (")
                || value.starts_with("async function")
                || value.starts_with('(') && value.contains("=>")
        });
    if (method || property) && !name.is_empty() { Some(name.to_owned()) } else { None }
}
