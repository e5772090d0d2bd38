//! `rejoin uninstall`: what install wrote, taken back.

use std::collections::BTreeSet;
use std::fs;
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

use super::Failure;
use super::args;
use super::installation::{self, Installation};
use super::places::Places;
use super::terminal::{self, GOOD, Terminal};
use crate::config;
use crate::env::Env;
use crate::settings::file::{self, Change, FileError};
use crate::settings::{self, HOOKS};
use crate::skills;

/// What the state directory holds of ours. Anything else in it stays.
const STATE: [&str; 11] = [
    config::FILE,
    "handovers",
    "hooks.log",
    "hooks.log.1",
    "off",
    "plugin",
    "projects",
    "retention.json",
    skills::USER_FILE,
    "twins",
    "windows",
];

/// Whether a file or folder of the state directory is ours; caches of `rejoin usage` end in a hash.
fn is_ours(name: &str) -> bool {
    STATE.contains(&name) || name.trim_start_matches('.').starts_with("usage-cache-")
}

pub(super) fn run(
    options: &args::Uninstall,
    env: &Env,
    terminal: &mut Terminal,
) -> Result<(), Failure> {
    let places = Places::find(env)?;
    let there = places.data.exists() && !options.dry_run;
    let lock = there.then(|| installation::lock(&places.data)).transpose()?;
    let record = Installation::load(&places.data)?;
    let targets = targets(&places, record.as_ref());
    // All of them are read first: one that cannot be edited leaves everything in place, since hooks
    // that are registered and gone make every session complain.
    let mut touched = Vec::new();
    let mut untouched = Vec::new();
    for path in targets {
        let before = file::read(&path)?;
        let change = taken_back(&path, record.as_ref(), before.as_deref())?;
        if change != Change::Keep {
            touched.push((path, before.unwrap_or_default(), change));
        } else if record.is_some() && path.exists() {
            untouched.push(path);
        }
    }
    let ours = files(&places, record.as_ref());
    if lock.is_some() {
        for path in &ours {
            file::sweep(path);
        }
    }
    let files = present(ours);
    let deployed = skills::withdrawable(&places.data)?;
    let purge = options.purge && places.state.exists();
    if options.dry_run {
        return show(&places, &touched, &files, &deployed, purge, terminal);
    }
    if purge && !options.yes {
        agreed(&places.state, terminal)?;
    }
    let nothing = touched.is_empty() && files.is_empty() && deployed.is_empty();
    for (path, _, _) in &touched {
        file::edit(path, false, |text| taken_back(path, record.as_ref(), text))?;
        let done = if path.exists() { "restored" } else { "removed" };
        writeln!(terminal, "{GOOD}{done:10}{GOOD:#} {}", path.display())?;
        settle_backup(path, terminal)?;
    }
    for path in &untouched {
        // An install that was killed before it changed them may have left its own files beside them.
        file::edit(path, false, |_| Ok(Change::Keep))?;
        settle_backup(path, terminal)?;
    }
    for path in &files {
        remove(path)?;
    }
    if !files.is_empty() {
        let line = places.executables().join(installation::status_line());
        let hook = |path: &&PathBuf| path.starts_with(places.executables()) && **path != line;
        let hooks = files.iter().filter(hook).count();
        writeln!(
            terminal,
            "{GOOD}removed{GOOD:#}    {hooks} hook executables in {}",
            places.executables().display()
        )?;
        for path in files.iter().filter(|path| !path.starts_with(&places.data)) {
            writeln!(terminal, "{GOOD}removed{GOOD:#}    {}", path.display())?;
        }
    }
    if lock.is_some() {
        for skill in skills::withdraw(&places.data)? {
            let path = skill.path.display();
            if skill.goes {
                writeln!(terminal, "{GOOD}removed{GOOD:#}    {path}")?;
            } else {
                writeln!(terminal, "kept       {path} (changed since it was deployed)")?;
            }
        }
    }
    // The folders that our own files were in, then those that we made, where nothing is in them.
    drop(fs::remove_dir(places.executables()));
    drop(fs::remove_dir(&places.data));
    if let Some(record) = &record {
        record.remove_folders();
    }
    drop(lock);
    if purge {
        delete_state(&places.state, terminal)?;
    }
    if nothing && !purge {
        writeln!(terminal, "nothing to do: rejoin is not installed here")?;
    }
    if places.state.exists() && !options.purge {
        writeln!(
            terminal,
            "kept       {} (resume logs; `rejoin uninstall --purge` deletes them)",
            places.state.display()
        )?;
    }
    Ok(())
}

/// Asks whether the state directory may go. Nothing is deleted for good where nobody can be asked.
fn agreed(state: &Path, terminal: &mut Terminal) -> Result<(), Failure> {
    if !terminal.attended() {
        return Err(Failure::Failed(format!(
            "nobody is there to be asked: say --yes to delete {} with all resume logs",
            state.display()
        )));
    }
    let question = format!("Delete {} with all resume logs?", state.display());
    if terminal.confirm(&question, false)? {
        Ok(())
    } else {
        Err(Failure::Failed("nothing was changed".to_owned()))
    }
}

/// Every settings file that may hold entries of ours.
fn targets(places: &Places, record: Option<&Installation>) -> BTreeSet<PathBuf> {
    let mut paths = BTreeSet::from([places.user_settings(), places.local_settings()]);
    paths.extend(record.into_iter().flat_map(|record| record.settings.keys().cloned()));
    paths
}

fn taken_back(
    path: &Path,
    record: Option<&Installation>,
    text: Option<&str>,
) -> Result<Change, FileError> {
    let Some(text) = text else { return Ok(Change::Keep) };
    let written = record.and_then(|record| record.settings.get(path));
    let after =
        settings::uninstall(text, written).map_err(|refusal| FileError::refused(path, refusal))?;
    Ok(if after == text {
        Change::Keep
    } else if after.is_empty() && written.is_some_and(|written| written.file_made) {
        Change::Remove
    } else {
        Change::Replace(after)
    })
}

/// All files of ours but the settings: executables and, last, the record.
fn files(places: &Places, record: Option<&Installation>) -> Vec<PathBuf> {
    let mut files: Vec<_> =
        HOOKS.iter().map(|hook| places.executables().join(hook.file_name())).collect();
    files.push(places.executables().join(installation::status_line()));
    files.extend(record.into_iter().flat_map(|record| record.executables.iter().cloned()));
    files.push(Installation::path(&places.data));
    files
}

/// Those of `files` that are there.
fn present(mut files: Vec<PathBuf>) -> Vec<PathBuf> {
    files.retain(|path| path.symlink_metadata().is_ok());
    files
}

fn remove(path: &Path) -> Result<(), FileError> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != ErrorKind::NotFound => {
            Err(FileError::io(path, "remove", error))
        }
        _ => Ok(()),
    }
}

/// A backup that equals the restored file has nothing left to tell.
fn settle_backup(path: &Path, terminal: &mut Terminal) -> Result<(), Failure> {
    let backup = file::backup_path(path);
    match (fs::read(&backup), fs::read(path)) {
        (Ok(before), Ok(now)) if before == now => remove(&backup)?,
        (Ok(_), _) => writeln!(
            terminal,
            "kept       {} (the file as it was before the install; it has changed since)",
            backup.display()
        )?,
        _ => {}
    }
    Ok(())
}

fn show(
    places: &Places,
    touched: &[(PathBuf, String, Change)],
    files: &[PathBuf],
    deployed: &[skills::Withdrawn],
    purge: bool,
    terminal: &mut Terminal,
) -> Result<(), Failure> {
    for (path, before, change) in touched {
        match change {
            Change::Replace(after) => {
                writeln!(terminal, "would change  {}", path.display())?;
                let shown = terminal::difference(&path.to_string_lossy(), before, after);
                write!(terminal, "{shown}")?;
            }
            _ => writeln!(terminal, "would remove  {}", path.display())?,
        }
    }
    for path in files {
        writeln!(terminal, "would remove  {}", path.display())?;
    }
    for skill in deployed {
        let verb = if skill.goes { "would remove " } else { "would keep   " };
        writeln!(terminal, "{verb} {}", skill.path.display())?;
    }
    if purge {
        writeln!(terminal, "would delete  {}", places.state.display())?;
    }
    writeln!(terminal, "nothing was changed")?;
    Ok(())
}

/// Deletes what is ours in the state directory; what else somebody put there stays, and is named.
fn delete_state(state: &Path, terminal: &mut Terminal) -> Result<(), Failure> {
    let entries = fs::read_dir(state).map_err(|error| FileError::io(state, "read", error))?;
    for entry in entries.flatten().filter(|e| e.file_name().to_str().is_some_and(is_ours)) {
        let path = entry.path();
        let gone = match path.symlink_metadata() {
            Ok(there) if there.is_dir() => fs::remove_dir_all(&path),
            Ok(_) => fs::remove_file(&path),
            Err(_) => Ok(()),
        };
        gone.map_err(|error| FileError::io(&path, "delete", error))?;
    }
    match fs::remove_dir(state) {
        Ok(()) => writeln!(terminal, "{GOOD}deleted{GOOD:#}    {}", state.display())?,
        Err(_) => writeln!(
            terminal,
            "{GOOD}deleted{GOOD:#}    the logs in {}; it holds other files too, which stay",
            state.display()
        )?,
    }
    Ok(())
}
