//! A closing statement in few units, by its structure.

use std::borrow::Cow;

use super::markdown::{Block, Blocks};
use super::{Mark, kind, split};
use crate::session::text;

/// A piece of the statement that is kept whole or left out.
struct Piece<'a> {
    /// As it will stand, one or more lines.
    text: Cow<'a, str>,
    /// Lower goes first.
    worth: u8,
    /// The heading or lead-in that it needs in front of it.
    under: Option<usize>,
    kept: bool,
}

/// Worths, most wanted first.
const FIRST: u8 = 0;
const OPEN: u8 = 1;
/// Headings that say what was done, so that every part is named before one is told in full.
const TITLE: u8 = 2;
const ITEM: u8 = 3;
const SAID: u8 = 4;
const NESTED: u8 = 5;
const ROW: u8 = 6;
const CODE: u8 = 7;
/// Only ever kept for what stands under it.
const CARRIER: u8 = u8::MAX;

/// The most pieces that are looked at.
const MAX_PIECES: usize = 600;

/// `statement` in at most `max` UTF-16 units: its first sentence, what it says is still open, then
/// its list items and headings, then the rest, each whole, in their order. Only a first sentence
/// that does not fit is cut. Code blocks are kept whole or not at all; headings become bold lines.
pub fn condense(statement: &str, max: usize) -> String {
    let mut pieces = pieces(statement);
    let mut order: Vec<usize> = (0..pieces.len()).filter(|n| pieces[*n].worth != CARRIER).collect();
    order.sort_by_key(|n| (pieces[*n].worth, *n));
    let mut left = max;
    let mut full = 0;
    for n in order {
        let mut needs = vec![n];
        let mut under = pieces[n].under;
        while let Some(carrier) = under.filter(|c| !pieces[*c].kept) {
            needs.push(carrier);
            under = pieces[carrier].under;
        }
        let cost: usize = needs.iter().map(|p| text::units(&pieces[*p].text) + 1).sum();
        if cost <= left + 1 {
            for piece in needs {
                pieces[piece].kept = true;
            }
            left = (left + 1).saturating_sub(cost).saturating_sub(1);
        } else {
            if pieces[n].worth == FIRST && max > 0 {
                let room = left;
                let cut = text::cut(&pieces[n].text, room);
                left = left.saturating_sub(text::units(&cut) + 1);
                pieces[n].text = Cow::Owned(cut);
                pieces[n].kept = true;
            }
            full += 1;
            if full > 40 {
                break;
            }
        }
    }
    let kept: Vec<&str> = pieces.iter().filter(|p| p.kept).map(|p| p.text.as_ref()).collect();
    let out = kept.join("\n");
    debug_assert!(text::units(&out) <= max);
    out
}

/// The pieces of a statement, in order.
fn pieces(statement: &str) -> Vec<Piece<'_>> {
    let mut out: Vec<Piece<'_>> = Vec::new();
    let mut heading: Option<usize> = None;
    let mut lead: Option<usize> = None;
    let mut parents: Vec<(u8, usize)> = Vec::new();
    let mut mark = Mark::None;
    let mut lead_mark = Mark::None;
    let mut first = true;
    let mut table = 0u32;
    for block in Blocks::new(statement) {
        if out.len() >= MAX_PIECES {
            break;
        }
        let marked = if lead_mark == Mark::None { mark } else { lead_mark };
        let open = matches!(marked, Mark::NextStep | Mark::Blocked);
        if !matches!(block, Block::Row(_)) {
            table = 0;
        }
        match block {
            Block::Heading { title, .. } => {
                mark = kind::mark(title);
                lead = None;
                lead_mark = Mark::None;
                parents.clear();
                heading = Some(out.len());
                let text = Cow::Owned(format!("**{}**", text::line(title, 120)));
                let worth = if kind::says_something(title) { TITLE } else { CARRIER };
                out.push(Piece { text, worth, under: None, kept: false });
            }
            Block::Item { depth, raw, body } => {
                parents.retain(|(d, _)| *d < depth);
                let under = parents.last().map(|(_, n)| *n).or(lead).or(heading);
                let worth = if open {
                    OPEN
                } else if parents.is_empty() {
                    ITEM
                } else {
                    NESTED
                };
                parents.push((depth, out.len()));
                let number = raw.starts_with(|c: char| c.is_ascii_digit());
                let mark = if number { raw.split(' ').next().unwrap_or("-") } else { "-" };
                let indent = if parents.len() > 1 { "  " } else { "" };
                let text = Cow::Owned(format!("{indent}{mark} {}", text::one_line(&body)));
                out.push(Piece { text, worth, under, kept: false });
            }
            Block::Paragraph(body) => {
                parents.clear();
                lead = None;
                lead_mark = Mark::None;
                let all: Vec<String> = split(&body)
                    .into_iter()
                    .map(|s| text::one_line(kind::without_opener(s.trim())))
                    .filter(|s| !s.is_empty())
                    .collect();
                let last = all.len().saturating_sub(1);
                for (n, sentence) in all.into_iter().enumerate() {
                    let announces = n == last && sentence.ends_with(':');
                    let sentence_mark = if announces { kind::mark(&sentence) } else { Mark::None };
                    let preamble = first && !announces && kind::is_preamble(&sentence);
                    let worth = if preamble {
                        CODE
                    } else if first && !announces {
                        FIRST
                    } else if open || sentence_mark == Mark::NextStep && announces {
                        OPEN
                    } else {
                        SAID
                    };
                    if announces {
                        lead = Some(out.len());
                        lead_mark = sentence_mark;
                    }
                    // "Here is the summary:" says nothing, "I finished two tasks:" does.
                    let says = first && announces && kind::says_something(&sentence);
                    first &= preamble || announces && !says;
                    let worth = match announces {
                        true if says => FIRST,
                        true => CARRIER,
                        false => worth,
                    };
                    out.push(Piece {
                        text: Cow::Owned(sentence),
                        worth,
                        under: heading,
                        kept: false,
                    });
                }
            }
            Block::Code(code) => {
                parents.clear();
                out.push(Piece {
                    text: Cow::Borrowed(code),
                    worth: CODE,
                    under: lead.or(heading),
                    kept: false,
                });
            }
            Block::Row(row) => {
                // The header and its rule carry the rows.
                let under = match table {
                    0 => lead.or(heading),
                    _ => Some(out.len() - 1),
                };
                let carries = table < 2;
                let under = if table > 2 { out[out.len() - 1].under } else { under };
                table += 1;
                let worth = if carries {
                    CARRIER
                } else if open {
                    OPEN
                } else {
                    ROW
                };
                out.push(Piece {
                    text: Cow::Owned(text::one_line(row)),
                    worth,
                    under,
                    kept: false,
                });
            }
        }
    }
    // A text that only announces ("Let me check the tests:") has that as its first sentence.
    let only_preamble = out.iter().all(|p| matches!(p.worth, CODE | CARRIER));
    if first
        && only_preamble
        && let Some(only) =
            out.iter_mut().find(|p| p.worth == CODE && !p.text.starts_with(['`', '~']))
    {
        only.worth = FIRST;
    } else if first
        && let Some(only) = out
            .iter_mut()
            .find(|p| p.worth == CARRIER && !p.text.starts_with("**") && !p.text.starts_with('|'))
    {
        only.worth = FIRST;
    }
    out
}
