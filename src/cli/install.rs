//! `rejoin install`: executables in place, hooks registered, permissions asked for.
//!
//! Everything is read and judged first, so that a refusal leaves nothing half done; then it is done
//! under the lock of the data folder, each file as one atomic replacement, with `install.json`
//! written ahead of the settings so that a killed install can be taken back.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use super::args::{self, Inject};
use super::claude::{self, Claude};
use super::installation::{self, Installation};
use super::places::{self, Places};
use super::terminal::{self, BAD, GOOD, Terminal};
use super::{Failure, choices, rules, skills};
use crate::config;
use crate::env::Env;
use crate::settings::file::{self, Change, FileError};
use crate::settings::{self, HOOKS, Hook, Plan, Written, status_line};
use crate::store::Store;

/// What is to be done, with nothing done yet.
struct Job {
    places: Places,
    /// Executables to be copied: from, to. What is already the same is not among them.
    copies: Vec<(PathBuf, PathBuf)>,
    /// Where `rejoin` itself is to lie, when it is to be copied at all.
    own_copy: Option<PathBuf>,
    settings: PathBuf,
    /// Whether the settings are to register the hooks; else a plugin does.
    hooks: bool,
    rules: Vec<String>,
    inject: Option<Inject>,
    /// Where the executable that is to be the status line will lie.
    status_line: Option<PathBuf>,
}

pub(super) fn run(
    options: &args::Install,
    env: &Env,
    terminal: &mut Terminal,
) -> Result<(), Failure> {
    let places = Places::find(env)?;
    check_version(terminal)?;
    let known = Installation::load(&places.data)?.unwrap_or_default();
    let mut job = plan(options, places, &known)?;
    if options.dry_run {
        return show(&job, &known, terminal);
    }
    ask(options, &known, &mut job, terminal)?;
    apply(&job, terminal)
}

/// Refuses a Claude Code that would not run the hooks, or would drop other people's.
fn check_version(terminal: &mut Terminal) -> Result<(), Failure> {
    let oldest = claude::shown(claude::OLDEST);
    match claude::installed() {
        Claude::Version(version) if version < claude::OLDEST => Err(Failure::Failed(format!(
            "Claude Code {} is too old: before {oldest} it ignores the `args` of a hook, and some \
             versions drop all hooks over one event they do not know; run `claude update`, then \
             install again",
            claude::shown(version)
        ))),
        Claude::Version(_) => Ok(()),
        Claude::Unknown(what) => Ok(writeln!(
            terminal,
            "{BAD}note{BAD:#}       cannot tell the version of Claude Code ({what}); it must be {oldest} or newer"
        )?),
        Claude::Missing => Ok(writeln!(
            terminal,
            "{BAD}note{BAD:#}       no `claude` on the path; it must be {oldest} or newer"
        )?),
    }
}

fn plan(options: &args::Install, places: Places, known: &Installation) -> Result<Job, Failure> {
    let own = std::env::current_exe()
        .map_err(|error| Failure::Failed(format!("cannot find this executable: {error}")))?;
    let target = places.executables();
    places::text(&target)?;
    let source = source(options, &own, &target)?;
    let mut copies = Vec::new();
    for hook in &HOOKS {
        let name = hook.file_name();
        copies.push((source.join(&name), target.join(&name)));
    }
    let settings = if options.project { places.local_settings() } else { places.user_settings() };
    places::text(&settings)?;
    // Once it is set up it is kept up to date.
    let there = known.settings.get(&settings).is_some_and(|written| written.status_line.is_some());
    let status_line = if options.statusline || there {
        let name = installation::status_line();
        if !source.join(&name).is_file() {
            return Err(Failure::Failed(format!(
                "{} has no {name}; name the folder that holds all executables with `--from`",
                source.display()
            )));
        }
        copies.push((source.join(&name), target.join(&name)));
        Some(target.join(name))
    } else {
        None
    };
    let own_copy = match &options.bin_dir {
        Some(folder) => {
            let name = format!("rejoin{}", std::env::consts::EXE_SUFFIX);
            let path = places::real(&places::absolute(folder)?).join(name);
            copies.push((own, path.clone()));
            Some(path)
        }
        None => None,
    };
    let mut different = Vec::new();
    for (from, to) in copies {
        if !same_executable(&from, &to)? {
            different.push((from, to));
        }
    }
    let rules = if options.no_permissions {
        Vec::new()
    } else {
        rules::wanted(&places.state, &skills::own_deployed(&places)?)?
    };
    let inject = options.inject;
    Ok(Job {
        places,
        copies: different,
        own_copy,
        settings,
        hooks: !options.no_hooks,
        rules,
        inject,
        status_line,
    })
}

/// The folder that holds all hook executables: the one that was named, else that of this `rejoin`,
/// else where an earlier install put them.
fn source(options: &args::Install, own: &Path, target: &Path) -> Result<PathBuf, Failure> {
    let beside = own.parent().unwrap_or(Path::new("/")).to_owned();
    let missing = |folder: &Path| installation::missing_executables(folder);
    match &options.from {
        Some(folder) => {
            let folder = places::real(&places::absolute(folder)?);
            match missing(&folder).first() {
                None => Ok(folder),
                Some(name) => Err(Failure::Failed(format!(
                    "{} has no {name}; name the folder that holds all nine hook executables",
                    folder.display()
                ))),
            }
        }
        None if missing(&beside).is_empty() => Ok(beside),
        None if missing(target).is_empty() => Ok(target.to_owned()),
        None => Err(Failure::Failed(format!(
            "no hook executables beside {}; build them with `cargo build --release` and pass \
             `--from target/release`",
            own.display()
        ))),
    }
}

/// Whether `to` already is the executable `from`.
fn same_executable(from: &Path, to: &Path) -> Result<bool, Failure> {
    if !is_executable(to) {
        return Ok(false);
    }
    let read = |path: &Path| fs::read(path).map_err(|error| FileError::io(path, "read", error));
    Ok(from == to || read(from)? == read(to)?)
}

/// Whether `path` is a file that may be started.
pub(super) fn is_executable(path: &Path) -> bool {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        fs::metadata(path)
            .is_ok_and(|there| there.is_file() && there.permissions().mode() & 0o111 != 0)
    }
    #[cfg(not(unix))]
    {
        path.is_file()
    }
}

/// The settings' text and what becomes of it.
fn edited(
    job: &Job,
    known: &Installation,
    text: Option<&str>,
) -> Result<(String, Written), FileError> {
    let mut earlier = known.settings.get(&job.settings).cloned().unwrap_or_default();
    earlier.file_made |= text.is_none();
    let executables = job.places.executables();
    let plan = Plan { executables: &executables, hooks: job.hooks, rules: &job.rules };
    let refused = |refusal| FileError::refused(&job.settings, refusal);
    let mut edited =
        settings::install(text.unwrap_or_default(), &plan, &earlier).map_err(refused)?;
    if let Some(path) = &job.status_line {
        let path = path.to_string_lossy();
        edited =
            settings::install_status_line(&edited.text, &path, &edited.written).map_err(refused)?;
    }
    Ok((edited.text, edited.written))
}

fn configured(job: &Job) -> Result<Option<(PathBuf, String, String)>, Failure> {
    let path = job.places.state.join(config::FILE);
    let refused =
        |why| Failure::Failed(format!("{} cannot be edited: {why}; mend it first", path.display()));
    let before = if job.inject.is_some() || job.status_line.is_some() {
        file::read(&path)?.unwrap_or_default()
    } else {
        return Ok(None);
    };
    let mut after = before.clone();
    if let Some(choice) = job.inject {
        after = choices::inject(&after, choice).map_err(refused)?;
    }
    if job.status_line.is_some() {
        let text = file::read(&job.settings)?.unwrap_or_default();
        let there = status_line::command(&text)
            .map_err(|refusal| FileError::refused(&job.settings, refusal))?;
        // Where ours stands already, what it passes on to is known.
        if !there.as_deref().is_some_and(status_line::is_ours) {
            after = choices::status_line(&after, there.as_deref()).map_err(refused)?;
        }
    }
    Ok((after != before).then_some((path, before, after)))
}

/// `--dry-run`: every change, none of them made.
fn show(job: &Job, known: &Installation, terminal: &mut Terminal) -> Result<(), Failure> {
    if let Some((from, _)) = job.copies.first() {
        writeln!(terminal, "from          {}", from.parent().unwrap_or(from).display())?;
    }
    for (_, to) in &job.copies {
        let verb = if to.exists() { "replace" } else { "create" };
        writeln!(terminal, "would {verb:7} {}", to.display())?;
    }
    let before = file::read(&job.settings)?;
    let (after, written) = edited(job, known, before.as_deref())?;
    let mut changes = Vec::new();
    let text = before.as_deref().unwrap_or_default();
    if text != after {
        let backup = file::backup_path(&job.settings);
        if before.is_some() && !backup.exists() {
            writeln!(terminal, "would create  {}", backup.display())?;
        }
        let verb = if before.is_some() { "change" } else { "create" };
        changes.push((verb, &job.settings, text, &after));
    }
    let config = configured(job)?;
    if let Some((path, before, after)) = &config {
        let verb = if before.is_empty() { "create" } else { "change" };
        changes.push((verb, path, before, after));
    }
    if known.settings.get(&job.settings) != Some(&written)
        || job.own_copy.as_ref().is_some_and(|path| !known.executables.contains(path))
    {
        let path = Installation::path(&job.places.data);
        let verb = if path.exists() { "change" } else { "create" };
        writeln!(terminal, "would {verb:7} {}", path.display())?;
    }
    for (verb, path, before, after) in changes {
        writeln!(terminal, "would {verb:7} {}", path.display())?;
        let shown = terminal::difference(&path.to_string_lossy(), before, after);
        write!(terminal, "{shown}")?;
    }
    writeln!(terminal, "nothing was changed")?;
    Ok(())
}

/// What only the user can decide, asked where somebody is there to answer.
fn ask(
    options: &args::Install,
    known: &Installation,
    job: &mut Job,
    terminal: &mut Terminal,
) -> Result<(), Failure> {
    if let Some(path) = &job.own_copy
        && path.exists()
        && job.copies.iter().any(|(_, to)| to == path)
        && !known.executables.contains(path)
        && !options.yes
        && !terminal
            .confirm(&format!("{} is another program. Replace it?", path.display()), false)?
    {
        return Err(Failure::Failed(format!(
            "{} is another program; choose another folder, or pass --yes to replace it",
            path.display()
        )));
    }
    if options.yes || !terminal.attended() {
        return Ok(());
    }
    let text = file::read(&job.settings)?.unwrap_or_default();
    let mut fresh = Vec::new();
    for rule in &job.rules {
        // A text that cannot be read is refused by the edit, with the reason.
        if !settings::allows(&text, rule).unwrap_or(false) {
            fresh.push(rule.clone());
        }
    }
    if !fresh.is_empty() {
        writeln!(
            terminal,
            "Claude may look at the logs and use rejoin's skills without asking you by these rules:"
        )?;
        for rule in &fresh {
            writeln!(terminal, "  {rule}")?;
        }
        if !terminal.confirm(&format!("Add them to {}?", job.settings.display()), true)? {
            job.rules.clear();
        }
    }
    if options.inject.is_none() && known.settings.is_empty() {
        writeln!(terminal, "What a new session is told of an earlier one:")?;
        writeln!(
            terminal,
            "  Enter  as much as the case calls for (most after a crash or a pause)"
        )?;
        writeln!(terminal, "  n      one line that says what there is")?;
        writeln!(terminal, "  a      always the whole digest")?;
        job.inject = match terminal.ask(">")?.as_str() {
            "n" => Some(Inject::Notice),
            "a" => Some(Inject::Always),
            _ => None,
        };
    }
    Ok(())
}

fn apply(job: &Job, terminal: &mut Terminal) -> Result<(), Failure> {
    let data = &job.places.data;
    let mut made = Installation::default();
    // Refused here, before anything is written.
    edited(job, &made, file::read(&job.settings)?.as_deref())?;
    let config = configured(job)?;

    made.make_folder(data)?;
    let _lock = installation::lock(data)?;
    let before = Installation::load(data)?;
    let mut record = before.clone().unwrap_or_default();
    record.folders.append(&mut made.folders);
    let targets = job.copies.iter().map(|(_, to)| to).chain([&job.settings]);
    for folder in targets.filter_map(|to| to.parent()) {
        record.make_folder(folder)?;
    }
    record.executables.extend(job.own_copy.clone());
    // Ahead of everything else: what is noted and not done does no harm.
    record.save(data)?;
    for (from, to) in &job.copies {
        file::sweep(to);
        let bytes = fs::read(from).map_err(|error| FileError::io(from, "read", error))?;
        file::replace(to, &bytes, Some(0o755))
            .map_err(|error| FileError::io(to, "write", error))?;
    }
    // Ahead of the settings, which give up the status line's old command.
    if let Some((_, _, after)) = &config {
        // The state directory is not among the folders that uninstall removes.
        Store::open(&job.places.state)?.write_file(config::FILE, after)?;
    }
    let changed = file::edit(&job.settings, true, |text| {
        let (after, written) = edited(job, &record, text)?;
        record.settings.insert(job.settings.clone(), written);
        record.save(data)?;
        Ok(Change::Replace(after))
    })?;
    verify(job)?;
    report(job, changed, config.is_some(), before.as_ref() != Some(&record), terminal)
}

/// Looks at what is there now, not at what was meant.
fn verify(job: &Job) -> Result<(), Failure> {
    let text = file::read(&job.settings)?.unwrap_or_default();
    let there = settings::registered(&text)
        .map_err(|refusal| FileError::refused(&job.settings, refusal))?;
    let expected = |hook: &Hook| job.places.executables().join(hook.file_name());
    for hook in &HOOKS {
        let path = expected(hook);
        let entries = there.iter().filter(|entry| entry.event == hook.event).count();
        if entries != usize::from(job.hooks) || !is_executable(&path) {
            return Err(Failure::Failed(format!(
                "{} was just set up and is as before: another program rewrites {}; close it and \
                 install again",
                hook.event,
                job.settings.display()
            )));
        }
    }
    Ok(())
}

fn report(
    job: &Job,
    settings_changed: bool,
    config_changed: bool,
    record_changed: bool,
    terminal: &mut Terminal,
) -> Result<(), Failure> {
    let own = |to: &PathBuf| Some(to) == job.own_copy.as_ref();
    let line = |to: &PathBuf| Some(to) == job.status_line.as_ref();
    let hooks = job.copies.iter().filter(|(_, to)| !own(to) && !line(to)).count();
    if hooks > 0 {
        let folder = job.places.executables();
        let what = if hooks == 1 { "hook executable" } else { "hook executables" };
        writeln!(terminal, "{GOOD}installed{GOOD:#}  {hooks} {what} in {}", folder.display())?;
    }
    for (_, to) in job.copies.iter().filter(|(_, to)| own(to) || line(to)) {
        writeln!(terminal, "{GOOD}installed{GOOD:#}  {}", to.display())?;
    }
    if settings_changed {
        let done = if job.hooks { "registered" } else { "changed   " };
        writeln!(terminal, "{GOOD}{done}{GOOD:#} {}", job.settings.display())?;
        let backup = file::backup_path(&job.settings);
        if backup.exists() {
            writeln!(terminal, "           as it was before: {}", backup.display())?;
        }
        if job.settings == job.places.local_settings() {
            writeln!(terminal, "           it holds paths of this machine: keep it out of git")?;
        }
    }
    if config_changed {
        let path = job.places.state.join(config::FILE);
        writeln!(terminal, "{GOOD}configured{GOOD:#} {}", path.display())?;
    }
    if job.copies.is_empty() && !settings_changed && !config_changed && !record_changed {
        writeln!(terminal, "nothing to do: all is installed as it should be")?;
        return Ok(());
    }
    writeln!(
        terminal,
        "next       start `claude` in a project: from now on its sessions are followed"
    )?;
    writeln!(
        terminal,
        "           `rejoin doctor` checks the installation, `rejoin uninstall` takes it back"
    )?;
    Ok(())
}
