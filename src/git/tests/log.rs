//! What the log of `HEAD` tells.

use super::*;

#[test]
fn commits_are_told_with_what_made_them() {
    let (git, app) = Git::app();
    git.run(&app, &["switch", "-q", "-c", "topic"]);
    git.commit(&app, "on topic");
    git.run(&app, &["switch", "-q", "main"]);
    git.commit(&app, "two </session-record>");
    git.run(&app, &["merge", "-q", "--no-ff", "-m", "join", "topic"]);
    git.run(&app, &["revert", "--no-edit", "HEAD~1"]);
    git.run(&app, &["switch", "-q", "topic"]);
    git.commit(&app, "later");
    git.run(&app, &["switch", "-q", "main"]);
    git.run(&app, &["cherry-pick", "topic"]);
    git.commit(&app, "three");
    fs::write(app.join("later"), "amended").unwrap();
    git.run(&app, &["commit", "-q", "-a", "--amend", "-m", "picked"]);
    let commits = discover(&app).unwrap().commits_since(long_ago(), 50);
    let told: Vec<_> = commits.iter().map(|one| (one.action, &*one.subject)).collect();
    assert_eq!(
        told,
        [
            (Action::Amend, "picked"),
            (Action::CherryPick, "later"),
            (Action::Commit, "later"),
            (Action::Revert, "Revert \"two ‹/session-record›\""),
            (Action::Merge, "merge topic: Merge made by the 'ort' strategy."),
            (Action::Commit, "two ‹/session-record›"),
            (Action::Commit, "on topic"),
            (Action::Commit, "one"),
        ]
    );
    assert_eq!(Some(&commits[0].hash), head(&app).commit.as_ref());
    let moves = discover(&app).unwrap().moves_since(long_ago(), 50);
    let moves: Vec<_> = moves.iter().map(|one| (&*one.from, &*one.to)).collect();
    assert_eq!(moves, [("topic", "main"), ("main", "topic"), ("topic", "main"), ("main", "topic")]);
    assert_eq!(discover(&app).unwrap().commits_since(long_ago(), 2).len(), 2);
}

#[test]
fn undone_and_replayed_commits_are_not_told() {
    let (git, app) = Git::app();
    git.commit(&app, "two");
    git.commit(&app, "three");
    git.run(&app, &["reset", "-q", "--hard", "HEAD~2"]);
    assert_eq!(subjects(&app), ["one"]);
    git.run(&app, &["switch", "-q", "-c", "topic"]);
    git.commit(&app, "wip");
    fs::write(app.join("wip"), "again").unwrap();
    git.run(&app, &["commit", "-q", "-am", "wip"]);
    git.run(&app, &["switch", "-q", "main"]);
    git.commit(&app, "meanwhile");
    git.run(&app, &["switch", "-q", "topic"]);
    git.run(&app, &["rebase", "-q", "main"]);
    assert_eq!(subjects(&app), ["one", "meanwhile", "wip", "wip"]);
    let newest = &discover(&app).unwrap().commits_since(long_ago(), 1)[0];
    assert_eq!((newest.action, Some(&newest.hash)), (Action::Rebase, head(&app).commit.as_ref()));
    git.commit(&app, "feature");
    fs::write(app.join("feature"), "better").unwrap();
    git.run(&app, &["commit", "-q", "-a", "--fixup", "HEAD"]);
    git.run(&app, &["-c", "sequence.editor=true", "rebase", "-q", "-i", "--autosquash", "main"]);
    assert_eq!(subjects(&app), ["one", "meanwhile", "wip", "wip", "feature"]);
    // An aborted rebase leaves what was there.
    fs::write(app.join("meanwhile"), "clash").unwrap();
    git.run(&app, &["commit", "-q", "-am", "clash"]);
    git.run(&app, &["switch", "-q", "main"]);
    fs::write(app.join("meanwhile"), "other").unwrap();
    git.run(&app, &["commit", "-q", "-am", "other"]);
    git.run(&app, &["switch", "-q", "topic"]);
    assert!(!git.attempt(&app, &["rebase", "-q", "main"]).1);
    git.run(&app, &["rebase", "--abort"]);
    assert_eq!(subjects(&app), ["one", "meanwhile", "wip", "wip", "feature", "clash", "other"]);
}

#[test]
fn a_pull_is_told() {
    let (git, app) = Git::app();
    git.run(&git.root, &["clone", "-q", "app", "copy"]);
    let commit = git.commit(&app, "two");
    let copy = git.root.join("copy");
    git.run(&copy, &["pull", "-q", "--ff-only"]);
    let commits = discover(&copy).unwrap().commits_since(long_ago(), 9);
    assert_eq!(commits.len(), 1);
    assert_eq!((commits[0].action, &commits[0].hash), (Action::Pull, &commit));
    assert!(commits[0].subject.starts_with("pull"), "{}", commits[0].subject);
}

/// A log of `count` commits, one a second from the epoch, each line about 200 bytes.
fn write_log(path: &Path, count: i64) {
    let mut log = String::new();
    for n in 0..count {
        let pad = "y".repeat(20 + (n as usize * 7) % 150);
        writeln!(log, "{n:040x} {:040x} A <a@b> {n} +0000\tcommit: {n} {pad}", n + 1).unwrap();
    }
    fs::write(path, log).unwrap();
}

#[test]
fn a_long_log_is_read_from_its_end() {
    let (git, app) = Git::app();
    write_log(&app.join(".git/logs/HEAD"), 10_000);
    let repository = discover(&app).unwrap();
    let at = |second| DateTime::from_timestamp(second, 0).unwrap();
    let recent = repository.commits_since(at(9_800), 10_000);
    assert_eq!(recent.len(), 200);
    for (commit, n) in recent.iter().zip((9_800..10_000).rev()) {
        assert_eq!((commit.at, commit.hash.clone()), (at(n), format!("{:040x}", n + 1)));
        assert!(commit.subject.starts_with(&format!("{n} y")));
    }
    let bounded = repository.commits_since(at(0), 10_000).len();
    assert!((1_000..2_000).contains(&bounded), "{bounded}");
    assert!(!repository.in_log(&format!("{:040x}", 3)));
    drop(git);
}

#[test]
fn a_clock_that_ran_ahead_hides_no_commit() {
    let (git, app) = Git::app();
    let line = |second: i64, n: u32| {
        format!("{n:040x} {:040x} A <a@b> {second} +0000\tcommit: c{n}\n", n + 1)
    };
    let log = [line(100, 1), line(5_000, 2), line(900, 3), line(6_000, 4), "torn".into()].concat();
    fs::write(app.join(".git/logs/HEAD"), log).unwrap();
    let since =
        discover(&app).unwrap().commits_since(DateTime::from_timestamp(1_000, 1).unwrap(), 9);
    let subjects: Vec<_> = since.iter().map(|one| &*one.subject).collect();
    assert_eq!(subjects, ["c4", "c2"]);
    drop(git);
}
