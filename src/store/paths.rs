//! What things are called. No file is touched here.

use std::fmt;
use std::path::Path;

use super::error::{Error, Result};

/// A session id that is fit to be a directory name.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SessionId(String);

impl SessionId {
    /// Accepts 1 to 64 characters of `[A-Za-z0-9._-]` that do not start with `.` nor contain `..`.
    /// Claude Code's ids are UUIDs; the margin is for what comes.
    pub fn parse(text: &str) -> Option<Self> {
        (text.len() <= 64 && is_name(text)).then(|| Self(text.to_owned()))
    }

    /// The id as Claude Code wrote it.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for SessionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Whether `text` can be one component of a path that stays where it is put. Names with a leading
/// dot are ours (temporary files), never a caller's.
fn is_name(text: &str) -> bool {
    !text.is_empty()
        && text.len() <= 128
        && !text.starts_with('.')
        && !text.contains("..")
        && text.bytes().all(is_plain)
}

fn is_plain(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-')
}

/// Splits `name` or `dir/name` into its parts; anything else is refused.
pub(super) fn split(rel: &str) -> Result<(Option<&str>, &str)> {
    let parts = match rel.split_once('/') {
        Some((dir, name)) => (Some(dir), name),
        None => (None, rel),
    };
    if parts.0.is_none_or(is_name) && is_name(parts.1) {
        Ok(parts)
    } else {
        Err(Error::BadId { id: rel.to_owned() })
    }
}

/// `<name>-<hash8>`: readable, and the same for the same path for ever.
pub(super) fn project_folder(name: &str, path: &Path) -> String {
    let hash = fnv1a(path.as_os_str().as_encoded_bytes());
    // Folding the halves together keeps what a cut would drop.
    let short = (hash >> 32) as u32 ^ hash as u32;
    format!("{}-{short:08x}", readable(name))
}

/// At most 40 plain characters of a name that may be anything.
fn readable(name: &str) -> String {
    let mut text = String::new();
    for c in name.chars() {
        let plain = u8::try_from(c).is_ok_and(is_plain);
        let c = if plain { c } else { '-' };
        // No run of dots or dashes: ".." must not come about.
        if text.len() < 40 && !(matches!(c, '.' | '-') && text.ends_with(['.', '-'])) {
            text.push(c);
        }
    }
    match text.trim_matches(['.', '-']) {
        "" => "project".to_owned(),
        kept => kept.to_owned(),
    }
}

/// FNV-1a, 64 bits: stable across versions and machines, which std's hashers do not promise to be.
pub(super) fn fnv1a(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn ids_that_could_leave_their_directory_are_refused() {
        for bad in ["", ".", "..", ".hidden", "a..b", "a/b", "/", "a\\b", "a b", "a\n", "é", "a\0"]
        {
            assert_eq!(SessionId::parse(bad), None, "{bad:?}");
        }
        assert!(SessionId::parse(&"a".repeat(64)).is_some());
        assert_eq!(SessionId::parse(&"a".repeat(65)), None);
        let uuid = "0b7e1d3a-9c1f-4a56-8a53-2f5d9a0c7e11";
        assert_eq!(SessionId::parse(uuid).map(|id| id.to_string()), Some(uuid.to_owned()));
    }

    #[test]
    fn relative_names_have_at_most_one_folder() {
        assert_eq!(split("resume.md").unwrap(), (None, "resume.md"));
        assert_eq!(split("compactions/0001.md").unwrap(), (Some("compactions"), "0001.md"));
        for bad in ["", "/", "a/", "/a", "a/b/c", "../a", "a/..", ".tmp-1", "a/.tmp-1"] {
            assert!(matches!(split(bad), Err(Error::BadId { .. })), "{bad:?}");
        }
    }

    #[test]
    fn project_folders_are_readable_and_stable() {
        let folder = |name: &str| project_folder(name, Path::new("/home/u/my app"));
        // The hash is part of the format: a change would orphan every project.
        assert_eq!(folder("my app"), "my-app-2e1880b0");
        assert_eq!(folder(".."), "project-2e1880b0");
        assert_eq!(folder("_ünder.."), "_-nder-2e1880b0");
        assert_eq!(folder(&"x".repeat(60)).len(), 40 + 9);
        assert_ne!(folder("a"), project_folder("a", Path::new("/home/u/my app/")));
    }

    #[test]
    fn the_hash_is_fnv1a() {
        // Test vectors published with the algorithm.
        assert_eq!(fnv1a(b""), 0xcbf2_9ce4_8422_2325);
        assert_eq!(fnv1a(b"a"), 0xaf63_dc4c_8601_ec8c);
        assert_eq!(fnv1a(b"foobar"), 0x8594_4171_f739_67e8);
    }

    proptest! {
        #[test]
        fn an_accepted_id_is_one_plain_component(text in "[./A-Za-z0-9_~ -]{0,70}") {
            if let Some(id) = SessionId::parse(&text) {
                let mut parts = Path::new(id.as_str()).components();
                prop_assert!(matches!(parts.next(), Some(std::path::Component::Normal(_))));
                prop_assert!(parts.next().is_none());
                prop_assert!(!text.starts_with('.') && text.len() <= 64);
            }
        }

        #[test]
        fn any_name_gives_a_folder_that_is_a_name(name in any::<String>()) {
            let folder = project_folder(&name, Path::new("/p"));
            prop_assert!(is_name(&folder), "{}", folder);
        }
    }
}
