use proptest::prelude::*;

use super::*;

/// What a family's output says, and whether it failed.
fn says(family: &str, output: &str) -> (String, bool) {
    let found = summary(family, output).unwrap_or_else(|| panic!("no summary in {output}"));
    (found.text, found.failed)
}

fn ok(family: &str, output: &str, text: &str) {
    assert_eq!(says(family, output), (text.to_owned(), false));
}

fn bad(family: &str, output: &str, text: &str) {
    assert_eq!(says(family, output), (text.to_owned(), true));
}

#[test]
fn elixir() {
    let log = "12:00:00.1 [warning] error in parser, 3 errors found\n....\nFinished in 2.2 seconds (0.4s async)\n\u{1b}[32m14 doctests, 297 tests, 0 failures\u{1b}[0m\n";
    ok("mix test", log, "14 doctests, 297 tests, 0 failures");
    bad(
        "mix test",
        "Finished\n12 tests, 11 failures, 1 excluded",
        "12 tests, 11 failures, 1 excluded",
    );
    bad(
        "mix test",
        "1 property, 3 tests, 1 failure, 2 invalid",
        "1 property, 3 tests, 1 failure, 2 invalid",
    );
    ok("mix credo", "Analysis took 1 s\n71 mods/funs, found no issues.\n", "found no issues");
    bad(
        "mix credo",
        "689 mods/funs, found 1 code readability issue, 2 warnings.",
        "found 1 code readability issue, 2 warnings",
    );
    bad(
        "mix dialyzer",
        "Total errors: 3, Skipped: 1, Unnecessary Skips: 0\ndone in 0m12s\ndone (warnings were emitted)",
        "Total errors: 3, Skipped: 1",
    );
    ok(
        "mix dialyzer",
        "Total errors: 0, Skipped: 0, Unnecessary Skips: 0\ndone (passed successfully)",
        "Total errors: 0, Skipped: 0",
    );
    bad(
        "mix test",
        "** (Mix) Could not start application x: boom",
        "** (Mix) Could not start application x: boom",
    );
    bad(
        "mix compile",
        "== Compilation error in file lib/a.ex ==\n",
        "Compilation error in file lib/a.ex",
    );
    bad(
        "mix format",
        "** (Mix) mix format failed due to --check-formatted.",
        "mix format failed due to --check-formatted.",
    );
    assert_eq!(summary("mix compile", ""), None);
}

#[test]
fn rust() {
    let two = "running 3 tests\ntest error_is_failed ... ok\ntest result: ok. 12 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.1s\n\
               test result: ok. 3 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out\ntest result: ok. 0 passed; 0 failed; 0 ignored\n";
    ok("cargo test", two, "15 passed; 0 failed; 1 ignored (2 suites)");
    bad(
        "cargo test",
        "test result: FAILED. 2 passed; 1 failed; 0 ignored\nerror: test failed, to rerun pass `--lib`",
        "2 passed; 1 failed",
    );
    ok(
        "cargo nextest",
        "     Summary [   1.234s] 12 tests run: 12 passed, 2 skipped",
        "12 tests run: 12 passed, 2 skipped",
    );
    bad(
        "cargo nextest",
        "     Summary [   1.234s] 12 tests run: 11 passed, 1 failed, 2 skipped\nerror: test run failed",
        "12 tests run: 11 passed, 1 failed, 2 skipped",
    );
    bad(
        "cargo build",
        "error[E0425]: cannot find value `x`\nerror: could not compile `app` (lib) due to 2 previous errors; 1 warning emitted",
        "could not compile `app` (lib) due to 2 previous errors; 1 warning emitted",
    );
    bad(
        "cargo check",
        "error[E0425]: cannot find\n --> a\nerror[E0308]: mismatched types\n",
        "2 errors",
    );
    ok(
        "cargo clippy",
        "warning: `app` (lib) generated 3 warnings\n    Finished `dev` profile [unoptimized + debuginfo] target(s) in 1.2s",
        "`app` (lib) generated 3 warnings",
    );
    ok(
        "cargo build",
        "    Finished `release` profile [optimized] target(s) in 3.1s",
        "Finished `release` profile [optimized] target(s) in 3.1s",
    );
    bad("cargo fmt", "Diff in src/a.rs:1:\n-x\nDiff in src/b.rs:7:\n", "diff in 2 places");
    // A program that prints failures of its own is no check.
    assert_eq!(summary("cargo run", "3 errors"), None);
    bad(
        "cargo test",
        "test result: ok. 5 passed; 0 failed; 0 ignored\nerror: could not compile `app` (test \"it\") due to 1 previous error",
        "5 passed; 0 failed; could not compile `app` (test \"it\") due to 1 previous error",
    );
}

#[test]
fn python() {
    ok(
        "pytest",
        "===== 20 passed, 2 skipped, 3 warnings in 1.20s =====",
        "20 passed, 2 skipped, 3 warnings in 1.20s",
    );
    bad(
        "pytest",
        "FAILED tests/a.py::t - x\n==== 3 failed, 20 passed in 0:01:02 ====",
        "3 failed, 20 passed in 0:01:02",
    );
    bad("pytest", "=== 1 error in 0.10s ===", "1 error in 0.10s");
    ok("pytest", "20 passed in 0.3s", "20 passed in 0.3s");
    ok(
        "unittest",
        "....\n-----\nRan 4 tests in 0.001s\n\nOK (skipped=1)",
        "Ran 4 tests in 0.001s: OK (skipped=1)",
    );
    bad(
        "python manage.py test",
        "Ran 4 tests in 0.001s\n\nFAILED (failures=1, errors=2)",
        "Ran 4 tests in 0.001s: FAILED (failures=1, errors=2)",
    );
    bad("ruff check", "Found 3 errors.\n[*] 1 fixable", "Found 3 errors");
    ok("ruff check", "All checks passed!", "All checks passed!");
    bad(
        "mypy",
        "a.py:1: error: x\nFound 1 error in 1 file (checked 10 source files)",
        "Found 1 error in 1 file (checked 10 source files)",
    );
    ok(
        "mypy",
        "Success: no issues found in 10 source files",
        "Success: no issues found in 10 source files",
    );
    bad("pyright", "3 errors, 1 warning, 0 informations ", "3 errors, 1 warning, 0 informations");
    bad(
        "black",
        "2 files would be reformatted, 3 files would be left unchanged.",
        "2 files would be reformatted, 3 files would be left unchanged",
    );
}

#[test]
fn javascript() {
    bad(
        "jest",
        "Test Suites: 1 failed, 3 passed, 4 total\nTests:       2 failed, 10 passed, 12 total\nSnapshots:   0 total",
        "Tests: 2 failed, 10 passed, 12 total",
    );
    bad(
        "npm test",
        "Test Suites: 1 failed, 3 passed, 4 total\nTests:       10 passed, 10 total\n",
        "Tests: 10 passed, 10 total; test files failed",
    );
    ok(
        "vitest",
        " Test Files  3 passed (3)\n      Tests  20 passed (20)\n   Start at  10:00",
        "Tests 20 passed (20)",
    );
    bad(
        "vitest",
        " Test Files  1 failed | 3 passed (4)\n      Tests  2 failed | 20 passed | 1 skipped (23)",
        "Tests 2 failed | 20 passed | 1 skipped (23)",
    );
    bad(
        "mocha",
        "  12 passing (34ms)\n  1 pending\n  2 failing\n\n  1) suite does it:",
        "12 passing (34ms), 1 pending, 2 failing",
    );
    bad(
        "playwright test",
        "  2 failed\n    [chromium] › a.spec.ts:3:1 › x ─────\n  1 flaky\n  10 passed (5.2s)",
        "2 failed, 1 flaky, 10 passed (5.2s)",
    );
    bad(
        "bun test",
        " 12 pass\n 1 fail\n 30 expect() calls\nRan 13 tests across 2 files. [5.00ms]",
        "12 pass, 1 fail",
    );
    bad(
        "node --test",
        "# tests 12\n# suites 1\n# pass 11\n# fail 1\n# cancelled 0",
        "tests 12, pass 11, fail 1",
    );
    ok("node --test", "ℹ tests 12\nℹ pass 12\nℹ fail 0", "tests 12, pass 12, fail 0");
    ok("deno test", "ok | 12 passed | 0 failed (5ms)", "ok | 12 passed | 0 failed (5ms)");
    bad(
        "deno test",
        "FAILED | 11 passed | 1 failed (10ms)",
        "FAILED | 11 passed | 1 failed (10ms)",
    );
    bad(
        "eslint",
        "/a/b.js\n  1:2  error  x  no-undef\n\n✖ 5 problems (3 errors, 2 warnings)\n",
        "5 problems (3 errors, 2 warnings)",
    );
    ok("eslint", "✖ 2 problems (0 errors, 2 warnings)", "2 problems (0 errors, 2 warnings)");
    bad("tsc", "src/a.ts(1,2): error TS2322: no\nsrc/a.ts(3,2): error TS2304: no", "2 errors");
    bad(
        "npm run typecheck",
        "src/a.ts:1:2 - error TS2322: no\n\nFound 3 errors in 2 files.\n",
        "Found 3 errors in 2 files",
    );
    bad("npm run lint", "npm ERR! code ELIFECYCLE\nnpm ERR! errno 1", "npm ERR! code ELIFECYCLE");
    ok(
        "prettier",
        "Checking formatting...\nAll matched files use Prettier code style!",
        "All matched files use Prettier code style!",
    );
    bad(
        "prettier",
        "[warn] a.js\n[warn] Code style issues found in 2 files. Run Prettier with --write to fix.",
        "Code style issues found in 2 files",
    );
    ok("vite build", "✓ built in 2.10s", "built in 2.10s");
    ok(
        "npm install",
        "added 12 packages, and audited 55 packages in 7s\nfound 0 vulnerabilities",
        "added 12 packages, and audited 55 packages in 7s",
    );
}

#[test]
fn go_ruby_php_and_shell() {
    ok(
        "go test",
        "ok  \tapp/a\t0.01s\n?   \tapp/b\t[no test files]\nok  \tapp/c\t(cached)\n",
        "2 packages ok",
    );
    bad(
        "go test",
        "--- FAIL: TestX (0.00s)\n    a_test.go:3: no\nFAIL\nFAIL\tapp/a\t0.01s\nok  \tapp/c\t0.1s\nFAIL\n",
        "1 package FAIL, 1 ok",
    );
    bad("golangci-lint run", "a.go:1:2: x (y)\n3 issues:\n* govet: 3", "3 issues");
    ok("golangci-lint run", "0 issues.", "0 issues");
    bad(
        "rspec",
        "Finished in 1 second\n12 examples, 1 failure, 2 pending\n\nFailed examples:",
        "12 examples, 1 failure, 2 pending",
    );
    ok(
        "rails test",
        "12 runs, 30 assertions, 0 failures, 0 errors, 1 skips",
        "12 runs, 30 assertions, 0 failures, 0 errors, 1 skips",
    );
    bad(
        "rubocop",
        "12 files inspected, 3 offenses detected, 2 offenses autocorrectable",
        "12 files inspected, 3 offenses detected, 2 offenses autocorrectable",
    );
    ok("phpunit", "OK (12 tests, 30 assertions)", "OK (12 tests, 30 assertions)");
    bad(
        "phpunit",
        "FAILURES!\nTests: 12, Assertions: 30, Failures: 1.",
        "Tests: 12, Assertions: 30, Failures: 1",
    );
    bad("bats", "1..2\nok 1 starts\nnot ok 2 stops\n# (in test file", "1 ok, 1 not ok");
    bad("bats", "✗ x\n12 tests, 1 failure", "12 tests, 1 failure");
}

#[test]
fn jvm_dotnet_and_native() {
    bad(
        "mvn test",
        "[ERROR] Tests run: 3, Failures: 1, Errors: 0, Skipped: 0, Time elapsed: 0.1 s\n[INFO] Results:\n[ERROR] Tests run: 12, Failures: 1, Errors: 0, Skipped: 0\n[INFO] BUILD FAILURE",
        "Tests run: 12, Failures: 1, Errors: 0, Skipped: 0",
    );
    bad(
        "gradle test",
        "12 tests completed, 1 failed\n\nBUILD FAILED in 3s",
        "12 tests completed, 1 failed",
    );
    ok(
        "gradle build",
        "BUILD SUCCESSFUL in 3s\n7 actionable tasks: 7 executed",
        "BUILD SUCCESSFUL in 3s",
    );
    bad(
        "dotnet test",
        "Failed!  - Failed:     1, Passed:    11, Skipped:     0, Total:    12, Duration: 1 s - a.dll (net8.0)",
        "Failed: 1, Passed: 11, Skipped: 0, Total: 12",
    );
    ok("dotnet build", "Build succeeded.\n    0 Warning(s)\n    0 Error(s)", "0 Error(s)");
    bad(
        "ctest",
        "92% tests passed, 1 tests failed out of 12",
        "92% tests passed, 1 tests failed out of 12",
    );
    bad(
        "./unit_test",
        "[  PASSED  ] 11 tests.\n[  FAILED  ] 1 test, listed below:\n[  FAILED  ] Suite.Name",
        "failed 1 test, listed below",
    );
    ok(
        "swift test",
        "Executed 12 tests, with 0 failures (0 unexpected) in 0.3 (0.4) seconds",
        "Executed 12 tests, with 0 failures (0 unexpected) in 0.3 (0.4) seconds",
    );
    bad(
        "make test",
        "5 tests, 1 failure\nmake: *** [Makefile:3: test] Error 1",
        "5 tests, 1 failure",
    );
    bad(
        "make check",
        "All checks passed!\nmake: *** [Makefile:9: check] Error 2",
        "All checks passed!; make: *** [Makefile:9: check] Error 2",
    );
}

#[test]
fn what_failed_before_the_last_word_is_past() {
    ok(
        "make check",
        "make[1]: *** [probe] Error 1 (ignored)\n12 tests, 0 failures",
        "12 tests, 0 failures",
    );
    ok("npm test", "3 tests, 1 failure\nretrying\n3 tests, 0 failures", "3 tests, 0 failures");
}

#[test]
fn words_in_logs_and_names_are_no_summary() {
    for (family, output) in [
        (
            "mix test",
            "[warning] 3 errors happened while doing it\ntest handles 2 failures (AppTest)",
        ),
        ("npm test", "3 failed logins in a row are locked\n2 errors expected in the log, got them"),
        ("npm test", "> app@1.0.0 test\n> jest 2"),
        ("git commit", "3 tests, 1 failure"),
        ("ls", "2 errors"),
        ("mix test", "Generated app\n1 2 3\n10 files"),
    ] {
        assert_eq!(summary(family, output), None, "{output}");
    }
}

#[test]
fn the_tool_of_the_family_speaks_in_a_chain() {
    let both = "---\n710 mods/funs, found no issues.\n14 doctests, 309 tests, 1 failure";
    ok("mix credo", both, "found no issues");
    bad("mix test", both, "14 doctests, 309 tests, 1 failure");
}

#[test]
fn megabytes_are_read_once() {
    let line = "3 passed\n";
    let output = line.repeat(30_000);
    ok("npm test", &output, "3 passed");
    let wide = format!("{}\n12 tests, 0 failures", "3 failed ".repeat(30_000));
    ok("npm test", &wide, "12 tests, 0 failures");
}

proptest! {
    #[test]
    fn never_panics_and_stays_bounded(
        lines in prop::collection::vec(
            prop_oneof![
                any::<String>(),
                "[0-9]{0,12}[ ,]?(tests?|failed|passed|errors?|é)?[,;|(]{0,2} ?[0-9]{0,3} ?[a-z]{0,8}",
                "(Tests:|test result:|Tests run:|Total errors:|ok |not ok |# pass|Found) ?[0-9,]{0,5} ?[a-z(]{0,9}",
            ],
            0..20,
        ),
        family in prop_oneof![Just("npm test"), Just("cargo test"), Just("pytest"), Just("mix credo"), Just("tsc")],
    ) {
        if let Some(found) = summary(family, &lines.join("\n")) {
            prop_assert!(text::units(&found.text) <= MAX_UNITS);
            prop_assert!(!found.text.contains('\n'));
        }
    }
}
