//! Sessions and pauses in a list, and the ids that name them.

use super::followed::Followed;
use super::{ENDED, KILLED};
use insta::assert_snapshot;
use std::fs;

/// Not followed: from before the install.
const OLD: &str = "tasks";

/// The listed output with the ages taken out, which depend on the day.
fn ageless(text: &str) -> String {
    let line = |line: &str| match line.get(10..16) {
        Some(age) if !age.contains("age") && line.is_char_boundary(16) => {
            format!("{}   AGE{}", &line[..10], &line[16..])
        }
        _ => line.to_owned(),
    };
    text.lines().map(line).collect::<Vec<_>>().join("\n")
}

#[test]
fn a_list_fits_the_terminal() {
    let here = Followed::new();
    here.follow(ENDED, true);
    here.follow(KILLED, false);
    here.unfollowed(OLD);
    here.unfollowed("tui-million");
    for width in ["40", "52", "66", "80", "120"] {
        let ran = here.run(&["list", "--width", width]);
        assert_eq!((ran.code, &*ran.stderr), (0, ""), "{}", ran.all());
        let widest = ran.stdout.lines().map(|line| line.chars().count()).max().unwrap();
        assert!(widest <= width.parse().unwrap(), "{}", ran.stdout);
        assert_snapshot!(format!("list_{width}"), ageless(&ran.stdout));
    }
}

#[test]
fn sessions_from_before_the_install_are_composed_on_demand() {
    let here = Followed::new();
    let old = here.unfollowed(OLD);
    let rows = here.run(&["list", "--json"]).json();
    assert_eq!(rows[0]["id"], old);
    assert_eq!((&rows[0]["followed"], &rows[0]["kind"]), (&false.into(), &"session".into()));
    assert!(!here.state().exists(), "looking creates nothing");

    let shown = here.run(&["show", &old[..8]]);
    assert_eq!(shown.code, 0, "{}", shown.all());
    assert!(shown.stdout.contains(old), "{}", shown.all());
    let digest = here.run(&["resume", &old[..8], "--print"]);
    assert!(digest.stdout.contains("<session-record id="), "{}", digest.all());
    let log = here.run(&["log", &old[..8], "--json"]);
    assert!(log.stdout.lines().count() > 0 && log.code == 0, "{}", log.all());
    // It is also what is meant where nothing else is known.
    assert_eq!(here.run(&["show"]).stdout, shown.stdout);
    assert!(!here.state().exists(), "looking creates nothing");
}

#[test]
fn what_the_list_of_recent_sessions_has_no_room_for_was_followed_all_the_same() {
    let here = Followed::new();
    here.follow(ENDED, true);
    // Where Claude Code keeps it.
    here.unfollowed(ENDED);
    let project = fs::read_dir(here.state().join("projects")).unwrap().next().unwrap().unwrap();
    let recent = project.path().join("recent.json");
    fs::write(recent, "{\"format\":1,\"recent\":{\"sessions\":[]}}").unwrap();
    let rows = here.run(&["list", "--json"]).json();
    assert_eq!(rows[0]["id"], here.id(ENDED));
    assert_eq!(rows[0]["followed"], true);
}

#[test]
fn another_projects_transcripts_are_not_this_ones() {
    let here = Followed::new();
    let old = here.unfollowed(OLD);
    // Claude Code's folder name is the same for both.
    fs::create_dir_all(here.path("home/shop-other")).unwrap();
    fs::create_dir_all(here.path("home/shop/other")).unwrap();
    let rows = here.run_in("home/shop-other", &["list", "--json"]).json();
    assert_eq!(rows.as_array().map(Vec::len), Some(0));
    // But an id finds it from there, and all projects list it.
    assert_eq!(here.run_in("home/shop-other", &["show", old]).code, 0);
    let all = here.run_in("home/shop-other", &["list", "--all", "--json"]).json();
    assert_eq!(all[0]["id"], old);
    let all = here.run_in("home/shop-other", &["list", "--all"]);
    assert_snapshot!(ageless(&all.stdout.replace("/private", "")));
    // A folder of the project is the project.
    let inside = here.run_in("home/shop/other", &["list", "--json"]).json();
    assert_eq!(inside[0]["id"], old);
}

#[test]
fn ids_are_told_apart() {
    let here = Followed::new();
    here.follow(ENDED, true);
    here.follow(KILLED, false);
    let id = here.id(ENDED);
    let mut typo = id[..8].to_owned();
    typo.replace_range(3..4, "z");
    let ran = here.run(&["resume", &typo, "--print"]);
    assert_eq!(ran.code, 1);
    let first = ran.stderr.split("nearest: ").nth(1).unwrap();
    assert!(first.starts_with(&id[..8]), "{}", ran.stderr);
    assert_snapshot!(ran.all());
    let ran = here.run(&["resume"]);
    assert_snapshot!(ran.all());
    let ran = here.run(&["resume", &id[..8], "--", "--continue"]);
    assert_snapshot!(ran.all());
    let ran = here.run(&["resume", &id[..8]]);
    assert_snapshot!(ran.all());
}

#[test]
fn a_session_that_nobody_followed_takes_a_note() {
    let here = Followed::new();
    let old = here.unfollowed(OLD);
    let ran = here.run(&["note", "--decision", "keep prices in cents"]);
    assert_eq!((ran.code, &*ran.stderr), (0, ""), "{}", ran.all());
    assert_eq!(ran.stdout, format!("Noted in session {}: decision.\n", &old[..8]));
    // From here on it is known like any other.
    let rows = here.run(&["list", "--json"]).json();
    assert_eq!(rows.as_array().map(Vec::len), Some(1));
    assert_eq!((&rows[0]["id"], &rows[0]["followed"]), (&old.into(), &true.into()));
    assert_eq!(rows[0]["state"], "ended");
    assert!(rows[0]["prompts"].as_u64() > Some(0), "{rows}");
    let shown = here.run(&["show"]).stdout;
    assert!(shown.contains("keep prices in cents") && shown.contains(old), "{shown}");
    assert!(here.run(&["log", "--json"]).stdout.lines().count() > 1);
    // A second note, and its own session's is told to the next.
    here.run(&["note", "--next", "wire the discount"]);
    assert!(here.start().contains("wire the discount"));
    let folder = fs::read_dir(here.state().join("projects")).unwrap().next().unwrap().unwrap();
    assert!(folder.path().join("sessions").join(old).join("responses.jsonl").exists());

    // Inside of one that runs without hooks.
    let inside = here.unfollowed("tui-million");
    let ran = here.inside(inside, &["note", "--finding", "the window holds a million"]);
    assert_eq!(
        ran.stdout,
        format!("Noted in session {}: finding.\n", &inside[..8]),
        "{}",
        ran.all()
    );
    assert!(here.run(&["show", inside]).stdout.contains("the window holds a million"));
    assert!(!here.run(&["show", old]).stdout.contains("the window holds a million"));
}

#[test]
fn a_note_that_has_no_session_or_may_not_be_kept_is_refused() {
    let here = Followed::new();
    let ran = here.run(&["note", "alone"]);
    assert_eq!(ran.code, 1);
    assert!(ran.stderr.contains("no session of this project is known"), "{}", ran.all());
    assert!(!here.state().exists(), "nothing was made");
    let unknown = here.inside("00000000-0000-4000-8000-00000000000a", &["note", "alone"]);
    assert_eq!(unknown.code, 1);
    assert!(unknown.stderr.contains("nothing is known of session"), "{}", unknown.all());
    here.unfollowed(OLD);
    here.run(&["off", "--everywhere"]);
    let ran = here.run(&["note", "alone"]);
    assert_eq!(ran.code, 1);
    assert!(ran.stderr.contains("`rejoin on`"), "{}", ran.all());
    assert!(!here.state().join("projects").exists(), "nothing was kept");
}
