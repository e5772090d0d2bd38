//! Blocks of a Markdown text, as chat answers use it.

use crate::bytes;
use std::borrow::Cow;

/// A block of a text.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Block<'a> {
    /// `## Title`, or a line that is bold as a whole; `level` 1 to 6, 7 for the latter.
    Heading {
        level: u8,
        title: &'a str,
    },
    /// A list item with its continuation lines. `depth` counts from 0.
    Item {
        depth: u8,
        raw: &'a str,
        body: Cow<'a, str>,
    },
    Paragraph(Cow<'a, str>),
    /// A fenced code block with its fences.
    Code(&'a str),
    /// A row of a table.
    Row(&'a str),
}

/// Reads blocks line by line.
pub(super) struct Blocks<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Blocks<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self { text, at: 0 }
    }

    /// The next line without its end, and where the one after it starts.
    fn line(&self) -> Option<(&'a str, usize)> {
        if self.at >= self.text.len() {
            return None;
        }
        let rest = &self.text[self.at..];
        let end = bytes::find(b'\n', rest.as_bytes()).unwrap_or(rest.len());
        Some((rest[..end].trim_end(), (self.at + end + 1).min(self.text.len())))
    }

    /// Lines that go on with a paragraph or item that `first` begins: joined with spaces.
    fn continued(&mut self, first: &'a str, indented: bool) -> Cow<'a, str> {
        let mut body = Cow::Borrowed(first);
        while let Some((line, next)) = self.line() {
            let bare = line.trim_start();
            if bare.is_empty() || starts_block(bare) {
                break;
            }
            // A wrapped line follows a long one that no sentence ends, or stands in from the mark.
            let open = !body.ends_with(['.', '!', '?', ':', '。', '！', '？', '*']);
            let wrapped = open
                && (indented && line.len() > bare.len()
                    || body.len() >= 60
                        && bare.starts_with(|c: char| {
                            c.is_lowercase() || matches!(c, '`' | '(' | '“')
                        }));
            let inner = indented && line.len() > bare.len() && !open;
            if !(wrapped || inner) || body.len() > 8_000 {
                break;
            }
            let joined = body.to_mut();
            joined.push(' ');
            joined.push_str(bare);
            self.at = next;
        }
        body
    }
}

impl<'a> Iterator for Blocks<'a> {
    type Item = Block<'a>;

    fn next(&mut self) -> Option<Block<'a>> {
        loop {
            let start = self.at;
            let (line, next) = self.line()?;
            self.at = next;
            let bare = line.trim_start();
            if bare.is_empty() || is_rule(bare) {
                continue;
            }
            if let Some(fence) = fence(bare) {
                while let Some((line, next)) = self.line() {
                    self.at = next;
                    let end = line.trim_start();
                    if end.starts_with(fence)
                        && end.trim_start_matches(['`', '~']).trim().is_empty()
                    {
                        break;
                    }
                }
                return Some(Block::Code(self.text[start..self.at].trim_end()));
            }
            if bare.starts_with('|') {
                return Some(Block::Row(bare));
            }
            if let Some((level, title)) = heading(bare) {
                return Some(Block::Heading { level, title });
            }
            let quoted = bare.trim_start_matches(['>', ' ']);
            if let Some(body) = item(bare) {
                let depth = ((line.len() - bare.len()) / 2).min(9) as u8;
                let body = self.continued(body, true);
                return Some(Block::Item { depth, raw: bare, body });
            }
            return Some(Block::Paragraph(self.continued(quoted, false)));
        }
    }
}

fn starts_block(bare: &str) -> bool {
    fence(bare).is_some()
        || bare.starts_with('|')
        || heading(bare).is_some()
        || item(bare).is_some()
        || is_rule(bare)
}

fn fence(bare: &str) -> Option<&'static str> {
    ["```", "~~~"].into_iter().find(|f| bare.starts_with(f))
}

fn is_rule(bare: &str) -> bool {
    bare.len() >= 3
        && bare.chars().all(|c| matches!(c, '-' | '*' | '_' | ' ' | '='))
        && !bare.starts_with("- ")
}

/// `## Title`; also a line that is bold as a whole, with or without a colon.
pub(super) fn heading(bare: &str) -> Option<(u8, &str)> {
    let hashes = bare.bytes().take_while(|b| *b == b'#').count();
    if (1..=6).contains(&hashes)
        && let Some(title) = bare[hashes..].strip_prefix(' ')
    {
        let title = title.trim().trim_end_matches('#').trim_matches(['*', ' ']);
        return Some((hashes as u8, title.trim_end_matches(':')));
    }
    let bold = bare.trim_end_matches(':').strip_prefix("**")?.strip_suffix("**")?;
    let title = bold.trim_end_matches(':').trim();
    (!title.is_empty()
        && !title.contains("**")
        && title.len() <= 80
        && !title.ends_with(['.', '!', '?']))
    .then_some((7, title))
}

/// The body of a list item: after `- `, `* `, `• `, `1. `, `2) `, with check boxes kept.
pub(super) fn item(bare: &str) -> Option<&str> {
    for mark in ["- ", "* ", "+ ", "• ", "– ", "◦ ", "▪ "] {
        if let Some(body) = bare.strip_prefix(mark) {
            return Some(body.trim_start());
        }
    }
    let digits = bare.bytes().take_while(u8::is_ascii_digit).count();
    if digits == 0 || digits > 3 {
        return None;
    }
    let rest = &bare[digits..];
    rest.strip_prefix(". ").or_else(|| rest.strip_prefix(") ")).map(str::trim_start)
}
