//! What a sentence is, by its first words and its cues.

use super::{Kind, Mark, tongues};
use crate::bytes;
use crate::session::text;

/// Words of praise and assent that say nothing when they stand alone.
#[rustfmt::skip]
const OPENERS: [&str; 38] = [
    "good", "great", "perfect", "excellent", "nice", "ok", "okay", "alright", "all right",
    "sure", "done", "awesome", "wonderful", "fantastic", "got it", "sounds good", "understood",
    "right", "yes", "certainly", "absolutely", "of course", "no problem", "all clear",
    "all clean", "all green", "clean compile", "progress", "thanks", "thank you",
    "great question", "good question", "good catch", "good point", "exactly", "interesting",
    "very good", "hmm",
];

/// `sentence` without an opener: all of it when it is one, or the part before a comma or dash.
pub(super) fn without_opener(sentence: &str) -> &str {
    let bare = sentence.trim_start_matches(['*', '_', '✅', '🎉', '✓', '✔', '☑', ' ', '\u{fe0f}']);
    let lead = &sentence[..sentence.len() - bare.len()];
    if is_long(bare) {
        return if lead.trim().is_empty() { bare } else { sentence };
    }
    let end = bare.find(['.', '!', ',', '—', '–', ':', ';', '\n']).unwrap_or(bare.len());
    let head = bare[..end].trim_end_matches(|c: char| c.is_whitespace() || c == '-');
    let mut head = head;
    let mut cut = end;
    // `Good - the rest`
    if let Some(dash) = bare[..end].find(" - ") {
        head = bare[..dash].trim();
        cut = dash + 2;
    }
    let lower = head.to_lowercase();
    if !OPENERS.contains(&lower.as_str()) {
        return if lead.trim().is_empty() { bare } else { sentence };
    }
    let rest = &bare[cut..];
    let rest = rest.trim_start_matches(|c: char| {
        matches!(
            c,
            '.' | '!' | ',' | '—' | '–' | '-' | ':' | ';' | '*' | '_' | '🎉' | '✅' | '\u{fe0f}'
        ) || c.is_whitespace()
    });
    // "Done with x", "Right now": the word does not stand alone.
    if rest.is_empty() { "" } else { without_opener(rest) }
}

/// Whether a sentence begins with more words than any opener has, told by its first bytes: nothing ends one in
/// them, and what stands where none reaches belongs to the same words.
fn is_long(bare: &str) -> bool {
    // The longest opener has 14 letters, of three bytes at most.
    const REACH: usize = 3 * 14;
    let bytes = bare.as_bytes();
    let Some(head) = bytes.get(..REACH + 8) else { return false };
    let ends = |byte: &u8| matches!(byte, b'.' | b'!' | b',' | b':' | b';' | b'\n' | 0x80..);
    let dash = |three: &[u8]| three == b" - ";
    !head.iter().any(ends)
        && !head.windows(3).any(dash)
        && head[REACH..].iter().any(u8::is_ascii_alphanumeric)
}

/// The words of a sentence, lower case, as one text with single spaces, for cues of several words.
pub(super) struct Words {
    padded: String,
}

impl Words {
    /// Reads the first 600 bytes: cues stand early.
    pub(super) fn new(sentence: &str) -> Self {
        let head = &sentence[..sentence.floor_char_boundary(600)];
        let mut padded = String::with_capacity(head.len() + 2);
        padded.push(' ');
        let mut code = false;
        if head.is_ascii() {
            let mut bytes = vec![b' '; head.len() + 2];
            let mut length = 1;
            for byte in head.bytes() {
                let mut folded = FOLDED[usize::from(byte)];
                if folded == b'`' {
                    code = !code;
                    folded = b' ';
                } else if code {
                    continue;
                }
                // Of spaces in a row the next one takes the place.
                bytes[length] = folded;
                length += usize::from(folded != b' ' || bytes[length - 1] != b' ');
            }
            bytes.truncate(length + usize::from(bytes[length - 1] != b' '));
            if let Some(last) = bytes.last_mut() {
                *last = b' ';
            }
            // What is ASCII has no way not to be UTF-8.
            return Self { padded: String::from_utf8(bytes).unwrap_or_default() };
        }
        for c in head.chars() {
            match c {
                '`' => {
                    code = !code;
                    push_space(&mut padded);
                }
                // Code is no prose: `is_ok` is not "is".
                _ if code => {}
                '\'' | '’' => padded.push('\''),
                'a'..='z' | '0'..='9' => padded.push(c),
                'A'..='Z' => padded.push(c.to_ascii_lowercase()),
                _ if c.is_alphanumeric() => padded.extend(c.to_lowercase()),
                _ => push_space(&mut padded),
            }
        }
        push_space(&mut padded);
        Self { padded }
    }

    /// The rest of the text from each word on.
    fn tails(&self) -> impl Iterator<Item = &[u8]> {
        let bytes = self.padded.as_bytes();
        bytes::all(b' ', bytes).map(|at| &bytes[at + 1..]).filter(|tail| !tail.is_empty())
    }

    pub(super) fn any(&self, cues: &[&str]) -> bool {
        // Most words begin like none of the cues.
        let mut first = [false; 256];
        for cue in cues {
            first[usize::from(cue.as_bytes()[0])] = true;
        }
        let mut tails = self.tails().filter(|tail| first[usize::from(tail[0])]);
        tails.any(|tail| opens_any(tail, cues))
    }

    pub(super) fn starts(&self, cues: &[&str]) -> bool {
        self.tails().next().is_some_and(|tail| opens_any(tail, cues))
    }

    /// The groups of [`GROUPS`] that have a cue in the sentence.
    fn groups(&self) -> u8 {
        let mut found = 0;
        for tail in self.tails() {
            let Some(letter) = tail.first().filter(|b| b.is_ascii_lowercase()) else { continue };
            let letter = usize::from(letter - b'a');
            let cues = &CUES[usize::from(STARTS[letter])..usize::from(STARTS[letter + 1])];
            for (cue, group) in cues {
                if found & group == 0 && opens(tail, cue) {
                    found |= group;
                }
            }
        }
        found
    }
}

/// What stands for each byte: a small letter for a letter, a space for what parts words.
static FOLDED: [u8; 256] = {
    let mut table = [b' '; 256];
    let mut byte = 0;
    while byte < 256 {
        let this = byte as u8;
        if this.is_ascii_alphanumeric() || this == b'\'' || this == b'`' {
            table[byte] = this.to_ascii_lowercase();
        }
        byte += 1;
    }
    table
};

/// Whether the words of `cue` stand at the start of `tail`.
fn opens(tail: &[u8], cue: &str) -> bool {
    tail.starts_with(cue.as_bytes()) && tail.get(cue.len()) == Some(&b' ')
}

/// Whether one of the cues stands at the start of `tail`, which is not empty.
fn opens_any(tail: &[u8], cues: &[&str]) -> bool {
    cues.iter().any(|cue| cue.as_bytes()[0] == tail[0] && opens(tail, cue))
}

fn push_space(padded: &mut String) {
    if !padded.ends_with(' ') {
        padded.push(' ');
    }
}

const CHOICE: u8 = 1;
const GUESS: u8 = 2;
const DIAGNOSIS: u8 = 4;
const DECISION: u8 = 8;
const COPULA: u8 = 16;
const INTENT: u8 = 32;

/// The cues by what they make of a sentence.
const GROUPS: [(u8, &[&str]); 10] = [
    (CHOICE, &CHOOSES),
    (GUESS, &GUESSES),
    (DIAGNOSIS, &DIAGNOSES),
    (DIAGNOSIS, &EXCESS),
    (DECISION, &DECISIONS),
    (COPULA, &SAYS),
    (INTENT, &["let me", "let's", "i'll", "i will"]),
    (GUESS, &tongues::GUESSES),
    (DIAGNOSIS, &tongues::DIAGNOSES),
    (DECISION, &tongues::DECISIONS),
];

const COUNT: usize = {
    let mut n = 0;
    let mut group = 0;
    while group < GROUPS.len() {
        n += GROUPS[group].1.len();
        group += 1;
    }
    n
};

/// All cues, by their first letter.
static CUES: [(&str, u8); COUNT] = by_letter().0;
/// Where the cues of each letter start in [`CUES`].
static STARTS: [u16; 27] = by_letter().1;

const fn by_letter() -> ([(&'static str, u8); COUNT], [u16; 27]) {
    let mut cues = [("", 0); COUNT];
    let mut starts = [0; 27];
    let mut n = 0;
    let mut letter = 0;
    while letter < 26 {
        starts[letter as usize] = n as u16;
        let mut group = 0;
        while group < GROUPS.len() {
            let mut cue = 0;
            while cue < GROUPS[group].1.len() {
                let word = GROUPS[group].1[cue];
                if word.as_bytes()[0] == b'a' + letter {
                    cues[n] = (word, GROUPS[group].0);
                    n += 1;
                }
                cue += 1;
            }
            group += 1;
        }
        letter += 1;
    }
    starts[26] = n as u16;
    assert!(n == COUNT, "a cue starts with something else than a letter");
    (cues, starts)
}

/// Words of a choice, whatever else the sentence does.
#[rustfmt::skip]
const CHOOSES: [&str; 8] = [
    "instead", "rather than", "i'll use", "i'll keep", "i'll go with", "i'll stick",
    "in favor of", "in favour of",
];

/// How a plan opens.
#[rustfmt::skip]
const PLANS: [&str; 19] = [
    "now", "let me", "let's", "i'll", "i will", "i'm going to", "first", "next", "then",
    "going to", "time to", "continuing", "starting with", "moving on", "i need to", "we need to",
    "need to", "i want to", "i can now",
];

/// How a sentence opens that only looks like a plan.
#[rustfmt::skip]
const NO_PLANS: [&str; 8] = [
    "now i understand", "now i see", "now i have", "now everything", "now all", "now the",
    "now it", "first of all",
];

/// Words of somebody who does not know.
#[rustfmt::skip]
const GUESSES: [&str; 19] = [
    "might", "may", "maybe", "probably", "likely", "seems", "seem", "false positive", "perhaps",
    "i suspect", "presumably", "possibly", "could be", "i think", "i guess", "i believe",
    "appears to", "appears that", "not sure",
];

/// Words that say why something fails, or that it still does.
#[rustfmt::skip]
const DIAGNOSES: [&str; 53] = [
    "the issue is", "the problem is", "the issue was", "the problem was", "issue is", "because",
    "turns out", "reports", "complains", "complaining", "root cause", "caused by", "due to",
    "the reason", "the cause", "the culprit", "the bug", "the blocker", "didn't work",
    "didn't help", "did not work", "did not help", "doesn't work", "doesn't help",
    "does not work", "fails", "failed", "failing", "isn't being", "aren't being", "is still",
    "are still", "still fails", "broke", "breaks", "crashes", "that's why", "this is why",
    "is wrong", "was wrong", "were wrong", "incorrect", "incorrectly", "is broken", "mismatch",
    "misleading", "which means", "conflicts with", "is missing", "are missing", "not recognized",
    "wasn't", "weren't",
];

/// What is too much of something.
#[rustfmt::skip]
const EXCESS: [&str; 10] = [
    "too many", "too deep", "too complex", "too long", "too large", "too slow", "too big",
    "too small", "too few", "too strict",
];

/// Words of a choice in a sentence that is no plan.
#[rustfmt::skip]
const DECISIONS: [&str; 24] = [
    "i should", "we should", "i decided", "decided to", "i chose", "chose to", "opted",
    "i went with", "going with", "switched to", "switching to", "unchanged", "i kept", "we keep",
    "the plan is to", "on second thought", "trade off", "tradeoff", "better to", "safer to", "simpler to", "on purpose",
    "deliberately", "by design",
];

/// Copulas, negations and the verbs of descriptions.
#[rustfmt::skip]
const SAYS: [&str; 60] = [
    "is", "are", "was", "were", "isn't", "aren't", "doesn't", "don't", "didn't", "has", "have",
    "had", "needs", "need", "takes", "took", "returns", "expects", "uses", "contains", "comes",
    "means", "requires", "supports", "only", "no", "not", "never", "can't", "cannot", "goes", "treats",
    "includes", "ignores", "shadows", "counts", "calls", "reads", "writes", "runs", "depends",
    "lacks", "lives", "holds", "points", "still", "already", "passes", "exists", "belongs", "breaks",
    "drops", "overrides", "assumes", "defaults", "raises", "throws", "accepts", "rejects", "blocks",
];

pub(super) fn of(sentence: &str) -> Kind {
    let words = Words::new(sentence);
    let found = words.groups();
    let has = |group: u8| found & group != 0;
    if words.starts(&PLANS) && !words.starts(&NO_PLANS) || words.starts(&tongues::PLANS) {
        return if has(CHOICE) { Kind::Decision } else { Kind::Plan };
    }
    // "Given that it is a false positive, let me go on": what is meant to be done.
    let plans = has(INTENT);
    if !plans && has(GUESS) {
        Kind::Guess
    } else if has(DIAGNOSIS) {
        Kind::Diagnosis
    } else if has(CHOICE | DECISION) {
        Kind::Decision
    } else if plans {
        Kind::Plan
    } else if has(COPULA) && names_something(sentence) {
        Kind::Finding
    } else {
        tongues::kind(sentence).unwrap_or(Kind::Other)
    }
}

/// A code span, path, number or identifier.
pub(super) fn names_something(sentence: &str) -> bool {
    if sentence.contains('`') {
        return true;
    }
    sentence.split_whitespace().any(|word| {
        let word = word.trim_matches(|c: char| {
            matches!(c, '.' | ',' | ':' | ';' | '(' | ')' | '"' | '!' | '?' | '*')
        });
        let inner = word.get(1..).unwrap_or("");
        word.starts_with(|c: char| c.is_ascii_digit())
            || word.starts_with("--")
            || word.contains('_') && word.len() > 2
            || inner.contains(|c: char| c.is_ascii_uppercase())
                && inner.contains(|c: char| c.is_ascii_lowercase())
            || text::is_path(word)
    })
}

/// What a heading or lead-in makes of what stands under it.
pub(super) fn mark(title: &str) -> Mark {
    let words = Words::new(title);
    if words.any(&[
        "next",
        "next step",
        "next steps",
        "remaining",
        "todo",
        "to do",
        "to dos",
        "todos",
        "still open",
        "open",
        "outstanding",
        "left",
        "pending",
        "not done",
        "not yet",
        "what's left",
        "follow up",
        "follow ups",
        "followups",
        "later",
        "future",
        "upcoming",
        "nächste schritte",
        "offen",
        "noch offen",
        "prochaines étapes",
        "próximos pasos",
        "próximos passos",
        "prossimi passi",
    ]) || title.contains("下一步")
        || title.contains("次のステップ")
        || title.contains("残り")
    {
        return Mark::NextStep;
    }
    if words.any(&[
        "blocked",
        "blocker",
        "blockers",
        "blocking",
        "known issues",
        "known issue",
        "issues",
        "open issues",
        "limitations",
        "caveats",
        "problems",
        "failures",
        "failing",
        "risks",
        "warnings",
    ]) {
        return Mark::Blocked;
    }
    if words.any(&[
        "done",
        "completed",
        "complete",
        "what i did",
        "what was done",
        "what changed",
        "changes",
        "changes made",
        "accomplished",
        "summary",
        "implemented",
        "fixed",
        "results",
        "erledigt",
        "finished",
    ]) {
        return Mark::Done;
    }
    Mark::None
}

/// Whether a lead-in says something beyond that something follows.
pub(super) fn says_something(lead: &str) -> bool {
    let words = Words::new(lead);
    lead.split_whitespace().nth(3).is_some()
        && !words.any(&[
            "here's",
            "here is",
            "here are",
            "summary",
            "overview",
            "as follows",
            "following",
            "let me",
            "below",
        ])
}

/// Whether a sentence only says that a report comes: "I now have all the information."
pub(super) fn is_preamble(sentence: &str) -> bool {
    text::units(sentence) < 90
        && !names_something(sentence)
        && starts_any(
            sentence,
            &[
                "i've finished",
                "i have finished",
                "i've completed my",
                "i have completed my",
                "i now have",
                "i have all",
                "i've gathered",
                "i have gathered",
                "let me",
                "now i have",
                "based on my",
                "i'll now",
                "now i can",
                "i can now",
                "i have enough",
                "i've got",
            ],
        )
}

pub(super) fn has_any(sentence: &str, cues: &[&str]) -> bool {
    Words::new(sentence).any(cues)
}

pub(super) fn starts_any(sentence: &str, cues: &[&str]) -> bool {
    Words::new(sentence).starts(cues)
}
