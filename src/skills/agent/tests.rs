use proptest::prelude::*;

use super::*;

fn add(text: &str, names: &[&str]) -> String {
    with_skills(text, |skills| skills.extend(names.iter().map(|name| (*name).to_owned()))).unwrap()
}

fn remove(text: &str, names: &[&str]) -> String {
    with_skills(text, |skills| skills.retain(|skill| !names.contains(&&**skill))).unwrap()
}

#[test]
fn a_list_is_added_extended_and_removed_in_its_own_form() {
    for (before, one_more, without_a) in [
        (
            "---\nname: x\n---\nB\n",
            "---\nname: x\nskills:\n  - n\n---\nB\n",
            "---\nname: x\n---\nB\n",
        ),
        (
            "---\nskills:\n- a # why\n\n- 'b'\nmodel: opus\n---\n",
            "---\nskills:\n- a # why\n\n- 'b'\n- n\nmodel: opus\n---\n",
            "---\nskills:\n\n- 'b'\nmodel: opus\n---\n",
        ),
        (
            "---\r\nskills:\r\n    - a\r\n---\r\nB",
            "---\r\nskills:\r\n    - a\r\n    - n\r\n---\r\nB",
            "---\r\n---\r\nB",
        ),
        (
            "---\nskills: [ a, \"b\" ] # both\nk: v\n---\n",
            "---\nskills: [ a, \"b\", n ] # both\nk: v\n---\n",
            "---\nskills: [ \"b\" ] # both\nk: v\n---\n",
        ),
        ("---\nskills: [a]\n---\n", "---\nskills: [a, n]\n---\n", "---\nskills: []\n---\n"),
        ("---\nskills: []\n---\n", "---\nskills: [n]\n---\n", "---\nskills: []\n---\n"),
        ("---\nskills: a\n---\n", "---\nskills: a, n\n---\n", "---\n---\n"),
        (
            "---\nskills: a, b # c\n---\n",
            "---\nskills: a, b, n # c\n---\n",
            "---\nskills: b # c\n---\n",
        ),
        (
            "---\nskills: \"b,a\"\n---\n",
            "---\nskills: \"b,a, n\"\n---\n",
            "---\nskills: \"b\"\n---\n",
        ),
        (
            "---\nskills:\nk: é\n---\n",
            "---\nskills:\n  - n\nk: é\n---\n",
            "---\nskills:\nk: é\n---\n",
        ),
        (
            "---\nk: é\nhooks:\n  Stop:\n    - skills: [q]\nskills: [b,\n  a]\n---\n",
            "---\nk: é\nhooks:\n  Stop:\n    - skills: [q]\nskills: [b,\n  a, n]\n---\n",
            "---\nk: é\nhooks:\n  Stop:\n    - skills: [q]\nskills: [b]\n---\n",
        ),
    ] {
        assert_eq!(add(before, &["n"]), one_more);
        assert_eq!(remove(before, &["a"]), without_a);
    }
}

#[test]
fn what_cannot_be_edited_without_a_loss_is_refused() {
    for text in [
        "no front matter\n",
        "---\nskills: a\n",
        "---\nskills: >-\n  a\n---\n",
        "---\nskills: {a: b}\n---\n",
        "---\nskills: [[a]]\n---\n",
        "---\nskills: *x\n---\n",
        "---\nskills: &x [a]\n---\n",
        "---\nskills: [a]\nskills: [b]\n---\n",
        "---\n- skills\n---\n",
        "---\nskills: ~\n---\n",
        "---\n{skills: [a], b: c\n---\n",
    ] {
        let refused = with_skills(text, |skills| skills.push("n".to_owned()));
        assert!(refused.is_err(), "{text:?}: {refused:?}");
    }
}

#[test]
fn the_name_is_the_front_matter_s() {
    assert_eq!(name("---\ndescription: name\nname: reviewer\n---\n").as_deref(), Some("reviewer"));
    assert_eq!(name("---\ndescription: name\n---\n"), None);
}

/// A name, not one of those that YAML or the tests take for something else.
fn word() -> impl Strategy<Value = String> {
    "[a-d]{1,3}(-[a-d]{1,2})?"
}

/// A list of skills in one of its forms, for front matter.
fn list() -> impl Strategy<Value = String> {
    (proptest::collection::btree_set(word(), 0..4), 0..6_u8, " {0,3}").prop_map(
        |(names, form, indent)| {
            let names: Vec<String> = names.into_iter().collect();
            match form {
                0 => String::new(),
                1 => format!("skills: [{}]\n", names.join(", ")),
                2 => format!("skills: [ {} ] # é\n", names.join(" , ")),
                3 => format!("skills: {}\n", names.join(", ")),
                4 => format!("skills: '{}'\n", names.join(",")),
                _ => {
                    let lines = names.iter().map(|name| format!("{indent}-  {name}  # x\n"));
                    format!("skills: # list\n{}", lines.collect::<String>())
                }
            }
        },
    )
}

proptest! {
    /// Whatever the file holds, an edit leaves the wanted list and every byte that is not the list's;
    /// and taking back what was added gives the file as it was, but for the list's own form when empty.
    #[test]
    fn an_edit_changes_the_list_alone(
        before in "(name: [a-zé]{1,5}\n|# [a-z: -]{0,9}\n|tools: \\[Read, \"B\"\\]\n|d: \"x: y\"\n|h:\n  - skills: \\[z\\]\n){0,3}",
        list in list(),
        after in "(model: [a-z]{1,5}\n|# é\n|\n|m: >\n  skills: q\n\n){0,3}",
        body in "[a-z\n-]{0,20}",
        crlf: bool,
        new in proptest::collection::btree_set("n[a-d]{1,3}", 1..3),
    ) {
        let mut text = format!("---\n{before}{list}{after}---\n{body}");
        if crlf {
            text = text.replace('\n', "\r\n");
        }
        let Ok(there) = skills(&text) else { return Ok(()) };
        let Ok(more) = with_skills(&text, |skills| skills.extend(new.iter().cloned())) else {
            return Ok(());
        };
        let mut all = there.clone();
        all.extend(new.iter().cloned());
        prop_assert_eq!(skills(&more).unwrap(), all);
        // Every line that is not the list's stands there, in order.
        let mut rest = more.as_str();
        for line in text.split_inclusive('\n').filter(|line| !line.contains("skills")) {
            let at = rest.find(line);
            prop_assert!(at.is_some(), "{:?} is gone from {:?}", line, more);
            rest = &rest[at.unwrap() + line.len()..];
        }
        let back = with_skills(&more, |skills| skills.retain(|skill| !new.contains(skill))).unwrap();
        prop_assert_eq!(skills(&back).unwrap(), there.clone());
        if !there.is_empty() {
            prop_assert_eq!(back, text);
        }
    }

    #[test]
    fn no_text_makes_it_panic(text in "(---\r?\n)?(skills|[-&*!a:,\\[\\]{}>|\"' \r\né#])*(---\n)?") {
        if let Ok(after) = with_skills(&text, |skills| skills.push("n".to_owned())) {
            prop_assert!(skills(&after).unwrap().contains(&"n".to_owned()));
        }
    }
}
