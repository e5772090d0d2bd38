//! The Claude Code plugin that starts the hooks, beside the settings that may do so too.

use serde_json::Value;

use super::Check;
use super::checks;
use super::fix::Fix;
use crate::cli::places::Places;
use crate::settings::{self, file};

/// The plugin of ours that is enabled, as `rejoin@<marketplace>`. Of several files that say
/// something about it, the last in Claude Code's order decides.
pub(super) fn enabled(places: &Places) -> Option<String> {
    let mut found = None;
    for path in checks::files(places) {
        let Ok(Some(text)) = file::read(&path) else { continue };
        let Ok(settings) = serde_json::from_str::<Value>(&text) else { continue };
        let Some(plugins) = settings["enabledPlugins"].as_object() else { continue };
        for (name, on) in plugins.iter().filter(|(name, _)| name.starts_with("rejoin@")) {
            match on.as_bool() {
                Some(false) if found.as_ref() == Some(name) => found = None,
                Some(true) => found = Some(name.clone()),
                _ => {}
            }
        }
    }
    found
}

pub(super) fn check(places: &Places, plugin: Option<&str>) -> Check {
    let mut check = Check::new("plugin");
    let Some(plugin) = plugin else {
        check.detail = String::from("not enabled");
        return check;
    };
    let registered = checks::files(places).into_iter().any(|path| {
        let text = file::read(&path).ok().flatten().unwrap_or_default();
        settings::registered(&text).is_ok_and(|entries| !entries.is_empty())
    });
    if registered {
        check.mend(
            format!("{plugin} and the settings both start the hooks: each event starts two processes, one for nothing"),
            format!("run `claude plugin disable {plugin}`, or `rejoin install --no-hooks` to keep the plugin alone"),
            Fix::PluginAlone,
        );
    } else {
        check.detail = format!(
            "{plugin}, by a shell at each event (`rejoin install` and `claude plugin disable {plugin}` do without)"
        );
    }
    check
}
