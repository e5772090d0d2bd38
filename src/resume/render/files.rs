//! The files of a log as they are told: by folder, each with as many of its names as there is room for.

use super::super::log::FileFact;
use super::super::plain::push_number;
use crate::session::text::units;
use std::fmt::Write;

const HEADING: &str = "\n## Files (✎ edits, +/− lines; + added, ~ changed, − removed names)\n";
/// What stands before the names of each kind.
const SIGNS: [&str; 3] = ["+ ", "~ ", "− "];
/// Units of a sign, and of what stands before a name: `: `, `; ` or `, `.
const SIGN: usize = 2;
const LEAD: usize = 2;

/// Files, measured once and told in any room.
pub(in crate::resume) struct FileList<'a> {
    files: Vec<Measured<'a>>,
    /// Places of the files of each folder, the first one's folder first.
    folders: Vec<(&'a str, Vec<usize>)>,
    /// Units of all without names, about.
    full: usize,
}

/// A file with the units of what is told of it.
struct Measured<'a> {
    file: &'a FileFact,
    /// What was done to it.
    about: String,
    /// Units of its name and of what was done.
    own: usize,
    /// Units of its names: added, changed, removed.
    names: Vec<usize>,
    /// The most units of a name.
    widest: usize,
}

/// The names of a file that there is room for.
#[derive(Clone, Copy, Default)]
struct Names {
    /// How many of each kind.
    counts: [usize; 3],
    /// How many more were added is told as well.
    more: bool,
    units: usize,
    /// There is room for all.
    all: bool,
}

impl<'a> FileList<'a> {
    pub(in crate::resume) fn of(files: &'a [FileFact]) -> Self {
        let mut folders: Vec<(&str, Vec<usize>)> = Vec::new();
        let mut full = 0;
        for (at, file) in files.iter().enumerate() {
            full += units(&file.path) + 16;
            let folder = folder(&file.path);
            match folders.iter_mut().find(|(known, _)| *known == folder) {
                Some((_, inside)) => inside.push(at),
                None => folders.push((folder, vec![at])),
            }
        }
        Self { files: files.iter().map(Measured::of).collect(), folders, full }
    }

    /// Grouped by folder, in at most `room` units.
    pub(in crate::resume) fn within(&self, room: usize) -> String {
        let mut out = String::with_capacity(room.min(4 << 10));
        if self.files.is_empty() || room < 60 {
            return out;
        }
        if self.full + units(HEADING) > room {
            self.compact(room, &mut out);
            return out;
        }
        let mut left = room - units(HEADING) - self.full;
        let mut told = vec![Names::default(); self.files.len()];
        // Some of the names of each, then more where there is room.
        for most in [90, 180, 300, usize::MAX] {
            for (file, names) in self.files.iter().zip(&mut told) {
                left -= file.grow(names, most, left);
            }
        }
        out.push_str(HEADING);
        for (name, inside) in &self.folders {
            if let [one] = inside[..] {
                out.push_str("- ");
                out.push_str(name);
                self.files[one].tell(&told[one], &mut out);
                out.push('\n');
                continue;
            }
            out.push_str("- ");
            out.push_str(if name.is_empty() { "(top)" } else { name });
            out.push(':');
            let sum: usize = inside.iter().map(|at| self.files[*at].own + told[*at].units).sum();
            for (index, at) in inside.iter().enumerate() {
                out.push_str(match (sum < 160, index) {
                    (true, 0) => " ",
                    (true, _) => "; ",
                    (false, _) => "\n  - ",
                });
                self.files[*at].tell(&told[*at], &mut out);
            }
            out.push('\n');
        }
        out
    }

    /// As many files as fit in `room` units, by folder, with the number of their edits; what room is
    /// left goes to the newest names of the first.
    fn compact(&self, room: usize, out: &mut String) {
        const HEADING: &str = "\n## Files (✎ edits)\n";
        let mut left = room.saturating_sub(units(HEADING));
        let mut folders: Vec<(&str, Vec<String>)> = Vec::new();
        // A third of the room is for names.
        let mut names_left = left / 3;
        left -= names_left;
        for file in &self.files {
            let (folder, base) = (folder(&file.file.path), base(&file.file.path));
            let mut shown = base.to_owned();
            if file.file.edits > 0 {
                let _ = write!(shown, " ✎{}", file.file.edits);
            }
            let known = folders.iter().position(|f| f.0 == folder);
            let cost = units(&shown) + 2 + if known.is_some() { 0 } else { units(folder) + 4 };
            if cost > left {
                break;
            }
            left -= cost;
            let names = file.names(names_left.min(70));
            names_left -= names.units;
            let mut told = String::new();
            file.tell_names(&names, &mut told);
            shown.push_str(&told.replace(';', ","));
            match known {
                Some(at) => folders[at].1.push(shown),
                None => folders.push((folder, vec![shown])),
            }
        }
        if folders.is_empty() {
            return;
        }
        out.push_str(HEADING);
        for (folder, files) in folders {
            let _ = match &files[..] {
                [one] => writeln!(out, "- {folder}{one}"),
                _ if folder.is_empty() => writeln!(out, "- {}", files.join("; ")),
                _ => writeln!(out, "- {folder}: {}", files.join("; ")),
            };
        }
    }
}

impl<'a> Measured<'a> {
    fn of(file: &'a FileFact) -> Self {
        let about = about(file);
        let own = units(base(&file.path)) + units(&about);
        let mut names = Vec::with_capacity(lists(file).iter().map(|list| list.len()).sum());
        names.extend(lists(file).into_iter().flatten().map(|name| units(name)));
        let widest = names.iter().copied().max().unwrap_or(0);
        Self { file, about, own, names, widest }
    }

    /// Tells more of the names, in at most `most` units and with at most `left` more than before; how many
    /// more it took.
    fn grow(&self, names: &mut Names, most: usize, left: usize) -> usize {
        if names.all {
            return 0;
        }
        let room = most.min(names.units + left);
        let told = self.names(room);
        // The number of those that are not told comes last, where there is room for it.
        let all = told.units + 13 < room
            && (self.names.is_empty() || self.widest + 4 + told.units < room);
        let more = told.units.saturating_sub(names.units);
        if more > 0 {
            *names = told;
        }
        names.all = all;
        more
    }

    /// The names of each kind that fit in `room` units, up to the first that does not.
    fn names(&self, room: usize) -> Names {
        let (mut told, mut left) = (Names::default(), room);
        let mut rest = &self.names[..];
        for (kind, list) in lists(self.file).into_iter().enumerate() {
            let (own, behind) = rest.split_at(list.len());
            rest = behind;
            for (at, name) in own.iter().enumerate() {
                let cost = LEAD + name + if at == 0 { SIGN } else { 0 };
                if cost > left {
                    break;
                }
                left -= cost;
                told.units += cost;
                told.counts[kind] += 1;
            }
            let count = told.counts[kind];
            if kind == 0 && count > 0 && self.file.more > 0 && left > 12 {
                // A name that reads as several counts as so many.
                let several = list[..count].iter().map(|name| name.matches(", ").count());
                if count + several.sum::<usize>() >= list.len() {
                    let said = units(&and_more(self.file));
                    told.more = true;
                    told.units += said;
                    left -= said.min(left);
                }
            }
        }
        told
    }

    /// Its name, what was done to it, and names in it.
    fn tell(&self, names: &Names, out: &mut String) {
        out.push_str(base(&self.file.path));
        out.push_str(&self.about);
        self.tell_names(names, out);
    }

    fn tell_names(&self, names: &Names, out: &mut String) {
        let mut any = false;
        for (kind, list) in lists(self.file).into_iter().enumerate() {
            for (at, name) in list[..names.counts[kind]].iter().enumerate() {
                out.push_str(match (at, any) {
                    (0, false) => ": ",
                    (0, true) => "; ",
                    _ => ", ",
                });
                if at == 0 {
                    out.push_str(SIGNS[kind]);
                }
                out.push_str(name);
                any = true;
            }
            if kind == 0 && names.more {
                out.push_str(&and_more(self.file));
            }
        }
    }
}

/// Names in a file, in the order of the signs.
fn lists(file: &FileFact) -> [&Vec<String>; 3] {
    [&file.added, &file.changed, &file.removed]
}

fn and_more(file: &FileFact) -> String {
    format!(" and {} more", file.more)
}

/// What was done to a file.
fn about(file: &FileFact) -> String {
    let mut out = String::with_capacity(48);
    if file.new {
        out.push_str(" new");
    }
    if file.edits > 0 {
        out.push_str(" ✎");
        push_number(file.edits as usize, &mut out);
        let (added, removed) = file.lines;
        if added > 0 || removed > 0 {
            out.push_str(" +");
            push_number(added as usize, &mut out);
        }
        if removed > 0 {
            out.push_str("/−");
            push_number(removed as usize, &mut out);
        }
    } else {
        out.push_str(" read");
    }
    if file.gone {
        out.push_str(", removed");
    }
    if file.uncommitted {
        out.push_str(", uncommitted");
    }
    out
}

/// Up to and with the last `/`.
fn folder(path: &str) -> &str {
    &path[..path.len() - base(path).len()]
}

fn base(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}
