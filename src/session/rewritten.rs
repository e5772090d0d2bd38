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
                    let into = to.ends_with('/');
                    let (from, to) = (self.located(from, part), self.located(to, part));
                    self.moved(call, &from, &to, into);
                }
                Done::Removed(path) => {
                    let path = self.located(path, part);
                    let gone = |touch: &Touch| below(&touch.path, &path).is_some();
                    for touch in self.touches().filter(|t| t.edits > 0 && gone(t)) {
                        touch.gone = true;
                        touch.seq = call.seq;
                    }
                }
            }
        }
    }

    /// A path of a command as the facts name it: where the command ran counts. Empty for the session's folder.
    fn located(&self, path: &str, part: &Part) -> String {
        let mut whole = path.to_owned();
        let dirs = [part.dir.as_deref().unwrap_or_default(), &self.cwd];
        for dir in dirs.iter().filter(|dir| !dir.is_empty()) {
            if !whole.starts_with('/') {
                whole = format!("{dir}/{whole}");
            }
        }
        let whole = straight(&whole);
        if whole == self.folder { String::new() } else { self.relative(&whole) }
    }

    /// Another name for a file that the session touched, or for those of a folder. `into`: the new one is a
    /// folder's, which is also known by the files in it.
    fn moved(&mut self, call: &OpenCall, from: &str, to: &str, into: bool) {
        let holds = |touch: &mut Touch| below(&touch.path, to).is_some_and(|rest| !rest.is_empty());
        let into = into || to.is_empty() || to.ends_with("..") || self.touches().any(holds);
        let base = from.rsplit('/').next().unwrap_or(from);
        let new = match (into, to) {
            (true, "") => base.to_owned(),
            (true, to) => format!("{to}/{base}"),
            (false, to) => to.to_owned(),
        };
        let renamed = |path: &str| Some(format!("{new}{}", below(path, from)?));
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

/// What of a path follows a file's or folder's: nothing, or a slash and more. `None` where it lies elsewhere.
fn below<'p>(path: &'p str, above: &str) -> Option<&'p str> {
    if above.is_empty() {
        return None;
    }
    path.strip_prefix(above).filter(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// A path without `.`, empty parts, and folders that `..` leaves again.
fn straight(path: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/').filter(|part| !matches!(*part, "" | ".")) {
        if part == ".." && parts.last().is_some_and(|last| *last != "..") {
            parts.pop();
        } else {
            parts.push(part);
        }
    }
    format!("{}{}", if path.starts_with('/') { "/" } else { "" }, parts.join("/"))
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
    use crate::session::event::{self, Call, Detail, Event, Outcome, Place};
    use std::borrow::Cow;

    fn told(line: &str) -> Vec<String> {
        let tell = |done: Done<'_>| match done {
            Done::Written(path) => format!("written {path}"),
            Done::Moved(from, to) => format!("moved {from} {to}"),
            Done::Removed(path) => format!("removed {path}"),
        };
        command::parts(line).iter().flat_map(changes).map(tell).collect()
    }

    /// The files that are there after commands, in a session that wrote `src/a.rs`, `src/b.rs` and `c.rs`;
    /// those that are gone with a dash.
    fn left(commands: &[&str]) -> Vec<String> {
        let at = At { time: chrono::DateTime::UNIX_EPOCH, place: Place { offset: 0, len: 1 } };
        let mut session = Session::default();
        let located =
            Event::Located { folder: Cow::Borrowed("/demo"), branch: None, version: None };
        session.apply(at, located);
        let write = |path| Call::Write { path, content: Cow::Borrowed("x\n") };
        let files = ["/demo/src/a.rs", "/demo/src/b.rs", "/demo/c.rs"];
        let run = |command| Call::Run { command, background: false };
        let files = files.iter().map(|path| write(Cow::Borrowed(*path)));
        for call in files.chain(commands.iter().map(|command| run(Cow::Borrowed(*command)))) {
            let (id, name) = (Cow::Borrowed("id"), Cow::Borrowed("tool"));
            session.apply(at, Event::Called { id: id.clone(), name, call });
            let text = Cow::Borrowed("");
            let (outcome, detail) = (Outcome::Ok, Detail::Created);
            let result = event::Result { outcome, text, exit: Some(0), detail };
            session.apply(at, Event::Returned { id, result });
        }
        let mut left: Vec<String> = session
            .touches()
            .map(|touch| format!("{}{}", if touch.gone { "-" } else { "" }, touch.path))
            .collect();
        left.sort();
        left
    }

    #[test]
    fn files_are_where_commands_put_them() {
        assert_eq!(left(&["rm -rf src"]), ["-src/a.rs", "-src/b.rs", "c.rs"]);
        assert_eq!(left(&["rm -r src/"]), ["-src/a.rs", "-src/b.rs", "c.rs"]);
        assert_eq!(left(&["rm sr"]), ["c.rs", "src/a.rs", "src/b.rs"]);
        assert_eq!(left(&["mv c.rs src"]), ["src/a.rs", "src/b.rs", "src/c.rs"]);
        assert_eq!(left(&["mv c.rs lib/"]), ["lib/c.rs", "src/a.rs", "src/b.rs"]);
        assert_eq!(left(&["mv src lib"]), ["c.rs", "lib/a.rs", "lib/b.rs"]);
        assert_eq!(left(&["mv src/a.rs ."]), ["a.rs", "c.rs", "src/b.rs"]);
        assert_eq!(left(&["cd src && mv a.rs .."]), ["a.rs", "c.rs", "src/b.rs"]);
        assert_eq!(left(&["cd src && rm ../c.rs ./a.rs"]), ["-c.rs", "-src/a.rs", "src/b.rs"]);
        assert_eq!(left(&["mv c.rs ../other/d.rs"]), ["../other/d.rs", "src/a.rs", "src/b.rs"]);
        assert_eq!(left(&["rm /demo/src/../c.rs"]), ["-c.rs", "src/a.rs", "src/b.rs"]);
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
