//! Which build this is.
//!
//! Commit and date are those of the sources, never of the build: the same sources give the same executables.
//! They are known to release builds alone; recompiling everything for each commit is not worth it elsewhere.

/// The package's version.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");

/// The commit that was built, and its day; empty where unknown.
pub const COMMIT: &str = env!("REJOIN_COMMIT");
pub const DATE: &str = env!("REJOIN_DATE");

/// What it was built for.
pub const TARGET: &str = env!("REJOIN_TARGET");

/// Stands in every executable of ours, so that its version is known without starting it.
pub const MARK: &str = concat!(
    "rejoin-build:",
    env!("CARGO_PKG_VERSION"),
    " ",
    env!("REJOIN_COMMIT"),
    " ",
    env!("REJOIN_TARGET"),
    ";"
);

/// Version, commit and target of the executable with these bytes.
pub fn of_executable(bytes: &[u8]) -> Option<(String, String, String)> {
    // In two parts: whoever looks for the mark has not got it for that.
    let start = [b"rejoin-".as_slice(), b"build:"].concat();
    memchr::memmem::find_iter(bytes, &start).find_map(|at| {
        let rest = &bytes[at + start.len()..];
        let end = memchr::memchr(b';', &rest[..rest.len().min(200)])?;
        let mut parts = std::str::from_utf8(&rest[..end]).ok()?.split(' ').map(str::to_owned);
        let found = (parts.next()?, parts.next()?, parts.next()?);
        found.0.starts_with(|c: char| c.is_ascii_digit()).then_some(found)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_build_is_known_by_its_mark() {
        let bytes = [b"\0rejoin-build:\0more".as_slice(), MARK.as_bytes(), b"\0"].concat();
        let (version, commit, target) = of_executable(&bytes).unwrap();
        assert_eq!((&*version, &*commit, &*target), (VERSION, COMMIT, TARGET));
        assert_eq!(of_executable(b"rejoin-build:1.2.3"), None);
    }
}
