//! `rejoin config`: what may be set, what is in force, and from where.

use std::io::Write;
use std::path::Path;
use std::process::Command;

use clap::{Args, Subcommand};
use serde::Serialize;
use serde_json::Value;

use super::Failure;
use super::columns::{fit, pad, wide};
use super::terminal::{BAD, FAINT, Terminal};
use crate::config::{self, FILE, KEYS, Key, Origin};
use crate::env::{self, Env};
use crate::settings::file;
use crate::store::Store;

#[derive(Debug, Subcommand)]
pub enum Config {
    List(List),
    Get(Get),
    Set(Set),
    Unset(Unset),
    Path(FilePath),
    Edit(Edit),
}

/// List every key with its value and where that comes from
#[derive(Debug, Args)]
#[command(
    after_help = "Environment variables go before the file: REJOIN_, then table and key in capitals, such as REJOIN_THRESHOLDS_CAUTION=60; a list's values are separated by commas.\n\nJSON: path, and keys, each with key, value, default, origin (default, file, environment), line, variable and about.\n\nExample: rejoin config list"
)]
pub struct List {
    /// Print the keys as JSON
    #[arg(long)]
    json: bool,
}

/// Print the value that is in force
#[derive(Debug, Args)]
#[command(after_help = "Example: rejoin config get thresholds.caution")]
pub struct Get {
    /// Table and key, as `rejoin config list` names them
    key: String,
    /// Print the value as JSON
    #[arg(long)]
    json: bool,
}

/// Set a key; comments and all other lines of the file stay
#[derive(Debug, Args)]
#[command(
    after_help = "Example: rejoin config set inject.default notice\nExample: rejoin config set redact.words acme 'Acme Corp.'"
)]
pub struct Set {
    /// Table and key, as `rejoin config list` names them
    key: String,
    /// The value; several for a list
    #[arg(required = true)]
    values: Vec<String>,
}

/// Take a key out of the file: its default holds again
#[derive(Debug, Args)]
#[command(after_help = "Example: rejoin config unset inject.default")]
pub struct Unset {
    /// Table and key, as `rejoin config list` names them
    key: String,
}

/// Print where the file is
#[derive(Debug, Args)]
#[command(after_help = "Example: cat \"$(rejoin config path)\"")]
pub struct FilePath {}

/// Open the file in $VISUAL or $EDITOR, and check it afterwards
#[derive(Debug, Args)]
#[command(after_help = "Example: EDITOR=nano rejoin config edit")]
pub struct Edit {}

pub(super) fn run(command: &Config, env: &Env, terminal: &mut Terminal) -> Result<(), Failure> {
    let state = env.state_dir().ok_or_else(|| {
        Failure::Failed("no home folder: set HOME to an absolute path and try again".to_owned())
    })?;
    let path = state.join(FILE);
    match command {
        Config::List(options) => list(options, &state, terminal),
        Config::Get(options) => get(options, &state, terminal),
        Config::Set(options) => set(options, &state, terminal),
        Config::Unset(options) => unset(&options.key, &state, terminal),
        Config::Path(_) => {
            writeln!(terminal, "{}", path.display())?;
            Ok(())
        }
        Config::Edit(_) => edit(&state, env, terminal),
    }
}

/// A key with what is in force.
#[derive(Serialize)]
struct Row {
    key: &'static str,
    value: Value,
    default: Value,
    origin: Origin,
    /// Of the file.
    line: Option<usize>,
    variable: &'static str,
    about: &'static str,
}

#[derive(Serialize)]
struct Listing {
    path: String,
    keys: Vec<Row>,
}

fn rows(state: &Path) -> Result<Vec<Row>, Failure> {
    let settings = env::settings(None);
    // First of all: is it right as a whole?
    config::read_with(state, &settings).map_err(Failure::Failed)?;
    let text = file::read(&state.join(FILE))?.unwrap_or_default();
    let table: toml::Table = toml::from_str(&text).unwrap_or_default();
    let mut rows: Vec<Row> = KEYS
        .iter()
        .map(|key| {
            let (outer, inner) = key.parts();
            let holder = if outer.is_empty() {
                Some(&table)
            } else {
                table.get(outer).and_then(|t| t.as_table())
            };
            let in_file = holder.and_then(|holder| holder.get(inner));
            let in_environment =
                settings.iter().find(|(name, _)| name == key.variable).map(|(_, v)| key.value(v));
            let default = key.value(key.default);
            let (value, origin) = match (in_environment, in_file) {
                (Some(value), _) => (value, Origin::Environment),
                (None, Some(value)) => (value.clone(), Origin::File),
                (None, None) => (default.clone(), Origin::Default),
            };
            Row {
                key: key.name,
                value: json(&value),
                default: json(&default),
                origin,
                line: (origin == Origin::File).then(|| config::line_of(&text, key)).flatten(),
                variable: key.variable,
                about: key.about,
            }
        })
        .collect();
    // A start that is not named is told what the rule for all says.
    let rule = rows.iter().find(|row| row.key == "inject.default").map(|row| row.value.clone());
    for row in &mut rows {
        if let (true, Origin::Default, Some(rule)) =
            (row.key.starts_with("inject."), row.origin, &rule)
        {
            row.value = rule.clone();
        }
    }
    Ok(rows)
}

fn json(value: &toml::Value) -> Value {
    serde_json::to_value(value).unwrap_or_default()
}

fn list(options: &List, state: &Path, terminal: &mut Terminal) -> Result<(), Failure> {
    let listing = Listing { path: state.join(FILE).display().to_string(), keys: rows(state)? };
    if options.json {
        writeln!(terminal, "{}", serde_json::to_string_pretty(&listing).unwrap_or_default())?;
        return Ok(());
    }
    terminal.page();
    let width = terminal.width();
    let names = listing.keys.iter().map(|row| wide(row.key)).max().unwrap_or(0);
    let values: Vec<String> = listing.keys.iter().map(|row| shown(&row.value)).collect();
    let column = values.iter().map(|value| wide(value)).max().unwrap_or(0).min(width / 4);
    let origins: Vec<String> = listing.keys.iter().map(origin).collect();
    let from = origins.iter().map(|origin| wide(origin)).max().unwrap_or(0).max(4);
    writeln!(
        terminal,
        "{FAINT}{}  {}  {}  about{FAINT:#}",
        pad("key", names),
        pad("value", column),
        pad("from", from)
    )?;
    for ((row, value), origin) in listing.keys.iter().zip(&values).zip(&origins) {
        let value = pad(&fit(value, column), column);
        let room = width.saturating_sub(names + column + from + 6).max(10);
        let about = fit(row.about, room);
        writeln!(
            terminal,
            "{}  {value}  {}  {FAINT}{about}{FAINT:#}",
            pad(row.key, names),
            pad(origin, from)
        )?;
    }
    let there = if Path::new(&listing.path).exists() { "" } else { " (not there yet)" };
    writeln!(terminal, "\n{FAINT}file: {}{there}{FAINT:#}", listing.path)?;
    Ok(())
}

fn origin(row: &Row) -> String {
    match (row.origin, row.line) {
        (Origin::Default, _) => "default".to_owned(),
        (Origin::File, Some(line)) => format!("line {line}"),
        (Origin::File, None) => "file".to_owned(),
        (Origin::Environment, _) => "environment".to_owned(),
    }
}

fn shown(value: &Value) -> String {
    match value {
        Value::String(text) if text.is_empty() => "\"\"".to_owned(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

fn get(options: &Get, state: &Path, terminal: &mut Terminal) -> Result<(), Failure> {
    let key = known(&options.key)?;
    let rows = rows(state)?;
    let Some(row) = rows.iter().find(|row| row.key == key.name) else { return Ok(()) };
    match &row.value {
        value if options.json => writeln!(terminal, "{value}")?,
        Value::Array(texts) => {
            for text in texts {
                writeln!(terminal, "{}", text.as_str().unwrap_or_default())?;
            }
        }
        Value::String(text) => writeln!(terminal, "{text}")?,
        value => writeln!(terminal, "{value}")?,
    }
    Ok(())
}

fn set(options: &Set, state: &Path, terminal: &mut Terminal) -> Result<(), Failure> {
    let key = known(&options.key)?;
    let typed = match (&options.values[..], key.kind) {
        ([value], _) => value.clone(),
        (values, config::Kind::List) => {
            // A list of JSON's texts is one of TOML's.
            serde_json::to_string(values).unwrap_or_default()
        }
        _ => {
            return Err(Failure::Failed(format!(
                "{} takes one value; put quotation marks around one with spaces",
                key.name
            )));
        }
    };
    let path = state.join(FILE);
    let edited = config::set(file::read(&path)?.as_deref(), key, &typed)
        .map_err(|why| Failure::Failed(format!("{} was not changed: {why}", path.display())))?;
    write(state, &edited.text)?;
    writeln!(
        terminal,
        "{} = {} in {}",
        key.name,
        shown(&json(&key.value(&typed))),
        path.display()
    )?;
    if env::settings(None).iter().any(|(name, _)| name == key.variable) {
        writeln!(terminal, "{} is set in the environment and goes before it.", key.variable)?;
    }
    Ok(())
}

fn unset(name: &str, state: &Path, terminal: &mut Terminal) -> Result<(), Failure> {
    let key = known(name)?;
    let path = state.join(FILE);
    let text = file::read(&path)?.unwrap_or_default();
    let edited = config::unset(&text, key)
        .map_err(|why| Failure::Failed(format!("{} was not changed: {why}", path.display())))?;
    match edited {
        Some(edited) => {
            write(state, &edited.text)?;
            writeln!(terminal, "{} is {} again.", key.name, shown(&json(&key.value(key.default))))?;
        }
        None => writeln!(terminal, "{} was not set.", key.name)?,
    }
    Ok(())
}

/// Writes the file where it really is: people keep their configuration in other folders and link to it.
fn write(state: &Path, text: &str) -> Result<(), Failure> {
    let path = state.join(FILE);
    match path.canonicalize() {
        Ok(real) if path.is_symlink() => file::replace(&real, text.as_bytes(), None)
            .map_err(|error| Failure::Failed(format!("cannot write {}: {error}", real.display()))),
        _ => Ok(Store::open(state)?.write_file(FILE, text)?),
    }
}

fn known(name: &str) -> Result<&'static Key, Failure> {
    if let Some(key) = Key::find(name) {
        return Ok(key);
    }
    let mut near: Vec<(usize, &str)> =
        KEYS.iter().map(|key| (strsim::levenshtein(name, key.name), key.name)).collect();
    near.sort_unstable();
    let near: Vec<&str> = near
        .iter()
        .filter(|(far, key)| *far <= 3 || key.rsplit('.').next() == Some(name))
        .map(|(_, key)| *key)
        .take(3)
        .collect();
    let hint = if near.is_empty() {
        "`rejoin config list` shows all".to_owned()
    } else {
        format!("did you mean {}?", near.join(" or "))
    };
    Err(Failure::Failed(format!("there is no key `{name}`; {hint}")))
}

fn edit(state: &Path, env: &Env, terminal: &mut Terminal) -> Result<(), Failure> {
    let path = state.join(FILE);
    let Some(editor) = &env.editor else {
        return Err(Failure::Failed(format!(
            "no editor: set VISUAL or EDITOR, or edit {} yourself",
            path.display()
        )));
    };
    if !path.exists() {
        write(state, &config::template())?;
    }
    loop {
        start(editor, &path)?;
        let text = file::read(&path)?.unwrap_or_default();
        let Err((line, what)) = config::parse(&text) else { break };
        writeln!(terminal, "{BAD}{}, line {line}: {what}{BAD:#}", path.display())?;
        if !terminal.attended() || !terminal.confirm("Edit it again?", true)? {
            return Err(Failure::Failed(
                "the hooks go by the defaults until the line is right; if it is in [redact], they keep nothing".to_owned(),
            ));
        }
    }
    writeln!(terminal, "{} is in order.", path.display())?;
    Ok(())
}

/// Runs the editor, which may be a command with arguments.
fn start(editor: &str, path: &Path) -> Result<(), Failure> {
    let mut command = if cfg!(windows) {
        let mut words = editor.split_whitespace();
        let mut command = Command::new(words.next().unwrap_or(editor));
        command.args(words).arg(path);
        command
    } else {
        let mut command = Command::new("sh");
        command.args(["-c", &format!("{editor} \"$1\""), "sh"]).arg(path);
        command
    };
    let failed = |what: String| Failure::Failed(format!("the editor `{editor}` {what}"));
    let status = command.status().map_err(|error| failed(format!("does not start: {error}")))?;
    if status.success() { Ok(()) } else { Err(failed(format!("failed ({status})"))) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_that_is_spelled_wrong_is_guessed() {
        let Err(Failure::Failed(told)) = known("threshold.caution") else { panic!("it is known") };
        assert!(told.contains("thresholds.caution"), "{told}");
        let Err(Failure::Failed(told)) = known("warning") else { panic!("it is known") };
        assert!(told.contains("thresholds.warning"), "{told}");
    }
}
