//! Text in so many columns of a terminal.

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use crate::session::text;

/// `text` on one line, harmless for a terminal: white space and control characters become one space, and
/// what would change the direction of the text is left out.
pub(crate) fn one_line(text: &str) -> String {
    let turns = |c: char| matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let mut line = text::one_line(text);
    line.retain(|c| !turns(c));
    line
}

/// Columns that a text takes.
pub(crate) fn wide(text: &str) -> usize {
    text.width()
}

/// As much of a text as fits into so many columns, on one line, with a sign where it was cut.
pub(crate) fn fit(text: &str, columns: usize) -> String {
    let line = one_line(text);
    if line.width() <= columns {
        return line;
    }
    let mut used = 1;
    let fits = |c: &char| {
        used += c.width().unwrap_or(0);
        used <= columns
    };
    let cut: String = line.chars().take_while(fits).collect();
    format!("{}…", cut.trim_end())
}

/// The end of a path that fits into so many columns: where two paths differ is mostly there.
pub(crate) fn fit_path(path: &str, columns: usize) -> String {
    let line = one_line(path);
    if line.width() <= columns {
        return line;
    }
    let mut used = 1;
    let fits = |c: &char| {
        used += c.width().unwrap_or(0);
        used <= columns
    };
    let kept: Vec<char> = line.chars().rev().take_while(fits).collect();
    let kept: String = kept.into_iter().rev().collect();
    // A whole folder's name reads better than the end of one.
    let whole = kept.find('/').filter(|at| *at < kept.len() / 2).map_or(&*kept, |at| &kept[at..]);
    format!("…{whole}")
}

/// A text filled up with spaces to so many columns.
pub(crate) fn pad(text: &str, columns: usize) -> String {
    format!("{text}{}", " ".repeat(columns.saturating_sub(text.width())))
}

/// `1 commit`, `2 commits`.
pub(crate) fn counted(count: u64, what: &str) -> String {
    match (count, what.strip_suffix('y')) {
        (1, _) => format!("1 {what}"),
        (_, Some(stem)) => format!("{count} {stem}ies"),
        _ if what.ends_with("ch") => format!("{count} {what}es"),
        _ => format!("{count} {what}s"),
    }
}

/// Bytes as people say them.
pub(crate) fn size(bytes: u64) -> String {
    match bytes {
        0..=9_999 => format!("{bytes} bytes"),
        10_000..=9_999_999 => format!("{} KB", bytes / 1000),
        _ => format!("{} MB", bytes / 1_000_000),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_does_not_fit_is_cut_with_a_sign() {
        assert_eq!(fit("one two", 7), "one two");
        assert_eq!(fit("one\ntwo three", 8), "one two…");
        assert_eq!(fit("日本語の名前", 6), "日本…");
        assert_eq!(fit("a\u{1b}[31mb", 20), "a [31mb");
        assert_eq!(fit("a\u{202e}b", 20), "ab");
        assert_eq!(fit_path("src/cli/usage/table.rs", 40), "src/cli/usage/table.rs");
        assert_eq!(fit_path("src/cli/usage/table.rs", 16), "…/usage/table.rs");
        assert_eq!(fit_path("a-name-without-folders.rs", 10), "…olders.rs");
        assert_eq!(pad("日本", 6), "日本  ");
        assert_eq!((&*counted(1, "branch"), &*counted(0, "branch")), ("1 branch", "0 branches"));
        assert_eq!(counted(2, "entry"), "2 entries");
    }
}
