//! What an edit may and may not do, on examples and on generated documents.

use std::path::Path;

use proptest::prelude::*;
use serde_json::Value;

use super::*;

const RULES: [&str; 2] = ["Read(//state/projects/**/resume.md)", "Bash(rejoin show:*)"];

fn rules() -> Vec<String> {
    RULES.map(str::to_owned).to_vec()
}

fn installed_from(text: &str, folder: &str, earlier: &Written) -> Result<Edited, Refusal> {
    install(text, &Plan { executables: Path::new(folder), hooks: true, rules: &rules() }, earlier)
}

fn installed(text: &str) -> Edited {
    installed_from(text, "/data/rejoin/bin", &Written::default()).unwrap()
}

fn refused(text: &str) -> String {
    let refusal = installed_from(text, "/b", &Written::default()).unwrap_err();
    assert_eq!(uninstall(text, None).unwrap_err(), refusal, "uninstall refuses the same");
    refusal.to_string()
}

/// The shortened text: the first and the last event stand for all.
fn first_and_last(text: &str) -> String {
    let start = text.find("\"UserPromptSubmit\"").unwrap();
    let end = text.find("\"SessionEnd\"").unwrap();
    format!("{}…{}", &text[..start], &text[end..])
}

#[test]
fn a_missing_file_gets_the_layout_that_claude_code_writes() {
    let edited = installed("");
    insta::assert_snapshot!(first_and_last(&edited.text));
    let again = serde_json::from_str::<Value>(&edited.text).unwrap();
    assert_eq!(again["hooks"].as_object().unwrap().len(), HOOKS.len());
    assert_eq!(uninstall(&edited.text, Some(&edited.written)).unwrap(), "");
}

#[test]
fn entries_join_what_is_there_in_its_own_layout() {
    let text = "{\r\n\t\"model\": \"opus\",\r\n\t\"hooks\": {\r\n\t\t\"SessionStart\": [\r\n\t\t\t{\"hooks\": [{\"type\": \"command\", \"command\": \"mine\"}]}\r\n\t\t]\r\n\t},\r\n\t\"permissions\": {\"allow\": [\"Bash(ls:*)\"]}\r\n}";
    let edited = installed(text);
    insta::assert_snapshot!(first_and_last(&edited.text).replace('\r', "␍").replace('\t', "→"));
    assert_eq!(uninstall(&edited.text, Some(&edited.written)).unwrap(), text);
}

#[test]
fn a_document_on_one_line_stays_on_one_line() {
    let text = "{\"a\":1,\"hooks\":{\"Stop\":[ ]}}\n";
    let edited = installed(text);
    assert_eq!(edited.text.lines().count(), 1);
    insta::assert_snapshot!(first_and_last(&edited.text));
    assert_eq!(uninstall(&edited.text, Some(&edited.written)).unwrap(), text);
}

#[test]
fn white_space_and_empty_containers_come_back() {
    for text in [
        "{}",
        "{ }",
        "\u{feff}{\n}\n",
        " \n\t",
        "\u{feff}",
        "{\"hooks\":{}}",
        "{\n    \"hooks\": {\n\n    }\n}",
        "{\n \"hooks\": {\"Stop\": [], \"SessionEnd\": [ \n ]},\n \"permissions\": {\"deny\": []}}",
        "{\"permissions\": {\"allow\": [\n]} }",
        "{\n\"x\": [1,2 ,3]\n}\n\n",
        "{\"a\" : 1 , \"a\" : 2 }",
        "{\n  \"x\": \"\\ud800\", \"y\": 1e999\n}",
    ] {
        let edited = installed(text);
        assert_eq!(uninstall(&edited.text, Some(&edited.written)).unwrap(), text);
    }
}

#[test]
fn a_moved_folder_is_corrected_in_place() {
    let first = installed("{\n  \"a\": 1\n}\n");
    let with_note =
        first.text.replacen("\"timeout\": 10", "\"timeout\": 30, \"note\": \"mine\"", 1);
    let moved = installed_from(&with_note, "/elsewhere", &first.written).unwrap();
    assert_eq!(moved.text, with_note.replace("/data/rejoin/bin/", "/elsewhere/"));
    assert_eq!(moved.written, first.written);
}

#[test]
fn an_entry_that_claude_code_would_not_start_as_a_path_is_rewritten() {
    let text = r#"{"hooks":{"Stop":[{"hooks":[{"command":"C:\\old\\rejoin-hook-stop.exe"}]}]}}"#;
    let edited = installed(text);
    assert!(edited.text.starts_with(
        r#"{"hooks":{"Stop":[{"hooks":[{"type":"command","command":"/data/rejoin/bin/rejoin-hook-stop","args":[],"timeout":10}]}],"#
    ), "{}", edited.text);
}

#[test]
fn spare_entries_go_and_the_first_stays() {
    let entry = |path: &str| format!(r#"{{"type":"command","command":"{path}","args":[]}}"#);
    let text = format!(
        r#"{{"hooks":{{"Stop":[{{"hooks":[{},{}]}},{{"hooks":["mine"]}},{{"hooks":[{}]}}],"Setup":[{{"hooks":[{}]}}]}}}}"#,
        entry("/a/rejoin-hook-stop"),
        entry("/b/rejoin-hook-stop"),
        entry("/c/rejoin-hook-session-end"),
        entry("/d/rejoin-hook-setup"),
    );
    let edited = installed(&text);
    let ours = registered(&edited.text).unwrap();
    assert_eq!(ours.len(), HOOKS.len());
    assert!(ours.iter().all(|r| r.command == format!("/data/rejoin/bin/{}", r.executable)));
    assert_eq!(
        uninstall(&edited.text, Some(&edited.written)).unwrap(),
        r#"{"hooks":{"Stop":[{"hooks":["mine"]}],"Setup":[]}}"#
    );
}

#[test]
fn only_a_plain_path_to_our_executable_is_ours() {
    for (command, ours) in [
        ("/x/rejoin-hook-stop", true),
        ("rejoin-hook-stop", true),
        (r"C:\x\rejoin-hook-stop.exe", true),
        (r#"\"/with space/rejoin-hook-stop\""#, true),
        ("/x/rejoin-hook-stop.sh", false),
        ("/x/rejoin-hook-", false),
        ("/x/rejoin-hook-stop --and more", false),
        ("/rejoin-hook-stop/mine", false),
        ("my-rejoin-hook-stop", false),
    ] {
        let command = command.replace("C:\\x\\", "C:\\\\x\\\\");
        let text = format!(r#"{{"hooks":{{"Stop":[{{"hooks":[{{"command":"{command}"}}]}}]}}}}"#);
        assert_eq!(registered(&text).unwrap().len(), usize::from(ours), "{command}");
    }
}

#[test]
fn what_the_user_did_meanwhile_stays() {
    let first = installed("{}");
    // The user adds a hook of their own to our group, and a rule and a key after ours.
    let text = first
        .text
        .replacen(
            "\"timeout\": 10\n          }",
            "\"timeout\": 10\n          },\n          {\"command\": \"mine\"}",
            1,
        )
        .replacen("show:*)\"\n", "show:*)\",\n      \"Bash(ls:*)\"\n", 1)
        .replacen("{\n", "{\n  \"model\": \"opus\",\n", 1);
    insta::assert_snapshot!(uninstall(&text, Some(&first.written)).unwrap());
}

#[test]
fn without_a_note_entries_go_and_rules_stay() {
    let text = installed("{\n  \"a\": 1\n}\n").text;
    insta::assert_snapshot!(uninstall(&text, None).unwrap());
}

#[test]
fn a_rule_that_was_there_is_not_ours() {
    let text = format!("{{\"permissions\":{{\"allow\":[\"{}\"]}}}}", RULES[1]);
    let edited = installed(&text);
    assert_eq!(edited.written.rules, [RULES[0]]);
    assert!(allows(&edited.text, RULES[0]).unwrap());
    assert_eq!(uninstall(&edited.text, Some(&edited.written)).unwrap(), text);
}

#[test]
fn a_rule_that_is_no_longer_wanted_is_withdrawn_when_new_ones_come() {
    let first = installed("{\"a\":1}");
    let plan = |rules| Plan { executables: Path::new("/data/rejoin/bin"), hooks: true, rules };
    let other = ["Read(//other/**)".to_owned()];
    let second = install(&first.text, &plan(&other), &first.written).unwrap();
    assert_eq!(second.written.rules, other);
    assert!(!allows(&second.text, RULES[0]).unwrap());
    let third = install(&second.text, &plan(&[]), &second.written).unwrap();
    assert_eq!(third, second, "a plan without rules leaves those of earlier");
    assert_eq!(uninstall(&third.text, Some(&third.written)).unwrap(), "{\"a\":1}");
}

#[test]
fn doubtful_documents_are_refused_with_the_line() {
    insta::assert_snapshot!(
        [
            "{\n  \"hooks\": {},\n  \"hooks\": {}\n}",
            "{\n  \"hooks\": {},\n  \"\\u0068ooks\": {}\n}",
            "{\"hooks\": {\n  \"Stop\": [{\"hooks\":[{\"command\":\"/x/rejoin-hook-stop\"}]}],\n  \"Stop\": []}}",
            "[1]",
            "\"x\"",
            "{\n  \"a\": 1, // mine\n}",
            "{\n  \"a\": 1,\n}",
            "{\n  \"a\": 1\n",
        ]
        .map(refused)
        .join("\n")
    );
    let only_install = |text: &str| installed_from(text, "/b", &Written::default()).unwrap_err();
    insta::assert_snapshot!(
        [
            "{\n  \"hooks\": null\n}",
            "{\n  \"hooks\": []\n}",
            "{\"hooks\": {\n  \"Stop\": {}}}",
            "{\"hooks\": {\n\"Stop\": [],\n\"Stop\": []}}",
            "{\"permissions\": {},\n \"permissions\": {}}",
            "{\"permissions\": {\"allow\": [],\n \"allow\": []}}",
            "{\"permissions\": []}",
            "{\"permissions\": {\"allow\":\n {}}}",
        ]
        .map(|text| only_install(text).to_string())
        .join("\n")
    );
}

#[test]
fn what_is_registered_is_told_with_its_faults() {
    let text = "{\"hooks\": {\"Stop\": [\n{\"matcher\": \"x\", \"hooks\": [{\"command\": \"/x/rejoin-hook-stop\"}]}]}}";
    assert_eq!(
        registered(text).unwrap(),
        [Registered {
            event: "Stop".into(),
            executable: "rejoin-hook-stop".into(),
            command: "/x/rejoin-hook-stop".into(),
            exec_form: false,
            matcher: Some("x".into()),
            line: 2,
        }]
    );
}

#[test]
fn a_plan_without_hooks_takes_them_out() {
    let text = "{\n  \"a\": 1\n}\n";
    let first = installed(text);
    let plan = Plan { executables: Path::new("/b"), hooks: false, rules: &rules() };
    let second = install(&first.text, &plan, &first.written).unwrap();
    assert!(registered(&second.text).unwrap().is_empty());
    assert!(RULES.iter().all(|rule| allows(&second.text, rule).unwrap()));
    assert_eq!(uninstall(&second.text, Some(&second.written)).unwrap(), text);
}

#[test]
fn a_rule_that_the_user_took_out_is_not_missed() {
    let first = installed("{\"a\":1}");
    let text = first.text.replace(&format!("{},", json::quoted(RULES[0])), "");
    assert_ne!(text, first.text);
    assert_eq!(uninstall(&text, Some(&first.written)).unwrap(), "{\"a\":1}");
}

#[test]
fn hooks_are_disabled_by_a_truth_value_alone() {
    assert!(disables_hooks("{\"disableAllHooks\": true}"));
    for text in
        ["", "{", "[]", "{}", "{\"disableAllHooks\": false}", "{\"disableAllHooks\": \"true\"}"]
    {
        assert!(!disables_hooks(text), "{text}");
    }
}

#[test]
fn a_document_is_no_deeper_than_it_may_be() {
    let deep = "[".repeat(300) + &"]".repeat(300);
    assert_eq!(refused(&deep), "line 1: more than 256 levels of nesting");
}

#[test]
fn a_container_of_another_kind_is_refused() {
    let mut document = Document::new("{\"a\": 1, \"b\": {}}").unwrap();
    let mut made = Containers::new();
    let object = document.object(&["a"], &mut made).unwrap_err();
    assert_eq!(object.to_string(), "line 1: `a` is not an object ({…}); correct it first");
    let array = document.array(&["b"], &mut made).unwrap_err();
    assert_eq!(array.to_string(), "line 1: `b` is not an array ([…]); correct it first");
    let number = document.find(&["a"]).unwrap().unwrap();
    assert!(number.items().is_empty());
}

const LINE: &str = "/data/rejoin/bin/rejoin-statusline";

fn with_line(text: &str) -> Edited {
    install_status_line(text, LINE, &Written::default()).unwrap()
}

#[test]
fn a_status_line_takes_the_place_of_the_user_s_and_gives_it_back() {
    for text in [
        "",
        "{}",
        "{\n  \"a\": 1\n}\n",
        "{\"statusLine\": null}",
        "{\"statusLine\": {}}",
        "{\"statusLine\": {\"command\": 7}}",
        "{\n  \"statusLine\": {\"type\": \"command\", \"command\": \"mine \\u0041\", \"padding\": 0},\n  \"a\": 1\n}",
    ] {
        let edited = with_line(text);
        assert_eq!(status_line::command(&edited.text).unwrap().as_deref(), Some(LINE), "{text}");
        assert!(edited.written.status_line.is_some());
        let again = install_status_line(&edited.text, LINE, &edited.written).unwrap();
        assert_eq!(again, edited, "twice is once");
        assert_eq!(uninstall(&edited.text, Some(&edited.written)).unwrap(), text);
    }
}

#[test]
fn a_status_line_that_the_user_changed_meanwhile_stays() {
    let edited = with_line("{\"statusLine\": {\"command\": \"mine\", \"padding\": 0}}");
    // Beside ours: what is theirs stays as they left it.
    let text = edited.text.replace("\"padding\": 0", "\"padding\": 2");
    let back = uninstall(&text, Some(&edited.written)).unwrap();
    assert_eq!(back, "{\"statusLine\": {\"command\": \"mine\", \"padding\": 2}}");
    // In its place: another's is not ours to take.
    for theirs in
        ["{\"statusLine\": {\"command\": \"other\"}}", "{\"statusLine\": 1}", "{\"a\": 1}"]
    {
        assert_eq!(uninstall(theirs, Some(&edited.written)).unwrap(), theirs);
    }
    // Without a note ours goes, whatever it replaced.
    assert_eq!(uninstall(&with_line("{\"a\": 1}").text, None).unwrap(), "{\"a\": 1}");
}

#[test]
fn a_status_line_in_doubt_is_refused() {
    for text in [
        "{\"statusLine\": {},\n\"statusLine\": {}}",
        "{\"statusLine\": {\"command\": \"a\",\n\"command\": \"b\"}}",
        "{\n\"a\": 1,}",
        "[\n",
    ] {
        let refusal = install_status_line(text, LINE, &Written::default()).unwrap_err();
        assert_eq!(refusal.line, 2, "{text}");
        assert_eq!(status_line::command(text).unwrap_err(), refusal);
    }
}

#[test]
fn a_path_to_the_status_line_is_a_shell_s_command() {
    assert_eq!(status_line::as_command(LINE), LINE);
    if cfg!(unix) {
        assert_eq!(status_line::as_command("/a b/it's"), "'/a b/it'\\''s'");
    }
    for (command, ours) in [
        (LINE, true),
        (r"C:\x\rejoin-statusline.exe", true),
        ("'/a b/rejoin-statusline'", true),
        ("rejoin-statusline --more", false),
        ("my-rejoin-statusline", false),
        ("", false),
    ] {
        assert_eq!(status_line::is_ours(command), ours, "{command}");
    }
}

// Generated documents: any JSON, with the keys on our path frequent, in any layout.

fn blank() -> impl Strategy<Value = String> {
    prop::sample::select(vec!["", "", " ", "\n", "\n  ", "\r\n\t", " \n\n    ", "\t"])
        .prop_map(str::to_owned)
}

fn scalar() -> impl Strategy<Value = String> {
    prop_oneof![
        prop::sample::select(vec!["1", "-0.50", "1e999", "true", "false", "null", "\"\\ud800\""])
            .prop_map(str::to_owned),
        any::<String>().prop_map(|s| json::quoted(&s)),
        prop::sample::select(RULES.to_vec()).prop_map(json::quoted),
    ]
}

fn joined(items: Vec<(String, String, String)>, open: char, close: char, inside: &str) -> String {
    let body: Vec<_> = items.into_iter().map(|(a, item, b)| format!("{a}{item}{b}")).collect();
    let inside = if body.is_empty() { inside } else { "" };
    format!("{open}{inside}{}{close}", body.join(","))
}

fn array(item: impl Strategy<Value = String>) -> impl Strategy<Value = String> {
    (prop::collection::vec((blank(), item, blank()), 0..4), blank())
        .prop_map(|(items, inside)| joined(items, '[', ']', &inside))
}

fn object(
    key: impl Strategy<Value = String>,
    value: impl Strategy<Value = String>,
) -> impl Strategy<Value = String> {
    let member = (key, blank(), blank(), value).prop_map(|(key, a, b, value)| {
        (key.clone(), format!("{}{a}:{b}{value}", json::quoted(&key)))
    });
    (prop::collection::vec((blank(), member, blank()), 0..5), blank()).prop_map(
        |(items, inside)| {
            let mut seen = Vec::new();
            let items = items
                .into_iter()
                .filter(|(_, (key, _), _)| {
                    !seen.contains(key) && {
                        seen.push(key.clone());
                        true
                    }
                })
                .map(|(a, (_, text), b)| (a, text, b))
                .collect();
            joined(items, '{', '}', &inside)
        },
    )
}

fn any_value() -> impl Strategy<Value = String> {
    scalar().prop_recursive(3, 12, 4, |inner| {
        prop_oneof![array(inner.clone()), object(any::<String>(), inner)]
    })
}

fn fixed(names: &'static [&'static str]) -> impl Strategy<Value = String> {
    prop::sample::select(names).prop_map(str::to_owned)
}

fn settings() -> impl Strategy<Value = String> {
    let entry = object(fixed(&["type", "command", "timeout", "x"]), scalar());
    let group = object(fixed(&["hooks"]), array(entry));
    let groups = array(prop_oneof![4 => group, 1 => any_value()]);
    let events = object(fixed(&["Stop", "SessionStart", "PreToolUse", "SessionEnd"]), groups);
    let permissions = object(fixed(&["allow", "deny"]), array(scalar()));
    let root = (
        prop::collection::vec((blank(), (any::<String>(), blank(), any_value()), blank()), 0..3),
        prop::option::of((blank(), blank(), events, blank())),
        prop::option::of((blank(), blank(), permissions, blank())),
        any::<bool>(),
        blank(),
    )
        .prop_map(|(others, hooks, permissions, first, inside)| {
            let mut items: Vec<_> = others
                .into_iter()
                .map(|(a, (key, b, value), c)| (a, format!("{}{b}:{value}", json::quoted(&key)), c))
                .collect();
            for (key, known) in [("\"hooks\"", hooks), ("\"permissions\"", permissions)] {
                if let Some((a, b, value, c)) = known {
                    let at = if first { 0 } else { items.len() };
                    items.insert(at, (a, format!("{key}{b}:{value}"), c));
                }
            }
            joined(items, '{', '}', &inside)
        });
    let bom = prop::sample::select(vec!["", "\u{feff}"]);
    (bom, blank(), prop_oneof![9 => root, 1 => Just(String::new())], blank())
        .prop_map(|(bom, a, root, b)| format!("{bom}{a}{root}{b}"))
}

/// The characters of a document that stand in no string.
fn outside_strings(text: &str) -> impl Iterator<Item = (usize, char)> {
    let (mut inside, mut escaped) = (false, false);
    text.char_indices().filter(move |(_, c)| {
        let was_inside = inside;
        match c {
            '"' if !escaped => inside = !inside,
            _ => {}
        }
        escaped = inside && *c == '\\' && !escaped;
        !was_inside
    })
}

/// Everything in `text` but what we add: our groups, our rules, and containers that hold nothing.
fn others(text: &str) -> Value {
    let mut value = parsed(text);
    let is_ours = |group: &Value| group.to_string().contains("rejoin-hook-");
    prune(&mut value, "hooks", &is_ours);
    let is_rule = |rule: &Value| RULES.iter().any(|ours| rule == ours);
    prune(&mut value, "permissions", &is_rule);
    value
}

fn prune(root: &mut Value, key: &str, ours: &dyn Fn(&Value) -> bool) {
    let Some(root) = root.as_object_mut() else { return };
    let Some(Value::Object(inner)) = root.get_mut(key) else { return };
    inner.retain(|_, list| {
        let Some(list) = list.as_array_mut() else { return true };
        list.retain(|item| !ours(item));
        !list.is_empty()
    });
    if inner.is_empty() {
        root.remove(key);
    }
}

/// `text` for comparison; what `serde_json` cannot hold is replaced by what it can.
fn parsed(text: &str) -> Value {
    let text = text.trim_start_matches('\u{feff}').replace("\\ud800", "X").replace("1e999", "1e9");
    if text.trim().is_empty() {
        return Value::Object(serde_json::Map::new());
    }
    serde_json::from_str(&text).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn a_second_install_changes_nothing(text in settings()) {
        let first = installed(&text);
        let second = installed_from(&first.text, "/data/rejoin/bin", &first.written).unwrap();
        prop_assert_eq!(&second, &first);
        let forgetful = installed_from(&first.text, "/data/rejoin/bin", &Written::default()).unwrap();
        prop_assert_eq!(&forgetful.text, &first.text);
    }

    #[test]
    fn uninstall_gives_the_bytes_back(text in settings()) {
        let edited = installed(&text);
        let ours = registered(&edited.text).unwrap();
        prop_assert_eq!(ours.len(), HOOKS.len());
        prop_assert!(ours.iter().all(|entry| entry.exec_form && entry.matcher.is_none()));
        prop_assert!(RULES.iter().all(|rule| allows(&edited.text, rule).unwrap()));
        prop_assert_eq!(uninstall(&edited.text, Some(&edited.written)).unwrap(), text);
    }

    #[test]
    fn others_keep_their_values(text in settings()) {
        let edited = installed(&text);
        prop_assert_eq!(others(&edited.text), others(&text));
        let bare = uninstall(&edited.text, None).unwrap();
        prop_assert_eq!(others(&bare), others(&text));
        prop_assert!(registered(&bare).unwrap().is_empty());
    }

    #[test]
    fn edits_between_survive(text in settings(), between in settings(), folder in "/[a-z ]{1,9}") {
        // Whatever the note says, it is applied to a document that somebody rewrote since.
        let note = installed(&text).written;
        let edited = installed_from(&between, &folder, &note).unwrap();
        prop_assert_eq!(others(&edited.text), others(&between));
        let bare = uninstall(&edited.text, Some(&edited.written)).unwrap();
        prop_assert_eq!(others(&bare), others(&between));
    }

    #[test]
    fn a_defect_is_refused_with_its_line(
        text in settings(), at in any::<prop::sample::Index>(), which in 0..6_usize,
    ) {
        // In front of the first brace or behind a closing one: places that every document has.
        let Some(first) = text.find('{') else { return Ok(()) };
        let places: Vec<usize> = outside_strings(&text).filter(|(_, c)| "}]".contains(*c)).map(|(i, _)| i).collect();
        let at = places[at.index(places.len())];
        let before = text[..at].trim_end();
        let is_empty = before.ends_with(['{', '[']);
        let (broken, place) = match which {
            0 => (format!("{}// mine\n{}", &text[..first], &text[first..]), first),
            1 => (format!("{}/* mine */{}", &text[..at], &text[at..]), at),
            2 if !is_empty => (format!("{},{}", before, &text[before.len()..]), before.len()),
            3 => (format!("{}{{\"hooks\": 1, \"hooks\": 2}}", &text[..first]), first),
            4 => (format!("{}{{\"permissions\": {{}}, \"permissions\": {{}}}}", &text[..first]), first),
            _ => (text[..text.rfind('}').unwrap()].to_owned(), text.len()),
        };
        let line = 1 + broken[..place.min(broken.len())].matches('\n').count();
        let refusal = installed_from(&broken, "/b", &Written::default()).unwrap_err();
        match which {
            0..=2 if which != 2 || !is_empty => prop_assert_eq!(refusal.line, line, "{}", broken),
            _ => prop_assert!(refusal.line >= 1),
        }
    }

    #[test]
    fn a_status_line_comes_and_goes_with_the_bytes_of_others(text in settings()) {
        let hooks = installed(&text);
        let both = install_status_line(&hooks.text, LINE, &hooks.written).unwrap();
        prop_assert_eq!(&install_status_line(&both.text, LINE, &both.written).unwrap(), &both);
        prop_assert_eq!(registered(&both.text).unwrap().len(), HOOKS.len());
        prop_assert_eq!(uninstall(&both.text, Some(&both.written)).unwrap(), text);
    }

    #[test]
    fn no_text_makes_it_panic(text in "\\PC*|[{}\\[\\],:\"a\\\\/ \n0-9.eE+-]{0,40}") {
        let _ = installed_from(&text, "/b", &Written::default());
        let _ = uninstall(&text, None);
        let _ = registered(&text);
    }
}
