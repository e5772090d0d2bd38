//! What is found in honest repositories.

use super::*;

#[test]
fn a_repository_is_found_from_any_folder_in_it() {
    let (git, app) = Git::app();
    let deep = app.join("a/b");
    fs::create_dir_all(&deep).unwrap();
    let found = discover(&deep).unwrap();
    assert_eq!(found.work_tree(), app);
    assert_eq!(found.common_dir(), app.join(".git"));
    assert!(!found.is_linked());
    assert_eq!(discover(&app.join(".git/objects")), Some(found));
    assert_eq!(discover(&git.root), None);
    assert_eq!(discover(&git.root.join("missing")), None);
}

#[test]
fn an_unusable_dot_git_folder_is_passed_over_as_git_does() {
    let (_git, app) = Git::app();
    fs::create_dir_all(app.join("sub/.git")).unwrap();
    assert_eq!(discover(&app.join("sub")).unwrap().work_tree(), app);
}

#[test]
fn the_head_of_a_branch_is_read_loose_and_packed() {
    let (git, app) = Git::app();
    let commit = git.commit(&app, "two");
    let expected = Head { branch: Some("main".into()), commit: Some(commit), ..Head::default() };
    assert_eq!(head(&app), expected);
    git.run(&app, &["tag", "-a", "-m", "t", "v1"]);
    git.run(&app, &["pack-refs", "--all"]);
    assert!(!app.join(".git/refs/heads/main").exists());
    assert_eq!(head(&app), expected);
    git.run(&app, &["switch", "-q", "-c", "feature/über"]);
    assert_eq!(head(&app).branch.as_deref(), Some("feature/über"));
    git.run(&app, &["symbolic-ref", "refs/heads/alias", "refs/heads/main"]);
    git.run(&app, &["symbolic-ref", "HEAD", "refs/heads/alias"]);
    assert_eq!(head(&app).commit, expected.commit);
}

#[test]
fn a_branch_without_commits_has_a_name() {
    let git = Git::new();
    git.run(&git.root, &["init", "-q", "-b", "trunk", "."]);
    assert_eq!(head(&git.root), Head { branch: Some("trunk".into()), ..Head::default() });
    assert_eq!(subjects(&git.root), [""; 0]);
}

#[test]
fn a_detached_head_names_its_commit() {
    let (git, app) = Git::app();
    let commit = git.run(&app, &["rev-parse", "HEAD"]);
    git.run(&app, &["switch", "-q", "--detach"]);
    let expected = Head { commit: Some(commit), detached: true, ..Head::default() };
    assert_eq!(head(&app), expected);
}

#[test]
fn sha256_and_reftable_repositories_are_read_as_far_as_they_are_text() {
    let git = Git::new();
    git.run(&git.root, &["init", "-q", "-b", "main", "--object-format=sha256", "long"]);
    let commit = git.commit(&git.root.join("long"), "one");
    assert_eq!(head(&git.root.join("long")).commit, Some(commit.clone()));
    assert_eq!(commit.len(), 64);
    assert_eq!(subjects(&git.root.join("long")), ["one"]);
    git.run(&git.root, &["init", "-q", "-b", "main", "--ref-format=reftable", "table"]);
    git.commit(&git.root.join("table"), "one");
    assert_eq!(head(&git.root.join("table")), Head::default());
}

#[test]
fn operations_in_progress_are_named() {
    let (git, app) = Git::app();
    let conflict = |branch: &str, text: &str| {
        git.run(&app, &["switch", "-q", "-c", branch, "main"]);
        fs::write(app.join("one"), text).unwrap();
        git.run(&app, &["commit", "-q", "-am", text]);
    };
    let in_progress = || discover(&app).unwrap().in_progress();
    conflict("left", "left");
    conflict("right", "right");
    let during = |command: &[&str]| {
        let (text, good) = git.attempt(&app, command);
        assert!(!good, "{text}");
        in_progress()
    };
    assert_eq!(during(&["merge", "left"]), Some("merge"));
    git.run(&app, &["merge", "--abort"]);
    assert_eq!(during(&["cherry-pick", "left"]), Some("cherry-pick"));
    git.run(&app, &["cherry-pick", "--abort"]);
    assert_eq!(during(&["rebase", "left"]), Some("rebase"));
    let rebase = head(&app);
    assert_eq!(rebase.branch.as_deref(), Some("right"));
    assert!(rebase.detached);
    git.run(&app, &["rebase", "--abort"]);
    let patch = git.run(&app, &["format-patch", "-1", "left"]);
    assert_eq!(during(&["am", &patch]), Some("am"));
    git.run(&app, &["am", "--abort"]);
    fs::write(app.join("one"), "more").unwrap();
    git.run(&app, &["commit", "-q", "-am", "more"]);
    assert_eq!(during(&["revert", "HEAD~1"]), Some("revert"));
    git.run(&app, &["revert", "--abort"]);
    git.run(&app, &["bisect", "start"]);
    assert_eq!(in_progress(), Some("bisect"));
    git.run(&app, &["bisect", "reset"]);
    assert_eq!(in_progress(), None);
}

#[test]
fn linked_work_trees_share_a_project() {
    let (git, app) = Git::app();
    let side = git.root.join("side");
    git.run(&app, &["worktree", "add", "-q", "-b", "topic", "../side"]);
    let found = discover(&side).unwrap();
    assert_eq!((found.work_tree(), found.common_dir()), (&*side, &*app.join(".git")));
    assert!(found.is_linked());
    let commit = git.commit(&side, "in the side tree");
    assert_eq!(head(&side).commit, Some(commit.clone()));
    assert_eq!(head(&side).branch.as_deref(), Some("topic"));
    assert_eq!(head(&app).branch.as_deref(), Some("main"));
    assert_eq!(subjects(&side), ["in the side tree"]);
    assert!(found.in_log(&commit[..8]));
    assert!(!found.in_log(&commit[..6]));
    assert!(!discover(&app).unwrap().in_log(&commit));
    let expected = Project { key: app.join(".git"), name: "app".into(), folder_only: false };
    for dir in [&side, &app] {
        assert_eq!(project(dir, None, Path::new("/nowhere")), expected);
    }
    git.run(&app, &["config", "worktree.useRelativePaths", "true"]);
    git.run(&app, &["worktree", "add", "-q", "../relative"]);
    assert_eq!(discover(&git.root.join("relative")).unwrap().common_dir(), app.join(".git"));
}

#[test]
fn a_submodule_is_a_project_of_its_own() {
    let (git, app) = Git::app();
    git.run(&git.root, &["init", "-q", "library"]);
    git.commit(&git.root.join("library"), "lib");
    git.run(&app, &["submodule", "--quiet", "add", "../library", "vendor/lib"]);
    let found = discover(&app.join("vendor/lib")).unwrap();
    assert_eq!(found.work_tree(), app.join("vendor/lib"));
    assert_eq!(found.common_dir(), app.join(".git/modules/vendor/lib"));
    assert_eq!(project(&app.join("vendor/lib"), None, Path::new("/nowhere")).name, "lib");
}

#[test]
fn bare_repositories_and_work_trees_beside_them() {
    let git = Git::new();
    git.run(&git.root, &["init", "-q", "--bare", "-b", "main", "site.git"]);
    let found = discover(&git.root.join("site.git")).unwrap();
    assert_eq!(found.work_tree(), git.root.join("site.git"));
    assert_eq!(found.head().branch.as_deref(), Some("main"));
    assert_eq!(project(&git.root.join("site.git"), None, Path::new("/nowhere")).name, "site");

    let (git, app) = Git::app();
    let hub = git.root.join("hub");
    git.run(&git.root, &["clone", "-q", "--bare", "app", "hub/.bare"]);
    fs::write(hub.join(".git"), "gitdir: ./.bare\n").unwrap();
    git.run(&hub, &["worktree", "add", "-q", "main"]);
    for dir in [hub.clone(), hub.join("main")] {
        let found = project(&dir, None, Path::new("/nowhere"));
        assert_eq!((found.key, &*found.name), (hub.join(".bare"), "hub"));
    }
    drop(app);
}

#[cfg(unix)]
#[cfg(unix)]
#[cfg(unix)]
#[test]
fn home_roots_and_temporary_folders_are_projects_of_one_folder() {
    let (git, home) = Git::app();
    let below = home.join("notes/today");
    fs::create_dir_all(&below).unwrap();
    let nowhere = Path::new("/nowhere");
    let found = project(&home, Some(&home), nowhere);
    assert_eq!(found, Project { key: home.clone(), name: "app".into(), folder_only: true });
    // A home that is a repository makes no project of what lies below it.
    let found = project(&below, Some(&home), nowhere);
    assert_eq!(found, Project { key: below.clone(), name: "today".into(), folder_only: false });
    assert!(project(&home, None, &home).folder_only);
    assert!(project(Path::new("/"), None, nowhere).folder_only);
    assert_eq!(project(Path::new("/"), None, nowhere).name, "root");
    assert!(project(Path::new("/tmp"), None, nowhere).folder_only);
    let gone = git.root.join("gone");
    assert_eq!(project(&gone, None, nowhere).key, gone);
}

#[test]
fn files_differ_when_written_to_or_gone() {
    let git = Git::new();
    let dir = &git.root;
    let session = SystemTime::now() - Duration::from_mins(1);
    let since = DateTime::<Utc>::from(session);
    for (name, age) in [("old", 90), ("new", 30)] {
        let file = fs::File::create(dir.join(name)).unwrap();
        file.set_modified(SystemTime::now() - Duration::from_secs(age)).unwrap();
    }
    let differs =
        |path: &Path| differences(dir, &[path], since).first().map(|(_, difference)| *difference);
    let state = |path: &str| differs(Path::new(path));
    assert_eq!(state("old"), None);
    assert_eq!(state("new"), Some(Difference::Modified));
    assert_eq!(state("x/../new"), Some(Difference::Gone));
    assert_eq!(state("./new"), Some(Difference::Modified));
    assert_eq!(state("gone"), Some(Difference::Gone));
    assert_eq!(state("old/below"), Some(Difference::Gone));
    assert_eq!(state("../gone"), None);
    assert_eq!(state("a/../../gone"), None);
    assert_eq!(state(&dir.join("new").display().to_string()), Some(Difference::Modified));
    assert_eq!(state("bad\0name"), None);
    #[cfg(unix)]
    {
        use std::os::unix::{ffi::OsStrExt, fs::symlink};
        fifo(&dir.join("fifo"));
        assert_eq!(state("fifo"), Some(Difference::Modified));
        symlink("/gone/forever", dir.join("dangling")).unwrap();
        assert_eq!(state("dangling"), Some(Difference::Modified));
        let odd = Path::new(std::ffi::OsStr::from_bytes(b"caf\xe9"));
        assert_eq!(differs(odd), Some(Difference::Gone));
        fs::File::create(dir.join(odd)).unwrap();
        assert_eq!(differs(odd), Some(Difference::Modified));
    }
}

#[cfg(unix)]
#[test]
fn folder_and_branch_names_need_not_be_text() {
    use std::os::unix::ffi::OsStrExt;
    let git = Git::new();
    let dir = git.root.join(std::ffi::OsStr::from_bytes(b"caf\xe9"));
    fs::create_dir(&dir).unwrap();
    git.run(&dir, &["init", "-q", "-b", "main"]);
    git.commit(&dir, "one");
    fs::write(dir.join(".git/HEAD"), b"ref: refs/heads/caf\xe9\n").unwrap();
    let commit = git.commit(&dir, "two");
    assert_eq!(head(&dir).branch.as_deref(), Some("caf\u{fffd}"));
    assert_eq!(head(&dir).commit, Some(commit));
    git.run(&dir, &["worktree", "add", "-q", "../side"]);
    let side = discover(&git.root.join("side")).unwrap();
    assert_eq!(side.common_dir(), dir.join(".git"));
    assert_eq!(project(&dir, None, Path::new("/nowhere")).name, "caf\u{fffd}");
}

#[test]
fn most_folders_belong_to_the_project_that_is_likely() {
    let (git, app) = Git::app();
    let inner = app.join("src");
    let plain = git.root.join("plain");
    for dir in [&inner, &plain] {
        fs::create_dir(dir).unwrap();
    }
    let place_of = |dir: &Path| {
        let Project { name, key, .. } = project(dir, None, Path::new("/nowhere"));
        let (likely, keys) = Project::likely(dir).unwrap();
        assert_eq!(likely == name, keys.contains(&key));
        keys.iter().position(|likely| *likely == key)
    };
    assert_eq!([&app, &plain, &inner].map(|dir| place_of(dir)), [Some(0), Some(1), None]);
    assert_eq!(Project::likely(Path::new("/")), None);
}
