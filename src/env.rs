//! The only reader of the environment.
//!
//! Values are read once, at the start of a process, and handed on; nothing else depends on what a
//! caller's shell happens to export.

use std::path::PathBuf;

/// Names to a starting session what `rejoin resume` left for it.
pub const HANDOVER: &str = "REJOIN_HANDOVER";

/// What the process was told by its environment. Empty variables count as unset.
#[derive(Debug, Clone, Default)]
pub struct Env {
    /// `HOME` (`USERPROFILE` on Windows).
    pub home: Option<PathBuf>,
    /// `REJOIN_HOME`: the state directory, when the user chose one.
    pub rejoin_home: Option<PathBuf>,
    /// `XDG_STATE_HOME`, when absolute (a relative one is to be ignored, XDG base directory specification) and
    /// when `REJOIN_HOME` is not set.
    pub xdg_state_home: Option<PathBuf>,
    /// `XDG_DATA_HOME`, when absolute; not read for a hook but a session's start.
    pub xdg_data_home: Option<PathBuf>,
    /// `LOCALAPPDATA`, on Windows.
    pub local_app_data: Option<PathBuf>,
    /// `CLAUDE_CONFIG_DIR`: Claude Code's own directory, when not `~/.claude`.
    pub claude_config_dir: Option<PathBuf>,
    /// `CLAUDE_PROJECT_DIR`: the folder the session was started in.
    pub claude_project_dir: Option<PathBuf>,
    /// `CLAUDE_CODE_SESSION_ID`: the session this process runs inside of.
    pub claude_session_id: Option<String>,
    /// `CLAUDE_PID`: process id of `claude`; missing below 2.1.214.
    pub claude_pid: Option<u32>,
    /// `CLAUDE_CODE_SESSION_ATTENDED`: whether a person sits at the session; missing below 2.1.280.
    pub attended: Option<bool>,
    /// `CLAUDE_CODE_ENTRYPOINT`: `cli` for the interface, `sdk-cli` for `-p`.
    pub entrypoint: Option<String>,
    /// `REJOIN_HANDOVER`: what `rejoin resume` left for the session that it starts.
    pub handover: Option<String>,
    /// The folder for temporary files.
    pub temp: PathBuf,
    /// `REJOIN_PLUGIN`: whether the Claude Code plugin's launcher started this process.
    pub plugin: bool,
    /// `REJOIN_PAGER`, else `PAGER`: what shows long output; empty or `cat` is nothing.
    pub pager: Option<String>,
    /// `COLUMNS`: how wide output is to be that goes to no terminal.
    pub columns: Option<usize>,
    /// `VISUAL`, else `EDITOR`: what files are edited with.
    pub editor: Option<String>,
    /// `REJOIN_ACK_FD`: the descriptor that tests read acknowledgements from.
    pub ack_fd: Option<i32>,
}

#[allow(clippy::disallowed_methods)]
fn text(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|v| !v.is_empty())
}

#[allow(clippy::disallowed_methods)]
fn path(name: &str) -> Option<PathBuf> {
    std::env::var_os(name).filter(|v| !v.is_empty()).map(PathBuf::from)
}

fn absolute(name: &str) -> Option<PathBuf> {
    path(name).filter(|p| p.is_absolute())
}

/// A variable whose empty value says something.
#[allow(clippy::disallowed_methods)]
fn given(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

/// The variables that set a key of `config.toml`, or of one of its tables: `REJOIN_`, the table, its name;
/// with what they were set to. Apart from [`Env`], since hooks need few of them or none.
pub fn settings(table: Option<&str>) -> Vec<(String, String)> {
    let variables = crate::config::variables(table);
    variables.filter_map(|name| Some((name.to_owned(), text(name)?))).collect()
}

/// Whether a variable is set, empty or not.
#[allow(clippy::disallowed_methods)]
pub fn is_set(name: &str) -> bool {
    std::env::var_os(name).is_some()
}

/// The folders in which programs are looked for (`PATH`).
#[allow(clippy::disallowed_methods)]
pub fn search_path() -> Vec<PathBuf> {
    std::env::var_os("PATH").map(|path| std::env::split_paths(&path).collect()).unwrap_or_default()
}

impl Env {
    /// Reads the process environment.
    pub fn read() -> Self {
        Self {
            claude_session_id: text("CLAUDE_CODE_SESSION_ID"),
            pager: given("REJOIN_PAGER").or_else(|| given("PAGER")),
            columns: text("COLUMNS").and_then(|v| v.parse().ok()),
            editor: text("VISUAL").or_else(|| text("EDITOR")),
            ..Self::of_start()
        }
    }

    /// Reads of the process environment what a session's start goes by.
    pub fn of_start() -> Self {
        Self {
            xdg_data_home: absolute("XDG_DATA_HOME"),
            claude_pid: text("CLAUDE_PID").and_then(|v| v.parse().ok()),
            attended: text("CLAUDE_CODE_SESSION_ATTENDED").map(|v| v == "1"),
            entrypoint: text("CLAUDE_CODE_ENTRYPOINT"),
            handover: text(HANDOVER),
            ..Self::of_event()
        }
    }

    /// Reads of the process environment what every hook goes by: each variable is looked for among all.
    pub fn of_event() -> Self {
        let rejoin_home = absolute("REJOIN_HOME");
        Self {
            home: absolute(if cfg!(windows) { "USERPROFILE" } else { "HOME" }),
            xdg_state_home: match rejoin_home {
                Some(_) => None,
                None => absolute("XDG_STATE_HOME"),
            },
            rejoin_home,
            local_app_data: if cfg!(windows) { absolute("LOCALAPPDATA") } else { None },
            claude_config_dir: absolute("CLAUDE_CONFIG_DIR"),
            claude_project_dir: absolute("CLAUDE_PROJECT_DIR"),
            temp: std::env::temp_dir(),
            plugin: text("REJOIN_PLUGIN").is_some(),
            ack_fd: text("REJOIN_ACK_FD").and_then(|v| v.parse().ok()),
            ..Self::default()
        }
    }

    /// The state directory: `$REJOIN_HOME`, else the platform's place for state.
    ///
    /// `None` when nothing names a home; a hook then does nothing, a command says so.
    pub fn state_dir(&self) -> Option<PathBuf> {
        if let Some(dir) = &self.rejoin_home {
            return Some(dir.clone());
        }
        if cfg!(windows) {
            return self.local_app_data.as_ref().map(|d| d.join("rejoin"));
        }
        if let Some(dir) = &self.xdg_state_home {
            return Some(dir.join("rejoin"));
        }
        let home = self.home.as_ref()?;
        Some(if cfg!(target_os = "macos") {
            home.join("Library/Application Support/rejoin")
        } else {
            home.join(".local/state/rejoin")
        })
    }

    /// Where the hook executables live: a path that outlives updates of the package they came in.
    pub fn data_dir(&self) -> Option<PathBuf> {
        if cfg!(windows) {
            return self.local_app_data.as_ref().map(|d| d.join("rejoin"));
        }
        if let Some(dir) = &self.xdg_data_home {
            return Some(dir.join("rejoin"));
        }
        self.home.as_ref().map(|home| home.join(".local/share/rejoin"))
    }

    /// Claude Code's own directory: `$CLAUDE_CONFIG_DIR`, else `~/.claude`.
    pub fn claude_dir(&self) -> Option<PathBuf> {
        self.claude_config_dir
            .clone()
            .or_else(|| self.home.as_ref().map(|home| home.join(".claude")))
    }
}
