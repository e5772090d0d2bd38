//! `rejoin share`: hands a resume log over through the project's own git remote.
//!
//! A shared log is a commit without parents that holds one file, under `refs/rejoin/<user>/<address>`: no
//! branch or tag that anybody sees. The address is the hash of what the file holds, so that two people can
//! never write different things under one name, and nothing is ever overwritten.

pub(super) mod git;

use super::Failure;
use super::here::{Here, short};
use super::known::What;
use super::terminal::Terminal;
use crate::env::Env;
use crate::export::Document;
use crate::foreign;
use clap::Args;
use git::Git;
use serde::Serialize;
use std::io::{Read, Seek, Write};

/// The namespace of shared logs.
pub(super) const NAMESPACE: &str = "refs/rejoin/";
/// The file of a shared log.
pub(super) const FILE: &str = "resume-log.json";
/// The commit's author: who shared it stands in the ref, and the same log must make the same commit.
const AUTHOR: (&str, &str) = ("rejoin", "rejoin@localhost");

/// Hand a session's resume log to your team through the project's git remote
///
/// Put under refs/rejoin/<user>/<hash of what it holds> and pushed there: no branch, no tag, nothing that
/// others see before they run `rejoin fetch`. The log, its tasks, checks and file names go; the turns'
/// texts stay here. Secrets are removed as far as they are recognised.
#[derive(Debug, Args)]
#[command(
    after_help = "Anybody who may read the repository may read it: look at it first with --no-push and \
                  `git show <ref>:resume-log.json`.\n\nExample: rejoin share 8463c716 --no-push"
)]
pub struct ShareArgs {
    /// The session's or the pause's id or its beginning [default: this session, else the newest]
    pub session: Option<String>,
    /// Keep it in this repository until the next `rejoin share` of it without this
    #[arg(long)]
    pub no_push: bool,
    /// The remote [default: the current branch's, else origin, else the only one]
    #[arg(long, value_name = "NAME", conflicts_with = "no_push")]
    pub remote: Option<String>,
    /// Your name in the ref [default: from git's user.name or user.email]
    #[arg(long = "as", value_name = "USER")]
    pub user: Option<String>,
    /// Print what was shared as JSON
    #[arg(long)]
    pub json: bool,
}

/// What was shared, for programs. Fields are only ever added.
#[derive(Debug, Serialize)]
struct Shared {
    /// Id of the session, or of the pause.
    id: String,
    /// The ref, here and at the remote.
    reference: String,
    /// The commit that it names.
    commit: String,
    /// Bytes of the log.
    bytes: usize,
    /// The remote that has it; `null` when it was not pushed.
    remote: Option<String>,
}

pub(super) fn run(options: &ShareArgs, env: &Env, terminal: &mut Terminal) -> Result<(), Failure> {
    let here = Here::find(env)?;
    let git = repository(&here, terminal.attended())?;
    let known = here.known(options.session.as_deref(), env)?;
    let mut document = match &known.what {
        What::Pause(pause) => Document::of_pause(pause, here.now),
        What::Followed(_) | What::Transcript(_) => {
            let (log, _) = known.log(&here)?;
            Document::of_session(&known.state()?, log, Vec::new(), here.now)
        }
    };
    let id = known.id;
    // Where it lay on this machine tells others nothing, and is nobody's business.
    document.log.subject.folder.clear();
    let (bytes, address) = foreign::package(&document).map_err(Failure::Failed)?;
    let user = user(options, &git)?;
    let reference = format!("{NAMESPACE}{user}/{address}");
    let remote =
        if options.no_push { None } else { Some(remote(options.remote.as_deref(), &git)?) };
    let commit = write(&git, &bytes, &id, &document)?;
    git.line(&["update-ref", &reference, &commit])?;
    if let Some(remote) = &remote {
        push(&git, remote, &reference)?;
    }
    let shared = Shared { id, reference, commit, bytes: bytes.len(), remote };
    if options.json {
        writeln!(terminal, "{}", serde_json::to_string_pretty(&shared).unwrap_or_default())?;
        return Ok(());
    }
    writeln!(terminal, "Shared {} as {}", short(&shared.id), shared.reference)?;
    let reference = &shared.reference;
    let told = match &shared.remote {
        Some(remote) => format!("Pushed to {remote}; others get it with `rejoin fetch`."),
        None => format!(
            "Not pushed. Look at it: git show {reference}:{FILE}\nThen: rejoin share {}",
            short(&shared.id)
        ),
    };
    writeln!(terminal, "{told}")?;
    Ok(())
}

/// The repository of the current folder.
pub(super) fn repository(here: &Here, attended: bool) -> Result<Git, Failure> {
    match &here.place.repository {
        Some(repository) => Ok(Git::new(repository.work_tree(), attended)),
        None => Err(Failure::Failed(
            "this folder is in no git repository: logs are shared through a project's git remote; \
             `rejoin export --format json` makes a file that can be sent"
                .to_owned(),
        )),
    }
}

/// Who shares, as a part of a ref's name.
fn user(options: &ShareArgs, git: &Git) -> Result<String, Failure> {
    let named = match &options.user {
        Some(name) => Some(name.clone()),
        None => git.setting(&["config", "user.name"])?,
    };
    let named = match named {
        Some(name) => Some(name),
        None => git.setting(&["config", "user.email"])?,
    };
    let user = slug(named.as_deref().unwrap_or_default());
    if user.is_empty() {
        return Err(Failure::Failed(
            "git knows no user.name: set it with `git config user.name`, or say --as NAME"
                .to_owned(),
        ));
    }
    Ok(user)
}

/// At most 40 letters, digits and dashes of a name, or of what stands before the `@` of an address.
fn slug(name: &str) -> String {
    let name = name.split('@').next().unwrap_or_default().to_lowercase();
    let mut slug = String::new();
    for c in name.chars() {
        if slug.len() >= 40 {
            break;
        }
        if c.is_ascii_alphanumeric() {
            slug.push(c);
        } else if !slug.is_empty() && !slug.ends_with('-') {
            slug.push('-');
        }
    }
    slug.trim_end_matches('-').to_owned()
}

/// The remote that is meant.
pub(super) fn remote(named: Option<&str>, git: &Git) -> Result<String, Failure> {
    let all = git.setting(&["remote"])?.unwrap_or_default();
    // A name that git would take for an option is none.
    let all: Vec<&str> = all.lines().filter(|name| !name.starts_with('-')).collect();
    if let Some(named) = named {
        if all.contains(&named) {
            return Ok(named.to_owned());
        }
        return Err(Failure::Failed(format!(
            "there is no remote `{}`; this repository has: {}",
            foreign::shown(named, 80),
            if all.is_empty() { "none".to_owned() } else { all.join(", ") }
        )));
    }
    let branch = git.setting(&["symbolic-ref", "--quiet", "--short", "HEAD"])?;
    let own = match branch {
        Some(branch) => git.setting(&["config", &format!("branch.{branch}.remote")])?,
        None => None,
    };
    let chosen = own.filter(|own| all.contains(&&**own)).or_else(|| match &all[..] {
        all if all.contains(&"origin") => Some("origin".to_owned()),
        [only] => Some((*only).to_owned()),
        _ => None,
    });
    chosen.ok_or_else(|| {
        Failure::Failed(if all.is_empty() {
            "this repository has no remote: add one with `git remote add`".to_owned()
        } else {
            format!("say which remote with --remote: {}", all.join(", "))
        })
    })
}

/// Writes the commit; the same log makes the same one.
fn write(git: &Git, bytes: &[u8], id: &str, document: &Document) -> Result<String, Failure> {
    let blob = git.line_with(&["hash-object", "-w", "--stdin"], &[], bytes)?;
    let tree = format!("100644 blob {blob}\t{FILE}\n");
    let tree = git.line_with(&["mktree"], &[], tree.as_bytes())?;
    let at = format!("{} +0000", document.log.subject.to.unwrap_or_default().timestamp().max(0));
    let env = [
        ("GIT_AUTHOR_NAME", AUTHOR.0),
        ("GIT_AUTHOR_EMAIL", AUTHOR.1),
        ("GIT_AUTHOR_DATE", &*at),
        ("GIT_COMMITTER_NAME", AUTHOR.0),
        ("GIT_COMMITTER_EMAIL", AUTHOR.1),
        ("GIT_COMMITTER_DATE", &*at),
    ];
    git.line_with(&["commit-tree", &tree], &env, subject(id).as_bytes())
}

/// The commit's message: which session it is, so that its owner finds it again.
fn subject(id: &str) -> String {
    format!("rejoin: resume log of {id}\n")
}

fn push(git: &Git, remote: &str, reference: &str) -> Result<(), Failure> {
    let told = |error: std::io::Error| Failure::Failed(format!("git can't be run: {error}"));
    let mut said = tempfile::tempfile().map_err(told)?;
    let output = said.try_clone().map_err(told)?;
    // Never by force: what is there under this name holds the same.
    let args = ["push", "--quiet", remote, &format!("{reference}:{reference}")];
    let status = git.start(&args, output)?.wait().map_err(told)?;
    if status.success() {
        return Ok(());
    }
    let mut why = Vec::new();
    said.rewind().and_then(|()| said.read_to_end(&mut why)).map_err(told)?;
    let why = foreign::shown(&String::from_utf8_lossy(&why), 400);
    Err(Failure::Failed(format!(
        "kept in this repository as {reference}, but not pushed to {remote}: {why}; the same command tries again"
    )))
}

/// The shared copies of a session in this repository; none where git can't tell.
pub(super) fn refs_of(here: &Here, id: &str) -> Vec<String> {
    let Ok(git) = repository(here, false) else { return Vec::new() };
    let args = ["for-each-ref", "--format=%(refname) %(contents:subject)", NAMESPACE];
    let listed = git.setting(&args).ok().flatten().unwrap_or_default();
    let subject = subject(id);
    let own = listed.lines().filter_map(|line| {
        let (name, said) = line.split_once(' ')?;
        (said == subject.trim()).then(|| name.to_owned())
    });
    own.collect()
}

/// Deletes shared copies in this repository.
pub(super) fn drop_refs(here: &Here, references: &[String]) -> Result<(), Failure> {
    for reference in references {
        repository(here, false)?.line(&["update-ref", "-d", reference])?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::slug;

    #[test]
    fn a_name_becomes_a_part_of_a_ref() {
        assert_eq!(slug("Ada Lovelace"), "ada-lovelace");
        assert_eq!(slug("ada@example.com"), "ada");
        assert_eq!(slug("../../heads/main"), "heads-main");
        assert_eq!(slug("Zoë .lock"), "zo-lock");
        assert_eq!(slug("日本"), "");
        assert_eq!(slug(&"x".repeat(99)).len(), 40);
    }
}
