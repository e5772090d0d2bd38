//! What a project is made of, as far as it tells which skills help in it.
//!
//! Names of files and of dependencies are read, nothing else, within bounds and through no link.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::fs;
use std::io::Read;
use std::path::Path;

use super::registry::{Entry, fits};

/// Entries of folders that are looked at, at most.
const MAX_ENTRIES: usize = 20_000;
/// How deep folders are looked into.
const MAX_DEPTH: usize = 6;
/// Bytes of a manifest that are read, at most.
const MAX_MANIFEST: u64 = 1 << 20;
/// Signs of one kind that are told, at most.
const MAX_TOLD: usize = 3;

/// Folders that hold other people's work or what a build made.
const PASSED_OVER: [&str; 12] = [
    "__pycache__",
    "build",
    "coverage",
    "dist",
    "node_modules",
    "out",
    "Pods",
    "site-packages",
    "target",
    "third_party",
    "vendor",
    "venv",
];

/// Languages by the ends of their files' names.
const LANGUAGES: [(&str, &[&str]); 22] = [
    ("C", &["c", "h"]),
    ("C#", &["cs"]),
    ("C++", &["cc", "cpp", "cxx", "hpp"]),
    ("Clojure", &["clj", "cljs"]),
    ("Dart", &["dart"]),
    ("Elixir", &["ex", "exs"]),
    ("Go", &["go"]),
    ("Haskell", &["hs"]),
    ("Java", &["java"]),
    ("JavaScript", &["cjs", "js", "jsx", "mjs"]),
    ("Kotlin", &["kt", "kts"]),
    ("Lua", &["lua"]),
    ("PHP", &["php"]),
    ("Python", &["py"]),
    ("R", &["r"]),
    ("Ruby", &["rb"]),
    ("Rust", &["rs"]),
    ("Scala", &["scala"]),
    ("Shell", &["bash", "sh"]),
    ("SQL", &["sql"]),
    ("Swift", &["swift"]),
    ("TypeScript", &["ts", "tsx"]),
];

/// What a dependency or a file shows about a project.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Framework,
    Test,
}

/// Frameworks and test tools by the dependency or file (with a slash before it) that shows them.
const TOOLS: [(&str, &str, Kind); 57] = [
    ("actix-web", "Actix", Kind::Framework),
    ("aiohttp", "aiohttp", Kind::Framework),
    ("angular", "Angular", Kind::Framework),
    ("@angular/core", "Angular", Kind::Framework),
    ("axum", "axum", Kind::Framework),
    ("bevy", "Bevy", Kind::Framework),
    ("django", "Django", Kind::Framework),
    ("eframe", "egui", Kind::Framework),
    ("egui", "egui", Kind::Framework),
    ("electron", "Electron", Kind::Framework),
    ("express", "Express", Kind::Framework),
    ("fastapi", "FastAPI", Kind::Framework),
    ("fastify", "Fastify", Kind::Framework),
    ("flask", "Flask", Kind::Framework),
    ("github.com/gin-gonic/gin", "Gin", Kind::Framework),
    ("github.com/labstack/echo/v4", "Echo", Kind::Framework),
    ("gtk4", "GTK", Kind::Framework),
    ("hono", "Hono", Kind::Framework),
    ("iced", "iced", Kind::Framework),
    ("laravel/framework", "Laravel", Kind::Framework),
    ("leptos", "Leptos", Kind::Framework),
    ("@nestjs/core", "NestJS", Kind::Framework),
    ("next", "Next.js", Kind::Framework),
    ("nuxt", "Nuxt", Kind::Framework),
    ("phoenix", "Phoenix", Kind::Framework),
    ("rails", "Rails", Kind::Framework),
    ("react", "React", Kind::Framework),
    ("rocket", "Rocket", Kind::Framework),
    ("slint", "Slint", Kind::Framework),
    ("solid-js", "Solid", Kind::Framework),
    ("spring-boot", "Spring Boot", Kind::Framework),
    ("spring-boot-starter", "Spring Boot", Kind::Framework),
    ("spring-boot-starter-web", "Spring Boot", Kind::Framework),
    ("svelte", "Svelte", Kind::Framework),
    ("symfony/framework-bundle", "Symfony", Kind::Framework),
    ("tauri", "Tauri", Kind::Framework),
    ("vue", "Vue", Kind::Framework),
    ("cypress", "Cypress", Kind::Test),
    ("@playwright/test", "Playwright", Kind::Test),
    ("playwright", "Playwright", Kind::Test),
    ("pytest-playwright", "Playwright", Kind::Test),
    ("selenium", "Selenium", Kind::Test),
    ("selenium-webdriver", "Selenium", Kind::Test),
    ("jest", "Jest", Kind::Test),
    ("junit-jupiter", "JUnit", Kind::Test),
    ("junit", "JUnit", Kind::Test),
    ("mocha", "Mocha", Kind::Test),
    ("phpunit/phpunit", "PHPUnit", Kind::Test),
    ("proptest", "proptest", Kind::Test),
    ("pytest", "pytest", Kind::Test),
    ("/pytest.ini", "pytest", Kind::Test),
    ("/conftest.py", "pytest", Kind::Test),
    ("rspec", "RSpec", Kind::Test),
    ("rspec-rails", "RSpec", Kind::Test),
    ("vitest", "Vitest", Kind::Test),
    ("/*_test.go", "go test", Kind::Test),
    ("/nextest.toml", "nextest", Kind::Test),
];

/// A project's parts. All names are the project's own: they are to be made fit for a terminal.
#[derive(Debug, Clone, Default)]
pub struct Project {
    /// Languages with the number of their files, most first.
    pub languages: Vec<(&'static str, usize)>,
    /// Frameworks, by name.
    pub frameworks: BTreeSet<&'static str>,
    /// Tools that run tests, by name.
    pub test_tools: BTreeSet<&'static str>,
    /// Paths in the project, of folders with a slash at the end.
    files: Vec<String>,
    /// Dependencies, with the manifest that names each.
    dependencies: BTreeMap<String, String>,
}

impl Project {
    /// Looks at what lies in `folder`. What can't be read is passed over.
    pub fn look(folder: &Path) -> Self {
        let mut project = Self { files: files(folder), ..Self::default() };
        let mut counts: BTreeMap<&'static str, usize> = BTreeMap::new();
        for path in &project.files {
            let end = path.rsplit_once('.').map(|(_, end)| end.to_lowercase()).unwrap_or_default();
            let found = LANGUAGES.iter().find(|(_, ends)| ends.contains(&&*end));
            if let Some((language, _)) = found {
                *counts.entry(language).or_default() += 1;
            }
        }
        project.languages = counts.into_iter().collect();
        project.languages.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
        for path in &project.files {
            for name in manifest(&folder.join(path), file_name(path)) {
                project.dependencies.entry(name).or_insert_with(|| path.clone());
            }
        }
        for (sign, tool, kind) in TOOLS {
            let there = match sign.strip_prefix('/') {
                Some(file) => project.has_file(file).is_some(),
                None => project.dependencies.contains_key(sign),
            };
            if there {
                match kind {
                    Kind::Framework => project.frameworks.insert(tool),
                    Kind::Test => project.test_tools.insert(tool),
                };
            }
        }
        let tested = |path: &String| path.starts_with("tests/") && path.ends_with(".rs");
        if project.files.iter().any(tested) {
            project.test_tools.insert("cargo test");
        }
        project
    }

    /// Why a skill of that entry fits, the most telling reason first; empty when nothing says so.
    pub fn reasons(&self, entry: &Entry) -> Vec<String> {
        let mut reasons = Vec::new();
        let mut named = Vec::new();
        for (name, manifest) in &self.dependencies {
            if entry.dependencies.iter().any(|pattern| fits(pattern, name)) {
                named.push(format!("{manifest} names {name}"));
            }
        }
        tell(named, "dependencies", &mut reasons);
        let mut there: Vec<String> = Vec::new();
        for pattern in &entry.files {
            there.extend(self.has_file(pattern).map(|path| format!("it has {path}")));
        }
        there.dedup();
        tell(there, "files", &mut reasons);
        for (language, count) in &self.languages {
            let name = language.to_lowercase();
            if entry.languages.contains(&name) {
                reasons.push(format!("{language}, {count} {}", files_word(*count)));
            }
        }
        if entry.languages.iter().any(|language| language == "*") {
            if let Some((language, count)) = self.languages.first() {
                reasons.push(format!("code: {language}, {count} {}", files_word(*count)));
            }
        }
        reasons
    }

    /// The first path, the shallowest, that `pattern` means.
    fn has_file(&self, pattern: &str) -> Option<&str> {
        let whole = pattern.trim_end_matches('/').contains('/');
        let found = self.files.iter().find(|path| {
            let subject = if whole { path } else { file_name(path) };
            fits(pattern, subject.trim_end_matches('/')) && !pattern.ends_with('/')
                || path.ends_with('/')
                    && fits(pattern.trim_end_matches('/'), subject.trim_end_matches('/'))
        });
        found.map(String::as_str)
    }
}

fn files_word(count: usize) -> &'static str {
    if count == 1 { "file" } else { "files" }
}

/// Adds `signs` to `reasons`: some, and how many more there are.
fn tell(mut signs: Vec<String>, what: &str, reasons: &mut Vec<String>) {
    let more = signs.len().saturating_sub(MAX_TOLD);
    signs.truncate(MAX_TOLD);
    reasons.append(&mut signs);
    if more > 0 {
        reasons.push(format!("{more} more {what}"));
    }
}

/// The last part of a path; a folder's with its slash.
fn file_name(path: &str) -> &str {
    let end = path.trim_end_matches('/');
    end.rfind('/').map_or(path, |at| &path[at + 1..])
}

/// Paths below `folder`, the shallowest first.
fn files(folder: &Path) -> Vec<String> {
    let mut found = Vec::new();
    let mut open = VecDeque::from([(String::new(), 0)]);
    while let Some((inside, depth)) = open.pop_front() {
        let Ok(entries) = fs::read_dir(folder.join(&inside)) else { continue };
        let mut names: Vec<(String, fs::FileType)> = entries
            .filter_map(|entry| {
                let entry = entry.ok()?;
                Some((entry.file_name().into_string().ok()?, entry.file_type().ok()?))
            })
            .collect();
        names.sort_by(|a, b| a.0.cmp(&b.0));
        for (name, kind) in names {
            if found.len() >= MAX_ENTRIES {
                return found;
            }
            if kind.is_dir() {
                let path = format!("{inside}{name}/");
                let hidden = name.starts_with('.') && name != ".github";
                if depth + 1 < MAX_DEPTH && !hidden && !PASSED_OVER.contains(&&*name) {
                    open.push_back((path.clone(), depth + 1));
                }
                found.push(path);
            } else if kind.is_file() {
                found.push(format!("{inside}{name}"));
            }
        }
    }
    found
}

/// The dependencies that a file names, if it is one that names dependencies.
fn manifest(path: &Path, name: &str) -> Vec<String> {
    let lower = name.to_lowercase();
    let end = lower.rsplit_once('.').map_or("", |(_, end)| end);
    let text_form = matches!(
        name,
        "Gemfile"
            | "Pipfile"
            | "build.gradle"
            | "build.gradle.kts"
            | "go.mod"
            | "mix.exs"
            | "pom.xml"
    ) || end == "csproj"
        || lower.starts_with("requirements") && end == "txt";
    let tables = matches!(name, "Cargo.toml" | "pyproject.toml");
    let objects = matches!(name, "composer.json" | "package.json");
    if !text_form && !tables && !objects {
        return Vec::new();
    }
    let mut text = String::new();
    let read =
        fs::File::open(path).and_then(|file| file.take(MAX_MANIFEST).read_to_string(&mut text));
    if read.is_err() {
        return Vec::new();
    }
    let mut names = Vec::new();
    if tables {
        let table: toml::Table = toml::from_str(&text).unwrap_or_default();
        of_toml(&toml::Value::Table(table), &mut names);
    } else if objects {
        let value: serde_json::Value = serde_json::from_str(&text).unwrap_or_default();
        for key in [
            "dependencies",
            "devDependencies",
            "optionalDependencies",
            "peerDependencies",
            "require",
            "require-dev",
        ] {
            names.extend(value[key].as_object().into_iter().flat_map(|map| map.keys().cloned()));
        }
    } else {
        names.extend(text.lines().flat_map(words));
    }
    // A name that could be mistaken for anything else is no dependency of a registry's.
    names.retain(|name| name.len() <= 100 && name.chars().all(is_part));
    names
}

/// Names in the tables of dependencies, wherever those stand.
fn of_toml(value: &toml::Value, names: &mut Vec<String>) {
    for (key, value) in value.as_table().into_iter().flatten() {
        if key.ends_with("dependencies") || key == "dependency-groups" {
            required(value, names);
        } else {
            of_toml(value, names);
        }
    }
}

/// Names as keys, or in lists of requirements, which may stand in groups.
fn required(value: &toml::Value, names: &mut Vec<String>) {
    match value {
        toml::Value::Table(table) => {
            for (key, value) in table {
                if value.is_array() {
                    required(value, names);
                } else {
                    names.push(key.clone());
                }
            }
        }
        toml::Value::Array(list) => {
            names.extend(list.iter().filter_map(|item| words(item.as_str()?).next()));
        }
        _ => {}
    }
}

fn is_part(c: char) -> bool {
    c.is_ascii_alphanumeric() || "-_./@:".contains(c)
}

/// The names in a line; what follows a comment sign is none.
fn words(line: &str) -> impl Iterator<Item = String> {
    let line = line.split(['#', ';']).next().unwrap_or_default();
    line.split(|c: char| !is_part(c))
        .flat_map(|word| [word, word.rsplit(':').nth(1).unwrap_or_default()])
        .filter(|word| word.len() > 1)
        .map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn project(files: &[(&str, &str)]) -> (tempfile::TempDir, Project) {
        let folder = tempfile::tempdir().unwrap();
        for (path, text) in files {
            let path = folder.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            #[allow(clippy::disallowed_methods)]
            fs::write(path, text).unwrap();
        }
        let project = Project::look(folder.path());
        (folder, project)
    }

    #[test]
    fn dependencies_are_read_from_manifests_of_several_kinds() {
        let (_folder, found) = project(&[
            (
                "Cargo.toml",
                "[package]\nname = \"a\"\n[dependencies]\ntauri = { version = \"2\", features = [\"x\"] }\n[target.'cfg(unix)'.dev-dependencies]\nproptest = \"1\"\n",
            ),
            (
                "web/package.json",
                "{\"dependencies\": {\"react\": \"*\"}, \"devDependencies\": {\"@playwright/test\": \"1\"}}",
            ),
            (
                "pyproject.toml",
                "[project]\ndependencies = [\"fastapi>=0.1\", \"x [y]\"]\n[dependency-groups]\ndev = [\"pytest ~= 8\"]\n[tool.poetry.group.t.dependencies]\nmcp = \"1\"\n",
            ),
            ("requirements-dev.txt", "selenium==4 # not: django\n"),
            ("go.mod", "module m\nrequire (\n\tgithub.com/gin-gonic/gin v1.9.0\n)\n"),
            (
                "build.gradle",
                "implementation 'org.springframework.boot:spring-boot-starter-web:3'\n",
            ),
            ("Gemfile", "gem \"rails\", \"~> 7\"\n"),
            ("node_modules/x/package.json", "{\"dependencies\": {\"vue\": \"*\"}}"),
        ]);
        let frameworks: Vec<_> = found.frameworks.iter().copied().collect();
        assert_eq!(frameworks, ["FastAPI", "Gin", "Rails", "React", "Spring Boot", "Tauri"]);
        let tools: Vec<_> = found.test_tools.iter().copied().collect();
        assert_eq!(tools, ["Playwright", "Selenium", "proptest", "pytest"]);
        assert_eq!(found.dependencies["mcp"], "pyproject.toml");
        assert!(!found.dependencies.contains_key("features"), "{:?}", found.dependencies);
    }

    #[test]
    fn reasons_name_what_was_found() {
        let (_folder, found) = project(&[
            ("deploy/Dockerfile.dev", ""),
            ("migrations/1.sql", ""),
            ("src/a.rs", ""),
            ("src/b.rs", ""),
            ("Cargo.toml", "[dependencies]\nsqlx = \"1\"\n"),
        ]);
        let list = |words: &[&str]| words.iter().map(|w| (*w).to_owned()).collect();
        let entry = Entry {
            languages: list(&["rust"]),
            dependencies: list(&["sqlx", "diesel"]),
            files: list(&["migrations/", "Dockerfile*", "absent"]),
            ..Entry::default()
        };
        assert_eq!(
            found.reasons(&entry),
            [
                "Cargo.toml names sqlx",
                "it has migrations/",
                "it has deploy/Dockerfile.dev",
                "Rust, 2 files"
            ]
        );
        assert_eq!(found.reasons(&Entry::default()), Vec::<String>::new());
        let any = Entry { languages: list(&["*"]), ..Entry::default() };
        assert_eq!(found.reasons(&any), ["code: Rust, 2 files"]);
    }

    #[test]
    #[cfg(unix)]
    fn links_are_not_followed() {
        let outside = tempfile::tempdir().unwrap();
        #[allow(clippy::disallowed_methods)]
        fs::write(outside.path().join("a.py"), "").unwrap();
        let folder = tempfile::tempdir().unwrap();
        std::os::unix::fs::symlink(outside.path(), folder.path().join("link")).unwrap();
        std::os::unix::fs::symlink(folder.path(), folder.path().join("round")).unwrap();
        assert_eq!(Project::look(folder.path()).languages, []);
    }
}
