//! The shapes of known programs' command lines.

/// How a program is followed by what it shall do.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Sub {
    None,
    /// One subcommand.
    One,
    /// Two: `gh issue close`.
    Two,
    /// A subcommand, or the name of a script of the project's manifest.
    Script,
    /// Any number of targets.
    Targets,
}

pub(super) fn subcommands(program: &str) -> Sub {
    match program {
        "gh" | "glab" | "aws" | "gcloud" | "az" | "linear" | "backlog" | "linctl" => Sub::Two,
        "npm" | "pnpm" | "yarn" | "bun" | "deno" => Sub::Script,
        "make" | "gmake" | "just" | "rake" | "gulp" | "grunt" | "invoke" | "gradle" | "mvn"
        | "ant" | "sbt" | "lein" | "mill" | "mage" | "earthly" | "doit" | "nox" | "tox"
        | "composer" | "turbo" | "nx" | "lerna" | "moon" | "poe" | "ninja" | "task" => Sub::Targets,
        "apt" | "apt-get" | "bazel" | "bd" | "br" | "beads" | "biome" | "brew" | "buf"
        | "bundle" | "cabal" | "cargo" | "cmake" | "conda" | "coverage" | "dart" | "diesel"
        | "docker" | "docker compose" | "dotnet" | "drizzle-kit" | "dune" | "expo" | "firebase"
        | "flask" | "flutter" | "fly" | "flyctl" | "gem" | "go" | "golangci-lint" | "hatch"
        | "helm" | "heroku" | "issues" | "jira" | "jj" | "kubectl" | "hg" | "maturin" | "meson"
        | "mise" | "mix" | "mkdocs" | "netlify" | "next" | "ng" | "nix" | "nuxt" | "astro"
        | "pdm" | "pip" | "pipenv" | "pipx" | "pixi" | "playwright" | "podman" | "poetry"
        | "pre-commit" | "prisma" | "pulumi" | "rails" | "railway" | "rebar3" | "ruff"
        | "rustup" | "rye" | "scons" | "sqlx" | "stack" | "storybook" | "supabase" | "svn"
        | "swift" | "systemctl" | "task-master" | "terraform" | "tk" | "tofu" | "trunk" | "uv"
        | "vercel" | "vite" | "wasm-pack" | "wrangler" | "zig" | "alembic" | "cypress"
        | "dprint" | "rebar" | "sam" | "cdk" | "forge" | "anchor" | "hardhat" | "alire"
        | "gleam" | "elm" | "nimble" | "melos" | "pod" | "xcodebuild" | "tuist" => Sub::One,
        _ => Sub::None,
    }
}

/// Whether the subcommand has one of its own that says what it does.
pub(super) fn goes_deeper(program: &str, sub: &str) -> bool {
    matches!(
        (program, sub),
        ("docker", "compose" | "image" | "volume" | "network" | "buildx" | "container")
            | ("cargo", "xtask" | "make" | "insta")
            | ("go", "mod" | "tool" | "work")
            | ("uv", "pip" | "tool" | "python")
            | ("bd" | "br", "dep" | "label" | "comments" | "epic")
            | ("jira", "issue" | "epic" | "sprint")
            | ("dotnet", "tool" | "ef" | "nuget")
            | ("rustup", "component" | "target" | "toolchain")
            | ("prisma" | "supabase" | "fly" | "flyctl", "migrate" | "db")
    )
}

/// Options of a program that take the next word as their value.
pub(super) fn valued(program: &str) -> &'static [&'static str] {
    match program {
        "npm" | "pnpm" | "yarn" | "bun" => {
            &["--filter", "-F", "--prefix", "-C", "--dir", "--cwd", "-w", "--workspace", "--config"]
        }
        "cargo" => &["--manifest-path", "--config", "-Z", "--color", "-C"],
        "make" | "gmake" | "ninja" => &["-C", "-f", "-j", "--directory", "--file"],
        "just" => &["-f", "--justfile", "-d", "--working-directory", "--set"],
        "task" => &["-t", "-d", "--taskfile", "--dir"],
        "gradle" => &["-p", "--project-dir", "-b", "--tests", "-x", "--max-workers"],
        "mvn" => &["-f", "-pl", "-P", "--projects", "-rf"],
        "kubectl" | "helm" | "oc" => &["-n", "--namespace", "--context", "--kubeconfig", "-f"],
        "docker compose" | "docker" => {
            &["-f", "--file", "-p", "--project-name", "--env-file", "--profile", "--context", "-H"]
        }
        "gh" | "glab" => &["-R", "--repo", "-C"],
        "bd" | "br" => &["--db", "--actor"],
        "tox" | "nox" => &["-c", "-f"],
        "turbo" => &["--filter", "-F", "--cache-dir"],
        "nx" => &["-t", "-p", "--projects"],
        "uv" => &["--directory", "--project", "--python", "-p"],
        "poetry" | "composer" => &["-C", "--directory", "-d", "--working-dir"],
        _ => &[],
    }
}

/// Whether the program only puts text into a pipe.
pub(super) fn is_feeder(program: &str) -> bool {
    matches!(program, "echo" | "printf" | "cat" | "yes" | "seq" | "head" | "tail")
}

/// Whether the program, in a later stage, only cuts or shapes what another printed.
pub(super) fn is_filter(program: &str) -> bool {
    matches!(
        program,
        "grep"
            | "egrep"
            | "fgrep"
            | "rg"
            | "ag"
            | "head"
            | "tail"
            | "jq"
            | "yq"
            | "sort"
            | "uniq"
            | "wc"
            | "sed"
            | "awk"
            | "gawk"
            | "cut"
            | "tr"
            | "tee"
            | "less"
            | "more"
            | "xargs"
            | "column"
            | "cat"
            | "tac"
            | "nl"
            | "rev"
            | "fold"
            | "fmt"
            | "xxd"
            | "hexdump"
            | "od"
            | "base64"
            | "md5sum"
            | "sha256sum"
            | "shasum"
            | "strings"
            | "bat"
            | "delta"
            | "diff"
            | "comm"
            | "paste"
            | "while"
            | "read"
            | "echo"
            | "printf"
            | "true"
            | "ts"
            | "pr"
    )
}

pub(super) fn is_interpreter(program: &str) -> bool {
    matches!(
        program,
        "python"
            | "node"
            | "ruby"
            | "perl"
            | "php"
            | "bash"
            | "sh"
            | "zsh"
            | "fish"
            | "dash"
            | "tsx"
            | "ts-node"
            | "lua"
            | "Rscript"
            | "julia"
            | "elixir"
            | "iex"
            | "osascript"
            | "pwsh"
            | "powershell"
            | "groovy"
            | "scala"
            | "java"
            | "source"
            | "."
            | "nodemon"
    )
}

/// Python modules that are programs of their own name.
pub(super) fn is_module_program(module: &str) -> bool {
    matches!(
        module,
        "pytest"
            | "unittest"
            | "pip"
            | "mypy"
            | "ruff"
            | "black"
            | "flake8"
            | "pylint"
            | "isort"
            | "coverage"
            | "tox"
            | "nox"
            | "pyright"
            | "build"
            | "poetry"
            | "uv"
            | "flask"
            | "django"
            | "uvicorn"
            | "compileall"
            | "py_compile"
            | "doctest"
            | "bandit"
            | "nose2"
            | "pre_commit"
            | "alembic"
            | "mkdocs"
            | "twine"
            | "venv"
            | "hatch"
            | "pdm"
            | "playwright"
            | "behave"
            | "invoke"
            | "http.server"
    )
}
