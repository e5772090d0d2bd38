//! Every Rust example of a skill is compiled and run: as a test of documentation, in one of two crates.

use std::fs;
use std::path::{Path, PathBuf};

fn markdown(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap().flatten() {
        if entry.path().is_dir() {
            markdown(&entry.path(), found);
        } else if entry.path().extension().is_some_and(|end| end == "md") {
            found.push(entry.path());
        }
    }
}

#[test]
fn every_rust_example_is_run_as_it_stands() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let crates = ["tests/examples/src/lib.rs", "tests/examples-desktop/src/lib.rs"]
        .map(|path| fs::read_to_string(root.join(path)).unwrap());
    let mut files = Vec::new();
    markdown(&root.join("skills"), &mut files);
    let mut examples = 0;
    for path in files {
        let text = fs::read_to_string(&path).unwrap();
        let name = path.strip_prefix(root).unwrap().to_string_lossy().replace('\\', "/");
        let included = crates.iter().any(|text| text.contains(&format!("\"../../../{name}\"")));
        let mut open = false;
        for (at, line) in text.lines().enumerate() {
            let Some(info) = line.trim_start().strip_prefix("```") else { continue };
            open = !open;
            if open && info.contains("rust") {
                examples += 1;
                assert!(included, "{name}: no crate runs its Rust");
                // `ignore` and the like would leave it out.
                assert_eq!(info, "rust", "{name}:{}", at + 1);
            }
            // What has no language is taken for Rust there.
            assert!(!open || !included || !info.is_empty(), "{name}:{}", at + 1);
        }
    }
    assert!(examples >= 20, "only {examples} examples were seen");
}
