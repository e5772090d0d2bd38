//! Repositories made by the real git.

use std::path::PathBuf;
use std::process::Command;

use super::home::Home;

/// The repository in the home's folder `shop`.
pub(super) struct Repository<'h> {
    home: &'h Home,
    folder: PathBuf,
}

impl<'h> Repository<'h> {
    pub(super) fn new(home: &'h Home) -> Self {
        Self::at(home, "home/shop")
    }

    pub(super) fn at(home: &'h Home, rel: &str) -> Self {
        let folder = home.path(rel);
        std::fs::create_dir_all(&folder).unwrap();
        let repository = Self { home, folder };
        repository.git(&["init", "--quiet", "--initial-branch=main"]);
        repository
    }

    pub(super) fn git(&self, arguments: &[&str]) -> String {
        self.git_as("Ada", 0, arguments)
    }

    /// As a person, so many days ago.
    fn git_as(&self, who: &str, days: i64, arguments: &[&str]) -> String {
        let date = (chrono::Utc::now() - chrono::TimeDelta::days(days)).to_rfc3339();
        let mut command: Command = self.home.command("git");
        let output = command
            .args(["-c", "protocol.file.allow=always", "-c", "commit.gpgsign=false"])
            .args(arguments)
            .current_dir(&self.folder)
            .envs([("GIT_AUTHOR_NAME", who), ("GIT_COMMITTER_NAME", who)])
            .envs([("GIT_AUTHOR_EMAIL", "a@example.org"), ("GIT_COMMITTER_EMAIL", "a@example.org")])
            .env("GIT_AUTHOR_DATE", &date)
            .env("GIT_COMMITTER_DATE", &date)
            .output()
            .unwrap();
        assert!(output.status.success(), "{arguments:?}: {output:?}");
        String::from_utf8_lossy(&output.stdout).into_owned()
    }

    pub(super) fn write(&self, path: &str, text: &str) {
        let path = self.folder.join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    /// Changes files and commits them.
    pub(super) fn commit(&self, who: &str, days: i64, subject: &str, files: &[&str]) {
        for file in files {
            let path = self.folder.join(file);
            let before = std::fs::read_to_string(&path).unwrap_or_default();
            self.write(file, &format!("{before}{subject}\n"));
        }
        self.git_as(who, days, &["add", "--all"]);
        self.git_as(who, days, &["commit", "--quiet", "--allow-empty", "-m", subject]);
    }

    /// Merges a branch that conflicts with this one.
    pub(super) fn conflict(&self, branch: &str) {
        let mut merge = self.home.command("git");
        merge.args(["-c", "user.name=Ada", "-c", "user.email=a@example.org", "merge", branch]);
        let output = merge.current_dir(&self.folder).output().unwrap();
        assert!(String::from_utf8_lossy(&output.stdout).contains("CONFLICT"), "{output:?}");
    }

    pub(super) fn merge(&self, branch: &str) {
        self.git(&["merge", "--quiet", "--no-ff", "-m", &format!("Merge {branch}"), branch]);
    }
}
