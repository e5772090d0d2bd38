//! `rejoin context`: what sessions left open and decided, with the repository.

use insta::assert_snapshot;

use super::home::Home;
use super::repository::Repository;
use crate::cli::followed::Followed;

#[test]
fn where_there_is_nothing_a_sentence_says_so() {
    let home = Home::new();
    assert_snapshot!("context_of_nothing", home.run(&["context"]).all());
    let json = home.run(&["context", "--json"]).json();
    assert_eq!((&json["repository"], &json["sessions"]), (&serde_json::Value::Null, &0.into()));
    Repository::new(&home).commit("Ada", 0, "one", &["a.py"]);
    let ran = home.run(&["context"]);
    assert!(ran.stdout.contains("Nothing is open") && ran.code == 0, "{}", ran.all());
}

#[test]
fn what_sessions_left_is_told() {
    let here = Followed::new();
    here.follow("edit-session", true);
    here.follow("demo", false);
    let id = here.id("edit-session");
    here.inside(id, &["note", "--decision", "keep prices in cents, floats drift"]);
    here.inside(id, &["note", "--next", "wire the discount into the cart and say so in the manual, with an example of each kind of discount there is"]);
    for columns in [80, 120] {
        let ran = here.wide(columns, &["context", "--days", "3650"]);
        assert!(ran.stdout.lines().all(|line| line.chars().count() <= columns), "{}", ran.all());
        assert_snapshot!(format!("context_{columns}"), ages(&ran.all()));
    }
    let json = here.run(&["context", "--json"]).json();
    let texts = |part: &str| -> Vec<String> {
        let told = json[part].as_array().unwrap().iter();
        told.map(|told| told["text"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(texts("decisions"), ["keep prices in cents, floats drift"]);
    assert!(texts("next")[0].starts_with("wire the discount"));
    assert_eq!(json["sessions"], 2);
    assert_snapshot!(format!(
        "{:?}\n{:?}",
        json.as_object().unwrap().keys().collect::<Vec<_>>(),
        json["decisions"][0].as_object().unwrap().keys().collect::<Vec<_>>()
    ));
}

/// Without ages and ids of commits, which depend on the day.
fn ages(text: &str) -> String {
    text.lines()
        .map(|line| {
            let words: Vec<&str> = line.split(' ').collect();
            let mut out = Vec::new();
            for (at, word) in words.iter().enumerate() {
                let unit = words.get(at + 1).copied().unwrap_or_default();
                let number = !word.is_empty() && word.bytes().all(|b| b.is_ascii_digit());
                if number && ["d", "h", "min"].contains(&unit) {
                    out.push("N");
                } else {
                    out.push(word);
                }
            }
            out.join(" ") + "\n"
        })
        .collect()
}
