//! Reading the file, and the variables that go before it.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use serde::Serialize;
use toml_edit::TableLike;

use super::keys::{KEYS, Key};
use super::{Config, FILE};

/// Where a value comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Origin {
    Default,
    File,
    Environment,
}

/// The names of the environment variables that go before the file, or a table of it.
pub fn variables(table: Option<&str>) -> impl Iterator<Item = &'static str> {
    let wanted = move |key: &&Key| table.is_none_or(|table| key.parts().0 == table);
    KEYS.iter().filter(wanted).map(|key| key.variable)
}

/// Reads the configuration below the state directory. Errors name the file and the line.
pub fn read(state: &Path) -> Result<Config, String> {
    read_with(state, &[])
}

/// Reads the configuration below the state directory, with the variables that go before it: pairs of
/// name and value. Errors name the file and the line, or the variable.
pub fn read_with(state: &Path, variables: &[(String, String)]) -> Result<Config, String> {
    read_of(&Opened::of(state), variables)
}

/// The same of a file that was opened.
pub fn read_of(file: &Opened, variables: &[(String, String)]) -> Result<Config, String> {
    let text = file.text()?;
    let config = parse(text).map_err(|(line, what)| at(&file.path, line, &what))?;
    if variables.is_empty() {
        return Ok(config);
    }
    let mut table: toml::Table = toml::from_str(text).map_err(|error| error.to_string())?;
    for (name, value) in variables {
        let Some(key) = KEYS.iter().find(|key| key.variable == name) else { continue };
        let (outer, inner) = key.parts();
        let holder = if outer.is_empty() {
            Some(&mut table)
        } else {
            let entry = table.entry(outer).or_insert_with(|| toml::Table::new().into());
            entry.as_table_mut()
        };
        if let Some(holder) = holder {
            holder.insert(inner.to_owned(), key.value(value));
        }
        // One by one, so that the wrong one is named.
        table
            .clone()
            .try_into::<Config>()
            .map_err(|error| format!("{name}={value}: {}", message(&error)))?;
    }
    table.try_into().map_err(|error| error.to_string())
}

/// Reads a text as configuration. Errors are the line, from 1, and what is wrong there.
pub fn parse(text: &str) -> Result<Config, (usize, String)> {
    toml::from_str(text).map_err(|error| {
        let line = error.span().map_or(1, |span| text[..span.start].matches('\n').count() + 1);
        (line, message(&error))
    })
}

/// The line on which a key stands in the file's text, from 1.
pub fn line_of(text: &str, key: &Key) -> Option<usize> {
    let document = toml_edit::Document::parse(text).ok()?;
    let (outer, inner) = key.parts();
    let root = document.as_table();
    let table: &dyn TableLike =
        if outer.is_empty() { root } else { root.get(outer)?.as_table_like()? };
    let (name, _) = table.get_key_value(inner)?;
    let at = name.span()?.start;
    Some(text[..at].matches('\n').count() + 1)
}

/// The configuration's file, opened once for all that is asked of it.
#[derive(Debug)]
pub struct Opened {
    pub(super) path: PathBuf,
    text: Result<String, String>,
}

impl Opened {
    /// The file below the state directory; one that is missing is empty.
    pub fn of(state: &Path) -> Self {
        let path = state.join(FILE);
        let text = std::fs::read_to_string(&path).or_else(|error| match error.kind() {
            // Where the state directory is none, who needs it says so.
            ErrorKind::NotFound | ErrorKind::NotADirectory => Ok(String::new()),
            _ => Err(format!("{} can't be read: {error}", path.display())),
        });
        Self { path, text }
    }

    /// Errors name the file.
    pub(super) fn text(&self) -> Result<&str, String> {
        self.text.as_deref().map_err(Clone::clone)
    }
}

pub(super) fn at(path: &Path, line: usize, what: &str) -> String {
    format!("{}, line {line}: {what}", path.display())
}

/// What is wrong, without the excerpt that the parser draws.
fn message(error: &toml::de::Error) -> String {
    error.message().trim_end().replace('\n', "; ")
}
