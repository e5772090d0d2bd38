use proptest::prelude::*;

use super::*;

fn one(command: &str) -> Part {
    let all = parts(command);
    assert_eq!(all.len(), 1, "{all:#?}");
    all[0].clone()
}

fn families(command: &str) -> Vec<String> {
    parts(command).into_iter().map(|p| p.family).collect()
}

fn class(command: &str) -> Class {
    one(command).class
}

#[test]
fn folder_assignments_filters_and_redirections_are_left_out() {
    let part =
        one("cd web/app && RUST_LOG=debug timeout 120 cargo test --lib -p core 2>&1 | tail -40");
    assert_eq!(part.words, "cargo test --lib -p core");
    assert_eq!(part.family, "cargo test");
    assert_eq!(part.class, Class::Test);
    assert_eq!(part.args, ["--lib", "-p", "core"]);
    assert_eq!(part.dir.as_deref(), Some("web/app"));
    assert!(part.piped);
}

#[test]
fn pipefail_keeps_the_status_of_the_first_stage() {
    assert!(!one("set -o pipefail; cargo test | tee out.log").piped);
    assert_eq!(one("set -o pipefail; cargo test | tee out.log").writes, ["out.log"]);
}

#[test]
fn chains_split_outside_quotes_and_substitutions() {
    assert_eq!(
        families(
            "git add -A && npm run lint; echo \"a && b; c\" || go test $(go list ./... | grep -v x)"
        ),
        ["git add", "npm run lint", "echo", "go test"]
    );
    let joins: Vec<Join> = parts("a1 && b1 || c1; d1").iter().map(|p| p.join).collect();
    assert_eq!(joins, [Join::Start, Join::And, Join::Or, Join::Then]);
    assert_eq!(families("(cd sub && make check) && npm test"), ["make check", "npm test"]);
    assert_eq!(families("cargo build \\\n  --release\ncargo test"), ["cargo build", "cargo test"]);
    assert_eq!(
        families("# look first\nls # here\nsleep 1 &\nnode --test"),
        ["ls", "sleep", "node --test"]
    );
}

#[test]
fn a_message_in_a_here_document_is_no_command() {
    let command = "git add -f out.css && git commit -m \"$(cat <<'EOF'\nfeat: don't; rm -rf (unbalanced\n\n- body && more `ticks`\nEOF\n)\" && git push";
    let all = parts(command);
    assert_eq!(
        all.iter().map(|p| p.family.as_str()).collect::<Vec<_>>(),
        ["git add", "git commit", "git push"]
    );
    assert_eq!(
        all[1].message.as_deref(),
        Some("feat: don't; rm -rf (unbalanced\n\n- body && more `ticks`")
    );
    assert_eq!(all[1].subject(), Some("feat: don't; rm -rf (unbalanced"));
    assert_eq!(all[1].words, "git commit -m \"feat: don't; rm -rf (unbalanced …\"");
    assert_eq!(all[1].args, ["-m"]);
    assert_eq!(all[1].class, Class::Vcs);
}

#[test]
fn a_here_document_ends_at_its_tag_alone() {
    let all = parts("cat > a <<EOF\nEOFX; rm x\n EOF\nEOF\nmake test");
    assert_eq!(all.iter().map(|p| p.family.as_str()).collect::<Vec<_>>(), ["cat", "make test"]);
    assert_eq!(families("cat <<-'END'\n\tmake x\n\tEND\nmake y"), ["cat", "make y"]);
}

#[test]
fn long_messages_in_quotes_stay_whole() {
    let part = one("git commit -am 'fix: a\n\nwhy; because && so' -m \"second\"");
    assert_eq!(part.message.as_deref(), Some("fix: a\n\nwhy; because && so\n\nsecond"));
    assert_eq!(part.words, "git commit -am \"fix: a …\" -m \"second\"");
    let part = one("git commit -F - <<EOF\nsubject line\n\nbody\nEOF");
    assert_eq!(part.message.as_deref(), Some("subject line\n\nbody"));
    let part =
        one("gh pr create --title \"A title\" --body \"$(cat <<'EOF'\n## Summary\n- x\nEOF\n)\"");
    assert_eq!(part.family, "gh pr create");
    assert_eq!(part.message.as_deref(), Some("## Summary\n- x"));
    assert_eq!(part.args, ["--title", "A title", "--body"]);
    let part = one("git commit --no-verify --message=\"one\"");
    assert_eq!(part.message.as_deref(), Some("one"));
    assert!(part.has_flag("--no-verify"));
}

#[test]
fn tracker_reasons_stay_with_the_arguments() {
    let part = one("bd close app-x1.2 --reason=\"Done; all && everything\"");
    assert_eq!((part.family.as_str(), part.class), ("bd close", Class::Tracker));
    assert_eq!(part.args, ["app-x1.2", "--reason=Done; all && everything"]);
}

#[test]
fn git_globals_are_not_shown() {
    let part = one("git --no-pager -C ../lib log --oneline -5");
    assert_eq!(part.words, "git log --oneline -5");
    assert_eq!((part.family.as_str(), part.class), ("git log", Class::Look));
    assert_eq!(part.dir.as_deref(), Some("../lib"));
    assert_eq!(class("git branch -a"), Class::Look);
    assert_eq!(class("git branch new main"), Class::Vcs);
    assert_eq!(class("git stash pop"), Class::Vcs);
    assert_eq!(class("git stash list"), Class::Look);
    assert_eq!(class("git checkout -b topic"), Class::Vcs);
}

#[test]
fn wrappers_are_seen_through() {
    for (command, family) in [
        ("uv run pytest -x tests/", "pytest"),
        ("uv run --with pytest python -m pytest", "pytest"),
        ("uv run -m pytest tests", "pytest"),
        ("poetry run mypy src", "mypy"),
        ("python3 -m unittest discover", "unittest"),
        ("python3.12 -m pip install -e .", "pip install"),
        ("bundle exec rspec spec/a_spec.rb", "rspec"),
        ("npx --yes vitest run", "vitest"),
        ("npx -p typescript tsc --noEmit", "tsc"),
        ("pnpm exec playwright test", "playwright test"),
        ("docker compose exec -T web mix test test/a_test.exs", "mix test"),
        ("docker exec -it app npm run lint", "npm run lint"),
        ("kubectl -n x exec pod/a -- rails db:migrate", "kubectl exec"),
        ("node_modules/.bin/eslint .", "eslint"),
        ("php vendor/bin/phpunit --filter X", "phpunit"),
        ("./gradlew :app:testDebugUnitTest --info", "gradle :app:testDebugUnitTest"),
        ("cross-env CI=1 jest", "jest"),
        ("bash -lc 'cd x && cargo clippy'", "cargo clippy"),
        ("sudo -u postgres psql -c 'select 1'", "psql"),
        ("time env -u X FOO=1 nice -n 5 go test ./...", "go test"),
        ("coverage run -m pytest", "pytest"),
        ("direnv exec . just check", "just check"),
    ] {
        assert_eq!(one(command).family, family, "{command}");
    }
    assert_eq!(one("uv run pytest -x tests/").words, "uv run pytest -x tests/");
    assert_eq!(one("uv run pytest -x tests/").args, ["-x", "tests/"]);
}

#[test]
fn classes_of_many_ecosystems() {
    use Class::{Build, Format, Install, Lint, Look, Other, Run, Test, Tracker};
    for (command, expected) in [
        ("cargo +nightly test", Test),
        ("cargo nextest run -E 'test(x)'", Test),
        ("cargo fmt --check", Format),
        ("cargo xtask ci", Lint),
        ("cargo add serde", Install),
        ("npm t", Test),
        ("npm install left-pad", Install),
        ("npm run test:unit", Test),
        ("npm --prefix web run build", Build),
        ("pnpm --filter web typecheck", Lint),
        ("yarn lint --fix", Lint),
        ("yarn", Install),
        ("bun test", Test),
        ("deno task dev", Run),
        ("make", Build),
        ("make -j4 lint test", Test),
        ("just fmt-check", Format),
        ("mvn -q clean verify", Test),
        ("dotnet test", Test),
        ("bin/rails test", Test),
        ("rake spec", Test),
        ("composer require x/y", Install),
        ("mix compile --warnings-as-errors", Build),
        ("mix credo --strict", Lint),
        ("mix deps.get", Install),
        ("go vet ./...", Lint),
        ("ctest --output-on-failure", Test),
        ("cmake --build build", Build),
        ("bazel test //...", Test),
        ("swift build", Build),
        ("tsc --noEmit -p .", Lint),
        ("ruff format .", Format),
        ("ruff check .", Lint),
        ("golangci-lint run", Lint),
        ("terraform plan", Run),
        ("kubectl get pods", Look),
        ("docker compose up -d", Run),
        ("gh issue close 12", Tracker),
        ("gh run view 1", Look),
        ("task 12 done", Tracker),
        ("task build", Build),
        ("jira issue move ABC-1 Done", Tracker),
        ("./scripts/test.sh --fast", Test),
        ("python scripts/train.py", Other),
        ("bash -n scripts/x.sh", Lint),
        ("find . -name '*.rs'", Look),
        ("find . -name x -delete", Other),
        ("sed -n 1,5p a", Look),
        ("sed -i s/a/b/ a", Other),
        ("cat > a.txt <<EOF\nx\nEOF", Other),
        ("curl -s localhost:3000/health | jq .", Look),
        ("node --version", Look),
        ("tox -e lint", Lint),
    ] {
        assert_eq!(class(command), expected, "{command}");
    }
}

#[test]
fn feeders_give_way_to_what_they_feed() {
    let part = one("echo y | npm create vite@latest app | tail -3");
    assert_eq!((part.family.as_str(), part.piped), ("npm create", true));
    assert_eq!(one("cat log.txt | grep x | head -3").family, "cat");
    assert_eq!(one("head -5 a.jsonl | python3 -c 'import json'").family, "head");
    let part = one("cat > src/a.rs <<'EOF'\nfn main() { let x = \"unclosed; }\nEOF");
    assert_eq!(part.writes, ["src/a.rs"]);
    assert_eq!(part.words, "cat");
}

#[test]
fn loops_and_conditions_show_their_commands() {
    assert_eq!(
        families("set -e\nfor f in a b; do cargo test -p $f; done\nif [ -f x ]; then npm test; fi"),
        ["cargo test", "npm test"]
    );
    assert_eq!(families("deploy() {\n  fly deploy\n}\ndeploy"), ["fly deploy", "deploy"]);
}

#[test]
fn long_words_are_shown_by_their_beginning() {
    let part = one("python3 -c \"\nimport json\nprint(json.dumps({}))\n\"");
    assert_eq!(
        (part.words.as_str(), part.family.as_str()),
        ("python3 -c \"import json …\"", "python -c")
    );
}

#[test]
fn blame_goes_to_the_part_that_the_output_names() {
    let all = parts("git add out && git commit -m x");
    let ignored = "The following paths are ignored by one of your .gitignore files:\nout";
    assert_eq!(blamed(&all, ignored), Some(0));
    assert_eq!(blamed(&all, "nothing to commit, working tree clean"), Some(1));
    let all = parts("mix format --check-formatted; mix test");
    assert_eq!(blamed(&all, "Finished in 1 s\n3 tests, 1 failure"), Some(1));
    let all = parts("foo --x && barr run");
    assert_eq!(blamed(&all, "bash: line 1: barr: command not found"), Some(1));
    assert_eq!(blamed(&all, "something"), None);
    assert_eq!(blamed(&all[..1], ""), Some(0));
}

#[test]
fn huge_lines_stay_bounded() {
    let many = "echo x; cargo test\n".repeat(10_000);
    assert!(parts(&many).len() <= MAX_PARTS);
    let deep = format!("echo {}", "$(a \"".repeat(20_000));
    assert!(parts(&deep).len() <= 1);
    let words = one(&format!("rm {}", "some/long/path ".repeat(10_000)));
    assert!(words.args.len() <= MAX_ARGS && text::units(&words.words) <= MAX_WORDS_UNITS);
}

proptest! {
    #[test]
    fn never_panics_and_stays_bounded(
        pieces in prop::collection::vec(
            prop_oneof![
                "[a-z0-9_./=-]{1,8}",
                Just(" ".to_owned()), Just("\n".to_owned()), Just("&&".to_owned()), Just("|".to_owned()),
                Just(";".to_owned()), Just("'".to_owned()), Just("\"".to_owned()), Just("$(".to_owned()),
                Just(")".to_owned()), Just("`".to_owned()), Just("<<EOF\n".to_owned()), Just("EOF\n".to_owned()),
                Just("\\".to_owned()), Just("2>&1 ".to_owned()), Just("git commit -m ".to_owned()),
                Just("bash -c ".to_owned()), Just("é🎉".to_owned()), Just("${".to_owned()), Just("$'".to_owned()),
                Just("<<-".to_owned()), Just("cd ".to_owned()), Just("<(".to_owned()),
            ],
            0..40,
        )
    ) {
        let command: String = pieces.concat();
        let all = parts(&command);
        prop_assert!(all.len() <= MAX_PARTS);
        for part in &all {
            prop_assert!(text::units(&part.words) <= MAX_WORDS_UNITS);
            prop_assert!(!part.words.contains('\n'));
            prop_assert!(part.args.len() <= MAX_ARGS);
            prop_assert!(part.args.iter().all(|a| text::units(a) <= MAX_ARG_UNITS));
            prop_assert!(part.writes.len() <= 8);
        }
        let _ = blamed(&all, &command);
    }

    #[test]
    fn any_text_is_read(command in any::<String>()) {
        let _ = parts(&command);
    }
}
