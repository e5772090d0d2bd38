//! `rejoin doctor --fix`: the repairs, each asked for.

use std::io::Write;

use super::Check;
use crate::cli::installation::Installation;
use crate::cli::places::Places;
use crate::cli::terminal::Terminal;
use crate::cli::{Failure, args, install};
use crate::env::Env;

pub(super) const INSTALL: &str = "run `rejoin install`";
pub(super) const INSTALL_PROJECT: &str = "run `rejoin install --project`";

/// A repair.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Fix {
    /// Install anew for all projects.
    Install,
    /// Install anew for the project of the current folder.
    Project,
    /// Install anew with the status line.
    StatusLine,
    /// Take the hooks out of the settings: the plugin starts them.
    PluginAlone,
    /// Close a folder to others.
    #[cfg(unix)]
    Close(std::path::PathBuf),
}

impl Fix {
    /// The repair that an advice stands for.
    pub(super) fn by(advice: &str) -> Option<Self> {
        match advice {
            INSTALL => Some(Self::Install),
            INSTALL_PROJECT => Some(Self::Project),
            _ => None,
        }
    }

    fn question(&self) -> String {
        match self {
            Self::Install => "Install executables and hooks again?".to_owned(),
            Self::Project => "Install the hooks for this project again?".to_owned(),
            Self::StatusLine => "Install the status line again?".to_owned(),
            Self::PluginAlone => {
                "Take the hooks out of the settings, so that the plugin alone starts them?"
                    .to_owned()
            }
            #[cfg(unix)]
            Self::Close(folder) => format!("Close {} to others?", folder.display()),
        }
    }

    fn apply(&self, env: &Env, terminal: &mut Terminal) -> Result<(), Failure> {
        let mut options = args::Install { yes: true, ..args::Install::default() };
        match self {
            Self::Install => {}
            Self::Project => options.project = true,
            Self::StatusLine => options.statusline = true,
            Self::PluginAlone => options.no_hooks = true,
            #[cfg(unix)]
            Self::Close(folder) => return close(folder, terminal),
        }
        options.no_permissions = declined(env, options.project)?;
        install::run(&options, env, terminal)
    }
}

/// Whether the user did not want the permission rules when the hooks were installed.
fn declined(env: &Env, project: bool) -> Result<bool, Failure> {
    let places = Places::find(env)?;
    let settings = if project { places.local_settings() } else { places.user_settings() };
    let known = Installation::load(&places.data)?.unwrap_or_default();
    Ok(known.settings.get(&settings).is_some_and(|written| written.rules.is_empty()))
}

#[cfg(unix)]
fn close(folder: &std::path::Path, terminal: &mut Terminal) -> Result<(), Failure> {
    use std::os::unix::fs::PermissionsExt;
    std::fs::set_permissions(folder, std::fs::Permissions::from_mode(0o700)).map_err(|error| {
        Failure::Failed(format!("cannot close {} to others: {error}", folder.display()))
    })?;
    Ok(writeln!(terminal, "closed     {}", folder.display())?)
}

/// Offers each repair that the findings ask for; whether any was done.
pub(super) fn offer(
    checks: &[Check],
    yes: bool,
    env: &Env,
    terminal: &mut Terminal,
) -> Result<bool, Failure> {
    let mut fixes: Vec<&Fix> = Vec::new();
    for fix in checks.iter().flat_map(|check| &check.findings).filter_map(|f| f.fix.as_ref()) {
        if !fixes.contains(&fix) {
            fixes.push(fix);
        }
    }
    if !fixes.is_empty() && !yes && !terminal.attended() {
        return Err(Failure::Failed(
            "nobody is there to answer; `rejoin doctor --fix --yes` repairs without asking"
                .to_owned(),
        ));
    }
    let mut done = false;
    for fix in fixes {
        if yes || terminal.confirm(&fix.question(), true)? {
            fix.apply(env, terminal)?;
            done = true;
        }
    }
    if done {
        writeln!(terminal)?;
    }
    Ok(done)
}
