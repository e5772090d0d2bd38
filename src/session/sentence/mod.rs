//! Sentences of Claude's texts: what each is (a plan, a finding, a guess …), and a closing
//! statement in few words. Nothing is rephrased: what is kept stands in the text.

mod condense;
mod kind;
mod markdown;
mod prompt;
mod tongues;

use markdown::{Block, Blocks};

use super::text;

pub use condense::condense;
pub use prompt::{correction, standing_rule};

/// The most sentences that [`sentences`] returns, and the most UTF-16 units of one.
pub const MAX_SENTENCES: usize = 400;
pub const MAX_SENTENCE: usize = 1_000;
/// The most blocks that are looked at: headings and code count although they are no sentences.
const MAX_BLOCKS: usize = 4_000;

/// What a sentence does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// What comes next: "Now …", "Let me …". Never a finding.
    Plan,
    /// How something is: a copula or negation, and a name, path or number.
    Finding,
    /// Why something fails.
    Diagnosis,
    /// Not known for sure.
    Guess,
    /// A choice, or what is done instead of something.
    Decision,
    Other,
}

/// What the heading or lead-in over a sentence makes of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub enum Mark {
    #[default]
    None,
    /// Stands under "Next steps", "Remaining", "To do" or the like: still open.
    NextStep,
    /// Stands under "Blocked", "Known issues" or the like.
    Blocked,
    /// Stands under "Done", "Completed", "What I did" or the like.
    Done,
}

/// One sentence, list item or table row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sentence {
    /// Whole, on one line, without list mark; at most [`MAX_SENTENCE`] UTF-16 units.
    pub text: String,
    pub kind: Kind,
    pub mark: Mark,
    /// A list item.
    pub item: bool,
}

impl Sentence {
    /// Whether it names something, and is more than a word or two.
    pub fn tells(&self) -> bool {
        kind::names_something(&self.text) && text::units(&self.text) >= 24
    }

    /// Whether it leans on the sentence before it: "That's why …", "It also …".
    pub fn leans(&self) -> bool {
        !self.item
            && kind::starts_any(
                &self.text,
                &[
                    "it",
                    "it's",
                    "its",
                    "this",
                    "that",
                    "that's",
                    "these",
                    "those",
                    "they",
                    "they're",
                    "so",
                    "which",
                    "hence",
                    "therefore",
                    "but",
                    "however",
                    "then",
                ],
            )
    }
}

/// The sentences of a Markdown text, in order: paragraphs split at sentence and line ends, list
/// items one each. Code blocks and tables are none. Openers ("Perfect!") are cut off.
pub fn sentences(text: &str) -> Vec<Sentence> {
    let mut out: Vec<Sentence> = Vec::new();
    let mut mark = Mark::None;
    // The lead-in of a list ("The remaining tasks are:") marks the items right below it only.
    let mut lead = Mark::None;
    for block in Blocks::new(text).take(MAX_BLOCKS) {
        if out.len() >= MAX_SENTENCES {
            break;
        }
        match block {
            Block::Heading { title, .. } => {
                mark = kind::mark(title);
                lead = Mark::None;
            }
            Block::Item { body, .. } => {
                let marked = if lead == Mark::None { mark } else { lead };
                push(&mut out, &body, marked, true);
            }
            Block::Paragraph(body) => {
                lead = Mark::None;
                for sentence in split(&body) {
                    push(&mut out, sentence, mark, false);
                    lead = if sentence.trim_end().ends_with(':') {
                        kind::mark(sentence)
                    } else {
                        Mark::None
                    };
                }
            }
            Block::Code(_) | Block::Row(_) => {}
        }
    }
    out.truncate(MAX_SENTENCES);
    out
}

fn push(out: &mut Vec<Sentence>, raw: &str, mark: Mark, item: bool) {
    let bare = kind::without_opener(raw.trim());
    if bare.is_empty() {
        return;
    }
    let text = text::line(bare, MAX_SENTENCE);
    let kind = kind::of(&text);
    out.push(Sentence { text, kind, mark, item });
}

/// The sentences of a paragraph: ended by `.`, `!`, `?` before white space (or by their wide forms
/// anywhere), never inside a code span, after an abbreviation or between a number and its unit.
fn split(body: &str) -> Vec<&str> {
    let mut out = Vec::new();
    let (mut start, mut at) = (0, 0);
    let mut code = false;
    while let Some(next) = body.as_bytes()[at..].iter().position(|b| MAY_END[usize::from(*b)]) {
        at += next;
        let c = body[at..].chars().next().unwrap_or_default();
        let end = at + c.len_utf8();
        let mut close = end;
        match c {
            '`' => code = !code,
            '。' | '！' | '？' if !code => {
                out.push(&body[start..end]);
                start = end;
            }
            '.' | '!' | '?' if !code => {
                // Closing quotes and brackets belong to the sentence.
                let closing = |c: char| {
                    matches!(c, '"' | '\'' | ')' | '*' | '_' | '”' | '’' | ']' | '!' | '?' | '.')
                };
                let rest = body[end..].trim_start_matches(closing);
                close = body.len() - rest.len();
                let spaced = rest.chars().next().is_none_or(char::is_whitespace);
                let next = || rest.split_whitespace().next().unwrap_or("");
                let goes_on = || c == '.' && is_plain_word(next());
                // `1. Do this`: a list number that opens the sentence.
                let numbered = || body[start..at].trim().bytes().all(|b| b.is_ascii_digit());
                let word = || body[..at].rsplit(char::is_whitespace).next().unwrap_or("");
                if spaced && !goes_on() && !numbered() && !is_abbreviation(word()) {
                    out.push(&body[start..close]);
                    start = close;
                }
            }
            _ => {}
        }
        at = close;
    }
    if body[start..].trim() != "" {
        out.push(&body[start..]);
    }
    out
}

/// The first bytes of what ends a sentence or turns code on and off.
static MAY_END: [bool; 256] = {
    let mut table = [false; 256];
    let marks = ["`", ".", "!", "?", "。", "！", "？"];
    let mut at = 0;
    while at < marks.len() {
        table[marks[at].as_bytes()[0] as usize] = true;
        at += 1;
    }
    table
};

/// A word of lower case letters, which opens no sentence. (An identifier does.)
fn is_plain_word(word: &str) -> bool {
    let word = word.trim_end_matches(|c: char| c.is_ascii_punctuation());
    !word.is_empty() && word.chars().all(|c| c.is_lowercase() || c == '\'')
}

/// A word before a `.` that does not end a sentence.
fn is_abbreviation(word: &str) -> bool {
    let word = word.trim_start_matches(['(', '"', '\'', '*']);
    matches!(
        word,
        "e.g"
            | "i.e"
            | "vs"
            | "cf"
            | "Mr"
            | "Dr"
            | "approx"
            | "No"
            | "Fig"
            | "resp"
            | "z.B"
            | "d.h"
            | "bzw"
            | "ca"
            | "St"
    )
}

#[cfg(test)]
mod tests;
