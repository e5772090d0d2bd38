//! The one choice of `config.toml` that is made at install: `default` under `[inject]`.

use toml_edit::{DocumentMut, TableLike, value};

use super::args::Inject;

/// `text` (empty for a file that is missing) with the choice set; everything else stays as written.
pub(super) fn chosen(text: &str, inject: Inject) -> Result<String, String> {
    let mut document: DocumentMut = text.parse().map_err(|error: toml_edit::TomlError| {
        // The first line says where; the rest draws the text.
        error.to_string().lines().next().unwrap_or("not valid TOML").to_owned()
    })?;
    let entry = document.entry("inject").or_insert_with(toml_edit::table);
    let table: &mut dyn TableLike =
        entry.as_table_like_mut().ok_or("`inject` is not a table; make it `[inject]`")?;
    match table.get_mut("default").and_then(toml_edit::Item::as_value_mut) {
        Some(there) if there.as_str() == Some(inject.name()) => {}
        Some(there) => {
            // White space and a comment beside the value are the user's.
            let decor = there.decor().clone();
            *there = inject.name().into();
            *there.decor_mut() = decor;
        }
        None => drop(table.insert("default", value(inject.name()))),
    }
    Ok(document.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_choice_is_set_and_the_rest_stays() {
        assert_eq!(chosen("", Inject::Notice).unwrap(), "[inject]\ndefault = \"notice\"\n");
        let text = "# mine\nretention = 30 # days\n\n[inject]\nclear = 'never'\ndefault = \"auto\" # why\n";
        let after = chosen(text, Inject::Always).unwrap();
        assert_eq!(after, text.replace("\"auto\"", "\"always\""));
        assert_eq!(chosen(&after, Inject::Always).unwrap(), after);
    }

    #[test]
    fn what_is_no_config_is_refused() {
        assert!(chosen("a = = 1", Inject::Auto).unwrap_err().contains("line 1"));
        assert!(chosen("inject = 'auto'", Inject::Auto).unwrap_err().contains("[inject]"));
    }
}
