use proptest::prelude::*;

use super::*;

fn lines(output: &str) -> Vec<String> {
    failure(output).sections.into_iter().map(|s| s.line).collect()
}

#[test]
fn sections_of_one_output_are_separate_failures() {
    let output = "Pre-commit validation failed:\\n\\n[CREDO]\\nChecking 88 source files ...\n\n  Refactoring opportunities\n┃ \n\
        ┃ [F] → Function is too complex (cyclomatic complexity is 13, max is 9).\n┃       lib/a/hooks.ex:144:7 #(A.Hooks.call)\n\n\
        Please report incorrect results\n688 mods/funs, found 1 refactoring opportunity.\n\n\
        Use `mix credo explain` to explain issues.\\n\\n[DIALYZER]\\nFinding suitable PLTs\nChecking PLT...\n\
        PLT is up to date!\nNo :ignore_warnings opt specified in mix.exs and default does not exist.\n\nStarting Dialyzer\n[\n  check_plt: false,\n  files: [~c\"/x/a.beam\",\n   ...],\n]\n\
        Total errors: 3, Skipped: 0\ndone in 0m12.17s\nlib/a/trace.ex:57:13:pattern_match\nThe pattern can never match the type.\n\nPattern:\n{:ok, _id}\n\nType:\n:error\n\n\
        ________________________________\n\n[Output truncated: showing 30 of 62 lines]\\n\\nFix these issues before committing.";
    let found = failure(output);
    let tags: Vec<_> = found.sections.iter().map(|s| s.tag.as_deref().unwrap_or("")).collect();
    assert_eq!(tags, ["CREDO", "DIALYZER"]);
    assert_eq!(
        found.sections[0].line,
        "[F] → Function is too complex (cyclomatic complexity is 13, max is 9). lib/a/hooks.ex:144:7 #(A.Hooks.call)"
    );
    assert_eq!(
        found.sections[1].line,
        "lib/a/trace.ex:57:13:pattern_match The pattern can never match the type. Pattern: {:ok, _id} Type: :error"
    );
    assert_eq!(
        found.sections[1].key,
        "[DIALYZER] trace.ex:#:#:pattern_match The pattern can never match the type. Pattern: {:ok, _id} Type: :error"
    );
    assert_eq!(
        found.explains,
        ["No :ignore_warnings opt specified in mix.exs and default does not exist."]
    );
    assert_eq!(found.truncated.as_deref(), Some("Output truncated: showing 30 of 62 lines"));
    assert_eq!(found.unseen, 2);
}

#[test]
fn a_line_number_that_moved_is_the_same_failure() {
    let one = failure("lib/a.ex:57:13:no_return\nFunction f/1 has no local return.\n____");
    let two = failure("lib/a.ex:58:2:no_return\nFunction f/1 has no local return.\n____");
    assert!(one.same_as(&two));
    assert!(
        !one.same_as(&failure("lib/a.ex:58:2:unknown\nFunction g/1 has no local return.\n____"))
    );
    assert!(!Failure::default().same_as(&Failure::default()));
}

#[test]
fn a_tagged_section_opens_with_its_news() {
    let output = "Pre-commit validation failed:\\n\\n[FORMAT] Code is not formatted.\\nRun 'mix format' to fix.\\n\\nFix these issues before committing.";
    let found = failure(output);
    assert_eq!(found.sections[0].line, "Code is not formatted.");
    assert_eq!(found.sections[0].tag.as_deref(), Some("FORMAT"));
    assert_eq!(found.explains, ["Run 'mix format' to fix."]);
    assert_eq!(
        lines("[FORMAT]\nCode is not formatted.\nFix these issues"),
        ["Code is not formatted."]
    );
}

#[test]
fn compilers() {
    assert_eq!(
        lines(
            "   Compiling app v0.1.0\nerror[E0308]: mismatched types\n  --> src/a.rs:10:5\n   |\n10 |     x\n   |     ^ expected `u32`, found `&str`\n\nerror: could not compile `app` (lib) due to 1 previous error"
        ),
        ["error[E0308]: mismatched types (src/a.rs:10:5) expected `u32`, found `&str`"]
    );
    assert_eq!(
        lines("src/a.ts(1,2): error TS2322: Type 'a' is not 'b'."),
        ["src/a.ts(1,2): error TS2322: Type 'a' is not 'b'."]
    );
    assert_eq!(
        lines(
            "In file included from x.h:1:\nsrc/a.c:3:9: error: unknown type name 'x'\n    3 | x y;\n"
        ),
        ["src/a.c:3:9: error: unknown type name 'x'"]
    );
    assert_eq!(
        lines("# app/pkg\n./main.go:10:5: undefined: foo\n"),
        ["./main.go:10:5: undefined: foo"]
    );
    assert_eq!(
        lines(
            "/a/b.js\n  1:2  error  'x' is not defined  no-undef\n  3:1  warning  y\n\n✖ 2 problems (1 error, 1 warning)"
        ),
        ["/a/b.js 1:2 error 'x' is not defined no-undef"]
    );
    assert_eq!(
        lines(
            "    error: undefined variable \"x\"\n    │\n 10 │     x\n    │     ^\n    │\n    └─ lib/a.ex:10:5: A.f/1\n\n\n== Compilation error in file lib/a.ex ==\n** (CompileError) lib/a.ex: cannot compile module A"
        ),
        [
            "error: undefined variable \"x\" (lib/a.ex:10:5: A.f/1)",
            "** (CompileError) lib/a.ex: cannot compile module A"
        ]
    );
    assert_eq!(
        lines("app/a.py:1:80: E501 Line too long (90 > 79)\nFound 1 error."),
        ["app/a.py:1:80: E501 Line too long (90 > 79)"]
    );
}

#[test]
fn failed_tests() {
    assert_eq!(
        lines(
            "running 2 tests\ntest a::b ... FAILED\n\nfailures:\n\n---- a::b stdout ----\nthread 'a::b' (123) panicked at src/a.rs:5:9:\nassertion `left == right` failed: sums\n  left: 1\n right: 2\nnote: run with `RUST_BACKTRACE=1`\n"
        ),
        ["a::b panicked at src/a.rs:5:9: assertion `left == right` failed: sums left: 1 right: 2"]
    );
    assert_eq!(
        lines(
            "..\n\n  1) test adds (AppTest)\n     test/app_test.exs:12\n     Assertion with == failed\n     code:  assert f() == 2\n     left:  1\n     right: 2\n     stacktrace:\n       test/app_test.exs:13: (test)\n\n..\n2 tests, 1 failure"
        ),
        [
            "test adds (AppTest) test/app_test.exs:12 Assertion with == failed code: assert f() == 2 left: 1 right: 2"
        ]
    );
    assert_eq!(
        lines(
            "--- FAIL: TestSum (0.00s)\n    --- FAIL: TestSum/zero (0.00s)\n        sum_test.go:12: got 1, want 2\nFAIL\nFAIL\tapp\t0.01s"
        ),
        ["FAIL TestSum/zero sum_test.go:12: got 1, want 2"]
    );
    assert_eq!(
        lines(
            "____ test_a ____\n>       assert 1 == 2\nE       assert 1 == 2\n\ntests/test_a.py:3: AssertionError\n=== short test summary info ===\nFAILED tests/test_a.py::test_a - assert 1 == 2\n=== 1 failed in 0.1s ==="
        ),
        ["FAILED tests/test_a.py::test_a - assert 1 == 2"]
    );
    assert_eq!(
        lines(
            "E       AssertionError: nope\nE       assert 1 == 2\n\ntests/test_a.py:3: AssertionError"
        ),
        ["AssertionError: nope assert 1 == 2 tests/test_a.py:3: AssertionError"]
    );
    assert_eq!(
        lines(
            "FAIL src/a.test.js\n  ● math › adds\n\n    expect(received).toBe(expected) // Object.is equality\n\n    Expected: 3\n    Received: 2\n\n      at Object.toBe (src/a.test.js:5:1)\n"
        ),
        [
            "math › adds expect(received).toBe(expected) // Object.is equality Expected: 3 Received: 2"
        ]
    );
    assert_eq!(
        lines(
            " FAIL  src/a.test.ts > math > adds\nAssertionError: expected 2 to be 3\n ❯ src/a.test.ts:5:1\n"
        ),
        ["src/a.test.ts > math > adds AssertionError: expected 2 to be 3"]
    );
    assert_eq!(
        lines(
            "Failures:\n\n  1) Sum adds\n     Failure/Error: expect(sum).to eq(3)\n\n       expected: 3\n            got: 2\n     # ./spec/sum_spec.rb:5:in `block'\n"
        ),
        ["Sum adds Failure/Error: expect(sum).to eq(3) expected: 3 got: 2"]
    );
}

#[test]
fn stack_traces() {
    assert_eq!(
        lines(
            "Exit code 1\nTraceback (most recent call last):\n  File \"a/b.py\", line 3, in <module>\n    f()\n  File \"a/c.py\", line 9, in f\n    raise ValueError(\"no\")\nValueError: no\n"
        ),
        ["ValueError: no (a/c.py:9 in f)"]
    );
    assert_eq!(
        lines(
            "Traceback (most recent call last):\n  File \"a.py\", line 1, in f\n    x\nKeyError: 'x'\n\nDuring handling of the above exception, another exception occurred:\n\nTraceback (most recent call last):\n  File \"b.py\", line 2, in g\n    y\nRuntimeError: lost\n"
        ),
        ["RuntimeError: lost (b.py:2 in g)"]
    );
    assert_eq!(
        lines(
            "/app/src/a.js:3\n  x()\n  ^\n\nTypeError: x is not a function\n    at Object.<anonymous> (/app/node_modules/y/i.js:1:1)\n    at f (/app/src/a.js:3:3)\n\nNode.js v24.0.0"
        ),
        ["TypeError: x is not a function at f (/app/src/a.js:3:3)"]
    );
    assert_eq!(
        lines(
            "Generated app\n** (Mix) Could not start application otel: exited in: :otel.start(:normal, [])\n    ** (EXIT) an exception was raised:\n        ** (BadMapError) expected a map, got:\n\n    [exporter: {:stdout, []}]\n\n            (erts 16.1) :erlang.is_map_key(:exporter, [])\n"
        ),
        [
            "** (Mix) Could not start application otel: exited in: :otel.start(:normal, []) … (BadMapError) expected a map, got: [exporter: {:stdout, []}]"
        ]
    );
    assert_eq!(
        lines(
            "Exception in thread \"main\" java.lang.IllegalStateException: no\n\tat java.base/x.Y.z(Y.java:1)\n\tat app.Main.main(Main.java:5)\n"
        ),
        [
            "Exception in thread \"main\" java.lang.IllegalStateException: no at app.Main.main(Main.java:5)"
        ]
    );
}

#[test]
fn version_control_shells_and_package_tools() {
    let found = failure(
        "Exit code 1\nThe following paths are ignored by one of your .gitignore files:\npriv/out\nhint: Use -f if you really want to add them.\nhint: Turn this message off by running\nhint: \"git config advice.addIgnoredFile false\"",
    );
    assert_eq!(
        found.sections[0].line,
        "The following paths are ignored by one of your .gitignore files: priv/out"
    );
    assert_eq!(found.explains, ["hint: Use -f if you really want to add them."]);
    assert_eq!(
        lines(
            "fatal: ambiguous argument 'main..HEAD': unknown revision or path not in the working tree.\nUse '--' to separate paths"
        ),
        [
            "fatal: ambiguous argument 'main..HEAD': unknown revision or path not in the working tree."
        ]
    );
    assert_eq!(
        lines("Exit code 127\n/bin/bash: line 1: jqq: command not found"),
        ["/bin/bash: line 1: jqq: command not found"]
    );
    assert_eq!(
        lines("Exit code 1\n(eval):1: permission denied:"),
        ["(eval):1: permission denied:"]
    );
    assert_eq!(
        lines(
            "npm ERR! code ERESOLVE\nnpm ERR! ERESOLVE unable to resolve dependency tree\nnpm ERR! \nnpm ERR! While resolving: app@1.0.0\nnpm ERR! Found: react@18\nnpm ERR! A complete log of this run can be found in: /x"
        ),
        [
            "npm ERR! code ERESOLVE ERESOLVE unable to resolve dependency tree While resolving: app@1.0.0"
        ]
    );
    assert_eq!(
        lines(
            "✘ [ERROR] Could not resolve \"js/app.js\"\n\n1 error\n/x/node_modules/esbuild/lib/main.js:1467\n  let error = new Error(text);\n\nError: Build failed with 1 error:\nerror: Could not resolve \"js/app.js\"\n    at failureErrorWithLog (/x/node_modules/esbuild/lib/main.js:1467:15)\n\nNode.js v24"
        ),
        ["[ERROR] Could not resolve \"js/app.js\"", "Error: Build failed with 1 error:"]
    );
    assert_eq!(
        lines("curl: (7) Failed to connect to localhost port 4000: Connection refused"),
        ["curl: (7) Failed to connect to localhost port 4000: Connection refused"]
    );
    assert_eq!(
        lines("HTTP/1.1 503 Service Unavailable\ncontent-length: 0"),
        ["HTTP/1.1 503 Service Unavailable"]
    );
}

#[test]
fn what_no_tool_explains_ends_with_its_last_line() {
    assert_eq!(lines("Exit code 3\nstarting\nall is lost\n\n"), ["all is lost"]);
    assert_eq!(lines("Exit code 3"), ["Exit code 3"]);
    assert_eq!(failure("").sections, []);
    assert_eq!(failure("\n \n").sections, []);
}

#[test]
fn written_line_ends_in_code_stay() {
    assert_eq!(real_line_ends("printf(\"a\\n\")\nb"), "printf(\"a\\n\")\nb");
    assert_eq!(real_line_ends("one\\ntwo"), "one\ntwo");
}

#[test]
fn explanations_are_bounded_and_told_once() {
    let found = failure(&"Error: x\nhelp: try this\nNo config found in here\n".repeat(50));
    assert_eq!(found.explains, ["help: try this", "No config found in here"]);
}

proptest! {
    #[test]
    fn never_panics_and_stays_bounded(
        pieces in prop::collection::vec(
            prop_oneof![
                any::<String>(),
                Just("Traceback (most recent call last):".to_owned()), Just("  File \"a.py\", line 1, in f".to_owned()),
                Just("During handling of".to_owned()), Just("  1) test x".to_owned()), Just("E   x".to_owned()),
                Just("thread 'é' panicked at ".to_owned()), Just("** (X) got:".to_owned()), Just("npm ERR! code X".to_owned()),
                Just("lib/a.ex:1:2:no_return".to_owned()), Just("[CREDO]".to_owned()), Just("┃ [F] → é".to_owned()),
                Just("error[E1]: x".to_owned()), Just(" --> a.rs:1:2".to_owned()), Just("● a".to_owned()), Just("a\\n\\nb".to_owned()),
                Just("é.ts(1,2): error".to_owned()), Just("TypeError: x".to_owned()), Just("    at f (a.js:1)".to_owned()),
            ],
            0..25,
        )
    ) {
        let output = pieces.join("\n");
        let found = failure(&output);
        prop_assert!(found.sections.len() <= MAX_SECTIONS + 1);
        prop_assert!(found.explains.len() <= MAX_EXPLAINS);
        for section in &found.sections {
            prop_assert!(text::units(&section.line) <= MAX_LINE && !section.line.contains('\n'));
            prop_assert!(text::units(&section.key) <= MAX_KEY);
        }
        prop_assert!(found.same_as(&found) || found.sections.is_empty());
    }
}
