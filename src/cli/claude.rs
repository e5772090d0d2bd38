//! Which Claude Code is installed.

use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

/// The first version that starts a hook by `command` and `args`. Those before ignore `args`, and
/// some of them (2.1.47 to 2.1.100 were seen to) drop all of a user's hooks over one event that they
/// do not know.
pub(crate) const OLDEST: [u32; 3] = [2, 1, 139];

/// How long `claude --version` may take.
const PATIENCE: Duration = Duration::from_secs(15);

#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Claude {
    /// No `claude` on the path.
    Missing,
    /// It is there and does not tell its version; what it did instead.
    Unknown(String),
    Version([u32; 3]),
}

/// Asks the `claude` that the path leads to.
pub(crate) fn installed() -> Claude {
    let names: &[&str] = if cfg!(windows) { &["claude", "claude.cmd"] } else { &["claude"] };
    for name in names {
        let started = Command::new(name)
            .arg("--version")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn();
        match started {
            Ok(process) => return asked(process),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
            Err(error) => return Claude::Unknown(format!("it does not start: {error}")),
        }
    }
    Claude::Missing
}

fn asked(mut process: std::process::Child) -> Claude {
    let until = Instant::now() + PATIENCE;
    loop {
        match process.try_wait() {
            Ok(Some(_)) => break,
            Ok(None) if Instant::now() < until => thread::sleep(Duration::from_millis(10)),
            Ok(None) => {
                // Nothing depends on how it ends.
                drop(process.kill());
                drop(process.wait());
                return Claude::Unknown("it did not answer".to_owned());
            }
            Err(error) => return Claude::Unknown(error.to_string()),
        }
    }
    match process.wait_with_output() {
        Ok(output) => read(&String::from_utf8_lossy(&output.stdout)),
        Err(error) => Claude::Unknown(error.to_string()),
    }
}

/// The version in `2.1.330 (Claude Code)`.
fn read(answer: &str) -> Claude {
    let first = answer.split_whitespace().next().unwrap_or_default();
    let numbers = first.split(['-', '+']).next().unwrap_or_default();
    let parts: Option<Vec<u32>> = numbers.split('.').map(|part| part.parse().ok()).collect();
    if let Some([major, minor, patch]) = parts.as_deref() {
        return Claude::Version([*major, *minor, *patch]);
    }
    let shown: String = first.chars().take(40).filter(|c| !c.is_control()).collect();
    Claude::Unknown(format!("it answered {shown:?}"))
}

/// `2.1.330`
pub(crate) fn shown(version: [u32; 3]) -> String {
    version.map(|part| part.to_string()).join(".")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_read_as_numbers() {
        assert_eq!(read("2.1.330 (Claude Code)\n"), Claude::Version([2, 1, 330]));
        assert_eq!(read("2.10.0-beta.1"), Claude::Version([2, 10, 0]));
        assert!([2, 1, 112] < OLDEST && OLDEST < [2, 1, 330] && OLDEST < [2, 10, 0]);
        for odd in ["", "\n", "v2", "2.1", "2.1.x", "2.1.3.4", "claude: not found"] {
            assert!(matches!(read(odd), Claude::Unknown(_)), "{odd}");
        }
    }
}
