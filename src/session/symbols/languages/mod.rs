//! Definitions of programming languages, one line at a time.

mod beam;
mod compiled;
mod functional;
mod script;
mod web;

use super::words::{after_any, ident};
use super::{data, markup};
use crate::session::text;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Language {
    C,
    Clojure,
    Css,
    Docker,
    Elixir,
    Env,
    Erlang,
    Go,
    Graphql,
    Haskell,
    Hcl,
    JavaScript,
    Json,
    Just,
    Jvm,
    Lua,
    Make,
    Markdown,
    Markup,
    Php,
    Proto,
    Python,
    R,
    Ruby,
    Rust,
    Shell,
    SingleFile,
    Sql,
    Swift,
    Toml,
    Yaml,
    Zig,
    Unknown,
}

impl Language {
    pub(super) fn of(path: &str) -> Self {
        let name = path.rsplit(['/', '\\']).next().unwrap_or(path);
        match name {
            "Makefile" | "makefile" | "GNUmakefile" => return Self::Make,
            "justfile" | "Justfile" | ".justfile" => return Self::Just,
            "Rakefile" | "Gemfile" | "Podfile" | "Fastfile" | "Vagrantfile" => return Self::Ruby,
            "Jenkinsfile" => return Self::Jvm,
            _ if name.starts_with("Dockerfile") || name.ends_with(".dockerfile") => {
                return Self::Docker;
            }
            _ if name.starts_with(".env") => return Self::Env,
            _ if name.ends_with(".blade.php") => return Self::Markup,
            _ => {}
        }
        match text::suffix(path).as_str() {
            "rs" => Self::Rust,
            "py" | "pyi" | "pyx" => Self::Python,
            "js" | "jsx" | "mjs" | "cjs" | "ts" | "tsx" | "mts" | "cts" => Self::JavaScript,
            "ex" | "exs" => Self::Elixir,
            "erl" | "hrl" => Self::Erlang,
            "go" => Self::Go,
            "java" | "kt" | "kts" | "cs" | "scala" | "groovy" | "gradle" | "dart" | "fs" | "sc" => {
                Self::Jvm
            }
            "c" | "h" | "cc" | "cpp" | "cxx" | "hpp" | "hh" | "hxx" | "m" | "mm" | "cu" | "ino"
            | "glsl" => Self::C,
            "rb" | "rake" | "gemspec" | "cr" => Self::Ruby,
            "php" => Self::Php,
            "swift" => Self::Swift,
            "sh" | "bash" | "zsh" | "ksh" | "fish" | "bats" | "ps1" => Self::Shell,
            "css" | "scss" | "sass" | "less" | "pcss" => Self::Css,
            "html" | "htm" | "heex" | "leex" | "eex" | "erb" | "hbs" | "njk" | "jinja" | "j2"
            | "twig" | "xhtml" | "xml" | "svg" | "liquid" | "cshtml" | "razor" => Self::Markup,
            "vue" | "svelte" | "astro" => Self::SingleFile,
            "sql" | "psql" | "ddl" => Self::Sql,
            "md" | "mdx" | "markdown" => Self::Markdown,
            "toml" | "ini" | "cfg" | "conf" | "editorconfig" => Self::Toml,
            "yml" | "yaml" => Self::Yaml,
            "json" | "jsonc" | "json5" => Self::Json,
            "mk" | "mak" => Self::Make,
            "just" => Self::Just,
            "tf" | "hcl" | "tfvars" => Self::Hcl,
            "proto" => Self::Proto,
            "graphql" | "gql" => Self::Graphql,
            "lua" => Self::Lua,
            "hs" | "elm" | "ml" | "mli" | "purs" => Self::Haskell,
            "clj" | "cljs" | "cljc" | "el" | "lisp" | "scm" | "rkt" => Self::Clojure,
            "r" | "jl" => Self::R,
            "zig" => Self::Zig,
            _ => Self::Unknown,
        }
    }
}

/// Takes the number of a line and a name that it defines.
pub(super) type Sink<'s> = dyn FnMut(usize, String) + 's;

/// Lines longer than this are data or minified code.
const MAX_LINE: usize = 600;

pub(super) fn scan(language: Language, text: &str, sink: &mut Sink<'_>) {
    if language == Language::Unknown {
        return;
    }
    let mut offset = 0;
    let mut fenced = false;
    for (n, raw) in text.split_inclusive('\n').enumerate() {
        let start = offset;
        offset += raw.len();
        let raw = raw.trim_end();
        let line = raw.trim_start();
        if line.is_empty() || raw.len() > MAX_LINE {
            continue;
        }
        let indent = raw.len() - line.len();
        let found = match language {
            Language::Rust => compiled::rust(line),
            Language::Python => script::python(line, indent),
            Language::JavaScript => web::javascript(line, indent),
            Language::Elixir => {
                beam::elixir_details(
                    line,
                    &mut |name| sink(n, name),
                    beam::elixir(line, &text[start + indent..]),
                );
                None
            }
            Language::Erlang => beam::erlang(line, indent, &text[start..]),
            Language::Go => compiled::go(line, indent),
            Language::Jvm => compiled::jvm(line),
            Language::C => compiled::c(line, indent),
            Language::Ruby => script::ruby(line),
            Language::Php => script::php(line),
            Language::Swift => compiled::swift(line, indent),
            Language::Shell => script::shell(line),
            Language::Css => {
                data::css(line, &mut |name| sink(n, name));
                None
            }
            Language::Markup => {
                markup::names(line, &mut |name| sink(n, name));
                None
            }
            Language::SingleFile => {
                let found = web::javascript(line, indent);
                if found.is_none() {
                    markup::names(line, &mut |name| sink(n, name));
                }
                found
            }
            Language::Markdown => {
                if line.starts_with("```") || line.starts_with("~~~") {
                    fenced = !fenced;
                }
                if fenced { None } else { data::heading(line, indent) }
            }
            Language::Sql => data::sql(line),
            Language::Toml => data::toml(line, indent),
            Language::Yaml => data::yaml(line, indent),
            Language::Json => data::json(line, raw),
            Language::Make => data::make(line, indent),
            Language::Just => data::just(line, indent),
            Language::Docker => data::docker(line),
            Language::Env => data::env(line),
            Language::Hcl => data::hcl(line, indent),
            Language::Proto => one_of(line, &["message", "service", "enum", "rpc", "extend"]),
            Language::Graphql => one_of(
                line,
                &[
                    "type",
                    "enum",
                    "input",
                    "interface",
                    "union",
                    "scalar",
                    "query",
                    "mutation",
                    "fragment",
                ],
            ),
            Language::Lua => script::lua(line, indent),
            Language::Haskell => functional::haskell(line, indent),
            Language::Clojure => functional::clojure(line),
            Language::R => script::r(line, indent),
            Language::Zig => compiled::zig(line),
            Language::Unknown => None,
        };
        if let Some(name) = found {
            sink(n, name);
        }
    }
}

fn named(name: &str) -> Option<String> {
    (!name.is_empty()).then(|| name.to_owned())
}

/// The name after one of `words`.
fn one_of(line: &str, words: &[&str]) -> Option<String> {
    after_any(line, words).and_then(|(_, rest)| named(ident(rest)))
}
