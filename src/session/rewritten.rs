//! Files that shell commands write, move or remove.

use super::command::Part;
use super::event::At;
use super::facts::{Act, OpenCall, Session, Touch};
use super::symbols::Change;

/// Files of one command that are looked at.
const MOST: usize = 16;

/// What a command does to a file.
enum Done<'a> {
    Written(&'a str),
    Moved(&'a str, &'a str),
    Removed(&'a str),
}

impl Session {
    /// A command that succeeded: the files that it wrote, moved or removed are known as such.
    pub(super) fn changed_files(&mut self, at: At, call: &OpenCall, part: &Part) {
        for done in changes(part).into_iter().take(MOST) {
            match done {
                Done::Written(path) => {
                    let path = self.located(path, part);
                    if !path.is_empty() {
                        self.edited(at, call, &path, &Change::default(), false);
                    }
                }
                Done::Moved(from, to) => {
                    let (from, to) = (self.located(from, part), self.located(to, part));
                    self.moved(call, &from, &to);
                }
                Done::Removed(path) => {
                    let path = self.located(path, part);
                    for touch in self.touches().filter(|t| t.path == path && t.edits > 0) {
                        touch.gone = true;
                        touch.seq = call.seq;
                    }
                }
            }
        }
    }

    /// A path of a command as the facts name it: where the command ran counts.
    fn located(&self, path: &str, part: &Part) -> String {
        let path = path.trim_start_matches("./");
        if path.starts_with('/') {
            return self.relative(path);
        }
        let inside = match part.dir.as_deref() {
            Some(".") | None => path.to_owned(),
            Some(dir) => format!("{}/{path}", dir.trim_end_matches('/')),
        };
        if self.cwd.is_empty() || inside.starts_with('/') {
            self.relative(&inside)
        } else {
            self.relative(&format!("{}/{inside}", self.cwd))
        }
    }

    /// Another name for a file that the session touched, or for those of a folder.
    fn moved(&mut self, call: &OpenCall, from: &str, to: &str) {
        let into = to.ends_with('/');
        let to = to.trim_end_matches('/');
        let base = from.rsplit('/').next().unwrap_or(from);
        let renamed = |path: &str| -> Option<String> {
            if path == from {
                return Some(if into { format!("{to}/{base}") } else { to.to_owned() });
            }
            let below = path.strip_prefix(from)?.strip_prefix('/')?;
            Some(if into { format!("{to}/{base}/{below}") } else { format!("{to}/{below}") })
        };
        for turn in std::iter::once(&mut self.earlier).chain(&mut self.turns) {
            for touch in &mut turn.files {
                if let Some(path) = renamed(&touch.path) {
                    touch.path = path;
                    touch.seq = if touch.edits > 0 { call.seq } else { touch.seq };
                }
            }
            for step in &mut turn.steps {
                if let Act::Edit(edit) = &mut step.act
                    && let Some(path) = renamed(&edit.path)
                {
                    edit.path = path;
                }
            }
        }
        self.slack.forget();
    }

    pub(super) fn touches(&mut self) -> impl Iterator<Item = &mut Touch> {
        std::iter::once(&mut self.earlier).chain(&mut self.turns).flat_map(|t| &mut t.files)
    }
}

fn changes(part: &Part) -> Vec<Done<'_>> {
    let words = || part.args.iter().map(String::as_str).filter(|a| !a.starts_with('-'));
    let flagged = |flag: char| {
        part.args.iter().any(|a| a.starts_with('-') && !a.starts_with("--") && a.contains(flag))
    };
    match &*part.family {
        "cat" | "echo" | "printf" | "tee" => {
            part.writes.iter().filter(|p| is_file(p)).map(|p| Done::Written(p)).collect()
        }
        "sed" if flagged('i') || part.has_flag("--in-place") => {
            // The first word is the script, unless a flag hands one over.
            let scripts = usize::from(!flagged('e') && !flagged('f'));
            words().skip(scripts).filter(|p| is_file(p)).map(Done::Written).collect()
        }
        "mv" | "git mv" => match words().collect::<Vec<_>>()[..] {
            [from, to] if is_file(from) && is_file(to) => vec![Done::Moved(from, to)],
            _ => Vec::new(),
        },
        "rm" | "git rm" => words().filter(|p| is_file(p)).map(Done::Removed).collect(),
        _ => Vec::new(),
    }
}

/// Whether a word names one file that can be told later: no pattern, no variable, no scratch.
fn is_file(path: &str) -> bool {
    !path.is_empty()
        && !path.contains(['*', '?', '$', '{', '~', '\n', ' '])
        && !["/dev/", "/tmp/", "/var/"].iter().any(|p| path.starts_with(p))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::command;

    fn told(line: &str) -> Vec<String> {
        let tell = |done: Done<'_>| match done {
            Done::Written(path) => format!("written {path}"),
            Done::Moved(from, to) => format!("moved {from} {to}"),
            Done::Removed(path) => format!("removed {path}"),
        };
        command::parts(line).iter().flat_map(changes).map(tell).collect()
    }

    #[test]
    fn what_commands_do_to_files() {
        assert_eq!(told("cat > src/a.rs <<'EOF'\nfn a() {}\nEOF"), ["written src/a.rs"]);
        assert_eq!(told("echo x >> notes.md && echo y > /dev/null"), ["written notes.md"]);
        assert_eq!(
            told("sed -i 's/a/b/' src/a.rs src/b.rs"),
            ["written src/a.rs", "written src/b.rs"]
        );
        assert_eq!(told("sed -n 1,5p src/a.rs"), [""; 0]);
        assert_eq!(told("git mv -f src/a.rs src/b.rs"), ["moved src/a.rs src/b.rs"]);
        assert_eq!(told("mv src/*.rs lib/"), [""; 0]);
        assert_eq!(told("rm -rf src/a.rs /tmp/x"), ["removed src/a.rs"]);
        assert_eq!(told("cargo test > out.log"), [""; 0]);
    }
}
