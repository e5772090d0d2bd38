//! The choices of `config.toml` that are made at install.

use toml_edit::{DocumentMut, Item, TableLike, value};

use super::args::Inject;

/// `text` (empty for a file that is missing) with what a new session is told; everything else stays
/// as written.
pub(super) fn inject(text: &str, inject: Inject) -> Result<String, String> {
    let mut document = parsed(text)?;
    set(table(&mut document, "inject")?, "default", inject.name());
    Ok(document.to_string())
}

/// `text` with the command that the status line passes on to; without one it prints its own line.
pub(super) fn status_line(text: &str, command: Option<&str>) -> Result<String, String> {
    let mut document = parsed(text)?;
    if let Some(command) = command {
        set(table(&mut document, "statusline")?, "command", command);
    } else if let Some(there) = document.get_mut("statusline").and_then(Item::as_table_like_mut) {
        there.remove("command");
    }
    Ok(document.to_string())
}

fn parsed(text: &str) -> Result<DocumentMut, String> {
    text.parse().map_err(|error: toml_edit::TomlError| {
        // The first line says where; the rest draws the text.
        error.to_string().lines().next().unwrap_or("not valid TOML").to_owned()
    })
}

fn table<'d>(document: &'d mut DocumentMut, name: &str) -> Result<&'d mut dyn TableLike, String> {
    let entry = document.entry(name).or_insert_with(toml_edit::table);
    entry.as_table_like_mut().ok_or_else(|| format!("`{name}` is not a table; make it `[{name}]`"))
}

fn set(table: &mut dyn TableLike, key: &str, text: &str) {
    match table.get_mut(key).and_then(Item::as_value_mut) {
        Some(there) if there.as_str() == Some(text) => {}
        Some(there) => {
            // White space and a comment beside the value are the user's.
            let decor = there.decor().clone();
            *there = text.into();
            *there.decor_mut() = decor;
        }
        None => drop(table.insert(key, value(text))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_choice_is_set_and_the_rest_stays() {
        assert_eq!(inject("", Inject::Notice).unwrap(), "[inject]\ndefault = \"notice\"\n");
        let text = "# mine\nretention = 30 # days\n\n[inject]\nclear = 'never'\ndefault = \"auto\" # why\n";
        let after = inject(text, Inject::Always).unwrap();
        assert_eq!(after, text.replace("\"auto\"", "\"always\""));
        assert_eq!(inject(&after, Inject::Always).unwrap(), after);
    }

    #[test]
    fn a_status_line_command_is_kept_and_taken_out() {
        let kept = status_line("", Some("~/line.sh 'a \"b\"'")).unwrap();
        let config: crate::config::Config = toml::from_str(&kept).unwrap();
        assert_eq!(config.statusline.command.as_deref(), Some("~/line.sh 'a \"b\"'"));
        assert_eq!(status_line("", None).unwrap(), "");
        assert!(!status_line(&kept, None).unwrap().contains("line.sh"));
    }

    #[test]
    fn what_is_no_config_is_refused() {
        assert!(inject("a = = 1", Inject::Auto).unwrap_err().contains("line 1"));
        assert!(inject("inject = 'auto'", Inject::Auto).unwrap_err().contains("[inject]"));
    }
}
