//! `rejoin fetch`: logs that others have shared through the project's git remote.
//!
//! What comes in lies in a folder of its own until it was looked at: nothing of it enters the repository.

use super::Failure;
use super::foreign_log::{self, Taken};
use super::here::Here;
use super::share::git::Git;
use super::share::{FILE, NAMESPACE, remote, repository};
use super::terminal::Terminal;
use crate::env::Env;
use crate::export::Document;
use crate::follow::{Origin, pause};
use crate::foreign::{self, is_address, shown};
use clap::Args;
use std::collections::BTreeMap;
use std::io::{Read, Seek};
use std::path::Path;
use std::time::{Duration, Instant};

/// Shared logs that are looked at in one go.
const MOST: usize = 500;
/// What one fetch may bring, in bytes, and how long it may take.
const VOLUME: u64 = 64 << 20;
const TIME: Duration = Duration::from_mins(2);

/// Get the resume logs that others have shared, and list them
///
/// They are marked as foreign. No session is told of one until you have accepted it.
#[derive(Debug, Args)]
#[command(
    after_help = "Who shared a log is what its ref says, which anybody who may push can choose.\n\n\
                  Example: rejoin fetch && rejoin show p1a2b3c4 && rejoin fetch --accept p1a2b3c4"
)]
pub struct FetchArgs {
    /// The remote [default: the current branch's, else origin, else the only one]
    #[arg(long, value_name = "NAME")]
    pub remote: Option<String>,
    /// Accept a log: the next session may be told of it
    #[arg(long, value_name = "ID", conflicts_with = "remote")]
    pub accept: Option<String>,
    /// Print the foreign logs as JSON
    #[arg(long)]
    pub json: bool,
}

pub(super) fn run(options: &FetchArgs, env: &Env, terminal: &mut Terminal) -> Result<(), Failure> {
    let here = Here::find(env)?;
    if let Some(id) = &options.accept {
        return foreign_log::accept(&here, id, options.json, terminal);
    }
    let git = repository(&here, terminal.attended())?;
    let remote = remote(options.remote.as_deref(), &git)?;
    let project = foreign_log::project(&here, env)?;
    let known = pause::all(&project)?.0;
    let is_known = |from: &String| {
        known
            .iter()
            .any(|pause| matches!(&pause.origin, Origin::Foreign { from: known } if known == from))
    };
    let mut taken = Taken::default();
    let mut fresh = BTreeMap::new();
    for (reference, commit) in listed(&git, &remote)? {
        match named(&reference) {
            // Our own come back from the remote as well.
            Some(_) if is_own(&git, &reference, &commit)? => {}
            Some((user, _)) if is_known(&from(user, &reference)) => taken.known += 1,
            Some(_) => drop(fresh.insert(reference, commit)),
            None => taken.pass(&shown(&reference, 120), "its name is not that of a shared log"),
        }
    }
    if fresh.len() > MOST {
        taken.pass(&remote, &format!("{} logs beyond the first {MOST}", fresh.len() - MOST));
    }
    let fresh: Vec<(String, String)> = fresh.into_iter().take(MOST).collect();
    let folder = tempfile::tempdir()
        .map_err(|error| Failure::Failed(format!("no temporary folder: {error}")))?;
    let brought = bring(&git, &remote, &fresh, folder.path(), &mut taken)?;
    let apart = git.quarantined(folder.path());
    for (reference, commit) in brought {
        let Some((user, address)) = named(reference) else { continue };
        match look(&apart, commit, address, &here) {
            Ok(document) => {
                let origin = Origin::Foreign { from: from(user, reference) };
                let words = format!("shared by {user} through {}", shown(&remote, 60));
                taken.put(&here, &project, document, origin, &words)?;
            }
            Err(why) => taken.pass(reference, &why),
        }
    }
    foreign_log::tell(&here, &project, &taken, options.json, "rejoin fetch", terminal)
}

/// Who shared it and where, as a record has it.
fn from(user: &str, reference: &str) -> String {
    format!("{user} ({reference})")
}

/// User and address of a shared log's ref.
fn named(reference: &str) -> Option<(&str, &str)> {
    let (user, address) = reference.strip_prefix(NAMESPACE)?.split_once('/')?;
    let plain = !user.is_empty()
        && user.len() <= 40
        && user.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
    (plain && is_address(address)).then_some((user, address))
}

/// The remote's refs of shared logs, with what they name.
fn listed(git: &Git, remote: &str) -> Result<Vec<(String, String)>, Failure> {
    let told = |error: std::io::Error| Failure::Failed(format!("git can't be run: {error}"));
    let mut said = tempfile::tempfile().map_err(told)?;
    let output = said.try_clone().map_err(told)?;
    let pattern = format!("{NAMESPACE}*");
    let mut child = git.start(&["ls-remote", "--quiet", remote, &pattern], output)?;
    let status = child.wait().map_err(told)?;
    let mut text = Vec::new();
    said.rewind().map_err(told)?;
    said.take(4 << 20).read_to_end(&mut text).map_err(told)?;
    let text = String::from_utf8_lossy(&text);
    if !status.success() {
        return Err(Failure::Failed(format!("{remote} can't be asked: {}", shown(&text, 400))));
    }
    let refs = text.lines().filter_map(|line| {
        let (commit, reference) = line.split_once('\t')?;
        let hash = matches!(commit.len(), 40 | 64) && commit.bytes().all(|b| b.is_ascii_hexdigit());
        hash.then(|| (reference.to_owned(), commit.to_owned()))
    });
    Ok(refs.collect())
}

/// Whether this repository shared it.
fn is_own(git: &Git, reference: &str, commit: &str) -> Result<bool, Failure> {
    Ok(git.setting(&["rev-parse", "--verify", "--quiet", reference])?.as_deref() == Some(commit))
}

/// Fetches the refs into the folder, all at once; when that brings too much, one by one. Returns those
/// that came.
fn bring<'a>(
    git: &Git,
    remote: &str,
    fresh: &'a [(String, String)],
    folder: &Path,
    taken: &mut Taken,
) -> Result<Vec<(&'a str, &'a str)>, Failure> {
    let pairs = || fresh.iter().map(|(reference, commit)| (&**reference, &**commit));
    if fresh.is_empty()
        || fetch(git, remote, &pairs().map(|(r, _)| r).collect::<Vec<_>>(), folder)?.is_ok()
    {
        return Ok(pairs().collect());
    }
    let mut came = Vec::new();
    for (reference, commit) in pairs() {
        match fetch(git, remote, &[reference], folder)? {
            Ok(()) => came.push((reference, commit)),
            Err(why) => taken.pass(reference, &why),
        }
    }
    Ok(came)
}

/// One fetch that leaves no trace in the repository: no ref, no `FETCH_HEAD`, no object.
fn fetch(
    git: &Git,
    remote: &str,
    references: &[&str],
    folder: &Path,
) -> Result<Result<(), String>, Failure> {
    let told = |error: std::io::Error| Failure::Failed(format!("git can't be run: {error}"));
    let objects = tempfile::tempdir_in(folder).map_err(told)?;
    let mut said = tempfile::tempfile().map_err(told)?;
    let output = said.try_clone().map_err(told)?;
    let mut args = vec![
        "-c",
        "fetch.unpackLimit=1",
        "-c",
        "fetch.fsckObjects=true",
        "fetch",
        "--quiet",
        "--no-tags",
        "--no-write-fetch-head",
        "--no-recurse-submodules",
        "--no-auto-maintenance",
        "--refmap=",
        remote,
    ];
    args.extend(references);
    let mut child = git.quarantined(objects.path()).start(&args, output)?;
    let begun = Instant::now();
    let status = loop {
        if let Some(status) = child.try_wait().map_err(told)? {
            break status;
        }
        let why = match () {
            () if size(objects.path()) > VOLUME => "it brings too much for a resume log",
            () if begun.elapsed() > TIME => "it takes too long",
            () => {
                std::thread::sleep(Duration::from_millis(20));
                continue;
            }
        };
        child.kill().and_then(|()| child.wait()).map_err(told)?;
        return Ok(Err(why.to_owned()));
    };
    if !status.success() {
        let mut text = Vec::new();
        said.rewind().map_err(told)?;
        said.take(64 << 10).read_to_end(&mut text).map_err(told)?;
        return Ok(Err(format!("git refused it: {}", shown(&String::from_utf8_lossy(&text), 300))));
    }
    if size(objects.path()) > VOLUME {
        return Ok(Err("it brings too much for a resume log".to_owned()));
    }
    collect(objects.path(), folder).map_err(told)?;
    Ok(Ok(()))
}

/// Takes what one fetch brought to what the earlier ones did.
fn collect(from: &Path, to: &Path) -> std::io::Result<()> {
    for entry in std::fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            std::fs::create_dir_all(&target)?;
            collect(&entry.path(), &target)?;
        } else {
            std::fs::copy(entry.path(), &target)?;
        }
    }
    Ok(())
}

fn size(path: &Path) -> u64 {
    let Ok(entries) = std::fs::read_dir(path) else { return 0 };
    let sizes = entries.flatten().filter_map(|entry| {
        let meta = entry.metadata().ok()?;
        Some(if meta.is_dir() { size(&entry.path()) } else { meta.len() })
    });
    sizes.sum()
}

/// What a shared commit holds, when it is one: a commit of one plain file whose hash is its address.
fn look(git: &Git, commit: &str, address: &str, here: &Here) -> Result<Document, String> {
    let failed = |failure: Failure| match failure {
        Failure::Failed(why) => why,
        _ => "git can't be run".to_owned(),
    };
    let ask = |args: &[&str]| git.bytes(args, b"").map_err(failed);
    let kind = ask(&["cat-file", "-t", commit])?.unwrap_or_default();
    if kind != b"commit\n" {
        return Err("it is no commit".to_owned());
    }
    let tree = ask(&["ls-tree", "-z", commit])?.unwrap_or_default();
    let blob = only_file(&tree)
        .ok_or_else(|| format!("it holds something else than one plain file {FILE}"))?;
    let length = ask(&["cat-file", "-s", blob])?.unwrap_or_default();
    let length = String::from_utf8_lossy(&length).trim().parse::<u64>().unwrap_or(u64::MAX);
    if length > foreign::MOST {
        return Err(format!("it has over {} KB, more than a resume log has", foreign::MOST / 1000));
    }
    let bytes = ask(&["cat-file", "blob", blob])?.ok_or("its file is not there")?;
    foreign::unpack(&bytes, address, here.now)
}

/// The blob of the one file that a tree may hold: no link, no executable, no folder.
fn only_file(tree: &[u8]) -> Option<&str> {
    let entry = std::str::from_utf8(tree).ok()?.strip_suffix('\0')?;
    let (about, name) = entry.split_once('\t')?;
    let blob = about.strip_prefix("100644 blob ")?;
    (name == FILE).then_some(blob)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_one_plain_file_is_a_shared_log() {
        assert_eq!(only_file(b"100644 blob abc\tresume-log.json\0"), Some("abc"));
        for tree in [
            &b""[..],
            b"120000 blob abc\tresume-log.json\0",
            b"100755 blob abc\tresume-log.json\0",
            b"160000 commit abc\tresume-log.json\0",
            b"100644 blob abc\tother.json\0",
            b"100644 blob abc\tresume-log.json\x00100644 blob d\tx\0",
            b"100644 blob abc\t\xff\0",
        ] {
            assert_eq!(only_file(tree), None, "{}", String::from_utf8_lossy(tree));
        }
    }

    #[test]
    fn only_a_user_and_an_address_name_a_shared_log() {
        let address = "e3b0c44298fc1c149afbf4c8996fb924";
        assert_eq!(named(&format!("refs/rejoin/ada-l/{address}")), Some(("ada-l", address)));
        for name in [
            format!("refs/heads/ada/{address}"),
            format!("refs/rejoin/{address}"),
            format!("refs/rejoin/Ada/{address}"),
            format!("refs/rejoin/a\u{1b}[2J/{address}"),
            format!("refs/rejoin/ada/x/{address}"),
            "refs/rejoin/ada/short".to_owned(),
        ] {
            assert_eq!(named(&name), None, "{name}");
        }
    }
}
