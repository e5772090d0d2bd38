//! Files as a log's Markdown has them: `cart.py new ✎2 +14/−3, uncommitted: + total`.

use crate::resume::FileFact;
use crate::session::text::line;

/// More of them tell nothing.
const FILES: usize = 200;

/// Adds what one item of the list says: a file, or the files of a folder.
pub(super) fn add(files: &mut Vec<FileFact>, item: &str) {
    let mut lines = item.lines();
    let first = lines.next().unwrap_or_default();
    match first.strip_suffix(':').or_else(|| first.split_once(": ").map(|(folder, _)| folder)) {
        Some(folder) if folder.ends_with('/') || folder == "(top)" => {
            let folder = if folder == "(top)" { "" } else { folder };
            let rest = first.split_once(": ").map_or("", |(_, rest)| rest);
            let inside = rest.split("; ").chain(lines.map(|l| l.trim_start_matches([' ', '-'])));
            for name in inside.filter(|name| !name.is_empty()) {
                put(files, file(folder, name));
            }
        }
        _ => put(files, file("", first)),
    }
}

/// Adds a file of which nothing but its change is known.
pub(super) fn add_changed(files: &mut Vec<FileFact>, path: &str) {
    let path = line(path.trim_matches('`'), 400);
    if !files.iter().any(|file| file.path == path) {
        put(files, FileFact { path, edits: 1, ..FileFact::default() });
    }
}

fn put(files: &mut Vec<FileFact>, file: FileFact) {
    if files.len() < FILES && !file.path.is_empty() {
        files.push(file);
    }
}

fn file(folder: &str, text: &str) -> FileFact {
    let end = [" new", " ✎", " read", ", ", ": "].iter().filter_map(|mark| text.find(mark)).min();
    let (path, about) = text.split_at(end.unwrap_or(text.len()));
    let about = about.split(": ").next().unwrap_or_default();
    let number = |text: &str| {
        text.chars().take_while(char::is_ascii_digit).collect::<String>().parse().unwrap_or(0)
    };
    let after = |mark: char| about.split_once(mark).map_or(0, |(_, rest)| number(rest));
    FileFact {
        path: line(&format!("{folder}{}", path.trim_matches('`')), 400),
        new: about.starts_with(" new"),
        edits: after('✎'),
        lines: (after('+'), after('−')),
        uncommitted: about.contains("uncommitted"),
        ..FileFact::default()
    }
}
