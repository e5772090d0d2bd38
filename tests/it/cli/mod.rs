//! The `rejoin` command as a person sees it, over sessions that the hook executables followed.

pub(crate) mod followed;
mod lists;
#[cfg(unix)]
mod pauses;

use followed::Followed;
use insta::assert_snapshot;

const ENDED: &str = "edit-session";
const KILLED: &str = "demo";

#[test]
fn nothing_was_followed_yet() {
    let here = Followed::new();
    assert_snapshot!(here.run(&[]).all());
    assert_snapshot!(here.run(&["list"]).all());
    let shown = here.run(&["show"]);
    assert_snapshot!(shown.all());
    assert_eq!(here.run(&["resume"]).stderr, shown.stderr);
    assert!(!here.state().exists(), "looking creates nothing");
}

#[test]
fn the_next_session_is_told_of_one_that_ended() {
    let here = Followed::new();
    here.follow(ENDED, true);
    assert_snapshot!(here.run(&[]).all());
    let json = here.run(&["--json"]).json();
    assert_eq!(
        (json["form"].as_str(), json["session"].as_str()),
        (Some("brief"), Some(here.id(ENDED)))
    );
}

#[test]
fn the_next_session_is_told_of_one_that_was_cut_off() {
    let here = Followed::new();
    here.follow(ENDED, true);
    here.follow(KILLED, false);
    let ran = here.run(&[]).all();
    assert_snapshot!(ran);
    // It is what the hook says.
    let told = here.start();
    assert!(ran.contains(told.trim()), "{told}");
}

#[test]
fn sessions_are_listed_newest_first() {
    let here = Followed::new();
    here.follow(ENDED, true);
    here.follow(KILLED, false);
    let listed = here.run(&["list"]).all();
    assert!(listed.lines().all(|line| line.chars().count() <= 80), "{listed}");
    assert_snapshot!(listed);
    let json = here.run(&["list", "--json"]).json();
    assert_eq!(json[0]["id"], here.id(KILLED));
    assert_eq!((&json[0]["state"], &json[1]["state"]), (&"cut off".into(), &"taken up".into()));
}

#[test]
fn a_session_is_shown_by_the_beginning_of_its_id() {
    let here = Followed::new();
    here.follow(ENDED, true);
    let short = &here.id(ENDED)[..6];
    assert_snapshot!(here.run(&["show", short]).all());
    assert_eq!(here.run(&["show", short, "--json"]).json()["format"], 1);
    assert_snapshot!(here.run(&["show", "zzz"]).all());
    here.follow(KILLED, false);
    let none = here.run(&["show", ""]);
    assert_eq!(none.code, 0, "the newest: {}", none.all());
}

#[test]
fn a_note_is_in_the_log_of_the_session_it_was_made_in() {
    let here = Followed::new();
    here.follow(ENDED, true);
    here.follow(KILLED, false);
    let ran = here.inside(here.id(ENDED), &["note", "--decision", "keep", "prices", "in", "cents"]);
    assert_snapshot!(ran.all());
    assert!(here.run(&["show", here.id(ENDED)]).stdout.contains("keep prices in cents"));
    assert!(!here.run(&["show", here.id(KILLED)]).stdout.contains("keep prices in cents"));
}

#[test]
fn switched_off_nothing_is_followed_or_told() {
    let here = Followed::new();
    here.follow(ENDED, true);
    assert_snapshot!(here.run(&["off"]).all());
    assert_eq!(here.start(), "");
    here.follow(KILLED, false);
    assert_snapshot!(here.run(&[]).all());
    assert_snapshot!(here.run(&["on"]).all());
    assert_eq!(here.run(&["list", "--json"]).json().as_array().map(Vec::len), Some(1));
    here.run(&["off", "--everywhere"]);
    assert_eq!(here.start(), "");
    assert_snapshot!(here.run(&["on"]).all());
}

#[test]
fn the_demo_plays_a_session_through_the_executables() {
    let here = Followed::new();
    let ran = here.run(&["demo", "--from", Followed::executables()]);
    assert_eq!((ran.code, &*ran.stderr), (0, ""), "{}", ran.all());
    assert!(ran.stdout.contains("SAVE10"), "{}", ran.all());
    assert!(ran.stdout.contains("AssertionError: 729 != 810"), "{}", ran.all());
    assert!(!here.state().exists(), "the demo leaves nothing behind");
    let missing = here.run(&["demo"]);
    assert_eq!(missing.code, 1);
    assert!(missing.stderr.contains("rejoin install"), "{}", missing.all());
}

#[test]
fn a_configured_rule_decides_what_is_told() {
    let here = Followed::new();
    here.follow(ENDED, true);
    here.configure("[inject]\ndefault = \"notice\"\n");
    assert_snapshot!(here.run(&[]).all());
    here.configure("[inject]\nstartup = \"never\"\n");
    assert_eq!(here.start(), "");
    here.configure("[inject]\nstartup = \"sometimes\"\n");
    assert_snapshot!(here.run(&[]).all());
    assert!(here.start().contains("<session-record"), "a hook goes on with the defaults");
}

#[test]
fn misuse_is_told_in_one_sentence() {
    let here = Followed::new();
    assert_eq!(here.run(&["sessions"]).code, 2);
    assert_eq!(here.run(&["note", "--done"]).code, 2);
    assert_snapshot!(here.run(&["compose", "missing.jsonl"]).all());
}
