//! Languages with declared types: Rust, Go, C and its kin, Swift, Zig, those of the JVM and .NET.

use crate::session::symbols::words::{after, after_any, ident, path_ident, quoted, without};

use super::{named, one_of};

pub(super) fn rust(line: &str) -> Option<String> {
    let line = match line.strip_prefix("pub") {
        Some(rest) if rest.starts_with('(') => {
            rest.split_once(')').map_or(line, |(_, r)| r.trim_start())
        }
        Some(rest) if rest.starts_with(' ') => rest.trim_start(),
        _ => line,
    };
    let line = without(line, &["default", "async", "unsafe", "extern \"C\"", "extern"]);
    if let Some(rest) = after(line, "const").or_else(|| after(line, "static")) {
        let rest = without(rest, &["async", "unsafe", "mut"]);
        if let Some(rest) = after(rest, "fn") {
            return named(ident(rest));
        }
        let name = ident(rest);
        return if rest[name.len()..].starts_with(':') { named(name) } else { None };
    }
    if let Some(rest) = line.strip_prefix("macro_rules! ") {
        return named(ident(rest)).map(|name| format!("{name}!"));
    }
    if line.starts_with("impl ") || line.starts_with("impl<") {
        let head = line.split(['{', '\n']).next().unwrap_or(line).trim_end();
        let head = head.split(" where ").next().unwrap_or(head);
        // `impl<T> A<T> for B` without the generics of `impl` itself.
        let body = match head.strip_prefix("impl<") {
            Some(rest) => rest.split_once("> ").map_or("", |(_, body)| body),
            None => &head["impl ".len()..],
        };
        return (!body.is_empty()).then(|| format!("impl {}", body.trim()));
    }
    one_of(line, &["fn", "struct", "enum", "trait", "mod", "type", "union"]).filter(|_| {
        // `mod tests;` and prose in a doc comment differ in what follows; comments start with `/`.
        !line.starts_with('/')
    })
}

pub(super) fn go(line: &str, indent: usize) -> Option<String> {
    if let Some(rest) = after(line, "func") {
        let Some(receiver) = rest.strip_prefix('(') else { return named(ident(rest)) };
        let (receiver, rest) = receiver.split_once(')')?;
        let of = receiver.rsplit([' ', '*']).next().unwrap_or("").split('[').next().unwrap_or("");
        let name = ident(rest.trim_start());
        return (!name.is_empty())
            .then(|| if of.is_empty() { name.to_owned() } else { format!("{of}.{name}") });
    }
    if indent == 0 {
        return one_of(line, &["type", "var", "const"]);
    }
    None
}

#[rustfmt::skip]
const JVM_MODIFIERS: [&str; 36] = [
    "public", "private", "protected", "internal", "static", "final", "abstract", "sealed", "open", "override", "virtual", "async",
    "suspend", "inline", "data", "partial", "readonly", "synchronized", "native", "default", "operator", "infix", "lateinit", "const",
    "extern", "unsafe", "case", "implicit", "lazy", "external", "factory", "late", "tailrec", "companion", "inner", "annotation",
];

pub(super) fn jvm(line: &str) -> Option<String> {
    if line.starts_with(['/', '*', '@', '}']) {
        return None;
    }
    let bare = without(line, &JVM_MODIFIERS);
    if let Some((_, rest)) = after_any(
        bare,
        &[
            "class",
            "interface",
            "enum class",
            "enum",
            "record",
            "object",
            "trait",
            "struct",
            "mixin",
            "extension",
            "@interface",
            "namespace",
            "package object",
        ],
    ) {
        let rest =
            rest.strip_prefix("class ").or_else(|| rest.strip_prefix("struct ")).unwrap_or(rest);
        return named(ident(rest));
    }
    if let Some((_, rest)) = after_any(bare, &["fun", "def"]) {
        // `fun <T> List<T>.name(`: the last name before the parenthesis.
        let head = rest.split(['(', '=', '{', ':']).next().unwrap_or(rest).trim_end();
        return named(head.rsplit(['.', ' ', '>']).next().unwrap_or(head).trim_matches('`'));
    }
    // `Type name(args) {`, `Type name(args) =>`, with the parenthesis right after the name.
    let (head, rest) = bare.split_once('(')?;
    let opens = rest.trim_end().ends_with(['{', '(', ','])
        || rest.contains(") {")
        || rest.contains(") =>")
        || rest.contains(") throws ");
    let name = head.rsplit([' ', '\t', '>']).next().unwrap_or("");
    let typed = head.trim_end().contains([' ', '\t']) || line.len() != bare.len();
    let words = head.split_whitespace().next().unwrap_or("");
    let statement = matches!(
        words,
        "if" | "for"
            | "while"
            | "switch"
            | "catch"
            | "return"
            | "new"
            | "throw"
            | "else"
            | "await"
            | "yield"
            | "when"
            | "try"
            | "using"
            | "lock"
            | "foreach"
            | "var"
            | "val"
            | "let"
            | "assert"
            | "case"
    );
    let plain = !head.contains(['=', '.', '"', ':']) || head.split_whitespace().count() == 1;
    (opens
        && typed
        && !statement
        && plain
        && !name.is_empty()
        && ident(name) == name
        && !rest.ends_with(';'))
    .then(|| name.to_owned())
}

pub(super) fn c(line: &str, indent: usize) -> Option<String> {
    if let Some(rest) = line.strip_prefix("#define ") {
        return named(ident(rest));
    }
    let bare = without(
        line,
        &[
            "static",
            "inline",
            "extern",
            "constexpr",
            "typedef",
            "virtual",
            "explicit",
            "export",
            "template <typename T>",
            "friend",
        ],
    );
    if let Some((_, rest)) = after_any(
        bare,
        &[
            "enum class",
            "struct",
            "class",
            "enum",
            "union",
            "namespace",
            "@interface",
            "@implementation",
            "@protocol",
        ],
    ) && !line.ends_with(';')
        && !rest.contains('(')
    {
        return named(path_ident(rest));
    }
    if indent > 0 || line.starts_with(['#', '/', '*', '}', '{']) {
        return None;
    }
    // A function starts in the first column and does not end its line like a statement.
    let (head, rest) = bare.split_once('(')?;
    let name = head.trim_end().rsplit([' ', '*', '&', '\t']).next().unwrap_or("");
    let statement = matches!(ident(head), "if" | "for" | "while" | "switch" | "return" | "else");
    let declares = head.trim_end().contains([' ', '*']) || name.contains("::");
    (declares
        && !statement
        && !head.contains(['=', '"'])
        && !rest.trim_end().ends_with(';')
        && !name.is_empty()
        && path_ident(name) == name)
        .then(|| name.to_owned())
}

pub(super) fn swift(line: &str, indent: usize) -> Option<String> {
    let mut bare = line;
    while bare.starts_with('@') {
        bare = bare.split_once(' ').map_or("", |(_, rest)| rest.trim_start());
    }
    let bare = without(
        bare,
        &[
            "public",
            "private",
            "fileprivate",
            "internal",
            "open",
            "static",
            "final",
            "override",
            "mutating",
            "nonisolated",
            "convenience",
            "required",
            "indirect",
            "lazy",
            "weak",
        ],
    );
    if let Some(rest) = after(bare, "class") {
        let rest = after(rest, "func").unwrap_or(rest);
        return named(ident(rest));
    }
    if let Some((word, rest)) =
        after_any(bare, &["func", "struct", "enum", "protocol", "actor", "extension", "typealias"])
    {
        let name = path_ident(rest);
        return if word == "extension" {
            named(name).map(|n| format!("extension {n}"))
        } else {
            named(ident(rest))
        };
    }
    if indent == 0 { one_of(bare, &["let", "var"]) } else { None }
}

pub(super) fn zig(line: &str) -> Option<String> {
    let bare = without(line, &["pub", "export", "inline", "extern"]);
    if let Some(rest) = after(bare, "fn") {
        return named(ident(rest));
    }
    if let Some(rest) = after(bare, "test") {
        return quoted(rest).map(|title| format!("test \"{title}\""));
    }
    let rest = after(bare, "const")?;
    let name = ident(rest);
    let value = rest[name.len()..].split_once("= ").map_or("", |(_, v)| v);
    let type_ = ["struct", "enum", "union", "error", "packed", "opaque"]
        .iter()
        .any(|w| value.starts_with(w));
    if type_ { named(name) } else { None }
}
