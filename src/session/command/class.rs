//! What known programs and their subcommands are for.

#![allow(
    clippy::match_same_arms,
    clippy::unnested_or_patterns,
    reason = "the tables are ordered by ecosystem, so that a line is found where it is looked for"
)]

use super::Class;
use super::shell::Word;

use Class::{Build, Format, Install, Lint, Look, Other, Run, Test, Tracker, Vcs};

/// The class of a program without subcommands; `None` when it is not known.
pub(super) fn plain(program: &str, words: &[Word<'_>]) -> Option<Class> {
    let has = |flags: &[&str]| words.iter().any(|w| flags.contains(&w.value.as_str()));
    Some(match program {
        "pytest" | "py.test" | "jest" | "vitest" | "mocha" | "ava" | "tap" | "rspec"
        | "phpunit" | "pest" | "paratest" | "unittest" | "nose2" | "ctest" | "bats" | "busted"
        | "prove" | "karma" | "gotestsum" | "ginkgo" | "cucumber" | "behave" | "trial" | "wdio"
        | "testcafe" | "newman" | "jasmine" | "uvu" | "doctest" | "codecept" | "robot"
        | "nightwatch" | "cargo-nextest" | "hurl" | "testem" | "minitest" | "bun-test"
        | "runghc-tests" => Test,
        "eslint" | "mypy" | "pyright" | "basedpyright" | "flake8" | "pylint" | "rubocop"
        | "standardrb" | "shellcheck" | "yamllint" | "actionlint" | "hadolint" | "stylelint"
        | "oxlint" | "phpstan" | "psalm" | "phpcs" | "srb" | "bandit" | "vulture" | "ktlint"
        | "detekt" | "swiftlint" | "clang-tidy" | "cppcheck" | "jshint" | "xo" | "vue-tsc"
        | "svelte-check" | "knip" | "markdownlint" | "markdownlint-cli2" | "ansible-lint"
        | "tflint" | "sqlfluff" | "semgrep" | "vale" | "staticcheck" | "dialyzer" | "typos"
        | "luacheck" | "ty" | "pyre" | "depcheck" | "publint" | "attw" | "commitlint"
        | "cspell" | "codespell" | "brakeman" | "reek" | "erb_lint" | "haml-lint"
        | "govulncheck" | "gosec" | "revive" | "pre_commit" | "djlint" | "curlylint"
        | "proselint" | "taplo-lint" | "py_compile" | "compileall" | "madge"
        | "dependency-cruiser" | "depcruise" | "rector" | "phpmd" | "cargo-clippy"
        | "clippy-driver" | "hlint" | "statix" | "deadnix" | "zizmor" | "checkov" | "trivy"
        | "kubeconform" | "kubeval" | "spectral" | "redocly" | "solhint" | "slither" => Lint,
        "prettier" | "black" | "isort" | "gofmt" | "goimports" | "rustfmt" | "clang-format"
        | "shfmt" | "yapf" | "autopep8" | "php-cs-fixer" | "pint" | "taplo" | "swiftformat"
        | "swift-format" | "stylua" | "gofumpt" | "google-java-format" | "alejandra" | "nixfmt"
        | "standard" | "erlfmt" | "ormolu" | "fourmolu" | "cmake-format" | "dotnet-format"
        | "rufo" | "gci" | "ocamlformat" | "elm-format" | "pg_format" | "sql-formatter"
        | "nixpkgs-fmt" => Format,
        "tsc" => {
            if has(&["--noEmit", "--noemit"]) {
                Lint
            } else {
                Build
            }
        }
        "gcc" | "g++" | "clang" | "clang++" | "cc" | "c++" | "rustc" | "javac" | "kotlinc"
        | "webpack" | "rollup" | "esbuild" | "tsup" | "swc" | "parcel" | "latexmk" | "pdflatex"
        | "xelatex" | "hugo" | "sphinx-build" | "protoc" | "sass" | "tailwindcss" | "postcss"
        | "ghc" | "ld" | "ar" | "nvcc" | "emcc" | "asciidoctor" | "typst" | "jekyll"
        | "elixirc" | "erlc" | "build" | "unbuild" | "ncc" | "rspack" | "rsbuild" | "nasm"
        | "solc" | "makeinfo" | "pandoc" | "configure" | "autoreconf" | "svelte-kit" => Build,
        "ls" | "cat" | "head" | "tail" | "grep" | "egrep" | "fgrep" | "zgrep" | "rg" | "ag"
        | "ack" | "fd" | "fdfind" | "tree" | "wc" | "file" | "stat" | "du" | "df" | "pwd"
        | "which" | "type" | "whoami" | "date" | "env" | "printenv" | "echo" | "printf" | "jq"
        | "yq" | "awk" | "gawk" | "diff" | "less" | "more" | "sort" | "uniq" | "sleep"
        | "history" | "ps" | "top" | "lsof" | "id" | "uname" | "man" | "xxd" | "hexdump" | "od"
        | "strings" | "ldd" | "nm" | "objdump" | "cut" | "tr" | "column" | "realpath"
        | "readlink" | "basename" | "dirname" | "cmp" | "comm" | "md5sum" | "sha256sum"
        | "shasum" | "cksum" | "bat" | "eza" | "exa" | "tokei" | "cloc" | "scc" | "whereis"
        | "hostname" | "free" | "uptime" | "nproc" | "ss" | "netstat" | "dig" | "host"
        | "nslookup" | "ping" | "pgrep" | "seq" | "tac" | "nl" | "jobs" | "help" | "info"
        | "locate" | "ast-grep" | "sg" | "ctags" | "zipinfo" | "gron" | "xmllint" | "otool"
        | "readelf" | "lscpu" => Look,
        "find" => {
            if has(&["-delete", "-exec", "-execdir", "-ok"]) {
                Other
            } else {
                Look
            }
        }
        "sed" => {
            let edits = words.iter().any(|w| w.value.starts_with("-i") || w.value == "--in-place");
            if edits { Other } else { Look }
        }
        "curl" | "wget" | "http" | "https" | "xh" => {
            let sends = words.iter().any(|w| {
                let v = w.value.as_str();
                v.starts_with("-d")
                    || v.starts_with("--data")
                    || v == "-X"
                    || v == "--request"
                    || v == "-F"
                    || v == "-T"
                    || matches!(v, "POST" | "PUT" | "DELETE" | "PATCH")
            });
            if sends { Other } else { Look }
        }
        "pod" | "corepack" | "nvm" | "fnm" | "asdf" | "volta" | "dnf" | "yum" | "apk"
        | "pacman" | "snap" | "winget" | "choco" | "scoop" | "port" => Install,
        "uvicorn" | "gunicorn" | "http-server" | "serve" | "nodemon" | "ssh" | "scp" | "rsync"
        | "ansible-playbook" | "celery" | "puma" | "rackup" | "streamlit" | "jupyter" | "psql"
        | "mysql" | "sqlite3" | "redis-cli" | "mongosh" | "tmux" | "open" | "xdg-open"
        | "http.server" => Run,
        "lazygit" | "git-lfs" | "gt" | "graphite" | "tig" => Vcs,
        _ => return None,
    })
}

/// The class of a program's subcommand, with the words behind it.
pub(super) fn of_sub(program: &str, sub: &str, rest: &[Word<'_>]) -> Class {
    let next = rest.iter().map(|w| w.value.as_str()).find(|v| !v.starts_with('-')).unwrap_or("");
    match (program, sub) {
        (
            "bd" | "br" | "beads" | "jira" | "linear" | "linctl" | "tk" | "issues" | "task-master"
            | "backlog",
            _,
        ) => Tracker,
        ("gh" | "glab", "issue" | "pr" | "mr" | "project" | "milestone") => Tracker,
        ("gh" | "glab", "run" | "workflow" | "release" | "repo" | "ci" | "pipeline") => {
            match next {
                "view" | "list" | "watch" | "ls" | "status" | "trace" => Look,
                _ => Other,
            }
        }
        ("gh" | "glab", "api" | "auth" | "status" | "search") => {
            let sends = rest.iter().any(|w| {
                matches!(w.value.as_str(), "-X" | "--method" | "-f" | "-F" | "--field" | "--input")
            });
            if sends { Other } else { Look }
        }
        (
            "cargo",
            "test" | "t" | "nextest" | "bench" | "llvm-cov" | "tarpaulin" | "mutants" | "miri"
            | "fuzz",
        ) => Test,
        ("cargo", "insta") => {
            if next == "test" {
                Test
            } else {
                Other
            }
        }
        (
            "cargo",
            "clippy" | "audit" | "deny" | "udeps" | "machete" | "semver-checks" | "hack" | "vet"
            | "outdated" | "shear",
        ) => Lint,
        ("cargo", "fmt") => Format,
        (
            "cargo",
            "build" | "b" | "check" | "c" | "doc" | "d" | "rustc" | "zigbuild" | "package"
            | "bloat" | "asm" | "expand",
        ) => Build,
        (
            "cargo",
            "install" | "add" | "update" | "fetch" | "remove" | "rm" | "vendor" | "binstall"
            | "generate-lockfile",
        ) => Install,
        (
            "cargo",
            "tree" | "metadata" | "search" | "info" | "pkgid" | "locate-project" | "help"
            | "version",
        ) => Look,
        ("cargo", "run" | "r") => Run,
        ("cargo", "xtask" | "make") => script_class(next),

        (
            "npm" | "pnpm" | "yarn" | "bun",
            "install" | "i" | "ci" | "add" | "remove" | "rm" | "uninstall" | "un" | "update" | "up"
            | "upgrade" | "link" | "dedupe" | "prune" | "import" | "rebuild" | "fetch" | "",
        ) => Install,
        (
            "npm" | "pnpm" | "yarn" | "bun",
            "ls" | "list" | "view" | "info" | "show" | "outdated" | "why" | "explain" | "root"
            | "bin" | "config" | "search" | "pm" | "help" | "prefix" | "doctor" | "whoami"
            | "licenses" | "cache",
        ) => Look,
        ("npm" | "pnpm" | "yarn" | "bun", "audit") => Lint,
        (
            "npm" | "pnpm" | "yarn" | "bun",
            "pack" | "publish" | "version" | "init" | "create" | "login" | "set" | "get" | "pkg"
            | "patch" | "store",
        ) => Other,
        ("yarn" | "npm" | "pnpm" | "bun", "workspace" | "workspaces") => {
            rest.iter().map(|w| script_class(&w.value)).find(|c| c.is_check()).unwrap_or(Other)
        }
        ("deno", "test" | "bench") => Test,
        ("deno", "lint" | "check") => Lint,
        ("deno", "fmt") => Format,
        ("deno", "compile" | "bundle" | "cache") => Build,
        ("deno", "install" | "add" | "remove") => Install,

        ("go", "test") => Test,
        ("go", "vet") => Lint,
        ("go", "fmt") => Format,
        ("go", "build" | "generate" | "install") => Build,
        ("go", "get" | "mod" | "work") => Install,
        ("go", "run") => Run,
        ("go", "list" | "env" | "doc" | "version" | "tool") => Look,
        ("golangci-lint", "fmt") => Format,
        ("golangci-lint", _) => Lint,

        ("mix", "test" | "coveralls" | "espec") => Test,
        (
            "mix",
            "credo" | "dialyzer" | "sobelow" | "hex.audit" | "deps.audit" | "xref" | "quality"
            | "check" | "doctor",
        ) => Lint,
        ("mix", "format") => Format,
        (
            "mix",
            "compile" | "assets.build" | "assets.deploy" | "release" | "docs" | "escript.build"
            | "phx.digest",
        ) => Build,
        (
            "mix",
            "deps.get" | "deps.update" | "deps.compile" | "deps.clean" | "deps.unlock"
            | "local.hex" | "archive.install" | "setup" | "igniter.install",
        ) => Install,
        ("mix", "run" | "phx.server") => Run,
        (
            "mix",
            "help"
            | "deps"
            | "phx.routes"
            | "hex.info"
            | "deps.tree"
            | "app.tree"
            | "usage_rules.docs"
            | "usage_rules.search_docs",
        ) => Look,
        ("rebar3", "eunit" | "ct" | "proper") => Test,
        ("rebar3", "dialyzer" | "xref" | "lint") => Lint,

        ("dotnet", "test" | "vstest") => Test,
        ("dotnet", "build" | "publish" | "pack" | "msbuild") => Build,
        ("dotnet", "format") => Format,
        ("dotnet", "restore" | "add" | "remove" | "tool" | "nuget") => Install,
        ("dotnet", "run" | "watch") => Run,

        (
            "pip" | "uv" | "poetry" | "pipenv" | "pdm" | "pixi" | "rye" | "conda" | "gem"
            | "bundle" | "brew" | "apt" | "apt-get" | "pipx" | "pod" | "hatch",
            "install" | "add" | "remove" | "sync" | "lock" | "update" | "uninstall" | "upgrade"
            | "pip" | "tool" | "python" | "venv" | "create" | "" | "env" | "purge" | "reinstall",
        ) => Install,
        (
            "pip" | "uv" | "poetry" | "pipenv" | "pdm" | "conda" | "gem" | "bundle" | "brew"
            | "apt" | "apt-get" | "pipx",
            "list" | "show" | "freeze" | "check" | "tree" | "search" | "info" | "outdated"
            | "config" | "policy",
        ) => Look,
        ("uv" | "poetry" | "pdm" | "hatch", "build" | "publish") => Build,
        ("hatch", "test") => Test,
        ("rustup" | "mise", "show" | "which" | "ls" | "current") => Look,
        ("rustup" | "mise", "run") => script_class(next),
        ("rustup" | "mise", _) => Install,

        ("docker" | "podman", "build" | "buildx") => Build,
        (
            "docker" | "podman",
            "ps" | "logs" | "images" | "inspect" | "stats" | "top" | "port" | "version" | "info"
            | "history" | "ls" | "diff",
        ) => Look,
        ("docker", "compose") => of_sub("docker compose", next, &[]),
        ("docker compose", "build") => Build,
        ("docker compose", "ps" | "logs" | "config" | "images" | "ls" | "top" | "port") => Look,
        (
            "docker" | "podman" | "docker compose",
            "up" | "run" | "start" | "restart" | "exec" | "stop" | "down",
        ) => Run,
        (
            "kubectl" | "helm" | "oc",
            "get" | "describe" | "logs" | "list" | "status" | "explain" | "top" | "version"
            | "config" | "diff" | "template",
        ) => Look,
        ("helm", "lint") => Lint,
        ("kubectl" | "helm" | "oc", _) => Run,
        ("terraform" | "tofu", "validate") => Lint,
        ("terraform" | "tofu", "fmt") => Format,
        ("terraform" | "tofu", "init" | "get") => Install,
        ("terraform" | "tofu", "test") => Test,
        ("terraform" | "tofu", "show" | "output" | "state" | "providers" | "graph" | "version") => {
            Look
        }
        ("terraform" | "tofu" | "pulumi" | "cdk" | "sam", _) => Run,
        (
            "fly" | "flyctl" | "vercel" | "netlify" | "wrangler" | "firebase" | "heroku"
            | "railway",
            "logs" | "status" | "list" | "whoami" | "ls" | "ps",
        ) => Look,
        (
            "fly" | "flyctl" | "vercel" | "netlify" | "wrangler" | "firebase" | "heroku"
            | "railway",
            _,
        ) => Run,
        ("systemctl", "status" | "list-units" | "is-active" | "show" | "cat") => Look,

        ("cmake", _) => Build,
        ("bazel", "test" | "coverage") => Test,
        ("bazel", "build") => Build,
        ("bazel", "run") => Run,
        ("bazel", "query" | "cquery" | "info" | "aquery") => Look,
        (
            "make" | "gmake" | "just" | "rake" | "ninja" | "gulp" | "grunt" | "ant" | "earthly"
            | "scons",
            "",
        ) => Build,
        ("tox" | "nox", "") => Test,
        ("pre-commit", "run") => Lint,
        ("pre-commit", _) => Install,
        ("ruff", "format") => Format,
        ("ruff", _) => Lint,
        ("biome", "format") => Format,
        ("biome", _) => Lint,
        ("dprint", _) => Format,
        ("buf", "lint" | "breaking") => Lint,
        ("buf", "format") => Format,
        ("playwright" | "cypress", "install") => Install,
        ("playwright" | "cypress", "show-report" | "show-trace" | "verify") => Look,
        ("playwright" | "cypress", _) => Test,
        ("xcodebuild", sub) => {
            if sub == "test" || rest.iter().any(|w| w.value == "test") {
                Test
            } else {
                Build
            }
        }
        ("next", "lint") => Lint,
        ("vite" | "next" | "nuxt" | "astro", "" | "preview") => Run,
        (
            "jj" | "hg" | "svn",
            "status" | "st" | "log" | "diff" | "show" | "summary" | "annotate" | "blame" | "info",
        ) => Look,
        ("jj" | "hg" | "svn", _) => Vcs,
        ("dart" | "flutter", "analyze") => Lint,
        ("dart" | "flutter" | "melos", "pub" | "get" | "bootstrap") => Install,
        ("alembic" | "diesel" | "sqlx" | "prisma" | "drizzle-kit" | "supabase", "validate") => Lint,
        ("alembic" | "diesel" | "sqlx" | "prisma" | "drizzle-kit" | "supabase", "generate") => {
            Build
        }
        (
            "alembic" | "diesel" | "sqlx" | "prisma" | "drizzle-kit" | "supabase",
            "status" | "history" | "current" | "heads" | "diff" | "show",
        ) => Look,
        (
            "alembic" | "diesel" | "sqlx" | "prisma" | "drizzle-kit" | "supabase" | "rails",
            "db" | "migrate" | "upgrade" | "downgrade" | "push" | "migration" | "revision",
        ) => Run,
        (
            "flask" | "mkdocs" | "trunk" | "storybook" | "expo" | "ng",
            "serve" | "run" | "start" | "dev",
        ) => Run,
        (_, sub) => script_class(sub),
    }
}

/// The class of a target of a build tool.
pub(super) fn target_class(program: &str, target: &str) -> Class {
    match (program, target) {
        ("mvn", "verify" | "integration-test" | "surefire:test") => Test,
        ("mvn", "install" | "package" | "deploy") => Build,
        ("mvn", "clean") | ("gradle", "clean") => Other,
        ("gradle", "tasks" | "dependencies" | "projects" | "properties") => Look,
        ("gradle", _) if target.ends_with("check") => Test,
        ("composer", "install" | "update" | "require" | "remove" | "dump-autoload") => Install,
        ("composer", "show" | "outdated" | "validate") => Look,
        ("ninja", _) if script_class(target) == Other => Build,
        ("tox" | "nox", _) if script_class(target) == Other => Test,
        (
            "task",
            "add" | "done" | "start" | "stop" | "list" | "next" | "modify" | "mod" | "annotate"
            | "delete" | "ls" | "info",
        ) => Tracker,
        ("task", _) if target.bytes().all(|b| b.is_ascii_digit()) => Tracker,
        ("turbo" | "nx" | "lerna" | "moon", "run" | "run-many" | "affected") => Other,
        _ => script_class(target),
    }
}

/// What a script, target or task is for, by the words of its name.
pub(super) fn script_class(name: &str) -> Class {
    let stem = name.rsplit(['/', '\\']).next().unwrap_or(name);
    let stem = stem.rsplit_once('.').map_or(stem, |(stem, suffix)| {
        if matches!(suffix, "sh" | "py" | "js" | "ts" | "rb" | "mjs" | "pl" | "php" | "ps1" | "exs")
        {
            stem
        } else {
            name
        }
    });
    let mut found = Other;
    for word in name_words(stem) {
        let class = match word.as_str() {
            "test" | "tests" | "testing" | "spec" | "specs" | "e2e" | "unit" | "integration"
            | "coverage" | "cov" | "bench" | "benchmark" | "smoke" | "vitest" | "jest"
            | "pytest" | "conformance" | "regression" | "nextest" | "rspec" | "cypress"
            | "playwright" => Test,
            "lint" | "linter" | "typecheck" | "types" | "tsc" | "check" | "checks" | "clippy"
            | "analyze" | "analyse" | "vet" | "audit" | "eslint" | "credo" | "dialyzer"
            | "mypy" | "ruff" | "quality" | "validate" | "verify" | "stylelint" | "ci"
            | "precommit" => Lint,
            "fmt" | "format" | "formatting" | "prettier" => Format,
            "build" | "compile" | "bundle" | "dist" | "package" | "all" | "release"
            | "assemble" | "docs" | "generate" | "codegen" | "gen" | "proto" => Build,
            "install" | "deps" | "bootstrap" | "setup" | "postinstall" => Install,
            "dev" | "start" | "serve" | "server" | "run" | "preview" | "watch" | "up"
            | "deploy" | "migrate" | "main" | "app" | "cli" | "s" | "demo" | "seed" => Run,
            _ => Other,
        };
        // Earlier classes tell more: `build-test` tests, `fmt-check` formats.
        let format = class == Format && found == Lint || class == Lint && found == Format;
        if format {
            found = Format;
        } else if class < found {
            found = class;
        }
    }
    found
}

/// The words of a name, lower case: split at punctuation and at lower-to-upper case.
fn name_words(name: &str) -> Vec<String> {
    let mut out = vec![String::new()];
    let mut lower = false;
    for c in name.chars().take(80) {
        if !c.is_alphanumeric() {
            out.push(String::new());
            lower = false;
            continue;
        }
        if c.is_uppercase() && lower {
            out.push(String::new());
        }
        lower = c.is_lowercase() || c.is_numeric();
        if let Some(word) = out.last_mut() {
            word.extend(c.to_lowercase());
        }
    }
    out
}

/// The class of a git subcommand.
pub(super) fn git(sub: &str, rest: &[Word<'_>]) -> Class {
    let values = || rest.iter().map(|w| w.value.as_str());
    let operand = values().find(|v| !v.starts_with('-')).unwrap_or("");
    match sub {
        "status" | "log" | "diff" | "show" | "ls-files" | "blame" | "rev-parse" | "describe"
        | "shortlog" | "reflog" | "grep" | "cat-file" | "ls-remote" | "ls-tree" | "rev-list"
        | "merge-base" | "check-ignore" | "check-attr" | "whatchanged" | "show-ref"
        | "symbolic-ref" | "name-rev" | "count-objects" | "cherry" | "range-diff"
        | "for-each-ref" | "diff-tree" | "diff-index" | "var" | "help" | "version" | "annotate"
        | "hash-object" | "fsck" => Look,
        "branch" | "tag" => {
            let lists = operand.is_empty()
                || values().any(|v| {
                    matches!(
                        v,
                        "-l" | "--list" | "--contains" | "--merged" | "--no-merged" | "--points-at"
                    )
                });
            let changes = values()
                .any(|v| matches!(v, "-d" | "-D" | "-m" | "-M" | "--delete" | "--move" | "-u"));
            if lists && !changes { Look } else { Vcs }
        }
        "stash" | "worktree" | "submodule" | "remote" | "notes" | "bisect" => match operand {
            "list" | "show" | "status" | "get-url" | "summary" => Look,
            "" if sub == "remote" => Look,
            _ => Vcs,
        },
        "config" => {
            let reads = values()
                .any(|v| v.starts_with("--get") || matches!(v, "-l" | "--list" | "get" | "list"));
            if reads || values().filter(|v| !v.starts_with('-')).count() < 2 { Look } else { Other }
        }
        _ => Vcs,
    }
}
