//! The file as people write it.

// Tests write what is read.
#![allow(clippy::disallowed_methods)]

use super::*;

#[test]
fn the_file_as_it_begins_sets_nothing() {
    let text = template();
    assert_eq!(parse(&text), Ok(Config::default()));
    assert!(text.lines().all(|line| line.chars().count() <= 110), "{text}");
    // Uncommented, every line of it is the default.
    let set: Vec<&str> = text
        .lines()
        .map(|line| match line.strip_prefix("# ") {
            Some(rest) if rest.contains(" = ") && !rest.ends_with('.') => rest,
            _ => line,
        })
        .collect();
    assert_eq!(set.iter().filter(|line| line.contains(" = ")).count(), KEYS.len(), "{set:#?}");
    let set: Config = parse(&set.join("\n")).unwrap();
    let with = |rule| Inject {
        default: rule,
        startup: Some(rule),
        clear: Some(rule),
        compact: Some(rule),
        resume: Some(rule),
        fork: Some(rule),
        unattended: Some(rule),
    };
    let statusline = StatusLine { command: Some(String::new()) };
    let expected = Config { inject: with(Rule::Auto), statusline, ..Config::default() };
    assert_eq!(set, expected);
}

#[test]
fn every_key_can_be_set_and_taken_back() {
    for key in &KEYS {
        let typed = match key.name {
            name if name.starts_with("inject.") => "notice",
            "retention" | "thresholds.caution" | "thresholds.warning" | "thresholds.critical" => {
                "40"
            }
            "resume.tell_above_usd" => "2",
            "statusline.command" => "~/line.sh 'a \"b\"'",
            "redact.words" => "acme, 10.0.0.7",
            _ => "TICKET-[0-9]+",
        };
        let first = set(None, key, typed).unwrap().text;
        assert_ne!(parse(&first).unwrap(), Config::default(), "{}", key.name);
        // One line differs from the file as it begins, in its place.
        let changed = first.lines().zip(template().lines().map(str::to_owned).collect::<Vec<_>>());
        assert_eq!(changed.filter(|(now, was)| now != was).count(), 1, "{first}");
        assert_eq!(unset(&first, key).unwrap().unwrap().text, template(), "{}", key.name);
        assert!(line_of(&first, key).is_some());
        assert_eq!(line_of(&template(), key), None);
        let bare = set(Some(""), key, typed).unwrap().text;
        assert_eq!(parse(&bare), parse(&first));
        assert_eq!(unset(&template(), key), Ok(None));
    }
}

#[test]
fn comments_and_order_stay() {
    let text = "# mine\n[thresholds]\nwarning = 80   # late enough\ncritical=90\n\n[inject]\nclear = 'never' # why\n";
    let key = |name| Key::find(name).unwrap();
    let after = set(Some(text), key("thresholds.warning"), "82").unwrap().text;
    assert_eq!(after, text.replace("80 ", "82 "));
    let after = set(Some(text), key("inject.clear"), "auto").unwrap().text;
    assert_eq!(after, text.replace("'never'", "\"auto\""));
    let after = set(Some(text), key("redact.words"), "[\"a\", \"b\"]").unwrap().text;
    assert_eq!(after, format!("{text}\n[redact]\nwords = [\"a\", \"b\"]\n"));
}

#[test]
fn what_is_wrong_is_told_with_its_line() {
    let told = |text: &str| parse(text).unwrap_err();
    let (line, what) = told("[thresholds]\ncaution = 70\nwarning = 185\n");
    assert_eq!((line, &*what), (3, "185 is no percentage from 0 to 100"));
    let (line, what) = told("\n[inject]\nstartup = \"sometimes\"\n");
    assert!(line == 3 && what.contains("sometimes"), "{line} {what}");
    let (line, what) = told("[inject]\nstart = \"auto\"\n");
    assert!(line == 2 && what.contains("start"), "{line} {what}");
    let (line, what) = told("[redact]\npatterns = [\n  'a(',\n]\n");
    assert!((2..=4).contains(&line) && what.contains("a("), "{line} {what}");
    assert!(told("[redact]\nwords = ['']\n").1.contains("empty"));
    assert!(told("[resume]\ntell_above_usd = -1.0\n").1.contains("-1"));
    assert_eq!(told("a = = 1\n").0, 1);

    let key = |name| Key::find(name).unwrap();
    let refused = |text: Option<&str>, name, typed| set(text, key(name), typed).unwrap_err();
    assert!(refused(None, "thresholds.caution", "many").starts_with("thresholds.caution: "));
    assert!(refused(None, "inject.default", "sometimes").contains("sometimes"));
    assert!(refused(Some("\nx = 1\n"), "inject.default", "auto").contains("line 2 of the file"));
    assert!(refused(Some("[inject\n"), "inject.default", "auto").contains("line 1 of the file"));
}

#[test]
fn the_environment_goes_before_the_file() {
    let folder = tempfile::TempDir::new().unwrap();
    std::fs::write(
        folder.path().join(FILE),
        "[thresholds]\ncaution = 60\nwarning = 80\n[redact]\nwords = ['acme']\n",
    )
    .unwrap();
    let variables = |pairs: &[(&str, &str)]| -> Vec<(String, String)> {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    };
    let read = |pairs| read_with(folder.path(), &variables(pairs));
    let config =
        read(&[("REJOIN_THRESHOLDS_CAUTION", "50"), ("REJOIN_INJECT_CLEAR", "never")]).unwrap();
    assert_eq!((config.thresholds.caution, config.thresholds.warning), (50, 80));
    assert_eq!(config.inject.clear, Some(Rule::Never));
    assert_eq!(config.redact.words, ["acme"]);
    let words = read(&[("REJOIN_REDACT_WORDS", "a, b")]).unwrap().redact.words;
    assert_eq!(words, ["a", "b"]);
    let told = read(&[("REJOIN_THRESHOLDS_CAUTION", "lots")]).unwrap_err();
    assert!(told.starts_with("REJOIN_THRESHOLDS_CAUTION=lots: "), "{told}");
    let told = read(&[("REJOIN_THRESHOLDS_CAUTION", "101")]).unwrap_err();
    assert!(told.contains("101 is no percentage"), "{told}");
}

#[test]
fn variables_are_named_by_table_and_key() {
    for key in &KEYS {
        assert_eq!(key.variable, format!("REJOIN_{}", key.name.replace('.', "_").to_uppercase()));
    }
}

#[test]
fn what_is_taken_out_is_read_only_where_something_is() {
    let folder = tempfile::TempDir::new().unwrap();
    let path = folder.path().join(FILE);
    let own = |text: &str| {
        std::fs::write(&path, text).unwrap();
        redaction(folder.path(), &[])
    };
    assert_eq!(redaction(folder.path(), &[]), Ok(Redact::default()));
    assert_eq!(own(&template()), Ok(Redact::default()));
    // Not parsed: a fault elsewhere is none of its business.
    assert_eq!(own("[thresholds]\ncaution = 300\n"), Ok(Redact::default()));
    for text in [
        "[redact]\nwords = ['a']\n",
        "redact.words = ['a']\n",
        "redact = { words = ['a'] }\n",
        "[redact]\n  \"words\" = ['a']\n",
        "[\"redact\"]\nwords=[\n'a']\n",
    ] {
        assert_eq!(own(text).unwrap().words, ["a"], "{text}");
    }
    assert!(own("[redact]\npatterns = ['(']\n").unwrap_err().contains("line 2"));
}

#[test]
fn nothing_stays_longer_than_a_short_cleanup_period() {
    let within = |days, cleanup| Retention { days }.within(cleanup);
    assert_eq!(within(90, None), Some(90));
    assert_eq!(within(90, Some(30)), Some(90));
    assert_eq!(within(90, Some(7)), Some(7));
    assert_eq!(within(3, Some(7)), Some(3));
    assert_eq!(within(0, Some(7)), Some(7));
    assert_eq!(within(0, Some(0)), Some(1));
    assert_eq!(within(0, Some(365)), None);
    assert_eq!(toml::from_str::<Config>("retention = 7").unwrap().retention.days, 7);
}
