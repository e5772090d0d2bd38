//! `rejoin config`, and what it changes.

use std::fs;

use insta::assert_snapshot;

use super::home::Home;

fn file(home: &Home) -> std::path::PathBuf {
    home.path("state/config.toml")
}

#[test]
fn every_key_is_listed_with_where_its_value_comes_from() {
    let home = Home::new();
    home.write(
        "state/config.toml",
        "# mine\n[thresholds]\nwarning = 80\n\n[inject]\ndefault = \"notice\"\n",
    );
    for columns in [80, 120] {
        let ran = home
            .run_with(|command| {
                command
                    .args(["config", "list"])
                    .env("COLUMNS", columns.to_string())
                    .env("REJOIN_THRESHOLDS_CAUTION", "50")
            })
            .fits(columns);
        assert_snapshot!(format!("config_list_{columns}"), ran.all());
    }
    let json = home.run(&["config", "list", "--json"]).json();
    let keys = json["keys"].as_array().unwrap();
    let warning = keys.iter().find(|key| key["key"] == "thresholds.warning").unwrap();
    assert_eq!(
        (&warning["value"], &warning["origin"], &warning["line"]),
        (&80.into(), &"file".into(), &3.into())
    );
    assert_eq!(warning["variable"], "REJOIN_THRESHOLDS_WARNING");
    let startup = keys.iter().find(|key| key["key"] == "inject.startup").unwrap();
    assert_eq!((&startup["value"], &startup["origin"]), (&"notice".into(), &"default".into()));
}

#[test]
fn the_file_begins_with_comments_and_keeps_them() {
    let home = Home::new();
    assert_eq!(home.run(&["config", "get", "thresholds.caution"]).stdout, "70\n");
    assert!(!file(&home).exists(), "looking creates nothing");
    assert_snapshot!("config_set", home.run(&["config", "set", "thresholds.caution", "60"]).all());
    assert_snapshot!("config_file", fs::read_to_string(file(&home)).unwrap());
    assert_eq!(home.run(&["config", "get", "thresholds.caution"]).stdout, "60\n");
    home.run(&["config", "set", "redact.words", "acme", "Acme Corp."]);
    assert_eq!(home.run(&["config", "get", "redact.words"]).stdout, "acme\nAcme Corp.\n");
    assert_eq!(
        home.run(&["config", "get", "redact.words", "--json"]).stdout,
        "[\"acme\",\"Acme Corp.\"]\n"
    );
    home.run(&["config", "unset", "redact.words"]);
    let unset = home.run(&["config", "unset", "thresholds.caution"]);
    assert_eq!(unset.stdout, "thresholds.caution is 70 again.\n");
    assert_eq!(fs::read_to_string(file(&home)).unwrap(), rejoin::config::template());
    assert_eq!(home.run(&["config", "path"]).stdout, "ROOT/state/config.toml\n");
}

#[test]
fn what_is_wrong_is_told_with_its_line() {
    let home = Home::new();
    assert_snapshot!(
        "config_unknown",
        home.run(&["config", "set", "threshold.caution", "60"]).all()
    );
    assert_snapshot!("config_bad", home.run(&["config", "set", "thresholds.caution", "300"]).all());
    assert_snapshot!(
        "config_two",
        home.run(&["config", "set", "thresholds.caution", "3", "4"]).all()
    );
    assert!(!file(&home).exists(), "nothing was written");
    home.write("state/config.toml", "[inject]\nstartup = \"auto\"\n\n[thresholds]\ncation = 3\n");
    for arguments in [
        &["config", "list"][..],
        &["config", "get", "inject.startup"],
        &["config", "set", "inject.clear", "never"],
    ] {
        let ran = home.run(arguments);
        assert_eq!(ran.code, 1);
        assert!(ran.stderr.contains("line 5") && ran.stderr.contains("cation"), "{}", ran.all());
    }
    home.write("state/config.toml", "");
    let variable =
        home.run_with(|c| c.args(["config", "list"]).env("REJOIN_INJECT_CLEAR", "sometimes"));
    assert_eq!(variable.code, 1);
    assert!(variable.stderr.contains("REJOIN_INJECT_CLEAR=sometimes"), "{}", variable.all());
}

#[test]
#[cfg(unix)]
fn the_editor_gets_the_file_and_its_work_is_checked() {
    let home = Home::new();
    let edit = |editor: &str| home.run_with(|c| c.args(["config", "edit"]).env("EDITOR", editor));
    assert_snapshot!("edit_without_editor", home.run(&["config", "edit"]).all());
    let ran = edit("sed -i -e 's/^# warning = 85/warning = 88/'");
    assert_eq!(
        (ran.code, &*ran.stdout),
        (0, "ROOT/state/config.toml is in order.\n"),
        "{}",
        ran.all()
    );
    assert_eq!(home.run(&["config", "get", "thresholds.warning"]).stdout, "88\n");
    assert_snapshot!("edit_broken", edit("sed -i -e 's/^warning = 88/warning = 188/'").all());
    assert_snapshot!("edit_failed", edit("false").all());
    // The visual editor goes first.
    let visual = home.run_with(|c| {
        c.args(["config", "edit"])
            .env("EDITOR", "false")
            .env("VISUAL", "sed -i -e 's/^warning = 188/warning = 8/'")
    });
    assert_eq!(visual.code, 0, "{}", visual.all());
}

#[test]
#[cfg(unix)]
fn a_file_that_is_kept_elsewhere_stays_there() {
    let home = Home::new();
    let real = home.write("home/dotfiles/rejoin.toml", "# mine\n");
    fs::create_dir_all(home.path("state")).unwrap();
    std::os::unix::fs::symlink(&real, file(&home)).unwrap();
    let ran = home.run(&["config", "set", "inject.default", "notice"]);
    assert_eq!(ran.code, 0, "{}", ran.all());
    assert!(file(&home).is_symlink());
    assert_eq!(fs::read_to_string(real).unwrap(), "# mine\n\n[inject]\ndefault = \"notice\"\n");
}

#[test]
fn what_the_user_wants_out_is_taken_out() {
    let home = Home::new();
    home.run(&["config", "set", "redact.words", "acme"]);
    home.run(&["config", "set", "redact.patterns", "TICKET-[0-9]+"]);
    let ran = home.run(&["pause", "-m", "ask ACME about TICKET-12"]);
    assert_eq!(ran.code, 0, "{}", ran.all());
    let mut kept = String::new();
    for project in fs::read_dir(home.path("state/projects")).unwrap() {
        for pause in fs::read_dir(project.unwrap().path().join("pauses")).unwrap() {
            kept += &fs::read_to_string(pause.unwrap().path()).unwrap();
        }
    }
    assert!(kept.contains("ask [redacted:own] about [redacted:own]"), "{kept}");
    assert!(!kept.contains("ACME") && !kept.contains("TICKET"), "{kept}");
    // Where it cannot be known what is to be taken out, nothing is written.
    home.write("state/config.toml", "[redact]\npatterns = ['(']\n");
    let ran = home.run(&["pause", "-m", "ask ACME"]);
    assert_eq!(ran.code, 1);
    assert!(ran.stderr.contains("line 2"), "{}", ran.all());
}
