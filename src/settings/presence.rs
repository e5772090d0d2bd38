//! Whether our hooks stand in a settings file, as a hook asks: by their names alone, at the price of
//! reading the file once. [`registered`](super::registered) is the careful answer.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use super::HOOKS;
use crate::bytes;

/// No settings file that people edit is longer.
const MAX: u64 = 1 << 20;

/// The events of ours that the settings file at `path` does not name; all of them where there is no
/// such file or it can't be read.
pub fn missing(path: &Path) -> Vec<&'static str> {
    let text = read(path).unwrap_or_default();
    let text = text.as_slice();
    // `rejoin-hook-stop` is the beginning of another's name, too.
    let named = |executable: &str| {
        let mut rest = text;
        while let Some(at) = bytes::find_part(executable.as_bytes(), rest) {
            rest = &rest[at + executable.len()..];
            if rest.first() != Some(&b'-') {
                return true;
            }
        }
        false
    };
    HOOKS.iter().filter(|hook| !named(hook.executable)).map(|hook| hook.event).collect()
}

/// What the file has when it is opened: one that grows by and by would be read by ten calls.
fn read(path: &Path) -> std::io::Result<Vec<u8>> {
    let file = File::open(path)?;
    let length = file.metadata()?.len().min(MAX);
    let mut text = Vec::with_capacity(length as usize);
    file.take(length).read_to_end(&mut text)?;
    Ok(text)
}

#[cfg(test)]
#[allow(clippy::disallowed_methods)]
mod tests {
    use super::*;

    #[test]
    fn each_name_counts_for_itself() {
        let scratch = tempfile::tempdir().unwrap();
        let path = scratch.path().join("settings.json");
        assert_eq!(missing(&path).len(), HOOKS.len());
        let all: Vec<_> = HOOKS.iter().map(|hook| format!("/x/{}", hook.file_name())).collect();
        std::fs::write(&path, serde_json::to_string(&all).unwrap()).unwrap();
        assert!(missing(&path).is_empty());
        std::fs::write(&path, r#"["/x/rejoin-hook-stop-failure"]"#).unwrap();
        assert!(missing(&path).contains(&"Stop") && !missing(&path).contains(&"StopFailure"));
    }
}
