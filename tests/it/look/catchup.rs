//! `rejoin catchup` in repositories of every kind.

use insta::assert_snapshot;

use super::home::{Home, Ran};
use super::repository::Repository;

/// The output without ids of commits, which depend on the time.
fn plain(ran: &Ran) -> String {
    let mut text = ran.all();
    while let Some(at) = text.find(" at ") {
        let from = at + 4;
        let id = text[from..].chars().take_while(char::is_ascii_hexdigit).count();
        text.replace_range(at..from + id, if id >= 7 { " @ID" } else { " @" });
    }
    text
}

fn history(home: &Home) -> Repository<'_> {
    let shop = Repository::new(home);
    shop.commit("Ada", 40, "start", &["README.md"]);
    shop.git(&["switch", "--quiet", "--create", "wip/tax-rates"]);
    shop.commit("Bob", 30, "tax: rates by country", &["src/tax/rates.py"]);
    shop.commit("Bob", 29, "tax: half of the tests", &["tests/test_tax.py"]);
    shop.git(&["switch", "--quiet", "main"]);
    for number in 0..6 {
        let subject = format!("feat(cart): part {number} of the totals");
        shop.commit("Ada", 6, &subject, &["src/cart/totals.py", "tests/test_cart.py"]);
    }
    shop.commit("Bob", 5, "fix: rounding of discounts", &["src/cart/discount.py"]);
    shop.commit("Bob", 5, "Fixed a typo", &["README.md"]);
    shop.commit(
        "Zoë 日本",
        4,
        "docs: how prices are made, at a length that no column has room for, whatever its width is",
        &["docs/a rather deep/folder with spaces/prices of everything in the shop.md"],
    );
    shop.git(&["switch", "--quiet", "--create", "search"]);
    shop.commit("Ada", 2, "search: an index", &["src/search/index.py"]);
    shop.git(&["switch", "--quiet", "main"]);
    shop.git(&["switch", "--quiet", "--create", "done"]);
    shop.commit("Ada", 1, "chore: bump", &["pyproject.toml"]);
    shop.git(&["switch", "--quiet", "main"]);
    shop.merge("done");
    shop.write("src/cart/totals.py", "changed\n");
    shop.write("new file.py", "new\n");
    shop.write("staged.py", "staged\n");
    shop.git(&["add", "staged.py"]);
    shop
}

#[test]
fn one_screen_tells_what_happened() {
    let home = Home::new();
    history(&home);
    for columns in [80, 120] {
        let ran = home.wide(columns, &["catchup"]);
        assert!(ran.stdout.lines().count() <= 23, "{}", ran.stdout);
        assert_snapshot!(format!("catchup_{columns}"), plain(&ran));
    }
    let json = home.run(&["catchup", "--json"]).json();
    assert_eq!(
        (&json["commits"], &json["merges"], &json["elsewhere"]),
        (&11.into(), &1.into(), &1.into())
    );
    assert_eq!(json["topics"][0]["topic"], "feat");
    assert_eq!(json["topics"][0]["commits"], 6);
    assert_eq!(json["topics"][1]["topic"], "fix");
    assert_eq!(json["topics"][1]["commits"], 2);
    assert_eq!(json["hot_files"][0]["path"], "src/cart/totals.py");
    assert_eq!(json["stalled"][0]["name"], "wip/tax-rates");
    assert_eq!(
        (&json["stalled"][0]["ahead"], json["stalled"].as_array().unwrap().len()),
        (&2.into(), 1)
    );
    let tree = &json["uncommitted"];
    assert_eq!(
        (&tree["staged"], &tree["modified"], &tree["untracked"]),
        (&1.into(), &1.into(), &1.into())
    );
    assert_eq!(json["people"].as_array().unwrap().len(), 3);
    assert_snapshot!(format!("{:?}", json.as_object().unwrap().keys().collect::<Vec<_>>()));
    assert_eq!(home.run(&["catchup", "--days", "3", "--json"]).json()["commits"], 2);
    // From a folder below, it is the same repository.
    let below = home.run_with(|c| c.arg("catchup").current_dir(home.path("home/shop/src/cart")));
    assert_eq!(below.stdout, home.run(&["catchup"]).stdout);
}

#[test]
fn where_there_is_no_history_a_sentence_says_so() {
    let home = Home::new();
    assert_snapshot!("no_repository", home.run(&["catchup"]).all());
    let without_git = home.run_with(|command| command.arg("catchup").env("PATH", "/nowhere"));
    assert_snapshot!("no_git", without_git.all());
    let shop = Repository::new(&home);
    assert_snapshot!("no_commit", home.run(&["catchup"]).all());
    shop.write("first.py", "x\n");
    assert_snapshot!("no_commit_but_work", home.run(&["catchup"]).all());
    shop.commit("Ada", 20, "the only one", &["first.py"]);
    assert_snapshot!("nothing_lately", plain(&home.run(&["catchup"])));
    shop.git(&["clone", "--quiet", "--bare", ".", "../bare.git"]);
    let bare = |rel: &str| {
        home.run_with(|c| c.args(["catchup", "--days", "30"]).current_dir(home.path(rel)))
    };
    assert_snapshot!("bare", plain(&bare("home/bare.git")));
    assert_eq!(bare("home/bare.git/refs").stdout, bare("home/bare.git").stdout);
    let inside = home.run_with(|c| c.args(["catchup"]).current_dir(home.path("home/shop/.git")));
    assert_eq!(inside.code, 0, "{}", inside.all());
}

#[test]
fn unusual_states_are_named() {
    let home = Home::new();
    let shop = Repository::new(&home);
    shop.commit("Ada", 1, "one", &["a.py"]);
    shop.git(&["switch", "--quiet", "--create", "other"]);
    shop.commit("Ada", 1, "two", &["a.py"]);
    shop.git(&["switch", "--quiet", "--detach", "main"]);
    assert_snapshot!("detached", plain(&home.run(&["catchup"])));
    shop.commit("Ada", 1, "three", &["a.py"]);
    shop.conflict("other");
    let ran = home.run(&["catchup"]);
    assert_snapshot!("merging", plain(&ran));
    let json = home.run(&["catchup", "--json"]).json();
    assert_eq!(json["head"]["in_progress"], "merge");
    assert_eq!(json["head"]["branch"], serde_json::Value::Null);
    assert_eq!(json["uncommitted"]["files"][0]["state"], "conflicted");
}

#[test]
fn upstream_and_submodules() {
    let home = Home::new();
    let library = Repository::at(&home, "home/library");
    library.commit("Ada", 1, "a library", &["lib.py"]);
    let shop = Repository::new(&home);
    shop.commit("Ada", 1, "one", &["a.py"]);
    shop.git(&["clone", "--quiet", "--bare", ".", "../origin.git"]);
    shop.git(&["remote", "add", "origin", "../origin.git"]);
    shop.git(&["fetch", "--quiet", "origin"]);
    shop.git(&["branch", "--quiet", "--set-upstream-to=origin/main"]);
    shop.git(&["submodule", "--quiet", "add", "../library", "vendor/library"]);
    shop.commit("Ada", 1, "take the library in", &[]);
    std::fs::write(home.path("home/shop/vendor/library/lib.py"), "changed\n").unwrap();
    let ran = home.run(&["catchup"]);
    assert_snapshot!(plain(&ran));
    let json = home.run(&["catchup", "--json"]).json();
    assert_eq!(
        (&json["head"]["upstream"], &json["head"]["ahead"]),
        (&"origin/main".into(), &1.into())
    );
    assert_eq!(json["uncommitted"]["files"][0]["submodule"], true);
    // The submodule is a repository of its own.
    let within = home.run_with(|c| {
        c.args(["catchup", "--json"]).current_dir(home.path("home/shop/vendor/library"))
    });
    assert_eq!(within.json()["repository"], "library");
}

#[test]
#[cfg(target_os = "linux")]
fn any_name_is_shown_on_its_line() {
    use std::os::unix::ffi::OsStrExt;
    let home = Home::new();
    let shop = Repository::new(&home);
    let names: [&[u8]; 4] =
        [b"two\nlines.py", b"sp ace\t.py", b"bytes-\xff\xfe.py", "ümläut \u{202e}.py".as_bytes()];
    for name in names {
        std::fs::write(home.shop().join(std::ffi::OsStr::from_bytes(name)), "x\n").unwrap();
    }
    shop.git(&["add", "--all"]);
    assert_snapshot!("names_staged", home.wide(120, &["catchup"]).all());
    shop.commit("A\u{1b}[31mda", 1, "odd\u{1b}[2J names", &[]);
    shop.commit("Bob", 1, "again", &["two\nlines.py"]);
    let ran = home.wide(120, &["catchup"]);
    assert!(!ran.stdout.contains('\u{1b}'), "{:?}", ran.stdout);
    assert_snapshot!("names_committed", plain(&ran));
    let json = home.run(&["catchup", "--json"]).json();
    assert_eq!(json["hot_files"][0]["path"], "two\nlines.py");
}
