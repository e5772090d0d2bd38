//! What a hostile folder cannot do.

use super::*;

#[test]
fn a_git_file_is_believed_only_if_the_git_directory_points_back() {
    let (git, app) = Git::app();
    git.run(&app, &["worktree", "add", "-q", "../side"]);
    git.run(&git.root, &["init", "-q", "library"]);
    git.commit(&git.root.join("library"), "lib");
    git.run(&app, &["submodule", "--quiet", "add", "../library", "lib"]);
    let hostile = git.root.join("hostile");
    fs::create_dir_all(hostile.join("inside")).unwrap();
    for target in [
        app.join(".git"),
        app.join(".git/worktrees/side"),
        app.join(".git/modules/lib"),
        PathBuf::from(".git"),
        PathBuf::from("."),
        PathBuf::from("/dev/zero"),
        PathBuf::new(),
    ] {
        fs::write(hostile.join(".git"), format!("gitdir: {}\n", target.display())).unwrap();
        assert_eq!(discover(&hostile.join("inside")), None, "{}", target.display());
    }
    let key = project(&hostile, None, Path::new("/nowhere"));
    assert_eq!((key.key, &*key.name), (hostile.clone(), "hostile"));

    // A work tree of its own making that claims another repository for its common directory.
    let forged = hostile.join("git/worktrees/x");
    fs::create_dir_all(&forged).unwrap();
    fs::write(hostile.join(".git"), "gitdir: git/worktrees/x\n").unwrap();
    fs::write(forged.join("gitdir"), hostile.join(".git").display().to_string()).unwrap();
    fs::write(forged.join("HEAD"), "ref: refs/heads/main\n").unwrap();
    fs::write(forged.join("commondir"), app.join(".git").display().to_string()).unwrap();
    assert_eq!(discover(&hostile), None);
    // The same in a `.git` folder: believed, but only for itself.
    fs::remove_file(hostile.join(".git")).unwrap();
    git.run(&hostile, &["init", "-q"]);
    fs::write(hostile.join(".git/commondir"), app.join(".git").display().to_string()).unwrap();
    assert_eq!(discover(&hostile).unwrap().common_dir(), hostile.join(".git"));
}

#[test]
#[cfg(unix)]
fn no_link_leads_into_another_repository() {
    use std::os::unix::fs::symlink;
    let (git, app) = Git::app();
    let hostile = git.root.join("hostile");
    fs::create_dir(&hostile).unwrap();
    symlink(app.join(".git"), hostile.join(".git")).unwrap();
    assert_eq!(discover(&hostile), None);
    // Nor does it belong to the repository that it was unpacked into.
    let vendored = app.join("vendored");
    fs::create_dir(&vendored).unwrap();
    symlink(app.join(".git"), vendored.join(".git")).unwrap();
    assert_eq!(discover(&vendored), None);
    fs::remove_file(hostile.join(".git")).unwrap();
    git.run(&hostile, &["init", "-q", "-b", "main"]);
    for name in ["logs", "refs"] {
        let own = hostile.join(".git").join(name);
        if own.exists() {
            fs::remove_dir_all(&own).unwrap();
        }
        symlink(app.join(".git").join(name), own).unwrap();
    }
    assert_eq!(head(&hostile), Head { branch: Some("main".into()), ..Head::default() });
    assert_eq!(subjects(&hostile), [""; 0]);
    // A session that was started through a link belongs to the real folder.
    symlink(&app, git.root.join("alias")).unwrap();
    assert_eq!(discover(&git.root.join("alias")).unwrap().work_tree(), app);
}

#[test]
#[cfg(unix)]
fn somebody_elses_repository_above_does_not_count() {
    use std::os::unix::fs::{MetadataExt, chown};
    let (git, app) = Git::app();
    if fs::metadata(&app).unwrap().uid() != 0 {
        // Only root can give files away.
        return;
    }
    let work = app.join("work");
    fs::create_dir(&work).unwrap();
    chown(app.join(".git"), Some(4242), None).unwrap();
    assert_eq!(discover(&work), None);
    chown(&work, Some(4242), None).unwrap();
    assert_eq!(discover(&work).unwrap().work_tree(), app);
    drop(git);
}

#[test]
fn a_hostile_git_directory_is_read_within_bounds() {
    let (git, app) = Git::app();
    let dot = app.join(".git");
    let replace = |name: &str, with: &dyn Fn(&Path)| {
        let path = dot.join(name);
        let kept = fs::read(&path).ok();
        if kept.is_some() {
            fs::remove_file(&path).unwrap();
        }
        with(&path);
        let repository = discover(&app).unwrap();
        let result = (repository.head(), repository.commits_since(long_ago(), 9));
        fs::remove_file(&path).unwrap();
        if let Some(kept) = kept {
            fs::write(&path, kept).unwrap();
        }
        result
    };
    let huge = |path: &Path| fs::File::create(path).unwrap().set_len(1 << 32).unwrap();
    for with in [&fifo as &dyn Fn(&Path), &huge] {
        assert_eq!(replace("HEAD", with).0, Head::default());
        let main = Head { branch: Some("main".into()), ..Head::default() };
        assert_eq!(replace("refs/heads/main", with).0, main);
        assert_eq!(replace("logs/HEAD", with).1, []);
        assert!(replace("packed-refs", with).0.commit.is_some());
    }
    fs::remove_file(dot.join("refs/heads/main")).unwrap();
    let sparse = |path: &Path| {
        fs::write(path, "# pack-refs with: peeled fully-peeled sorted \n").unwrap();
        fs::OpenOptions::new().write(true).open(path).unwrap().set_len(1 << 32).unwrap();
    };
    for with in [&huge as &dyn Fn(&Path), &sparse] {
        assert_eq!(replace("packed-refs", with).0.commit, None);
    }
    let long = format!("ref: refs/heads/main\n{}", "x".repeat(5000));
    for head in
        ["ref: refs/heads/../../../x", "ref: refs/heads/a\u{1b}[2J", "ref: ", "", "0123", &long]
    {
        fs::write(dot.join("HEAD"), head).unwrap();
        assert_eq!(discover(&app).unwrap().head(), Head::default());
    }
    // A reference that stands for itself.
    fs::write(dot.join("HEAD"), "ref: refs/heads/loop\n").unwrap();
    fs::write(dot.join("refs/heads/loop"), "ref: refs/heads/loop\n").unwrap();
    assert_eq!(discover(&app).unwrap().head().commit, None);
    drop(git);
}
