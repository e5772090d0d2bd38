//! `rejoin export` and `rejoin show`.

use super::person::Person;
use insta::assert_snapshot;
use std::fs;

#[test]
fn a_section_is_shown_alone() {
    let person = Person::new();
    person.follow("demo");
    assert_snapshot!(person.run(&["show", "--section", "next-steps"]).all());
    assert_snapshot!(
        person.run(&["show", "--section", "accomplishments", "--format", "yaml"]).all()
    );
    assert_snapshot!(person.run(&["show", "--section", "warnings"]).all());
    let files = person.run(&["show", "--section", "files", "--json"]).json();
    assert_eq!(files[0]["path"], "cart.py");
    let whole = person.run(&["show", "--json"]).json();
    assert_eq!(files, whole["metadata"]["files"]);
    assert_eq!(person.run(&["show", "--section", "nothing"]).code, 2);
    assert_eq!(person.run(&["show", "--section", "files", "--digest"]).code, 2);
}

#[test]
fn a_session_is_exported_as_markdown() {
    let person = Person::new();
    person.follow("demo");
    assert_snapshot!(person.run(&["export"]).all());
}

#[test]
fn a_page_stands_on_its_own() {
    let person = Person::new();
    let id = person.follow("compact-manual");
    let page = person.run(&["export", &id[..8], "--format", "html"]).done().stdout;
    balanced(&page);
    for there in [
        "<h2 id=\"context\">",
        "<svg ",
        "Timeline",
        "Resume log",
        "compacted once",
        "Question one.",
    ] {
        assert!(page.contains(there), "{there} in {page}");
    }
    for absent in ["<script", "http://", "https://", "src=", "url(", "@import", "<link", "<iframe"]
    {
        assert!(!page.contains(absent), "{absent} in {page}");
    }
}

#[test]
fn nothing_that_was_said_becomes_markup() {
    const EVIL: &str =
        "</title></style><script>alert(1)</script><img src=x onerror=alert(1)>\u{1b}[31m";
    let person = Person::new();
    let quoted = serde_json::to_string(EVIL).unwrap();
    let demo = concat!(env!("CARGO_MANIFEST_DIR"), "/install/demo.jsonl");
    let text = fs::read_to_string(demo).unwrap();
    let evil = text
        .replace("ignores the quantities", quoted.trim_matches('"'))
        .replace("now counts quantities", quoted.trim_matches('"'))
        .replace("cart.py", "<b>cart&\\\".py");
    person.follow_text(&evil, true);
    let page = person.run(&["export", "--format", "html"]).done().stdout;
    assert!(page.contains("&lt;script&gt;alert(1)"), "{page}");
    assert_eq!(page.matches("<style").count(), 1);
    assert_eq!(page.matches("<title").count(), 1);
    for absent in ["<script", "<img", "<b>", "\u{1b}"] {
        assert!(!page.contains(absent), "{absent:?} in {page}");
    }
    balanced(&page);
}

#[test]
fn a_file_is_written_whole_and_never_over_another_unasked() {
    let person = Person::new();
    person.follow("demo");
    let file = person.repository.join("log.html");
    let out = file.to_str().unwrap();
    assert_eq!(
        person.run(&["export", "-o", out]).done().stdout.split(" (").next(),
        Some("Wrote ROOT/home/shop/log.html")
    );
    assert!(fs::read_to_string(&file).unwrap().starts_with("<!DOCTYPE html>"));
    assert_snapshot!(person.run(&["export", "-o", out]).all());
    person.run(&["export", "-o", out, "--force", "--format", "json"]).done();
    let json: serde_json::Value =
        serde_json::from_str(&fs::read_to_string(&file).unwrap()).unwrap();
    assert_eq!(json["format"], 1);
    assert_eq!(json["curve"]["window"], 200_000);
    assert_eq!(json["turns"].as_array().map(Vec::len), Some(2));
    assert_eq!(json["tasks"][2]["state"], "done");
    assert_snapshot!(person.run(&["export", "-o", "missing/log.md"]).all());
    assert_snapshot!(person.run(&["export", "-o", ".", "--force"]).all());
}

#[test]
fn a_pause_is_exported_as_well() {
    let person = Person::new();
    person.follow("demo");
    person.run(&["pause", "-m", "half of the discount <b>code</b>"]).done();
    let id = paused(&person);
    let page = person.run(&["export", &id, "--format", "html"]).done().stdout;
    assert!(page.contains("half of the discount &lt;b&gt;code&lt;/b&gt;"), "{page}");
    balanced(&page);
    let json = person.run(&["export", &id, "--json"]).json();
    assert_eq!(json["message"], "half of the discount <b>code</b>");
}

/// The id of the only pause.
pub(super) fn paused(person: &Person) -> String {
    let folder = person.project().join("pauses");
    let mut names = fs::read_dir(folder).unwrap().map(|e| e.unwrap().file_name());
    names.next().unwrap().to_str().unwrap().split('.').next().unwrap().to_owned()
}

/// Every element that is opened is closed in its turn.
fn balanced(page: &str) {
    const EMPTY: [&str; 6] = ["meta", "br", "hr", "input", "line", "path"];
    let mut open: Vec<&str> = Vec::new();
    let style = page.find("</style>").unwrap();
    let rest = [&page[..page.find("<style>").unwrap()], &page[style + 8..]].concat();
    for tag in rest.split('<').skip(1) {
        let name = tag.split([' ', '>', '\n']).next().unwrap();
        if name.starts_with('!') || EMPTY.contains(&name.trim_start_matches('/')) {
            continue;
        }
        match name.strip_prefix('/') {
            Some(name) => assert_eq!(open.pop(), Some(name), "{tag}"),
            None => open.push(name),
        }
    }
    assert_eq!(open, [""; 0]);
}
