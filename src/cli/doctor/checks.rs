//! The parts that an installation consists of, one function each.

use std::fs;
use std::path::{Path, PathBuf};

use super::Check;
use super::fix::{Fix, INSTALL, INSTALL_PROJECT};
use crate::cli::claude::{self, Claude};
use crate::cli::places::{Places, real};
use crate::cli::rules;
use crate::cli::{install, installation, skills};
use crate::config::{self, Config};
use crate::settings::{self, HOOKS, Registered, file};
use crate::store::Store;

pub(super) fn executables(places: &Places) -> Check {
    let mut check = Check::new("executables");
    let folder = places.executables();
    let mut shared = Shared::default();
    for hook in &HOOKS {
        let path = folder.join(hook.file_name());
        if !path.exists() {
            shared.find(hook.event, format!("not in {}", folder.display()), INSTALL);
        } else if !install::is_executable(&path) {
            let what = format!("cannot be started in {}", folder.display());
            shared.find(hook.event, what, INSTALL);
        }
    }
    shared.tell(&mut check);
    check.detail = format!("{} in {}", HOOKS.len(), folder.display());
    check
}

/// One of our entries and the file that it is in.
struct Entry {
    file: PathBuf,
    registered: Registered,
}

/// Findings that several events share, each told once.
#[derive(Default)]
struct Shared(Vec<(String, String, Vec<String>)>);

impl Shared {
    fn find(&mut self, event: &str, what: String, advice: &str) {
        match self.0.iter_mut().find(|(known, _, _)| *known == what) {
            Some((_, _, events)) if events.iter().any(|known| known == event) => {}
            Some((_, _, events)) => events.push(event.to_owned()),
            None => self.0.push((what, advice.to_owned(), vec![event.to_owned()])),
        }
    }

    fn tell(self, check: &mut Check) {
        for (what, advice, events) in self.0 {
            let which = match events.len() {
                n if n == HOOKS.len() => "all events".to_owned(),
                _ => events.join(", "),
            };
            let what = format!("{which}: {what}");
            match Fix::by(&advice) {
                Some(fix) => check.mend(what, advice, fix),
                None => check.find(what, advice),
            }
        }
    }
}

/// Claude Code merges the user's settings with both files of the project.
///
/// `plugin` is the one that starts the hooks where the settings need not.
pub(super) fn registration(places: &Places, plugin: Option<&str>) -> Check {
    let mut check = Check::new("registration");
    let mut entries = Vec::new();
    for file in files(places) {
        entries.extend(read(&file, &mut check));
    }
    if let Some(plugin) = plugin.filter(|_| entries.is_empty()) {
        check.detail = format!("by the plugin {plugin}");
        return check;
    }
    let mut shared = Shared::default();
    for hook in &HOOKS {
        let under = |entry: &&Entry| entry.registered.event == hook.event;
        let found: Vec<_> = entries.iter().filter(under).collect();
        let Some((first, rest)) = found.split_first() else {
            shared.find(hook.event, "not registered".to_owned(), INSTALL);
            continue;
        };
        // Claude Code runs an identical command once, from however many files it comes.
        for other in rest.iter().filter(|o| o.registered.command != first.registered.command) {
            let mut files =
                vec![first.file.display().to_string(), other.file.display().to_string()];
            files.dedup();
            let what = format!("registered with two paths, in {}", files.join(" and "));
            shared.find(hook.event, what, "take the one that is not yours out; both would run");
        }
    }
    for entry in &entries {
        judge(entry, places, &mut shared);
    }
    shared.tell(&mut check);
    let mut files: Vec<_> = entries.iter().map(|entry| entry.file.display().to_string()).collect();
    files.dedup();
    check.detail = format!("{} events in {}", HOOKS.len(), files.join(" and "));
    check
}

/// The settings files that Claude Code merges, the user's first.
pub(super) fn files(places: &Places) -> Vec<PathBuf> {
    // In the home folder the user's settings are in the place of the shared ones.
    let user = places.user_settings();
    let shared = Some(places.shared_settings()).filter(|file| real(file) != real(&user));
    [Some(user), shared, Some(places.local_settings())].into_iter().flatten().collect()
}

fn read(file: &Path, check: &mut Check) -> Vec<Entry> {
    let text = match file::read(file) {
        Ok(Some(text)) => text,
        Ok(None) => return Vec::new(),
        Err(error) => {
            check.find(error.to_string(), "make it readable");
            return Vec::new();
        }
    };
    if settings::disables_hooks(&text) {
        check.find(
            format!("{} has `disableAllHooks`: no hook runs", file.display()),
            "take it out to have sessions followed",
        );
    }
    match settings::registered(&text) {
        Ok(found) => found
            .into_iter()
            .map(|registered| Entry { file: file.to_owned(), registered })
            .collect(),
        Err(refusal) => {
            check.find(
                format!("{}: {refusal}", file.display()),
                "correct the line; until then its hooks may not run at all",
            );
            Vec::new()
        }
    }
}

fn judge(entry: &Entry, places: &Places, shared: &mut Shared) {
    let Registered { event, executable, command, exec_form, matcher, .. } = &entry.registered;
    let file = entry.file.display();
    if entry.file == places.shared_settings() && entry.file != places.user_settings() {
        let what = format!("{file} is shared with others and names paths of one machine");
        shared.find(event, what, "take them out there and run `rejoin install --project`");
        return;
    }
    let install = if entry.file == places.local_settings() { INSTALL_PROJECT } else { INSTALL };
    let hook = HOOKS.iter().find(|hook| hook.executable == executable);
    if hook.is_none_or(|hook| hook.event != event) {
        shared.find(event, format!("{executable} stands there in {file}"), install);
    } else if !exec_form {
        shared.find(event, format!("`args` is missing in {file}, a shell starts it"), install);
    } else if !install::is_executable(Path::new(command)) {
        let folder = Path::new(command).parent().unwrap_or(Path::new("")).display();
        shared.find(event, format!("{file} names an executable that is not in {folder}"), install);
    }
    if let Some(matcher) = matcher.as_deref().filter(|matcher| !["", "*"].contains(matcher)) {
        let what = format!("the matcher {matcher:?} in {file} hides some from the hook");
        shared.find(event, what, "take the matcher out");
    }
}

/// The configuration, and whether the user has switched everything off.
pub(super) fn config(places: &Places) -> Check {
    let mut check = Check::new("config");
    if !places.state.is_dir() {
        check.detail = String::from("the defaults");
        return check;
    }
    match config::read(&places.state) {
        Ok(config) if config == Config::default() => check.detail = String::from("the defaults"),
        Ok(_) => check.detail = places.state.join(config::FILE).display().to_string(),
        Err(error) => {
            check.find(error, "correct the line; until then the hooks go by the defaults; if it is in [redact], they keep nothing");
        }
    }
    if let Ok(Some(store)) = Store::existing(&places.state)
        && store.is_off()
    {
        check.detail = String::from("switched off everywhere (`rejoin on --everywhere` ends that)");
    }
    check
}

/// The status line is the user's choice, too; but one of ours must be there.
pub(super) fn status_line(places: &Places) -> Check {
    let mut check = Check::new("status line");
    // A file that can't be read is told with the registration.
    let text = file::read(&places.user_settings()).ok().flatten().unwrap_or_default();
    let command = settings::status_line::command(&text).ok().flatten();
    if !command.as_deref().is_some_and(settings::status_line::is_ours) {
        check.detail = String::from(
            "not ours: windows are known by the model's name alone (`rejoin install --statusline`)",
        );
        return check;
    }
    let path = places.executables().join(installation::status_line());
    check.detail = String::from("tells the hooks the true context window");
    if !install::is_executable(&path) {
        let what = format!("{} cannot be started", path.display());
        check.mend(what, "run `rejoin install --statusline`", Fix::StatusLine);
    }
    check
}

/// Rules are the user's choice: what is missing is told, and is no fault.
pub(super) fn permissions(places: &Places) -> Check {
    let mut check = Check::new("permissions");
    let deployed = skills::own_deployed(places).unwrap_or_default();
    let wanted = rules::wanted(&places.state, &deployed).unwrap_or_default();
    let files = [places.user_settings(), places.local_settings()];
    let texts: Vec<_> = files.iter().filter_map(|path| file::read(path).ok().flatten()).collect();
    let allowed = |rule: &&String| texts.iter().any(|t| settings::allows(t, rule).unwrap_or(false));
    check.detail = match wanted.iter().filter(allowed).count() {
        n if n == wanted.len() => "Claude may read the logs without asking".to_owned(),
        0 => "Claude asks before it reads a log (`rejoin install` offers to allow it)".to_owned(),
        n => format!("{n} of {} rules are allowed (`rejoin install` adds the rest)", wanted.len()),
    };
    check
}

pub(super) fn state(places: &Places) -> Check {
    let mut check = Check::new("state");
    let state = &places.state;
    let path = state.display();
    let there = match fs::symlink_metadata(state) {
        Ok(there) => there,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            check.detail = format!("{path} is made by the first session");
            return check;
        }
        Err(error) => {
            check.find(format!("cannot look at {path}: {error}"), "make it accessible");
            return check;
        }
    };
    if there.is_symlink() {
        let what = format!("{path} is a symbolic link, and the hooks leave it alone");
        check.find(what, "point REJOIN_HOME to where it leads");
        return check;
    }
    if !there.is_dir() {
        check.find(format!("{path} is no folder"), "move it away, or point REJOIN_HOME elsewhere");
        return check;
    }
    match tempfile::tempfile_in(state) {
        Err(error) => check.find(
            format!("cannot write in {path}: {error}"),
            "make it writable and the disk not full, or point REJOIN_HOME elsewhere",
        ),
        Ok(ours) => belongs(state, &there, &ours, &mut check),
    }
    let projects = match fs::read_dir(state.join("projects")) {
        Ok(entries) => entries.count(),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => 0,
        Err(error) => {
            check.find(format!("cannot read {path}/projects: {error}"), "make it readable");
            0
        }
    };
    let plural = if projects == 1 { "" } else { "s" };
    check.detail = format!("{path}, {projects} project{plural}");
    check
}

/// The state directory is its owner's alone.
#[cfg(unix)]
fn belongs(state: &Path, there: &fs::Metadata, ours: &fs::File, check: &mut Check) {
    use std::os::unix::fs::{MetadataExt, PermissionsExt};
    let path = state.display();
    if ours.metadata().is_ok_and(|ours| ours.uid() != there.uid()) {
        check.find(
            format!("{path} belongs to another user, and the hooks leave it alone"),
            format!("run `chown -R \"$(id -u)\" {path}`, or point REJOIN_HOME elsewhere"),
        );
    }
    let mode = there.permissions().mode() & 0o777;
    if mode & 0o077 != 0 {
        check.mend(
            format!("{path} is open to others (mode {mode:04o})"),
            format!("run `chmod 700 {path}`"),
            Fix::Close(state.to_owned()),
        );
    }
}

#[cfg(not(unix))]
fn belongs(_: &Path, _: &fs::Metadata, _: &fs::File, _: &mut Check) {}

pub(super) fn claude() -> Check {
    let mut check = Check::new("claude");
    let oldest = claude::shown(claude::OLDEST);
    match claude::installed() {
        Claude::Version(version) if version < claude::OLDEST => {
            check.find(
                format!("Claude Code {} does not run these hooks", claude::shown(version)),
                format!("run `claude update`; {oldest} is the oldest that does"),
            );
        }
        Claude::Version(version) => {
            check.detail = format!("Claude Code {}", claude::shown(version));
        }
        Claude::Unknown(what) => check.find(
            format!("cannot tell the version of Claude Code ({what})"),
            format!("see that `claude --version` works and says {oldest} or newer"),
        ),
        Claude::Missing => {
            check.find("no `claude` on the path", "install Claude Code, or add its folder to PATH");
        }
    }
    check
}
