//! A session whose context was compacted twice, with Claude's own summaries in it.

use super::Transcript;

pub(super) fn session() -> Transcript {
    let mut t = Transcript::at("/home/dev/parser", "incremental");
    t.prompt("Make the parser incremental: `Document::edit` must reparse only what changed. Public API stays as it is. Benchmarks are in benches/edit.rs; an edit in a 1 MB file must take less than 2 ms.");
    t.read("src/lib.rs").read("src/tree.rs");
    t.say("I'll keep green nodes immutable and reuse them by range.");
    for n in 0..12 {
        t.edit(
            "src/tree.rs",
            &format!("    fn step_{n}(&self) {{}}\n"),
            &format!("    fn reuse_{n}(&self, range: Range) -> Option<Node> {{ self.find(range, {n}) }}\n"),
        );
    }
    t.bash("cargo test --lib", 0, "running 88 tests\n\ntest result: ok. 88 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.31s");
    t.bash("git commit -am \"Reuse green nodes by range\"", 0, "[incremental 51e2d0a] Reuse green nodes by range\n 1 file changed, 61 insertions(+), 12 deletions(-)");
    t.compacted(
        154_000,
        "1. Primary Request and Intent:\n   Make the parser incremental without changing the public API; an edit in a 1 MB file under 2 ms.\n2. Key Technical Concepts:\n   - green/red trees\n3. Files and Code Sections:\n   - src/tree.rs: reuse by range\n4. Pending Tasks:\n   - invalidate lookahead\n5. Current Work:\n   Reuse is done and committed as 51e2d0a; lookahead is next.",
    );
    t.say("Next I'll record how far the lexer looked ahead for each node.");
    t.edit(
        "src/lexer.rs",
        "pub struct Token {\n    kind: Kind,\n}\n",
        "pub struct Token {\n    kind: Kind,\n    /// Bytes beyond the end that decided its kind.\n    lookahead: u32,\n}\n",
    );
    t.bash(
        "cargo test --lib",
        101,
        "error[E0063]: missing field `lookahead` in initializer of `Token`\n  --> src/lexer.rs:48:9\n   |\n48 |         Token { kind }\n   |         ^^^^^ missing `lookahead`\n\nFor more information about this error, try `rustc --explain E0063`.\nerror: could not compile `parser` (lib test) due to 1 previous error",
    );
    t.edit(
        "src/lexer.rs",
        "        Token { kind }\n",
        "        Token { kind, lookahead: self.peeked() }\n",
    );
    t.bash("cargo test --lib", 0, "running 93 tests\n\ntest result: ok. 93 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.33s");
    t.bash("cargo bench --bench edit", 0, "edit/1MB               time:   [3.8120 ms 3.8411 ms 3.8702 ms]\nFound 3 outliers among 100 measurements (3.00%)");
    t.say("3.84 ms is above the target of 2 ms. Most of it goes into `Tree::shift`, which moves the offsets of every node behind the edit.");
    t.compacted(
        161_000,
        "1. Primary Request and Intent:\n   Make the parser incremental without changing the public API; an edit in a 1 MB file under 2 ms.\n2. Current Work:\n   Lookahead is recorded in `Token`. The benchmark says 3.84 ms; `Tree::shift` is to blame.\n3. Next Step:\n   Store relative offsets instead of absolute ones.",
    );
    t.say("I'll store offsets relative to the parent instead of absolute ones.");
    t.edit(
        "src/tree.rs",
        "    offset: u32,\n",
        "    /// Relative to the parent.\n    offset: u32,\n",
    );
    t.bash(
        "cargo test --lib",
        101,
        "running 93 tests\ntest tree::tests::text_of_a_nested_node ... FAILED\n\nfailures:\n\n---- tree::tests::text_of_a_nested_node stdout ----\nthread 'tree::tests::text_of_a_nested_node' panicked at src/tree.rs:412:9:\nassertion `left == right` failed\n  left: \"fn a\"\n right: \"fn b\"\n\nfailures:\n    tree::tests::text_of_a_nested_node\n\ntest result: FAILED. 92 passed; 1 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.34s",
    );
    t.say("`Node::text` still treats the offset as absolute. Now I need to add the parents' offsets there.");
    t
}
