//! Changing one key of the file's text; everything else, comments above all, stays as it is.

use toml_edit::{Array, DocumentMut, Item, TableLike, Value};

use super::keys::{Key, comment_out, template, uncomment};
use super::load::parse;

/// A changed text.
#[derive(Debug, PartialEq, Eq)]
pub struct Edited {
    pub text: String,
}

/// The text with a key set to what somebody typed; `None` stands for a file that is not there yet, which
/// begins with a comment for every key. Errors say what is wrong with the text or the value.
pub fn set(text: Option<&str>, key: &Key, typed: &str) -> Result<Edited, String> {
    let fresh = template();
    let text = text.unwrap_or(&fresh);
    let value = edited(&key.value(typed));
    let mut document: DocumentMut = text.parse().map_err(|error| broken(text, &error))?;
    if let Err((line, what)) = parse(text)
        && super::line_of(text, key) != Some(line)
    {
        return Err(mend(line, &what));
    }
    let (outer, inner) = key.parts();
    if !outer.is_empty() && !document.contains_key(outer) {
        // Behind everything, comments at the end included.
        let gap = if text.is_empty() || text.ends_with("\n\n") { "" } else { "\n" };
        let line_end = if text.is_empty() || text.ends_with('\n') { "" } else { "\n" };
        let added =
            format!("{text}{line_end}{gap}[{outer}]\n{inner} = {}\n", value.to_string().trim());
        return checked(added, key);
    }
    let table: &mut dyn TableLike = if outer.is_empty() {
        document.as_table_mut()
    } else {
        let table = document.entry(outer).or_insert_with(toml_edit::table);
        table.as_table_like_mut().ok_or_else(|| format!("`{outer}` is no table"))?
    };
    let changed = if let Some(Item::Value(known)) = table.get_mut(inner) {
        // Space and comment around the value belong to its place.
        let decor = known.decor().clone();
        *known = value;
        *known.decor_mut() = decor;
        document.to_string()
    } else if let Some(text) = uncomment(text, key, value.to_string().trim()) {
        text
    } else {
        table.insert(inner, Item::Value(value));
        document.to_string()
    };
    checked(changed, key)
}

/// The text without a key; `None` where it is not set.
pub fn unset(text: &str, key: &Key) -> Result<Option<Edited>, String> {
    let mut document: DocumentMut = text.parse().map_err(|error| broken(text, &error))?;
    let (outer, inner) = key.parts();
    let table: Option<&mut dyn TableLike> = if outer.is_empty() {
        Some(document.as_table_mut())
    } else {
        document.get_mut(outer).and_then(Item::as_table_like_mut)
    };
    let Some(table) = table else { return Ok(None) };
    if table.remove(inner).is_none() {
        return Ok(None);
    }
    let removed = document.to_string();
    let commented = comment_out(text, key).filter(|text| parse(text) == parse(&removed));
    Ok(Some(Edited { text: commented.unwrap_or(removed) }))
}

fn edited(value: &toml::Value) -> Value {
    match value {
        toml::Value::String(text) => text.as_str().into(),
        toml::Value::Integer(number) => (*number).into(),
        toml::Value::Float(number) => (*number).into(),
        toml::Value::Boolean(yes) => (*yes).into(),
        toml::Value::Array(values) => Value::Array(values.iter().map(edited).collect::<Array>()),
        toml::Value::Datetime(at) => at.to_string().into(),
        // No key takes one: as text, it is refused with the rest.
        toml::Value::Table(_) => "{}".into(),
    }
}

/// A value that does not fit its key is told without a line: it is not in any file.
fn checked(text: String, key: &Key) -> Result<Edited, String> {
    match parse(&text) {
        Ok(_) => Ok(Edited { text }),
        Err((line, what)) if super::line_of(&text, key) == Some(line) => {
            Err(format!("{}: {what}", key.name))
        }
        Err((line, what)) => Err(mend(line, &what)),
    }
}

fn broken(text: &str, error: &toml_edit::TomlError) -> String {
    let line = error.span().map_or(1, |span| text[..span.start].matches('\n').count() + 1);
    mend(line, error.message().trim_end())
}

fn mend(line: usize, what: &str) -> String {
    format!("line {line} of the file: {what}; correct it first")
}
