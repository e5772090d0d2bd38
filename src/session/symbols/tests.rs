use proptest::prelude::*;

use super::*;

#[track_caller]
fn defines(path: &str, text: &str, names: &[&str]) {
    assert_eq!(definitions(path, text), names, "{path}");
}

#[test]
fn rust() {
    defines(
        "src/a.rs",
        "/// A fn in prose\npub(crate) mod inner;\npub struct Thing<T> {\n    field: u8,\n}\nimpl<T: Clone> Display for Thing<T> where T: X {\n    pub async fn go(&self) {}\n    const fn c() {}\n}\npub const MAX: usize = 1;\nmacro_rules! mac {\n}\nlet x = 1;\nenum E {}\ntrait Tr {}\ntype A = B;\nimpl Thing {",
        &[
            "inner",
            "Thing",
            "impl Display for Thing<T>",
            "go",
            "c",
            "MAX",
            "mac!",
            "E",
            "Tr",
            "A",
            "impl Thing",
        ],
    );
}

#[test]
fn elixir_with_arities_events_and_markup() {
    defines(
        "lib/a_live.ex",
        "defmodule App.ALive do\n  def render(assigns) do\n    ~H\"\"\"\n    <div id=\"rows\" phx-hook=\"Highlighter\" phx-update=\"replace\" data-mode={@mode} class=\"row-box\">\n    \"\"\"\n  end\n  def to_path(path, cwd \\\\ nil), do: path\n  defp many(\n         %{a: {1, 2}},\n         [b, c],\n         \"x,y\"\n       ) do\n  def handle_event(\"clicked\", %{\"a\" => b}, socket) do\n    {:noreply, assign(socket, :clicked, b)}\n  end\n  defmacro with_span(name, attrs, do: block) do\n  def none, do: 1\n  def ok?(x), do: x\n",
        &[
            "App.ALive",
            "render/1",
            "#rows",
            "phx-hook=\"Highlighter\"",
            "phx-update=\"replace\"",
            "data-mode",
            ".row-box",
            "to_path/2",
            "many/3",
            "handle_event/3",
            "event \"clicked\"",
            "assign clicked",
            "with_span/3",
            "none/0",
            "ok?/1",
        ],
    );
    defines(
        "test/a_test.exs",
        "  describe \"render/2\" do\n    test \"keeps x\", %{a: a} do\n",
        &["describe \"render/2\"", "test \"keeps x\""],
    );
}

#[test]
fn javascript_and_typescript() {
    defines(
        "assets/app.js",
        "import x from 'y'\nconst hljs = require('hljs')\nlet Hooks = {}\nfunction highlight(root) {\n  const local = 1\n  if (a) {\n  }\n}\nHooks.Highlighter = {\n  mounted() {\n    this.x = {\n    }\n  },\n  updated: function () {},\n}\nexport const sum = (a, b) => a + b\nexport default class Store extends Base {\n  async load(id) {\n  }\n}\ndescribe(\"sum\", () => {\n  it.only('adds', () => {})\n",
        &[
            "Hooks",
            "highlight",
            "Hooks.Highlighter",
            "mounted",
            "updated",
            "sum",
            "Store",
            "load",
            "describe \"sum\"",
            "it \"adds\"",
        ],
    );
    defines(
        "a.ts",
        "export interface Props<T> {}\ntype Id = string\nexport type Fn = () => void\nenum Color { Red }\nabstract class A {\n  private get size(): number {\n}\nexport async function* gen() {}\nconst f = async (x: number) => {\n",
        &["Props", "Id", "Fn", "Color", "A", "size", "gen", "f"],
    );
}

#[test]
fn python_go_and_shell() {
    defines(
        "a.py",
        "MAX: int = 3\napp = Flask()\nclass A(B):\n    x = 1\n    async def go(self):\n        y = 2\ndef test_it():\n",
        &["MAX", "app", "A", "go", "test_it"],
    );
    defines(
        "a.go",
        "func Run(x int) error {\nfunc (s *Server[T]) Handle() {\ntype Conf struct {\nvar x = 1\n\tvar y = 2\n",
        &["Run", "Server.Handle", "Conf", "x"],
    );
    defines(
        "a.sh",
        "spotter_hex() {\nfunction go-on {\nif (true); then\n$(x)\n",
        &["spotter_hex", "go-on"],
    );
    defines("a.bats", "@test \"starts up\" {\n", &["test \"starts up\""]);
}

#[test]
fn classes_and_methods_of_other_languages() {
    defines(
        "A.java",
        "package a;\npublic final class A extends B {\n  private static int sum(int a) {\n    if (x) {\n    return f(a);\n  }\n  @Override\n  public void run() throws X {\n",
        &["A", "sum", "run"],
    );
    defines(
        "a.kt",
        "data class P(val x: Int)\nfun <T> List<T>.second(): T = this[1]\nobject O {\n  suspend fun go() {\n",
        &["P", "second", "O", "go"],
    );
    defines(
        "A.cs",
        "namespace X {\npublic record R(int A);\npublic async Task<int> GoAsync(int x) {\n",
        &["X", "R", "GoAsync"],
    );
    defines(
        "a.cpp",
        "#define MAX 3\nclass A : public B {\nint A::sum(int a) {\nstatic void go(void)\n{\n  call(1);\n}\nint f(int);\n",
        &["MAX", "A", "A::sum", "go"],
    );
    defines(
        "a.rb",
        "module M\nclass A < B\n  def self.go!\n  def ok?\n  LIMIT = 3\n  scope :active, -> {}\ndescribe \"x\" do\n",
        &["M", "A", "go!", "ok?", "LIMIT", "scope active", "describe \"x\""],
    );
    defines("a.php", "final class A {\n  public static function go(): int {\n", &["A", "go"]);
    defines(
        "a.swift",
        "@MainActor final class A {\n  private func go() {\nextension A: B {\nstruct S {\n",
        &["A", "go", "extension A", "S"],
    );
    defines(
        "a.erl",
        "-module(a).\nset_it(A, B) ->\n    b(A).\n-spec x() -> ok.\n",
        &["a", "set_it/2"],
    );
    defines("a.lua", "local M = {}\nfunction M.go(x)\nlocal function f()\n", &["M", "M.go", "f"]);
    defines("a.hs", "sum :: Int -> Int\ndata T = A\nsum x = x\n", &["sum", "T"]);
    defines("a.clj", "(ns app.core)\n(defn go [x]\n", &["app.core", "go"]);
    defines(
        "a.zig",
        "pub fn go() void {\nconst S = struct {\ntest \"it\" {\n",
        &["go", "S", "test \"it\""],
    );
}

#[test]
fn styles_data_and_documents() {
    defines(
        "a.css",
        "/* .no */\n:root {\n  --row-bg: #fff;\n}\n.row,\n.row.is-active:hover > #top {\n  color: red;\n}\n@keyframes spin {\n@media (x) { .wide { } }\n",
        &["--row-bg", ".row", ".is-active", "#top", "@keyframes spin"],
    );
    defines(
        "a.vue",
        "<template>\n  <div id=\"app\" data-test=\"x\">\n<script>\nfunction go() {\n",
        &["#app", "data-test=\"x\"", "go"],
    );
    defines(
        "a.sql",
        "CREATE TABLE IF NOT EXISTS \"users\" (\ncreate or replace function f(x int)\nALTER TABLE ONLY users ADD x;\nselect 1;",
        &["table users", "function f"],
    );
    defines("a.md", "# Top\ntext\n## Next ##\n```\n# not\n```\n", &["Top", "Next"]);
    defines(
        "Cargo.toml",
        "[package]\nname = \"x\"\n[dependencies.serde]\n  in = 1\n",
        &["[package]", "name", "[dependencies.serde]"],
    );
    defines("ci.yml", "name: ci\non:\n  push:\njobs:\n- x\n", &["name", "on", "jobs"]);
    defines(
        "package.json",
        "{\n  \"name\": \"x\",\n  \"scripts\": {\n    \"test\": \"vitest\"\n  }\n}",
        &["name", "scripts", "test"],
    );
    defines(
        "Makefile",
        "X := 1\n.PHONY: all\nall: build\n\tgo build\ntest-unit: all\n",
        &["all", "test-unit"],
    );
    defines(
        "justfile",
        "set shell := [\"x\"]\nx := \"1\"\ncheck target=\"a\": fmt\n  go\n",
        &["check"],
    );
    defines("Dockerfile", "FROM rust:1 AS build\nFROM debian\n", &["build", "debian"]);
    defines(
        "main.tf",
        "resource \"aws_vm\" \"web\" {\n  x = 1\n}\nlocals {\n",
        &["resource.aws_vm.web", "locals"],
    );
    defines(".env.local", "export API_URL=x\n# y\n", &["API_URL"]);
    defines("notes.xyz", "fn a() {}", &[]);
}

#[test]
fn an_edit_adds_removes_and_changes() {
    let old = "defmodule A do\n  def one(x), do: x\n\n  defp two do\n    1\n  end\n\n  defp gone(a, b), do: a\nend\n";
    let new = "defmodule A do\n  def one(x), do: x\n\n  defp two do\n    compute(2)\n  end\n\n  def three(a), do: a\nend\n";
    let change = diff("lib/a.ex", old, new);
    assert_eq!(change.added, ["three/1"]);
    assert_eq!(change.removed, ["gone/2"]);
    assert_eq!(change.changed, ["two/0"]);
    assert_eq!(change.first_line.as_deref(), Some("compute(2)"));
    assert_eq!((change.lines_added, change.lines_removed), (2, 2));
}

#[test]
fn a_deleted_line_changes_what_holds_it() {
    let change = diff("a.py", "def f():\n    start()\n    stop()\n", "def f():\n    start()\n");
    assert_eq!(
        (change.changed, change.lines_added, change.lines_removed),
        (vec!["f".to_owned()], 0, 1)
    );
    assert_eq!(change.first_line, None);
}

#[test]
fn equal_lines_are_counted() {
    let change = diff("a.sh", "run\nrun\n", "run\nrun\nrun\n");
    assert_eq!((change.lines_added, change.lines_removed), (1, 0));
    let moved = diff("a.sh", "one\ntwo\n", "two\none\n");
    assert_eq!((moved.lines_added, moved.lines_removed), (0, 0));
}

#[test]
fn a_changed_head_is_no_new_name() {
    let change = diff("a.ex", "defp id do\n  1\nend", "def id do\n  1\nend");
    assert_eq!(
        (change.added, change.removed, change.changed),
        (vec![], vec![], vec!["id/0".to_owned()])
    );
}

#[test]
fn the_first_line_says_something() {
    let change = diff("a.ex", "", "end\n  }\n\n  # dialyzer:ignore\n  total = 1\n");
    assert_eq!(change.first_line.as_deref(), Some("total = 1"));
    assert_eq!(change.lines_added, 5);
    let change = diff("a.ex", "end\n", "  # dialyzer:ignore\nend\n");
    assert_eq!(change.first_line.as_deref(), Some("# dialyzer:ignore"));
    assert_eq!(diff("a.rs", "same\n", "same\n"), Change::default());
}

#[test]
fn large_texts_stay_bounded() {
    let text: String = (0..20_000).map(|n| ["fn f", &n.to_string(), "() {}\n"].concat()).collect();
    assert_eq!(definitions("a.rs", &text).len(), MAX_NAMES);
    let change = diff("a.rs", "", &text);
    assert_eq!((change.added.len(), change.lines_added), (MAX_CHANGED, 20_000));
    let open = "def a(".repeat(20_000);
    assert!(definitions("a.ex", &open.replace("def", "\ndef")).is_empty());
}

proptest! {
    #[test]
    fn never_panics_and_stays_bounded(
        pieces in prop::collection::vec(
            prop_oneof![
                any::<String>(), "[a-zé(){}<>=\"':.,#@$ \\n-]{0,30}",
                Just("def a(é, \"x".to_owned()), Just("impl<T> é for X".to_owned()), Just("const é = (".to_owned()), Just("func (é) x".to_owned()),
                Just("<div id=\"é\" a-b={x}".to_owned()), Just(".é, #x {".to_owned()), Just("\"k\": 1".to_owned()), Just("CREATE TABLE é".to_owned()),
                Just("-record(".to_owned()), Just("f(<<a>>) -> 1.".to_owned()), Just("resource \"é\" {".to_owned()), Just("it('é".to_owned()),
            ],
            0..20,
        ),
        suffix in prop_oneof![
            Just("rs"), Just("py"), Just("ts"), Just("ex"), Just("go"), Just("java"), Just("cpp"), Just("rb"), Just("php"), Just("swift"), Just("sh"),
            Just("css"), Just("html"), Just("vue"), Just("sql"), Just("md"), Just("toml"), Just("yml"), Just("json"), Just("mk"), Just("tf"), Just("erl"),
            Just("lua"), Just("hs"), Just("clj"), Just("r"), Just("zig"), Just("just"),
        ],
    ) {
        let path = format!("a.{suffix}");
        let text = pieces.join("\n");
        let names = definitions(&path, &text);
        prop_assert!(names.len() <= MAX_NAMES);
        prop_assert!(names.iter().all(|n| text::units(n) <= MAX_NAME && !n.contains('\n')));
        let change = diff(&path, &text, &pieces.concat());
        prop_assert!(change.added.len() <= MAX_CHANGED && change.changed.len() <= MAX_CHANGED);
        let same = diff(&path, &text, &text);
        prop_assert_eq!(same, Change::default());
    }
}
